"""The cells of the table against `explain`, asked pair by pair, on random networks of every kind."""

from __future__ import annotations

import os
from collections import defaultdict

import pytest

from sgcheck.errors import UsageError
from sgcheck.packets import PacketSet, Services
from sgcheck.reach.attack import INTERNET_END, ONPREM_END, Surveying
from sgcheck.reach.crowds import askers
from sgcheck.reach.ends import End, Kind
from sgcheck.reach.explain import walk
from sgcheck.reach.exposure import NEVER
from sgcheck.reach.fate import fate_of
from sgcheck.reach.matrix import INTERNET, ONPREM, labels_by, matrix, spans
from sgcheck.reach.pairs import Pairs, UntoldError
from sgcheck.reach.report import judged
from sgcheck.reach.vantage import From
from tests.agreement.test_reach import network_of, one

NIGHTLY = os.environ.get("SGCHECK_PROFILE") == "nightly"
NETWORKS = 60 if NIGHTLY else 4
KINDS = ("sg", "subnet", "vpc", "account")


def expected(network, by, services):
    """Every cell as (verdict, what passes, what may)."""
    asking = Surveying(network, services)
    labels = labels_by(network, by)
    ids = tuple(sorted(i.id for i in network.interfaces.values() if i.role not in NEVER))
    inside = End(Kind.VPC, "all", interfaces=ids)
    # Of several ends the internet asks those that are public; here each counts.
    questions = [(INTERNET_END, (INTERNET,), one(network, id_)) for id_ in ids]
    questions.append((ONPREM_END, (ONPREM,), inside))
    for interface in askers(network):
        others = tuple(i for i in ids if i != interface.id)
        source = one(network, interface.id)
        questions.append((source, labels(interface), End(Kind.VPC, "all", interfaces=others)))
        questions.append((source, labels(interface), INTERNET_END))
    found = defaultdict(lambda: [Services.EMPTY, False, Services.EMPTY])
    for source, rows, target in questions:
        try:
            pairs = Pairs(network, asking.words, source, target).pairs
        except (UsageError, UntoldError):  # Ends without addresses of one family, or without any.
            continue
        for vantage, to in pairs:
            if vantage.family != to.family:
                continue
            columns = labels(to.interface) if to.interface else (INTERNET,)
            asked = PacketSet.box(vantage.addresses, to.asked, services, asking.survey.question.source_ports)
            if vantage.start is From.INTERNET and not to.public:
                passes = maybe = Services.EMPTY
                blocked = True
            else:
                walked = walk(network, asking.words, asking.survey.question, vantage, to)
                fate = fate_of(network, asked, [b for w in walked for b in w.branches])
                passes, maybe, blocked = fate.passes.services(), fate.maybe.services(), bool(fate.blocked)
            for key in ((row, column) for row in rows for column in columns):
                cell = found[key]
                cell[0] |= passes
                cell[1] |= blocked
                cell[2] |= maybe
    return found


@pytest.mark.parametrize("seed", range(NETWORKS))
def test_cells_are_what_pairs_say(seed):
    network = network_of(seed)
    by = KINDS[seed % len(KINDS)]
    answer = matrix(network, by)
    cells = {(c.source, c.target): (c.verdict, c.openings, c.undecided) for c in answer.cells}
    wanted = {
        key: (judged(bool(passes), blocked, bool(maybe)), spans(passes), spans(maybe))
        for key, (passes, blocked, maybe) in expected(network, by, Services.ALL).items()
    }
    told = {key: cell for key, cell in cells.items() if key in wanted}
    assert told == {key: cell for key, cell in wanted.items() if key in cells}
    assert {key for key, cell in wanted.items() if cell[1] or cell[2]} <= set(cells)
    assert not any(cells[key][1] or cells[key][2] for key in set(cells) - set(wanted))
    assert list(answer.rows) == sorted(answer.rows, key=lambda r: (r != INTERNET, r != ONPREM, r == "(none)", r))
