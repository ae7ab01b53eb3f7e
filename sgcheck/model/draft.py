"""The only mutable type: collects things while a provider's records are read, then freezes into a Network."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from sgcheck.model.balancers import Balancers
from sgcheck.model.network import LazyTable, Network
from sgcheck.model.transit import Transit

if TYPE_CHECKING:
    from sgcheck.model.endpoints import Endpoint, EndpointService
    from sgcheck.model.filters import RuleList, RuleSet
    from sgcheck.model.firewall import Firewall
    from sgcheck.model.network import Directory
    from sgcheck.model.ranges import Keep
    from sgcheck.model.ref import Missing
    from sgcheck.model.routing import RouteTable
    from sgcheck.model.services import Service
    from sgcheck.model.things import Gateway, Instance, Interface, NatGateway, Peering, Subnet, Vpc, VpnGateway
    from sgcheck.model.vocabulary import Vocabulary


class Draft:
    """Tables by id, filled by the resource kinds; what there is much of is made when it is first asked for."""

    def __init__(self, directory: Directory) -> None:
        """Start empty; `directory` finds interfaces."""
        self.directory = directory
        self.vpcs: Mapping[str, Vpc] = {}
        self.subnets: Mapping[str, Subnet] = {}
        self.subnets_of: Mapping[str, tuple[str, ...]] | None = None
        self.interfaces: Mapping[str, Callable[[], Interface]] = {}
        self.instances: Mapping[str, Callable[[], Instance]] = {}
        self.groups: Mapping[str, Callable[[], RuleSet]] = {}
        self.acls: Mapping[str, Callable[[], RuleList]] = {}
        self.tables: Mapping[str, Callable[[], RouteTable]] = {}
        self.internet_gateways: dict[str, Gateway] = {}
        self.egress_only_gateways: dict[str, Gateway] = {}
        self.nats: Mapping[str, NatGateway] = {}
        self.peerings: dict[str, Peering] = {}
        self.endpoints: dict[str, Endpoint] = {}
        self.endpoint_services: dict[str, EndpointService] = {}
        self.firewalls: dict[str, Callable[[], Firewall]] = {}
        self.firewall_of_endpoint: dict[str, str] = {}
        self.transit = Transit({}, (), {})
        self.vpn_gateways: dict[str, VpnGateway] = {}
        self.balancers: Callable[[], Balancers] = Balancers
        self.acl_of_subnet: Mapping[str, str] = {}
        self.default_acl: Mapping[str, str] = {}
        self.table_of_subnet: Mapping[str, str] = {}
        self.main_table: Mapping[str, str] = {}
        self.table_of_gateway: Mapping[str, str] = {}
        self.tables_of_vpc: Mapping[str, Sequence[str]] = {}
        self.group_names: Mapping[str, str] = {}
        self.services: Callable[[], tuple[Service, ...]] = tuple
        self.keep: Keep | None = None
        self.warnings: list[str] = []
        self.refused: list[Missing] = []
        self.stand_ins: Mapping[tuple[int, int], str] = {}
        self.names: Mapping[str, str] = {}
        self.written: Mapping[tuple[str, str], str] = {}

    def freeze(
        self, absent: Callable[[str, str | None, str | None], Missing | None], vocabulary: Vocabulary
    ) -> Network:
        """Make the Network; `absent` tells what the absence of a kind means, `vocabulary` speaks for the provider."""
        return Network(
            vpcs=self.vpcs,
            subnets=self.subnets,
            subnets_of=self.subnets_of,
            interfaces=LazyTable(self.interfaces),
            instances=LazyTable(self.instances),
            directory=self.directory,
            groups=LazyTable(self.groups),
            acls=LazyTable(self.acls),
            tables=LazyTable(self.tables),
            internet_gateways=self.internet_gateways,
            egress_only_gateways=self.egress_only_gateways,
            nats=self.nats,
            peerings=self.peerings,
            endpoints=self.endpoints,
            endpoint_services=self.endpoint_services,
            firewalls=LazyTable(self.firewalls),
            firewall_of_endpoint=self.firewall_of_endpoint,
            transit=self.transit,
            vpn_gateways=self.vpn_gateways,
            balancers=self.balancers,
            acl_of_subnet=self.acl_of_subnet,
            default_acl=self.default_acl,
            table_of_subnet=self.table_of_subnet,
            main_table=self.main_table,
            table_of_gateway=self.table_of_gateway,
            tables_of_vpc=self.tables_of_vpc,
            group_names=self.group_names,
            services=self.services,
            absent=absent,
            vocabulary=vocabulary,
            keep=self.keep,
            warnings=tuple(sorted(set(self.warnings))),
            refused=tuple(sorted(set(self.refused))),
            stand_ins=self.stand_ins,
            names=self.names,
            written=self.written,
        )
