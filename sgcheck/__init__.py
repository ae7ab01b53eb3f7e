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

__all__ = ["Question", "__version__", "explain", "load", "load_live"]


def load(paths: Sequence[str]) -> Network:
    """Read files, directories, archives or `-` (standard input) and build the network they describe.

    paths: AWS describe-* answers, the aws_configs layout or sgcheck snapshots, in any mixture (see the README: what can
    be read). Raises sgcheck.errors.InputError, one line that names file, place and what was expected.
    """
    from sgcheck.aws.build import build
    from sgcheck.sources.files import load_snapshot

    return build(load_snapshot(list(paths)))


def load_live(
    questions: Sequence[Question] = (),
    *,
    profile: str | None = None,
    regions: Sequence[str] = (),
    role_arn: str | None = None,
    external_id: str | None = None,
    accounts: Sequence[str] = (),
    organization_role: str | None = None,
    endpoint_url: str | None = None,
) -> Network:
    """Ask the live account and build the network it describes; only calls that read are made.

    questions: read what these need, and no more; without any, everything. profile, regions (`all` for every enabled
    one), role_arn, external_id, endpoint_url: as boto3's default chain has them where they are not said. accounts: a
    role's ARN for each account to read, and `self` for one's own. organization_role: the name of a role in every
    account of the organization, all of which are read. Raises sgcheck.errors.AwsError where nothing at all can be
    asked; what AWS refuses makes answers `unknown`.
    """
    from sgcheck.aws.build import build
    from sgcheck.sources.live.loading import load as load_account
    from sgcheck.sources.live.who import who

    asking = who(
        profile=profile,
        regions=regions,
        role_arn=role_arn,
        external_id=external_id,
        accounts=accounts,
        organization_role=organization_role,
        endpoint_url=endpoint_url,
    )
    words = [end for question in questions for end in (question.source, question.target)]
    return build(load_account(asking, words).snapshot)


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
