"""What all the parts of user data do together, as far as it can be read without running it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

import msgspec

from sgcheck.diagnose.servers import Deed, deeds
from sgcheck.diagnose.shell_words import Command, commands
from sgcheck.diagnose.userdata_parts import Kind, Part, UserData

_CONFIGURED = re.compile(
    r"(?i)(?:\blisten\s+(?:\S+:)?|\bserver\.port\s*=\s*|\bport\s*=\s*[\"']?|\.listen\(\s*|--port[= ])(\d{1,5})\b"
)


class Done(msgspec.Struct, frozen=True):
    """The deeds, with whether each is done at every boot; ports that configuration in it names; sudo: it is used.

    faults: what keeps parts of it from running.
    """

    deeds: tuple[tuple[Deed, bool], ...]
    ports: frozenset[int]
    sudo: bool
    faults: tuple[str, ...]

    @property
    def each(self) -> Iterator[Deed]:
        """The deeds alone."""
        return (deed for deed, _often in self.deeds)


def done_by(data: UserData) -> Done:
    """What the parts do, in their order."""
    found: list[tuple[Deed, bool]] = []
    faults: list[str] = []
    configs = []
    for part in data.parts:
        config, fault = _config(part) if part.kind is Kind.CONFIG else ({}, None)
        configs.append(config)
        faults += [fault] if fault else []
    always = any(_scripts_always(config) for config in configs)
    called: list[tuple[Command | Deed, bool]] = []
    for part, config in zip(data.parts, configs, strict=True):
        often = part.every_boot or (always and part.kind is Kind.SHELL)
        called += [*_of_config(config), *((command, often) for command in _of(part))]
    for command, often in called:
        each = deeds(command) if isinstance(command, Command) else [command]
        found += [(deed, often) for deed in each]
    told = (part.text for part in data.parts if part.kind in {Kind.SHELL, Kind.CONFIG})
    ports = {int(port) for text in told for port in _CONFIGURED.findall(text)}
    sudo = any(isinstance(command, Command) and command.sudo for command, _often in called)
    return Done(tuple(found), frozenset(ports), sudo, tuple(faults))


def _of(part: Part) -> Iterator[Command | Deed]:
    if part.kind is Kind.SHELL:
        yield from commands(part.text)
    elif part.kind is Kind.WINDOWS:
        yield from _windows(part.text)
    elif part.kind is Kind.OPAQUE:
        yield Deed(opaque=True)


_IIS = re.compile(
    r"(?i)(Install|Add)-WindowsFeature.*\bWeb-(Web)?Server\b|Enable-WindowsOptionalFeature.*\bIIS-WebServer"
)
_FETCHES = re.compile(
    r"(?i)\b(Invoke-WebRequest|Invoke-RestMethod|iwr|Start-BitsTransfer|DownloadFile|DownloadString|choco|winget)\b"
)


def _windows(text: str) -> Iterator[Deed]:
    """A web server that Windows brings starts once it is installed, and at every boot; the rest is not read."""
    iis = _IIS.search(text)
    if iis:
        yield Deed(starts="IIS", port=80, enables="IIS")
    if _FETCHES.search(text):
        yield Deed(needs=("a download", 443))
    yield Deed(opaque=True)


def _config(part: Part) -> tuple[dict[str, Any], str | None]:
    """The mapping of a cloud-config part, and what is wrong with it; what it says is never repeated."""
    import yaml

    try:
        found = yaml.safe_load(part.text)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = f" (line {mark.line + 1} of it)" if mark else ""
        return {}, f"its cloud-config is no YAML{line}: nothing of it is done"
    except (RecursionError, ValueError):
        return {}, "its cloud-config can't be read: nothing of it is done"
    if found is None:
        return {}, None
    if not isinstance(found, dict):
        return {}, "its cloud-config is no mapping: nothing of it is done"
    return found, None


def _of_config(config: dict[str, Any]) -> Iterator[tuple[Command | Deed, bool]]:
    """Packages and commands of a cloud-config; `bootcmd` runs at every boot, `runcmd` at the first one."""
    names = [_scalar(p[0] if isinstance(p, list) and p else p) for p in _items(config.get("packages"))]
    if names or config.get("package_update") or config.get("package_upgrade"):
        # Which package manager it is follows from the image; none of them asks.
        verb = "install" if names else "update"
        yield from ((_without_manager(deed), False) for deed in deeds(Command(("dnf", verb, "-y", *names))))
    for key, every in (("bootcmd", True), ("runcmd", False)):
        for item in _items(config.get(key)):
            if isinstance(item, list) and item:
                words = tuple(map(_scalar, item))
                yield Command((words[0].rpartition("/")[2] or words[0], *words[1:])), every
                yield from ((c, every) for c in _called(words))
            elif isinstance(item, str):
                yield from ((command, every) for command in commands(item))


def _called(words: tuple[str, ...]) -> Iterator[Command]:
    """What `[sh, -c, "…"]` runs."""
    if words[0].rpartition("/")[2] in {"sh", "bash"} and len(words) > 2 and re.fullmatch(r"-[a-z]*c", words[1]):
        yield from commands(words[2])


def _without_manager(deed: Deed) -> Deed:
    needs = ("the image's package mirror", 443) if deed.needs else None
    return msgspec.structs.replace(deed, manager=None, needs=needs)


def _scripts_always(config: dict[str, Any]) -> bool:
    """Whether it has scripts run at every boot: `cloud_final_modules: [[scripts-user, always]]`."""
    return any(
        isinstance(item, list) and item[:2] in (["scripts-user", "always"], ["scripts_user", "always"])
        for item in _items(config.get("cloud_final_modules"))
    )


def _scalar(value: object) -> str:
    """A word; what is no word (lists that aliases make huge) is none."""
    return str(value) if isinstance(value, str | int | float) else ""


def _items(value: object) -> Iterable[Any]:
    return value if isinstance(value, list) else []
