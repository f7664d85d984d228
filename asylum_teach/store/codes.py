"""Codes that people write down and type: resume codes and verification codes."""

from __future__ import annotations

from collections.abc import Callable

# Crockford's base 32: no letter that looks like a digit (https://www.crockford.com/base32.html).
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH = 12  # 60 bits: with a slow hash, and few tries from one address, nobody guesses one
_LOOKALIKES = str.maketrans("OIL", "011")


def new_code(chance: Callable[[int], int]) -> str:
    """A code such as K7PM-3XQ2-9TDA; *chance* gives a number below its argument."""
    letters = "".join(ALPHABET[chance(len(ALPHABET))] for _ in range(LENGTH))
    return "-".join(letters[i : i + 4] for i in range(0, LENGTH, 4))


def code_of(typed: str) -> str:
    """The code that somebody typed, however they wrote it; empty if it cannot be one."""
    letters = "".join(c for c in typed.upper() if c.isalnum()).translate(_LOOKALIKES)
    if len(letters) != LENGTH or not set(letters) <= set(ALPHABET):
        return ""
    return "-".join(letters[i : i + 4] for i in range(0, LENGTH, 4))
