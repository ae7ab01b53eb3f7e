"""`sgcheck diagnose` from end to end, on the examples: what is asked, what is observed, what evidence is read."""

from __future__ import annotations

import json
import socket

import pytest
from cli.runs import EXAMPLES, run

from sgcheck.diagnose.attempt import Outcome
from sgcheck.diagnose.comparing import compared
from sgcheck.diagnose.diagnose import diagnose
from sgcheck.diagnose.evidence import Says
from sgcheck.diagnose.probing import observed_of, probed
from sgcheck.diagnose.readers import READERS, Given, clues_of
from sgcheck.diagnose.symptoms import Symptom
from tests.diagnose.lab_causes import context_of
from tests.reach.lab import ANY4, find, group, ingress, instance, interface, lab, permission

NETWORK = str(EXAMPLES / "web-server-timeout/network.json")
ASK = ("diagnose", "-i", NETWORK, "--to", "i-123")
WEB = ("internet", "i-web", "443")


def answered(*words, stdin=""):
    done = run(*ASK, *words, "-f", "json", stdin=stdin)
    assert (done.returncode, done.stderr) == (0, "")
    return json.loads(done.stdout)


def test_the_configuration_alone_names_the_cause():
    found = answered("--port", "80", "--observed", "timeout")
    assert (found["causes"][0]["code"], found["causes"][0]["confidence"]) == ("ENI_SG_RULES_MISMATCH", "high")
    assert found["query"] == {"from": "internet", "to": "i-123", "protocol": "tcp", "port": "80"}


def test_a_message_is_recognised_from_an_argument_and_from_standard_input():
    line = "ssh: connect to host 198.51.100.7 port 22: Connection refused"
    for found in (
        answered("--port", "22", "--observed", line),
        answered("--port", "22", "--observed", "-", stdin=f"{line}\n"),
    ):
        assert found["observed"] == {
            "symptom": "refused",
            "symptoms": ["refused"],
            "program": "ssh",
            "line": line,
            "note": None,
        }
        assert found["causes"][0]["code"] == "NOTHING_LISTENS"


@pytest.mark.parametrize("format_", ["text", "json", "markdown"])
def test_the_exit_code_is_0_whatever_is_found(format_):
    for port in ("22", "80"):
        done = run(*ASK, "--port", port, "--observed", "timeout", "-f", format_)
        assert (done.returncode, done.stderr) == (0, "")
        assert "HOST_FIREWALL_DROPS" in done.stdout


def test_undecided_is_0_too(tmp_path):
    content = json.loads((EXAMPLES / "web-server-timeout/network.json").read_text(encoding="utf-8"))
    path = tmp_path / "partial.json"
    path.write_text(json.dumps({k: v for k, v in content.items() if k != "SecurityGroups"}), encoding="utf-8")
    done = run("diagnose", "-i", str(path), "--to", "i-123", "--port", "80", "--observed", "timeout", "-f", "json")
    found = json.loads(done.stdout)
    assert done.returncode == 0
    assert found["causes"][0]["code"] == "NOT_COLLECTED"
    assert found["gaps"]


def test_without_from_the_internet_is_asked_and_a_private_target_says_what_to_give():
    found = answered("--port", "80", "--observed", "timeout")
    assert found["notes"] == ["asked from the internet, since no --from says where the client is"]
    path = str(EXAMPLES / "private-database/network.json")
    done = run("diagnose", "-i", path, "--to", "i-0db", "--port", "5432", "--observed", "timeout")
    assert "INSTANCE_HAS_NO_PUBLIC_IP" in done.stdout
    assert "--from i-…" in done.stdout


def test_source_ip_stands_for_from():
    found = answered("--port", "80", "--observed", "timeout", "--source-ip", "203.0.113.9")
    assert found["query"]["from"] == "203.0.113.9"
    assert found["notes"] == []


@pytest.mark.parametrize(
    "words, said",
    [
        (["--port", "80", "--observed", "hello"], "no symptom is recognised"),
        (["--port", "80", "--from", "internet", "--source-ip", "203.0.113.9"], "both say where the client is"),
        (["--port", "80", "--evidence-free", "--listeners", "x"], "--evidence-free"),
        (["--observed", "timeout"], "--port"),
        (["--port", "80", "--observed", "-", "-i", "-"], "standard input"),
    ],
)
def test_wrong_usage_is_2_and_one_line(words, said):
    done = run(*ASK, *words)
    assert done.returncode == 2
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_evidence_free_leaves_out_what_the_network_tells():
    path = str(EXAMPLES / "load-balancer-to-instance/network.json")
    words = ("diagnose", "-i", path, "--to", "lb:web", "--port", "80", "--observed", "http-502", "-f", "json")
    told, free = (json.loads(run(*words, *more).stdout) for more in ((), ("--evidence-free",)))
    assert [clue["says"] for clue in told["evidence"]] == ["target-healthy"] * len(told["evidence"])
    assert told["evidence"]
    assert free["evidence"] == []
    assert told["predicted"] == free["predicted"]


# Evidence: each reader on a file of its own, whose details have tests where the reader is.


def test_readers_are_told_by_option_each_once():
    options = [reader.option for reader in READERS]
    assert options == ["--flow-logs", "--athena", "--listeners", "--user-data", "--console"]
    assert all(callable(reader.read()) for reader in READERS)


def test_nothing_given_is_nothing_read():
    assert clues_of([Given("--listeners", ())], context_of(lab(), WEB)) == []


RECORDS = """version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status tcp-flags
2 111122223333 eni-0a1 203.0.113.9 10.0.0.10 50000 80 6 3 180 1418530010 1418530070 REJECT OK 2
2 111122223333 eni-0a1 203.0.113.9 10.0.0.10 50001 22 6 3 180 1418530010 1418530070 ACCEPT OK 2
"""


def test_flow_logs_tell_a_silent_host_from_a_group_that_drops(tmp_path):
    pytest.importorskip("duckdb")
    path = tmp_path / "flow.log"
    path.write_text(RECORDS, encoding="utf-8")
    silent = answered("--port", "22", "--observed", "timeout", "--flow-logs", str(path))
    assert (silent["causes"][0]["code"], silent["causes"][0]["confidence"]) == ("HOST_FIREWALL_DROPS", "high")
    dropped = answered("--port", "80", "--observed", "timeout", "--flow-logs", str(path))
    assert (dropped["causes"][0]["code"], dropped["causes"][0]["confidence"]) == ("ENI_SG_RULES_MISMATCH", "high")
    assert {clue["says"] for clue in dropped["evidence"]} == {"rejected-at-target", "nothing"}


def test_listeners_tell_who_waits_and_where(tmp_path):
    path = tmp_path / "ss.txt"
    head = "Netid State  Recv-Q Send-Q Local Address:Port Peer Address:PortProcess\n"
    path.write_text(
        f'{head}tcp   LISTEN 0      128        127.0.0.1:22        0.0.0.0:*    users:(("sshd",pid=7,fd=3))\n'
    )
    found = answered("--port", "22", "--observed", "refused", "--listeners", str(path))
    assert (found["causes"][0]["code"], found["causes"][0]["confidence"]) == ("LISTENS_ON_LOOPBACK", "high")


def test_user_data_tells_of_a_server_that_is_not_started(tmp_path):
    path = tmp_path / "user-data"
    path.write_text("#!/bin/bash\nyum install -y httpd\n", encoding="utf-8")
    listening = ("diagnose", "-i", str(EXAMPLES / "web-server-nothing-listening/network.json"), "--to", "i-123")
    done = run(*listening, "--port", "80", "--observed", "refused", "--user-data", str(path), "-f", "json")
    assert json.loads(done.stdout)["causes"][0]["code"] == "SERVER_NEVER_STARTED"


def test_console_output_is_read(tmp_path):
    path = tmp_path / "console.txt"
    path.write_text("[    0.000000] Linux version 6.1\nip-10-0-0-10 login: \n", encoding="utf-8")
    done = run(*ASK, "--port", "22", "--observed", "timeout", "--console", str(path))
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("option", ["--flow-logs", "--listeners", "--user-data", "--console"])
def test_a_file_that_is_not_there_is_2_and_one_line(option):
    done = run(*ASK, "--port", "22", option, "/nonexistent/file")
    assert done.returncode == 2
    assert "/nonexistent/file" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_comparison_tells_what_follows_and_what_differs():
    record = lab()
    record["SecurityGroups"].append(group("sg-two", [permission("tcp", 22, **ANY4)]))
    record["NetworkInterfaces"].append(interface("eni-two", "subnet-pub", "10.0.1.30", ["sg-two"], "198.51.100.30"))
    record["Reservations"][0]["Instances"].append(instance("i-two", "two"))
    clues = compared(context_of(record, ("0.0.0.0/0", "i-two", "443")), "i-web")
    assert {(clue.source, clue.at) for clue in clues} == {("compared with i-web", "i-two")}
    assert any("it blocks: sg-two (two) has no inbound rule" in clue.text for clue in clues)


@pytest.mark.parametrize(
    "outcomes, symptoms, told",
    [
        ([Outcome.TIMEOUT], (Symptom.TIMEOUT,), None),
        ([Outcome.REFUSED, Outcome.REFUSED], (Symptom.REFUSED,), None),
        ([Outcome.CONNECTED], (Symptom.CONNECTED,), None),
        ([Outcome.ANSWERED], (Symptom.CONNECTED,), None),
        ([Outcome.CONNECTED, Outcome.TIMEOUT], (Symptom.INTERMITTENT,), "tries differ: connected, timeout"),
        ([Outcome.TIMEOUT, Outcome.REFUSED], (Symptom.TIMEOUT, Symptom.REFUSED), "tries differ: timeout, refused"),
    ],
)
def test_what_a_probe_meets_is_what_was_observed(outcomes, symptoms, told):
    found = observed_of(outcomes)
    assert (found.symptoms, found.told, found.program) == (symptoms, told, "probe")


def test_a_probe_that_could_not_even_try_observes_nothing():
    assert observed_of([Outcome.FAILED]) is None


def test_a_real_probe_is_what_is_observed():
    """127.0.0.1 stands for the target: a closed port there refuses."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
    context = context_of(loopback(), ("internet", "i-web", str(port)))
    observed, clues = probed(context, tries=2, source_known=True)
    assert observed.symptoms == (Symptom.REFUSED,)
    assert [(clue.says, clue.count) for clue in clues] == [(Says.REFUSED, 2)]
    assert diagnose(context, observed, clues).causes[0].code == "NOTHING_LISTENS"


def loopback():
    record = ingress(lab(), "sg-web", permission("-1", **ANY4))
    found = find(record, "NetworkInterfaces", "eni-web")
    found["PrivateIpAddresses"][0]["Association"]["PublicIp"] = "127.0.0.1"
    found["Ipv6Addresses"] = []
    return record


@pytest.mark.parametrize(
    "words, complaint",
    [
        (("--compare-with", "nonsense"), "--compare-with nonsense: not an address and no name in the input"),
        (("--compare-with", "i-999"), "--compare-with i-999: no such resource in the input"),
        (("--source-ip", "10.0.0.300"), "--source-ip 10.0.0.300: not an address"),
        (("--source-ip", "10.0.0.0/8"), "--source-ip 10.0.0.0/8: not an address"),
        (("--tries", "3"), "--tries is for --probe"),
        (("--log-format", "srcaddr dstaddr"), "--log-format is for --flow-logs"),
    ],
)
def test_a_mistake_is_told_of_the_option_that_has_it(words, complaint):
    done = run(*ASK, "--port", "80", *words)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(f"Error: {complaint}")
