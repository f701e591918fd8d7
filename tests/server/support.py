# SPDX-License-Identifier: MIT
"""A server for tests, on a free port of this machine, and requests to it."""
import http.client
import json
import os
import pathlib
import signal
import socket
import subprocess
import sys
import tempfile
import unittest

PROGRAM = os.environ["AUTOCRM_SERVER"]
TOOL = os.environ["AUTOCRM_TOOL"]
SANITIZED = os.environ.get("AUTOCRM_SANITIZED") == "1"  # slower, and keeps what was freed


class Answer:
    def __init__(self, response):
        self.status = response.status
        self.headers = response.headers
        self.body = response.read()

    @property
    def json(self):
        return json.loads(self.body)


class Server:
    """Runs the program until it is closed. `log` is what it wrote, by lines, as maps."""

    def __init__(self, *options, as_="system", db=None, now=None):
        self.folder = tempfile.TemporaryDirectory()
        self.path = pathlib.Path(self.folder.name)
        self.db = db or str(self.path / "crm.db")
        if not os.path.exists(self.db):
            subprocess.run([TOOL, "--db", self.db, "init"], check=True, capture_output=True)
        words = [PROGRAM, "--db", self.db, "--listen", "127.0.0.1:0", "--log-all", "--tick", "0"]
        if as_:
            words += ["--as", as_]
        if now:
            words += ["--now", now]
        self.err = open(self.path / "log", "wb")
        self.process = subprocess.Popen([*words, *options], stdout=subprocess.PIPE,
                                        stderr=self.err, text=True)
        line = self.process.stdout.readline()
        if not line.startswith("Listening at "):
            self.process.wait()
            raise RuntimeError((self.path / "log").read_text("utf-8"))
        self.url = line.split()[-1]
        self.port = int(self.url.rsplit(":", 1)[1])

    def stop(self, with_=signal.SIGTERM):
        if self.process.poll() is None:
            self.process.send_signal(with_)
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            raise
        self.process.stdout.close()
        return self.process.returncode

    def close(self):
        code = self.stop()
        text = self.err_text()
        self.err.close()
        self.folder.cleanup()
        if code != 0 or "Sanitizer" in text:
            raise AssertionError(f"the server ended with {code}:\n{text[-4000:]}")

    __enter__ = lambda self: self

    def __exit__(self, *what):
        self.close()

    def err_text(self):
        return (self.path / "log").read_text("utf-8")

    @property
    def log(self):
        return [json.loads(line) for line in self.err_text().splitlines()]

    def connect(self, timeout=10):
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout)

    def raw(self, data=b"", timeout=10):
        sock = socket.create_connection(("127.0.0.1", self.port), timeout=timeout)
        sock.sendall(data)
        return sock

    def ask(self, method, path, body=None, headers=(), on=None):
        headers = dict(headers)
        if body is not None and not isinstance(body, (bytes, str)):
            body = json.dumps(body)
            headers.setdefault("Content-Type", "application/json")
        connection = on or self.connect()
        try:
            connection.request(method, path, body=body, headers=headers)
            return Answer(connection.getresponse())
        finally:
            if not on:
                connection.close()

    def get(self, path, **headers):
        return self.ask("GET", path, headers={k.replace("_", "-"): v for k, v in headers.items()})

    def post(self, path, body=None, **headers):
        return self.ask("POST", path, {} if body is None else body,
                        {k.replace("_", "-"): v for k, v in headers.items()})

    def create(self, nouns, **fields):
        answer = self.post(f"/v1/{nouns}", fields)
        assert answer.status == 201, answer.body
        return answer.json

    def rss(self):
        for line in open(f"/proc/{self.process.pid}/status", encoding="utf-8"):
            if line.startswith("VmRSS"):
                return int(line.split()[1]) * 1024
        return 0


def read_all(sock):
    """What comes until the other end closes, or is silent for the socket's time."""
    data = b""
    try:
        sock.settimeout(min(sock.gettimeout(), 2))
        while part := sock.recv(65536):
            data += part
    except (TimeoutError, ConnectionResetError):
        pass
    sock.close()
    return data


class Case(unittest.TestCase):
    """Tests that share one server."""
    options = ()

    @classmethod
    def setUpClass(cls):
        cls.server = Server(*cls.options)

    @classmethod
    def tearDownClass(cls):
        cls.server.close()

    def check(self, answer, status, reason=None):
        self.assertEqual(answer.status, status, answer.body)
        if reason:
            self.assertEqual(answer.headers["Content-Type"], "application/problem+json")
            self.assertEqual(answer.json["reason"], reason)
            self.assertEqual(answer.json["status"], status)
        return answer


def main():
    unittest.main(argv=[sys.argv[0], *sys.argv[1:]], verbosity=1)
