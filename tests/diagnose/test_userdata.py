"""User data: what it starts, what keeps it from running, and whether it gets what it needs.

What runs follows cloud-init (cloudinit/user_data.py, handlers) and the EC2 user guide, user-data.
"""

from __future__ import annotations

import base64
import gzip
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from reach.lab import find, lab, load, reroute, route
from reach.lab_endpoints import stored

from sgcheck.diagnose.asked import Asked
from sgcheck.diagnose.evidence import Says
from sgcheck.diagnose.userdata import judge, read, system_of
from sgcheck.diagnose.userdata_parts import Kind, take_apart
from sgcheck.errors import InputError

RPM = "#!/bin/bash\nyum install -y httpd\n"
WEB = RPM + "systemctl enable --now httpd\n"


def clues(text: str | bytes, port: int = 80, network=None, image=None, host="i-web"):
    data = text.encode() if isinstance(text, str) else text
    return judge(take_apart(data, "ud"), Asked("tcp", port, 4, (), host), network, image)


def said(text: str | bytes, port: int = 80, **more) -> list[Says]:
    return [clue.says for clue in clues(text, port, **more) if clue.says is not Says.NOTHING]


def script(*lines: str) -> str:
    return "\n".join(["#!/bin/bash", *lines, ""])


SERVERS = [
    # The tutorial's web server, and the ways in which it is half done.
    (WEB, 80, [Says.STARTS_SERVER]),
    (RPM, 80, [Says.STARTS_NO_SERVER]),
    (RPM + "systemctl enable httpd\n", 80, [Says.STARTS_NO_SERVER]),
    (RPM + "systemctl start httpd\n", 80, [Says.STARTS_SERVER, Says.STARTS_ONCE]),
    (RPM + "systemctl start httpd && systemctl enable httpd.service\n", 80, [Says.STARTS_SERVER]),
    (RPM + "service httpd start\nchkconfig httpd on\n", 80, [Says.STARTS_SERVER]),
    (WEB, 8080, [Says.LISTENS_ELSEWHERE]),
    (script("dnf -y update", "mkdir /srv/x", "echo hello > /srv/x/index.html"), 80, [Says.STARTS_NO_SERVER]),
    ("", 80, [Says.STARTS_NO_SERVER]),
    # Debian and Ubuntu start and enable what they install.
    (script("apt-get update", "apt-get install -y nginx"), 80, [Says.STARTS_SERVER]),
    (script("apt update", "DEBIAN_FRONTEND=noninteractive apt install -y apache2"), 443, [Says.LISTENS_ELSEWHERE]),
    (script("amazon-linux-extras install -y nginx1", "systemctl enable --now nginx"), 80, [Says.STARTS_SERVER]),
    # Servers of a language, and where they listen unless told otherwise.
    (script("nohup python3 -m http.server 80 > /var/log/web 2>&1 &"), 80, [Says.STARTS_SERVER, Says.STARTS_ONCE]),
    (script("python3 -m http.server &"), 8000, [Says.STARTS_SERVER, Says.STARTS_ONCE]),
    (script("python3 -m http.server &"), 80, [Says.LISTENS_ELSEWHERE]),
    (script("python3 -m http.server 8080 --bind 127.0.0.1 &"), 8080, [Says.LISTENS_ON_LOOPBACK]),
    (script("flask run &"), 5000, [Says.LISTENS_ON_LOOPBACK]),
    (script("flask run --host=0.0.0.0 --port=80 &"), 80, [Says.STARTS_SERVER, Says.STARTS_ONCE]),
    (script("gunicorn -b 0.0.0.0:8000 app:app &"), 8000, [Says.STARTS_SERVER, Says.STARTS_ONCE]),
    (script("uvicorn app:app --host 0.0.0.0 --port 80 &"), 80, [Says.STARTS_SERVER, Says.STARTS_ONCE]),
    (script("php -S 0.0.0.0:80 -t /srv &"), 80, [Says.STARTS_SERVER, Says.STARTS_ONCE]),
    (script("node /srv/app.js &"), 3000, [Says.STARTS_SERVER]),
    (script("export PORT=3000", "node /srv/app.js &"), 3000, [Says.STARTS_SERVER, Says.STARTS_ONCE]),
    (script("java -Dserver.port=9000 -jar /srv/app.jar &"), 9000, [Says.STARTS_SERVER, Says.STARTS_ONCE]),
    (script('su - ec2-user -c "cd app && npm start &"'), 3000, [Says.STARTS_SERVER]),
    # Containers: the engine is no server, and only a published port is reached.
    (script("yum install -y docker", "systemctl enable --now docker"), 80, [Says.STARTS_NO_SERVER]),
    (script("docker run -d -p 80:8080 img"), 80, [Says.STARTS_SERVER, Says.STARTS_ONCE]),
    (script("docker run -d --restart always -p 80:8080 img"), 80, [Says.STARTS_SERVER]),
    (script("docker run -d -p 8080:80 img"), 80, [Says.LISTENS_ELSEWHERE]),
    (script("docker run -d -p 127.0.0.1:80:80 img"), 80, [Says.LISTENS_ON_LOOPBACK]),
    (script("docker run -d img"), 80, [Says.STARTS_SERVER]),
    (script("docker compose up -d"), 80, [Says.STARTS_SERVER]),
    # Configuration that moves the port.
    (script("yum install -y httpd", "sed -i 's/Listen 80/Listen 8080/' /etc/httpd/conf/httpd.conf", "systemctl enable --now httpd"), 8080, [Says.STARTS_SERVER]),
    (script("yum -y install nginx", "cat > /etc/nginx/conf.d/a.conf <<'EOF'", "server {", "  listen 8081;", "}", "EOF", "systemctl enable --now nginx"), 8081, [Says.STARTS_SERVER]),
    # What is not known is never called nothing.
    (script("/opt/install.sh"), 80, []),
    (script("curl -s https://example.com/setup | bash"), 80, []),
    (script("systemctl enable --now myapp"), 80, [Says.STARTS_SERVER]),
    ("#!/usr/bin/env python3\nprint(1)\n", 80, []),
    ("#include\nhttps://example.com/x\n", 80, []),
    # What images start by themselves.
    (script("yum -y update"), 22, []),
    # cloud-config.
    ("#cloud-config\npackages: [nginx]\n", 80, [Says.STARTS_NO_SERVER]),
    ("#cloud-config\npackages:\n  - nginx\nruncmd:\n  - systemctl enable --now nginx\n", 80, [Says.STARTS_SERVER]),
    ("#cloud-config\nruncmd:\n  - [systemctl, start, httpd]\n", 80, [Says.STARTS_SERVER, Says.STARTS_ONCE]),
    ("#cloud-config\nbootcmd:\n  - [systemctl, start, httpd]\n", 80, [Says.STARTS_SERVER]),
    ('#cloud-config\nruncmd:\n  - [sh, -c, "python3 -m http.server 80 &"]\n', 80, [Says.STARTS_SERVER, Says.STARTS_ONCE]),
    ("#cloud-config\nhostname: web\n", 80, [Says.STARTS_NO_SERVER]),
    ("#cloud-config\n", 80, [Says.STARTS_NO_SERVER]),
    # At every boot.
    ("#cloud-boothook\n#!/bin/sh\nsystemctl start httpd\n", 80, [Says.STARTS_SERVER]),
    # Windows.
    ("<powershell>\nInstall-WindowsFeature -Name Web-Server -IncludeManagementTools\n</powershell>", 80, [Says.STARTS_SERVER]),
    ("<powershell>\nWrite-Host hello\n</powershell>\n<persist>true</persist>", 80, []),
]  # fmt: skip


@pytest.mark.parametrize("text, port, says", SERVERS)
def test_what_user_data_starts(text, port, says):
    assert said(text, port) == says


FAULTS = [
    ("yum install -y httpd\n", "does not begin with #!"),
    ("#/bin/bash\nyum install -y httpd\n", "its first line is almost one"),
    ("!#/bin/bash\n", "its first line is almost one"),
    ("\n#!/bin/bash\n", "something stands before the #!"),
    ("#!bin/bash\n", "does not name an interpreter by its path"),
    ("#!\n", "does not name an interpreter by its path"),
    ("#cloud-boothook\nsystemctl start httpd\n", "has no #! in its first line"),
    ("#!/bin/bash\nset -e\r\nyum -y install httpd\r\n", "its lines end in CR LF, its first one does not"),
    (script("apt-get install nginx"), "apt-get install without -y asks"),
    (script("yum install httpd"), "yum install without -y asks"),
    (script("amazon-linux-extras install nginx1"), "amazon-linux-extras install without -y asks"),
    (script('read -p "Continue?" x'), "read -p asks"),
    ("#cloud-config\npackages: [a\nruncmd: x\n", "its cloud-config is no YAML (line"),
    ("#cloud-config\n- a\n", "its cloud-config is no mapping"),
    ("<powershell>\nWrite-Host hi\n", "a tag is not closed"),
    (b"\x1f\x8b\x08\x00broken", "compressed, and broken"),
]


@pytest.mark.parametrize("text, fault", FAULTS)
def test_what_keeps_user_data_from_running(text, fault):
    failed = [clue.text for clue in clues(text) if clue.says is Says.USER_DATA_FAILED]
    assert len(failed) == 1
    assert fault in failed[0]


@pytest.mark.parametrize(
    "text",
    [
        WEB,
        WEB.replace("\n", "\r\n"),  # cloud-init turns them round (util.dos2unix)
        "#! /bin/bash\nyum -qy install httpd\n",
        script("apt-get update", "apt-get -yq install nginx", "apt-get --assume-yes upgrade"),
    ],
)
def test_what_is_no_fault(text):
    assert Says.USER_DATA_FAILED not in said(text)


@pytest.mark.parametrize(
    "image, manager, fails",
    [
        ("al2023-ami-2023.5.20240805.0-kernel-6.1-x86_64", "apt-get", True),
        ("al2023-ami-2023.5.20240805.0-kernel-6.1-x86_64", "amazon-linux-extras", True),
        ("al2023-ami-2023.5.20240805.0-kernel-6.1-x86_64", "dnf", False),
        ("al2023-ami-2023.5.20240805.0-kernel-6.1-x86_64", "yum", False),
        ("amzn2-ami-hvm-2.0.20240306.2-x86_64-gp2", "dnf", True),
        ("ubuntu/images/hvm-ssd/ubuntu-jammy-22.04-amd64-server-20240301", "yum", True),
        ("ubuntu/images/hvm-ssd/ubuntu-jammy-22.04-amd64-server-20240301", "apt", False),
        ("my-golden-image", "apt", False),
        (None, "apt", False),
    ],
)
def test_a_package_manager_has_to_fit_the_image(image, manager, fails):
    found = said(script(f"{manager} install -y nginx", "systemctl enable --now nginx"), image=image)
    assert (Says.USER_DATA_FAILED in found) is fails


def test_systems_by_the_name_of_their_image():
    assert system_of("Windows_Server-2022-English-Full-Base-2024.03.13") == "Windows"
    assert system_of("RHEL-9.3.0_HVM-20240117-x86_64") == "Red Hat Enterprise Linux"
    assert system_of("debian-12-amd64-20240507") == "Debian"
    assert system_of("amzn-ami-hvm-2018.03") == "Amazon Linux AMI"


# However it is wrapped.


def b64(data: bytes | str) -> str:
    return base64.b64encode(data.encode() if isinstance(data, str) else data).decode()


MIME = """Content-Type: multipart/mixed; boundary="//"
MIME-Version: 1.0

--//
Content-Type: text/cloud-config; charset="us-ascii"

#cloud-config
cloud_final_modules:
- [scripts-user, always]

--//
Content-Type: text/x-shellscript; charset="us-ascii"
{encoding}
{script}
--//--
"""
ALWAYS = MIME.format(encoding="", script="#!/bin/bash\nsystemctl start httpd")
WRAPPED = [
    WEB,
    b64(WEB),
    json.dumps({"InstanceId": "i-web", "UserData": {"Value": b64(WEB)}}, indent=4),
    json.dumps({"UserData": b64(WEB)}),
    gzip.compress(WEB.encode(), mtime=0),
    b64(gzip.compress(WEB.encode(), mtime=0)),
    WEB.encode("utf-16"),
    MIME.format(encoding="", script=WEB),
    MIME.format(encoding="Content-Transfer-Encoding: base64\n", script=b64(WEB)),
    MIME.format(encoding="Content-Transfer-Encoding: base64\n", script=b64(gzip.compress(WEB.encode(), mtime=0))),
    b64(gzip.compress(MIME.format(encoding="", script=WEB).encode(), mtime=0)),
]


@pytest.mark.parametrize("wrapped", WRAPPED, ids=range(len(WRAPPED)))
def test_user_data_is_the_same_however_it_is_wrapped(wrapped):
    assert said(wrapped) == [Says.STARTS_SERVER]


def test_scripts_that_run_always_are_no_matter_of_the_first_boot():
    """`[scripts-user, always]` (AWS knowledge centre, execute-user-data-ec2)."""
    assert said(ALWAYS) == [Says.STARTS_SERVER]
    assert said(ALWAYS.replace("always", "once-per-instance")) == [Says.STARTS_SERVER, Says.STARTS_ONCE]


@pytest.mark.parametrize("empty", ["", "None\n", '{"InstanceId": "i-web", "UserData": {}}', b64(" " * 20)])
def test_no_user_data(empty):
    (clue,) = clues(empty)
    assert clue.text == "there is no user data: only the image itself could start a server"


def test_two_layers_of_base64_are_noted():
    found = clues(b64(b64(WEB)))
    assert found[-1].says is Says.NOTHING
    assert "encoded in base64 twice" in found[-1].text


def test_a_script_part_without_a_shebang_can_not_be_started():
    assert Says.USER_DATA_FAILED in said(MIME.format(encoding="", script="systemctl start httpd"))


def test_parts_that_are_not_read_are_not_called_nothing():
    assert take_apart(b'{"ignition": {"version": "3.3.0"}}', "ud").parts[0].kind is Kind.OPAQUE
    assert said(MIME.replace("text/x-shellscript", "application/node.eks.aws").format(encoding="", script="a: b")) == []


@pytest.mark.parametrize("broken", ['{"UserData": ', '{\n"UserData" 1}'])
def test_broken_json_is_told_by_line(broken):
    with pytest.raises(InputError, match=r"ud:\d+: no JSON"):
        take_apart(broken.encode(), "ud")


def test_json_of_another_kind_is_told():
    with pytest.raises(InputError, match="describe-instance-attribute"):
        take_apart(b'{"a": {"UserData": 1}}', "ud")


def test_a_file_that_is_not_there(tmp_path):
    with pytest.raises(InputError, match="No such file"):
        read(str(tmp_path / "none"), Asked("tcp", 80))


def test_a_file(tmp_path):
    (tmp_path / "user-data").write_text(WEB)
    (clue,) = read(str(tmp_path / "user-data"), Asked("tcp", 80, host="i-web"))
    assert (clue.text, clue.at, clue.source) == (
        "user data starts httpd, which is to listen on port 80",
        "i-web",
        "user data",
    )


def test_sudo_is_needless():
    assert clues(script("sudo systemctl enable --now httpd"))[-1].text == (
        "user data calls sudo, which it does not need: it runs as root"
    )


SECRET = "hunter2-S3CR3T"
SECRETS = [
    script(
        f"export DB_PASSWORD={SECRET}", f"mysql -p{SECRET}", f"/opt/{SECRET}.sh", f"systemctl enable --now {SECRET}"
    ),
    script(
        f"curl -u admin:{SECRET} https://{SECRET}.example.com/{SECRET}", f"read -p {SECRET} x", f"yum install {SECRET}"
    ),
    f"#cloud-config\npassword: {SECRET}\nruncmd: [{SECRET}\n",
    f"#cloud-config\npassword: {SECRET}\nruncmd:\n  - {SECRET}\n",
    f"{SECRET}\n",
    f"#!{SECRET}\n",
    f"#!/bin/bash\n'{SECRET}\n",
    f"<powershell>\n$p = '{SECRET}'\n",
    MIME.format(encoding="", script=SECRET),
    script(f"docker run -e TOKEN={SECRET} {SECRET}", f"cat <<{SECRET.replace('-', '_')}", "x"),
]


@pytest.mark.parametrize("text", SECRETS)
def test_nothing_of_user_data_itself_is_repeated(text):
    found = clues(text, network=load(reroute(lab(), "rtb-main")), host="i-db")
    assert found
    assert all(SECRET not in clue.text for clue in found)


@given(
    st.binary(max_size=200)
    | st.text(max_size=200).map(str.encode)
    | st.builds(
        bytes.__add__,
        st.sampled_from([b"#!/bin/sh\n", b"#cloud-config\n", b"<powershell>", b"MIME-Version: 1.0\n"]),
        st.text(max_size=200).map(str.encode),
    )
)
def test_whatever_it_is_there_is_an_answer_or_one_line(data):
    try:
        found = [clue.text for clue in judge(take_apart(data, "ud"), Asked("tcp", 80, 4, (), "i-web"))]
    except InputError as error:
        found = [error.message]
    assert found
    assert all("\n" not in line for line in found)


def test_aliases_that_multiply_are_not_followed():
    levels = "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 12))
    text = f"#cloud-config\na0: &a0 [x, x]\n{levels}runcmd:\n  - *a11\npackages: *a11\n"
    assert Says.USER_DATA_FAILED not in said(text)


# What it needs from the network: i-db stands in a private subnet behind a NAT gateway.

CLOSED = reroute(lab(), "rtb-main", route("10.9.0.0/16", "pcx-1"))
APT = script("apt-get update", "apt-get install -y nginx")
DNF = script("dnf install -y nginx", "systemctl enable --now nginx")
AL2023 = "al2023-ami-2023.5"


def cut(text: str, record, image=None, host="i-db") -> list[str]:
    found = clues(text, network=load(record), image=image, host=host)
    return [clue.text for clue in found if clue.says is Says.USER_DATA_CUT_OFF]


@pytest.mark.parametrize(
    "text, needs",
    [
        (APT, "the package mirror of apt (port 80/tcp)"),
        (DNF, "the package mirror of dnf (port 443/tcp)"),
        (script("docker run -d -p 80:80 img"), "a container image (port 443/tcp)"),
        (script("git clone https://example.com/x.git"), "what git fetches (port 443/tcp)"),
        (script("curl -fsSL http://example.com:8080/x -o x"), "a download (port 8080/tcp)"),
        ("#cloud-config\npackages: [nginx]\n", "the image's package mirror (port 443/tcp)"),
        ("<powershell>\nInvoke-WebRequest https://example.com/x\n</powershell>", "a download (port 443/tcp)"),
    ],
)
def test_a_subnet_without_a_way_out_cuts_user_data_off(text, needs):
    (found,) = cut(text, CLOSED)
    assert found.startswith(f"user data needs {needs}, and has no way there. ")
    assert cut(text, lab()) == []


def test_what_is_on_the_host_itself_is_no_download():
    own = script('TOKEN=$(curl -X PUT "http://169.254.169.254/latest/api/token")', "curl http://localhost/health")
    assert cut(own, CLOSED) == []


def test_a_group_that_lets_nothing_out_cuts_user_data_off():
    record = lab()
    find(record, "SecurityGroups", "sg-db")["IpPermissionsEgress"] = []
    assert len(cut(DNF, record)) == 1


def test_amazon_linux_has_its_mirrors_in_s3():
    """A gateway endpoint is way enough (VPC user guide, vpc-endpoints-s3), for Amazon Linux only."""
    record = reroute(stored(), "rtb-main", route("pl-s3", "vpce-s3"))
    assert cut(DNF, record, AL2023) == []
    assert len(cut(DNF, record, "rhel-9")) == 1
    assert len(cut(APT, record)) == 1
    assert cut(script("amazon-linux-extras install -y nginx1"), record) == []
    unsure = [c.text for c in clues(DNF, network=load(record), host="i-db") if c.says is Says.NOTHING]
    assert len(unsure) == 1
    assert unsure[0].endswith("vpce-s3 leads there if the image is Amazon Linux, and nothing does otherwise")


def test_a_part_of_the_internet_decides_nothing():
    record = reroute(lab(), "rtb-main", route("52.0.0.0/8", "nat-1"))
    assert cut(DNF, record) == []
    assert any("can't be decided" in c.text for c in clues(DNF, network=load(record), host="i-db"))


def test_what_the_input_does_not_decide_is_no_denial():
    record = lab()
    record["RouteTables"] = [t for t in record["RouteTables"] if t["RouteTableId"] != "rtb-main"]
    found = clues(DNF, network=load(record), host="i-db")
    assert [c.says for c in found] == [Says.NOTHING, Says.STARTS_SERVER]
    assert "can't be decided" in found[0].text


def test_an_instance_that_is_not_in_the_input_is_not_asked_about():
    assert cut(DNF, lab(), host="i-other") == []
