"""A network of its own for probes: a namespace that one thread enters, with a TUN device on which a host answers as it
is told, and a TAP device on whose wire there is nobody. Nothing that is sent in it leaves it.
"""

from __future__ import annotations

import ctypes
import fcntl
import os
import select
import socket
import struct
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from ipaddress import ip_address
from pathlib import Path
from typing import Any, TypeVar

import pytest

T = TypeVar("T")
Answers = Callable[[bytes], bytes | None]

HERE = {4: "198.18.0.1", 6: "2001:db8:5::1"}
"""This machine, on the wire with the host (RFC 2544, RFC 3849)."""
THERE = {4: "198.18.0.2", 6: "2001:db8:5::2"}
ROUTER = {4: "198.18.0.254", 6: "2001:db8:5::fe"}
LONELY = {4: "198.18.1.1", 6: "2001:db8:6::1"}
"""This machine, on the wire with nobody."""
ABSENT = {4: "198.18.1.2", 6: "2001:db8:6::2"}
ELSEWHERE = {4: "203.0.113.9", 6: "2001:db8:7::9"}
"""Where this machine has no route to."""

_CLONE_NEWNET = 0x40000000
_TUNSETIFF, _IFF_TUN, _IFF_TAP, _IFF_NO_PI = 0x400454CA, 1, 2, 0x1000
_SIOCSIFFLAGS, _SIOCSIFADDR, _SIOCSIFNETMASK, _SIOCGIFINDEX = 0x8914, 0x8916, 0x891C, 0x8933
_UP_RUNNING = 0x41


class Bench:
    """The namespace. `run` calls a function in it; `answers` is what the host does with a packet, None: it drops it."""

    def __init__(self) -> None:
        self.answers: Answers = _drop
        self.seen: list[bytes] = []
        self._wake, self._stop = os.pipe()
        self._inside = ThreadPoolExecutor(1)
        self._tun, self._tap = self._inside.submit(_enter).result()
        self._host = threading.Thread(target=self._serve, daemon=True)
        self._host.start()

    def run(self, function: Callable[..., T], *args: Any, **kwargs: Any) -> T:
        return self._inside.submit(function, *args, **kwargs).result()

    def close(self) -> None:
        os.write(self._stop, b".")
        self._host.join()
        self._inside.shutdown()
        for descriptor in (self._tun, self._tap, self._wake, self._stop):
            os.close(descriptor)

    def _serve(self) -> None:
        while self._wake not in select.select([self._tun, self._wake], [], [])[0]:
            packet = os.read(self._tun, 2048)
            if _is_probe(packet):
                self.seen.append(packet)
                answer = self.answers(packet)
                if answer is not None:
                    os.write(self._tun, answer)


def opened() -> Bench:
    """The bench, or a skip that says why there is none."""
    if not sys.platform.startswith("linux"):
        pytest.skip("a network namespace and a TUN device are Linux's")
    try:
        return Bench()
    except OSError as error:
        pytest.skip(f"no network namespace with a TUN device can be made here ({error}); it takes root")


def _drop(_packet: bytes) -> None:
    return None


def _is_probe(packet: bytes) -> bool:
    """TCP or UDP; what the kernel says by itself on a new device (ICMPv6) is none."""
    return packet[6 if packet[0] >> 4 == 6 else 9] in {6, 17}


def _enter() -> tuple[int, int]:
    """Move this thread into a new network namespace and make its devices; returns their descriptors."""
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(_CLONE_NEWNET):
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
    _up("lo")
    tun = _device("sgtun", _IFF_TUN)
    tap = _device("sgtap", _IFF_TAP)
    _configure("sgtun", HERE)
    _configure("sgtap", LONELY)
    return tun, tap


def _device(name: str, kind: int) -> int:
    descriptor = os.open("/dev/net/tun", os.O_RDWR | os.O_CLOEXEC)
    fcntl.ioctl(descriptor, _TUNSETIFF, struct.pack("16sH22x", name.encode(), kind | _IFF_NO_PI))
    return descriptor


def _configure(name: str, addresses: dict[int, str]) -> None:
    """Give a device its addresses; it asks for neighbours quickly, and does not look whether its own are taken."""
    for path, value in (
        (f"ipv4/neigh/{name}/retrans_time_ms", "60"),
        (f"ipv6/neigh/{name}/retrans_time_ms", "60"),
        (f"ipv6/conf/{name}/accept_dad", "0"),
        (f"ipv6/conf/{name}/disable_ipv6", "0"),
    ):
        with suppress(OSError):  # slower, and as right
            Path("/proc/sys/net", path).write_text(value)
    with (
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as four,
        socket.socket(socket.AF_INET6, socket.SOCK_DGRAM) as six,
    ):
        for call, address in ((_SIOCSIFADDR, addresses[4]), (_SIOCSIFNETMASK, "255.255.255.0")):
            request = struct.pack("16sHH4s8x", name.encode(), socket.AF_INET, 0, ip_address(address).packed)
            fcntl.ioctl(four, call, request)
        _up(name)
        index = struct.unpack("16si20x", fcntl.ioctl(four, _SIOCGIFINDEX, struct.pack("16s24x", name.encode())))[1]
        fcntl.ioctl(six, _SIOCSIFADDR, ip_address(addresses[6]).packed + struct.pack("=Ii", 64, index))


def _up(name: str) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        fcntl.ioctl(sock, _SIOCSIFFLAGS, struct.pack("16sH14x", name.encode(), _UP_RUNNING))
