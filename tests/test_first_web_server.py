"""The newcomer's way of docs/first-web-server.md: a timeout, a refusal, an answer, each step leading to the next."""

from __future__ import annotations

import http.client
import http.server
import json
import re
import shlex
import socket
import threading
from pathlib import Path

import pytest
from cli.runs import run
from fences import fences

from tests.plain.commands import apply_command

CHECKOUT = Path(__file__).resolve().parents[1]
PAGE = (CHECKOUT / "docs" / "first-web-server.md").read_text(encoding="utf-8")
STAGES = ("web-server-timeout", "web-server-nothing-listening", "web-server-answers")


def network(stage):
    return json.loads((CHECKOUT / "examples" / stage / "network.json").read_text(encoding="utf-8"))


def answers():
    """What each command of the page answers, in its order."""
    return [json.loads(run(*words, "-f", "json").stdout) for words in asked("explain")]


def asked(program):
    """The words of each command of the page that begins with `sgcheck PROGRAM`."""
    bodies = [fence.body.replace("\\\n", " ") for fence in fences(PAGE) if fence.info == "sh"]
    return [words[1:] for words in map(shlex.split, bodies) if words[1] == program]


def test_the_page_goes_from_timeout_by_refusal_to_answer():
    assert re.findall(r"^## \d\. (.+)$", PAGE, re.MULTILINE) == ["It times out", "It is refused", "It answers"]
    assert list(dict.fromkeys(re.findall(r"examples/([\w-]+)/network\.json", PAGE))) == list(STAGES)
    found = [(answer["verdict"], answer["client_sees"]) for answer in answers()]
    assert found == [("blocked", "timeout"), *[("reachable", "connected-or-refused")] * 2]


def test_what_listens_tells_the_refusal_from_the_answer():
    refused, answered = [json.loads(run(*words, "-f", "json").stdout) for words in asked("diagnose")]
    assert (refused["causes"][0]["code"], refused["causes"][0]["confidence"]) == ("NOTHING_LISTENS", "high")
    assert answered["causes"] == []


def test_the_fix_of_the_first_step_makes_the_network_of_the_second(tmp_path):
    blockers = [blocker for part in answers()[0]["answers"] for blocker in part["blockers"]]
    (command,) = [line for blocker in blockers for line in blocker["fix"]["commands"]]
    mended = apply_command(network(STAGES[0]), command)
    (tmp_path / "network.json").write_text(json.dumps(mended), encoding="utf-8")
    question = ("--from", "0.0.0.0/0", "--to", "i-123", "--port", "80", "-f", "json")
    after = json.loads(run("explain", "-i", str(tmp_path), *question).stdout)
    assert (after["verdict"], after["client_sees"]) == ("reachable", "connected-or-refused")


def test_the_third_network_is_the_second_ones():
    assert network(STAGES[1]) == network(STAGES[2])


@pytest.mark.parametrize("stage, listens", zip(STAGES[1:], (False, True), strict=True))
def test_the_page_shows_what_listens_at_each_stage(stage, listens):
    shown = (CHECKOUT / "examples" / stage / "listeners.txt").read_text(encoding="utf-8")
    assert f"$ sudo ss -ltnp\n{shown}" in PAGE
    assert (":80 " in shown) is listens


def test_a_real_socket_refuses_until_a_server_listens():
    """The two symptoms of a network that delivers, on this machine."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", port), timeout=5)
    with http.server.ThreadingHTTPServer(("127.0.0.1", port), http.server.BaseHTTPRequestHandler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        client = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
        client.request("OPTIONS", "/")
        assert client.getresponse().status == 501
        server.shutdown()
        client.close()
