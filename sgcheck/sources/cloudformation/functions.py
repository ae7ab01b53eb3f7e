"""CloudFormation's functions, on values that may not be known.

(CloudFormation template reference, intrinsic-function-reference.) Each takes its arguments worked out, but for the
names that have to be written as they are. What can't be told is an Unknown that says why.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Iterator
from ipaddress import ip_network
from typing import TYPE_CHECKING, Any, Final

from sgcheck.sources.cloudformation.values import (
    LONGEST,
    Handle,
    Unknown,
    WrongError,
    first_unknown,
    handles,
    plain_text,
    wrong,
)

if TYPE_CHECKING:
    from sgcheck.sources.cloudformation.stack import Stack

_PLACE = re.compile(r"\$\{(!?)([^{}!]*)\}")
_MOST_CIDRS: Final = 256
_ZONES: Final = 8
_PARTS: Final = 100_000


def call(stack: Stack, name: str, argument: Any, where: str) -> Any:
    """What the function `name` makes of its argument, as it is written. Raises WrongError."""
    function = FUNCTIONS.get(name)
    if function is None:
        return Unknown(f"{name} is worked out by CloudFormation only", own=None)
    return function(stack, argument, f"{where}: {name}")


def _listed(argument: Any, where: str, *sizes: int) -> list[Any]:
    if not isinstance(argument, list) or (sizes and len(argument) not in sizes):
        raise wrong(where, f"a list of {' or '.join(map(str, sizes))}" if sizes else "a list", argument)
    return argument


def _open(*parts: Any) -> Unknown | None:
    """What a result is not known for, None where all of these are known."""
    found = next((one for part in parts if (one := first_unknown(part)) is not None), None)
    return None if found is None else Unknown(found.why, _own(*parts))


def _own(*parts: Any) -> tuple[str, ...] | None:
    if any(one.own is None for part in parts if (one := first_unknown(part)) is not None):
        return None
    return tuple(dict.fromkeys(id_ for part in parts for id_ in handles(part)))


def _as_text(found: Any, where: str) -> str | Unknown:
    """A value as part of a text; the id of what does not exist yet is not known there."""
    if isinstance(found, Unknown):
        return found
    if isinstance(found, Handle):
        return Unknown(f"the id of {found} is known once it exists")
    return plain_text(found, where)


def _grown(parts: list[str], where: str, between: str = "") -> str:
    if sum(map(len, parts)) + len(between) * len(parts) > LONGEST:
        raise WrongError(f"{where}: makes a text of more than {LONGEST} characters")
    return between.join(parts)


def _ref(stack: Stack, argument: Any, where: str) -> Any:
    if not isinstance(argument, str):
        raise wrong(where, "a name", argument)
    return stack.ref(argument, where)


def _get_att(stack: Stack, argument: Any, where: str) -> Any:
    parts = argument.split(".", 1) if isinstance(argument, str) else _listed(argument, where)
    if len(parts) < 2 or not isinstance(parts[0], str):
        raise wrong(where, "a resource and one of its attributes", argument)
    named = [stack.value(part, where) for part in parts[1:]]
    unknown = _open(*named)
    if unknown is not None:
        return Unknown(unknown.why, own=None)
    return stack.attribute(parts[0], ".".join(plain_text(part, where) for part in named), where)


def _sub(stack: Stack, argument: Any, where: str) -> Any:
    text, given = argument, {}
    if isinstance(argument, list):
        text, given = _listed(argument, where, 2)
        if not isinstance(given, dict):
            raise wrong(where, "a mapping of variables", given)
    if not isinstance(text, str):
        raise wrong(where, "a text", text)
    parts = list(_parts(stack, text, given, where))
    if len(parts) == 1:
        return parts[0]
    texts = [_as_text(part, where) for part in parts]
    unknown = _open(*texts)
    if unknown is not None and not stack.loose:
        return Unknown(unknown.why, own=())
    return _grown([_loosely(one, part) for one, part in zip(texts, parts, strict=True)], where)


def _loosely(text: str | Unknown, found: Any) -> str:
    """A part of a text for people: what is not known is named."""
    if isinstance(text, str):
        return text
    return str(found) if isinstance(found, Handle) else f"${{{text.why.removeprefix('parameter ')}}}"


def _parts(stack: Stack, text: str, given: dict[str, Any], where: str) -> Iterator[Any]:
    last = 0
    for match in _PLACE.finditer(text):
        if match.start() > last:
            yield text[last : match.start()]
        last = match.end()
        name = match.group(2).strip()
        if match.group(1):
            yield f"${{{match.group(2)}}}"
        elif name in given:
            yield stack.value(given[name], where)
        elif "." in name:
            yield _get_att(stack, name, where)
        else:
            yield stack.ref(name, where)
    if last < len(text) or not text:
        yield text[last:]


def _join(stack: Stack, argument: Any, where: str) -> Any:
    between, listed = _listed(argument, where, 2)
    between, listed = stack.value(between, where), stack.value(listed, where)
    if isinstance(listed, Unknown):
        return listed
    items = _listed(listed, where)
    if len(items) == 1:
        return items[0]
    texts = [_as_text(one, where) for one in items]
    unknown = _open(between, *texts)
    if unknown is not None and not stack.loose:
        return Unknown(unknown.why)
    return _grown([_loosely(t, o) for t, o in zip(texts, items, strict=True)], where, plain_text(between, where))


def _select(stack: Stack, argument: Any, where: str) -> Any:
    index, listed = (stack.value(part, where) for part in _listed(argument, where, 2))
    if isinstance(listed, Unknown):
        return listed
    if isinstance(index, Unknown):
        return Unknown(index.why, _own(index, listed))
    number, items = plain_text(index, where), _listed(listed, where)
    if not number.isdecimal() or int(number) >= len(items):
        raise WrongError(f"{where}: there is no element {number} in a list of {len(items)}")
    return items[int(number)]


def _split(stack: Stack, argument: Any, where: str) -> Any:
    between, found = (stack.value(part, where) for part in _listed(argument, where, 2))
    if isinstance(found, Handle) and between == ",":
        return [found]  # no id has commas
    text = _as_text(found, where)
    if isinstance(text, Unknown):
        return text
    between = plain_text(between, where)
    if not between:
        raise WrongError(f"{where}: expected what to split at")
    return text.split(between, _PARTS)


def _find_in_map(stack: Stack, argument: Any, where: str) -> Any:
    parts = _listed(argument, where, 3, 4)
    keys = [stack.value(part, where) for part in parts[:3]]
    fallback = parts[3] if len(parts) > 3 else None
    unknown = _open(*keys)
    if unknown is not None:
        return unknown
    found: Any = stack.template.section("Mappings")
    names = [plain_text(key, where) for key in keys]
    for name in names:
        if not isinstance(found, dict) or name not in found:
            if isinstance(fallback, dict) and "DefaultValue" in fallback:
                return stack.value(fallback["DefaultValue"], where)
            raise WrongError(f"{where}: Mappings have no {'.'.join(names)}")
        found = found[name]
    return found


def _base64(stack: Stack, argument: Any, where: str) -> Any:
    text = _as_text(stack.value(argument, where), where)
    return text if isinstance(text, Unknown) else base64.b64encode(text.encode()).decode()


def _cidr(stack: Stack, argument: Any, where: str) -> Any:
    """Ranges one after the other; `cidrBits` is what each has beside its prefix (Fn::Cidr)."""
    parts = [stack.value(part, where) for part in _listed(argument, where, 2, 3)]
    unknown = _open(*parts)
    if unknown is not None:
        return Unknown(unknown.why)
    block, count = (plain_text(part, where) for part in parts[:2])
    try:
        network = ip_network(block, strict=False)
    except ValueError:
        raise wrong(where, "an address range", block) from None
    if len(parts) < 3:
        return Unknown("Fn::Cidr without cidrBits is worked out by CloudFormation only")
    bits = plain_text(parts[2], where)
    if not (count.isdecimal() and 1 <= int(count) <= _MOST_CIDRS):
        raise wrong(where, f"a count of 1 to {_MOST_CIDRS}", count)
    prefix = network.max_prefixlen - int(bits) if bits.isdecimal() else -1
    if not network.prefixlen <= prefix <= network.max_prefixlen:
        raise wrong(where, f"bits of ranges within {network}", bits)
    if int(count) > 1 << (prefix - network.prefixlen):
        raise WrongError(f"{where}: {network} has no {count} ranges of /{prefix}")
    size = 1 << int(bits)
    first = int(network.network_address)
    make = type(network.network_address)
    return [f"{make(first + size * index)}/{prefix}" for index in range(int(count))]


def _zones(stack: Stack, argument: Any, where: str) -> Any:
    region = stack.value(argument, where)
    if isinstance(region, str) and not isinstance(region, Handle) and region.strip() in ("", stack.region):
        return [Handle(f"zone {number} of the Region") for number in range(_ZONES)]
    return Unknown("the zones of a Region")


def _import(stack: Stack, argument: Any, where: str) -> Any:
    name = _as_text(stack.value(argument, where), where)
    if isinstance(name, Unknown):
        return Unknown(name.why, own=None)
    return stack.stacks.exported(name)


def _if(stack: Stack, argument: Any, where: str) -> Any:
    name, one, other = _listed(argument, where, 3)
    if not isinstance(name, str):
        raise wrong(where, "the name of a condition", name)
    holds = stack.condition(name, where)
    if not isinstance(holds, Unknown):
        return stack.value(one if holds else other, where)
    both = stack.value(one, where), stack.value(other, where)
    return both[0] if both[0] == both[1] else Unknown(f"condition {name}: {holds.why}", _own(*both))


def _condition(stack: Stack, argument: Any, where: str) -> Any:
    if not isinstance(argument, str):
        raise wrong(where, "the name of a condition", argument)
    return stack.condition(argument, where)


def _equals(stack: Stack, argument: Any, where: str) -> Any:
    left, right = _listed(argument, where, 2)
    if left == right:
        return True
    one, other = stack.value(left, where), stack.value(right, where)
    unknown = _open(one, other)
    if unknown is not None:
        return unknown
    if isinstance(one, list | dict) or isinstance(other, list | dict):
        return one == other
    return plain_text(one, where) == plain_text(other, where)


def _truth(stack: Stack, argument: Any, where: str) -> bool | Unknown:
    found = stack.value(argument, where)
    if isinstance(found, Unknown | bool):
        return found
    if found in ("true", "false"):
        return bool(found == "true")
    raise wrong(where, "a condition", found)


def _and(stack: Stack, argument: Any, where: str) -> Any:
    parts = [_truth(stack, one, where) for one in _listed(argument, where)]
    return False if any(one is False for one in parts) else _open(*parts) or True


def _or(stack: Stack, argument: Any, where: str) -> Any:
    parts = [_truth(stack, one, where) for one in _listed(argument, where)]
    return True if any(one is True for one in parts) else _open(*parts) or False


def _not(stack: Stack, argument: Any, where: str) -> Any:
    found = _truth(stack, _listed(argument, where, 1)[0], where)
    return found if isinstance(found, Unknown) else not found


def _length(stack: Stack, argument: Any, where: str) -> Any:
    found = stack.value(argument, where)
    return found if isinstance(found, Unknown) else len(_listed(found, where))


FUNCTIONS: Final[dict[str, Callable[[Stack, Any, str], Any]]] = {
    "Ref": _ref,
    "Condition": _condition,
    "Fn::GetAtt": _get_att,
    "Fn::Sub": _sub,
    "Fn::Join": _join,
    "Fn::Select": _select,
    "Fn::Split": _split,
    "Fn::FindInMap": _find_in_map,
    "Fn::Base64": _base64,
    "Fn::Cidr": _cidr,
    "Fn::GetAZs": _zones,
    "Fn::ImportValue": _import,
    "Fn::If": _if,
    "Fn::Equals": _equals,
    "Fn::And": _and,
    "Fn::Or": _or,
    "Fn::Not": _not,
    "Fn::Length": _length,
}
"""The functions that are worked out; of any other the value is not known."""
