#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The binary interface of the shared library is still the one recorded in docs/abi.txt.

Usage: abi.py SOURCE-ROOT SHARED-LIBRARY COMPILER... [--write]
What libabigail's abidw reads from the library's debug information, of what the public headers
declare: functions with their types, structs with the place of each member; and the constants of the
headers with their values. What is new passes; what is recorded may not go or change, but that a
struct which begins with struct_size may grow at its end. --write records anew: at a release, or
when a new soname says that callers must be built again.
"""
import pathlib
import re
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as tree

HEAD = """# The binary interface of libautocrm.so.0, by tests/gates/abi.py --write. Lines may be
# added; those that are here stay as they are for as long as the soname does (docs/abi.md).
"""


def text_of(headers):
    return "\n".join(h.read_text("utf-8") for h in headers)


def type_name(types, number, depth=0):
    node = types.get(number)
    if node is None or depth > 12:
        return "void"
    def inner():
        return type_name(types, node.get("type-id"), depth + 1)
    if node.tag == "pointer-type-def":
        return inner() + " *"
    if node.tag == "qualified-type-def":
        return "const " + inner() if node.get("const") else inner()
    if node.tag == "array-type-def":
        sizes = "".join("[" + (s.get("length") or "") + "]" for s in node.findall("subrange"))
        return inner() + sizes
    if node.tag == "function-type":
        return function_type(types, node, depth + 1)
    return node.get("name") or node.tag


def function_type(types, node, depth=0):
    result = node.find("return")
    args = [type_name(types, p.get("type-id"), depth) for p in node.findall("parameter")]
    return "%s (%s)" % (type_name(types, result.get("type-id"), depth), ", ".join(args))


def read_library(library, headers):
    """{line's key: line's value} of functions and structs."""
    with tempfile.NamedTemporaryFile(suffix=".abi") as out:
        subprocess.run(["abidw", "--no-corpus-path", "--no-comp-dir-path", "--no-show-locs",
                        "--out-file", out.name, library], check=True)
        root = tree.parse(out.name).getroot()
    types = {n.get("id"): n for n in root.iter() if n.get("id")}
    exported = {s.get("name") for s in root.iter("elf-symbol")}
    words = text_of(headers)
    public = set(re.findall(r"\bstruct (acrm_\w+) \{", words))
    found = {}
    for node in root.iter("function-decl"):
        if node.get("name") in exported: # declared or defined, which abidw tells as it comes
            found["function " + node.get("name")] = function_type(types, node)
    for node in root.iter("class-decl"):
        name = node.get("name")
        if name not in public or node.get("is-declaration-only"):
            continue
        found["struct " + name] = node.get("size-in-bits") or "0"
        for member in node.findall("data-member"):
            var = member.find("var-decl")
            found["member %s.%s" % (name, var.get("name"))] = "%s %s" % (
                member.get("layout-offset-in-bits"), type_name(types, var.get("type-id")))
    return found


def read_constants(root, headers, compiler):
    names = sorted(set(re.findall(r"^\s+(ACRM_[A-Z0-9_]+)(?: =|,|$| /)", text_of(headers), re.M)))
    umbrella = [str(h.relative_to(root / "include")) for h in headers]
    with tempfile.TemporaryDirectory() as folder:
        source = pathlib.Path(folder) / "constants.c"
        source.write_text("".join('#include <%s>\n' % h for h in umbrella) +
                          "#include <stdio.h>\nint main(void) {\n" +
                          "".join('printf("%s %%lld\\n", (long long)%s);\n' % (n, n)
                                  for n in names) + "return 0;\n}\n", "utf-8")
        program = folder + "/constants"
        subprocess.run(compiler + ["-I", str(root / "include"), str(source), "-o", program],
                       check=True)
        out = subprocess.run([program], text=True, check=True, capture_output=True).stdout
    return {"constant " + line.split()[0]: line.split()[1] for line in out.splitlines()}


def recorded(path):
    lines = path.read_text("utf-8").splitlines()
    return dict(line.split(": ", 1) for line in lines if line and not line.startswith("#"))


def compare(then, now):
    faults = []
    for key, value in then.items():
        kind, name = key.split(" ", 1)
        if key not in now:
            faults.append("gone: " + key)
        elif value != now[key]:
            grows = now.get("member %s.struct_size" % name, "").startswith("0 ")
            if kind != "struct" or not grows or int(now[key]) < int(value):
                faults.append("%s was %s, is %s" % (key, value, now[key]))
    return faults


def notices(now):
    """What would break callers is told: the comparison is tried on such changes."""
    def changed(**changes):
        return {**now, **{k.replace("__", " ", 1): v for k, v in changes.items()}}
    one, two = "member acrm_options.clock", "member acrm_options.random"
    tried = [
        ("swapped members", {**now, one: now[two], two: now[one]}, 2),
        ("a function that went", {k: v for k, v in now.items() if k != "function acrm_open"}, 1),
        ("a parameter of another type", changed(function__acrm_close="void (int)"), 1),
        ("another value", changed(constant__ACRM_E_NOMEM="7"), 1),
        ("a struct that shrank", changed(struct__acrm_options="64"), 1),
        ("a struct that grew", changed(struct__acrm_options="99999"), 0),
    ]
    return ["not noticed: " + what for what, other, n in tried if len(compare(now, other)) != n]


def main():
    root = pathlib.Path(sys.argv[1]).resolve()
    headers = sorted((root / "include").glob("autocrm/**/*.h"))
    compiler = [a for a in sys.argv[3:] if a != "--write"]
    now = read_library(sys.argv[2], headers)
    now.update(read_constants(root, headers, compiler))
    record = root / "docs" / "abi.txt"
    if "--write" in sys.argv:
        record.write_text(HEAD + "".join("%s: %s\n" % line for line in sorted(now.items())),
                          "utf-8")
    faults = compare(recorded(record), now) + notices(now)
    print("\n".join(faults) or "%d functions, %d structs, %d constants" % tuple(
        sum(k.startswith(kind) for k in now) for kind in ("function ", "struct ", "constant ")))
    return 1 if faults else 0


sys.exit(main())
