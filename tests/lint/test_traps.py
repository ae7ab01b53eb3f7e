"""What other tools got wrong, each as a test; and what severity depends on."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
import yaml

sys.path.insert(0, str(Path(__file__).parents[1] / "sources" / "terraform"))
from plans import plan, ref, resource

from lint.lab import BY_NAME, acl, entry, found, group, groups, linted, permission

ANY = "0.0.0.0/0"


def names(*documents, **more):
    return {name for name, _resource, _severity in found(*documents, **more)}


# Ports and addresses as they are, not as they are written.


@pytest.mark.parametrize(
    "rules",
    [
        [permission("-1", None, v4=[ANY])],
        [permission("-1", -1, v4=[ANY])],
        [permission("tcp", 0, 65535, v4=[ANY])],
        [permission("tcp", 1, 65535, v4=[ANY])],
        [permission("6", 1, 65535, v6=["::/0"])],
        [permission("tcp", 0, 21, v4=[ANY]), permission("tcp", 23, 65535, v4=[ANY])],
        [permission("tcp", 0, 65535, v4=["0.0.0.0/1", "128.0.0.0/1"])],
    ],
)
def test_all_ports_are_all_ports_however_they_are_written(rules):
    assert ("open-all-ports", "sg-1", "critical") in found(groups(group(ingress=rules)))


def test_a_port_inside_of_a_range_is_found_and_one_beside_it_is_not():
    assert "open-ssh" in names(groups(group(ingress=[permission("tcp", 20, 25, v4=[ANY])])))
    assert "open-ssh" not in names(groups(group(ingress=[permission("tcp", 23, 25, v4=[ANY])])))
    assert "open-ssh" not in names(groups(group(ingress=[permission("tcp", 2, 21, v4=[ANY])])))


def test_ipv6_alone_is_the_internet_too():
    assert "open-ssh" in names(groups(group(ingress=[permission("tcp", 22, v6=["::/0"])])))
    assert "open-ssh" in names(groups(group(ingress=[permission("tcp", 22, v6=["2000::/3"])])))


def test_the_rules_of_a_group_that_only_rules_tell_of_count():
    rule = {"SecurityGroupRuleId": "sgr-1", "GroupId": "sg-1", "IsEgress": False, "IpProtocol": "tcp"}
    answer = {"SecurityGroupRules": [{**rule, "FromPort": 22, "ToPort": 22, "CidrIpv6": "::/0"}]}
    (finding,) = linted(answer, select=["open-ssh"]).findings
    assert finding.fix.commands == (
        "aws ec2 revoke-security-group-ingress --group-id sg-1 --security-group-rule-ids sgr-1",
    )


def test_everything_but_one_private_range_is_the_internet():
    rest = [
        "0.0.0.0/5",
        "8.0.0.0/7",
        "11.0.0.0/8",
        "12.0.0.0/6",
        "16.0.0.0/4",
        "32.0.0.0/3",
        "64.0.0.0/2",
        "128.0.0.0/1",
    ]
    assert "open-ssh" in names(groups(group(ingress=[permission("tcp", 22, v4=rest)])))


def test_the_placeholder_of_the_cdk_is_no_finding():
    placeholder = permission("icmp", 252, 86, v4=["255.255.255.255/32"])
    assert names(groups(group(egress=[placeholder])), select=["security-group"]) <= {
        "unused-group",
        "undescribed-rule",
        "untagged-group",
    }


@pytest.mark.parametrize("protocol", ["50", "51", "esp", "gre", "47", "132", "253"])
def test_any_protocol_number_is_read(protocol):
    report = linted(groups(group(ingress=[permission(protocol, None, v4=[ANY])])), select=["internet"])
    assert [finding.name for finding in report.findings] == ["open-other-port"]


def test_a_rule_that_several_cover_together_names_them():
    low, high = permission("tcp", 0, 100, v4=["10.0.0.0/8"]), permission("tcp", 101, 443, v4=["10.0.0.0/8"])
    both = permission("tcp", 80, 120, v4=["10.0.0.0/9"])
    (finding,) = linted(groups(group(ingress=[low, both, high])), select=["redundant-rule"]).findings
    assert len(finding.related) == 3
    assert "together do not allow already" in finding.message


def test_the_web_on_its_own_is_no_high_risk():
    found_ = found(groups(group(ingress=[permission("tcp", 443, v4=[ANY])])), select=["internet"])
    assert found_ == [("open-https", "sg-1", "info")]


@pytest.mark.parametrize(
    "peer", [{"cidr_ipv6": "::/0"}, {"cidr_ipv4": ANY}, {"cidr_ipv4": ANY, "ip_protocol": "-1", "from_port": None, "to_port": None}]
)  # fmt: skip
def test_the_rules_of_a_plan_that_stand_beside_their_group_count(peer):
    told = {"ip_protocol": "tcp", "from_port": 22, "to_port": 22, **peer}
    rule = resource(
        "aws_vpc_security_group_ingress_rule.ssh", security_group_id=ref("aws_security_group.one.id"), **told
    )
    made = plan(resource("aws_security_group.one", name="web", vpc_id="vpc-1"), rule)
    assert found(made, select=["open-ssh"]) == [("open-ssh", "aws_security_group.one", "high")]


def test_what_a_plan_leaves_open_is_undecided_and_not_absent():
    rule = resource(
        "aws_vpc_security_group_ingress_rule.ssh",
        security_group_id=ref("aws_security_group.one.id"),
        ip_protocol="tcp",
        from_port=22,
        to_port=22,
        cidr_ipv4=ref("aws_eip.office.public_ip"),
    )
    report = linted(plan(resource("aws_security_group.one", name="web", vpc_id="vpc-1"), rule), select=["open-ssh"])
    assert report.findings == ()
    assert [one.resource.id for one in report.undecided] == ["aws_security_group.one"]


# Prefix lists.


def test_a_prefix_list_counts_by_its_entries():
    rules = groups(group(ingress=[permission("tcp", 22, lists=["pl-1"])]))
    wide = {"PrefixListEntries": {"pl-1": [{"Cidr": "0.0.0.0/1"}, {"Cidr": "128.0.0.0/2"}, {"Cidr": "192.0.0.0/2"}]}}
    narrow = {"PrefixListEntries": {"pl-1": [{"Cidr": "203.0.113.0/24"}]}}
    assert {"open-ssh", "internet-prefix-list"} <= names(rules, wide)
    assert not {"open-ssh", "internet-prefix-list"} & names(rules, narrow)


def test_a_prefix_list_without_entries_is_undecided_and_no_clean_bill():
    report = linted(groups(group(ingress=[permission("tcp", 22, lists=["pl-1"])])), select=["open-ssh"])
    assert report.findings == ()
    assert [(one.name, one.resource.id, one.why) for one in report.undecided] == [
        ("open-ssh", "sg-1", "the entries of pl-1 are not in the data")
    ]


# Unused groups.


ELSEWHERE = {
    "NetworkInterfaces": [
        {"NetworkInterfaceId": "eni-9", "SubnetId": "subnet-9", "VpcId": "vpc-1", "Groups": [{"GroupId": "sg-9"}]}
    ]
}


def unused(*documents):
    return [resource for name, resource, _severity in found(*documents, select=["unused-group"])]


def test_without_interfaces_nobody_knows_whether_a_group_is_unused():
    report = linted(groups(group()), select=["unused-group"])
    assert report.findings == ()
    assert [one.resource.id for one in report.undecided] == ["sg-1"]


def test_an_unused_group_is_told_with_what_was_not_in_the_data():
    (finding,) = linted(groups(group()), ELSEWHERE, select=["unused-group"]).findings
    assert "launch templates, Auto Scaling groups, load balancers" in finding.message
    (finding,) = linted(groups(group()), ELSEWHERE, {"LoadBalancers": []}, select=["unused-group"]).findings
    assert "Auto Scaling groups, Classic Load Balancers" in finding.message


@pytest.mark.parametrize(
    "user",
    [
        {
            "LoadBalancers": [
                {
                    "LoadBalancerArn": "arn:aws:elasticloadbalancing:eu-west-1:123456789012:loadbalancer/app/a/1",
                    "SecurityGroups": ["sg-1"],
                }
            ]
        },
        {"DBInstances": [{"DBInstanceIdentifier": "a", "VpcSecurityGroups": [{"VpcSecurityGroupId": "sg-1"}]}]},
        {"Functions": [{"FunctionName": "a", "VpcConfig": {"SecurityGroupIds": ["sg-1"], "SubnetIds": ["subnet-1"]}}]},
        {"Reservations": [{"Instances": [{"InstanceId": "i-1", "SecurityGroups": [{"GroupId": "sg-1"}]}]}]},
        {"VpcEndpoints": [{"VpcEndpointId": "vpce-1", "VpcId": "vpc-1", "Groups": [{"GroupId": "sg-1"}]}]},
        groups(group("sg-2", ingress=[permission(groups=["sg-1"])])),
        groups(group("sg-2", egress=[permission(groups=["sg-1"])])),
        {"LoadBalancerDescriptions": [{"LoadBalancerName": "a", "SecurityGroups": ["sg-1"]}]},
        {"DBClusters": [{"DBClusterIdentifier": "a", "VpcSecurityGroups": [{"VpcSecurityGroupId": "sg-1"}]}]},
        {"CacheClusters": [{"CacheClusterId": "a", "SecurityGroups": [{"SecurityGroupId": "sg-1"}]}]},
        {"NetworkInterfaces": [{"NetworkInterfaceId": "eni-1", "VpcId": "vpc-1", "Groups": [{"GroupId": "sg-1"}]}]},
        {"Clusters": [{"ClusterIdentifier": "a", "VpcSecurityGroups": [{"VpcSecurityGroupId": "sg-1"}]}]},
    ],
)
def test_whatever_names_a_group_uses_it(user):
    assert "sg-1" not in unused(groups(group()), ELSEWHERE, user)


def test_a_group_that_names_itself_is_still_unused():
    assert unused(groups(group(ingress=[permission(groups=["sg-1"])])), ELSEWHERE) == ["sg-1"]


# Network ACLs.


def test_the_order_of_entries_counts():
    denied = acl(entry(90, "deny", protocol="6", ports=(22, 22)), entry(100))
    late = acl(entry(100), entry(110, "deny", protocol="6", ports=(22, 22)))
    assert "22/tcp" not in linted(denied, select=["acl-admin-open"]).findings[0].message
    assert "22/tcp" in linted(late, select=["acl-admin-open"]).findings[0].message.replace("20-22/tcp", "22/tcp")
    assert names(late, select=["shadowed-acl-entry"]) == {"shadowed-acl-entry"}


def test_closing_denials_are_no_finding():
    assert not names(acl(entry(100, protocol="6", ports=(443, 443))), select=["network-acl"]) - {"acl-blocks-replies"}


def test_ipv6_entries_are_read():
    assert "acl-admin-open" in names(acl(entry(100, cidr="::/0")))


def test_a_denied_neighbour_gets_no_replies_on_purpose():
    blocked = acl(entry(90, "deny", cidr="203.0.113.0/24"), entry(100), entry(100, egress=True))
    assert "acl-blocks-replies" not in names(blocked)


# How bad it is.


def graded(name, number):
    """Severity and message of the rule at the page's example of exposed-instance, changed by replacing texts."""

    def grade(*changes):
        text = next(one.text for one in BY_NAME["exposed-instance"].examples if one.bad)
        for old, new in changes:
            assert old in text
            text = text.replace(old, new)
        (finding,) = linted(yaml.safe_load(text), select=[name]).findings
        return finding.severity.word, finding.message.split("; ")[number]

    return grade


def test_what_is_reached_is_as_bad_as_the_page_says():
    assert graded("open-ssh", 1)() == ("high", "the internet reaches i-0a1")


@pytest.mark.parametrize(
    "old, new, why",
    [
        (", Association: {PublicIp: 198.51.100.7}", "", "no interface that has it has a public address"),
        ("Groups: [{GroupId: sg-0a1}]", "Groups: []", "nothing in the data has the group"),
        ("GatewayId: igw-0a1}", "NatGatewayId: nat-0a1}", "hold the internet back"),
        ("Name: running", "Name: stopped", "hold the internet back"),
        ("RuleAction: allow, Egress: false", "RuleAction: deny, Egress: false", "hold the internet back"),
    ],
)
def test_what_is_not_reached_now_is_milder_and_says_why(old, new, why):
    severity, message = graded("open-ssh", 1)((old, new))
    assert severity == "low"
    assert why in message


def test_without_routes_it_is_as_bad_as_the_page_says_and_says_that_nobody_knows():
    text = next(one.text for one in BY_NAME["exposed-instance"].examples if one.bad)
    told = {key: value for key, value in yaml.safe_load(text).items() if key != "RouteTables"}
    (finding,) = linted(told, select=["open-ssh"]).findings
    assert finding.severity.word == "high"
    assert "is not known" in finding.message
    assert [one.resource.id for one in linted(told, select=["exposed-instance"]).undecided] == ["i-0a1"]
