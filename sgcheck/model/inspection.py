"""What a firewall does with packets: stateless rules by priority, then stateful ones, for whole sets at once.

The order is that of AWS Network Firewall (developer guide, firewall-policy-processing and
suricata-rule-evaluation-order). A rule that can't be read in full is `opaque`: it may match or not, and what it could
change is left undecided.
"""

from __future__ import annotations

from enum import StrEnum

import msgspec

from sgcheck.model.firewall import Action, FirewallPolicy, FirewallRule, Phase, Side
from sgcheck.packets import TCP, PacketSet, Services


class Effect(StrEnum):
    """What becomes of a connection. STALL: it opens, then nothing comes. RESET: it opens, then is reset."""

    PASS = "pass"  # noqa: S105  (an effect, not a password)
    DROP = "drop"
    REJECT = "reject"
    STALL = "stall"
    RESET = "reset"
    UNKNOWN = "unknown"


class Ruling(msgspec.Struct, frozen=True):
    """Packets with one fate, and the rule or default that decided it; `why` and `missing` where it is not known."""

    effect: Effect
    packets: PacketSet
    by: str
    why: str = ""
    missing: tuple[str, str] | None = None


class Inspection(msgspec.Struct, frozen=True):
    """The fate of all packets that were asked; tracked: those that the stateful rules saw."""

    rulings: tuple[Ruling, ...]
    tracked: PacketSet

    def packets(self, *effects: Effect) -> PacketSet:
        """The packets with one of `effects`."""
        return PacketSet.union_all([r.packets for r in self.rulings if r.effect in effects])


WITH_TCP = Services.of(TCP)
GOOD = (Effect.PASS,)
BAD = (Effect.DROP, Effect.REJECT, Effect.STALL, Effect.RESET)
_HELD = {Action.DROP, Action.REJECT}


def inspect(policy: FirewallPolicy, packets: PacketSet) -> Inspection:
    """Judge the first packets of connections, and with them the connections."""
    decided, doubts = _stateless(policy, packets)
    tracked = decided.pop(Action.FORWARD, {})
    forwarded = PacketSet.union_all(tracked.values())
    fixed = [
        Ruling(Effect.PASS if action is Action.PASS else Effect.DROP, part, by)
        for action, parts in decided.items()
        for by, part in parts.items()
    ]
    rulings = _with_doubts(fixed, doubts)
    if forwarded:
        still = [(rule, matched) for rule, matched in doubts if rule.action is not Action.FORWARD]
        rulings += _with_doubts(judge_stateful(policy, forwarded), still)
    return Inspection(tuple(rulings), forwarded)


def judge_stateless(policy: FirewallPolicy, packets: PacketSet) -> tuple[PacketSet, PacketSet, tuple[Ruling, ...]]:
    """Judge packets, whichever way they go, by the stateless rules alone.

    Returns those that pass, those that go on to the stateful rules, and rulings on what is dropped or undecided.
    """
    decided, doubts = _stateless(policy, packets)
    parts = {action: PacketSet.union_all(found.values()) for action, found in decided.items()}
    undecided, rulings = PacketSet.EMPTY, []
    for rule, matched in doubts:
        open_ = PacketSet.union_all([part & matched for a, part in parts.items() if a is not rule.action]) - undecided
        if open_:
            rulings.append(_doubt(rule, open_))
            undecided |= open_
    rulings += [
        Ruling(Effect.DROP, part - undecided, by)
        for by, part in decided.get(Action.DROP, {}).items()
        if part - undecided
    ]
    passed, forwarded = (parts.get(a, PacketSet.EMPTY) - undecided for a in (Action.PASS, Action.FORWARD))
    return passed, forwarded, tuple(rulings)


Decided = dict[Action, dict[str, PacketSet]]


def _stateless(policy: FirewallPolicy, packets: PacketSet) -> tuple[Decided, list[tuple[FirewallRule, PacketSet]]]:
    """What the first matching rule that can be read decides, by rule, and where one that can't might come before."""
    decided: Decided = {}
    doubts: list[tuple[FirewallRule, PacketSet]] = []
    rest = packets
    for rule in policy.stateless:
        matched = rule.packets & rest
        if not matched:
            continue
        if rule.opaque is not None or rule.action is None:
            doubts.append((rule, matched))
            continue
        parts = decided.setdefault(rule.action, {})
        parts[rule.label] = parts.get(rule.label, PacketSet.EMPTY) | matched
        rest -= matched
    if rest:
        decided.setdefault(policy.default, {})["the stateless default action"] = rest
    return decided, doubts


def judge_stateful(policy: FirewallPolicy, packets: PacketSet) -> list[Ruling]:
    """Judge connections by the stateful rules: by their first packets, then by those that follow.

    A rule that passes a packet passes its whole connection, replies included (suricata-rule-evaluation-order).
    """
    first = _Run(policy.stateful, packets, established=False)
    opened, defaults = first.opened, first.rest
    rulings = list(first.rulings)
    if policy.drop_first and defaults:
        rulings.append(Ruling(Effect.DROP, defaults, policy.drop_first))
    else:
        opened |= defaults
    doubts = list(first.doubts)
    if opened:
        then = _Run(policy.stateful, opened, established=True)
        rulings += then.rulings
        doubts += then.doubts
        rulings += _left(policy, then.rest)
    return _with_doubts(rulings, doubts)


class _Run:
    """One pass over the stateful rules, for packets that open connections or for those that follow."""

    def __init__(self, rules: tuple[FirewallRule, ...], packets: PacketSet, *, established: bool) -> None:
        self.rest = packets
        self.opened = PacketSet.EMPTY
        self.rulings: list[Ruling] = []
        self.doubts: list[tuple[FirewallRule, PacketSet]] = []
        self._established = established
        other = Phase.OPENING if established else Phase.ESTABLISHED
        for rule in rules:
            if rule.side is not Side.SERVER and rule.phase is not other:
                self._apply(rule, rule.packets & self.rest)

    def _apply(self, rule: FirewallRule, matched: PacketSet) -> None:
        if not matched:
            return
        if rule.opaque is not None or rule.action is None:
            self.doubts.append((rule, matched))
            return
        self.rest -= matched
        if rule.action is Action.PASS and rule.phase is Phase.OPENING:
            self.opened |= matched
        elif rule.action is Action.PASS:
            self.rulings.append(Ruling(Effect.PASS, matched, rule.label))
        else:
            self.rulings += self._held(rule, matched)

    def _held(self, rule: FirewallRule, matched: PacketSet) -> list[Ruling]:
        tcp = matched.where(services=WITH_TCP)
        if not self._established:
            return _rulings(rule, tcp, matched - tcp, Effect.REJECT, Effect.DROP)
        return [*_rulings(rule, tcp, PacketSet.EMPTY, Effect.RESET, Effect.STALL), *_unsure(rule.label, matched - tcp)]


def _rulings(rule: FirewallRule, tcp: PacketSet, others: PacketSet, rejected: Effect, dropped: Effect) -> list[Ruling]:
    """Only TCP can be rejected, what else is dropped (developer guide, rule-action)."""
    effect = rejected if rule.action is Action.REJECT else dropped
    made = [Ruling(effect, tcp, rule.label), Ruling(dropped, others, rule.label)]
    return [r for r in made if r.packets]


def _unsure(by: str, packets: PacketSet) -> list[Ruling]:
    """Without TCP's handshake it is not documented which packets count as an established connection."""
    why = f"whether packets other than TCP count as an established connection, which {by} drops, is not documented"
    return [Ruling(Effect.UNKNOWN, packets, by, why)] if packets else []


def _left(policy: FirewallPolicy, rest: PacketSet) -> list[Ruling]:
    """What no rule matched: the stateful default decides; where it passes, rules may still match the replies."""
    if not rest:
        return []
    if policy.drop_established:
        tcp, by = rest.where(services=WITH_TCP), policy.drop_established
        held = [Ruling(Effect.STALL, tcp, by)] if tcp else []
        return [*held, *_unsure(by, rest - tcp)]
    if policy.doubt:
        why = f"what {policy.doubt} drops depends on what the packets carry"
        return [Ruling(Effect.UNKNOWN, rest, policy.doubt, why)]
    return _replies(policy, rest)


def _replies(policy: FirewallPolicy, packets: PacketSet) -> list[Ruling]:
    """Connections that only the default lets pass: each of their replies is looked at, too."""
    rest, held = packets.reversed(), []
    for rule in policy.stateful:
        matched = rule.packets & rest
        if not matched or rule.side is Side.CLIENT or rule.phase is Phase.OPENING:
            continue
        if rule.action is not Action.PASS or rule.opaque is None:
            rest -= matched
        if rule.action is not Action.PASS:
            why = rule.opaque or f"{rule.label} matches the replies, which may be looked at by themselves"
            held.append(Ruling(Effect.UNKNOWN, matched.reversed() & packets, rule.label, why, rule.missing))
    left = packets - PacketSet.union_all([r.packets for r in held])
    return [*held, Ruling(Effect.PASS, left, "the stateful default action")] if left else held


def _with_doubts(rulings: list[Ruling], doubts: list[tuple[FirewallRule, PacketSet]]) -> list[Ruling]:
    """Take out what a rule that may match would decide otherwise.

    A rule that passes only what opens a connection leaves what follows to all the others.
    """
    undecided, made = PacketSet.EMPTY, []
    for rule, matched in doubts:
        other: tuple[Effect, ...] = (*GOOD, *BAD)
        if rule.action in _HELD:
            other = GOOD
        elif rule.action is Action.PASS and rule.phase is not Phase.OPENING:
            other = BAD
        open_ = PacketSet.union_all([r.packets & matched for r in rulings if r.effect in other]) - undecided
        if open_:
            made.append(_doubt(rule, open_))
            undecided |= open_
    kept = [msgspec.structs.replace(r, packets=r.packets - undecided) for r in rulings]
    return [*made, *(r for r in kept if r.packets)]


def _doubt(rule: FirewallRule, packets: PacketSet) -> Ruling:
    return Ruling(
        Effect.UNKNOWN, packets, rule.label, rule.opaque or f"what {rule.label} does is not known", rule.missing
    )
