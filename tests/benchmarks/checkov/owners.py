"""Which group a rule of CloudFormation belongs to that is a resource of its own; sgcheck tells its fault of the group."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from sgcheck.errors import InputError
from sgcheck.sources.cloudformation.text import read_json, read_yaml

_OWNED = ("AWS::EC2::SecurityGroupIngress.", "AWS::EC2::SecurityGroupEgress.")


def owner(file: Path, resource: str) -> str | None:
    """Return the logical id or the id of the group of a rule, None where it is no rule or that is not told."""
    if not resource.startswith(_OWNED):
        return None
    told = _resources(file).get(resource.partition(".")[2], {}).get("Properties", {}).get("GroupId")
    if isinstance(told, str):
        return told
    if not isinstance(told, Mapping):
        return None
    name = told.get("Ref") or told.get("Fn::GetAtt")
    return (name if isinstance(name, str) else str(name[0])).partition(".")[0] if name else None


@cache
def _resources(file: Path) -> Mapping[str, Any]:
    data = file.read_bytes()
    try:
        read = read_json if data.lstrip().startswith(b"{") else read_yaml
        return read(data, file.name)["Resources"]  # type: ignore[no-any-return]
    except InputError:
        return {}
