"""Prefix lists in the rules of groups that hold the internet, or a large part of it."""

from __future__ import annotations

from collections.abc import Iterator

from sgcheck.aws.conversion.prefixes import PrefixLists
from sgcheck.lint.check import Check, Parameters, Task
from sgcheck.lint.finding import Doubt, Hit
from sgcheck.lint.scene import group_ref
from sgcheck.lint.words import some
from sgcheck.lint.written import written_rules
from sgcheck.model.filters import Way
from sgcheck.packets import INTERNET, AddressSet


class PrefixListAny(Parameters, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """prefix, prefix6: a list with as many public addresses as such a CIDR counts, IPv4 and IPv6."""

    prefix: int = 8
    prefix6: int = 16


def run(task: Task) -> Iterator[Hit | Doubt]:
    """Look at the entries of every list that an ingress rule names; lists of AWS's own services are left alone."""
    lists = PrefixLists(task.scene.snapshot)
    asked: PrefixListAny = task.parameters
    for id_, rules in written_rules(task.scene).items():
        named: dict[str, list[str]] = {}
        for rule in rules:
            if rule.way is Way.INGRESS and rule.peer.startswith("pl-"):
                named.setdefault(rule.peer, []).append(rule.label)
        for list_, labels in sorted(named.items()):
            entries = lists.entries.get(list_)
            ref = group_ref(task.scene.network.groups[id_])
            if entries is None:
                yield Doubt(ref, f"the entries of {list_} are not in the data")
            elif list_ not in lists.services and _wide(entries, asked):
                public = entries & INTERNET
                what = some(lists.cidrs[list_])
                message = (
                    f"the prefix list {list_} stands for {public.size:,} public addresses ({what}), in {some(labels)}"
                )
                yield Hit(ref, message, list_, related=(list_, *labels))


def _wide(entries: AddressSet, asked: PrefixListAny) -> bool:
    public = entries & INTERNET
    return public.v4.size >= 1 << (32 - asked.prefix) or public.v6.size >= 1 << (128 - asked.prefix6)


CHECK = Check(PrefixListAny, run)
