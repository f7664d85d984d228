"""What is wrong with a file and what to write instead, in an editor's words."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import fields, is_dataclass
from difflib import get_close_matches
from functools import cache
from typing import Any, get_args, get_origin, get_type_hints

from pydantic import TypeAdapter, ValidationError

from asylum_teach.content.yamlfile import Place, YamlFile


@cache
def adapter(kind: Any) -> TypeAdapter[Any]:
    """Pydantic's reader for *kind*, made once."""
    return TypeAdapter(kind)


def validated(kind: Any, value: Any, file: YamlFile, place: Place) -> Any:
    """*value* as a *kind*; None, with the faults noted, if it is not one."""
    try:
        return adapter(kind).validate_json(json.dumps(value), strict=True)
    except ValidationError as error:
        for each in _one_a_place(error.errors(include_url=False)):
            at = (*place, *each["loc"])
            what, do = _in_words(_called(at), each, kind)
            file.fault(at, what, do)
        return None


def _one_a_place(errors: list[Any]) -> Iterable[Any]:
    """The errors, one a place: where there are two lists of words, a word failed them both."""
    told: dict[Place, Any] = {}
    for error in errors:
        way = (part for part in error["loc"] if not str(part).startswith(("[key]", "literal[")))
        loc = tuple(way)
        first = told.setdefault(loc, {**error, "loc": loc})
        if first["type"] == error["type"] == "literal_error" and first["ctx"] is not error["ctx"]:
            first["ctx"]["expected"] += f" or {error['ctx']['expected']}"
    return told.values()


def _called(place: Place) -> str:
    """What an editor calls the thing at *place*: 'stem', or number 2 of 'options'."""
    if not place:
        return "the file"
    *around, last = place
    if isinstance(last, str):
        return f"'{last}'"
    return f"number {last + 1} of {_called(tuple(around))}"


def _in_words(name: str, error: Any, kind: Any) -> tuple[str, str]:
    """What is wrong and what to do, for one of pydantic's errors."""
    words = _WORDS.get(error["type"])
    if words:
        return words(name, error, kind)
    return f"{name} is not right ({error['msg']})", "see the schema for what belongs here"


def _text(name: str, error: Any, _kind: Any) -> tuple[str, str]:
    value = error["input"]
    if isinstance(value, bool):
        return (
            f"{name} is a bare Yes, No, true or false, which YAML does not read as text",
            'put the word in quotes, as in "No"',
        )
    if isinstance(value, (int, float)):
        return (
            f"{name} is the number {value}; text belongs here",
            f'write it in quotes: "{value}"',
        )
    return f"{name} should be text", "write one sentence or word here"


def _choice(name: str, error: Any, _kind: Any) -> tuple[str, str]:
    allowed = [
        word.strip("' ") for word in error["ctx"]["expected"].replace(" or ", ",").split(",")
    ]
    value = error["input"]
    if isinstance(value, int) and str(value) in allowed:
        return (
            f"{name} is the number {value}; text belongs here",
            f'write it in quotes: "{value}"',
        )
    return f"{name} cannot be '{value}'", meant(str(value), dict.fromkeys(allowed))


def _unknown(name: str, error: Any, kind: Any) -> tuple[str, str]:
    known = _fields_at(kind, error["loc"][:-1])
    return f"there is no field {name} here", meant(str(error["loc"][-1]), known)


def _missing(name: str, error: Any, _kind: Any) -> tuple[str, str]:
    return f"{name} is missing", f"add {error['loc'][-1]}: …"


def _date(name: str, error: Any, _kind: Any) -> tuple[str, str]:
    return f"{name} is not a date ({error['input']!r})", "write year, month, day: 2026-11-24"


def _shape(wanted: str) -> Callable[[str, Any, Any], tuple[str, str]]:
    return lambda name, _error, _kind: (f"{name} should be {wanted}", f"write {wanted} here")


_WORDS: dict[str, Callable[[str, Any, Any], tuple[str, str]]] = {
    "missing": _missing,
    "missing_argument": _missing,
    "missing_keyword_only_argument": _missing,
    "unexpected_keyword_argument": _unknown,
    "extra_forbidden": _unknown,
    "string_type": _text,
    "enum": _choice,
    "literal_error": _choice,
    "date_type": _date,
    "date_parsing": _date,
    "date_from_datetime_parsing": _date,
    "date_from_datetime_inexact": _date,
    "tuple_type": _shape("a list"),
    "list_type": _shape("a list"),
    "frozen_set_type": _shape("a list"),
    "dict_type": _shape("a mapping (name: value)"),
    "dataclass_type": _shape("a mapping (name: value)"),
    "float_type": _shape("a number"),
    "int_type": _shape("a whole number"),
    "int_from_float": _shape("a whole number"),
    "bool_type": _shape("true or false"),
}


def meant(word: str, known: Any) -> str:
    """Advice for a name that does not exist."""
    close = get_close_matches(word, list(known), n=1)
    if close:
        return f"did you mean '{close[0]}'?"
    listed = list(known)
    return f"use one of: {', '.join(listed)}" if len(listed) <= 15 else "look for the right name"


def _fields_at(kind: Any, loc: tuple[str | int, ...]) -> list[str]:
    """The fields of the record that *loc* leads to."""
    for part in loc:
        kind = next((k for k in _inside(kind, part)), None)
    return [f.name for f in fields(kind)] if is_dataclass(kind) else []


def _inside(kind: Any, part: str | int) -> Iterator[Any]:
    if is_dataclass(kind) and isinstance(part, str):
        yield get_type_hints(kind)[part]
    elif get_origin(kind) is dict:
        yield get_args(kind)[1]
    else:
        yield from get_args(kind)[:1]
