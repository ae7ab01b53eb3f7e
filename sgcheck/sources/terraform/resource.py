"""One resource of a plan or state: its values, what of them is not known yet, and the expressions behind them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

import msgspec

from sgcheck.model.ref import AFTER_APPLY
from sgcheck.sources.terraform.shape import WrongError, text_of

IDENTITY: Final = frozenset({"id", "arn", None})
_ZONE = re.compile(r"^([a-z]{2}(?:-[a-z]+)+-\d+)[a-z]$")
_ARN = re.compile(r"^arn:[^:]+:[^:]+:([a-z0-9-]*):(\d*):")


class Unknown(msgspec.Struct, frozen=True):
    """A value that a plan leaves open. what: where it will stand, as messages name it."""

    what: str


class Resource(msgspec.Struct):
    """One resource instance.

    address: as Terraform writes it (`module.web["a"].aws_instance.b[0]`). module: the part of the address before the
    resource. key: the index of the instance, None where it has none. values: what is known. unknown: what is not, in
    the shape of the values, True for a whole value; None where the document does not tell, and what is not in the
    values is then unknown. config: its block in the configuration. created: whether the plan makes it.
    """

    address: str
    type: str
    name: str
    module: str
    key: int | str | None
    values: dict[str, Any]
    unknown: Any
    config: Mapping[str, Any]
    region: str | None = None
    created: bool = False
    data: bool = False

    @property
    def id(self) -> str:
        """Its id, or its address where it has none yet."""
        found = self.values.get("id")
        return found if isinstance(found, str) and found else self.address

    @property
    def arn(self) -> str:
        """Its ARN, or its address where it has none yet."""
        found = self.values.get("arn")
        return found if isinstance(found, str) and found else self.id

    def has(self, name: str) -> bool:
        """Whether the configuration sets an attribute or block; True where there is no configuration to tell."""
        expressions = self.config.get("expressions")
        return name in expressions if isinstance(expressions, Mapping) else not self.created

    def open(self, name: str) -> bool:
        """Whether an attribute, or all of it, is not known yet."""
        if self.unknown is True:
            return True
        if isinstance(self.unknown, Mapping):
            return self.unknown.get(name) is True
        return self.unknown is None and self.created and name not in self.values

    def doubt(self, name: str) -> Unknown:
        """The unknown that an attribute is."""
        return Unknown(f"{self.address}: {name} {AFTER_APPLY}")

    def get(self, name: str) -> Any:
        """The value of an attribute, Unknown where it is not known yet, None where it is not set."""
        if self.open(name):
            return self.doubt(name)
        return self.values.get(name)

    def text(self, name: str) -> str | Unknown | None:
        """A text, None where it is empty. Raises WrongError where it is something else."""
        found = self.get(name)
        return found if isinstance(found, Unknown) else text_of(found, self.address, name)

    def known(self, name: str) -> str | None:
        """A text, None where it is empty or not known yet."""
        found = self.text(name)
        return None if isinstance(found, Unknown) else found

    def number(self, name: str) -> int | Unknown | None:
        """A whole number, which may be written as a text. Raises WrongError."""
        found = self.get(name)
        return found if isinstance(found, Unknown) else number_of(found, self.address, name)

    def flag(self, name: str) -> bool | Unknown | None:
        """A truth value. Raises WrongError."""
        found = self.get(name)
        if found is None or isinstance(found, bool | Unknown):
            return found
        raise WrongError(self.address, name, "true or false", found)

    def texts(self, name: str) -> list[str | Unknown] | Unknown:
        """A list of texts, of which some may not be known. Raises WrongError."""
        if self.open(name):
            return self.doubt(name)
        unknown = self.unknown.get(name) if isinstance(self.unknown, Mapping) else None
        return texts_of(self.values.get(name), unknown, self.address, name)

    def blocks(self, name: str) -> list[Block] | Unknown:
        """The blocks of a name, or the elements of an attribute that is written as blocks. Raises WrongError."""
        if self.open(name):
            return self.doubt(name)
        unknown = self.unknown.get(name) if isinstance(self.unknown, Mapping) else None
        return blocks_of(self.values.get(name), unknown, self.address, name)

    def tags(self) -> list[dict[str, str]]:
        """Its tags as AWS writes them."""
        found = {}
        for name in ("tags_all", "tags"):
            told = self.values.get(name)
            if isinstance(told, Mapping):
                found.update({str(key): str(value or "") for key, value in told.items()})
        return [{"Key": key, "Value": value} for key, value in sorted(found.items())]

    def home(self) -> tuple[str | None, str | None]:
        """The account and Region that its values tell; the Region else that of its provider."""
        account = self.values.get("owner_id")
        region = self.values.get("region")
        match = _ARN.match(str(self.values.get("arn") or ""))
        if match:
            account, region = account or match.group(2), region or match.group(1)
        zone = _ZONE.match(str(self.values.get("availability_zone") or ""))
        if zone:
            region = region or zone.group(1)
        known = isinstance(account, str) and re.fullmatch(r"\d{12}", account)
        return str(account) if known else None, str(region) if region else self.region


class Block(msgspec.Struct):
    """One block of a resource; path: where it stands (`ingress[0]`)."""

    address: str
    path: str
    values: Mapping[str, Any]
    unknown: Any

    def get(self, name: str) -> Any:
        """The value of a member, Unknown where it is not known yet."""
        if self.unknown is True or (isinstance(self.unknown, Mapping) and self.unknown.get(name) is True):
            return Unknown(f"{self.address}: {self.path}.{name} {AFTER_APPLY}")
        return self.values.get(name)

    def text(self, name: str) -> str | Unknown | None:
        """A text, None where it is empty. Raises WrongError."""
        found = self.get(name)
        return found if isinstance(found, Unknown) else text_of(found, self.address, f"{self.path}.{name}")

    def number(self, name: str) -> int | Unknown | None:
        """A whole number. Raises WrongError."""
        found = self.get(name)
        return found if isinstance(found, Unknown) else number_of(found, self.address, f"{self.path}.{name}")

    def texts(self, name: str) -> list[str | Unknown] | Unknown:
        """A list of texts. Raises WrongError."""
        found = self.get(name)
        unknown = self.unknown.get(name) if isinstance(self.unknown, Mapping) else None
        return found if isinstance(found, Unknown) else texts_of(found, unknown, self.address, f"{self.path}.{name}")


def number_of(found: Any, address: str, name: str) -> int | None:
    """A whole number as JSON or as text; an empty text is none. Raises WrongError."""
    if found is None or found == "":
        return None
    if isinstance(found, bool) or not re.fullmatch(r"-?\d{1,9}", str(found)):
        raise WrongError(address, name, "a whole number", found)
    return int(found)


def texts_of(found: Any, unknown: Any, address: str, name: str) -> list[str | Unknown]:
    """A list of texts; `unknown` has True at the places that are not known. Raises WrongError."""
    if found is None:
        found = []
    if not isinstance(found, list):
        raise WrongError(address, name, "a list of texts", found)
    flags = unknown if isinstance(unknown, list) else []
    made: list[str | Unknown] = []
    for index in range(max(len(found), len(flags))):
        if index < len(flags) and flags[index] is True:
            made.append(Unknown(f"{address}: {name}[{index}] {AFTER_APPLY}"))
        elif index < len(found) and found[index] is not None:
            text = text_of(found[index], address, f"{name}[{index}]")
            made += [text] if text else []
    return made


def blocks_of(found: Any, unknown: Any, address: str, name: str) -> list[Block]:
    """A list of blocks, or the only one. Raises WrongError."""
    if found is None:
        found = []
    if isinstance(found, Mapping):
        found = [found]
    if not isinstance(found, list):
        raise WrongError(address, name, "a list of blocks", found)
    flags = unknown if isinstance(unknown, list) else []
    made = []
    for index in range(max(len(found), len(flags))):
        values = found[index] if index < len(found) else {}
        if values is None:
            values = {}
        if not isinstance(values, Mapping):
            raise WrongError(address, f"{name}[{index}]", "a block", values)
        flag = flags[index] if index < len(flags) else {}
        made.append(Block(address, f"{name}[{index}]", values, flag))
    return made
