"""`sgcheck completion`: let the shell complete commands, options and formats."""

from __future__ import annotations

import click

from sgcheck.cli.options import CONTEXT
from sgcheck.cli.output import deliver, destination

SHELLS = ("bash", "zsh", "fish")

_SHORT = "Print the script for completion in the shell."
_HELP = """
Print the script that makes SHELL complete sgcheck's commands and options.

\b
Examples:
  eval "$(sgcheck completion bash)"                                     in ~/.bashrc
  eval "$(sgcheck completion zsh)"                                      in ~/.zshrc
  sgcheck completion fish > ~/.config/fish/completions/sgcheck.fish
"""


@click.command("completion", context_settings=CONTEXT, help=_HELP, short_help=_SHORT)
@click.argument("shell", type=click.Choice(SHELLS))
def command(shell: str) -> None:
    """Print the script."""
    from click.shell_completion import ShellComplete, get_completion_class

    chosen = get_completion_class(shell)
    assert chosen is not None
    completer = chosen(click.get_current_context().find_root().command, {}, "sgcheck", "_SGCHECK_COMPLETE")
    # The base class's method: bash's own first runs bash to ask for its version, which may be another machine's.
    deliver(ShellComplete.source(completer), destination(None, color=False), machine=True)
