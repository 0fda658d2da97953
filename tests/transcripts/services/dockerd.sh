#!/bin/bash
# A private dockerd of Debian's docker.io inside a sandbox (service "dockerd" of a case), with an image busybox:1.35
# made of Debian's busybox: there is no registry. The sandbox keeps the machine's control groups read-only, so the
# runtime is told to leave them alone.
set -euo pipefail
if [ -e /usr/local/bin/docker ]; then mount --bind /usr/bin/docker /usr/local/bin/docker; fi
mkdir -p /etc/docker /opt/bin /opt/base/{bin,etc,tmp}
cat > /opt/bin/runc-sandbox <<'RUNTIME'
#!/bin/bash
all=("$@")
while [ $# -gt 0 ]; do
    if [ "$1" = --bundle ]; then
        python3 - "$2/config.json" <<'PYTHON'
import json
import sys

with open(sys.argv[1]) as file:
    spec = json.load(file)
spec["linux"].pop("cgroupsPath", None)
spec["linux"].pop("resources", None)
with open(sys.argv[1], "w") as file:
    json.dump(spec, file)
PYTHON
    fi
    shift
done
exec runc --rootless=true "${all[@]}"
RUNTIME
chmod 755 /opt/bin/runc-sandbox
cat > /etc/docker/daemon.json <<'JSON'
{"bip": "192.0.2.1/24", "runtimes": {"sandbox": {"path": "/opt/bin/runc-sandbox"}}, "default-runtime": "sandbox"}
JSON
cat > /opt/bin/start-dockerd <<'START'
#!/bin/bash
[ "$(stat -fc %T /sys/fs/cgroup)" = cgroup2fs ] || mount -t cgroup2 -o ro cgroup2 /sys/fs/cgroup
exec dockerd
START
unshare --cgroup --mount bash /opt/bin/start-dockerd > /var/log/dockerd.log 2>&1 &
for _ in $(seq 200); do
    if docker version > /dev/null 2>&1; then break; fi
    sleep 0.1
done
docker version > /dev/null || { tail -3 /var/log/dockerd.log >&2; exit 1; }
cp /bin/busybox /opt/base/bin/
/bin/busybox --list | while read -r applet; do
    [ "$applet" = busybox ] || ln -s busybox "/opt/base/bin/$applet"
done
printf 'root:x:0:0:root:/:/bin/sh\nwww:x:1000:1000:www:/:/bin/sh\n' > /opt/base/etc/passwd
printf 'root:x:0:\nwww:x:1000:\n' > /opt/base/etc/group
tar -C /opt/base -c . | docker import -c 'CMD ["sh"]' - busybox:1.35 > /dev/null
