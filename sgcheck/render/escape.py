"""Making text from AWS harmless: whatever a Name tag holds, it can neither move the cursor nor forge a line or a link.

Everything here keeps what can be read as it is and spells the rest out, so that nothing disappears in silence.
"""

from __future__ import annotations

import re

_IDEOGRAPHIC_SPACE = "\u3000"

# Printable by Unicode's book, and yet nothing is to be seen: fillers, and variation selectors save the one of emoji.
_INVISIBLE = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\ufe00-\ufe0e\uffa0\U000e0100-\U000e01ef]"
)

# What a GitHub runner obeys when a line of the log begins with it ("##[" even anywhere in the line).
_RUNNER_COMMAND = re.compile(
    r"::(?=(?:add-mask|add-matcher|add-path|debug|echo|endgroup|error|group|notice|remove-matcher|save-state|set-env"
    r"|set-output|stop-commands|warning)\b)|##(?=\[)",
    re.IGNORECASE,
)

_MARKDOWN_INLINE = re.compile(r"[\\`*_\[\]|~$]")
_MARKDOWN_LEADING = re.compile(r"^(?:[-+#=]|\d+(?=[.)](?:\s|$)))")
# GitHub makes notifications and links of these, though they are no syntax of Markdown's; a comment parts them.
_MARKDOWN_AUTOLINK = re.compile(r"@(?=\w)|://|\bwww\.|#(?=\d)|\bGH-(?=\d)", re.IGNORECASE)


def _spelled(char: str) -> str:
    return char.encode("unicode_escape").decode("ascii")


def _shown(char: str) -> str:
    return char if char.isprintable() or char == _IDEOGRAPHIC_SPACE else _spelled(char)


def _spell_first(match: re.Match[str]) -> str:
    return f"\\x{ord(match[0][0]):02x}{match[0][1:]}"


def visible(text: str) -> str:
    r"""Return `text` as one line, with control, bidirectional and invisible characters spelled (`\x1b`, `\u202e`)."""
    if not text.isprintable():
        text = "".join(map(_shown, text))
    if not text.isascii():
        text = _INVISIBLE.sub(lambda match: _spelled(match[0]), text)
    return _RUNNER_COMMAND.sub(_spell_first, text) if "::" in text or "##" in text else text


def encodable(text: str) -> str:
    r"""Return `text` with lone surrogates spelled (`\udcff`), so that UTF-8 can carry it."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


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
