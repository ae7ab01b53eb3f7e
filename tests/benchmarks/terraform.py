"""Write a plan of many resources as `terraform show -json` prints it.

    python -m tests.benchmarks.terraform -o plan.json [--resources 5000]

A network for each of many applications: each is a module with a VPC, six subnets, route tables and associations, and
tiers of instances with groups whose rules are resources of their own. All of it is new, so ids are known after apply.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

Record = dict[str, Any]
_PER_MODULE = 100
_HIDDEN = ("id", "arn", "owner_id", "tags_all")
_HIDDEN_OF_HOSTS = ("private_ip", "public_ip", "associate_public_ip_address", "primary_network_interface_id")
_TIERS = ("web", "app", "db", "cache", "batch", "admin")
_PORTS = (443, 8_080, 5_432, 6_379, 9_000, 22)
_PROVIDER = "registry.terraform.io/hashicorp/aws"


@dataclass(frozen=True, slots=True)
class _Resource:
    """One resource of a module. refers: the attributes that are known after apply, by what they refer to."""

    type: str
    name: str
    values: Record
    refers: dict[str, str]


def _one(kind: str, name: str, refers: dict[str, str] | None = None, /, **values: Any) -> _Resource:
    return _Resource(f"aws_{kind}", name, values, refers or {})


def _module(number: int) -> Iterator[_Resource]:
    """Yield the resources of the `number`th application without end; the caller takes as many as it wants."""
    block = f"10.{number % 256}"
    vpc = {"vpc_id": "aws_vpc.main.id"}
    yield _one("vpc", "main", cidr_block=f"{block}.0.0/16", tags={"Name": f"app-{number}"})
    yield _one("internet_gateway", "main", vpc)
    yield _one("route_table", "public", vpc)
    table = {"route_table_id": "aws_route_table.public.id"}
    gateway = {**table, "gateway_id": "aws_internet_gateway.main.id"}
    yield _one("route", "internet", gateway, destination_cidr_block="0.0.0.0/0")
    for nth in range(6):
        public = nth < 2
        yield _one("subnet", f"s{nth}", vpc, cidr_block=f"{block}.{nth}.0/24", map_public_ip_on_launch=public)
        if public:
            yield _one("route_table_association", f"s{nth}", {**table, "subnet_id": f"aws_subnet.s{nth}.id"})
    for nth, tier in enumerate(_TIERS):
        yield _one("security_group", tier, vpc, name=f"{tier}-{number}", description=f"{tier} of {number}")
        group = {"security_group_id": f"aws_security_group.{tier}.id"}
        ports = {"ip_protocol": "tcp", "from_port": _PORTS[nth], "to_port": _PORTS[nth]}
        if nth == 0:
            yield _one("vpc_security_group_ingress_rule", tier, group, cidr_ipv4="0.0.0.0/0", **ports)
        else:
            before = {"referenced_security_group_id": f"aws_security_group.{_TIERS[nth - 1]}.id"}
            yield _one("vpc_security_group_ingress_rule", tier, {**group, **before}, **ports)
        yield _one("vpc_security_group_egress_rule", tier, group, cidr_ipv4="0.0.0.0/0", ip_protocol="-1")
    nth = 0
    while True:
        tier = _TIERS[nth % len(_TIERS)]
        place = nth if nth < 2 else 2 + nth % 4  # two of an application have public addresses
        refers = {"subnet_id": f"aws_subnet.s{place}.id", "vpc_security_group_ids": f"aws_security_group.{tier}.id"}
        yield _one("instance", f"{tier}{nth}", refers, ami="ami-0123456789abcdef0", instance_type="m7g.large")
        group = {"security_group_id": f"aws_security_group.{tier}.id"}
        office = {"ip_protocol": "tcp", "from_port": 22, "to_port": 22, "cidr_ipv4": f"203.0.113.{nth}/32"}
        yield _one("vpc_security_group_ingress_rule", f"office{nth}", group, **office)
        nth += 1


def _base(resource: _Resource, module: str) -> Record:
    bare = f"{resource.type}.{resource.name}"
    named = {"mode": "managed", "type": resource.type, "name": resource.name, "provider_name": _PROVIDER}
    return {"address": f"{module}.{bare}", **named}


def _planned(resource: _Resource, module: str) -> Record:
    return {**_base(resource, module), "schema_version": 1, "values": resource.values}


def _change(resource: _Resource, module: str) -> Record:
    hidden = (*_HIDDEN, *(_HIDDEN_OF_HOSTS if resource.type == "aws_instance" else ()))
    unknown = dict.fromkeys((*hidden, *resource.refers), True)
    change = {"actions": ["create"], "before": None, "after": resource.values, "after_unknown": unknown}
    return {**_base(resource, module), "module_address": module, "change": change}


def _configured(resource: _Resource) -> Record:
    known = {name: {"constant_value": value} for name, value in resource.values.items()}
    refers = {name: {"references": [to, to.rpartition(".")[0]]} for name, to in resource.refers.items()}
    block = _base(resource, "")
    return {**block, "address": block["address"][1:], "provider_config_key": "aws", "expressions": {**known, **refers}}


def plan(resources: int) -> Record:
    """Return a plan that makes so many resources."""
    children, changes, calls = [], [], {}
    for number, first in enumerate(range(0, resources, _PER_MODULE)):
        module = f"module.app{number}"
        endless = _module(number)
        own = [next(endless) for _ in range(min(_PER_MODULE, resources - first))]
        children.append({"address": module, "resources": [_planned(each, module) for each in own]})
        changes += [_change(each, module) for each in own]
        calls[f"app{number}"] = {"source": "./app", "module": {"resources": [_configured(each) for each in own]}}
    region = {"region": {"constant_value": "us-east-1"}}
    return {
        "format_version": "1.2",
        "terraform_version": "1.9.0",
        "planned_values": {"root_module": {"child_modules": children}},
        "resource_changes": changes,
        "configuration": {
            "provider_config": {"aws": {"name": "aws", "expressions": region}},
            "root_module": {"module_calls": calls},
        },
    }


def write(path: Path, resources: int) -> None:
    """Write a plan that makes so many resources, under another name until it is whole."""
    unfinished = path.with_suffix(".part")
    unfinished.write_text(json.dumps(plan(resources)), encoding="utf-8")
    unfinished.replace(path)


def main() -> None:
    """Write the file that the options ask for."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("-o", "--output", type=Path, required=True, help="the file to write")
    options.add_argument("--resources", type=int, default=5_000, help="how many resources (default 5000)")
    asked = options.parse_args()
    write(asked.output, asked.resources)


if __name__ == "__main__":
    main()
