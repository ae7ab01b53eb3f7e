"""Network Firewall: firewalls, and the rules of their policies in the order in which they decide.

(Network Firewall guide, firewall-policy-processing, suricata-rule-evaluation-order, rule-action.)
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from sgcheck.aws.conversion.suricata import ACTIONS, Text, Variables, parse_rules, read_rule
from sgcheck.aws.conversion.unique import Home, reading, unique
from sgcheck.aws.firewall_policy import FIREWALL_POLICY, FirewallPolicyRecord, PolicyBody, StatefulRuleGroupReference
from sgcheck.aws.firewall_rule_group import (
    FIREWALL_RULE_GROUP,
    DomainList,
    MatchAttributes,
    RuleGroupBody,
    RuleGroupRecord,
    StatefulRule,
    StatelessRule,
)
from sgcheck.aws.network_firewall import NETWORK_FIREWALL, FirewallRecord
from sgcheck.model.firewall import Action, Attachment, Firewall, FirewallPolicy, FirewallRule
from sgcheck.packets import EVERY_VALUE, TCP, UDP, AddressSet, IntervalSet, PacketSet, Services

if TYPE_CHECKING:
    from sgcheck.aws.conversion.prefixes import PrefixLists
    from sgcheck.aws.firewall_policy import RuleGroupReference, VariableSet
    from sgcheck.aws.firewall_rule_group import PortRange
    from sgcheck.aws.snapshot import Snapshot
    from sgcheck.model.draft import Draft

_STATELESS = {"aws:pass": Action.PASS, "aws:drop": Action.DROP, "aws:forward_to_sfe": Action.FORWARD}
_WORKING = ("READY", "SCALING")
_RANK = {None: 0, Action.PASS: 1, Action.DROP: 2, Action.REJECT: 3}
"""The order of actions where the policy does not ask for the strict one; what is not known may come first."""
_LISTS = {"ALLOWLIST": Action.PASS, "DENYLIST": Action.DROP, "REJECTLIST": Action.REJECT}


class Told(NamedTuple):
    """All that the input says about policies."""

    policies: Mapping[str, tuple[FirewallPolicyRecord, Home]]
    groups: Mapping[str, tuple[RuleGroupRecord, Home]]
    lists: PrefixLists


def add_firewalls(draft: Draft, snapshot: Snapshot, lists: PrefixLists) -> None:
    """Add a maker for every firewall, and which endpoints are whose."""
    told = Told(unique(snapshot, FIREWALL_POLICY), unique(snapshot, FIREWALL_RULE_GROUP), lists)
    for arn, (record, _home) in unique(snapshot, NETWORK_FIREWALL).items():
        attachments = _attachments(record)
        draft.firewalls[arn] = partial(_firewall, draft, record, attachments, told)
        for attachment in attachments:
            draft.firewall_of_endpoint[attachment.endpoint] = arn


def _attachments(record: FirewallRecord) -> tuple[Attachment, ...]:
    states = record.firewall_status.sync_states if record.firewall_status else None
    made = []
    for _zone, state in sorted((states or {}).items()):
        found = state.attachment
        if found is not None and found.endpoint_id:
            status = found.status or _WORKING[0]
            made.append(Attachment(found.endpoint_id, found.subnet_id or "", status, status in _WORKING))
    return tuple(made)


def _firewall(draft: Draft, record: FirewallRecord, attachments: tuple[Attachment, ...], told: Told) -> Firewall:
    body = record.firewall
    arn = body.firewall_policy_arn or ""
    found = told.policies.get(arn)
    policy = None
    if found is not None and found[0].firewall_policy is not None:
        vpc = draft.vpcs.get(body.vpc_id or "")
        own = vpc.addresses if vpc else None
        policy = _Policy(found[0], found[0].firewall_policy, own, told).made()
    return Firewall(
        body.firewall_arn, body.firewall_name or body.firewall_arn, body.vpc_id or "", attachments, arn, policy
    )


class _Policy:
    """One policy as one firewall has it: HOME_NET is the firewall's own VPC unless something says otherwise."""

    def __init__(self, record: FirewallPolicyRecord, body: PolicyBody, own: AddressSet | None, told: Told) -> None:
        self._response = record.firewall_policy_response
        self._body = body
        self._own = own
        self._told = told
        options = body.stateful_engine_options
        self._strict = (options.rule_order if options else None) == "STRICT_ORDER"

    def made(self) -> FirewallPolicy:
        """The policy of the model."""
        defaults = self._body.stateful_default_actions or () if self._strict else ()
        doubt = next((d for d in defaults if d.startswith("aws:drop_established_app_layer")), None)
        return FirewallPolicy(
            id=self._response.firewall_policy_arn,
            name=self._response.firewall_policy_name,
            stateless=tuple(self._stateless()),
            default=_stateless_action(self._body.stateless_default_actions) or Action.FORWARD,
            stateful=self._stateful(),
            drop_first=next((d for d in defaults if d == "aws:drop_strict"), None),
            drop_established=next((d for d in defaults if d == "aws:drop_established"), None),
            doubt=doubt,
        )

    def _stateless(self) -> Iterator[FirewallRule]:
        for reference in sorted(self._body.stateless_rule_group_references or (), key=_priority):
            found = self._found(reference)
            if isinstance(found, FirewallRule):
                yield found
                continue
            name, body, home = found
            source = body.rules_source.stateless_rules_and_custom_actions if body.rules_source else None
            for rule in sorted((source.stateless_rules if source else None) or (), key=lambda r: r.priority):
                label = f"{name} priority {rule.priority}"
                yield reading(home, f"rule group {label}", partial(_stateless_rule, rule, label))

    def _stateful(self) -> tuple[FirewallRule, ...]:
        """The stateful rules: as listed where the order is strict, else by what they do."""
        references = list(self._body.stateful_rule_group_references or ())
        if self._strict:
            references.sort(key=_priority)
        rules = [rule for reference in references for rule in self._group(reference)]
        validation = self._body.resolved_validation
        if validation is not None and (validation.action or "").upper() in ("DROP", "REJECT"):
            why = "whether addresses are those that the resolver answered is not in the input"
            rules.insert(0, FirewallRule("resolved IP validation", PacketSet.ALL, Action.DROP, opaque=why))
        return tuple(rules) if self._strict else tuple(sorted(rules, key=lambda r: _RANK.get(r.action, 0)))

    def _found(self, reference: RuleGroupReference) -> tuple[str, RuleGroupBody, Home] | FirewallRule:
        """A rule group, or the rule that says that nobody knows what it does."""
        arn = reference.resource_arn
        found = self._told.groups.get(arn)
        if found is not None and found[0].rule_group is not None:
            response = found[0].rule_group_response
            return response.rule_group_name or _short(arn), found[0].rule_group, found[1]
        managed = ":aws-managed:" in arn
        why = f"the rule group {_short(arn)} is AWS's own, which shows its rules to nobody"
        if not managed:
            why = f"the rule group {_short(arn)} is not in the input"
        missing = None if managed else ("firewall rule group", arn)
        # AWS's own groups drop what they know to be bad, and pass nothing (guide, aws-managed-rule-groups-list).
        return FirewallRule(_short(arn), PacketSet.ALL, Action.DROP if managed else None, opaque=why, missing=missing)

    def _group(self, reference: StatefulRuleGroupReference) -> Iterator[FirewallRule]:
        if reference.override is not None and reference.override.action == "DROP_TO_ALERT":
            return
        found = self._found(reference)
        if isinstance(found, FirewallRule):
            yield found
            return
        name, body, _home = found
        source = body.rules_source
        if source is None:
            return
        variables = self._variables(body)
        texts = [_text(rule) for rule in source.stateful_rules or ()]
        for text in (*texts, *parse_rules(source.rules_string or "")):
            rule = _misread(text, name) if isinstance(text, str) else read_rule(text, name, variables)
            if rule is not None:
                yield rule
        if source.rules_source_list is not None:
            yield from self._domains(source.rules_source_list, name, variables)

    def _domains(self, domains: DomainList, name: str, variables: Variables) -> Iterator[FirewallRule]:
        """A domain list: names in HTTP and TLS decide; with action order an allow list denies all other names, too.

        (Guide, stateful-rule-groups-domain-names.)
        """
        kind = (domains.generated_rules_type or "").upper()
        if kind == "ALERTLIST":
            return
        action = _LISTS.get(kind)
        if action is Action.PASS and not self._strict:
            action = None
        text = Text("pass", "tcp", "$HOME_NET", "any", "->", "any", "any", ())
        header = read_rule(text, name, variables)
        packets = header.packets if header else PacketSet.ALL
        shown = ", ".join((domains.targets or ["no domain"])[:3])
        why = f"the domain list {name} ({shown}) decides by the name that is asked for"
        yield FirewallRule(name, packets, action, opaque=why)

    def _variables(self, body: RuleGroupBody) -> Variables:
        """Those of the group come before those of the policy, and these before what Suricata assumes."""
        own = {"HOME_NET": self._own.cidrs()} if self._own is not None else {}
        policy = self._body.policy_variables
        group = body.rule_variables
        references = body.reference_sets.ip_set_references if body.reference_sets else None
        return Variables(
            {**own, **_sets(policy.rule_variables if policy else None), **_sets(group.ip_sets if group else None)},
            _sets(group.port_sets if group else None),
            {name: self._referenced(found.reference_arn or "") for name, found in (references or {}).items()},
        )

    def _referenced(self, arn: str) -> AddressSet | str:
        list_ = arn.rpartition("/")[2]
        entries = self._told.lists.entries.get(list_)
        return list_ or arn if entries is None else entries


def _priority(reference: RuleGroupReference) -> int:
    return reference.priority or 0


def _short(arn: str) -> str:
    return arn.rpartition("/")[2] or arn


def _sets(found: dict[str, VariableSet] | None) -> dict[str, tuple[str, ...]]:
    return {name: tuple(one.definition or ()) for name, one in (found or {}).items()}


def _stateless_action(actions: list[str] | None) -> Action | None:
    """The standard action; custom ones beside it only count packets."""
    return next((_STATELESS[a] for a in actions or () if a in _STATELESS), None)


def _stateless_rule(rule: StatelessRule, label: str) -> FirewallRule:
    match = rule.rule_definition.match_attributes or MatchAttributes()
    services = Services.union_all([Services.of(p) for p in match.protocols]) if match.protocols else Services.ALL
    sources, destinations = (
        AddressSet.parse(*(a.address_definition for a in ends)) if ends else AddressSet.ALL
        for ends in (match.sources, match.destinations)
    )
    to_ports, from_ports = _ports(match.destination_ports), _ports(match.source_ports)
    both = Services.union_all([Services.of(p, to_ports) for p in (TCP, UDP)])
    packets = PacketSet.box(sources, destinations, services & both, from_ports)
    packets |= PacketSet.box(sources, destinations, services - Services.of(TCP) - Services.of(UDP))
    opaque = f"{label} looks at TCP flags, which differ from packet to packet" if match.tcp_flags else None
    return FirewallRule(label, packets, _stateless_action(rule.rule_definition.actions), opaque=opaque)


def _ports(ranges: list[PortRange] | None) -> IntervalSet:
    return IntervalSet.of(*((r.from_port, r.to_port) for r in ranges)) if ranges else EVERY_VALUE


def _text(rule: StatefulRule) -> Text:
    header = rule.header
    options = tuple((o.keyword.lower(), ",".join(o.settings or ())) for o in rule.rule_options or ())
    return Text(
        rule.action,
        header.protocol,
        header.source,
        header.source_port,
        header.direction,
        header.destination,
        header.destination_port,
        _with_sid(options),
    )


def _with_sid(options: tuple[tuple[str, str], ...]) -> tuple[tuple[str, str], ...]:
    """Options as lists write them: `sid:1` may stand in the keyword as a whole."""
    return tuple((key.partition(":")[0], value or key.partition(":")[2]) for key, value in options)


def _misread(line: str, name: str) -> FirewallRule | None:
    """A line that is no rule as it should be: it may do what its first word says, to anything."""
    word = line.split(maxsplit=1)[0].lower()
    if word == "alert":
        return None
    why = f"a rule of {name} is not understood: {line[:60]}"
    return FirewallRule(name, PacketSet.ALL, ACTIONS.get(word), opaque=why)
