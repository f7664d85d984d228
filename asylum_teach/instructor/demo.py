"""A cohort that a program made up, so that a teacher can look around without a class.

Each learner has an ability and each item a hardness; who is abler is more often right (a
Rasch-like model, only to have something that looks like a class).  No figure of it says anything
about real people.
"""

from __future__ import annotations

import math
import secrets
from collections.abc import Iterator
from datetime import datetime, timedelta
from random import Random
from typing import Any

from asylum_teach import guidance
from asylum_teach.instructor.synthetic import SYNTHETIC
from asylum_teach.models import (
    AnyItem,
    Attempt,
    Case,
    Choice,
    Cohort,
    Content,
    ElementAssessment,
    Flip,
    Matching,
    Ordering,
    Rationale,
    Status,
    Tagging,
)
from asylum_teach.scoring import key_of, score
from asylum_teach.store import Store

NAMES = (
    "Synthetic Ana",
    "Synthetic Bruno",
    "Synthetic Chole",
    "Synthetic Dario",
    "Synthetic Elia",
    "Synthetic Fermín",
)
LESSONS = ("who_is_a_refugee", "criminal_organizations", "nexus_and_grounds", "intake_interview")


def demo_class(store: Store, content: Content, now: datetime, learners: int = 24) -> Cohort:
    """Fill *store* with a made-up cohort that has answered four lessons, some items twice."""
    chance = Random(7)  # the same class each time
    cohort = store.add_cohort(f"{SYNTHETIC}a class of {learners}", now, secrets.randbelow)
    bases = {}
    for number in range(learners):
        key = f"key:demo-{cohort.id}-{number}"
        learner = store.add_learner(key, now)
        store.join(cohort.id, learner, _name(number), now)
        attempts = list(_answers(content, cohort, chance, now - timedelta(days=10)))
        for attempt in attempts:
            basis = guidance.basis_of(content, attempt.case, attempt.item)
            bases[attempt.basis] = guidance.to_json(basis)
        store.add_many(learner, attempts, bases)
    return cohort


def _name(number: int) -> str:
    again = number // len(NAMES)
    name = NAMES[number % len(NAMES)]
    return f"{name} {again + 1}" if again else name


def _answers(
    content: Content, cohort: Cohort, chance: Random, began: datetime
) -> Iterator[Attempt]:
    ability, at = chance.gauss(0.4, 1), began
    for case in content.cases.values():
        if case.lesson not in LESSONS:
            continue
        for item in case.items:
            if chance.random() < 0.1:
                continue  # left out
            for again in range(2 if chance.random() < 0.3 else 1):
                at += timedelta(minutes=chance.randint(1, 4))
                right = chance.random() < _probability(ability + 0.8 * again, item)
                yield _attempt(content, case, item, cohort, chance, at, right=right)


def _probability(ability: float, item: AnyItem) -> float:
    hardness = Random(item.id).gauss(0, 0.8)
    return 1 / (1 + math.exp(hardness - ability))


def _attempt(
    content: Content,
    case: Case,
    item: AnyItem,
    cohort: Cohort,
    chance: Random,
    at: datetime,
    *,
    right: bool,
) -> Attempt:
    response = key_of(item) if right else _wrong(item, case, chance)
    scored = score(item, response)
    basis = guidance.basis_of(content, case.id, item.id)
    return Attempt(
        case=case.id,
        case_version=case.version,
        item=item.id,
        response=response,
        credit=scored.credit,
        critical_error=scored.critical_error,
        at=at,
        confidence=chance.choice((1, 2, 3)) if item.ask_confidence else None,
        id=secrets.token_urlsafe(16),
        lesson=case.lesson,
        seconds=chance.randint(20, 200),
        cohort=cohort.id,
        basis=guidance.digest_of(basis),
    )


def _wrong(item: AnyItem, case: Case, chance: Random) -> Any:
    """Some response that may be wrong."""
    match item:
        case Choice(kind="several_choice"):
            return [o.id for o in item.options if chance.random() < 0.5] or [item.options[0].id]
        case Choice():
            return chance.choice([o.id for o in item.options if o.credit < 1])
        case Rationale():
            return {
                "conclusion": chance.choice(item.conclusions).id,
                "reason": chance.choice(item.reasons).id,
            }
        case ElementAssessment():
            return {element: chance.choice(list(Status)).value for element in item.key}
        case Matching():
            return {entry.id: chance.choice(item.targets).id for entry in item.entries}
        case Ordering():
            steps = [step.id for step in item.steps]
            chance.shuffle(steps)
            return steps
        case Tagging():
            return [s for s in item.options if chance.random() < 0.5]
        case Flip():
            return [element for element in case.key if chance.random() < 0.3]
