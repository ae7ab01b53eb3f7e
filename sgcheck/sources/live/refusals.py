"""What went wrong with a call, as data: AWS's own code and words, without anything that is secret."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

MALFORMED = "MalformedAnswer"
_LONGEST = 300
_ENCODED = re.compile(r"\s*Encoded authorization failure message:.*", re.DOTALL)
# The service repeats what it was signed with, the session token included.
_CANONICAL = re.compile(r"\s*The Canonical String for this request.*", re.DOTALL)
_KEY_ID = re.compile(r"\b(?:AKIA|ASIA)[A-Z0-9]{12,}\b")
_TOKEN = re.compile(r"(?i)(x-amz-security-token|signature|credential|password|secret\w*)([=:]\s*)\S+")
_USER_INFO = re.compile(r"(?<=://)[^/@\s]+@")


class Refusal(Exception):  # noqa: N818  (AWS's answer, not a fault of ours)
    """A call that AWS did not answer with what was asked.

    reason: AWS's code (`UnauthorizedOperation`), or the name of what happened on the way. detail: AWS's words. action:
    the IAM action that the call needs.
    """

    def __init__(self, reason: str, detail: str, action: str) -> None:
        """Keep what AWS said."""
        super().__init__(f"{reason}: {detail}")
        self.reason = reason
        self.detail = detail
        self.action = action


@contextmanager
def refusals(action: str) -> Iterator[None]:
    """Make what a call that needs `action` raises a Refusal: what AWS said, and what happened on the way there."""
    from botocore.exceptions import BotoCoreError, ClientError
    from botocore.parsers import ResponseParserError

    try:
        yield
    except (BotoCoreError, ClientError, ResponseParserError) as error:
        raise refusal(error, action) from None
    except Exception as error:
        # The parsers expect what the API model has, and stumble over anything else.
        if _is_of_botocore(error):
            raise Refusal(MALFORMED, "the answer can't be parsed", action) from None
        raise


def _is_of_botocore(error: Exception) -> bool:
    """Whether an error came up inside botocore, not in what called it."""
    step = error.__traceback__
    while step is not None and step.tb_next is not None:
        step = step.tb_next
    return step is not None and str(step.tb_frame.f_globals.get("__name__", "")).startswith("botocore.")


def refusal(error: Exception, action: str) -> Refusal:
    """What an error of botocore's says; the call needed `action`."""
    from botocore.exceptions import ClientError, CredentialRetrievalError, PaginationError
    from botocore.parsers import ResponseParserError

    match error:
        case ClientError():
            told = error.response.get("Error", {})
            asked = "sts:AssumeRole" if error.operation_name == "AssumeRole" else action
            return Refusal(str(told.get("Code") or "Unknown"), plain_detail(str(told.get("Message") or "")), asked)
        case ResponseParserError():
            # Its text quotes the answer, whatever that was.
            return Refusal(MALFORMED, "the answer can't be parsed", action)
        case PaginationError():
            return Refusal(MALFORMED, "the same page comes again and again", action)
        case CredentialRetrievalError():
            # Its text quotes what a program of the user's printed.
            return Refusal(type(error).__name__, "the credentials could not be had", action)
        case _:
            return Refusal(type(error).__name__, plain_detail(str(error)), action)


def plain_detail(text: str) -> str:
    """`text` in one line, without keys, tokens and passwords."""
    text = _CANONICAL.sub("", _ENCODED.sub("", text))
    text = _KEY_ID.sub("…", _TOKEN.sub(r"\1\2…", _USER_INFO.sub("…@", text)))
    line = " ".join(text.split())
    return line if len(line) <= _LONGEST else f"{line[: _LONGEST - 1]}…"
