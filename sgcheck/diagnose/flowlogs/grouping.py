"""The one pass over all records, in SQL: those that were asked for are summed by flow, the others only counted.

Own side and other side: logs write an interface's primary private address for its own side, and what the packet really
had in pkt-srcaddr and pkt-dstaddr (VPC user guide, "Flow log limitations"). A flow is a client's address and port with
a server's port at one interface; forward is the way from the client to the server.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sgcheck.diagnose.flowlogs.marks import marks
from sgcheck.diagnose.flowlogs.predicates import all_of, any_of, quoted, serves, within
from sgcheck.packets import ICMP, ICMPV6, AddressSet

if TYPE_CHECKING:
    from collections.abc import Callable

    from sgcheck.diagnose.flowlogs.asked import Asked, Place

COUNTED, FLOW, SIGNAL, ODD = 0, 1, 2, 3
"""What a row sums up: other records, a flow that was asked for, ICMP beside it, and addresses that are none."""

COLUMNS = (
    "kind INTEGER, site INTEGER, protocol INTEGER, peer VARCHAR, client_port INTEGER, server_port INTEGER, "
    "status VARCHAR, marks INTEGER, records BIGINT, accepted BIGINT, rejected BIGINT, since BIGINT, until BIGINT, "
    "accepted_since BIGINT, accepted_until BIGINT, rejected_since BIGINT, rejected_until BIGINT"
)


def places_of(asked: Asked) -> tuple[Place, ...]:
    """The interfaces to look at, targets first; their positions are the sites of the rows."""
    targets = {place.interface for place in asked.targets}
    return (*asked.targets, *(place for place in asked.origins if place.interface not in targets))


def grouping(asked: Asked, records: str) -> str:
    """A query for the sums of a relation whose columns are the read fields, with NULL for `-`."""
    ours = f"kind IN ({FLOW}, {SIGNAL})"
    yes, no = "CASE WHEN action = 'ACCEPT' THEN", "CASE WHEN action = 'REJECT' THEN"
    return f"""
SELECT kind, site, CASE WHEN kind = {FLOW} THEN protocol END AS protocol, CASE WHEN {ours} THEN peer END AS peer,
  CASE WHEN kind = {FLOW} THEN coalesce(client_port, 0) END AS client_port,
  CASE WHEN kind = {FLOW} THEN coalesce(server_port, 0) END AS server_port,
  CASE WHEN NOT ({ours}) THEN coalesce(log_status, 'OK') END AS status,
  bitwise_or_agg(CASE WHEN {ours} THEN {marks()} ELSE 0 END) AS marks, count(*) AS records,
  count({yes} 1 END) AS accepted, count({no} 1 END) AS rejected, min("start") AS since, max("end") AS "until",
  min({yes} "start" END) AS accepted_since, max({yes} "end" END) AS accepted_until,
  min({no} "start" END) AS rejected_since, max({no} "end" END) AS rejected_until
FROM (
  SELECT site, protocol, client_port, server_port, tcp_flags, packets, bytes, "start", "end", action, log_status,
    reject_reason, forward, coalesce(pkt_peer, peer) AS peer, {_kind(asked)} AS kind
  FROM (
    SELECT site, protocol, packets, bytes, "start", "end", action, log_status, tcp_flags, reject_reason, inward,
      inward = target AS forward,
      CASE WHEN inward THEN dstaddr ELSE srcaddr END AS own, CASE WHEN inward THEN srcaddr ELSE dstaddr END AS peer,
      CASE WHEN inward THEN pkt_dstaddr ELSE pkt_srcaddr END AS pkt_own,
      CASE WHEN inward THEN pkt_srcaddr ELSE pkt_dstaddr END AS pkt_peer,
      CASE WHEN inward = target THEN srcport ELSE dstport END AS client_port,
      CASE WHEN inward = target THEN dstport ELSE srcport END AS server_port
    FROM (
      SELECT r.*, p.site, p.target, {_inward(asked)} AS inward
      FROM ({records}) AS r LEFT JOIN {_places(asked)} ON {_joined(asked)}
    ) AS placed
  ) AS turned
) AS judged
GROUP BY 1, 2, 3, 4, 5, 6, 7"""


def _places(asked: Asked) -> str:
    rows = [
        f"({site}, {quoted(place.interface)}, {str(site < len(asked.targets)).upper()})"
        for site, place in enumerate(places_of(asked))
    ]
    return f"(VALUES {', '.join(rows)}) AS p(site, interface, target)"


def _joined(asked: Asked) -> str:
    """The record is of an interface that is looked at, in the time that is asked."""
    since = "" if asked.since is None else f'coalesce(r."end" >= {asked.since}, TRUE)'
    until = "" if asked.until is None else f'coalesce(r."start" <= {asked.until}, TRUE)'
    return all_of("r.interface_id = p.interface", since, until)


def _at_each(asked: Asked, condition: Callable[[Place], str], site: str = "site") -> str:
    """A condition that differs from place to place."""
    cases = " ".join(f"WHEN {n} THEN {condition(place)}" for n, place in enumerate(places_of(asked)))
    return f"CASE {site} {cases} END"


def _inward(asked: Asked) -> str:
    """Whether the packets came in, as far as that is told: by the log, else by the side that is the interface's own."""
    to_it = _at_each(asked, lambda place: within("r.dstaddr", place.written), "p.site")
    from_it = _at_each(asked, lambda place: within("r.srcaddr", place.written), "p.site")
    return (
        "CASE WHEN p.site IS NULL THEN NULL WHEN r.flow_direction = 'ingress' THEN TRUE "
        f"WHEN r.flow_direction = 'egress' THEN FALSE WHEN {to_it} THEN TRUE WHEN {from_it} THEN FALSE END"
    )


def _kind(asked: Asked) -> str:
    signals = f"protocol IN ({ICMP}, {ICMPV6})"
    ours = f"CASE WHEN NOT regexp_like(peer, '^[0-9A-Fa-f.:]+$') THEN {ODD} WHEN {_asked_ends(asked)} THEN"
    return (
        f"CASE WHEN site IS NULL OR inward IS NULL OR action IS NULL OR peer IS NULL THEN {COUNTED} "
        f"WHEN {serves(asked.services, 'protocol', 'server_port')} THEN {ours} {FLOW} ELSE {COUNTED} END "
        f"WHEN {signals} THEN {ours} {SIGNAL} ELSE {COUNTED} END ELSE {COUNTED} END"
    )


def _asked_ends(asked: Asked) -> str:
    near = _at_each(
        asked,
        lambda place: (
            f"CASE WHEN pkt_own IS NULL THEN {within('own', place.written)} "
            f"ELSE {within('pkt_own', place.addresses)} END"
        ),
    )
    sites = len(asked.targets)
    return all_of(
        near,
        f"CASE WHEN site < {sites} THEN {_either(asked.sources)} ELSE {_either(asked.destinations)} END",
    )


def _either(addresses: AddressSet) -> str:
    """The other side is asked, as the packet had it or as an intermediate one does."""
    return any_of([within("peer", addresses), f"(pkt_peer <> peer AND {within('pkt_peer', addresses)})"])
