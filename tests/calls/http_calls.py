#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Runs the scripts of this folder through the server's routes: http_calls.py SERVER AUTOCRM"""

import http.client
import json
import os
import subprocess
import sys
import tempfile
from urllib.parse import quote, urlencode

from script import Script, load_all

_TOLD = ("title", "status", "detail", "type", "errors")  # of the problem, not of the error
_NO_ID = "-"


def _routes(tool, folder):
    done = subprocess.run([tool, "--db", os.path.join(folder, "calls.db"), "describe", "registry"],
                          check=True, capture_output=True)
    return {op["name"]: op["http"] for op in json.loads(done.stdout)["operations"]}


def _word(value):
    return value if isinstance(value, str) else json.dumps(value)


def caller(port, tool, folder):
    routes = _routes(tool, folder)
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)

    def call(operation, arguments):
        if operation not in routes: # of an entity made by the script
            routes.update(_routes(tool, folder))
        # What is not there has no route: its name as a path says so just as well.
        route = routes.get(operation, {"method": "POST", "path": f"/v1/operations/{operation}"})
        arguments = dict(arguments)
        path, body = route["path"], None
        id_missing = "id" in route and route["id"] not in arguments
        if "id" in route:
            path = path.replace("{id}", quote(str(arguments.pop(route["id"], _NO_ID))))
        if route["method"] in ("POST", "PATCH"):
            body = json.dumps(arguments)
        elif arguments:
            path += "?" + urlencode({key: _word(value) for key, value in arguments.items()})
        connection.request(route["method"], path, body,
                           {"Content-Type": "application/json"} if body else {})
        response = connection.getresponse()
        answer = json.loads(response.read())
        if response.status < 300:
            return answer, None
        error = {key: value for key, value in answer.items() if key not in _TOLD}
        if id_missing: # a path always has one: what it may say then is what is wrong with it
            error["reason"] = "required"
        return None, error
    return call


def run(server, tool, name, data):
    with tempfile.TemporaryDirectory() as folder:
        db = os.path.join(folder, "calls.db")
        subprocess.run([tool, "--db", db, "init"], check=True, capture_output=True)
        with subprocess.Popen([server, "--db", db, "--listen", "127.0.0.1:0", "--tick", "0",
                               "--as", "system", "--now", data["now"]], text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:
            try:
                port = int(process.stdout.readline().rsplit(":", 1)[1])
                return Script(name, data).run(caller(port, tool, folder))
            finally:
                process.terminate()


def main():
    scripts = load_all()
    failures = sum(run(sys.argv[1], sys.argv[2], name, data) for name, data in scripts)
    print(f"{len(scripts)} checks, {failures} failures")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
