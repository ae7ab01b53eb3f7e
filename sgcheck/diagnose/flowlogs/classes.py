"""What becomes of each flow, in SQL: the rows of the classification, counted.

TCP flags are OR-ed over an aggregation interval: FIN 1, SYN 2, RST 4, SYN and ACK 18, so that the side that begins has
`flags & 18 = 2` (VPC user guide, "TCP flag sequence"). REJECT is also written for packets that came after a connection
was closed; those have no SYN. A header is never longer than 100 bytes on average without data behind it.
"""

from __future__ import annotations

from enum import StrEnum

from sgcheck.diagnose.flowlogs.grouping import FLOW, SIGNAL
from sgcheck.packets import ICMP, ICMPV6, TCP

_HEADERS = 100


class Fate(StrEnum):
    """What became of a flow, as one interface saw it."""

    PUBLIC_ACCESS = "public-access"
    OTHER_REASON = "other-reason"
    REJECTED = "rejected"
    LATE = "late"
    REPLY_REJECTED = "reply-rejected"
    ANSWERED = "answered"
    REFUSED = "refused"
    UNTOLD = "untold"
    OPEN = "open"
    UNREACHABLE = "unreachable"
    PERHAPS_UNREACHABLE = "perhaps-unreachable"
    SILENT = "silent"
    ONE_SIDED = "one-sided"


def classes(sums: str) -> str:
    """A query for (site, protocol, fate, blind, flows, records, since, until, peer) of a relation of sums.

    blind: whether records were without tcp-flags. peer: the address that was seen last.
    """
    return f"""
SELECT site, protocol, fate, blind, count(*) AS flows, sum(records) AS records, min(since) AS since,
  max(until) AS until, max_by(peer, coalesce(until, 0)) AS peer
FROM (
  SELECT site, protocol, peer, blind > 0 AS blind, {_held_back()} AS fate, rejects AS records,
    rejected_since AS since, rejected_until AS until
  FROM ({_flows(sums)}) AS f WHERE rejects > 0
  UNION ALL
  SELECT f.site, f.protocol, f.peer, blind > 0 AS blind, {_let_in()} AS fate, went + came + came_not AS records,
    coalesce(accepted_since, rejected_since) AS since, coalesce(accepted_until, rejected_until) AS until
  FROM ({_flows(sums)}) AS f LEFT JOIN ({_signals(sums)}) AS s ON f.site = s.site AND f.peer = s.peer
  WHERE went + came + reply_cut > 0
) AS fates
WHERE fate IS NOT NULL
GROUP BY 1, 2, 3, 4"""


def _sum(name: str, *conditions: str, what: str = "records") -> str:
    return f"sum(CASE WHEN {' AND '.join(conditions)} THEN coalesce({what}, 0) ELSE 0 END) AS {name}"


def _flows(sums: str) -> str:
    """One row for each flow, with what went forward and came back, let through and not."""
    yes, no, there, back = "action = 'ACCEPT'", "action = 'REJECT'", "forward", "NOT forward"
    starts = "bitwise_and(flags, 18) = 2"
    agreed, torn = "bitwise_and(flags, 18) = 18", "bitwise_and(flags, 6) = 4"
    blind, told = "flags IS NULL", "coalesce(reason, '-') <> '-'"
    columns = (
        _sum("went", there, yes),
        _sum("went_syn", there, yes, starts),
        _sum("went_blind", there, yes, blind),
        _sum("went_bytes", there, yes, what="bytes"),
        _sum("went_packets", there, yes, what="packets"),
        _sum("came", back, yes),
        _sum("came_syn", back, yes, agreed),
        _sum("came_rst", back, yes, torn),
        _sum("came_bytes", back, yes, what="bytes"),
        _sum("came_packets", back, yes, what="packets"),
        _sum("cut", there, no, f"NOT ({told})"),
        _sum("cut_syn", there, no, f"NOT ({told})", starts),
        _sum("cut_blind", there, no, f"NOT ({told})", blind),
        _sum("came_not", back, no),
        _sum("reply_cut", back, no, f"({agreed} OR {torn} OR {blind} OR protocol <> {TCP})", f"NOT ({told})"),
        _sum("reply_cut_sure", back, no, agreed, f"NOT ({told})"),
        _sum("public", "reason = 'BPA'"),
        _sum("other", no, told, "reason <> 'BPA'"),
        _sum("rejects", no),
        _sum("blind", blind, f"protocol = {TCP}"),
        "min(CASE WHEN action = 'REJECT' THEN since END) AS rejected_since",
        "max(CASE WHEN action = 'REJECT' THEN until END) AS rejected_until",
        "min(CASE WHEN action = 'ACCEPT' THEN since END) AS accepted_since",
        "max(CASE WHEN action = 'ACCEPT' THEN until END) AS accepted_until",
    )
    return f"""
    SELECT site, protocol, peer, client_port, server_port,
      {", ".join(columns)}
    FROM {sums} AS g WHERE kind = {FLOW} GROUP BY 1, 2, 3, 4, 5"""


def _signals(sums: str) -> str:
    """ICMP with the same peer, beside the flows: what was sent, and what came."""
    return f"""
    SELECT site, peer, {_sum("signalled", "NOT forward", "action = 'ACCEPT'")}, {_sum("pinged", "forward")}
    FROM {sums} AS g WHERE kind = {SIGNAL} GROUP BY 1, 2"""


def _held_back() -> str:
    """What the rejected part of a flow says; nothing where the reply was, which the other part tells."""
    return f"""CASE
      WHEN public > 0 THEN '{Fate.PUBLIC_ACCESS}'
      WHEN other > 0 THEN '{Fate.OTHER_REASON}'
      WHEN cut > 0 AND protocol <> {TCP} THEN '{Fate.REJECTED}'
      WHEN cut_syn > 0 OR (cut_blind > 0 AND went = 0) THEN '{Fate.REJECTED}'
      WHEN cut > 0 OR reply_cut = 0 THEN '{Fate.LATE}' END"""


def _let_in() -> str:
    data_came = f"came_bytes > {_HEADERS} * came_packets"
    data_went = f"went_bytes > {_HEADERS} * went_packets"
    silent = f"""CASE WHEN coalesce(signalled, 0) = 0 THEN '{Fate.SILENT}'
        WHEN coalesce(pinged, 0) = 0 THEN '{Fate.UNREACHABLE}' ELSE '{Fate.PERHAPS_UNREACHABLE}' END"""
    return f"""CASE
      WHEN reply_cut_sure > 0 OR (reply_cut > 0 AND came = 0 AND went > 0) THEN '{Fate.REPLY_REJECTED}'
      WHEN f.protocol <> {TCP} AND went = 0 THEN NULL
      WHEN f.protocol IN ({ICMP}, {ICMPV6}) THEN CASE WHEN came > 0 THEN '{Fate.ANSWERED}' ELSE '{Fate.SILENT}' END
      WHEN f.protocol <> {TCP} THEN CASE WHEN came > 0 THEN '{Fate.ANSWERED}' ELSE {silent} END
      WHEN came_syn > 0 THEN '{Fate.ANSWERED}'
      WHEN came_rst > 0 AND went_syn > 0 AND NOT ({data_came}) THEN '{Fate.REFUSED}'
      WHEN came > 0 AND blind > 0 THEN CASE WHEN {data_came} THEN '{Fate.ANSWERED}' ELSE '{Fate.UNTOLD}' END
      WHEN came > 0 THEN '{Fate.OPEN}'
      WHEN went > 0 AND {data_went} THEN '{Fate.ONE_SIDED}'
      WHEN went_syn > 0 OR went_blind > 0 THEN {silent}
      ELSE '{Fate.OPEN}' END"""
