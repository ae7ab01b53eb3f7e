"""The security group rules of the synthetic organisation, as `IpPermissions`."""

from __future__ import annotations

import random
from typing import Any

from tests.benchmarks.plan import ACCOUNT, Plan, identifier, vpc_block

_PORTS = [
    *(
        ("tcp", port, port)
        for port in (22, 80, 443, 1433, 2049, 3306, 3389, 5432, 6379, 8080, 8443, 9092, 9200, 11211, 27017)
    ),
    ("tcp", 8000, 8100),
    ("tcp", 32768, 60999),
    ("udp", 53, 53),
    ("udp", 123, 123),
    ("udp", 161, 162),
    ("icmp", -1, -1),
    ("icmp", 8, 0),
    ("-1", None, None),
]
_LISTS = {
    "CidrIp": "IpRanges",
    "CidrIpv6": "Ipv6Ranges",
    "PrefixListId": "PrefixListIds",
    "GroupId": "UserIdGroupPairs",
}
_REASONS = (
    "from the office",
    "monitoring",
    "health checks",
    "managed by terraform",
    "ticket NET-4711",
    "legacy, see wiki",
)
PREFIX_LISTS = 5


def permission(protocol: str, low: int | None, high: int | None) -> dict[str, Any]:
    """Return an entry of `IpPermissions` without any source; all protocols have no ports."""
    ports = {} if low is None else {"FromPort": low, "ToPort": high}
    return {"IpProtocol": protocol, **ports, **{name: [] for name in _LISTS.values()}}


def allow(entry: dict[str, Any], key: str, value: str, **more: str) -> None:
    """Add one source, and so one rule, to an entry."""
    owner = {"UserId": ACCOUNT} if key == "GroupId" else {}
    entry[_LISTS[key]].append({key: value, **owner, **more})


class Rules:
    """Draws the rules of one group after another; the `number`th group always gets the same."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan

    def of(self, vpc: int, number: int) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
        """Return the inbound and the outbound permissions of a group."""
        draw = random.Random(1_000_003 * number)
        more = self._plan.more_rules[number]
        strict = draw.random() < 0.2  # a group that also says where its members may connect to
        out = more // 2 if strict else 0
        everywhere = permission("-1", None, None)
        allow(everywhere, "CidrIp", str(vpc_block(vpc)) if strict else "0.0.0.0/0")
        inbound = self._draw(draw, vpc, more - out)
        if inbound and number == self._plan.first_groups[vpc] + 1:
            inbound[0] = self._web(inbound[0])
        return inbound, [everywhere, *self._draw(draw, vpc, out)]

    @staticmethod
    def _web(entry: dict[str, Any]) -> dict[str, Any]:
        """Return as many rules as `entry` has, on port 443, the first of them for the whole internet."""
        web = permission("tcp", 443, 443)
        allow(web, "CidrIp", "0.0.0.0/0", Description="HTTPS for everybody")
        for number in range(1, sum(len(entry[name]) for name in _LISTS.values())):
            allow(web, "CidrIp", f"203.0.113.{number % 256}/32", Description=f"partner {number}")
        return web

    def _draw(self, draw: random.Random, vpc: int, count: int) -> list[dict[str, Any]]:
        chosen = draw.sample(_PORTS, k=min(len(_PORTS), 1 + count // 8))
        entries = [permission(*ports) for ports in chosen]
        seen: set[tuple[int, str]] = set()
        made = 0
        while made < count:
            slot = made % len(entries)
            key, value = self._source(draw, vpc)
            if (slot, value) in seen:  # AWS refuses the same rule twice
                continue
            seen.add((slot, value))
            more = {"Description": draw.choice(_REASONS)} if draw.random() < 0.5 else {}
            allow(entries[slot], key, value, **more)
            made += 1
        return [entry for entry in entries if any(entry[name] for name in _LISTS.values())]

    def _source(self, draw: random.Random, vpc: int) -> tuple[str, str]:
        """Return where traffic may come from: groups and single hosts mostly, now and then something else."""
        first = self._plan.first_groups[vpc]
        a, b, c = draw.randrange(256), draw.randrange(256), draw.randrange(256)
        sources = (
            ("GroupId", identifier("sg", draw.randrange(first, first + self._plan.group_counts[vpc]))),
            ("PrefixListId", identifier("pl", draw.randrange(PREFIX_LISTS))),
            ("CidrIpv6", f"2001:db8:{a:x}{b:02x}::/48"),
            ("CidrIp", f"10.{a}.{b}.0/24"),
            ("CidrIp", f"198.51.100.{a}/32"),
            ("CidrIp", f"172.{16 + a % 16}.0.0/16"),
            ("CidrIp", f"10.{a}.{b}.{c}/32"),
        )
        return draw.choices(sources, weights=(25, 2, 4, 19, 6, 4, 40))[0]
