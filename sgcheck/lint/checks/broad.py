"""Rules that allow more services than anybody needs: every protocol, or very long runs of ports."""

from __future__ import annotations

from collections.abc import Iterator

from sgcheck.lint.check import Check, Parameters, Task
from sgcheck.lint.effective import Told, wholly
from sgcheck.lint.finding import Doubt, Hit
from sgcheck.lint.pairs import within
from sgcheck.lint.scene import group_ref
from sgcheck.lint.words import labels, some
from sgcheck.model.filters import FilterLine, RuleSet, Way
from sgcheck.model.ref import rest_of
from sgcheck.packets import TCP, UDP, AddressSet, Services


class Broad(Parameters, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """longest: the longest run of TCP or UDP ports that is no finding; None looks for every protocol instead."""

    longest: int | None = None
    way: Way = Way.INGRESS


def run(task: Task) -> Iterator[Hit | Doubt]:
    """Look at what each peer may use of every group."""
    asked: Broad = task.parameters
    for group in task.scene.groups():
        lines = group.lines(asked.way)
        if not lines:
            continue
        sums = task.scene.told(group, asked.way)
        hit = _everything(group, lines, sums) if asked.longest is None else _runs(group, lines, sums, asked.longest)
        if hit is not None:
            yield hit


def _everything(group: RuleSet, lines: tuple[FilterLine, ...], sums: Told) -> Hit | None:
    full = _full(sums)
    keyed = sorted(
        key for key, every in sums.keyed.items() if every == Services.ALL and key not in (group.id, rest_of(group.id))
    )
    if not full and not keyed:
        return None
    peers = [*full.cidrs(), *keyed]
    doing = [line for line in lines if line.services == Services.ALL]
    message = f"every protocol and port is allowed for {some(peers)}"
    return Hit(group_ref(group), message, related=labels(doing))


def _runs(group: RuleSet, lines: tuple[FilterLine, ...], sums: Told, longest: int) -> Hit | None:
    # Who may use every protocol is the other form's business, and must not cut what the rest may use in pieces.
    full = _full(sums)
    rest = sums.packets.where(sources=AddressSet.ALL - full) if full else sums.packets
    # No run of ports is longer than what all rules together allow to anybody.
    found = {
        f"{low}-{high}/{'tcp' if protocol == TCP else 'udp'}"
        for run in (rest.runs() if _long(sums.services, longest) else ())
        for protocol in (TCP, UDP)
        if run.protocols == (protocol, protocol)
        for low, high in (run.values,)
        if high - low >= longest
    }
    for key, every in sums.keyed.items():
        if key != group.id and every != Services.ALL:
            for protocol, word in ((TCP, "tcp"), (UDP, "udp")):
                found |= {f"{lo}-{hi}/{word}" for lo, hi in every.values(protocol).spans if hi - lo >= longest}
    if not found:
        return None
    doing = [line for line in lines if line.services != Services.ALL and _long(line.services, longest)]
    return Hit(
        group_ref(group),
        f"{some(sorted(found))} {'is a run' if len(found) == 1 else 'are runs'} of ports that few programs need",
        related=labels(doing),
    )


def _full(sums: Told) -> AddressSet:
    """Who may use every protocol."""
    return wholly(sums.packets, Services.ALL) if within(Services.ALL, sums.services) else AddressSet.EMPTY


def _long(every: Services, longest: int) -> bool:
    return any(hi - lo >= longest for protocol in (TCP, UDP) for lo, hi in every.values(protocol).spans)


CHECK = Check(Broad, run)
