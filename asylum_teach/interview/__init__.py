"""A practice interview as it runs: what is replied, what was done well, and what is there to find.

Everything here is pure.  An interview is replayed from the list of what was asked, so that it
goes on at the same turn wherever that list was kept.
"""

from asylum_teach.interview.profile import Profile, profile
from asylum_teach.interview.stopping import Marked, MarkedLine, mark
from asylum_teach.interview.talk import NotOnOfferError, State, Talk, Turn, begin, replay, step
from asylum_teach.interview.walk import Walk, walk, way_to_everything
from asylum_teach.interview.ways import Way, ways_to

__all__ = [
    "Marked",
    "MarkedLine",
    "NotOnOfferError",
    "Profile",
    "State",
    "Talk",
    "Turn",
    "Walk",
    "Way",
    "begin",
    "mark",
    "profile",
    "replay",
    "step",
    "walk",
    "way_to_everything",
    "ways_to",
]
