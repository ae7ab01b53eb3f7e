"""What a client sees, in words that every program's own message comes down to."""

from __future__ import annotations

from enum import StrEnum


class Symptom(StrEnum):
    """What was observed at the client. Grows."""

    CONNECTED = "connected"
    """It works: the connection was accepted, or an answer came."""
    TIMEOUT = "timeout"
    """Nothing came back for a connection attempt."""
    REFUSED = "refused"
    RESET = "reset"
    """The connection was open, and was torn down with a reset."""
    CLOSED = "closed"
    """The connection was open, and was closed in order before anything came."""
    STALL = "stall"
    """It connects, and then nothing comes."""
    NO_ROUTE_TO_HOST = "no-route-to-host"
    NETWORK_UNREACHABLE = "network-unreachable"
    NO_REPLY = "no-reply"
    """A ping or a UDP packet without an answer."""
    DNS = "dns"
    """The name could not be resolved."""
    TLS = "tls"
    """The connection was open, and no encrypted one could be made of it."""
    PERMISSION_DENIED = "permission-denied"
    """SSH took none of the keys."""
    UNPROTECTED_KEY = "unprotected-key"
    """SSH refuses to use a private key that others may read."""
    HOST_KEY_CHANGED = "host-key-changed"
    """SSH remembers another host at this address."""
    LOGIN_FAILED = "login-failed"
    """The service answered, and does not let this user or address in."""
    HTTP_403 = "http-403"
    HTTP_502 = "http-502"
    HTTP_503 = "http-503"
    HTTP_504 = "http-504"
    INTERMITTENT = "intermittent"
    """It works sometimes."""


SILENCE = frozenset({Symptom.TIMEOUT, Symptom.NO_REPLY})
"""Nothing came back at all."""

NOTHING_SENT = frozenset({Symptom.DNS, Symptom.UNPROTECTED_KEY, Symptom.NETWORK_UNREACHABLE})
"""The client gave up before a packet for the target left it."""

GATEWAY_ERRORS = frozenset({Symptom.HTTP_502, Symptom.HTTP_503, Symptom.HTTP_504})
"""What a proxy answers for somebody behind it."""

ANSWERED = frozenset(Symptom) - SILENCE - NOTHING_SENT - {Symptom.INTERMITTENT, Symptom.NO_ROUTE_TO_HOST}
"""Somebody answered, so that packets went there and back."""

NOT_OF_TCP = frozenset({Symptom.NO_REPLY})
"""What nobody sees of a TCP connection."""

NOT_OF_UDP = frozenset({Symptom.RESET, Symptom.CLOSED, Symptom.PERMISSION_DENIED, Symptom.HOST_KEY_CHANGED})
"""What nobody sees over UDP; HTTP/3 and DTLS run over it, and a closed port refuses."""

NOT_OF_ICMP = ANSWERED - {Symptom.CONNECTED}
"""What nobody sees of a ping."""

PAST_THE_NETWORK = ANSWERED - {Symptom.REFUSED, Symptom.RESET, Symptom.CLOSED, Symptom.STALL} - GATEWAY_ERRORS
"""A server answered with words of its own: what blocks packets does none of these."""
