"""Random networks surveyed: everybody who may ask and everybody who may be asked, and what single walks say of them."""

from __future__ import annotations

import copy
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from sgcheck.errors import SgcheckError
from sgcheck.model.network import Network
from sgcheck.packets import AddressSet, PacketSet
from sgcheck.reach.answer import Gap, Verdict
from sgcheck.reach.ends import End, Kind
from sgcheck.reach.explain import walk
from sgcheck.reach.fate import Fate
from sgcheck.reach.locate import find_end
from sgcheck.reach.pairs import Pairs
from sgcheck.reach.report import Walked, gap_of, judged
from sgcheck.reach.survey import Survey
from sgcheck.reach.vantage import Target, Vantage
from sgcheck.reach.words import Words
from tests.agreement.random_cases import load
from tests.plain.evaluator import Record
from tests.plain.networks import random_network

FABRICS = (
    frozenset[str](),
    frozenset({"transit"}),
    frozenset({"balancers"}),
    frozenset({"endpoints"}),
    frozenset({"transit", "balancers", "endpoints"}),
)
SOURCES = ("internet", "10.0.0.0/8", "onprem")
HOSTS = 3
PARTS = ("asked", "passes", "maybe", "flaky")


@dataclass
class Surveyed:
    """A random network, and one survey of it."""

    record: Record
    network: Network
    words: Words = field(init=False)
    survey: Survey = field(init=False)

    def __post_init__(self) -> None:
        self.words = Words(self.network)
        self.survey = Survey(self.network, self.words)

    @property
    def everything(self) -> End:
        """All interfaces as one target."""
        return End(Kind.VPC, "everything", interfaces=tuple(sorted(self.network.interfaces)))

    def pairs(self, source: str) -> list[tuple[Vantage, Target]]:
        """Who asks whom, as `explain` pairs them; nothing where there is nothing to ask."""
        try:
            end = find_end(self.network, source, "--from")
            return Pairs(self.network, self.words, end, self.everything).pairs
        except SgcheckError:
            return []

    def walked(self, vantage: Vantage, target: Target) -> Sum:
        """What walks of this one pair say."""
        return Sum(self.network, walk(self.network, self.words, self.survey.question, vantage, target))


class Sum:
    """The sums over the walks of `explain`, by other means than a survey's."""

    def __init__(self, network: Network, walks: Sequence[Walked] | Iterator[Walked]) -> None:
        found = list(walks)
        self.asked = PacketSet.union_all([w.asked for w in found])
        self.passes = PacketSet.union_all([w.alive for w in found])
        self.maybe = PacketSet.union_all([w.maybe for w in found]) - self.passes
        self.flaky = PacketSet.union_all([w.flaky for w in found]) & (self.passes | self.maybe)
        undecided = [f for w in found for f in w.findings if f.undecided]
        self.gaps: frozenset[Gap] = frozenset(gap_of(network, f) for f in undecided) if self.maybe else frozenset()

    @property
    def verdict(self) -> Verdict:
        """The verdict of these packets."""
        held = (self.asked - self.passes - self.maybe) | self.flaky
        return judged(bool(self.passes), bool(held), bool(self.maybe))

    def only(self, sources: AddressSet) -> Sum:
        """The same without the packets from other addresses."""
        kept = copy.copy(self)
        for part in PARTS:
            setattr(kept, part, getattr(self, part).where(sources=sources))
        return kept


def differences(fate: Fate, reference: Sum, vantage: Vantage, target: Target) -> list[str]:
    """Which parts of a fate are not what the walks say; destinations count where the target has one address.

    Of several hosts none asks itself in a survey, which a walk of all of them does not leave out.
    """
    sole = target.asked.sole
    interface = target.interface
    others = AddressSet.ALL
    if interface is not None and len(vantage.interfaces) > 1 and interface.id in vantage.interfaces:
        others -= interface.owned()
        reference = reference.only(others)
    found = []
    for part in PARTS:
        want: PacketSet = getattr(reference, part)
        want = want if sole is None else want.before_destination(*sole)
        if getattr(fate, part) != want:
            found.append(part)
    if frozenset(fate.gaps) != reference.gaps:
        found.append("gaps")
    if fate.verdict is not reference.verdict:
        found.append("verdict")
    return found


def surveyed(seed: int, fabric: int, *, told: bool) -> Surveyed:
    """The network of a seed."""
    rng = random.Random(f"survey {seed}")
    record = random_network(rng, nat_instances=seed % 3 == 2, fabric=FABRICS[fabric], told=told)
    return Surveyed(record, load(record))


def sources(seed: int, network: Network) -> list[str]:
    """Who asks on the network of a seed: the internet, what is private, and some of the hosts."""
    ids = sorted(network.interfaces)
    return [*SOURCES, *random.Random(seed).sample(ids, min(HOSTS, len(ids)))]
