"""Readers of evidence, each imported when its option is used: a line for each."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from importlib import import_module
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from sgcheck.diagnose.asked import Asked
    from sgcheck.diagnose.context import Context
    from sgcheck.diagnose.evidence import Clue
    from sgcheck.diagnose.flowlogs import Asked as AskedOfLogs
    from sgcheck.sources.live.athena import Athena


class Given(NamedTuple):
    """Evidence as options name it: the values of one option, and what else is said of them.

    since, until: Unix seconds. connect: opens Athena.
    """

    option: str
    values: tuple[str, ...]
    log_format: str | None = None
    since: int | None = None
    until: int | None = None
    connect: Callable[[], Athena] | None = None


def _per_host(read: Callable[..., list[Clue]], given: Given, context: Context) -> list[Clue]:
    """Readers of what a host itself tells, held against each asked address of it."""
    return [clue for path in given.values for host in _hosts(context) for clue in read(path, host)]


def _host_in_network(read: Callable[..., list[Clue]], given: Given, context: Context) -> list[Clue]:
    """Readers of what a host does on its own, for which its way out matters."""
    return [clue for path in given.values for host in _hosts(context) for clue in read(path, host, context.network)]


def _hosts(context: Context) -> list[Asked]:
    """Each asked port and address of a host, once."""
    from sgcheck.diagnose.asked import Asked

    answers = context.explanation.answers
    return list(dict.fromkeys(Asked.of(context.network, context.explanation.query, answer) for answer in answers))


def _flow_logs(read: Callable[..., list[Clue]], given: Given, context: Context) -> list[Clue]:
    about = _of_logs(given, context)
    return read(given.values, about, log_format=given.log_format, explanation=context.explanation)


def _athena(read: Callable[..., list[Clue]], given: Given, context: Context) -> list[Clue]:
    about = _of_logs(given, context)
    more = {"connect": given.connect, "explanation": context.explanation}
    return [clue for name in given.values for clue in read(name, about, context.network, **more)]


def _of_logs(given: Given, context: Context) -> AskedOfLogs:
    """What flow logs are asked, and of which time."""
    import msgspec

    from sgcheck.diagnose.flowlogs import Asked

    about = Asked.of(context.network, context.question, context.explanation)
    return msgspec.structs.replace(about, since=given.since, until=given.until)


class Reader(NamedTuple):
    """An option, the module and the function that read what it names, and how that function is called."""

    option: str
    module: str
    function: str
    call: Callable[[Callable[..., list[Clue]], Given, Context], list[Clue]]

    def read(self) -> Callable[..., list[Clue]]:
        """The function itself, imported now."""
        found: Callable[..., list[Clue]] = getattr(import_module(self.module), self.function)
        return found


READERS = (
    Reader("--flow-logs", "sgcheck.diagnose.flowlogs", "read", _flow_logs),
    Reader("--athena", "sgcheck.diagnose.flowlogs.athena", "read", _athena),
    Reader("--listeners", "sgcheck.diagnose.listeners", "read", _per_host),
    Reader("--user-data", "sgcheck.diagnose.userdata", "read", _host_in_network),
    Reader("--console", "sgcheck.diagnose.console", "read", _per_host),
)


def clues_of(given: Sequence[Given], context: Context) -> list[Clue]:
    """Read all evidence that is given, in the order of the readers. Raises InputError where a file can't be read."""
    named = {one.option: one for one in given if one.values}
    found = [
        clue
        for reader in READERS
        if reader.option in named
        for clue in reader.call(reader.read(), named[reader.option], context)
    ]
    return list(dict.fromkeys(found))
