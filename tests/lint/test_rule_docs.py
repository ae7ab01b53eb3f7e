"""docs/rules/ is made from the pages of the rules. SGCHECK_UPDATE=1 makes it anew."""

from __future__ import annotations

import os

from lint.lab import RULES
from sgcheck.render import rules_markdown


def test_the_pages_of_the_documentation_are_those_of_the_rules(checkout):
    folder = checkout / "docs" / "rules"
    made = {rules_markdown.file_name(rule): rules_markdown.render(rule) for rule in RULES}
    made["README.md"] = rules_markdown.render_index(RULES)
    if os.environ.get("SGCHECK_UPDATE"):
        folder.mkdir(exist_ok=True)
        for old in folder.glob("*.md"):
            old.unlink()
        for name, text in made.items():
            (folder / name).write_text(text, encoding="utf-8")
    assert {page.name: page.read_text(encoding="utf-8") for page in folder.glob("*.md")} == made
