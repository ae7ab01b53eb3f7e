"""Whole sets of packets judged by a firewall, against a plain evaluator that follows one packet through the rules."""

from __future__ import annotations

import os
from itertools import product

from hypothesis import given, settings
from hypothesis import strategies as st

from sgcheck.model.firewall import Action, FirewallPolicy, FirewallRule, Phase, Side
from sgcheck.model.inspection import BAD, GOOD, Effect, inspect, judge_stateless
from sgcheck.packets import TCP, PacketSet
from tests.packets.packet_strategies import flows, packet_sets

STATELESS = (Action.PASS, Action.DROP, Action.FORWARD)
STATEFUL = (Action.PASS, Action.DROP, Action.REJECT)


def rules(actions, *, opaque, phases=False, most=4):
    """Lists of rules with labels of their own; `opaque` ones may match or not, whatever they say."""
    one = st.builds(
        lambda packets, action, phase, side, unclear: (packets, action, phase, side, unclear),
        packet_sets | st.just(PacketSet.ALL),
        st.sampled_from((*actions, None) if opaque else actions),
        st.sampled_from(list(Phase) if phases else [Phase.ANY]),
        st.sampled_from(list(Side) if phases else [Side.BOTH]),
        st.booleans() if opaque else st.just(False),
    )
    return st.lists(one, max_size=most).map(
        lambda made: tuple(
            FirewallRule(f"rule {number}", packets, action, phase, side, "unclear" if unclear else None)
            for number, (packets, action, phase, side, unclear) in enumerate(made)
        )
    )


def policies(*, opaque):
    return st.builds(
        FirewallPolicy,
        id=st.just("own"),
        name=st.none(),
        stateless=rules(STATELESS, opaque=opaque, most=2),
        default=st.sampled_from([Action.FORWARD, Action.FORWARD, *STATELESS]),
        stateful=rules(STATEFUL, opaque=opaque, phases=True),
        drop_first=st.sampled_from([None, None, "strict"]),
        drop_established=st.sampled_from([None, None, "established"]),
        doubt=st.sampled_from([None, None, "app layer"]),
    )


def first(rules_, flow, chosen):
    """The action and phase of the first rule that matches, None where none does."""
    for rule in rules_:
        action = chosen.get(id(rule), rule.action)
        if rule.packets.contains(flow) and action is not None:
            return action, rule.phase
    return None


def plain(policy, flow, chosen):
    """What becomes of the connection that one packet opens."""
    found = first(policy.stateless, flow, chosen)
    action = found[0] if found else policy.default
    if action is not Action.FORWARD:
        return Effect.PASS if action is Action.PASS else Effect.DROP
    client = [r for r in policy.stateful if r.side is not Side.SERVER]
    found = first([r for r in client if r.phase is not Phase.ESTABLISHED], flow, chosen)
    tcp = flow.protocol == TCP
    if found is not None and found != (Action.PASS, Phase.OPENING):
        return {Action.PASS: Effect.PASS, Action.REJECT: Effect.REJECT if tcp else Effect.DROP}.get(
            found[0], Effect.DROP
        )
    if found is None and policy.drop_first:
        return Effect.DROP
    found = first([r for r in client if r.phase is not Phase.OPENING], flow, chosen)
    if found is not None:
        held = {Action.DROP: Effect.STALL, Action.REJECT: Effect.RESET}
        return Effect.PASS if found[0] is Action.PASS else held[found[0]] if tcp else Effect.UNKNOWN
    if policy.drop_established:
        return Effect.STALL if tcp else Effect.UNKNOWN
    if policy.doubt:
        return Effect.UNKNOWN
    server = [r for r in policy.stateful if r.side is not Side.CLIENT and r.phase is not Phase.OPENING]
    found = first(server, flow.reversed(), chosen)
    return Effect.PASS if found is None or found[0] is Action.PASS else Effect.UNKNOWN


def choices(policy):
    """Every way in which the unclear rules may turn out: they match or not, and do one thing or another."""
    unclear = [(r, STATELESS) for r in policy.stateless if r.opaque or r.action is None]
    unclear += [(r, STATEFUL) for r in policy.stateful if r.opaque or r.action is None]
    options = [[None, *((r.action,) if r.action else every)] for r, every in unclear]
    for picked in product(*options):
        yield {id(r): action for (r, _every), action in zip(unclear, picked, strict=True)}


def effect_of(found, flow):
    """The one ruling on a packet."""
    (effect,) = [r.effect for r in found.rulings if r.packets.contains(flow)]
    return effect


@settings(max_examples=600 if os.environ.get("SGCHECK_PROFILE") == "nightly" else 120)
@given(policies(opaque=False), flows())
def test_a_set_is_judged_as_each_of_its_packets_is(policy, flow):
    assert effect_of(inspect(policy, PacketSet.ALL), flow) is plain(policy, flow, {})


@settings(max_examples=600 if os.environ.get("SGCHECK_PROFILE") == "nightly" else 120)
@given(policies(opaque=True), flows())
def test_what_is_decided_holds_however_unclear_rules_turn_out(policy, flow):
    found = effect_of(inspect(policy, PacketSet.ALL), flow)
    if found is not Effect.UNKNOWN:
        classes = {plain(policy, flow, chosen) in GOOD for chosen in choices(policy)}
        assert classes == {found in GOOD}
        assert all(plain(policy, flow, chosen) in (*GOOD, *BAD) for chosen in choices(policy))


@given(policies(opaque=True), packet_sets)
def test_rulings_part_what_was_asked(policy, packets):
    found = inspect(policy, packets)
    assert PacketSet.union_all([r.packets for r in found.rulings]) == packets
    assert all(r.packets for r in found.rulings)
    for number, one in enumerate(found.rulings):
        assert not any(one.packets & other.packets for other in found.rulings[number + 1 :])
    assert found.tracked <= packets


@given(policies(opaque=True), packet_sets, packet_sets)
def test_a_part_is_judged_as_within_the_whole(policy, one, other):
    whole, part = inspect(policy, one | other), inspect(policy, one)
    for effect in Effect:
        assert part.packets(effect) == whole.packets(effect) & one


@given(policies(opaque=True), packet_sets)
def test_stateless_rules_alone_part_what_they_are_asked(policy, packets):
    passed, forwarded, rulings = judge_stateless(policy, packets)
    parts = [passed, forwarded, *(r.packets for r in rulings)]
    assert PacketSet.union_all(parts) == packets
    assert not any(one & other for number, one in enumerate(parts) for other in parts[number + 1 :])


@given(policies(opaque=True), flows())
def test_stateless_rules_alone_decide_as_one_packet_meets_them(policy, flow):
    passed, forwarded, rulings = judge_stateless(policy, PacketSet.ALL)
    ends = set()
    for chosen in choices(policy):
        found = first(policy.stateless, flow, chosen)
        ends.add(found[0] if found else policy.default)
    dropped = any(r.effect is Effect.DROP and r.packets.contains(flow) for r in rulings)
    told = {Action.PASS: passed.contains(flow), Action.FORWARD: forwarded.contains(flow), Action.DROP: dropped}
    assert all(ends == {action} for action, holds in told.items() if holds)


def test_a_rule_that_passes_what_opens_leaves_what_follows_to_others():
    """What such a rule may match can turn a passed connection into a stalled one."""
    opens = FirewallRule("opens", PacketSet.ALL, Action.PASS, Phase.OPENING, opaque="unclear")
    holds = FirewallRule("holds", PacketSet.ALL, Action.DROP, Phase.ESTABLISHED)
    passes = FirewallRule("passes", PacketSet.ALL, Action.PASS)
    policy = FirewallPolicy("own", None, (), Action.FORWARD, (opens, holds, passes))
    assert inspect(policy, PacketSet.ALL).packets(Effect.UNKNOWN) == PacketSet.ALL
