"""`sgcheck lint`: what is wrong with a configuration by the rule book (CI)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from sgcheck.cli.account import account_options
from sgcheck.cli.guard import note
from sgcheck.cli.options import CONTEXT, color_option, format_option, input_options, load_records, output_option
from sgcheck.cli.output import Destination, deliver, destination, write_file
from sgcheck.errors import Exit, UsageError

if TYPE_CHECKING:
    from sgcheck.aws.snapshot import Snapshot
    from sgcheck.lint.baseline import Known
    from sgcheck.lint.report import Report
    from sgcheck.lint.rule import Rule
    from sgcheck.lint.scope import Scope
    from sgcheck.lint.settings import Settings
    from sgcheck.lint.severity import Severity
    from sgcheck.lint.suppress import Suppressions

FORMATS = ("text", "json", "sarif", "junit", "markdown", "github", "gitlab")
# As literals: the shell completes them without loading the rules.
LEVELS = ("critical", "high", "medium", "low", "info")
NEVER = "never"

_SHORT = "Look for what is wrong with a configuration, by the rule book (CI)."
_HELP = """
Look for what is wrong with security groups, network ACLs, routes and addresses, by the rule book (`sgcheck rules`).

PATH is as for -i; without any the live account is asked. What counts is what rules amount to, not how they are written,
and how bad it is depends on what the internet really reaches.

WHAT, after --select and --ignore, is a rule's id, its name (* stands for anything), a severity, a tag, or what others
call it, as CIS, EC2.13 or CKV_AWS_24; several with commas between them.

Exceptions with a reason stand in sgcheck.toml, or under [tool.sgcheck] in pyproject.toml, in a tag sgcheck:ignore of
the resource, or in a comment `# sgcheck:ignore SG101 REASON` of a template or a Terraform file. A baseline file holds
what is known already.

\b
Examples:
  sgcheck lint network.json
  sgcheck lint snapshot/ --select CIS --fail-on medium
  sgcheck lint snapshot/ -f sarif -o sgcheck.sarif
  sgcheck lint snapshot/ --baseline known.json --update-baseline
  sgcheck lint network.json --resource 'sg-*' --fix

The exit code is 1 where a finding is as bad as --fail-on or worse. With --fail-on-undecided it is 3 where there is
none, but a rule that is as bad can't be judged for lack of data.
"""


@click.command("lint", context_settings=CONTEXT, help=_HELP, short_help=_SHORT)
@click.argument("paths", metavar="[PATH]...", nargs=-1, type=click.Path(allow_dash=True))
@input_options
@click.option("--select", metavar="WHAT", multiple=True, help="Only these rules; repeatable.")
@click.option("--ignore", metavar="WHAT", multiple=True, help="Not these rules; repeatable.")
@click.option("--severity", type=click.Choice(LEVELS), help="Only findings so bad, or worse.  [default: info]")
@click.option("--resource", "resources", metavar="NAME", multiple=True, help="Only at this id or name; repeatable.")
@click.option("--account", "owners", metavar="ID", multiple=True, help="Only of these accounts; repeatable.")
@click.option("--fail-on", type=click.Choice((*LEVELS, NEVER)), help="What makes the exit code 1.  [default: high]")
@click.option("--fail-on-undecided", is_flag=True, help="Exit with 3 where a rule as bad can't be judged.")
@click.option("--rules", "folders", metavar="DIR", multiple=True, help="Your own rules and expectations; repeatable.")
@click.option("--baseline", metavar="FILE", type=click.Path(), help="Findings that are known and not told again.")
@click.option("--update-baseline", is_flag=True, help="Write what is found now to the baseline, and end.")
@click.option("--fix", is_flag=True, help="Print the commands that mend it, and run nothing.")
@click.option(
    "--config", metavar="FILE", type=click.Path(), help="Read this instead of sgcheck.toml or pyproject.toml."
)
@format_option(*FORMATS)
@output_option
@color_option
@account_options
def command(
    *,
    paths: tuple[str, ...],
    inputs: tuple[str, ...],
    onto: str | None,
    parameters: tuple[str, ...],
    select: tuple[str, ...],
    ignore: tuple[str, ...],
    severity: str | None,
    resources: tuple[str, ...],
    owners: tuple[str, ...],
    fail_on: str | None,
    fail_on_undecided: bool,
    folders: tuple[str, ...],
    baseline: str | None,
    update_baseline: bool,
    fix: bool,
    config: str | None,
    format_: str,
    output: str | None,
    color: bool | None,
    **account: Any,
) -> int:
    """Judge the configuration."""
    settings = _settings(config)
    known = baseline or settings.baseline
    if update_baseline and known is None:
        raise UsageError("--update-baseline: say which file with --baseline FILE")
    if fix and format_ != "text":
        raise UsageError(f"--fix prints commands; it does not go with -f {format_}")
    rules = _rules(folders, settings)
    picked = _picked(rules, select, ignore, settings)
    least, limit = _level("severity", severity or settings.severity or "info"), fail_on or settings.fail_on or "high"
    if limit != NEVER:
        _level("fail-on", limit)
    before = _known(known, must=not update_baseline) if known else {}
    # PATH says it all where there is any, whatever SGCHECK_INPUT says.
    snapshot = load_records(paths or inputs, account=account, onto=onto, parameters=parameters)
    exceptions = _exceptions(snapshot, settings, {} if update_baseline else before, known or "", rules)
    scope = _scope(least, resources, owners)
    report = _report(snapshot, picked, exceptions, scope, ways=format_ == "sarif")
    if update_baseline:
        assert known is not None
        return _update(known, report, before)
    to = destination(output, color)
    deliver(_rendered(report, "fix" if fix else format_, to), to, machine=fix or format_ != "text")
    return _exit_code(report, limit, undecided=fail_on_undecided or settings.fail_on_undecided)


def _settings(config: str | None) -> Settings:
    from pathlib import Path

    from sgcheck.lint.settings import load_settings

    return load_settings(config, Path.cwd())


def _rules(folders: tuple[str, ...], settings: Settings) -> tuple[Rule, ...]:
    from sgcheck.lint.rule import load_rules

    return load_rules((*settings.rules, *folders))


def _picked(
    rules: tuple[Rule, ...], select: tuple[str, ...], ignore: tuple[str, ...], settings: Settings
) -> tuple[Rule, ...]:
    from sgcheck.lint.select import chosen

    return chosen(rules, select or settings.select, (*settings.skip, *ignore))


def _known(file: str, *, must: bool) -> dict[str, Known]:
    """What a baseline holds; nothing where it is not there yet and does not have to be."""
    from pathlib import Path

    from sgcheck.lint.baseline import read_baseline

    return read_baseline(file) if must or Path(file).exists() else {}


def _scope(least: Severity, resources: tuple[str, ...], accounts: tuple[str, ...]) -> Scope:
    from sgcheck.lint.scope import Scope

    return Scope(least, resources, accounts)


def _level(option: str, word: str) -> Severity:
    from sgcheck.lint.severity import severity

    try:
        return severity(word)
    except ValueError as error:
        raise UsageError(f"{option}: {error}") from None


def _exceptions(
    snapshot: Snapshot, settings: Settings, known: dict[str, Known], file: str, rules: tuple[Rule, ...]
) -> Suppressions:
    from sgcheck.lint.comments import commented
    from sgcheck.lint.suppress import Ignore, Suppressions
    from sgcheck.lint.tags import tagged

    told = [*tagged(snapshot), *commented(snapshot)]
    ignores = [one for one in told if isinstance(one, Ignore)]
    complaints = [one for one in told if isinstance(one, str)]
    return Suppressions((*settings.ignores, *ignores), known, file, rules, complaints)


def _report(
    snapshot: Snapshot, rules: tuple[Rule, ...], exceptions: Suppressions, scope: Scope, *, ways: bool
) -> Report:
    from sgcheck.aws.build import build
    from sgcheck.lint.run import lint
    from sgcheck.lint.scene import Scene

    return lint(Scene(build(snapshot), snapshot, ways=ways), rules, exceptions, scope)


def _update(file: str, report: Report, before: dict[str, Known]) -> Exit:
    """Write what is found; what was known before and not asked for now stays."""
    import msgspec

    from sgcheck.lint.baseline import baseline_of

    ran, hidden = {rule.id for rule in report.rules}, {finding.fingerprint for finding in report.hidden}
    made = baseline_of(
        report.findings, (one for one in before.values() if one.rule not in ran or one.fingerprint in hidden)
    )
    text = msgspec.json.format(msgspec.json.encode(made), indent=2) + b"\n"
    try:
        write_file(file, text)
    except OSError as error:
        raise UsageError(f"can't write {file}: {error.strerror or error}") from None
    from sgcheck.render.escape import visible

    note(visible(f"{file}: {len(made.findings)} findings are known now"))
    return Exit.OK


def _rendered(report: Report, format_: str, to: Destination) -> str:
    match format_:
        case "json":
            from sgcheck.render.lint_json import render
        case "sarif":
            from sgcheck.render.lint_sarif import render
        case "junit":
            from sgcheck.render.lint_junit import render
        case "markdown":
            from sgcheck.render.lint_markdown import render
        case "github":
            from sgcheck.render.lint_github import render
        case "fix":
            from sgcheck.render.lint_fix import render
        case "gitlab":
            from sgcheck.render.lint_gitlab import render
        case _:
            from sgcheck.render import lint_text

            return lint_text.render(report, width=to.width, color=to.color, ascii_only=to.ascii_only)
    return render(report)


def _exit_code(report: Report, limit: str, *, undecided: bool) -> Exit:
    if limit == NEVER:
        return Exit.OK
    level = _level("fail-on", limit)
    if report.at_least(level):
        return Exit.FOUND
    hanging = undecided and any(one.severity >= level for one in report.undecided)
    return Exit.UNDECIDED if hanging else Exit.OK
