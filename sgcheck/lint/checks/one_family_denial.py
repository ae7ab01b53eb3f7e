"""Denials for one address family of what the other may do."""

from __future__ import annotations

from collections.abc import Iterator

from sgcheck.lint.acls import OWN, admitted
from sgcheck.lint.check import Check, Parameters, Task
from sgcheck.lint.effective import is_internet, open_to
from sgcheck.lint.finding import Doubt, Hit
from sgcheck.lint.scene import acl_ref
from sgcheck.lint.words import labels, services, some
from sgcheck.packets import Services, parse_port


def run(task: Task) -> Iterator[Hit | Doubt]:
    """Look for what entries deny to all of the internet of one family, while the other's is let in."""
    for acl in task.scene.acls():
        lines = [line for line in acl.ingress or () if line.number <= OWN]
        opened = open_to(admitted(tuple(lines)), is_internet)
        for family, other in ((4, 6), (6, 4)):
            deny = [x for x in lines if not x.allow and is_internet(family, x.peer.family(family))]
            denied = Services.union_all([line.services for line in deny])
            still = _both(opened[other]) & denied - _both(opened[family]) if deny else Services.EMPTY
            if still and opened[family]:
                doing = [line for line in deny if line.services & still]
                message = (
                    f"{some(labels(doing))} denies {services(still)} over IPv{family}, and over IPv{other} it is let in"
                )
                related = tuple(f"ingress {label}" for label in labels(doing))
                yield Hit(acl_ref(acl), message, str(family), related=related)


def _both(every: Services) -> Services:
    """The same services in both families."""
    return Services.union_all([parse_port(word) for word in every.describe()]) if every else every


CHECK = Check(Parameters, run)
