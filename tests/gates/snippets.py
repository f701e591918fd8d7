#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Each C program in a page of the documentation compiles without a warning and runs; what the page
shows right after it as its output (a block marked "text") is what it prints.

Usage: snippets.py C-COMPILER INCLUDE-FOLDER SHARED-LIBRARY PAGE...
"""
import pathlib
import re
import subprocess
import sys
import tempfile

BLOCK = re.compile(r"^```(\w*)\n(.*?)^```$", flags=re.S | re.M)


def run(number, page, code, shown, compiler, include, library, folder):
    source = folder / f"{number}.c"
    program = folder / str(number)
    source.write_text(code, "utf-8")
    # A library made with sanitizers needs their runtime in the program.
    sanitized = b"__asan_init" in pathlib.Path(library).read_bytes()
    flags = ["-fsanitize=address,undefined"] if sanitized else []
    done = subprocess.run([*compiler.split(), *flags, "-std=c99", "-Wall", "-Wextra", "-pedantic",
                           "-Werror", "-I", include, str(source), "-o", str(program), library,
                           f"-Wl,-rpath,{pathlib.Path(library).parent}"],
                          text=True, capture_output=True)
    if done.returncode != 0:
        return [f"{page}: program {number} does not compile:\n{done.stderr}"]
    done = subprocess.run([str(program)], cwd=folder, text=True, capture_output=True, timeout=60)
    if done.returncode != 0:
        return [f"{page}: program {number} ended with {done.returncode}:\n{done.stdout}"
                f"{done.stderr}"]
    if shown is not None and done.stdout != shown:
        return [f"{page}: program {number} does not print what is shown, but:\n{done.stdout}"]
    return []


def main():
    compiler, include, library = sys.argv[1:4]
    faults = []
    count = 0
    for name in sys.argv[4:]:
        page = pathlib.Path(name)
        blocks = BLOCK.findall(page.read_text("utf-8"))
        with tempfile.TemporaryDirectory() as folder:
            for i, (language, code) in enumerate(blocks):
                if language != "c" or "int main(" not in code:
                    continue
                count += 1
                follows = blocks[i + 1] if i + 1 < len(blocks) else ("", "")
                shown = follows[1] if follows[0] == "text" else None
                faults += run(count, page.name, code, shown, compiler, include, library,
                              pathlib.Path(folder))
    print("\n".join(faults) or f"{count} programs")
    return 1 if faults or count == 0 else 0


sys.exit(main())
