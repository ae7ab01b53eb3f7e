"""Policies of Network Firewall: `{"FirewallPolicy": …, "FirewallPolicyResponse": …}` (API, DescribeFirewallPolicy)."""

from collections.abc import Iterable

import msgspec

from sgcheck.aws.kind import Absence, Call, Feed, Kind, Wrapper
from sgcheck.aws.network_firewall import DESCRIBE_FIREWALL
from sgcheck.aws.record import Id, Record


class GroupOverride(Record, frozen=True, kw_only=True):
    """What a policy makes of a managed rule group: with `DROP_TO_ALERT` it drops nothing."""

    action: str | None = None


class RuleGroupReference(Record, frozen=True, kw_only=True):
    """A rule group of the policy; groups with lower priorities come first."""

    resource_arn: Id
    priority: int | None = None


class StatefulRuleGroupReference(RuleGroupReference, frozen=True, kw_only=True):
    """A stateful rule group; its priority counts with strict order only."""

    override: GroupOverride | None = None


class EngineOptions(Record, frozen=True, kw_only=True):
    """rule_order: `DEFAULT_ACTION_ORDER`, which is meant where it is not told, or `STRICT_ORDER`."""

    rule_order: str | None = None


class VariableSet(Record, frozen=True, kw_only=True):
    """What a variable stands for: addresses, ranges, ports, or other variables."""

    definition: list[str] | None = None


class PolicyVariables(Record, frozen=True, kw_only=True):
    """Variables for all rules of a policy (HOME_NET)."""

    rule_variables: dict[str, VariableSet] | None = None


class ResolvedValidation(Record, frozen=True, kw_only=True):
    """The check of destinations against what the resolver answered."""

    action: str | None = None


class PolicyBody(Record, frozen=True, kw_only=True):
    """The rules of a policy, by reference, and its defaults."""

    stateless_rule_group_references: list[RuleGroupReference] | None = None
    stateless_default_actions: list[str] | None = None
    stateful_rule_group_references: list[StatefulRuleGroupReference] | None = None
    stateful_default_actions: list[str] | None = None
    stateful_engine_options: EngineOptions | None = None
    policy_variables: PolicyVariables | None = None
    resolved_validation: ResolvedValidation | None = msgspec.field(name="Route53ResolvedIPValidation", default=None)


class PolicyResponse(Record, frozen=True, kw_only=True):
    """What a policy is called."""

    firewall_policy_arn: Id
    firewall_policy_name: str | None = None


class FirewallPolicyRecord(Record, frozen=True, kw_only=True):
    """One policy."""

    firewall_policy_response: PolicyResponse
    firewall_policy: PolicyBody | None = None


def _described(_key: str, record: FirewallPolicyRecord) -> Iterable[FirewallPolicyRecord]:
    yield record


DESCRIBE_POLICY = Call(
    "network-firewall",
    "describe_firewall_policy",
    "network-firewall:DescribeFirewallPolicy",
    "",
    each=(Feed("FirewallPolicyArn", DESCRIBE_FIREWALL, ("Firewall.FirewallPolicyArn",)),),
)

FIREWALL_POLICY: Kind[FirewallPolicyRecord] = Kind(
    name="firewall policy",
    plural="firewall policies",
    keys=("NetworkFirewallPolicies",),
    record=FirewallPolicyRecord,
    absence=Absence.OFF,
    absence_note="only firewalls have policies; one that a firewall on the path names is unknown",
    calls=(DESCRIBE_POLICY,),
    id_of=lambda record: record.firewall_policy_response.firewall_policy_arn,
    id_members=(),
    telltales=frozenset(),
    wrappers=(Wrapper("NetworkFirewallPolicies", FirewallPolicyRecord, _described, whole="FirewallPolicyResponse"),),
)
