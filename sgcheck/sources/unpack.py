"""From paths to texts: files, folders, archives and standard input, told apart by their content."""

from __future__ import annotations

import io
import os
import re
import stat
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING, BinaryIO

import msgspec

from sgcheck.errors import InputError
from sgcheck.sources.jsontext import Buffer, first_byte, utf8

if TYPE_CHECKING:
    from pathlib import Path
    from zipfile import ZipFile

_GZIP = b"\x1f\x8b"
_ZIP = (b"PK\x03\x04", b"PK\x05\x06")
_BINARY_PLAN = frozenset({"tfplan", "tfstate"})
SHOW_PLAN = "terraform show -json plan.tfplan > plan.json"
_PEEK = 65_536
_BIG = 16 * 1024 * 1024
_GZIP_WINDOW = 31
_DEEPEST = 4
_ASSET = re.compile(r"asset\.[0-9a-f]{64}")


class Text(msgspec.Struct, frozen=True):
    """One file's text.

    file: its name in messages. folders: the folders above it, outermost first. data: UTF-8 without a mark. named:
    whether the user named this very file, so that it has to be understood.
    """

    file: str
    folders: tuple[str, ...]
    data: Buffer
    named: bool

    def release(self) -> None:
        """Let go of the memory of a mapped file; its text stays readable."""
        if not isinstance(self.data, bytes) and sys.platform != "win32":
            from mmap import MADV_DONTNEED  # Windows has none

            self.data.madvise(MADV_DONTNEED)


class Skipped(msgspec.Struct, frozen=True):
    """A file of a folder or archive that is not JSON."""

    file: str


class _Found(msgspec.Struct, frozen=True):
    """A file with its content still packed. depth: how many archives it is in."""

    file: str
    folders: tuple[str, ...]
    data: Buffer
    named: bool
    depth: int = 0


def texts(path: str, stdin: BinaryIO | None = None) -> Iterator[Text | Skipped]:
    """The texts at `path`, in the order of their names.

    path: a file, a folder, or `-` for standard input. stdin: stands in for standard input.
    Raises InputError where something can't be read, and where an archive is broken.
    """
    if path == "-":
        data = (stdin or sys.stdin.buffer).read()
        yield from _unpacked(_Found("standard input", (), data, named=True))
        return
    named = _read_named(path)
    if named is None:
        from pathlib import Path  # a single file does without, whose answer it would delay

        yield from _folder(Path(path))
    else:
        yield from _unpacked(_Found(path, _folders(path), named, named=True))


def _read_named(path: str) -> Buffer | None:
    """The bytes of a file that the user named, None for a folder."""
    try:
        status = os.stat(path)  # noqa: PTH116  (pathlib takes longer to load than a small file to read)
        return None if stat.S_ISDIR(status.st_mode) else _content(path, status)
    except (OSError, ValueError) as error:
        raise InputError(f"{path}: {_reason(error)}") from error


def _folders(path: str) -> tuple[str, ...]:
    """The folders above a file, outermost first."""
    folder = os.path.dirname(os.path.abspath(path))  # noqa: PTH100, PTH120  (the same)
    return tuple(re.split(r"[/\\]" if os.altsep else "/", folder))


def _folder(folder: Path) -> Iterator[Text | Skipped]:
    found = False
    for path in _files_below(folder, set()):
        found = True
        if _hidden(path.name) or _kind_of(path) != stat.S_IFREG or not _worth_reading(path):
            yield Skipped(str(path))
        else:
            yield from _unpacked(_Found(str(path), path.absolute().parent.parts, _read(path), named=False))
    if not found:
        raise InputError(f"{folder}: is an empty folder")


def _files_below(folder: Path, seen: set[tuple[int, int]]) -> Iterator[Path]:
    """All files below a folder in the order of their names; links are followed, but no folder is entered twice."""
    try:
        status = folder.stat()
        paths = sorted(folder.iterdir())
    except OSError as error:
        raise InputError(f"{folder}: {_reason(error)}") from error
    if (status.st_dev, status.st_ino) in seen:
        return
    seen.add((status.st_dev, status.st_ino))
    for path in paths:
        # A hidden folder counts as one skipped file.
        if path.is_dir() and not _hidden(path.name):
            yield from _files_below(path, seen)
        else:
            yield path


def _hidden(name: str) -> bool:
    """Whether a file or folder is a tool's own: `.git`, an editor's lock, what macOS keeps beside every file.

    In `cdk.out` the code that the CDK uploads is too: `asset.` with 64 hexadecimal digits.
    """
    return name.startswith((".", "__MACOSX")) or _ASSET.match(name) is not None


def _kind_of(path: Path) -> int:
    try:
        return stat.S_IFMT(path.stat().st_mode)
    except (OSError, ValueError) as error:
        raise InputError(f"{path}: {_reason(error)}") from error


def _read(path: Path) -> Buffer:
    """A file's bytes."""
    try:
        return _content(str(path), path.stat())
    except OSError as error:
        raise InputError(f"{path}: {_reason(error)}") from error


def _content(path: str, status: os.stat_result) -> Buffer:
    """A file's bytes; a big one is mapped, so that what has been decoded need not stay in memory."""
    with io.FileIO(path) as file:
        if not stat.S_ISREG(status.st_mode) or status.st_size < _BIG:
            return file.readall()
        from mmap import ACCESS_READ, mmap  # nothing that a small file needs

        return mmap(file.fileno(), 0, access=ACCESS_READ)


def _reason(error: OSError | ValueError) -> str:
    reason = error.strerror if isinstance(error, OSError) else None
    reason = reason or str(error)
    return f"can't be read: {reason[:1].lower()}{reason[1:]}"


def _worth_reading(path: Path) -> bool:
    """Whether a file of a folder begins like JSON or an archive; big logs are not unpacked just to see that."""
    try:
        with path.open("rb") as file:
            head = file.read(_PEEK)
    except OSError as error:
        raise InputError(f"{path}: {_reason(error)}") from error
    if head[:4] in _ZIP or named_json(path.name) or _is_template(path.name, head):
        return True
    if head.startswith(_GZIP):
        import zlib

        try:
            head = zlib.decompressobj(_GZIP_WINDOW).decompress(head, _PEEK)
        except zlib.error:
            return False
    return _begins_like_json(head)


def _readable(file: str, head: bytes) -> bool:
    return _begins_like_json(head) or _is_template(file, head)


def _is_template(file: str, head: bytes) -> bool:
    """Whether a file is a template of CloudFormation in YAML, by its name and by what it begins with."""
    if not file.lower().endswith((".yaml", ".yml", ".template")):
        return False
    from sgcheck.sources.cloudformation.document import may_be_yaml

    return may_be_yaml(head)


def _begins_like_json(head: bytes) -> bool:
    try:
        return first_byte(utf8(head, "")) in (b"{", b"[")
    except InputError:
        # The head of a UTF-16 text may end within a character: the whole text will tell.
        return True


def named_json(file: str) -> bool:
    """Whether the name promises JSON (`Vpcs.json`, `snap.json.gz`)."""
    name = file.rstrip("/").rpartition("/")[2].lstrip(".")
    return ".json" in (f".{suffix}" for suffix in name.split(".")[1:])


def _unpacked(found: _Found) -> Iterator[Text | Skipped]:
    """The texts in a file: itself, what it is the gzip of, or the members of an archive."""
    if found.depth > _DEEPEST:
        raise InputError(f"{found.file}: archives are nested too deep")
    if found.data[:2] == _GZIP:
        data = _gunzipped(found.data, found.file)
        yield from _unpacked(_Found(found.file, found.folders, data, found.named, found.depth + 1))
    elif found.data[:4] in _ZIP:
        yield from _members(found)
    elif found.named or named_json(found.file) or _readable(found.file, found.data[:_PEEK]):
        yield Text(found.file, found.folders, utf8(found.data, found.file), found.named)
    else:
        yield Skipped(found.file)


def _gunzipped(data: Buffer, file: str) -> bytes:
    """All members of a gzip file, one after the other."""
    import zlib  # a library of its own, for archives only

    parts = []
    while data[:2] == _GZIP:
        stream = zlib.decompressobj(_GZIP_WINDOW)
        try:
            parts.append(stream.decompress(data))
        except zlib.error as error:
            raise InputError(f"{file}: is a broken gzip file") from error
        if not stream.eof:
            raise InputError(f"{file}: is a gzip file that ends too early")
        data = stream.unused_data
    return b"".join(parts)


def _members(found: _Found) -> Iterator[Text | Skipped]:
    """The texts of an archive's members, in the order of their names."""
    import zipfile  # loads lzma and bz2, which nobody needs who has no archive

    try:
        archive = zipfile.ZipFile(io.BytesIO(found.data))
    except (zipfile.BadZipFile, ValueError, OSError) as error:
        raise InputError(f"{found.file}: is a broken zip archive") from error
    with archive:
        names = sorted(name for name in archive.namelist() if not name.endswith("/"))
        if not names:
            raise InputError(f"{found.file}: is an empty archive")
        if set(names) >= _BINARY_PLAN:
            raise InputError(f"{found.file}: is a binary plan of Terraform: expected it as JSON: run {SHOW_PLAN}")
        for name in names:
            parts = [part for part in name.split("/") if part not in {"", "."}]
            folders = (*found.folders, *parts[:-1])
            file = f"{found.file}/{name}"
            if any(map(_hidden, parts)):
                yield Skipped(file)
                continue
            data = _member(archive, name, file)
            yield from _unpacked(_Found(file, folders, data, named=False, depth=found.depth + 1))


def _member(archive: ZipFile, name: str, file: str) -> bytes:
    try:
        return archive.read(name)
    except Exception as error:  # zipfile has no base of its errors: broken, encrypted and unknown packing all differ
        raise InputError(f"{file}: can't be unpacked: {error}") from error
