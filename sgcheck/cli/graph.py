"""`sgcheck graph`: draw what stands where, what refers to what, or the way of a question."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import click

from sgcheck.cli.account import account_options
from sgcheck.cli.guard import note
from sgcheck.cli.options import CONTEXT, color_option, input_options, load_network, output_option
from sgcheck.cli.output import Destination, deliver, destination
from sgcheck.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable

    import networkx as nx

    from sgcheck.model.network import Network
    from sgcheck.reach.answer import Explanation

FORMATS = ("text", "dot", "mermaid", "graphml", "json")
# As literals: the shell completes them without loading the engine.
VIEWS = ("all", "topology", "references")
SUFFIXES = {
    ".dot": "dot",
    ".gv": "dot",
    ".mmd": "mermaid",
    ".mermaid": "mermaid",
    ".graphml": "graphml",
    ".json": "json",
    ".txt": "text",
}

_REFUSED = 5

_SHORT = "Draw the network, what its groups refer to, or the way of a question."
_HELP = """
Draw what stands where and what refers to what: VPCs, subnets, instances and interfaces, gateways, route tables, ACLs,
peerings and load balancers; security groups and address ranges, with the rules between them.

The name of FILE says the format: .dot for Graphviz (`dot -Tsvg map.dot -o map.svg`), .mmd for Mermaid, which GitHub
draws, .graphml for Gephi, yEd and networkx, .json for programs. Without -o and -f it is said in words what there is.

With --around only what lies around an END is drawn, with --from and --to the way that `explain` follows between two of
them: every hop, the rule that decides there, and where packets are held back.

\b
Examples:
  sgcheck graph -i network.json
  sgcheck graph -i network.json -o map.dot
  sgcheck graph -i network.json --view references -o groups.graphml
  sgcheck graph -i network.json --around sg-0123456789abcdef0 -f mermaid
  sgcheck graph -i network.json --from internet --to i-0123456789abcdef0 --port 443 -o way.mmd
"""


@click.command("graph", context_settings=CONTEXT, help=_HELP, short_help=_SHORT)
@input_options
@click.option(
    "-f", "--format", "format_", type=click.Choice(FORMATS), help="How to write it. [default: as the name of FILE says]"
)
@output_option
@click.option("--view", type=click.Choice(VIEWS), help="What to show of the network. [default: all]")
@click.option("--around", metavar="END", help="Only what lies around it: as --from of explain, or any id.")
@click.option("--depth", type=click.IntRange(0, 100), metavar="N", help="How many steps around it. [default: 2]")
@click.option("--from", "source", metavar="END", help="Draw the way of packets from here,")
@click.option("--to", "target", metavar="END", help="to there,")
@click.option("--port", metavar="PORT", help="on this port, as explain takes it. [default: all]")
@click.option("--each", is_flag=True, help="Draw each interface by itself, also those that can't be told apart.")
@color_option
@account_options
def command(
    *,
    inputs: tuple[str, ...],
    onto: str | None,
    parameters: tuple[str, ...],
    format_: str | None,
    output: str | None,
    view: str | None,
    around: str | None,
    depth: int | None,
    source: str | None,
    target: str | None,
    port: str | None,
    each: bool,
    color: bool | None,
    **account: Any,
) -> None:
    """Draw it."""
    chosen = format_ or _by_name(output)
    to = destination(output, color)
    load = partial(load_network, inputs, account=account, onto=onto, parameters=parameters)
    if source is not None or target is not None or port is not None:
        others = {"--view": view, "--around": around, "--depth": depth}
        _refuse(next((name for name, value in others.items() if value is not None), None))
        text = _way(source, target, port or "all", chosen, to, load, each=each)
    else:
        if depth is not None and around is None:
            raise UsageError("--depth is for --around", "how many steps around what?")
        text = _map(view or "all", around, 2 if depth is None else depth, chosen, to, load, each=each)
    deliver(text, to, machine=chosen != "text")


def _by_name(output: str | None) -> str:
    """The format that the name of the file asks for."""
    if output is None or output == "-":
        return "text"
    from pathlib import PurePath

    suffix = PurePath(output).suffix.lower()
    if suffix in SUFFIXES:
        return SUFFIXES[suffix]
    what = f"{suffix} is no format of a graph" if suffix else "the name does not say which format"
    raise UsageError(
        f"-o {output}: {what}; there are .dot, .mmd, .graphml and .json (or say -f {', '.join(FORMATS[1:])})"
    )


def _refuse(option: str | None) -> None:
    if option:
        raise UsageError(f"{option} is for the map of a network, not for the way from --from to --to")


def _map(
    view: str,
    around: str | None,
    depth: int,
    format_: str,
    to: Destination,
    load: Callable[..., Network],
    *,
    each: bool,
) -> str:
    # The ends are not told: a map needs everything.
    network = load()
    from sgcheck.reach.atlas import View, atlas

    graph = atlas(network, View(view), around, depth)
    _tell_what_lacks(network)
    if format_ == "text":
        from sgcheck.reach.census import census
        from sgcheck.render import graph_text

        return graph_text.render(census(graph), width=to.width, color=to.color, ascii_only=to.ascii_only)
    return _rendered(graph, format_, each=each)


def _tell_what_lacks(network: Network) -> None:
    """Say what makes the map less than the network: warnings, and what AWS refused to show."""
    from sgcheck.reach.atlas import refused

    for warning in network.warnings:
        note(f"Warning: {_visible(warning)}")
    lacking = refused(network)
    for missing in lacking[:_REFUSED]:
        what = " ".join(filter(None, (missing.id, missing.account, missing.region)))
        note(_visible(f"not drawn: {missing.why} ({what})" if what else f"not drawn: {missing.why}"))
    if len(lacking) > _REFUSED:
        note(f"not drawn: {len(lacking) - _REFUSED:,} more that AWS refused to show")


def _way(
    source: str | None,
    target: str | None,
    port: str,
    format_: str,
    to: Destination,
    load: Callable[..., Network],
    *,
    each: bool,
) -> str:
    if source is None or target is None:
        lacking = "--from" if source is None else "--to"
        raise UsageError(f"{lacking} is missing: a way has two ends", "one end alone: --around END")
    from sgcheck.reach.question import Question

    question = Question.parse(source, target, port)
    network = load(ends=(question.source, question.target))
    from sgcheck.reach.explain import explain

    explanation = explain(network, question)
    if format_ == "text":
        return _told(explanation, to)
    if not explanation.answers:
        note(f"nothing to draw: {_visible(explanation.summary)}")
    from sgcheck.reach.pathmap import path_graph

    return _rendered(path_graph(explanation), format_, each=each)


def _told(explanation: Explanation, to: Destination) -> str:
    from sgcheck.render import explain_text

    return explain_text.render(explanation, width=to.width, color=to.color, ascii_only=to.ascii_only)


def _rendered(graph: nx.MultiDiGraph[str], format_: str, *, each: bool) -> str:
    if format_ == "json":
        from sgcheck.render import graph_json

        return graph_json.render(graph)
    if format_ == "graphml":
        from sgcheck.render import graph_graphml

        return graph_graphml.render(graph)
    from sgcheck.reach.drawing import drawing

    drawn = drawing(graph, each=each)
    if drawn.collapsed:
        together = sum(node.count > 1 for node in drawn.nodes)
        note(
            f"{drawn.collapsed + together:,} nodes that can't be told apart are drawn as {together:,}; "
            "--each draws them all"
        )
    if format_ == "dot":
        from sgcheck.render import graph_dot

        return graph_dot.render(drawn)
    from sgcheck.render import graph_mermaid

    text = graph_mermaid.render(drawn)
    _warn_of_limits(len(drawn.edges), len(text))
    return text


def _warn_of_limits(edges: int, characters: int) -> None:
    """Say where Mermaid, as it is set by default and on GitHub, would draw nothing."""
    from sgcheck.render.graph_mermaid import MAX_EDGES, MAX_TEXT

    over = [
        f"{number:,} {what} (it draws {limit:,})"
        for number, what, limit in ((edges, "edges", MAX_EDGES), (characters, "characters", MAX_TEXT))
        if number > limit
    ]
    if over:
        said = ", ".join(over)
        note(f"too large for Mermaid's default limits: {said}; draw a part with --around or --view, or use DOT")


def _visible(text: str) -> str:
    from sgcheck.render.escape import visible

    return visible(text)
