"""Whose an interface is, as its description tells.

AWS documents that the description of a requester-managed interface says what it is for (EC2 user guide,
requester-managed-eni) and gives no list. The texts are those of recorded answers: "RDSNetworkInterface", "EFS mount
target for fs-… (fsmt-…)", "AWS Lambda VPC ENI-NAME-UUID" and "arn:aws:ecs:…:attachment/…" in the answers of
describe-network-interfaces that cloud-custodian's tests keep; the others stand alike in several public programs that
sort interfaces by them ("Network interface for DBProxy NAME", "RedshiftNetworkInterface", "ElastiCache NAME", "ES
DOMAIN", "Amazon EKS CLUSTER").
"""

from __future__ import annotations

import re
from typing import NamedTuple

_UUID = r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"


class Mark(NamedTuple):
    """A kind of service, and the name that the description has for it, empty where it has none."""

    kind: str
    name: str


_PATTERNS = tuple(
    (kind, re.compile(pattern))
    for kind, pattern in (
        ("rds", r"RDSNetworkInterface"),
        ("rds-proxy", r"Network interface for DBProxy (?P<name>\S+)"),
        ("lambda", rf"AWS Lambda VPC ENI-(?P<name>.+)-{_UUID}"),
        ("lambda", r"AWS Lambda VPC ENI.*"),
        ("ecs", r"arn:[^:]+:ecs:[^:]*:[^:]*:attachment/(?P<name>.+)"),
        ("elasticache", r"ElastiCache[ +](?P<name>\S+)"),
        ("redshift", r"RedshiftNetworkInterface"),
        ("opensearch", r"ES (?P<name>\S+)"),
        ("efs", r"EFS mount target for (?P<name>fs-\w+)(?: \(fsmt-\w+\))?"),
        ("eks", r"Amazon EKS (?P<name>\S+)"),
    )
)
_BY_TYPE = {"lambda": Mark("lambda", ""), "efs": Mark("efs", "")}


def mark_of(interface_type: str | None, description: str | None) -> Mark | None:
    """The mark of an interface, None where it is nobody's in particular."""
    text = (description or "").strip()
    for kind, pattern in _PATTERNS if text else ():
        match = pattern.fullmatch(text)
        if match:
            return Mark(kind, match.groupdict().get("name") or "")
    return _BY_TYPE.get(interface_type or "")
