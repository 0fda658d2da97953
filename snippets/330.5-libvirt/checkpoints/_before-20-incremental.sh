for _ in $(seq 100); do virsh domjobinfo web01 | grep -q None && break; sleep 0.1; done
