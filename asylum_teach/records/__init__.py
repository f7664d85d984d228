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
from asylum_teach.records.refusals import FAILED, GONE, OTHER_PAGE, Refusal, refusal_of
from asylum_teach.records.shelf import Key, Shelf

__all__ = [
    "FAILED",
    "GONE",
    "LONGEST_RESPONSE",
    "MOST_ASKED",
    "OTHER_PAGE",
    "Clock",
    "Key",
    "NobodyError",
    "Records",
    "Refusal",
    "RefusedError",
    "Shelf",
    "Told",
    "refusal_of",
]
