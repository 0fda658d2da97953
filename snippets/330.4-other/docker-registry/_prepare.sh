set -e
mkdir -p /srv/registry
cat > /etc/docker/registry/config.yml <<'YML'
version: 0.1
storage: {filesystem: {rootdirectory: /srv/registry}}
http: {addr: ":5000"}
YML
ip addr add 192.0.2.10/32 dev lo
docker-registry serve /etc/docker/registry/config.yml > /var/log/registry.log 2>&1 &
for _ in $(seq 50); do curl -s http://localhost:5000/v2/ > /dev/null && exit 0; sleep 0.1; done
