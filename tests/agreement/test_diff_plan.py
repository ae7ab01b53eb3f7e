"""A change written as a Terraform plan opens and closes what it does as two descriptions by AWS."""

from __future__ import annotations

import json
import os
import random
import re
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from tests.agreement.mutations import mutated
from tests.plain.networks import random_network
from tests.plain.records import Record

sys.path.insert(0, str(Path(__file__).parents[1] / "sources" / "terraform"))

from plans import Planned, plan, state  # type: ignore[import-not-found]
from writer import as_state, sayable  # type: ignore[import-not-found]

from sgcheck.aws.build import build
from sgcheck.reach.diff import diff
from sgcheck.reach.difference import Difference, FlowChange
from sgcheck.sources.files import load_snapshot
from sgcheck.sources.pair import load_pair
from sgcheck.sources.terraform.plan import load_plan

NIGHTLY = os.environ.get("SGCHECK_PROFILE") == "nightly"


def addressed(made: list[Planned]) -> dict[str, dict[str, Any]]:
    """The values of resources by addresses that stay the same from one state to the next; of equal ones numbered."""
    found: dict[str, dict[str, Any]] = {}
    seen: Counter[str] = Counter()
    for one in made:
        content = one.values.get("id") or json.dumps(one.values, sort_keys=True)
        name = re.sub(r"\W+", "_", str(content))[:200]
        seen[f"{one.type}.{name}"] += 1
        found[f"{one.type}.x_{name}_{seen[f'{one.type}.{name}']}"] = one.values
    return found


def planned(before: list[Planned], after: list[Planned]) -> Record:
    """The plan that leads from one state to another."""
    old, new = addressed(before), addressed(after)
    made = [Planned(address, values, old=old.get(address)) for address, values in new.items()]
    made += [Planned(address, values, old=values, gone=True) for address, values in old.items() if address not in new]
    found: Record = plan(*made)
    return found


def saved(folder: Path, name: str, document: Record) -> str:
    path = folder / f"{name}.json"
    path.write_text(json.dumps(document))
    return str(path)


def row(one: FlowChange) -> tuple[object, ...]:
    ends = [tuple((m.interface, m.addresses) for m in end.members) for end in (one.source, one.target)]
    what = (one.protocol, one.ports, one.sources, one.destinations, one.client_ports, one.may)
    return (one.source.kind, one.target.kind, *ends, *what)


def flows(found: Difference) -> tuple[frozenset[object], ...]:
    """What opens, closes and is undecided, whoever did it."""
    return tuple(frozenset(map(row, rows)) for rows in (found.opened, found.closed, found.undecided))


@pytest.mark.parametrize("seed", range(120 if NIGHTLY else 8))
def test_a_plan_opens_and_closes_what_two_descriptions_do(seed: int, tmp_path: Path) -> None:
    rng = random.Random(f"plan {seed}")
    first = random_network(rng, 1, told=True)
    before, after = sayable(first), sayable(mutated(rng, first))
    apart = seed % 2 == 1
    states = [as_state(record, apart=apart) for record in (before, after)]
    sides = load_plan(saved(tmp_path, "plan", planned(*states)))
    described = [load_snapshot([saved(tmp_path, name, record)]) for name, record in (("b", before), ("a", after))]
    expected = diff(build(described[0]), build(described[1]))
    found = diff(build(sides[0]), build(sides[1]))
    assert flows(found)[:2] == flows(expected)[:2]
    # A state says less than AWS of lists without entries and of VPCs without tables: what hangs on these is undecided.
    assert flows(found)[2] == flows(expected)[2] or found.gaps
    known = {m.written for one in found.opened for end in (one.source, one.target) for m in end.members}
    assert all(known)
    assert all(change.written for one in (*found.opened, *found.closed) for change in one.changes)
    # The same plan over what is deployed, and the state that it leads to after it.
    laid = load_plan(str(tmp_path / "plan.json"), deployed=described[0])
    assert flows(diff(build(laid[0]), build(laid[1]))) == flows(expected)
    later = load_pair(str(tmp_path / "b.json"), saved(tmp_path, "state", state(*states[0])))
    assert flows(diff(build(later[0]), build(later[1]))) == (frozenset(), frozenset(), frozenset())
