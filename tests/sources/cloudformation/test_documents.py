"""Templates as input: alone, nested, as `cdk.out`, with parameters, over what is deployed, and in every command."""

from __future__ import annotations

import io
import json
import re
import sys
import zipfile
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner

sys.path.insert(0, str(Path(__file__).parent))

from templates import (
    asked,
    att,
    document,
    records,
    ref,
    res,
    snapshot_of,
    verdict,
    web,
    written,
)

from sgcheck.aws.build import build
from sgcheck.cli.main import cli
from sgcheck.errors import InputError, SgcheckError, UsageError
from sgcheck.sources.cloudformation.parameters import parameters_of
from sgcheck.sources.cloudformation.translate import TYPES
from sgcheck.sources.files import load_snapshot
from sgcheck.sources.pair import load_pair

DOCS = Path(__file__).resolve().parents[3] / "docs" / "cloudformation.md"
PORT = {"Parameters": {"Port": {"Type": "Number", "Default": 80}, "Env": {"Type": "String"}}}
OPEN = res(
    "SecurityGroup",
    VpcId=ref("Vpc"),
    SecurityGroupIngress=[{"IpProtocol": "tcp", "FromPort": ref("Port"), "ToPort": ref("Port"), "CidrIp": "0.0.0.0/0"}],
)


def run(*arguments):
    return CliRunner().invoke(cli, [str(one) for one in arguments], catch_exceptions=False)


def refused(*paths, **more):
    with pytest.raises(SgcheckError) as wrong:
        load_snapshot([str(path) for path in paths], **more)
    assert "\n" not in wrong.value.message
    return wrong.value.message


# The list of types.


def test_the_page_lists_every_type_that_is_understood():
    text = DOCS.read_text(encoding="utf-8")
    listed = text.partition("<!-- types -->")[2].partition("<!-- end of types -->")[0]
    rows = [f"| `{type_}` | {remark} |" for type_, remark in sorted(TYPES.items())]
    assert [line for line in listed.splitlines() if line.startswith("| `")] == rows


def test_every_type_is_in_some_test():
    texts = "".join(path.read_text(encoding="utf-8") for path in Path(__file__).parent.glob("*.py"))
    assert [type_ for type_ in TYPES if not re.search(rf'["}}:]{type_.rpartition("::")[2]}"', texts)] == []


# Parameters.


@pytest.mark.parametrize(
    "told",
    [
        ["Port=8080"],
        ["ParameterKey=Port,ParameterValue=8080"],
        ['Port="8080"'],
        ["Port=1", "Port=8080"],
        [{"Parameters": {"Port": 8080}}],
        [{"Port": "8080"}],
        [["Port=8080"]],
        [[{"ParameterKey": "Port", "ParameterValue": "8080"}, {"ParameterKey": "Env", "UsePreviousValue": True}]],
    ],
)
def test_parameters_in_every_form(tmp_path, told):
    words = [one if isinstance(one, str) else written(tmp_path, one, "p.json") for one in told]
    given = parameters_of(words)
    assert given == {"Port": "8080"}
    snapshot = snapshot_of(tmp_path, web(Group=OPEN), given, **PORT)
    assert verdict(snapshot, "internet", "Web", "8080") == "reachable"
    assert verdict(snapshot, "internet", "Web", "80") == "blocked"


def test_a_file_url_and_lists_of_parameters(tmp_path):
    path = written(tmp_path, {"Parameters": {"Subnets": ["a", "b"], "Flag": True}}, "p.json")
    assert parameters_of([f"file://{path}"]) == {"Subnets": "a,b", "Flag": "true"}


@pytest.mark.parametrize(
    "content, words",
    [
        ("{", ["p.json:1", "parameters in JSON"]),
        ("7", ["a list of parameters"]),
        ([7], ["[0]", "ParameterKey"]),
        ([{"ParameterKey": "A", "ParameterValue": {}}], ["A", "a text"]),
        ({"A": {"B": 1}}, ["A", "a text"]),
    ],
)
def test_files_of_parameters_that_make_no_sense(tmp_path, content, words):
    with pytest.raises(InputError) as wrong:
        parameters_of([written(tmp_path, content, "p.json")])
    for word in ("p.json", *words):
        assert word in wrong.value.message


def test_parameters_that_nothing_takes_are_refused(tmp_path):
    with pytest.raises(UsageError):
        parameters_of([" "])
    path = written(tmp_path, document(web(Group=OPEN), **PORT))
    assert "no template of the input has such a parameter" in refused(path, parameters={"Prot": "1"})
    answers = written(tmp_path, {"Vpcs": []}, "aws.json")
    assert "no template of the input" in refused(answers, parameters={"Port": "1"})
    told = run("explain", "--from", "internet", "--to", "x", "--port", "80", "--parameters", "A=1")
    assert (told.exit_code, "name the template with -i" in told.output) == (2, True)


# Files, folders, nested stacks.


def nested(url):
    return {
        "Net": res("AWS::CloudFormation::Stack", TemplateURL=url, Parameters={"Range": "10.0.0.0/16"}),
        "Group": res(
            "SecurityGroup",
            VpcId=att("Net", "Outputs.Vpc"),
            SecurityGroupIngress=[{"IpProtocol": "tcp", "FromPort": 80, "ToPort": 80, "CidrIp": "0.0.0.0/0"}],
        ),
        "Web": res("Instance", SubnetId=att("Net", "Outputs.Public"), SecurityGroupIds=[ref("Group")]),
    }


def network_template():
    resources = {name: one for name, one in web().items() if name not in ("Group", "Web")}
    resources["Vpc"] = res("VPC", CidrBlock=ref("Range"))
    outputs = {name: {"Value": ref(name), "Export": {"Name": f"net-{name}"}} for name in ("Vpc", "Public")}
    return document(resources, Parameters={"Range": {"Type": "String"}}, Outputs=outputs)


@pytest.mark.parametrize("both", [False, True])
def test_a_nested_stack_whose_template_lies_beside(tmp_path, both):
    written(tmp_path, yaml.safe_dump(network_template()), "parts/net.yaml")
    root = written(tmp_path, document(nested("./parts/net.yaml")), "root.json")
    snapshot = load_snapshot([str(tmp_path)] if both else [root])
    assert sorted(records(snapshot, "Vpcs")) == ["Net/Vpc"]
    assert verdict(snapshot, "internet", "Web", "80") == "reachable"
    assert asked(build(snapshot), "Net/Public", "internet", "443").verdict.value == "reachable"


def test_a_nested_stack_from_elsewhere_is_open(tmp_path):
    for url in ("https://s3.amazonaws.com/b/net.yaml", "./nowhere.yaml", "../../../../etc/hostname", ref("Url")):
        snapshot = snapshot_of(tmp_path, nested(url), Parameters={"Url": {"Type": "String"}})
        assert any("Net: a nested stack whose template is not in the input" in note for note in snapshot.notes)
        assert verdict(snapshot, "internet", "Web", "80") == "unknown"


def test_stacks_that_nest_each_other_end_in_one_line(tmp_path):
    for name, other in (("a", "b"), ("b", "a")):
        content = document({"In": res("AWS::CloudFormation::Stack", TemplateURL=f"{other}.json")})
        written(tmp_path, content, f"{name}.json")
    assert "nests itself" in refused(tmp_path)
    written(tmp_path, document({"In": res("AWS::CloudFormation::Stack", TemplateURL="a.json")}), "c.json")
    assert "deep" in refused(tmp_path)
    many = {f"In{n}": res("AWS::CloudFormation::Stack", TemplateURL="d.json") for n in range(40)}
    for name, other in (("d", "e"), ("e", "f"), ("f", "g")):
        content = document({n: res("AWS::CloudFormation::Stack", TemplateURL=f"{other}.json") for n in many})
        written(tmp_path / "many", content, f"{name}.json")
    written(tmp_path / "many", document(web()), "g.json")
    assert "more than 1000 stacks" in refused(tmp_path / "many" / "d.json")


def test_values_that_go_too_deep_end_in_one_line(tmp_path):
    deep = "[" * 900 + "]" * 900
    resources = web(Group=res("SecurityGroup", VpcId=ref("Vpc"), SecurityGroupIngress="DEEP"))
    text = json.dumps(document(resources)).replace('"DEEP"', deep)
    assert "too deep" in refused(written(tmp_path, text, "deep.json"))
    chain = {f"C{n}": {"Fn::Not": [{"Condition": f"C{n + 1}"}]} for n in range(2000)} | {
        "C2000": {"Fn::Equals": [1, 1]}
    }
    resources = web(Group=res("SecurityGroup", condition="C0", VpcId=ref("Vpc")))
    assert "too deep" in refused(written(tmp_path, document(resources, Conditions=chain), "chain.json"))


def test_exports_of_one_template_are_imports_of_another(tmp_path):
    content = network_template()
    content["Parameters"]["Range"]["Default"] = "10.0.0.0/16"
    written(tmp_path, content, "net.json")
    resources = nested("")
    del resources["Net"]
    resources["Group"]["Properties"]["VpcId"] = {"Fn::ImportValue": "net-Vpc"}
    resources["Web"]["Properties"]["SubnetId"] = {"Fn::ImportValue": "net-Public"}
    app = written(tmp_path, document(resources), "app.json")
    snapshot = load_snapshot([str(tmp_path)])
    assert verdict(snapshot, "internet", "app/Web", "80") == "reachable"
    assert verdict(load_snapshot([app]), "internet", "Web", "80") == "unknown"


def test_what_the_cdk_writes(tmp_path):
    stack = {
        "type": "aws:cloudformation:stack",
        "environment": "aws://123456789012/eu-west-1",
        "properties": {"templateFile": "Web.template.json", "stackName": "prod-web", "parameters": {"Port": "8080"}},
    }
    manifest = {"version": "36.0.0", "artifacts": {"Web": stack, "Tree": {"type": "cdk:tree"}}}
    written(tmp_path, manifest, "manifest.json")
    written(tmp_path, {"version": "tree-0.1", "tree": {"id": "App"}}, "tree.json")
    written(tmp_path, {"version": "36.0.0", "files": {}}, "Web.assets.json")
    inner = res("AWS::CloudFormation::Stack", TemplateURL={"Fn::Sub": "https://s3/${X}"})
    inner["Metadata"] = {"aws:asset:path": "Inner.nested.template.json"}
    written(tmp_path, document(web(Group=OPEN, Inner=inner), **PORT), "Web.template.json")
    written(tmp_path, document({"Other": res("VPC", CidrBlock="10.9.0.0/16")}), "Inner.nested.template.json")
    written(tmp_path, "{ // code", f"asset.{'0a' * 32}/tsconfig.json")
    snapshot = load_snapshot([str(tmp_path)])
    assert verdict(snapshot, "internet", "Web", "8080") == "reachable"
    assert {(b.account, b.region) for b in snapshot.batches if b.records} == {("123456789012", "eu-west-1")}
    assert "Inner/Other" in records(snapshot, "Vpcs")
    assert snapshot.names["prod-web/Web"] == "Web"


def test_several_stacks_are_told_apart(tmp_path):
    for name in ("one", "two"):
        written(tmp_path / name, document(web()), "net.json")
    written(tmp_path, document(web()), "net.template")
    snapshot = load_snapshot([str(tmp_path)])
    assert sorted(records(snapshot, "Vpcs")) == ["net-2/Vpc", "net-3/Vpc", "net/Vpc"]
    assert verdict(snapshot, "net/Web", "net-2/Web", "80") == "blocked"


def test_archives_and_standard_input(tmp_path):
    path = tmp_path / "t.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("root.yaml", yaml.safe_dump(document(nested("net.json"))))
        archive.writestr("net.json", json.dumps(network_template()))
        archive.writestr("notes.yaml", "hello: world")
    snapshot = load_snapshot([str(path)])
    assert verdict(snapshot, "internet", "Web", "80") == "reachable"
    assert (snapshot.counts.files, snapshot.counts.files_skipped) == (2, 1)
    told = load_snapshot(["-"], io.BytesIO(yaml.safe_dump(document(web())).encode()))
    assert verdict(told, "internet", "Web", "80") == "reachable"


def test_other_yaml_in_a_folder_is_skipped_and_a_broken_template_is_not(tmp_path):
    written(tmp_path, document(web()), "net.json")
    written(tmp_path, "a: [1", "broken.yaml")
    assert load_snapshot([str(tmp_path)]).counts.files_skipped == 1
    written(tmp_path, "Transform: AWS::Serverless-2016-10-31\nResources:\n  A: {Type: 'A::B::C'}", "sam.yaml")
    assert "a SAM template" in refused(tmp_path)


def test_templates_and_answers_of_aws_go_together(tmp_path):
    there = {"Vpcs": [{"VpcId": "vpc-1", "CidrBlock": "10.5.0.0/16"}]}
    aws = written(tmp_path, there, "aws.json")
    snapshot = load_snapshot([aws, written(tmp_path, document(web()))])
    assert sorted(records(snapshot, "Vpcs")) == ["Vpc", "vpc-1"]


# Over what is deployed.


def deployed(tmp_path):
    found = {
        "Vpcs": [{"VpcId": "vpc-1", "CidrBlock": "10.5.0.0/16"}],
        "Subnets": [{"SubnetId": "subnet-1", "VpcId": "vpc-1", "CidrBlock": "10.5.0.0/24", "MapPublicIpOnLaunch": True}],
        "InternetGateways": [{"InternetGatewayId": "igw-1", "Attachments": [{"VpcId": "vpc-1", "State": "available"}]}],
        "RouteTables": [{"RouteTableId": "rtb-1", "VpcId": "vpc-1", "Associations": [{"Main": True}],
                         "Routes": [{"DestinationCidrBlock": "10.5.0.0/16", "GatewayId": "local"},
                                    {"DestinationCidrBlock": "0.0.0.0/0", "GatewayId": "igw-1"}]}],
        "NetworkAcls": [{"NetworkAclId": "acl-1", "VpcId": "vpc-1", "IsDefault": True, "Associations": [], "Entries": [
            {"RuleNumber": 100, "RuleAction": "allow", "Egress": egress, "Protocol": "-1", "CidrBlock": "0.0.0.0/0"}
            for egress in (False, True)]}],
        "SecurityGroups": [{"GroupId": "sg-1", "VpcId": "vpc-1", "GroupName": "old", "IpPermissions": [],
                            "IpPermissionsEgress": [{"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}]}],
        "NetworkInterfaces": [], "Reservations": [],
    }  # fmt: skip
    return load_snapshot([written(tmp_path, found, "deployed.json")])


def test_a_template_over_what_is_deployed(tmp_path):
    parameters = {"Subnet": {"Type": "AWS::EC2::Subnet::Id"}, "Old": {"Type": "String", "Default": "sg-1"}}
    resources = {
        "Rule": res("SecurityGroupIngress", GroupId=ref("Old"), IpProtocol="tcp", FromPort=80, ToPort=80,
                    CidrIp="0.0.0.0/0"),
        "Web": res("Instance", SubnetId=ref("Subnet"), SecurityGroupIds=[ref("Old")]),
    }  # fmt: skip
    given = {"Subnet": "subnet-1"}
    over = snapshot_of(tmp_path, resources, given, deployed(tmp_path), Parameters=parameters)
    assert verdict(over, "internet", "Web", "80") == "reachable"
    assert verdict(over, "internet", "Web", "81") == "blocked"
    assert verdict(snapshot_of(tmp_path, resources, given, Parameters=parameters), "internet", "Web", "80") == "unknown"
    rule = res("SecurityGroupEgress", GroupId=ref("Old"), IpProtocol="tcp", FromPort=1, ToPort=2, CidrIp="0.0.0.0/0")
    over = snapshot_of(tmp_path, resources | {"Out": rule}, given, deployed(tmp_path), Parameters=parameters)
    assert verdict(over, "Web", "internet", "443") == "unknown"


def test_templates_beside_what_is_deployed_are_laid_over_it(tmp_path):
    deployed(tmp_path)
    resources = {
        "Rule": res(
            "SecurityGroupIngress", GroupId="sg-1", IpProtocol="tcp", FromPort=80, ToPort=80, CidrIp="0.0.0.0/0"
        ),
        "Web": res("Instance", SubnetId="subnet-1", SecurityGroupIds=["sg-1"]),
    }
    template = written(tmp_path, document(resources))
    for paths in ([template, str(tmp_path / "deployed.json")], [str(tmp_path)]):
        snapshot = load_snapshot(paths)
        assert verdict(snapshot, "internet", "Web", "80") == "reachable"
        assert verdict(snapshot, "internet", "Web", "81") == "blocked"
        assert snapshot.counts.files == 2


def test_who_is_deployed_may_have_the_group_of_a_parameter(tmp_path):
    peer = [{"IpProtocol": "tcp", "FromPort": 80, "ToPort": 80, "SourceSecurityGroupId": ref("Peer")}]
    resources = {
        "Group": res("SecurityGroup", VpcId="vpc-1", SecurityGroupIngress=peer),
        "Web": res("Instance", SubnetId="subnet-1", SecurityGroupIds=[ref("Group")]),
        "Old": res("Instance", SubnetId="subnet-1", SecurityGroupIds=["sg-1"]),
    }
    parameters = {"Peer": {"Type": "String"}}
    over = snapshot_of(tmp_path, resources, None, deployed(tmp_path), Parameters=parameters)
    assert verdict(over, "Old", "Web", "80") == "unknown"
    for given, expected in (("sg-1", "reachable"), ("sg-2", "blocked")):
        over = snapshot_of(tmp_path, resources, {"Peer": given}, deployed(tmp_path), Parameters=parameters)
        assert verdict(over, "Old", "Web", "80") == expected


def test_a_route_and_an_entry_for_what_is_deployed(tmp_path):
    resources = {
        "Rule": res("NetworkAclEntry", NetworkAclId="acl-1", RuleNumber=50, Protocol=-1, RuleAction="deny",
                    CidrBlock="0.0.0.0/0"),
        "Web": res("Instance", SubnetId="subnet-1"),
        "Own": res("RouteTable", VpcId="vpc-1"),
        "Uses": res("SubnetRouteTableAssociation", SubnetId="subnet-1", RouteTableId=ref("Own")),
    }  # fmt: skip
    network = build(snapshot_of(tmp_path, resources, None, deployed(tmp_path)))
    assert network.acls["acl-1"].ingress[0].number == 50
    assert network.table_of_subnet["subnet-1"] == "Own"


# Commands.


def test_every_command_takes_a_template(tmp_path):
    path = written(tmp_path, yaml.safe_dump(document(web(Group=OPEN), **PORT)), "t.yaml")
    there = ("--from", "internet", "--to", "Web")
    eight = ("--parameters", "Port=8080", "-i", path)
    assert run("explain", *there, "--port", "8080", *eight).exit_code == 0
    assert "becomes" in run("graph", *eight, *there, "--port", "8080").output
    assert "8080/tcp" in run("exposure", *eight).output
    assert "8080" in run("reach", *eight, "--from", "internet", "--to", "Web").output
    assert run("diagnose", "--from", "internet", "--to", "Web", "--port", "80", *eight).exit_code == 0
    rules = "version: 1\nexpect:\n  - {name: a, from: internet, to: Web, port: 8080, verdict: reachable}\n"
    assert run("check", written(tmp_path, rules, "e.yaml"), *eight).exit_code == 0
    assert "1 internet gateway" in run("snapshot", "--show", path).output


def test_findings_tell_the_line_and_no_command_that_can_not_run(tmp_path):
    path = written(tmp_path, yaml.safe_dump(document(web(Group=OPEN), **PORT), sort_keys=False), "t.yaml")
    lines = Path(path).read_text(encoding="utf-8").split("\n")
    found = json.loads(run("lint", path, "--parameters", "Port=22", "-f", "json").stdout)["findings"]
    ssh = next(one for one in found if one["name"] == "open-ssh")
    assert ssh["location"] == {"file": path, "line": lines.index("  Group:") + 1}
    assert [command for one in found for command in one["fix"]["commands"]] == []
    assert not re.search(r"24[01]\.\d+\.\d+\.\d+", json.dumps(found))


def findings(tmp_path, resources, **sections):
    path = written(tmp_path, document(resources, **sections))
    told = json.loads(run("lint", path, "-f", "json").stdout)
    return {(one["name"], one["resource"]): (one["severity"], one["message"]) for one in told["findings"]}


def test_what_has_a_group_may_be_of_a_type_that_is_not_read(tmp_path):
    ssh = [{"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "CidrIp": "0.0.0.0/0"}]
    group = res("SecurityGroup", VpcId=ref("Vpc"), SecurityGroupIngress=ssh)
    database = [{"IpProtocol": "tcp", "FromPort": 5432, "ToPort": 5432, "SourceSecurityGroupId": ref("Fleet")}]
    resources = web(
        Fleet=group,
        Stray=group,
        Shared=group,
        Data=res("SecurityGroup", VpcId=ref("Vpc"), SecurityGroupIngress=database),
        Launch=res("LaunchTemplate", LaunchTemplateData={"SecurityGroupIds": [att("Fleet", "GroupId")]}),
        Function=res(
            "AWS::Lambda::Function", VpcConfig={"SecurityGroupIds": {"Fn::Split": [",", {"Fn::Sub": "${Data}"}]}}
        ),
    )
    outputs = {"Shared": {"Value": ref("Shared"), "Export": {"Name": "shared"}}}
    found = findings(tmp_path, resources, Outputs=outputs)
    assert found["open-ssh", "Shared"][0] == "high"
    assert found["open-ssh", "Fleet"][0] == "high"
    assert "what has the group is not in the data" in found["open-ssh", "Fleet"][1]
    assert found["open-ssh", "Stray"][0] == "low"
    assert [name for name in found if name[0] == "unused-group"] == [("unused-group", "Stray")]
    assert ("memberless-reference", "Data") not in found


def test_what_only_names_a_group_may_use_it(tmp_path):
    resources = web(
        Spare=res("SecurityGroup", VpcId=ref("Vpc")), Note=res("AWS::SSM::Parameter", Type="String", Value=ref("Spare"))
    )
    path = written(tmp_path, document(resources))
    report = json.loads(run("lint", path, "--select", "unused-group", "-f", "json").stdout)
    assert report["findings"] == []
    assert "Note may use it" in run("lint", path, "--select", "unused-group").output


def test_a_finding_about_an_entry_tells_the_line_of_the_entry(tmp_path):
    entry = {"Protocol": 6, "RuleAction": "allow", "CidrBlock": "0.0.0.0/0", "PortRange": {"From": 22, "To": 22}}
    resources = web(
        Acl=res("NetworkAcl", VpcId=ref("Vpc")),
        Guards=res("SubnetNetworkAclAssociation", SubnetId=ref("Public"), NetworkAclId=ref("Acl")),
        Ssh=res("NetworkAclEntry", NetworkAclId=ref("Acl"), RuleNumber=100, **entry),
        Too=res("NetworkAclEntry", NetworkAclId=ref("Acl"), RuleNumber=200, **entry),
    )
    path = written(tmp_path, yaml.safe_dump(document(resources), sort_keys=False), "t.yaml")
    lines = Path(path).read_text(encoding="utf-8").split("\n")
    found = json.loads(run("lint", path, "--select", "NA104", "-f", "json").stdout)["findings"]
    assert [one["resource"] for one in found] == ["Acl"]
    assert found[0]["location"] == {"file": path, "line": lines.index("  Too:") + 1}


def test_nothing_is_found_where_only_a_parameter_is_missing(tmp_path):
    peer = [{"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "SourceSecurityGroupId": ref("Peer")}]
    own = [{"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "SourceSecurityGroupId": ref("One")}]
    resources = {
        "One": res("SecurityGroup", VpcId=ref("Vpc"), SecurityGroupIngress=peer),
        "Two": res("SecurityGroup", SecurityGroupIngress=own),
        "Web": res("Instance", SubnetId=ref("Subnet"), SecurityGroupIds=[ref("One"), ref("Two")]),
    }
    sections = {"Parameters": {name: {"Type": "String"} for name in ("Vpc", "Subnet", "Peer")}}
    names = {name for name, _resource in findings(tmp_path, resources, **sections)}
    assert names.isdisjoint({"missing-reference", "foreign-group", "public-instance", "unused-group"})


def answers_of(tmp_path):
    """An empty network as AWS tells it."""
    keys = ("Vpcs", "Subnets", "NetworkInterfaces", "SecurityGroups", "Reservations", "RouteTables", "NetworkAcls")
    return written(tmp_path, {key: [] for key in keys}, "empty.json")


def test_two_templates_are_compared(tmp_path):
    before = written(tmp_path, document(web(Group=OPEN), **PORT), "before.template")
    more = {"Aaa": res("Instance", SubnetId=ref("Public"), SecurityGroupIds=[ref("Group")])}
    changed = {"Parameters": {**PORT["Parameters"], "Port": {"Type": "Number", "Default": 8080}}}
    after = written(tmp_path, document(web(Group=OPEN), **changed), "after.template")
    told = run("diff", before, after).output
    assert "internet → Web (not known yet) 8080/tcp" in told
    assert "1 opened (1 from the internet), 1 closed" in told
    only_after = run("diff", answers_of(tmp_path), after, "--parameters", "Port=443").output
    assert "internet → Web (not known yet) 443/tcp" in only_after
    assert run("diff", before, after, "--parameters", "Prot=443").exit_code == 2
    grown = written(tmp_path, document(web(Group=OPEN) | more, **PORT), "grown.template")
    assert "closed" not in run("diff", before, grown).output.splitlines()[-1].replace("0 closed", "")


def test_what_is_compared_is_laid_over_what_is_deployed(tmp_path):
    deployed(tmp_path)
    rest = str(tmp_path / "deployed.json")
    parameters = {"Subnet": {"Type": "AWS::EC2::Subnet::Id"}}
    group = res("SecurityGroup", VpcId="vpc-1", SecurityGroupIngress=OPEN["Properties"]["SecurityGroupIngress"])
    host = res("Instance", SubnetId=ref("Subnet"), SecurityGroupIds=[ref("Group")])
    sections = {"Parameters": PORT["Parameters"] | parameters}
    template = written(tmp_path, document({"Group": group, "Web": host}, **sections), "t.template")
    given = ("--parameters", "Subnet=subnet-1", "--parameters", "Port=22")
    opened = "internet → Web (not known yet) 22/tcp"
    assert opened in run("diff", rest, template, *given).output
    before = written(tmp_path, document({"Group": group}, **PORT), "before.template")
    assert opened in run("diff", before, template, "--onto", rest, *given).output
    assert "Undecided" in run("diff", before, template, *given).output
    assert run("diff", rest, rest, "--onto", rest).exit_code == 2


def test_an_address_that_is_told_on_one_side_is_open_on_the_other_only(tmp_path):
    subnet = res("Subnet", VpcId=ref("Vpc"), CidrBlock="10.0.0.0/28")
    hosts = {f"Web{number}": res("Instance", SubnetId=ref("Small")) for number in range(11)}
    told = {"Web": res("Instance", SubnetId=ref("Small"), PrivateIpAddress="10.0.0.7")}
    before = written(tmp_path, document(web(Small=subnet, **told)), "before.template")
    after = written(tmp_path, document(web(Small=subnet, **hosts)), "after.template")
    one, other = load_pair(before, after)
    assert "10.0.0.7" in {pending.address for pending in other.pending} - {pending.address for pending in one.pending}


@pytest.mark.parametrize("name, text", [("t.json", json.dumps), ("t.yaml", yaml.safe_dump)])
def test_a_template_alone_has_nothing_to_be_compared_with(tmp_path, name, text):
    path = written(tmp_path, text(document(web())), name)
    done = run("diff", path)
    assert done.exit_code == 2
    said = f"{path}: is a CloudFormation template, which has no other side: expected BEFORE and AFTER"
    assert said in done.output
    assert run("diff", path, "--parameters", "A=1").exit_code == 2


def test_what_is_only_for_answers_of_aws_says_so(tmp_path):
    path = written(tmp_path, yaml.safe_dump(document(web())), "t.yaml")
    assert "is a CloudFormation template" in run("snapshot", "--redact", path, "-o", tmp_path / "r.json").output
    assert "CloudFormation" in run("snapshot", "--index", path).output


def test_a_name_that_no_resource_has_is_answered_with_those_that_are_near(tmp_path):
    path = written(tmp_path, document(web()))
    told = run("explain", "-i", path, "--from", "internet", "--to", "Wep", "--port", "80")
    assert told.exit_code == 2
    assert "Web" in told.output
