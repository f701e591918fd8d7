#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""What a get costs in each language, beside the C call with JSON text of the same run.

    bench.py BUILD-FOLDER [LANGUAGE]...

Each language's own bench program makes a database of 10,000 customers, reads them in turn, and
prints the microseconds of a get. A language that is not installed is left out."""

import glob
import json
import os
import shutil
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
SIZE = 10000
JNA = "/usr/share/java/jna.jar"


def told(command, **more):
    done = subprocess.run(command, check=True, capture_output=True, text=True, **more)
    return done.stdout.split("\n")[-2]


def languages(build, folder):
    """(name, program that must be there, command that prints microseconds)"""
    yield "python", sys.executable, [sys.executable, f"{HERE}/python/bench.py"]
    yield "lua", "luajit", ["luajit", f"{HERE}/lua/bench.lua"]
    yield "php", "php", ["php", f"{HERE}/php/bench.php"]
    if shutil.which("javac") and os.path.exists(JNA):
        subprocess.run(["javac", "-d", folder, "-cp", JNA,
                        *glob.glob(f"{HERE}/java/src/org/autocrm/*.java"),
                        f"{HERE}/java/Bench.java"], check=True)
        yield "java", "java", ["java", "-cp", f"{folder}:{JNA}", "Bench"]
    node = os.path.join(build, "bindings", "node")
    if os.path.isdir(node):
        yield "node_sync", "node", ["node", f"{HERE}/node/bench.js", node, "sync"]
        yield "node", "node", ["node", f"{HERE}/node/bench.js", node, "promise"]


def main():
    build = os.path.abspath(sys.argv[1])
    wanted = sys.argv[2:]
    env = dict(os.environ, AUTOCRM_LIBRARY=f"{build}/lib/libautocrm.so.0",
               PYTHONPATH=f"{HERE}/python", LUA_PATH=f"{HERE}/lua/?.lua")
    c_call = json.loads(told([f"{build}/tests/bench/crm_bench", "--quick", "--only",
                              "customer.get_json"]))["ours"]
    with tempfile.TemporaryDirectory() as folder:
        for name, program, command in languages(build, folder):
            if not shutil.which(program) or wanted and name not in wanted:
                continue
            database = os.path.join(folder, name + ".db")
            ours = float(told([*command, database], env=env))
            print(json.dumps({"bench": f"binding.{name}.get", "size": SIZE, "ours": round(ours, 2),
                              "baseline": c_call, "unit": "us/op",
                              "ratio": round(ours / c_call, 3)}), flush=True)


if __name__ == "__main__":
    main()
