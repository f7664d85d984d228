"""A story whose sentences can be tapped."""

from __future__ import annotations

import traitlets

from asylum_teach.models import Case, Law
from asylum_teach.widgets.base import Piece, front_end
from asylum_teach.widgets.cards import circuit_name, in_words


class Story(Piece):
    """The story of a case; each sentence tells, when tapped, which facts it states."""

    _esm, _css = front_end("story")
    story = traitlets.Dict().tag(sync=True)

    def __init__(self, case: Case, law: Law) -> None:
        bears = {
            fact: [e.title for e in law.elements.values() if any(fact in r.facts for r in e.rules)]
            for fact in case.facts
        }
        story = {
            "title": case.title,
            "content_note": case.content_note,
            "where": f"Law as of {in_words(case.as_of)}, {circuit_name(case.circuit)}",
            "sentences": [
                {
                    "text": sentence.text,
                    "facts": [
                        {
                            "text": law.facts[fact].text,
                            "elements": f"Bears on: {', '.join(bears[fact])}"
                            if bears[fact]
                            else "",
                        }
                        for fact in sentence.facts
                    ],
                }
                for sentence in case.story
            ],
        }
        super().__init__(story=story)

    def lines(self) -> list[str]:
        """Return the title, the content note and the sentences."""
        sentences = [sentence["text"] for sentence in self.story["sentences"]]
        return [self.story["title"], f"({self.story['content_note']})", *sentences]
