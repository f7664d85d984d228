"""What the pages say: the frame of every page, the start page, and each lesson's place."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from importlib.metadata import version
from pathlib import Path
from typing import Any

from asylum_teach.kit import named_in
from asylum_teach.law.currency import Due, due_among, due_for_review
from asylum_teach.models import Content, Interview, LessonPlan, Point, Script
from asylum_teach.models.words import in_words
from asylum_teach.widgets.base import SCRIPTS, STYLES, files
from asylum_teach.widgets.talk import interview_about, script_about

_PACKAGE = Path(__file__).parent.parent
TEMPLATE = _PACKAGE / "template"

_PLAYED = TEMPLATE / "static" / "played_page.js"
# The name in the page, and the files that it is made of.
ASSETS: dict[str, tuple[Path, ...]] = {
    "kit.css": (*files(STYLES, "css"), TEMPLATE / "static" / "page.css"),
    **{f"{name}.js": files(parts, "js") for name, parts in SCRIPTS.items()},
    "words.js": (TEMPLATE / "static" / "words.js",),
    **{
        name: (TEMPLATE / "static" / name,)
        for name in ("connection.js", "record.js", "place.js", "progress.js", "record_page.js")
    },
    "review.js": (*files(SCRIPTS["question"], "js"), TEMPLATE / "static" / "review.js"),
    "stop_page.js": (*files(SCRIPTS["stop"], "js"), TEMPLATE / "static" / "stop_page.js"),
    **{
        f"{name}_page.js": (*files(SCRIPTS[name.removesuffix("_alone")], "js"), _PLAYED)
        for name in ("interview", "stop_alone")
    },
    "class_page.js": (
        *files(("parts", "card"), "js"),
        TEMPLATE / "static" / "class_page.js",
    ),
    "board_page.js": (*files(("parts",), "js"), TEMPLATE / "static" / "board_page.js"),
    "waiting.js": (TEMPLATE / "static" / "waiting.js",),
    "tables.js": (TEMPLATE / "static" / "tables.js",),
    "icon.svg": (TEMPLATE / "static" / "icon.svg",),
}
_SERVED_PACKAGES = ("voila", "anywidget", "ipywidgets", "jupyterlab_widgets")
_LAB = "what_if_lab"


def read_asset(name: str) -> bytes | None:
    """The bytes of one of our own static files, or None when there is no such file."""
    parts = ASSETS.get(name)
    return None if parts is None else b"\n".join(part.read_bytes() for part in parts)


@dataclass(frozen=True)
class Site:
    """The lessons that are served, and what is said around them."""

    content: Content
    notebooks: Path
    today: Callable[[], date] = date.today
    base: str = "/"  # where the site stands on its host; begins and ends with a slash
    hub: bool = False  # JupyterHub says who a learner is

    @cached_property
    def assets(self) -> str:
        """Where static files lie: the path changes with their content, so they never go stale."""
        digest = hashlib.sha256()
        for name in ASSETS:
            digest.update(read_asset(name) or b"")
        for package in _SERVED_PACKAGES:
            digest.update(version(package).encode())
        return f"{self.base}static/{digest.hexdigest()[:16]}"

    @cached_property
    def plans(self) -> tuple[LessonPlan, ...]:
        """Every lesson, in order."""
        return tuple(sorted(self.content.lessons.values(), key=lambda plan: plan.number))

    def path_of(self, stem: str) -> Path | None:
        """The notebook of that name, if it lies directly in the notebook folder."""
        path = self.notebooks / f"{stem}.ipynb"
        return path if re.fullmatch(r"[\w-]+", stem) and path.is_file() else None

    def frame(self) -> dict[str, Any]:
        """What every page needs."""
        return {
            "assets": self.assets,
            "base": self.base,
            "hub": self.hub,
            "law_as_of": in_words(self.content.law_as_of),
            "lab": f"{self.base}lesson/{_LAB}" if self.path_of(_LAB) else "",
            "words": f"{self.base}words" if self.content.glossary else "",
            "stale": stale_in_words(due_for_review(self.content, self.today())),
        }

    def start(self) -> dict[str, Any]:
        """What the start page needs."""
        return {
            "lessons": [
                {"plan": plan, "url": self._url(plan), "points": self._points(plan)}
                for plan in self.plans
            ],
            "points": [
                {"point": point, "lessons": self._teaching(point)}
                for point in self.content.points.values()
            ],
        }

    def words(self) -> dict[str, Any]:
        """What the page of legal terms needs."""
        authorities, plans = self.content.law.authorities, self.content.lessons
        return {
            "terms": [
                {
                    "term": term,
                    "citations": [authorities[a].citation for a in term.authorities],
                    "lesson": self._lesson_of(plans.get(term.lesson)),
                }
                for term in sorted(self.content.glossary.values(), key=lambda t: t.term.casefold())
            ]
        }

    def _lesson_of(self, plan: LessonPlan | None) -> dict[str, str] | None:
        return self._link(plan) if plan and self._url(plan) else None

    def script(self, script: Script) -> dict[str, Any]:
        """What the page needs on which a class stops a script."""
        return script_about(script)

    def played(self, name: str) -> dict[str, Any] | None:
        """What the page of one interview, or of one script, needs; None where there is none."""
        content = self.content
        each = content.interviews.get(name) or content.scripts.get(name)
        if each is None:
            return None
        plan = content.lessons[each.lesson]
        held = isinstance(each, Interview)
        return {
            "about": interview_about(each, *content.setting_of(each)[1:])
            if isinstance(each, Interview)
            else script_about(each),
            "script": "interview_page" if held else "stop_alone_page",
            "heading": "Practice interview" if held else "Stop!",
            "lesson": plan.id,
            "lesson_url": self._url(plan) or self.base,
        }

    def describe(self, notebook: Any, stem: str) -> Any:
        """Write into the notebook's metadata what its page says around it, and return it."""
        plan = next((plan for plan in self.plans if _stem(plan) == stem), None)
        notebook.metadata["kit"] = {
            **self.frame(),
            "lesson": plan.id if plan else stem,
            "title": title_of(notebook) or (plan.title if plan else "Lesson"),
            "eyebrow": self._eyebrow(plan),
            "stale": stale_in_words(self._due_in(stem)),
            **self._neighbours(plan),
        }
        return notebook

    def _due_in(self, stem: str) -> tuple[Due, ...]:
        """What is due for review today of all that a lesson shows."""
        path = self.path_of(stem)
        return due_among(self.content, named_in(path), self.today()) if path else ()

    def page_config(self, config: dict[str, Any]) -> dict[str, Any]:
        """Point the front end at our static paths, which may be kept for ever."""
        config["fullStaticUrl"] = f"{self.assets}/voila"
        config["fullLabextensionsUrl"] = f"{self.assets}/extensions"
        return config

    def _url(self, plan: LessonPlan) -> str:
        """The lesson's address, or nothing when it is not written yet."""
        stem = _stem(plan)
        return f"{self.base}lesson/{stem}" if stem and self.path_of(stem) else ""

    def _points(self, plan: LessonPlan) -> list[Point]:
        points = self.content.points
        return [points[point] for point in plan.points if point in points]

    def _teaching(self, point: Point) -> list[dict[str, Any]]:
        return [
            {"plan": plan, "url": self._url(plan)} for plan in self.plans if point.id in plan.points
        ]

    def _eyebrow(self, plan: LessonPlan | None) -> str:
        if plan is None:
            return ""
        last = max(each.number for each in self.plans if not each.beside)
        place = f"Lesson {plan.number} of {last}" if plan.number else "Before the lessons"
        if plan.beside:
            place = "Beside the lessons"
        return f"{place} · about {plan.minutes} minutes"

    def _neighbours(self, plan: LessonPlan | None) -> dict[str, Any]:
        written = [other for other in self.plans if self._url(other)]
        if plan is None or plan not in written:
            return {"previous": None, "next": None}
        here = written.index(plan)
        before = written[here - 1] if here else None
        after = written[here + 1] if here + 1 < len(written) else None
        return {"previous": self._link(before), "next": self._link(after)}

    def _link(self, plan: LessonPlan | None) -> dict[str, str] | None:
        return None if plan is None else {"url": self._url(plan), "title": plan.title}


def stale_in_words(due: Sequence[Due]) -> str:
    """The sentence that warns of what was not looked up again in time; empty if all was."""
    if not due:
        return ""
    tally = Counter(each.kind for each in due)
    parts = [f"{n} {_PLURALS[kind] if n > 1 else kind}" for kind, n in sorted(tally.items())]
    what = f"{', '.join(parts[:-1])} and {parts[-1]}" if len(parts) > 1 else parts[0]
    since = in_words(min(each.review_by for each in due))
    if any(each.expired for each in due):
        return (
            f"Out of date: {what} should have been looked up again since {since}. "
            "Do not rely on what this page says about the law."
        )
    return (
        f"Due for review: {what} should have been looked up again since {since}. "
        "Check the law before you rely on this page."
    )


_PLURALS = {"authority": "authorities", "case": "cases", "rule": "rules"}


def title_of(notebook: Any) -> str:
    """The notebook's title: its metadata's, else its first heading, without Markdown's marks."""
    if notebook.metadata.get("title"):
        return str(notebook.metadata["title"])
    for cell in notebook.cells:
        heading = re.search(r"^#{1,2}\s+(.+?)\s*#*$", cell.source, re.MULTILINE)
        if cell.cell_type == "markdown" and heading:
            return re.sub(r"[*_`]|<[^>]*>", "", heading[1]).strip()
    return ""


def _stem(plan: LessonPlan) -> str:
    return Path(plan.notebook).stem
