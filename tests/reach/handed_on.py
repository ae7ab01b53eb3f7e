"""What has to agree: the rows of one target among all of a source's, asked for alone, and of everybody who reaches it."""

from __future__ import annotations

from collections.abc import Iterable

from sgcheck.model.network import Network
from sgcheck.packets import AddressSet, IntervalSet, PacketSet
from sgcheck.reach.attack import blast, surface
from sgcheck.reach.exposure import Exposed, Exposure, exposure
from sgcheck.reach.rows import Row

ANY_PORT = IntervalSet.of((0, 65535))
Reaching = dict[tuple[object, ...], PacketSet]


def of_target(rows: Iterable[Exposed], ids: Iterable[str]) -> tuple[Exposed, ...]:
    """The rows whose target is one of the interfaces, in their order."""
    wanted = set(ids)
    return tuple(row for row in rows if row.target.interface in wanted)


def reaching(rows: Iterable[Row]) -> Reaching:
    """Which packets get where by which way, however rows divide them: through several nodes it is one way."""
    found: Reaching = {}
    for row in rows:
        key = (row.target, row.via)
        packets = PacketSet.box(row.opening.addresses, AddressSet.ALL, row.opening.services, ANY_PORT)
        found[key] = found.get(key, PacketSet.EMPTY) | packets
    return found


def asked_alone(network: Network, every: Exposure, to: str, ids: Iterable[str]) -> Exposure:
    """`exposure --to`, held against the rows of the whole."""
    one = exposure(network, every.source, to=to)
    assert one.exposed == of_target(every.exposed, ids), to
    assert one.undecided == of_target(every.undecided, ids), to
    assert set(one.gaps) <= set(every.gaps)
    return one


def from_the_internet(network: Network, to: str) -> None:
    """Hold `reach --from internet --to` against the internet's rows of `reach --to`."""
    asked, everybody = blast(network, "internet", to=to), surface(network, to)
    for pair, everyone in ((asked.rows, everybody.rows), (asked.undecided, everybody.undecided)):
        assert reaching(pair) == reaching(r for r in everyone if r.source and r.source.kind == "internet"), to
