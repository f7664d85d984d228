"""What the credit of an answer rests on, and what changed since it was given."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from hashlib import sha256
from typing import Any

from asylum_teach.bundle import decode, encode
from asylum_teach.law import assess
from asylum_teach.models import (
    AnyItem,
    AnyTask,
    Authority,
    Basis,
    Case,
    Content,
    Conversation,
    Decision,
    ElementAssessment,
    Finding,
    Flip,
    Law,
    Stopping,
    cited,
)
from asylum_teach.scoring import key_of
from asylum_teach.widgets import written_in_words

# What stands beside an item without bearing on its credit or its explanation.
_BESIDE = {"points", "ask_confidence", "hints", "elements"}


@lru_cache(maxsize=1_024)  # every item of two contents: the old one and that which replaces it
def basis_of(content: Content, case_id: str, item_id: str) -> Basis:
    """What an answer to that item rests on today.  KeyError when there is no such item."""
    item = content.item(case_id, item_id)
    if isinstance(item, Conversation):
        return _of_interview(content, item)
    if isinstance(item, Stopping):
        return _of_script(content.law, item)
    if case_id not in content.cases:
        return _of_decision(content.law, content.decisions[case_id])
    case = content.cases[case_id]
    findings = _findings(content.law, case, item)
    named = [*cited(item), *(a for finding in findings for a in finding.authorities)]
    return Basis(
        item=_digest(_told_by(item)),
        facts=tuple(sorted(case.facts)),
        as_of=case.as_of.isoformat(),
        circuit=case.circuit or "none",
        key=_key(item, findings),
        authorities=_in_force(content.law, named),
    )


@lru_cache(maxsize=1_024)
def digest_today(content: Content, case_id: str, item_id: str) -> str:
    """The digest of what an answer to that item rests on today."""
    return digest_of(basis_of(content, case_id, item_id))


def digest_of(basis: Basis) -> str:
    """Sixteen letters that are the same as long as nothing of it changes."""
    return _digest(to_json(basis))


def to_json(basis: Basis) -> str:
    """The basis as text, the same for the same basis."""
    return _canonical(encode(basis))


def from_json(text: str) -> Basis:
    """What :func:`to_json` wrote."""
    basis: Basis = decode(Basis, json.loads(text))
    return basis


def what_changed(old: Basis, new: Basis, content: Content) -> tuple[str, ...]:
    """What a learner is told about the difference, a plain sentence each."""
    return tuple(_changes(old, new, content.law))


def _changes(old: Basis, new: Basis, law: Law) -> Iterator[str]:
    if old.facts != new.facts:
        yield "The story changed."
    if old.as_of != new.as_of:
        yield "The day on which the case is judged changed."
    if old.circuit != new.circuit:
        yield "The circuit whose law counts changed."
    if old.key != new.key:
        yield "The right answer changed."
    elif old.item != new.item:
        yield "The question, its options or the reasons given were rewritten."
    for each in dict.fromkeys([*old.authorities, *new.authorities]):
        name = law.authorities[each].name if each in law.authorities else each
        yield from _turn(name, old.authorities.get(each), new.authorities.get(each))


def _turn(name: str, old: tuple[str, ...] | None, new: tuple[str, ...] | None) -> Iterator[str]:
    """What became of an authority; None where the answer did not rest on it."""
    if old == new:
        return
    if old is None:
        yield f"{name} now bears on this."
    elif new is None:
        yield f"{name} no longer bears on this."
    elif _still(old) and not _still(new):
        yield f"{name} stopped being good law{_on(' on', new, 2)}."
    elif _still(new) and not _still(old):
        yield f"{name} is good law again{_on(' since', new, 0)}."
    else:
        yield f"The time in which {name} was good law was corrected."


def _still(periods: tuple[str, ...]) -> bool:
    """Whether the last of its periods has no known end."""
    return bool(periods) and periods[-1].endswith("/")


def _on(word: str, periods: tuple[str, ...], part: int) -> str:
    """The day on which its last period began (part 0) or ended (part 2), if it is known."""
    day = periods[-1].partition("/")[part] if periods else ""
    return f"{word} {written_in_words(day)}" if day else ""


# --- What it is made of ---


def _of_decision(law: Law, decision: Decision) -> Basis:
    """A decision's key is what was found there, by the law of its day."""
    item = decision.item
    return Basis(
        item=_digest(_told_by(item)),
        facts=tuple(sorted(decision.facts)),
        as_of="",
        circuit=decision.circuit or "none",
        key=_key(item, ()),
        authorities=_in_force(law, [decision.authority]),
    )


def _of_interview(content: Content, item: Conversation) -> Basis:
    """What there is to find, and what the rules make of all of it."""
    facts, as_of, circuit = content.setting_of(item.interview)
    found = assess(content.law, facts, as_of=as_of, circuit=circuit).findings
    return Basis(
        item=_digest(_told_by(item)),
        facts=tuple(sorted(facts)),
        as_of=as_of.isoformat(),
        circuit=circuit or "none",
        key={element: finding.status.value for element, finding in found.items()},
        authorities=_in_force(content.law, [a for f in found.values() for a in f.authorities]),
    )


def _of_script(law: Law, item: Stopping) -> Basis:
    """Where its errors are."""
    lines = item.script.lines
    return Basis(
        item=_digest(_told_by(item)),
        facts=(),
        as_of="",
        circuit="none",
        key={str(number): line.error for number, line in enumerate(lines) if line.error},
        authorities=_in_force(law, [a for line in lines for a in line.authorities]),
    )


def _findings(law: Law, case: Case, item: AnyItem) -> tuple[Finding, ...]:
    """What the rules find on the elements of the key, before and after what a flip changes."""
    if not isinstance(item, (ElementAssessment, Flip)):
        return ()
    found = [assess(law, case.facts, as_of=case.as_of, circuit=case.circuit)]
    if isinstance(item, Flip):
        facts, day, circuit = case.flipped(item.change)
        found.append(assess(law, facts, as_of=day, circuit=circuit))
    return tuple(each.findings[element] for each in found for element in item.key)


def _key(item: AnyItem, findings: Iterable[Finding]) -> dict[str, str]:
    """The key, part by part: of a flip, what each element that moves becomes."""
    key = key_of(item)
    if isinstance(item, Flip):
        return {finding.element: finding.status.value for finding in findings}
    if isinstance(key, Mapping):
        return {part: str(value) for part, value in key.items()}
    return dict.fromkeys([key] if isinstance(key, str) else key, "key")


def _in_force(law: Law, names: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """When each was good law; one that the law does not know is a fault that check tells."""
    known = law.authorities
    return {name: _periods(known[name]) for name in dict.fromkeys(names) if name in known}


def _periods(authority: Authority) -> tuple[str, ...]:
    return tuple(f"{each.since or ''}/{each.until or ''}" for each in authority.in_force)


def _told_by(item: AnyTask) -> str:
    return _canonical({k: v for k, v in encode(item).items() if k not in _BESIDE})


def _canonical(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _digest(text: str) -> str:
    return sha256(text.encode()).hexdigest()[:16]
