"""Templates as they are told apart and refused, before anything in them is worked out."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping
from typing import Any, Final

import msgspec

from sgcheck.errors import InputError
from sgcheck.sources.cloudformation.text import Lined, read_json, read_yaml
from sgcheck.sources.cloudformation.values import kind_of
from sgcheck.sources.jsontext import Buffer, Members, decoder, first_byte, is_object

VERSION: Final = "AWSTemplateFormatVersion"
NESTED: Final = "AWS::CloudFormation::Stack"
_ASSET: Final = "aws:asset:path"
PROCESSED: Final = "aws cloudformation get-template --template-stage Processed --stack-name NAME --query TemplateBody"
SUFFIXES: Final = (".json", ".yaml", ".yml", ".template")
HARMLESS: Final = ("AWS::LanguageExtensions", "AWS::CodeDeployBlueGreen")
"""Transforms that leave the resources of a network as they are written."""
_TELLTALE = re.compile(
    rb"^[ \t]*[\"']?(?:AWSTemplateFormatVersion|Resources)[\"']?[ \t]*:|[\"']?Type[\"']?[ \t]*:[ \t]*[\"']?AWS::",
    re.MULTILINE,
)
_TYPE = re.compile(r"[A-Za-z0-9]+::[A-Za-z0-9:@_-]+")


class Template(msgspec.Struct):
    """A template. file: its name in messages. body: its sections."""

    file: str
    body: Mapping[str, Any]

    @property
    def folder(self) -> str:
        """The folder that it stands in."""
        return posixpath.dirname(self.file.replace("\\", "/"))

    def nested(self, resource: Mapping[str, Any]) -> str | None:
        """The file of the template that a resource of this one nests, None where it names none that may lie here."""
        if resource["Type"] != NESTED:
            return None
        metadata, written = resource.get("Metadata"), resource.get("Properties")
        asset = metadata.get(_ASSET) if isinstance(metadata, dict) else None
        url = asset or (written.get("TemplateURL") if isinstance(written, dict) else None)
        if not isinstance(url, str) or "://" in url or not url.strip():
            return None
        return posixpath.normpath(posixpath.join(self.folder, url.replace("\\", "/")))

    def line(self, *path: str) -> int | None:
        """The line of the last of these keys that has one."""
        line, inside = None, self.body
        for name in path:
            if not isinstance(inside, Lined) or name not in inside:
                break
            line = inside.lines.get(name, line)
            inside = inside[name]
        return line

    def section(self, name: str) -> Mapping[str, Any]:
        """A section, empty where there is none. Raises InputError where it is no mapping."""
        found = self.body.get(name)
        if found is None:
            return {}
        if not isinstance(found, dict):
            raise InputError(f"{self.place(name)}: {name}: expected a mapping, got {kind_of(found)}")
        return found

    def place(self, *path: str) -> str:
        """The file, with the line of the last of these keys that has one."""
        line = self.line(*path)
        return f"{self.file}:{line}" if line else self.file


def is_template(members: Members) -> bool:
    """Whether a JSON object is a template, be it one that is refused."""
    if VERSION in members:
        return True
    raw = members.get("Resources")
    if raw is None or not is_object(raw):
        return False
    resources = decoder(Members).decode(raw)
    return bool(resources) and all(
        is_object(one) and b'"Type"' in bytes(memoryview(one)) for one in list(resources.values())[:3]
    )


def may_be_yaml(data: Buffer) -> bool:
    """Whether a text that is no JSON looks like a template in YAML."""
    return first_byte(data) not in (b"[", b"") and _TELLTALE.search(data) is not None


def read_template(data: Buffer, file: str) -> Template:
    """The template in a text, JSON or YAML. Raises InputError for one that can't be used, with what to do instead."""
    body = (read_json if first_byte(data) == b"{" else read_yaml)(data, file)
    if not isinstance(body, dict):
        raise InputError(f"{file}: expected a CloudFormation template, a mapping with Resources, got {kind_of(body)}")
    template = Template(file, body)
    _refuse_transforms(template)
    resources = template.section("Resources")
    if not resources:
        raise InputError(f"{file}: a CloudFormation template without Resources")
    for name, resource in resources.items():
        if name.startswith("Fn::"):
            raise InputError(
                f"{template.place('Resources', name)}: {name[4:]} makes resources that are not written out",
                f"expand it first: {PROCESSED}",
            )
        _check(template, name, resource)
    return template


def _check(template: Template, name: str, resource: Any) -> None:
    place = template.place("Resources", name)
    if not isinstance(resource, dict):
        raise InputError(f"{place}: {name}: expected a resource with a Type, got {kind_of(resource)}")
    type_ = resource.get("Type")
    if isinstance(type_, dict) and not {"Rain::Module", "Fn::Rain::Module"}.isdisjoint(type_):
        raise InputError(f"{place}: {name}: is a module of Rain", "write it out first: rain pkg TEMPLATE")
    if not isinstance(type_, str) or not _TYPE.fullmatch(type_):
        raise InputError(f"{place}: {name}: expected a Type such as AWS::EC2::Instance, got {kind_of(type_)}")


def _refuse_transforms(template: Template) -> None:
    found = template.body.get("Transform")
    listed = found if isinstance(found, list) else [found] if found else []
    for one in listed:
        name = one.get("Name") if isinstance(one, dict) else one
        if name in HARMLESS:
            continue
        kind = "a SAM template" if str(name).startswith("AWS::Serverless") else f"a template for the transform {name}"
        raise InputError(
            f"{template.place('Transform')}: {kind}: its resources are written out by CloudFormation only",
            f"give what it makes of it: {PROCESSED}",
        )
