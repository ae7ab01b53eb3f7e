"""moto's server, with the network that the tests read, once for all of them."""

from __future__ import annotations

import pytest
from moto.server import ThreadedMotoServer

from tests.sources.live.moto_account import Moto, credentials


@pytest.fixture(scope="session")
def moto():
    """The network in a server of its own, over real HTTP."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in credentials().items():
            patch.setenv(name, value)
        server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
        server.start()
        host, port = server.get_host_and_port()
        yield Moto.build(f"http://{host}:{port}")
        server.stop()


@pytest.fixture
def aws(monkeypatch):
    """Credentials that moto takes, and nothing else of this machine's."""
    for name, value in credentials().items():
        monkeypatch.setenv(name, value)
