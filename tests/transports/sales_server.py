#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The sales system of examples/outside-sales over HTTP, on a line that breaks: of each request the
first answers are cut, at the places that the words after FOLDER tell, joined by commas: nothing
(before the answer), head (behind its head), half, end (before its last byte). Then it comes whole.

Usage: sales_server.py FOLDER CUTS ORDERS
"""
import http.server
import importlib.util
import json
import pathlib
import sys
import threading

EXAMPLE = pathlib.Path(__file__).parents[2] / "examples/outside-sales/outside_sales.py"


def load():
    spec = importlib.util.spec_from_file_location("outside_sales", EXAMPLE)
    module = importlib.util.module_from_spec(spec)
    sys.dont_write_bytecode = True
    spec.loader.exec_module(module)
    return module


SALES = load()
TOLD = SALES.rows(int(sys.argv[3]), 1, set())
CUTS = sys.argv[2].split(",")


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    asked = {}
    lock = threading.Lock()

    def log_message(self, *args):
        pass

    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        with Handler.lock:
            times = Handler.asked.get(self.headers["Idempotency-Key"], 0)
            Handler.asked[self.headers["Idempotency-Key"]] = times + 1
            number = sum(Handler.asked.values())
        pathlib.Path(sys.argv[1], f"request-{number}.json").write_text(json.dumps(body), "utf-8")
        start = int(body["body"].get("after") or 0)
        page = TOLD[start:start + SALES.PAGE]
        text = json.dumps({"rows": page, "cursor": str(start + len(page)),
                           "more": start + len(page) < len(TOLD)}).encode()
        cut = CUTS[times] if times < len(CUTS) else "whole"
        self.close_connection = cut != "whole"
        if cut == "nothing":
            return
        self.send_response(200)
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text[:{"head": 0, "half": len(text) // 2, "end": len(text) - 1,
                                "whole": len(text)}[cut]])


def main():
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    print(server.server_address[1], flush=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    sys.stdin.read()


main()
