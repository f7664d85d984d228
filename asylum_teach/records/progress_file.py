"""The progress file: a learner's attempts as readable JSON, to carry to another device.

It comes back from outside and anybody can edit it, so every field is checked; by hand, since a
browser without a server reads it too and has no pydantic.  A seal tells whether this server
wrote it and it is unchanged since.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from asylum_teach.models import Attempt

KIND = "asylum-teach progress"
VERSION = 1
MOST_BYTES = 20_000_000
MOST_ATTEMPTS = 50_000
_LONGEST = {"id": 64, "case": 120, "item": 120, "lesson": 120, "critical_error": 60, "basis": 64}
_LONGEST_RESPONSE = 20_000  # letters of JSON; the longest real one has some hundreds
_NOT_IN_FILE = ("serial", "sealed", "cohort")

Seal = Callable[[bytes], str]


class ProgressFileError(Exception):
    """The file cannot be used; the message says why and what to do."""


@dataclass(frozen=True, kw_only=True)
class Progress:
    """What a progress file holds."""

    attempts: tuple[Attempt, ...]
    bases: Mapping[str, str]  # digest: what answers rested on, as JSON


def write(attempts: Sequence[Attempt], bases: Mapping[str, str], now: datetime, seal: Seal) -> str:
    """The file's text; *seal* signs what must not be changed."""
    kept = {"attempts": [_plain(each) for each in attempts], "bases": dict(bases)}
    whole = {
        "kind": KIND,
        "version": VERSION,
        "about": "Your answers in Asylum Teach. There is no name and no code in this file.",
        "written": now.isoformat(),
        **kept,
        "seal": seal(_canonical(kept)),
    }
    return json.dumps(whole, ensure_ascii=False, indent=1)


def read(text: bytes, now: datetime, seal: Seal) -> Progress:
    """What the file holds; its attempts are sealed if this server wrote it as it is.

    Raises ProgressFileError with a sentence for the learner.
    """
    whole = _whole(text)
    kept = {"attempts": whole.get("attempts"), "bases": whole.get("bases", {})}
    if not isinstance(kept["attempts"], list) or not isinstance(kept["bases"], dict):
        raise ProgressFileError("This file holds no answers; choose the file that you downloaded.")
    if len(kept["attempts"]) > MOST_ATTEMPTS:
        raise ProgressFileError(f"This file holds more than {MOST_ATTEMPTS:,} answers.")
    try:
        sealed = whole.get("seal") == seal(_canonical(kept))
    except ValueError:  # text that no encoding can write
        raise ProgressFileError("This file is damaged; download it anew.") from None
    attempts = tuple(
        replace(_attempt(raw, i, now), sealed=sealed) for i, raw in enumerate(kept["attempts"], 1)
    )
    return Progress(attempts=attempts, bases=_bases(kept["bases"]) if sealed else {})


def _plain(attempt: Attempt) -> dict[str, Any]:
    plain = {k: v for k, v in asdict(attempt).items() if k not in _NOT_IN_FILE}
    return {**plain, "at": attempt.at.isoformat()}


def _canonical(kept: Mapping[str, Any]) -> bytes:
    return json.dumps(kept, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def _whole(text: bytes) -> dict[str, Any]:
    """The file as a mapping of ours, of a version that we know."""
    try:
        whole = json.loads(text.decode("utf-8-sig"), parse_constant=_refuse)
    except (ValueError, RecursionError):
        raise ProgressFileError("This is not a progress file: it is not JSON.") from None
    if not isinstance(whole, dict) or whole.get("kind") != KIND:
        raise ProgressFileError("This is not a progress file of this kit.")
    version = whole.get("version")
    if type(version) is not int or version < 1:
        raise ProgressFileError("This file does not say its version; download it anew.")
    if version > VERSION:
        raise ProgressFileError("This file was written by a newer version of the kit.")
    return whole


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is not JSON, though Python reads it.")


def _attempt(raw: Any, number: int, now: datetime) -> Attempt:
    """One attempt, checked field by field."""
    wrong = ProgressFileError(f"Answer {number} in this file cannot be read; download it anew.")
    if not isinstance(raw, dict) or set(raw) & set(_NOT_IN_FILE):
        raise wrong
    try:
        attempt = _of_its_kinds(raw)
        at = attempt.at.astimezone(UTC)
        length = len(json.dumps(attempt.response))
    except (TypeError, ValueError, OverflowError, RecursionError):
        raise wrong from None
    sound = (
        0 <= attempt.credit <= 1
        and 0 <= attempt.hints <= 99
        and 0 <= attempt.seconds < 1_000_000
        and 0 <= attempt.case_version < 1_000_000
        and attempt.confidence in (None, 1, 2, 3)
        and all((attempt.id, attempt.case, attempt.item))
        and all(_fits(getattr(attempt, name), most) for name, most in _LONGEST.items())
        and length <= _LONGEST_RESPONSE
        and attempt.at.tzinfo is not None
    )
    if not sound:
        raise wrong
    if at > now + timedelta(days=1):
        raise ProgressFileError(f"Answer {number} in this file is dated in the future.")
    return replace(attempt, at=at)


_KINDS: dict[str, tuple[type, ...]] = {
    **dict.fromkeys(("case", "item", "id", "lesson", "critical_error", "basis"), (str,)),
    **dict.fromkeys(("case_version", "hints", "seconds"), (int,)),
    "credit": (float, int),
    "confidence": (int, type(None)),
    "at": (datetime,),
    "response": (object,),
}


def _of_its_kinds(raw: dict[str, Any]) -> Attempt:
    """The attempt, if each field is of its kind; TypeError or ValueError otherwise."""
    values = {**raw, "at": datetime.fromisoformat(raw.get("at", ""))}
    for name, value in values.items():
        kinds = _KINDS.get(name, ())
        if not isinstance(value, kinds) or (isinstance(value, bool) and object not in kinds):
            raise TypeError(name)
    return Attempt(**values)


def _fits(name: str, most: int) -> bool:
    return len(name) <= most and name.isprintable()


def _bases(raw: Mapping[str, Any]) -> dict[str, str]:
    return {digest: text for digest, text in raw.items() if isinstance(text, str)}
