"""What both tools said, read from the lines that each.py prints."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True, order=True)
class Told:
    """A finding of checkov. resource: an address of Terraform or `TYPE.LogicalId` of CloudFormation."""

    file: str
    id: str
    resource: str

    @property
    def name(self) -> str:
        """What sgcheck calls the resource: the address, or the logical id alone."""
        return self.resource.partition(".")[2] if self.resource.startswith("AWS::") else self.resource


@dataclass(frozen=True, slots=True)
class Said:
    """What sgcheck said of a file: findings and undecided rules as in its JSON. refused: its error, in one line."""

    findings: tuple[Mapping[str, Any], ...] = ()
    undecided: tuple[Mapping[str, Any], ...] = ()
    refused: str = ""


def theirs(lines: Iterable[str]) -> tuple[list[Told], list[str]]:
    """Return the findings of checkov, and the files with which it ended in an error."""
    found: set[Told] = set()
    failed = []
    for line in lines:
        told = json.loads(line)
        if told["code"]:
            failed.append(told["file"])
        found.update(Told(told["file"], *each) for each in _failed(told["data"]))
    return sorted(found), failed


def _failed(data: Any) -> Iterator[tuple[str, str]]:
    for report in data if isinstance(data, list) else [data or {}]:
        for check in report.get("results", {}).get("failed_checks", []):
            yield check["check_id"], check["resource_address"] or check["resource"]


def ours(lines: Iterable[str]) -> dict[str, Said]:
    """Return what sgcheck said, by file."""
    found = {}
    for line in lines:
        told = json.loads(line)
        data = told["data"]
        if data is None:
            refused = told["wrong"].strip().splitlines() or ["nothing was said"]
            found[told["file"]] = Said(refused=refused[0])
        else:
            found[told["file"]] = Said(tuple(data["findings"]), tuple(data["undecided"]))
    return found
