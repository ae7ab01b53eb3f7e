"""Single addresses of somebody else in the rules of groups."""

from __future__ import annotations

from collections.abc import Iterator

from sgcheck.lint.check import Check, Parameters, Task
from sgcheck.lint.finding import Doubt, Hit
from sgcheck.lint.scene import group_ref
from sgcheck.lint.words import labels, some, verb
from sgcheck.packets import INTERNET, AddressSet


class OutsideAddress(Parameters, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """most: how many public addresses a rule may be for at most to count as one for chosen hosts."""

    most: int = 1


def run(task: Task) -> Iterator[Hit | Doubt]:
    """Look for ingress rules for a few public addresses that nothing in the data has."""
    own = task.scene.network.known_addresses
    for group in task.scene.groups():
        lines = [line for line in group.ingress or () if line.reference is None and line.unresolved is None]
        few = [x for x in lines if x.peer <= INTERNET and 0 < x.peer.size <= task.parameters.most and not x.peer & own]
        if few:
            cidrs = AddressSet.union_all([line.peer for line in few]).cidrs()
            message = (
                f"{some(labels(few))} {verb(len(few), 'trusts', 'trust')} {some(cidrs)}, which nothing in the data has"
            )
            yield Hit(group_ref(group), message, related=labels(few))


CHECK = Check(OutsideAddress, run)
