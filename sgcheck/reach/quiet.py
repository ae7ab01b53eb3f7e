"""Words for walks that nobody reads: only what gaps say is written."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sgcheck.reach.words import Words

if TYPE_CHECKING:
    from sgcheck.model.filters import RuleList, Way
    from sgcheck.packets import AddressSet, PacketSet

_LONG = 16


class Quiet(Words):
    """Leaves out what stands in hops and blockers only, and does not count the parts of long sets."""

    def services(self, packets: PacketSet) -> str:
        """Nothing: only blockers say it."""
        del packets
        return ""

    def judged(self, packets: PacketSet, way: Way) -> str:
        """Nothing: only hops and blockers say it."""
        del packets, way
        return ""

    def acl_near(self, acl: RuleList, way: Way, held: PacketSet) -> tuple[str, ...]:
        """Nothing: only blockers say it."""
        del acl, way, held
        return ()

    def addresses(self, addresses: AddressSet) -> str:
        """A set of addresses for a sentence; one of many parts is not counted."""
        if len(addresses.v4.bounds) + len(addresses.v6.bounds) > _LONG:
            return "many addresses"
        return super().addresses(addresses)
