"""What is shipped and what is promised: the wheel, the source archive, and the README's own commands."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
import sysconfig
import tarfile
import zipfile
from itertools import pairwise
from pathlib import Path

import pytest
from fences import Fence, fences

from sgcheck._version import __version__

CHECKOUT = Path(__file__).resolve().parents[1]
# What the README tells people to do once, before the commands that it shows the answers of.
SETUP = re.compile(r"(\S*python[\d.]*\s+-m\s+(venv|pip|pytest)|\S*pip[\d.]*|git|cd|source|\.|pytest|deactivate)(\s|$)")


def run(*command: str | Path, cwd: Path, **environment: str) -> str:
    """Run a program that must succeed and return what it prints."""
    done = subprocess.run(
        [str(word) for word in command],
        cwd=cwd,
        env={key: value for key, value in os.environ.items() if key != "SGCHECK_INPUT"} | environment,
        capture_output=True,
        encoding="utf-8",
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, f"{command}\n{done.stdout}{done.stderr}"
    return done.stdout


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with the wheel and the source archive, built from a copy without what git ignores."""
    place = tmp_path_factory.mktemp("built")
    source = place / "source"
    ignored = shutil.ignore_patterns(".git", "venv", ".venv", "__pycache__", ".*_cache", ".hypothesis", "dist", "build")
    shutil.copytree(CHECKOUT, source, ignore=ignored)
    # With the build backend of this environment, so that nothing is downloaded. The wheel is built from the archive.
    run(sys.executable, "-m", "build", "--no-isolation", "--outdir", place, source, cwd=place)
    return place


def only(place: Path, pattern: str) -> Path:
    (found,) = place.glob(pattern)
    return found


def test_the_wheel_holds_the_package_and_the_rule_book(built):
    with zipfile.ZipFile(only(built, "*.whl")) as wheel:
        names = set(wheel.namelist())
    modules = {path.relative_to(CHECKOUT).as_posix() for path in (CHECKOUT / "sgcheck").rglob("*.py")}
    pages = {f"sgcheck/rules/{path.relative_to(CHECKOUT / 'rules').as_posix()}" for path in CHECKOUT.glob("rules/*.md")}
    assert pages
    ladders = {path.relative_to(CHECKOUT).as_posix() for path in CHECKOUT.glob("sgcheck/diagnose/guide/pages/*.md")}
    assert ladders
    assert modules | pages | ladders | {"sgcheck/py.typed"} <= names
    info = f"sgcheck-{__version__}.dist-info/"
    assert [name for name in names if not name.startswith(("sgcheck/", info))] == []


def test_the_source_archive_holds_what_the_checks_need(built):
    with tarfile.open(only(built, "*.tar.gz")) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    tops = ("sgcheck", "tests", "rules", "examples", "docs")
    files = [path.relative_to(CHECKOUT) for top in tops for path in (CHECKOUT / top).rglob("*") if path.is_file()]
    # What git ignores here is a cache: compiled modules, and the folders of the tools, which begin with a dot.
    wanted = {path.as_posix() for path in files if not any(part.startswith((".", "__py")) for part in path.parts)}
    single = {".ci/run", ".github/workflows/ci.yml", "pyproject.toml", "README.md"}
    single |= {"LICENSE", "CHANGELOG.md", "CONTRIBUTING.md"}
    assert (wanted | single) - names == set()


def test_the_wheel_works_in_an_environment_of_its_own(built, tmp_path):
    run(sys.executable, "-m", "venv", "--without-pip", tmp_path / "venv", cwd=tmp_path)
    scripts = tmp_path / "venv" / ("Scripts" if os.name == "nt" else "bin")
    wheel = only(built, "*.whl")
    pip = (sys.executable, "-m", "pip", "--python", scripts / "python")
    run(*pip, "install", "--no-deps", "--no-index", wheel, cwd=tmp_path)
    # The dependencies are borrowed from here, after the environment's own packages, so that nothing is downloaded.
    where = run(scripts / "python", "-c", "import sysconfig; print(sysconfig.get_path('purelib'))", cwd=tmp_path)
    borrowed = {sysconfig.get_path("purelib"), sysconfig.get_path("platlib")}
    (Path(where.strip()) / "borrowed.pth").write_text("\n".join(sorted(borrowed)), encoding="utf-8")
    origin = run(scripts / "python", "-c", "import sgcheck; print(sgcheck.__file__)", cwd=tmp_path, PYTHONPATH="")
    assert Path(origin.strip()).is_relative_to(tmp_path / "venv")
    for command in ([scripts / "sgcheck"], [scripts / "python", "-m", "sgcheck"]):
        assert __version__ in run(*command, "--version", cwd=tmp_path, PYTHONPATH="").split()


def commands(body: str) -> list[str]:
    """Return the block's commands, with continued lines joined, and without comments and what only sets up."""
    lines = [line.strip() for line in body.replace("\\\n", " ").splitlines()]
    return [line for line in lines if line and not line.startswith("#") and not SETUP.match(line)]


def readme() -> list[Fence]:
    return fences((CHECKOUT / "README.md").read_text(encoding="utf-8"))


def shown() -> list[tuple[str, str]]:
    """Return (commands, output) of each `sh` block that a `text` block follows."""
    pairs = pairwise(readme())
    return [(this.body, after.body) for this, after in pairs if (this.info, after.info) == ("sh", "text")]


@pytest.fixture
def visitor(tmp_path: Path) -> Path:
    """Return a folder as somebody has it who followed the README: the examples, and an environment that has sgcheck."""
    shutil.copytree(CHECKOUT / "examples", tmp_path / "examples")
    scripts = tmp_path / ".venv" / "bin"
    scripts.mkdir(parents=True)
    for name, words in (("sgcheck", ["-m", "sgcheck"]), ("python", []), ("python3", [])):
        shim = scripts / name
        shim.write_text(f'#!/bin/sh\nexec {shlex.join([sys.executable, *words])} "$@"\n', encoding="utf-8")
        shim.chmod(0o755)
    return tmp_path


def test_the_readme_first_shows_an_answer_and_then_the_tests():
    shell = [fence.body for fence in readme() if fence.info == "sh"]
    assert any("sgcheck explain" in line for line in commands(shell[0]))
    assert shell[0] == shown()[0][0]
    assert "python -m pytest" in shell[1]


def test_the_readme_shows_what_the_commands_print(visitor):
    path = os.pathsep.join([str(visitor / ".venv" / "bin"), os.environ["PATH"]])
    for body, output in shown():
        script = "\n".join(commands(body))
        assert script, f"nothing to run in {body!r}"
        printed = run("bash", "-euo", "pipefail", "-c", script, cwd=visitor, PATH=path, PYTHONPATH=str(CHECKOUT))
        assert printed.rstrip() == output.rstrip()


def test_setting_up_is_told_from_asking():
    setup = "python3 -m venv .venv && . .venv/bin/activate\n.venv/bin/pip install .\n"
    body = setup + "# ask\nsgcheck explain \\\n  --from a\n"
    assert commands(body) == ["sgcheck explain    --from a"]


def test_a_fence_is_closed_by_as_many_marks_as_opened_it():
    page = "````markdown\n```sh\ninner\n```\n````\n\n```sh\nouter\n```\n"
    assert fences(page) == [Fence("markdown", "```sh\ninner\n```\n"), Fence("sh", "outer\n")]
