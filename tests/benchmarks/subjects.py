"""What is measured: the commands that are asked about one organisation, and those that they are compared with."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.benchmarks import organisation, terraform
from tests.benchmarks.plan import Shape, identifier
from tests.benchmarks.processes import CHECKOUT, Command, Limits, Outcome, Unfinished, python, sgcheck, spend

CACHE = Path(tempfile.gettempdir()) / "sgcheck-benchmarks"
SMALL = CHECKOUT / "examples" / "web-server-timeout" / "network.json"
LOAD = "import json, sys; json.load(open(sys.argv[1], encoding='utf-8'))"
_SETTLED = 3  # seconds after which a file that was just written is taken by its metadata

FLOOR, SMALL_EXPLAIN = "json.load of the small example", "`explain` on the small example"
LOADED, EXPLAIN, INDEXED = "`json.load`", "`explain`", "`explain`, indexed"
EXPOSURE, PAIRS, LINT = "`exposure`", "`reach --by`", "`lint`"
BUILD = "`snapshot --index`"
PLAN_LOADED, PLAN_LINT = "json.load of the plan", "`lint` of the plan"


@dataclass(frozen=True, slots=True)
class Subject:
    """One side of a comparison: what it is called, and the process that is run."""

    name: str
    command: Command


@dataclass(frozen=True, slots=True)
class Organisation:
    """The synthetic organisation with so many interfaces, as a file."""

    interfaces: int
    path: Path
    target: str

    @property
    def size(self) -> int:
        """Bytes of the file."""
        return self.path.stat().st_size

    @property
    def beside(self) -> Path:
        """Another name for the file, for the index: one beside the file itself would be used where none is meant."""
        return self.path.parent / "indexed" / self.path.name


def made(cache: Path, interfaces: int) -> Organisation:
    """Return the organisation of this size, written if need be, with a host in it that the internet reaches."""
    scale = interfaces / Shape().interfaces
    shape = Shape().scaled(scale)
    path = cache / f"organisation-{scale:g}.json"
    if not path.exists():
        cache.mkdir(parents=True, exist_ok=True)
        organisation.write(path, shape)
    return Organisation(interfaces, path, identifier("i", organisation.public_host(shape).number))


def planned(cache: Path, resources: int) -> Path:
    """Return a Terraform plan of so many resources, written if need be."""
    path = cache / f"plan-{resources}.json"
    if not path.exists():
        cache.mkdir(parents=True, exist_ok=True)
        terraform.write(path, resources)
    return path


def _explain(path: Path, target: str, port: int) -> Command:
    source = ("--from", "0.0.0.0/0", "--to", target, "--port", str(port))
    return sgcheck("explain", "-i", path, *source, "-f", "json")


def _lint(path: Path) -> Command:
    return sgcheck("lint", path, "--fail-on", "never", "-f", "json")


def small() -> Iterator[Subject]:
    """Yield both sides of the question about the small example."""
    yield Subject(FLOOR, python(f"import click; {LOAD}", SMALL))
    yield Subject(SMALL_EXPLAIN, _explain(SMALL, "i-123", 80))


def of(network: Organisation) -> Iterator[Subject]:
    """Yield what is asked about an organisation, the plainest first."""
    path = network.path
    yield Subject(LOADED, python(LOAD, path))
    yield Subject(EXPLAIN, _explain(path, network.target, 443))
    yield Subject(INDEXED, _explain(network.beside, network.target, 443))
    yield Subject(EXPOSURE, sgcheck("exposure", "-i", path, "--from", "internet", "-f", "json"))
    yield Subject(PAIRS, sgcheck("reach", "-i", path, "--by", "vpc", "--port", "443", "-f", "json"))
    yield Subject(LINT, _lint(path))


def of_plan(path: Path) -> Iterator[Subject]:
    """Yield both sides of the question about a Terraform plan."""
    yield Subject(PLAN_LOADED, python(LOAD, path))
    yield Subject(PLAN_LINT, _lint(path))


def index(network: Organisation, limits: Limits) -> Outcome:
    """Build the index and return what that took; asked again once the file counts as settled."""
    network.beside.parent.mkdir(exist_ok=True)
    if not network.beside.exists():
        network.beside.hardlink_to(network.path)
    outcome = spend(sgcheck("snapshot", "--index", network.beside), limits)
    if not isinstance(outcome, Unfinished):
        time.sleep(_SETTLED)
    return outcome
