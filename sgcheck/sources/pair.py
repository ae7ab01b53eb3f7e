"""Two sides that are compared: both of a plan, or two inputs of any kind."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING, BinaryIO

from msgspec.structs import replace

from sgcheck.aws.network_interface import NETWORK_INTERFACE
from sgcheck.errors import InputError
from sgcheck.sources.files import A_PLAN, load, untaken
from sgcheck.sources.terraform.sameness import Sameness

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from sgcheck.aws.snapshot import Snapshot
    from sgcheck.sources.files import Loaded


def load_pair(
    before: str,
    after: str | None,
    stdin: BinaryIO | None = None,
    *,
    deployed: Snapshot | None = None,
    parameters: Mapping[str, str] | None = None,
) -> tuple[Snapshot, Snapshot]:
    """Two inputs of any kind that are compared, or both sides of a plan, which then stands alone.

    before, after: as load_snapshot takes them. stdin: stands in for standard input. deployed: what plans, states and
    templates are laid over; without it, one that comes after what is none of them is laid over that. parameters: as for
    load_snapshot; one has to be of a template of either. What Terraform calls the same is the same in both.
    Raises InputError.
    """
    if after is None:
        from sgcheck.sources.terraform.plan import load_plan

        for name in parameters or ():
            raise untaken(name, "they are for CloudFormation templates")
        return load_plan(before, stdin, deployed=deployed)
    same = Sameness()
    data = None
    if "-" in (before, after):
        import sys

        data = (stdin or sys.stdin.buffer).read()

    def read(path: str, over: Snapshot | None) -> Loaded:
        text = None if data is None else BytesIO(data)
        return load([path], text, deployed=over, parameters=parameters, same=same)

    first = read(before, deployed)
    second = read(after, first.snapshot if deployed is None and not first.planned else deployed)
    if same.late:
        first = read(before, deployed)
    if deployed is not None and not first.planned and not second.planned:
        raise InputError(f"{before}, {after}: {A_PLAN}")
    for name in first.untaken:
        if name in second.untaken:
            raise untaken(name, second.untaken[name])
    return shared(first.snapshot, second.snapshot, same.formers)


def shared(before: Snapshot, after: Snapshot, formers: Collection[str]) -> tuple[Snapshot, Snapshot]:
    """Both sides with the same stand-ins, so that no rule is split by them on one side only.

    formers: the addresses that resources have on one side and that stand for open ones on the other. An address that is
    known on one side, and open on the other, is open there only.
    """
    return _with_stand_ins(before, after, formers), _with_stand_ins(after, before, formers)


def _with_stand_ins(one: Snapshot, other: Snapshot, formers: Collection[str]) -> Snapshot:
    if not other.pending:
        return one
    known = {*formers, *(pending.address for pending in one.pending), *_addresses(one)}
    return replace(one, pending=(*one.pending, *(p for p in other.pending if p.address not in known)))


def _addresses(snapshot: Snapshot) -> Iterator[str]:
    """The private addresses that interfaces have."""
    for interface, _batch in snapshot.records(NETWORK_INTERFACE):
        for one in interface.private_ip_addresses or ():
            if one.private_ip_address is not None:
                yield one.private_ip_address
