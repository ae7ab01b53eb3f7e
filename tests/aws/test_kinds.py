"""Every kind against the API model that boto3 itself works with, and against its own declarations."""

from __future__ import annotations

import functools

import botocore.session
import msgspec
import pytest
from botocore import xform_name
from msgspec import inspect

from sgcheck.aws.balancer_attribute import CLASSIC_ATTRIBUTE
from sgcheck.aws.build import BALANCERS, ENDPOINTS, FIREWALLS, TRANSIT
from sgcheck.aws.eks_cluster import EKS_CLUSTER
from sgcheck.aws.instance import INSTANCE, InstanceInterface, InstanceRecord, ReservationRecord
from sgcheck.aws.kind import Absence
from sgcheck.aws.kinds import KIND_BY_KEY, KINDS, LINES, kind_named
from sgcheck.aws.prefix_list_entry import PREFIX_LIST_ENTRY
from sgcheck.aws.record import GroupId, Tag, name_of
from sgcheck.aws.unmodelled import METADATA_KEYS, UNATTRIBUTABLE_KEYS, UNMODELLED_ID_MEMBERS, UNMODELLED_KEYS

CALLS = [(kind, call) for kind in KINDS for call in kind.calls]
SCALARS = {
    "string": inspect.StrType,
    "boolean": inspect.BoolType,
    "integer": inspect.IntType,
    "long": inspect.IntType,
}


@functools.cache
def service(name):
    return botocore.session.get_session().get_service_model(name)


def operation(call):
    model = service(call.service)
    return next(model.operation_model(name) for name in model.operation_names if xform_name(name) == call.operation)


def element_shape(call):
    """The shape of one record: an element of the list that is answered, or the whole answer."""
    answer = operation(call).output_shape
    if not call.result_key:
        return answer
    listed = answer.members[call.result_key]
    return listed.member if listed.type_name == "list" else listed


WHOLE = {
    "network firewall": {"Firewall": {"FirewallArn": "x-1"}},
    "firewall policy": {"FirewallPolicyResponse": {"FirewallPolicyArn": "x-1"}},
    "firewall rule group": {"RuleGroupResponse": {"RuleGroupArn": "x-1"}},
}
LATER = {"NetworkInterfaces": InstanceInterface, "SecurityGroups": GroupId, "Tags": Tag}


def without_null(info):
    options = [one for one in getattr(info, "types", [info]) if not isinstance(one, inspect.NoneType)]
    assert len(options) == 1, info
    return options[0]


def mismatches(struct, shapes, place=""):
    """Return the members of `struct` that none of the API's `shapes` has, or has with another type."""
    for field in inspect.type_info(struct).fields:
        if field.encode_name.startswith("("):
            continue  # what a plan leaves open, of which AWS knows nothing
        here = f"{place}.{field.encode_name}"
        found = [shape.members[field.encode_name] for shape in shapes if field.encode_name in shape.members]
        if not found:
            yield here
            continue
        yield from mistyped(without_null(field.type), found, here)


def mistyped(info, shapes, place):
    kinds = {shape.type_name for shape in shapes}
    if isinstance(info, inspect.RawType):  # text that is read later
        yield from mistyped(inspect.type_info(list[LATER[place.rpartition(".")[2]]]), shapes, place)
    elif isinstance(info, inspect.ListType):
        if kinds != {"list"}:
            yield place
        else:
            yield from mistyped(without_null(info.item_type), [shape.member for shape in shapes], place)
    elif isinstance(info, inspect.DictType):
        if kinds != {"map"}:
            yield place
        else:
            yield from mistyped(without_null(info.value_type), [shape.value for shape in shapes], place)
    elif isinstance(info, inspect.StructType):
        yield from mismatches(info.cls, shapes, place) if kinds == {"structure"} else [place]
    elif not any(isinstance(info, SCALARS.get(kind, ())) for kind in kinds):
        yield place


@pytest.mark.parametrize("kind, call", CALLS, ids=lambda one: getattr(one, "operation", None))
def test_a_call_exists_and_answers_with_its_result_key(kind, call):
    model = operation(call)
    if not call.result_key:
        assert {wrapper.whole for wrapper in kind.wrappers} & set(model.output_shape.members)
        return
    assert call.result_key in model.output_shape.members
    assert call.result_key in kind.keys or kind is PREFIX_LIST_ENTRY or kind.subject
    single = kind in (EKS_CLUSTER, CLASSIC_ATTRIBUTE) or (kind.wrappers and kind.wrappers[0].single)
    assert model.output_shape.members[call.result_key].type_name == ("structure" if single else "list")


@pytest.mark.parametrize("kind, call", CALLS, ids=lambda one: getattr(one, "operation", None))
def test_an_action_is_the_operation_under_its_service(kind, call):
    assert call.action == f"{service(call.service).signing_name}:{operation(call).name}"


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_every_member_of_a_record_is_one_of_the_api(kind):
    shapes = [operation(call).output_shape if kind.subject else element_shape(call) for call in kind.calls]
    record = kind.record
    expected = []
    if kind is INSTANCE:
        record = ReservationRecord
        # The reservation has the owner and hands it down.
        assert "OwnerId" in shapes[0].members
        expected = [".Instances.OwnerId"]
    elif kind.subject:
        # The answer does not say what was asked about, so a snapshot adds it.
        assert all(kind.subject not in shape.members for shape in shapes)
        expected = [f".{kind.subject}"]
    elif kind is PREFIX_LIST_ENTRY:
        record = without_null(inspect.type_info(kind.wrappers[0].item)).item_type.cls
    assert list(mismatches(record, shapes)) == expected


def test_the_sweep_sees_a_member_that_the_api_does_not_have():
    class Wrong(msgspec.Struct, rename="pascal"):
        vpc_id: int
        vpc_name: str

    shape = service("ec2").shape_for("Vpc")
    assert list(mismatches(Wrong, [shape])) == [".VpcId", ".VpcName"]


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_a_kind_says_what_its_absence_means(kind):
    assert isinstance(kind.absence, Absence)
    assert kind.absence_note
    assert "\n" not in kind.absence_note
    assert not kind.absence_note.endswith(".")


@pytest.mark.parametrize(
    "name, absence",
    [
        ("route table", Absence.UNKNOWN),
        ("network ACL", Absence.UNKNOWN),
        ("security group", Absence.UNKNOWN),
        ("prefix list entry", Absence.UNKNOWN),
        ("internet gateway", Absence.UNKNOWN),
        ("VPC peering connection", Absence.UNKNOWN),
        ("security group VPC association", Absence.OFF),
        ("instance", Absence.ASSUMED),
        ("load balancer", Absence.OFF),
        ("target group attribute", Absence.ASSUMED),
    ],
)
def test_absence_is_what_the_contract_says(name, absence):
    assert [kind.absence for kind in KINDS if kind.name == name] == [absence]


@pytest.mark.parametrize("line", LINES, ids=lambda line: line.name)
def test_a_line_says_what_its_kind_says(line):
    assert (line.kind().name, line.kind().keys) == (line.name, line.keys)
    assert kind_named(line.name) is line.kind()


@pytest.mark.parametrize("part", [ENDPOINTS, FIREWALLS, TRANSIT, BALANCERS])
def test_what_a_part_of_the_fabric_begins_with_is_a_kind(part):
    assert all(kind_named(name) for name in part)


def test_names_and_keys_belong_to_one_kind_each():
    assert len({kind.name for kind in KINDS}) == len({kind.plural for kind in KINDS}) == len(KINDS)
    assert len(KIND_BY_KEY) == sum(len(kind.keys) for kind in KINDS)
    others = [METADATA_KEYS, UNATTRIBUTABLE_KEYS, UNMODELLED_KEYS]
    assert sum(map(len, others)) == len(frozenset().union(*others))
    assert not KIND_BY_KEY.keys() & frozenset().union(*others)
    assert set(UNMODELLED_ID_MEMBERS.values()) <= UNMODELLED_KEYS | UNATTRIBUTABLE_KEYS


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_a_record_is_told_by_its_id(kind):
    members = {"SecurityGroupRuleId": "sgr-1", "VpcId": "vpc-1", "Cidr": "10.0.0.0/8"}
    members |= dict.fromkeys(kind.id_members[:1], "x-1")
    members |= {"LoadBalancerArn": "lb-1"} if kind.name == "listener" else {}
    if kind is PREFIX_LIST_ENTRY:
        members = {"PrefixListId": "x-1", "Entries": []}
    elif kind.wrappers and kind.wrappers[-1].whole:
        members = WHOLE[kind.name]
    elif kind.name == "VPC block public access options":
        members = {"AwsAccountId": "1"}
    elif kind.name == "security group rule":
        members["GroupId"] = "sg-1"
    elif kind.name == "transit gateway prefix list reference":
        members["PrefixListId"] = "pl-1"
    elif kind.name == "transit gateway attachment":
        members["TransitGatewayId"] = "tgw-1"
    record = msgspec.convert(members | {"SecurityGroupRuleId": "x-1"}, kind.record)
    assert kind.id_of(record) in {"x-1", "x-1/vpc-1", "x-1/pl-1", "x-1/tgw-1", "1/"}
    with pytest.raises(AttributeError):
        record.tags = None


def test_absent_null_and_empty_lists():
    decode = functools.partial(msgspec.json.decode, type=INSTANCE.record)
    assert decode(b'{"InstanceId": "i-1"}').security_groups is None
    assert decode(b'{"InstanceId": "i-1", "SecurityGroups": null}').security_groups is None
    assert decode(b'{"InstanceId": "i-1", "SecurityGroups": []}').security_groups == []


def test_an_instance_gets_its_owner_from_its_reservation():
    instances = [InstanceRecord(instance_id="i-1"), InstanceRecord(instance_id="i-2", owner_id="2")]
    unpack = INSTANCE.wrapper("Reservations").unpack
    told = unpack("", ReservationRecord(owner_id="1", instances=instances))
    assert [(record.instance_id, record.owner_id) for record in told] == [("i-1", "1"), ("i-2", "2")]
    assert list(unpack("", ReservationRecord(instances=None))) == []


@pytest.mark.parametrize(
    "tags, name",
    [
        (None, None),
        ([], None),
        ([Tag(key="tier", value="web")], None),
        ([Tag(key="name", value="lower case is another tag")], None),
        ([Tag(key="tier", value="web"), Tag(key="Name", value="web-1")], "web-1"),
        ([Tag(key="Name", value="")], None),
        ([Tag(key="Name")], None),
    ],
)
def test_the_name_is_the_name_tag(tags, name):
    assert name_of(tags) == name
