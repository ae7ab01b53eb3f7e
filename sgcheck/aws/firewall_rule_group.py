"""Rule groups of Network Firewall: `{"RuleGroup": …, "RuleGroupResponse": …}` (API, DescribeRuleGroup)."""

from collections.abc import Iterable

import msgspec

from sgcheck.aws.firewall_policy import DESCRIBE_POLICY, VariableSet
from sgcheck.aws.kind import Absence, Call, Feed, Kind, Wrapper
from sgcheck.aws.record import Id, Record


class AddressDefinition(Record, frozen=True, kw_only=True):
    """A range of addresses."""

    address_definition: Id


class PortRange(Record, frozen=True, kw_only=True):
    """A range of ports."""

    from_port: int
    to_port: int


class TcpFlags(Record, frozen=True, kw_only=True):
    """Flags that must be set, of those that are looked at."""

    flags: list[str] | None = None
    masks: list[str] | None = None


class MatchAttributes(Record, frozen=True, kw_only=True):
    """What a stateless rule matches; what is not told matches anything, and ports count for TCP and UDP."""

    sources: list[AddressDefinition] | None = None
    destinations: list[AddressDefinition] | None = None
    source_ports: list[PortRange] | None = None
    destination_ports: list[PortRange] | None = None
    protocols: list[int] | None = None
    tcp_flags: list[TcpFlags] | None = msgspec.field(name="TCPFlags", default=None)


class RuleDefinition(Record, frozen=True, kw_only=True):
    """A stateless rule without its priority."""

    match_attributes: MatchAttributes | None = None
    actions: list[str] | None = None


class StatelessRule(Record, frozen=True, kw_only=True):
    """A stateless rule; lower priorities come first."""

    rule_definition: RuleDefinition
    priority: int


class StatelessRules(Record, frozen=True, kw_only=True):
    """The rules of a stateless group."""

    stateless_rules: list[StatelessRule] | None = None


class Header(Record, frozen=True, kw_only=True):
    """What a stateful rule matches, as Suricata writes it."""

    protocol: str
    source: str
    source_port: str
    direction: str
    destination: str
    destination_port: str


class RuleOption(Record, frozen=True, kw_only=True):
    """An option of a stateful rule, as Suricata writes it."""

    keyword: str
    settings: list[str] | None = None


class StatefulRule(Record, frozen=True, kw_only=True):
    """A stateful rule."""

    action: str
    header: Header
    rule_options: list[RuleOption] | None = None


class DomainList(Record, frozen=True, kw_only=True):
    """Domains that a group allows or denies; what is sent decides, which no configuration tells."""

    targets: list[str] | None = None
    generated_rules_type: str | None = None


class RulesSource(Record, frozen=True, kw_only=True):
    """The rules of a group, in one of four forms."""

    rules_string: str | None = None
    rules_source_list: DomainList | None = None
    stateful_rules: list[StatefulRule] | None = None
    stateless_rules_and_custom_actions: StatelessRules | None = None


class RuleVariables(Record, frozen=True, kw_only=True):
    """Variables of the group's rules."""

    ip_sets: dict[str, VariableSet] | None = msgspec.field(name="IPSets", default=None)
    port_sets: dict[str, VariableSet] | None = None


class IpSetReference(Record, frozen=True, kw_only=True):
    """A prefix list that rules name with an @."""

    reference_arn: str | None = None


class ReferenceSets(Record, frozen=True, kw_only=True):
    """Sets of addresses that stand elsewhere, by the names that rules give them."""

    ip_set_references: dict[str, IpSetReference] | None = msgspec.field(name="IPSetReferences", default=None)


class RuleGroupBody(Record, frozen=True, kw_only=True):
    """The rules of a group, and what their variables stand for."""

    rules_source: RulesSource | None = None
    rule_variables: RuleVariables | None = None
    reference_sets: ReferenceSets | None = None


class RuleGroupResponse(Record, frozen=True, kw_only=True):
    """What a group is called."""

    rule_group_arn: Id
    rule_group_name: str | None = None


class RuleGroupRecord(Record, frozen=True, kw_only=True):
    """One rule group."""

    rule_group_response: RuleGroupResponse
    rule_group: RuleGroupBody | None = None


def _described(_key: str, record: RuleGroupRecord) -> Iterable[RuleGroupRecord]:
    yield record


_REFERENCES = (
    "FirewallPolicy.StatelessRuleGroupReferences.ResourceArn",
    "FirewallPolicy.StatefulRuleGroupReferences.ResourceArn",
)

FIREWALL_RULE_GROUP: Kind[RuleGroupRecord] = Kind(
    name="firewall rule group",
    plural="firewall rule groups",
    keys=("NetworkFirewallRuleGroups",),
    record=RuleGroupRecord,
    absence=Absence.OFF,
    absence_note="only policies of firewalls name rule groups; one on the path that is not there is unknown",
    calls=(
        Call(
            "network-firewall",
            "describe_rule_group",
            "network-firewall:DescribeRuleGroup",
            "",
            each=(Feed("RuleGroupArn", DESCRIBE_POLICY, _REFERENCES),),
        ),
    ),
    id_of=lambda record: record.rule_group_response.rule_group_arn,
    id_members=(),
    telltales=frozenset(),
    wrappers=(Wrapper("NetworkFirewallRuleGroups", RuleGroupRecord, _described, whole="RuleGroupResponse"),),
)
