"""Exceptions by configuration and tag, the baseline, and fingerprints."""

from __future__ import annotations

from datetime import date

import pytest

from lint.lab import RULES, acl, entry, group, groups, linted, permission, scene
from sgcheck.errors import InputError
from sgcheck.lint.baseline import baseline_of, read_baseline
from sgcheck.lint.settings import load_settings
from sgcheck.lint.suppress import Ignore
from sgcheck.lint.tags import tagged

SSH = permission("tcp", 22, v4=["0.0.0.0/0"])
OPEN = groups(group("sg-1", ingress=[SSH], GroupName="web"))
PAST, FUTURE = date(2001, 1, 1), date(9999, 1, 1)


def ignore(rule="open-ssh", resource="*", until=None):
    return Ignore(rule, resource, "because", until, "sgcheck.toml")


def run(*ignores, documents=(OPEN,), **more):
    return linted(*documents, select=["open-ssh", "open-rdp"], ignores=ignores, **more)


@pytest.mark.parametrize("rule", ["open-ssh", "SG101", "open-*", "CIS", "internet"])
@pytest.mark.parametrize("resource", ["*", "sg-1", "sg-*", "web", "w?b"])
def test_an_exception_suppresses_what_it_means(rule, resource):
    report = run(ignore(rule, resource))
    assert report.findings == ()
    assert [(one.finding.name, one.by, one.reason) for one in report.suppressed] == [
        ("open-ssh", "sgcheck.toml", "because")
    ]
    assert report.warnings == ()


@pytest.mark.parametrize("one", [ignore("open-rdp"), ignore(resource="sg-2"), ignore(resource="SG-1")])
def test_one_that_matches_nothing_is_told(one):
    report = run(one)
    assert [finding.name for finding in report.findings] == ["open-ssh"]
    assert report.warnings == (f"sgcheck.toml: the exception for {one.rule} at {one.resource} matches nothing",)


def test_one_for_a_rule_that_was_not_asked_is_not_told():
    assert run(ignore("unused-group")).warnings == ()
    assert run(ignore("gopher")).warnings == (
        "sgcheck.toml: the exception for gopher at * names no rule that there is",
    )


def test_one_that_is_over_counts_for_nothing_and_is_told():
    report = run(ignore(until=PAST))
    assert [finding.name for finding in report.findings] == ["open-ssh"]
    assert report.warnings == ("sgcheck.toml: the exception for open-ssh at * ended on 2001-01-01",)
    assert run(ignore(until=FUTURE)).findings == ()


def told(value):
    return list(tagged(scene(groups(group("sg-1", Tags=[{"Key": "sgcheck:ignore", "Value": value}]))).snapshot))


def test_a_tag_is_an_exception_for_its_resource():
    first, second = told("SG101,open-rdp until=2030-01-31 the bastion host")
    assert (first.rule, first.resource, first.reason, first.until) == (
        "SG101",
        "sg-1",
        "the bastion host",
        date(2030, 1, 31),
    )
    assert second.rule == "open-rdp"
    report = run(first, documents=(groups(group("sg-1", ingress=[SSH]), group("sg-2", ingress=[SSH])),))
    assert [finding.resource.id for finding in report.findings] == ["sg-2"]


@pytest.mark.parametrize("value", ["", "SG101", "SG101 until=2030-13-01 x", "SG101 until=2030-01-01"])
def test_a_tag_that_is_not_in_the_form_is_told(value):
    (complaint,) = told(value)
    assert complaint.startswith("tag sgcheck:ignore of sg-1: ")
    assert complaint.endswith("counts for nothing")


# The file.


def settings(tmp_path, text, name="sgcheck.toml"):
    (tmp_path / name).write_text(text, encoding="utf-8")
    return load_settings(None, tmp_path)


ENTRY = '[[ignore]]\nrule = "SG101"\nresource = "sg-1"\nreason = "bastion"\nuntil = 2030-01-31\n'


def test_the_file_says_exceptions_and_defaults(tmp_path):
    found = settings(tmp_path, f'fail-on = "medium"\nbaseline = "known.json"\n{ENTRY}')
    assert found.ignores == (Ignore("SG101", "sg-1", "bastion", date(2030, 1, 31), "sgcheck.toml"),)
    assert (found.fail_on, found.baseline) == ("medium", str(tmp_path / "known.json"))


def test_pyproject_has_it_under_tool(tmp_path):
    found = settings(tmp_path, ENTRY.replace("[[ignore]]", "[[tool.sgcheck.ignore]]"), "pyproject.toml")
    assert [one.rule for one in found.ignores] == ["SG101"]


def test_the_nearest_file_above_counts_and_a_pyproject_without_it_does_not(tmp_path):
    below = tmp_path / "a" / "b"
    below.mkdir(parents=True)
    (tmp_path / "sgcheck.toml").write_text(ENTRY, encoding="utf-8")
    (below / "pyproject.toml").write_text('[project]\nname = "x"\n', encoding="utf-8")
    assert load_settings(None, below).file == str(tmp_path / "sgcheck.toml")


@pytest.mark.parametrize(
    "text, complaint",
    [
        ("a = ", "sgcheck.toml: not TOML"),
        ('selec = ["CIS"]', "sgcheck.toml: Object contains unknown field `selec`"),
        ('[[ignore]]\nrule = "SG101"\n', "Object missing required field `reason` - at `$.ignore[0]`"),
        ('[[ignore]]\nrule = "SG101"\nreason = " "\n', "ignore entry 1 (SG101): expected a reason"),
        ('[[ignore]]\nrule = "SG101"\nreason = "x"\nuntil = "soon"\n', "$.ignore[0].until"),
    ],
)
def test_a_file_that_is_not_in_the_form_is_one_line(tmp_path, text, complaint):
    with pytest.raises(InputError) as raised:
        settings(tmp_path, text)
    assert complaint in raised.value.message
    assert "\n" not in raised.value.message


# The baseline.


def prints(*documents):
    return {(f.name, f.resource.id, f.message): f.fingerprint for f in linted(*documents).findings}


RICH = groups(
    group("sg-1", ingress=[SSH, permission("tcp", 443, v4=["0.0.0.0/0", "10.0.0.0/8", "127.0.0.1/32"])]),
    group("sg-2", ingress=[permission("tcp", 443, groups=["sg-1", "sg-9"]), SSH], GroupName="launch-wizard-1"),
)
ACL = acl(entry(100), entry(110, "deny", cidr="203.0.113.0/24"), entry(120, "deny", cidr="203.0.113.0/25"))


def test_fingerprints_survive_another_order_and_other_things():
    before = prints(RICH, ACL)
    turned = {
        "SecurityGroups": [{**g, "IpPermissions": g["IpPermissions"][::-1]} for g in RICH["SecurityGroups"][::-1]]
    }
    more = groups(group("sg-0", ingress=[SSH]))
    after = prints(ACL, turned, more)
    assert before.items() <= after.items()
    assert len(set(before.values())) == len(before)


def test_fingerprints_survive_new_names():
    """Of what they are at, and of everything else: names, tags and descriptions are for people."""

    def renamed(one):
        described = [
            {**p, "IpRanges": [{**r, "Description": "new"} for r in p["IpRanges"]]} for p in one["IpPermissions"]
        ]
        return {
            **one,
            "GroupName": "new",
            "Description": "new",
            "Tags": [{"Key": "Name", "Value": "new"}],
            "IpPermissions": described,
        }

    before = {f.fingerprint: f.name for f in linted(RICH, ACL).findings}
    again = groups(*map(renamed, RICH["SecurityGroups"]))
    tagged_acl = {"NetworkAcls": [{**ACL["NetworkAcls"][0], "Tags": [{"Key": "Name", "Value": "new"}]}]}
    after = {f.fingerprint: f.name for f in linted(again, tagged_acl).findings}
    named = {"launch-wizard-group", "undescribed-rule", "undescribed-group"}
    assert {p: name for p, name in before.items() if name not in named} == {
        p: name for p, name in after.items() if name not in named
    }


def test_fingerprints_survive_a_rule_id_and_another_number():
    """Rule ids come and go with what collects; entries of ACLs move up and down."""
    rule = {
        "SecurityGroupRuleId": "sgr-7",
        "GroupId": "sg-1",
        "IsEgress": False,
        "IpProtocol": "tcp",
        "FromPort": 22,
        "ToPort": 22,
    }
    bare = linted(OPEN, select=["open-ssh"]).findings[0]
    with_id = linted(OPEN, {"SecurityGroupRules": [{**rule, "CidrIpv4": "0.0.0.0/0"}]}, select=["open-ssh"]).findings[0]
    assert (bare.message, bare.fingerprint) != (with_id.message, with_id.fingerprint)
    assert bare.fingerprint == with_id.fingerprint
    moved = acl(entry(200), entry(210, "deny", cidr="203.0.113.0/24"), entry(220, "deny", cidr="203.0.113.0/25"))
    shadowed = [{f.fingerprint for f in linted(one, select=["shadowed-acl-entry"]).findings} for one in (ACL, moved)]
    assert shadowed[0] == shadowed[1] != set()


def test_what_is_known_is_not_told_again_and_what_is_new_is(tmp_path):
    import msgspec

    report = linted(RICH)
    path = tmp_path / "known.json"
    path.write_bytes(msgspec.json.encode(baseline_of(report.findings)))
    known = read_baseline(str(path))
    assert linted(RICH, baseline=known).findings == ()
    after = linted(RICH, groups(group("sg-0", ingress=[SSH])), baseline=known)
    assert {finding.resource.id for finding in after.findings} == {"sg-0"}
    assert len(after.suppressed) == len(report.findings)


def test_what_is_gone_is_told():
    known = frozenset(finding.fingerprint for finding in linted(RICH).findings)
    closed = groups(group("sg-1"), group("sg-2"))
    (warning,) = linted(closed, baseline=known, rules=RULES).warnings
    assert "known findings are gone" in warning


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", '{"schema": "x/1", "findings": []}', '{"schema": "sgcheck.baseline/1", "findings": [{}]}']
)
def test_what_is_no_baseline_is_one_line(tmp_path, text):
    path = tmp_path / "known.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match="expected a baseline"):
        read_baseline(str(path))
