"""YAML to models, checked at the door: every fault of every file, with its line.

Only this package reads YAML and imports pydantic.
What no single file can know, such as whether a fact exists, is for
:mod:`asylum_teach.check`.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from asylum_teach.content.interviews import InterviewFile, interview_of
from asylum_teach.content.words import adapter, meant, validated
from asylum_teach.content.yamlfile import Place, YamlFile
from asylum_teach.models import (
    ITEM_CLASSES,
    AnyItem,
    Ask,
    Authority,
    Bar,
    Case,
    Choice,
    Content,
    Decision,
    Element,
    Event,
    Fact,
    Fault,
    Interview,
    Law,
    LessonPlan,
    Matching,
    Misconception,
    Ordering,
    Point,
    Practice,
    Rationale,
    Record,
    Relief,
    Script,
    Split,
    Term,
    Theory,
)

# What an editor's tool completes while typing: schema/NAME.json says what such a file may hold.
SCHEMAS: dict[str, Any] = {
    "case": Case,
    "decision": Decision,
    "elements": list[Element],
    "interview": InterviewFile,
    "script": Script,
}


@dataclass(frozen=True, kw_only=True)
class FactGroup(Record):
    """A group of facts as facts.yaml writes it."""

    id: str
    title: str
    facts: dict[str, str]
    exclusive: tuple[tuple[str, ...], ...] = ()
    implies: dict[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class ReliefFile(Record):
    """What relief.yaml holds."""

    bars: tuple[Bar, ...]
    reliefs: tuple[Relief, ...]


class ContentError(Exception):
    """The content folder has faults; ``faults`` lists them all."""

    def __init__(self, faults: list[Fault]) -> None:
        super().__init__("\n".join(map(str, faults)))
        self.faults = faults


class Reading:
    """A content folder as read: its content, its faults, and where things stand.

    A file that cannot be used is left out of ``usable``, so that the faults of all
    others can be told in the same run.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.files: dict[str, YamlFile] = {}
        self.left_out: set[str] = set()  # files that could not be used
        self._faults: list[Fault] = []
        self.usable: Content | None = None
        if folder.is_dir():
            self.usable = self._content()
        else:
            self._note(str(folder), "there is no such folder", "name a copy of exercises/")

    @property
    def content(self) -> Content | None:
        """The content, if every file is sound in itself."""
        return None if self.faults else self.usable

    @property
    def faults(self) -> list[Fault]:
        """Every fault, in the order of files and lines."""
        return sorted({*self._faults, *(f for file in self.files.values() for f in file.faults)})

    def fault(self, file: str, place: Place, what: str, do: str) -> Fault:
        """A fault at *place* in *file*."""
        read = self.files.get(file)
        if read is None:
            return Fault(file=file, line=1, what=what, do=do)
        return Fault(file=read.name, line=read.line(place), what=what, do=do)

    def _note(self, file: str, what: str, do: str) -> None:
        self._faults.append(Fault(file=file, line=1, what=what, do=do))

    def _read(self, kind: Any, name: str, path: Path) -> Any:
        """What the file at *path* holds; None, and left out, if it cannot be used."""
        file = self.files[name] = YamlFile(path, path.relative_to(self.folder).as_posix())
        record = None
        if not file.faults:
            record = _case(file) if kind is Case else validated(kind, file.value, file, ())
        if record is None:
            self.left_out.add(name)
        return record

    def _list(self, kind: Any, name: str) -> tuple[Any, ...]:
        """The records in one file; none if it cannot be used."""
        listed: tuple[Any, ...] | None = self._read(tuple[kind, ...], name, self.folder / name)
        return listed or ()

    def _relief(self) -> ReliefFile:
        name = "law/relief.yaml"
        relief: ReliefFile | None = self._read(ReliefFile, name, self.folder / name)
        return relief or ReliefFile(bars=(), reliefs=())

    def _each(self, kind: type[Any], folder: str) -> dict[str, Any]:
        """The record in each file of *folder*, by id; the id is the file's name."""
        read = {}
        for path in sorted((self.folder / folder).glob("*")):
            if path.suffix not in (".yaml", ".yml"):
                continue
            name = f"{folder}/{path.stem}.yaml"  # whichever ending it has
            if name in self.files:
                self._note(f"{folder}/{path.name}", f"{name} is there as well", "keep one")
                continue
            record = self._read(kind, name, path)
            if record is None:
                continue
            if record.id != path.stem:
                self.files[name].fault(
                    ("id",),
                    f"the id '{record.id}' is not the file's name",
                    f"write id: {path.stem}, or rename the file to {record.id}.yaml",
                )
            read[path.stem] = replace(record, id=path.stem)
        return read

    def _content(self) -> Content:
        return Content(
            law=self._law(),
            points=self._table(Point, "points.yaml"),
            lessons=self._table(LessonPlan, "lessons.yaml"),
            misconceptions=self._table(Misconception, "misconceptions.yaml"),
            glossary=self._table(Term, "glossary.yaml"),
            cases=self._each(Case, "cases"),
            decisions=self._each(Decision, "decisions"),
            practices=self._table(Practice, "practices.yaml"),
            interviews=self._interviews(),
            scripts=self._each(Script, "scripts"),
            timeline=self._list(Event, "law/timeline.yaml"),
            splits=self._table(Split, "law/splits.yaml"),
        )

    def _interviews(self) -> dict[str, Interview]:
        """Each with the asks that all interviews share."""
        shared = self._table(Ask, "asks.yaml")
        written = self._each(InterviewFile, "interviews")
        if "asks.yaml" in self.left_out:
            return {}  # nobody can tell what is asked in them
        return {
            name: interview_of(each, shared, self.files[f"interviews/{name}.yaml"])
            for name, each in written.items()
        }

    def _law(self) -> Law:
        groups = self._list(FactGroup, "law/facts.yaml")
        relief = self._relief()
        return Law(
            groups={g.id: g.title for g in self._by_id(groups, "law/facts.yaml").values()},
            facts=_facts(groups, self.files["law/facts.yaml"]),
            elements=self._table(Element, "law/elements.yaml"),
            theories=self._table(Theory, "law/theories.yaml"),
            bars=self._by_id(relief.bars, "law/relief.yaml", "bars"),
            reliefs=self._by_id(relief.reliefs, "law/relief.yaml", "reliefs"),
            authorities=self._table(Authority, "law/authorities.yaml"),
        )

    def _table(self, kind: type[Any], name: str) -> dict[str, Any]:
        return self._by_id(self._list(kind, name), name)

    def _by_id(self, records: tuple[Any, ...], file: str, *place: str) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for i, record in enumerate(records):
            if record.id in found:
                self.files[file].fault(
                    (*place, i, "id"),
                    f"the id '{record.id}' is used twice",
                    "give each its own id",
                )
            # A second one is kept apart, so that those after it are told at their own lines.
            found[f"{record.id} ({i + 1})" if record.id in found else record.id] = record
        return found


def read(folder: Path) -> Content:
    """The content of *folder*.

    Raises ContentError, listing every fault, when a file cannot be used.
    """
    reading = Reading(folder)
    if reading.content is None:
        raise ContentError(reading.faults)
    return reading.content


def read_facts(path: Path) -> list[str]:
    """The fact ids that a file of ``facts: [id, …]`` lists.

    Raises ContentError for a file that says anything else.
    """

    @dataclass(frozen=True, kw_only=True)
    class FactList(Record):
        facts: list[str]

    file = YamlFile(path, str(path))
    listed = None if file.faults else validated(FactList, file.value, file, ())
    if listed is None:
        raise ContentError(file.faults)
    return list(listed.facts)


def schema(name: str) -> dict[str, Any]:
    """The JSON schema of one kind of file, for an editor that completes fields."""
    return adapter(SCHEMAS[name]).json_schema()


def _facts(groups: tuple[FactGroup, ...], file: YamlFile) -> dict[str, Fact]:
    """The vocabulary, one fact each, in the order of the file."""
    facts: dict[str, Fact] = {}
    for i, group in enumerate(groups):
        for fact_id, text in group.facts.items():
            if fact_id in facts:
                file.fault(
                    (i, "facts", fact_id), f"the fact '{fact_id}' is in two groups", "keep one"
                )
            excludes = sorted(
                {other for some in group.exclusive if fact_id in some for other in some} - {fact_id}
            )
            facts[fact_id] = Fact(
                id=fact_id,
                group=group.id,
                text=text,
                excludes=tuple(excludes),
                implies=group.implies.get(fact_id, ()),
            )
        for j, some in enumerate(group.exclusive):
            _known(file, some, group.facts, (i, "exclusive", j))
        _known(file, tuple(group.implies), group.facts, (i, "implies"))
    for i, group in enumerate(groups):
        for fact_id, implied in group.implies.items():
            _known(file, implied, facts, (i, "implies", fact_id))
    return facts


def _known(file: YamlFile, named: tuple[str, ...], facts: dict[str, Any], place: Place) -> None:
    for fact_id in named:
        if fact_id not in facts:
            file.fault(place, f"there is no fact '{fact_id}' here", meant(fact_id, facts))


def _case(file: YamlFile) -> Case | None:
    """A case: each item is read by the class of its kind, since the messages are better so."""
    raw = file.value
    if not isinstance(raw, dict) or not isinstance(raw.get("items"), list):
        case: Case | None = validated(Case, raw, file, ())
        return case
    items = [_item(each, file, ("items", i)) for i, each in enumerate(raw["items"])]
    case = validated(Case, {**raw, "items": []}, file, ())
    if case is None or None in items:
        return None
    return replace(case, items=tuple(item for item in items if item is not None))


def _item(raw: Any, file: YamlFile, place: Place) -> AnyItem | None:
    if not isinstance(raw, dict) or "kind" not in raw:
        file.fault(place, "this item has no kind", f"write kind: one of {', '.join(ITEM_CLASSES)}")
        return None
    kind = str(raw["kind"])
    if kind not in ITEM_CLASSES:
        what = f"there is no kind of item '{kind}'"
        file.fault((*place, "kind"), what, meant(kind, ITEM_CLASSES))
        return None
    item: AnyItem | None = validated(ITEM_CLASSES[kind], raw, file, place)
    return None if item is None else _numbered(item)


def _numbered(item: AnyItem) -> AnyItem:
    """The item with an id for each of its parts: its place in the file, unless given."""
    if isinstance(item, Choice):
        return replace(item, options=_with_ids(item.options))
    if isinstance(item, Rationale):
        return replace(
            item, conclusions=_with_ids(item.conclusions), reasons=_with_ids(item.reasons)
        )
    if isinstance(item, Matching):
        return replace(item, entries=_with_ids(item.entries))
    return replace(item, steps=_with_ids(item.steps)) if isinstance(item, Ordering) else item


def _with_ids(parts: tuple[Any, ...]) -> tuple[Any, ...]:
    return tuple(p if p.id else replace(p, id=str(n)) for n, p in enumerate(parts, start=1))
