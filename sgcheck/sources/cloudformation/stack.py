"""One stack: a template with the values of its parameters, in which everything is worked out when it is asked for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from sgcheck.sources.cloudformation.attributes import ITSELF, MADE_BY_VPC, RENAMED, WRITTEN
from sgcheck.sources.cloudformation.document import NESTED
from sgcheck.sources.cloudformation.functions import FUNCTIONS, call
from sgcheck.sources.cloudformation.values import NOTHING, Handle, Unknown, WrongError, plain_text, wrong

if TYPE_CHECKING:
    from sgcheck.sources.cloudformation.document import Template
    from sgcheck.sources.cloudformation.stacks import Stacks

_CHINA, _USUAL = "cn-", "aws"
_SSM = "AWS::SSM::Parameter::Value<"


class Stack:
    """A stack that the template would make.

    name: what it is called. prefix: what the ids of its resources begin with, empty or ending with a slash. given:
    values of parameters. region, account: None where nothing tells. loose: whether texts are made for people, with
    what is not known by its name. label: the name that people may put before a resource's.
    """

    def __init__(
        self,
        stacks: Stacks,
        template: Template,
        name: str | None,
        prefix: str,
        given: Mapping[str, Any],
        region: str | None = None,
        account: str | None = None,
    ) -> None:
        """Work out `template` with the values that are `given`."""
        self.stacks = stacks
        self.template = template
        self.name = name
        self.prefix = prefix
        self.given = given
        self.region = region
        self.account = account
        self.loose = False
        self.label = name or ""
        self.children: dict[str, Stack] = {}
        self.resources = template.section("Resources")
        self.parameters = template.section("Parameters")
        self.conditions = template.section("Conditions")
        self._held: dict[str, bool | Unknown] = {}
        self._busy: set[str] = set()

    def id_of(self, name: str) -> Handle:
        """What stands for the id of a resource."""
        return Handle(f"{self.prefix}{name}")

    def value(self, node: Any, where: str) -> Any:
        """A value worked out, with an Unknown for each part that can't be told. Raises WrongError."""
        if isinstance(node, dict):
            if len(node) == 1:
                name, argument = next(iter(node.items()))
                named = name in FUNCTIONS or name.startswith("Fn::")
                if named and (name != "Condition" or isinstance(argument, str)):
                    return call(self, name, argument, where)
            made = {name: self.value(inner, where) for name, inner in node.items()}
            return {name: inner for name, inner in made.items() if inner is not NOTHING}
        if isinstance(node, list):
            return [inner for inner in (self.value(one, where) for one in node) if inner is not NOTHING]
        if isinstance(node, str) and "{{resolve:" in node:
            return Unknown("a dynamic reference")
        return node

    def shown(self, node: Any, where: str) -> str | None:
        """A text for people, in which what is not known is named; None where it is none."""
        self.loose = True
        try:
            found = self.value(node, where)
        finally:
            self.loose = False
        return found if isinstance(found, str) else None if isinstance(found, Unknown | dict | list) else str(found)

    def condition(self, name: str, where: str) -> bool | Unknown:
        """Whether a condition holds. Raises WrongError for one that is not there, or depends on itself."""
        if name in self._held:
            return self._held[name]
        if name not in self.conditions:
            raise WrongError(f"{where}: there is no condition {name}")
        key = f"condition {name}"
        if key in self._busy:
            raise WrongError(f"Conditions: {name} depends on itself")
        self._busy.add(key)
        found = self.value(self.conditions[name], f"Conditions: {name}")
        self._busy.discard(key)
        if not isinstance(found, bool | Unknown):
            raise wrong(f"Conditions: {name}", "a condition", found)
        self._held[name] = found
        return found

    def exists(self, name: str) -> bool | Unknown:
        """Whether the condition of a resource holds; one without is there."""
        wanted = self.resources[name].get("Condition")
        if wanted is None:
            return True
        if not isinstance(wanted, str):
            raise wrong(f"{name}: Condition", "the name of a condition", wanted)
        return self.condition(wanted, name)

    def ref(self, name: str, where: str) -> Any:
        """What `Ref` returns. Raises WrongError for a name that nothing has."""
        if name.startswith("AWS::"):
            return self._pseudo(name)
        if name in self.parameters:
            return self._parameter(name)
        if name not in self.resources:
            raise WrongError(f"{where}: there is no parameter and no resource {name}")
        if self.exists(name) is False:
            return Unknown(f"{name} is not created")
        return self.id_of(name)

    def _pseudo(self, name: str) -> Any:
        if name == "AWS::NoValue":
            return NOTHING
        if name in self.given:
            return self.given[name]
        known = {"AWS::Region": self.region, "AWS::AccountId": self.account, "AWS::StackName": self.name}
        region = self.region
        if region is not None and not region.startswith(("us-gov", "us-iso", "eu-iso", "eusc")):
            china = region.startswith(_CHINA)
            known["AWS::Partition"] = "aws-cn" if china else _USUAL
            known["AWS::URLSuffix"] = "amazonaws.com.cn" if china else "amazonaws.com"
        found = known.get(name)
        if found is None:
            self._lacks(name)
        return found if found is not None else Unknown(name)

    def _lacks(self, name: str) -> None:
        """Keep the name of a value that decides; texts for people do without."""
        if not self.loose:
            self.stacks.lacking.setdefault(name, None)

    def _parameter(self, name: str) -> Any:
        declared = self.parameters[name]
        if not isinstance(declared, dict):
            raise wrong(f"Parameters: {name}", "a mapping", declared)
        type_ = declared.get("Type")
        listed = isinstance(type_, str) and (type_ == "CommaDelimitedList" or "List<" in type_)
        if isinstance(type_, str) and type_.startswith(_SSM):
            return Unknown(f"parameter {name} is read from Systems Manager")
        found = self.given.get(name, declared.get("Default"))
        if found is None:
            self._lacks(name)
            return Unknown(f"parameter {name}")
        if isinstance(found, Unknown | list | Handle):
            return found
        text = plain_text(found, f"Parameters: {name}: Default")
        if "{{resolve:" in text:
            return Unknown("a dynamic reference")
        return [one.strip() for one in text.split(",")] if listed else text

    def attribute(self, name: str, attribute: str, where: str) -> Any:
        """What `Fn::GetAtt` returns. Raises WrongError for a resource that is not there."""
        if name not in self.resources:
            raise WrongError(f"{where}: there is no resource {name}")
        if self.exists(name) is False:
            return Unknown(f"{name} is not created")
        type_ = self.resources[name]["Type"]
        if attribute in ITSELF.get(type_, ()):
            return self.id_of(name)
        if type_ == "AWS::EC2::VPC" and attribute in MADE_BY_VPC:
            return Handle(f"{self.id_of(name)}.{attribute}")
        if type_ == NESTED and attribute.startswith("Outputs."):
            return self._output_of(name, attribute.partition(".")[2], where)
        property_ = RENAMED.get((type_, attribute), attribute if attribute in WRITTEN.get(type_, ()) else None)
        if property_ is not None:
            found = self._property(name, property_, where)
            if found is not NOTHING:
                return found
        return Unknown(f"{name}.{attribute}", own=() if type_.startswith("AWS::EC2::") else None)

    def _property(self, name: str, property_: str, where: str) -> Any:
        written = self.resources[name].get("Properties")
        if not isinstance(written, dict) or property_ not in written:
            return NOTHING
        key = f"{name}.{property_}"
        if key in self._busy:
            raise WrongError(f"{where}: {key} depends on itself")
        self._busy.add(key)
        found = self.value(written[property_], f"{name}: {property_}")
        self._busy.discard(key)
        return found

    def _output_of(self, name: str, output: str, where: str) -> Any:
        child = self.children.get(name)
        return Unknown(f"output {output} of {name}", own=None) if child is None else child.output(output, where)

    def output(self, name: str, where: str) -> Any:
        """The value of an output. Raises WrongError for one that is not there, or depends on itself."""
        declared = self.template.section("Outputs").get(name)
        if not isinstance(declared, dict) or "Value" not in declared:
            raise WrongError(f"{where}: there is no output {name}")
        key = f"output {name}"
        if key in self._busy:
            raise WrongError(f"Outputs: {name} depends on itself")
        self._busy.add(key)
        found = self.value(declared["Value"], f"Outputs: {name}")
        self._busy.discard(key)
        return found
