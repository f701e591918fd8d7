# SPDX-License-Identifier: MIT
"""Prints the microseconds of a get: bench.py DATABASE (see bindings/bench.py)"""

import statistics
import sys
import time

import autocrm

with autocrm.open(sys.argv[1], flags=autocrm.SYNC_NORMAL) as crm:
    for start in range(0, 10000, 1000):
        crm.customer.create_many([{"name": f"Customer {n:06}"} for n in range(start, start + 1000)])
    ids = [one.id for one in crm.customer.each(limit=1000, fields=["id"])]
    get = crm.customer.get
    runs = []
    for _ in range(6):
        begin = time.perf_counter()
        for n in range(5000):
            get(ids[n * 7919 % 10000])
        runs.append((time.perf_counter() - begin) / 5000 * 1e6)
    print(statistics.median(runs[1:]))
