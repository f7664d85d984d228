"""The Voilà application: its settings, its routes, and running it until interrupted."""

from __future__ import annotations

import errno
import logging
import os
import secrets
import webbrowser
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Any

import jinja2
import tornado.httpserver
import tornado.ioloop
import tornado.netutil
import tornado.web
from jupyter_core.utils import run_sync
from traitlets import Bool, Instance, Int
from traitlets.config import Config
from voila.app import Voila

from asylum_teach.desk import Room
from asylum_teach.models import Content
from asylum_teach.serve import (
    class_handlers,
    handlers,
    record_handlers,
    room_handlers,
    sockets,
    waiting,
)
from asylum_teach.serve.classes import Classes
from asylum_teach.serve.figures import Figures, log_as_json
from asylum_teach.serve.forking import can_fork
from asylum_teach.serve.keeper import Keeper
from asylum_teach.serve.kernels import KIT_EXTENSIONS, NoLogin, SpareKernelManager, log_cell_error
from asylum_teach.serve.places import Places, free_memory, places_for
from asylum_teach.serve.site import TEMPLATE, Site
from asylum_teach.widgets.base import STATIC_VARIABLE

if TYPE_CHECKING:
    from asylum_teach.serve.hub import Place  # its library is installed where there is a hub

# How often the kernels are looked at.  One is ended when its page is gone (see SpareKernelManager)
# or it died; one with an open page is kept however long its learner reads, because a lesson that
# forgets its answers costs more than the memory that an open tab holds.
LOOK_EVERY_SECONDS = 5

_KERNEL = r"(?P<kernel_id>\w+-\w+-\w+-\w+-\w+)"


class ServeError(Exception):
    """The lessons cannot be served; the message says what to do."""


class KitApp(Voila):  # type: ignore[misc]  # Voilà ships no types
    """Voilà with our pages, our routes and nothing else.

    Compression and headers are set in :meth:`init_settings`, because what
    ``tornado_settings`` says comes too late: the application exists by then.
    """

    site = Instance(Site)
    keeper = Instance(Keeper)
    sessions = Instance(Classes)
    figures: Figures  # once there are settings
    beside: Callable[[KitApp], None]  # what else is served from the same process
    place: Place | None = None  # that a hub gives this server
    places = Int(help="How many lessons may be open at once.")
    at_once = Int(os.cpu_count() or 1, help="How many lessons are opened at the same time.")
    say: Callable[[str], None]
    behind_proxy = Bool(False, help="A proxy in front says whose request it is: X-Real-IP.")

    def setup_template_dirs(self) -> None:
        """Put our template before Voilà's own."""
        super().setup_template_dirs()
        self.template_paths: list[str] = [str(TEMPLATE), *self.template_paths]

    def init_settings(self) -> dict[str, Any]:
        """Add compression, our headers and our error pages to Voilà's settings."""
        settings = super().init_settings()
        self.contents_manager.log = logging.getLogger("asylum_teach.notebooks")
        self.contents_manager.log.setLevel(logging.ERROR)  # else it calls each lesson untrusted
        pages = jinja2.Environment(
            loader=jinja2.FileSystemLoader(TEMPLATE),
            autoescape=True,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        pages.globals["kit"] = self.site.frame()
        places = Places(self.places, self.at_once, lambda: self.kernel_manager.live, monotonic)
        self.kernel_manager.on_left = places.left
        self.figures = Figures(places, self.kernel_manager)
        return {
            **settings,
            "transforms": [handlers.SecurityHeaders, tornado.web.GZipContentEncoding],
            "websocket_compression_options": {},
            "static_immutable_cache": [self.site.assets],
            "default_handler_class": handlers.NotFound,
            "log_function": self.figures.saw,
            "jinja2_env": pages,
            "voila_jinja2_env": pages,
            "site": self.site,
            "keeper": self.keeper,
            "room": Room(self.site.content),
            "classes": self.sessions,
            "places": places,
            "wrong_codes": record_handlers.WrongCodes(),
        }

    def init_handlers(self) -> list[Any]:
        """Every route there is.

        Voilà's own list is left out on purpose: it has a file browser, a
        contents API and a files route, and answer keys lie near the notebooks.
        """
        lesson = {
            "template_paths": self.template_paths,
            "config": self.config,
            "voila_configuration": self.voila_configuration,
        }
        static = "/" + self.site.assets.removeprefix(self.site.base)
        voila_static = tuple(Path(path).resolve() for path in self.static_paths)
        extensions = tuple(Path(path).resolve() for path in self.labextensions_path)
        routes = handlers.below(
            self.base_url,
            (r"/", handlers.StartPage),
            (r"/words", handlers.Words),
            (r"/review", handlers.Review),
            (r"/record", handlers.Record),
            *record_handlers.ROUTES,
            *room_handlers.ROUTES,
            *class_handlers.ROUTES,
            (r"/join(?:/([\w-]*))?", class_handlers.Join),
            (r"/stop/([\w-]+)", room_handlers.Projector),
            (r"/practice/([\w-]+)", room_handlers.Practice),
            (r"/lesson/([\w-]+)", handlers.Lesson, lesson),
            (r"/voila/render/([\w-]+)\.ipynb", handlers.Lesson, lesson),
            (r"/wait/([\w-]+)", waiting.Wait),
            (r"/healthz", handlers.Health),
            (rf"/healthz/{_KERNEL}", handlers.Health),
            (rf"/api/kernels/{_KERNEL}", handlers.KernelModel),
            (rf"/api/kernels/{_KERNEL}/channels", handlers.KernelChannels),
            (rf"/voila/api/shutdown/{_KERNEL}", handlers.Shutdown),
            (rf"{static}/voila/(.*)", handlers.StaticFiles, {"folders": voila_static}),
            (rf"{static}/extensions/(.*)", handlers.StaticFiles, {"folders": extensions}),
            (rf"{static}/([\w.-]+)", handlers.Asset),
            (
                r"/favicon\.ico",
                tornado.web.RedirectHandler,
                {"url": f"{self.site.assets}/icon.svg"},
            ),
        )
        return self.place.guarded(routes) if self.place else routes

    def listen(self) -> None:
        """Serve on exactly the port that was asked for, until interrupted."""
        sockets = bind(self.port, self.ip)
        self.port: int = sockets[0].getsockname()[1]
        server = tornado.httpserver.HTTPServer(self.app, xheaders=self.behind_proxy)
        server.add_sockets(sockets)
        self.say(f"The lessons are at {self.connection_url}")
        self.beside(self)
        self.say("Press Ctrl+C to stop.")
        if self.open_browser:
            webbrowser.open(self.connection_url)
        self.ioloop = tornado.ioloop.IOLoop.current()
        self.ioloop.add_callback(self.kernel_manager.keep_spares)
        if self.place:
            self.place.begin()
        try:
            self.ioloop.start()
        except KeyboardInterrupt:
            pass
        finally:
            try:
                self.stop()
            finally:
                self.keeper.close()

    def stop(self) -> None:
        """End the kernels and what they come from; the folder of their sockets goes after them."""
        run_sync(self.kernel_manager.shutdown_all)(now=True)
        self.kernel_manager.nursery.close()

    def _url(self, ip: str) -> str:
        shown = "localhost" if ip in ("127.0.0.1", "0.0.0.0", "::", "") else ip
        return f"http://{f'[{shown}]' if ':' in shown else shown}:{self.port}{self.base_url}"


def serve(
    content: Content,
    *,
    notebooks: Path,
    bundle: Path,
    keeper: Keeper,
    place: Place | None = None,
    base: str = "/",
    places: int = 0,
    json_log: bool = False,
    port: int = 8866,
    ip: str = "127.0.0.1",
    open_browser: bool = True,
    behind_proxy: bool = False,
    say: Callable[[str], None] = lambda line: None,
    beside: Callable[[KitApp], None] = lambda app: None,
) -> int:
    """Serve the lessons in *notebooks* until interrupted; port 0 is any free port.

    *base* is where the site stands on its host, for a proxy that hands on one path.
    *places* is how many lessons may be open at once; 0 is as many as memory holds.
    *json_log* writes the log as JSON, happenings as well as faults.
    *place* is what a hub says of it, where there is one.
    *beside* is called once the port is bound, to serve something else from the same process.

    Raises ServeError when the port cannot be had.
    """
    bind(port, ip, probe=True)
    os.environ["ASYLUM_TEACH_BUNDLE"] = str(bundle)  # for the kernels, which inherit it
    site = Site(content, notebooks, base=base, hub=place is not None)
    os.environ[STATIC_VARIABLE] = site.assets
    with sockets.private_folder() as folder:
        app = KitApp(
            connection_dir_root=str(folder),
            config=_config(site),
            site=site,
            keeper=keeper,
            sessions=Classes(content, keeper, now=lambda: datetime.now(UTC)),
            places=places or places_for(free_memory(), sharing=can_fork()),
            root_dir=str(notebooks),
            base_url=base,
            port=port,
            ip=ip,
            open_browser=open_browser,
            behind_proxy=behind_proxy,
            identity_provider_class=NoLogin,
            config_file_paths=[],  # no stray voila.json changes what is served
            log_level=logging.WARNING,
        )
        app.say, app.beside, app.place = say, beside, place
        app.initialize([])
        if json_log:
            log_as_json()
        app.start()
    return 0


def _config(site: Site) -> Config:
    return Config(
        {
            "VoilaConfiguration": {
                "template": "lab",  # for Voilà's static files alone; ours comes before it
                "allow_template_override": "NO",
                "allow_theme_override": "NO",
                "file_allowlist": [],
                "extension_allowlist": KIT_EXTENSIONS,
                "multi_kernel_manager_class": SpareKernelManager,
                # Lambdas: configuration is copied deeply, and a bound method's site with it.
                "prelaunch_hook": lambda page, notebook, cwd: site.describe(
                    notebook, page.path_args[0]
                ),
                "page_config_hook": lambda config, **_: site.page_config(config),
            },
            # One question that fails must not take the rest of the lesson with it.
            "VoilaExecutor": {"allow_errors": True, "on_cell_error": log_cell_error},
            "TagRemovePreprocessor": {"remove_cell_tags": {"instructor"}},
            # Who signed a lesson is never asked here, and a home may not be there to be written to.
            "NotebookNotary": {"db_file": ":memory:", "secret": secrets.token_bytes()},
            # A kernel that died has forgotten its lesson: restarting it would only hide that.
            "KernelManager": {"autorestart": False},
            "MappingKernelManager": {
                "cull_interval": LOOK_EVERY_SECONDS,
                "cull_idle_timeout": LOOK_EVERY_SECONDS,  # above 0, that it looks at all
            },
        }
    )


def bind(port: int, ip: str, *, probe: bool = False) -> list[Any]:
    """Listening sockets; *probe* closes them again, to fail before anything is started."""
    try:
        sockets = tornado.netutil.bind_sockets(port, ip)
    except PermissionError:
        raise ServeError(
            f"Port {port} needs special rights. Choose another: asylum-teach serve --port 8866"
        ) from None
    except OSError as error:
        if error.errno != errno.EADDRINUSE:
            raise ServeError(f"Nothing can be served at {ip}: {error.strerror}.") from None
        raise ServeError(
            f"Port {port} is already in use. Stop the other program, or choose another port: "
            f"asylum-teach serve --port {port + 1}"
        ) from None
    if probe:
        for socket in sockets:
            socket.close()
    return sockets
