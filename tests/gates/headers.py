#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Each public header compiles alone as C99 and C++11 without a warning and keeps to what every
language can call: no variable arguments, no types beyond those of docs/abi.md.

Usage: headers.py INCLUDE-FOLDER C-COMPILER [C++-COMPILER]
"""
import pathlib
import re
import subprocess
import sys

FLAGS = ["-Wall", "-Wextra", "-pedantic", "-Werror", "-fsyntax-only"]
MAY_INCLUDE = re.compile(r"<(stddef|stdint)\.h>|\"autocrm/[a-z_/]+\.h\"")
WORDS = re.compile(r"\b(long|short|unsigned int|bool|_Bool|union|inline|time_t|off_t|float)\b")


def without_comments(text):
    return re.sub(r"/\*.*?\*/", lambda m: re.sub(r"[^\n]", " ", m.group()), text, flags=re.S)


def compile_alone(name, root, compiler, language, standard):
    done = subprocess.run([*compiler.split(), "-x", language, "-std=" + standard, *FLAGS,
                           "-I", str(root), "-"],
                          input=f'#include "{name}"\n#include "{name}"\n', text=True,
                          capture_output=True)
    return [] if done.returncode == 0 else [f"{name}: as {standard}:\n{done.stderr}"]


def read(name, text):
    faults = []
    for number, line in enumerate(without_comments(text).splitlines(), 1):
        found = re.match(r"\s*#\s*include\s+(.*\S)", line)
        if found and not MAY_INCLUDE.fullmatch(found[1]):
            faults.append(f"{name}:{number}: includes {found[1]}")
        if "..." in line:
            faults.append(f"{name}:{number}: variable arguments")
        found = None if line.lstrip().startswith("#") else WORDS.search(line)
        if found:
            faults.append(f"{name}:{number}: \"{found[1]}\" in a public header")
    return faults


def main():
    root = pathlib.Path(sys.argv[1])
    faults = []
    headers = sorted(root.glob("autocrm/**/*.h"))
    for header in headers:
        name = str(header.relative_to(root))
        faults += read(name, header.read_text("utf-8"))
        faults += compile_alone(name, root, sys.argv[2], "c", "c99")
        if len(sys.argv) > 3:
            faults += compile_alone(name, root, sys.argv[3], "c++", "c++11")
    print("\n".join(faults) or f"{len(headers)} headers")
    return 1 if faults or not headers else 0


sys.exit(main())
