"""Laws: equal things in other words lint the same, and what is called redundant can go without any packet's notice."""

from __future__ import annotations

import os

from hypothesis import given, settings
from hypothesis import strategies as st

from lint.lab import RULES, acl, entry, group, groups, linted, permission, scene
from lint.reference import idle, needless
from sgcheck.lint.acls import admitted, repeated, shadowed
from sgcheck.lint.cover import covering, live, same
from sgcheck.lint.effective import far, key_of
from sgcheck.packets import AddressSet, PacketSet

NIGHTLY = os.environ.get("SGCHECK_PROFILE") == "nightly"
FEW = settings() if NIGHTLY else settings(max_examples=30)
CIDRS = ("0.0.0.0/0", "10.0.0.0/8", "10.0.0.0/9", "10.128.0.0/9", "10.0.0.0/24", "203.0.113.0/24", "52.0.0.0/10")
SIXES = ("::/0", "2001:db8::/32", "2001:db8::/33")
PORTS = ((22, 22), (80, 80), (80, 443), (443, 443), (0, 65535), (1024, 65535), (3000, 3400), (53, 53))
PROTOCOLS = ("tcp", "udp", "-1")

rules = st.lists(
    st.tuples(st.sampled_from(PROTOCOLS), st.sampled_from(PORTS), st.sampled_from((*CIDRS, *SIXES))), max_size=7
)
mixed = st.lists(
    st.tuples(
        st.sampled_from(PROTOCOLS), st.sampled_from(PORTS), st.sampled_from((*CIDRS, *SIXES, "sg-1", "sg-2", "pl-1"))
    ),
    max_size=8,
)
entries = st.lists(
    st.tuples(
        st.sampled_from(("6", "17", "-1")), st.sampled_from(PORTS), st.sampled_from((*CIDRS, *SIXES)), st.booleans()
    ),
    max_size=7,
)
WRITING = {"redundant-rule", "duplicate-rule", "internet-prefix-list"}
MEANING = tuple(rule for rule in RULES if "writing" not in rule.tags and rule.name not in WRITING)
"""Rules about what is allowed, however it is written."""


def one(protocol, ports, peer):
    kind = {"sg-": "groups", "pl-": "lists"}.get(peer[:3]) or ("v6" if ":" in peer else "v4")
    return permission(protocol, None if protocol == "-1" else ports[0], ports[1], **{kind: [peer]})


def halves(cidr):
    """The two halves of a CIDR, or itself where it is one address."""
    spans = AddressSet.parse(cidr)
    family = spans.families[0]
    ((low, high),) = spans.family(family).spans
    if low == high:
        return [cidr]
    middle = (low + high) // 2
    parts = [(low, middle), (middle + 1, high)]
    return [AddressSet.in_family(family, type(spans.family(family)).of(part)).cidrs()[0] for part in parts]


EVERYTHING = ({}, {"FromPort": -1, "ToPort": -1}, {"FromPort": 0, "ToPort": 65535})
"""Ports beside "-1", which mean nothing there."""


def rewritten(draw, made, lists):
    """The same rules in other words, in another order: ranges and ports in halves, protocols by number, port 0 left out
    of all ports, prefix lists (kept in `lists`) for ranges, described, repeated.
    """
    found = []
    for protocol, given_ports, cidr in made:
        cidrs = halves(cidr) if draw(st.booleans()) else [cidr]
        ports = (1, 65535) if given_ports == (0, 65535) and draw(st.booleans()) else given_ports
        middle = (ports[0] + ports[1]) // 2
        split = protocol != "-1" and ports[0] < ports[1] and draw(st.booleans())
        spans = [(ports[0], middle), (middle + 1, ports[1])] if split else [ports]
        word = {"tcp": "6", "udp": "17"}.get(protocol, protocol) if draw(st.booleans()) else protocol
        if draw(st.booleans()):
            name = f"pl-{len(lists)}"
            lists[name] = [{"Cidr": each} for each in cidrs]
            cidrs = [name]
        told = [one(word, span, each) for span in spans for each in cidrs]
        if protocol == "-1":
            told = [{**permission, **draw(st.sampled_from(EVERYTHING))} for permission in told]
        if draw(st.booleans()):
            kinds = ("IpRanges", "Ipv6Ranges", "PrefixListIds")
            told = [
                {**p, **{kind: [{**each, "Description": "why"} for each in p[kind]] for kind in kinds}} for p in told
            ]
        found += told * draw(st.sampled_from((1, 2)))
    return draw(st.permutations(found))


def findings(ingress, egress, lists):
    answer = {"PrefixListEntries": lists}
    report = linted(groups(group(ingress=ingress, egress=egress)), answer, rules=MEANING)
    assert {one.why for one in report.undecided} <= {"there are no network interfaces in the data"}
    return {(f.rule, f.resource.id, f.severity, f.fingerprint) for f in report.findings}


@FEW
@given(rules, rules, st.data())
def test_equal_rules_in_other_words_lint_the_same(ingress, egress, data):
    plain = findings([one(*each) for each in ingress], [one(*each) for each in egress], {})
    lists = {}
    assert findings(rewritten(data.draw, ingress, lists), rewritten(data.draw, egress, lists), lists) == plain


def single_rules(made):
    """Rules one by one with an id each, as describe-security-group-rules answers."""
    found = []
    for number, (protocol, ports, peer) in enumerate(made):
        kind = {"sg-": "ReferencedGroupInfo", "pl-": "PrefixListId"}.get(peer[:3])
        told = {"GroupId": peer} if kind == "ReferencedGroupInfo" else peer
        whom = {kind or ("CidrIpv6" if ":" in peer else "CidrIpv4"): told}
        span = {} if protocol == "-1" else {"FromPort": ports[0], "ToPort": ports[1]}
        own = {"SecurityGroupRuleId": f"sgr-{number}", "GroupId": "sg-9", "IsEgress": False, "IpProtocol": protocol}
        found.append({**own, **span, **whom})
    return {"SecurityGroupRules": found}


@FEW
@given(mixed)
def test_a_rule_is_called_needless_exactly_when_no_packet_notices_that_it_goes(made):
    report = linted(single_rules(made), select=["redundant-rule", "duplicate-rule"])
    called = {label for f in report.findings for label in (f.related[:1] if f.name == "redundant-rule" else f.related)}
    assert called == {f"sgr-{number}" for number in needless(made)}


@FEW
@given(entries)
def test_an_entry_is_called_shadowed_or_repeated_exactly_when_it_is(made):
    report = linted(acl_of(made), select=["shadowed-acl-entry", "repeated-acl-entry"])
    called = [
        {f.related[0] for f in report.findings if f.name == n} for n in ("shadowed-acl-entry", "repeated-acl-entry")
    ]
    assert called == [{f"ingress rule {10 + number}" for number in numbers} for numbers in idle(made)]


def lines_of(made):
    """The ingress lines of a group with these rules; pl-1 has no entries, so that it may be anything."""
    return scene(groups(group("sg-9", ingress=[one(*each) for each in made]))).network.groups["sg-9"].ingress


def passes(lines, members):
    """What lines let in, where groups and lists stand for these addresses."""
    kept = []
    for line in live(lines):
        key = key_of(line)
        kept.append(far(line) if key is None else PacketSet.box(members[key], AddressSet.ALL, line.services))
    return PacketSet.union_all(kept)


# Whoever the members are: for each region that the CIDRs tell apart a world where all members lie in it.
REGIONS = (
    "192.0.2.",
    "10.0.0.",
    "10.0.9.",
    "10.200.0.",
    "203.0.113.",
    "52.0.0.",
    "fd00::",
    "2001:db8::",
    "2001:db8:8000::",
)
WORLDS = [
    {key: AddressSet.parse(f"{region}{number}") for number, key in enumerate(("sg-1", "sg-2", "pl-1"), 1)}
    for region in REGIONS
]


@FEW
@given(mixed)
def test_a_rule_is_redundant_exactly_when_no_packet_notices_that_it_goes(made):
    lines = lines_of(made)
    called = {id(line) for line, _others in covering(lines)} | {id(line) for alike in same(lines) for line in alike}
    for number, line in enumerate(lines):
        rest = [*lines[:number], *lines[number + 1 :]]
        unnoticed = all(passes(rest, world) == passes(lines, world) for world in WORLDS)
        assert (id(line) in called) is unnoticed, line.label


@FEW
@given(mixed)
def test_what_covers_a_rule_does_and_all_of_it_is_needed(made):
    for line, others in covering(lines_of(made)):
        for world in WORLDS:
            assert passes([line], world) <= passes(others, world)
        for spared in others if len(others) > 1 else []:
            rest = [each for each in others if each is not spared]
            assert any(not passes([line], world) <= passes(rest, world) for world in WORLDS)


def acl_of(made):
    told = [
        entry(
            10 + number,
            "allow" if allow else "deny",
            protocol=protocol,
            cidr=cidr,
            ports=None if protocol == "-1" else ports,
        )
        for number, (protocol, ports, cidr, allow) in enumerate(made)
    ]
    return acl(*told)


def acl_lines(made):
    return scene(acl_of(made)).network.acls["acl-1"].ingress


@FEW
@given(entries)
def test_an_entry_could_go_exactly_when_no_packet_notices(made):
    lines = acl_lines(made)
    called = {id(line) for line, _earlier in shadowed(lines)} | {id(line) for line, _later in repeated(lines)}
    for number, line in enumerate(lines):
        rest = [*lines[:number], *lines[number + 1 :]]
        if line.number < 32767:
            assert (id(line) in called) is (admitted(rest) == admitted(lines)), line.label


@FEW
@given(entries)
def test_what_shadows_an_entry_takes_all_of_it(made):
    for line, earlier in shadowed(acl_lines(made)):
        assert far(line) <= PacketSet.union_all([far(one_) for one_ in earlier])
        assert all(one_.number < line.number for one_ in earlier)
