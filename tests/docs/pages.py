#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""
Runs what the pages of the documentation show, as a reader would, in an empty folder per page.

In a page:
    <!-- file: NAME -->     the next code block is the content of the file NAME
    ```sh                   is run by sh; it must succeed, its output does not matter
    ```console              lines that begin with "$ " are run one by one (a line that ends in a
                            backslash goes on), what is between them is the output; a command that
                            is followed by "(exit status N)" must end with N
    <!-- not run -->        the next code block is only read
    <!-- needs PROGRAM -->  the next code block is run where there is such a program
Ids, hashes and instants of today are compared by their form alone, and columns whatever their
width; "..." stands for any text.

Files of examples/ are there, as in the source tree.
"cc", "pkg-config", "autocrm", "meson" and the bindings are found as after an installation.

Usage: pages.py SOURCE-ROOT BUILD-FOLDER C-COMPILER PAGE...
"""
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile

FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.S | re.M)
MARK = re.compile(r"<!-- (file: (?P<file>[\w./-]+)|not run|needs (?P<needs>\w+)) -->\s*\Z")
SAME = [
    (re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}"), "ID"),
    (re.compile(r"\b[0-9a-f]{64}\b"), "HASH"),
    (re.compile(r"\b20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z"), "INSTANT"),
]
SPACES = re.compile(r"(?<=\S) {2,}")


def form(text):
    for pattern, name in SAME:
        text = pattern.sub(name, text)
    return "\n".join(SPACES.sub("  ", line.rstrip()) for line in text.strip().splitlines())


def agrees(shown, got):
    pattern = ".*".join(re.escape(part) for part in re.split(r" *\.\.\. *", form(shown)))
    return re.fullmatch(pattern, form(got), re.S) is not None


def commands(block):
    """The commands of a console block, each with the output and exit status shown."""
    found = []
    goes_on = False
    for line in block.splitlines():
        if line.startswith("$ ") and not goes_on:
            found.append([line[2:], [], 0])
            goes_on = line.endswith("\\")
        elif goes_on:
            found[-1][0] += "\n" + line
            goes_on = line.endswith("\\")
        elif re.fullmatch(r"\(exit status \d+\)", line):
            found[-1][2] = int(line.split()[-1][:-1])
        else:
            found[-1][1].append(line)
    return [(command, "\n".join(shown), status) for command, shown, status in found]


def run(command, folder, env):
    done = subprocess.run(["sh", "-ec", command], cwd=folder, env=env, text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=120,
                          stdin=subprocess.DEVNULL, check=False)
    return done.returncode, done.stdout


def check(page, env):
    """Run one page. Returns the number of blocks run and the faults."""
    faults = []
    ran = 0
    with open(page, encoding="utf-8") as source:
        text = source.read()
    with tempfile.TemporaryDirectory() as folder:
        os.symlink(env["AUTOCRM_EXAMPLES"], os.path.join(folder, "examples"))
        for block in FENCE.finditer(text):
            line = text.count("\n", 0, block.start()) + 1
            mark = MARK.search(text, 0, block.start())
            kind, body = block.groups()
            if mark and mark.group("file"):
                path = os.path.join(folder, mark.group("file"))
                os.makedirs(os.path.dirname(path), exist_ok=True)
                with open(path, "w", encoding="utf-8") as out:
                    out.write(body)
                continue
            wanted = mark and mark.group("needs")
            if mark and not (wanted and shutil.which(wanted)) or kind not in ("sh", "console"):
                continue
            steps = [(body, "...", 0)] if kind == "sh" else commands(body)
            for command, shown, want in steps:
                ran += 1
                status, got = run(command, folder, env)
                if status != want:
                    faults.append(f"{page}:{line}: exit status {status}, shown {want}\n"
                                  f"$ {command}\n{got}")
                elif not agrees(shown, got):
                    faults.append(f"{page}:{line}: other output\n$ {command}\n"
                                  f"--- shown\n{shown}\n--- got\n{got}")
    return ran, faults


def sanitizers(build):
    path = os.path.join(build, "meson-info", "intro-buildoptions.json")
    with open(path, encoding="utf-8") as options:
        value = {o["name"]: o["value"] for o in json.load(options)}.get("b_sanitize", "none")
    return "" if value == "none" else f"-fsanitize={value}"


def install(build, tools):
    """Install into a folder of its own; returns where the library is."""
    subprocess.run(["meson", "install", "-C", build, "--no-rebuild", "--quiet", "--destdir", tools],
                   check=True, stdout=subprocess.DEVNULL)
    for folder, _, names in os.walk(tools):
        if "autocrm.pc" not in names:
            continue
        for name in (n for n in names if n.endswith(".pc")):
            path = os.path.join(folder, name)
            with open(path, encoding="utf-8") as source:
                text = source.read()
            with open(path, "w", encoding="utf-8") as out:
                out.write(re.sub(r"^prefix=", f"prefix={tools}", text, flags=re.M))
        return os.path.dirname(folder)
    raise SystemExit("no autocrm.pc was installed")


def environment(root, build, compiler, tools):
    """As after an installation: the library found by pkg-config, the tools on PATH."""
    cc = os.path.join(tools, "cc")
    command, *options = compiler.split()
    # By its full path: "cc" would find the wrapper itself.
    compiler = " ".join([shutil.which(command) or command, *options])
    with open(cc, "w", encoding="utf-8") as out:
        out.write(f'#!/bin/sh\nexec {compiler} -Wall -Wextra -Werror {sanitizers(build)} "$@"\n')
    os.chmod(cc, 0o755)
    lib = install(build, tools)
    env = dict(os.environ)
    env.pop("AUTOCRM_DB", None)
    env.update({
        "PATH": os.pathsep.join([tools, os.path.join(build, "examples", "cli"),
                                 os.path.join(build, "examples", "server"), env["PATH"]]),
        "CC": "cc",
        "PKG_CONFIG_PATH": os.path.join(lib, "pkgconfig"),
        "LD_LIBRARY_PATH": lib,
        "PYTHONPATH": os.path.join(root, "bindings", "python"),
        "PYTHONDONTWRITEBYTECODE": "1",
        "LUA_PATH": os.path.join(root, "bindings", "lua", "?.lua"),
        "AUTOCRM_EXAMPLES": os.path.join(root, "examples"),
        "AUTOCRM_PHP": os.path.join(root, "bindings", "php"),
        "AUTOCRM_JAVA": os.path.join(root, "bindings", "java"),
        "LC_ALL": "C.UTF-8",
    })
    return env


def main():
    root, build, compiler, *pages = sys.argv[1:]
    faults = []
    with tempfile.TemporaryDirectory() as tools:
        env = environment(root, build, compiler, tools)
        for page in pages:
            ran, wrong = check(os.path.join(root, "docs", page), env)
            print(f"{page}: {ran} commands")
            if ran == 0:
                wrong.append(f"{page}: nothing was run")
            faults += wrong
    print("\n\n".join(faults))
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
