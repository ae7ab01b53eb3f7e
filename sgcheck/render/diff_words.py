"""How the ends, changes and counts of a difference are called. Shared by its text and its Markdown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sgcheck.render.words import named

if TYPE_CHECKING:
    from sgcheck.reach.difference import Difference, FlowChange, Member, Named, Party

NAMED_MEMBERS = 3
SHOWN_CIDRS = 4


def party(end: Party, *, addresses: bool) -> str:
    """An end in a few words: its members by name, counted where they are many.

    addresses: whether the address of a single host is said too.
    """
    if end.kind == "internet":
        return "internet"
    if end.kind == "outside":
        return f"outside ({', '.join(end.behind)})" if end.behind else "outside"
    titles = list(dict.fromkeys(map(title, end.members)))
    shown = ", ".join(titles[:NAMED_MEMBERS])
    if len(titles) > NAMED_MEMBERS:
        return f"{shown} and {len(titles) - NAMED_MEMBERS:,} more"
    if addresses and len(end.members) == 1:
        return f"{shown} {', '.join(end.members[0].addresses)}"
    return shown


def title(member: Member) -> str:
    """A host: as the configuration calls it, where that is known."""
    return member.written or named(member.id or member.interface, member.name)


def ports(row: FlowChange) -> str:
    """The protocol and ports: "443/tcp", "icmp 8", "everything"."""
    if row.protocol == "all":
        return "everything"
    if row.protocol[:1].isdigit():
        return f"protocol{'s' if '-' in row.protocol else ''} {row.protocol}"
    if row.ports == "all":
        return f"{row.protocol}, every port" if row.protocol in {"tcp", "udp"} else row.protocol
    return f"{row.ports}/{row.protocol}" if row.protocol in {"tcp", "udp"} else f"{row.protocol} {row.ports}"


def remarks(row: FlowChange) -> list[str]:
    """What narrows a row down: addresses that are not all of an end's, and the client's own ports."""
    found = []
    if row.source.kind != "hosts" and row.sources not in {("0.0.0.0/0",), ("::/0",)}:
        found.append(f"from {few(row.sources)}")
    if row.source.kind != "hosts" and row.sources == ("::/0",):
        found.append("over IPv6")
    if row.destinations and row.destinations not in {("0.0.0.0/0",), ("::/0",)}:
        found.append(f"to {few(row.destinations)}")
    if row.destinations == ("::/0",):
        found.append("over IPv6")
    if row.client_ports:
        found.append(f"only from client ports {few(row.client_ports)}")
    if row.may is not None:
        found.append(f"may {row.may}" if row.may == "open" else "may be closed")
    return found


def few(listed: tuple[str, ...]) -> str:
    """A list, cut when it is long."""
    if len(listed) <= SHOWN_CIDRS:
        return ", ".join(listed)
    return f"{', '.join(listed[:SHOWN_CIDRS])} and {len(listed) - SHOWN_CIDRS:,} more"


def change(one: Named) -> str:
    """A change with what it is a change of: as the configuration calls it, where that is known."""
    return f"{one.written or named(one.resource, one.name)}: {one.change}"


def verdict(difference: Difference) -> str:
    """What it does, in one line: "opens 1 flow from the internet and 2 inside, closes 1 flow"."""
    if not difference.changed:
        return "nothing changed"
    strangers = len(difference.from_internet)
    inside = len(difference.opened) - strangers
    parts = []
    if strangers:
        parts.append(f"opens {_flows(strangers)} from the internet" + (f" and {inside:,} inside" if inside else ""))
    elif inside:
        parts.append(f"opens {_flows(inside)}, none from the internet")
    if difference.closed:
        parts.append(f"closes {_flows(len(difference.closed))}")
    if difference.undecided:
        count = len(difference.undecided)
        parts.append(f"leaves {_flows(count)} undecided")
    return ", ".join(parts) or "opens and closes nothing"


def _flows(count: int) -> str:
    return f"{count:,} flow{'' if count == 1 else 's'}"


def summary(difference: Difference) -> str:
    """What there is, in one line."""
    if not difference.changed:
        return "nothing changed"
    parts = []
    for count, word in ((len(difference.opened), "opened"), (len(difference.closed), "closed")):
        if count:
            inner = len(difference.from_internet) if word == "opened" else 0
            parts.append(f"{count:,} {word}" + (f" ({inner:,} from the internet)" if inner else ""))
    if difference.undecided:
        parts.append(f"{len(difference.undecided):,} undecided")
    flows = ", ".join(parts) or "no flow changed"
    quiet = len(difference.config)
    if not quiet:
        return flows
    return f"{flows}, {quiet:,} change{'s' if quiet > 1 else ''} without effect on any flow"
