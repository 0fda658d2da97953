dnsmasq --conf-file=/dev/null --no-resolv --pid-file=/run/lan.pid
