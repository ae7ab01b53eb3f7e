"""`sgcheck graph` from end to end: formats by name, views, ways, notes and wrong words."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys

import networkx as nx
import pytest
from cli.runs import CHECKOUT, EXAMPLES, environment, run

from tests.reach.lab import ACCOUNT, interface, lab

WEB = str(EXAMPLES / "web-server-timeout/network.json")
EVERY = sorted(path.parent.name for path in EXAMPLES.glob("*/network.json"))
DRAWN = EVERY if os.environ.get("SGCHECK_PROFILE") == "nightly" else EVERY[::5]
GRAPHVIZ_OWN_FAULT = b"Unable to reclaim box space in spline routing"  # of some layouts, drawn well all the same
DOT = shutil.which("dot")
BEGINS = {
    "dot": "digraph ",
    "gv": "digraph ",
    "mmd": "flowchart TB",
    "graphml": "<?xml",
    "json": "{",
    "txt": "1 instance",
}


def drawn(*words, **more):
    done = run("graph", "-i", WEB, *words, **more)
    assert (done.returncode, done.stderr) == (0, ""), done.stderr
    return done.stdout


@pytest.fixture
def crowd(tmp_path):
    """A network with 700 interfaces that have a group each."""
    record = lab()
    record["NetworkInterfaces"] += [
        interface(f"eni-{n}", "subnet-priv", f"10.0.2.{n % 250}", [f"sg-{n}"]) for n in range(700)
    ]
    path = tmp_path / "crowd.json"
    path.write_text(json.dumps(record))
    return str(path)


@pytest.mark.parametrize("suffix", BEGINS)
def test_the_name_of_the_file_says_the_format(tmp_path, suffix):
    path = tmp_path / f"map.{suffix.upper()}"
    assert drawn("-o", str(path)) == ""
    assert path.read_text(encoding="utf-8").startswith(BEGINS[suffix])


@pytest.mark.parametrize(
    "format_, begins", [("dot", "digraph"), ("mermaid", "flowchart"), ("graphml", "<?xml"), ("json", "{")]
)
def test_a_format_goes_to_standard_output_and_beats_the_name(tmp_path, format_, begins):
    shown = drawn("-f", format_)
    assert shown.startswith(begins)
    path = tmp_path / "map.html"
    drawn("-f", format_, "-o", str(path))
    assert path.read_text(encoding="utf-8") == shown


def test_without_either_it_is_said_in_words():
    said = drawn()
    assert said.startswith("1 instance, ")
    assert "vpc-0a1" in said


@pytest.mark.parametrize("name", ["map.html", "map.svg", "map.png", "map"])
def test_a_name_of_no_format_is_refused_in_one_line_that_says_which_there_are(tmp_path, name):
    done = run("graph", "-i", WEB, "-o", str(tmp_path / name))
    assert (done.returncode, done.stdout) == (2, "")
    assert len(done.stderr.splitlines()) == 1
    assert "there are .dot, .mmd, .graphml and .json" in done.stderr
    assert not (tmp_path / name).exists()


@pytest.mark.parametrize("example", DRAWN)
def test_every_example_is_drawn(example, tmp_path):
    source = str(EXAMPLES / example / "network.json")
    for view in ("all", "topology", "references"):
        done = run("graph", "-i", source, "--view", view, "-f", "dot")
        assert (done.returncode, done.stderr) == (0, "")
        if DOT:
            svg = subprocess.run(
                [DOT, "-Tsvg"], input=done.stdout.encode(), capture_output=True, timeout=60, check=False
            )
            told = [line for line in svg.stderr.splitlines() if GRAPHVIZ_OWN_FAULT not in line]
            assert (svg.returncode, told) == (0, [])
    graph = nx.node_link_graph(json.loads(run("graph", "-i", source, "-f", "json").stdout), edges="edges")
    path = tmp_path / "map.graphml"
    run("graph", "-i", source, "-o", str(path))
    read = nx.read_graphml(path, edge_key_type=int, force_multigraph=True)
    assert dict(read.nodes(data=True)) == dict(graph.nodes(data=True))
    assert list(read.edges(keys=True, data=True)) == list(graph.edges(keys=True, data=True))
    kinds = {told["kind"] for _n, told in graph.nodes(data=True)}
    assert {"vpc", "subnet", "security-group", "range"} <= kinds


def test_which_groups_no_rule_names_is_a_question_for_the_graph():
    source = str(EXAMPLES / "load-balancer-to-instance/network.json")
    graph = nx.node_link_graph(
        json.loads(run("graph", "-i", source, "--view", "references", "-f", "json").stdout), edges="edges"
    )
    references = nx.DiGraph((a, b) for a, b, told in graph.edges(data=True) if told["kind"] == "refers" and a != b)
    groups = {node for node, told in graph.nodes(data=True) if told["kind"] == "security-group"}
    assert {group for group in groups if group not in references or not references.out_degree(group)} == {
        "sg-0d0",
        "sg-0web",
    }
    assert nx.descendants(references, "sg-0lb") == {"sg-0web"}
    assert {told["services"] for _a, _b, told in graph.edges(data=True) if told["kind"] == "refers" and _a != _b} == {
        "8080/tcp"
    }


def test_the_order_of_the_input_changes_no_byte(tmp_path):
    record = json.loads((EXAMPLES / "load-balancer-to-instance/network.json").read_text(encoding="utf-8"))
    for value in record.values():
        if isinstance(value, list):
            value.reverse()
    turned = tmp_path / "turned.json"
    turned.write_text(json.dumps(dict(reversed(record.items()))))
    for format_ in ("dot", "mermaid", "graphml", "json", "text"):
        one, other = (
            run("graph", "-i", str(source), "-f", format_).stdout
            for source in (EXAMPLES / "load-balancer-to-instance/network.json", turned)
        )
        assert one == other != ""


def test_around_an_end_and_its_depth():
    near = json.loads(drawn("--around", "sg-0a1", "--depth", "1", "-f", "json"))
    assert {"sg-0a1", "0.0.0.0/0", "eni-0a1"} <= {node["id"] for node in near["nodes"]}
    alone = json.loads(drawn("--around", "igw-0a1", "--depth", "0", "-f", "json"))
    assert {node["id"] for node in alone["nodes"]} == {"igw-0a1", "vpc-0a1"}


def test_a_way_is_drawn_with_what_blocks_it():
    way = drawn("--from", "internet", "--to", "i-123", "--port", "80", "-f", "mermaid")
    assert 'title: "internet to i-123 80/tcp: blocked, the client sees: timeout"' in way
    assert "✗ web<br>security group sg-0a1<br>" in way
    assert "class n_sg_0a1 deny_" in way
    graph = json.loads(drawn("--from", "internet", "--to", "i-123", "--port", "80", "-f", "json"))
    assert graph["graph"]["verdict"] == "blocked"
    assert drawn("--from", "internet", "--to", "i-123", "--port", "80").startswith("BLOCKED")


def test_without_a_port_a_way_is_asked_for_everything():
    assert json.loads(drawn("--from", "internet", "--to", "i-123", "-f", "json"))["graph"]["port"] == "all"


def test_a_way_that_cannot_be_walked_is_said_not_to_be(tmp_path):
    record = lab()
    record["DBInstances"] = [{"DBInstanceIdentifier": "orders", "Endpoint": {"Address": "o.example.com", "Port": 5432}}]
    source = tmp_path / "net.json"
    source.write_text(json.dumps(record))
    done = run("graph", "-i", str(source), "--from", "rds:orders", "--to", "i-web", "--port", "5432", "-f", "dot")
    assert done.returncode == 0
    assert done.stderr.startswith("nothing to draw: Whether rds:orders reaches i-web")


def test_what_is_drawn_as_one_is_said_and_each_draws_it(tmp_path):
    record = lab()
    more = [interface(f"eni-{n}", "subnet-priv", f"10.0.2.{n}", ["sg-db"]) for n in range(50, 62)]
    record["NetworkInterfaces"] += [{**one, "Attachment": {"Status": "attached"}} for one in more]
    source = tmp_path / "net.json"
    source.write_text(json.dumps(record))
    done = run("graph", "-i", str(source), "-f", "mermaid")
    assert "12 interfaces" in done.stdout
    assert done.stderr == "12 nodes that can't be told apart are drawn as 1; --each draws them all\n"
    every = run("graph", "-i", str(source), "-f", "mermaid", "--each")
    assert every.stderr == ""
    assert "eni-61" in every.stdout


def test_mermaids_limits_are_said(crowd):
    done = run("graph", "-i", crowd, "-f", "mermaid")
    assert done.returncode == 0
    assert "too large for Mermaid's default limits: " in done.stderr
    assert "edges (it draws 500)" in done.stderr
    assert "characters (it draws 50,000)" in done.stderr
    assert run("graph", "-i", crowd, "-f", "dot").stderr == ""


@pytest.mark.parametrize(
    "words, said",
    [
        (["--around", "i-12"], "--around i-12: no such resource in the input"),
        (["--depth", "3"], "--depth is for --around"),
        (["--from", "internet"], "--to is missing"),
        (["--port", "80"], "--from is missing"),
        (["--from", "internet", "--to", "i-123", "--view", "all"], "--view is for the map of a network"),
        (["--from", "internet", "--to", "i-123", "--port", "x y"], "x y"),
        (["--around", "0.0.0.0/0", "--view", "topology", "--depth", "-1"], "--depth"),
        (["--profile", "audit"], "--profile is for the live account"),
        (["--format", "svg"], "svg"),
    ],
)
def test_wrong_words_are_one_line(words, said):
    done = run("graph", "-i", WEB, *words)
    assert (done.returncode, done.stdout) == (2, "")
    assert said in done.stderr


@pytest.mark.parametrize("kind", ["route table", "transit gateway", "VPC endpoint"])
def test_what_aws_refused_to_show_is_said_to_be_missing_in_the_map(tmp_path, kind):
    refusal = {"kind": kind, "account": ACCOUNT, "region": "us-east-1", "call": "ec2:X", "reason": "AccessDenied"}
    source = tmp_path / "net.json"
    snapshot = {"schema": "sgcheck.snapshot/1", "accounts": {ACCOUNT: {"us-east-1": lab()}}, "gaps": [refusal]}
    source.write_text(json.dumps(snapshot))
    done = run("graph", "-i", str(source), "-f", "dot")
    assert done.returncode == 0
    assert done.stderr == f"not drawn: AWS refused to show the {kind}s: AccessDenied ({ACCOUNT} us-east-1)\n"


def test_hostile_names_stay_names(tmp_path):
    record = lab()
    record["Vpcs"][0]["Tags"] = [{"Key": "Name", "Value": 'x"]; <script>\n```\x1b[31m'}]
    source = tmp_path / "net.json"
    source.write_text(json.dumps(record))
    for format_ in ("dot", "mermaid", "graphml", "text"):
        done = run("graph", "-i", str(source), "-f", format_)
        assert done.returncode == 0
        assert "\x1b" not in done.stdout
        assert "<script>" not in done.stdout or format_ in ("dot", "text")


def test_the_python_of_the_page_prints_what_the_page_shows():
    page = (CHECKOUT / "docs/graph.md").read_text(encoding="utf-8")
    code, shown = re.search(r"```python\n(.*?)```\n\n```text\n(.*?)```", page, re.DOTALL).groups()
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=CHECKOUT, env=environment(), capture_output=True, text=True, check=True
    )
    assert done.stdout == shown
