"""`rules --format json`: schema `sgcheck.rules/1`, spelled field by field."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from sgcheck.render.encode import document

if TYPE_CHECKING:
    from sgcheck.lint.rule import Rule

SCHEMA = "sgcheck.rules/1"


def render(rules: Sequence[Rule]) -> str:
    """Return the rules as JSON, by id, ending with a newline."""
    return document(
        {
            "schema": SCHEMA,
            "rules": [
                {
                    "id": rule.id,
                    "name": rule.name,
                    "severity": rule.severity.word,
                    "optional": rule.optional,
                    "check": rule.check_name,
                    "tags": rule.tags,
                    "equivalents": rule.equivalents,
                    "references": rule.references,
                    "what": rule.what,
                    "why": rule.why,
                    "fix": rule.fix,
                }
                for rule in rules
            ],
        }
    )
