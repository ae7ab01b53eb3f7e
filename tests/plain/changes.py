"""Short ways to say what is changed in the lab before a question is asked."""

from __future__ import annotations

from .lab import (
    ANY,
    ANY6,
    acl,
    add_route,
    allow,
    entry,
    find,
    group,
    interface,
    only,
    own_acl,
    remove_route,
    subnet,
    table,
    vpc,
)

DELIVERED, BLOCKED, UNKNOWN = "delivered", "blocked", "unknown"
WEB, WEB6, APP, APP6, TWO, DATA, DATA6 = (
    "3.0.0.10",
    "2600:a:0:1::10",
    "10.0.2.10",
    "2600:a:0:2::10",
    "10.0.2.20",
    "10.1.1.10",
    "2600:b:0:1::10",
)
UDP, GRE, ESP, ICMP, ICMPV6 = {"protocol": 17}, {"protocol": 47}, {"protocol": 50}, {"protocol": 1}, {"protocol": 58}
ALLOW_OUT = [entry(100, True, "-1", "allow", ANY), entry(101, True, "-1", "allow", ANY6)]
ALLOW_IN = [entry(100, False, "-1", "allow", ANY), entry(101, False, "-1", "allow", ANY6)]


def nothing(network):
    """Change nothing."""


def state(name, value):
    """Put an instance into a state."""

    def change(network):
        for reservation in network["Reservations"]:
            for instance in reservation["Instances"]:
                if instance["InstanceId"] == name:
                    instance["State"]["Name"] = value

    return change


def values(name, **new):
    """Give a record other values."""
    return lambda network: find(network, name).update(new)


def without(kind):
    """Leave a kind out of the data."""
    return lambda network: network.pop(kind)


def without_record(name):
    """Leave one record out of the data."""

    def change(network):
        record = find(network, name)
        for records in network.values():
            if isinstance(records, list) and record in records:
                records.remove(record)

    return change


def both(*changes):
    """Several changes."""

    def change(network):
        for each in changes:
            each(network)

    return change


def rule(*args, egress=False):
    """One more rule for a group."""
    return lambda network: allow(network, *args, egress=egress)


def only_rule(*args, egress=False):
    """This rule alone for a group."""
    return lambda network: only(network, *args, egress=egress)


def no_rules(name):
    """No ingress rule at all."""
    return lambda network: find(network, f"sg-{name}").update(IpPermissions=[])


def acl_of(subnet, *entries):
    """An ACL of its own for a subnet."""
    return lambda network: own_acl(network, subnet, *entries)


def routed(table, destination, target, **rest):
    """A route."""
    return lambda network: add_route(network, table, destination, target, **rest)


def unrouted(table, *destinations):
    """Routes taken away."""

    def change(network):
        for destination in destinations:
            remove_route(network, table, destination)

    return change


def prefix_list(name, *cidrs, family=None):
    """A prefix list with its entries; `family` alone: without them."""

    def change(network):
        if cidrs:
            network["PrefixListEntries"][name] = [{"Cidr": cidr} for cidr in cidrs]
        if family:
            network["PrefixLists"].append({"PrefixListId": name, "AddressFamily": family})

    return change


def in_groups(name, *groups):
    """Give an interface these groups."""
    return values(f"eni-{name}", Groups=[{"GroupId": f"sg-{each}"} for each in groups])


def secondary(name, address, public=""):
    """One more private address."""

    def change(network):
        added = {"PrivateIpAddress": address, "Primary": False}
        if public:
            added["Association"] = {"PublicIp": public}
        find(network, name)["PrivateIpAddresses"].append(added)

    return change


def public(name, address):
    """An elastic address for the primary private one, which only describe-addresses knows."""
    return lambda network: network["Addresses"].append({"PublicIp": address, "NetworkInterfaceId": name})


def peered(code):
    """The state of the peering."""
    return values("pcx-ab", Status={"Code": code})


def blocked_access(name, mode):
    """Block public access of a VPC or subnet."""
    return values(name, BlockPublicAccessStates={"InternetGatewayBlockMode": mode})


def edge(*routes):
    """A route table for the internet gateway of the first VPC."""

    def change(network):
        record = table("edge", "a", [], dict(routes))
        record["Associations"] = [{"GatewayId": "igw-a"}]
        network["RouteTables"].append(record)

    return change


def regional(network):
    """Make the NAT gateway a regional one, with a route table of its own."""
    find(network, "nat-a").update(
        SubnetId=None,
        AvailabilityMode="regional",
        RouteTableId="rtb-nat",
        NatGatewayAddresses=[{"PublicIp": "3.0.0.200"}],
    )
    without_record("eni-nat")(network)
    network["RouteTables"].append(table("nat", "a", [], {ANY: "igw-a"}))


def third_vpc(network):
    """A third VPC, with the first one's CIDR and addresses, joined to nothing."""
    network["Vpcs"].append(vpc("c", "10.0.0.0/16", "2600:c::/56"))
    network["Subnets"].append(subnet("other", "c", "10.0.2.0/24", "2600:c:0:2::/64"))
    network["NetworkInterfaces"].append(interface("other", "c", "other", APP, "2600:c:0:2::10"))
    network["SecurityGroups"].append(group("other", "c"))
    network["NetworkAcls"].append({**acl("c", ["other"]), "VpcId": "vpc-c"})


def associated(network):
    """The second VPC's group of the data host, used in the first VPC by the web host as well."""
    network["SecurityGroupVpcAssociations"].append({"GroupId": "sg-data", "VpcId": "vpc-a", "State": "associated"})
    in_groups("web", "web", "data")(network)


def middlebox():
    """Lead a part of the private subnet's internet traffic to an interface without a public address, elsewhere."""
    return both(routed("main", "192.0.2.0/24", "eni-two"), values("eni-two", SubnetId="subnet-public"))


def nat_instance(network):
    """Make a NAT instance of the web host, and lead the private subnet to it."""
    values("eni-web", SourceDestCheck=False)(network)
    rule("web", "-1", None, None, "10.0.0.0/8")(network)
    routed("main", ANY, "eni-web")(network)


def unpublished(network):
    """Take the web host's public address away."""
    find(network, "eni-web")["PrivateIpAddresses"][0].pop("Association")
