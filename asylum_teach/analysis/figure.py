"""A figure, and what to do about it in words."""

from __future__ import annotations

from dataclasses import dataclass

SAME = 1e-9  # credits and their means that are closer than this do not differ


@dataclass(frozen=True, kw_only=True)
class Figure:
    """A number with a sentence: what to do about it, or why there is none."""

    value: float | None  # None: undefined
    says: str
