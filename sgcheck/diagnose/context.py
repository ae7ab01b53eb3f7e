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
    """The network, the question on it, and what the configuration answers.

    source_assumed: nobody said where the client is, and it was taken to be in the internet.
    """

    network: Network
    question: Question
    explanation: Explanation
    source_assumed: bool = False

    @property
    def port(self) -> int | None:
        """The asked TCP port, None where there are several or none."""
        ports = self.question.services.values(TCP)
        return ports.lowest if ports and ports.size == 1 else None

    @property
    def targets(self) -> tuple[Interface, ...]:
        """The interfaces that were asked, each once."""
        ids = dict.fromkeys(answer.target.interface for answer in self.explanation.answers)
        known = self.network.interfaces
        return tuple(known[id_] for id_ in ids if id_ is not None and id_ in known)

    @property
    def sources(self) -> tuple[Interface, ...]:
        """The known interfaces that the packets leave by, each once."""
        ends = dict.fromkeys((answer.source.kind, answer.source.id) for answer in self.explanation.answers)
        ids = [id_ for kind, end in ends if end for id_ in self._interfaces_of(kind, end)]
        return tuple(self.network.interfaces[id_] for id_ in dict.fromkeys(ids))

    def _interfaces_of(self, kind: str, end: str) -> tuple[str, ...]:
        if kind == "instance" and end in self.network.instances:
            return self.network.attached_to(end)
        return (end,) if end in self.network.interfaces else ()

    @property
    def instances(self) -> tuple[str, ...]:
        """The ids of the asked instances."""
        targets = (answer.target for answer in self.explanation.answers)
        return tuple(dict.fromkeys(target.id for target in targets if target.kind == "instance" and target.id))
