"""Results on a page and as files."""

from __future__ import annotations

import base64
from datetime import date
from urllib.parse import urlencode

import tornado.web

from asylum_teach import analysis
from asylum_teach.classroom import ActionError
from asylum_teach.export.gradebook import GradebookError, fill
from asylum_teach.instructor.class_pages import put_on
from asylum_teach.instructor.files import NoFileError, grades, report_file
from asylum_teach.instructor.guard import Guarded
from asylum_teach.instructor.report import Chosen, Report, Row, report, tables
from asylum_teach.instructor.synthetic import is_synthetic
from asylum_teach.models import ClassSession, Content
from asylum_teach.records import RefusedError

MOST_ROWS = 200  # of learners on the page; files have all
MOST_NAMES = 40  # in a line
SUREST = 5  # wrong ideas that are not folded
NOT_OPEN = (
    "No session of this cohort is open. Open one on the page of classes; "
    "then come back here and put it on."
)


class ResultsHandler(Guarded):
    """What the routes of results share."""

    @property
    def content(self) -> Content:
        """What is taught."""
        return self.site.content

    def chosen(self) -> Chosen:
        """Whose answers are asked for."""
        lesson = self.get_query_argument("lesson", "")
        return Chosen(
            cohort=self.get_query_argument("cohort", ""),
            lesson=lesson if lesson in self.content.lessons else "",
            since=_day(self.get_query_argument("since", "")),
            until=_day(self.get_query_argument("until", "")),
        )

    async def found(self, chosen: Chosen) -> Report:
        """The report on them."""
        content, now = self.content, self.settings["now"]()
        keeper = self.settings["keeper"]
        try:
            found: Report = await keeper.ask(
                lambda records: report(records.store, content, chosen, now)
            )
        except KeyError:
            raise tornado.web.HTTPError(404) from None
        return found

    async def open_session(self, cohort: str) -> ClassSession | None:
        """The session of the cohort that was opened last, if it is not over."""
        if not cohort:
            return None
        sessions = await self.settings["keeper"].ask(lambda records: records.store.sessions(cohort))
        still = [session for session in sessions if session.closed is None]
        return still[-1] if still else None


class Results(ResultsHandler):
    """The page of results."""

    async def get(self) -> None:
        """Send it."""
        chosen = self.chosen()
        found = await self.found(chosen)
        cohorts = await self.settings["keeper"].ask(lambda records: records.store.cohorts())
        self.show(
            "results.html",
            found=found,
            chosen=chosen,
            cohorts=cohorts,
            plans=[plan for plan in self.site.plans if not plan.beside],
            titles=titles_of(self.content),
            stems={
                (case.id, item.id): item.stem
                for case in self.content.cases.values()
                for item in case.items
            },
            stages=stages(found),
            session=await self.open_session(chosen.cohort),
            items=sorted(found.items, key=_pressing),
            names=list(tables(found, self.content)),
            query=query_of(chosen),
            small=analysis.SMALL,
            most=MOST_ROWS,
            most_names=MOST_NAMES,
            surest=SUREST,
            synthetic=any(
                is_synthetic(cohort.name) for cohort in cohorts if chosen.cohort in ("", cohort.id)
            ),
        )


class Again(ResultsHandler):
    """Puts the item that a wrong idea can be voted on again with into the cohort's session."""

    async def post(self) -> None:
        """Put it on, and go to the session."""
        session = await self.open_session(self.get_body_argument("cohort", ""))
        if session is None:
            raise RefusedError(NOT_OPEN)
        case, item = self.get_body_argument("case", ""), self.get_body_argument("item", "")
        try:
            await put_on(self.settings["classes"], session.id, case, item)
        except ActionError as error:
            raise RefusedError(str(error)) from None
        self.redirect(f"{self.site.base}class/{session.id}")


class ResultFile(ResultsHandler):
    """A table or a paper of the results."""

    async def get(self, name: str) -> None:
        """Send it."""
        chosen, now = self.chosen(), self.settings["now"]()
        found = await self.found(chosen)
        try:
            file = await self.made(lambda: report_file(found, self.content, name, now))
        except NoFileError:
            raise tornado.web.HTTPError(404) from None
        self.send(file)


class Gradebook(ResultsHandler):
    """Fills a teacher's own gradebook; nothing of it is kept."""

    async def post(self) -> None:
        """Send a page with the filled file, and with every name that was not matched."""
        sent = self.request.files.get("file", [])
        if not sent:
            raise RefusedError("Choose the file that your gradebook exported.")
        what = self.get_body_argument("what", "first")
        found = await self.found(self.chosen())
        given = grades(found, what if what in ("first", "last", "done") else "first")
        column = self.get_body_argument("column", "")
        try:
            filled = await self.made(lambda: fill(sent[0]["body"], given, column))
        except GradebookError as error:
            raise RefusedError(str(error)) from None
        self.show(
            "gradebook.html",
            filled=filled,
            name=sent[0]["filename"],
            body=base64.b64encode(filled.body).decode(),
        )


def stages(found: Report) -> dict[str, list[Row]]:
    """Who answered every question, who some, who none."""
    done: dict[str, list[Row]] = {"Finished": [], "Under way": [], "Not begun": []}
    for row in found.members:
        finished = row["items"] >= found.asked > 0
        done["Finished" if finished else "Under way" if row["items"] else "Not begun"].append(row)
    return done


def titles_of(content: Content) -> dict[str, str]:
    """What each case, decision, interview and script is called."""
    return {
        **{case.id: case.title for case in content.cases.values()},
        **{each.id: "A decided case" for each in content.decisions.values()},
        **{each.id: each.title for each in content.interviews.values()},
        **{each.id: each.title for each in content.scripts.values()},
    }


def query_of(chosen: Chosen) -> str:
    """What is chosen, as an address says it."""
    return urlencode({name: value for name, value in vars(chosen).items() if value})


def _pressing(each: analysis.ItemStatistics) -> tuple[bool, float]:
    """The item that wants the teacher's eye first comes first: few right, among many."""
    return each.small, each.facility.value if each.facility.value is not None else 1.0


def _day(text: str) -> date | None:
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise RefusedError("Write the day as 2026-11-24.") from None


ROUTES: list[tuple[str, type[Guarded]]] = [
    (r"/results", Results),
    (r"/results/gradebook", Gradebook),
    (r"/results/again", Again),
    (r"/results/([\w.-]+)", ResultFile),
]
