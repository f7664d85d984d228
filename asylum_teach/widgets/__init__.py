"""What learners touch: each a small Python class with its JavaScript and style sheet beside it."""

from asylum_teach.widgets.board import Board, board_view
from asylum_teach.widgets.cards import Cards, cards_of, in_words
from asylum_teach.widgets.feedback import Teller
from asylum_teach.widgets.lab import Lab
from asylum_teach.widgets.question import Question, element_rows, view_of
from asylum_teach.widgets.story import Story

__all__ = [
    "Board",
    "Cards",
    "Lab",
    "Question",
    "Story",
    "Teller",
    "board_view",
    "cards_of",
    "element_rows",
    "in_words",
    "view_of",
]
