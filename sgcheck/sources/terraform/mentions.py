"""Who names security groups and becomes no record: launch templates, and every resource of a type that is not read.

Without them a group that something uses would look unused. A value that is not known yet is followed to the group; one
that can't be followed may be any group (`*`).
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final

from sgcheck.aws.snapshot import ELSEWHERE, Mention
from sgcheck.sources.terraform.groups import GROUPS

if TYPE_CHECKING:
    from sgcheck.sources.terraform.book import Book
    from sgcheck.sources.terraform.resource import Resource

ANY: Final = "*"
TYPES: Final = {
    "aws_launch_template": "as a user of groups: the instances that it starts are not known",
    "aws_launch_configuration": "as a user of groups",
    "aws_autoscaling_group": "as a user of groups, by its launch template",
    "aws_eks_node_group": "as a user of groups: its instances are not known",
}
_ID = re.compile(r"sg-[0-9A-Za-z_.-]+")
_NAMES_GROUPS = re.compile(r"security_?groups?(?:_ids?)?$|_sg_ids?$")
_DEEPEST: Final = 12


def mentions(book: Book, read: Collection[str]) -> dict[str, tuple[Mention, ...]]:
    """The resources that name each group, by its id; `read`: the types that become records."""
    known = {resource.id for resource in book.of(*GROUPS)} | set(book.entries["SecurityGroups"])
    found: dict[str, dict[Mention, None]] = defaultdict(dict)
    for resource in book.document.after:
        if resource.data or (resource.type in read and resource.type not in TYPES):
            continue
        mention = Mention(resource.address, resource.type in TYPES)
        for id_ in _named(book, resource):
            if id_ in known or id_ == ANY or _ID.fullmatch(id_):
                found[id_][mention] = None
    for id_ in book.strangers:
        found[id_][ELSEWHERE] = None
    return {id_: tuple(those) for id_, those in sorted(found.items())}


def _named(book: Book, resource: Resource) -> Iterator[str]:
    """The ids that the values and the expressions of a resource name."""
    yield from texts(resource.values)
    told = resource.config.get("expressions")
    for name, written in told.items() if isinstance(told, Mapping) else ():
        for leaf in book.references.leaves(resource, str(name)):
            yield from (one.id for one in leaf.resources if one.type in GROUPS)
            if not leaf.resources and (_NAMES_GROUPS.search(str(name)) or _names_groups(written)):
                yield ANY


def texts(value: Any, depth: int = 0) -> Iterator[str]:
    """Every text in a value."""
    if isinstance(value, str):
        yield value
    elif depth < _DEEPEST and isinstance(value, Mapping):
        for one in value.values():
            yield from texts(one, depth + 1)
    elif depth < _DEEPEST and isinstance(value, list):
        for one in value:
            yield from texts(one, depth + 1)


def _names_groups(written: Any, depth: int = 0) -> bool:
    """Whether a block has an attribute for groups, at any depth."""
    if depth > _DEEPEST:
        return False
    if isinstance(written, Mapping):
        return any(_NAMES_GROUPS.search(str(k)) or _names_groups(v, depth + 1) for k, v in written.items())
    return isinstance(written, list) and any(_names_groups(one, depth + 1) for one in written)


def groups_in(value: Any) -> frozenset[str]:
    """The ids that stand in lists of groups, at any depth."""
    found: set[str] = set()
    if isinstance(value, Mapping):
        for name, one in value.items():
            found |= set(texts(one)) if _NAMES_GROUPS.search(str(name)) else groups_in(one)
    elif isinstance(value, list):
        for one in value:
            found |= groups_in(one)
    return frozenset(found)
