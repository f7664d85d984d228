"""The class sessions that are under way: who is in, what is on the screen, what was voted.

What is kept lies in the store; this holds what screens ask for many times a minute, and tells
them as soon as something moves.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from asylum_teach import guidance, widgets
from asylum_teach.bundle import decode, encode
from asylum_teach.classroom import (
    ActionError,
    Asked,
    Scene,
    Spread,
    after,
    flip_item,
    proposal,
    spread,
)
from asylum_teach.desk import Desk
from asylum_teach.models import AnyItem, Attempt, Case, ClassSession, Content
from asylum_teach.models.words import circuit_name, in_words
from asylum_teach.records import RefusedError
from asylum_teach.scoring import ResponseError, key_of
from asylum_teach.serve.keeper import Keeper
from asylum_teach.serve.records import Records, name_of
from asylum_teach.store.codes import join_code_of, new_join_code

View = dict[str, Any]
OVER = "This session is over. Open a new one."
WAITS = 25.0  # seconds that a screen's question waits for news; proxies end longer ones


@dataclass
class Live:
    """A session that somebody looks at."""

    session: ClassSession
    scene: Scene
    names: dict[int, str]  # by learner
    present: set[int]  # whose phones are in it, or have voted
    votes: dict[int, dict[int, Any]]  # by round, by learner: the response
    credits: dict[int, dict[int, float]]  # likewise
    scenes: int = 1  # grows when what phones show has changed
    moves: int = 1  # grows when what the teacher's screen shows has changed
    waiting: set[asyncio.Event] = field(default_factory=set)

    def moved(self, *, scene: bool) -> None:
        """Tell every screen that waits."""
        self.moves += 1
        self.scenes += scene
        for each in self.waiting:
            each.set()


class Classes:
    """The sessions of one server; each is read from the store when it is first asked for."""

    def __init__(self, content: Content, keeper: Keeper, now: Callable[[], datetime]) -> None:
        self.content, self._keeper, self._now = content, keeper, now
        self._desk = Desk(content)
        self._live: dict[str, Live] = {}
        self._loading = asyncio.Lock()

    # --- What a teacher does ---

    async def open(self, cohort: str, title: str) -> ClassSession:
        """A new session with a join code of its own."""

        def make(records: Records) -> ClassSession:
            for _ in range(100):
                code = new_join_code(secrets.randbelow)
                try:
                    return records.store.add_session(cohort, title, code, self._now())
                except ValueError:
                    continue  # another open session has that code
            raise RefusedError("No free code was found; close old sessions first.")

        return await self._keeper.ask(make)

    async def act(self, session_id: str, action: Mapping[str, Any]) -> None:
        """Do what a teacher asks for.

        Raises ActionError with a sentence; KeyError where there is no such session.
        """
        live = await self._of(session_id)
        if live.session.closed:
            raise ActionError(OVER)
        if action.get("do") == "end":
            now = self._now()
            await self._keeper.ask(lambda records: records.store.close_session(session_id, now))
            live.session = await self._read(session_id)
            return live.moved(scene=True)
        seen = live.session.version
        if action.get("version") != seen:
            raise ActionError("Another screen was quicker. See what it shows now, and go on there.")
        scene = after(live.scene, action, self.content)
        state = encode(scene)
        try:
            kept = await self._keeper.ask(
                lambda records: records.store.set_state(session_id, state, seen)
            )
        except ValueError:  # another screen ended it meanwhile
            raise ActionError(OVER) from None
        if not kept:
            live.session = await self._read(session_id)
            live.scene = _scene(live.session)
            live.moved(scene=True)
            raise ActionError("Another screen was quicker. See what it shows now, and go on there.")
        live.session = await self._read(session_id)
        live.scene = scene
        return live.moved(scene=True)

    # --- What a learner does ---

    async def enter(self, key: str, code: str, name: str) -> View:
        """Let a learner into the open session of that code, under a chosen name."""
        chosen = name_of(name)
        if not any(map(str.isalnum, chosen)):
            raise RefusedError("Choose a name with a letter in it; a first name will do.")
        typed = join_code_of(code)
        now = self._now()

        def join(records: Records) -> tuple[str, int]:
            session = records.store.open_session(typed) if typed else None
            if session is None:
                raise RefusedError(
                    "No class is open under this code. Look at the screen again: it has six "
                    "letters and digits. If the class is over, its teacher can open another."
                )
            learner = records.learner(key, new_by="change")
            records.store.join(session.cohort, learner, chosen, now)
            return session.id, learner

        session_id, learner = await self._keeper.ask(join)
        live = await self._of(session_id)
        live.names[learner] = chosen
        live.present.add(learner)
        live.moved(scene=False)
        return {"session": session_id, "name": chosen, "code": live.session.code}

    async def vote(self, key: str, session_id: str, number: int, response: Any) -> View:
        """Keep a vote, once; one that is sent again changes nothing."""
        live = await self._of(session_id)
        learner = await self._member(key, live)
        asked = live.scene.asked
        if learner in live.votes.get(number, {}):
            return {"voted": True}
        if live.session.closed or not asked or asked.round != number or not live.scene.voting:
            raise RefusedError("This vote is closed already; look at the screen.")
        case, item = self._item(asked)
        try:
            score, _ = self._desk.explain(case, item, response)
        except ResponseError as error:
            raise RefusedError(str(error)) from None
        now = self._now()
        attempt, basis = self._attempt(live, asked, response, score.credit, now)
        try:
            await self._keeper.ask(
                lambda records: records.store.vote(
                    session_id, number, learner, response, score.credit, now, attempt, basis
                )
            )
        except ValueError:  # a teacher ended the session meanwhile
            raise RefusedError("This class is over; your earlier votes are kept.") from None
        live.votes.setdefault(number, {}).setdefault(learner, response)
        live.credits.setdefault(number, {}).setdefault(learner, score.credit)
        live.moved(scene=False)
        return {"voted": True}

    def _attempt(
        self, live: Live, asked: Asked, response: Any, credit: float, now: datetime
    ) -> tuple[Attempt | None, str]:
        """The attempt that a vote is in the learner's own record; none for a teacher's flip."""
        case = self.content.cases[asked.case]
        if asked.item not in {item.id for item in case.items}:
            return None, ""
        basis = guidance.basis_of(self.content, asked.case, asked.item)
        attempt = Attempt(
            case=case.id,
            case_version=case.version,
            item=asked.item,
            response=response,
            credit=credit,
            at=now,
            id=f"class-{live.session.id}-{asked.round}",
            lesson=case.lesson,
            cohort=live.session.cohort,
            basis=guidance.digest_of(basis),
        )
        return attempt, guidance.to_json(basis)

    def forget(self, learner: int) -> None:
        """Take a learner who erased the record off every screen."""
        for live in self._live.values():
            for kept in (*live.votes.values(), *live.credits.values(), live.names):
                kept.pop(learner, None)
            live.present.discard(learner)
            live.moved(scene=False)

    # --- What screens show ---

    async def phone(self, key: str, session_id: str, seen: int) -> View:
        """What a learner's phone shows, as soon as it is not what was *seen*."""
        live = await self._of(session_id)
        learner = await self._member(key, live)
        if learner not in live.present:
            live.present.add(learner)
            live.moved(scene=False)
        await _news(live, lambda: live.scenes != seen)
        scene, asked = live.scene, live.scene.asked
        view: View = {
            "seen": live.scenes,
            "title": live.session.title,
            "name": live.names[learner],
            "over": live.session.closed is not None,
            **self._story(scene),
        }
        if not asked:
            return view
        case, item = self._item(asked)
        mine = live.votes.get(asked.round, {})
        view |= {
            "round": asked.round,
            "voting": scene.voting,
            "voted": learner in mine,
            "question": self._question(case, item),
        }
        if scene.revealed:
            response = mine.get(learner, key_of(item))
            view["told"] = self._desk.explain(case, item, response)[1]
        return view

    async def board(self, session_id: str, seen: int) -> View:
        """What the teacher's screen shows, as soon as it is not what was *seen*."""
        live = await self._of(session_id)
        await _news(live, lambda: live.moves != seen)
        scene, asked = live.scene, live.scene.asked
        view: View = {
            "seen": live.moves,
            "version": live.session.version,
            "title": live.session.title,
            "code": live.session.code,
            "joined": len(live.present),
            "over": live.session.closed is not None,
            **self._story(scene),
        }
        if not asked:
            return view
        case, item = self._item(asked)
        view |= {
            "round": asked.round,
            "voting": scene.voting,
            "votes": len(live.votes.get(asked.round, {})),
            "question": self._question(case, item),
            "revealed": scene.revealed,
        }
        if not scene.voting:
            view |= self._outcome(live, case, item, asked)
        if scene.revealed:
            view["told"] = self._desk.explain(case, item, key_of(item))[1]
        return view

    def _outcome(self, live: Live, case: Case, item: AnyItem, asked: Asked) -> View:
        """The spread of a vote that is closed, beside the one before on the same question."""
        now = self._spread(live, case, item, asked.round)
        before, key, times = live.scene.before, live.scene.revealed, live.scene.times
        return {
            "spread": _told(now, _nth(times) if before else "The vote", key=key),
            "before": _told(self._spread(live, case, item, before.round), _nth(times - 1), key=key)
            if before
            else None,
            "proposal": proposal(now.share),
        }

    def _spread(self, live: Live, case: Case, item: AnyItem, number: int) -> Spread:
        votes = live.votes.get(number, {})
        return spread(
            item,
            case,
            self.content.law,
            list(votes.values()),
            live.credits.get(number, {}).values(),
        )

    def _story(self, scene: Scene) -> View:
        if not scene.case:
            return {"case": "", "sentences": [], "more": 0}
        case = self.content.cases[scene.case]
        return {
            "case": case.title,
            "case_id": case.id,
            "note": case.content_note,
            "setting": f"Law as of {in_words(case.as_of)}, {circuit_name(case.circuit)}.",
            "sentences": [s.text for s in case.story[: scene.sentences]],
            "more": len(case.story) - scene.sentences,
        }

    def _question(self, case: Case, item: AnyItem) -> View:
        view = widgets.view_of(item, case, self.content.law)
        return {**view, "ask_confidence": False, "hints": [], "button": "Vote"}

    def _item(self, asked: Asked) -> tuple[Case, AnyItem]:
        case = self.content.cases[asked.case]
        if asked.item in {item.id for item in case.items}:
            return case, case.item(asked.item)
        return case, flip_item(self.content, case, asked.change)

    # --- What stands behind ---

    async def _of(self, session_id: str) -> Live:
        """The session, read when it is first asked for; KeyError if there is none."""
        async with self._loading:
            if session_id not in self._live:
                self._live[session_id] = await self._loaded(session_id)
            return self._live[session_id]

    async def _loaded(self, session_id: str) -> Live:
        session = await self._read(session_id)
        members = await self._keeper.ask(lambda records: records.store.members(session.cohort))
        votes = await self._keeper.ask(lambda records: records.store.votes(session_id))
        live = Live(
            session=session,
            scene=_scene(session),
            names={member.learner: member.name for member in members},
            present={vote.learner for vote in votes},
            votes={},
            credits={},
        )
        for vote in votes:
            live.votes.setdefault(vote.round, {})[vote.learner] = vote.response
            live.credits.setdefault(vote.round, {})[vote.learner] = vote.credit or 0.0
        return live

    async def _read(self, session_id: str) -> ClassSession:
        session = await self._keeper.ask(lambda records: records.store.session(session_id))
        if session is None:
            raise KeyError(session_id)
        return session

    async def _member(self, key: str, live: Live) -> int:
        """The learner of that key, who is in this class."""
        learner = await self._keeper.ask(lambda records: records.learner(key))
        if learner not in live.names:
            raise RefusedError("You are not in this class yet: type its code and a name.")
        return learner


async def _news(live: Live, moved: Callable[[], bool]) -> None:
    """Wait until something moved, but not for long."""
    news = asyncio.Event()
    live.waiting.add(news)
    try:
        async with asyncio.timeout(WAITS):
            while not moved():  # news for another screen wakes this one, too
                news.clear()
                await news.wait()
    except TimeoutError:
        pass
    finally:
        live.waiting.discard(news)


def _nth(times: int) -> str:
    """What a vote on the same question is called."""
    names = ("First vote", "Second vote", "Third vote", "Fourth vote")
    return names[times - 1] if times <= len(names) else f"Vote {times}"


def _scene(session: ClassSession) -> Scene:
    scene: Scene = decode(Scene, session.state) if session.state else Scene()
    return scene


def _told(outcome: Spread, title: str, *, key: bool) -> View:
    """A spread as a screen shows it: which bars are right only once the key is shown."""
    return {
        "title": title,
        "votes": outcome.votes,
        "share": outcome.share if key else None,
        "parts": [
            {
                "title": part.title,
                "bars": [
                    {"label": bar.label, "count": bar.count, "key": bar.key if key else None}
                    for bar in part.bars
                ],
            }
            for part in outcome.parts
        ],
    }
