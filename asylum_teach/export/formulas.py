"""What a spreadsheet would run instead of showing, and how it is kept from doing so.

The marks and the remedy, an apostrophe in front, are those of OWASP's page on CSV injection. Their
wide forms, which some spreadsheets read alike, are taken for them.
"""

from __future__ import annotations

import re
import unicodedata

_MARKS = "=+-@"
_BREAKS = "\t\r\n"  # a spreadsheet may drop one, and then read what follows
_NUMBER = re.compile(r"[+-]?[\d.,]*\d\s*%?")


def like_formula(text: str) -> bool:
    """Whether a spreadsheet may run the text, or a part of it, as a formula."""
    first = text.lstrip()[:1]
    return text[:1] in (*_BREAKS,) or unicodedata.normalize("NFKC", first)[:1] in (*_MARKS,)


def suspicious(text: str) -> bool:
    """The same, of a cell that somebody else wrote: a number and a lone dash are harmless there."""
    text = text.strip()
    return like_formula(text) and text != "-" and not _NUMBER.fullmatch(text)


def neutral(text: str) -> str:
    """The text, shown and never run by a spreadsheet that reads it from a CSV file."""
    return f"'{text}" if like_formula(text) else text
