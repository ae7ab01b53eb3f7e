"""`--user-data`: whether what an instance runs at its first boot starts the server, and could get what it needs.

Nothing of user data itself is ever repeated, since people keep secrets in it; only what was recognised is named.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from sgcheck.diagnose.asked import Asked
from sgcheck.diagnose.evidence import Clue, Says
from sgcheck.diagnose.outbound import cut_off
from sgcheck.diagnose.servers import Deed, usual_port
from sgcheck.diagnose.userdata_deeds import Done, done_by
from sgcheck.diagnose.userdata_parts import UserData, take_apart
from sgcheck.sources.content import read_bytes

if TYPE_CHECKING:
    from sgcheck.model.network import Network

_OF_IMAGE = frozenset({22, 3389})
"""What images start by themselves: user data has no part in it."""
_SYSTEMS = (
    (r"al2023|amazon linux 2023", "Amazon Linux 2023"),
    (r"amzn2|al2-|amazon linux 2\b", "Amazon Linux 2"),
    (r"amzn-ami|amazon linux ami", "Amazon Linux AMI"),
    (r"ubuntu", "Ubuntu"),
    (r"debian", "Debian"),
    (r"rhel|red hat", "Red Hat Enterprise Linux"),
    (r"windows", "Windows"),
)
_LACKS = {
    "Amazon Linux 2023": frozenset({"apt", "apt-get", "aptitude", "zypper", "amazon-linux-extras"}),
    "Amazon Linux 2": frozenset({"apt", "apt-get", "aptitude", "zypper", "dnf", "microdnf"}),
    "Amazon Linux AMI": frozenset({"apt", "apt-get", "aptitude", "zypper", "dnf", "microdnf", "amazon-linux-extras"}),
    "Red Hat Enterprise Linux": frozenset({"apt", "apt-get", "aptitude", "zypper", "amazon-linux-extras"}),
    "Ubuntu": frozenset({"yum", "dnf", "microdnf", "zypper", "amazon-linux-extras"}),
    "Debian": frozenset({"yum", "dnf", "microdnf", "zypper", "amazon-linux-extras"}),
}
"""Package managers that a system does not come with (for the Extras Library: Amazon Linux 2 user guide, al2-extras)."""


def read(path: str, asked: Asked, network: Network | None = None, image: str | None = None) -> list[Clue]:
    """What the user data in the file at `path` says of the asked port.

    asked: its host is the instance. network: where the instance stands, for what user data has to fetch. image: its
    name or description, as far as it is known. Raises InputError where the file can't be read.
    """
    return judge(take_apart(read_bytes(path), path), asked, network, image)


def judge(data: UserData, asked: Asked, network: Network | None = None, image: str | None = None) -> list[Clue]:
    """What user data says of the asked port."""
    done = done_by(data)
    system = system_of(image)
    failed = [*data.faults, *done.faults, *_misfits(done, system), *_questions(done)]
    clues = [(Says.USER_DATA_FAILED, f"user data can't do what it should: {fault}") for fault in dict.fromkeys(failed)]
    clues += cut_off(network, asked.host, done.each, system) if network is not None and asked.host else []
    clues += _servers(data, done, asked)
    if done.sudo:
        clues.append((Says.NOTHING, "user data calls sudo, which it does not need: it runs as root"))
    clues += [(Says.NOTHING, f"user data: {note}") for note in data.notes]
    return [Clue(says, "user data", text, at=asked.host) for says, text in clues]


def system_of(image: str | None) -> str | None:
    """The system of an image by its name or description; None where that does not tell."""
    return next((name for shape, name in _SYSTEMS if re.search(shape, (image or "").lower())), None)


def _misfits(done: Done, system: str | None) -> Iterator[str]:
    """Package managers that the image's system does not have."""
    for manager in dict.fromkeys(deed.manager for deed in done.each if deed.manager):
        if manager in _LACKS.get(system or "", ()):
            yield f"it calls {manager}, which {system} does not have"


def _questions(done: Done) -> Iterator[str]:
    for asks in dict.fromkeys(deed.asks for deed in done.each if deed.asks):
        yield f"{asks} asks, and nobody is there to answer"


def _servers(data: UserData, done: Done, asked: Asked) -> Iterator[tuple[Says, str]]:
    """What is started, and whether it is what was asked for."""
    if asked.port in _OF_IMAGE and asked.protocol == "tcp":
        return
    started = _started(done)
    if not started:
        yield _nothing_started(data, done, asked)
        return
    port = asked.port
    here = [found for found in started if _is_on(found[0], port, done)]
    if not here:
        yield _elsewhere(started, done, asked)
        return
    for deed, lasts in here:
        if deed.loopback:
            yield Says.LISTENS_ON_LOOPBACK, f"user data starts {_name(deed)} on port {port} for the host itself only"
            continue
        yield Says.STARTS_SERVER, f"user data starts {_name(deed)}, which is to listen on port {port}"
        if not lasts:
            yield _once(deed)


def _started(done: Done) -> list[tuple[Deed, bool]]:
    """What runs now, and whether it comes back at every boot; a container engine is no server by itself."""
    enabled = {deed.enables for deed in done.each if deed.enables}
    found: dict[tuple[str, int | None, bool], tuple[Deed, bool]] = {}
    for deed, often in done.deeds:
        if deed.starts is not None and deed.starts != "docker":
            lasts = often or deed.starts in enabled or deed.enables is not None
            key = (deed.starts, deed.port, deed.loopback)
            before = found.get(key)
            found[key] = (deed, lasts or (before is not None and before[1]))
        for server in deed.install if deed.debian else ():
            if server != "docker":
                found.setdefault(
                    (server, usual_port(server), False), (Deed(starts=server, port=usual_port(server)), True)
                )
    return list(found.values())


def _is_on(deed: Deed, port: int, done: Done) -> bool:
    """Whether it is told to listen on a port: by its call, by configuration in user data, or by its own habit."""
    if port in done.ports and deed.port in {None, usual_port(deed.starts or "")}:
        return True
    return deed.port == port


def _elsewhere(started: list[tuple[Deed, bool]], done: Done, asked: Asked) -> tuple[Says, str]:
    told = [(_name(deed), deed.port) for deed, _lasts in started]
    unread = any(deed.opaque for deed in done.each)
    if done.ports or unread or any(port is None for _name_, port in told):
        names = " and ".join(dict.fromkeys(name for name, _port in told))
        return Says.STARTS_SERVER, f"user data starts {names}; where it listens is not told for certain"
    places = " and ".join(dict.fromkeys(f"{name} (port {port})" for name, port in told))
    return Says.LISTENS_ELSEWHERE, f"user data starts {places}, and nothing on port {asked.port}"


def _nothing_started(data: UserData, done: Done, asked: Asked) -> tuple[Says, str]:
    if not data.parts:
        return Says.STARTS_NO_SERVER, "there is no user data: only the image itself could start a server"
    if any(deed.opaque for deed in done.each):
        return Says.NOTHING, "user data starts no server that is recognised; it runs programs that are not read here"
    installed = dict.fromkeys(server for deed in done.each for server in deed.install if server != "docker")
    if not installed:
        return Says.STARTS_NO_SERVER, f"user data neither installs nor starts a server (port {asked.port})"
    names = " and ".join(installed)
    enabled = [deed.enables for deed in done.each if deed.enables in installed]
    if enabled:
        return (
            Says.STARTS_NO_SERVER,
            f"user data enables {names} for the next boot and does not start it (--now is missing)",
        )
    return Says.STARTS_NO_SERVER, f"user data installs {names} and does not start it (systemctl enable --now {names})"


def _once(deed: Deed) -> tuple[Says, str]:
    return (
        Says.STARTS_ONCE,
        f"user data starts {_name(deed)} at the instance's first boot only; nothing starts it after a stop and start",
    )


def _name(deed: Deed) -> str:
    return deed.starts or "a server of its own"
