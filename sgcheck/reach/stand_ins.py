"""How addresses are written where some only stand for addresses that nobody knows yet."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sgcheck.packets import AddressSet

if TYPE_CHECKING:
    from sgcheck.model.network import Network


class Labels:
    """Writes the addresses of hosts of one network."""

    def __init__(self, network: Network) -> None:
        """Know the stand-ins of `network`."""
        self._network = network
        self._labels = network.stand_ins

    def __call__(self, family: int, value: int) -> str:
        """One address, or what is written for one that is not known yet."""
        return self._network.address_text(family, value)

    def cidrs(self, addresses: AddressSet) -> tuple[str, ...]:
        """Addresses of hosts as the fewest CIDRs, behind them what is written for those that are not known yet."""
        open_ = [one for one in self._labels if addresses.contains(*one)]
        rest = addresses - AddressSet.union_all([AddressSet.address(*one) for one in open_]) if open_ else addresses
        return (*rest.cidrs(), *dict.fromkeys(self._labels[one] for one in open_))
