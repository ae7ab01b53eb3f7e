"""The accounts to read: each is opened when its turn comes, and closed when it has been read."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from sgcheck.sources.live.refusals import Refusal
from sgcheck.sources.live.sessions import (
    Caller,
    Clients,
    assumed,
    base_session,
    caller,
    first_region,
    regions,
    unasked,
)
from sgcheck.sources.live.who import Role, Who

if TYPE_CHECKING:
    import boto3


class Opened(msgspec.Struct, frozen=True):
    """An account that can be asked, and where."""

    caller: Caller
    clients: Clients
    regions: tuple[str, ...]


class Door:
    """An account that has not been opened. role: what opens it, None for the credentials that everything began with."""

    def __init__(self, chain: Chain, role: Role | None) -> None:
        """Open with `role` from `chain`."""
        self._chain = chain
        self.role = role

    @property
    def account(self) -> str | None:
        """The account behind it, where that is known before."""
        return self.role.account if self.role else None

    def open(self) -> Opened:
        """Ask who we are there and which Regions there are; raises Refusal."""
        if self.role is None:
            return self._chain.first
        clients = self._chain.clients(self.role)
        who = self._chain.who
        told = caller(clients, self._chain.region)
        return Opened(told, clients, regions(clients, who, self._chain.region))


class Chain:
    """The credentials that everything begins with, and the doors that they lead to."""

    def __init__(self, who: Who) -> None:
        """Ask AWS whom it takes us for; raises AwsError where nothing at all can be asked."""
        self.who = who
        self._base = base_session(who)
        self.region = first_region(self._base, who)
        try:
            clients = self.clients(who.role) if who.role else Clients(self._base, who)
            told = caller(clients, self.region)
            self.first = Opened(told, clients, regions(clients, who, self.region) if not who.roles else ())
        except Refusal as refused:
            raise unasked(refused) from None

    @property
    def caller(self) -> Caller:
        """Whom AWS takes us for."""
        return self.first.caller

    def clients(self, role: Role) -> Clients:
        """Clients with the credentials of `role`."""
        session: boto3.Session = assumed(self._base, role, self.who, self.region)
        return Clients(session, self.who)

    def doors(self) -> tuple[Door, ...]:
        """The accounts to read, in the order of their numbers."""
        if not self.who.roles:
            return (Door(self, None),)
        return tuple(Door(self, role) for role in sorted(self.who.roles, key=lambda role: role.account))
