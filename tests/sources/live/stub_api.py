"""A stand-in for AWS's APIs on a real socket that answers every action with what a test says."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs

IDENTITY = """<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult>
<Arn>arn:aws:iam::111122223333:user/me</Arn><UserId>AIDA</UserId><Account>111122223333</Account>
</GetCallerIdentityResult></GetCallerIdentityResponse>"""
Answer = tuple[int, str]


def error(status: int, code: str, message: str = "no") -> Answer:
    """An error as the EC2 API writes it."""
    told = f"<Error><Code>{code}</Code><Message>{message}</Message></Error>"
    return status, f"<Response><Errors>{told}</Errors><RequestID>r</RequestID></Response>"


def sts_error(status: int, code: str, message: str = "no") -> Answer:
    """An error as the STS API writes it."""
    told = f"<Error><Type>Sender</Type><Code>{code}</Code><Message>{message}</Message></Error>"
    return status, f'<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">{told}</ErrorResponse>'


class StubApi:
    """`answers` maps an action to its answer, or to what makes one of the request; all others find nothing."""

    def __init__(self, answers: dict[str, Answer | Callable[[dict[str, str]], Answer]], latency: float = 0.0) -> None:
        """Answer so, each request `latency` seconds late."""
        self.answers = answers
        self.latency = latency
        self.asked: Counter[str] = Counter()
        self.url = ""
        self._lock = threading.Lock()

    def answer(self, action: str, request: dict[str, str]) -> Answer:
        """The answer to one request."""
        with self._lock:
            self.asked[action] += 1
        time.sleep(self.latency)
        nothing = f"<{action}Response><{action}Result/></{action}Response>" if "Action" in request else "{}"
        found = self.answers.get(action, (200, IDENTITY if action == "GetCallerIdentity" else nothing))
        return found(request) if callable(found) else found


@contextmanager
def serving(api: StubApi) -> Iterator[StubApi]:
    """Let `api` answer on a port of this machine; requests that are not in the query protocol find nothing."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def answer(self) -> None:
            """Answer any method."""
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
            request = {name: values[0] for name, values in parse_qs(body).items()}
            target = self.headers.get("X-Amz-Target", "").rpartition(".")[2]
            status, text = api.answer(request.get("Action") or target or self.path, request)
            data = text.encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *_words: object) -> None:
            """Say nothing."""

    for method in ("do_GET", "do_POST"):
        setattr(Handler, method, Handler.answer)

    class Server(ThreadingHTTPServer):
        request_queue_size = 128  # as many may knock at the same time

    server = Server(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    api.url = f"http://127.0.0.1:{server.server_address[1]}"
    yield api
    server.shutdown()
    server.server_close()
