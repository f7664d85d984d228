"""Hand-outs, and questions for other systems."""

from __future__ import annotations

import tornado.web

from asylum_teach.export.questions import cases_of
from asylum_teach.instructor.files import FORMATS, NoFileError, content_file
from asylum_teach.instructor.guard import Guarded
from asylum_teach.records import RefusedError


class Handouts(Guarded):
    """The page on which cases are chosen."""

    def get(self) -> None:
        """Send it."""
        cases = self.site.content.cases.values()
        lessons = [
            {"plan": plan, "cases": [case for case in cases if case.lesson == plan.id]}
            for plan in self.site.plans
        ]
        self.show(
            "handouts.html",
            lessons=[lesson for lesson in lessons if lesson["cases"]],
            formats=FORMATS,
        )


class HandoutFile(Guarded):
    """One file of the chosen cases."""

    async def get(self) -> None:
        """Send it."""
        content, now = self.site.content, self.settings["now"]()
        name = self.get_query_argument("format", "")
        lesson = self.get_query_argument("lesson", "") or None
        try:
            chosen = cases_of(content, self.get_query_arguments("case"), lesson)
            file = await self.made(lambda: content_file(content, chosen, name, now))
        except ValueError as error:
            raise RefusedError(str(error)) from None
        except NoFileError:
            raise tornado.web.HTTPError(404) from None
        self.send(file)


ROUTES: list[tuple[str, type[Guarded]]] = [
    (r"/handouts", Handouts),
    (r"/handouts/file", HandoutFile),
]
