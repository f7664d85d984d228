"""Serving the lessons: a Voilà application of our own, its pages, caching and limits."""

from asylum_teach.serve.app import KitApp, ServeError, serve

__all__ = ["KitApp", "ServeError", "serve"]
