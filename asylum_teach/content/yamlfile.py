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
        text = self._text(path)
        if text is not None:
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
            node: yaml.Node | None = yaml.compose(text, Loader=_Loader)
            return node
        except RecursionError:
            self.fault((), "lists are nested too deeply", "write it flatter")
        except yaml.reader.ReaderError as error:
            line = text.count("\n", 0, error.position) + 1
            self._at(line, "a control character stands here", "delete it; plain text only")
        except yaml.MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            what = str(error.problem or error.context).replace("\n", " ")
            self._at(
                mark.line + 1 if mark else 1,
                f"this is not YAML ({what})",
                "look for a missing quote, colon or indent here or just above;"
                " a sentence that holds a colon goes under >-",
            )
        return None

    def _at(self, line: int, what: str, do: str) -> None:
        self.faults.append(Fault(file=self.name, line=line, what=what, do=do))

    def _plain(self, node: yaml.Node, place: Place) -> Any:
        """The node's value; notes the line of it and of everything in it."""
        self.lines.setdefault(place, node.start_mark.line + 1)
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, place)
        if isinstance(node, yaml.SequenceNode):
            return [self._plain(each, (*place, i)) for i, each in enumerate(node.value)]
        return self._scalar(node)

    def _mapping(self, node: yaml.MappingNode, place: Place) -> dict[str, Any]:
        values: dict[str, Any] = {}
        for key_node, value_node in node.value:
            key = str(key_node.value)
            line = key_node.start_mark.line + 1
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
