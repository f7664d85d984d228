"""Where the kit's notebooks and exercises lie, and where compiled content goes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from asylum_teach.models import Content

_PACKAGE = Path(__file__).parent


def folder(name: str) -> Path:
    """The kit's own folder of that name (``notebooks`` or ``exercises``).

    It lies inside the package in a wheel, and beside it in a checkout.
    """
    installed = _PACKAGE / "_kit" / name
    return installed if installed.is_dir() else _PACKAGE.parent / name


@contextmanager
def compiled(content: Content, save: Callable[[Content, Path], None]) -> Iterator[Path]:
    """A file that holds *content* compiled, for as long as the context lasts."""
    with TemporaryDirectory(prefix="asylum-teach-") as scratch:
        path = Path(scratch) / "bundle.json"
        save(content, path)
        yield path
