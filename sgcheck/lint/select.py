"""Which rules are meant: by id, name, severity, tag, or what others call them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from difflib import get_close_matches
from fnmatch import fnmatchcase

from sgcheck.errors import UnknownNameError
from sgcheck.lint.rule import Rule
from sgcheck.lint.severity import WORDS

OPTIONAL = "optional"
"""What means every rule that is not looked at unless somebody asks for it."""


def matches(rule: Rule, word: str) -> bool:
    """Whether `word` means the rule.

    Case does not matter, * and ? stand for anything: an id (`SG101`), a name (`open-*`), a severity (`high`), a tag
    (`internet`), what others call it (`EC2.13`, `CKV_AWS_24`), a word of that (`CIS`), or `optional`.
    """
    pattern = word.lower()
    known = [rule.id, rule.name, rule.severity.word, *rule.tags, *rule.equivalents]
    known += [word for one in rule.equivalents for word in one.split(" ")]
    known += [OPTIONAL] if rule.optional else []
    return any(fnmatchcase(one.lower(), pattern) for one in known)


def chosen(rules: Sequence[Rule], select: Iterable[str], ignore: Iterable[str]) -> tuple[Rule, ...]:
    """The rules that any word of `select` means, without what `ignore` means; without words all that aren't optional.

    Raises UnknownNameError for a word that means no rule.
    """
    wanted, unwanted = list(_words(select)), list(_words(ignore))
    for option, words in (("--select", wanted), ("--ignore", unwanted)):
        for word in words:
            if not any(matches(rule, word) for rule in rules):
                raise UnknownNameError(f"{option} {word}: no rule is called so", _near(rules, word))
    kept = [rule for rule in rules if _asked(rule, wanted)]
    return tuple(rule for rule in kept if not any(matches(rule, word) for word in unwanted))


def _asked(rule: Rule, wanted: Sequence[str]) -> bool:
    return any(matches(rule, word) for word in wanted) if wanted else not rule.optional


def find_rule(rules: Sequence[Rule], word: str) -> Rule:
    """The rule with this id or name. Raises UnknownNameError, which offers the nearest."""
    for rule in rules:
        if word.lower() in (rule.id.lower(), rule.name):
            return rule
    raise UnknownNameError(f"no rule is called {word!r}", _near(rules, word))


def _words(given: Iterable[str]) -> Iterable[str]:
    return (word.strip() for text in given for word in text.split(",") if word.strip())


def _near(rules: Sequence[Rule], word: str) -> str:
    known = {one.lower(): one for rule in rules for one in (rule.id, rule.name, *rule.tags, *rule.equivalents)}
    near = [known[one] for one in get_close_matches(word.lower(), known)]
    if near:
        return f"Did you mean {' or '.join(near)}?"
    return (
        f"Write an id, a name, a tag, a severity ({', '.join(WORDS)}) or what others call a rule; see `sgcheck rules`."
    )
