"""Flow log records of a client 203.0.113.5 and a server eni-0aa (10.0.1.10, secondary 10.0.1.11) on 443/tcp, in all the ways they are delivered."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

from sgcheck.diagnose.evidence import Clue, Says
from sgcheck.diagnose.flowlogs import Asked, Place, read
from sgcheck.diagnose.flowlogs.fields import VERSIONS
from sgcheck.packets import AddressSet, parse_port

Record = dict[str, Any]
SERVER, CLIENT, SECOND = "10.0.1.10", "203.0.113.5", "10.0.1.11"
BEGAN = 1_700_000_000
PLACE = Place("eni-0aa", AddressSet.parse(SERVER), SERVER)
ORIGIN = Place("eni-0cc", AddressSet.parse("10.0.2.20"), "10.0.2.20")

V2 = VERSIONS[2]
V3 = (*V2, *VERSIONS[3])
V5 = (*V3, *VERSIONS[4], *VERSIONS[5])
V10 = (*V5, *VERSIONS[7], *VERSIONS[8], *VERSIONS[9], *VERSIONS[10])
OF_VERSION = {
    version: tuple(name for number, names in VERSIONS.items() if number <= version for name in names)
    for version in VERSIONS
}


def there(action: str = "ACCEPT", flags: int | None = 2, **more: Any) -> Record:
    """A record of what the client sends, at the server's interface."""
    record: Record = {
        "version": 10,
        "account-id": "123456789012",
        "interface-id": "eni-0aa",
        "srcaddr": CLIENT,
        "dstaddr": SERVER,
        "srcport": 40000,
        "dstport": 443,
        "protocol": 6,
        "packets": 1,
        "bytes": 60,
        "start": BEGAN,
        "end": BEGAN + 60,
        "action": action,
        "log-status": "OK",
        "tcp-flags": flags,
        "flow-direction": "ingress",
        "type": "IPv4",
        "vpc-id": "vpc-1",
    }
    return record | {name.replace("_", "-"): value for name, value in more.items()}


def back(action: str = "ACCEPT", flags: int | None = 18, **more: Any) -> Record:
    """A record of what the server sends to the client."""
    swapped = {"srcaddr": SERVER, "dstaddr": CLIENT, "srcport": 443, "dstport": 40000, "flow_direction": "egress"}
    return there(action, flags, **(swapped | more))


def idle(status: str = "NODATA", **more: Any) -> Record:
    """A record without traffic."""
    empty = {"interface-id": "eni-0aa", "start": BEGAN, "end": BEGAN + 60, "log-status": status, "version": 2}
    return empty | {name.replace("_", "-"): value for name, value in more.items()}


def leaving(action: str = "ACCEPT", flags: int | None = 2, **more: Any) -> Record:
    """What a client inside (eni-0cc, 10.0.2.20) sends, at its own interface."""
    ends = {"interface_id": "eni-0cc", "srcaddr": "10.0.2.20", "dstaddr": SERVER, "flow_direction": "egress"}
    return there(action, flags, **(ends | more))


def returning(action: str = "ACCEPT", flags: int | None = 18, **more: Any) -> Record:
    """What comes back to that client."""
    ends = {"interface_id": "eni-0cc", "srcaddr": SERVER, "dstaddr": "10.0.2.20", "flow_direction": "ingress"}
    return there(action, flags, **(ends | {"srcport": 443, "dstport": 40000} | more))


OTHERS = (
    there(srcaddr="198.51.100.1", dstport=22),
    there("REJECT", srcaddr="198.51.100.2", dstport=3389),
)
"""Other traffic of the server: the log has both actions."""


def line(record: Record, fields: tuple[str, ...] = V3) -> str:
    """A record as text."""
    values = (record.get(name) for name in fields)
    return " ".join("-" if value is None else str(value) for value in values)


def text(records: list[Record], fields: tuple[str, ...] = V3, *, header: bool = True) -> str:
    """A log file as S3 has it."""
    lines = [" ".join(fields)] if header else []
    return "\n".join([*lines, *(line(record, fields) for record in records)]) + "\n"


def write(
    folder: Path, records: list[Record], fields: tuple[str, ...] = V3, form: str = "text"
) -> tuple[Path, str | None]:
    """Write records as `form`; return the path, and the log format where the file does not have it."""
    order = " ".join(f"${{{name}}}" for name in fields)
    match form:
        case "text":
            return _put(folder / "a.log", text(records, fields).encode()), None
        case "bare text":
            return _put(folder / "a.log", text(records, fields, header=False).encode()), order
        case "gzip":
            return _put(folder / "a.log.gz", gzip.compress(text(records, fields).encode())), None
        case "windows":
            return _put(folder / "a.txt", text(records, fields).replace("\n", "\r\n").encode()), None
        case "parquet":
            return _parquet(folder / "a.parquet", records, fields, typed=True), None
        case "parquet of text":
            return _parquet(folder / "a.parquet", records, fields, typed=False), None
        case "filter-log-events":
            events = [
                {"logStreamName": "eni-0aa-all", "timestamp": BEGAN * 1000, "message": line(r, fields)} for r in records
            ]
            return _put(
                folder / "a.json", json.dumps({"events": events, "searchedLogStreams": []}, indent=4).encode()
            ), order
        case "logs insights":
            rows = [[{"field": "@message", "value": line(r, fields)}, {"field": "@ptr", "value": "x"}] for r in records]
            return _put(folder / "a.json", json.dumps({"results": rows, "status": "Complete"}).encode()), order
        case "export":
            lines = [f"2023-11-14T22:13:20.000Z {line(record, fields)}\n" for record in records]
            return _put(folder / "000000.gz", gzip.compress("".join(lines).encode())), order
        case "tail":
            lines = [f"2023-11-14T22:13:20+00:00 eni-0aa-all {line(record, fields)}\n" for record in records]
            return _put(folder / "tail.txt", "".join(lines).encode()), order
        case "firehose":
            return _put(
                folder / "a", "".join(json.dumps({"message": line(r, fields)}) for r in records).encode()
            ), order
        case _:
            raise AssertionError(form)


FORMS = (
    "text",
    "bare text",
    "gzip",
    "windows",
    "parquet",
    "parquet of text",
    "filter-log-events",
    "logs insights",
    "export",
    "tail",
    "firehose",
)


def _put(path: Path, data: bytes) -> Path:
    path.write_bytes(data)
    return path


def _parquet(path: Path, records: list[Record], fields: tuple[str, ...], *, typed: bool) -> Path:
    import duckdb

    from sgcheck.diagnose.flowlogs.fields import NUMBERS

    kinds = NUMBERS | {"version": "INTEGER"} if typed else {}
    columns = ", ".join(f'"{name.replace("-", "_")}" {kinds.get(name, "VARCHAR")}' for name in fields)
    with duckdb.connect() as base:
        base.execute(f"CREATE TABLE t ({columns})")
        for record in records:
            values = [record.get(name) for name in fields]
            if not typed:
                values = ["-" if value is None else str(value) for value in values]
            base.execute(f"INSERT INTO t VALUES ({', '.join('?' * len(fields))})", values)
        base.execute(f"COPY t TO '{path}' (FORMAT parquet)")
    return path


def asked(port: str = "443", sources: str = "0.0.0.0/0", **more: Any) -> Asked:
    """The question whether the internet reaches the server, unless `more` says otherwise."""
    values: dict[str, Any] = {"targets": (PLACE,)} | more
    return Asked(AddressSet.parse(sources), parse_port(port), **values)


FROM_INSIDE = {"sources": "10.0.2.20", "origins": (ORIGIN,), "destinations": AddressSet.parse(SERVER)}


def clues(
    folder: Path, records: list[Record], question: Asked | None = None, fields: tuple[str, ...] = V3, **more: Any
) -> list[Clue]:
    """What is said of records that are written as text."""
    path, order = write(folder, records, fields, "text")
    return read([str(path)], question or asked(), log_format=order, **more)


def says(found: list[Clue]) -> list[Says]:
    """What is said, without what decides nothing."""
    return [clue.says for clue in found if clue.says is not Says.NOTHING]


def notes(found: list[Clue]) -> str:
    """What is told for completeness."""
    return "\n".join(clue.text for clue in found if clue.says is Says.NOTHING)
