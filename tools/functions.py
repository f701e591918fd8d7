#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""
Writes docs/reference-c.md: every function of the public headers with its prototype and what it
does in one sentence.

Usage: functions.py SOURCE-ROOT [PAGE]
With PAGE, nothing is written, and the exit status tells whether the page is current.
"""
import pathlib
import re
import sys

TOKEN = re.compile(r"/\*\*(?P<doc>.*?)\*/|^ACRM_API\b(?P<proto>[^;]*);", re.S | re.M)
HEAD = """# The C functions

Made from the headers under `include/autocrm/` by `tools/functions.py`. Each header says the rest:
parameters, units, ownership, every error and its cause. `#include <autocrm/autocrm.h>` brings those
of most callers; ports and the finance parts have headers of their own.
"""


def plain(doc):
    """The text of a doc comment, without stars and tags."""
    text = re.sub(r"^\s*\*? ?", "", doc.strip(), flags=re.M)
    return " ".join(re.split(r"(?m)@(?!p\b)", text)[0].replace("@p ", "").split())


def sentence(text):
    found = re.match(r".*?(?<!e\.g)(?<!i\.e)[.:](?=\s|$)", text)
    text = found[0] if found else text
    return text.rstrip(".: ").replace("|", "\\|")


def section(path, root):
    text = path.read_text("utf-8")
    name = path.relative_to(root / "include")
    rows = []
    about = ""
    purpose = None
    for token in TOKEN.finditer(text):
        if token["doc"] is not None:
            about = plain(token["doc"])
            purpose = about if purpose is None else purpose
        else:
            proto = " ".join(token["proto"].split())
            rows.append(f"| `{proto}` | {sentence(about) or 'See the header'} |\n")
    if not rows:
        return ""
    return (f"\n## {name}\n\n{sentence(purpose)}.\n\n| function | what it does |\n| --- | --- |\n"
            + "".join(rows))


def main():
    root = pathlib.Path(sys.argv[1])
    headers = sorted((root / "include" / "autocrm").glob("**/*.h"),
                     key=lambda p: (p.parent.name == "port", p.name))
    page = HEAD + "".join(section(path, root) for path in headers)
    if len(sys.argv) > 2:
        if pathlib.Path(sys.argv[2]).read_text("utf-8") == page:
            return 0
        print(f"{sys.argv[2]} is out of date: run tools/functions.py .")
        return 1
    (root / "docs" / "reference-c.md").write_text(page, "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
