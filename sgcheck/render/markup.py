"""Text inside Markdown and inside GitHub's workflow commands: it stays text, whatever signs are in it."""

from __future__ import annotations

import re

from sgcheck.render.escape import visible

_MARKDOWN_INLINE = re.compile(r"[\\`*_\[\]|~$]")
_MARKDOWN_LEADING = re.compile(r"^(?:[-+#=]|\d+(?=[.)](?:\s|$)))")
# GitHub makes notifications and links of these, though they are no syntax of Markdown's; a comment parts them.
_MARKDOWN_AUTOLINK = re.compile(r"@(?=\w)|://|\bwww\.|#(?=\d)|\bGH-(?=\d)", re.IGNORECASE)


def markdown(text: str) -> str:
    """Return `text` as Markdown prose that renders as itself: no markup, no HTML, no links, no mentions."""
    text = visible(text).strip().replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    text = _MARKDOWN_INLINE.sub(r"\\\g<0>", text)
    text = _MARKDOWN_LEADING.sub(_lead, text)
    return _MARKDOWN_AUTOLINK.sub(lambda match: f"{match[0][0]}<!-- -->{match[0][1:]}", text)


def _lead(match: re.Match[str]) -> str:
    # "1. x" is a list by its dot, "- x" by its dash.
    return f"{match[0]}\\" if match[0].isdigit() else f"\\{match[0]}"


def markdown_code(text: str) -> str:
    """Return `text` as a Markdown code span that also holds inside a table cell."""
    text = visible(text).replace("|", "\\|")
    longest = max((len(run) for run in re.findall("`+", text)), default=0)
    fence = "`" * (longest + 1)
    pad = " " if longest or not text else ""
    return f"{fence}{pad}{text}{pad}{fence}"


def markdown_block(lines: tuple[str, ...]) -> list[str]:
    """Return `lines` as a fenced block of shell commands, the fence longer than any run of backticks inside."""
    shown = [visible(line) for line in lines]
    longest = max((len(run) for line in shown for run in re.findall("`+", line)), default=0)
    fence = "`" * max(3, longest + 1)
    return [f"{fence}sh", *shown, fence]


def workflow_data(text: str) -> str:
    """Return `text` as the message of a GitHub workflow command (GitHub docs, workflow-commands-for-github-actions)."""
    return visible(text).replace("%", "%25")


def workflow_property(text: str) -> str:
    """Return `text` as a property (`file=`, `title=`) of a GitHub workflow command."""
    return workflow_data(text).replace(":", "%3A").replace(",", "%2C")
