"""Who names security groups and becomes no record: every resource of a type that is not read, and who reads outputs.

Without them a group that something uses would look unused.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Container, Iterator
from typing import TYPE_CHECKING, Any, Final

from sgcheck.aws.snapshot import ELSEWHERE, Mention
from sgcheck.sources.cloudformation.document import NESTED

if TYPE_CHECKING:
    from sgcheck.sources.cloudformation.book import Book

USERS: Final = frozenset(
    {
        "AWS::AutoScaling::LaunchConfiguration",
        "AWS::DAX::Cluster",
        "AWS::DMS::ReplicationInstance",
        "AWS::DocDB::DBCluster",
        "AWS::EC2::LaunchTemplate",
        "AWS::ECS::Service",
        "AWS::EFS::MountTarget",
        "AWS::EKS::Cluster",
        "AWS::ElastiCache::CacheCluster",
        "AWS::ElastiCache::ReplicationGroup",
        "AWS::Lambda::Function",
        "AWS::MSK::Cluster",
        "AWS::Neptune::DBCluster",
        "AWS::OpenSearchService::Domain",
        "AWS::RDS::DBCluster",
        "AWS::RDS::DBInstance",
        "AWS::Redshift::Cluster",
    }
)
"""Types that are not read and give the groups that they name to interfaces."""
_WORD = re.compile(r"[A-Za-z0-9]+")


def mentions(book: Book, read: Container[str]) -> dict[str, tuple[Mention, ...]]:
    """The resources that name each group, by its id; `read`: the types that become records."""
    found: dict[str, dict[Mention, None]] = defaultdict(dict)
    for resource in book.resources:
        if resource.type in read and not (resource.type == NESTED and resource.name not in resource.stack.children):
            continue
        mention = Mention(resource.id, resource.type in USERS)
        for name in _names(resource.stack.resources[resource.name]):
            found[f"{resource.stack.prefix}{name}"][mention] = None
    inner = [child for stack in book.stacks.stacks for child in stack.children.values()]
    for stack in book.stacks.stacks:
        for output, told in stack.template.section("Outputs").items() if stack not in inner else ():
            mention = Mention(f"whoever reads the output {stack.prefix}{output}", known=False)
            for name in _names(told):
                found[f"{stack.prefix}{name}"][mention] = None
    for id_ in book.strangers:
        found[id_][ELSEWHERE] = None
    return {id_: tuple(those) for id_, those in sorted(found.items()) if id_ in book.entries["SecurityGroups"]}


def _names(node: Any) -> Iterator[str]:
    """The names of resources that stand in a value as it is written."""
    if isinstance(node, list):
        for one in node:
            yield from _names(one)
    if not isinstance(node, dict):
        return
    for key, value in node.items():
        if key in ("Ref", "Fn::GetAtt", "Fn::Sub") and isinstance(value, str):
            yield from _WORD.findall(value)
        elif key == "Fn::GetAtt" and isinstance(value, list) and value and isinstance(value[0], str):
            yield value[0]
        else:
            yield from _names(value)
