#!/bin/bash
# Keystone and Glance of Debian (python3-keystone, glance-common) on loopback inside a sandbox (service "keystone" of a
# case): SQLite, fernet tokens, images as files. Region RegionOne; user admin and user student, project web.
# Their passwords are "secret"; /etc/openstack/clouds.yaml names the clouds "admin" and "lab".
set -euo pipefail
mkdir -p /etc/keystone /var/lib/keystone /var/lib/glance/images /var/log/openstack /etc/openstack
cat > /etc/keystone/keystone.conf <<'CONF'
[DEFAULT]
log_file = /var/log/openstack/keystone.log
[database]
connection = sqlite:////var/lib/keystone/keystone.db
[fernet_tokens]
key_repository = /etc/keystone/fernet-keys
[identity]
password_hash_rounds = 4
[credential]
key_repository = /etc/keystone/credential-keys
CONF
cat > /etc/glance/glance-api.conf <<'CONF'
[DEFAULT]
bind_host = 127.0.0.1
workers = 0
log_file = /var/log/openstack/glance.log
enabled_backends = store:file
[database]
connection = sqlite:////var/lib/glance/glance.db
[glance_store]
default_backend = store
[store]
filesystem_store_datadir = /var/lib/glance/images
[keystone_authtoken]
www_authenticate_uri = http://127.0.0.1:5000
auth_url = http://127.0.0.1:5000
auth_type = password
username = glance
password = secret
project_name = service
user_domain_name = Default
project_domain_name = Default
[paste_deploy]
flavor = keystone
config_file = /usr/share/glance-common/glance-api-paste.ini
[oslo_policy]
policy_dirs = /nowhere
CONF
for cloud in admin:admin:admin lab:student:web; do
    IFS=: read -r name user project <<< "$cloud"
    printf '  %s:\n    region_name: RegionOne\n    auth: {auth_url: "http://127.0.0.1:5000/v3", username: %s, password: secret, project_name: %s, user_domain_name: Default, project_domain_name: Default}\n' "$name" "$user" "$project"
done | sed '1i clouds:' > /etc/openstack/clouds.yaml
keystone-manage db_sync > /var/log/openstack/setup.log 2>&1 &
for kind in fernet credential; do
    keystone-manage "${kind}_setup" --keystone-user root --keystone-group root > "/var/log/openstack/$kind.log" 2>&1
done
wait
cat > /etc/openstack/wal.py <<'PYTHON'
import sqlite3
import sys

for name in sys.argv[1:]:  # with a write-ahead log, a reader keeps no writer out
    sqlite3.connect(name).execute("PRAGMA journal_mode = WAL")
PYTHON
/usr/bin/python3 /etc/openstack/wal.py /var/lib/keystone/keystone.db
glance-manage db_sync > /var/log/openstack/glance-db.log 2>&1 &
url=http://127.0.0.1:5000/v3/
keystone-manage bootstrap --bootstrap-password secret --bootstrap-region-id RegionOne --bootstrap-admin-url "$url" \
    --bootstrap-public-url "$url" --bootstrap-internal-url "$url" >> /var/log/openstack/setup.log 2>&1
setsid keystone-wsgi-public --port 5000 > /var/log/openstack/keystone-http.log 2>&1 < /dev/null &
wait %1
for _ in $(seq 200); do curl -s "$url" > /dev/null && break; sleep 0.1; done
cat > /etc/openstack/identity.py <<'PYTHON'
import json
import urllib.request

headers = {"Content-Type": "application/json"}


def call(method, path, **body):
    """Call Keystone; the first call must ask for a token, which the others send."""
    request = urllib.request.Request(f"http://127.0.0.1:5000/v3/{path}", json.dumps(body).encode(), headers, method=method)
    with urllib.request.urlopen(request) as answer:
        headers.setdefault("X-Auth-Token", answer.headers.get("X-Subject-Token", ""))
        text = answer.read()
    return json.loads(text) if text else {}


def user(name, role, project):
    """Make a user with the password "secret" and a role on a project."""
    who = call("POST", "users", user={"name": name, "password": "secret", "domain_id": "default"})["user"]["id"]
    where, what = (call("GET", f"{kind}s?name={value}")[f"{kind}s"][0]["id"] for kind, value in (("project", project), ("role", role)))
    call("PUT", f"projects/{where}/users/{who}/roles/{what}")


def service(name, kind, url):
    """Enter a service and its public address into the catalogue; it checks tokens as a user of its own."""
    made = call("POST", "services", service={"name": name, "type": kind})["service"]["id"]
    call("POST", "endpoints", endpoint={"service_id": made, "interface": "public", "region_id": "RegionOne", "url": url})
    user(name, "admin", "service")


admin = {"name": "admin", "domain": {"id": "default"}}
call("POST", "auth/tokens", auth={
    "identity": {"methods": ["password"], "password": {"user": admin | {"password": "secret"}}},
    "scope": {"project": admin},
})
PYTHON
PYTHONPATH=/etc/openstack /usr/bin/python3 - <<'PYTHON'
from identity import call, service, user

for project in ("service", "web"):
    call("POST", "projects", project={"name": project, "domain_id": "default"})
user("student", "member", "web")
service("glance", "image", "http://127.0.0.1:9292")
PYTHON
setsid /usr/bin/python3 -m glance.cmd.api --config-file /etc/glance/glance-api.conf > /var/log/openstack/glance-http.log 2>&1 < /dev/null &
for _ in $(seq 200); do curl -s http://127.0.0.1:9292/ > /dev/null && exit 0; sleep 0.1; done
echo "glance-api does not answer" >&2
tail -5 /var/log/openstack/glance-http.log >&2
exit 1
