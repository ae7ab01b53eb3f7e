"""How far a long survey is, for whoever wants to show it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

Watch = Callable[[int], None]
"""Called now and then with the number of pairs that one survey has asked about so far."""

EVERY = 256
_WATCH: ContextVar[Watch | None] = ContextVar("watch", default=None)


@contextmanager
def watching(watch: Watch) -> Iterator[None]:
    """Tell `watch` how far the surveys are that begin in the body."""
    token = _WATCH.set(watch)
    try:
        yield
    finally:
        _WATCH.reset(token)


class Pulse:
    """Counts what one survey asks."""

    __slots__ = ("_asked", "_watch")

    def __init__(self) -> None:
        """Begin at nothing, and tell whoever watches now."""
        self._asked = 0
        self._watch = _WATCH.get()

    def beat(self) -> None:
        """One more pair has been asked about."""
        self._asked += 1
        if self._watch is not None and self._asked % EVERY == 0:
            self._watch(self._asked)
