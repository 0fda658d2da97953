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
glance-manage db_sync > /var/log/openstack/glance-db.log 2>&1 &
url=http://127.0.0.1:5000/v3/
keystone-manage bootstrap --bootstrap-password secret --bootstrap-region-id RegionOne --bootstrap-admin-url "$url" \
    --bootstrap-public-url "$url" --bootstrap-internal-url "$url" >> /var/log/openstack/setup.log 2>&1
setsid keystone-wsgi-public --port 5000 > /var/log/openstack/keystone-http.log 2>&1 < /dev/null &
wait %1
for _ in $(seq 200); do curl -s "$url" > /dev/null && break; sleep 0.1; done
/usr/bin/python3 - <<'PYTHON'
import json
import urllib.request

headers = {"Content-Type": "application/json"}


def call(method, path, **body):
    request = urllib.request.Request(f"http://127.0.0.1:5000/v3/{path}", json.dumps(body).encode(), headers, method=method)
    with urllib.request.urlopen(request) as answer:
        headers.setdefault("X-Auth-Token", answer.headers.get("X-Subject-Token", ""))
        text = answer.read()
    return json.loads(text) if text else {}


admin = {"name": "admin", "domain": {"id": "default"}}
call("POST", "auth/tokens", auth={
    "identity": {"methods": ["password"], "password": {"user": admin | {"password": "secret"}}},
    "scope": {"project": admin},
})
roles = {role["name"]: role["id"] for role in call("GET", "roles")["roles"]}
for user, role, project in (("glance", "admin", "service"), ("student", "member", "web")):
    made = call("POST", "projects", project={"name": project, "domain_id": "default"})["project"]["id"]
    who = call("POST", "users", user={"name": user, "password": "secret", "domain_id": "default"})["user"]["id"]
    call("PUT", f"projects/{made}/users/{who}/roles/{roles[role]}")
image = call("POST", "services", service={"name": "glance", "type": "image"})["service"]["id"]
endpoint = {"service_id": image, "interface": "public", "region_id": "RegionOne", "url": "http://127.0.0.1:9292"}
call("POST", "endpoints", endpoint=endpoint)
PYTHON
setsid /usr/bin/python3 -m glance.cmd.api --config-file /etc/glance/glance-api.conf > /var/log/openstack/glance-http.log 2>&1 < /dev/null &
for _ in $(seq 200); do curl -s http://127.0.0.1:9292/ > /dev/null && exit 0; sleep 0.1; done
echo "glance-api does not answer" >&2
tail -5 /var/log/openstack/glance-http.log >&2
exit 1
