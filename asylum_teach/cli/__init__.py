"""The command line: serve, check, report and the rest; ``asylum-teach --help`` lists them.

Only this module prints.
"""

from __future__ import annotations

import argparse
import os
import re
import sys
from collections.abc import Callable, Sequence
from datetime import date
from importlib import import_module
from pathlib import Path

from asylum_teach import content, kit
from asylum_teach.cli import asking
from asylum_teach.models import CIRCUITS

# What asylum_teach.instructor.files can make of cases; named here too, since that is heavy to load.
FORMATS = (
    "handout.html",
    "handout.docx",
    "handout-large.html",
    "teacher.html",
    "teacher.docx",
    "moodle.xml",
    "questions.gift",
    "canvas-qti.zip",
    "cards.apkg",
)
# What the environment may say, or have said in a file: NAME_FILE holds the path.
SECRETS = ("ASYLUM_TEACH_DB", "ASYLUM_TEACH_TOKEN")
Run = Callable[[argparse.Namespace], int]
Command = Callable[[str, Run, str], argparse.ArgumentParser]


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; 0 is success, 1 a fault, 2 a misuse."""
    arguments = _parser().parse_args(argv)
    try:
        _read_secrets()
        return int(arguments.run(arguments))
    except content.ContentError as error:
        for fault in error.faults:
            print(fault, file=sys.stderr)
        return 1
    except BrokenPipeError:
        return 1
    except OSError as error:
        print(f"{error.filename}: {error.strerror}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 0


def _read_secrets() -> None:
    """Put what a file holds in the place of the secret that it stands for.

    Docker and Kubernetes hand over secrets as files: an environment is shown to whoever may
    look at a container.  A file that is named goes before the variable itself.
    """
    for name in SECRETS:
        path = os.environ.pop(f"{name}_FILE", "")
        if path:
            os.environ[name] = Path(path).read_text("utf-8").strip()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="asylum-teach",
        description="A teaching kit on U.S. asylum claims by people from Mexico.",
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    def command(name: str, run: Run, says: str) -> argparse.ArgumentParser:
        added: argparse.ArgumentParser = commands.add_parser(name, help=says, description=says)
        added.set_defaults(run=run)
        return added

    _serving(command)
    _asking(command)
    _keeping(command)
    _teaching(command)
    return parser


def _serving(command: Command) -> None:
    serve = command("serve", _late("serving", "serve_lessons"), "Serve the lessons.")
    _takes_exercises(serve)
    _takes_db(serve)
    serve.add_argument("--port", type=int, default=8866, help="the port (default 8866)")
    serve.add_argument("--ip", default="127.0.0.1", help="the address (default: this machine only)")
    serve.add_argument(
        "--base",
        type=_base,
        default="/",
        metavar="PATH",
        help="the path below which a proxy hands on the site, such as /asylum/ (default /)",
    )
    serve.add_argument(
        "--places",
        type=_count,
        default=0,
        metavar="N",
        help="how many lessons may be open at once (default: as many as memory holds); "
        "who comes later waits for a place",
    )
    serve.add_argument(
        "--log",
        choices=("plain", "json"),
        default="plain",
        help="json: a line for each happening, without anything about a person",
    )
    serve.add_argument("--no-browser", action="store_true", help="do not open a browser")
    serve.add_argument(
        "--unchecked",
        action="store_true",
        help="start at once: the content has passed asylum-teach check before",
    )
    serve.add_argument(
        "--hub",
        action=argparse.BooleanOptionalAction,
        help="listen where JupyterHub says, and let it say who a learner is "
        "(default: where the hub has started this server)",
    )
    serve.add_argument(
        "--provider",
        default=kit.UNNAMED,
        metavar="NAME",
        help="who gives the training, as training records name it",
    )
    serve.add_argument(
        "--instructor",
        action="store_true",
        help="serve the instructor's pages as well, on a port of their own behind a token",
    )
    serve.add_argument(
        "--instructor-port", type=int, default=8867, metavar="PORT", help="default 8867"
    )
    serve.add_argument(
        "--instructor-ip",
        default="127.0.0.1",
        metavar="ADDRESS",
        help="where the instructor's pages listen (default: this machine only)",
    )
    serve.add_argument(
        "--behind-proxy",
        action="store_true",
        help="believe X-Real-IP: only where nobody reaches the lessons but through a proxy",
    )
    serve.add_argument(
        "--address",
        default="",
        metavar="URL",
        help="where learners reach the lessons, as the join code's picture says it "
        "(default: this machine's address in its network)",
    )

    says = "Make the lessons as a folder of files, a site without a server."
    building = command("site", _late("building", "make_site"), says)
    _takes_exercises(building)
    building.add_argument("out", type=Path, metavar="OUT", help="a folder, empty or new")
    building.add_argument(
        "--pyodide",
        type=Path,
        metavar="FOLDER",
        help="an unpacked npm package of Pyodide (else npm fetches it, once)",
    )


def _asking(command: Command) -> None:
    checking = command("check", asking.check_content, "Find every fault in the content.")
    checking.add_argument("--json", action="store_true", help="print JSON")
    checking.add_argument(
        "--on",
        type=_day,
        default=date.today(),
        metavar="YYYY-MM-DD",
        help="the day on which reviews are due or not (default: today)",
    )
    checking.add_argument(
        "--decisions",
        action="store_true",
        help="compare the rules with what courts and the Board decided",
    )
    says = "List all that a change in one authority touches."
    touching = command("affected", asking.list_affected, says)
    touching.add_argument("authority", metavar="AUTHORITY_ID", help="as in law/authorities.yaml")
    touching.add_argument("--json", action="store_true", help="print JSON")

    says = "Say what the law makes of a list of facts."
    assessing = command("assess", asking.assess_facts, says)
    assessing.add_argument(
        "file", type=Path, help="YAML with facts: [id, …]; - reads standard input"
    )
    assessing.add_argument("--as-of", type=_day, default=date.today(), metavar="YYYY-MM-DD")
    assessing.add_argument(
        "--circuit", choices=[*CIRCUITS, "none"], default="none", help="none: national law alone"
    )
    assessing.add_argument("--json", action="store_true", help="print JSON")

    facts = command("facts", asking.list_facts, "List the vocabulary of facts.")
    facts.add_argument("--json", action="store_true", help="print JSON")

    says = "Write JSON schemas, so that an editor completes fields."
    schema = command("schema", asking.write_schemas, says)
    schema.add_argument("folder", type=Path, help="where to write them")
    for each in (checking, touching, assessing, facts, schema):
        _takes_exercises(each)


def _keeping(command: Command) -> None:
    says = "Say whether a training record was issued here, and what it says."
    verify = command("verify", _late("keeping", "verify_record"), says)
    verify.add_argument("code", metavar="CODE", help="as on the sheet: K7PM-3XQ2-9TDA")

    says = "Copy all learners' records to a file, also while the lessons are served."
    backup = command("backup", _late("keeping", "back_up"), says)
    backup.add_argument("file", type=Path, help="a file that does not exist yet")

    says = "Bring the records of a backup into an empty database, of either kind."
    restore = command("restore", _late("keeping", "bring_back"), says)
    restore.add_argument("file", type=Path, help="what backup wrote")
    for each in (verify, backup, restore):
        _takes_db(each)


def _teaching(command: Command) -> None:
    says = "Make a scratch database with a made-up class in it."
    demo = command("demo-class", _late("teaching", "make_demo"), says)
    demo.add_argument(
        "file", type=Path, nargs="?", default=Path("demo-class.sqlite"), help="a file to be made"
    )
    demo.add_argument("--learners", type=int, default=24, metavar="N", help="default 24")

    says = "Write a report on a cohort, or on everybody, to a file."
    reporting = command("report", _late("teaching", "write_report"), says)
    reporting.add_argument("file", type=Path, help="outcomes.docx, all.xlsx, learners.csv …")
    reporting.add_argument("--cohort", default="", metavar="NAME", help="or its id; else everybody")
    reporting.add_argument("--lesson", default="", metavar="ID", help="as in lessons.yaml")
    for name in ("--since", "--until"):
        reporting.add_argument(name, type=_day, metavar="YYYY-MM-DD")
    _takes_db(reporting)

    says = "Write questions for another system, or a hand-out, to a file."
    exporting = command("export", _late("teaching", "write_export"), says)
    exporting.add_argument("format", choices=FORMATS, metavar="FORMAT", help=", ".join(FORMATS))
    exporting.add_argument("file", type=Path, nargs="?", help="default: the format's own name")
    exporting.add_argument("--case", action="append", default=[], metavar="ID", help="once or more")
    exporting.add_argument("--lesson", default="", metavar="ID", help="all cases of a lesson")
    for each in (demo, reporting, exporting):
        _takes_exercises(each)


def _takes_exercises(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--exercises",
        type=Path,
        default=kit.folder("exercises"),
        metavar="FOLDER",
        help="your own copy of exercises/ instead of the kit's",
    )


def _takes_db(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--db",
        metavar="URL",
        help="where the records are: sqlite:////folder/record.sqlite or "
        "postgresql://user@host/name (else ASYLUM_TEACH_DB, else a file in your data folder)",
    )


def _late(module: str, name: str) -> Run:
    """A command whose module is heavy: it is loaded only when the command runs."""

    def run(arguments: argparse.Namespace) -> int:
        loaded = import_module(f"asylum_teach.cli.{module}")
        return int(getattr(loaded, name)(arguments))

    return run


def _count(text: str) -> int:
    if not re.fullmatch(r"[1-9]\d{0,5}", text, re.ASCII):
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of places; write 40")
    return int(text)


def _base(text: str) -> str:
    if not re.fullmatch(r"/(?:[\w.~@-]+/)*", text):
        raise argparse.ArgumentTypeError(f"{text!r} is not a path; write /asylum/")
    return text


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not a date; write 2026-11-24") from None
