"""From stacks to records under AWS's keys, in the order in which the families of resources need each other."""

from __future__ import annotations

import posixpath
from collections import defaultdict
from typing import TYPE_CHECKING, Final

import msgspec

from sgcheck.aws.snapshot import Writing
from sgcheck.errors import InputError
from sgcheck.sources.cloudformation import acls, balancers, gateways, groups, hosts, lists, mentions, places, routes
from sgcheck.sources.cloudformation.book import Book, encoded
from sgcheck.sources.cloudformation.document import NESTED, SUFFIXES, Template, read_template
from sgcheck.sources.cloudformation.stacks import Stacks
from sgcheck.sources.cloudformation.text import LARGEST
from sgcheck.sources.cloudformation.values import WrongError
from sgcheck.sources.place import Origin, origin_of
from sgcheck.sources.records import Place

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sgcheck.aws.snapshot import Snapshot
    from sgcheck.sources.cloudformation.book import Entry
    from sgcheck.sources.tally import Tally

TYPES: Final[dict[str, str]] = {
    **places.TYPES,
    **groups.TYPES,
    **acls.TYPES,
    **routes.TYPES,
    **gateways.TYPES,
    **lists.TYPES,
    **hosts.TYPES,
    **balancers.TYPES,
    NESTED: "whose template is a file of the input, or beside it",
}
"""Every resource type that is understood, with what there is to say of it."""
STARTERS: Final = ("AWS::AutoScaling::AutoScalingGroup", "AWS::EC2::SpotFleet", "AWS::EC2::EC2Fleet")
_ALWAYS: Final = ("Vpcs", "Subnets", "NetworkInterfaces", "Instances", "SecurityGroups")
_OF_NEW: Final = (
    "InternetGateways",
    "EgressOnlyInternetGateways",
    "NatGateways",
    "VpcPeeringConnections",
    "NetworkAcls",
)
_KINDS: Final = {
    "AWS::EC2::InternetGateway": "internet gateway",
    "AWS::EC2::VPCEndpoint": "VPC endpoint",
    "AWS::EC2::CarrierGateway": "carrier gateway",
}
_MOST: Final = 5


def tell(tally: Tally) -> None:
    """Hand the records of all templates of `tally` to it. Raises InputError that names file, line and resource."""
    read = list(tally.templates)
    try:
        stacks = Stacks(_with_nested(read), tally.assemblies, tally.parameters)
        read = [stack.template for stack in stacks.stacks]
        book = translated(stacks, tally.deployed)
    except WrongError as wrong:
        raise _placed(wrong, read) from None
    except RecursionError:
        raise InputError(
            f"{', '.join(one.file for one in read[:_MOST])}: values refer to each other too deep"
        ) from None
    tally.planned += len(tally.templates)
    tally.untaken = stacks.untaken()
    _tell_records(book, tally)
    for type_, count in sorted(book.skipped.items()):
        tally.skip(type_, count)
    tally.pending += book.pending
    tally.names |= {str(name): str(id_) for name, id_ in book.names.items()}
    tally.notes += _notes(book)
    for entry in (entry for entries in book.entries.values() for entry in entries.values()):
        if entry.resource is not None:
            tally.written[str(entry.id), ""] = Writing(str(entry.id), *entry.resource.written)
    tally.written |= {(str(id_), part): writing for (id_, part), writing in book.written.items()}
    for id_, those in mentions.mentions(book, TYPES).items():
        tally.mentions[str(id_)] = (*tally.mentions.get(str(id_), ()), *those)


def _tell_records(book: Book, tally: Tally) -> None:
    for key, by_home in _by_home(book).items():
        for (file, home), entries in by_home.items():
            raws = [(msgspec.Raw(encoded(one.record)), _place(one)) for one in entries]
            tally.elements(key, raws, Place(file), home)
    vpcs = book.entries["Vpcs"].values()
    all_new = bool(vpcs) and all(entry.resource is not None for entry in vpcs) and not gateways.strangers(book)
    first = Place(book.stacks.stacks[0].template.file)
    for key in (*_ALWAYS, *(_OF_NEW if all_new else ())):
        if not book.entries[key] and not (key == "InternetGateways" and book.lost):
            tally.elements(key, [], first.below(key), Origin())


def translated(stacks: Stacks, deployed: Snapshot | None = None) -> Book:
    """Every record of `stacks`, and those of `deployed` that they add to. Raises WrongError."""
    book = Book(stacks)
    if deployed is not None:
        book.lay_over(deployed)
    places.add_places(book)
    lists.add_lists(book)
    groups.add_groups(book)
    routes.add_tables(book)
    hosts.add_hosts(book)
    gateways.add_gateways(book)
    gateways.add_nats(book)
    gateways.add_endpoints(book)
    acls.add_acls(book)
    balancers.add_balancers(book)
    gateways.add_unknown_gateways(book)
    _tell_kinds(book)
    for resource in book.resources:
        if resource.type not in TYPES:
            book.skipped[resource.type] += 1
    return book


def _tell_kinds(book: Book) -> None:
    """Say of every route to a gateway which kind of gateway it leads to, which its id does not tell."""
    kinds = {one.id: kind for type_, kind in _KINDS.items() for one in book.of(type_)}
    for entry in book.entries["RouteTables"].values():
        for route in entry.record.get("Routes", ()):
            kind = kinds.get(route.get("GatewayId"))
            if kind is not None:
                route["(kind)"] = kind


def _by_home(book: Book) -> dict[str, dict[tuple[str, Origin], list[Entry]]]:
    """The entries by key, and by file, account and Region."""
    found: dict[str, dict[tuple[str, Origin], list[Entry]]] = {}
    for key, entries in book.entries.items():
        by_home: dict[tuple[str, Origin], list[Entry]] = defaultdict(list)
        for entry in entries.values():
            if entry.resource is None:
                if entry.found != encoded(entry.record):  # else it stays as it is
                    by_home["what is deployed", entry.home or Origin()].append(entry)
                continue
            stack = entry.resource.stack
            told = origin_of(stack.template.folder.split("/"))
            home = Origin(stack.account or told.account, stack.region or told.region)
            by_home[stack.template.file, home].append(entry)
        if by_home:
            found[key] = dict(by_home)
    return found


def _place(entry: Entry) -> Place:
    return Place(entry.resource.line if entry.resource else "what is deployed", entry.id)


def _placed(wrong: WrongError, templates: Iterable[Template]) -> InputError:
    """What is wrong, with the file and the line of the resource or the section that it begins with."""
    title, _colon, rest = wrong.message.partition(": ")
    listed = list(templates)
    for template in listed:
        name = title.rpartition("/")[2]
        if name in template.section("Resources"):
            return wrong.at(template.place("Resources", name))
        inner = rest.partition(" ")[0].partition(":")[0]
        if title in template.body and inner in template.section(title):
            return wrong.at(template.place(title, inner))
    return wrong.at(listed[0].file) if len(listed) == 1 else wrong


def _notes(book: Book) -> list[str]:
    notes = list(book.notes)
    lacking = list(book.stacks.lacking)
    if lacking:
        more = f" and {len(lacking) - _MOST} more" if len(lacking) > _MOST else ""
        told = f"{', '.join(lacking[:_MOST])}{more}"
        notes.insert(0, f"no value is known for {told}: give it with --parameters {lacking[0]}=VALUE")
    for stack in book.stacks.stacks:
        for name, resource in stack.resources.items():
            if resource["Type"] == NESTED and name not in stack.children and stack.exists(name) is not False:
                notes.append(f"{stack.id_of(name)}: a nested stack whose template is not in the input: left out")
    for type_ in STARTERS:
        listed = [resource.id for resource in book.of(type_)]
        if listed:
            more = f" and {len(listed) - _MOST} more" if len(listed) > _MOST else ""
            notes.append(f"{', '.join(listed[:_MOST])}{more}: the instances that it starts are not in the input")
    return list(dict.fromkeys(notes))


def _with_nested(templates: list[Template]) -> list[Template]:
    """The templates, and those that they nest and that lie beside them."""
    found = list(templates)
    seen = {posixpath.normpath(template.file) for template in found}
    for template in found:
        for resource in template.section("Resources").values():
            file = template.nested(resource)
            if file is None or file in seen:
                continue
            seen.add(file)
            nested = _beside(file)
            if nested is not None:
                found.append(nested)  # whose own are looked for in turn
    return found


def _beside(file: str) -> Template | None:
    """The template in a file, None where there is no such file."""
    from pathlib import Path

    from sgcheck.sources.jsontext import utf8

    path = Path(file)
    try:
        if path.suffix.lower() not in SUFFIXES or not path.is_file() or path.stat().st_size > LARGEST:
            return None
        data = path.read_bytes()
    except (OSError, ValueError):
        return None
    return read_template(utf8(data, file), file)
