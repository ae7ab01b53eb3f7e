"""`sgcheck diagnose` from end to end, on the examples: what is asked, what is observed, what evidence is read."""

from __future__ import annotations

import json
import sys
from types import SimpleNamespace

import pytest
from cli.runs import EXAMPLES, run

from sgcheck.diagnose import comparing, probing, readers
from sgcheck.diagnose.evidence import Clue, Says
from sgcheck.diagnose.readers import READERS, Given, clues_of, function_of
from sgcheck.diagnose.symptoms import Symptom
from sgcheck.errors import UsageError
from tests.diagnose.lab_causes import context_of
from tests.reach.lab import lab

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


# Evidence: what is read by whom, with stand-ins for the readers, each of which has tests of its own.


def test_readers_are_told_by_option_each_once():
    options = [reader.option for reader in READERS]
    assert options == ["--flow-logs", "--listeners", "--user-data", "--console"]
    assert all(reader.module.startswith("sgcheck.diagnose.") for reader in READERS)


def test_a_reader_that_is_not_there_is_an_error_of_one_line():
    with pytest.raises(UsageError, match="--none is not part of this version"):
        function_of("--none", "sgcheck.diagnose.none", "read")
    with pytest.raises(ModuleNotFoundError):
        function_of("--none", "nosuchmodule", "read")


def clue(text):
    return Clue(Says.NOTHING, "test", text)


@pytest.fixture
def stand_ins(monkeypatch):
    """Modules in the place of the readers, that answer with what they were asked."""
    asked = SimpleNamespace(Asked=SimpleNamespace(of=lambda network, query, answer: answer.target.interface))
    flows = SimpleNamespace(
        Asked=SimpleNamespace(of=lambda network, question, explanation: question.port),
        read=lambda paths, about, log_format, explanation: [clue(f"{paths} {about} {log_format}")],
    )
    host = SimpleNamespace(read=lambda path, asked, network=None: [clue(f"{path} {asked} {network is not None}")])
    for name, module in (
        ("asked", asked),
        ("flowlogs", flows),
        ("listeners", host),
        ("userdata", host),
        ("console", host),
    ):
        monkeypatch.setitem(sys.modules, f"sgcheck.diagnose.{name}", module)
    monkeypatch.setattr(readers, "import_module", lambda name: sys.modules[name])


def test_evidence_is_read_in_the_order_of_the_readers_and_each_thing_told_once(stand_ins):
    given = [
        Given("--console", ("c",)),
        Given("--user-data", ("u",)),
        Given("--listeners", ("l", "l")),
        Given("--flow-logs", ("f",), "fmt"),
    ]
    texts = [found.text for found in clues_of(given, context_of(lab(), WEB))]
    assert texts == ["('f',) 443 fmt", "l eni-web False", "u eni-web True", "c eni-web False"]


def test_nothing_given_is_nothing_read():
    assert clues_of([Given("--listeners", ())], context_of(lab(), WEB)) == []


def attempt(outcome):
    return SimpleNamespace(outcome=SimpleNamespace(value=outcome))


@pytest.mark.parametrize(
    "outcomes, symptoms, told",
    [
        (["timeout"], (Symptom.TIMEOUT,), None),
        (["refused", "refused"], (Symptom.REFUSED,), None),
        (["connected"], (Symptom.CONNECTED,), None),
        (["answered"], (Symptom.CONNECTED,), None),
        (["connected", "timeout"], (Symptom.INTERMITTENT,), "tries differ: connected, timeout"),
        (["timeout", "refused"], (Symptom.TIMEOUT, Symptom.REFUSED), "tries differ: timeout, refused"),
        (["failed"], None, None),
    ],
)
def test_what_a_probe_meets_is_what_was_observed(monkeypatch, outcomes, symptoms, told):
    functions = {
        "aims_of": lambda explanation, name: ["aim"],
        "probe": lambda aim, tries: SimpleNamespace(attempts=[attempt(one) for one in outcomes]),
        "read": lambda probed, explanation, source_known: [clue(str(source_known))],
    }
    monkeypatch.setattr(probing, "function_of", lambda _option, _module, name: functions[name])
    observed, clues = probing.probed(context_of(lab(), WEB), tries=len(outcomes), source_known=True)
    assert (observed.symptoms if observed else None) == symptoms
    assert (observed.told if observed else None) == told
    assert [one.text for one in clues] == ["True"]


def test_a_comparison_tells_what_differs_and_what_follows(monkeypatch):
    difference = SimpleNamespace(
        what="inbound rules", here="", there="443/tcp from 0.0.0.0/0", because=("sg-1 has no rule",)
    )
    found = SimpleNamespace(here="i-bad", there="i-good", differences=(difference,), conclusion="The group differs.")
    monkeypatch.setattr(comparing, "function_of", lambda *_names: lambda _network, _question, _good: found)
    clues = comparing.compared(context_of(lab(), WEB), "i-good")
    assert [(one.source, one.text) for one in clues] == [
        (
            "compared with i-good",
            "inbound rules: nothing here, 443/tcp from 0.0.0.0/0 there; it blocks: sg-1 has no rule",
        ),
        ("compared with i-good", "The group differs."),
    ]
