"""Interfaces of managed services, which Terraform does not show: where they will stand, and what is known of them.

Which of its subnets a database gets is AWS's choice. Where nothing tells the subnets apart it does not matter, and its
address may be of any of them; where something does, the subnet is not known, and so is what depends on it.
"""

from __future__ import annotations

from collections.abc import Sequence
from ipaddress import ip_network
from typing import TYPE_CHECKING, Final

from sgcheck.aws.conversion.marks import mark_of
from sgcheck.model.ref import AFTER_APPLY
from sgcheck.sources.shapes import Record, without_nothing
from sgcheck.sources.terraform.book import said
from sgcheck.sources.terraform.mentions import groups_in
from sgcheck.sources.terraform.references import derived
from sgcheck.sources.terraform.resource import Unknown

if TYPE_CHECKING:
    from sgcheck.sources.terraform.book import Book
    from sgcheck.sources.terraform.resource import Resource

INTERFACES: Final = "NetworkInterfaces"
_NAMELESS: Final = frozenset({"rds", "ecs", "redshift"})
"""Services whose interfaces do not say whose they are."""


def ids(found: list[str | Unknown] | Unknown) -> list[str]:
    """The ids of a list, each that is not known by what stands for it."""
    return [said(one) for one in (found if isinstance(found, list) else [found])]


def known(found: list[str | Unknown] | Unknown) -> list[str] | None:
    """The ids of a list, None where one of them is not known."""
    if isinstance(found, Unknown) or any(isinstance(one, Unknown) for one in found):
        return None
    return [one for one in found if isinstance(one, str)]


def groups_or_default(
    book: Book, resource: Resource, found: list[str | Unknown] | Unknown, name: str, subnets: Sequence[str]
) -> list[str]:
    """The groups that a resource names; without any, a new one gets the default group of its VPC."""
    unset = found == [] or (isinstance(found, Unknown) and not resource.has(name))
    if not (unset and resource.created):
        return ids(found)
    owner = next((o for s in subnets if (o := book.resource("Vpcs", book.vpc_of(s))) is not None), None)
    if owner is None or owner.type not in ("aws_vpc", "aws_default_vpc"):
        return [said(resource.doubt(name))]
    return [derived(owner, "default_security_group_id")]


class Standing:
    """Makes the interfaces of services."""

    def __init__(self, book: Book) -> None:
        """Look at the tables and ACLs of `book`, which must be there already."""
        self._book = book
        self._table: dict[str, str] = {}
        self._main: dict[str, str] = {}
        self._acl: dict[str, str] = {}
        for entry in book.entries["RouteTables"].values():
            for association in entry.record.get("Associations") or ():
                if association.get("SubnetId"):
                    self._table[association["SubnetId"]] = entry.id
                elif association.get("Main"):
                    self._main[str(entry.record.get("VpcId"))] = entry.id
        for entry in book.entries["NetworkAcls"].values():
            for association in entry.record.get("Associations") or ():
                self._acl[str(association.get("SubnetId"))] = entry.id
        self._before = {r.address: groups_in(r.values) for r in book.document.before or ()}
        self._laid = any(entry.found for entry in book.entries["Subnets"].values())

    def everywhere(
        self, resource: Resource, subnets: Sequence[str], groups: list[str], description: str, kind: str = "interface"
    ) -> None:
        """An interface in each of the subnets."""
        if self._found(resource, subnets, groups, description):
            return
        for subnet in dict.fromkeys(subnets):
            self._add(resource, f"{resource.address}.interface[{subnet}]", subnet, groups, description, kind, (subnet,))

    def somewhere(
        self,
        resource: Resource,
        subnets: Sequence[str] | None,
        groups: list[str],
        description: str,
        *,
        public: bool = False,
        address: str | None = None,
        id_: str | None = None,
    ) -> list[str]:
        """One interface in one of the subnets; `subnets` None: nobody knows which there are.

        Returns the subnets that it may stand in, with what stands for one that is not known.
        """
        if self._found(resource, subnets or (), groups, description):
            return list(subnets or ())
        candidates = tuple(dict.fromkeys(subnets or ()))
        alike = len({self._like(subnet) for subnet in candidates}) == 1
        subnet = candidates[0] if alike else f"{resource.address}: its subnet {AFTER_APPLY}"
        id_ = id_ or f"{resource.address}.interface"
        self._add(resource, id_, subnet, groups, description, "interface", candidates, public=public, address=address)
        return list(dict.fromkeys((*candidates, subnet)))

    def _like(self, subnet: str) -> tuple[str | None, ...]:
        """What decides of packets from and to a subnet."""
        vpc = self._book.vpc_of(subnet)
        if vpc is None:
            return (subnet,)
        return vpc, self._table.get(subnet) or self._main.get(vpc), self._acl.get(subnet)

    def _found(self, resource: Resource, subnets: Sequence[str], groups: list[str], description: str) -> bool:
        """Whether what is deployed has the interfaces of a service that is there; they get the groups of the plan."""
        if resource.created or not self._laid:
            return False
        before, mark = self._before.get(resource.address), mark_of(None, description)
        if before is None or before == set(groups) or mark is None:
            return True
        if mark.kind == "lambda":
            return False  # functions share interfaces: with other groups it gets others
        own = [
            entry.record
            for entry in self._book.entries[INTERFACES].values()
            if entry.found
            and (theirs := mark_of(entry.record.get("InterfaceType"), entry.record.get("Description"))) is not None
            and theirs.kind == mark.kind
            and (theirs.name == mark.name or mark.kind in _NAMELESS)
            and (not subnets or entry.record.get("SubnetId") in subnets)
            and {group.get("GroupId") for group in entry.record.get("Groups") or ()} == before
        ]
        if mark.kind in _NAMELESS and len(own) > 1:
            self._book.notes.append(
                f"{resource.address}: which interface is its own is not told: its new groups are left out"
            )
            return True
        for record in own:
            record["Groups"] = [{"GroupId": one} for one in groups]
        return True

    def _add(
        self,
        resource: Resource,
        id_: str,
        subnet: str,
        groups: list[str],
        description: str,
        kind: str,
        within: tuple[str, ...],
        *,
        public: bool = False,
        address: str | None = None,
    ) -> None:
        book = self._book
        place = id_.removeprefix(f"{resource.address}.")
        own = address or book.private(resource, f"the address of {place}", subnet)
        if address is None and subnet in within and len(within) > 1:
            book.widen(own, [str(ip_network(cidr)) for one in within if (cidr := self._cidr(one))])
        first: Record = {"PrivateIpAddress": own, "Primary": True}
        if public:
            first["Association"] = {"PublicIp": book.public(resource, "its public address")}
        vpc = next((v for s in (subnet, *within) if (v := book.vpc_of(s))), f"the VPC of {resource.address}")
        record: Record = {
            "NetworkInterfaceId": id_,
            "SubnetId": subnet,
            "VpcId": vpc,
            "OwnerId": resource.home()[0],
            "InterfaceType": kind,
            "RequesterManaged": True,
            "Description": description,
            "Status": "in-use",
            "Groups": [{"GroupId": one} for one in groups],
            "PrivateIpAddress": own,
            "PrivateIpAddresses": [first],
        }
        book.add(INTERFACES, id_, without_nothing(record), resource, named=False)

    def _cidr(self, subnet: str) -> str | None:
        record = self._book.record("Subnets", subnet)
        return record.get("CidrBlock") if record else None
