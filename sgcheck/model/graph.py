"""The network as a networkx graph: what stands where, what refers to what, what grants what.

Nodes are ids (address ranges: CIDRs) with `kind`, and where they are known `name`, `account`, `region`, `vpc`,
`subnet`, `addresses` and more; what something names and the input does not hold has `missing`. Edges have `kind`:

* `in`, `has`, `attached`, `peers`: what stands where and belongs to whom;
* `routes`: who looks up which table, and where a table leads (`destination`; `dead` where it leads nowhere);
* `forwards`, `leads`: what balancers hand on (`listener`, `port`), and which service stands behind an endpoint;
* `refers`, `grants`, `denies`: one for each rule (`rule`, `services`, `way`) of a group or a network ACL; `rest` marks
  those with which a list ends, and that only say that everything else is denied.

They point from what depends to what it depends on; those of rules point along the packets. Nodes and edges are sorted.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sgcheck.model import graph_doors, graph_places, graph_rules, graph_transit
from sgcheck.model.sketch import Sketch

if TYPE_CHECKING:
    import networkx as nx

    from sgcheck.model.network import Network


def network_graph(network: Network) -> nx.MultiDiGraph[str]:
    """Build the graph, the same whatever the order of the input."""
    sketch = Sketch()
    for part in (graph_places, graph_doors, graph_transit, graph_rules):
        part.draw(sketch, network)
    return sketch.graph()
