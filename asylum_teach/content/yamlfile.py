"""One YAML file as plain values, with the line on which each stands.

Stricter than YAML itself, since its surprises cost editors hours: a repeated key
is refused, a date stays the text that was written, aliases are refused.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from asylum_teach.models import Fault

MOST_BYTES = 2_000_000
DEEPEST = 50  # lists and mappings inside one another; content needs seven
Place = tuple[str | int, ...]  # the way to a value: ("items", 0, "stem")

_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_BOOLEAN = "tag:yaml.org,2002:bool"
_NUMBERS = {"tag:yaml.org,2002:int": int, "tag:yaml.org,2002:float": float}


class YamlFile:
    """The values of one file, the line of each, and the faults met on the way."""

    def __init__(self, path: Path, name: str) -> None:
        self.name = name  # as an editor knows it: cases/reporter-and-the-convoy.yaml
        self.lines: dict[Place, int] = {}
        self.faults: list[Fault] = []
        self.value: Any = None
        self._last = 1  # the number of the last line
        text = self._text(path)
        if text is not None:
            self._last = max(1, text.count("\n") + (not text.endswith("\n")))
            node = self._compose(text)
            if node is not None:
                self.value = self._plain(node, ())
            elif not self.faults:
                self.fault((), "the file is empty", "write its content, or delete the file")

    def line(self, place: Place) -> int:
        """The line of *place*, or of the nearest thing around it."""
        while place and place not in self.lines:
            place = place[:-1]
        return self.lines.get(place, 1)

    def fault(self, place: Place, what: str, do: str) -> None:
        """Note a fault at *place*."""
        self.faults.append(Fault(file=self.name, line=self.line(place), what=what, do=do))

    def _text(self, path: Path) -> str | None:
        try:
            if path.stat().st_size > MOST_BYTES:
                self.fault(
                    (),
                    f"the file is larger than {MOST_BYTES:,} bytes",
                    "split it into smaller files",
                )
                return None
            return path.read_bytes().decode("utf-8")
        except UnicodeDecodeError:
            self.fault((), "this is not a text file", "save it as plain text in UTF-8")
        except OSError as error:
            self.fault(
                (),
                f"the file cannot be read ({error.strerror})",
                "put the file there, or make it readable",
            )
        return None

    def _compose(self, text: str) -> yaml.Node | None:
        try:
            if self._has_alias(text):
                return None
            node: yaml.Node | None = yaml.compose(text, Loader=_Loader)
            return node
        except RecursionError:
            self._too_deep(1)
        except yaml.reader.ReaderError as error:
            # The position counts bytes, so that an accented letter is two.
            line = text.encode()[: error.position].count(b"\n") + 1
            self._at(line, "a control character stands here", "delete it; plain text only")
        except yaml.MarkedYAMLError as error:
            self._not_yaml(error)
        return None

    def _has_alias(self, text: str) -> bool:
        """Refuse an alias before it is followed: aliases of aliases can grow without end."""
        for event in yaml.parse(text, Loader=_Loader):
            if isinstance(event, yaml.AliasEvent):
                what = f"'*{event.anchor}' is an alias, which stands for text elsewhere"
                self._at(self._line(event.start_mark), what, "write it out, or put it in quotes")
                return True
        return False

    def _not_yaml(self, error: yaml.MarkedYAMLError) -> None:
        what = str(error.problem or error.context).replace("\n", " ")
        mark = error.problem_mark or error.context_mark
        if error.context == "while scanning a quoted scalar":
            mark = error.context_mark  # where the quote was opened, and not where the file ends
        self._at(
            self._line(mark),
            f"this is not YAML ({what})",
            "look for a missing quote, colon or indent here or just above;"
            " a sentence that holds a colon goes under >-",
        )

    def _too_deep(self, line: int) -> None:
        self._at(line, "lists or mappings are nested too deeply here", "write it flatter")

    def _line(self, mark: Any) -> int:
        """The line of one of YAML's marks; YAML counts more breaks than an editor does."""
        return min(mark.line + 1, self._last) if mark else 1

    def _at(self, line: int, what: str, do: str) -> None:
        self.faults.append(Fault(file=self.name, line=line, what=what, do=do))

    def _plain(self, node: yaml.Node, place: Place) -> Any:
        """The node's value; notes the line of it and of everything in it."""
        self.lines.setdefault(place, self._line(node.start_mark))
        if len(place) > DEEPEST:
            self._too_deep(self._line(node.start_mark))
            return None
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, place)
        if isinstance(node, yaml.SequenceNode):
            return [self._plain(each, (*place, i)) for i, each in enumerate(node.value)]
        return self._scalar(node)

    def _mapping(self, node: yaml.MappingNode, place: Place) -> dict[str, Any]:
        values: dict[str, Any] = {}
        for key_node, value_node in node.value:
            line = self._line(key_node.start_mark)
            if not isinstance(key_node, yaml.ScalarNode):
                what = "a list or a mapping stands where a key belongs"
                self._at(line, what, "write one word before the colon")
                continue
            key = str(key_node.value)
            if key in values:
                self._at(line, f"'{key}' is written twice", "keep one of the two")
                continue
            self.lines[(*place, key)] = line
            values[key] = self._plain(value_node, (*place, key))
        return values

    def _scalar(self, node: yaml.Node) -> Any:
        text: str = node.value
        if node.tag == "tag:yaml.org,2002:null":
            return None
        if node.tag == _BOOLEAN:
            return text.lower() in ("true", "yes", "on")
        if node.tag in _NUMBERS:
            try:
                return _NUMBERS[node.tag](text.replace("_", ""))
            except ValueError:
                return text  # YAML's sexagesimal, octal and the like: never meant here
        return text
