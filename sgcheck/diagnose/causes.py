"""Every cause beyond the configuration, in the order that decides between causes of the same weight."""

from __future__ import annotations

from sgcheck.diagnose.causes_answer import ANSWER_CAUSES
from sgcheck.diagnose.causes_client import CLIENT_CAUSES
from sgcheck.diagnose.causes_doubt import DOUBT_CAUSES, REPLACED
from sgcheck.diagnose.causes_host import HOST_CAUSES

CAUSES = (
    *HOST_CAUSES,
    *ANSWER_CAUSES,
    REPLACED,
    *CLIENT_CAUSES,
    *DOUBT_CAUSES,
)
