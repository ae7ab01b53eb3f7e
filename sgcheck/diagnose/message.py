"""A message of a program, and the symptoms that several programs have one word for."""

from __future__ import annotations

from typing import NamedTuple

from sgcheck.diagnose.symptoms import Symptom as Sees


class Message(NamedTuple):
    """One message: the program that prints it, a regular expression for a line of it, and what it may mean."""

    program: str
    pattern: str
    symptoms: tuple[Sees, ...]


UNREACHABLE = (Sees.REFUSED, Sees.NO_ROUTE_TO_HOST, Sees.NETWORK_UNREACHABLE)
"""A connection attempt that came back at once."""
NOT_CONNECTED = (Sees.TIMEOUT, *UNREACHABLE)
"""Any attempt that failed."""
TIMES_OUT = (Sees.TIMEOUT, Sees.STALL)
"""Too late, whether there was a connection or not."""
CUT = (Sees.RESET, Sees.CLOSED)
"""A connection that ended too early."""
NOWHERE = (*NOT_CONNECTED, Sees.DNS)
"""Any attempt that failed, and names that are not found as well."""
