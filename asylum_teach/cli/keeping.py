"""Commands for who looks after the records: verify | backup | restore."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from asylum_teach import export
from asylum_teach.store import BackupError, Store, StoreFault, backup, open_store, restore
from asylum_teach.store.codes import code_of

Move = Callable[[Store, Path], dict[str, int]]


def verify_record(arguments: argparse.Namespace) -> int:
    """Say what the training record of a code says, as it was issued here."""
    code = code_of(arguments.code)
    if not code:
        print("A code has twelve letters and digits, like K7PM-3XQ2-9TDA.", file=sys.stderr)
        return 2
    return _with_store(arguments, lambda store: _verified(store, code))


def _verified(store: Store, code: str) -> int:
    body = store.issued(code)
    if body is None:
        print(
            f"No training record has the code {code} here: it was issued elsewhere, "
            "or its learner erased it, or a letter is wrong.",
            file=sys.stderr,
        )
        return 1
    print(f"{code} was issued here. Compare each line with the sheet.")
    for line in export.check_text(json.loads(body)):
        print(line)
    return 0


def back_up(arguments: argparse.Namespace) -> int:
    """Copy all records to one file, while the lessons are served."""
    return _with_store(arguments, lambda store: _moved(backup, store, arguments.file, "written"))


def bring_back(arguments: argparse.Namespace) -> int:
    """Bring the records of a backup into an empty database."""
    return _with_store(arguments, lambda store: _moved(restore, store, arguments.file, "restored"))


def _moved(
    move: Callable[[Store, Path], dict[str, int]], store: Store, file: Path, how: str
) -> int:
    counts = move(store, file)
    told = ", ".join(f"{count} {name.replace('_', ' ')}" for name, count in counts.items())
    print(f"{file}: {how} ({told}). Keep the file safe: it holds every learner's record.")
    return 0


def _with_store(arguments: argparse.Namespace, work: Callable[[Store], Any]) -> int:
    try:
        store = open_store(arguments.db)
        try:
            return int(work(store))
        finally:
            store.close()
    except StoreFault as fault:
        print(f"{fault} ({fault.detail})", file=sys.stderr)
    except BackupError as error:
        print(error, file=sys.stderr)
    return 1
