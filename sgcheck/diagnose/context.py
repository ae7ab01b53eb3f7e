"""What a reader of evidence is told of the question, so that it keeps to what concerns it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from sgcheck.packets import TCP

if TYPE_CHECKING:
    from sgcheck.model.network import Network
    from sgcheck.model.things import Interface
    from sgcheck.reach.answer import Explanation
    from sgcheck.reach.question import Question


class Context(msgspec.Struct, frozen=True):
    """The network, the question on it, and what the configuration answers; a reader is `read(path, context)`."""

    network: Network
    question: Question
    explanation: Explanation

    @property
    def port(self) -> int | None:
        """The asked TCP port, None where there are several or none."""
        ports = self.question.services.values(TCP)
        return ports.lowest if ports and ports.size == 1 else None

    @property
    def targets(self) -> tuple[Interface, ...]:
        """The interfaces that were asked, each once."""
        return self._interfaces(answer.target.interface for answer in self.explanation.answers)

    def _interfaces(self, ids: object) -> tuple[Interface, ...]:
        found = dict.fromkeys(id_ for id_ in ids if id_)  # type: ignore[attr-defined]
        return tuple(self.network.interfaces[id_] for id_ in found if id_ in self.network.interfaces)
