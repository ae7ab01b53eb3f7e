"""Reading the text: plan, state as shown, or raw state, with the resources that are there before and after.

(Terraform: internals/json-format; internal/states/statefile/version4.go for what `terraform state pull` prints.)
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from sgcheck.errors import InputError
from sgcheck.sources.jsontext import Buffer, Members, decoder, is_object, is_string
from sgcheck.sources.terraform.resource import Resource
from sgcheck.sources.unpack import SHOW_PLAN

_FORMATS = re.compile(r"(?:0\.\d+|1\.\d+)")
_INDEX = re.compile(r"\[(?:(\d+)|\"((?:[^\"\\]|\\.)*)\")\]$")
_RAW_STATE = 4


class Document(msgspec.Struct):
    """What a file holds.

    after: the resources as they will be (of a state: as they are). before: as they are before the plan, None for a
    state. gone: the ids of what the plan deletes or replaces. config: the root module of the configuration. variables:
    the values of its variables. deferred: whether data sources are read only while the plan is applied.
    """

    after: list[Resource]
    before: list[Resource] | None
    gone: frozenset[str]
    config: Mapping[str, Any]
    variables: Mapping[str, Any]


def read_document(data: Buffer, members: Members, file: str) -> Document:
    """The plan or state in a text; raises InputError for one that can't be used."""
    if "planned_values" not in members and "resource_changes" not in members and "version" in members:
        return _raw_state(_object(data, file), file)
    version = members.get("format_version")
    if version is not None:
        told = decoder(str).decode(version) if is_string(version) else bytes(version).decode()
        if not _FORMATS.fullmatch(told):
            raise InputError(
                f"{file}: format_version: expected 0.x or 1.x, got {told!r}: run {SHOW_PLAN} with this Terraform"
            )
    if "planned_values" not in members and "values" not in members:
        if "resource_changes" not in members and "configuration" not in members:
            return Document([], None, frozenset(), {}, {})  # what `terraform show -json` prints of no state at all
        raise InputError(f"{file}: planned_values is missing: expected what this prints: {SHOW_PLAN}")
    for name in ("planned_values", "values", "configuration", "prior_state"):
        raw = members.get(name)
        if raw is not None and not is_object(raw) and bytes(raw) != b"null":
            raise InputError(f"{file}: {name}: expected an object, as this prints it: {SHOW_PLAN}")
    whole = _object(data, file)
    return _plan(whole, file) if "planned_values" in members else _state(whole, file)


def _object(data: Buffer, file: str) -> dict[str, Any]:
    try:
        whole: dict[str, Any] = decoder(dict[str, Any]).decode(data)
    except (msgspec.DecodeError, RecursionError) as error:
        raise InputError(f"{file}: {error}") from error
    return whole


def _state(whole: Mapping[str, Any], file: str) -> Document:
    return Document(list(_listed(_mapping(whole, "values"), file, {})), None, frozenset(), {}, {})


def _plan(whole: Mapping[str, Any], file: str) -> Document:
    configuration = _mapping(whole, "configuration")
    root = _mapping(configuration, "root_module")
    variables = {name: v.get("value") for name, v in _mapping(whole, "variables").items() if isinstance(v, Mapping)}
    changes: dict[str, Mapping[str, Any]] = {}
    gone: set[str] = set()
    forgotten: set[str] = set()
    for change in whole.get("resource_changes") or ():
        if not isinstance(change, Mapping) or not isinstance(change.get("address"), str):
            raise InputError(f"{file}: resource_changes: expected objects with an address")
        if change.get("deposed"):
            continue
        changes[change["address"]] = change
        actions = _mapping(change, "change").get("actions") or ()
        before = _mapping(change, "change").get("before")
        if list(actions) == ["forget"]:
            forgotten.add(change["address"])  # it stays, though Terraform no longer manages it
        if "delete" in actions and isinstance(before, Mapping) and isinstance(before.get("id"), str):
            gone.add(before["id"])
    after = list(_listed(_mapping(whole, "planned_values"), file, changes))
    prior = _mapping(_mapping(whole, "prior_state"), "values")
    before_all = list(_listed(prior, file, {})) if prior else _from_changes(changes, file)
    known = {resource.address for resource in after}
    after += [r for r in before_all if r.address not in known and (r.data or r.address in forgotten)]
    blocks: dict[str, dict[tuple[str, str, str], Mapping[str, Any]]] = {}
    for resource in (*after, *before_all):
        if resource.module not in blocks:
            blocks[resource.module] = _blocks_of(root, resource.module)
        mode = "data" if resource.data else "managed"
        resource.config = blocks[resource.module].get((resource.type, resource.name, mode), {})
        resource.region = _region(configuration, resource.config, variables)
    return Document(after, before_all, frozenset(gone), root, variables)


def _from_changes(changes: Mapping[str, Mapping[str, Any]], file: str) -> list[Resource]:
    """What was there before, where the plan has no prior state of its own."""
    made = []
    for change in changes.values():
        before = _mapping(change, "change").get("before")
        if isinstance(before, Mapping):
            made.append(_resource({**change, "values": before}, file, {}))
    return made


def _listed(values: Mapping[str, Any], file: str, changes: Mapping[str, Mapping[str, Any]]) -> Iterator[Resource]:
    """Every resource of a module and those in it. Raises InputError where something is no resource."""
    module = values.get("root_module") if "root_module" in values else values
    if module is None:
        return
    if not isinstance(module, Mapping):
        raise InputError(f"{file}: root_module: expected an object")
    for told in module.get("resources") or ():
        if not isinstance(told, Mapping):
            raise InputError(f"{file}: resources: expected objects")
        yield _resource(told, file, changes)
    for child in module.get("child_modules") or ():
        yield from _listed({"root_module": child}, file, changes)


def _resource(told: Mapping[str, Any], file: str, changes: Mapping[str, Mapping[str, Any]]) -> Resource:
    type_, name, address = told.get("type"), told.get("name"), told.get("address")
    if not isinstance(type_, str) or not isinstance(name, str):
        raise InputError(f"{file}: {address or 'a resource'}: expected a resource with type and name")
    data = told.get("mode") == "data"
    key = told.get("index")
    if isinstance(key, bool) or not isinstance(key, int | str):
        key = None
    bare = f"data.{type_}.{name}" if data else f"{type_}.{name}"
    if not isinstance(address, str) or not address:
        address = bare if key is None else f"{bare}[{_key(key)}]"
    if key is not None and not _INDEX.search(address):
        address = f"{address}[{_key(key)}]"  # Terraform 0.12 leaves the index out
    own = _INDEX.sub("", address)
    module = own[: -len(bare)].removesuffix(".") if own.endswith(bare) else str(told.get("module_address") or "")
    values = told.get("values")
    if values is not None and not isinstance(values, Mapping):
        raise InputError(f"{file}: {address}: values: expected an object")
    change = _mapping(changes.get(address) or {}, "change")
    actions = change.get("actions") or ()
    created = bool(changes) and (not change or "create" in actions)
    unknown = change.get("after_unknown") if change else (None if changes else {})
    return Resource(address, type_, name, module, key, dict(values or {}), unknown, {}, created=created, data=data)


def _key(key: int | str) -> str:
    return str(key) if isinstance(key, int) else '"' + key.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _blocks_of(root: Mapping[str, Any], module: str) -> dict[tuple[str, str, str], Mapping[str, Any]]:
    """The blocks of a module's resources in the configuration, by type, name and mode."""
    found: dict[tuple[str, str, str], Mapping[str, Any]] = {}
    for told in (module_config(root, module) or {}).get("resources") or ():
        if isinstance(told, Mapping):
            found.setdefault((str(told.get("type")), str(told.get("name")), str(told.get("mode", "managed"))), told)
    return found


STEP = re.compile(r"module\.([\w-]+)(\[(?:\d+|\"(?:[^\"\\]|\\.)*\")\])?\.?")


def module_config(root: Mapping[str, Any], path: str) -> Mapping[str, Any] | None:
    """The configuration of the module at a path (`module.a["x"].module.b`), None where there is none."""
    module: Mapping[str, Any] = root
    for match in STEP.finditer(path):
        call = _mapping(module, "module_calls").get(match.group(1))
        if not isinstance(call, Mapping):
            return None
        module = _mapping(call, "module")
    return module


def _region(configuration: Mapping[str, Any], config: Mapping[str, Any], variables: Mapping[str, Any]) -> str | None:
    """The Region of a resource's provider, where it is a constant or a variable of the root module."""
    provider = _mapping(configuration, "provider_config").get(str(config.get("provider_config_key")))
    if not isinstance(provider, Mapping):
        return None
    told = _mapping(_mapping(provider, "expressions"), "region")
    found = told.get("constant_value")
    references = list(told.get("references") or ())
    if found is None and len(references) == 1 and str(references[0]).startswith("var."):
        found = variables.get(str(references[0]).removeprefix("var."))
    return found if isinstance(found, str) and found else None


def _mapping(whole: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = whole.get(name)
    return found if isinstance(found, Mapping) else {}


def _raw_state(whole: Mapping[str, Any], file: str) -> Document:
    """What `terraform state pull` prints."""
    if whole.get("version") != _RAW_STATE:
        version = whole.get("version")
        run = "terraform show -json > state.json"
        raise InputError(f"{file}: version: expected a state of version 4, got {version!r}: run {run}")
    made = []
    for told in whole.get("resources") or ():
        if not isinstance(told, Mapping):
            raise InputError(f"{file}: resources: expected objects")
        for instance in told.get("instances") or ():
            if not isinstance(instance, Mapping) or instance.get("deposed"):
                continue
            bare = f"{told.get('type')}.{told.get('name')}"
            bare = f"data.{bare}" if told.get("mode") == "data" else bare
            module = told.get("module")
            shown = {
                **told,
                "address": f"{module}.{bare}" if module else bare,
                "index": instance.get("index_key"),
                "values": instance.get("attributes"),
            }
            made.append(_resource(shown, file, {}))
    return Document(made, None, frozenset(), {}, {})
