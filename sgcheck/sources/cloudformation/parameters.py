"""`--parameters`: values of parameters, in every form in which CloudFormation's own commands take them.

`Key=Value` (deploy --parameter-overrides), `ParameterKey=Key,ParameterValue=Value` (create-stack --parameters), and
files of either: `[{"ParameterKey": …, "ParameterValue": …}]`, `["Key=Value"]`, and `{"Parameters": {"Key": "Value"}}`,
the template configuration files of CodePipeline (AWS CLI, cloudformation deploy and create-stack).
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import Any

from sgcheck.errors import InputError, UsageError
from sgcheck.sources.content import read_bytes

_PAIR = re.compile(r"([A-Za-z0-9:]+)=(.*)", re.DOTALL)
_LONG = re.compile(r"ParameterKey=([^,]+),ParameterValue=(.*)", re.DOTALL)


def parameters_of(told: Sequence[str]) -> dict[str, str]:
    """The values by name; of two for one name the last counts.

    told: what the options have, pairs or names of files. Raises UsageError and InputError.
    """
    found: dict[str, str] = {}
    for one in told:
        pair = _pair(one)
        if pair is not None:
            found[pair[0]] = pair[1]
        else:
            found |= _of_file(one.removeprefix("file://"))
    return found


def _pair(text: str) -> tuple[str, str] | None:
    match = _LONG.fullmatch(text) or _PAIR.fullmatch(text)
    if match is None:
        return None
    value = match.group(2)
    quoted = len(value) > 1 and value[0] == value[-1] == '"'
    return match.group(1), value[1:-1] if quoted else value


def _of_file(path: str) -> dict[str, str]:
    if not path.strip():
        raise UsageError("--parameters is empty: expected KEY=VALUE or a file")
    try:
        content = json.loads(read_bytes(path))
    except (ValueError, RecursionError) as error:
        line = getattr(error, "lineno", None)
        place = f"{path}:{line}" if line else path
        raise InputError(
            f"{place}: expected parameters in JSON", '[{"ParameterKey": …, "ParameterValue": …}]'
        ) from None
    if isinstance(content, dict):
        inside = content.get("Parameters", content)
        if isinstance(inside, dict):
            return {name: _text(value, path, name) for name, value in inside.items()}
    if isinstance(content, list):
        return dict(pair for index, one in enumerate(content) for pair in _element(one, path, index))
    raise InputError(f"{path}: expected a list of parameters", '[{"ParameterKey": …, "ParameterValue": …}]')


def _element(one: Any, path: str, index: int) -> list[tuple[str, str]]:
    if isinstance(one, str) and (pair := _pair(one)) is not None:
        return [pair]
    if isinstance(one, dict) and isinstance(one.get("ParameterKey"), str):
        if "ParameterValue" not in one:
            return []  # UsePreviousValue: what the deployed stack has is not here
        return [(one["ParameterKey"], _text(one["ParameterValue"], path, one["ParameterKey"]))]
    raise InputError(f"{path}: [{index}]: expected ParameterKey and ParameterValue, or Key=Value")


def _text(value: Any, path: str, name: str) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str | int | float):
        return str(value)
    if isinstance(value, list) and all(isinstance(one, str) for one in value):
        return ",".join(value)
    raise InputError(f"{path}: {name}: expected a text")
