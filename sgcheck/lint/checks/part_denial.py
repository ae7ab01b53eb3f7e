"""Denials of a network ACL for some of the internet only."""

from __future__ import annotations

from collections.abc import Iterator

from sgcheck.lint.acls import OWN, admitted
from sgcheck.lint.check import Check, Parameters, Task
from sgcheck.lint.effective import is_internet, open_to
from sgcheck.lint.finding import Doubt, Hit
from sgcheck.lint.scene import acl_ref
from sgcheck.lint.words import labels, services, some
from sgcheck.model.filters import FilterLine
from sgcheck.packets import INTERNET, Services


def run(task: Task) -> Iterator[Hit | Doubt]:
    """Look for entries that deny public addresses what most of the internet may do."""
    for acl in task.scene.acls():
        lines = acl.ingress or ()
        still = Services.union_all(open_to(admitted(lines), is_internet).values())
        for line in lines:
            if _partial(line) and line.services & still:
                message = (
                    f"ingress {line.label} denies {services(line.services & still)} to {some(line.peer.cidrs())}, "
                    "and most of the internet may have it"
                )
                related = tuple(f"ingress {label}" for label in labels([line]))
                yield Hit(acl_ref(acl), message, some(line.peer.cidrs()), related=related)


def _partial(line: FilterLine) -> bool:
    public = line.peer & INTERNET
    whole = any(is_internet(family, public.family(family)) for family in public.families)
    return not line.allow and line.number <= OWN and bool(public) and not whole


CHECK = Check(Parameters, run)
