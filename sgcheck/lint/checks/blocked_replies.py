"""Network ACLs that let requests pass and hold the replies back."""

from __future__ import annotations

from collections.abc import Iterator

from sgcheck.lint.acls import admitted, shut_out, unanswered
from sgcheck.lint.check import Check, Parameters, Task
from sgcheck.lint.finding import Doubt, Hit
from sgcheck.lint.scene import acl_ref
from sgcheck.lint.words import some
from sgcheck.packets import IntervalSet, parse_source_ports


class BlockedReplies(Parameters, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """ports: the clients' own, as --ephemeral takes them."""

    ports: str = "any"


def run(task: Task) -> Iterator[Hit | Doubt]:
    """Look at TCP in both directions: replies go to the clients' own ports."""
    ports: IntervalSet = parse_source_ports(task.parameters.ports)
    for acl in task.scene.acls():
        if acl.ingress is None or acl.egress is None:
            continue
        inward, outward = admitted(acl.ingress), admitted(acl.egress)
        ways = (("in from", inward, outward, acl.egress), ("out to", outward, inward, acl.ingress))
        for word, requests, replies, lines in ways:
            lost = unanswered(requests, replies, ports) - shut_out(lines)
            if lost:
                message = (
                    f"TCP is let {word} {some(lost.cidrs())}, "
                    f"and replies to some of the ports {_words(ports)} are held back"
                )
                yield Hit(acl_ref(acl), message, word)


def _words(ports: IntervalSet) -> str:
    return ", ".join(f"{low}-{high}" for low, high in ports.spans)


CHECK = Check(BlockedReplies, run)
