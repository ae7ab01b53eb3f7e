"""What the tests of redaction share: the other names of what is in a question and in an answer."""

from __future__ import annotations

import ipaddress
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sgcheck.reach.answer import Explanation
from sgcheck.render import explain_json
from sgcheck.sources.redaction.document import Redactor
from sgcheck.sources.redaction.key import Key
from sgcheck.sources.redaction.texts import Texts

KEY = Key("the key of the tests")
# Lists without an order of their own: they are sorted by what is in them, which is renamed.
SETS = {"allowed", "denied", "undecided", "addresses", "answers", "blockers", "gaps", "warnings", "near_misses"}
# The question itself, and sentences: they put lists in order and shorten them, and say nothing that the other members do not.
SENTENCES = {
    "query",
    "summary",
    "why",
    "detail",
    "commands",
    "next_steps",
    "evidence",
    "also",
    "near_misses",
    "warnings",
    "collect",
}
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


# Answers call some things by their names: the members of records, and the descriptions of interfaces, that have those.
CALLED = re.compile(r"(?:LoadBalancer|TargetGroup|Firewall|RuleGroup|FirewallPolicy|DBProxy)Name")
BALANCER = re.compile(r"ELB (?:(?:app|net|gwy)/)?([^/ ]+).*")


@dataclass(frozen=True)
class Renamer:
    """Whoever renames what stands in answers about a document."""

    texts: Texts
    called: frozenset[str]


def renamer(document: Any) -> Renamer:
    """Whoever renames the names of a document, having learned them."""
    redactor = Redactor(KEY)
    redactor.learn(document)
    redactor.texts.settle()
    return Renamer(redactor.texts, frozenset(called(document)))


def called(value: Any, member: str = "") -> Iterator[str]:
    """The names that answers may call things by."""
    if isinstance(value, str):
        balancer = BALANCER.fullmatch(value) if member == "Description" else None
        if balancer or CALLED.fullmatch(member):
            yield balancer[1] if balancer else value
    for key, item in value.items() if isinstance(value, dict) else ():
        yield from called(item, key)
    for item in value if isinstance(value, list) else ():
        yield from called(item, member)


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


def renamed(explanation: Explanation, redactor: Renamer) -> Any:
    """The answer as it has to be on the redacted network."""

    def rename(text: str, member: str) -> str:
        if member == "name" or text in redactor.called:
            return redactor.texts.name(text)
        if re.match("(?:app|net|gwy)/", text):  # how answers call a balancer that only a description tells of
            return redactor.texts.name(f"ELB {text}").removeprefix("ELB ")
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
