"""Network ACLs."""

from __future__ import annotations

from .draft import TCP_PORTS, Draft
from .draw_groups import v4_source, v6_source
from .records import Record


def network_acls(draft: Draft) -> None:
    """A default ACL per VPC, own ones for some subnets."""
    for vpc in draft.data["Vpcs"]:
        default = new_acl(draft, vpc, default=True)
        allow_all(draft, default)
        if draft.chance(0.03 if draft.fabric else 0.1):
            spoil(draft, default)
        for subnet in draft.all("Subnets", VpcId=vpc["VpcId"]):
            acl = default
            if draft.chance(0.15 if draft.fabric else 0.33):
                acl = new_acl(draft, vpc, default=False)
                own_entries(draft, acl, vpc)
            if acl is default and draft.chance(0.05):
                continue  # The association of the default ACL goes without saying.
            association = {
                "NetworkAclAssociationId": draft.new("aclassoc"),
                "NetworkAclId": acl["NetworkAclId"],
                "SubnetId": subnet["SubnetId"],
            }
            acl["Associations"].append(association)


def new_acl(draft: Draft, vpc: Record, *, default: bool) -> Record:
    """An ACL with nothing but the entries that AWS puts last."""
    acl: Record = {
        "NetworkAclId": draft.new("acl"),
        "VpcId": vpc["VpcId"],
        "OwnerId": vpc["OwnerId"],
        "IsDefault": default,
    }
    acl |= {"Associations": [], "Entries": []}
    for egress in (False, True):
        entry(draft, acl, 32767, egress, "-1", "deny", "0.0.0.0/0")
        if draft.v6_of(vpc):
            entry(draft, acl, 32768, egress, "-1", "deny", "::/0")
    draft.data["NetworkAcls"].append(acl)
    return acl


def entry(
    self,
    acl: Record,
    number: int,
    egress: bool,
    protocol: str,
    action: str,
    cidr: str,
    ports: tuple[int, int] | None = None,
) -> None:
    """One entry, unless its number is taken; for ICMP the ports are type and code."""
    if any(each["RuleNumber"] == number and each["Egress"] == egress for each in acl["Entries"]):
        return
    entry: Record = {"RuleNumber": number, "Egress": egress, "Protocol": protocol, "RuleAction": action}
    entry["Ipv6CidrBlock" if ":" in cidr else "CidrBlock"] = cidr
    if protocol in ("6", "17"):
        entry["PortRange"] = {"From": (ports or (0, 65535))[0], "To": (ports or (0, 65535))[1]}
    if protocol == "1" or (protocol == "58" and ":" in cidr):
        entry["IcmpTypeCode"] = {"Type": (ports or (-1, -1))[0], "Code": (ports or (-1, -1))[1]}
    acl["Entries"].append(entry)


def allow_all(draft: Draft, acl: Record, number: int = 100) -> None:
    """Everything in and out, mostly in both families."""
    v6 = draft.chance(0.9)
    for egress in (False, True):
        entry(draft, acl, number, egress, "-1", "allow", "0.0.0.0/0")
        if v6 and any(each["RuleNumber"] == 32768 for each in acl["Entries"]):
            entry(draft, acl, number + 1, egress, "-1", "allow", "::/0")


def own_entries(draft: Draft, acl: Record, vpc: Record) -> None:
    """The entries of somebody's own ACL."""
    style = draft.pick({"denies": 40, "web": 33, "crowded": 17, "empty": 2, "odd": 8})
    if style == "denies":
        for _ in range(draft.rng.choice((1, 2, 3))):
            some_entry(draft, acl, draft.rng.randrange(1, 99), "deny" if draft.chance(0.8) else "allow")
        allow_all(draft, acl)
    elif style == "web":
        web(draft, acl, vpc)
    elif style == "crowded":
        first = draft.rng.choice((1, 32760, 99))
        for number in range(first, first + 4):
            some_entry(draft, acl, number, draft.rng.choice(("deny", "allow")))
        allow_all(draft, acl, first + 4)
    elif style == "odd":
        for number in range(10, 60, 5):
            some_entry(draft, acl, number, "allow" if draft.chance(0.8) else "deny")
    if draft.chance(0.2):
        spoil(draft, acl)


def web(draft: Draft, acl: Record, vpc: Record) -> None:
    """What the documentation proposes for a web tier: the services in, the client ports back; not always all of
    them.
    """
    client = draft.pick(
        {(1024, 65535): 60, (32768, 65535): 15, (32768, 60999): 10, (49152, 65535): 10, (1024, 32767): 5}
    )
    services = [
        ("6", (80, 80)),
        ("6", (443, 443)),
        ("6", (22, 22)),
        ("17", (53, 53)),
        ("1", (8, -1)),
        ("6", (5432, 5432)),
        ("47", None),
    ]
    for egress in (False, True):
        for number, (protocol, ports) in enumerate(services):
            if draft.chance(0.8):
                entry(draft, acl, 100 + 10 * number, egress, protocol, "allow", "0.0.0.0/0", ports)
                if protocol != "1":
                    entry(draft, acl, 101 + 10 * number, egress, protocol, "allow", "::/0", ports)
        entry(draft, acl, 200, egress, "6", "allow", "0.0.0.0/0", client)
        entry(draft, acl, 202, egress, "17", "allow", "0.0.0.0/0", client)
        entry(draft, acl, 210, egress, "1", "allow", "0.0.0.0/0", (0, -1))
        if draft.chance(0.7):
            entry(draft, acl, 201, egress, "6", "allow", "::/0", client)
            entry(draft, acl, 211, egress, "58", "allow", "::/0", (129, 0) if draft.chance(0.5) else (-1, -1))
            entry(draft, acl, 212, egress, "58", "allow", "::/0", (128, 0))
        if draft.chance(0.5):
            entry(draft, acl, 220, egress, "-1", "allow", vpc["CidrBlock"])


def some_entry(draft: Draft, acl: Record, number: int, action: str) -> None:
    """A random entry, in, out or both."""
    port = draft.rng.choice(TCP_PORTS)
    port_entries = [("6", (port, port)), ("6", (0, 65535)), ("6", (1024, 65535)), ("6", (40000, 50000))]
    port_entries += [("17", (0, 65535)), ("17", (53, 53)), ("17", (1024, 65535))]
    icmp_entries = [("1", (8, 0)), ("1", (-1, -1)), ("1", (0, 0)), ("58", (128, -1)), ("58", (-1, -1))]
    protocol, ports = draft.rng.choice([*port_entries, *icmp_entries, ("-1", None), ("47", None), ("50", None)])
    cidr = v6_source(draft) if draft.chance(0.25) else v4_source(draft, acl["VpcId"])
    if protocol == "1" and ":" in cidr:
        cidr = "0.0.0.0/0"
    for egress in draft.rng.choice(((False,), (True,), (False, True))):
        entry(draft, acl, number, egress, protocol, action, cidr, ports)


def spoil(draft: Draft, acl: Record) -> None:
    """Take one entry away."""
    own = [entry for entry in acl["Entries"] if entry["RuleNumber"] < 32767]
    if own:
        acl["Entries"].remove(draft.rng.choice(own))
