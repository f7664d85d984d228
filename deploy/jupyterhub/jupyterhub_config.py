"""JupyterHub with the kit as every user's server; README.md beside this file says how to run it.

What differs between places is said by environment variables, all of which begin with ASYLUM_TEACH_.
"""

import os
import secrets
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit

c = get_config()  # noqa: F821  # JupyterHub reads this file with it

HERE = Path(__file__).parent
TEACHERS = "instructors"  # the group whose members see the instructor's pages
KIT = [sys.executable, "-m", "asylum_teach"]
SERVE = [*KIT, "serve", "--hub", "--unchecked"]  # what is served is checked once, below
NOTICE = "Teaching material, not legal advice."


def said(name, otherwise=None):
    """What the environment says under ASYLUM_TEACH_…, or the default; without one it must."""
    value = os.environ.get(f"ASYLUM_TEACH_{name}") or otherwise
    if value is None:
        sys.exit(f"ASYLUM_TEACH_{name} is not set: deploy/jupyterhub/README.md says what it takes.")
    return value


def names(name):
    """A list of user names, parted by commas or spaces."""
    return set(said(name, "").replace(",", " ").split())


# --- Where everything is ---

bind = said("HUB_BIND", "http://127.0.0.1:8000/")
public = said("HUB_ADDRESS", bind).rstrip("/")  # as browsers reach it
# The proxy's own port, the hub's, the instructor's pages' and the class's: on loopback alone.
inside = int(said("HUB_INSIDE", "8001"))
proxy_port, hub_port, teach_port, class_port = range(inside, inside + 4)
base = urlsplit(bind).path.rstrip("/")
data = Path(said("HUB_DATA", "hub-data")).absolute()
data.mkdir(mode=0o700, parents=True, exist_ok=True)
database = said("DB")

c.JupyterHub.bind_url = bind
c.JupyterHub.hub_bind_url = f"http://127.0.0.1:{hub_port}"
c.JupyterHub.db_url = f"sqlite:///{data}/jupyterhub.sqlite"
c.JupyterHub.cookie_secret_file = str(data / "cookie_secret")
c.JupyterHub.subdomain_host = said("HUB_SUBDOMAINS", "")
c.JupyterHub.template_vars = {"announcement": NOTICE}
own_proxy = HERE / "node_modules/.bin/configurable-http-proxy"
c.ConfigurableHTTPProxy.command = [
    said("HUB_PROXY", str(own_proxy) if own_proxy.exists() else "configurable-http-proxy"),
    # Its own five seconds are little more than the pause after which a page asks again: an answer
    # may be sent on a connection that is just being closed.
    "--keep-alive-timeout=75000",
]
c.ConfigurableHTTPProxy.api_url = f"http://127.0.0.1:{proxy_port}"
c.ConfigurableHTTPProxy.pid_file = str(data / "proxy.pid")

# --- Users' servers ---

if subprocess.run([*KIT, "check"], check=False).returncode:
    sys.exit("Nothing is served until these are mended.")

c.Spawner.cmd = SERVE
c.Spawner.environment = {"ASYLUM_TEACH_DB": database}
c.Spawner.start_timeout = c.Spawner.http_timeout = 120
c.JupyterHub.active_server_limit = int(said("HUB_SERVERS", "0"))  # 0: as many as are asked for

if said("HUB_SPAWNER", "simple") == "systemd":
    c.JupyterHub.spawner_class = "systemd"
    c.SystemdSpawner.dynamic_users = True  # a Unix user for each server, made and gone with it
    c.SystemdSpawner.isolate_tmp = c.SystemdSpawner.isolate_devices = True
    c.SystemdSpawner.disable_user_sudo = True
    c.SystemdSpawner.mem_limit = said("HUB_MEMORY", "700M")
else:
    c.JupyterHub.spawner_class = "simple"  # one Unix user for all: a trial, see README.md
    c.SimpleLocalProcessSpawner.home_dir_template = str(data / "servers" / "{username}")

# --- Who may sign in ---

c.Authenticator.allow_all = True
c.Authenticator.username_pattern = r"\w[\w.@+-]{0,99}"  # a trial names folders after them
c.Authenticator.admin_users = names("HUB_ADMINS")


def by_lti_role(_authenticator, _handler, signed_in):
    """Put whoever the learning platform calls an instructor into the group of instructors."""
    claim = "https://purl.imsglobal.org/spec/lti/claim/roles"
    roles = (signed_in.get("auth_state") or {}).get(claim, [])
    taught = any(role.rpartition("#")[2].rpartition("/")[2] == "Instructor" for role in roles)
    return {**signed_in, "groups": [TEACHERS] if taught else []}


def sign_in_by_lti():
    """Let one learning platform sign people in, by LTI 1.3."""
    c.JupyterHub.authenticator_class = "ltiauthenticator.lti13.auth.LTI13Authenticator"
    c.LTI13Authenticator.client_id = names("LTI_CLIENT_ID")
    c.LTI13Authenticator.issuer = said("LTI_ISSUER")
    c.LTI13Authenticator.authorize_url = said("LTI_AUTHORIZE_URL")
    c.LTI13Authenticator.jwks_endpoint = said("LTI_JWKS_URL")
    c.LTI13Authenticator.username_key = said("LTI_USER", "sub")  # the platform's number, no name
    c.LTI13Authenticator.tool_name = "Asylum Teach"
    c.LTI13Authenticator.tool_description = f"Lessons on U.S. asylum claims. {NOTICE}"
    c.Authenticator.manage_groups = True
    c.Authenticator.post_auth_hook = by_lti_role


by_platform = bool(os.environ.get("ASYLUM_TEACH_LTI_CLIENT_ID"))
if by_platform:
    sign_in_by_lti()
elif said("HUB_LOGIN", "trial") == "trial":
    # Any name, one password: a trial, see README.md.
    c.JupyterHub.authenticator_class = "shared-password"
    c.SharedPasswordAuthenticator.user_password = said("TRIAL_PASSWORD")
else:
    c.JupyterHub.authenticator_class = said("HUB_LOGIN")

# --- Who may do what ---

if not by_platform:  # else the learning platform says who is in the group
    c.JupyterHub.load_groups = {TEACHERS: {"users": sorted(names("INSTRUCTORS"))}}
c.JupyterHub.load_roles = [
    {"name": "user", "scopes": ["self", "access:services!service=class"]},
    {"name": "instructor", "scopes": ["access:services!service=teach"], "groups": [TEACHERS]},
]

# --- The class: one process, with the instructor's pages and the learners' as two services ---

ports = {"class": class_port, "teach": teach_port}
tokens = {name: secrets.token_hex(32) for name in ports}
addresses = {name: f"http://127.0.0.1:{port}" for name, port in ports.items()}
c.JupyterHub.services = [
    *(
        {
            "name": name,
            "url": addresses[name],
            "api_token": tokens[name],
            "oauth_no_confirm": True,
        }
        for name in ports
    ),
    # The process itself is a third service, without an address: for one with an address the hub
    # waits ten seconds, and ends itself if it took longer to start.
    {
        "name": "classroom",
        "command": [*SERVE, "--instructor", "--address", f"{public}/services/class"],
        "environment": {
            "ASYLUM_TEACH_DB": database,
            "ASYLUM_TEACH_CLASS_URL": f"{addresses['class']}{base}/services/class/",
            "ASYLUM_TEACH_CLASS_TOKEN": tokens["class"],
            "ASYLUM_TEACH_TEACH_URL": f"{addresses['teach']}{base}/services/teach/",
            "ASYLUM_TEACH_TEACH_TOKEN": tokens["teach"],
        },
    },
]

# --- Servers that nobody uses are stopped ---

idle = int(said("HUB_IDLE", "3600"))  # seconds; 0 stops none
if idle:
    c.JupyterHub.services.append(
        {
            "name": "culler",
            "command": [
                *(sys.executable, "-m", "jupyterhub_idle_culler"),
                *(f"--timeout={idle}", f"--cull-every={max(10, min(300, idle // 4))}"),
            ],
        }
    )
    c.JupyterHub.load_roles.append(
        {
            "name": "culler",
            "scopes": ["list:users", "read:users:activity", "read:servers", "delete:servers"],
            "services": ["culler"],
        }
    )
