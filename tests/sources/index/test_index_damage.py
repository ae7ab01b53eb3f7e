"""An index that is damaged, stale or another's never changes an answer, and never ends in a traceback."""

from __future__ import annotations

import json
import os
import sqlite3
import zlib
from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sgcheck.aws.build import build
from sgcheck.sources.files import load_snapshot
from sgcheck.sources.index import book, freshness
from sgcheck.sources.index.freshness import Stamp, settled, stamp_of
from sgcheck.sources.index.opening import open_index
from tests.sources.index.indexed import answer, indexed, plain, snapshot_at, told, with_index

NEW = 10**18
"""Nanoseconds that are long ago."""


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """A snapshot, its index as bytes, its questions and the answers to them."""
    path = tmp_path_factory.mktemp("index") / "network.json"
    questions = snapshot_at(path, 2)
    index = with_index(path)
    return path, index.read_bytes(), [(q, answer(plain(path), *q)) for q in questions[:4]]


def asked(path: Path, said: list[str], *question: str) -> bytes:
    """The answer by the index where that is of use, else by the snapshot, as the commands have it."""
    snapshot = open_index(str(path), said.append)
    return answer(build(snapshot or load_snapshot([str(path)])), *question)


def still_right(whole, data: bytes) -> list[str]:
    """Whether every answer is right with such an index; what was said."""
    path, _data, expected = whole
    Path(f"{path}.sgindex").write_bytes(data)
    said: list[str] = []
    for question, right in expected:
        assert asked(path, said, *question) == right
    assert all("\n" not in note for note in said)
    return said


@given(st.data())
@settings(max_examples=80, deadline=None)
def test_flipped_bits_change_no_answer(whole, data):
    content = bytearray(whole[1])
    for _ in range(data.draw(st.integers(1, 3))):
        content[data.draw(st.integers(0, len(content) - 1))] ^= data.draw(st.integers(1, 255))
    still_right(whole, bytes(content))


def test_every_page_is_looked_at_before_it_is_believed(whole):
    """One bit of every page in turn: whatever is read says that it is damaged, and everything is as it was."""
    path, data, _expected = whole
    index = Path(f"{path}.sgindex")
    index.write_bytes(data)
    expected = dict(told(plain(path)))
    with sqlite3.connect(index) as connection:
        numbers = [number for (number,) in connection.execute("SELECT number FROM page")]
    for number in numbers:
        index.write_bytes(data)
        with sqlite3.connect(index) as connection:
            (content,) = connection.execute("SELECT content FROM page WHERE number = ?", (number,)).fetchone()
            changed = content[:-1] + bytes([content[-1] ^ 1])
            connection.execute("UPDATE page SET content = ? WHERE number = ?", (changed, number))
        connection.close()
        said: list[str] = []
        snapshot = open_index(str(path), said.append)
        found = dict(told(build(snapshot or load_snapshot([str(path)]))))
        assert found == expected, number
        assert len(said) == 1, number


@pytest.mark.parametrize(
    "swap", ["DELETE FROM page WHERE number = 5", "UPDATE page SET number = -number WHERE number > 4"]
)
def test_lost_pages_are_noticed(whole, swap):
    path, data, _expected = whole
    index = Path(f"{path}.sgindex")
    index.write_bytes(data)
    with sqlite3.connect(index) as connection:
        connection.execute(swap)
    connection.close()
    said: list[str] = []
    assert dict(told(indexed(path, said))) == dict(told(plain(path)))
    assert len(said) == 1
    assert "is damaged" in said[0]


def test_pages_that_changed_places_are_noticed(whole):
    path, data, _expected = whole
    index = Path(f"{path}.sgindex")
    index.write_bytes(data)
    with sqlite3.connect(index) as connection:
        rows = dict(connection.execute("SELECT number, content FROM page WHERE number BETWEEN 2 AND 9"))
        for number, other in zip(rows, [*list(rows)[1:], next(iter(rows))], strict=True):
            connection.execute("UPDATE page SET content = ? WHERE number = ?", (rows[other], number))
    connection.close()
    said: list[str] = []
    assert dict(told(indexed(path, said))) == dict(told(plain(path)))
    assert len(said) == 1


@given(st.floats(0, 1))
@settings(max_examples=40, deadline=None)
def test_truncation_changes_no_answer(whole, part):
    data = whole[1]
    said = still_right(whole, data[: int(len(data) * part)])
    assert said or part == 1


@pytest.mark.parametrize("content", [b"", b"SQLite format 3\0", b"{}", os.urandom(5000)])
def test_what_is_no_index_is_left_alone(whole, content):
    said = still_right(whole, content)
    assert said
    assert Path(f"{whole[0]}.sgindex").read_bytes() == content


def test_another_database_is_left_alone_and_nothing_in_it_runs(whole):
    path, _data, _expected = whole
    index = Path(f"{path}.sgindex")
    index.unlink(missing_ok=True)
    with sqlite3.connect(index) as connection:
        connection.execute(
            "CREATE VIEW page AS WITH RECURSIVE n(number) AS (SELECT 0 UNION ALL SELECT number FROM n) SELECT number, x'' AS content FROM n"
        )
    connection.close()
    content = index.read_bytes()
    assert "no index of sgcheck" in still_right(whole, content)[0]


@pytest.mark.parametrize("keep_times", [False, True])
def test_a_snapshot_that_changed_is_indexed_again(tmp_path, keep_times):
    path = tmp_path / "network.json"
    path.write_text(json.dumps({"Vpcs": [{"VpcId": "vpc-1", "CidrBlock": "10.0.0.0/16"}]}))
    before = path.stat()
    with_index(path)
    path.write_bytes(path.read_bytes().replace(b"10.0.0.0/16", b"10.1.0.0/16"))
    if keep_times:
        os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert path.stat().st_size == before.st_size
    said: list[str] = []
    assert indexed(path, said).vpcs["vpc-1"].addresses.cidrs() == ("10.1.0.0/16",)
    assert len(said) == 1
    assert "is of another content" in said[0]
    assert indexed(path).vpcs["vpc-1"].addresses.cidrs() == ("10.1.0.0/16",)  # and says no more


def test_a_file_that_was_only_touched_keeps_its_index(tmp_path):
    path = tmp_path / "network.json"
    snapshot_at(path, 3)
    index = with_index(path)
    inode = index.stat().st_ino
    os.utime(path, ns=(NEW, NEW))
    indexed(path)
    assert index.stat().st_ino == inode
    opened = book.Book(str(index))
    assert opened.head.stamp == stamp_of(str(path))
    opened.close()


@pytest.mark.parametrize("change", [{"format": 99}, {"release": "0.0.0"}])
def test_an_index_of_another_release_is_made_anew(tmp_path, change):
    path = tmp_path / "network.json"
    snapshot_at(path, 4)
    index = with_index(path)
    opened = book.Book(str(index))
    book.refresh(str(index), msgspec.structs.replace(opened.head, **change))
    opened.close()
    said: list[str] = []
    assert dict(told(indexed(path, said))) == dict(told(plain(path)))
    assert "another release" in said[0]
    indexed(path)


def test_the_index_of_another_file_is_not_believed(tmp_path):
    one, other = tmp_path / "one.json", tmp_path / "other.json"
    snapshot_at(one, 5)
    snapshot_at(other, 6)
    with_index(other).rename(f"{one}.sgindex")
    said: list[str] = []
    assert dict(told(indexed(one, said))) == dict(told(plain(one)))
    assert "is of another content" in said[0]


def test_metadata_suffice_where_every_change_would_show_in_them(tmp_path):
    """What makes an index instant: the content is not read again where its stamp was old when it was read."""
    path = tmp_path / "network.json"
    snapshot_at(path, 7)
    index = str(with_index(path))
    expected = dict(told(plain(path)))
    path.write_bytes(b" " * path.stat().st_size)
    stamp = stamp_of(str(path))
    opened = book.Book(index)
    book.refresh(index, msgspec.structs.replace(opened.head, stamp=stamp, checked=stamp.changed + 10**10))
    opened.close()
    assert dict(told(indexed(path))) == expected


def test_a_stamp_is_settled_when_it_is_older_than_the_coarsest_clock():
    stamp = Stamp(1, NEW, NEW + 5, 1)
    assert not settled(stamp, NEW)
    assert not settled(stamp, NEW + 5 + freshness._COARSEST_CLOCK)
    assert settled(stamp, NEW + 6 + freshness._COARSEST_CLOCK)


def test_only_regular_files_have_stamps(tmp_path):
    assert stamp_of(str(tmp_path)) is None
    assert stamp_of(str(tmp_path / "nobody")) is None


@pytest.mark.parametrize("digest", ["", "x" * 64, "00" * 80])
def test_a_head_that_somebody_made_up_is_refused(whole, digest):
    path, data, _expected = whole
    index = f"{path}.sgindex"
    Path(index).write_bytes(data)
    opened = book.Book(index)
    book.refresh(index, msgspec.structs.replace(opened.head, digest=digest))
    opened.close()
    assert still_right(whole, Path(index).read_bytes())


@pytest.mark.parametrize("space", [[-3, 1, 1, 0], [2, 0, 1, 0], [10**30, 1, 1, 0], [2, 1, 1, -7]])
def test_contents_that_somebody_made_up_are_refused(whole, space):
    """Pages with right seals that say nonsense: also then the snapshot decides."""
    path, data, _expected = whole
    index = Path(f"{path}.sgindex")
    index.write_bytes(data)
    opened = book.Book(str(index))
    contents = json.loads(opened.page(1))
    key = bytes.fromhex(opened.head.digest)
    opened.close()
    contents["spaces"] = dict.fromkeys(contents["spaces"], space)
    with sqlite3.connect(index) as connection:
        sealed = book._sealed(1, key, zlib.compress(json.dumps(contents).encode()))
        connection.execute("UPDATE page SET content = ? WHERE number = 1", (sealed,))
    connection.close()
    assert still_right(whole, index.read_bytes())
