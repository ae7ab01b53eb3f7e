"""Claims in a question: pairs for each service, candidates that disagree, and services without any interface."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from msgspec.structs import replace

from sgcheck.model.edit import StartService
from sgcheck.model.finding import Cause, Finding
from sgcheck.model.ref import Missing, Ref
from sgcheck.packets import TCP, AddressSet, PacketSet
from sgcheck.reach.branch import Branch
from sgcheck.reach.gates import missing_finding
from sgcheck.reach.report import Walked
from sgcheck.reach.vantage import From, Target, Vantage
from sgcheck.reach.view import View

if TYPE_CHECKING:
    from sgcheck.model.network import Network
    from sgcheck.model.services import Service
    from sgcheck.reach.ends import Claim, End
    from sgcheck.reach.question import Question

Pair = tuple[Vantage, Target]
SOMEWHERE = {4: (4, 0), 6: (6, 0)}


def claimed(network: Network, pairs: Sequence[Pair], source: End, target: End) -> list[Pair]:
    """The pairs once for each service that claims their ends."""
    pairs = _near(network, pairs) if target.zonal else pairs
    return [
        (replace(vantage, claim=here), _beyond(vantage, replace(asked, claim=there)))
        for vantage, asked in pairs
        for here in source.claims_on(vantage.interface)
        for there in target.claims_on(asked.interface)
    ]


def _near(network: Network, pairs: Sequence[Pair]) -> list[Pair]:
    """Only what stands in each client's own zone, where there is something."""
    zones = {s.id: s.zone for s in network.subnets.values()}

    def beside(pair: Pair) -> bool:
        vantage, target = pair
        there = zones.get(target.interface.subnet) if target.interface else None
        return vantage.subnet is not None and there is not None and vantage.subnet.zone == there

    served = {id(v) for v, t in pairs if beside((v, t))}
    return [pair for pair in pairs if id(pair[0]) not in served or beside(pair)]


def unmet(vantages: Sequence[Vantage], target: End) -> list[Pair]:
    """The services of the target whose interfaces are not all in the data, asked once from each host."""
    lost = [claim for claim in target.claims if not claim.whole]
    hosts = {(v.start, v.interfaces, v.subnet.id if v.subnet else None): v for v in reversed(vantages)}
    return [(v, Target(AddressSet.ALL.only(v.family), v.family, claim=c)) for v in hosts.values() for c in lost]


def _beyond(vantage: Vantage, target: Target) -> Target:
    """What the internet reaches by a way that the network does not hold."""
    outside = target.claim is not None and target.claim.service.outside is not None
    if not outside or vantage.start is not From.INTERNET:
        return target
    return Target(AddressSet.ALL.only(vantage.family), vantage.family, claim=target.claim)


def without_interface(network: Network, question: Question, vantage: Vantage, target: Target, claim: Claim) -> Walked:
    """The answer on a service whose interfaces are not in the data: unknown, unless it is down anyhow."""
    service = claim.service
    asked = PacketSet.box(vantage.addresses, target.asked, question.services, question.source_ports)
    branch = Branch(asked)
    ref = Ref(service.kind, service.id)
    if service.state is not None:
        branch.block(service_down(branch, service))
    if service.outside is not None:
        facts = {"why": f"{service.title} is not reached over the known network: {service.outside}"}
        branch.block(Finding(Cause.UNMODELLED, ref, False, asked, facts=facts))
    else:
        branch.block(missing_finding(branch, lost_interfaces(network, claim), asked))
    return Walked(vantage, target, asked, (branch,))


def service_down(branch: Branch, service: Service) -> Finding:
    """What a service that does not run holds back: everything."""
    state = service.state or ""
    edits = (StartService(service.kind, service.id, state),) if service.startable else ()
    ref = Ref(service.kind, service.id)
    return Finding(Cause.NOT_RUNNING, ref, branch.replying, branch.asked, facts={"state": state}, edits=edits)


def lost_interfaces(network: Network, claim: Claim) -> Missing:
    """The interfaces of a service as what is missing."""
    service = claim.service
    absent = network.absent("network interface", service.account, service.region)
    refused = absent.refused if absent else None
    named = f" ({', '.join(claim.lost)})" if claim.lost else ""
    untold = f"the network interfaces of {service.title} are not in the input{named}"
    why = absent.why if absent and absent.refused else untold
    return Missing("network interface", service.id, why, service.account, service.region, refused)


def settled(walked: Sequence[Walked]) -> list[Walked]:
    """The walks, undecided where the candidates for one service's interface disagree."""
    groups: dict[tuple[object, ...], list[int]] = defaultdict(list)
    for index, one in enumerate(walked):
        if _unsure(one):
            groups[_question_of(one)].append(index)
    made = list(walked)
    for indices in groups.values():
        for index, one in zip(indices, _agreed([walked[i] for i in indices]), strict=True):
            made[index] = one
    return made


def _unsure(one: Walked) -> bool:
    return any(claim is not None and claim.several for claim in (one.vantage.claim, one.target.claim))


def _question_of(one: Walked) -> tuple[object, ...]:
    """What is equal for walks that differ only in which candidate they take."""
    here, there = one.vantage.claim, one.target.claim
    source = (here.service.same,) if here and here.several else (one.vantage.addresses, one.vantage.interfaces)
    target = (there.service.same,) if there and there.several else (one.target.asked,)
    return one.vantage.family, source, target


def _agreed(walked: list[Walked]) -> list[Walked]:
    """Take what passes for one candidate and not for another as undecided for all of them."""
    views = [_leveller(one) for one in walked]
    passing = [view.seen(one.alive) for view, one in zip(views, walked, strict=True)]
    everywhere = passing[0]
    for part in passing[1:]:
        everywhere &= part
    disputed = PacketSet.union_all(passing) - everywhere
    if not disputed:
        return walked
    return [
        _doubted(one, view.sent(disputed).every & one.asked, walked) for view, one in zip(views, walked, strict=True)
    ]


def _leveller(one: Walked) -> View:
    """The view in which the addresses of candidates are all the same."""
    here, there = one.vantage.claim, one.target.claim
    nowhere = SOMEWHERE[one.vantage.family]
    return View(nowhere if here and here.several else None, nowhere if there and there.several else None)


def _doubted(one: Walked, packets: PacketSet, walked: list[Walked]) -> Walked:
    claim = next(c for c in (one.target.claim, one.vantage.claim) if c is not None and c.several)
    ends = [w.target.interface if claim is one.target.claim else w.vantage.interface for w in walked]
    rivals = f", or to {_listed(set(claim.rivals))}," if claim.rivals else ""
    which = f"which of {_listed({i.id for i in ends if i})} belongs to {claim.service.title}{rivals}"
    facts = {"why": f"{which} can't be told, and not the same passes to each"}
    ref = Ref(claim.service.kind, claim.service.id)
    branches = tuple(
        _doubt(b, Finding(Cause.OWNER_UNTOLD, ref, False, packets & b.asked, facts=facts)) for b in one.branches
    )
    return Walked(one.vantage, one.target, one.asked, branches)


def _doubt(branch: Branch, finding: Finding) -> Branch:
    if finding.packets:
        branch.findings.append(finding)
        branch.maybe |= finding.packets
        branch.alive -= finding.packets
    return branch


def _listed(names: set[str]) -> str:
    return " and ".join(sorted(names))


def port_hints(walked: Sequence[Walked], question: Question) -> Iterator[str]:
    """What to ask for where a service listens on another port than the asked one."""
    asked = question.services.values(TCP)
    for service in {w.target.claim.service.same: w.target.claim.service for w in walked if w.target.claim}.values():
        if service.port is not None and asked and service.port not in asked:
            yield f"{service.title} listens on {service.port}: ask for --port {service.port}"
