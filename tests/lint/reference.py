"""What rules do to packets, from how they are written and with nothing of ours: ipaddress, and one packet at a time.

A rule is (protocol, (low, high), peer), an entry of an ACL has whether it allows as well. Between the bounds that they
name nothing changes, so that one packet for each such cell stands for all of them.
"""

from __future__ import annotations

from ipaddress import ip_address, ip_network

NUMBERS = {"tcp": 6, "udp": 17, "6": 6, "17": 17}
OTHER = 47
"""A protocol that only "-1" means."""


def starts(networks, family):
    """The first address of each cell that the networks of a family make."""
    found = {0}
    for one in networks:
        if one.version == family:
            found |= {int(one.network_address), int(one.broadcast_address) + 1}
    top = 1 << (32 if family == 4 else 128)
    kind = "0.0.0.0" if family == 4 else "::"
    return [type(ip_address(kind))(value) for value in sorted(found) if value < top]


def packets(rules):
    """(protocol, port, source, name of the group or list that the source is in) for every cell."""
    networks = [ip_network(rule[2]) for rule in rules if "/" in rule[2]]
    names = [None, *sorted({rule[2] for rule in rules if "/" not in rule[2]})]
    ports = sorted({0, *(bound for rule in rules for bound in (rule[1][0], rule[1][1] + 1) if bound < 65536)})
    services = [(OTHER, 0), *((protocol, port) for protocol in (6, 17) for port in ports)]
    sources = [address for family in (4, 6) for address in starts(networks, family)]
    return [(*service, source, name) for service in services for source in sources for name in names]


def matches(rule, packet):
    protocol, ports, peer = rule[:3]
    number, port, source, name = packet
    if protocol != "-1" and (NUMBERS[protocol] != number or not ports[0] <= port <= ports[1]):
        return False
    return source in ip_network(peer) if "/" in peer else name == peer


def allowed(rules, every):
    """Whether each packet passes rules of a group."""
    return [any(matches(rule, packet) for rule in rules) for packet in every]


def deciding(entries, packet):
    """The number of the first entry that matches a packet, None where none does."""
    return next((number for number, one in enumerate(entries) if matches(one, packet)), None)


def let_through(entries, every):
    """Whether each packet passes the entries of an ACL, in their order; what none matches is denied."""
    found = (deciding(entries, packet) for packet in every)
    return [number is not None and entries[number][3] for number in found]


def needless(rules):
    """The places of rules without which the same packets pass, whoever is in a group or list."""
    every = packets(rules)
    whole = allowed(rules, every)
    return {n for n in range(len(rules)) if allowed([*rules[:n], *rules[n + 1 :]], every) == whole}


def idle(entries):
    """The places of entries that decide on no packet, and of others without which the same packets pass."""
    every = packets(entries)
    whole = let_through(entries, every)
    live = {deciding(entries, packet) for packet in every}
    dead = {n for n in range(len(entries)) if n not in live}
    spare = {n for n in live - {None} if let_through([*entries[:n], *entries[n + 1 :]], every) == whole}
    return dead, spare
