#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""What a get costs in Python, beside the C call of the same run: bench.py CRM_BENCH

CRM_BENCH is the program tests/bench/crm_bench of a build."""

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time

import autocrm

SIZE = 10000
TURNS = 5000
RUNS = 5


def c_call(program):
    """Microseconds of acrm_call_json() for a get."""
    told = subprocess.run([program, "--quick", "--only", "customer.get_json"], check=True,
                          capture_output=True, text=True).stdout
    return json.loads(told.splitlines()[-1])["ours"]


def python_call(get, ids):
    """Microseconds of a get through the binding."""
    runs = []
    for _ in range(RUNS):
        start = time.perf_counter()
        for n in range(TURNS):
            get(ids[n * 7919 % SIZE])
        runs.append((time.perf_counter() - start) / TURNS * 1e6)
    return statistics.median(runs)


def main():
    baseline = c_call(sys.argv[1])
    with tempfile.TemporaryDirectory() as folder, \
            autocrm.open(os.path.join(folder, "a.db"), flags=autocrm.SYNC_NORMAL) as crm:
        for start in range(0, SIZE, 1000):
            crm.customer.create_many([{"name": f"Customer {n:06}"}
                                      for n in range(start, start + 1000)])
        ids = [one.id for one in crm.customer.each(limit=1000, fields=["id"])]
        crm.customer.get(ids[0])
        ours = python_call(crm.customer.get, ids)
    print(json.dumps({"bench": "python.get", "size": SIZE, "ours": round(ours, 2),
                      "baseline": baseline, "unit": "us/op", "ratio": round(ours / baseline, 3)}))


if __name__ == "__main__":
    main()
