"""From a document to records under AWS's keys, in the order in which the families of resources need each other."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Final

import msgspec

from sgcheck.aws.snapshot import Gap, Writing
from sgcheck.sources.place import Origin
from sgcheck.sources.records import Place
from sgcheck.sources.terraform import (
    acls,
    balancers,
    computing,
    gateways,
    groups,
    hosts,
    managed,
    mentions,
    places,
    routes,
    transit,
)
from sgcheck.sources.terraform.book import Book
from sgcheck.sources.terraform.document import Document, read_document
from sgcheck.sources.terraform.shape import WrongError
from sgcheck.sources.terraform.standing import Standing

if TYPE_CHECKING:
    from sgcheck.aws.snapshot import Snapshot
    from sgcheck.sources.jsontext import Buffer, Members
    from sgcheck.sources.tally import Tally
    from sgcheck.sources.terraform.book import Entry
    from sgcheck.sources.terraform.sameness import Sameness

TYPES: Final[dict[str, str]] = {
    **places.TYPES,
    **groups.TYPES,
    **acls.TYPES,
    **routes.TYPES,
    **gateways.TYPES,
    **transit.TYPES,
    **managed.TYPES,
    **computing.TYPES,
    **mentions.TYPES,
    **hosts.TYPES,
    **balancers.TYPES,
}
"""Every resource type that is understood, with what there is to say of it."""
STARTERS: Final = (
    "aws_autoscaling_group",
    "aws_eks_node_group",
    "aws_spot_instance_request",
    "aws_spot_fleet_request",
    "aws_ec2_fleet",
)
_ALWAYS: Final = ("Vpcs", "Subnets", "NetworkInterfaces", "Instances", "SecurityGroups")
_OF_NEW: Final = ("InternetGateways", "EgressOnlyInternetGateways", "NatGateways", "VpcPeeringConnections")
_MOST: Final = 5


def read_terraform(data: Buffer, members: Members, file: str, tally: Tally, origin: Origin) -> None:
    """Take the resources of a plan, as they will be, or of a state. Raises InputError."""
    tell(read_document(data, members, file), file, tally, origin)


def tell(document: Document, file: str, tally: Tally, origin: Origin) -> None:
    """Hand the records of a document to `tally`. Raises InputError that names the file and the resource."""
    tally.planned += 1
    try:
        book = translated(document, tally.deployed, tally.same)
    except WrongError as wrong:
        raise wrong.in_file(file) from wrong
    for key, told in _by_home(book, origin).items():
        for home, entries in told.items():
            raws = [
                (msgspec.Raw(msgspec.json.encode(entry.record)), Place(file, entry.resource.address))
                for entry in entries
            ]
            tally.elements(key, raws, Place(file), home)
    new = [
        entry for entry in book.entries["Vpcs"].values() if entry.resource.created and entry.resource.type == "aws_vpc"
    ]
    if new and len(new) == len(book.entries["Vpcs"]):
        for key in _OF_NEW:
            if not book.entries[key] and not (key == "InternetGateways" and book.absent):
                tally.elements(key, [], Place(file, key), origin)
    for kind, why in gateways.absences(book).items():
        tally.gap(Gap(kind, None, None, "NotInTerraform", why))
    for type_, count in sorted(book.skipped.items()):
        tally.skip(type_, count)
    tally.pending += book.pending
    tally.names |= book.names
    tally.written |= {of: Writing(address) for of, address in book.written.items()}
    for id_, those in mentions.mentions(book, TYPES).items():
        tally.mentions[id_] = (*tally.mentions.get(id_, ()), *those)
    tally.notes += _notes(book)
    tally.gone |= document.gone


def translated(document: Document, deployed: Snapshot | None = None, same: Sameness | None = None) -> Book:
    """Every record of a document, and those of `deployed` that it adds to. Raises WrongError.

    same: what the document has in common with one that it is compared with.
    """
    if same is not None:
        same.learn((*(document.before or ()), *document.after))
        same.name(document.after)
    book = Book(document, same)
    if deployed is not None:
        book.lay_over(deployed)
    places.adopt_defaults(book)
    places.add_places(book)
    places.add_defaults(book)
    groups.add_groups(book)
    routes.add_tables(book)
    gateways.add_lists(book)
    hosts.add_hosts(book)
    gateways.add_gateways(book)
    gateways.add_nats(book)
    gateways.add_endpoints(book)
    transit.add_transit(book)
    acls.add_acls(book)
    balancers.add_balancers(book)
    standing = Standing(book)
    managed.add_managed(book, standing)
    computing.add_computing(book, standing)
    for type_, count in book.types.items():
        if type_ not in TYPES:
            book.skipped[type_] += count
    return book


def _by_home(book: Book, origin: Origin) -> dict[str, dict[Origin, list[Entry]]]:
    """The entries by key, and by account and Region."""
    found: dict[str, dict[Origin, list[Entry]]] = {key: {} for key in _ALWAYS}
    for key, entries in book.entries.items():
        by_home: dict[Origin, list[Entry]] = defaultdict(list)
        for entry in entries.values():
            if entry.found is not None and entry.found == msgspec.json.encode(entry.record):
                continue  # it stays as it is
            account, region = entry.resource.home()
            by_home[Origin(account or origin.account, region or origin.region)].append(entry)
        if by_home:
            found[key] = dict(by_home)
    return found


def _notes(book: Book) -> list[str]:
    notes = [*book.notes, *book.references.notes]
    for type_ in STARTERS:
        listed = [resource.address for resource in book.of(type_)]
        if listed:
            shown = ", ".join(listed[:_MOST])
            notes.append(f"{shown}: the instances that it starts are not in the input")
    return list(dict.fromkeys(notes))
