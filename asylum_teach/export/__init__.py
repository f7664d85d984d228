"""Files for people to keep: the printable training record, as HTML and as DOCX."""

from asylum_teach.export.training_record import (
    check_text,
    training_record_docx,
    training_record_html,
)

__all__ = ["check_text", "training_record_docx", "training_record_html"]
