"""Whether every name that a file uses is known."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from difflib import get_close_matches
from pathlib import Path

from asylum_teach.check import interviews
from asylum_teach.content import Reading
from asylum_teach.content.yamlfile import Place
from asylum_teach.law.bench import NO_THEORY
from asylum_teach.models import (
    CRITICAL_ERRORS,
    ELEMENTS,
    Case,
    Choice,
    Content,
    ElementAssessment,
    Fault,
    Flip,
    Matching,
    Ordering,
    Rationale,
    Rule,
    Tagging,
)
from asylum_teach.models.interview import STOP_ERRORS

Named = tuple[Place, str, Collection[str]]  # where it stands, what kind of name, the names


# The file that says which names of a kind exist; elements and critical errors are fixed.
HOMES = {
    "fact": "law/facts.yaml",
    "theory": "law/theories.yaml",
    "bar": "law/relief.yaml",
    "relief": "law/relief.yaml",
    "authority": "law/authorities.yaml",
    "point": "points.yaml",
    "lesson": "lessons.yaml",
    "misconception": "misconceptions.yaml",
    "practice": "practices.yaml",
}


def faults(reading: Reading, content: Content, notebooks: Path) -> Iterator[Fault]:
    """A fault for every name that nothing bears, so far as the files can be used."""
    known = _known(content)
    for file, (place, kind, used) in (*_named(content), *interviews.named(content, reading)):
        if HOMES.get(kind) in reading.left_out:
            continue  # nobody can tell which of these names exist
        for i, name in enumerate(used):
            if name not in known[kind] and f"{kind}s/{name}.yaml" not in reading.left_out:
                what = f"there is no {kind} '{name}'"
                own = _own_place(place, used, i, name)
                yield reading.fault(file, own, what, _meant(name, known[kind]))
    if "law/elements.yaml" not in reading.left_out:
        yield from _elements(reading, content)
    if "lessons.yaml" not in reading.left_out:
        yield from _lessons(reading, content, notebooks)


def _known(content: Content) -> dict[str, Collection[str]]:
    """The names that exist, by kind."""
    law = content.law
    return {
        "fact": law.facts,
        "element": ELEMENTS,
        "theory": {*law.theories, NO_THEORY},
        "bar": law.bars,
        "relief": law.reliefs,
        "authority": law.authorities,
        "point": content.points,
        "lesson": content.lessons,
        "case": content.cases,
        "misconception": content.misconceptions,
        "critical error": CRITICAL_ERRORS,
        "practice": content.practices,
        "error": STOP_ERRORS,
    }


def _own_place(place: Place, used: Collection[str], i: int, name: str) -> Place:
    """Where the name itself stands among those at *place*: a set has lost their order."""
    if isinstance(used, Mapping):
        return (*place, name)
    return (*place, i) if isinstance(used, Sequence) else place


def _named(content: Content) -> Iterator[tuple[str, Named]]:
    """Every use of a name, with the file and the place in it."""
    law = content.law
    for i, element in enumerate(law.elements.values()):
        yield "law/elements.yaml", ((i, "id"), "element", [element.id])
        for j, rule in enumerate(element.rules):
            for place, kind, used in _in_rule(rule):
                yield "law/elements.yaml", ((i, "rules", j, *place), kind, used)
    for i, theory in enumerate(law.theories.values()):
        yield "law/theories.yaml", ((i, "raised_by"), "fact", theory.raised_by)
    for i, bar in enumerate(law.bars.values()):
        yield "law/relief.yaml", (("bars", i, "stops"), "relief", bar.stops)
    for i, relief in enumerate(law.reliefs.values()):
        for j, need in enumerate(relief.needs):
            at: Place = ("reliefs", i, "needs", j)
            yield "law/relief.yaml", ((*at, "best_of"), "element", need.best_of)
            yield "law/relief.yaml", ((*at, "authorities"), "authority", need.authorities)
        for j, limit in enumerate(relief.limits):
            at = ("reliefs", i, "limits", j)
            yield "law/relief.yaml", ((*at, "element"), "element", [limit.element])
            yield "law/relief.yaml", ((*at, "authorities"), "authority", limit.authorities)
    for i, authority in enumerate(law.authorities.values()):
        for j, period in enumerate(authority.in_force):
            at = (i, "in_force", j, "ended_by")
            yield "law/authorities.yaml", (at, "authority", _given(period.ended_by))
        yield "law/authorities.yaml", ((i, "points"), "point", authority.points)
    for i, event in enumerate(content.timeline):
        yield "law/timeline.yaml", ((i, "authorities"), "authority", event.authorities)
    for i, split in enumerate(content.splits.values()):
        for j, side in enumerate(split.sides):
            place = (i, "sides", j, "authorities")
            yield "law/splits.yaml", (place, "authority", side.authorities)
        if split.shown:
            at = (i, "shown")
            yield "law/splits.yaml", ((*at, "case"), "case", [split.shown.case])
            yield "law/splits.yaml", ((*at, "element"), "element", [split.shown.element])
            yield "law/splits.yaml", ((*at, "add"), "fact", split.shown.add)
            yield "law/splits.yaml", ((*at, "remove"), "fact", split.shown.remove)
    for i, term in enumerate(content.glossary.values()):
        yield "glossary.yaml", ((i, "authorities"), "authority", term.authorities)
        yield "glossary.yaml", ((i, "lesson"), "lesson", _given(term.lesson))
    for i, plan in enumerate(content.lessons.values()):
        yield "lessons.yaml", ((i, "points"), "point", plan.points)
    for decision in content.decisions.values():
        file = f"decisions/{decision.id}.yaml"
        yield file, (("authority",), "authority", [decision.authority])
        yield file, (("facts",), "fact", decision.facts)
        yield file, (("outcomes",), "element", decision.outcomes)
    for case in content.cases.values():
        for named in _in_case(case):
            yield f"cases/{case.id}.yaml", named


def _in_rule(rule: Rule) -> Iterator[Named]:
    for name, facts in (("when", rule.when), ("any", rule.any), ("unless", rule.unless)):
        yield (name,), "fact", facts
    yield ("given",), "element", rule.given
    yield ("theories",), "theory", rule.theories
    yield ("bar",), "bar", _given(rule.bar)
    yield ("relief",), "relief", _given(rule.relief)
    yield ("authorities",), "authority", rule.authorities


def _in_case(case: Case) -> Iterator[Named]:
    yield ("points",), "point", case.points
    yield ("lesson",), "lesson", [case.lesson]
    yield ("key",), "element", case.key
    yield ("worked_analysis",), "element", case.worked_analysis
    for i, sentence in enumerate(case.story):
        yield ("story", i, "facts"), "fact", sentence.facts
    for i, item in enumerate(case.items):
        place: Place = ("items", i)
        if isinstance(item, Choice):
            yield from _in_options(item.options, (*place, "options"))
        elif isinstance(item, Rationale):
            yield from _in_options(item.conclusions, (*place, "conclusions"))
            yield from _in_options(item.reasons, (*place, "reasons"))
        elif isinstance(item, Matching):
            yield from _in_options(item.entries, (*place, "entries"))
        elif isinstance(item, Tagging):
            for sentence_id, mark in item.options.items():
                at: Place = (*place, "options", sentence_id)
                yield (*at, "authorities"), "authority", mark.authorities
                yield (*at, "misconception"), "misconception", _given(mark.misconception)
        elif isinstance(item, ElementAssessment):
            yield (*place, "key"), "element", item.key
        elif isinstance(item, Ordering):
            yield (*place, "authorities"), "authority", item.authorities
        elif isinstance(item, Flip):
            yield (*place, "key"), "element", item.key
            yield (*place, "authorities"), "authority", item.authorities
            yield (*place, "change", "add"), "fact", item.change.add
            yield (*place, "change", "remove"), "fact", item.change.remove


def _in_options(options: tuple[object, ...], place: Place) -> Iterator[Named]:
    for i, option in enumerate(options):
        yield (*place, i, "authorities"), "authority", getattr(option, "authorities", ())
        misconception = getattr(option, "misconception", "")
        yield (*place, i, "misconception"), "misconception", _given(misconception)
        critical_error = getattr(option, "critical_error", "")
        yield (*place, i, "critical_error"), "critical error", _given(critical_error)


def _given(name: str | None) -> list[str]:
    return [name] if name else []


def _elements(reading: Reading, content: Content) -> Iterator[Fault]:
    for element in ELEMENTS:
        if element not in content.law.elements:
            what = f"the element '{element}' is missing"
            yield reading.fault("law/elements.yaml", (), what, "add it with its rules")


def _lessons(reading: Reading, content: Content, notebooks: Path) -> Iterator[Fault]:
    taught = {point for plan in content.lessons.values() for point in plan.points}
    for i, point in enumerate(content.points.values()):
        if point.id not in taught:
            what = f"no lesson teaches point {point.id}"
            yield reading.fault("points.yaml", (i,), what, "name it in a lesson of lessons.yaml")
    for i, plan in enumerate(content.lessons.values()):
        if plan.notebook and not (notebooks / f"{plan.notebook}.ipynb").is_file():
            what = f"there is no notebook '{plan.notebook}.ipynb'"
            yield reading.fault(
                "lessons.yaml",
                (i, "notebook"),
                what,
                f"write it in {notebooks.name}/, or leave this out",
            )


def _meant(name: str, known: Collection[str]) -> str:
    close = get_close_matches(name, list(known), n=1)
    return f"did you mean '{close[0]}'?" if close else "look the name up, or add it"
