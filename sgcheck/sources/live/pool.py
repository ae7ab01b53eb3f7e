"""Jobs on threads that nobody waits for when the program ends, so that Ctrl-C ends it at once."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable
from queue import PriorityQueue, SimpleQueue

Job = Callable[[], None]


class Pool:
    """Runs jobs, those of a lower order first; a job may add others."""

    def __init__(self, threads: int) -> None:
        """Run up to so many jobs at a time."""
        self._threads = threads
        self._started = 0
        self._open = 0
        self._lock = threading.Lock()
        self._number = itertools.count()
        self._jobs: PriorityQueue[tuple[int, int, Job | None]] = PriorityQueue()
        self._ended: SimpleQueue[BaseException | None] = SimpleQueue()

    def add(self, job: Job, order: int = 0) -> None:
        """Run `job` when a thread is free."""
        with self._lock:
            self._open += 1
            if self._started < min(self._threads, self._open):
                self._started += 1
                # Not concurrent.futures: the interpreter joins its threads, which may wait for an answer for minutes.
                threading.Thread(target=self._work, daemon=True, name=f"sgcheck-{self._started}").start()
        self._jobs.put((order, next(self._number), job))

    def finish(self) -> None:
        """Wait until all jobs have run; raises what one of them raised, and then the others are left alone."""
        while True:
            with self._lock:
                if not self._open:
                    self._rest()
                    return
            failure = self._ended.get()
            with self._lock:
                self._open -= 1
            if failure is not None:
                raise failure

    def _rest(self) -> None:
        """Let the threads end; the next job starts others."""
        for _thread in range(self._started):
            self._jobs.put((0, next(self._number), None))
        self._started = 0

    def _work(self) -> None:
        while True:
            _order, _number, job = self._jobs.get()
            if job is None:
                return
            try:
                job()
            except BaseException as failure:  # noqa: BLE001  (it is raised again where it is waited for)
                self._ended.put(failure)
            else:
                self._ended.put(None)
            # What a job holds is let go of before the next one comes.
            del job
