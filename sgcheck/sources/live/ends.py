"""What the two ends of a question need: the narrowest wishes that find everything an end may stand for."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

import msgspec

from sgcheck.aws.address import ADDRESS
from sgcheck.aws.classic_load_balancer import CLASSIC_LOAD_BALANCER
from sgcheck.aws.instance import INSTANCE
from sgcheck.aws.internet_gateway import INTERNET_GATEWAY
from sgcheck.aws.kinds import KINDS
from sgcheck.aws.load_balancer import LOAD_BALANCER
from sgcheck.aws.nat_gateway import NAT_GATEWAY
from sgcheck.aws.network_interface import NETWORK_INTERFACE
from sgcheck.aws.security_group import SECURITY_GROUP
from sgcheck.aws.subnet import SUBNET
from sgcheck.aws.vpc import VPC
from sgcheck.packets import INTERNET, AddressSet, format_address, parse_cidr
from sgcheck.reach.balancer_names import names_balancer
from sgcheck.sources.live.wishes import PUBLIC, WHOLE, Wish, internet, wish

_EC2_ARN = re.compile(r"^arn:[^:]+:ec2:[^:]*:[^:]*:(?:.*/)?([^/]+)$")
_WHOLE_INTERNET = frozenset({"internet", "0.0.0.0/0", "::/0"})
_DNS_OF_INSTANCE = re.compile(r"\.(?:compute|ec2)(?:-\d)?\.(?:internal|amazonaws\.com(?:\.cn)?)$")


class Ends(msgspec.Struct, frozen=True):
    """The ends of all questions together.

    wishes: what to look for by id, tag or address. networks: addresses whose owners are looked for subnet by subnet.
    hosts: single addresses, looked for in the same way where nothing has exactly this address. balancers: names, ARNs
    and DNS names of load balancers. checks: whether the status checks of the instances that are found matter, too.
    """

    wishes: frozenset[Wish] = frozenset()
    networks: AddressSet = AddressSet.EMPTY
    hosts: AddressSet = AddressSet.EMPTY
    balancers: frozenset[str] = frozenset()
    checks: bool = False

    def __or__(self, other: Ends) -> Ends:
        """The ends of both."""
        return Ends(
            self.wishes | other.wishes,
            self.networks | other.networks,
            self.hosts | other.hosts,
            self.balancers | other.balancers,
            self.checks or other.checks,
        )


_ALL_SUBNETS = wish(SUBNET, WHOLE, follow=False)
"""What lies outside is what is in no known subnet."""
BALANCERS = (LOAD_BALANCER, CLASSIC_LOAD_BALANCER)
EVERYTHING = Ends(frozenset(wish(kind, WHOLE, follow=False) for kind in KINDS))
"""For an end of a form that can't be narrowed, and where there is no question yet."""


def ends(words: Iterable[str], *, checks: bool = False) -> Ends:
    """The ends that people wrote; checks: the status checks of the instances they lead to matter, too."""
    found = Ends(checks=checks)
    for word in words:
        found |= _end(word.strip())
    return found


def _end(word: str) -> Ends:
    lowered = word.lower()
    if lowered in _WHOLE_INTERNET:
        return Ends(frozenset(internet()))
    if lowered == "onprem":
        return Ends(frozenset({_ALL_SUBNETS}))
    if names_balancer(word):
        return Ends(frozenset(wish(kind, WHOLE, follow=False) for kind in BALANCERS), balancers=frozenset({word}))
    arn = _EC2_ARN.match(word)
    word = arn.group(1) if arn else word
    found = frozenset(_by_id(word)) or frozenset(_by_tag(word))
    if found:
        return Ends(found)
    try:
        return _by_address(word)
    except ValueError:
        pass
    if _DNS_OF_INSTANCE.search(lowered.rstrip(".")):
        name = lowered.rstrip(".")
        return Ends(frozenset({wish(INSTANCE, "dns", name), wish(INSTANCE, "private-dns", name)}))
    return EVERYTHING


def _by_id(word: str) -> Iterator[Wish]:
    # Host names may begin like ids: those of search domains do.
    match word.partition("-")[0] if "-" in word and "." not in word else "":
        case "i":
            yield wish(INSTANCE, "id", word)
            yield wish(NETWORK_INTERFACE, "instance", word)
        case "eni":
            yield wish(NETWORK_INTERFACE, "id", word)
        case "sg":
            yield wish(SECURITY_GROUP, "id", word)
            yield wish(NETWORK_INTERFACE, "group", word)
        case "subnet":
            yield wish(SUBNET, "id", word)
            yield wish(NETWORK_INTERFACE, "subnet", word)
        case "vpc":
            yield wish(VPC, "id", word)
            yield wish(NETWORK_INTERFACE, "vpc", word)
        case "nat":
            yield wish(NAT_GATEWAY, "id", word)
        case "igw":
            yield wish(INTERNET_GATEWAY, "id", word)
            yield from internet()


def _by_tag(word: str) -> Iterator[Wish]:
    form, colon, rest = word.partition(":")
    key, equals, pattern = rest.partition("=") if form.lower() == "tag" else ("Name", "=", rest)
    if not colon or not equals or form.lower() not in {"tag", "name"}:
        return
    for kind in (INSTANCE, NETWORK_INTERFACE):
        if set(pattern) & set("[]\\") or not pattern:
            # Ranges of characters are ours: AWS knows * and ? only.
            yield wish(kind, "tag-key", key)
        else:
            yield wish(kind, f"tag:{key}", pattern)


def _by_address(word: str) -> Ends:
    family, low, high = parse_cidr(word)
    addresses = AddressSet.parse(word)
    found = {_ALL_SUBNETS}
    if addresses & INTERNET:
        found |= set(internet())
    if low == high:
        text = format_address(family, low)
        if family == 4:
            found |= {wish(NETWORK_INTERFACE, trait, text) for trait in ("address", *PUBLIC)}
            found.add(wish(ADDRESS, WHOLE, follow=False))
        else:
            found.add(wish(NETWORK_INTERFACE, "ipv6-address", text))
        return Ends(frozenset(found), hosts=addresses)
    return Ends(frozenset(found), addresses)
