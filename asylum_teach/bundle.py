"""Models to one compiled JSON file and back, with the standard library alone.

A learner's kernel loads this file instead of the YAML: no PyYAML, no pydantic,
nothing to check, since it was checked when it was compiled.
"""

from __future__ import annotations

import json
import os
import types
from collections.abc import Callable
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from enum import Enum
from functools import cache
from pathlib import Path
from textwrap import shorten
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from asylum_teach.models import ITEM_CLASSES, Content

FORMAT = 2  # raised whenever an older kit could misread the file


class BundleError(Exception):
    """The compiled file is missing, cut short, or of another format."""


def save(content: Content, path: Path) -> None:
    """Write *content* to *path* in one step, so that no reader sees half a file."""
    text = json.dumps({"format": FORMAT, "content": encode(content)}, ensure_ascii=False)
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f"{path.name}.{os.getpid()}.part")
    part.write_text(text, "utf-8")
    part.replace(path)


def load(path: Path) -> Content:
    """The content compiled to *path*.

    Raises BundleError, with a sentence for a person, when it cannot be used.
    """
    try:
        compiled = json.loads(path.read_text("utf-8"))
        if compiled["format"] != FORMAT:
            raise BundleError(f"{path} was compiled by another version of the kit; compile again.")
        content: Content = decode(Content, compiled["content"])
        return content
    except OSError as error:
        raise BundleError(f"{path} cannot be read: {error.strerror}.") from None
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        what = shorten(str(error), 120, placeholder=" …")
        raise BundleError(f"{path} is damaged ({what}); compile it again.") from None


def encode(value: Any) -> Any:
    """*value* as JSON holds it; a field at its default is left out."""
    if isinstance(value, Enum):
        return value.value
    if is_dataclass(value):
        return {
            f.name: encode(getattr(value, f.name))
            for f in fields(value)
            if getattr(value, f.name) != f.default
        }
    if isinstance(value, frozenset):
        return sorted(encode(each) for each in value)
    if isinstance(value, (tuple, list)):
        return [encode(each) for each in value]
    if isinstance(value, dict):
        return {key: encode(each) for key, each in value.items()}
    return value.isoformat() if isinstance(value, (date, datetime)) else value


def decode(kind: Any, value: Any) -> Any:
    """What :func:`encode` made of a value of type *kind*."""
    return _decoder(kind)(value)


@cache
def _decoder(kind: Any) -> Callable[[Any], Any]:
    """How to read a value of type *kind*, worked out once."""
    origin, args = get_origin(kind), get_args(kind)
    if origin in (Union, types.UnionType):
        return _union(args)
    if origin in (tuple, frozenset):
        each = _decoder(args[0])
        return lambda value: origin(map(each, value))
    if origin is dict:
        key, each = map(_decoder, args)
        return lambda value: {key(k): each(v) for k, v in value.items()}
    if isinstance(kind, type) and issubclass(kind, (date, datetime)):
        return kind.fromisoformat
    if isinstance(kind, type) and issubclass(kind, Enum):
        return kind
    if is_dataclass(kind):
        return _record(kind)
    if kind is Any or origin is Literal or kind in (str, int, float, bool):
        return lambda value: value
    raise TypeError(f"no way to read {kind}")


def _record(kind: Any) -> Callable[[Any], Any]:
    """Reads a dataclass, field by field."""
    hints = get_type_hints(kind)
    names = {f.name for f in fields(kind)}
    readers = {name: _decoder(hint) for name, hint in hints.items() if name in names}
    return lambda value: kind(**{name: readers[name](each) for name, each in value.items()})


def _union(args: tuple[Any, ...]) -> Callable[[Any], Any]:
    """Reads one of several types: None or a plain value, or an item by its kind."""
    others = [arg for arg in args if arg is not type(None)]
    if any(other in ITEM_CLASSES.values() for other in others):
        return lambda value: decode(ITEM_CLASSES[value["kind"]], value)
    each = _decoder(others[0])
    return lambda value: None if value is None else each(value)
