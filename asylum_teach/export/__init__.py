"""Files for people to keep.

Here: what the kit itself makes, records and reports as HTML and as DOCX.  What needs a package of
the extra "export" is imported by its own module, such as gradebook and tables.
"""

from asylum_teach.export.report import (
    About,
    Trainee,
    outcomes_docx,
    outcomes_html,
    training_docx,
    training_html,
)
from asylum_teach.export.training_record import (
    check_text,
    training_record_docx,
    training_record_html,
)

__all__ = [
    "About",
    "Trainee",
    "check_text",
    "outcomes_docx",
    "outcomes_html",
    "training_docx",
    "training_html",
    "training_record_docx",
    "training_record_html",
]
