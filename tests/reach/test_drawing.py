"""What a graph becomes for people: frames, interfaces drawn with their hosts, what cannot be told apart as one."""

from __future__ import annotations

from sgcheck.reach.atlas import View, atlas
from sgcheck.reach.drawing import ALIKE_FROM, drawing
from sgcheck.reach.pathmap import path_graph
from tests.reach.lab import ask, cidr, entry, ingress, instance, interface, lab, load, permission
from tests.reach.lab_balancers import ALB, alb


def drawn(record, view=View.ALL, **more):
    return drawing(atlas(load(record), view), **more)


def crowd(number, **last):
    """A lab with so many more hosts in the private subnet, the last one with `last` changed."""
    record = lab()
    for n in range(number):
        one = interface(f"eni-{n}", "subnet-priv", f"10.0.2.{100 + n}", ["sg-db"])
        one["Attachment"] = {"InstanceId": f"i-{n}", "DeviceIndex": 0, "Status": "attached"}
        record["NetworkInterfaces"].append(one)
        record["Reservations"][0]["Instances"].append(instance(f"i-{n}", f"node-{n}"))
    record["Reservations"][0]["Instances"][-1].update(last)
    return record


def find(found, id_):
    return next(node for node in found.nodes if node.id == id_)


def test_subnets_stand_in_their_vpcs_and_hosts_in_their_subnets():
    found = drawn(lab())
    frames = {frame.id: frame.parent for frame in found.frames}
    assert frames["subnet-pub"] == "vpc-1"
    assert frames["vpc-1"] is None
    assert find(found, "i-web").frame == "subnet-pub"
    assert find(found, "igw-1").frame == "vpc-1"
    assert find(found, "0.0.0.0/0").frame is None


def test_outer_frames_come_first():
    seen = set()
    for frame in drawn(lab()).frames:
        assert frame.parent is None or frame.parent in seen
        seen.add(frame.id)


def test_a_host_is_drawn_with_its_only_interface_and_says_so():
    found = drawn(lab())
    assert not [node for node in found.nodes if node.id == "eni-db"]
    assert {"eni-db", "10.0.2.20"} <= set(find(found, "i-db").details)
    assert [e.target for e in found.edges if e.source == "i-db"] == ["sg-db"]


def test_a_host_with_two_interfaces_is_drawn_beside_them():
    record = lab()
    record["NetworkInterfaces"].append(interface("eni-2", "subnet-pub", "10.0.1.99", ["sg-db"]))
    record["NetworkInterfaces"][-1]["Attachment"] = {"InstanceId": "i-db", "DeviceIndex": 1, "Status": "attached"}
    found = drawn(record)
    assert {e.target for e in found.edges if e.source == "i-db"} == {"eni-db", "eni-2"}
    assert find(found, "eni-2").frame == "subnet-pub"


def test_every_edge_joins_what_is_drawn_and_none_a_frame_with_what_is_in_it():
    for record in (lab(), alb(), crowd(9)):
        found = drawn(record)
        inside = {node.id: node.frame for node in found.nodes} | {frame.id: frame.parent for frame in found.frames}
        for edge in found.edges:
            assert {edge.source, edge.target} <= inside.keys()
            for one, other in ((edge.source, edge.target), (edge.target, edge.source)):
                home = inside[one]
                while home is not None:
                    assert home != other
                    home = inside[home]


def test_hosts_that_cannot_be_told_apart_are_one_node():
    found = drawn(crowd(12))
    # i-db is another one of these.
    many = [node for node in found.nodes if node.count > 1]
    assert [(node.kind, node.count, node.frame) for node in many] == [("instance", 13, "subnet-priv")]
    assert "node-3" in many[0].names
    assert found.collapsed == 12
    assert [e.kind for e in found.edges if e.source == many[0].id] == ["has"]


def test_each_draws_them_all():
    found = drawn(crowd(12), each=True)
    assert found.collapsed == 0
    assert {node.count for node in found.nodes} == {1}
    assert {f"i-{n}" for n in range(12)} <= {node.id for node in found.nodes}


def test_a_few_keep_their_names():
    assert drawn(crowd(ALIKE_FROM - 2)).collapsed == 0
    assert drawn(crowd(ALIKE_FROM - 1)).collapsed == ALIKE_FROM - 1


def test_what_can_be_told_apart_stands_alone():
    found = drawn(crowd(12, State={"Name": "stopped"}))
    assert {node.count for node in found.nodes if node.kind == "instance" and node.frame == "subnet-priv"} == {12, 1}
    assert find(found, "i-11").details[0] == "stopped"


def test_ranges_with_the_same_rules_are_one_node():
    record = ingress(lab(), "sg-web", permission("tcp", 22, **cidr(*(f"198.18.{n}.0/24" for n in range(0, 40, 2)))))
    many = [node for node in drawn(record, View.REFERENCES).nodes if node.count > 1]
    assert [(node.kind, node.count) for node in many] == [("range", 20)]


def test_parallel_rules_are_one_line_with_all_their_services():
    record = ingress(
        lab(), "sg-web", permission("tcp", 22, **cidr("198.18.0.0/15")), permission("tcp", 80, **cidr("198.18.0.0/15"))
    )
    (line,) = (e for e in drawn(record).edges if e.source == "198.18.0.0/15")
    assert sorted(line.labels) == ["22/tcp", "80/tcp"]


def test_an_acl_tells_its_rules_itself_without_the_one_that_ends_them_all():
    record = lab()
    record["NetworkAcls"][0]["Entries"].insert(0, entry(90, False, "deny", "203.0.113.0/24"))
    acl = find(drawn(record), record["NetworkAcls"][0]["NetworkAclId"])
    assert "in: rule 90: deny all from 203.0.113.0/24" in acl.details
    assert not [detail for detail in acl.details if "32767" in detail]
    assert "203.0.113.0/24" not in {node.id for node in drawn(record).nodes}


def test_a_balancer_leads_to_its_targets_by_listener_and_port():
    found = drawn(alb())
    assert [(e.target, e.labels) for e in found.edges if e.source == ALB and e.kind == "forwards"] == [
        ("i-app", ("HTTPS:443 to 8080",))
    ]


def test_a_way_says_what_each_hop_does():
    found = drawing(path_graph(ask(lab(), "internet", "i-web", "80")))
    assert found.path
    assert found.title == "internet to i-web 80/tcp: blocked, the client sees: timeout"
    assert {node.id: node.decision for node in found.nodes}["sg-web"] == "deny"
    assert {node.decision for node in found.nodes} == {"deny", "pass"}
