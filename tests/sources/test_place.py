from __future__ import annotations

import botocore.session
import pytest

from sgcheck.sources.place import Origin, origin_of

ACCOUNT = "123456789012"


@pytest.mark.parametrize(
    "path, account, region",
    [
        ("us-east-1", None, "us-east-1"),
        (f"accounts/{ACCOUNT}/us-east-1", ACCOUNT, "us-east-1"),
        (f"home/aws_configs/accounts/{ACCOUNT}/eu-central-2/more/folders", ACCOUNT, "eu-central-2"),
        (f"accounts/{ACCOUNT}/snapshots/us-east-1", ACCOUNT, "us-east-1"),
        (f"accounts/{ACCOUNT}", ACCOUNT, None),
        (f"{ACCOUNT}/us-east-1", None, "us-east-1"),
        ("accounts/12345/us-east-1", None, "us-east-1"),
        ("accounts", None, None),
        (f"us-east-1/accounts/{ACCOUNT}", ACCOUNT, "us-east-1"),
        ("us-east-1/eu-west-1", None, "eu-west-1"),
        ("my-app-1", None, None),
        ("us-east-1a", None, None),
        ("us-east-1-backup", None, None),
        ("US-EAST-1", None, None),
        ("", None, None),
    ],
)
def test_what_a_path_tells(path, account, region):
    assert origin_of(path.split("/")) == Origin(account, region)


def test_every_region_that_boto3_knows_is_recognised():
    session = botocore.session.get_session()
    names = {
        name
        for partition in session.get_available_partitions()
        for name in session.get_available_regions("ec2", partition)
    }
    assert len(names) > 30
    assert {name for name in names if origin_of([name]).region != name} == set()
