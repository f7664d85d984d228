"""The lessons and the learners' records as a web site: our own Voilà application."""

import sys

# Voilà brings jsonschema, which imports this where it is installed, and that takes seconds: it
# works out a grammar of addresses by which nothing here is ever checked.
sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]

from asylum_teach.serve.app import KitApp, ServeError, serve  # noqa: E402
from asylum_teach.serve.keeper import Keeper, keeper_for  # noqa: E402

__all__ = ["Keeper", "KitApp", "ServeError", "keeper_for", "serve"]
