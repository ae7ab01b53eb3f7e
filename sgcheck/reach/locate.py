"""Finding the two ends: what people write after --from and --to becomes vantages and targets."""

from __future__ import annotations

import difflib
import fnmatch
import re
from collections import defaultdict
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from sgcheck.errors import AmbiguousNameError, UnknownNameError, UsageError
from sgcheck.packets import AddressSet, format_address, parse_cidr
from sgcheck.reach.addressed import addressed_end
from sgcheck.reach.balancer_names import balancer_end, names_balancer
from sgcheck.reach.endpoint_ends import endpoint_end
from sgcheck.reach.ends import End, Kind
from sgcheck.reach.names import dns_names, find_by_dns, find_service
from sgcheck.reach.offers import offer

if TYPE_CHECKING:
    from sgcheck.model.network import Network
    from sgcheck.model.things import Instance, Interface

_ID = re.compile(r"^(?:(?:i|eni|sg|subnet|nat|vpce|eice|igw)-|vpc-[^.]*$)")  # names of search domains begin with vpc-
_ARN = re.compile(r"^arn:[^:]+:(?P<service>[a-z0-9-]+):[^:]*:[^:]*:(?P<resource>.+)$")
INTERNET_WORDS = {"internet": (4, 6), "0.0.0.0/0": (4,), "::/0": (6,)}


def find_end(network: Network, text: str, option: str) -> End:
    """What `text` names.

    Raises UnknownNameError (with the nearest names), AmbiguousNameError (with the candidates), UsageError for a form
    that is not understood.
    """
    word = text.strip()
    if network.names and (addressed := addressed_end(network, word, option)) is not None:
        return addressed
    lowered = word.lower()
    if lowered in INTERNET_WORDS:
        return End(Kind.INTERNET, word, families=INTERNET_WORDS[lowered])
    if lowered == "onprem":
        return End(Kind.ONPREM, word)
    if names_balancer(word):
        return balancer_end(network, word, option)
    service = find_service(network, word, option)
    if service is not None:
        return service
    arn = _ARN.match(word)
    if arn and arn.group("service") != "ec2":
        raise _later(word, option)
    if arn:
        word = arn.group("resource").rpartition("/")[2]
    if _ID.match(word):
        return _by_id(network, word, option)
    return _by_words(network, word, option)


def _by_words(network: Network, word: str, option: str) -> End:
    """What a tag, a name, an account, an address or a DNS name stands for."""
    lowered = word.lower()
    if lowered.startswith("tag:"):
        return _by_tag(network, word[4:], option)
    if lowered.startswith("name:"):
        return _by_name(network, word[5:], option)
    if lowered.startswith("account:"):
        return _by_account(network, word[8:].strip(), option)
    try:
        family, low, high = parse_cidr(word)
    except ValueError:
        return find_by_dns(network, word) or _by_dns(network, word, option)
    return End(Kind.ADDRESSES, word, addresses=AddressSet.parse(word), single=low == high, families=(family,))


def _later(word: str, option: str) -> UsageError:
    message = f"{option} {word}: this kind of ARN is not understood yet"
    return UsageError(message, "ask for one of their interfaces or addresses instead (eni-…, 10.0.1.5)")


def _by_id(network: Network, id_: str, option: str) -> End:
    prefix = id_.partition("-")[0]
    if prefix == "nat" and id_ in network.nats:
        return _nat(network, id_, option)
    endpoint = prefix in ("vpce", "eice")
    found = endpoint_end(network, id_, option) if endpoint else _FINDERS[prefix](network, id_)
    if found is None:
        raise UnknownNameError(f"{option} {id_}: no such resource in the input", _near(network, id_, prefix))
    return found


def _instance(network: Network, id_: str) -> End | None:
    if id_ in network.instances:
        return End(Kind.INSTANCE, id_, interfaces=network.instances[id_].interfaces)
    attached = network.attached_to(id_)
    return End(Kind.INSTANCE, id_, interfaces=attached) if attached else None


def _interface(network: Network, id_: str) -> End | None:
    return End(Kind.INTERFACE, id_, interfaces=(id_,)) if id_ in network.interfaces else None


def _group(network: Network, id_: str) -> End | None:
    members = network.with_group.get(id_, ())
    return End(Kind.GROUP, id_, interfaces=members) if members or id_ in network.groups else None


def _subnet(network: Network, id_: str) -> End | None:
    if id_ not in network.subnets:
        return None
    return End(Kind.SUBNET, id_, interfaces=network.in_subnet.get(id_, ()))


def _vpc(network: Network, id_: str) -> End | None:
    if id_ not in network.vpcs:
        return None
    inside = [network.in_subnet.get(s, ()) for s in network.subnets_of.get(id_, ())]
    return End(Kind.VPC, id_, interfaces=tuple(sorted(i for ids in inside for i in ids)))


def _internet_gateway(network: Network, id_: str) -> End | None:
    return End(Kind.INTERNET, id_, families=(4, 6)) if id_ in network.internet_gateways else None


def _nat(network: Network, id_: str, option: str) -> End:
    nat = network.nats[id_]
    own = network.owner_in(nat.vpc, 4, nat.private) if nat.private is not None else None
    if own is not None:
        return End(Kind.NAT, id_, interfaces=(own.id,))
    address = nat.private if nat.private is not None else nat.public
    if address is None:
        raise UsageError(f"{option} {id_}: no address of this NAT gateway is in the input")
    return End(Kind.ADDRESSES, id_, addresses=AddressSet.address(4, address), single=True, families=(4,))


_FINDERS: dict[str, Callable[[Network, str], End | None]] = {
    "i": _instance,
    "eni": _interface,
    "sg": _group,
    "subnet": _subnet,
    "vpc": _vpc,
    "igw": _internet_gateway,
    "nat": lambda _network, _id: None,
}


def _near(network: Network, id_: str, prefix: str) -> str | None:
    tables: dict[str, Iterable[str]] = {
        "i": network.instances,
        "eni": network.interfaces,
        "sg": network.groups,
        "subnet": network.subnets,
        "vpc": network.vpcs,
        "igw": network.internet_gateways,
        "nat": network.nats,
        "vpce": network.endpoints,
        "eice": network.endpoints,
    }
    return offer(id_, tables.get(prefix, ()))


def _tagged(network: Network) -> dict[str, dict[str, str]]:
    """Tags of everything that has interfaces, by id; an instance's Name is one of them."""
    return {
        **{i.id: i.tags for i in network.interfaces.values() if i.tags},
        **{i.id: i.tags for i in network.instances.values() if i.tags},
    }


def _by_tag(network: Network, text: str, option: str) -> End:
    key, equals, value = text.partition("=")
    if not equals:
        raise UsageError(f"{option} tag:{text}: expected tag:Key=Value")
    found = _matching(network, key, value)
    if not found:
        values = {tags[key] for tags in _tagged(network).values() if key in tags}
        keys = {k for tags in _tagged(network).values() for k in tags}
        hint = offer(value, (f"tag:{key}={v}" for v in values)) if values else offer(key, (f"tag:{k}=…" for k in keys))
        raise UnknownNameError(f"{option} tag:{text}: nothing in the input has this tag", hint)
    return End(Kind.TAG, f"tag:{text}", interfaces=found)


def _by_name(network: Network, pattern: str, option: str) -> End:
    found = _matching(network, "Name", pattern)
    if not found:
        names = {f"name:{tags['Name']}" for tags in _tagged(network).values() if tags.get("Name")}
        raise UnknownNameError(
            f"{option} name:{pattern}: nothing in the input has this name", offer(f"name:{pattern}", names)
        )
    return End(Kind.NAME, f"name:{pattern}", interfaces=found)


def _by_account(network: Network, account: str, option: str) -> End:
    """All interfaces of an account, by its number; a shared subnet has those of several."""
    owned = tuple(sorted(i.id for i in network.interfaces.values() if i.account == account))
    if not owned:
        accounts = {f"account:{i.account}" for i in network.interfaces.values() if i.account}
        text = f"{option} account:{account}: no network interface in the input belongs to this account"
        raise UnknownNameError(text, offer(f"account:{account}", accounts))
    return End(Kind.ACCOUNT, f"account:{account}", interfaces=owned)


def _matching(network: Network, key: str, pattern: str) -> tuple[str, ...]:
    found: set[str] = set()
    for id_, tags in _tagged(network).items():
        if key in tags and fnmatch.fnmatchcase(tags[key], pattern):
            instance = network.instances.get(id_)
            found |= set(instance.interfaces) if instance else {id_}
    return tuple(sorted(found))


def _by_dns(network: Network, word: str, option: str) -> End:
    name = word.rstrip(".").lower()
    owners: dict[str, list[Instance]] = defaultdict(list)
    for instance in network.instances.values():
        for dns in instance.dns:
            owners[dns.lower()].append(instance)
    found = owners.get(name, [])
    if len(found) > 1:
        listed = ", ".join(sorted(i.id for i in found))
        raise AmbiguousNameError(f"{option} {word}: several instances have this name", f"candidates: {listed}")
    if found:
        return End(Kind.INSTANCE, found[0].id, interfaces=found[0].interfaces)
    names = {i.name for i in network.instances.values() if i.name}
    near = [f"name:{found}" for found in difflib.get_close_matches(word, sorted(names), n=3, cutoff=0.6)]
    near += difflib.get_close_matches(name, dns_names(network), n=3, cutoff=0.8)
    near += difflib.get_close_matches(word, sorted(network.names), n=3, cutoff=0.6)
    hint = (
        f"did you mean {', '.join(near)}?"
        if near
        else "expected an address, a CIDR, an id (i-…, sg-…), tag:Key=Value, name:GLOB or internet"
    )
    raise UnknownNameError(f"{option} {word}: not an address and no name in the input", hint)


def single_owner(network: Network, family: int, value: int, option: str) -> Interface | None:
    """The interface that alone has an address; several are an error that lists them."""
    owners = network.owners(family, value)
    if len(owners) > 1:
        listed = ", ".join(f"{o} in {network.interfaces[o].vpc}" for o in owners)
        text = format_address(family, value)
        raise AmbiguousNameError(
            f"{option} {text}: several interfaces have this address", f"ask for one of them: {listed}"
        )
    return network.interfaces[owners[0]] if owners else None
