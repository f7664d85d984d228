"""The instructor's side: classes, results and hand-outs, on a port of its own behind a token."""

from asylum_teach.instructor.app import Instructor, new_token
from asylum_teach.instructor.places import own_address

__all__ = ["Instructor", "new_token", "own_address"]
