"""Replies and inspection: they must come back through the endpoint that the request went through, and be let pass."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sgcheck.model.finding import Cause, Finding
from sgcheck.model.inspection import Effect, Ruling, judge_stateless
from sgcheck.model.ref import Ref
from sgcheck.model.routing import Route, Via
from sgcheck.packets import AddressSet, PacketSet
from sgcheck.reach.answer import Decision
from sgcheck.reach.gates import needs_reply
from sgcheck.reach.inspections import ruling_finding

if TYPE_CHECKING:
    from sgcheck.model.network import Network
    from sgcheck.reach.branch import Branch
    from sgcheck.reach.words import Words


class InspectedReplies:
    """Judges the replies to packets that one endpoint has had inspected."""

    def __init__(self, network: Network, words: Words, branch: Branch, endpoint: str) -> None:
        """Judge replies of `branch` at `endpoint`."""
        self.network = network
        self.words = words
        self.branch = branch
        self.endpoint = endpoint
        self.firewall = network.firewall_at(endpoint)

    def leads_back(self, route: Route | None) -> bool:
        """Whether a route leads replies to the endpoint again."""
        return route is not None and route.via is Via.ENDPOINT and route.target == self.endpoint and not route.dead

    def back(self, sent: PacketSet) -> None:
        """Replies to `sent` come back through the endpoint: stateless rules judge them, stateful ones know them."""
        policy = self.firewall.policy if self.firewall else None
        if self.firewall is None or policy is None or not sent:
            return
        view, branch = self.branch.view, self.branch
        replies = view.seen(sent).reversed()
        passed, forwarded, rulings = judge_stateless(policy, replies)
        ref = Ref("network-firewall", self.firewall.name)
        decision = Decision.PASS if replies <= passed | forwarded else Decision.PARTIAL
        if not passed | forwarded:
            decision = Decision.UNKNOWN if any(r.effect is Effect.UNKNOWN for r in rulings) else Decision.DENY
        branch.station(ref, decision, next((r.by for r in rulings), None))
        for ruling in rulings:
            held = view.sent(ruling.packets.reversed()).some & sent
            branch.block(ruling_finding(self.network, branch, self.firewall, ruling, held))
        tracked = branch.tracked.get(self.endpoint, PacketSet.EMPTY)
        for part, known in ((passed, tracked), (forwarded, sent - tracked)):
            half = view.sent(part.reversed()).some & sent & known
            if half:
                why = "its stateful rules see one direction of these connections only: stateless rules pass the other"
                ruling = Ruling(Effect.UNKNOWN, half, "the stateless rules", why)
                branch.block(ruling_finding(self.network, branch, self.firewall, ruling, half))

    def bypass(self, where: Ref, route: Route | None, part: AddressSet, sent: PacketSet) -> None:
        """Replies that never pass the endpoint: a firewall that tracks the connection lets it go no further."""
        if self.firewall is None:
            self.branch.station(where, Decision.PASS, route.text if route else None)
            self.branch.note(
                f"replies to {self.words.addresses(part)} do not come back through {self.endpoint}: the appliance "
                "behind it sees one direction only"
            )
            return
        lost = sent & self.branch.tracked.get(self.endpoint, needs_reply(self.branch))
        if not lost:
            self.branch.station(where, Decision.PASS, route.text if route else None)
            return
        facts = {
            "destination": self.words.addresses(part),
            "route": route.text if route else "",
            "joint": self.endpoint,
            "bypassed": self.firewall.name,
            "table": f"the route table of {where.id}" if where.kind == "internet-gateway" else "",
            "expected": self.endpoint,
        }
        by = route.text if route else None
        self.branch.station(where, Decision.DENY, by)
        self.branch.block(Finding(Cause.REPLY_LEAVES_ELSEWHERE, where, True, lost, by, facts=facts))
