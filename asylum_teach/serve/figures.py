"""What whoever runs the site can see of it: figures for Prometheus, and a log of happenings.

Both count requests and seconds.  Neither holds a name, a key, a code, an address or an answer.
"""

from __future__ import annotations

import logging

import tornado.web
from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    ProcessCollector,
    generate_latest,
)
from pythonjsonlogger.json import JsonFormatter
from tornado.log import app_log

from asylum_teach.serve.kernels import SpareKernelManager, log
from asylum_teach.serve.places import Places

# Upper bounds in seconds: an answer is felt as at once below a tenth, a lesson opens in one or two.
_ANSWER = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)
_LESSON = (0.5, 1, 2, 3, 5, 8, 13, 20, 40, 60)
FIELDS = ("levelname", "name", "message")


class Figures:
    """The figures of one server."""

    def __init__(self, places: Places, kernels: SpareKernelManager) -> None:
        figures = self._figures = CollectorRegistry()
        ProcessCollector(registry=figures)
        self._requests = Counter(
            "asylum_teach_requests", "Requests.", ("kind", "status"), registry=figures
        )
        self._seconds = {
            "Answers": Histogram(
                "asylum_teach_answer_seconds",
                "From an answer's arrival until it is kept and its feedback sent.",
                buckets=_ANSWER,
                registry=figures,
            ),
            "Lesson": Histogram(
                "asylum_teach_lesson_seconds",
                "From a lesson's request until its last part is sent.",
                buckets=_LESSON,
                registry=figures,
            ),
        }
        for name, says, count in (
            ("kernels", "Kernels that pages hold.", lambda: kernels.live),
            ("places", "Lessons that may be open at once.", lambda: places.most),
            ("waiting", "Pages that wait for a place.", lambda: places.waiting),
        ):
            Gauge(f"asylum_teach_{name}", says, registry=figures).set_function(count)

    def saw(self, handler: tornado.web.RequestHandler) -> None:
        """Count a request that was answered, and log what deserves it."""
        kind, status = type(handler).__name__, handler.get_status()
        seconds = handler.request.request_time()
        self._requests.labels(kind, status).inc()
        if kind in self._seconds and status == 200:
            self._seconds[kind].observe(seconds)
        if kind == "Lesson":
            told = {"lesson": handler.path_args[0], "status": status, "seconds": round(seconds, 3)}
            log.info("lesson", extra=told)
        if status >= 500:
            app_log.error("%s %s", status, kind)

    def text(self) -> bytes:
        """All of them, as Prometheus reads them."""
        return generate_latest(self._figures)


def log_as_json() -> None:
    """Write each line of the log as one JSON object, happenings as well as faults."""
    handler = logging.StreamHandler()
    handler.setFormatter(
        JsonFormatter(
            FIELDS,
            timestamp="time",
            rename_fields={"levelname": "level", "name": "from", "message": "what"},
        )
    )
    for each in (logging.getLogger(name) for name in list(logging.root.manager.loggerDict)):
        each.handlers.clear()
        each.propagate = True
        each.setLevel(max(each.level, logging.WARNING))
    logging.root.handlers[:] = [handler]
    log.setLevel(logging.INFO)
