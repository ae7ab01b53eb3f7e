"""What a value will be that a plan leaves open: the configuration is followed to the resource whose id it is.

A plan lists what an expression refers to, not the expression. So a value is only taken for the id of a resource where
nothing else that it refers to may be its source: constants can't be, since the value would be known then. What goes
through a local value, which plans do not show, or through something else that is not known stays open.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

import msgspec

from sgcheck.sources.terraform.document import STEP, Document, module_config
from sgcheck.sources.terraform.resource import IDENTITY, Block, Resource, Unknown

_DEEPEST: Final = 12
_RESOURCE = re.compile(r"(data\.)?([a-z][a-z0-9]*_[a-z0-9_]+)\.([\w-]+)(\[(?:\d+|\"(?:[^\"\\]|\\.)*\")\])?(?:\.(\w+))?")
_OUTPUT = re.compile(r"module\.([\w-]+)(\[(?:\d+|\"(?:[^\"\\]|\\.)*\")\])?\.([\w-]+)(?:\[(\d+)\])?")
_WHOLE: Final = (
    "a list that is known after apply is taken for the ids that its expression refers to, "
    "with none written out beside them"
)
DERIVED: Final = {
    "default_security_group_id": "default_security_group_id",
    "default_network_acl_id": "default_network_acl_id",
    "default_route_table_id": "default_route_table_id",
    "main_route_table_id": "default_route_table_id",
    "primary_network_interface_id": "primary_network_interface_id",
    "association_default_route_table_id": "association_default_route_table_id",
    "propagation_default_route_table_id": "association_default_route_table_id",
    "transit_gateway_attachment_id": "transit_gateway_attachment_id",
    "cluster_security_group_id": "cluster_security_group_id",
}
"""Attributes that are ids of what comes with a resource, and what stands for them where it has none yet."""


class Leaf(msgspec.Struct, frozen=True):
    """What an expression refers to in the end: instances of one resource and the attribute of it, or something open.

    resources: empty where it is open. each: whether one is meant that has the key of who refers to it.
    """

    resources: tuple[Resource, ...] = ()
    attribute: str | None = None


class References:
    """Follows the references of one document. notes: what was concluded, for the reader."""

    def __init__(self, document: Document) -> None:
        """Follow the references of `document`."""
        self._document = document
        self._by_name: dict[tuple[str, str, str, bool], list[Resource]] = defaultdict(list)
        for resource in document.after:
            self._by_name[resource.module, resource.type, resource.name, resource.data].append(resource)
        self.notes: list[str] = []

    def one(self, resource: Resource, name: str, types: Sequence[str], path: str = "") -> str | Unknown | None:
        """The id that an attribute is: known, found by reference, else Unknown; None where it is not set.

        types: the resource types that it may be an id of. path: the block or attribute that refers, where that is
        another one than `name`.
        """
        found = resource.text(name)
        if not isinstance(found, Unknown):
            return found
        return self.named(resource, path or name, types) or found

    def named(self, resource: Resource, name: str, types: Sequence[str]) -> str | None:
        """The only id of these types that the expressions of `name` lead to, None where there is not one only."""
        leaves = [leaf for leaf in self.leaves(resource, name) if not leaf.resources or _fits(leaf, types)]
        if any(not leaf.resources for leaf in leaves):
            return self._by_elimination(types)
        found = {id_ for leaf in leaves for id_ in self._ids(leaf, types)}
        return found.pop() if len(found) == 1 else None

    def many(self, resource: Resource, name: str, types: Sequence[str]) -> list[str | Unknown] | Unknown:
        """The ids that a list attribute has: each known, found by reference, or Unknown."""
        return self._many(resource.texts(name), lambda: self.leaves(resource, name), types)

    def many_in(
        self, resource: Resource, block: Block, name: str, inner: str, types: Sequence[str]
    ) -> list[str | Unknown] | Unknown:
        """The ids that a list attribute of a block has; name: of the block, inner: of the attribute."""
        return self._many(block.texts(inner), lambda: self.leaves(resource, name, inner), types)

    def _many(
        self,
        found: list[str | Unknown] | Unknown,
        leaves_of: Callable[[], list[Leaf]],
        types: Sequence[str],
    ) -> list[str | Unknown] | Unknown:
        if isinstance(found, list) and not any(isinstance(one, Unknown) for one in found):
            return found
        open_ = 1 if isinstance(found, Unknown) else sum(isinstance(one, Unknown) for one in found)
        leaves = leaves_of()
        if any(not leaf.resources for leaf in leaves):
            return found
        ids = list(dict.fromkeys(id_ for leaf in leaves if _fits(leaf, types) for id_ in self._ids(leaf, types)))
        if isinstance(found, Unknown):
            self.notes += [_WHOLE] if ids else []
            return list(ids) or found
        known = [one for one in found if not isinstance(one, Unknown)]
        new = [one for one in ids if one not in known]
        return [*known, *new] if len(new) == open_ else found

    def _ids(self, leaf: Leaf, types: Sequence[str]) -> Iterator[str]:
        for resource in leaf.resources:
            if leaf.attribute in IDENTITY or leaf.attribute in ("allocation_id", "group_id"):
                yield resource.arn if leaf.attribute == "arn" else resource.id
            elif leaf.attribute in DERIVED:
                yield derived(resource, leaf.attribute)
            else:
                found = self.one(resource, str(leaf.attribute), types)
                if isinstance(found, str):
                    yield found

    def _by_elimination(self, types: Sequence[str]) -> str | None:
        """The only VPC whose id is not known: every VPC id that is not known is its, where nothing else is open."""
        if "aws_vpc" not in types:
            return None
        new = [
            r
            for r in self._document.after
            if r.type in ("aws_vpc", "aws_default_vpc") and (r.id == r.address or (r.created and r.open("id")))
        ]
        waiting = any(r.data and r.open("id") for r in self._document.after)
        return new[0].id if len(new) == 1 and not waiting else None

    # From an expression to its leaves.

    def leaves(self, resource: Resource, name: str, inner: str | None = None) -> list[Leaf]:
        """What the expressions of an attribute or block refer to, constants left out; inner: of one in the block."""
        told = resource.config.get("expressions")
        if not isinstance(told, Mapping) or name not in told:
            return []
        written = told[name]
        if inner is not None:
            blocks = written if isinstance(written, list) else [written]
            written = [block[inner] for block in blocks if isinstance(block, Mapping) and inner in block]
        references = list(_references(written))
        return list(self._follow(references, resource.module, resource.key, resource, 0))

    def _follow(
        self, references: Iterable[str], module: str, key: int | str | None, own: Resource | None, depth: int
    ) -> Iterator[Leaf]:
        if depth > _DEEPEST:
            yield Leaf()
            return
        listed = _longest(references)
        by_key = any(one.startswith(("count.", "each.")) for one in listed)
        for one in listed:
            yield from self._leaf(one, module, key, own, depth, by_key=by_key)

    def _leaf(
        self, one: str, module: str, key: int | str | None, own: Resource | None, depth: int, *, by_key: bool
    ) -> Iterator[Leaf]:
        if one.startswith(("count.", "each.key", "path.", "terraform.", "self.")):
            return
        if one.startswith("each.value"):
            told = own.config.get("for_each_expression") if own else None
            references = list(_references(told or {}))
            found = [r for r in references if _RESOURCE.fullmatch(r)]
            yield from (
                self._follow([*found, "each.key"], module, key, None, depth + 1) if found and own else iter((Leaf(),))
            )
        elif one.startswith("var."):
            yield from self._variable(one[4:].partition(".")[0].partition("[")[0], module, depth)
        elif one.startswith("module."):
            yield from self._output(one, module, depth, key if by_key else None)
        elif match := _RESOURCE.match(one):
            yield self._resource(match, module, key if by_key else None)
        else:
            yield Leaf()

    def _resource(self, match: re.Match[str], module: str, key: int | str | None) -> Leaf:
        data, type_, name, index, attribute = match.groups()
        found = self._by_name.get((module, type_, name, bool(data)), [])
        if index is not None:
            found = [r for r in found if r.address.endswith(index)]
        elif key is not None and len(found) > 1:
            same = [r for r in found if r.key == key]
            if same:
                self.notes.append(f"{found[0].address.rpartition('[')[0]}: taken for its instance of the same index")
            found = same
        return Leaf(tuple(found), attribute)

    def _variable(self, name: str, module: str, depth: int) -> Iterator[Leaf]:
        """What a module's variable is given; a value of the root module is known, and no source of an open one."""
        steps = list(STEP.finditer(module))
        if not steps:
            if _may_be_element(self._document.variables.get(name)):
                yield Leaf()
            return
        last = steps[-1]
        parent = module[: last.start()].removesuffix(".")
        call = ((module_config(self._document.config, parent) or {}).get("module_calls") or {}).get(last.group(1)) or {}
        given = (call.get("expressions") or {}).get(name)
        if isinstance(given, Mapping) and "constant_value" not in given:
            yield from self._follow(_references(given), parent, _plain_key(last.group(2)), None, depth + 1)
        elif isinstance(given, Mapping) and _may_be_element(given.get("constant_value")):
            yield Leaf()

    def _output(self, one: str, module: str, depth: int, key: int | str | None) -> Iterator[Leaf]:
        match = _OUTPUT.match(one)
        if match is None:
            yield Leaf()
            return
        name, index, output, place = match.groups()
        path = ".".join(filter(None, (module, f"module.{name}")))
        if index is None and key is not None and self._has(f"{path}[{_written(key)}]"):
            index = f"[{_written(key)}]"
        path += index or ""
        config = module_config(self._document.config, path) or {}
        told = ((config.get("outputs") or {}).get(output) or {}).get("expression")
        if not isinstance(told, Mapping):
            yield Leaf()
            return
        for leaf in self._follow(_references(told), path, None, None, depth + 1):
            if place is None or not leaf.resources:
                yield leaf
            elif int(place) < len(leaf.resources):
                ordered = sorted(leaf.resources, key=lambda r: (str(type(r.key)), r.key if r.key is not None else 0))
                yield Leaf((ordered[int(place)],), leaf.attribute)
            else:
                yield Leaf()

    def _has(self, path: str) -> bool:
        return any(r.module == path or r.module.startswith(f"{path}.") for r in self._document.after)


def derived(resource: Resource, attribute: str) -> str:
    """The id of what comes with a resource, or what stands for it."""
    found = resource.values.get(attribute)
    return found if isinstance(found, str) and found else f"{resource.address}.{DERIVED[attribute]}"


def _fits(leaf: Leaf, types: Sequence[str]) -> bool:
    """Whether a leaf may be an id of these types: a resource's own, or an attribute of another that is one."""
    first = leaf.resources[0]
    if first.type in types and leaf.attribute in (*IDENTITY, "allocation_id", "group_id"):
        return True
    return leaf.attribute not in IDENTITY


def _references(told: Any) -> Iterator[str]:
    """The references of an expression, be it in blocks."""
    if isinstance(told, Mapping):
        listed = told.get("references")
        if isinstance(listed, list):
            yield from (one for one in listed if isinstance(one, str))
            return
        for value in told.values():
            yield from _references(value)
    elif isinstance(told, list):
        for value in told:
            yield from _references(value)


def _longest(references: Iterable[str]) -> list[str]:
    """The references without those that are the beginning of another: Terraform lists `a.b.id`, `a.b`."""
    listed = list(dict.fromkeys(references))
    return [
        one
        for one in listed
        if not any(other != one and other.startswith(one) and other[len(one)] in ".[" for other in listed)
    ]


def _may_be_element(value: Any) -> bool:
    """Whether a constant may be an id or a list of them, so that it may stand beside what is not known."""
    return (isinstance(value, str) and bool(value)) or (isinstance(value, list | dict) and bool(value))


def _plain_key(index: str | None) -> int | str | None:
    if index is None:
        return None
    inner = index[1:-1]
    return int(inner) if inner.isdigit() else inner[1:-1].replace('\\"', '"').replace("\\\\", "\\")


def _written(key: int | str) -> str:
    return str(key) if isinstance(key, int) else '"' + key.replace("\\", "\\\\").replace('"', '\\"') + '"'
