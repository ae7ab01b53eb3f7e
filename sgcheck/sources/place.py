"""The account and Region that a path tells: `[accounts/ACCOUNT/]REGION/…`, at any depth."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

_REGION = re.compile(
    r"(?:us|eu|ap|sa|ca|me|af|il|mx|cn|us-gov|us-iso[a-z]?|eu-iso[a-z]?|eusc-[a-z]{2})"
    r"-(?:north|south|east|west|central)+-\d{1,2}"
)
_ACCOUNT = re.compile(r"\d{12}")


@dataclass(frozen=True, slots=True)
class Origin:
    """The account and the Region that records belong to, None where nothing tells."""

    account: str | None = None
    region: str | None = None


def origin_of(folders: Sequence[str]) -> Origin:
    """The account and the Region of a file.

    folders: the names of the folders above the file, outermost first. The innermost folder that is named like a Region
    counts, and above it the innermost `accounts/<12 digits>`. Each is None where the path does not tell.
    """
    for index in range(len(folders) - 1, -1, -1):
        if _REGION.fullmatch(folders[index]):
            return Origin(_account(folders[:index]), folders[index])
    return Origin(_account(folders), None)


def _account(folders: Sequence[str]) -> str | None:
    for index in range(len(folders) - 1, 0, -1):
        if folders[index - 1] == "accounts" and _ACCOUNT.fullmatch(folders[index]):
            return folders[index]
    return None
