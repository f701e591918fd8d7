#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""
Every link between the pages leads somewhere, and every page is reached from docs/index.md.

Usage: links.py SOURCE-ROOT
"""
import os
import re
import sys

LINK = re.compile(r"\]\((?!https?:)([^)#\s]*)(#[^)\s]*)?\)")
CODE = re.compile(r"^```.*?^```$|`[^`\n]*`", re.S | re.M)


def anchors(text):
    """The anchors of a page's headings, as code hosting sites make them."""
    return {re.sub(r"[^\w\- ]", "", head.lower()).replace(" ", "-")
            for head in re.findall(r"^#+ +(.*)$", text, re.M)}


def main():
    root = os.path.abspath(sys.argv[1])
    pages = [os.path.join(root, "CHANGELOG.md")]
    for folder, _, names in os.walk(os.path.join(root, "docs")):
        pages += [os.path.join(folder, name) for name in names if name.endswith(".md")]
    faults = []
    reached = {}
    for page in sorted(pages):
        with open(page, encoding="utf-8") as source:
            text = source.read()
        reached[page] = set()
        for target, anchor in LINK.findall(CODE.sub("", text)):
            path = os.path.normpath(os.path.join(os.path.dirname(page), target)) if target else page
            if not os.path.exists(path):
                faults.append(f"{page}: {target} does not exist")
                continue
            reached[page].add(path)
            if anchor and path.endswith(".md"):
                with open(path, encoding="utf-8") as source:
                    if anchor[1:] not in anchors(source.read()):
                        faults.append(f"{page}: {target}{anchor}: no such heading")
    seen = set()
    waiting = [os.path.join(root, "docs", "index.md")]
    while waiting:
        page = waiting.pop()
        if page not in seen:
            seen.add(page)
            waiting += reached.get(page, ())
    faults += [f"{page} is not reached from docs/index.md" for page in sorted(pages)
               if page not in seen]
    print("\n".join(faults) if faults else f"{len(pages)} pages, all links lead somewhere")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
