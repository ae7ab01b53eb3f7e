"""Everything that sgcheck raises on purpose, and the exit code each one ends with.

SgcheckError
├── UsageError            the question or the options are wrong              exit 2
│   ├── UnknownNameError  no such resource; carries the nearest names        exit 2
│   └── AmbiguousNameError  several resources answer; carries them           exit 2
├── InputError            a file can't be read or understood                 exit 2
└── AwsError              AWS could not be asked                             exit 4
"""

from __future__ import annotations

from enum import IntEnum


class Exit(IntEnum):
    """The process exit codes; what was found and what failed never share one."""

    OK = 0
    FOUND = 1
    BAD_INPUT = 2
    UNDECIDED = 3
    AWS_FAILED = 4


class SgcheckError(Exception):
    """Base of all errors with a one-line message that is meant for a person."""

    exit_code = Exit.BAD_INPUT

    def __init__(self, message: str, hint: str | None = None) -> None:
        """Keep `message` (what is wrong, where) and `hint` (the line that helps, if any)."""
        super().__init__(message)
        self.message = message
        self.hint = hint


class UsageError(SgcheckError):
    """The question or an option makes no sense as it stands."""


class UnknownNameError(UsageError):
    """Nothing in the input has the asked name; `hint` offers the nearest ones."""


class AmbiguousNameError(UsageError):
    """Several resources answer to the asked name; `hint` lists them."""


class InputError(SgcheckError):
    """A file can't be read, is not in a known shape, or has a broken record; the message names file and place."""


class AwsError(SgcheckError):
    """AWS could not be asked: credentials, network, or throttled out."""

    exit_code = Exit.AWS_FAILED
