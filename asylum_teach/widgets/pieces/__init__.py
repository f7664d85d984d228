"""What is pressed in a notebook: the widgets, which alone need ipywidgets and anywidget.

What they show is made beside this package, with the standard library alone.
"""

from asylum_teach.widgets.pieces.lab import Lab
from asylum_teach.widgets.pieces.question import Question
from asylum_teach.widgets.pieces.talk import Interviewed, Stopped

__all__ = ["Interviewed", "Lab", "Question", "Stopped"]
