#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""What the source must keep to, beyond what a compiler checks: banned functions, lengths,
complexity, licence lines, and which part of the library may know which.

Usage: style.py SOURCE-ROOT
"""
import pathlib
import re
import shutil
import subprocess
import sys

COLUMNS = 100
LINES = 70
COMPLEXITY = 20
BANNED = ("sprintf vsprintf strcpy strcat strtok atoi atol atof strtod scanf sscanf fscanf gmtime "
          "localtime setlocale getenv rand srand malloc calloc realloc free printf fprintf puts "
          "exit abort alloca longjmp setjmp time").split()
# The one place that may call them: the default allocator and the default clock.
ALLOWED = {("lib/base/alloc.c", "realloc"), ("lib/base/alloc.c", "free")}

# Which folders of lib/ a folder may include from, besides itself and the public headers.
ENGINES = {"calendar", "filter", "finance", "identity", "match", "phone", "vcard", "vin"}
MAY_INCLUDE = {
    "base": ["base"],
    "engines": ["base", "engines"],
    "kernel": ["base", "engines", "storage", "kernel"],
    "storage": ["base", "storage", "engines/filter"],
    "modules": ["base", "engines", "kernel", "modules/modules.h"],
    "face": ["base", "engines", "kernel", "modules/modules.h", "face"],
}


def strip(text):
    """Comments and literals blanked, lines kept."""
    def blank(match):
        return re.sub(r"[^\n]", " ", match.group())
    return re.sub(r"/\*.*?\*/|//[^\n]*|\"(?:\\.|[^\"\\\n])*\"|'(?:\\.|[^'\\\n])*'", blank, text,
                  flags=re.S)


def sources(root):
    for top in ("lib", "include", "tests", "examples", "tools"):
        for path in sorted((root / top).rglob("*")):
            if path.suffix in (".c", ".h", ".def", ".py", ".sh"):
                yield path, str(path.relative_to(root))


def check_text(name, text):
    for number, line in enumerate(text.splitlines(), 1):
        if len(line) > COLUMNS:
            yield f"{name}:{number}: {len(line)} columns"
        if "\t" in line:
            yield f"{name}:{number}: a tab"
        if line != line.rstrip():
            yield f"{name}:{number}: white space at the end"
    if "SPDX-License-Identifier: MIT" not in "\n".join(text.splitlines()[:3]):
        yield f"{name}: no SPDX line"
    if not text.endswith("\n"):
        yield f"{name}: no newline at the end"


def check_banned(name, code):
    for found in re.finditer(r"(?<![\w.>])(" + "|".join(BANNED) + r")\s*\(", code):
        if (name, found[1]) not in ALLOWED:
            yield f"{name}:{code.count(chr(10), 0, found.start()) + 1}: calls {found[1]}()"


def check_includes(name, text):
    parts = name.split("/")
    allowed = MAY_INCLUDE.get(parts[1])
    own = "/".join(parts[1:3]) + "/"
    for found in re.finditer(r'^\s*#\s*include\s+"([^"]+)"', text, flags=re.M):
        target = found[1]
        if target.startswith("autocrm/") or allowed is None:
            continue
        if parts[1] == "modules" and target.startswith(own):
            continue
        if "/" not in target or not any(target == a or target.startswith(a + "/") for a in allowed):
            yield f"{name}: may not include \"{target}\""


def check_ranges(name, code):
    """A least value alone would bind nothing: the most is 0 then."""
    declared = r"FIELD\((?:[^()]|\([^()]*\))*\)|\{\s*\.name =[^}]*\}"
    for found in re.finditer(declared, code):
        if ".min =" in found[0] and ".max =" not in found[0]:
            line = code.count("\n", 0, found.start()) + 1
            yield f"{name}:{line}: a .min without a .max (INT64_MAX: no limit)"


def check_functions(root, names):
    if not shutil.which("pmccabe"):
        print("pmccabe is not installed: lengths and complexity are not checked")
        return
    out = subprocess.run(["pmccabe", *names], cwd=root, text=True, capture_output=True,
                         check=True).stdout
    for line in out.splitlines():
        fields = line.split("\t")
        complexity, lines = int(fields[0]), int(fields[4])
        function = fields[5]
        if complexity > COMPLEXITY:
            yield f"{function}: complexity {complexity}"
        if lines > LINES:
            yield f"{function}: {lines} lines"


def main():
    root = pathlib.Path(sys.argv[1]).resolve()
    faults = []
    c_files = []
    count = 0
    for path, name in sources(root):
        text = path.read_text("utf-8")
        count += 1
        faults += check_text(name, text)
        if name.startswith("lib/"):
            code = strip(text)
            faults += check_banned(name, code)
            faults += check_ranges(name, code)
            faults += check_includes(name, text)
        if path.suffix == ".c" and not name.startswith("tests/"):
            c_files.append(name)
    faults += check_functions(root, c_files)
    print("\n".join(faults) or f"{count} files")
    return 1 if faults else 0


sys.exit(main())
