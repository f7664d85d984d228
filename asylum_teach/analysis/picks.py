"""What a response picked, and the misconceptions that it shows."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any

from asylum_teach.models import AnyTask, Choice, Matching, Option, Rationale, Tagging


def picked(item: Choice, response: Any) -> frozenset[str]:
    """The ids of the options that a response to a choice picked."""
    return frozenset(_words(response))


def misconceptions_of(item: AnyTask, response: Any) -> frozenset[str]:
    """The misconceptions that the picks of a response name.

    None where the item offers no options, or the response is not one that it offers.
    """
    match item:
        case Choice():
            names = _of_options(item.options, picked(item, response))
        case Rationale():
            parts = response if isinstance(response, dict) else {}
            names = {
                *_of_options(item.conclusions, _words(parts.get("conclusion"))),
                *_of_options(item.reasons, _words(parts.get("reason"))),
            }
        case Matching():
            parts = response if isinstance(response, dict) else {}
            wrong = (e for e in item.entries if parts.get(e.id, e.key) != e.key)
            names = {entry.misconception for entry in wrong}
        case Tagging():
            marks = (item.options.get(sentence) for sentence in _words(response))
            names = {mark.misconception for mark in marks if mark is not None}
        case _:
            names = set()
    return frozenset(names) - {""}


def offered(item: AnyTask) -> frozenset[str]:
    """Every misconception that a response to the item could show."""
    return frozenset(_offered(item)) - {""}


def _offered(item: AnyTask) -> Iterator[str]:
    match item:
        case Choice():
            yield from (option.misconception for option in item.options)
        case Rationale():
            both = (*item.conclusions, *item.reasons)
            yield from (option.misconception for option in both)
        case Matching():
            yield from (entry.misconception for entry in item.entries)
        case Tagging():
            yield from (mark.misconception for mark in item.options.values())


def _of_options(options: tuple[Option, ...], ids: Collection[str]) -> set[str]:
    return {option.misconception for option in options if option.id in ids}


def _words(response: Any) -> list[str]:
    """The words of a response: itself, or those that it lists."""
    listed = response if isinstance(response, list) else [response]
    return [word for word in listed if isinstance(word, str)]
