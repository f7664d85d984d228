"""The desk: what is asked, answered and explained, wherever a learner sits.

A lesson's kernel and the server each have one, so that an answer earns the same
credit and the same words in both.
"""

from asylum_teach.desk.desk import Desk, Told
from asylum_teach.desk.lab import Judge, switched
from asylum_teach.desk.room import CHANGED, Room

__all__ = ["CHANGED", "Desk", "Judge", "Room", "Told", "switched"]
