"""The first bytes of a conversation: what the client says to get an answer, and what came back, in words."""

from __future__ import annotations

import re
from enum import StrEnum

LONGEST_QUOTE = 60
"""Characters of a server's first line that are repeated."""

_DNS_QUESTION = bytes.fromhex("5367 0100 0001 0000 0000 0000 00 0002 0001")  # id "Sg": the name servers of the root
_TLS_HANDSHAKE, _TLS_ALERT = 0x16, 0x15  # RFC 8446, section 5.1
_LINE = re.compile(rb"[^\r\n\0]*")
_UNPRINTABLE = re.compile(r"[^\x20-\x7e]")


class First(StrEnum):
    """What is waited for once the connection stands."""

    NONE = "none"
    """Nothing: that the connection was accepted is all that was asked."""
    BANNER = "banner"
    """The server speaks first (SSH, SMTP, FTP, MySQL)."""
    TLS = "tls"
    """The client says hello, the server answers with its own (RFC 8446)."""
    HTTP = "http"
    """The client asks for the head of `/`."""
    DNS = "dns"
    """UDP: a question for the name servers of the root."""


_USUAL = {
    ("tcp", 21): First.BANNER,
    ("tcp", 22): First.BANNER,
    ("tcp", 25): First.BANNER,
    ("tcp", 587): First.BANNER,
    ("tcp", 3306): First.BANNER,
    ("tcp", 80): First.HTTP,
    ("tcp", 8080): First.HTTP,
    ("tcp", 443): First.TLS,
    ("tcp", 8443): First.TLS,
    ("udp", 53): First.DNS,
}


def usual(protocol: str, port: int) -> First:
    """What is usually said first on a well-known port; NONE for any other."""
    return _USUAL.get((protocol, port), First.NONE)


def opening(first: First, host: str) -> bytes:
    """What the client sends to be answered; nothing where the server speaks first.

    host: the name (or address) of the server, as a browser would have it.
    """
    if first is First.DNS:
        return _DNS_QUESTION
    if first is First.HTTP:
        name = f"[{host}]" if ":" in host else host
        return f"HEAD / HTTP/1.1\r\nHost: {name}\r\nUser-Agent: sgcheck\r\nConnection: close\r\n\r\n".encode()
    return _client_hello(host) if first is First.TLS else b""


def in_words(data: bytes) -> str:
    """What came back, shortly: the kind of it, or its first line without anything that a terminal would act on."""
    if data[:1] and data[0] in {_TLS_HANDSHAKE, _TLS_ALERT} and data[1:2] == b"\x03":
        return "a TLS hello" if data[0] == _TLS_HANDSHAKE else "a TLS alert"
    if data[:2] == _DNS_QUESTION[:2] and len(data) >= 12:
        return "a DNS answer"
    found = _LINE.match(data)
    line = _UNPRINTABLE.sub("", (found.group() if found else b"").decode("latin-1")).strip()
    if len(line) < 3:
        return f"{len(data)} bytes"
    return f'"{line[:LONGEST_QUOTE]}{"…" if len(line) > LONGEST_QUOTE else ""}"'


def _client_hello(host: str) -> bytes:
    """The hello that Python's own TLS client sends; the conversation ends with the server's answer to it."""
    import ssl

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    sent = ssl.MemoryBIO()
    named = None if _is_address(host) else host
    try:
        context.wrap_bio(ssl.MemoryBIO(), sent, server_hostname=named).do_handshake()
    except ssl.SSLWantReadError:
        return sent.read()
    raise AssertionError("a handshake can't end without an answer")


def _is_address(host: str) -> bool:
    return ":" in host or host.replace(".", "").isdigit()
