"""The account and Region that a path tells: `[accounts/ACCOUNT/]REGION/…`, at any depth."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

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
    counts, and the innermost of 12 digits in a folder `accounts`. Each is None where the path does not tell.
    """
    accounts = [name for above, name in pairwise(folders) if above == "accounts" and _ACCOUNT.fullmatch(name)]
    regions = [name for name in folders if _REGION.fullmatch(name)]
    return Origin(accounts[-1] if accounts else None, regions[-1] if regions else None)
