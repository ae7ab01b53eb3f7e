"""Console output: what a boot that went wrong says of itself, and what a good one does not."""

from __future__ import annotations

import base64
import json

import pytest

from sgcheck.diagnose.asked import Asked
from sgcheck.diagnose.console import judge, read
from sgcheck.diagnose.evidence import Says
from sgcheck.errors import InputError

KERNEL = "[    0.000000] Linux version 6.1.102-111.182.amzn2023.x86_64 (mockbuild@ip-10-0-41-6) (gcc 11.4.1)\n"
TABLE = (
    "[   10.1] cloud-init[2101]: ci-info: ++++++++++++++++++Net device info++++++++++++++++++\n"
    "[   10.1] cloud-init[2101]: ci-info: | Device |  Up   |  Address   |      Mask     | Scope  |     Hw-Address    |\n"
    "[   10.1] cloud-init[2101]: ci-info: |  eth0  | {up} | {address} | 255.255.255.0 | global | 0a:57:5c:34:4e:fd |\n"
    "[   10.1] cloud-init[2101]: ci-info: |   lo   |  True | 127.0.0.1  |   255.0.0.0   |  host  |         .         |\n"
)
FINISHED = (
    "[   14.2] cloud-init[2200]: Cloud-init v. 22.2.2 finished at Tue, 06 Aug 2024 10:00:00 +0000. Up 14.20 seconds\n"
)
RUNNING = (
    "[   12.2] cloud-init[2200]: Cloud-init v. 22.2.2 running 'modules:final' at Tue, 06 Aug 2024 09:59:58 +0000.\n"
)
GOOD = KERNEL + TABLE.format(up="True", address="10.0.1.10") + RUNNING + FINISHED


def said(text: str, port: int = 80) -> list[tuple[Says, str]]:
    return list(judge(text, Asked("tcp", port, 4, (), "i-web")))


SIGNS = [
    ("[    1.6] Kernel panic - not syncing: Attempted to kill init! exitcode=0x00000100", Says.IMPAIRED, "panicked"),
    ('[    1.2] VFS: Cannot open root device "xvda1" or unknown-block(0,0)', Says.IMPAIRED, "no root file system"),
    ('You are in emergency mode. After logging in, type "journalctl -xb"', Says.IMPAIRED, "emergency mode"),
    ("Cannot open access to console, the root account is locked.", Says.IMPAIRED, "emergency mode"),
    ("fsck died with exit status 8", Says.IMPAIRED, "could not be repaired"),
    ("Unable to load SELinux Policy. Machine is in enforcing mode. Halting now.", Says.IMPAIRED, "SELinux"),
    ("Bringing up interface eth0:  Device eth0 has different MAC address than expected, ignoring.", Says.IMPAIRED, "another network card"),
    ("[\x1b[0;1;31mFAILED\x1b[0m] Failed to start LSB: Bring up/down networking.", Says.IMPAIRED, "network service failed"),
    ("[FAILED] Failed to start \x1b[0;1;39msystemd-networkd.service\x1b[0m - Network Configuration.", Says.IMPAIRED, "network service failed"),
    ("url_helper.py[WARNING]: Calling 'http://169.254.169.254/latest/api/token' failed [50/120s]: request error [connect timeout]: timed out", Says.IMPAIRED, "metadata service"),
    ("cc_scripts_user.py[WARNING]: Failed to run module scripts-user (scripts in /var/lib/cloud/instance/scripts)", Says.USER_DATA_FAILED, "ended with an error"),
    ("cc_scripts_user.py[WARNING]: Failed to run module scripts_user (scripts in /var/lib/cloud/instance/scripts)", Says.USER_DATA_FAILED, "ended with an error"),
    ("Exec format error. Missing #! in script?", Says.USER_DATA_FAILED, "does not begin with #!"),
    ("__init__.py[WARNING]: Unhandled non-multipart (text/x-not-multipart) userdata: 'b'yum install'...'", Says.USER_DATA_FAILED, "did not know what"),
    ("util.py[WARNING]: Failed loading yaml blob. Invalid format at line 3 column 1", Says.USER_DATA_FAILED, "cloud-config"),
    ("/var/lib/cloud/instance/scripts/part-001: line 22: composer: command not found", Says.USER_DATA_FAILED, "was not found"),
    ("Curl error (28): Timeout was reached for https://al2023-repos-us-east-1.s3.dualstack.us-east-1.amazonaws.com", Says.USER_DATA_CUT_OFF, "not reached"),
    ("Err:1 http://us-east-1.ec2.archive.ubuntu.com/ubuntu jammy InRelease  Temporary failure resolving", Says.USER_DATA_CUT_OFF, "not reached"),
    ("[  900.1] Out of memory: Killed process 2311 (java) total-vm:8000000kB", Says.NOTHING, "want of memory"),
    ("cp: error writing '/x': No space left on device", Says.NOTHING, "is full"),
    ("ci-info: no authorized SSH keys fingerprints found for user ec2-user.", Says.NOTHING, "no SSH key"),
]  # fmt: skip


@pytest.mark.parametrize("line, says, text", SIGNS)
def test_each_sign(line, says, text):
    ((found, sentence),) = said(GOOD + line + "\n")
    assert found is says
    assert text in sentence


def test_a_good_boot_says_nothing():
    assert said(GOOD) == [
        (Says.NOTHING, "the console output shows nothing that is known to keep a host from answering")
    ]


def test_only_the_last_boot_counts():
    assert said(KERNEL + SIGNS[0][0] + "\n" + GOOD) == said(GOOD)


def test_signs_count_where_the_beginning_is_cut_off():
    assert said(SIGNS[0][0])[0][0] is Says.IMPAIRED


@pytest.mark.parametrize("up, address", [("False", "."), ("True", "."), ("False", "10.0.1.10")])
def test_a_card_without_an_address(up, address):
    assert said(KERNEL + TABLE.format(up=up, address=address) + FINISHED) == [
        (Says.IMPAIRED, "at its last boot, eth0 had no address")
    ]


@pytest.mark.parametrize(
    "line, port, says",
    [
        ("[FAILED] Failed to start OpenSSH server daemon.", 22, Says.NOTHING_LISTENS),
        ("[FAILED] Failed to start OpenSSH server daemon.", 80, Says.NOTHING),
        ("[FAILED] Failed to start sshd.service - OpenSSH server daemon.", 22, Says.NOTHING_LISTENS),
        ("[FAILED] Failed to start ssh.service - OpenBSD Secure Shell server.", 22, Says.NOTHING_LISTENS),
        ("[FAILED] Failed to start The Apache HTTP Server.", 80, Says.NOTHING_LISTENS),
        ("[FAILED] Failed to start nginx.service - The nginx HTTP and reverse proxy server.", 80, Says.NOTHING_LISTENS),
        ("[FAILED] Failed to start MariaDB 10.5 database server.", 3306, Says.NOTHING_LISTENS),
        ("[FAILED] Failed to start Docker Application Container Engine.", 80, Says.NOTHING),
    ],
)
def test_a_server_that_failed_to_start(line, port, says):
    ((found, sentence),) = said(GOOD + line, port)
    assert found is says
    assert sentence.endswith(" failed to start")


def test_user_data_that_still_runs_is_told():
    assert said(KERNEL + RUNNING) == [
        (
            Says.NOTHING,
            "at its last boot, cloud-init had not finished when this was written: user data may run still",
        )
    ]


PANIC = KERNEL + SIGNS[0][0] + "\n"
STAMP = "2024-08-06T10:05:00+00:00"


@pytest.mark.parametrize(
    "content, since",
    [
        (PANIC, None),
        (json.dumps({"InstanceId": "i-web", "Timestamp": STAMP, "Output": PANIC}), STAMP),
        (
            json.dumps(
                {"InstanceId": "i-web", "Timestamp": STAMP, "Output": base64.b64encode(PANIC.encode()).decode()}
            ),
            STAMP,
        ),
        (base64.b64encode(PANIC.encode()).decode(), None),
    ],
)
def test_however_it_was_saved(tmp_path, content, since):
    (tmp_path / "console").write_text(content)
    (clue,) = read(str(tmp_path / "console"), Asked("tcp", 80, host="i-web"))
    assert (clue.says, clue.at, clue.source, clue.since) == (Says.IMPAIRED, "i-web", "console output", since)


@pytest.mark.parametrize("content", ["", json.dumps({"InstanceId": "i-web", "Timestamp": STAMP})])
def test_none_yet(tmp_path, content):
    (tmp_path / "console").write_text(content)
    (clue,) = read(str(tmp_path / "console"), Asked("tcp", 80))
    assert (clue.says, clue.text) == (Says.NOTHING, "there is no console output: it comes some minutes after a boot")


@pytest.mark.parametrize("content, message", [('{\n"a"', r"console:2: no JSON"), ("{}", "with Output in it")])
def test_what_is_unreadable_is_one_line(tmp_path, content, message):
    (tmp_path / "console").write_text(content)
    with pytest.raises(InputError, match=message):
        read(str(tmp_path / "console"), Asked("tcp", 80))


def test_nothing_that_scripts_wrote_is_repeated():
    secret = "hunter2"
    lines = f"{secret}\n/var/lib/cloud/instance/scripts/part-001: line 2: {secret}: command not found\n"
    assert all(secret not in text for _says, text in said(GOOD + lines + f"Curl error (6): {secret}"))
