"""Filters on the way: security groups and network ACLs judge a branch, and what they hold back becomes findings."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from msgspec.structs import replace

from sgcheck.model.filters import GroupReference, Judgement, RuleList, RuleSet, Way, judge_list, judge_set
from sgcheck.model.finding import Cause, Finding
from sgcheck.model.ref import OPEN, Missing, Ref
from sgcheck.packets import EVERY_VALUE, ICMP, ICMPV6, AddressSet, PacketSet, Services, icmp_span
from sgcheck.reach.answer import Decision
from sgcheck.reach.branch import Branch, Identity
from sgcheck.reach.near import classify

if TYPE_CHECKING:
    from sgcheck.model.network import Network
    from sgcheck.model.routing import Route, RouteTable
    from sgcheck.model.things import Interface, Subnet
    from sgcheck.reach.words import Words

IPV4 = 4


class Resolver:
    """Resolves group references for one filter: which peer addresses certainly or perhaps belong to members."""

    def __init__(self, network: Network, identity: Identity | None, peers: AddressSet, *, hidden: bool) -> None:
        """`identity`: who the peer is; `peers`: its addresses; `hidden`: it stands behind something not modelled."""
        self._network = network
        self._identity = identity
        self._peers = peers
        self._hidden = hidden

    def __call__(self, reference: GroupReference) -> tuple[AddressSet, AddressSet]:
        """(certainly, perhaps) matching addresses of `reference`."""
        nobody = AddressSet.EMPTY
        if reference.stale is not None:
            return nobody, nobody
        if self._hidden:
            return nobody, self._peers
        if self._identity is None or self._identity.lost:
            return nobody, nobody
        if not self._identity.vpc:
            return nobody, nobody if self._identity.groups_known or self._is_ours(reference.group) else self._peers
        if self._identity.groups is not None:
            return self._peers if reference.group in self._identity.groups else nobody, nobody
        members = self._network.members(reference.group, self._identity.vpc)
        if self._identity.doubtful:
            return nobody, members if self._identity.groups_known else self._peers
        return members, nobody if self._identity.groups_known else self._peers - members

    def _is_ours(self, group: str) -> bool:
        """Whether a group is one of a known VPC, all of whose interfaces are known: nobody from elsewhere has it."""
        found = self._network.groups.get(group)
        return found is not None and found.vpc in self._network.vpcs


def missing_finding(branch: Branch, missing: Missing, packets: PacketSet) -> Finding:
    """The finding that says: this decides, and it is not in the data."""
    cause = Cause.REFUSED if missing.refused else Cause.MISSING
    ref = Ref(missing.kind.replace(" ", "-"), missing.id)
    return Finding(cause, ref, branch.replying, packets, facts={"why": missing.why}, missing=missing)


def contested(branch: Branch, table: RouteTable, route: Route) -> Finding:
    """The finding that says: prefix lists disagree about a destination, and which of them counts is not told."""
    others = ", ".join(route.rivals)
    why = f"{table.id} routes {route.label} to {route.target} and to {others}: which one counts is not told"
    branch.station(Ref("route-table", table.id, table.name), Decision.UNKNOWN, route.text)
    return Finding(
        Cause.UNMODELLED, Ref("route-table", table.id, table.name), branch.replying, branch.asked, facts={"why": why}
    )


def pass_groups(
    network: Network,
    words: Words,
    branch: Branch,
    owner: Interface,
    way: Way,
    identity: Identity | None,
    reference: GroupReference | None,
) -> None:
    """Let the united security groups of `owner` judge the branch; `reference` is a group that a new rule could name."""
    if not owner.filtered:
        return
    if owner.groups is None:
        branch.block(missing_finding(branch, groups_untold(network, owner), branch.asked))
        return
    seen = branch.seen()
    judged, known = judge_groups(network, owner, way, seen, identity, hidden=branch.view.hidden)
    names = ",".join(owner.groups)
    name = known[0].name if len(owner.groups) == 1 and known else None
    ref = Ref("security-group", names, name)
    by = ", ".join(judged.by[:3]) or None
    told = by is not None and way.value in by
    branch.station(ref, branch.decision(judged, seen), by, None if told else words.judged(seen, way))
    _undecided(network, branch, judged, owner, identity)
    denied = branch.asked - branch.view.sent(judged.permit | judged.maybe).some
    if denied:
        finding = _group_finding(network, words, branch, owner, known, way, identity, denied)
        if reference is not None and any(_names(group, way, reference.group) for group in known):
            reference = None
        branch.block(finding if reference is None else replace(finding, reference=_foreign(reference, known)))


def groups_untold(network: Network, owner: Interface) -> Missing:
    """What is missing where the data lacks the groups of an interface."""
    why = f"the groups of {owner.id} are not in the input"
    return network.missing("security group", owner.id, why, vpc=owner.vpc)


def judge_groups(
    network: Network, owner: Interface, way: Way, seen: PacketSet, identity: Identity | None, *, hidden: bool
) -> tuple[Judgement, list[RuleSet]]:
    """What the united groups of `owner`, which has some, do with packets as they look to it; and those groups."""
    known, unknown = _groups(network, owner, way)
    peers = seen.sources() if way is Way.INGRESS else seen.destinations()
    resolver = Resolver(network, identity, peers, hidden=hidden and way is Way.INGRESS)
    lines = tuple(line for group in known for line in group.lines(way) or ())
    judged = judge_set(lines, way, seen, resolver)
    if unknown:
        judged = Judgement(judged.permit, seen - judged.permit, judged.by, (), (*judged.missing, *unknown))
    return judged, known


def _names(group: RuleSet, way: Way, reference: str) -> bool:
    """Whether a rule of the group refers to `reference`."""
    return any(line.reference and line.reference.group == reference for line in group.lines(way) or ())


def _foreign(reference: GroupReference, known: list[RuleSet]) -> GroupReference:
    """The reference as a rule of one of `known` writes it: with an account only where it is another one."""
    same = reference.account in {group.account for group in known}
    return GroupReference(reference.group, None if same else reference.account)


def _groups(network: Network, owner: Interface, way: Way) -> tuple[list[RuleSet], list[str]]:
    known: list[RuleSet] = []
    unknown: list[str] = []
    for id_ in sorted(owner.groups or ()):
        group = network.groups.get(id_)
        if group is None or group.lines(way) is None:
            unknown.append(id_)
        if group is not None:
            known.append(group)
    return known, unknown


def _undecided(
    network: Network, branch: Branch, judged: Judgement, owner: Interface, identity: Identity | None
) -> None:
    maybe = (branch.view.sent(judged.maybe).some - branch.view.sent(judged.permit).some) & branch.asked
    if not maybe:
        return
    for missing in lacking(network, judged.missing, owner, identity):
        branch.block(missing_finding(branch, missing, maybe))


def lacking(network: Network, missing: Iterable[str], owner: Interface, identity: Identity | None) -> Iterator[Missing]:
    """What is not in the data, and would have decided what a judgement leaves open; `missing`: ids as it has them."""
    for id_ in missing:
        if identity is not None and identity.doubtful and id_.startswith("sg-") and id_ not in (owner.groups or ()):
            why = f"whether {identity.over} lets groups be referenced across it is not in the input"
            yield network.missing("transit gateway", identity.over or "", why, vpc=owner.vpc)
        else:
            yield _group_missing(network, id_, owner)


def _group_missing(network: Network, id_: str, owner: Interface) -> Missing:
    if id_.endswith(OPEN):
        return _planned(network, id_, owner.vpc)
    if id_.startswith("pl-") or "_prefix_list." in id_:
        return network.missing(
            "prefix list entry", id_, f"a rule allows the entries of {id_}, which are not in the input", vpc=owner.vpc
        )
    if id_ in (owner.groups or ()):
        return network.missing("security group", id_, f"the rules of {id_} are not in the input", vpc=owner.vpc)
    return network.missing(
        "security group", id_, f"whether the other side is a member of {id_} is not in the input", vpc=owner.vpc
    )


def _planned(network: Network, what: str, vpc: str) -> Missing:
    """A value that a plan leaves open."""
    return network.missing("planned value", what, f"{what} decides here", vpc=vpc)


def _group_finding(
    network: Network,
    words: Words,
    branch: Branch,
    owner: Interface,
    known: list[RuleSet],
    way: Way,
    identity: Identity | None,
    denied: PacketSet,
) -> Finding:
    seen = branch.view.seen(denied)
    cause, near, by = classify(network, words, known, way, seen, identity)
    first = min(known, key=lambda group: group.vpc not in (None, owner.vpc))
    resource = Ref("security-group", first.id, first.name)
    facts = {"way": way.value, "owner": words.interface(owner), "groups": _and([words.group(g) for g in known])}
    return Finding(
        cause,
        resource,
        branch.replying,
        denied,
        by,
        way,
        words.judged(seen, way),
        facts,
        allow=None if branch.view.hidden else seen,
        whole=branch.seen(),
        near=near,
    )


def _and(listed: list[str]) -> str:
    return listed[0] if len(listed) == 1 else ", ".join(listed[:-1]) + " and " + listed[-1]


def pass_reply(
    network: Network,
    words: Words,
    branch: Branch,
    owner: Interface,
    sent: PacketSet,
    *,
    replier: Identity | None,
    outside: bool,
) -> None:
    """Let the groups of a host that forwards judge replies to `sent`, which it has not seen the requests of.

    replier: who replies, where that is told. outside: the replies come from the internet, where nobody is a member of a
    group.
    """
    known, unknown = _groups(network, owner, Way.INGRESS)
    if not owner.filtered or owner.groups is None or unknown:
        return
    replies = branch.view.seen(sent).reversed()
    resolver = Resolver(network, replier, replies.sources(), hidden=not outside and replier is None)
    judged = judge_set(
        tuple(line for g in known for line in g.lines(Way.INGRESS) or ()), Way.INGRESS, replies, resolver
    )
    lost = sent - branch.view.sent((judged.permit | judged.maybe).reversed()).some
    if lost:
        facts = {
            "way": Way.INGRESS.value,
            "owner": words.interface(owner),
            "groups": _and([words.group(g) for g in known]),
        }
        ref = Ref("security-group", known[0].id, known[0].name)
        sees = words.judged(replies, Way.INGRESS)
        branch.block(Finding(Cause.GROUP_HAS_NO_MATCH, ref, True, lost, None, Way.INGRESS, sees, facts))


def passed_over(network: Network, subnet: Subnet) -> bool:
    """Whether something in the subnet itself may bring packets to its hosts, past the subnet's ACL.

    (Transit gateway guide, tgw-nacls: an attachment in the subnet of the host.)
    """
    inside = map(network.interfaces.__getitem__, network.in_subnet.get(subnet.id, ()))
    return any(i.forwards or i.what == "transit gateway attachment" for i in inside)


def pass_acl(
    network: Network, words: Words, branch: Branch, subnet: Subnet, way: Way, spare: PacketSet = PacketSet.EMPTY
) -> None:
    """Let the network ACL of `subnet` judge the branch's packets, or its replies while it is replying; not `spare`."""
    acl = network.acl_for(subnet)
    lines = acl.lines(way) if acl else None
    if acl is None or lines is None:
        missing = network.missing(
            "network ACL",
            acl.id if acl else subnet.id,
            f"the network ACL of {subnet.id} is not in the input",
            vpc=subnet.vpc,
        )
        branch.block(missing_finding(branch, missing, needs_reply(branch) - spare))
        return
    sent = needs_reply(branch) - spare
    if not sent:
        return
    seen = branch.view.seen(sent)
    packets = seen.reversed() if branch.replying else seen
    judged = judge_list(lines, way, packets)
    by = ", ".join(judged.by[:3]) or None
    decision = branch.decision(judged, packets)
    if decision is not Decision.PASS:
        by = ", ".join(judged.denied_by[:3]) or None
    branch.station(Ref("network-acl", acl.id, acl.name), decision, by, words.judged(packets, way))
    if judged.maybe:
        _acl_in_doubt(network, branch, subnet, sent, judged)
    if decision is not Decision.PASS:
        _acl_findings(words, branch, acl, way, sent, packets, judged)


def _acl_in_doubt(network: Network, branch: Branch, subnet: Subnet, sent: PacketSet, judged: Judgement) -> None:
    """Leave open what lines with unknown addresses may let pass or hold back."""
    maybe, permit = (
        branch.view.sent(part.reversed() if branch.replying else part).some for part in (judged.maybe, judged.permit)
    )
    for what in judged.missing:
        branch.block(missing_finding(branch, _planned(network, what, subnet.vpc), (maybe - permit) & sent))


def _acl_findings(
    words: Words, branch: Branch, acl: RuleList, way: Way, sent: PacketSet, packets: PacketSet, judged: Judgement
) -> None:
    passing = judged.permit | judged.maybe
    permit = passing.reversed() if branch.replying else passing
    pulled = branch.view.sent(permit)
    denied = sent - pulled.some
    flaky = (pulled.some - pulled.every) & sent
    held = packets - passing
    cause = Cause.ACL_DENIES
    if branch.replying and held.source_ports() <= judged.permit.source_ports() and _some_client_ports(packets, held):
        cause = Cause.ACL_HOLDS_BACK_CLIENT_PORTS
    by = ", ".join(judged.denied_by[:3]) or None
    allow = None if branch.view.hidden else held
    near = words.acl_near(acl, way, held)
    for packets_, partly in ((denied, False), (flaky, True)):
        if packets_:
            finding = Finding(
                Cause.ACL_HOLDS_BACK_CLIENT_PORTS if partly else cause,
                Ref("network-acl", acl.id, acl.name),
                branch.replying,
                packets_,
                by,
                way,
                words.judged(held, way),
                {"way": way.value, "held": words.services(held)},
                allow=allow,
                whole=packets,
                near=near,
                partly=partly,
            )
            branch.block(finding)


def _some_client_ports(packets: PacketSet, held: PacketSet) -> bool:
    """Whether of the replies only some client ports (their destination ports) are held back."""
    return bool(packets.services() - held.services())


def needs_reply(branch: Branch) -> PacketSet:
    """The asked packets of the current direction: all on the way there, those that expect a reply on the way back."""
    return branch.asked - NO_REPLY if branch.replying else branch.asked


def _no_reply() -> PacketSet:
    """ICMP packets that nobody answers: everything but echo requests."""
    four = Services.of(ICMP, EVERY_VALUE - icmp_span(8, -1), family=4)
    six = Services.of(ICMPV6, EVERY_VALUE - icmp_span(128, -1), family=6)
    return PacketSet.box(AddressSet.ALL, AddressSet.ALL, four | six)


NO_REPLY = _no_reply()
