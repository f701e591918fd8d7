#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Writes the seed corpus of the fuzz target "call" from the registry: a file for each noun, with a
call of each of its operations whose arguments satisfy the schema as far as that can be known.

Usage: autocrm describe registry | call_corpus.py FOLDER
"""
import collections
import json
import pathlib
import sys

BY_TYPE = {
    "id": "$id", "ref": "$id", "text": "text", "instant": "2026-11-22T10:00:00Z",
    "date": "2026-11-22", "time": "08:30:00", "duration": "PT4H", "decimal": "0.25",
    "money": "12.50", "filter": {"id": "$id"}, "map": {}, "json": ["*"], "record": {},
    "real": 0.5, "bytes": "AA==",
}


def sample(schema):
    kind = schema.get("x-type")
    types = schema.get("type", [])
    types = [types] if isinstance(types, str) else types
    if "array" in types:
        return [sample({**schema.get("items", {}), "x-type": kind})]
    if "enum" in schema:
        return schema["enum"][0]
    if kind == "bool":
        return True
    if kind == "int":
        return schema.get("minimum", 1)
    value = BY_TYPE.get(kind, "text")
    if isinstance(value, str) and "maxLength" in schema:
        return value[:schema["maxLength"]]
    return value


def main():
    folder = pathlib.Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    calls = collections.defaultdict(list)
    for operation in json.load(sys.stdin)["operations"]:
        noun = operation["name"].split(".")[0]
        parameters = operation["parameters"]["properties"]
        args = {name: sample(schema) for name, schema in parameters.items()
                if name not in ("idempotency_key", "dry_run", "reason", "version", "after")}
        calls[noun].append(operation["name"] + " " + json.dumps(args, separators=(",", ":")))
    for noun, lines in calls.items():
        (folder / noun).write_text("\n".join(lines) + "\n", "utf-8")


main()
