"""`--console`: what the console output of an instance says of its last boot (`aws ec2 get-console-output`).

Only what is recognised is told; scripts of user data write to the console, too, and what they write may be secret.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import NamedTuple

from sgcheck.diagnose.asked import Asked
from sgcheck.diagnose.evidence import Clue, Says
from sgcheck.diagnose.hostfile import as_text, out_of_base64
from sgcheck.diagnose.servers import usual_port
from sgcheck.errors import InputError
from sgcheck.sources.content import read_bytes


class _Sign(NamedTuple):
    """A line that a system writes by itself, and what it says."""

    shape: str
    says: Says
    text: str


_SIGNS = (
    _Sign(r"Kernel panic - not syncing", Says.IMPAIRED, "the kernel panicked"),
    _Sign(r"VFS: (Unable to mount|Cannot open) root", Says.IMPAIRED, "the kernel found no root file system"),
    _Sign(
        r"(You are|Entering|Starting) (in )?[Ee]mergency [Mm]ode|Give root password for maintenance"
        r"|Cannot open access to console, the root account is locked",
        Says.IMPAIRED,
        "the system stopped in emergency mode (an entry of /etc/fstab, or a full or broken file system)",
    ),
    _Sign(r"fsck (died|failed) with|UNEXPECTED INCONSISTENCY", Says.IMPAIRED, "a file system could not be repaired"),
    _Sign(r"Unable to load SELinux Policy.*Halting", Says.IMPAIRED, "SELinux halted the system"),
    _Sign(r"different MAC address than expected", Says.IMPAIRED, "the image is configured for another network card"),
    _Sign(
        r"Failed to start (LSB: Bring up/down networking|Raise network interfaces|Network (Service|Manager)"
        r"|Network Configuration|network(ing)?\.service|systemd-networkd\.service|NetworkManager\.service)",
        Says.IMPAIRED,
        "the network service failed to start",
    ),
    _Sign(
        r"169\.254\.169\.254\S*.*(timed out|[Tt]imeout|Giving up|unreachable)",
        Says.IMPAIRED,
        "cloud-init got no answer from the instance metadata service, so it had neither key nor user data",
    ),
    _Sign(r"Failed to run module scripts.user", Says.USER_DATA_FAILED, "a script of user data ended with an error"),
    _Sign(r"Exec format error", Says.USER_DATA_FAILED, "a script does not begin with #! and its interpreter"),
    _Sign(
        r"Unhandled (non-multipart|unknown content-type)",
        Says.USER_DATA_FAILED,
        "cloud-init did not know what user data is",
    ),
    _Sign(
        r"Failed (loading yaml|at merging in cloud config)|Invalid cloud-config|not valid (yaml|cloud-config)",
        Says.USER_DATA_FAILED,
        "cloud-init could not read the cloud-config",
    ),
    _Sign(
        r"/var/lib/cloud/instance/scripts/\S+: (line )?\d+: .*not found",
        Says.USER_DATA_FAILED,
        "a command of user data was not found",
    ),
    _Sign(
        r"Curl error \((6|7|28)\)|Temporary failure resolving|Could not resolve host|Cannot find a valid baseurl"
        r"|Failed to download metadata for repo|Unable to fetch some archives|Could not connect to \S+:\d+",
        Says.USER_DATA_CUT_OFF,
        "a package mirror or a download was not reached",
    ),
    _Sign(r"Out of memory: Kill|oom-kill:", Says.NOTHING, "processes were killed for want of memory"),
    _Sign(r"No space left on device", Says.NOTHING, "a file system is full"),
    _Sign(
        r"no authorized SSH keys fingerprints found",
        Says.NOTHING,
        "cloud-init found no SSH key for a user (was a key pair named at launch?)",
    ),
)
_SERVERS = {
    "sshd": r"OpenSSH server daemon|OpenBSD Secure Shell server|sshd?\.service",
    "httpd": r"The Apache HTTP Server|LSB: Apache2 web server|(httpd|apache2)\.service",
    "nginx": r"The nginx HTTP|A high performance web server|nginx\.service",
    "mysql": r"MariaDB|MySQL|(mariadb|mysqld?)\.service",
    "postgresql": r"PostgreSQL|postgresql\S*\.service",
    "redis": r"Redis|Advanced key-value store|redis\S*\.service",
    "tomcat": r"Apache Tomcat|tomcat\S*\.service",
    "docker": r"Docker Application Container Engine|docker\.service",
}
"""How systemd names servers in `Failed to start …`."""
_BOOT = re.compile(r"^.*\bLinux version \d", re.MULTILINE)
_ESCAPES = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
_DEVICE = re.compile(r"ci-info: \|\s*(?P<name>[\w.@-]+):?\s*\|\s*(?P<up>True|False)\s*\|\s*(?P<address>\S+)\s*\|")


def read(path: str, asked: Asked) -> list[Clue]:
    """What the console output in the file at `path` says: the JSON of get-console-output, or its text.

    Raises InputError where the file can't be read.
    """
    text, since = _output(read_bytes(path), path)
    return [Clue(says, "console output", said, at=asked.host, since=since) for says, said in judge(text, asked)]


def judge(text: str, asked: Asked) -> Iterator[tuple[Says, str]]:
    """What console output says of the last boot in it, and of the asked port."""
    if not text.strip():
        yield Says.NOTHING, "there is no console output: it comes some minutes after a boot"
        return
    boot = _last_boot(_ESCAPES.sub("", text))
    before = "at its last boot, "
    found = [(sign.says, before + sign.text) for sign in _SIGNS if re.search(sign.shape, boot)]
    found += [*_devices(boot), *_failed_servers(boot, asked)]
    yield from found
    if not re.search(r"Cloud-init v\. .*finished at", boot) and re.search(r"Cloud-init v\. .*running", boot):
        yield Says.NOTHING, f"{before}cloud-init had not finished when this was written: user data may run still"
    elif not found:
        yield Says.NOTHING, "the console output shows nothing that is known to keep a host from answering"


def _output(data: bytes, where: str) -> tuple[str, str | None]:
    """The text, and when it was last updated."""
    text = as_text(data)
    since = None
    if text.lstrip().startswith("{"):
        try:
            found = json.loads(text, strict=False)
        except (json.JSONDecodeError, RecursionError) as error:
            line = getattr(error, "lineno", 1)
            raise InputError(f"{where}:{line}: no JSON as `aws ec2 get-console-output` prints it") from None
        if "InstanceId" not in found and "Output" not in found:
            raise InputError(f"{where}: expected what `aws ec2 get-console-output` prints, with Output in it")
        output, stamp = found.get("Output"), found.get("Timestamp")
        text, since = output if isinstance(output, str) else "", stamp if isinstance(stamp, str) else None
    inner = out_of_base64(text)  # as the API itself gives it
    if inner is not None:
        text = as_text(inner)
    return text, since


def _last_boot(text: str) -> str:
    """From the kernel's last first words on; the whole text where they are cut off."""
    starts = [match.start() for match in _BOOT.finditer(text)]
    return text[starts[-1] :] if starts else text


def _devices(boot: str) -> Iterator[tuple[Says, str]]:
    """Whether cloud-init saw a network card with an address (its table "Net device info")."""
    rows = [(m["name"], m["up"] == "True" and m["address"] != ".") for m in _DEVICE.finditer(boot)]
    cards = {name for name, _works in rows if name != "lo"}
    working = {name for name, works in rows if works and name != "lo"}
    if cards and not working:
        yield Says.IMPAIRED, f"at its last boot, {' and '.join(sorted(cards))} had no address"


def _failed_servers(boot: str, asked: Asked) -> Iterator[tuple[Says, str]]:
    """Servers that systemd could not start, and the asked one among them."""
    for server, names in _SERVERS.items():
        if re.search(rf"Failed to start (\S+ - )?({names})", boot):
            mine = usual_port(server) == asked.port and asked.protocol == "tcp"
            yield Says.NOTHING_LISTENS if mine else Says.NOTHING, f"at its last boot, {server} failed to start"
