"""All stacks of an input: those of `cdk.out` as its manifest names them, nested ones, and what they import."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

import msgspec

from sgcheck.sources.cloudformation.document import Template
from sgcheck.sources.cloudformation.stack import Stack
from sgcheck.sources.cloudformation.values import Unknown, WrongError
from sgcheck.sources.jsontext import Members, decoder, is_object

_ENVIRONMENT = re.compile(r"aws://([^/]*)/(.+)")
_DEEPEST: Final = 10
_MOST: Final = 1000


class Named(msgspec.Struct, frozen=True):
    """What the manifest of a cloud assembly says of a template: the stack's name, where it goes, its parameters."""

    name: str
    region: str | None = None
    account: str | None = None
    parameters: Mapping[str, str] = {}


def is_manifest(members: Members) -> bool:
    """Whether a JSON object is the manifest of what the CDK writes."""
    return "artifacts" in members and "version" in members and is_object(members["artifacts"])


def manifest_of(members: Members, file: str) -> dict[str, Named]:
    """What a manifest, which stands in `file`, says by the file of the template."""
    folder = posixpath.dirname(file.replace("\\", "/"))
    try:
        artifacts: dict[str, Any] = decoder(dict[str, Any]).decode(members["artifacts"])
    except msgspec.DecodeError:
        return {}
    found: dict[str, Named] = {}
    for id_, artifact in artifacts.items():
        properties = artifact.get("properties") if isinstance(artifact, dict) else None
        if not isinstance(properties, dict) or artifact.get("type") != "aws:cloudformation:stack":
            continue
        place = _ENVIRONMENT.fullmatch(str(artifact.get("environment") or ""))
        account, region = place.groups() if place else (None, None)
        parameters = properties.get("parameters")
        found[posixpath.normpath(posixpath.join(folder, str(properties.get("templateFile"))))] = Named(
            str(properties.get("stackName") or id_),
            region if region and not region.startswith("unknown") else None,
            account if account and account.isdigit() else None,
            {k: str(v) for k, v in parameters.items()} if isinstance(parameters, dict) else {},
        )
    return found


class Stacks:
    """The stacks of an input; resources of the only one go by their logical ids, of several by `Stack/Resource`.

    lacking: parameters and pseudo parameters that somebody asked for and that have no value, in that order.
    """

    def __init__(self, templates: Sequence[Template], manifest: Mapping[str, Named], given: Mapping[str, str]) -> None:
        """Make a stack of each template that no other one nests; `given` are values of parameters, for all of them."""
        self._templates = {posixpath.normpath(one.file): one for one in templates}
        self._given = given
        nested = {file for template in templates for file in self._inside(template)}
        tops = [one for one in templates if posixpath.normpath(one.file) not in nested]
        self.several = len(tops) > 1
        self.stacks: list[Stack] = []
        self.lacking: dict[str, None] = {}
        taken: set[str] = set()
        for template in tops:
            named = manifest.get(posixpath.normpath(template.file))
            name = _free(named.name if named else _stem(template.file), taken)
            parameters = {**(named.parameters if named else {}), **given}
            prefix = f"{name}/" if self.several else ""
            region = given.get("AWS::Region") or (named.region if named else None)
            account = given.get("AWS::AccountId") or (named.account if named else None)
            told = name if named else given.get("AWS::StackName")
            self._add(Stack(self, template, told, prefix, parameters, region, account), name, 0)
        if templates and not tops:
            raise WrongError(f"{templates[0].file}: nests itself")

    def _add(self, stack: Stack, label: str, depth: int) -> None:
        stack.label = label
        self.stacks.append(stack)
        if len(self.stacks) > _MOST:
            raise WrongError(f"{stack.template.file}: there are more than {_MOST} stacks")
        for name, file in self._nested(stack.template):
            if depth >= _DEEPEST:
                raise WrongError(f"{stack.template.file}: {name}: stacks are nested more than {_DEEPEST} deep")
            if stack.exists(name) is False:
                continue
            written = stack.resources[name].get("Properties")
            parameters = written.get("Parameters") if isinstance(written, dict) else None
            given = stack.value(parameters or {}, f"{name}: Parameters")
            child = Stack(
                self,
                self._templates[file],
                None,
                f"{stack.prefix}{name}/",
                {**given, **self._pseudo()} if isinstance(given, dict) else self._pseudo(),
                stack.region,
                stack.account,
            )
            stack.children[name] = child
            self._add(child, f"{label}/{name}", depth + 1)

    def _pseudo(self) -> dict[str, str]:
        return {name: value for name, value in self._given.items() if name.startswith("AWS::")}

    def _inside(self, template: Template) -> list[str]:
        return [file for _name, file in self._nested(template)]

    def _nested(self, template: Template) -> Iterator[tuple[str, str]]:
        """The nested stacks of a template whose own template lies beside it."""
        for name, resource in template.section("Resources").items():
            file = template.nested(resource)
            if file in self._templates and self._templates[file] is not template:
                yield name, file

    def untaken(self) -> dict[str, str]:
        """The given parameters that no template has, each with what may be meant."""
        declared = {name for template in self._templates.values() for name in template.section("Parameters")}
        names = (name for name in self._given if name not in declared and not name.startswith("AWS::"))
        return {name: _offer(name, declared) for name in names}

    def exported(self, name: str) -> Any:
        """What the stack that exports `name` says, Unknown where none of the input does."""
        for stack in self.stacks:
            for output, declared in stack.template.section("Outputs").items():
                export = declared.get("Export") if isinstance(declared, dict) else None
                if isinstance(export, dict) and stack.value(export.get("Name"), f"Outputs: {output}") == name:
                    return stack.output(output, f"Outputs: {output}")
        return Unknown(f"the export {name}")


def _stem(file: str) -> str:
    name = posixpath.basename(file.replace("\\", "/"))
    return name.partition(".")[0] or name


def _free(name: str, taken: set[str]) -> str:
    number, found = 1, name
    while found in taken:
        number += 1
        found = f"{name}-{number}"
    taken.add(found)
    return found


def _offer(name: str, known: set[str]) -> str:
    from difflib import get_close_matches

    near = get_close_matches(name, sorted(known), n=3)
    return f"did you mean {', '.join(near)}?" if near else f"known: {', '.join(sorted(known)[:8]) or 'none'}"
