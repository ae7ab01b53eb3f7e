"""What it means that there is no record of the asked packets, and what logs never show.

VPC user guide, "Flow log limitations" and "No data and skipped records".
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Final

from sgcheck.diagnose.evidence import Clue, Says
from sgcheck.diagnose.flowlogs.grouping import ODD, places_of
from sgcheck.diagnose.flowlogs.words import SOURCE, counted, iso, spoken
from sgcheck.packets import AddressSet

if TYPE_CHECKING:
    from sgcheck.diagnose.flowlogs.asked import Asked, Place
    from sgcheck.diagnose.flowlogs.result import Coverage, Result

UNSEEN: Final = (
    "flow logs do not show packets that were dropped before they came to an interface (no route, a dead one, a "
    "gateway, another interface's rules), nor traffic with the Amazon DNS server, instance metadata, the time service, "
    "DHCP, Windows activation, the VPC router, nor what was mirrored or what an endpoint exchanges with its balancer"
)
NOT_LOGGED: Final = AddressSet.parse("169.254.0.0/16", "fd00:ec2::/32")
"""Instance metadata, the time service and the Amazon DNS server by its link-local addresses."""


def unseen(result: Result, asked: Asked) -> Iterator[Clue]:
    """For each interface without any flow that was asked for: whether that means anything."""
    seen = {row.site for row in result.fates}
    for site, place in enumerate(places_of(asked)):
        if site not in seen:
            yield _unseen(result, asked, place, list(result.at(site)), target=site < len(asked.targets))


def _unseen(result: Result, asked: Asked, place: Place, parts: list[Coverage], *, target: bool) -> Clue:
    verb = "came to" if target else "left"
    since, until = _span(parts)
    doubts = list(_doubts(result, asked, parts))
    nothing = f"no packet of the question {verb} {place.interface}"
    if not parts:
        where = f"{place.interface} at all{_in_the_time(asked)}"
        text = f"the logs have no record of {where}: it is not logged, or not in what was read"
        return Clue(Says.NOTHING, SOURCE, text, at=place.interface)
    counts = counted(sum(part.records for part in parts), "record")
    if doubts:
        text = f"{nothing} in its {counts}{spoken(since, until)}, which proves nothing: {'; '.join(doubts)}"
        return Clue(Says.NOTHING, SOURCE, text, at=place.interface, since=iso(since), until=iso(until))
    text = f"{nothing}, in a log that has its other traffic ({counts}{spoken(since, until)})"
    says = Says.NEVER_ARRIVED if target else Says.NOTHING
    return Clue(says, SOURCE, text, at=place.interface, since=iso(since), until=iso(until), count=0)


def _span(parts: Iterable[Coverage]) -> tuple[int | None, int | None]:
    begun = [part.since for part in parts if part.since is not None]
    ended = [part.until for part in parts if part.until is not None]
    return min(begun, default=None), max(ended, default=None)


def _in_the_time(asked: Asked) -> str:
    return spoken(asked.since, asked.until) if asked.since is not None or asked.until is not None else ""


def _doubts(result: Result, asked: Asked, parts: list[Coverage]) -> Iterator[str]:
    """Why packets may have come and are not in the log."""
    since, until = _span(parts)
    skipped = sum(part.records for part in parts if part.status == "SKIPDATA")
    if skipped:
        yield f"records were skipped {skipped:,} times (SKIPDATA)"
    if not any(part.rejected for part in parts):
        yield "it has no REJECT either, so that the flow log may be of TrafficType ACCEPT"
    if not any(part.accepted for part in parts):
        yield "it has no ACCEPT either, so that the flow log may be of TrafficType REJECT"
    if (asked.since is not None and (since or 0) > asked.since) or (
        asked.until is not None and (until or 0) < asked.until
    ):
        yield "it does not span the whole time that was asked"
    if result.lacking:
        yield f"the format lacks {', '.join(result.lacking)}"
    if result.refusals:
        yield f"{counted(result.refusals, 'line')} can't be read"
    if result.skipped:
        yield f"{counted(len(result.skipped), 'file')} can't be read"
    if any(part.kind == ODD for part in parts):
        yield "some records have an address that is none"
    if asked.destinations and asked.destinations <= NOT_LOGGED:
        yield "traffic with these addresses is never logged"


def outlook() -> Clue:
    """What no log shows, however complete it is."""
    return Clue(Says.NOTHING, SOURCE, UNSEEN)


def nowhere() -> Clue:
    """That there is no interface whose log could be looked into."""
    text = "no interface of the question is known, so that there is no log to look into: nothing was read"
    return Clue(Says.NOTHING, SOURCE, text)
