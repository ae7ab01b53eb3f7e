"""Commands that matter to who listens: what installs a server, starts one, or needs the network for it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

import msgspec

from sgcheck.diagnose.shell_words import Command

_PORTS: dict[str, int | None] = {
    "httpd": 80, "apache2": 80, "nginx": 80, "caddy": 80, "lighttpd": 80, "haproxy": None, "tomcat": 8080,
    "jenkins": 8080, "docker": None, "mariadb": 3306, "mysql": 3306, "postgresql": 5432, "redis": 6379, "valkey": 6379,
    "mongod": 27017,
    "memcached": 11211, "vsftpd": 21, "sshd": 22, "grafana-server": 3000, "prometheus": 9090, "elasticsearch": 9200,
    "opensearch": 9200, "rabbitmq-server": 5672, "squid": 3128, "kubelet": 10250,
}  # fmt: skip
"""Servers by the name of their unit, and the port of their own configuration where there is one."""
_ALIASES = (
    (r"(lib)?apache2?(-bin)?|apachectl|apache2ctl|httpd(24)?", "httpd"),
    (r"nginx(1|-(core|full|light|extras|mainline))?", "nginx"),
    (r"(mariadb|mysql)[\d.]*(-community)?-server([-.\d]*)|mariadb|mysql[d]?", "mysql"),
    (r"postgresql[\d.]*(-server|-\d+)?", "postgresql"),
    (r"(redis)[\d.]*(-server)?", "redis"),
    (r"tomcat[\d.]*(-webapps)?", "tomcat"),
    (r"docker(\.io|-ce|-engine)?", "docker"),
    (r"mongodb(-org|-server)?|mongod", "mongod"),
    (r"openssh-server|sshd?", "sshd"),
    (r"grafana(-server|-enterprise)?", "grafana-server"),
)
_DEBIAN = frozenset({"apt", "apt-get", "aptitude"})
_RPM = frozenset({"yum", "dnf", "microdnf", "amazon-linux-extras", "zypper"})
_HARMLESS = frozenset({
    ":", "[", "[[", "adduser", "awk", "aws", "base64", "cat", "cd", "chgrp", "chmod", "chown", "cloud-init", "cp",
    "cut", "date", "dd", "declare", "df", "echo", "exit", "export", "false", "find", "getent", "grep", "groupadd",
    "groups", "gunzip", "gzip", "head", "hostname", "hostnamectl", "id", "jq", "ln", "local", "logger", "ls",
    "lsb_release", "mkdir", "mkfs", "mount", "mv", "printf", "ps", "pwd", "read", "readlink", "return", "rm",
    "rmdir", "sed", "set", "setenforce", "sleep", "sort", "ss", "stat", "swapon", "sync", "sysctl", "tail", "tar",
    "tee", "test", "timedatectl", "touch", "tr", "true", "umask", "umount", "uname", "uniq", "unset", "unzip",
    "useradd", "usermod", "wait", "wc", "which", "whoami", "xargs",
})  # fmt: skip
"""Programs that start nothing."""


class Deed(msgspec.Struct, frozen=True):
    """What a command does, in as few words as matter.

    install: servers among the packages; debian: by a package manager that starts what it installs. starts: the server
    that runs now, "" for one whose name tells nothing; port: where it listens, None where that is not told; loopback:
    for the host itself only. enables: the server that every boot starts. needs: what it fetches, and from which port;
    manager: the package manager it calls. asks: it waits for an answer that nobody gives. opaque: it is not known.
    """

    install: tuple[str, ...] = ()
    debian: bool = False
    starts: str | None = None
    port: int | None = None
    loopback: bool = False
    enables: str | None = None
    needs: tuple[str, int] | None = None
    manager: str | None = None
    asks: str | None = None
    opaque: bool = False


def server_named(word: str) -> str | None:
    """The server that a package or a unit is, None where it is none that is known."""
    name = word.lower().removesuffix(".service").partition("=")[0].partition("@")[0]
    alias = next((server for shape, server in _ALIASES if re.fullmatch(shape, name)), name)
    return alias if alias in _PORTS else None


def usual_port(server: str) -> int | None:
    """Where a server listens unless its configuration is changed."""
    return _PORTS.get(server)


def deeds(command: Command) -> Iterator[Deed]:
    """What one command does."""
    program, arguments = command.words[0], command.words[1:]
    if program in _DEBIAN | _RPM:
        yield from _packages(program, arguments)
    elif program in {"systemctl", "service", "chkconfig", "rc-service", "update-rc.d"}:
        yield from _units(program, arguments)
    elif program in {"curl", "wget"}:
        yield from _download(arguments)
    else:
        yield _other(command, arguments)


def _packages(manager: str, arguments: Sequence[str]) -> Iterator[Deed]:
    options = [a for a in arguments if a.startswith("-")]
    words = [a for a in arguments if not a.startswith("-")]
    verb = words[0] if words else ""
    if verb not in {"install", "update", "upgrade", "groupinstall", "localinstall", "dist-upgrade", "reinstall"}:
        yield Deed(manager=manager)
        return
    servers = tuple(dict.fromkeys(filter(None, map(server_named, words[1:])))) if "install" in verb else ()
    sure = any(
        re.fullmatch(r"-[a-z]*y[a-z]*|--(yes|assumeyes|assume-yes|non-interactive|noninteractive)|-qq", o)
        for o in options
    )
    only_lists = manager in _DEBIAN and verb == "update"
    asks = None if sure or only_lists else f"{manager} {verb} without -y"
    mirror = ("the package mirror of apt", 80) if manager in _DEBIAN else (f"the package mirror of {manager}", 443)
    yield Deed(servers, manager in _DEBIAN, needs=mirror, manager=manager, asks=asks)


def _units(program: str, arguments: Sequence[str]) -> Iterator[Deed]:
    words = [a for a in arguments if not a.startswith("-")]
    if program == "systemctl":
        verb, units = (words[0], words[1:]) if words else ("", [])
    else:
        verb, units = (words[1] if len(words) > 1 else ""), words[:1]
    starts = verb in {"start", "restart", "reload-or-restart", "try-restart"} or (
        verb == "enable" and "--now" in arguments
    )
    enables = verb in {"enable", "reenable", "on", "defaults"}
    for unit in units:
        server = server_named(unit) or ""
        yield Deed(
            starts=server if starts else None,
            port=usual_port(server) if starts else None,
            enables=server if enables else None,
        )


def _download(arguments: Sequence[str]) -> Iterator[Deed]:
    for word in arguments:
        found = re.match(r"(?P<scheme>https?|ftp)://(?P<host>\[[^\]]*\]|[^/:\s]+)(:(?P<port>\d{1,5}))?", word)
        if found is None or found["host"].startswith(("169.254.", "127.", "localhost", "[fd00:ec2")):
            continue
        port = int(found["port"]) if found["port"] else {"http": 80, "https": 443, "ftp": 21}[found["scheme"]]
        yield Deed(needs=("a download", port))


_OPTION = re.compile(r"(?:--?(?:port|p|bind|b|listen|http-port|server\.port)|-Dserver\.port)(?:=(.+))?")
_ADDRESS = re.compile(r"(?:(?P<host>\[[^\]]*\]|[^:/\s]*):)?(?P<port>\d{1,5})")
_OWN_HOST = frozenset({"127.0.0.1", "localhost", "[::1]", "::1"})


def _other(command: Command, arguments: Sequence[str]) -> Deed:
    program = re.sub(r"(?<=[a-z])[\d.]+$", "", command.words[0])
    if program == "docker" or command.words[0] == "docker-compose":
        return _docker(command.words)
    if program in {"git", "pip", "npm", "yarn", "gem", "composer", "go", "cargo", "snap"}:
        if program == "npm" and arguments[:1] in ((("start"),), ("run",)):
            return Deed(starts="", port=_told_port(arguments))
        return Deed(needs=(f"what {program} fetches", 443))
    known = _SERVING.get(program)
    if known is not None:
        return known.read(arguments)
    if server_named(program) and program not in {"mysql", "redis", "docker"}:
        server = server_named(program) or ""
        return Deed(starts=server, port=usual_port(server)) if "stop" not in arguments else Deed()
    if program in {"bash", "sh"} and any(re.fullmatch(r"-[a-z]*c", a) for a in arguments):
        return Deed()  # what it runs is read by itself
    asks = "read -p" if program == "read" and "-p" in arguments else None
    return Deed(asks=asks, opaque=program not in _HARMLESS)


def _docker(words: Sequence[str]) -> Deed:
    verbs = [w for w in words[1:] if not w.startswith("-")]
    fetch = ("a container image", 443)
    kept = "" if any(w.startswith("--restart") for w in words) else None
    if words[0] == "docker-compose" or verbs[:1] == ["compose"]:
        return Deed(starts="", needs=fetch) if "up" in verbs else Deed()
    if verbs[:1] not in (["run"], ["start"]):
        return Deed(needs=fetch if verbs[:1] in (["pull"], ["build"]) else None)
    for option, value in pairwise(words):
        if option in {"-p", "--publish"}:
            mapped = re.fullmatch(r"(?:(?P<host>[\d.]+|\[[^\]]*\]):)?(?P<port>\d{1,5}):\d{1,5}(?:/tcp)?", value)
            if mapped:
                return Deed(
                    starts="", port=int(mapped["port"]), loopback=mapped["host"] in _OWN_HOST, enables=kept, needs=fetch
                )
    return Deed(starts="", enables=kept, needs=fetch)


def _told_port(arguments: Sequence[str]) -> int | None:
    found = _told(arguments)
    return found[1] if found else None


def _told(arguments: Sequence[str]) -> tuple[str | None, int] | None:
    """The address and the port that an option gives."""
    for index, argument in enumerate(arguments):
        option = _OPTION.fullmatch(argument)
        if option is None:
            continue
        value = option[1] or (arguments[index + 1] if index + 1 < len(arguments) else "")
        address = _ADDRESS.fullmatch(value)
        if address and int(address["port"]) < 65536:
            return address["host"] or None, int(address["port"])
    return None


class _Serving(msgspec.Struct, frozen=True):
    """A program that may serve: when (`only`: with this argument), its usual port, and whether for itself only."""

    port: int | None
    loopback: bool = False
    only: str | None = None
    positional: bool = False

    def read(self, arguments: Sequence[str]) -> Deed:
        """What a call of it does."""
        if self.only is not None and self.only not in arguments:
            return Deed(opaque=True)
        host, port = _told(arguments) or (None, None)
        behind = arguments[arguments.index(self.only) + 1 :] if self.only else arguments
        if self.positional and port is None:
            address = next((a for word in behind if (a := _ADDRESS.fullmatch(word))), None)
            host, port = (address["host"], int(address["port"])) if address else (host, port)
        named = next((v for o, v in pairwise(arguments) if o in {"--host", "--bind", "-h"}), None)
        named = next((a.partition("=")[2] for a in arguments if a.startswith(("--host=", "--bind="))), named)
        bound = host or named
        loopback = self.loopback if bound is None else bound in _OWN_HOST or bound.startswith("127.0.0.1")
        return Deed(starts="", port=port or self.port, loopback=loopback)


_SERVING = {
    "python": _Serving(8000, only="http.server", positional=True),
    "php": _Serving(None, only="-S", positional=True),
    "node": _Serving(None),
    "java": _Serving(None),
    "pm2": _Serving(None),
    "gunicorn": _Serving(8000, loopback=True),
    "uvicorn": _Serving(8000, loopback=True),
    "flask": _Serving(5000, loopback=True, only="run"),
    "nc": _Serving(None),
    "bootstrap.sh": _Serving(10250),
}
"""Programs that serve: ports and addresses as their own documentation has them when nothing else is told."""
