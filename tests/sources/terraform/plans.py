"""Plans and states as `terraform show -json` prints them, from a few lines: `resource("aws_vpc.main", cidr_block=…)`."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sgcheck.aws.build import build
from sgcheck.reach.explain import explain
from sgcheck.reach.question import Question
from sgcheck.sources.files import load_snapshot

COMPUTED = {
    "aws_vpc": ("id", "arn", "owner_id", "default_security_group_id", "main_route_table_id", "ipv6_cidr_block"),
    "aws_subnet": ("id", "arn", "owner_id", "availability_zone", "availability_zone_id"),
    "aws_security_group": ("id", "arn", "owner_id", "ingress", "egress", "vpc_id"),
    "aws_instance": (
        "id",
        "arn",
        "private_ip",
        "public_ip",
        "public_dns",
        "private_dns",
        "instance_state",
        "primary_network_interface_id",
        "subnet_id",
        "vpc_security_group_ids",
        "associate_public_ip_address",
        "ipv6_addresses",
        "secondary_private_ips",
        "availability_zone",
        "network_interface",
    ),
    "aws_route_table": ("id", "arn", "owner_id", "route", "propagating_vgws"),
    "aws_network_acl": ("id", "arn", "owner_id", "ingress", "egress", "subnet_ids"),
    "aws_network_interface": (
        "id",
        "arn",
        "private_ip",
        "private_ips",
        "security_groups",
        "ipv6_addresses",
        "owner_id",
        "attachment",
    ),
    "aws_eip": ("id", "public_ip", "private_ip", "instance", "network_interface", "allocation_id"),
    "aws_nat_gateway": ("id", "public_ip", "private_ip", "network_interface_id"),
    "aws_lb": ("id", "arn", "dns_name", "vpc_id", "subnet_mapping", "security_groups"),
    "aws_vpc_endpoint": (
        "id",
        "arn",
        "state",
        "prefix_list_id",
        "cidr_blocks",
        "network_interface_ids",
        "policy",
        "route_table_ids",
    ),
}


@dataclass(frozen=True)
class Ref:
    """A value that is known after apply, by what its expression refers to."""

    names: tuple[str, ...]


def ref(*names: str) -> Ref:
    return Ref(names)


@dataclass
class Planned:
    """A resource; `old`: its values before the plan, None where it is new; `gone`: the plan deletes it."""

    address: str
    values: dict[str, Any]
    old: dict[str, Any] | None = None
    gone: bool = False
    replaced: bool = False
    mode: str = "managed"
    extra: dict[str, Any] = field(default_factory=dict)

    @property
    def bare(self) -> str:
        return re.sub(r"\[[^\]]*\]$", "", self.address)

    @property
    def type(self) -> str:
        return self.bare.split(".")[-2]

    @property
    def name(self) -> str:
        return self.bare.split(".")[-1]

    @property
    def module(self) -> str:
        return ".".join(self.bare.split(".")[: -3 if self.mode == "data" else -2])

    @property
    def index(self) -> int | str | None:
        found = re.search(r"\[(.*)\]$", self.address)
        return json.loads(found.group(1)) if found else None


def resource(address: str, /, **values: Any) -> Planned:
    """A resource that is made."""
    return Planned(address, values)


def existing(address: str, /, old: dict[str, Any] | None = None, *, gone: bool = False, **values: Any) -> Planned:
    """A resource that is there, with what becomes of it."""
    return Planned(address, values, old=values if old is None else old, gone=gone)


def data(address: str, /, **values: Any) -> Planned:
    """A data source that has been read."""
    return Planned(address, values, old=values, mode="data")


def state(*resources: Planned, raw: bool = False) -> dict[str, Any]:
    """A state of resources, all of whose values are known."""
    if raw:
        return {
            "version": 4,
            "terraform_version": "1.9.0",
            "serial": 1,
            "resources": [
                {
                    **({"module": r.module} if r.module else {}),
                    "mode": r.mode,
                    "type": r.type,
                    "name": r.name,
                    "instances": [{"attributes": r.values, **({} if r.index is None else {"index_key": r.index})}],
                }
                for r in resources
            ],
        }
    return {
        "format_version": "1.0",
        "terraform_version": "1.9.0",
        "values": {"root_module": _modules(resources, "values")},
    }


def plan(
    *resources: Planned, config: dict[str, Any] | None = None, variables: dict[str, Any] | None = None
) -> dict[str, Any]:
    """A plan that makes the resources; a dotted address is one in a module, whose `config` has to be given."""
    after = [r for r in resources if not r.gone]
    root: dict[str, Any] = config or {}
    root.setdefault("resources", [])
    known = {(c["type"], c["name"]) for c in root["resources"]}
    for r in resources:
        if not r.module and (r.type, r.name) not in known:
            known.add((r.type, r.name))
            root["resources"].append(configured(r))
    return {
        "format_version": "1.2",
        "terraform_version": "1.9.0",
        "variables": {name: {"value": value} for name, value in (variables or {}).items()},
        "planned_values": {"root_module": _modules([r for r in after if r.mode == "managed"], "after")},
        "resource_changes": [_change(r) for r in resources if r.mode == "managed"],
        "prior_state": {
            "format_version": "1.0",
            "values": {"root_module": _modules([r for r in resources if r.old is not None], "old")},
        },
        "configuration": {
            "provider_config": {"aws": {"name": "aws", "expressions": {"region": {"constant_value": "eu-west-1"}}}},
            "root_module": root,
        },
    }


def configured(r: Planned, **more: Any) -> dict[str, Any]:
    """The block of a resource in the configuration."""
    return {
        "address": r.bare,
        "mode": r.mode,
        "type": r.type,
        "name": r.name,
        "provider_config_key": "aws",
        "expressions": {name: _expression(value) for name, value in r.values.items() if name != "id"},
        **more,
    }


def _expression(value: Any) -> Any:
    if isinstance(value, list) and value and all(isinstance(one, dict) for one in value):
        return [{name: _expression(inner) for name, inner in one.items()} for one in value]
    found = list(_refs(value))
    return {"references": found} if found else {"constant_value": value}


def _refs(value: Any) -> Any:
    if isinstance(value, Ref):
        for name in value.names:
            yield name
            head = name.split(".")
            if len(head) > 2 and not name.startswith(("module.", "each.", "count.")):
                yield ".".join(head[:-1])
    elif isinstance(value, list):
        for one in value:
            yield from _refs(one)
    elif isinstance(value, dict):
        for one in value.values():
            yield from _refs(one)


def _split(value: Any) -> tuple[Any, Any]:
    """What is known of a value, and what is not."""
    if isinstance(value, Ref):
        return None, True
    if isinstance(value, list):
        if value and all(isinstance(one, Ref) for one in value):
            return None, True
        pairs = [_split(one) for one in value]
        return [one for one, _ in pairs], [unknown for _, unknown in pairs]
    if isinstance(value, dict):
        pairs_by_name = {name: _split(one) for name, one in value.items()}
        kept = {name: one for name, (one, unknown) in pairs_by_name.items() if unknown is not True}
        return kept, {name: unknown for name, (_, unknown) in pairs_by_name.items() if unknown}
    return value, False


def _after(r: Planned) -> tuple[dict[str, Any], dict[str, Any]]:
    values, unknown = {}, {}
    for name, value in r.values.items():
        known, open_ = _split(value)
        if open_ is not True:
            values[name] = known
        if open_:
            unknown[name] = open_
    if r.old is None or r.replaced:
        for name in COMPUTED.get(r.type, ("id", "arn")):
            if name not in r.values:
                unknown[name] = True
    return values, unknown


def _change(r: Planned) -> dict[str, Any]:
    values, unknown = _after(r)
    actions = ["create"] if r.old is None else ["no-op"] if r.old == r.values else ["update"]
    actions = ["delete"] if r.gone else ["delete", "create"] if r.replaced else actions
    return {
        "address": r.address,
        "mode": r.mode,
        "type": r.type,
        "name": r.name,
        **({"module_address": r.module} if r.module else {}),
        **({} if r.index is None else {"index": r.index}),
        "change": {
            "actions": actions,
            "before": r.old,
            "after": None if r.gone else values,
            "after_unknown": {} if r.gone else unknown,
        },
    }


def _modules(resources: Any, which: str) -> dict[str, Any]:
    """The tree of modules; only one level is nested."""
    shown: dict[str, list[dict[str, Any]]] = {}
    for r in resources:
        values = {"after": _after(r)[0], "old": r.old, "values": r.values}[which]
        shown.setdefault(r.module, []).append(
            {
                "address": r.address,
                "mode": r.mode,
                "type": r.type,
                "name": r.name,
                **({} if r.index is None else {"index": r.index}),
                "values": values,
            }
        )
    root: dict[str, Any] = {"resources": shown.pop("", [])}
    if shown:
        root["child_modules"] = [{"address": address, "resources": own} for address, own in shown.items()]
    return root


def written(tmp_path: Path, document: Any, name: str = "plan.json") -> str:
    """The path of a file with a document."""
    path = tmp_path / name
    path.write_text(json.dumps(document))
    return str(path)


def network_of(tmp_path: Path, document: Any):
    return build(load_snapshot([written(tmp_path, document)]))


def asked(network: Any, source: str, target: str, port: str = "80"):
    """The answer to one question."""
    return explain(network, Question.parse(source, target, port, None))


def web(*more: Planned, **instance: Any) -> tuple[Planned, ...]:
    """A web server in a new VPC, with everything that it takes to reach it from the internet."""
    return (
        resource("aws_vpc.main", cidr_block="10.0.0.0/16"),
        resource("aws_subnet.a", vpc_id=ref("aws_vpc.main.id"), cidr_block="10.0.1.0/24", map_public_ip_on_launch=True),
        resource("aws_internet_gateway.gw", vpc_id=ref("aws_vpc.main.id")),
        resource(
            "aws_route_table.public",
            vpc_id=ref("aws_vpc.main.id"),
            route=[
                {"cidr_block": "0.0.0.0/0", "gateway_id": ref("aws_internet_gateway.gw.id")},
            ],
        ),
        resource(
            "aws_route_table_association.a",
            subnet_id=ref("aws_subnet.a.id"),
            route_table_id=ref("aws_route_table.public.id"),
        ),
        resource("aws_security_group.web", name="web", vpc_id=ref("aws_vpc.main.id"), ingress=[block(80, "0.0.0.0/0")]),
        resource(
            "aws_instance.web",
            **{
                "ami": "ami-1",
                "subnet_id": ref("aws_subnet.a.id"),
                "vpc_security_group_ids": [ref("aws_security_group.web.id")],
                **instance,
            },
        ),
        *more,
    )


def block(port: int | None, *cidrs: str, protocol: str = "tcp", groups: Any = (), self: bool = False) -> dict[str, Any]:
    """An ingress or egress block."""
    return {
        "protocol": protocol if port is not None else "-1",
        "from_port": port or 0,
        "to_port": port or 0,
        "cidr_blocks": [c for c in cidrs if ":" not in c],
        "ipv6_cidr_blocks": [c for c in cidrs if ":" in c],
        "prefix_list_ids": [],
        "security_groups": list(groups),
        "self": self,
        "description": "",
    }
