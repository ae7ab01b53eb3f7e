"""The only mutable type: collects things while a provider's records are read, then freezes into a Network."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sgcheck.model.network import Directory, LazyTable, Network

if TYPE_CHECKING:
    from sgcheck.model.filters import RuleList, RuleSet
    from sgcheck.model.ref import Missing
    from sgcheck.model.routing import RouteTable
    from sgcheck.model.things import Gateway, Instance, Interface, NatGateway, Peering, Subnet, Vpc
    from sgcheck.model.vocabulary import Vocabulary


@dataclass
class Draft:
    """Tables by id, filled by the resource kinds; groups, ACLs and route tables are made when first asked for."""

    vpcs: dict[str, Vpc] = field(default_factory=dict)
    subnets: dict[str, Subnet] = field(default_factory=dict)
    interfaces: dict[str, Callable[[], Interface]] = field(default_factory=dict)
    instances: dict[str, Callable[[], Instance]] = field(default_factory=dict)
    scan: Callable[[], Directory] = Directory
    groups: dict[str, Callable[[], RuleSet]] = field(default_factory=dict)
    acls: dict[str, Callable[[], RuleList]] = field(default_factory=dict)
    tables: dict[str, Callable[[], RouteTable]] = field(default_factory=dict)
    internet_gateways: dict[str, Gateway] = field(default_factory=dict)
    egress_only_gateways: dict[str, Gateway] = field(default_factory=dict)
    nats: dict[str, NatGateway] = field(default_factory=dict)
    peerings: dict[str, Peering] = field(default_factory=dict)
    acl_of_subnet: dict[str, str] = field(default_factory=dict)
    default_acl: dict[str, str] = field(default_factory=dict)
    table_of_subnet: dict[str, str] = field(default_factory=dict)
    main_table: dict[str, str] = field(default_factory=dict)
    table_of_gateway: dict[str, str] = field(default_factory=dict)
    tables_of_vpc: dict[str, list[str]] = field(default_factory=dict)
    group_names: dict[str, str] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)
    refused: list[Missing] = field(default_factory=list)

    def freeze(
        self, absent: Callable[[str, str | None, str | None], Missing | None], vocabulary: Vocabulary
    ) -> Network:
        """Make the Network; `absent` tells what the absence of a kind means, `vocabulary` speaks for the provider."""
        return Network(
            vpcs=self.vpcs,
            subnets=self.subnets,
            interfaces=LazyTable(self.interfaces),
            instances=LazyTable(self.instances),
            scan=self.scan,
            groups=LazyTable(self.groups),
            acls=LazyTable(self.acls),
            tables=LazyTable(self.tables),
            internet_gateways=self.internet_gateways,
            egress_only_gateways=self.egress_only_gateways,
            nats=self.nats,
            peerings=self.peerings,
            acl_of_subnet=self.acl_of_subnet,
            default_acl=self.default_acl,
            table_of_subnet=self.table_of_subnet,
            main_table=self.main_table,
            table_of_gateway=self.table_of_gateway,
            tables_of_vpc=self.tables_of_vpc,
            group_names=self.group_names,
            absent=absent,
            vocabulary=vocabulary,
            warnings=tuple(sorted(set(self.warnings))),
            refused=tuple(sorted(set(self.refused))),
        )
