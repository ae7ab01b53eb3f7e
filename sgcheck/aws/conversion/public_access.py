"""Block public access: what VPCs and subnets say of themselves counts, then what the account and exclusions say.

(VPC user guide, security-vpc-bpa and security-vpc-bpa-basics.)
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sgcheck.aws.block_public_access_exclusion import BLOCK_PUBLIC_ACCESS_EXCLUSION
from sgcheck.aws.block_public_access_options import BLOCK_PUBLIC_ACCESS_OPTIONS
from sgcheck.model.things import PublicAccess

if TYPE_CHECKING:
    from sgcheck.aws.record import BlockPublicAccessStates
    from sgcheck.aws.snapshot import Snapshot

_DONE = ("create-complete", "update-complete", "update-in-progress", "update-failed", None)
"""States in which an exclusion is there; while it is being deleted it is not counted on."""


def stated(states: BlockPublicAccessStates | None) -> PublicAccess | None:
    """The effective mode that a VPC or subnet tells, None where it tells none."""
    mode = states.internet_gateway_block_mode if states else None
    return PublicAccess(mode) if mode in set(PublicAccess) else None


class AccountWide:
    """The modes of accounts and Regions, and what is excluded from them."""

    def __init__(self, snapshot: Snapshot) -> None:
        """Read options and exclusions of `snapshot`."""
        self._modes: dict[tuple[str | None, str | None], PublicAccess] = {}
        self._excluded: dict[str, str] = {}
        for record, batch in snapshot.records(BLOCK_PUBLIC_ACCESS_OPTIONS):
            mode = record.internet_gateway_block_mode
            if mode in set(PublicAccess):
                home = record.aws_account_id or batch.account, record.aws_region or batch.region
                self._modes[home] = PublicAccess(mode)
        for exclusion, _batch in snapshot.records(BLOCK_PUBLIC_ACCESS_EXCLUSION):
            if exclusion.state in _DONE and exclusion.resource_arn:
                id_ = exclusion.resource_arn.rpartition("/")[2]
                self._excluded[id_] = exclusion.internet_gateway_exclusion_mode or "allow-bidirectional"

    def account(self, account: str | None, region: str | None) -> PublicAccess:
        """The mode of an account in a Region; what is not told on either side fits anything."""
        for (owner, place), mode in self._modes.items():
            if (owner in (None, account) or account is None) and (place in (None, region) or region is None):
                return mode
        return PublicAccess.OPEN

    def mode(self, account: str | None, region: str | None, *ids: str) -> PublicAccess:
        """What is effective for the first of `ids` (a subnet, its VPC) that is excluded, or for all of them."""
        mode = self.account(account, region)
        excluded = next((self._excluded[id_] for id_ in ids if id_ in self._excluded), None)
        if mode is PublicAccess.OPEN or excluded is None:
            return mode
        return PublicAccess.BLOCK_INGRESS if excluded == "allow-egress" else PublicAccess.OPEN

    def spares(self, account: str | None, region: str | None, *ids: str) -> bool:
        """Whether one of `ids` is excluded from something that the account blocks."""
        return self.account(account, region) is not PublicAccess.OPEN and any(id_ in self._excluded for id_ in ids)
