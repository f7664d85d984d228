"""A run: all learners come, go through their lessons and leave; then what is there is counted."""

from __future__ import annotations

import asyncio
import random
import resource
from collections.abc import Sequence
from dataclasses import dataclass
from time import monotonic
from typing import Any

from asylum_teach.models import Content
from tests.load import record
from tests.load.figures import Figures, TroubleError, spread
from tests.load.learner import PASSING, Learner
from tests.load.page import look
from tests.load.servers import Gauge, Site, kernels_of, settled
from tests.load.tasks import Tasks
from tests.load.ways import Way

_MEGABYTE = 1e6


@dataclass(frozen=True, kw_only=True)
class Plan:
    """Who comes, when and how."""

    learners: int
    lessons: Sequence[str]  # ids; learners take them in turn
    way: Way
    arrive: float = 30.0  # seconds within which they come
    pace: float = 12.0  # times as quick as a person
    most: float = 600.0  # seconds until those who are still there are sent away
    linger: float = 120.0  # seconds in which kernels may go after the last page was closed
    seed: int = 1


def gathered(plan: Plan, site: Site, content: Content, figures: Figures) -> list[Learner]:
    """The learners of a plan, each with a chance of their own: the same in every run."""
    tasks, kit = Tasks(content), look("kit")
    return [
        Learner(
            number,
            content.lessons[lesson].notebook,
            lesson,
            base=site.base,
            way=plan.way,
            look=kit,
            tasks=tasks,
            figures=figures,
            pace=plan.pace,
            chance=random.Random(f"{plan.seed}/{number}"),
        )
        for number, lesson in (
            (n, plan.lessons[n % len(plan.lessons)]) for n in range(plan.learners)
        )
    ]


async def run(plan: Plan, site: Site, content: Content) -> dict[str, Any]:
    """Let them come; everything that the report tells."""
    await settled(site.process)
    figures, gauge = Figures(), Gauge(site.process)
    before = record.rows(site.database) if site.database else {}
    learners = gathered(plan, site, content, figures)
    began, used = monotonic(), _own_cpu()
    await _visited(plan, learners, gauge, figures)
    seconds, own = monotonic() - began, _own_cpu() - used
    after = await gauge.look()
    answers = await _kept(learners, site, figures)
    for learner in learners:
        await learner.close()
    left, waited = await gone(site, gauge.empty.kernels, plan.linger)
    if "Traceback" in site.complaints():
        figures.errors.note(TroubleError("the server logged a fault", site.complaints()[-300:]))
    return {
        "learners": plan.learners,
        "finished": figures.finished,
        "lessons": list(plan.lessons),
        "pace": plan.pace,
        "seconds": round(seconds, 1),
        **_met(figures),
        "memory": _memory(gauge, plan.learners),
        "server CPU seconds per learner": round((after.cpu - gauge.empty.cpu) / plan.learners, 2),
        "client CPU": {"seconds": round(own, 1), "of one core": round(own / seconds, 3)},
        "traffic per learner": _traffic(figures, plan.learners),
        "rows written": _written(before, site),
        "answers kept": _told(answers),
        "kernels": {
            "empty server": gauge.empty.kernels,
            "at the peak": gauge.peak.kernels,
            "when all had gone": after.kernels,
            "left": left,
            "after seconds": round(waited, 1),
        },
        "errors": figures.errors.told(),
        "sound": not figures.errors.counts and answers.sound(),
    }


def _met(figures: Figures) -> dict[str, Any]:
    """What learners met, and what they did on purpose to meet it."""
    return {
        "start-up": spread(figures.startup),
        "reloaded": spread(figures.reopened),
        "waited for a place": spread(figures.waited),
        "waited to load a lesson again": spread(figures.rewaited),
        "got in": spread(figures.entered),
        "answers": spread(figures.answers),
        "lab": spread(figures.lab),
        "on purpose": {
            "connections dropped": figures.drops,
            "answers sent again": figures.resent,
            "reloads": figures.reloads,
            "pages that vanished": figures.vanished,
        },
    }


async def _visited(plan: Plan, learners: Sequence[Learner], gauge: Gauge, figures: Figures) -> None:
    """Every visit, each from its own moment on, and the watch over the server meanwhile."""
    moments = random.Random(plan.seed)
    watch = asyncio.create_task(gauge.watch())
    visits = [
        asyncio.create_task(_later(moments.uniform(0, plan.arrive), each)) for each in learners
    ]
    _, late = await asyncio.wait(visits, timeout=plan.most)
    for visit in late:
        visit.cancel()
        figures.errors.note(
            TroubleError("a lesson was not gone through", f"within {plan.most:.0f} s")
        )
    watch.cancel()
    for ended in await asyncio.gather(*visits, return_exceptions=True):
        if isinstance(ended, Exception):
            figures.errors.note(ended)


async def _later(seconds: float, learner: Learner) -> None:
    await asyncio.sleep(seconds)
    await learner.go()


async def _kept(learners: Sequence[Learner], site: Site, figures: Figures) -> record.Answers:
    if site.database:
        return record.from_store([each.sent for each in learners], site.database)
    try:
        return await record.from_site(learners)
    except PASSING as error:
        figures.errors.note(error)
        return record.Answers()


async def gone(site: Site, pool: int, most: float) -> tuple[int, float]:
    """How many kernels there are once only the *pool* is left, or after *most* seconds."""
    began = monotonic()
    while (left := kernels_of(site.process)) > pool and monotonic() - began < most:
        await asyncio.sleep(0.5)
    return left, monotonic() - began


def _memory(gauge: Gauge, learners: int) -> dict[str, float]:
    """Megabytes at the peak; kernels of pages are those beyond the empty server's."""
    if not gauge.peak.memory:
        return {}
    more = gauge.peak.memory - gauge.empty.memory
    kernels = max(gauge.peak.kernels - gauge.empty.kernels, 1)
    return {
        "empty server": _mb(gauge.empty.memory),
        "at the peak": _mb(gauge.peak.memory),
        "the server's own process": _mb(gauge.peak.alone),
        "for each kernel": _mb(more / kernels),
        "for each learner": _mb(more / learners),
    }


def _mb(size: float) -> float:
    return round(size / _MEGABYTE, 1)


def _traffic(figures: Figures, learners: int) -> dict[str, float]:
    return {
        "requests": round(figures.requests / learners, 1),
        "kilobytes": round(figures.bytes / learners / 1e3, 1),
        "kilobytes of widget messages, before compression": round(
            figures.message_bytes / learners / 1e3, 1
        ),
    }


def _written(before: dict[str, int], site: Site) -> dict[str, int]:
    """How many rows each table has more than before."""
    if not site.database:
        return {}
    after = record.rows(site.database)
    return {table: n - before[table] for table, n in after.items() if n != before[table]}


def _told(answers: record.Answers) -> dict[str, Any]:
    return {
        "sent": answers.sent,
        "acknowledged": answers.acknowledged,
        "kept": answers.kept,
        "lost": len(answers.lost),
        "doubled": len(answers.doubled),
        "changed": len(answers.changed),
        "never sent": len(answers.strange),
    }


def _own_cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime
