"""Whether every split is shown on a case that comes out differently in its two circuits.

Or whether it says why no case can show it.
"""

from __future__ import annotations

from collections.abc import Iterator

from asylum_teach.content import Reading
from asylum_teach.law import assess
from asylum_teach.models import Change, Content, Fault, Shown, Split, Status

FILE = "law/splits.yaml"


def faults(reading: Reading, content: Content) -> Iterator[Fault]:
    """A fault for every split that neither is shown nor says why, or whose case shows nothing."""
    for i, split in enumerate(content.splits.values()):
        for what, do in _in(content, split):
            yield reading.fault(FILE, (i,), what, do)


def _in(content: Content, split: Split) -> Iterator[tuple[str, str]]:
    if split.shown is None:
        if not split.not_shown.strip():
            what = f"the split '{split.id}' is shown on no case and does not say why"
            yield what, "add shown: (a case and two circuits), or not_shown: (the reason)"
        return
    if split.not_shown.strip():
        what = f"the split '{split.id}' is shown on a case and also says why it is not"
        yield what, "keep shown: or not_shown:, not both"
    if len(split.shown.circuits) != 2:
        yield f"the split '{split.id}' is not shown in two circuits", "name two"
    found = statuses(content, split.shown)
    if len(set(found.values())) < len(found):
        said = ", ".join(f"{circuit}: {status}" for circuit, status in found.items())
        what = f"the case of the split '{split.id}' comes out alike ({said})"
        yield what, "choose circuits, or facts to add or remove, for which it makes the difference"


def statuses(content: Content, shown: Shown) -> dict[str, Status]:
    """What is found on the case in each circuit, as the law was last checked."""
    case = content.cases[shown.case]
    found: dict[str, Status] = {}
    for name in shown.circuits:
        change = Change(add=shown.add, remove=shown.remove, circuit=name)
        facts, _, circuit = case.flipped(change)
        assessment = assess(content.law, facts, as_of=content.law_as_of, circuit=circuit)
        found[name] = assessment.findings[shown.element].status
    return found
