"""Sentences about endpoints and firewalls in AWS's terms, for the tables of `sentences`."""

from __future__ import annotations

from sgcheck.aws.finding_words import Sentence, replies, title
from sgcheck.model.finding import Cause

ENDPOINT_WHY: dict[Cause, Sentence] = {
    Cause.ENDPOINT_ASKS_NOBODY: lambda f: (
        f"{f.facts['interface']} belongs to the endpoint {title(f)}, which opens no connections into the VPC"
    ),
    Cause.ENDPOINT_PROTOCOL: lambda f: (
        f"the {f.facts['what']} {title(f)} takes {f.facts['takes']} only, not {f.facts['services']}"
    ),
    Cause.SERVICE_PROTOCOL: lambda f: (
        f"the gateway endpoint {title(f)} carries TCP and ICMP echo only, not {f.facts['services']}"
    ),
    Cause.SERVICE_SOURCE: lambda f: (
        f"the gateway endpoint {title(f)} serves {f.facts['vpc']} only, and {f.facts['source']} lies outside of it"
    ),
    Cause.FIREWALL_DROPS: lambda f: f"the firewall {title(f)} drops these {replies(f)} ({f.by})",
    Cause.FIREWALL_REJECTS: lambda f: (
        f"the firewall {title(f)} rejects these {replies(f)} ({f.by}): it answers with a reset, as a closed port does"
    ),
    Cause.FIREWALL_STALLS: lambda f: (
        f"the firewall {title(f)} lets connections open and drops what follows ({f.by}): they stall"
    ),
    Cause.FIREWALL_RESETS: lambda f: f"the firewall {title(f)} lets connections open and then resets them ({f.by})",
}

ENDPOINT_FIX: dict[Cause, Sentence] = {
    Cause.ENDPOINT_ASKS_NOBODY: lambda _f: "ask the other way round: clients open the connections to an endpoint",
    Cause.ENDPOINT_PROTOCOL: lambda _f: "test with TCP instead (443 for services of AWS): a ping is never answered",
    Cause.SERVICE_PROTOCOL: lambda _f: "ask over TCP (443), or route these packets to the internet",
    **dict.fromkeys(
        (Cause.FIREWALL_DROPS, Cause.FIREWALL_REJECTS, Cause.FIREWALL_STALLS, Cause.FIREWALL_RESETS),
        lambda f: f"add a rule that passes these {replies(f)} to the policy {f.facts['policy']}, before {f.by}",
    ),
    Cause.SERVICE_SOURCE: lambda _f: "use an interface endpoint, which peers and networks behind gateways can reach",
}
