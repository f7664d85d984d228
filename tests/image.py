"""The container image without a container: what its Dockerfile says, done in a scratch folder.

No container engine is asked for.  The build stage's own commands run on the files that the
.dockerignore lets through; then what the last stage serves runs as its user, who owns nothing but
the folders that the image declares.
"""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from docker.utils.build import exclude_paths
from dockerfile_parse import DockerfileParser

ROOT = Path(__file__).parent.parent
DOCKERFILE = ROOT / "deploy" / "container" / "Dockerfile"
_OWN_FOLDERS = re.compile(r"(?<![\w.])/(?=(?:opt|src|data|tmp|run/secrets)\b)")


def context() -> set[str]:
    """Every file that a build may see, named from the root of the checkout."""
    lines = (ROOT / ".dockerignore").read_text("utf-8").splitlines()
    patterns = [line for line in lines if line and not line.startswith("#")]
    found = exclude_paths(str(ROOT), patterns, dockerfile=str(DOCKERFILE.relative_to(ROOT)))
    return {name for name in found if (ROOT / name).is_file()}


def stages() -> dict[str, list[tuple[str, str]]]:
    """The instructions of each stage of the Dockerfile, by the stage's name."""
    found: dict[str, list[tuple[str, str]]] = {}
    for each in DockerfileParser(path=str(DOCKERFILE)).structure:
        name, value = each["instruction"], each["value"]
        if name == "FROM":
            found[value.rpartition(" AS ")[2]] = here = []
        if found and name != "COMMENT":
            here.append((name, value))
    return found


class Image:
    """What the Dockerfile builds, in a folder that stands for the root of its file system."""

    def __init__(self) -> None:
        # pytest's own folders are closed to the user of the image.
        self.root = Path(tempfile.mkdtemp(prefix="asylum-teach-image-"))
        self.root.chmod(0o755)
        self._stages = stages()
        self._user = int(self._said("lessons", "USER").partition(":")[0])
        for name in ("tmp", "data", "run/secrets"):
            (self.root / name).mkdir(parents=True)
        for name in ("tmp", "data"):
            if os.geteuid() == 0:
                os.chown(self.root / name, self._user, self._user)

    def build(self) -> None:
        """Run the commands of the build stage, as Docker runs them."""
        source = self.root / "src"
        for name in sorted(context()):
            (source / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, source / name)
        arguments = dict(value.split("=", 1) for value in self._all("build", "ARG"))
        own = {k: v for k, v in os.environ.items() if not k.startswith("PYTHON")}
        # "python" is the one that the tests run with: it stands for the image's.
        path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
        for command in self._all("build", "RUN"):
            done = subprocess.run(
                ["/bin/sh", "-c", self.here(command)],
                cwd=source,
                env=own | arguments | {"PATH": path},
                capture_output=True,
                text=True,
            )
            assert done.returncode == 0, done.stderr
        shutil.rmtree(source)

    def here(self, text: str) -> str:
        """*text* with the image's own folders where they are here."""
        return _OWN_FOLDERS.sub(f"{self.root}/", text)

    def environment(self) -> dict[str, str]:
        """What the last stage sets, and nothing of this machine's."""
        pairs = [pair for value in self._all("lessons", "ENV") for pair in shlex.split(value)]
        return {k: self.here(v) for k, v in (pair.split("=", 1) for pair in pairs)}

    @property
    def command(self) -> list[str]:
        """What it runs unless it is told otherwise."""
        return list(json.loads(self._said("lessons", "CMD")))

    @property
    def stop_signal(self) -> str:
        """The signal that ends it."""
        return self._said("lessons", "STOPSIGNAL")

    def healthy(self, port: int) -> bool:
        """What its own health check says of a server on *port*."""
        check = (
            self._said("lessons", "HEALTHCHECK").partition(" CMD ")[2].replace("8866", str(port))
        )
        asked = self.start(json.loads(check), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        return asked.wait() == 0

    def serve(
        self, arguments: Sequence[str], log: Path, **environment: str
    ) -> subprocess.Popen[str]:
        """Its entry point with these arguments, as its user, in its root folder."""
        entry = json.loads(self._said("lessons", "ENTRYPOINT"))
        with log.open("a") as errors:
            return self.start(
                [*entry, *arguments], environment, stdout=subprocess.PIPE, stderr=errors
            )

    def start(
        self, command: Sequence[str], environment: dict[str, str] | None = None, **streams: object
    ) -> subprocess.Popen[str]:
        """A process as the image would run it."""
        env = self.environment() | {k: self.here(v) for k, v in (environment or {}).items()}
        program = shutil.which(command[0], path=env["PATH"])
        assert program, f"{command[0]} is not in the image"
        return subprocess.Popen(  # type: ignore[call-overload,no-any-return]
            [*as_user(self._user), program, *command[1:]], cwd="/", env=env, text=True, **streams
        )

    def remove(self) -> None:
        """Leave nothing behind."""
        shutil.rmtree(self.root)

    def _all(self, stage: str, name: str) -> list[str]:
        return [value for each, value in self._stages[stage] if each == name]

    def _said(self, stage: str, name: str) -> str:
        return self._all(stage, name)[-1]


def as_user(user: int) -> list[str]:
    """What runs a command as that user; nobody but root can, and others have few rights anyway.

    This machine's Python may lie where only root may look: the user is then let read everything,
    as all of an image can be read, and write nothing more.
    """
    if os.geteuid() != 0:
        return []
    change = ["setpriv", f"--reuid={user}", f"--regid={user}", "--clear-groups", "--no-new-privs"]
    reads = [*change, "--inh-caps=+dac_read_search", "--ambient-caps=+dac_read_search"]
    allowed = subprocess.run([*reads, "true"], stderr=subprocess.DEVNULL).returncode == 0
    return reads if allowed else change
