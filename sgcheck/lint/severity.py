"""How bad a finding is."""

from __future__ import annotations

from enum import IntEnum


class Severity(IntEnum):
    """Levels, the mildest first, so that they compare."""

    INFO = 0
    LOW = 1
    MEDIUM = 2
    HIGH = 3
    CRITICAL = 4

    @property
    def word(self) -> str:
        """The level as people write it: `high`."""
        return self.name.lower()

    def lowered(self, steps: int) -> Severity:
        """The level so many steps further down, `info` at the lowest."""
        return Severity(max(self - steps, Severity.INFO))


WORDS = tuple(level.word for level in sorted(Severity, reverse=True))
"""Every level as people write it, the worst first."""


def severity(word: str) -> Severity:
    """The level of this name. Raises ValueError that lists them."""
    try:
        return Severity[word.upper()]
    except KeyError:
        raise ValueError(f"{word!r} is not a severity: {', '.join(WORDS)}") from None
