"""The routes of a learner's record: who asks, and what is answered when something is wrong.

Who knows a key may use its record, and nobody else: the key comes in the header
Authorization, which no other site's page can send, and never in an address.
Behind JupyterHub the hub is asked who it is (:mod:`asylum_teach.serve.hub`), and the user's name
is the key.
"""

from __future__ import annotations

import re
import secrets
from collections import deque
from collections.abc import Callable
from time import monotonic
from typing import Any, TypeVar

import tornado.web

from asylum_teach import export
from asylum_teach.models.keeping import Doing
from asylum_teach.records import FAILED, MOST_ASKED, OTHER_PAGE, refusal_of
from asylum_teach.records.progress import piece
from asylum_teach.records.progress_file import MOST_BYTES
from asylum_teach.serve.handlers import Page
from asylum_teach.serve.keeper import Keeper
from asylum_teach.serve.kernels import log
from asylum_teach.serve.records import Records

WRONG_CODES = 30  # from one address
WITHIN = 600.0  # seconds
_KEY = re.compile(r"Bearer ([A-Za-z0-9_-]{43})")  # 256 bits, as the page makes them

T = TypeVar("T")


class RecordHandler(Page):
    """What every route of the record shares."""

    @property
    def keeper(self) -> Keeper:
        """The way to the records."""
        return self.settings["keeper"]  # type: ignore[no-any-return]

    @property
    def doing(self) -> Doing:
        """What a fault keeps the learner from."""
        return "read" if self.request.method == "GET" else "change"

    def prepare(self) -> None:
        """Ask for a key, and let no other site's form or page through."""
        self.set_header("Cache-Control", "no-store")
        self.key = self._key()
        kind = self.request.headers.get("Content-Type", "").partition(";")[0]
        if self.request.method == "POST" and kind != "application/json":
            raise tornado.web.HTTPError(415)
        if len(self.request.body) > MOST_BYTES:
            raise tornado.web.HTTPError(413)

    def _key(self) -> str:
        """The key of whoever asks."""
        sent = _KEY.fullmatch(self.request.headers.get("Authorization", ""))
        if not sent:
            raise tornado.web.HTTPError(401)
        return f"key:{sent[1]}"

    def check_xsrf_cookie(self) -> None:
        """No cookie says who asks, so none has to be guarded."""

    def text(self, name: str, most: int) -> str:
        """What was typed into the field of that name, up to a length."""
        typed = self.body().get(name)
        if not isinstance(typed, str):
            raise tornado.web.HTTPError(400)
        return typed[:most]

    async def ask(self, work: Callable[[Records], T]) -> T:
        """What *work* makes of the records, or an error that the page can tell."""
        try:
            return await self.keeper.ask(work)
        except Exception as error:
            refusal = refused(error, self.doing)
            if refusal is None:
                raise
            raise refusal from None

    def write_error(self, status_code: int, **kwargs: Any) -> None:
        """Say in one sentence what is wrong; a page shows it as it is."""
        error = kwargs.get("exc_info", (None, None, None))[1]
        problem, kind = _SENTENCES.get(status_code, FAILED), ""
        if isinstance(error, Refusal):
            problem, kind = error.problem, error.kind
        elif status_code >= 500:
            log.error("A record could not be served.", exc_info=kwargs.get("exc_info"))
        self.set_header("Cache-Control", "no-store")
        self.finish({"problem": problem, "kind": kind})

    def log_exception(self, *_args: Any) -> None:
        """Nothing of a learner's goes to a log: write_error says what has to be said."""


class Refusal(tornado.web.HTTPError):
    """An error with a sentence for the learner, and its kind for the page."""

    def __init__(self, status: int, problem: str, kind: str = "") -> None:
        super().__init__(status)
        self.problem, self.kind = problem, kind


def refused(error: Exception, doing: Doing) -> Refusal | None:
    """What a page is told of *error*; None for one that is no learner's business."""
    told = refusal_of(error, doing)
    return Refusal(told.status, told.problem, told.kind) if told else None


_SENTENCES = {
    400: OTHER_PAGE,
    401: "This browser has no record yet.",
    413: "This file is too large to be a progress file.",
    415: OTHER_PAGE,
}


class Answers(RecordHandler):
    """Takes an answer, and gives feedback once it is kept."""

    doing = "answer"

    async def post(self) -> None:
        """Keep it; sent twice, it is kept once."""
        answer = self.body()
        await self.finish(await self.ask(lambda records: records.answer(self.key, answer)))


class Earlier(RecordHandler):
    """The answers that a learner gave before, for the cards of one page."""

    doing = "read"

    async def post(self) -> None:
        """Send them."""
        asked = self.body().get("asked")
        if not isinstance(asked, list) or not all(map(_names_item, asked)):
            raise tornado.web.HTTPError(400)
        pairs = [(case, item) for case, item in asked[:MOST_ASKED]]
        await self.finish(
            {"earlier": await self.ask(lambda records: records.earlier(self.key, pairs))}
        )


def _names_item(pair: Any) -> bool:
    return isinstance(pair, list) and len(pair) == 2 and all(map(_is_name, pair))


def _is_name(part: Any) -> bool:
    return isinstance(part, str) and part.isprintable()


class Progress(RecordHandler):
    """Where a learner stands: a piece of the start page, or of a lesson's end."""

    async def get(self) -> None:
        """Send it as HTML, and the state of each lesson beside it."""
        told = await self.ask(lambda records: records.progress(self.key))
        lesson = self.get_query_argument("lesson", "")
        await self.finish(piece(told, self.site.content, lesson, self.settings["jinja2_env"]))


class Review(RecordHandler):
    """The cards that are due for review."""

    async def get(self) -> None:
        """Send them."""
        await self.finish(await self.ask(lambda records: records.review(self.key)))


class About(RecordHandler):
    """Everything that is stored about a learner, to be read."""

    async def get(self) -> None:
        """Send it."""
        await self.finish(await self.ask(lambda records: records.about(self.key)))


class ProgressFile(RecordHandler):
    """The progress file, out and in."""

    async def get(self) -> None:
        """Send it."""
        self.set_header("Content-Type", "application/json; charset=utf-8")
        await self.finish(await self.ask(lambda records: records.file(self.key)))

    async def post(self) -> None:
        """Take one in."""
        text = self.request.body
        await self.finish(await self.ask(lambda records: records.bring(self.key, text)))


class Code(RecordHandler):
    """A new resume code."""

    async def post(self) -> None:
        """Make it."""
        await self.finish(
            {"code": await self.ask(lambda records: records.code(self.key, secrets.randbelow))}
        )


class Enter(RecordHandler):
    """Opens a record on another device by its resume code."""

    async def post(self) -> None:
        """Let this browser's key in, unless the code is wrong or there were too many wrong ones."""
        wrong: WrongCodes = self.settings["wrong_codes"]
        address = self.request.remote_ip or ""
        if wrong.too_many(address):
            raise Refusal(429, "Too many wrong codes came from here. Wait ten minutes.", "wait")
        typed = self.text("code", 100)
        if not await self.ask(lambda records: records.enter(self.key, typed)):
            wrong.note(address)
            raise Refusal(
                404, "No record has this code. Look at each letter: a newer code ends it."
            )
        await self.finish({"entered": True})


class WrongCodes:
    """How many wrong codes came from each address lately."""

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        self._clock = clock
        self._times: dict[str, deque[float]] = {}

    def too_many(self, address: str) -> bool:
        """Whether no more may be tried from there for now."""
        since = self._clock() - WITHIN
        for each, times in list(self._times.items()):
            while times and times[0] < since:
                times.popleft()
            if not times:
                del self._times[each]
        return len(self._times.get(address, ())) >= WRONG_CODES

    def note(self, address: str) -> None:
        """Remember a wrong code."""
        self._times.setdefault(address, deque()).append(self._clock())


class Name(RecordHandler):
    """The name that a learner chose for a training record."""

    async def post(self) -> None:
        """Keep it; an empty one takes it away."""
        typed = self.text("name", 1000)
        await self.finish({"name": await self.ask(lambda records: records.name(self.key, typed))})


class Training(RecordHandler):
    """Issues a training record."""

    async def post(self) -> None:
        """Issue one, as of now."""
        await self.finish(
            {"code": await self.ask(lambda records: records.train(self.key, secrets.randbelow))}
        )


class TrainingFile(RecordHandler):
    """A training record as a file to print."""

    async def get(self, code: str, kind: str) -> None:
        """Send it."""
        body = await self.ask(lambda records: records.training(self.key, code))
        made, content_type = _FILES[kind]
        self.set_header("Content-Type", content_type)
        self.set_header("Content-Disposition", f'attachment; filename="training-record.{kind}"')
        await self.finish(made(body))


_WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_FILES: dict[str, tuple[Callable[[dict[str, Any]], bytes], str]] = {
    "html": (export.training_record_html, "text/html; charset=utf-8"),
    "docx": (export.training_record_docx, _WORD),
}


class Erase(RecordHandler):
    """Erases everything about a learner."""

    async def post(self) -> None:
        """Erase it, and take the learner off the screens of classes."""
        learner = await self.ask(lambda records: records.store.learner_of(self.key))
        await self.ask(lambda records: records.erase(self.key))
        if learner is not None:
            self.settings["classes"].forget(learner)
        await self.finish({"erased": True})


ROUTES: list[tuple[str, type[RecordHandler]]] = [
    (r"/record/answers", Answers),
    (r"/record/earlier", Earlier),
    (r"/record/progress", Progress),
    (r"/record/review", Review),
    (r"/record/about", About),
    (r"/record/file", ProgressFile),
    (r"/record/code", Code),
    (r"/record/enter", Enter),
    (r"/record/name", Name),
    (r"/record/training", Training),
    (r"/record/training/([0-9A-Z-]{14})\.(html|docx)", TrainingFile),
    (r"/record/erase", Erase),
]
