"""Managed services: what people know by name, and what answers by interfaces that its provider keeps for it."""

from __future__ import annotations

import msgspec


class Service(msgspec.Struct, frozen=True):
    """A managed resource, as far as its provider describes it.

    kind, id: as people name it (`rds:orders`). full: its provider's unique name. dns: the names that clients ask for;
    zonal: those that lead every client to what stands in its own zone. port: where it listens.
    mark: under which mark of the directory its interfaces stand; named: the names in such marks that mean it, empty
    where none does. subnets, groups: where its interfaces stand and which groups they have, exactly; None where the
    data does not tell. addresses: which of its addresses clients are led to, where its record says so. interfaces:
    those that its own record names. members: ids of services of this kind that it stands for.
    single: whether one interface is all that it has. shared: whether several may stand behind one interface.
    state: why it does not answer, None where it does; startable: whether starting it is all it takes.
    outside: why the internet (everybody, where it has no interfaces) reaches it on a way that the data does not hold.
    """

    kind: str
    id: str
    account: str | None = None
    region: str | None = None
    full: str | None = None
    dns: tuple[str, ...] = ()
    zonal: tuple[str, ...] = ()
    port: int | None = None
    mark: str = ""
    named: frozenset[str] = frozenset()
    subnets: frozenset[str] | None = None
    groups: tuple[str, ...] | None = None
    addresses: frozenset[tuple[int, int]] = frozenset()
    interfaces: tuple[str, ...] | None = None
    members: tuple[str, ...] = ()
    single: bool = False
    shared: bool = False
    state: str | None = None
    startable: bool = False
    outside: str | None = None

    @property
    def title(self) -> str:
        """How people name it: `rds:orders`."""
        return f"{self.kind}:{self.id}"

    @property
    def same(self) -> tuple[str, str]:
        """What is equal for two entries about one resource."""
        return self.kind, self.full or f"{self.account}/{self.region}/{self.id}"
