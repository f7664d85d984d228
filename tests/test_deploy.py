"""The files in deploy/ are sound, say the same of the kit, and leave no door open."""

from __future__ import annotations

import os
import re
import stat
import subprocess
import sys
import tomllib
from importlib.metadata import version
from pathlib import Path

import kubernetes_validate
import pytest
import yaml

from asylum_teach import cli
from tests.image import DOCKERFILE, ROOT, stages

CONTAINER = ROOT / "deploy" / "container"
KUBERNETES = ROOT / "deploy" / "kubernetes"
COMPOSE = yaml.safe_load((CONTAINER / "compose.yaml").read_text("utf-8"))
SERVICES = COMPOSE["services"]
VALUES = yaml.safe_load((KUBERNETES / "values.yaml").read_text("utf-8"))
MANIFESTS = list(yaml.safe_load_all((KUBERNETES / "class-server.yaml").read_text("utf-8")))
POD = MANIFESTS[0]["spec"]["template"]["spec"]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
# A newer cluster than this is not known to the schemas that the tests bring.
NEWEST_CLUSTER = kubernetes_validate.latest_version()


def program(name, *arguments):
    """Run a checker that the test environment brings; what it said, and whether it was content."""
    command = [Path(sys.executable).with_name(name), *arguments]
    done = subprocess.run(command, capture_output=True, text=True)
    return done.stdout + done.stderr, done.returncode == 0


# --- The image ---


def test_dockerfile_is_as_hadolint_wants_it():
    assert program("hadolint", DOCKERFILE) == ("", True)


def test_each_base_image_is_named_with_its_exact_release():
    named = [value.partition(" ")[0] for each in stages().values() for name, value in each[:1]]
    named.append(SERVICES["database"]["image"])

    assert [name for name in named if not re.fullmatch(r"\w+:\d+\.\d+(\.\d+)?-[\w-]+", name)] == []


def test_image_has_the_oldest_python_that_the_kit_takes():
    """The one that constraints.txt was made with."""
    (_, base) = stages()["lessons"][0]

    assert base.startswith(f"python:{PROJECT['requires-python'].removeprefix('>=')}.")


def test_no_stage_that_runs_is_root():
    users = [dict(stages()[name])["USER"] for name in ("lessons", "proxy")]

    assert users == ["1000:1000"] * 2


# --- The compose file ---


def test_compose_file_fits_the_compose_specification():
    schema = ("--builtin-schema", "vendor.compose-spec")
    said, content = program("check-jsonschema", *schema, CONTAINER / "compose.yaml")

    assert content, said


@pytest.mark.parametrize("name", SERVICES)
def test_each_container_is_closed(name):
    service = SERVICES[name]

    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert "cap_add" not in service
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert service["user"].split(":")[0] not in ("0", "root")
    assert service["mem_limit"]
    assert service["pids_limit"] > 0


def test_only_the_proxy_is_reached_from_outside():
    published = {name: service.get("ports", []) for name, service in SERVICES.items()}

    assert published == {
        "proxy": ["80:8080", "443:8443"],
        "lessons": ["127.0.0.1:8867:8867"],
        "database": [],
    }
    assert SERVICES["database"]["networks"] == ["back"]
    assert "back" not in SERVICES["proxy"]["networks"]
    assert COMPOSE["networks"]["back"] == {"internal": True}


def test_lessons_believe_the_proxy_and_take_their_secrets_from_files():
    lessons = SERVICES["lessons"]

    assert "--behind-proxy" in lessons["command"]
    assert set(lessons["environment"]) == {f"{name}_FILE" for name in cli.SECRETS}
    files = {Path(path).name for path in lessons["environment"].values()}
    assert files == set(lessons["secrets"])
    assert set(COMPOSE["secrets"]) == files | {"database_password"}


@pytest.fixture
def start(tmp_path):
    """Runs the start script in a copy of its folder; its docker only notes how it is called."""
    folder, programs = tmp_path / "container", tmp_path / "bin"
    folder.mkdir()
    programs.mkdir()
    (folder / "start").write_bytes((CONTAINER / "start").read_bytes())
    (programs / "docker").write_text(f'#!/bin/sh\necho "$@" > {tmp_path}/called\n')
    for path in (folder / "start", programs / "docker"):
        path.chmod(0o755)

    def run():
        env = {**os.environ, "PATH": f"{programs}:{os.environ['PATH']}"}
        subprocess.run([folder / "start"], env=env, check=True, cwd="/")
        secrets = {path.name: path.read_text().strip() for path in (folder / "secrets").iterdir()}
        return secrets, (tmp_path / "called").read_text().strip()

    run.secrets = folder / "secrets"
    return run


def test_start_makes_the_secrets_that_the_compose_file_names(start):
    secrets, called = start()

    named = {Path(each["file"]).name for each in COMPOSE["secrets"].values()}
    assert set(secrets) == named
    assert (
        secrets["database_url"] == f"postgresql://kit:{secrets['database_password']}@database/kit"
    )
    assert all(re.fullmatch("[0-9a-f]{48}", secrets[n]) for n in named - {"database_url"})
    assert called == "compose up --build --detach --wait"


def test_start_closes_the_folder_of_secrets_and_makes_them_once(start):
    first, _ = start()
    second, _ = start()

    assert first == second
    assert len(set(first.values())) == len(first)
    assert stat.S_IMODE(start.secrets.stat().st_mode) == 0o700
    # Other users inside of containers read them, and only they come past the folder.
    assert {stat.S_IMODE(path.stat().st_mode) for path in start.secrets.iterdir()} == {0o644}


def test_secrets_are_kept_out_of_git_and_of_the_image():
    asked = ["git", "check-ignore", "deploy/container/secrets/database_url"]

    assert subprocess.run(asked, cwd=ROOT, stdout=subprocess.DEVNULL).returncode == 0


# --- Kubernetes ---


@pytest.mark.parametrize("manifest", MANIFESTS, ids=lambda each: each["kind"])
def test_manifest_fits_the_schema_of_its_kind(manifest):
    kubernetes_validate.validate(manifest, NEWEST_CLUSTER, strict=True)


@pytest.mark.parametrize(
    ("pod", "container"),
    [
        (POD["securityContext"], POD["containers"][0]["securityContext"]),
        ({}, VALUES["hub"]["config"]["KubeSpawner"]["container_security_context"]),
    ],
    ids=["class-server", "hub"],
)
def test_pods_keep_to_the_restricted_standard(pod, container):
    """What Kubernetes asks of a pod under the pod security standard "restricted"."""
    both = pod | container

    assert both["runAsNonRoot"] is True
    assert both["seccompProfile"] == {"type": "RuntimeDefault"}
    assert container["allowPrivilegeEscalation"] is False
    assert container["capabilities"] == {"drop": ["ALL"]}
    assert container["readOnlyRootFilesystem"] is True


def test_pods_can_write_to_tmp():
    """The one folder that no lesson opens without."""
    storage = VALUES["singleuser"]["storage"]

    assert {"name": "scratch", "mountPath": "/tmp"} in POD["containers"][0]["volumeMounts"]
    assert storage["extraVolumeMounts"] == [{"name": "scratch", "mountPath": "/tmp"}]
    assert [each["name"] for each in storage["extraVolumes"]] == ["scratch"]


def test_policy_lets_in_the_ingress_alone():
    rules = MANIFESTS[2]["spec"]

    assert rules["policyTypes"] == ["Ingress", "Egress"]
    assert [each["ports"] for each in rules["ingress"]] == [[{"protocol": "TCP", "port": 8866}]]
    assert all(each.get("from") for each in rules["ingress"])
    assert all(each.get("to") for each in rules["egress"])


# --- All of them ---


def test_all_name_the_image_of_this_version():
    named = [
        SERVICES["lessons"]["image"],
        SERVICES["proxy"]["image"],
        POD["containers"][0]["image"],
        ":".join(VALUES["singleuser"]["image"][part] for part in ("name", "tag")),
    ]

    assert {name.rpartition(":")[2] for name in named} == {version("asylum-teach")}


@pytest.mark.parametrize(
    "arguments",
    [
        [
            word.replace("${SITE:-localhost}", "localhost")
            for word in SERVICES["lessons"]["command"]
        ],
        POD["containers"][0]["args"],
        VALUES["singleuser"]["cmd"][1:],
    ],
    ids=["compose", "class-server", "hub"],
)
def test_commands_take_only_options_that_there_are(arguments, capsys):
    with pytest.raises(SystemExit):
        cli.main([arguments[0], "--help"])

    known = set(re.findall(r"--[\w-]+", capsys.readouterr().out))
    assert {word.partition("=")[0] for word in arguments[1:]} <= known


# --- Binder and conda ---


def test_environment_installs_the_kit_with_extras_that_there_are():
    """Also that it names its files from the root, which is where Binder stands."""
    environment = yaml.safe_load((ROOT / "environment.yml").read_text("utf-8"))
    lines = next(each["pip"] for each in environment["dependencies"] if isinstance(each, dict))
    extras = re.fullmatch(r"--editable \.\[([\w,]+)\]", lines[-1])[1].split(",")

    assert lines[:-1] == ["--constraint constraints.txt"]
    assert set(extras) <= set(PROJECT["optional-dependencies"])
    assert "lab" in extras  # Binder starts JupyterLab


# --- Secrets from files ---


def test_database_is_the_one_that_a_file_names(tmp_path, monkeypatch, capsys):
    """The file goes before the variable, which an image sets for whoever brings no database."""
    named = tmp_path / "database_url"
    named.write_text(f"sqlite:///{tmp_path}/named.sqlite\n", "utf-8")
    monkeypatch.setenv("ASYLUM_TEACH_DB", f"sqlite:///{tmp_path}/other.sqlite")
    monkeypatch.setenv("ASYLUM_TEACH_DB_FILE", str(named))

    assert cli.main(["backup", str(tmp_path / "copy")]) == 0

    assert (tmp_path / "named.sqlite").is_file()
    assert not (tmp_path / "other.sqlite").exists()
    assert "ASYLUM_TEACH_DB_FILE" not in os.environ


def test_secret_that_is_not_there_is_one_clear_sentence(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("ASYLUM_TEACH_DB_FILE", str(tmp_path / "none"))

    assert cli.main(["backup", str(tmp_path / "copy")]) == 1
    assert capsys.readouterr().err == f"{tmp_path / 'none'}: No such file or directory\n"
