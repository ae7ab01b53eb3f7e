"""Which of checkov's rules are compared, and for those that no rule here answers to, why."""

from __future__ import annotations

from typing import Final

SUBJECTS: Final = {
    "CKV_AWS_23": "groups and rules without a description",
    "CKV_AWS_24": "SSH open to the internet",
    "CKV_AWS_25": "RDP open to the internet",
    "CKV_AWS_260": "port 80 open to the internet",
    "CKV_AWS_277": "every port open to the internet",
    "CKV_AWS_382": "everything let out to the internet",
    "CKV_AWS_88": "instances and launch templates with a public address",
    "CKV_AWS_130": "subnets that give out public addresses",
    "CKV_AWS_148": "the default VPC",
    "CKV_AWS_229": "port 21 open in a network ACL",
    "CKV_AWS_230": "port 20 open in a network ACL",
    "CKV_AWS_231": "port 3389 open in a network ACL",
    "CKV_AWS_232": "port 22 open in a network ACL",
    "CKV_AWS_248": "Elasticsearch in the default group",
    "CKV_AWS_352": "every port open in a network ACL",
    "CKV2_AWS_1": "network ACLs that no subnet has",
    "CKV2_AWS_5": "groups that nothing uses",
    "CKV2_AWS_12": "default groups with rules",
    "CKV2_AWS_19": "Elastic IP addresses that nothing has",
    "CKV2_AWS_44": "routes for everything to a peering connection",
}
"""Ids that a rule here answers to, and what they are about."""

_DATABASE = "SG120 tells which of them the internet really reaches; the switch alone is no finding"
_UNREAD = "what it looks at is not read"
_CONTENT = "it is about what is spoken, not about what can be reached"
_INSIDE = "not being in a VPC is no fault of a network"

NONE: Final = {
    "CKV_AWS_2": ("load balancers that listen in clear", f"{_CONTENT}; SG108 tells that port 80 is open"),
    "CKV_AWS_103": ("load balancers with old TLS", _CONTENT),
    "CKV_AWS_376": ("classic load balancers that listen in clear", _CONTENT),
    "CKV_AWS_378": ("target groups in clear", _CONTENT),
    "CKV2_AWS_20": ("load balancers that don't redirect to HTTPS", _CONTENT),
    "CKV2_AWS_28": ("public load balancers without WAF", _CONTENT),
    "CKV_AWS_91": ("access logs of load balancers", "what is logged changes no packet"),
    "CKV_AWS_92": ("access logs of classic load balancers", "what is logged changes no packet"),
    "CKV2_AWS_11": ("flow logs", "what is logged changes no packet"),
    "CKV_AWS_17": ("databases that are publicly accessible", _DATABASE),
    "CKV_AWS_87": ("Redshift that is publicly accessible", _DATABASE),
    "CKV_AWS_89": ("DMS that is publicly accessible", _DATABASE),
    "CKV_AWS_102": ("Neptune that is publicly accessible", _DATABASE),
    "CKV_AWS_69": ("brokers that are publicly accessible", _DATABASE),
    "CKV_AWS_291": ("Kafka that is publicly accessible", _DATABASE),
    "CKV_AWS_38": ("EKS endpoints open to everybody", f"{_UNREAD}: the endpoint is in AWS's network, not in yours"),
    "CKV_AWS_39": ("EKS endpoints that are public", f"{_UNREAD}: the endpoint is in AWS's network, not in yours"),
    "CKV_AWS_164": ("Transfer servers that are public", f"{_UNREAD}: the endpoint is in AWS's network, not in yours"),
    "CKV_AWS_333": (
        "ECS services with public addresses",
        "SG119 and VPC104 tell it of the interfaces, once there are any",
    ),
    "CKV_AWS_389": (
        "launch configurations with public addresses",
        "VPC104 tells it of the instances, once there are any",
    ),
    "CKV_AWS_123": (
        "endpoint services that accept everybody",
        "who may connect is asked of a consumer, who has groups",
    ),
    "CKV_AWS_331": ("transit gateways that accept everybody", "what is attached and routed is judged, not who may ask"),
    "CKV2_AWS_7": ("EMR in groups that are open", "SG100 to SG113 look at the groups, whoever has them"),
    "CKV2_AWS_35": ("default routes to NAT instances", "a NAT instance reaches as far as a NAT gateway does"),
    "CKV_AWS_117": ("functions outside of a VPC", _INSIDE),
    "CKV_AWS_137": ("Elasticsearch outside of a VPC", _INSIDE),
    "CKV_AWS_154": ("Redshift outside of a VPC", _INSIDE),
}
"""Ids that no rule here answers to: what they are about, and why not."""
