# Start web01 and wait until it has greeted; the state with the guest running is then saved.
xl create -q /etc/xen/web01.cfg || exit
for _ in $(seq 400); do
    grep -qs 'is ready' /var/log/xen/console/guest-web01.log && ping -q -c 1 192.0.2.11 > /dev/null && exit
    xl domid web01 > /dev/null || exit
    sleep 0.3
done
echo "web01 did not greet" >&2
exit 1
