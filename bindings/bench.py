#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""What a get costs in each language, beside the C call with JSON text of the same run.

    bench.py BUILD-FOLDER [LANGUAGE]...

Each language's own bench program reads the customers of one database in turn, and prints the
microseconds of processor time that a get takes. They take turns with the C program, and the middle
one of the rounds' ratios counts. A language that is not installed is left out."""

import glob
import json
import os
import shutil
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
SIZE = 10000
ROUNDS = 3
JNA = "/usr/share/java/jna.jar"


def told(*command, **more):
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, **more)
    return float(done.stdout)


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
    c_bench = f"{build}/bindings/binding_bench"
    with tempfile.TemporaryDirectory() as folder:
        database = os.path.join(folder, "bench.db")
        told(c_bench, database, "fill")
        for name, program, command in languages(build, folder):
            if not shutil.which(program) or wanted and name not in wanted:
                continue
            rounds = [(told(*command, database, env=env), told(c_bench, database))
                      for _ in range(ROUNDS)]
            ours, baseline = sorted(rounds, key=lambda pair: pair[0] / pair[1])[ROUNDS // 2]
            print(json.dumps({"bench": f"binding.{name}.get", "size": SIZE, "ours": round(ours, 2),
                              "baseline": round(baseline, 2), "unit": "us/op",
                              "ratio": round(ours / baseline, 3)}), flush=True)


if __name__ == "__main__":
    main()
