"""Snapshots and AWS answers that can be shared: other names, accounts and public addresses, and the same answers."""

from __future__ import annotations

import gzip
import io
import zipfile
from collections.abc import Iterator, Sequence
from typing import Any, BinaryIO, Final

import msgspec

from sgcheck.errors import UsageError
from sgcheck.sources.files import understood
from sgcheck.sources.place import Origin, origin_of
from sgcheck.sources.redaction.document import Redactor
from sgcheck.sources.redaction.key import Key
from sgcheck.sources.tally import Tally

_EPOCH: Final = (1980, 1, 1, 0, 0, 0)


class Document(msgspec.Struct, frozen=True):
    """What one file holds. origin: the account and the Region that its folders tell. content: its JSON, decoded."""

    origin: Origin
    content: Any


def redact(document: Any, key: Key) -> Any:
    """`document` with other names, tag values, accounts and public addresses, and without what is secret.

    document: a decoded snapshot, AWS answer, record, or list of them. key: equal ones choose alike, so that two
    snapshots stay comparable. Ids, private addresses, tag keys, Regions, times and AWS's own names stay.
    """
    redactor = Redactor(key)
    redactor.learn(document)
    return _marked(redactor.rewrite(document))


def redacted_files(paths: Sequence[str], key: Key, name: str, stdin: BinaryIO | None = None) -> bytes:
    """Everything that the files hold, redacted, as the content of a file called `name`.

    paths, stdin: as for load_snapshot. name: with `.zip` it is an archive of as many files, with `.gz` it is
    compressed. Raises InputError as load_snapshot does, and UsageError where several files are to become one that is no
    archive.
    """
    redactor = Redactor(key)
    documents = []
    for document in _documents(paths, stdin):
        redactor.learn(document.content)
        documents.append(document)
    if name.endswith(".zip"):
        return _archive(documents, redactor)
    if len(documents) != 1:
        raise UsageError(
            f"{len(documents)} files can't become one without losing what each belongs to",
            "give -o a name that ends in .zip: it holds as many files, and is read as they are",
        )
    data = _written(redactor, documents[0])
    return gzip.compress(data, mtime=0) if name.endswith(".gz") else data


def _documents(paths: Sequence[str], stdin: BinaryIO | None) -> Iterator[Document]:
    tally = Tally()
    for path in paths:
        for text in understood(path, stdin, tally):
            if tally.templates:
                raise UsageError(f"{text.file}: is a CloudFormation template: redaction is for what AWS answers")
            yield Document(origin_of(text.folders), msgspec.json.decode(text.data))


def _written(redactor: Redactor, document: Document) -> bytes:
    content = _marked(redactor.rewrite(document.content))
    return msgspec.json.format(msgspec.json.encode(content), indent=2) + b"\n"


def _archive(documents: Sequence[Document], redactor: Redactor) -> bytes:
    """The files in the folders that tell what they belong to, and under numbers: their own names might tell more."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for number, document in enumerate(documents, start=1):
            account, region = document.origin.account, document.origin.region
            folders = [*(("accounts", redactor.texts.word(account)) if account else ()), *((region,) if region else ())]
            info = zipfile.ZipInfo("/".join([*folders, f"{number:04}.json"]), _EPOCH)
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, _written(redactor, document))
    return packed.getvalue()


def _marked(content: Any) -> Any:
    """A snapshot of sgcheck's says that it has been redacted; an AWS answer has no place for it."""
    if isinstance(content, dict) and "schema" in content:
        return {"schema": content["schema"], "redacted": True} | content
    return content
