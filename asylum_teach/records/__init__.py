"""Learners' records, wherever they are kept: in a server's database or in a browser."""

from asylum_teach.records.records import (
    LONGEST_RESPONSE,
    MOST_ASKED,
    Clock,
    NobodyError,
    Records,
    RefusedError,
    Told,
)
from asylum_teach.records.shelf import Key, Shelf

__all__ = [
    "LONGEST_RESPONSE",
    "MOST_ASKED",
    "Clock",
    "Key",
    "NobodyError",
    "Records",
    "RefusedError",
    "Shelf",
    "Told",
]
