"""What the pages say: the frame of every page, the start page, and each lesson's place."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from functools import cached_property
from importlib.metadata import version
from pathlib import Path
from typing import Any

from asylum_teach.models import Content, LessonPlan, Point
from asylum_teach.widgets.base import SCRIPTS, STYLES, files

_PACKAGE = Path(__file__).parent.parent
TEMPLATE = _PACKAGE / "template"

# The name in the page, and the files that it is made of.
ASSETS: dict[str, tuple[Path, ...]] = {
    "kit.css": (*files(STYLES, "css"), TEMPLATE / "static" / "page.css"),
    **{f"{name}.js": files(parts, "js") for name, parts in SCRIPTS.items()},
    "connection.js": (TEMPLATE / "static" / "connection.js",),
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

    @cached_property
    def assets(self) -> str:
        """Where static files lie: the path changes with their content, so they never go stale."""
        digest = hashlib.sha256()
        for name in ASSETS:
            digest.update(read_asset(name) or b"")
        for package in _SERVED_PACKAGES:
            digest.update(version(package).encode())
        return f"/static/{digest.hexdigest()[:16]}"

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
        day = self.content.law_as_of
        return {
            "assets": self.assets,
            "law_as_of": f"{day.day} {day:%B %Y}",
            "lab": f"/lesson/{_LAB}" if self.path_of(_LAB) else "",
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

    def describe(self, notebook: Any, stem: str) -> Any:
        """Write into the notebook's metadata what its page says around it, and return it."""
        plan = next((plan for plan in self.plans if _stem(plan) == stem), None)
        notebook.metadata["kit"] = {
            **self.frame(),
            "title": title_of(notebook) or (plan.title if plan else "Lesson"),
            "eyebrow": self._eyebrow(plan),
            **self._neighbours(plan),
        }
        return notebook

    def page_config(self, config: dict[str, Any]) -> dict[str, Any]:
        """Point the front end at our static paths, which may be kept for ever."""
        config["fullStaticUrl"] = f"{self.assets}/voila"
        config["fullLabextensionsUrl"] = f"{self.assets}/extensions"
        return config

    def _url(self, plan: LessonPlan) -> str:
        """The lesson's address, or nothing when it is not written yet."""
        stem = _stem(plan)
        return f"/lesson/{stem}" if stem and self.path_of(stem) else ""

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
        last = max(each.number for each in self.plans if each.notebook != _LAB)
        place = f"Lesson {plan.number} of {last}" if plan.number else "Before the lessons"
        if plan.notebook == _LAB:
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
