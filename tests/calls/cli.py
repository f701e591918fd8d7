#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Runs the scripts of this folder through the command line: cli.py AUTOCRM"""

import json
import os
import subprocess
import sys
import tempfile

from script import Script, load_all


def caller(program, folder, now):
    command = [program, "--db", os.path.join(folder, "calls.db"), "--now", now]
    subprocess.run([*command, "init"], check=True, capture_output=True)

    def call(operation, arguments):
        done = subprocess.run([*command, "call", operation, "-"], capture_output=True, text=True,
                              input=json.dumps(arguments), encoding="utf-8")
        if done.returncode == 0:
            return json.loads(done.stdout), None
        return None, json.loads(done.stderr)
    return call


def main():
    failures = 0
    for name, data in load_all():
        with tempfile.TemporaryDirectory() as folder:
            failures += Script(name, data).run(caller(sys.argv[1], folder, data["now"]))
    print(f"{len(load_all())} checks, {failures} failures")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
