"""Codes that people write down and type: resume, verification and join codes; ids of cohorts."""

from __future__ import annotations

from collections.abc import Callable

# Crockford's base 32: no letter that looks like a digit (https://www.crockford.com/base32.html).
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH = 12  # 60 bits: with a slow hash, and few tries from one address, nobody guesses one
JOIN_LENGTH = 6  # 30 bits: it lasts for one session, and opens nobody's record
_COHORT_LENGTH = 8
_LOOKALIKES = str.maketrans("OIL", "011")


def new_code(chance: Callable[[int], int]) -> str:
    """A code such as K7PM-3XQ2-9TDA; *chance* gives a number below its argument."""
    letters = _drawn(ALPHABET, LENGTH, chance)
    return "-".join(letters[i : i + 4] for i in range(0, LENGTH, 4))


def code_of(typed: str) -> str:
    """The code that somebody typed, however they wrote it; empty if it cannot be one."""
    letters = _read(typed, LENGTH)
    return "-".join(letters[i : i + 4] for i in range(0, len(letters), 4))


def new_join_code(chance: Callable[[int], int]) -> str:
    """A code such as K7PM3X; *chance* gives a number below its argument."""
    return _drawn(ALPHABET, JOIN_LENGTH, chance)


def join_code_of(typed: str) -> str:
    """The join code that somebody typed, however they wrote it; empty if it cannot be one."""
    return _read(typed, JOIN_LENGTH)


def new_cohort_id(chance: Callable[[int], int]) -> str:
    """An id such as KTPMWXQZ: no digit is in it."""
    return _drawn(ALPHABET[10:], _COHORT_LENGTH, chance)


def _drawn(alphabet: str, length: int, chance: Callable[[int], int]) -> str:
    return "".join(alphabet[chance(len(alphabet))] for _ in range(length))


def _read(typed: str, length: int) -> str:
    """So many letters of the alphabet, or none."""
    letters = "".join(c for c in typed.upper() if c.isalnum()).translate(_LOOKALIKES)
    return letters if len(letters) == length and set(letters) <= set(ALPHABET) else ""
