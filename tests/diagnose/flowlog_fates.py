"""What becomes of flows, in plain Python: written from the table in the documentation, to hold the SQL against."""

from __future__ import annotations

from collections import defaultdict

from sgcheck.diagnose.flowlogs.classes import Fate


def fates_of(records):
    """The (fate, flows, records) of TCP records of one client and one server."""
    ports = defaultdict(list)
    for record in records:
        if record["protocol"] == 6:
            ports[record["srcport"] if _forward(record) else record["dstport"]].append(record)
    signals = {_forward(record) for record in records if record["protocol"] == 1}
    counts = defaultdict(lambda: [0, 0])
    for flow in ports.values():
        held, admitted = _held(flow), _admitted(flow, signals)
        accepted = sum(record["action"] == "ACCEPT" for record in flow)
        rejected = len(flow) - accepted
        for fate, number in ((held, rejected), (admitted, len(flow) if admitted is Fate.REPLY_REJECTED else accepted)):
            if fate:
                counts[fate][0] += 1
                counts[fate][1] += number
    return {(fate, flows, number) for fate, (flows, number) in counts.items()}


def _forward(record):
    return record["flow-direction"] == "ingress"


def _some(flow, forward, action, test=lambda _flags: True):
    return [r for r in flow if _forward(r) is forward and r["action"] == action and test(r["tcp-flags"])]


def _syn(flags):
    return flags is not None and flags & 2 and not flags & 16


def _synack(flags):
    return flags is not None and flags & 2 and flags & 16


def _rst(flags):
    return flags is not None and flags & 4 and not flags & 2


def _untold(flags):
    return flags is None


def _data(some):
    return any(record["bytes"] > 100 * record["packets"] for record in some)


def _reply_cut(flow):
    return _some(flow, False, "REJECT", lambda flags: _untold(flags) or _synack(flags) or _rst(flags))


def _held(flow):
    cut = _some(flow, True, "REJECT")
    if _some(flow, True, "REJECT", _syn):
        return Fate.REJECTED
    if _some(flow, True, "REJECT", _untold) and not _some(flow, True, "ACCEPT"):
        return Fate.REJECTED
    rejected = cut or _some(flow, False, "REJECT")
    return Fate.LATE if cut or (rejected and not _reply_cut(flow)) else None


def _admitted(flow, signals):
    went, came = _some(flow, True, "ACCEPT"), _some(flow, False, "ACCEPT")
    blind = any(record["tcp-flags"] is None for record in flow)
    if _some(flow, False, "REJECT", _synack) or (_reply_cut(flow) and went and not came):
        return Fate.REPLY_REJECTED
    if _some(flow, False, "ACCEPT", _synack):
        return Fate.ANSWERED
    if _some(flow, False, "ACCEPT", _rst) and _some(flow, True, "ACCEPT", _syn) and not _data(came):
        return Fate.REFUSED
    if came:
        return Fate.OPEN if not blind else Fate.ANSWERED if _data(came) else Fate.UNTOLD
    if _data(went):
        return Fate.ONE_SIDED
    if _some(went, True, "ACCEPT", lambda flags: _syn(flags) or _untold(flags)):
        if False not in signals:
            return Fate.SILENT
        return Fate.PERHAPS_UNREACHABLE if True in signals else Fate.UNREACHABLE
    return Fate.OPEN if went else None
