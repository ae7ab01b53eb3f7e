"""Managed prefix lists (AWS::EC2::PrefixList)."""

from __future__ import annotations

from typing import Final

from sgcheck.sources.cloudformation.book import Book, known
from sgcheck.sources.cloudformation.resource import Block
from sgcheck.sources.cloudformation.values import Unknown
from sgcheck.sources.shapes import Record, without_nothing

TYPES: Final = {"AWS::EC2::PrefixList": ""}


def list_id(book: Book, value: str) -> str:
    """The id of a list; a new one is called as AWS calls them, which is how rules tell lists from ranges."""
    if any(resource.id == value for resource in book.of("AWS::EC2::PrefixList")) or not value.startswith("pl-"):
        return f"pl-{value}"
    return value


def add_lists(book: Book) -> None:
    """Add the lists with their entries; one with an entry that is not known has none that are."""
    for resource in book.of("AWS::EC2::PrefixList"):
        entries = resource.blocks("Entries")
        listed = [entries] if isinstance(entries, Unknown) else entries
        cidrs = [entry.text("Cidr") if isinstance(entry, Block) else entry for entry in listed]
        id_ = list_id(book, resource.id)
        record: Record = {
            "PrefixListId": id_,
            "PrefixListName": known(resource.text("PrefixListName")),
            "AddressFamily": known(resource.text("AddressFamily")),
            "Cidrs": None
            if any(isinstance(one, Unknown) for one in cidrs)
            else list(dict.fromkeys(filter(None, cidrs))),
        }
        book.add("PrefixLists", id_, without_nothing(record), resource)
