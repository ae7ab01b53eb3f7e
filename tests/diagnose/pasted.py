"""What people paste: complete lines as the programs printed them (`pasted/PROGRAM.txt`), and what each says was observed.

Those of OpenSSH 9.2, curl 7.88, wget 1.21, psql 15, Node 20, Java 17 and requests 2 were printed by them on a machine with sockets that refuse,
reset, close and stall; the others come from reports of people who met them, or have the words of the program that prints them. `== SYMPTOM ...`
heads each.
"""

from __future__ import annotations

from pathlib import Path

_FOLDER = Path(__file__).with_name("pasted")


def _read(path: Path) -> tuple[str, tuple[tuple[str, str], ...]]:
    head, *blocks = path.read_text(encoding="utf-8").split("\n== ")
    parts = (block.partition("\n") for block in blocks)
    return head.removeprefix("# ").strip(), tuple((text.rstrip("\n"), symptoms) for symptoms, _newline, text in parts)


PASTED = dict(_read(path) for path in sorted(_FOLDER.glob("*.txt")))
"""By program, the texts and the symptoms that each may mean."""
