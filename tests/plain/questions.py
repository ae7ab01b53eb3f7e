"""Random questions about a network, each a set of packets of which samples can be drawn."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from ipaddress import ip_address, ip_network

from .draft import INTERNET_V4, INTERNET_V6
from .records import ICMP, ICMPV6, TCP, UDP, Packet, Record, address, inside, is_internet, listed, network_of


@dataclass(frozen=True)
class Question:
    """Whether a sender reaches a receiver: a set of packets, as `sgcheck explain` would be asked.

    `sender` and `receiver` are interface ids, None for the internet. `source` is a CIDR or an address of the internet
    (`0.0.0.0/0`: all of it), empty for an interface, which is asked with all its addresses of the destination's family.
    `destination` is one address. `port` is the text after --port.
    """

    sender: str | None
    source: str
    receiver: str | None
    destination: str
    port: str
    network: Record = field(repr=False, compare=False)

    @property
    def asked_from(self) -> str:
        """What stands after --from."""
        return self.sender or self.source

    @property
    def asked_to(self) -> str:
        """What stands after --to: the address itself."""
        return self.destination

    @property
    def version(self) -> int:
        """4 or 6."""
        return address(self.destination).version

    def source_cidrs(self) -> list[str]:
        """The networks that the packets come from."""
        if self.sender is None:
            return [self.source]
        interface = next(
            each for each in self.network["NetworkInterfaces"] if each["NetworkInterfaceId"] == self.sender
        )
        return [cidr for cidr in own_cidrs(interface) if network_of(cidr).version == self.version]

    def holds(self, source: str) -> bool:
        """Whether a source address is part of the question: of the internet only what is nobody's that we know."""
        if not any(inside(source, cidr) for cidr in self.source_cidrs()):
            return False
        return self.sender is not None or (is_internet(source) and not is_known(self.network, source))

    def sample_packets(self, rng: random.Random, count: int) -> list[Packet]:
        """Some of the packets of the question: at the boundaries of the network's own rules, and anywhere."""
        sources = self.some_sources(rng)
        if not sources:
            return []
        ports = rule_ports(self.network)
        packets = []
        for _ in range(count):
            protocol, port = self.some_traffic(rng, ports)
            client = 0
            if protocol in (TCP, UDP):
                near = [each for each in ports if 1024 <= each <= 65535]
                client = rng.choice((rng.randint(1024, 65535), rng.choice([*near, 1024, 65535])))
            packets.append(Packet(rng.choice(sources), self.destination, protocol, client, port))
        return packets

    def some_sources(self, rng: random.Random) -> list[str]:
        """Source addresses of the question: the first, the last, any, and those on both sides of the edges of the
        network's CIDRs.
        """
        candidates = set()
        for cidr in self.source_cidrs():
            block = network_of(cidr)
            candidates |= {str(block[0]), str(block[-1])} | {
                str(block[rng.randrange(block.num_addresses)]) for _ in range(6)
            }
        if self.sender is None:
            for cidr in rng.sample(cidrs := rule_cidrs(self.network, self.version), min(len(cidrs), 12)):
                block = network_of(cidr)
                numbers = {int(block[0]), int(block[-1]), int(block[0]) - 1, int(block[-1]) + 1}
                candidates |= {
                    str(ip_address(number))
                    for number in numbers
                    if 0 <= number < 1 << block.max_prefixlen and (number >> 32 or self.version == 4)
                }
        return sorted(each for each in candidates if self.holds(each))

    def some_traffic(self, rng: random.Random, ports: list[int]) -> tuple[int, int]:
        """A protocol and a port (or type and code) of the question."""
        icmp, echo = (ICMP, 8) if self.version == 4 else (ICMPV6, 128)
        if self.port == "icmp":
            return icmp, echo * 256
        if self.port.startswith("icmp:"):
            kind, code = self.port[5:].split("/")
            return icmp, int(kind) * 256 + int(code)
        if self.port.startswith("proto:"):
            return int(self.port[6:]), 0
        if self.port == "all":
            protocol = rng.choice((TCP, TCP, UDP, icmp, 47, 50, 132))
            if protocol == icmp:
                return icmp, rng.choice((echo * 256, 3 * 256 + 4, rng.randrange(65536)))
            return protocol, rng.choice((rng.choice(ports), rng.randrange(65536))) if protocol in (TCP, UDP) else 0
        text, _, name = self.port.partition("/")
        first, _, last = text.partition("-")
        low, high = int(first), int(last or first)
        port = rng.choice([low, high, rng.randint(low, high), *[each for each in ports if low <= each <= high][:6]])
        return UDP if name == "udp" else TCP, port


def own_cidrs(interface: Record) -> list[str]:
    """The addresses and delegated prefixes of an interface."""
    cidrs = [each["PrivateIpAddress"] + "/32" for each in interface["PrivateIpAddresses"]]
    cidrs += [each["Ipv6Address"] + "/128" for each in interface["Ipv6Addresses"]]
    cidrs += [each["Ipv4Prefix"] for each in listed(interface, "Ipv4Prefixes")]
    return cidrs + [each["Ipv6Prefix"] for each in listed(interface, "Ipv6Prefixes")]


def public_addresses(network: Record) -> set[str]:
    """Every public IPv4 address of the known network."""
    found = {each["PublicIp"] for each in listed(network, "Addresses")}
    for interface in listed(network, "NetworkInterfaces"):
        found |= {each["Association"]["PublicIp"] for each in interface["PrivateIpAddresses"] if "Association" in each}
    for nat in listed(network, "NatGateways"):
        found |= {each["PublicIp"] for each in nat["NatGatewayAddresses"] if "PublicIp" in each}
    return found


def is_known(network: Record, text: str) -> bool:
    """Whether an address is one of the known network's own: in a VPC, or a public address of it."""
    blocks = [
        block
        for vpc in network["Vpcs"]
        for block in vpc["CidrBlockAssociationSet"] + listed(vpc, "Ipv6CidrBlockAssociationSet")
    ]
    cidrs = [block.get("CidrBlock") or block["Ipv6CidrBlock"] for block in blocks]
    return any(inside(text, cidr) for cidr in cidrs) or text in public_addresses(network)


def rule_cidrs(network: Record, version: int) -> list[str]:
    """Every CIDR that a rule, an ACL entry, a route or a prefix list of the network names."""
    found = {entry["Cidr"] for entries in (network.get("PrefixListEntries") or {}).values() for entry in entries}
    for acl in listed(network, "NetworkAcls"):
        found |= {entry.get("CidrBlock") or entry["Ipv6CidrBlock"] for entry in acl["Entries"]}
    for table in listed(network, "RouteTables"):
        found |= {
            route.get("DestinationCidrBlock") or route.get("DestinationIpv6CidrBlock") or "0.0.0.0/0"
            for route in table["Routes"]
        }
    for group in listed(network, "SecurityGroups"):
        for permission in group["IpPermissions"] + group["IpPermissionsEgress"]:
            found |= {each["CidrIp"] for each in permission["IpRanges"]} | {
                each["CidrIpv6"] for each in permission["Ipv6Ranges"]
            }
    return sorted(cidr for cidr in found if network_of(cidr).version == version)


def rule_ports(network: Record) -> list[int]:
    """Every port at an edge of a rule or ACL entry of the network, and its neighbours."""
    edges = {0, 1023, 1024, 65535}
    for acl in listed(network, "NetworkAcls"):
        for entry in acl["Entries"]:
            edges |= set((entry.get("PortRange") or {}).values())
    for group in listed(network, "SecurityGroups"):
        for permission in group["IpPermissions"] + group["IpPermissionsEgress"]:
            if permission["IpProtocol"] in ("tcp", "udp"):
                edges |= {permission["FromPort"], permission["ToPort"]}
    return sorted({each + step for each in edges for step in (-1, 0, 1) if 0 <= each + step <= 65535})


def is_host(interface: Record) -> bool:
    """Whether an interface is an instance's own, or unattached."""
    return interface["InterfaceType"] == "interface" and not interface["RequesterManaged"]


class Asker:
    """Makes up questions about one network."""

    def __init__(self, rng: random.Random, network: Record) -> None:
        self.rng = rng
        self.network = network
        self.hosts = [each for each in network["NetworkInterfaces"] if is_host(each)]
        self.nodes = [each for each in network["NetworkInterfaces"] if each["Description"].startswith("ELB ")]
        # What cannot answer anyway is asked about less often.
        self.weights = [1 if self.dead(each) else 4 for each in self.hosts]
        self.nats = [each for each in network["NetworkInterfaces"] if each["InterfaceType"] == "nat_gateway"]

    def dead(self, interface: Record) -> bool:
        """Whether an interface is unattached, or its instance does not run."""
        name = (interface.get("Attachment") or {}).get("InstanceId")
        instances = [each for reservation in listed(self.network, "Reservations") for each in reservation["Instances"]]
        stopped = any(each["InstanceId"] == name and each["State"]["Name"] != "running" for each in instances)
        return stopped or interface["Status"] == "available"

    def addresses(self, interface: Record, version: int) -> list[str]:
        """The addresses of an interface in a family, with some of each delegated prefix."""
        blocks = [network_of(cidr) for cidr in own_cidrs(interface)]
        return [str(block[self.rng.randrange(block.num_addresses)]) for block in blocks if block.version == version]

    def publics(self, interface: Record) -> list[str]:
        """The public IPv4 addresses of an interface."""
        return [each["Association"]["PublicIp"] for each in interface["PrivateIpAddresses"] if "Association" in each]

    def port(self, receiver: Record | None, version: int) -> str:
        """What is asked for: mostly something that a rule of the receiver is about."""
        listened = self.listeners(receiver) if receiver in self.nodes else []
        if listened and self.rng.random() < 0.75:
            return self.rng.choice(listened)
        names = {each["GroupId"] for each in receiver["Groups"]} if receiver else set()
        other_family = "icmpv6" if version == 4 else "icmp"
        rules = [
            rule
            for group in listed(self.network, "SecurityGroups")
            for rule in group["IpPermissions"]
            if group["GroupId"] in names and rule["IpProtocol"] != other_family
        ]
        if rules and self.rng.random() < 0.7:
            return self.port_of(self.rng.choice(rules))
        choices = {"443/tcp": 5, "443": 5, "22/tcp": 4, "80/tcp": 4, "5432/tcp": 2, "53/udp": 4, "8000-8100/tcp": 2}
        choices |= {"0-65535/tcp": 2, "icmp": 4, "icmp:3/4": 1, "proto:47": 1, "proto:50": 1, "all": 3}
        return self.rng.choices(list(choices), list(choices.values()))[0]

    def listeners(self, node: Record) -> list[str]:
        """What the balancer of a node listens to."""
        suffix = ":loadbalancer/" + node["Description"].removeprefix("ELB ")
        found = [
            listener
            for entry in listed(self.network, "LoadBalancerListeners")
            if entry["LoadBalancerArn"].endswith(suffix)
            for listener in entry["Listeners"]
        ]
        return [f"{each['Port']}/{'udp' if each['Protocol'] == 'UDP' else 'tcp'}" for each in found]

    def port_of(self, rule: Record) -> str:
        """A question about what a rule is about."""
        protocol, first, last = rule["IpProtocol"], rule.get("FromPort"), rule.get("ToPort")
        if protocol in ("tcp", "udp"):
            low, high = (first, last) if first != -1 else (0, 65535)
            single = str(self.rng.choice((low, high, self.rng.randint(low, high))))
            whole = f"{low}-{high}" if low != high else single
            wider = f"{max(low - 3, 0)}-{min(high + 3, 65535)}"
            return self.rng.choice((single, single, single, whole, wider)) + "/" + protocol
        if protocol in ("icmp", "icmpv6"):
            return "icmp" if first in (None, -1, 8, 128) else f"icmp:{first}/{max(last, 0)}"
        if protocol == "-1":
            return self.rng.choice(("443/tcp", "22", "53/udp", "icmp", "all", "proto:47"))
        return f"proto:{protocol}"

    def internet(self, version: int) -> str:
        """A part of the internet to come from."""
        if self.rng.random() < 0.45:
            return "0.0.0.0/0" if version == 4 else "::/0"
        return self.rng.choice(INTERNET_V4 if version == 4 else INTERNET_V6).replace(
            "/32" if version == 4 else "/128", ""
        )

    def internet_host(self, version: int) -> str:
        """A host out there."""
        block = network_of(self.rng.choice(INTERNET_V4 if version == 4 else INTERNET_V6))
        return str(block[self.rng.randrange(block.num_addresses)])

    def question(self) -> Question | None:
        """One question, or None where the network has nothing of the kind that was drawn."""
        kinds = {self.inwards: 35, self.outwards: 23, self.near: 26, self.far: 22, self.hairpin: 7}
        kinds |= {self.itself: 1, self.to_nat: 2, self.to_nobody: 2}
        if "TransitGateways" in self.network:
            kinds |= {self.far: 90, self.beyond: 45}
        if "VpcEndpoints" in self.network:
            kinds |= {self.to_endpoint: 45, self.to_service: 35}
        if self.nodes:
            kinds[self.to_node] = 90
        return self.rng.choices(list(kinds), list(kinds.values()))[0]()

    def version(self) -> int:
        """4, and now and then 6."""
        return 6 if self.rng.random() < 0.3 else 4

    def two(self) -> list[Record]:
        """A sender and a receiver; they can be the same."""
        return self.rng.choices(self.hosts, self.weights, k=2)

    def inwards(self) -> Question | None:
        """From the internet to a public address."""
        version, receiver = self.version(), self.two()[0]
        targets = self.publics(receiver) if version == 4 else self.addresses(receiver, 6)
        return self.ask(None, self.internet(version), receiver, targets)

    def outwards(self) -> Question | None:
        """To a host in the internet."""
        return self.ask(self.two()[0], "", None, [self.internet_host(self.version())])

    def beyond(self) -> Question | None:
        """To a host in the internet from where a transit gateway leads to it."""
        tables = [
            table
            for table in listed(self.network, "RouteTables")
            for route in table["Routes"]
            if route.get("DestinationCidrBlock") == "0.0.0.0/0" and "TransitGatewayId" in route
        ]
        named = {each.get("SubnetId") for table in tables for each in table["Associations"]}
        senders = [each for each in self.hosts if each["SubnetId"] in named and not self.dead(each)]
        return self.ask(self.rng.choice(senders), "", None, [self.internet_host(4)]) if senders else None

    def near(self) -> Question | None:
        """Inside one VPC."""
        sender, receiver = self.two()
        same = sender["VpcId"] == receiver["VpcId"]
        return self.ask(sender, "", receiver, self.addresses(receiver, self.version()) if same else [])

    def far(self) -> Question | None:
        """To another VPC, peered or not."""
        sender, receiver = self.two()
        same = sender["VpcId"] == receiver["VpcId"]
        return self.ask(sender, "", receiver, [] if same else self.addresses(receiver, self.version()))

    def hairpin(self) -> Question | None:
        """From inside to a public address of the known network."""
        sender, receiver = self.two()
        return self.ask(sender, "", receiver, self.publics(receiver))

    def to_node(self) -> Question | None:
        """To a load balancer's node, from inside or outside."""
        sender, node = self.two()[0], self.rng.choice(self.nodes)
        if self.publics(node) and self.rng.random() < 0.4:
            return self.ask(None, self.internet(4), node, self.publics(node))
        if self.rng.random() < 0.75:
            near = [each for each in self.hosts if each["VpcId"] == node["VpcId"]]
            sender = self.rng.choice(near or [sender])
        return self.ask(sender, "", node, self.addresses(node, 4))

    def to_endpoint(self) -> Question | None:
        """To the interface of an endpoint."""
        found = [each for each in self.network["NetworkInterfaces"] if each["InterfaceType"] == "vpc_endpoint"]
        if not found:
            return None
        sender, endpoint = self.two()[0], self.rng.choice(found)
        if self.rng.random() < 0.7:
            near = [each for each in self.hosts if each["VpcId"] == endpoint["VpcId"]]
            sender = self.rng.choice(near or [sender])
        return self.ask(sender, "", endpoint, self.addresses(endpoint, self.version()))

    def to_service(self) -> Question | None:
        """To a service of AWS behind a gateway endpoint."""
        lists = {each["PrefixListId"] for each in listed(self.network, "PrefixLists") if each["OwnerId"] == "AWS"}
        entries = self.network.get("PrefixListEntries") or {}
        blocks = [network_of(entry["Cidr"]) for name in sorted(lists) for entry in entries.get(name, [])]
        targets = [str(block[self.rng.randrange(block.num_addresses)]) for block in blocks]
        return self.ask(self.two()[0], "", None, targets)

    def itself(self) -> Question | None:
        """To one of the sender's own addresses."""
        sender = self.two()[0]
        return self.ask(sender, "", sender, self.addresses(sender, self.version()))

    def to_nat(self) -> Question | None:
        """To a NAT gateway, from outside or from inside."""
        if not self.nats:
            return None
        sender, nat = self.two()[0], self.rng.choice(self.nats)
        if self.rng.random() < 0.5:
            return self.ask(None, "0.0.0.0/0", nat, self.publics(nat))
        return self.ask(sender, "", nat, self.addresses(nat, 4) if nat["VpcId"] == sender["VpcId"] else [])

    def to_nobody(self) -> Question | None:
        """To an address of the sender's VPC that no interface has."""
        sender = self.two()[0]
        subnets = [each for each in self.network["Subnets"] if each["VpcId"] == sender["VpcId"]]
        return self.ask(sender, "", None, [str(ip_network(self.rng.choice(subnets)["CidrBlock"])[7])])

    def ask(self, sender: Record | None, source: str, receiver: Record | None, targets: list[str]) -> Question | None:
        """A question about one of the target addresses, unless there is none, or none to send from."""
        if not targets:
            return None
        target = self.rng.choice(targets)
        version = address(target).version
        name = receiver["NetworkInterfaceId"] if receiver else None
        question = Question(
            sender["NetworkInterfaceId"] if sender else None,
            source,
            name,
            target,
            self.port(receiver, version),
            self.network,
        )
        return question if any(network_of(cidr).version == version for cidr in question.source_cidrs()) else None


def random_questions(rng: random.Random, network: Record, count: int) -> list[Question]:
    """Questions about a network; each can be asked with at least one source address."""
    asker = Asker(rng, network)
    questions: list[Question] = []
    for _ in range(50 * count):
        question = asker.question()
        if question is not None and len(questions) < count:
            questions.append(question)
    return questions
