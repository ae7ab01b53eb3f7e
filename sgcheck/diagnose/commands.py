"""Commands with what is known of the question filled in; what is not known stays a word in capitals."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sgcheck.diagnose.case import Case
    from sgcheck.diagnose.cause import Cause


_ON_HOST = ("sudo ", "# on the host", "aws ssm start-session", "nstat ", "ethtool ", "top ", "uptime ")
_NOT_OURS = (
    "nc -vz -w 5 {address} {port_or}   # the same from another network: does it answer there?",
    "# ask who runs it whether the address that you come from is let in",
)


def commands_of(cause: Cause, case: Case) -> tuple[str, ...]:
    """The commands of a cause for this question; on a host of others, or of AWS, nobody runs any."""
    told = list(cause.next)
    if case.elsewhere or case.managed:
        own = [command for command in told if not any(word in command for word in _ON_HOST)]
        told = own if own == told else [*own, *(_NOT_OURS if case.elsewhere else ("{show_service}",))]
    return tuple(dict.fromkeys(filled(command, case) for command in told))


def filled(command: str, case: Case) -> str:
    """Return `command` with the port, address and instance of the question."""
    port = case.port if case.port is not None else _udp_port(case)
    instances = case.context.instances
    instance = instances[0] if instances else None
    return command.format(
        try_it=_try_it(case, port),
        show_service=_SERVICES.get(case.managed or "", "# see its state in its console"),
        show_names=_show_names(case),
        port_or=port if port is not None else "PORT",
        port_filter=f" 'sport = :{port}'" if port is not None else "",
        colon_port=f":{port}" if port is not None else "",
        address=_address(case) or "ADDRESS",
        instance_ids=f"--instance-ids {' '.join(instances)} " if instances else "",
        instance_option=f"--instance-id {instance or 'INSTANCE'} ",
        target_option=f"--target {instance or 'INSTANCE'}",
    ).rstrip()


def _try_it(case: Case, port: int | None) -> str:
    """A command that tries what was asked."""
    address = _address(case) or "ADDRESS"
    if not case.tcp and not case.udp:
        return f"ping -c 3 {address}"
    return f"nc -vz{'' if case.tcp else 'u'} -w 5 {address} {'PORT' if port is None else port}"


_NAMES = {
    "load-balancer": "aws elbv2 describe-load-balancers --query 'LoadBalancers[].DNSName'",
    "rds": "aws rds describe-db-instances --query 'DBInstances[].Endpoint.Address'",
}


_SERVICES = {
    "rds": "aws rds describe-db-instances --query 'DBInstances[].[DBInstanceStatus,Endpoint]'",
    "elasticache": "aws elasticache describe-cache-clusters",
    "redshift": "aws redshift describe-clusters --query 'Clusters[].[ClusterIdentifier,ClusterStatus,Endpoint.Port]'",
    "opensearch": "aws opensearch describe-domain --domain-name DOMAIN --query 'DomainStatus.[Processing,Endpoints]'",
    "efs": "aws efs describe-mount-targets --file-system-id FS --query 'MountTargets[].[MountTargetId,LifeCycleState]'",
    "eks": "aws eks describe-cluster --name NAME --query 'cluster.[status,endpoint]'",
}


def _show_names(case: Case) -> str:
    """A command that shows the names that the target has in DNS."""
    kinds = [answer.target.kind for answer in case.answers]
    instances = case.context.instances
    chosen = f"--instance-ids {' '.join(instances)} " if instances else ""
    of_instances = f"aws ec2 describe-instances {chosen}--query 'Reservations[].Instances[].PublicDnsName'"
    return next((_NAMES[kind] for kind in kinds if kind in _NAMES), of_instances)


def _udp_port(case: Case) -> int | None:
    from sgcheck.packets import UDP

    ports = case.context.question.services.values(UDP)
    return ports.lowest if ports and ports.size == 1 else None


def _address(case: Case) -> str | None:
    return next((answer.target.address for answer in case.answers if answer.target.address), None)
