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
        port_or=port if port is not None else "PORT",
        port_filter=f" 'sport = :{port}'" if port is not None else "",
        colon_port=f":{port}" if port is not None else "",
        address=_address(case) or "ADDRESS",
        instance_ids=f"--instance-ids {' '.join(instances)} " if instances else "",
        instance_option=f"--instance-id {instance or 'INSTANCE'} ",
        target_option=f"--target {instance or 'INSTANCE'}",
    ).rstrip()


def _udp_port(case: Case) -> int | None:
    from sgcheck.packets import UDP

    ports = case.context.question.services.values(UDP)
    return ports.lowest if ports and ports.size == 1 else None


def _address(case: Case) -> str | None:
    return next((answer.target.address for answer in case.answers if answer.target.address), None)
