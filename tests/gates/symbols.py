#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The names that the shared library exports, that the public headers declare and that
docs/symbols.txt records are the same.

Usage: symbols.py SOURCE-ROOT SHARED-LIBRARY [--write]
With --write, names that the record lacks are added with the version their header states.
"""
import pathlib
import re
import subprocess
import sys


def declared(root):
    """{name: version of its @since}"""
    names = {}
    for header in sorted((root / "include").glob("autocrm/**/*.h")):
        text = header.read_text("utf-8")
        since = None
        for token in re.finditer(r"/\*\*.*?\*/|^ACRM_API\b[^;]*?\b(acrm_\w+)\(", text,
                                 flags=re.S | re.M):
            if token[1] is None:
                stated = re.search(r"@since\s+(\d+\.\d+)", token[0])
                since = stated[1] if stated else since
            else:
                names[token[1]] = since
    return names


def exported(library):
    out = subprocess.run(["nm", "-D", "--defined-only", library], text=True, check=True,
                         capture_output=True).stdout
    return {line.split()[2].split("@")[0] for line in out.splitlines()
            if line.split()[1] in "TDBRVW"}


def recorded(path):
    names = {}
    for line in path.read_text("utf-8").splitlines():
        if line and not line.startswith("#"):
            name, since = line.split()[:2]
            names[name] = since
    return names


def main():
    root = pathlib.Path(sys.argv[1])
    record = root / "docs" / "symbols.txt"
    in_headers, in_library = declared(root), exported(sys.argv[2])
    if "--write" in sys.argv:
        head = [line for line in record.read_text("utf-8").splitlines() if line.startswith("#")]
        known = {**in_headers, **recorded(record)}
        record.write_text("\n".join(head + [f"{n} {known[n]}" for n in sorted(known)]) + "\n",
                          "utf-8")
    in_record = recorded(record)
    faults = [f"declared but not exported: {n}" for n in sorted(in_headers.keys() - in_library)]
    faults += [f"exported but not declared: {n}" for n in sorted(in_library - in_headers.keys())]
    faults += [f"not in docs/symbols.txt: {n}" for n in
               sorted(in_headers.keys() - in_record.keys())]
    faults += [f"gone, and so breaks callers: {n}" for n in
               sorted(in_record.keys() - in_headers.keys())]
    faults += [f"{n}: its header says since {in_headers[n]}, docs/symbols.txt {in_record[n]}"
               for n in sorted(in_headers.keys() & in_record.keys())
               if in_headers[n] != in_record[n]]
    print("\n".join(faults) or f"{len(in_library)} names")
    return 1 if faults or not in_library else 0


sys.exit(main())
