"""docs/diagnosis.md is as the code has it. SGCHECK_UPDATE=1 writes it anew; read the difference before you commit it."""

from __future__ import annotations

import os
import re

from diagnose.diagnosis_page import PAGE, render

_SHOWN = re.compile(r"(?<=^```text\n)(?:(?!```).*\n)*(?=^```$)", re.MULTILINE)


def test_the_page_is_as_the_code_has_it():
    made = render()
    now = PAGE.read_text(encoding="utf-8") if PAGE.exists() else made
    shown = _SHOWN.search(now)
    made = _SHOWN.sub(lambda _match: shown[0] if shown else "", made, count=1)
    if os.environ.get("SGCHECK_UPDATE"):
        PAGE.write_text(made, encoding="utf-8")
    assert PAGE.read_text(encoding="utf-8") == made
