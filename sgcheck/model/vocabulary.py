"""The face of a provider's vocabulary: its codes, sentences and commands for what a walk finds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from sgcheck.model.edit import Edit
    from sgcheck.model.finding import Finding
    from sgcheck.model.network import Network
    from sgcheck.model.ref import Missing


class Vocabulary(Protocol):
    """Turns facts into what people of one provider look up and type."""

    def code(self, finding: Finding) -> str:
        """The blocker code of a finding."""

    def why(self, finding: Finding) -> str:
        """One sentence: what holds the packets back here."""

    def fix(self, finding: Finding) -> str:
        """One sentence: how to remove it."""

    def commands(self, edit: Edit, network: Network) -> tuple[str, ...]:
        """The commands that make an edit."""

    def also(self, edit: Edit) -> tuple[str, ...]:
        """What else follows from an edit and deserves a warning."""

    def collect(self, missing: Missing) -> str | None:
        """The command that would bring what is missing."""
