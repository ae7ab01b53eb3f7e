"""What the tests of redaction share: the other names of what is in a question and in an answer."""

from __future__ import annotations

import ipaddress
import json
import re
from typing import Any

from sgcheck.reach.answer import Explanation
from sgcheck.render import explain_json
from sgcheck.sources.redaction.document import Redactor
from sgcheck.sources.redaction.key import Key

KEY = Key("the key of the tests")
# Lists without an order of their own: they are sorted by what is in them, which is renamed.
SETS = {"allowed", "denied", "undecided", "addresses", "answers", "blockers", "gaps", "warnings", "near_misses"}
# Sentences: they put lists in order and shorten them, and say nothing that the other members do not.
SENTENCES = {"summary", "why", "detail", "commands", "next_steps", "also", "near_misses", "warnings", "collect"}
# Half of the internet (128.0.0.0/1) is nobody's.
DOTTED = re.compile(r"(?<![\d.])(?:\d{1,3}\.){3}\d{1,3}(?!\d|\.\d|/[0-7]\b)")
# What is never the internet, as the contract has it.
PRIVATE = [
    ipaddress.ip_network(text)
    for text in (
        *("0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12"),
        *("192.168.0.0/16", "224.0.0.0/3", "::/3", "4000::/2", "8000::/1"),
    )
]


def renamer(document: Any) -> Redactor:
    """Whoever renames the names of a document, having learned them."""
    redactor = Redactor(KEY)
    redactor.learn(document)
    redactor.texts.settle()
    return redactor


def comparable(value: Any, rename=lambda text, member: text, member: str = "") -> Any:
    """An answer without its sentences, renamed, and with its sets in an order that does not depend on names."""
    if isinstance(value, dict):
        return {key: comparable(item, rename, key) for key, item in value.items() if key not in SENTENCES}
    if isinstance(value, list):
        items = [comparable(item, rename, member) for item in value]
        return sorted(items, key=lambda item: json.dumps(item, sort_keys=True)) if member in SETS else items
    return rename(value, member) if isinstance(value, str) else value


def told(explanation: Explanation) -> Any:
    return json.loads(explain_json.render(explanation))


def renamed(explanation: Explanation, redactor: Redactor) -> Any:
    """The answer as it has to be on the redacted network."""

    def rename(text: str, member: str) -> str:
        if member == "name":
            return redactor.texts.name(text)
        return redactor.texts.word(text)

    return comparable(told(explanation), rename)


def is_public(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    """Whether an address can be one of the internet."""
    return not any(address in network for network in PRIVATE)


def public_addresses(text: str) -> set[str]:
    """Every public IPv4 address that a text spells, as it spells it."""
    found = set()
    for match in DOTTED.findall(text):
        try:
            found |= {match} if is_public(ipaddress.IPv4Address(match)) else set()
        except ValueError:
            continue
    return found
