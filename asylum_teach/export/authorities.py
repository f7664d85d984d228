"""An authority in one line: its citation, when it was good law, and how sure that is."""

from __future__ import annotations

from asylum_teach.models import Authority
from asylum_teach.models.words import in_words, periods_in_words


def cited_in_full(authority: Authority) -> str:
    """Name, citation, the periods in which it was good law, when that was checked, how surely."""
    unsure_page = authority.is_decision and not authority.reporter_confirmed
    page = " The reporter page of the citation was not confirmed." if unsure_page else ""
    care = {"high": "", "medium": " Check it before you rely on it.", "low": " Do not rely on it."}
    return (
        f"{authority.name}, {authority.citation}. {periods_in_words(authority)} "
        f"Checked {in_words(authority.checked)}; how sure: {authority.confidence}."
        f"{care[authority.confidence]}{page}"
    )
