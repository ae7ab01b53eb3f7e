"""Reading the records of a kind, whole or narrowed, as a snapshot keeps them."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

import msgspec

from sgcheck.aws.kind import Call, Feed, Kind
from sgcheck.aws.kinds import KINDS
from sgcheck.aws.snapshot import Gap
from sgcheck.aws.unmodelled import METADATA_KEYS
from sgcheck.errors import InputError
from sgcheck.sources.live.asking import Answer, Asker
from sgcheck.sources.live.refusals import MALFORMED, Refusal
from sgcheck.sources.records import Place, decode_key

MOST_VALUES = 200
"""Values that one filter takes (EC2 user guide: 200 filter values in a request)."""
MOST_IDS = 100
"""Ids that a request takes outside its filters (EC2 API, DescribeInstanceStatus: InstanceIds)."""
_FEEDING = frozenset(
    (feed.call.service, feed.call.operation) for kind in KINDS for call in kind.calls for feed in call.each
)


class Found:
    """The records of a kind under their top-level keys, and what was refused."""

    def __init__(self, kind: Kind[Any], account: str, region: str) -> None:
        """Start with nothing."""
        self.kind = kind
        self.account = account
        self.region = region
        self.keys: dict[str, Any] = {}
        self.gaps: list[Gap] = []

    def take(self, key: str, elements: list[Any] | dict[str, Any]) -> None:
        """Add what stands under `key`: a list, or an object of lists by name."""
        if isinstance(elements, dict):
            named = self.keys.setdefault(key, {})
            for name, found in elements.items():
                named.setdefault(name, []).extend(found)
        else:
            self.keys.setdefault(key, []).extend(elements)

    def refuse(self, refused: Refusal) -> None:
        """Note a refusal."""
        gap = Gap(self.kind.name, self.account, self.region, refused.reason, refused.detail, refused.action)
        if gap not in self.gaps:
            self.gaps.append(gap)


class Reader:
    """Reads one account and Region; what several kinds have to know first is asked once."""

    def __init__(self, asker: Asker, account: str, region: str) -> None:
        """Read through `asker`."""
        self._asker = asker
        self._account = account
        self._region = region
        self._lock = threading.Lock()
        self._known: dict[str, list[Answer] | Refusal] = {}
        self._locks: dict[str, threading.Lock] = {}

    def whole(self, kind: Kind[Any]) -> Found:
        """Every record of `kind`."""
        found = Found(kind, self._account, self._region)
        for call in kind.calls:
            self._take(found, call, self._requests(call.each, {}, found.refuse))
        return found

    def narrowed(self, kind: Kind[Any], trait: str, values: Sequence[str]) -> Found:
        """The records of `kind` with one of these values of `trait`.

        trait: one of `Call.by`, `tag:Name` where that has `tag:`, or the parameter that a call is made for each of.
        """
        found = Found(kind, self._account, self._region)
        for call in kind.calls:
            self._take(found, call, _narrowing(call, trait, values))
        return found

    def _take(self, found: Found, call: Call, requests: Iterable[dict[str, Any]]) -> None:
        key = _key(found.kind, call)
        kept: list[list[Any] | dict[str, Any]] = []
        try:
            for request in requests:
                try:
                    kept.append(self._valid(found.kind, call, self._elements(found.kind, call, request)))
                except Refusal as refused:
                    found.refuse(refused)
                    if not call.each:
                        # Half a list would look like a whole one.
                        return
        except Refusal as refused:
            found.refuse(refused)
        else:
            wrapper = found.kind.wrapper(key)
            found.take(key, {} if wrapper and wrapper.by_name else [])
        for elements in kept:
            found.take(key, elements)

    def _requests(
        self, feeds: tuple[Feed, ...], told: dict[str, Any], note: Callable[[Refusal], None]
    ) -> Iterator[dict[str, Any]]:
        """The parameters of every request; what is refused on the way to them is noted, or raised if it is all."""
        if not feeds:
            yield told
            return
        first, *rest = feeds
        for value in _batches(_values(self._list(first.call, told, note), first), first.batch):
            try:
                yield from self._requests(tuple(rest), {**told, first.parameter: value}, note)
            except Refusal as refused:
                note(refused)

    def _list(self, call: Call, told: dict[str, Any], note: Callable[[Refusal], None]) -> list[Any]:
        """What `call` finds; raises Refusal where it finds nothing and something was refused."""
        listed: list[Any] = []
        refusals: list[Refusal] = []
        for request in self._requests(call.each, told, refusals.append):
            try:
                listed += [element for answer in self._answers(call, request) for element in _elements_of(answer, call)]
            except Refusal as refused:
                refusals.append(refused)
        if refusals and not listed:
            raise refusals[0]
        for one in refusals:
            note(one)
        return listed

    def _answers(self, call: Call, request: Mapping[str, Any]) -> list[Answer]:
        """The pages of an answer; of calls that others wait for each is asked once."""
        if (call.service, call.operation) not in _FEEDING:
            return self._asker.ask(call, request)
        name = f"{call.service} {call.operation} {sorted(request.items())}"
        with self._lock:
            lock = self._locks.setdefault(name, threading.Lock())
        with lock:
            if name not in self._known:
                try:
                    self._known[name] = self._asker.ask(call, request)
                except Refusal as refused:
                    self._known[name] = refused
            known = self._known[name]
        if isinstance(known, Refusal):
            raise Refusal(known.reason, known.detail, known.action)
        return known

    def _elements(self, kind: Kind[Any], call: Call, request: dict[str, Any]) -> list[Any] | dict[str, Any]:
        """What one request finds, as it stands in a snapshot."""
        answers = self._answers(call, request)
        listed = [element for answer in answers for element in _elements_of(answer, call)]
        wrapper = kind.wrapper(_key(kind, call))
        if wrapper and wrapper.by_name:
            return {str(request[call.each[-1].parameter]): self._clean(kind, call, listed)}
        if kind.subject:
            about = {member: value for answer in answers for member, value in answer.items() if _tells(member, value)}
            told = {kind.subject: request[call.each[-1].parameter], **about}
            single = answers and isinstance(answers[0].get(call.result_key), dict)
            return self._clean(kind, call, [{**told, call.result_key: listed[0] if single else listed}])
        return self._clean(kind, call, listed)

    def _valid(self, kind: Kind[Any], call: Call, elements: list[Any] | dict[str, Any]) -> list[Any] | dict[str, Any]:
        """The elements, if they are what the readers of snapshots expect."""
        key = _key(kind, call)
        try:
            decode_key(kind, key, msgspec.Raw(msgspec.json.encode(elements)), Place(self._region, key))
        except InputError as error:
            raise Refusal(MALFORMED, error.message, call.action) from None
        return elements

    def _clean(self, kind: Kind[Any], call: Call, elements: list[Any]) -> list[Any]:
        secret = kind.secrets | self._asker.sensitive(call)
        return _without(elements, secret) if secret else elements


def _key(kind: Kind[Any], call: Call) -> str:
    """The top-level key that the records of `call` stand under."""
    return call.key or (call.result_key if call.result_key in kind.keys else kind.keys[0])


def _elements_of(answer: Answer, call: Call) -> list[Any]:
    if not call.result_key:
        return [{member: value for member, value in answer.items() if member not in METADATA_KEYS}]
    found = answer.get(call.result_key) or []
    return [found] if isinstance(found, dict) else list(found)


def _tells(member: str, value: object) -> bool:
    """Whether a member of an answer says something about its subject, as `AdditionalRoutesAvailable` does."""
    return isinstance(value, bool | str | int) and (
        member == "AdditionalRoutesAvailable" or member not in METADATA_KEYS
    )


def _without(value: Any, secret: frozenset[str]) -> Any:
    if isinstance(value, dict):
        return {name: _without(member, secret) for name, member in value.items() if name not in secret}
    return [_without(element, secret) for element in value] if isinstance(value, list) else value


def _narrowing(call: Call, trait: str, values: Sequence[str]) -> Iterator[dict[str, Any]]:
    if call.each:
        for value in _batches(values, call.each[-1].batch):
            yield {trait: value}
        return
    if call.ids and trait == "id":
        for some in _batches(values, MOST_IDS):
            yield {call.ids: some}
        return
    trait, colon, rest = trait.partition(":")
    name = call.by[trait] + (rest if colon else "")
    for some in _batches(values, MOST_VALUES):
        yield {call.filters: [{"Name": name, "Values": some}]}


def _batches(values: Sequence[str], size: int) -> Iterator[Any]:
    if not size:
        yield from values
        return
    for start in range(0, len(values), size):
        yield list(values[start : start + size])


def _values(elements: Iterable[Any], feed: Feed) -> list[str]:
    """The values that a feed finds, each once, in their order."""
    if not feed.paths:
        return list(dict.fromkeys(str(element) for element in elements))
    meant = (e for e in elements if all(e.get(member) in values for member, values in feed.where.items()))
    found = (value for element in meant for path in feed.paths for value in at(element, path.split(".")))
    return list(dict.fromkeys(found))


def at(value: Any, path: Sequence[str]) -> Iterator[str]:
    """The texts at `path`, a member's name for each level; of lists every element counts."""
    if isinstance(value, list):
        for element in value:
            yield from at(element, path)
    elif not path:
        if isinstance(value, str) and value:
            yield value
    elif isinstance(value, dict):
        yield from at(value.get(path[0]), path[1:])
