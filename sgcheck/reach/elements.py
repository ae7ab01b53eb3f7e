"""Things that hold many small ones (rules, entries, routes, addresses …): taken apart, and put together again."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from typing import Any, NamedTuple

from msgspec.structs import replace

from sgcheck.model.routing import sorted_routes
from sgcheck.reach.plan import LAST_RULE

Elements = dict[Hashable, tuple[Any, ...]]


class Listed(NamedTuple):
    """A field that holds elements.

    key: what stays the same while an element changes. plain: an element without what decides nothing, None for one that
    decides nothing at all. ordered: the elements in the order of the field.
    """

    key: Callable[[Any], Hashable]
    plain: Callable[[Any], Any]
    ordered: Callable[[Iterable[Any]], tuple[Any, ...]]


def _same(element: Any) -> Any:
    return element


def _unlabelled(line: Any) -> Any:
    return replace(line, label="")


def _entry(line: Any) -> Any:
    """An entry of a network ACL; the closing denial decides nothing that is not so without it."""
    return None if line.number > LAST_RULE else _unlabelled(line)


def _route(route: Any) -> Any:
    return replace(route, rivals=(), label="")


def _routes(routes: Iterable[Any]) -> tuple[Any, ...]:
    return sorted_routes([replace(route, rivals=()) for route in routes])


def _listener(listener: Any) -> Any:
    return replace(listener, label="", pools=tuple(sorted(listener.pools)))


_RULES = Listed(_unlabelled, _unlabelled, tuple)
_ENTRIES = Listed(lambda line: line.number, _entry, lambda lines: tuple(sorted(lines, key=lambda line: line.number)))
_ROUTES = Listed(lambda r: (r.family, r.low, r.high, r.origin, r.list or ""), _route, _routes)
_OPEN = Listed(lambda route: route.list, _same, lambda found: tuple(sorted(found, key=lambda o: (o.list, o.target))))
LISTED: dict[tuple[str, str], Listed] = {
    ("groups", "ingress"): _RULES,
    ("groups", "egress"): _RULES,
    ("acls", "ingress"): _ENTRIES,
    ("acls", "egress"): _ENTRIES,
    ("tables", "routes"): _ROUTES,
    ("tables", "open_routes"): _OPEN,
    ("transit_tables", "routes"): _ROUTES,
    ("transit_tables", "open_routes"): _OPEN,
    ("interfaces", "groups"): Listed(_same, _same, lambda ids: tuple(sorted(ids))),
    ("interfaces", "addresses"): Listed(lambda a: (a.family, a.value), _same, tuple),
    ("balancers", "listeners"): Listed(lambda one: one.id, _listener, tuple),
    ("pools", "targets"): Listed(
        lambda one: (one.id, one.port), lambda one: replace(one, remark=None, name=None), tuple
    ),
}


def elements(listed: Listed, values: Iterable[Any]) -> Elements:
    """The elements of a field by key; of those that decide nothing none."""
    found: dict[Hashable, list[Any]] = {}
    for value in values:
        if listed.plain(value) is not None:
            found.setdefault(listed.key(value), []).append(value)
    return {key: tuple(sorted(those, key=repr)) if len(those) > 1 else tuple(those) for key, those in found.items()}


def alike(listed: Listed, one: tuple[Any, ...], other: tuple[Any, ...]) -> bool:
    """Whether two lots of elements with one key decide the same, however often each is said."""
    return {listed.plain(each) for each in one} == {listed.plain(each) for each in other}
