"""Other names: whole values, and the names inside of ARNs, descriptions and DNS names that keep their form.

The texts are AWS's own: ARNs (Service Authorization Reference, "Resource types defined by …"), DNS names (the guide of
each service) and the descriptions that its services give to their interfaces (sgcheck.aws.conversion reads the same).
"""

from __future__ import annotations

import re
from typing import Final

from sgcheck.sources.place import REGION
from sgcheck.sources.redaction.key import Key

_UUID = r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
_PREFIXED = r"[a-z][a-z0-9]*(?:-[a-z]+)*-(?:[0-9a-f]{8}|[0-9a-f]{17})"
_ID = re.compile(rf"{_UUID}|{_PREFIXED}|[0-9a-f]{{16,64}}")
_ZONE: Final = re.compile(rf"{REGION}(?:[a-z]|-[a-z0-9]{{3,4}}(?:-[a-z]{{3,4}})*-\d{{1,2}}[a-z]?)?")

# Names that AWS gives itself, the same for everybody; no group may be called like the id of one (CreateSecurityGroup).
_OURS_TOO: Final = re.compile(
    r"default(?:[.:](?:aurora|docdb|mariadb|memcached|mysql|neptune|oracle|postgres|redis|redshift|sqlserver|valkey)"
    r"[\w.-]*|-vpc-[0-9a-f]+)?|default VPC security group"
    r"|AWS|aws|aws\.[a-z-]+\.[a-z0-9.-]+|(?:cn\.)?com\.amazonaws\.[a-z0-9.-]+|sg-[0-9a-f]+"
    r"|amazon(?:-(?:aws|dms|ecs|eks|elasticache|elb|elb-sg|rds|redshift|workspaces)|-elb/amazon-elb-sg)?"
    r"|AWSServiceRoleFor\w+|ELB(?:SecurityPolicy|Sample)-[\w-]+|[a-z0-9-]+\.amazonaws\.com|(?:/dev/)?(?:xvd|sd)[a-z]\d*|\*"
)

ARN: Final = r"arn:aws[a-z-]*:[a-z0-9-]*:[a-z0-9-]*:[\w-]*:[^\s\"'<>;,)\]}]*[^\s\"'<>;,)\]}.:]"
_ARN = re.compile(r"(?P<head>arn:[^:]*:(?P<service>[^:]*):[^:]*:)(?P<account>[^:]*):(?P<resource>.*)", re.DOTALL)
_UNTYPED = frozenset({"s3", "sns", "sqs", "codecommit", "execute-api"})
_TYPE = re.compile(r"[A-Za-z][A-Za-z0-9-]*")
_KEPT_SEGMENTS = frozenset({"", "*", "app", "net", "gwy", "root", "aws-service-role", "aws-reserved"})

HOST: Final = r"(?<![\w.*-])(?:[\w*-]+\.)+(?:amazonaws\.com(?:\.cn)?|(?:ec2|compute)\.internal)(?![\w-]|\.\w)"
# Services in whose DNS names the resource's own name stands.
_NAMED_BY_OWNER = frozenset(
    {
        *("aoss", "cache", "dax", "docdb", "elasticache", "elasticbeanstalk", "elb", "es", "kafka", "memorydb", "mq"),
        *("memory-db", "neptune", "rds", "redshift", "redshift-serverless", "s3", "s3-accesspoint", "s3-website"),
    }
)
_OF_CACHES = frozenset({"cfg", "clustercfg", "master", "ng", "replica"})
_LABELS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"(?P<head>(?:internal-)?)(?P<name>.+)(?P<tail>-(?:\d{6,}|[0-9a-f]{16}))",
        r"(?P<head>(?:vpc|search)-)(?P<name>.+)(?P<tail>-[a-z0-9]{26})",
    )
)

_ANY_ID = r"[a-z]+(?:-[a-z]+)*-\w+"
_BEFORE_IDS = (
    "EFS mount target for",
    "Interface for NAT Gateway",
    "Network Interface for Transit Gateway Attachment",
    "VPC Endpoint(?: Interface)?",
    "EC2 Instance Connect Endpoint(?: for)?",
    "Route 53 Resolver:",
    "aws-K8S-",
)
# How the descriptions begin that tell what an interface does, whatever follows.
_BEGINNINGS = (
    "ELB ",
    "AWS Lambda VPC ENI",
    "Interface for NAT Gateway",
    "VPC Endpoint Interface",
    "EC2 Instance Connect Endpoint",
)
_DESCRIPTIONS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"(?P<head>ELB (?:app|net|gwy)/)(?P<name>[^/]+)(?P<tail>/(?P<id>[^/]+))",
        rf"(?P<head>AWS Lambda VPC ENI-)(?P<name>.+)(?P<tail>-{_UUID})",
        rf"(?P<head>AWS Lambda VPC ENI: )(?P<name>)(?P<tail>{_UUID})",
        r"(?P<head>Network interface for DBProxy )(?P<name>\S+)(?P<tail>)",
        r"(?P<head>ElastiCache[ +])(?P<name>\S+)(?P<tail>)",
        r"(?P<head>ES )(?P<name>\S+)(?P<tail>)",
        r"(?P<head>Amazon EKS )(?P<name>\S+)(?P<tail>)",
        r"(?P<head>(?:RDS|Redshift|DMS)NetworkInterface)(?P<name>)(?P<tail>)",
        rf"(?P<head>(?:{'|'.join(_BEFORE_IDS)}) ?)(?P<name>)(?P<tail>{_ANY_ID}(?::[\w-]+)?(?: \(fsmt-\w+\))?)",
        r"(?P<head>service:|family:)(?P<name>\S+)(?P<tail>)",
        rf"(?P<head>{'|'.join(_BEGINNINGS)})(?P<name>.*)(?P<tail>)",
    )
)


def is_id(text: str) -> bool:
    """Whether a text is an id that AWS drew (`i-0123456789abcdef0`, a UUID), and so tells nothing of its owner."""
    return _ID.fullmatch(text) is not None


def is_place(text: str) -> bool:
    """Whether a text names a Region or an Availability Zone."""
    return _ZONE.fullmatch(text) is not None


class Names:
    """The other names that a key chooses."""

    def __init__(self, key: Key) -> None:
        """Choose by `key`."""
        self._key = key

    def word(self, name: str) -> str:
        """What becomes of a name, whatever it is; nothing stays nothing."""
        return f"name-{self._key.word('name', name)}" if name else name

    def account(self, account: str) -> str:
        """The account of 12 digits that an account of 12 digits becomes; no two become the same (a Feistel network)."""
        left, right = int(account[:6]), int(account[6:])
        for turn in range(6):
            digest = self._key.digest("account", f"{turn}/{right:06}".encode())
            left, right = right, (left + int.from_bytes(digest[:8], "big")) % 1_000_000
        return f"{left:06}{right:06}"

    def name(self, text: str) -> str:
        """What becomes of the value of a member that holds a name, a description or a DNS name."""
        if not text or is_id(text) or is_place(text) or _OURS_TOO.fullmatch(text):
            return text
        if text.startswith("arn:"):
            return self.arn(text)
        for pattern in _DESCRIPTIONS:
            match = pattern.fullmatch(text)
            if match:
                return f"{match['head']}{self.word(match['name'])}{self._tail(match)}"
        return self.host(text) if "." in text else self.word(text)

    def _tail(self, match: re.Match[str]) -> str:
        """The id of a load balancer is drawn by AWS; whatever is none is renamed, as it is in ARNs."""
        known = match.groupdict().get("id")
        return f"/{self._segment(known)}" if known else match["tail"]

    def arn(self, text: str) -> str:
        """An ARN with other names; its account is left to whoever renames accounts."""
        match = _ARN.fullmatch(text)
        if match is None:
            return self.word(text)
        if match["account"] in {"aws", "aws-managed"}:
            return text
        parts = re.split("([:/])", match["resource"])
        typed = len(parts) > 1 and match["service"] not in _UNTYPED and _TYPE.fullmatch(parts[0]) is not None
        kept = 1 if typed else 0
        own = match["service"] == "ec2" and parts[0] != "key-pair"
        renamed = [
            part if index < kept or index % 2 or (own and _EC2.fullmatch(part)) else self._segment(part)
            for index, part in enumerate(parts)
        ]
        return f"{match['head']}{match['account']}:{''.join(renamed)}"

    def _segment(self, text: str) -> str:
        if text in _KEPT_SEGMENTS or is_id(text) or _ACCOUNT.fullmatch(text) or _OURS_TOO.fullmatch(text):
            return text
        return self.word(text)

    def host(self, text: str) -> str:
        """A DNS name, or the URL of one, label by label, so that what ended alike still does."""
        match = _URL.fullmatch(text)
        if match is None:
            return self.word(text)
        path = match["path"]
        return f"{match['head']}{self._host(match['host'])}{match['port']}" + (
            f"/{self.word(path[1:])}" if path else ""
        )

    def _host(self, text: str) -> str:
        labels = text.split(".")
        aws = _aws_part(labels)
        if aws is None:
            return ".".join(label if label in {"", "*"} else self.word(label) for label in labels)
        head, tail = labels[:aws], labels[aws:]
        owners = _NAMED_BY_OWNER.intersection(head)
        if not owners or "vpce" in head:
            return text
        kept = owners | {"dualstack", "*"} | (_OF_CACHES if owners & {"cache", "memorydb"} else set())
        return ".".join([*(one if one in kept or is_place(one) else self._label(one) for one in head), *tail])

    def _label(self, text: str) -> str:
        for pattern in _LABELS:
            match = pattern.fullmatch(text)
            if match:
                return f"{match['head']}{self.word(match['name'])}{match['tail']}"
        return self.word(text)


_EC2 = re.compile(_ANY_ID)
_ACCOUNT = re.compile(r"\d{12}")
_URL = re.compile(r"(?P<head>(?:[a-z]+://)?)(?P<host>[\w*.-]+)(?P<port>(?::\d+)?)(?P<path>(?:/.*)?)")


def _aws_part(labels: list[str]) -> int | None:
    """Where the part of a DNS name begins that is AWS's for everybody, None where it is not AWS's at all."""
    if labels[-2:] in (["ec2", "internal"], ["compute", "internal"]):
        return len(labels) - 2
    return labels.index("amazonaws") if "amazonaws" in labels and "com" in labels[labels.index("amazonaws") :] else None
