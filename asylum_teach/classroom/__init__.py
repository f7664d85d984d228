"""A class session as it runs: what is on the screen, how a vote came out, what to do about it.

Everything here is pure; the server keeps the scene and brings the votes.
"""

from asylum_teach.classroom.flips import flip_item, flip_moves
from asylum_teach.classroom.scene import ActionError, Asked, Scene, after
from asylum_teach.classroom.spread import Bar, Part, Spread, proposal, spread

__all__ = [
    "ActionError",
    "Asked",
    "Bar",
    "Part",
    "Scene",
    "Spread",
    "after",
    "flip_item",
    "flip_moves",
    "proposal",
    "spread",
]
