"""What becomes of each flow, in SQL: the rows of the classification, counted.

REJECT is also written for packets that came after a connection was closed; those have no SYN (VPC user guide, "Flow log
records").
"""

from __future__ import annotations

from enum import StrEnum

from sgcheck.diagnose.flowlogs.grouping import FLOW, SIGNAL
from sgcheck.diagnose.flowlogs.marks import Mark, has
from sgcheck.packets import ICMP, ICMPV6, TCP


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


def flows(sums: str) -> str:
    """A relation in which each flow has one row, of sums in which it may have several."""
    return f"""
SELECT kind, site, protocol, peer, client_port, server_port, bitwise_or_agg(marks) AS marks,
  CAST(sum(accepted) AS BIGINT) AS accepted, CAST(sum(rejected) AS BIGINT) AS rejected,
  min(accepted_since) AS accepted_since, max(accepted_until) AS accepted_until,
  min(rejected_since) AS rejected_since, max(rejected_until) AS rejected_until
FROM {sums} AS g WHERE kind IN ({FLOW}, {SIGNAL}) GROUP BY 1, 2, 3, 4, 5, 6"""


def classes(flows: str) -> str:
    """A query for what became of a relation of flows: of their rejected part, and of their admitted one.

    Each address family has its own rows. blind: whether records were without tcp-flags. peer: one of the addresses.
    """
    return f"""
SELECT site, protocol, held, admitted, blind, count(*) AS flows,
  CAST(sum(accepted) AS BIGINT) AS accepted, CAST(sum(rejected) AS BIGINT) AS rejected,
  min(accepted_since) AS accepted_since, max(accepted_until) AS accepted_until,
  min(rejected_since) AS rejected_since, max(rejected_until) AS rejected_until,
  min(peer) AS peer
FROM (
  SELECT f.*, strpos(f.peer, ':') > 0 AS six, {has(Mark.BLIND, "f.marks")} AS blind,
    {_held("f.marks")} AS held, {_admitted("f.marks")} AS admitted
  FROM {flows} AS f LEFT JOIN (
    SELECT site AS signal_site, peer AS signal_peer, bitwise_or_agg(marks) AS signals
    FROM {flows} AS s WHERE kind = {SIGNAL} GROUP BY 1, 2
  ) AS s ON f.site = s.signal_site AND f.peer = s.signal_peer
  WHERE f.kind = {FLOW}
) AS judged
WHERE held IS NOT NULL OR admitted IS NOT NULL
GROUP BY 1, 2, 3, 4, 5, six ORDER BY 1, 2, 3, 4, 5, six"""


SUMMARY = (
    "kind", "site", "status", "protocol", "held", "admitted", "blind", "six",
    "flows", "records", "accepted", "rejected", "since", "until",
    "accepted_since", "accepted_until", "rejected_since", "rejected_until", "peer",
)  # fmt: skip
"""The columns of `summary`, in their order."""


def summary(sums: str) -> str:
    """One query for what became of flows and what records there are, which reads a relation of sums once.

    For an engine that reads, and is paid, anew wherever a relation is named. Each flow has to have one row in `sums`.
    """
    ours = f"kind = {FLOW}"
    signals = " + ".join(
        f"max(CASE WHEN kind = {SIGNAL} AND {has(mark)} THEN {mark.value} ELSE 0 END) OVER (PARTITION BY site, peer)"
        for mark in (Mark.WENT, Mark.CAME)
    )
    keys = ", ".join(str(n + 1) for n in range(SUMMARY.index("flows")))
    return f"""
SELECT kind, site, status, protocol, held, admitted, blind, six, count(*) AS flows,
  CAST(sum(records) AS BIGINT) AS records, CAST(sum(accepted) AS BIGINT) AS accepted,
  CAST(sum(rejected) AS BIGINT) AS rejected, min(since) AS since, max("until") AS "until",
  min(accepted_since) AS accepted_since, max(accepted_until) AS accepted_until,
  min(rejected_since) AS rejected_since, max(rejected_until) AS rejected_until, min(peer) AS peer
FROM (
  SELECT kind, site, coalesce(status, 'OK') AS status, protocol, records, accepted, rejected, since, "until",
    accepted_since, accepted_until, rejected_since, rejected_until, peer,
    {ours} AND {has(Mark.BLIND)} AS blind, {ours} AND strpos(peer, ':') > 0 AS six,
    CASE WHEN {ours} THEN {_held("marks")} END AS held, CASE WHEN {ours} THEN {_admitted("marks")} END AS admitted
  FROM (SELECT g.*, {signals} AS signals FROM ({sums}) AS g) AS beside
) AS judged
GROUP BY {keys} ORDER BY {keys}"""


def _held(marks: str) -> str:
    """What the rejected part of a flow says; nothing where it is the reply, which the admitted part tells."""
    return f"""CASE WHEN rejected = 0 THEN NULL
    WHEN {has(Mark.PUBLIC_ACCESS, marks)} THEN '{Fate.PUBLIC_ACCESS}'
    WHEN {has(Mark.OTHER_REASON, marks)} THEN '{Fate.OTHER_REASON}'
    WHEN {has(Mark.CUT_SYN, marks)} THEN '{Fate.REJECTED}'
    WHEN {has(Mark.CUT, marks)} AND protocol <> {TCP} THEN '{Fate.REJECTED}'
    WHEN {has(Mark.CUT_BLIND, marks)} AND NOT {has(Mark.WENT, marks)} THEN '{Fate.REJECTED}'
    WHEN {has(Mark.CUT, marks)} OR NOT {has(Mark.REPLY_CUT, marks)} THEN '{Fate.LATE}' END"""


def _admitted(marks: str) -> str:
    """What the admitted part of a flow says, with the replies to it."""
    went, came = has(Mark.WENT, marks), has(Mark.CAME, marks)
    silent = f"""CASE WHEN NOT {has(Mark.CAME, "coalesce(signals, 0)")} THEN '{Fate.SILENT}'
      WHEN {has(Mark.WENT, "coalesce(signals, 0)")} THEN '{Fate.PERHAPS_UNREACHABLE}' ELSE '{Fate.UNREACHABLE}' END"""
    return f"""CASE
    WHEN {has(Mark.REPLY_CUT_SYN, marks)} THEN '{Fate.REPLY_REJECTED}'
    WHEN {has(Mark.REPLY_CUT, marks)} AND {went} AND NOT {came} THEN '{Fate.REPLY_REJECTED}'
    WHEN NOT {has(Mark.WENT | Mark.CAME, marks)} THEN NULL
    WHEN protocol IN ({ICMP}, {ICMPV6}) THEN CASE WHEN NOT {went} THEN NULL WHEN {came} THEN '{Fate.ANSWERED}'
      ELSE '{Fate.SILENT}' END
    WHEN protocol <> {TCP} THEN CASE WHEN NOT {went} THEN '{Fate.OPEN}' WHEN {came} THEN '{Fate.ANSWERED}'
      ELSE {silent} END
    WHEN {has(Mark.CAME_SYN, marks)} THEN '{Fate.ANSWERED}'
    WHEN {has(Mark.CAME_RST, marks)} AND {has(Mark.WENT_SYN, marks)} AND NOT {has(Mark.CAME_DATA, marks)}
      THEN '{Fate.REFUSED}'
    WHEN {came} AND NOT {has(Mark.BLIND, marks)} THEN '{Fate.OPEN}'
    WHEN {came} THEN CASE WHEN {has(Mark.CAME_DATA, marks)} THEN '{Fate.ANSWERED}' ELSE '{Fate.UNTOLD}' END
    WHEN {has(Mark.WENT_DATA, marks)} THEN '{Fate.ONE_SIDED}'
    WHEN {has(Mark.WENT_SYN | Mark.WENT_BLIND, marks)} THEN {silent}
    ELSE '{Fate.OPEN}' END"""
