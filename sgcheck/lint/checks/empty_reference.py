"""Rules that name groups which nobody has."""

from __future__ import annotations

from collections.abc import Iterator

from sgcheck.lint.attached import ANY
from sgcheck.lint.check import Check, Parameters, Task
from sgcheck.lint.finding import Doubt, Hit
from sgcheck.lint.scene import group_ref
from sgcheck.lint.words import WAYS, labels, some, verb


def run(task: Task) -> Iterator[Hit | Doubt]:
    """Look for references to known groups without any member."""
    network = task.scene.network
    mentions = task.scene.snapshot.mentions
    had = {id_ for id_, members in network.with_group.items() if members} | mentions.keys()
    for group in task.scene.groups():
        empty: dict[str, list[str]] = {}
        for way in WAYS:
            for line in group.lines(way) or ():
                named = line.reference.group if line.reference and not line.reference.stale else None
                if named and named != group.id and named in network.groups and named not in had:
                    empty.setdefault(named, []).extend(labels([line]))
        for id_, labelled in sorted(empty.items()):
            if task.scene.without_interfaces(group.vpc):
                yield Doubt(group_ref(group), "there are no network interfaces in the data")
                break
            names, does = verb(len(labelled), "names", "name"), verb(len(labelled), "does", "do")
            if ANY in mentions:
                by = some([one.by for one in mentions[ANY]])
                yield Doubt(group_ref(group), f"{by} may have {id_}, which {some(labelled)} {names}")
                continue
            message = f"{some(labelled)} {names} {id_}, which nothing in the data has, and so {does} nothing now"
            yield Hit(group_ref(group), message, id_, related=(id_, *labelled))


CHECK = Check(Parameters, run)
