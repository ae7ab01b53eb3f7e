"""Network Firewall firewalls: `{"Firewall": …, "FirewallStatus": …}` as describe-firewall answers, or names from lists.

(Network Firewall API, DescribeFirewall and ListFirewalls.)
"""

from collections.abc import Iterable

from sgcheck.aws.kind import Absence, Call, Feed, Kind, Wrapper
from sgcheck.aws.record import Id, Record


class FirewallBody(Record, frozen=True, kw_only=True):
    """What a firewall is; lists tell only its name and ARN."""

    firewall_arn: Id
    firewall_name: str | None = None
    firewall_policy_arn: str | None = None
    vpc_id: str | None = None


class FirewallAttachment(Record, frozen=True, kw_only=True):
    """The endpoint of a firewall in one subnet; status `READY` works."""

    subnet_id: str | None = None
    endpoint_id: str | None = None
    status: str | None = None


class SyncState(Record, frozen=True, kw_only=True):
    """What stands in one Availability Zone."""

    attachment: FirewallAttachment | None = None


class FirewallStatus(Record, frozen=True, kw_only=True):
    """Where a firewall stands, by Availability Zone."""

    sync_states: dict[str, SyncState] | None = None


class FirewallRecord(Record, frozen=True, kw_only=True):
    """One firewall; without its status nobody knows which endpoints are its own."""

    firewall: FirewallBody
    firewall_status: FirewallStatus | None = None


def _named(_key: str, body: FirewallBody) -> Iterable[FirewallRecord]:
    yield FirewallRecord(firewall=body)


def _described(_key: str, record: FirewallRecord) -> Iterable[FirewallRecord]:
    yield record


_LIST = Call("network-firewall", "list_firewalls", "network-firewall:ListFirewalls", "Firewalls")
DESCRIBE_FIREWALL = Call(
    "network-firewall",
    "describe_firewall",
    "network-firewall:DescribeFirewall",
    "",
    key="NetworkFirewalls",
    each=(Feed("FirewallArn", _LIST, ("FirewallArn",)),),
)

NETWORK_FIREWALL: Kind[FirewallRecord] = Kind(
    name="network firewall",
    plural="network firewalls",
    keys=("Firewalls", "NetworkFirewalls"),
    record=FirewallRecord,
    absence=Absence.OFF,
    absence_note="routes lead to a firewall by its endpoint, whose record says that one stands behind it",
    calls=(_LIST, DESCRIBE_FIREWALL),
    id_of=lambda record: record.firewall.firewall_arn,
    id_members=(),
    telltales=frozenset(),
    wrappers=(
        Wrapper("Firewalls", FirewallBody, _named, id_members=("FirewallArn",)),
        Wrapper("NetworkFirewalls", FirewallRecord, _described, whole="Firewall"),
    ),
)
