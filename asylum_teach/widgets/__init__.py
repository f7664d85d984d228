"""What learners read and touch.

What is read is HTML that Python writes, and needs the standard library alone; what is pressed
is a small widget (:mod:`asylum_teach.widgets.pieces`) with its JavaScript here, without a build
step.
"""

from asylum_teach.models.words import circuit_name, in_words, written_in_words
from asylum_teach.widgets.base import Text
from asylum_teach.widgets.board import board_text, board_view
from asylum_teach.widgets.cards import cards_of, cards_text, sources_text
from asylum_teach.widgets.debrief import Debrief, Missed, debrief_html
from asylum_teach.widgets.feedback import Teller, feedback_html, sureness
from asylum_teach.widgets.lab import Judge, Switchboard
from asylum_teach.widgets.marked import marked_html
from asylum_teach.widgets.question import decision_view, view_of
from asylum_teach.widgets.story import story_again, story_text
from asylum_teach.widgets.talk import (
    interview_about,
    script_about,
    script_view,
    talk_view,
)
from asylum_teach.widgets.timeline import (
    ShownSplit,
    events_text,
    history_text,
    periods_text,
    split_text,
)

__all__ = [
    "Debrief",
    "Judge",
    "Missed",
    "ShownSplit",
    "Switchboard",
    "Teller",
    "Text",
    "board_text",
    "board_view",
    "cards_of",
    "cards_text",
    "circuit_name",
    "debrief_html",
    "decision_view",
    "events_text",
    "feedback_html",
    "history_text",
    "in_words",
    "interview_about",
    "marked_html",
    "periods_text",
    "script_about",
    "script_view",
    "sources_text",
    "split_text",
    "story_again",
    "story_text",
    "sureness",
    "talk_view",
    "view_of",
    "written_in_words",
]
