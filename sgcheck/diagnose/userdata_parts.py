"""User data taken apart: out of base64, gzip and MIME, into what cloud-init or EC2Launch would run.

What is run at all follows cloud-init's own reading of it (cloudinit/user_data.py, cloudinit/handlers).
"""

from __future__ import annotations

import json
import re
import zlib
from collections.abc import Iterator
from email import message_from_bytes
from enum import StrEnum

import msgspec

from sgcheck.diagnose.hostfile import as_text, out_of_base64
from sgcheck.errors import InputError

LARGEST = 4 << 20
"""Octets that compressed user data may become; AWS takes 16 KB of it."""


class Kind(StrEnum):
    """What runs a part."""

    SHELL = "shell script"
    CONFIG = "cloud-config"
    WINDOWS = "PowerShell or batch script"
    OPAQUE = "part that is not read here"
    NOTHING = "part that nothing runs"


class Part(msgspec.Struct, frozen=True):
    """One part. every_boot: it runs at each boot and not only at the first one of an instance."""

    kind: Kind
    text: str
    every_boot: bool = False


class UserData(msgspec.Struct, frozen=True):
    """The parts in their order, what keeps them from running, and what is odd and harmless."""

    parts: tuple[Part, ...] = ()
    faults: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def take_apart(data: bytes, where: str) -> UserData:
    """The parts of user data.

    data: as it was written, or as `describe-instance-attribute --attribute userData` gives it (the JSON, or the base64
    in it). Raises InputError where the JSON around it is broken.
    """
    content, notes = _decoded(_out_of_json(data, where))
    if not content.strip():
        return UserData((), (), tuple(notes))
    if content[:2] == b"\x1f\x8b":
        try:
            content = _gunzipped(content)
        except zlib.error:
            return UserData((), ("it is compressed, and broken: nothing of it runs",), tuple(notes))
    faults: list[str] = []
    parts: list[Part] = []
    for type_, payload in _messages(content):
        part, fault = _part(type_, payload)
        parts.append(part)
        faults += [fault] if fault else []
    return UserData(tuple(parts), tuple(faults), tuple(notes))


def _out_of_json(data: bytes, where: str) -> bytes:
    text = as_text(data).strip()
    if text in {"", "None", "null"}:  # `--output text` of an instance without any
        return b""
    if not text.startswith("{") or '"UserData"' not in text:
        return data if data[:2] == b"\x1f\x8b" else as_text(data).encode()
    try:
        found = json.loads(text)["UserData"]
    except json.JSONDecodeError as error:
        raise InputError(f"{where}:{error.lineno}: no JSON as describe-instance-attribute prints it") from None
    except (KeyError, TypeError, RecursionError):
        raise InputError(
            f"{where}: expected what `aws ec2 describe-instance-attribute --attribute userData` prints"
        ) from None
    value = found.get("Value", "") if isinstance(found, dict) else found
    return value.encode() if isinstance(value, str) else b""


def _decoded(data: bytes) -> tuple[bytes, list[str]]:
    """The content inside AWS's own base64; a second layer is the user's."""
    layers = 0
    while layers < 2:
        inner = _unbased(data)
        if inner is None:
            break
        data, layers = inner, layers + 1
    notes = ["it is encoded in base64 twice: whether that is undone depends on the image"] if layers > 1 else []
    return data, notes


def _unbased(data: bytes) -> bytes | None:
    return None if data[:2] == b"\x1f\x8b" else out_of_base64(as_text(data))


def _gunzipped(data: bytes) -> bytes:
    engine = zlib.decompressobj(wbits=31)
    found = engine.decompress(data, LARGEST)
    if not engine.eof and not engine.unconsumed_tail:
        raise zlib.error("cut off")
    return found


def _messages(content: bytes) -> Iterator[tuple[str | None, bytes]]:
    """The MIME type and the content of each part; no type where it is no MIME message."""
    if b"mime-version:" not in content[:4096].lower():
        yield None, content
        return
    for part in message_from_bytes(content.lstrip()).walk():
        if part.get_content_maintype() == "multipart":
            continue
        payload = part.get_payload(decode=True)
        body = payload if isinstance(payload, bytes) else b""
        if body[:2] == b"\x1f\x8b":
            try:
                body = _gunzipped(body)
            except zlib.error:
                body = b""
        yield part.get_content_type(), body


_MARKS = {
    "#cloud-config-archive": Kind.OPAQUE,
    "#cloud-config": Kind.CONFIG,
    "#cloud-boothook": Kind.SHELL,
    "#!": Kind.SHELL,
    "#include": Kind.OPAQUE,
    "#part-handler": Kind.OPAQUE,
    "#upstart-job": Kind.OPAQUE,
    "## template:": Kind.OPAQUE,
}
"""How cloud-init knows a part by its beginning (cloudinit/handlers/__init__.py, INCLUSION_TYPES_MAP)."""
_TYPES = {
    "text/x-shellscript": Kind.SHELL,
    "text/x-shellscript-per-boot": Kind.SHELL,
    "text/x-shellscript-per-instance": Kind.SHELL,
    "text/x-shellscript-per-once": Kind.SHELL,
    "text/cloud-config": Kind.CONFIG,
    "text/cloud-boothook": Kind.SHELL,
}
_SHELLS = frozenset({"sh", "bash", "dash", "ksh", "zsh"})
_WINDOWS = re.compile(r"<(powershell|script)>", re.IGNORECASE)
_ALMOST = re.compile(r"\s*(#\s*/\S*bin/|!#|#\s+!|#[a-z/]*bin/)")


def _part(type_: str | None, payload: bytes) -> tuple[Part, str | None]:
    """One part, and what is wrong with it."""
    text = as_text(payload)
    begins = text.lstrip()
    mark = next((m for m in _MARKS if begins.lower().startswith(m)), None)
    plain = type_ in {None, "text/plain", "text/x-not-multipart"}
    if plain and mark is None:
        return _unmarked(text)
    kind = _MARKS[mark] if mark and (plain or type_ == "text/x-shellscript") else _TYPES.get(type_ or "", Kind.OPAQUE)
    if kind is not Kind.SHELL:
        return Part(kind, text), None
    hook = mark == "#cloud-boothook" or type_ == "text/cloud-boothook"
    return _script(text, hook, every_boot=hook or type_ == "text/x-shellscript-per-boot")


def _script(text: str, hook: bool, *, every_boot: bool) -> tuple[Part, str | None]:
    """A script as the kernel would start it: its first line names the interpreter."""
    body = text.lstrip()
    if hook and body.lower().startswith("#cloud-boothook"):
        body = body.partition("\n")[2].lstrip()
    elif body != text and body.startswith("#!"):
        return Part(Kind.NOTHING, text), "something stands before the #! of its first line: it can't be started"
    if not body.startswith("#!"):
        return Part(Kind.NOTHING, text), "a script in it has no #! in its first line: it can't be started"
    first, _newline, rest = body.partition("\n")
    words = first[2:].split()
    if not words or not words[0].startswith("/"):
        return Part(Kind.NOTHING, text), "the first line does not name an interpreter by its path: it can't be started"
    if "\r\n" in rest and not first.endswith("\r"):
        # cloud-init turns the line ends of a script round only where its first line has the other ones (util.dos2unix).
        return Part(Kind.SHELL, rest, every_boot), "its lines end in CR LF, its first one does not: commands fail"
    names = [word.rpartition("/")[2] for word in words]
    program = next((n for n in names[1:] if not n.startswith("-")), "") if names[0] == "env" else names[0]
    return Part(Kind.SHELL if program in _SHELLS else Kind.OPAQUE, rest, every_boot), None


def _unmarked(text: str) -> tuple[Part, str | None]:
    """What has no mark of cloud-init's: for Windows, for another system, or for nobody."""
    if _WINDOWS.search(text):
        whole = re.search(r"<(powershell|script)>.*</\1>", text, re.IGNORECASE | re.DOTALL)
        often = re.search(r"<persist>\s*true\s*</persist>", text, re.IGNORECASE) is not None
        fault = None if whole else "a tag is not closed: nothing of it runs"
        return Part(Kind.WINDOWS if whole else Kind.NOTHING, text, often), fault
    if text.lstrip().startswith(("{", "[")):
        return Part(Kind.OPAQUE, text), None  # Ignition, Bottlerocket's TOML
    close = "; its first line is almost one" if _ALMOST.match(text) else ""
    return (
        Part(Kind.NOTHING, text),
        f"it does not begin with #!, #cloud-config or another mark that cloud-init knows{close}: nothing of it runs",
    )
