# SPDX-License-Identifier: MIT
"""Prints the microseconds of a get: bench.py DATABASE (see bindings/bench.py)"""

import statistics
import sys
import time

import autocrm

with autocrm.open(sys.argv[1], flags=autocrm.SYNC_NORMAL) as crm:
    ids = [one.id for one in crm.customer.each(limit=1000, fields=["id"])]
    get = crm.customer.get
    runs = []
    for _ in range(7):
        begin = time.process_time()
        for n in range(5000):
            get(ids[n * 7919 % 10000])
        runs.append((time.process_time() - begin) / 5000 * 1e6)
    print(statistics.median(runs[1:]))
