"""JSON documents, member by member."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final

import msgspec

from sgcheck.sources.redaction.addresses import Addresses
from sgcheck.sources.redaction.key import Key
from sgcheck.sources.redaction.members import TAGS, Holds, holds
from sgcheck.sources.redaction.names import Names
from sgcheck.sources.redaction.texts import Texts

_ACCOUNT = re.compile(r"(?<!\d)\d{12}(?!\d)")
_OF_AN_ACCOUNT = re.compile(r"\w*(?:account|owner|userid)(?:id)?", re.IGNORECASE)
# A smaller number is one of something else.
_LEAST: Final = 1_000_000_000
# Keys whose values are names: options of DHCP, attributes of load balancers, options of a firewall's rules.
_NAMING_KEYS: Final = re.compile(r"domain-name|[\w.]*(?:bucket|prefix)|msg|content|uricontent|reference|metadata")
_TAG_KEYS: Final = ("Key", "key")
_KEYS: Final = (*_TAG_KEYS, "Keyword")
_TAG_VALUES: Final = ("Value", "value")


class Redactor:
    """Gives documents other names, accounts and public addresses: learn all of them first, then rewrite each."""

    def __init__(self, key: Key) -> None:
        """Choose by `key`."""
        self._names = Names(key)
        self.texts = Texts(self._names, Addresses(key))

    def learn(self, document: Any) -> None:
        """Note the names and accounts in a document, which may stand anywhere in any of them."""
        for member, within, text in _texts(document, "", ""):
            held = Holds.NAME if member == _TAG else holds(member, within)
            if held is Holds.NAME:
                self.texts.learn(text)
            if _OF_AN_ACCOUNT.fullmatch(member) or text.startswith("arn:"):
                for account in _ACCOUNT.findall(text):
                    self.texts.learn_account(account)

    def rewrite(self, document: Any) -> Any:
        """The document with other names, accounts and public addresses; what was secret is left out."""
        self.texts.settle()
        return self._value(document, "", "")

    def _value(self, value: Any, member: str, within: str) -> Any:
        if isinstance(value, str):
            return self._text(value, member, within)
        if isinstance(value, list):
            if TAGS.fullmatch(member):
                return [self._tag(item) for item in value]
            return [self._value(item, member, within) for item in value]
        if isinstance(value, dict):
            return self._tags(value) if TAGS.fullmatch(member) else self._object(value, member)
        return self._number(value, member) if type(value) is int else value

    def _number(self, value: int, member: str) -> int:
        """An account may be written as a number, which then has lost its first zeros."""
        account = f"{value:012}"
        told = value >= _LEAST and (self.texts.knows_account(account) or _OF_AN_ACCOUNT.fullmatch(member))
        return int(self._names.account(account)) if told and len(account) == 12 else value

    def _object(self, value: dict[str, Any], member: str) -> dict[str, Any]:
        named = any(_names_its_value(value.get(key)) for key in _KEYS)
        result = {}
        for name, item in value.items():
            if holds(name, member) is Holds.SECRET and not isinstance(item, (bool, int, float, type(None))):
                continue
            if named:
                result[self._key(name)] = item if name in _KEYS else self._named(item)
            else:
                result[self._key(name)] = self._value(item, name, member)
        return result

    def _key(self, name: str) -> str:
        """Members are words; what is none is data (accounts, names of variables, ARNs)."""
        return name if name.isidentifier() else self.texts.unknown(name)

    def _text(self, text: str, member: str, within: str) -> str:
        held = holds(member, within)
        inner = _decoded(text)
        if inner is not None and held is not Holds.RULES:
            return msgspec.json.encode(self._value(inner, "", "")).decode()
        if held is Holds.NAME:
            return self.texts.name(text)
        if held is Holds.WORD:
            return self.texts.word(text)
        return self.texts.rules(text) if held is Holds.RULES else self.texts.unknown(text)

    def _tag(self, tag: Any) -> Any:
        """One tag of a list: its key stays, its value goes."""
        if not isinstance(tag, dict):
            return self._value(tag, "", "")
        if not any(key in tag for key in _TAG_KEYS):
            return self._object(tag, "")
        return {
            name: self._tag_value(item) if name in _TAG_VALUES else self._of_tag(item, name)
            for name, item in tag.items()
        }

    def _of_tag(self, value: Any, member: str) -> Any:
        """What else a tag has: a key, and perhaps the name of what it belongs to."""
        named = isinstance(value, str) and member not in _TAG_KEYS
        return self.texts.unknown(value) if named else self._value(value, member, "")

    def _tags(self, tags: dict[str, Any]) -> dict[str, Any]:
        return {name: self._tag_value(item) for name, item in tags.items()}

    def _tag_value(self, value: Any) -> Any:
        return self._names.word(value) if isinstance(value, str) else self._value(value, "Name", "")

    def _named(self, value: Any) -> Any:
        """A value whose texts are all names."""
        if isinstance(value, list):
            return [self._named(item) for item in value]
        if isinstance(value, dict):
            return {name: self._named(item) for name, item in value.items()}
        return self.texts.name(value) if isinstance(value, str) else value


def _names_its_value(key: object) -> bool:
    return isinstance(key, str) and _NAMING_KEYS.fullmatch(key) is not None


_TAG: Final = " tag"  # no member is called like this


def _texts(value: Any, member: str, within: str) -> Iterator[tuple[str, str, str]]:
    """Every text of a document with its member, and the member that one is in; values of tags are told apart."""
    if isinstance(value, str):
        inner = _decoded(value)
        if inner is None:
            yield member, within, value
        else:
            yield from _texts(inner, "", "")
    elif isinstance(value, list):
        for item in value:
            yield from _texts(item, member, within)
    elif isinstance(value, dict):
        tags = TAGS.fullmatch(member) is not None
        paired = tags and any(key in value for key in _TAG_KEYS)
        for name, item in value.items():
            if name.isdecimal():
                yield "Account", "", name
            told = tags and (name in _TAG_VALUES if paired else True)
            yield from _texts(item, _TAG if told else name, member)


def _decoded(text: str) -> Any:
    """A document that stands in a text (a policy), None where there is none."""
    if not text.startswith(("{", "[")) or not text.endswith(("}", "]")):
        return None
    try:
        found = msgspec.json.decode(text)
    except (msgspec.DecodeError, RecursionError):
        return None
    return found if isinstance(found, (dict, list)) else None
