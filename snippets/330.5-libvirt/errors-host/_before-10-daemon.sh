kill "$(cat /run/libvirtd.pid)"
until [ ! -e /run/libvirtd.pid ]; do sleep 0.1; done
