"""What `reach` answers: rows of who reaches whom, and beside them paths, what to close, or a table."""

from __future__ import annotations

import msgspec

from sgcheck.reach.attack import Reach
from sgcheck.reach.chokes import Cut
from sgcheck.reach.lateral import Lateral


class Reached(msgspec.Struct, frozen=True):
    """Who reaches whom directly, and where it was asked, over several hosts and what cuts that."""

    reach: Reach
    lateral: Lateral | None = None
    cut: Cut | None = None
