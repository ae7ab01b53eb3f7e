"""Graphs in every format: well formed whatever names hold, read back as what they were, the same bytes every time."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from xml.etree import ElementTree as ET

import networkx as nx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sgcheck.reach.atlas import atlas
from sgcheck.reach.census import census
from sgcheck.reach.drawing import Drawing, Edge, Frame, Node, drawing
from sgcheck.reach.pathmap import path_graph
from sgcheck.render import graph_dot, graph_graphml, graph_json, graph_mermaid, graph_text
from sgcheck.render.graph_mermaid import label
from sgcheck.render.layout import columns
from tests.reach.lab import ask, lab, load
from tests.reach.lab_balancers import alb
from tests.reach.lab_transit import transit

DOT = shutil.which("dot")
NASTY = [
    'a"b', "back\\slash", "back\\", "`code`", "<b>bold</b>", "a&b;&lt;", "#35;", "#quot;", "{x} [y] (z) |w|", "new\nline", "\r\n",
    "nul\x00bell\x07", "\u202eright", "end", "\ufffe\uffff", "1. one", "- x", "**x**", "http://a.b www.a.b", "%% comment", "-->", "日本", "👩‍🚀", '"]; x -> y ["', "\ud800",
]  # fmt: skip
text = st.one_of(
    st.sampled_from(NASTY), st.text(max_size=12), st.lists(st.sampled_from(NASTY), max_size=3).map("".join)
)
SAMPLES = {
    "lab": lambda: atlas(load(lab())),
    "balancer": lambda: atlas(load(alb())),
    "transit": lambda: atlas(load(transit())),
    "way": lambda: path_graph(ask(lab(), "internet", "i-web", "80")),
}
each_sample = pytest.mark.parametrize("name", SAMPLES)


@st.composite
def graphs(draw):
    """Small graphs whose ids, names and words are anything."""
    graph = nx.MultiDiGraph()
    graph.add_node("vpc-1", kind="vpc", name=draw(text))
    ids = sorted(draw(st.sets(text.filter(lambda word: word and word != "vpc-1"), min_size=1, max_size=5)))
    for number, id_ in enumerate(ids):
        graph.add_node(
            id_, kind=["instance", "security-group", "range"][number % 3], name=draw(text), vpc="vpc-1", what=draw(text)
        )
    for key in range(draw(st.integers(0, 6))):
        one, other = draw(st.sampled_from(ids)), draw(st.sampled_from(ids))
        graph.add_edge(one, other, key=key, kind="grants", services=draw(text), way="ingress", rule=draw(text))
    return graph


# JSON and GraphML: the graph itself.


@each_sample
def test_json_is_read_back_by_networkx_as_the_same_graph(name):
    graph = SAMPLES[name]()
    document = json.loads(graph_json.render(graph))
    assert document["schema"] == "sgcheck.graph/1"
    read = nx.node_link_graph(document, edges="edges")
    assert nx.utils.graphs_equal(read, graph)
    assert list(read.nodes) == list(graph.nodes)


@each_sample
def test_graphml_is_read_back_by_networkx_as_the_same_graph(name):
    graph = SAMPLES[name]()
    read = nx.parse_graphml(graph_graphml.render(graph), edge_key_type=int, force_multigraph=True)
    assert {key: value for key, value in read.graph.items() if value} == graph.graph  # the reader adds empty defaults
    assert dict(read.nodes(data=True)) == dict(graph.nodes(data=True))
    assert list(read.edges(keys=True, data=True)) == list(graph.edges(keys=True, data=True))


@given(graphs())
def test_graphml_is_xml_whatever_names_hold_and_loses_no_node(graph):
    document = graph_graphml.render(graph).encode()
    read = nx.parse_graphml(document.decode(), edge_key_type=int, force_multigraph=True)
    assert (len(read), read.number_of_edges()) == (len(graph), graph.number_of_edges())
    assert ET.fromstring(document).tag.endswith("graphml")


@given(graphs())
def test_json_carries_whatever_names_hold(graph):
    assert [node["kind"] for node in json.loads(graph_json.render(graph))["nodes"]] == [
        k for _n, k in graph.nodes(data="kind")
    ]


# DOT.

STRING = re.compile(r'"(?:\\.|[^"\\])*"', re.DOTALL)


def structure(dot):
    """DOT without what is in quotes: only our own signs are left."""
    return STRING.sub('""', dot)


@given(graphs())
def test_nothing_gets_out_of_a_quoted_string_of_dot(graph):
    drawn = drawing(graph)
    left = structure(graph_dot.render(drawn))
    assert re.fullmatch(r'[\w\s{}\[\];=,"<>./-]*', left)
    assert left.count("->") == len(drawn.edges)
    assert left.count("subgraph") == len(drawn.frames)


@pytest.mark.skipif(DOT is None, reason="Graphviz is not installed")
@each_sample
def test_graphviz_draws_it(name):
    drawn = drawing(SAMPLES[name]())
    done = subprocess.run(
        [DOT, "-Tsvg"], input=graph_dot.render(drawn).encode(), capture_output=True, timeout=60, check=False
    )
    assert (done.returncode, done.stderr) == (0, b"")
    svg = ET.fromstring(done.stdout)
    classes = [one.get("class") for one in svg.iter("{http://www.w3.org/2000/svg}g")]
    assert classes.count("edge") == len(drawn.edges)
    assert classes.count("cluster") == len(drawn.frames)


@pytest.mark.skipif(DOT is None, reason="Graphviz is not installed")
def test_graphviz_shows_hostile_names_as_they_are():
    words = [word for word in NASTY if word.isascii() and word.isprintable() and "::" not in word]
    nodes = tuple(Node(f"n{n}", "instance", word) for n, word in enumerate(words))
    drawn = Drawing("t", (), nodes, ())
    done = subprocess.run(
        [DOT, "-Tsvg"], input=graph_dot.render(drawn).encode(), capture_output=True, timeout=60, check=True
    )
    shown = [one.text for one in ET.fromstring(done.stdout).iter("{http://www.w3.org/2000/svg}text")]
    for word in words:
        assert word.replace(" ", "\xa0") in [one.replace(" ", "\xa0") for one in shown]


# Mermaid.

MERMAID_LINE = re.compile(
    r"""
    flowchart\ TB | \s*end | --- | title:\ ".*"
    | \s*subgraph\ n_\w+\["[^"]*"\]
    | \s*n_\w+(?:\[\["[^"]*"\]\]|\{\{"[^"]*"\}\}|\(\["[^"]*"\]\)|\[\("[^"]*"\)\]|\[[/\\]"[^"]*"[/\\]\]|\["[^"]*"\])
    | \s*n_\w+\ (?:-->|-\.->|--x|-\.-x)(?:\|"[^"]*"\|)?\ n_\w+
    | \s*classDef\ \w+\ [\w:#,-]+ | \s*class\ [\w,]+\ \w+
    """,
    re.VERBOSE | re.ASCII,
)


def well_formed(mermaid):
    return [line for line in mermaid.splitlines() if not MERMAID_LINE.fullmatch(line)] == []


@each_sample
def test_mermaid_has_lines_of_known_forms_only(name):
    drawn = drawing(SAMPLES[name]())
    mermaid = graph_mermaid.render(drawn)
    assert well_formed(mermaid)
    assert len(re.findall(r" (?:-->|-\.->|--x|-\.-x)", mermaid)) == len(drawn.edges)


@given(graphs())
def test_nothing_gets_out_of_a_label_of_mermaid(graph):
    drawn = drawing(graph)
    mermaid = graph_mermaid.render(drawn)
    assert well_formed(mermaid)
    ids = re.findall(r"^\s*(?:subgraph )?(n_\w+)[\[({]", mermaid, re.MULTILINE)
    assert len(ids) == len(set(ids)) == len(drawn.nodes) + len(drawn.frames)


@given(text)
def test_a_label_of_mermaid_says_the_text_once_its_codes_are_read(word):
    from sgcheck.render.escape import visible

    spelled = label(word)
    assert not set(spelled) & set('"`<>&*_{}[]|\\\n\r')
    assert re.sub(r"#(\d+);", lambda match: chr(int(match[1])), spelled) == visible(word)
    assert not re.match(r"\d+\. |[-+*] ", spelled)


def test_what_is_held_back_is_crossed_out_in_mermaid_and_in_dot():
    nodes = (Node("a", "route-table"), Node("b", "nat-gateway"))
    drawn = Drawing("t", (), nodes, (Edge("a", "b", "routes", ("0.0.0.0/0",), held=True),))
    assert 'n_a --x|"0.0.0.0/0"| n_b' in graph_mermaid.render(drawn)
    assert "arrowhead=tee" in graph_dot.render(drawn)


def test_ids_that_are_spelled_alike_stay_two():
    drawn = Drawing("t", (Frame("x/y", "vpc"),), (Node("x-y", "instance", frame="x/y"), Node("x_y", "instance")), ())
    assert set(re.findall(r"n_x_y\w*", graph_mermaid.render(drawn))) == {"n_x_y", "n_x_y_2", "n_x_y_3"}


def test_several_as_one_are_counted_and_some_named():
    many = Node("eni-0", "network-interface", count=1200, names=tuple(f"eni-{n}" for n in range(1200)))
    mermaid = graph_mermaid.render(Drawing("t", (), (many,), ()))
    assert "1,200 interfaces<br>eni-0, eni-1, eni-2 … and 1,197 more" in mermaid


# Text.


@pytest.mark.parametrize("width", [40, 80, 120])
@pytest.mark.parametrize("name", ["lab", "balancer", "transit"])
def test_text_keeps_its_width_and_says_what_there_is(name, width):
    graph = SAMPLES[name]()
    said = graph_text.render(census(graph), width=width)
    assert max(columns(line) for line in said.splitlines()) <= width
    for node, told in graph.nodes(data=True):
        if told["kind"] == "vpc":
            assert node in said


def test_the_same_graph_is_the_same_bytes():
    for sample in SAMPLES.values():
        for written in (
            graph_json.render,
            graph_graphml.render,
            lambda g: graph_dot.render(drawing(g)),
            lambda g: graph_mermaid.render(drawing(g)),
        ):
            assert written(sample()) == written(sample())
