"""Whose row is whose: names that learners chose against names that a gradebook has.

Two names are the same when they are so after Unicode's compatibility form, without regard to
capitals, white space, the order of "Last, First", curly apostrophes and accents.  A name that could
be two people's is nobody's: a grade in a wrong row is worse than a grade that is missing.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass

_ALIKE = str.maketrans({"\u2018": "'", "\u2019": "'", "\u02bc": "'", "\u2010": "-"})
_NUMBERED = re.compile(r" \(\d+\)$")  # our lists number learners of one name
_WRAPPED = re.compile(r'="(.*)"', re.DOTALL)  # Canvas writes a name so that begins with =


@dataclass(frozen=True, kw_only=True)
class Known:
    """Somebody by a name, and by what else identifies them; both may be empty."""

    name: str
    ids: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Matches:
    """Places in the two lists that were compared."""

    pairs: Mapping[int, int]  # theirs: ours
    only_ours: tuple[int, ...]
    only_theirs: tuple[int, ...]
    ambiguous: tuple[int, ...]  # ours; they could be two people's


def match(ours: Sequence[Known], theirs: Sequence[Known]) -> Matches:
    """Pair those of *ours* with the one of *theirs* that each surely is.

    An identifier that is one person's in both lists decides, unless the name is another's.
    """
    places, counted = _places(theirs), Counter(_key(one.name) for one in ours)
    shared = Counter(_folded(identifier) for one in ours for identifier in one.ids)
    found = [_candidates(one, shared, places) for one in ours]
    taken: dict[int, list[int]] = defaultdict(list)
    unsure: set[int] = set()
    for ours_at, (named, identified) in enumerate(found):
        sure = identified or (named if counted[_key(ours[ours_at].name)] == 1 else set())
        if len(sure) == 1 and not (identified and named and not sure & named):
            taken[next(iter(sure))].append(ours_at)
        elif named or identified:
            unsure.add(ours_at)
    unsure.update(at for claims in taken.values() if len(claims) > 1 for at in claims)
    pairs = {there: claims[0] for there, claims in taken.items() if len(claims) == 1}
    doubtful = {there for at in unsure for there in found[at][0] | found[at][1]}
    return Matches(
        pairs=pairs,
        only_ours=tuple(at for at, (named, by_id) in enumerate(found) if not named | by_id),
        only_theirs=tuple(at for at in range(len(theirs)) if at not in {*pairs, *doubtful}),
        ambiguous=tuple(sorted(unsure)),
    )


Places = Mapping[Hashable, set[int]]


def _places(theirs: Sequence[Known]) -> Places:
    """By name, and by identifier as a tuple of one: where it stands."""
    places: dict[Hashable, set[int]] = defaultdict(set)
    for at, one in enumerate(theirs):
        places[_key(one.name)].add(at)
        for identifier in one.ids:
            places[(_folded(identifier),)].add(at)
    return places


def _candidates(one: Known, shared: Mapping[str, int], places: Places) -> tuple[set[int], set[int]]:
    """Where the name stands, and where an identifier does that is nobody else's of ours."""
    key = _key(one.name)
    named = set(places.get(key, ())) if key else set()
    own = [each for each in map(_folded, one.ids) if each and shared[each] == 1]
    return named, {at for each in own for at in places.get((each,), ())}


def _key(name: str) -> str:
    """What two spellings of one name have in common."""
    name = _NUMBERED.sub("", " ".join(name.split()))
    if wrapped := _WRAPPED.fullmatch(name):
        name = wrapped[1]
    last, comma, first = name.removeprefix("'").partition(",")
    whole = f"{first} {last}" if comma and first.strip() else last
    apart = unicodedata.normalize("NFKD", _folded(whole).translate(_ALIKE))
    # Of the marks only Latin, Greek and Cyrillic accents go: elsewhere they are letters of a name.
    return "".join(mark for mark in apart if not "\u0300" <= mark <= "\u036f")


def _folded(text: str) -> str:
    """The text without capitals, white space about it, and what is not there to be read."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    seen = (mark for mark in plain if mark.isspace() or unicodedata.category(mark)[0] != "C")
    return " ".join("".join(seen).split())
