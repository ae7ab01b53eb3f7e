"""Which interfaces are a service's, or may be.

A provider describes such an interface as one of a kind of service and does not always say whose: the candidates are
those in the service's subnets with exactly its groups.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from sgcheck.reach.ends import Claim

if TYPE_CHECKING:
    from sgcheck.model.network import Network
    from sgcheck.model.services import Service


class Claimer:
    """Finds the interfaces of the services of one network; what it found once it does not look for again."""

    def __init__(self, network: Network) -> None:
        """Look in `network`."""
        self._network = network
        self._found: dict[Service, tuple[str, ...]] = {}
        self._owners: dict[str, dict[str, list[Service]]] = {}

    def claim(self, service: Service) -> Claim:
        """The interfaces that may be those of a service, who else may have them, and which are not in the data."""
        own = self.candidates(service)
        rivals = self._rivals(service, own)
        several = len(own) > 1 and (service.single or bool(rivals)) and not service.shared
        lost = tuple(sorted(set(service.interfaces or ()) - set(own)))
        return Claim(service, own, several, rivals, lost)

    def candidates(self, service: Service) -> tuple[str, ...]:
        """The interfaces that a service is known to have, or may have, in the order of their ids."""
        found = self._found.get(service)
        if found is None:
            found = self._found[service] = tuple(sorted(self._candidates(service)))
        return found

    def _candidates(self, service: Service) -> set[str]:
        if service.interfaces is not None:
            return {id_ for id_ in service.interfaces if id_ in self._network.interfaces}
        if service.members:
            parts = [s for s in self._network.services if s.id in service.members and _beside(s, service)]
            return {id_ for part in parts for id_ in self.candidates(part)}
        marked = self._network.directory.marked.get(service.mark, ())
        found = {id_ for name, id_ in marked if self._fits(service, name, id_)}
        return {id_ for id_ in found if self._has_address(service, id_)} or found

    def _fits(self, service: Service, name: str, id_: str) -> bool:
        if service.named and name and name not in service.named:
            return False
        interface = self._network.interfaces[id_]
        if service.subnets is not None and interface.subnet not in service.subnets:
            return False
        return service.groups is None or interface.groups == service.groups

    def _has_address(self, service: Service, id_: str) -> bool:
        return any((a.family, a.value) in service.addresses for a in self._network.interfaces[id_].addresses)

    def _rivals(self, service: Service, own: tuple[str, ...]) -> tuple[str, ...]:
        """Other services that the same interfaces may belong to; a cluster's members are none."""
        if service.interfaces is not None or service.shared:
            return ()
        owners = self._owners_of(service.mark)
        others = {other for id_ in own for other in owners.get(id_, ())}
        parts = {service.id, *service.members}
        return tuple(sorted({o.title for o in others if o.id not in parts}))

    def _owners_of(self, mark: str) -> dict[str, list[Service]]:
        """Services by the interfaces that they may have, without those that only stand for others."""
        known = self._owners.get(mark)
        if known is None:
            known = self._owners[mark] = defaultdict(list)
            for service in self._network.services:
                if service.mark == mark and not service.members:
                    for id_ in self.candidates(service):
                        known[id_].append(service)
        return known


def _beside(part: Service, whole: Service) -> bool:
    return (part.kind, part.account, part.region) == (whole.kind, whole.account, whole.region)
