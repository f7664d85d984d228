"""What a server does with learners' records beyond their answers: codes, names, training records.

Everything here waits for the disk or the database; :mod:`asylum_teach.serve.keeper`
calls it off the server's own thread.
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from asylum_teach import guidance, records
from asylum_teach.records import Key, RefusedError
from asylum_teach.store import Store
from asylum_teach.store.codes import code_of, new_code

LONGEST_NAME = 80


@dataclass(frozen=True, kw_only=True)
class Records(records.Records):
    """The records of all learners of a server."""

    store: Store
    provider: str
    kit: str  # the kit's own version

    # --- Other devices ---

    def code(self, key: Key, chance: Callable[[int], int]) -> str:
        """A new resume code, shown once; an earlier one no longer works."""
        code = new_code(chance)
        self.store.set_code(self.learner(key, new_by="change"), code)
        return code

    def enter(self, key: Key, typed: str) -> bool:
        """Let *key* open the record that a resume code belongs to; False for a wrong code."""
        code = code_of(typed)
        if not code:
            raise RefusedError("A code has twelve letters and digits, like K7PM-3XQ2-9TDA.")
        learner = self.store.learner_by_code(code)
        if learner is None:
            return False
        if self.store.learner_of(key) not in (None, learner):
            raise RefusedError("This browser's key belongs to another record; reload the page.")
        self.store.add_key(learner, key, self.now())
        return True

    # --- The training record ---

    def name(self, key: Key, name: str) -> str:
        """Keep the name that the learner chose, or none."""
        chosen = name_of(name)
        if chosen and not any(map(str.isalnum, chosen)):
            raise RefusedError("A name needs a letter.")
        self.store.set_name(self.learner(key, new_by="change"), chosen)
        return chosen

    def train(self, key: Key, chance: Callable[[int], int]) -> str:
        """Issue a training record and return its verification code."""
        learner = self.learner(key)
        name = self.store.name(learner)
        if not name:
            raise RefusedError("Give a name first: it is what the record is for.")
        sealed = [a for a in self.store.attempts(learner) if a.sealed]
        now = self.now()
        body = guidance.training_record(
            guidance.fold(sealed, self.content),
            self.content,
            name=name,
            provider=self.provider,
            kit=self.kit,
            now=now,
        )
        code = new_code(chance)
        self.store.issue(learner, code, json.dumps({**body, "code": code}), now)
        return code

    def training(self, key: Key, code: str) -> dict[str, Any]:
        """The training record of that code, if it is the learner's own."""
        self.learner(key)
        own = {each["code"] for each in self.about(key)["training_records"]}
        body = self.store.issued(code) if code in own else None
        if body is None:
            raise RefusedError("There is no training record of that code in your record.")
        found: dict[str, Any] = json.loads(body)
        return found


def name_of(typed: str) -> str:
    """A chosen name on one line, without control characters, of at most eighty letters."""
    plain = "".join(c if unicodedata.category(c)[0] != "C" else " " for c in typed)
    return " ".join(plain.split())[:LONGEST_NAME].strip()
