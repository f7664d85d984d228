"""The lessons and the learners' records as a web site: our own Voilà application."""

from asylum_teach.serve.app import KitApp, ServeError, serve
from asylum_teach.serve.keeper import Keeper, keeper_for

__all__ = ["Keeper", "KitApp", "ServeError", "keeper_for", "serve"]
