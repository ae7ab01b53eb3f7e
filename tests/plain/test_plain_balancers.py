"""The plain evaluator through load balancers, one documented situation each.

Pages, all under https://docs.aws.amazon.com/elasticloadbalancing/latest/: network/load-balancer-listeners.html (what is
dropped), network/load-balancer-security-groups.html, network/edit-target-group-attributes.html (the client's address),
network/target-group-health-checks.html and application/target-group-health-checks.html (which targets are sent to),
network/load-balancer-troubleshooting.html (hairpinning), application/load-balancer-update-security-groups.html.
"""

from __future__ import annotations

import pytest

from tests.plain.changes import (
    ALLOW_IN,
    ALLOW_OUT,
    BLOCKED,
    DELIVERED,
    GRE,
    ICMP,
    UDP,
    UNKNOWN,
    acl_of,
    both,
    no_rules,
    nothing,
    only_rule,
    routed,
    state,
    unrouted,
    values,
    without,
)
from tests.plain.lab import ANY, HOST, ICMP_ECHO, ICMP_TOO_BIG, ask, entry
from tests.plain.lab_balancers import (
    ARN,
    GATE,
    NODE,
    NODE_PUBLIC,
    action,
    balancer_lab,
    by_address,
    crossing,
    described,
    group_attribute,
    group_values,
    isolated,
    listener,
    second_group,
    targets,
    weighted,
    with_group,
)

FLAKY = "flaky"
INSIDE, OUTSIDE, WEB_TO_GATE = ("web", NODE, 80), (None, NODE_PUBLIC, 80), ("web", GATE, 80)
OWN_ADDRESS = group_attribute("preserve_client_ip.enabled", "false")
BOTH = targets("i-app", "i-two")
CLIENT = only_rule("app", "tcp", 8080, 8080, f"{HOST}/32")
NODE_ONLY = only_rule("app", "tcp", 8080, 8080, f"{NODE}/32")

SCENARIOS = [
    # Network balancers: what is taken
    ("from inside", nothing, INSIDE, {}, DELIVERED),
    ("from the internet", nothing, OUTSIDE, {}, DELIVERED),
    ("a port without a listener", nothing, ("web", NODE, 443), {}, BLOCKED),
    ("another protocol on a listener's port", nothing, INSIDE, UDP, BLOCKED),
    ("a TLS listener", listener(Protocol="TLS"), INSIDE, {}, DELIVERED),
    (
        "a listener for both",
        both(listener(Protocol="TCP_UDP"), only_rule("app", "udp", 8080, 8080, ANY)),
        INSIDE,
        UDP,
        DELIVERED,
    ),
    ("a network balancer drops an echo", nothing, ("web", NODE, ICMP_ECHO), ICMP, BLOCKED),
    ("of path messages nothing is said", nothing, ("web", NODE, ICMP_TOO_BIG), ICMP, UNKNOWN),
    ("and every other protocol", nothing, ("web", NODE, 0), GRE, BLOCKED),
    ("balancers that are not in the data", without("LoadBalancers"), INSIDE, {}, UNKNOWN),
    ("an echo is dropped all the same", without("LoadBalancers"), ("web", NODE, ICMP_ECHO), ICMP, BLOCKED),
    ("listeners that are not in the data", without("LoadBalancerListeners"), INSIDE, {}, UNKNOWN),
    ("target groups that are not in the data", without("TargetGroups"), INSIDE, {}, UNKNOWN),
    ("targets that are not in the data", without("LoadBalancerTargetHealth"), INSIDE, {}, UNKNOWN),
    # The client's address
    ("instances see the client", CLIENT, OUTSIDE, {}, DELIVERED),
    ("and not the node", NODE_ONLY, OUTSIDE, {}, BLOCKED),
    ("unless the attribute is off", both(OWN_ADDRESS, NODE_ONLY), OUTSIDE, {}, DELIVERED),
    ("with it off they do not see the client", both(OWN_ADDRESS, CLIENT), OUTSIDE, {}, BLOCKED),
    ("targets by address see the node", both(by_address("10.0.2.10"), NODE_ONLY), OUTSIDE, {}, DELIVERED),
    (
        "unless the attribute is on",
        both(by_address("10.0.2.10"), group_attribute("preserve_client_ip.enabled", "true"), CLIENT),
        OUTSIDE,
        {},
        DELIVERED,
    ),
    (
        "UDP always shows the client",
        both(
            by_address("10.0.2.10"),
            group_values(Protocol="UDP"),
            listener(Protocol="UDP"),
            only_rule("app", "udp", 8080, 8080, f"{HOST}/32"),
        ),
        OUTSIDE,
        UDP,
        DELIVERED,
    ),
    (
        "attributes that are not in the data are the defaults",
        both(without("TargetGroupAttributes"), CLIENT),
        OUTSIDE,
        {},
        DELIVERED,
    ),
    ("replies to the client need no route", isolated, OUTSIDE, {}, DELIVERED),
    ("a target that is the client itself", nothing, ("app", NODE, 80), {}, BLOCKED),
    ("is reached under the node's address", OWN_ADDRESS, ("app", NODE, 80), {}, DELIVERED),
    # Groups
    ("no reference to the client's group", only_rule("app", "tcp", 8080, 8080, "sg-web"), INSIDE, {}, BLOCKED),
    (
        "a balancer's group can be referred to",
        both(with_group, only_rule("app", "tcp", 8080, 8080, "sg-node")),
        OUTSIDE,
        {},
        DELIVERED,
    ),
    (
        "with the node's address as well",
        both(with_group, OWN_ADDRESS, only_rule("app", "tcp", 8080, 8080, "sg-node")),
        OUTSIDE,
        {},
        DELIVERED,
    ),
    (
        "the client's group is not seen behind it",
        both(with_group, only_rule("app", "tcp", 8080, 8080, "sg-web")),
        INSIDE,
        {},
        BLOCKED,
    ),
    ("the balancer's group lets nobody in", both(with_group, no_rules("node")), OUTSIDE, {}, BLOCKED),
    (
        "the balancer's group knows the client's",
        both(with_group, only_rule("node", "tcp", 80, 80, "sg-web")),
        INSIDE,
        {},
        DELIVERED,
    ),
    (
        "the balancer's group forgets the targets' port",
        both(with_group, only_rule("node", "tcp", 80, 80, ANY, egress=True)),
        OUTSIDE,
        {},
        BLOCKED,
    ),
    (
        "the balancer's group lets out to the targets' group",
        both(with_group, only_rule("node", "tcp", 8080, 8080, "sg-app", egress=True)),
        OUTSIDE,
        {},
        DELIVERED,
    ),
    ("the targets' group lets nobody in", no_rules("app"), INSIDE, {}, BLOCKED),
    # ACLs
    ("the nodes' subnet lets nobody in", acl_of("public", *ALLOW_OUT), OUTSIDE, {}, BLOCKED),
    (
        "the targets' subnet lets the client in",
        acl_of("private", entry(1, False, "-1", "allow", f"{HOST}/32"), *ALLOW_OUT),
        OUTSIDE,
        {},
        DELIVERED,
    ),
    (
        "the targets' subnet does not",
        acl_of("private", entry(1, False, "-1", "allow", f"{NODE}/32"), *ALLOW_OUT),
        OUTSIDE,
        {},
        BLOCKED,
    ),
    (
        "the targets' subnet lets no reply out",
        acl_of("private", *ALLOW_IN, entry(1, True, "6", "allow", ANY, 0, 1023)),
        OUTSIDE,
        {},
        BLOCKED,
    ),
    (
        "the nodes' subnet takes no reply",
        acl_of("public", *ALLOW_OUT, entry(1, False, "6", "allow", ANY, 0, 1023)),
        OUTSIDE,
        {},
        BLOCKED,
    ),
    (
        "the node's own ports there",
        both(OWN_ADDRESS, acl_of("private", *ALLOW_IN, entry(1, True, "6", "allow", f"{NODE}/32", 2000, 2000))),
        OUTSIDE,
        {},
        DELIVERED,
    ),
    ("the client's own gateway leads elsewhere", routed("public", ANY, "nat-a"), OUTSIDE, {}, BLOCKED),
    ("no way back to the client inside", both(unrouted("public", "10.1.0.0/16")), ("data", NODE, 80), {}, BLOCKED),
    # Targets
    (
        "a port of the target's own",
        both(targets(described("i-app", Port=9000)), only_rule("app", "tcp", 9000, 9000, ANY)),
        INSIDE,
        {},
        DELIVERED,
    ),
    (
        "the group's port where a target has none",
        targets({"Target": {"Id": "i-app"}, "TargetHealth": {"State": "healthy"}}),
        INSIDE,
        {},
        DELIVERED,
    ),
    ("a target that is not in the data", targets("i-gone"), INSIDE, {}, UNKNOWN),
    ("an address that nobody has", by_address("10.0.2.99"), INSIDE, {}, BLOCKED),
    ("a stopped target", state("i-app", "stopped"), INSIDE, {}, BLOCKED),
    ("one of two targets is stopped", both(BOTH, state("i-two", "stopped")), INSIDE, {}, FLAKY),
    ("one of two targets forgets the balancer", both(BOTH, no_rules("two")), INSIDE, {}, FLAKY),
    ("none of two targets takes it", both(BOTH, no_rules("two"), no_rules("app")), INSIDE, {}, BLOCKED),
    ("two good targets", BOTH, INSIDE, {}, DELIVERED),
    (
        "an unhealthy target beside a healthy one is left out",
        both(targets("i-app", described("i-two", "unhealthy")), no_rules("two")),
        INSIDE,
        {},
        DELIVERED,
    ),
    (
        "a healthy one that is not reached",
        both(targets("i-app", described("i-two", "unhealthy")), no_rules("app")),
        INSIDE,
        {},
        BLOCKED,
    ),
    (
        "none healthy: all are sent to",
        both(targets(described("i-app", "unhealthy"), described("i-two", "unhealthy")), no_rules("two")),
        INSIDE,
        {},
        FLAKY,
    ),
    ("a target that is being drained", targets(described("i-app", "draining")), INSIDE, {}, BLOCKED),
    ("an unused target", targets(described("i-app", "unused")), INSIDE, {}, BLOCKED),
    ("an empty target group", targets(), INSIDE, {}, BLOCKED),
    # Zones
    ("a target in another zone is not used", targets("i-far"), INSIDE, {}, BLOCKED),
    ("unless the balancer crosses zones", both(targets("i-far"), crossing("true")), INSIDE, {}, DELIVERED),
    (
        "or its target group does",
        both(targets("i-far"), group_attribute("load_balancing.cross_zone.enabled", "true")),
        INSIDE,
        {},
        DELIVERED,
    ),
    (
        "a group that does not, under a balancer that does",
        both(targets("i-far"), crossing("true"), group_attribute("load_balancing.cross_zone.enabled", "false")),
        INSIDE,
        {},
        BLOCKED,
    ),
    (
        "a group that leaves it to its balancer",
        both(
            targets("i-far"),
            crossing("true"),
            group_attribute("load_balancing.cross_zone.enabled", "use_load_balancer_configuration"),
        ),
        INSIDE,
        {},
        DELIVERED,
    ),
    (
        "whether it crosses is not in the data",
        both(targets("i-far"), without("LoadBalancerAttributes")),
        INSIDE,
        {},
        UNKNOWN,
    ),
    ("which does not matter", without("LoadBalancerAttributes"), INSIDE, {}, DELIVERED),
    ("only the own zone's targets count", both(targets("i-app", "i-far"), no_rules("far")), INSIDE, {}, DELIVERED),
    (
        "all of them when crossing",
        both(targets("i-app", "i-far"), no_rules("far"), crossing("true")),
        INSIDE,
        {},
        FLAKY,
    ),
    ("a registered zone", by_address("10.0.2.10", AvailabilityZone="eu-west-1b"), INSIDE, {}, BLOCKED),
    ("all zones", by_address("10.0.2.10", AvailabilityZone="all"), INSIDE, {}, DELIVERED),
    (
        "no healthy target in the zone, but elsewhere",
        targets(described("i-app", "unhealthy"), "i-far"),
        INSIDE,
        {},
        UNKNOWN,
    ),
    ("a zone that is not in the data", values("subnet-public", AvailabilityZone=None), INSIDE, {}, UNKNOWN),
    (
        "an application balancer crosses without saying so",
        both(targets("i-far", balancer="gate"), without("LoadBalancerAttributes")),
        WEB_TO_GATE,
        {},
        DELIVERED,
    ),
    # What is not modelled
    ("another balancer as a target", group_values(TargetType="alb"), INSIDE, {}, UNKNOWN),
    ("an action of another kind", action({"Type": "made-up"}), INSIDE, {}, UNKNOWN),
    ("a node that sends to itself", by_address(NODE, Port=80), INSIDE, {}, BLOCKED),
    (
        "a client's address in another VPC",
        both(by_address("10.1.1.10", AvailabilityZone="all"), group_attribute("preserve_client_ip.enabled", "true")),
        INSIDE,
        {},
        UNKNOWN,
    ),
    ("past a middlebox on the way to the target", routed("public", "10.0.2.0/24", "eni-two"), OUTSIDE, {}, UNKNOWN),
    ("a classic balancer", values("eni-gate", Description="ELB classic"), WEB_TO_GATE, {}, UNKNOWN),
    (
        "and its pings",
        both(values("eni-gate", Description="ELB classic"), only_rule("gate", "icmp", 8, -1, ANY)),
        ("web", GATE, ICMP_ECHO),
        ICMP,
        UNKNOWN,
    ),
    # Two target groups
    (
        "two groups by weight",
        both(second_group("i-two"), weighted(("lb", 1), ("second", 1)), no_rules("two")),
        INSIDE,
        {},
        FLAKY,
    ),
    (
        "a group of no weight",
        both(second_group("i-two"), weighted(("lb", 1), ("second", 0)), no_rules("two")),
        INSIDE,
        {},
        DELIVERED,
    ),
    # Application balancers
    ("an application balancer", nothing, WEB_TO_GATE, {}, DELIVERED),
    ("it answers an echo", only_rule("gate", "icmp", 8, -1, ANY), ("web", GATE, ICMP_ECHO), ICMP, DELIVERED),
    ("if its group takes it", nothing, ("web", GATE, ICMP_ECHO), ICMP, BLOCKED),
    ("it takes no UDP", only_rule("gate", "-1", None, None, ANY), WEB_TO_GATE, UDP, BLOCKED),
    ("a port without a listener there", only_rule("gate", "-1", None, None, ANY), ("web", GATE, 443), {}, BLOCKED),
    ("its group forgets the client", no_rules("gate"), WEB_TO_GATE, {}, BLOCKED),
    (
        "its group forgets the targets' port",
        only_rule("gate", "tcp", 80, 80, ANY, egress=True),
        WEB_TO_GATE,
        {},
        BLOCKED,
    ),
    ("its targets see its group", only_rule("app", "tcp", 8080, 8080, "sg-gate"), WEB_TO_GATE, {}, DELIVERED),
    ("and not the client's", only_rule("app", "tcp", 8080, 8080, "sg-web"), WEB_TO_GATE, {}, BLOCKED),
    ("and its address", only_rule("app", "tcp", 8080, 8080, f"{GATE}/32"), WEB_TO_GATE, {}, DELIVERED),
    ("a target may be its own client", nothing, ("app", GATE, 80), {}, DELIVERED),
    ("it crosses zones", targets("i-far", balancer="gate"), WEB_TO_GATE, {}, DELIVERED),
    (
        "unless its target group does not",
        both(targets("i-far", balancer="gate"), group_attribute("load_balancing.cross_zone.enabled", "false", "gate")),
        WEB_TO_GATE,
        {},
        BLOCKED,
    ),
    (
        "a redirect needs no target",
        both(action({"Type": "redirect"}, balancer="gate"), targets(balancer="gate")),
        WEB_TO_GATE,
        {},
        DELIVERED,
    ),
    (
        "nor does a fixed response",
        both(action({"Type": "fixed-response"}, balancer="gate"), targets(balancer="gate")),
        WEB_TO_GATE,
        {},
        DELIVERED,
    ),
    (
        "a login goes before",
        action(
            {"Type": "forward", "Order": 2, "TargetGroupArn": "x"},
            {"Type": "fixed-response", "Order": 1},
            balancer="gate",
        ),
        WEB_TO_GATE,
        {},
        DELIVERED,
    ),
    (
        "a login, then the targets",
        action(
            {"Type": "forward", "Order": 2, "TargetGroupArn": ARN + "targetgroup/gate"},
            {"Type": "authenticate-oidc", "Order": 1},
            balancer="gate",
        ),
        WEB_TO_GATE,
        {},
        DELIVERED,
    ),
    (
        "an echo without the balancer's record",
        both(without("LoadBalancers"), only_rule("gate", "icmp", 8, -1, ANY)),
        ("web", GATE, ICMP_ECHO),
        ICMP,
        DELIVERED,
    ),
    ("a function needs no network", group_values("gate", TargetType="lambda"), WEB_TO_GATE, {}, DELIVERED),
    ("its record is not in the data", without("LoadBalancers"), WEB_TO_GATE, {}, UNKNOWN),
]


@pytest.mark.parametrize(
    "change, question, more, expected", [pytest.param(*each[1:], id=each[0]) for each in SCENARIOS]
)
def test_scenario(change, question, more, expected):
    network = balancer_lab()
    change(network)
    outcome = ask(network, *question, **more)
    assert outcome.verdict == expected, outcome.reason


def test_scenarios_have_names_of_their_own():
    names = [each[0] for each in SCENARIOS]
    assert len(names) == len(set(names))
