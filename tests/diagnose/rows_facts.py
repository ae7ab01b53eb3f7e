"""What a client sees on the wire, fact by fact: the rows of the project's table of AWS facts, by their numbers."""

from __future__ import annotations

from tests.diagnose.lab_causes import (
    Row,
    acl_denies,
    acl_forgets_replies,
    alb_cut_off,
    alb_empty,
    alb_port_without_listener,
    alb_with,
    blackhole,
    elastic,
    gateway_detached,
    nlb_cut_off,
    no_route_back,
    open_web,
    peering_gone,
    public_access_blocked,
    replies_by_nat,
    second_interface,
    stopped,
    stopped_web,
    without_public,
)
from tests.reach import codes_transit
from tests.reach.lab import ANY4, cidr, ingress, lab, permission
from tests.reach.lab_balancers import alb, nlb
from tests.reach.lab_balancers import target as member
from tests.reach.lab_endpoints import S3_HOST, serviced, stored
from tests.reach.lab_firewall import inspected, suricata

WEB = ("internet", "i-web", "443")
WEB4 = ("0.0.0.0/0", "i-web", "443")
HTTP = ("internet", "i-web", "80")
DB = ("i-web", "i-db", "5432")
OUT = ("i-web", "8.8.8.8", "443")
FROM_DB = ("i-db", "8.8.8.8", "443")


def _udp():
    return ingress(lab(), "sg-web", permission("udp", 53, **ANY4))


def _nobody_allowed():
    return ingress(serviced(), "sg-ssm")


def _pinged():
    return ingress(serviced(), "sg-ssm", permission("icmp", -1, -1, **cidr("10.0.0.0/16")))


def _unassociated():
    return codes_transit.SCENARIOS["TGW_ATTACH_MISSING_TGW_RTB_ASSOCIATION"][0]()


def _nlb_without_rules():
    return ingress(nlb(groups=("sg-nlb",)), "sg-nlb", permission("tcp", 80, **ANY4))


def _drop():
    return inspected(suricata("one", "drop ip any any -> any any (sid:9;)"))


def _reject():
    return inspected(suricata("one", "reject ip any any -> any any (sid:9;)"))


def _established_only():
    return inspected(default=["aws:drop_established"])


FACTS = (
    Row("F1-group-denies", lab, HTTP, "timeout", (), "ENI_SG_RULES_MISMATCH", "high"),
    Row("F1-group-denies-logged", lab, HTTP, "timeout", ("rejected-at-target",), "ENI_SG_RULES_MISMATCH", "high"),
    Row("F1-no-rules", lambda: ingress(lab(), "sg-web"), WEB, "timeout", (), "SG_HAS_NO_RULES", "high"),
    Row("F2-acl-denies", acl_denies, WEB4, "timeout", (), "SUBNET_ACL_RESTRICTION", "high"),
    Row("F3-acl-drops-replies", acl_forgets_replies, WEB4, "timeout", (), "SUBNET_ACL_RESTRICTION", "high"),
    Row(
        "F3-acl-drops-replies-logged",
        acl_forgets_replies,
        WEB4,
        "timeout",
        ("reply-rejected-at-target",),
        "SUBNET_ACL_RESTRICTION",
        "high",
    ),
    Row("F4-no-listener", lab, WEB, "refused", (), "NOTHING_LISTENS", "medium"),
    Row("F4-no-listener-shown", lab, WEB, "refused", ("nothing-listens",), "NOTHING_LISTENS", "high"),
    Row("F5-loopback-only", lab, WEB, "refused", ("listens-on-loopback",), "LISTENS_ON_LOOPBACK", "high"),
    Row("F6-host-drops", lab, WEB, "timeout", (), "HOST_FIREWALL_DROPS", "medium"),
    Row("F6-host-drops-logged", lab, WEB, "timeout", ("silent",), "HOST_FIREWALL_DROPS", "high"),
    Row("F7-port-unreachable", lab, WEB, "refused", ("refused-by-icmp",), "HOST_FIREWALL_REJECTS", "high"),
    Row("F8-admin-prohibited", lab, WEB, "no-route-to-host", (), "HOST_FIREWALL_REJECTS", "medium"),
    Row(
        "F8-admin-prohibited-logged",
        lab,
        WEB,
        "no-route-to-host",
        ("refused-by-icmp",),
        "HOST_FIREWALL_REJECTS",
        "high",
    ),
    Row("F9-tcp-reset", lab, WEB, "refused", ("listens",), "HOST_FIREWALL_REJECTS", "medium"),
    Row("F10-no-route", no_route_back, WEB4, "timeout", (), "NO_ROUTE_TO_DESTINATION", "high"),
    Row("F10-blackhole", blackhole, FROM_DB, "timeout", (), "BAD_STATE_ROUTE", "high"),
    Row("F11-client-without-route", lab, WEB, "network-unreachable", (), "CLIENT_HAS_NO_ROUTE", "high"),
    Row("F11-client-without-route-blocked", lab, HTTP, "network-unreachable", (), "CLIENT_HAS_NO_ROUTE", "high"),
    Row("F12-stopped", stopped, DB, "timeout", (), "INSTANCE_NOT_RUNNING", "high"),
    Row("F12-terminated", lambda: stopped("terminated"), DB, "timeout", (), "INSTANCE_NOT_RUNNING", "high"),
    Row(
        "F13-unused-in-same-subnet",
        lab,
        ("i-web", "10.0.1.77", "443"),
        "no-route-to-host",
        (),
        "ADDRESS_NOT_IN_USE",
        "high",
    ),
    Row("F13-unused-elsewhere", lab, ("i-web", "10.0.2.77", "443"), "timeout", (), "ADDRESS_NOT_IN_USE", "high"),
    Row("F14-released-answers", stopped_web, WEB4, "refused", (), "STRANGER_HAS_THE_ADDRESS", "medium"),
    Row("F14-released-works", stopped_web, WEB4, "connected", (), "STRANGER_HAS_THE_ADDRESS", "medium"),
    Row("F14-released-silent", stopped_web, WEB4, "timeout", (), "INSTANCE_NOT_RUNNING", "high"),
    Row("F15-no-public-address", without_public, WEB4, "timeout", (), "INSTANCE_HAS_NO_PUBLIC_IP", "high"),
    Row("F15-gateway-detached", gateway_detached, OUT, "timeout", (), "BAD_STATE_ATTACHMENT", "high"),
    Row(
        "F16-public-access-blocked",
        public_access_blocked,
        WEB4,
        "timeout",
        (),
        "VPC_BLOCK_PUBLIC_ACCESS_ENABLED",
        "high",
    ),
    Row(
        "F16-public-access-blocked-logged",
        public_access_blocked,
        WEB4,
        "timeout",
        ("blocked-public-access",),
        "VPC_BLOCK_PUBLIC_ACCESS_ENABLED",
        "high",
    ),
    Row("F17-asymmetric", replies_by_nat, WEB4, "timeout", (), "RETURN_PATH_ASYMMETRIC", "high"),
    Row("F17-asymmetric-logged", replies_by_nat, WEB4, "timeout", ("arrived",), "RETURN_PATH_ASYMMETRIC", "high"),
    Row("F18-peering-gone", peering_gone, ("i-db", "i-peer", "80"), "timeout", (), "DISCONNECTED_VPCS", "high"),
    Row(
        "F18-no-association",
        _unassociated,
        ("i-db", "i-peer", "80"),
        "timeout",
        (),
        "TGW_ATTACH_MISSING_TGW_RTB_ASSOCIATION",
        "high",
    ),
    Row("F19-nlb-without-listener", nlb, ("0.0.0.0/0", "lb:net", "80"), "timeout", (), "LISTENER_MISSING", "high"),
    Row(
        "F20-nlb-group-denies",
        _nlb_without_rules,
        ("0.0.0.0/0", "lb:net", "443"),
        "timeout",
        (),
        "ENI_SG_RULES_MISMATCH",
        "high",
    ),
    Row(
        "F21-nlb-all-unhealthy-refused",
        lambda: nlb(member("i-app", 8443, "unhealthy", "Target.FailedHealthChecks")),
        ("0.0.0.0/0", "lb:net", "443"),
        "refused",
        (),
        "NOTHING_LISTENS",
        "medium",
    ),
    Row(
        "F21-nlb-target-filtered", nlb_cut_off, ("0.0.0.0/0", "lb:net", "443"), "timeout", (), "SG_HAS_NO_RULES", "high"
    ),
    Row(
        "F22-nlb-empty",
        lambda: _drained(nlb()),
        ("0.0.0.0/0", "lb:net", "443"),
        "timeout",
        (),
        "ELBV2_LISTENER_HAS_NO_TG",
        "high",
    ),
    Row(
        "F23-alb-without-listener",
        alb_port_without_listener,
        ("0.0.0.0/0", "lb:web", "80"),
        "refused",
        (),
        "LISTENER_MISSING",
        "high",
    ),
    Row("F24-alb-group-denies", alb, ("0.0.0.0/0", "lb:web", "80"), "timeout", (), "ENI_SG_RULES_MISMATCH", "high"),
    Row("F25-alb-empty", alb_empty, ("0.0.0.0/0", "lb:web", "443"), "http-503", (), "ELBV2_LISTENER_HAS_NO_TG", "high"),
    Row(
        "F25-alb-all-unused",
        lambda: alb_with("unused", "Target.NotInUse"),
        ("0.0.0.0/0", "lb:web", "443"),
        "503 Service Temporarily Unavailable",
        (),
        "NO_TARGETS_IN_USE",
        "high",
    ),
    Row(
        "F26-alb-all-unhealthy-refuse",
        lambda: alb_with("unhealthy", "Target.FailedHealthChecks"),
        ("0.0.0.0/0", "lb:web", "443"),
        "http-502",
        (),
        "TARGET_CUTS_OFF",
        "high",
    ),
    Row(
        "F26-alb-all-unhealthy-time-out",
        lambda: alb_with("unhealthy", "Target.Timeout"),
        ("0.0.0.0/0", "lb:web", "443"),
        "http-504",
        (),
        "TARGET_SILENT",
        "high",
    ),
    Row(
        "F27-alb-target-filtered",
        alb_cut_off,
        ("0.0.0.0/0", "lb:web", "443"),
        "http-504",
        (),
        "ENI_SG_RULES_MISMATCH",
        "high",
    ),
    Row("F27-alb-target-refuses", alb, ("0.0.0.0/0", "lb:web", "443"), "http-502", (), "TARGET_CUTS_OFF", "medium"),
    Row("F28-firewall-drops", _drop, OUT, "timeout", (), "FIREWALL_RULES_RESTRICTION", "high"),
    Row("F28-firewall-rejects", _reject, OUT, "refused", (), "FIREWALL_RULES_RESTRICTION", "high"),
    Row("F28a-firewall-stalls", _established_only, OUT, "stall", (), "FIREWALL_RULES_RESTRICTION", "high"),
    Row("F29-nat-from-outside", lab, ("i-web", "nat-1", "443"), "timeout", (), "NGW_DEST_ADDRESS_PRESERVATION", "high"),
    Row("F30-idle-behind-nat", lab, FROM_DB, "reset", (), "IDLE_TIMEOUT", "medium"),
    Row("F31-udp-blocked", lab, ("internet", "i-web", "53/udp"), "no-reply", (), "ENI_SG_RULES_MISMATCH", "high"),
    Row("F32-udp-closed", _udp, ("0.0.0.0/0", "i-web", "53/udp"), "refused", (), "NOTHING_LISTENS", "medium"),
    Row(
        "F33-ping-blocked",
        lambda: ingress(lab(), "sg-web", permission("tcp", 443, **ANY4)),
        ("0.0.0.0/0", "i-web", "icmp"),
        "10 packets transmitted, 0 received, 100% packet loss, time 9200ms",
        (),
        "ENI_SG_RULES_MISMATCH",
        "high",
    ),
    Row("F34-endpoint-group", _nobody_allowed, ("i-db", "vpce-ssm", "443"), "timeout", (), "SG_HAS_NO_RULES", "high"),
    Row("F34-endpoint-ping", _pinged, ("i-db", "vpce-ssm", "icmp"), "no-reply", (), "PROTOCOL_RESTRICTION", "high"),
    Row("F35-endpoint-policy", stored, ("i-db", S3_HOST, "443"), "http-403", (), "ENDPOINT_POLICY_DENIES", "medium"),
    Row(
        "F35-endpoint-policy-interface",
        serviced,
        ("i-db", "vpce-ssm", "443"),
        "http-403",
        (),
        "ENDPOINT_POLICY_DENIES",
        "medium",
    ),
    Row("F36-large-packets-lost", lab, WEB, "curl: (28) SSL connection timeout", (), "MTU_BLACKHOLE", "medium"),
    Row("F37-tracking-full", lab, WEB, "intermittent", (), "CONNECTION_TRACKING_FULL", "medium"),
    Row(
        "F38-wrong-user", elastic, ("203.0.113.9", "i-web", "22"), "permission-denied", (), "WRONG_USER_NAME", "medium"
    ),
    Row(
        "F38-wrong-user-blocked",
        elastic,
        ("198.18.0.1", "i-web", "22"),
        "ec2-user@198.51.100.7: Permission denied (publickey,gssapi-keyex,gssapi-with-mic).",
        (),
        "WRONG_USER_NAME",
        "medium",
    ),
    Row(
        "F38-tls",
        lab,
        WEB,
        "curl: (35) OpenSSL/3.0.19: error:0A00010B:SSL routines::wrong version number",
        (),
        "TLS_MISMATCH",
        "medium",
    ),
    Row("F38-forbidden", open_web, HTTP, "HTTP/1.1 403 Forbidden", (), "SERVER_FORBIDS", "medium"),
    Row(
        "F38-second-interface",
        second_interface,
        ("i-web", "eni-two", "5432"),
        "timeout",
        ("arrived",),
        "REPLIES_BY_ANOTHER_INTERFACE",
        "medium",
    ),
)
"""Every number of the facts' section on what a client sees is here, at least once."""


def _drained(record):
    record["LoadBalancerTargetHealth"][0]["TargetHealthDescriptions"] = []
    return record
