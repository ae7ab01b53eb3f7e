"""Resources of stacks and the blocks in them, with members that are worked out when somebody asks for one."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from sgcheck.model.ref import NOT_YET
from sgcheck.sources.cloudformation.values import NOTHING, Handle, Nothing, Unknown, plain_text, wrong

if TYPE_CHECKING:
    from sgcheck.sources.cloudformation.stack import Stack

_NUMBER = re.compile(r"-?\d{1,9}")
_FLAGS = {"true": True, "yes": True, "false": False, "no": False}


class Block:
    """Members by name. title: the id of the resource. path: where the block stands in it, empty for the resource."""

    def __init__(self, stack: Stack, title: str, path: str, written: Any) -> None:
        """Read what is `written`, a mapping as the template has it, or one that is worked out or not known."""
        self.stack = stack
        self.title = title
        self.path = path
        self._written: Mapping[str, Any] = written if isinstance(written, dict) else {}
        self._open = written if isinstance(written, Unknown) else None
        self._found: dict[str, Any] = {}

    def where(self, name: str) -> str:
        """A member in a message."""
        path = ".".join(filter(None, (self.path, name)))
        return f"{self.title}: {path}"

    def get(self, name: str) -> Any:
        """The value of a member: None where there is none, Unknown where it can't be told."""
        if self._open is not None:
            return self._open
        if name not in self._found:
            raw = self._written.get(name)
            found = None if raw is None else self.stack.value(raw, self.where(name))
            self._found[name] = None if found is NOTHING else found
        return self._found[name]

    def has(self, name: str) -> bool:
        """Whether a member is there."""
        return self.get(name) is not None

    def what(self, name: str, found: Unknown) -> str:
        """Which value is not known, and why: what a gap in an answer names."""
        return f"{self.where(name)}, {found.why} {NOT_YET}"

    def text(self, name: str) -> str | Unknown | None:
        """A text, None where it is empty. Raises WrongError."""
        found = self.get(name)
        if found is None or isinstance(found, Unknown | Handle):
            return found
        if isinstance(found, list) and len(found) == 1:
            found = found[0]  # as CloudFormation takes it
            if isinstance(found, Unknown | Handle):
                return found
        return plain_text(found, self.where(name)) or None

    def number(self, name: str) -> int | Unknown | None:
        """A whole number. Raises WrongError."""
        found = self.text(name)
        if found is None or isinstance(found, Unknown):
            return found
        if not _NUMBER.fullmatch(found.strip()):
            raise wrong(self.where(name), "a whole number", found)
        return int(found)

    def flag(self, name: str) -> bool | Unknown | None:
        """True or false. Raises WrongError."""
        found = self.text(name)
        if found is None or isinstance(found, Unknown):
            return found
        if found.lower() not in _FLAGS:
            raise wrong(self.where(name), "true or false", found)
        return _FLAGS[found.lower()]

    def texts(self, name: str) -> list[str | Unknown] | Unknown:
        """A list of texts; lists in it and a single text are taken, as CloudFormation does. Raises WrongError."""
        found = self.get(name)
        if found is None:
            return []
        if isinstance(found, Unknown):
            return found
        made: list[str | Unknown] = []
        for one in found if isinstance(found, list) else [found]:
            for inner in one if isinstance(one, list) else [one]:
                if isinstance(inner, Unknown | Handle):
                    made.append(inner)
                elif text := plain_text(inner, self.where(name)):
                    made.append(text)
        return made

    def blocks(self, name: str) -> list[Block | Unknown] | Unknown:
        """A list of blocks, or the only one. Raises WrongError."""
        found = self.get(name)
        if found is None:
            return []
        if isinstance(found, Unknown):
            return found
        made: list[Block | Unknown] = []
        for index, one in enumerate(found if isinstance(found, list) else [found]):
            for inner in one if isinstance(one, list) else [one]:
                if isinstance(inner, Unknown):
                    made.append(inner)
                elif isinstance(inner, dict):
                    path = ".".join(filter(None, (self.path, f"{name}[{index}]")))
                    made.append(Block(self.stack, self.title, path, inner))
                else:
                    raise wrong(self.where(f"{name}[{index}]"), "a mapping", inner)
        return made

    def shown(self, name: str) -> str | None:
        """A text for people, in which what is not known is named."""
        return self.stack.shown(self._written.get(name), self.where(name)) if name in self._written else None

    def tags(self) -> list[dict[str, str]]:
        """The tags, those that can be told."""
        raw = self._written.get("Tags")
        found = []
        for one in raw if isinstance(raw, list) else []:
            if isinstance(one, dict) and "Key" in one:
                key, value = (self.stack.shown(one.get(part, ""), self.where("Tags")) for part in ("Key", "Value"))
                if key and value is not None:
                    found.append({"Key": key, "Value": value})
        return found


class Resource(Block):
    """A resource. name: its logical id. id: what stands for it. doubt: why it can't be told whether it is there."""

    def __init__(self, stack: Stack, name: str, doubt: Unknown | None) -> None:
        """Read the resource `name` of `stack`."""
        written = stack.resources[name]
        properties = written.get("Properties")
        if not isinstance(properties, dict | None):
            raise wrong(f"{name}: Properties", "a mapping", properties)
        self.name = name
        self.id: str = stack.id_of(name)
        self.type: str = written["Type"]
        self.doubt = doubt
        worked = stack.value(properties, name) if properties and _is_function(properties) else properties
        if not isinstance(worked, dict | Unknown | Nothing | None):
            raise wrong(f"{self.id}: Properties", "a mapping", worked)
        super().__init__(stack, self.id, "", worked)

    @property
    def line(self) -> str:
        """The file and the line where it stands."""
        return self.stack.template.place("Resources", self.name)

    @property
    def written(self) -> tuple[str, int | None]:
        """The same as two."""
        return self.stack.template.file, self.stack.template.line("Resources", self.name)

    @property
    def doubted(self) -> str:
        """What says that it may not be there."""
        return f"{self.id}: Condition, {self.doubt.why if self.doubt else ''} {NOT_YET}"


def _is_function(properties: Mapping[str, Any]) -> bool:
    return len(properties) == 1 and next(iter(properties)).startswith("Fn::")
