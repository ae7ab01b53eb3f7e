"""From a Snapshot to a Network: every part contributes to a Draft, which is then frozen."""

from __future__ import annotations

from functools import cached_property, partial
from typing import TYPE_CHECKING, Any

from sgcheck.aws.age import staleness
from sgcheck.aws.conversion.acls import add_acls
from sgcheck.aws.conversion.directory import Records
from sgcheck.aws.conversion.gateways import add_gateways
from sgcheck.aws.conversion.groups import add_groups
from sgcheck.aws.conversion.interfaces import add_interfaces
from sgcheck.aws.conversion.places import add_places
from sgcheck.aws.conversion.prefixes import PrefixLists
from sgcheck.aws.conversion.routes import add_tables
from sgcheck.aws.conversion.services import add_services
from sgcheck.aws.conversion.sets import keeping
from sgcheck.aws.kept import kept
from sgcheck.aws.kind import Absence
from sgcheck.aws.kinds import kind_named
from sgcheck.aws.network_interface import NETWORK_INTERFACE, NetworkInterfaceRecord
from sgcheck.aws.snapshot import fits
from sgcheck.aws.vocabulary import AwsVocabulary
from sgcheck.model.draft import Draft
from sgcheck.model.ref import Missing
from sgcheck.packets import parse_address

if TYPE_CHECKING:
    from sgcheck.aws.kind import Kind
    from sgcheck.aws.snapshot import Batch, Snapshot
    from sgcheck.model.balancers import Balancers
    from sgcheck.model.network import Network


ENDPOINTS = {"VPC endpoint", "endpoint service", "EC2 Instance Connect endpoint"}
FIREWALLS = {"network firewall", "firewall policy", "firewall rule group"}
TRANSIT = {
    "transit gateway",
    "transit gateway attachment",
    "transit gateway VPC attachment",
    "transit gateway peering attachment",
    "transit gateway route table",
    "transit gateway route",
}
BALANCERS = {"load balancer", "Classic Load Balancer", "target group"}
"""The kinds that each part of the fabric begins with."""


def build(snapshot: Snapshot) -> Network:
    """Convert everything that AWS told into a Network.

    Records that are not needed for an answer are converted only when one asks for them. Raises InputError where a value
    (a CIDR, a protocol) makes no sense, naming file and record.
    """
    records = Records(snapshot)
    draft = Draft(records)
    lists = PrefixLists(snapshot)
    add_places(draft, snapshot)
    add_gateways(draft, snapshot)
    add_interfaces(draft, records)
    add_groups(draft, snapshot, lists)
    add_acls(draft, snapshot, lists.doubts)
    add_tables(draft, snapshot, lists)
    add_services(draft, snapshot)
    _add_fabric(draft, snapshot, records, lists)
    draft.balancers = partial(_balancers, snapshot)
    draft.keep = keeping(snapshot)
    draft.refused += refusals(snapshot)
    draft.warnings += (*staleness(snapshot.collected_at), *snapshot.notes)
    draft.stand_ins = {parse_address(p.address): p.label for p in snapshot.pending}
    draft.names = snapshot.names
    draft.written = {of: writing.name for of, writing in snapshot.written.items()}
    several = kept(snapshot, "several Regions", bool, lambda: {"": several_regions(draft)})[""]
    return draft.freeze(Absences(snapshot), AwsVocabulary(several))


def _add_fabric(draft: Draft, snapshot: Snapshot, records: Records, lists: PrefixLists) -> None:
    """Add what not every network has; the conversion of what this one has not is not even loaded."""
    told = {batch.kind.name for batch in snapshot.batches}
    if told & ENDPOINTS:
        from sgcheck.aws.conversion.endpoints import add_endpoints

        add_endpoints(draft, snapshot)
    if told & FIREWALLS:
        from sgcheck.aws.conversion.firewalls import add_firewalls

        add_firewalls(draft, snapshot, lists)
    if told & TRANSIT:
        from sgcheck.aws.conversion.transit import add_transit

        add_transit(draft, snapshot, records, lists)


def _balancers(snapshot: Snapshot) -> Balancers:
    """The load balancers, whose conversion is loaded when the first question meets one."""
    if not BALANCERS & {batch.kind.name for batch in snapshot.batches}:
        from sgcheck.model.balancers import Balancers

        return Balancers()
    from sgcheck.aws.conversion.balancers import read_balancers

    return read_balancers(snapshot)


def several_regions(draft: Draft) -> bool:
    """Whether commands must say which Region they mean."""
    return len({v.region for v in draft.vpcs.values() if v.region}) > 1


def refusals(snapshot: Snapshot) -> list[Missing]:
    """What AWS refused to show of opt-in features: a gap in every answer that changes no verdict."""
    return [
        Missing(
            kind.name,
            "",
            f"AWS refused to show the {kind.plural}: {gap.reason}",
            gap.account,
            gap.region,
            gap.reason,
        )
        for gap in snapshot.gaps
        if gap.kind_name and (kind := kind_named(gap.kind_name)) and kind.absence is not Absence.UNKNOWN
    ]


class Absences:
    """What it means that a kind has no records: AWS refused to show it, or the input does not hold it."""

    def __init__(self, snapshot: Snapshot) -> None:
        """Answer from `snapshot`."""
        self._snapshot = snapshot

    def __call__(self, kind_name: str, account: str | None, region: str | None) -> Missing | None:
        """Why there are none of `kind_name` for an account and Region, or None where the kind is in the input."""
        kind = kind_named(kind_name)
        if kind is None:
            return None
        for gap in self._snapshot.gaps:
            if gap.kind_name == kind_name and fits(gap.account, account) and fits(gap.region, region):
                why = f"AWS refused to show the {kind.plural}: {gap.reason}"
                return Missing(kind_name, "", why, gap.account, gap.region, gap.reason)
        if not self._has(kind, account, region):
            return Missing(kind_name, "", f"there are no {kind.plural} in the input", account, region)
        return None

    def _has(self, kind: Kind[Any], account: str | None, region: str | None) -> bool:
        if kind is not NETWORK_INTERFACE:
            return self._snapshot.has(kind, account, region)
        return any(fits(whose, account) and fits(batch.region, region) for batch, whose in self.interfaces)

    @cached_property
    def interfaces(self) -> list[tuple[Batch[NetworkInterfaceRecord], str | None]]:
        """Lists of interfaces, each with the account that was asked for it, None where that can't be told.

        A participant of a shared VPC is shown its own interfaces only, the owner those of all (VPC user guide,
        vpc-share-limitations): a list of one owner's interfaces may be all that this one may see.
        """
        batches = list(self._snapshot.of(NETWORK_INTERFACE))
        owners = kept(
            self._snapshot,
            "owners of lists of interfaces",
            str | None,
            lambda: {str(n): batch.account or _sole_owner(batch) for n, batch in enumerate(batches)},
        )
        return [(batch, owners[str(n)]) for n, batch in enumerate(batches)]


def _sole_owner(batch: Batch[NetworkInterfaceRecord]) -> str | None:
    owners = {record.owner_id for record in batch.records}
    return owners.pop() if len(owners) == 1 else None
