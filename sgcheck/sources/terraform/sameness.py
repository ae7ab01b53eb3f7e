"""What two documents have in common that are compared: ids of what both call the same, and stand-ins for addresses.

A resource that is replaced, or made, has no id in a plan. Where the other side knows the id of the same address, it is
used on both, so that a comparison finds one host that changed, and not one that went and another that came. Which
address a replacement gets is as open as ever: its stand-in then is the address that it had.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from ipaddress import IPv4Network, ip_address
from typing import TYPE_CHECKING, Any, Final

import msgspec

from sgcheck.sources.terraform.references import DERIVED

if TYPE_CHECKING:
    from sgcheck.sources.terraform.resource import Resource

_IDENTIFYING: Final = ("id", "arn", *DERIVED)
_ADDRESSES: Final = ("private_ip", "public_ip")
_LISTS: Final = ("private_ips", "secondary_private_ips", "private_ip_list")


class Known(msgspec.Struct):
    """What one document knows of a resource: what it is called, and the addresses that it has."""

    identity: dict[str, str]
    addresses: dict[str, str]


class Sameness:
    """What is remembered from one document for the next."""

    def __init__(self) -> None:
        """Remember nothing yet."""
        self.nameless: set[str] = set()
        self.formers: set[str] = set()
        self._known: dict[str, Known] = {}
        self._stand_ins: dict[str, str] = {}
        self._taken: set[str] = set()

    def learn(self, resources: Iterable[Resource]) -> None:
        """Remember every resource whose id is known; whoever came first counts."""
        for resource in resources:
            self._taken.update(addresses_of(resource))
            if resource.data or resource.open("id") or not isinstance(resource.values.get("id"), str):
                continue
            texts = {k: v for k, v in resource.values.items() if isinstance(v, str) and v and not resource.open(k)}
            identity: dict[str, str] = {name: texts[name] for name in _IDENTIFYING if name in texts}
            addresses: dict[str, str] = {name: texts[name] for name in _ADDRESSES if name in texts}
            self._known.setdefault(resource.address, Known(identity, addresses))

    def name(self, resources: Iterable[Resource]) -> None:
        """Call every resource whose id is not known yet as the other document does."""
        for resource in resources:
            if resource.data or resource.values.get("id"):
                continue
            known = self._known.get(resource.address)
            if known is None:
                self.nameless.add(resource.address)
                continue
            for name, value in known.identity.items():
                resource.values.setdefault(name, value)

    @property
    def late(self) -> bool:
        """Whether something had no id in one document that another one knew later."""
        return any(address in self._known for address in self.nameless)

    def takes(self, address: str) -> bool:
        """Whether some document knows an address, or it is a stand-in."""
        return address in self._taken

    def stand_in(
        self, resource: Resource, name: str, within: IPv4Network | None, others: Collection[str]
    ) -> str | None:
        """The address that it is on the other side, else the stand-in that it has there; None: it takes a new one.

        within: what it has to be of. others: the addresses that others have in this document.
        """
        known = self._known.get(resource.address)
        former = known.addresses.get(name) if known is not None else None
        for chosen in (former, self._stand_ins.get(_key(resource, name))):
            if chosen is None or chosen in others or (within is not None and ip_address(chosen) not in within):
                continue
            if chosen == former:
                self.formers.add(chosen)
            return chosen
        return None

    def keep(self, resource: Resource, name: str, address: str) -> None:
        """Remember a stand-in."""
        if address not in self.formers:
            self._stand_ins[_key(resource, name)] = address
            self._taken.add(address)


def _key(resource: Resource, name: str) -> str:
    return f"{resource.address}: {name}"


def addresses_of(resource: Resource) -> Iterator[str]:
    """The addresses that are known of a resource."""
    listed: list[Any] = [resource.values.get(name) for name in (*_ADDRESSES, "ip_address")]
    for name in _LISTS:
        told = resource.values.get(name)
        listed += told if isinstance(told, list) else []
    yield from (one for one in listed if isinstance(one, str) and one)
