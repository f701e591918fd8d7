#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""
A sales system that tells of its orders in the format of docs/sync.md, well or badly.

    outside_sales.py feed   [--orders N] [--seed N] [--faults LIST]   prints a feed
    outside_sales.py answer [--orders N] [--seed N] [--faults LIST]   answers a connector's request
                                                                      on standard input

Faults, joined by commas: late (rows come after others), repeated, reordered (all of them, in any
order), contradictory (a milestone told for two times), orphan (rows about orders of nobody), wrong
(rows that are no rows), cut (answers that break off; asked again, they come whole).
The same seed gives the same orders, whatever the faults.
"""
import argparse
import datetime
import json
import random
import sys
import zlib

START = datetime.datetime(2025, 3, 3, 8)
PAGE = 50
STEPS = [("milestone", {"code": "registration"}, 1), ("draw", {"result": "won"}, 20),
         ("allocation", {"result": "allocated"}, 15),
         ("forecast", {"code": "customs", "tentative": True}, 2),
         ("payment", {"complete": True}, 9), ("milestone", {"code": "production"}, 30),
         ("hold", {"code": "shipping", "note": "strike at the port"}, 3),
         ("resume", {"code": "shipping"}, 4), ("milestone", {"code": "shipping"}, 18),
         ("release", {}, 12), ("milestone", {"code": "plate"}, 5)]


def story(number, chance):
    """What happens to one order, in order: rows of the feed."""
    at = START + datetime.timedelta(days=chance.randrange(60), hours=chance.randrange(10))
    stamp = at.strftime("%Y-%m-%dT%H:%M:%SZ")
    yield {"type": "order", "order": number, "at": stamp, "seq": 1,
           "model": chance.choice(["Comet", "Meteor"])}
    for seq, (kind, more, days) in enumerate(STEPS[:chance.randrange(3, len(STEPS) + 1)], 2):
        at += datetime.timedelta(days=chance.randrange(1, days + 1), hours=chance.randrange(6))
        row = {"type": kind, "order": number, "at": at.strftime("%Y-%m-%dT%H:%M:%SZ"),
               "seq": seq, **more}
        if kind == "forecast":
            row["on"] = (at + datetime.timedelta(days=90)).strftime("%Y-%m-%d")
        yield row


def rows(orders, seed, faults):
    told = []
    for n in range(orders):
        told += story(f"M{n:05d}", random.Random(seed * 1000003 + n))
    told.sort(key=lambda row: row["at"])
    chance = random.Random(seed)
    if "contradictory" in faults:
        for row in [r for r in told if r["type"] == "milestone"][::7]:
            later = {**row, "at": row["at"][:11] + "23:59:59Z"}
            told.insert(told.index(row) + 1, later)
    if "orphan" in faults:
        told.insert(len(told) // 2, {**told[0], "type": "payment", "order": "NOBODY"})
    if "wrong" in faults:
        told.insert(1, {"type": "paymnet", "order": "M00000", "at": "2025-03-03T08:00:00Z"})
        told.insert(3, {"type": "payment", "order": "M00000", "at": "in March"})
    if "repeated" in faults:
        told += chance.sample(told, len(told) // 3)
    if "late" in faults:
        told = [row for _, row in sorted(enumerate(told), key=lambda item: item[0] + (
            chance.randrange(40) if chance.random() < 0.3 else 0))]
    if "reordered" in faults:
        chance.shuffle(told)
    return told


def answer(told, faults):
    """One page of rows after the request's cursor."""
    request = json.load(sys.stdin)
    start = int(request["body"].get("after") or 0)
    page = told[start:start + PAGE]
    text = json.dumps({"rows": page, "cursor": str(start + len(page)),
                       "more": start + len(page) < len(told)})
    if "cut" in faults and request["attempt"] == 1 and zlib.crc32(request["key"].encode()) % 2:
        sys.stdout.write(text[:len(text) // 2])
        sys.exit("the line broke off")
    print(text)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=["feed", "answer"])
    parser.add_argument("--orders", type=int, default=10)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--faults", default="")
    given = parser.parse_args()
    faults = set(filter(None, given.faults.split(",")))
    told = rows(given.orders, given.seed, faults)
    if given.what == "answer":
        answer(told, faults)
        return
    print(json.dumps({"format": "autocrm.sync/1", "source": "maker"}))
    for row in told:
        print(json.dumps(row))


if __name__ == "__main__":
    main()
