"""Rules of groups as somebody wrote them, for the few checks that look at the writing and not at what it amounts to."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from sgcheck.aws.security_group import SECURITY_GROUP, IpPermission
from sgcheck.aws.security_group_rule import SECURITY_GROUP_RULE, SecurityGroupRuleRecord
from sgcheck.model.filters import Way

if TYPE_CHECKING:
    from sgcheck.lint.scene import Scene


class Written(NamedTuple):
    """One rule; peer: a CIDR, or the id of a list or a group. id: of the rule, None where the input has none."""

    group: str
    way: Way
    protocol: str | None
    from_port: int | None
    to_port: int | None
    peer: str
    description: str | None
    id: str | None = None

    @property
    def label(self) -> str:
        """The rule's id, or what it says."""
        return self.id or self.text

    @property
    def text(self) -> str:
        """What the rule says, in its own words."""
        ports = "" if self.from_port is None and self.to_port is None else f" {self.from_port}-{self.to_port}"
        word = "from" if self.way is Way.INGRESS else "to"
        return f"{self.way.value} {self.protocol or '-1'}{ports} {word} {self.peer}"


def written_rules(scene: Scene) -> dict[str, list[Written]]:
    """Every rule by group: told one by one where the input has them so, the others as the permissions of the group."""
    return scene.once("written rules", lambda: _read(scene))


def _read(scene: Scene) -> dict[str, list[Written]]:
    single: dict[str, list[Written]] = {}
    for rule, _home in scene.records(SECURITY_GROUP_RULE).values():
        single.setdefault(rule.group_id, []).append(_single(rule))
    found: dict[str, list[Written]] = {}
    for id_ in sorted({*scene.records(SECURITY_GROUP), *single}):
        rules = single.get(id_, [])
        told = {_traffic(rule) for rule in rules}
        record = scene.records(SECURITY_GROUP)[id_][0] if id_ in scene.records(SECURITY_GROUP) else None
        if record is not None:
            rules += [
                one
                for way, permissions in (
                    (Way.INGRESS, record.ip_permissions),
                    (Way.EGRESS, record.ip_permissions_egress),
                )
                for permission in permissions or ()
                for one in _permission(id_, way, permission)
                if _traffic(one) not in told
            ]
        found[id_] = sorted(rules, key=lambda rule: (rule.text, rule.id or ""))
    return found


def _traffic(rule: Written) -> tuple[Way, str, int, int, str]:
    """What a rule allows, to tell whether two are the same one; -1 and none are all ports (EC2 API, IpPermission)."""
    if rule.protocol in (None, "-1"):
        return rule.way, "-1", -1, -1, rule.peer
    low = -1 if rule.from_port is None else rule.from_port
    return rule.way, str(rule.protocol), low, -1 if rule.to_port is None else rule.to_port, rule.peer


def _single(rule: SecurityGroupRuleRecord) -> Written:
    group = rule.referenced_group_info.group_id if rule.referenced_group_info else None
    return Written(
        rule.group_id,
        Way.EGRESS if rule.is_egress else Way.INGRESS,
        rule.ip_protocol,
        rule.from_port,
        rule.to_port,
        rule.cidr_ipv4 or rule.cidr_ipv6 or rule.prefix_list_id or group or "",
        rule.description,
        rule.security_group_rule_id,
    )


def _permission(group: str, way: Way, permission: IpPermission) -> Iterator[Written]:
    peers: list[tuple[str | None, str | None]] = [(r.cidr_ip, r.description) for r in permission.ip_ranges or ()]
    peers += [(r.cidr_ipv6, r.description) for r in permission.ipv6_ranges or ()]
    peers += [(r.prefix_list_id, r.description) for r in permission.prefix_list_ids or ()]
    peers += [(r.group_id, r.description) for r in permission.user_id_group_pairs or ()]
    for peer, description in peers:
        if peer:
            yield Written(
                group, way, permission.ip_protocol, permission.from_port, permission.to_port, peer, description
            )
