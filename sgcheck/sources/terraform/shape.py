"""What is wrong with a value of a document, as one line."""

from __future__ import annotations

from typing import Any

from sgcheck.errors import InputError

_SHOWN = 40


class WrongError(InputError):
    """A value of a resource is not what it has to be; `in_file` adds the file that it stands in."""

    def __init__(self, address: str, name: str, expected: str, found: Any) -> None:
        """Name the address of the resource, the attribute, and what was expected instead of `found`."""
        shown = repr(found)
        shown = shown if len(shown) <= _SHOWN else shown[:_SHOWN] + "…"
        super().__init__(f"{address}: {name}: expected {expected}, got {shown}")

    def in_file(self, file: str) -> InputError:
        """The same with the file's name."""
        return InputError(f"{file}: {self.message}")


def text_of(found: Any, address: str, name: str) -> str | None:
    """A text or number as text, None where it is null or empty. Raises WrongError."""
    if found is None or found == "":
        return None
    if isinstance(found, str):
        return found
    if isinstance(found, int | float) and not isinstance(found, bool):
        return str(found)
    raise WrongError(address, name, "a text", found)
