"""An interview as its file writes it: the asks that all share, with this applicant's replies."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from asylum_teach.content.words import meant
from asylum_teach.content.yamlfile import YamlFile
from asylum_teach.models import Ask, Change, Interview, Record, Reply


@dataclass(frozen=True, kw_only=True)
class InterviewFile(Record):
    """What a file of interviews/ holds; each field is explained at Interview."""

    id: str
    version: int
    title: str
    case: str
    lesson: str
    points: tuple[str, ...]
    name: str
    language: str
    content_note: str
    slip: str
    aim: str
    turns: int
    shared: dict[str, tuple[Reply, ...]]  # the replies to asks of asks.yaml, by their ids
    asks: tuple[Ask, ...]  # this applicant's own
    known: tuple[str, ...] = ()
    change: Change = field(default_factory=Change)
    start_trust: int = 2


def interview_of(written: InterviewFile, shared: Mapping[str, Ask], file: YamlFile) -> Interview:
    """The interview with every ask and all replies; notes the faults of their names in *file*."""
    for name in written.shared:
        if name not in shared:
            what = f"there is no '{name}' in asks.yaml"
            file.fault(("shared", name), what, meant(name, shared))
    met = set(shared)
    for i, ask in enumerate(written.asks):
        if ask.id in met:
            file.fault(
                ("asks", i, "id"), f"the id '{ask.id}' is used twice", "give each its own id"
            )
        met.add(ask.id)
    fields = {name: value for name, value in vars(written).items() if name != "shared"}
    return Interview(**{**fields, "asks": tuple(_asks(written, shared))})


def _asks(written: InterviewFile, shared: Mapping[str, Ask]) -> Iterator[Ask]:
    """The shared asks with this applicant's replies, the general ones where none always fits."""
    for ask in shared.values():
        own = written.shared.get(ask.id, ())
        always = any(not (r.after or r.unless or r.trust) for r in own)
        yield replace(ask, replies=own if always else (*own, *ask.replies))
    yield from written.asks
