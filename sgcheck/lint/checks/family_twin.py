"""Services that are open to one address family of the internet only, where hosts have both."""

from __future__ import annotations

from collections.abc import Iterator

from sgcheck.lint.check import Check, Parameters, Task
from sgcheck.lint.finding import Doubt, Hit
from sgcheck.lint.scene import group_ref
from sgcheck.lint.words import services
from sgcheck.model.filters import Way
from sgcheck.packets import Services, parse_port


class FamilyTwin(Parameters, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """services: as --port takes them, which are compared."""

    services: tuple[str, ...] = ("80", "443")


def run(task: Task) -> Iterator[Hit | Doubt]:
    """Compare what IPv4 and IPv6 may use, of groups whose members have addresses of both."""
    wanted = Services.union_all(map(parse_port, task.parameters.services))
    network = task.scene.network
    for group in task.scene.groups():
        users = [network.interfaces[id_] for id_ in network.with_group.get(group.id, ())]
        if not any({a.family for a in user.addresses} == {4, 6} for user in users):
            continue
        opened = task.scene.told(group, Way.INGRESS).internet
        both = {
            family: Services.union_all([parse_port(w) for w in every.describe()]) if every else Services.EMPTY
            for family, every in opened.items()
        }
        for family, other in ((4, 6), (6, 4)):
            lacking = (both[family] - both[other]) & wanted
            if lacking:
                message = (
                    f"{services(lacking)} is open to the IPv{family} internet and not to that of IPv{other}, "
                    "which its members have too"
                )
                yield Hit(group_ref(group), message, str(family))


CHECK = Check(FamilyTwin, run)
