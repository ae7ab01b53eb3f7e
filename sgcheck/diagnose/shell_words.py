"""The simple commands of a shell script, in their order, as far as they can be read without running it."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator, Sequence
from functools import partial
from itertools import takewhile

import msgspec

_HEREDOC = re.compile(r"<<-?\s*(['\"]?)([A-Za-z_]\w*)\1")
_DESCRIPTOR = re.compile(r"(?<!\w)\d(?=>)")
_ENDS = frozenset({";", ";;", "&", "&&", "||", "|", "|&", "(", ")", ";;&"})
_NAMES = re.compile(r"[A-Za-z_]\w*\+?=")
_LEADS = frozenset(
    {"if", "then", "else", "elif", "do", "while", "until", "!", "{", "time", "exec", "nohup", "command", "builtin"}
)
_SKIPPED = frozenset({"fi", "done", "esac", "}", "for", "case", "select", "function", "in"})
_LONGEST_QUOTE = 200
"""Lines after which an open quote is taken for a stray one."""


class Command(msgspec.Struct, frozen=True):
    """words: the program and its arguments; sudo: it was called through sudo; piped: it reads another one's output."""

    words: tuple[str, ...]
    sudo: bool = False
    piped: bool = False


def commands(text: str) -> Iterator[Command]:
    """Every simple command of a script; what stands in here-documents is read only where a shell is to run it."""
    for line in _lines(text):
        for tokens, piped in _simple(line):
            found = _command(tokens, piped)
            if found is not None:
                yield found
                yield from _inside(found)


def _lines(text: str) -> Iterator[str]:
    """Logical lines: continued ones joined, here-documents left out or put in their place."""
    waiting = iter(text.replace("\r\n", "\n").replace("\\\n", " ").split("\n"))
    for line in waiting:
        whole, more = line, 0
        while _open_quote(whole) and more < _LONGEST_QUOTE:
            following = next(waiting, None)
            if following is None:
                break
            whole, more = f"{whole}\n{following}", more + 1
        document = _HEREDOC.search(whole)
        if document is None or whole.lstrip().startswith("#"):
            yield whole
            continue
        yield whole[: document.start()] + whole[document.end() :]
        body = list(takewhile(partial(_is_not, document[2]), waiting))
        if re.search(r"\b(ba|da)?sh\b|\bsu\b", whole[: document.start()]):
            yield from _lines("\n".join(body))


def _is_not(end: str, line: str) -> bool:
    return line.strip() != end


def _open_quote(line: str) -> bool:
    try:
        shlex.split(line, comments=True)
    except ValueError:
        return True
    return False


def _simple(line: str) -> Iterator[tuple[list[str], bool]]:
    """The tokens between the operators of a line, without redirections, and whether they read a pipe."""
    lexer = shlex.shlex(_DESCRIPTOR.sub("", line), posix=True, punctuation_chars=True)
    lexer.whitespace_split = True
    try:
        tokens = list(lexer)
    except ValueError:
        tokens = line.split()
    current: list[str] = []
    piped = redirected = False
    for word in tokens:
        if word in _ENDS:
            yield current, piped
            current, piped = [], word in {"|", "|&"}
        elif set(word) <= set("<>&|"):
            redirected = True
        elif redirected:
            redirected = False
        else:
            current.append(word)
    yield current, piped


def _command(tokens: Sequence[str], piped: bool) -> Command | None:
    words, sudo = list(tokens), False
    while words:
        if words[0] in _LEADS or _NAMES.match(words[0]):
            words.pop(0)
        elif words[0] in {"sudo", "env", "nice", "setsid", "timeout"}:
            sudo = sudo or words[0] == "sudo"
            words = _behind(words)
        else:
            break
    if not words or words[0] in _SKIPPED or words[0].startswith("#"):
        return None
    return Command((words[0].rpartition("/")[2] or words[0], *words[1:]), sudo, piped)


def _behind(words: list[str]) -> list[str]:
    """What such a word runs: behind its options, their values, and a duration."""
    rest = words[1:]
    while rest and (rest[0].startswith("-") or re.fullmatch(r"\d+[smhd]?", rest[0])):
        takes_value = rest[0] in {"-u", "-g", "-n", "-H", "-U"} and rest[0] != "-H"
        rest = rest[2:] if takes_value else rest[1:]
    return rest


def _inside(command: Command) -> Iterator[Command]:
    """The commands in `bash -c '…'` and `su user -c '…'`."""
    if command.words[0] in {"sh", "bash", "dash", "su", "runuser"}:
        for option, script in zip(command.words, command.words[1:], strict=False):
            if re.fullmatch(r"-[a-z]*c|--command", option):
                yield from commands(script)
                return
