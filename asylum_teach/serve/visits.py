"""Which pages still need their kernels."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from time import monotonic


@dataclass
class _Visit:
    since: float  # when it began, or when its last line closed
    lines: int = 0  # open ones
    met: bool = False  # whether there ever was one


class Visits:
    """The pages that have a kernel, each by its kernel's id; times in seconds."""

    def __init__(self, now: Callable[[], float] = monotonic) -> None:
        self._now = now
        self._visits: dict[str, _Visit] = {}

    def __len__(self) -> int:
        return len(self._visits)

    def __contains__(self, kernel_id: str) -> bool:
        return kernel_id in self._visits

    def begin(self, kernel_id: str) -> None:
        """A page got that kernel."""
        self._visits[kernel_id] = _Visit(self._now())

    def end(self, kernel_id: str) -> None:
        """That kernel is gone."""
        del self._visits[kernel_id]

    def opened(self, kernel_id: str) -> None:
        """The page opened a line to its kernel."""
        if visit := self._visits.get(kernel_id):
            visit.lines += 1
            visit.met = True

    def closed(self, kernel_id: str) -> None:
        """A line was closed."""
        if visit := self._visits.get(kernel_id):
            visit.lines -= 1
            visit.since = self._now()

    def over(self, kernel_id: str, *, quiet: float, after: float, unopened: float) -> bool:
        """Whether the page is gone.

        It is when its last line was closed *after* seconds ago.  One that never had a
        line has *unopened* seconds from when its last cell ran, *quiet* seconds ago.
        """
        visit = self._visits[kernel_id]
        if visit.lines:
            return False
        alone = self._now() - visit.since
        return alone >= after if visit.met else min(alone, quiet) >= unopened
