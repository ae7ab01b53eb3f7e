"""The commands that a guide page shows: which there are, and whether sgcheck and the AWS CLI would take them."""

from __future__ import annotations

import re
import shlex
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import botocore.session
import click
from botocore import xform_name

from sgcheck.cli.main import cli
from sgcheck.reach.question import Question

if TYPE_CHECKING:
    from sgcheck.diagnose.guide.ladder import Ladder

GLOBAL = {"query", "output", "region", "profile"}
# What the CLI adds by hand to what the API's model has.
BY_HAND = {
    "authorize-security-group-ingress": {"protocol", "port", "cidr", "source-group"},
    "authorize-security-group-egress": {"protocol", "port", "cidr", "source-group"},
    "create-network-acl-entry": {"ingress", "egress"},
}


def codes(ladder: Ladder) -> list[str]:
    """Everything that stands between backticks, wherever on the page."""
    texts = [*ladder.intro]
    for rung in ladder.rungs:
        texts += [*rung.why, *(step.text for step in rung.steps)]
    for myth in ladder.myths:
        texts += myth.truth
    return [code for text in texts for code in re.findall(r"`([^`]+)`", text)]


def commands(ladder: Ladder, program: str) -> list[str]:
    """Every command of `program` on the page."""
    return [code for code in codes(ladder) if code.startswith(f"{program} ")]


def asked(command: str) -> click.Context:
    """What click makes of a `sgcheck …` command; it raises for an option, choice or command that there is not."""
    _, name, *words = shlex.split(command)
    with click.Context(cli) as group:
        loaded = cli.get_command(group, name)
        assert loaded is not None, command
        context = loaded.make_context(name, words)
    if name in {"explain", "diagnose"}:
        params = context.params
        Question.parse(params["source"] or "internet", params["target"], params["port"], params.get("source_port"))
    return context


@lru_cache(maxsize=16)
def service(name: str) -> Any:
    """A service's model; the CLI's names of services are botocore's, where used here."""
    return botocore.session.get_session().get_service_model(name)


def refused(command: str) -> list[str]:
    """What the AWS CLI would not take of an `aws …` command: the operation, options, and those that it demands."""
    _, area, verb, *words = shlex.split(command)
    model = service(area)
    names = {xform_name(name, "-"): name for name in model.operation_names}
    if verb not in names:
        return [f"{area} has no {verb}"]
    shape = model.operation_model(names[verb]).input_shape
    members = {xform_name(name, "-"): name for name in shape.members}
    options = [word[2:] for word in words if word.startswith("--")]
    known = {*members, *(f"no-{name}" for name in members), *GLOBAL, *BY_HAND.get(verb, ())}
    wrong = [f"{verb} has no --{option}" for option in options if option not in known]
    # A token that makes a call idempotent is required by the model, and filled in by every client of it.
    demanded = [name for name in shape.required_members if not shape.members[name].metadata.get("idempotencyToken")]
    required = {xform_name(name, "-") for name in demanded}
    given = {*options, *({"egress"} if "ingress" in options else ())}
    return [*wrong, *(f"{verb} needs --{name}" for name in sorted(required - given))]
