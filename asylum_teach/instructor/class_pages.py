"""Cohorts and sessions: made, opened, and taught from one screen."""

from __future__ import annotations

import secrets
from typing import Any
from urllib.parse import urlencode

import tornado.web

from asylum_teach.classroom import ActionError
from asylum_teach.instructor.guard import Guarded
from asylum_teach.instructor.places import qr_of
from asylum_teach.instructor.synthetic import is_synthetic
from asylum_teach.models.words import CIRCUIT_NAMES
from asylum_teach.records import RefusedError
from asylum_teach.serve.classes import Classes
from asylum_teach.serve.records import name_of


class Home(Guarded):
    """The classes, and how to begin one."""

    async def get(self) -> None:
        """Send it."""
        keeper, site = self.settings["keeper"], self.site
        cohorts = await keeper.ask(lambda records: records.store.cohorts())
        told = []
        for cohort in reversed(cohorts):  # the newest is the one that is taught next
            members = await keeper.ask(lambda records, c=cohort: records.store.members(c.id))
            sessions = await keeper.ask(lambda records, c=cohort: records.store.sessions(c.id))
            told.append({"cohort": cohort, "members": len(members), "sessions": sessions[::-1]})
        address = self.settings["learners"]()
        local = "localhost" in address
        self.show(
            "home.html",
            cohorts=told,
            synthetic=any(is_synthetic(cohort.name) for cohort in cohorts),
            told=self.get_query_argument("told", ""),
            learner_address=address,
            join_address=f"{address.partition('://')[2]}/join",
            reach="Only this machine can reach that address. For phones, start the kit with "
            "--ip 0.0.0.0, in a network that lets them in."
            if local
            else "",
            scripts=site.content.scripts.values(),
        )


class Cohorts(Guarded):
    """Makes a cohort."""

    async def post(self) -> None:
        """Make it, and go back."""
        name = _named(self.get_body_argument("name", ""))
        now = self.settings["now"]()
        await self.settings["keeper"].ask(
            lambda records: records.store.add_cohort(name, now, secrets.randbelow)
        )
        told = urlencode({"told": f"{name} is made. Open a session in it."})
        self.redirect(f"{self.site.base}?{told}")


class Sessions(Guarded):
    """Opens a session."""

    async def post(self) -> None:
        """Open it, and go there."""
        title = _named(self.get_body_argument("title", ""))
        cohort = self.get_body_argument("cohort", "")
        known = await self.settings["keeper"].ask(lambda records: records.store.cohorts())
        if cohort not in {each.id for each in known}:
            raise RefusedError("This cohort is not known here; choose one on the page of classes.")
        classes: Classes = self.settings["classes"]
        session = await classes.open(cohort, title)
        self.redirect(f"{self.site.base}class/{session.id}")


class Board(Guarded):
    """The screen of a session."""

    async def get(self, session_id: str) -> None:
        """Send it."""
        session = await self.settings["keeper"].ask(
            lambda records: records.store.session(session_id)
        )
        if session is None:
            raise tornado.web.HTTPError(404)
        address = self.settings["learners"]()
        url = f"{address}/join/{session.code}"
        content = self.site.content
        lessons = [
            {
                "title": plan.title,
                "cases": [c for c in content.cases.values() if c.lesson == plan.id],
            }
            for plan in self.site.plans
        ]
        cohorts = await self.settings["keeper"].ask(lambda records: records.store.cohorts())
        names = {cohort.id: cohort.name for cohort in cohorts}
        self.show(
            "board.html",
            session=session,
            synthetic=is_synthetic(names.get(session.cohort, "")),
            qr=qr_of(url),
            join_url=url,
            join_address=f"{address.partition('://')[2]}/join",
            lessons=[lesson for lesson in lessons if lesson["cases"]],
            circuits=[*CIRCUIT_NAMES.items(), ("none", "National law alone")],
        )


class State(Guarded):
    """What the screen shows."""

    async def post(self, session_id: str) -> None:
        """Send it, as soon as it is not what the screen has seen."""
        seen = self.body().get("seen")
        if type(seen) is not int:
            raise tornado.web.HTTPError(400)
        try:
            await self.finish(await self.settings["classes"].board(session_id, seen))
        except KeyError:
            raise tornado.web.HTTPError(404) from None


class Do(Guarded):
    """Does what the teacher pressed."""

    async def post(self, session_id: str) -> None:
        """Do it."""
        try:
            await self.settings["classes"].act(session_id, self.body())
        except ActionError as error:
            raise RefusedError(str(error)) from None
        except KeyError:
            raise tornado.web.HTTPError(404) from None
        await self.finish({"done": True})


class OnOffer(Guarded):
    """What can be asked about a case, and flipped in it."""

    async def post(self, _session_id: str) -> None:
        """Send it."""
        content = self.site.content
        case = content.cases.get(str(self.body().get("case")))
        if case is None:
            raise tornado.web.HTTPError(404)
        law = content.law
        closed = law.closed(case.facts)

        def group(title: str, facts: list[str]) -> dict[str, Any]:
            return {"title": title, "facts": [{"id": f, "text": law.facts[f].text} for f in facts]}

        others = {
            title: [f.id for f in law.facts.values() if f.group == name and f.id not in closed]
            for name, title in law.groups.items()
        }
        await self.finish(
            {
                "items": [{"id": item.id, "stem": item.stem} for item in case.items],
                "has": [group(case.title, [f for f in law.facts if f in case.facts])],
                "facts": [group(title, facts) for title, facts in others.items() if facts],
            }
        )


async def put_on(classes: Classes, session_id: str, case: str, item: str) -> None:
    """Put a case on and open a vote on its item, as a teacher who presses both.

    Raises ActionError with a sentence; KeyError where there is no such session.
    """
    if (await classes.board(session_id, seen=0)).get("voting"):
        raise ActionError("A vote is open; close it first.")  # another screen may be asking
    for action in ({"do": "put", "case": case}, {"do": "ask", "item": item}):
        version = (await classes.board(session_id, seen=0))["version"]
        await classes.act(session_id, {**action, "version": version})


def _named(typed: str) -> str:
    name = name_of(typed)
    if not any(map(str.isalnum, name)):
        raise RefusedError("Type a name with a letter in it.")
    return name


ROUTES: list[tuple[str, type[Guarded]]] = [
    (r"/", Home),
    (r"/cohorts", Cohorts),
    (r"/sessions", Sessions),
    (r"/class/([\w-]+)", Board),
    (r"/class/([\w-]+)/state", State),
    (r"/class/([\w-]+)/do", Do),
    (r"/class/([\w-]+)/case", OnOffer),
]
