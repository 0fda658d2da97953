# The daemon restarts with the hooks in place; its first call comes when it finds the running guest again.
rm -f /var/log/libvirt/hook.log
kill "$(cat /run/libvirtd.pid)"
until [ ! -e /run/libvirtd.pid ]; do sleep 0.1; done
libvirtd --daemon
until grep -q reconnect /var/log/libvirt/hook.log 2> /dev/null; do sleep 0.1; done
