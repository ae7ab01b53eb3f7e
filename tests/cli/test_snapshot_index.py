"""`snapshot --index` as a person runs it, and the commands that use what it makes."""

from __future__ import annotations

import os
import shutil
import subprocess

import pytest

from .runs import CHECKOUT, EXAMPLES, PROGRAM, environment, run

QUESTION = ("explain", "--from", "internet", "--to", "i-123", "--port", "80", "-f", "json")


@pytest.fixture
def network(tmp_path):
    path = tmp_path / "network.json"
    shutil.copy(EXAMPLES / "web-server-timeout/network.json", path)
    return path


def test_an_index_is_made_and_used_by_every_command(network, tmp_path):
    expectations = tmp_path / "expectations.yaml"
    expectations.write_text("version: 1\nexpect:\n  - {from: internet, to: i-123, port: 80, verdict: blocked}\n")
    words = (
        QUESTION,
        ("check", str(expectations), "-f", "json"),
        ("diagnose", "--from", "internet", "--to", "i-123", "--port", "80", "--observed", "timeout", "-f", "json"),
    )
    before = [run(*each, "-i", str(network)) for each in words]
    made = run("snapshot", "--index", str(network))
    assert (made.returncode, made.stdout, made.stderr) == (0, "", f"wrote {network}.sgindex\n")
    after = [run(*each, "-i", str(network)) for each in words]
    assert [(d.returncode, d.stdout, d.stderr) for d in after] == [(d.returncode, d.stdout, d.stderr) for d in before]


def test_damage_is_one_line_and_the_answer_stays(network):
    right = run(*QUESTION, "-i", str(network))
    run("snapshot", "--index", str(network))
    index = network.with_name("network.json.sgindex")
    index.write_bytes(index.read_bytes()[:3000])
    done = run(*QUESTION, "-i", str(network))
    assert (done.returncode, done.stdout) == (0, right.stdout)
    assert done.stderr.count("\n") == 1
    assert "network.json.sgindex: can't be used" in done.stderr


def test_an_index_that_cannot_be_written_is_one_line(network):
    (network.parent / "network.json.sgindex").mkdir()
    done = run("snapshot", "--index", str(network))
    assert done.returncode == 2
    assert done.stderr.startswith(f"Error: can't write {network}.sgindex: ")
    assert sorted(path.name for path in network.parent.iterdir()) == ["network.json", "network.json.sgindex"]


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write everywhere")
def test_in_a_folder_that_may_only_be_read_a_stale_index_is_only_a_note(network):
    run("snapshot", "--index", str(network))
    network.write_bytes(network.read_bytes() + b"\n")
    network.parent.chmod(0o555)
    try:
        done = run(*QUESTION, "-i", str(network))
        again = run("snapshot", "--index", str(network))
    finally:
        network.parent.chmod(0o755)
    assert done.returncode == 0
    assert done.stderr == f"{network}.sgindex: is of another content of {network}: it is not used\n"
    assert again.returncode == 2


def test_several_may_build_and_read_at_once(network):
    words = [("snapshot", "--index", str(network)), (*QUESTION, "-i", str(network))] * 3
    right = run(*QUESTION, "-i", str(network))
    running = [
        subprocess.Popen(
            [*PROGRAM, *each], stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment(), cwd=CHECKOUT
        )
        for each in words
    ]
    done = [(process.communicate(timeout=60), process.returncode) for process in running]
    assert [code for _told, code in done] == [0] * len(words)
    assert {told[0].decode() for told, _code in done[1::2]} == {right.stdout}
    assert not any(told[1] for told, _code in done[1::2])
    assert sorted(path.name for path in network.parent.iterdir()) == ["network.json", "network.json.sgindex"]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (("--index",), "no input"),
        (("--index", "--show", "x.json"), "say only one of"),
        (("--index", "x.json", "-o", "y.json"), "-o says where to collect to"),
        (("--index", "nobody.json"), "nobody.json: an index is of one file"),
        (("--index", str(EXAMPLES)), "an index is of one file"),
        (("--index", "pyproject.toml"), "pyproject.toml: "),
    ],
)
def test_what_makes_no_sense_is_one_line(words, expected):
    done = run("snapshot", *words)
    assert done.returncode == 2
    assert expected in done.stderr
    assert "Traceback" not in done.stderr


def test_sqlite_is_loaded_only_for_an_index(network):
    code = (
        "import sys\nfrom sgcheck.cli.main import main\n"
        f"sys.argv = ['sgcheck', *{QUESTION!r}, '-i', {str(network)!r}]\n"
        "try:\n    main()\nfinally:\n    print('sqlite3' in sys.modules, file=sys.stderr)\n"
    )

    def loaded() -> str:
        done = subprocess.run(
            [*PROGRAM[:1], "-c", code], capture_output=True, env=environment(), cwd=CHECKOUT, check=False
        )
        return done.stderr.decode().splitlines()[-1]

    assert loaded() == "False"
    run("snapshot", "--index", str(network))
    assert loaded() == "True"


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such names")
def test_a_hostile_name_is_escaped_in_notes(network):
    odd = network.with_name("odd\n\x1b[31m?#%25 name.json")
    network.rename(odd)
    made = run("snapshot", "--index", str(odd))
    assert made.stderr.count("\n") == 1
    assert run(*QUESTION, "-i", str(odd)).stderr == ""
    odd.write_bytes(odd.read_bytes() + b" ")
    done = run(*QUESTION, "-i", str(odd))
    assert done.returncode == 0
    assert done.stderr.count("\n") == 1
    assert "\x1b" not in made.stderr + done.stderr
