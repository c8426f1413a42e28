"""A partner's receiver of webhooks: a real HTTP server on this machine that can fail, wait, and hang up."""

import threading
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Receiver:
    """`answers` are taken in turn, the last for ever: a status, or a function of the handler."""

    def __init__(self, *answers: int | Callable) -> None:
        self.answers = list(answers) or [200]
        self.got: list[tuple[dict[str, str], bytes]] = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                outer.got.append(({k.lower(): v for k, v in self.headers.items()}, body))
                answer = outer.answers.pop(0) if len(outer.answers) > 1 else outer.answers[0]
                if callable(answer):
                    answer(self)
                    return
                text = b"thank you" if answer < 300 else b"not now"
                self.send_response(answer)
                self.send_header("Content-Length", str(len(text)))
                if 300 <= answer < 400:
                    self.send_header("Location", "http://127.0.0.1:1/elsewhere")
                self.end_headers()
                self.wfile.write(text)

            def log_message(self, *_args: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_port}/hooks?a=1"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()


def hang_up(handler: BaseHTTPRequestHandler) -> None:
    handler.close_connection = True


def drip(handler: BaseHTTPRequestHandler) -> None:
    """Headers for ever, a few signs at a time."""
    try:
        handler.wfile.write(b"HTTP/1.1 200 OK\r\n")
        for _turn in range(200):
            handler.wfile.write(b"X-Slow: 1\r\n")
            time.sleep(0.05)
    except OSError:
        pass
    handler.close_connection = True


def talk(handler: BaseHTTPRequestHandler) -> None:
    """A body of many megabytes, and signs that no database stores."""
    try:
        handler.wfile.write(b"HTTP/1.1 200 OK\r\n\r\n\x00\xff" + "𠮷".encode())
        for _turn in range(50):
            handler.wfile.write(b"x" * 100_000)
    except OSError:
        pass
    handler.close_connection = True
