"""The accounts to read: each is opened when its turn comes, and closed when it has been read."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from sgcheck.sources.live.meter import Meter
from sgcheck.sources.live.refusals import Refusal, refusals
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
from sgcheck.sources.live.who import ALL, Role, Who


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
        return self._chain.opened(clients)


class Chain:
    """The credentials that everything begins with, and the doors that they lead to."""

    def __init__(self, who: Who) -> None:
        """Ask AWS whom it takes us for; raises AwsError where nothing at all can be asked."""
        self.who = who
        self._base = base_session(who)
        self.region = first_region(self._base, who)
        if who.role:
            self._base = assumed(self._base, who.role, who, self.region)
        self.meter = Meter()
        clients = Clients(self._base, who)
        try:
            self.first = self.opened(clients)
            self._roles = (*who.roles, *(self._organization(clients) if who.organization_role else ()))
        except Refusal as refused:
            raise unasked(refused) from None

    def opened(self, clients: Clients) -> Opened:
        """What can be asked through `clients`; raises Refusal."""
        self.meter.open()
        told = caller(clients, self.region)
        if ALL in self.who.regions:
            self.meter.open()
        return Opened(told, clients, regions(clients, self.who, self.region))

    @property
    def caller(self) -> Caller:
        """Whom AWS takes us for."""
        return self.first.caller

    def clients(self, role: Role) -> Clients:
        """Clients with the credentials of `role`."""
        return Clients(assumed(self._base, role, self.who, self.region), self.who)

    def doors(self) -> tuple[Door, ...]:
        """The accounts to read, in the order of their numbers, after our own."""
        others = {role.account: role for role in self._roles if not self.who.own or role.account != self.caller.account}
        own = (Door(self, None),) if self.who.own else ()
        return (*own, *(Door(self, others[account]) for account in sorted(others)))

    def _organization(self, clients: Clients) -> Iterator[Role]:
        """The role in every active account (Organizations API, ListAccounts)."""
        partition = self.caller.arn.split(":")[1]
        with refusals("organizations:ListAccounts"):
            pages = clients.client("organizations", self.region).get_paginator("list_accounts").paginate()
            accounts = [account for page in pages for account in page["Accounts"]]
        for account in accounts:
            if account.get("State", account.get("Status")) == "ACTIVE":
                yield Role(f"arn:{partition}:iam::{account['Id']}:role/{self.who.organization_role}")
