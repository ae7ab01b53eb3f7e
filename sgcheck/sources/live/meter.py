"""Counting the calls."""

from __future__ import annotations

import threading


class Meter:
    """Counts the requests that were answered and those that were refused; any thread may count."""

    def __init__(self) -> None:
        """Start at nothing."""
        self._lock = threading.Lock()
        self.answered = 0
        self.refused = 0
        self._opening = 0

    def open(self) -> None:
        """Count a call that only asks who we are and where there is something to read."""
        with self._lock:
            self._opening += 1

    def answer(self) -> None:
        """Count a page of an answer."""
        with self._lock:
            self.answered += 1

    def refuse(self) -> None:
        """Count a refusal."""
        with self._lock:
            self.refused += 1

    @property
    def calls(self) -> int:
        """All requests, whatever came of them."""
        return self._opening + self.answered + self.refused
