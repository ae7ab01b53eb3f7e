"""The part of the graph that says what stands where: VPCs, subnets, interfaces and who they belong to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sgcheck.model.things import Interface, Subnet, Vpc
from sgcheck.packets import AddressSet

if TYPE_CHECKING:
    from sgcheck.model.network import Network
    from sgcheck.model.services import Service
    from sgcheck.model.sketch import Sketch


def draw(sketch: Sketch, network: Network) -> None:
    """Draw them."""
    for vpc in network.vpcs.values():
        _vpc(sketch, vpc)
    for subnet in network.subnets.values():
        _subnet(sketch, network, subnet)
    for id_ in network.interfaces:
        _interface(sketch, network, network.interfaces[id_])
    for id_ in network.instances:
        instance = network.instances[id_]
        first = next((i for i in map(network.interfaces.get, instance.interfaces) if i is not None), None)
        sketch.node(
            id_,
            "instance",
            name=instance.name,
            account=instance.account,
            region=instance.region,
            state=instance.state,
            vpc=first.vpc if first else None,
            subnet=first.subnet if first else None,
        )
    for service in network.services:
        _service(sketch, network, service)


def _vpc(sketch: Sketch, vpc: Vpc) -> None:
    sketch.node(vpc.id, "vpc", name=vpc.name, account=vpc.account, region=vpc.region, addresses=_ranges(vpc.addresses))


def _subnet(sketch: Sketch, network: Network, subnet: Subnet) -> None:
    sketch.node(
        subnet.id,
        "subnet",
        name=subnet.name,
        account=subnet.account,
        region=subnet.region,
        vpc=subnet.vpc,
        zone=subnet.zone,
        addresses=_ranges(subnet.addresses),
    )
    sketch.edge(subnet.id, subnet.vpc, "in", ("subnet", "vpc"))
    table = network.table_of_subnet.get(subnet.id) or network.main_table.get(subnet.vpc)
    if table is not None:
        sketch.edge(subnet.id, table, "routes", ("subnet", "route-table"))
    acl = network.acl_of_subnet.get(subnet.id) or network.default_acl.get(subnet.vpc)
    if acl is not None:
        sketch.edge(subnet.id, acl, "has", ("subnet", "network-acl"))


def _interface(sketch: Sketch, network: Network, interface: Interface) -> None:
    sketch.node(
        interface.id,
        "network-interface",
        name=interface.name,
        account=interface.account,
        region=interface.region,
        vpc=interface.vpc,
        subnet=interface.subnet,
        addresses=", ".join(network.address_text(a.family, a.value) for a in interface.addresses),
        public=", ".join(network.address_text(4, a.public) for a in interface.addresses if a.public is not None),
        what=interface.what,
        unused=not interface.in_use,
        forwards=interface.forwards,
    )
    sketch.edge(interface.id, interface.subnet, "in", ("network-interface", "subnet"))
    for group in interface.groups or ():
        sketch.edge(interface.id, group, "has", ("network-interface", "security-group"))
    if interface.instance is not None:
        sketch.edge(interface.instance, interface.id, "has", ("instance", "network-interface"))


def service_id(service: Service) -> str:
    """The node of a managed service: its provider's unique name, else its title and where it is."""
    return service.full or "/".join(filter(None, (service.title, service.account, service.region)))


def _service(sketch: Sketch, network: Network, service: Service) -> None:
    id_ = service_id(service)
    homes = sorted({s.vpc for s in map(network.subnets.get, service.subnets or ()) if s is not None})
    sketch.node(
        id_,
        "service",
        name=service.title,
        account=service.account,
        region=service.region,
        service=service.kind,
        port=service.port,
        state=service.state,
        vpc=homes[0] if len(homes) == 1 else None,
    )
    for interface in service.interfaces or ():
        sketch.edge(id_, interface, "has", ("service", "network-interface"))
    for group in service.groups or ():
        sketch.edge(id_, group, "has", ("service", "security-group"))
    for subnet in service.subnets or ():
        sketch.edge(id_, subnet, "in", ("service", "subnet"))


def _ranges(addresses: AddressSet) -> str:
    return ", ".join(addresses.cidrs())
