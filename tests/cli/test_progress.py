"""What is shown while a long survey runs: nothing for two seconds and off terminals, then how much has been asked."""

from __future__ import annotations

import io

import pytest

from sgcheck.cli import progress
from sgcheck.reach.pulse import EVERY, Pulse, watching


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def interrupted() -> None:
    with progress.counted():
        ask(4 * EVERY)
        raise KeyboardInterrupt


def on_terminal(monkeypatch) -> Terminal:
    """Standard error as a person sees it; asked for in the test itself, since capturing begins after fixtures."""
    shown = Terminal()
    monkeypatch.setattr("sys.stderr", shown)
    return shown


def ask(pairs: int) -> None:
    pulse = Pulse()
    for _ in range(pairs):
        pulse.beat()


def test_a_survey_tells_now_and_then_how_much_it_has_asked():
    told: list[int] = []
    with watching(told.append):
        ask(2 * EVERY + 1)
    ask(EVERY)  # nobody watches any more
    assert told == [EVERY, 2 * EVERY]


def test_a_long_survey_is_counted_on_a_terminal(monkeypatch):
    terminal = on_terminal(monkeypatch)
    monkeypatch.setattr(progress, "PATIENCE", 0.0)
    with progress.counted():
        ask(4 * EVERY)
    assert f"{4 * EVERY:,} pairs asked about" in terminal.getvalue()
    assert terminal.getvalue().endswith("\r\x1b[K")


def test_a_short_one_says_nothing(monkeypatch):
    terminal = on_terminal(monkeypatch)
    with progress.counted():
        ask(4 * EVERY)
    assert terminal.getvalue() == ""


def test_nothing_is_counted_off_terminals(monkeypatch, capsys):
    monkeypatch.setattr(progress, "PATIENCE", 0.0)
    with progress.counted():
        ask(4 * EVERY)
    assert capsys.readouterr().err == ""


def test_an_interrupted_survey_takes_its_line_away(monkeypatch):
    terminal = on_terminal(monkeypatch)
    monkeypatch.setattr(progress, "PATIENCE", 0.0)
    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert terminal.getvalue().endswith("\r\x1b[K")
    with watching(lambda _asked: pytest.fail("somebody else's watch")):
        ask(1)
