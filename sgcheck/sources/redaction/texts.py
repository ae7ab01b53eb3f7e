"""Texts with accounts, addresses, ARNs and known names in them: all of these get others, the rest stays."""

from __future__ import annotations

import re
from collections import defaultdict
from functools import cache
from typing import Final

from sgcheck.sources.redaction.addresses import PATTERN as ADDRESS
from sgcheck.sources.redaction.addresses import Addresses
from sgcheck.sources.redaction.names import ARN, HOST, Names, is_id, is_place

SHORTEST: Final = 6
"""Characters from which on a name is looked for inside of other texts; shorter ones are too often just words."""

_ACCOUNT = r"(?<![0-9A-Za-z])\d{12}(?![0-9A-Za-z])"
_PRINCIPAL = r"\bA(?:KIA|SIA|IDA|ROA|GPA|NPA|IPA|NVA|PKA)[A-Z0-9]{12,}(?::[\w+=,.@-]+)?"
_EMAIL = r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+"
_ORGANISATION = r"\b(?:o-[0-9a-z]{10,32}|ou-[0-9a-z]{4,32}-[0-9a-z]{8,32})\b"
_WHOLES = re.compile(
    rf"(?P<arn>{ARN})|(?P<email>{_EMAIL})|(?P<principal>{_PRINCIPAL})|(?P<host>{HOST})|(?P<organisation>{_ORGANISATION})"
)
_PARTS = re.compile(rf"{ADDRESS}|(?P<account>{_ACCOUNT})")
_REMARK = re.compile(r"^[ \t]*#.*\n?", re.MULTILINE)
_QUOTED = re.compile(
    r'\b(?P<head>(?:msg|content|uricontent|reference|metadata) ?: ?!? ?)(?P<text>"(?:[^"\\]|\\.)*"|[^";]+)'
)
_LOCATED: Final = "X-Amz-"


class Texts:
    """Rewrites texts, with what is known of the names in all of the input."""

    def __init__(self, names: Names, addresses: Addresses) -> None:
        """Choose by `names` and `addresses`."""
        self.names = names
        self._addresses = addresses
        self._known: dict[str, list[str]] = defaultdict(list)
        self._seen: set[str] = set()
        self._unsettled = False
        self._accounts: set[str] = set()
        self.word = cache(self._word)
        self.name = cache(self._name)
        self.unknown = cache(self._unknown)
        self.rules = cache(self._rules)

    def learn(self, name: str) -> None:
        """Remember a name, to be looked for where nothing is known of a text."""
        name = name.strip()
        if len(name) < SHORTEST or name in self._seen:
            return
        self._seen.add(name)
        self._unsettled = True
        if not (is_id(name) or is_place(name)) and self.names.name(name) != name:
            self._known[name[:SHORTEST].lower()].append(name)

    def learn_account(self, account: str) -> None:
        """Remember an account, to be looked for even where letters stand around it."""
        self._accounts.add(account)

    def knows_account(self, account: str) -> bool:
        """Whether an account has been learned."""
        return account in self._accounts

    def settle(self) -> None:
        """Everything has been learned: the longest names are found first."""
        for names in self._known.values() if self._unsettled else ():
            names.sort(key=lambda name: (-len(name), name))
        self._unsettled = False

    def _word(self, text: str) -> str:
        """Accounts, addresses, ARNs and the like get others."""
        pieces, end = [], 0
        for match in _WHOLES.finditer(text):
            pieces += [self._parts(text[end : match.start()]), self._whole(match)]
            end = match.end()
        return self._glued("".join([*pieces, self._parts(text[end:])]))

    def _whole(self, match: re.Match[str]) -> str:
        if match.lastgroup == "arn":
            return self._parts(self.names.arn(match[0]))
        if match.lastgroup == "host":
            return self._parts(self.names.host(match[0]))
        return self.names.word(match[0])

    def _parts(self, text: str) -> str:
        return _PARTS.sub(self._part, text)

    def _part(self, match: re.Match[str]) -> str:
        return self.names.account(match[0]) if match["account"] else self._addresses.found(match)

    def _glued(self, text: str) -> str:
        """Known accounts that letters stand around."""
        return _DIGITS.sub(lambda m: self.names.account(m[0]) if m[0] in self._accounts else m[0], text)

    def _name(self, text: str) -> str:
        """A name gets another, as a whole; one that is an address or an account gets another of those."""
        return self._glued(self._parts(text if _PARTS.fullmatch(text) else self.names.name(text)))

    def _unknown(self, text: str) -> str:
        """As `word`, and names that are known from elsewhere get others; a text that grants access is left out."""
        if _LOCATED in text:
            return ""
        if _HOSTNAME.fullmatch(text) and not _MACHINE.fullmatch(text):
            return self._name(text)
        pieces, start, position = [], 0, 0
        arns = {match.start(): match.end() for match in _WHOLES.finditer(text)}
        lowered = text.lower() if len(text.lower()) == len(text) else text
        while position < len(text):
            if position in arns:
                position = arns[position]
                continue
            found = self._known_at(lowered, position)
            if found is None:
                position += 1
                continue
            pieces += [self._word(text[start:position]), self.names.word(found)]
            start = position = position + len(found)
        return "".join([*pieces, self._word(text[start:])])

    def _known_at(self, lowered: str, position: int) -> str | None:
        candidates = self._known.get(lowered[position : position + SHORTEST], ())
        return next((name for name in candidates if lowered.startswith(name.lower(), position)), None)

    def _rules(self, text: str) -> str:
        """Rules as Suricata writes them: no remarks, and other words in messages and contents."""
        text = _REMARK.sub("", text)
        return self._word(_QUOTED.sub(lambda m: f'{m["head"]}"{self.names.word(m["text"])}"', text))


_DIGITS = re.compile(r"(?<!\d)\d{12}(?!\d)")
_HOSTNAME = re.compile(r"(?:\*\.)?(?:[A-Za-z0-9_-]+\.)+[A-Za-z]{2,}\.?")
_MACHINE = re.compile(
    r"(?:db\.|cache\.|dax\.)?[a-z]+\d+[a-z0-9-]*\.(?:\d*x?large|nano|micro|small|medium|metal.*)|(?:cn\.)?com\.amazonaws\..+"
)
