"""Network ACLs that let the internet in on ports it should not reach, or everything."""

from __future__ import annotations

from collections.abc import Iterator

from sgcheck.lint.acls import OWN, admitted
from sgcheck.lint.check import Check, Parameters, Task
from sgcheck.lint.effective import is_internet, open_to, ports
from sgcheck.lint.finding import Doubt, Hit
from sgcheck.lint.scene import acl_ref
from sgcheck.lint.words import labels, services, some
from sgcheck.model.filters import Way
from sgcheck.packets import Services, parse_port


class AclOpen(Parameters, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """services: as --port takes them. least: how many ports must be open at once. way: which entries are looked at.

    defaults: whether ACLs that VPCs came with are looked at.
    """

    services: tuple[str, ...]
    least: int = 0
    way: Way = Way.INGRESS
    defaults: bool = True


def run(task: Task) -> Iterator[Hit | Doubt]:
    """Look at what every ACL lets in from the internet, in the order of its entries."""
    asked: AclOpen = task.parameters
    wanted = Services.union_all(map(parse_port, asked.services))
    default = set(task.scene.network.default_acl.values())
    for acl in task.scene.acls():
        lines = acl.lines(asked.way)
        if lines is None:
            yield Doubt(acl_ref(acl), f"its {asked.way.value} entries are not in the data")
            continue
        if acl.id in default and not asked.defaults:
            continue
        opened = open_to(admitted(lines), is_internet)
        found = {family: every & wanted for family, every in opened.items() if ports(every & wanted) >= asked.least}
        every = Services.union_all(found.values())
        if every:
            doing = [line for line in lines if line.allow and line.number <= OWN and line.services & every]
            word = "from" if asked.way is Way.INGRESS else "to"
            message = f"it lets {services(every)} pass {word} the internet by {some(labels(doing))}"
            yield Hit(acl_ref(acl), message, related=labels(doing))


CHECK = Check(AclOpen, run)
