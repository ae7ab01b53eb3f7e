"""What a kind of AWS resource is: where its records stand, which calls fetch them, and what their absence means."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from enum import StrEnum
from typing import Any, Generic, TypeVar

import msgspec

R = TypeVar("R")


class Absence(StrEnum):
    """What follows when a kind is not in the input at all."""

    UNKNOWN = "unknown"
    """Whatever depends on it is unknown."""
    OFF = "off"
    """The feature is not in use, or another kind says the same."""
    ASSUMED = "assumed"
    """A documented assumption is made, with a warning."""


class Call(msgspec.Struct, frozen=True, eq=False):
    """One API operation that answers with records of a kind.

    service, operation: as boto3 spells them (`ec2`, `describe_vpcs`). action: the IAM action that allows the call.
    result_key: the member of the answer that holds the records, empty where the answer itself is one.

    The rest is for who collects. key: the top-level key that a snapshot keeps the records under, where it is not the
    result key or the kind's first. parameters: what is always asked for; members that the installed API model does not
    have are left out. each: the call is made for each of these values, for each combination where there are several.
    by: how a request is narrowed: trait (`id`, `vpc`, `group` …) -> EC2 filter; one that ends with a colon goes on with
    what the trait is told to be of (`tag:Name`). filters: the member of the request that takes these. ids: the member
    that takes the values of the trait `id` where no filter does; AWS takes no page size beside it. regional: whether
    every Region has its own records; if not, one Region is asked for all of them.
    """

    service: str
    operation: str
    action: str
    result_key: str
    key: str = ""
    parameters: dict[str, Any] = {}
    each: tuple[Feed, ...] = ()
    by: dict[str, str] = {}
    filters: str = "Filters"
    ids: str = ""
    regional: bool = True


class Feed(msgspec.Struct, frozen=True, eq=False):
    """Values that a call needs before it can be made: what `call` finds.

    parameter: the member of the request that takes a value. paths: where the values stand in what `call` finds
    (`FirewallPolicy.StatefulRuleGroupReferences.ResourceArn`), empty where they are themselves the values. batch: so
    many values at once, as a list; 0 where the request takes one. where: only what has one of these values as a member.
    """

    parameter: str
    call: Call
    paths: tuple[str, ...] = ()
    batch: int = 0
    where: dict[str, tuple[str, ...]] = {}


class Wrapper(msgspec.Struct, Generic[R], frozen=True):
    """How a top-level key holds records when they are not simply its list.

    key: the top-level key. item: the type of one element. unpack: (name, element) -> its records. by_name: the value is
    an object, whose member names are handed to `unpack`, instead of a list. id_members: the members that hold the id of
    an element. whole: an answer with this member, an object, is one element as it stands. single: the value is one
    element instead of a list of them.
    """

    key: str
    item: Any
    unpack: Callable[[str, Any], Iterable[R]]
    by_name: bool = False
    id_members: tuple[str, ...] = ()
    whole: str | None = None
    single: bool = False


class Kind(msgspec.Struct, Generic[R], frozen=True):
    """One kind of AWS resource.

    name, plural: for people. keys: the top-level keys that hold its records. record: the type of a record. absence and
    absence_note: what it means, and in one line why, that the input has none of these keys. calls: what fetches them.
    id_of: record -> its id. id_members: the members that hold the id, the first that is there counts. telltales: a lone
    resource without a top-level key is of this kind when it has an id member and one of these. wrappers: the keys that
    do not simply hold a list of records. telltale: where other services answer with the same keys, the member that only
    elements of this kind have. secrets: members, at any depth, that are never kept; those that the API model calls
    sensitive never are.
    """

    name: str
    plural: str
    keys: tuple[str, ...]
    record: type[R]
    absence: Absence
    absence_note: str
    calls: tuple[Call, ...]
    id_of: Callable[[R], str]
    id_members: tuple[str, ...]
    telltales: frozenset[str]
    wrappers: tuple[Wrapper[R], ...] = ()
    subject: str | None = None
    telltale: str | None = None
    secrets: frozenset[str] = frozenset()

    def wrapper(self, key: str) -> Wrapper[R] | None:
        """The wrapper that `key` holds records in, None where it holds a plain list of them."""
        return next((wrapper for wrapper in self.wrappers if wrapper.key == key), None)

    @property
    def feeding(self) -> tuple[Call, ...]:
        """The calls that only bring what those of the kind are asked with, at any depth."""
        found = [feed.call for call in self.calls for feed in call.each]
        for call in found:  # grows on the way
            found += [feed.call for feed in call.each if feed.call not in found]
        return tuple(dict.fromkeys(found))


def ec2(operation: str, action: str, result_key: str, **collecting: Any) -> Call:
    """A call of the EC2 API: `ec2("describe_vpcs", "DescribeVpcs", "Vpcs")`; `collecting` as `Call` has it."""
    return Call("ec2", operation, f"ec2:{action}", result_key, **collecting)


def elbv2(operation: str, action: str, result_key: str, **collecting: Any) -> Call:
    """A call of the Elastic Load Balancing v2 API; its IAM actions have the service's older name."""
    return Call("elbv2", operation, f"elasticloadbalancing:{action}", result_key, **collecting)
