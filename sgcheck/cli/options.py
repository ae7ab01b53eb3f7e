"""Options that several commands share, and how their values are read."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, TypeVar

import click

from sgcheck.cli.guard import note
from sgcheck.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from sgcheck.aws.snapshot import Snapshot
    from sgcheck.model.network import Network

F = TypeVar("F", bound="Callable[..., Any]")

CONTEXT: dict[str, Any] = {"help_option_names": ["-h", "--help"], "max_content_width": 100}


def input_option(function: F) -> F:
    """Add `-i/--input`."""
    return click.option(
        "-i",
        "--input",
        "inputs",
        metavar="PATH",
        multiple=True,
        type=click.Path(allow_dash=True),
        envvar="SGCHECK_INPUT",
        show_envvar=True,
        help="The configuration to analyse: a JSON file as the AWS CLI prints it, a Terraform plan, a CloudFormation"
        " template, a directory or a zip of such files, or - for standard input. Repeatable. Without it the live"
        " account is asked.",
    )(function)


def input_options(function: F) -> F:
    """Add `-i/--input`, `--onto` and `--parameters`, of everything that looks at a configuration."""
    return input_option(onto_option(parameters_option(function)))


def onto_option(function: F) -> F:
    """Add `--onto`."""
    return click.option(
        "--onto",
        metavar="PATH",
        type=click.Path(allow_dash=True),
        help="What is deployed: a snapshot, say; the Terraform plan or CloudFormation template that is the input is"
        " laid over it.",
    )(function)


def parameters_option(function: F) -> F:
    """Add `--parameters`."""
    return click.option(
        "--parameters",
        metavar="KEY=VALUE|FILE",
        multiple=True,
        help="Values for the parameters of a CloudFormation template, or a file of them; AWS::Region and"
        " AWS::AccountId, too. Repeatable.",
    )(function)


def format_option(*formats: str) -> Callable[[F], F]:
    """Return what adds `-f/--format` with `formats` to choose from, the first one being the default."""
    return click.option(
        "-f",
        "--format",
        "format_",
        type=click.Choice(formats),
        default=formats[0],
        show_default=True,
        help="How to write the answer.",
    )


def output_option(function: F) -> F:
    """Add `-o/--output`."""
    return click.option(
        "-o",
        "--output",
        metavar="FILE",
        type=click.Path(allow_dash=True),
        help="Write to FILE instead of standard output; it is replaced in one step.",
    )(function)


def color_option(function: F) -> F:
    """Add `--color/--no-color`."""
    return click.option(
        "--color/--no-color",
        default=None,
        help="Colour the text, or do not. By default: only on a terminal, and as NO_COLOR and FORCE_COLOR say.",
    )(function)


def load_network(
    inputs: Sequence[str],
    also_from_stdin: Sequence[str] = (),
    *,
    ends: Sequence[str] = (),
    account: Mapping[str, Any] | None = None,
    checks: bool = False,
    onto: str | None = None,
    parameters: Sequence[str] = (),
) -> Network:
    """Return the network that the inputs describe; without any, what the live account says.

    inputs: as `-i` has them. also_from_stdin: other arguments that may be `-`; standard input can be read only once.
    ends: of the questions that will be asked. account: what the options of `account_options` say. checks: whether the
    status checks of instances belong to what is read live. onto: what is deployed, which the inputs are laid over.
    parameters: as `--parameters` has them.
    """
    from sgcheck.aws.build import build

    paths = [path for path in inputs if path]
    given = _parameters(parameters, paths)
    if not paths:
        from sgcheck.cli.account import load_account

        _demand_plan(onto)
        return build(load_account(ends, account or {}, checks=checks))
    _given(paths, account, onto, also_from_stdin)
    if onto is not None:
        return build(_read(paths, _read([onto]), given))
    return build(_indexed(paths) or _read(paths, parameters=given))


def load_records(
    inputs: Sequence[str],
    *,
    account: Mapping[str, Any] | None = None,
    onto: str | None = None,
    parameters: Sequence[str] = (),
) -> Snapshot:
    """Return all records that the inputs hold, without any index; without inputs, those of the live account.

    onto, parameters: as for `load_network`.
    """
    paths = [path for path in inputs if path]
    given = _parameters(parameters, paths)
    if not paths:
        from sgcheck.cli.account import load_account

        _demand_plan(onto)
        return load_account((), account or {})
    _given(paths, account, onto)
    return _read(paths, None if onto is None else _read([onto]), given)


def _parameters(told: Sequence[str], paths: Sequence[str]) -> dict[str, str]:
    if told and not paths:
        raise UsageError("--parameters are values for a CloudFormation template: name the template with -i")
    return read_parameters(told)


def read_parameters(told: Sequence[str]) -> dict[str, str]:
    """The values that `--parameters` gives, by name."""
    if not told:
        return {}
    from sgcheck.sources.cloudformation.parameters import parameters_of

    return parameters_of(told)


def _demand_plan(onto: str | None) -> None:
    if onto is not None:
        raise UsageError("--onto lays a plan or template over what is deployed: name it with -i")


def _given(
    paths: Sequence[str],
    account: Mapping[str, Any] | None,
    onto: str | None = None,
    also_from_stdin: Sequence[str] = (),
) -> None:
    """Raise UsageError for what can't stand beside files."""
    from sgcheck.cli.account import refuse_account

    refuse_account(account or {})
    if [*paths, *also_from_stdin, onto].count("-") > 1:
        raise UsageError("standard input can be read only once")


def _read(
    paths: Sequence[str], deployed: Snapshot | None = None, parameters: Mapping[str, str] | None = None
) -> Snapshot:
    from sgcheck.sources.files import load_snapshot

    return load_snapshot(paths, deployed=deployed, parameters=parameters)


def _indexed(paths: Sequence[str]) -> Snapshot | None:
    """What the index of the only input has, None where there is none."""
    from sgcheck.sources.index.place import index_of

    if len(paths) > 1 or paths[0] == "-" or not os.path.isfile(index_of(paths[0])):  # noqa: PTH113  (pathlib is not loaded for this)
        return None
    from sgcheck.sources.index.opening import open_index

    return open_index(paths[0], _remark)


def _remark(text: str) -> None:
    """Say something on standard error that may quote a file's name."""
    from sgcheck.render.escape import visible

    note(visible(text))
