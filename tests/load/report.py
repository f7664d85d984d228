"""The figures of a run as lines that a person reads."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

_SECONDS = ("median", "p95", "p99", "max")


def lines(figures: Mapping[str, Any]) -> Iterator[str]:
    """Each figure with its name; errors last, with an example of each kind."""
    for name, value in figures.items():
        if name == "errors":
            continue
        yield from _line(name, value)
    if "errors" in figures:
        yield from _errors("errors", figures["errors"])


def _line(name: str, value: Any) -> Iterator[str]:
    if not isinstance(value, Mapping):
        yield f"{name}: {_plain(value)}"
    elif not value:
        yield f"{name}: none"
    elif "median" in value:
        yield f"{name}: {_spread(value)}"
    elif any(isinstance(each, Mapping) for each in value.values()):
        yield f"{name}:"
        for inner, each in value.items():
            parts = _errors(inner, each) if inner == "errors" else _line(inner, each)
            yield from (f"  {line}" for line in parts)
    else:
        yield f"{name}: " + ", ".join(f"{inner} {_plain(each)}" for inner, each in value.items())


def _spread(value: Mapping[str, float]) -> str:
    shown = ", ".join(f"{name} {_time(value[name])}" for name in _SECONDS)
    return f"{shown} ({value['count']:,})"


def _time(seconds: float) -> str:
    return f"{seconds * 1000:.0f} ms" if seconds < 1 else f"{seconds:.2f} s"


def _plain(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ", ".join(map(str, value))
    return "none" if value is None else f"{value:,}" if isinstance(value, (int, float)) else value


def _errors(name: str, errors: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    yield f"{name}: {sum(each['count'] for each in errors.values())}"
    for kind, each in errors.items():
        yield f"  {each['count']} × {kind}; one of them: {each['example']!r}"
