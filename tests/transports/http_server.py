#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""An HTTP server for tests, on a port of this machine that it prints. Ends when its input ends.

In FOLDER it keeps each request as request-N.json and takes its orders from the file "mode", one
line each:
    status CODE          NAME: VALUE       a header of the answer
    body TEXT            slow SECONDS      drop (no answer)
    half (stop within the answer)          huge (endless answer)          garbage (no HTTP)

Usage: http_server.py FOLDER [--tls CERTIFICATE KEY]
"""
import http.server
import json
import pathlib
import ssl
import sys
import threading
import time

FOLDER = pathlib.Path(sys.argv[1])


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    requests = 0
    lock = threading.Lock()

    def log_message(self, *args):
        pass

    def keep(self, ok):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        told = {"method": self.command, "path": self.path, "headers": dict(self.headers.items()),
                "body": body.decode("utf-8"), "peer": self.client_address[1],
                "ok": ok}
        with Handler.lock:
            Handler.requests += 1
            name = FOLDER / f"request-{Handler.requests}.json"
            name.write_text(json.dumps(told), "utf-8")

    def answer(self):
        mode = FOLDER / "mode"
        lines = mode.read_text("utf-8").splitlines() if mode.exists() else []
        words = {line.split(" ", 1)[0]: line.split(" ", 1)[-1] for line in lines}
        headers = [line.split(": ", 1) for line in lines
                   if ": " in line and not line.startswith("body ")]
        self.keep(words.get("status", "200") < "300" and not {"drop", "garbage"} & words.keys())
        time.sleep(float(words.get("slow", 0)))
        if "drop" in words:
            self.close_connection = True
            return
        if "garbage" in words:
            self.wfile.write(b"\x00\xffSSH-2.0-\r\n\r\nwhat?\r\n")
            self.close_connection = True
            return
        body = words.get("body", "{}").encode()
        self.send_response(int(words.get("status", 200)))
        for name, value in headers:
            self.send_header(name, value)
        if "huge" in words:
            self.end_headers()
            try:
                while True:
                    self.wfile.write(b"x" * 65536)
            except OSError:
                self.close_connection = True
            return
        self.send_header("Content-Length", str(len(body) + (100 if "half" in words else 0)))
        self.end_headers()
        self.wfile.write(body)
        self.close_connection = "half" in words

    do_GET = do_POST = do_PUT = answer


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request, client_address):
        pass # those that hang up are what is tested


def main():
    server = Server(("127.0.0.1", 0), Handler)
    if "--tls" in sys.argv:
        at = sys.argv.index("--tls")
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(sys.argv[at + 1], sys.argv[at + 2])
        server.socket = context.wrap_socket(server.socket, server_side=True)
    print(server.server_address[1], flush=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    sys.stdin.read()


main()
