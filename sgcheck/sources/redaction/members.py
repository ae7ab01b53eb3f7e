"""What a member of a record holds, by its name and, where that is a common word, by the member that it is in."""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import Enum, auto
from functools import cache
from typing import Any, Final

from msgspec import inspect

from sgcheck.aws.kinds import KINDS


class Holds(Enum):
    """What becomes of a text."""

    NAME = auto()
    """Its owner chose it: it gets another, as a whole."""
    WORD = auto()
    """AWS's own words, ids and addresses, which answers are made from: only accounts, addresses and ARNs change."""
    RULES = auto()
    """Rules of a firewall: as WORD, and messages, contents and remarks get others."""
    UNKNOWN = auto()
    """Nothing that is known: as WORD, and names that are known from elsewhere get others."""
    SECRET = auto()
    """Nobody's business: it is left out."""


_SECRET: Final = re.compile(
    r"UserData|CustomerGatewayConfiguration|PreSharedKey|\w*Password|\w*PrivateKey|KeyMaterial|Secret(?:String|Key)?"
    r"|Secret(?:Access)?Key|SessionToken|AuthToken|ClientToken|Certificate(?:Body|Chain|Data)|certificateAuthority"
    r"|Environment|environment|secrets|\w*NextToken|NextMarker|PaginationToken|Marker|ResponseMetadata|EncodedMessage"
    r"|ZipFile|Environment(?:Variables)?",
    re.IGNORECASE,
)
_NAME: Final = re.compile(
    r"\w*(?:Name|Names|NAME|name|names|Identifier|Identifiers|Description|description|DescriptionText|Comment|Title"
    r"|Label|Alias|Aliases|Username|UserName|Email|CreatedBy|startedBy|Hostname|Bucket|bucket)"
    r"|Endpoint|endpoint|ReaderEndpoint|Address|CacheClusterId|ReplicationGroupId|DBSubnetGroup|MemberClusters|SecurityGroups|Sid"
    r"|family|group|RequesterId|requesterId|S3Key|Targets|DNS|PtrRecord|AccountAlias|RequestedBy"
)
_WORD: Final = re.compile(
    r"\w*(?:DeviceName|VirtualName|Engine|EngineName|EngineVersion|AttributeName|MetricName|ZoneName|ZoneNames|RegionName"
    r"|OptionName|ParameterName|HostnameType|PolicyTypeName|CACertificateIdentifier)"
    r"|(?:[A-Z]\w*)?ServiceName|ServiceNames|Key|key|Keyword|SubnetIdentifier|schema|collected_at|account|region|kind|call|reason"
)
# In these a member of a common name is AWS's word: {"State": {"Code": 16, "Name": "running"}}.
_STATES: Final = frozenset({"State", "CurrentState", "PreviousState", "InstanceState", "Status", "details", "Details"})
_COMMON: Final = frozenset({"Name", "name", "Value", "value"})
TAGS: Final = re.compile(r"(?:\w*Tags|TagSet|TagList|tags|tagSet|tagList|labels|Labels)")
"""Members that hold tags: a list of keys and values, or an object."""


@cache
def holds(member: str, within: str) -> Holds:
    """What the text of `member` is; within: the name of the member whose object it stands in, empty for none."""
    if _SECRET.fullmatch(member):
        return Holds.SECRET
    if member == "RulesString":
        return Holds.RULES
    if member in _COMMON:
        if within in _STATES or within.endswith("Attributes"):
            return Holds.WORD
        return Holds.NAME if member in {"Name", "name"} else Holds.UNKNOWN
    if _WORD.fullmatch(member):
        return Holds.WORD
    if _NAME.fullmatch(member):
        return Holds.NAME
    return Holds.WORD if member in read_members() else Holds.UNKNOWN


@cache
def read_members() -> frozenset[str]:
    """The names of all members that hold a text which answers may depend on, as the records declare them."""
    shapes = [kind.record for kind in KINDS] + [wrapper.item for kind in KINDS for wrapper in kind.wrappers]
    return frozenset(name for shape in shapes for name in _texts(inspect.type_info(shape), ""))


def _texts(info: Any, name: str) -> Iterator[str]:
    if isinstance(info, inspect.UnionType):
        for one in info.types:
            yield from _texts(one, name)
    elif isinstance(info, inspect.ListType):
        yield from _texts(info.item_type, name)
    elif isinstance(info, inspect.DictType):
        yield from _texts(info.value_type, name)
    elif isinstance(info, inspect.StructType):
        for field in info.fields:
            yield from _texts(field.type, field.encode_name)
    elif isinstance(info, inspect.StrType):
        yield name
