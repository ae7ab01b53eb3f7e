"""Endpoints as ends: `vpce-…` and `eice-…` after --from and --to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sgcheck.errors import UsageError
from sgcheck.model.endpoints import EndpointKind
from sgcheck.packets import AddressSet
from sgcheck.reach.at_endpoint import named_endpoint
from sgcheck.reach.ends import End, Kind

if TYPE_CHECKING:
    from sgcheck.model.network import Network


def endpoint_end(network: Network, id_: str, option: str) -> End | None:
    """The interfaces of an endpoint, or the addresses that a gateway endpoint serves; None where there is no such one.

    Raises UsageError for an endpoint that can't be this end.
    """
    endpoint = network.endpoints.get(id_)
    if endpoint is not None and endpoint.kind is EndpointKind.GATEWAY:
        if option == "--from":
            raise UsageError(f"{option} {id_}: a gateway endpoint opens no connections", "ask with --to instead")
        return _served(network, id_)
    if endpoint is not None and endpoint.kind is EndpointKind.INSPECTION:
        hint = "ask from one side of it to the other: it is a hop on the way"
        raise UsageError(f"{option} {id_}: a {endpoint.what} is no end of any connection", hint)
    own = {i for i in (endpoint.interfaces if endpoint else ()) if i in network.interfaces}
    own |= {i.id for i in network.interfaces.values() if named_endpoint(i) == id_}
    if endpoint is None and not own:
        return None
    return End(Kind.ENDPOINT, id_, interfaces=tuple(sorted(own)))


def _served(network: Network, id_: str) -> End:
    """The addresses of the prefix lists that routes lead to a gateway endpoint."""
    tables = [network.tables[table] for table in network.tables]
    open_ = sorted({o.list for t in tables for o in t.open_routes if o.target == id_})
    if open_:
        why = f"the entries of {open_[0]}, which routes lead to {id_}, are not in the input"
        return End(Kind.ENDPOINT, id_, missing=network.missing("prefix list entry", open_[0], why))
    served = AddressSet.union_all([r.addresses for t in tables for r in t.routes if r.target == id_])
    if not served:
        hint = "associate it with the route tables of its clients, or ask for an address of the service"
        raise UsageError(f"--to {id_}: no route leads to this endpoint", hint)
    return End(Kind.ADDRESSES, id_, addresses=served, families=served.families)
