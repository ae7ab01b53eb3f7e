"""sgcheck: can X reach Y on port P in AWS, what does the client see, what blocks it, how is it fixed.

The library face::

    import sgcheck

    network = sgcheck.load(["network.json"])
    answer = sgcheck.explain(network, sgcheck.Question.parse("0.0.0.0/0", "i-123", "80"))
    print(answer.verdict, answer.client_sees, answer.summary)
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from sgcheck._version import __version__

if TYPE_CHECKING:
    from sgcheck.model.network import Network
    from sgcheck.reach.answer import Explanation
    from sgcheck.reach.question import Question

__all__ = ["Question", "__version__", "explain", "load"]


def load(paths: Sequence[str]) -> Network:
    """Read files, directories, archives or `-` (standard input) and build the network they describe.

    paths: AWS describe-* answers, the aws_configs layout or sgcheck snapshots, in any mixture (see the README: what can
    be read). Raises sgcheck.errors.InputError, one line that names file, place and what was expected.
    """
    from sgcheck.aws.build import build
    from sgcheck.sources.files import load_snapshot

    return build(load_snapshot(list(paths)))


def explain(network: Network, question: Question) -> Explanation:
    """Answer one question: verdict, symptom, path, every blocker with its fix, and what is not known.

    question: made by `Question.parse(source, target, port)` from the words of the command line. Raises
    sgcheck.errors.UsageError (or UnknownNameError, AmbiguousNameError) where an end can't be found; missing data never
    raises, it makes the verdict `unknown`.
    """
    from sgcheck.reach.explain import explain as answer

    return answer(network, question)


def __getattr__(name: str) -> object:
    """Hand out `Question` when it is first asked for."""
    if name == "Question":
        from sgcheck.reach.question import Question as Found

        return Found
    raise AttributeError(f"module 'sgcheck' has no attribute {name!r}")
