"""Commands with what is known of the question filled in; what is not known stays a word in capitals."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sgcheck.diagnose.case import Case


def filled(command: str, case: Case) -> str:
    """Return `command` with the port, address and instance of the question."""
    port = case.port if case.port is not None else _udp_port(case)
    instances = case.context.instances
    instance = instances[0] if instances else None
    return command.format(
        try_it=_try_it(case, port),
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
