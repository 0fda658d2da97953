#!/bin/bash
# Placement and Nova of Debian beside Keystone and Glance inside a sandbox (service "nova" of a case, after "keystone"):
# RabbitMQ, conductor, scheduler, API and two nova-compute (hosts kvm1, kvm2) with Nova's fake driver, which keeps its
# servers in memory. Neutron is missing: a stand-in answers Nova's questions for ports and groups with an empty list.
set -euo pipefail
log=/var/log/openstack
mkdir -p /etc/placement /etc/nova /var/lib/{placement,nova,rabbitmq} /var/log/{nova,rabbitmq}
HOME=/var/lib/rabbitmq setsid /usr/lib/rabbitmq/bin/rabbitmq-server > $log/rabbitmq.log 2>&1 < /dev/null &
account() { # section USER: how a service speaks to Keystone
    printf '[%s]\nauth_url = http://127.0.0.1:5000\nauth_type = password\nusername = %s\npassword = secret\n' "$1" "$2"
    printf 'project_name = service\nuser_domain_name = Default\nproject_domain_name = Default\nregion_name = RegionOne\n'
}
{
    account keystone_authtoken placement
    cat <<'CONF'
[placement_database]
connection = sqlite:////var/lib/placement/placement.db?timeout=60
[oslo_policy]
policy_dirs = /nowhere
CONF
} > /etc/placement/placement.conf
{
    for section in keystone_authtoken placement neutron; do account $section nova; done
    cat <<'CONF'
[DEFAULT]
transport_url = rabbit://guest:guest@127.0.0.1:5672/
state_path = /var/lib/nova
my_ip = 127.0.0.1
enabled_apis = osapi_compute
osapi_compute_listen = 127.0.0.1
osapi_compute_workers = 1
compute_driver = fake.MediumFakeDriver
periodic_fuzzy_delay = 0
[api_database]
connection = sqlite:////var/lib/nova/api.db?timeout=60
[database]
connection = sqlite:////var/lib/nova/cell1.db?timeout=60
[conductor]
workers = 1
[scheduler]
workers = 1
discover_hosts_in_cells_interval = 1
[wsgi]
api_paste_config = /usr/share/nova-common/api-paste.ini
[glance]
api_servers = http://127.0.0.1:9292
[oslo_concurrency]
lock_path = /var/lib/nova
[oslo_policy]
policy_dirs = /nowhere
CONF
} > /etc/nova/nova.conf
printf '[DEFAULT]\nhost = kvm1\nreserved_host_memory_mb = 512\n' > /etc/nova/kvm1.conf
printf '[DEFAULT]\nhost = kvm2\nreserved_host_memory_mb = 1024\n' > /etc/nova/kvm2.conf
{
    placement-manage db sync
    /usr/bin/python3 /etc/openstack/wal.py /var/lib/placement/placement.db
    exec setsid placement-api --port 8778
} > $log/placement.log 2>&1 < /dev/null &
PYTHONPATH=/etc/openstack /usr/bin/python3 - <<'PYTHON'
from identity import service

service("nova", "compute", "http://127.0.0.1:8774/v2.1")
service("placement", "placement", "http://127.0.0.1:8778")
service("neutron", "network", "http://127.0.0.1:9696")
PYTHON
cat > /etc/nova/no-neutron.py <<'PYTHON'
import json
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Empty(BaseHTTPRequestHandler):
    def do_GET(self):
        kind = self.path.split("?")[0].rsplit("/", 1)[-1].replace("-", "_")
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        self.wfile.write(json.dumps({kind: []}).encode())


ThreadingHTTPServer(("127.0.0.1", 9696), Empty).serve_forever()
PYTHON
setsid /usr/bin/python3 /etc/nova/no-neutron.py > $log/no-neutron.log 2>&1 < /dev/null &
cat > /etc/nova/launch.py <<'PYTHON'
"""Nova's programs, each in a process of its own; their modules, half of the time of a start, are loaded once."""
import glob
import os
import subprocess
import sys

from nova.cmd import api_os_compute, compute, conductor, manage, scheduler  # first: it makes threads green
import sqlalchemy


def run(module, *arguments, log):
    child = os.fork()
    if not child:
        os.setsid()
        sys.argv = [log, f"--log-file=/var/log/nova/{log}.log", *arguments]
        os._exit(module.main() or 0)
    return child


cell0 = "sqlite:////var/lib/nova/cell0.db?timeout=60"
for step in ("api_db sync", f"cell_v2 map_cell0 --database_connection {cell0}", "db sync", "cell_v2 create_cell --name cell1"):
    if os.waitpid(run(manage, *step.split(), log="nova-manage"), 0)[1]:
        sys.exit(f"nova-manage {step} failed")
subprocess.run(["/usr/bin/python3", "/etc/openstack/wal.py", *glob.glob("/var/lib/nova/*.db")], check=True)


@sqlalchemy.event.listens_for(sqlalchemy.engine.Engine, "before_cursor_execute", retval=True)
def at_once(_connection, _cursor, statement, parameters, *_):
    """Take SQLite's write lock at the start: a transaction that has read may find that it may not write any more."""
    return "BEGIN IMMEDIATE" if statement == "BEGIN" else statement, parameters


run(conductor, log="nova-conductor")
run(scheduler, log="nova-scheduler")
run(api_os_compute, log="nova-api")
for host in ("kvm1", "kvm2"):
    run(compute, "--config-file=/etc/nova/nova.conf", f"--config-file=/etc/nova/{host}.conf", log=f"nova-compute-{host}")
PYTHON
/usr/bin/python3 /etc/nova/launch.py > $log/launch.log 2>&1 < /dev/null
ready() { # the API answers, the scheduler knows both hosts, Placement what they have
    curl -s http://127.0.0.1:8774/ > /dev/null && /usr/bin/python3 - 2> /dev/null <<'PYTHON'
import sqlite3
import sys

for file, query in (("nova/api.db", "select count(*) from host_mappings"), ("placement/placement.db", "select count(*) / 3 from inventories")):
    if sqlite3.connect(f"file:/var/lib/{file}?mode=ro", uri=True).execute(query).fetchone() != (2,):
        sys.exit(1)
PYTHON
}
for _ in $(seq 300); do ready && exit 0; sleep 0.2; done
echo "Nova does not know its two hosts" >&2
tail -n 5 $log/launch.log /var/log/nova/*.log >&2
exit 1
