# Start web01 and wait until it answers; the state with the guest running is then saved.
virsh -q define /srv/web01.xml || exit
virsh -q start web01 || exit
for _ in $(seq 300); do
    ping -q -c 1 -W 1 192.0.2.11 > /dev/null && exit
done
echo "web01 does not answer" >&2
exit 1
