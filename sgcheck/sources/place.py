"""The account and Region that a path tells: `[accounts/ACCOUNT/]REGION/…`, at any depth."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise
from typing import Final

import msgspec

REGION: Final = (
    r"(?:us|eu|ap|sa|ca|me|af|il|mx|cn|us-gov|us-iso[a-z]?|eu-iso[a-z]?|eusc-[a-z]{2})"
    r"-(?:north|south|east|west|central)+-\d{1,2}"
)
"""A pattern of the names of AWS's Regions."""
_ACCOUNT = r"\d{12}"


class Origin(msgspec.Struct, frozen=True):
    """The account and the Region that records belong to, None where nothing tells."""

    account: str | None = None
    region: str | None = None


def origin_of(folders: Sequence[str]) -> Origin:
    """The account and the Region of a file.

    folders: the names of the folders above the file, outermost first. The innermost folder that is named like a Region
    counts, and the innermost of 12 digits in a folder `accounts`. Each is None where the path does not tell.
    """
    accounts = [name for above, name in pairwise(folders) if above == "accounts" and re.fullmatch(_ACCOUNT, name)]
    regions = [name for name in folders if _may_be_region(name) and re.fullmatch(REGION, name)]
    return Origin(accounts[-1] if accounts else None, regions[-1] if regions else None)


def _may_be_region(name: str) -> bool:
    """Whether a look at the pattern is worth it, which takes longer to compile than to read a small file."""
    return name.count("-") > 1 and name[-1].isdigit()
