#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Writes lib/base/fold_table.c and lib/base/width_table.c from Python's Unicode database.

Run it in the root of the sources; the result is committed. What a fold means is said in
lib/base/text.h; the choices beyond Unicode's own data are the tables below.
"""
import unicodedata as ud

LAST = 0x323FF  # behind the CJK extensions; what follows is handled by ranges in fold.c
PAGE = 64

# Latin letters that Unicode does not decompose.
LATIN = {
    "ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ħ": "h",
    "ı": "i", "ŧ": "t", "ŀ": "l", "Ŀ": "l", "ĸ": "k", "ƀ": "b", "ɨ": "i", "ƚ": "l", "ɵ": "o",
    "ƶ": "z", "ǥ": "g", "ⱥ": "a", "ȼ": "c", "ɇ": "e", "ɉ": "j", "ɍ": "r", "ɏ": "y",
    "ƈ": "c", "ɗ": "d",
    "ƒ": "f", "ɠ": "g", "ƙ": "k", "ɲ": "n", "ƥ": "p", "ƭ": "t", "ƴ": "y", "ʉ": "u", "ɓ": "b",
}
# One letter for the variants that Arabic, Persian, Urdu and Kurdish keyboards give for it.
ARABIC = {
    "ي": "ی", "ى": "ی", "ئ": "ی", "ك": "ک", "ڪ": "ک", "ة": "ه", "ۀ": "ه", "ە": "ه", "ہ": "ه",
    "ۂ": "ه", "ھ": "ه", "ۃ": "ه", "أ": "ا", "إ": "ا", "آ": "ا", "ٱ": "ا", "ؤ": "و",
}
# Not decomposed: a letter of its own to every reader of Cyrillic.
WHOLE = {"й": "й", "Й": "й"}
# Marks that only modify a letter. All other marks (Indic and Thai vowels, Japanese voicing) are
# part of the spelling and stay.
MARKS = [
    (0x300, 0x344), (0x346, 0x36F), (0x483, 0x489), (0x591, 0x5C7), (0x610, 0x61A), (0x64B, 0x65F),
    (0x670, 0x670), (0x6D6, 0x6ED), (0x711, 0x711), (0x730, 0x74A), (0x8CA, 0x8FF),
    (0x1AB0, 0x1AFF), (0x1DC0, 0x1DFF), (0x20D0, 0x20F0), (0xFB1E, 0xFB1E), (0xFE00, 0xFE0F),
    (0xFE20, 0xFE2F),
]
TATWEEL = 0x640


def is_mark(cp):
    return ud.category(chr(cp))[0] == "M" and any(a <= cp <= b for a, b in MARKS)


def is_modifier(cp):  # spacing apostrophes, primes and tone letters: punctuation in names
    return 0x2B9 <= cp <= 0x2FF and not ud.decomposition(chr(cp))


def step(ch):
    """One round for one character."""
    cp = ord(ch)
    category = ud.category(ch)
    if ch in WHOLE:
        return WHOLE[ch]
    if ch in ARABIC:
        return ARABIC[ch]
    if ch in LATIN:
        return LATIN[ch]
    if category == "Nd":
        return str(ud.decimal(ch))
    if is_mark(cp) or category == "Cf" or cp == TATWEEL:
        return ""
    parts = ud.normalize("NFKD", ch)
    if parts != ch:
        return parts
    if ch.casefold() != ch:
        return ch.casefold()
    if category[0] in "LNM" and not is_modifier(cp):
        return ch
    return " "


def fold(ch):
    text = ch
    while True:
        again = "".join(step(c) for c in text)
        if again == text:
            return text
        text = again


def rows(numbers, form, width=98):
    lines, line = [], "   "
    for number in numbers:
        item = " " + form % number + ","
        if len(line) + len(item) > width:
            lines.append(line)
            line = "   "
        line += item
    return "\n".join(lines + [line])


def write_fold():
    pool, offsets = bytearray(), {}

    def code(cp):
        if 0xD800 <= cp <= 0xDFFF:
            return 2
        if 0xAC00 <= cp <= 0xD7A3:  # Hangul syllables: fold.c takes them apart by arithmetic
            return 0
        text = fold(chr(cp))
        if text == "":
            return 1
        if text.strip(" ") == "":
            return 2
        if text == chr(cp):
            return 0
        data = text.encode()
        if data not in offsets:
            offsets[data] = len(pool) + 3
            pool.append(len(data))
            pool.extend(data)
        return offsets[data]

    pages, index = [], []
    for begin in range(0, LAST + 1, PAGE):
        page = tuple(code(cp) for cp in range(begin, begin + PAGE))
        if page not in pages:
            pages.append(page)
        index.append(pages.index(page))
    assert max(len(text) for text in offsets) < 128  # a chunk of fold.c holds any
    assert len(pool) + 3 < 65536 and len(pages) < 65536
    with open("lib/base/fold_table.c", "w") as out:
        out.write(f"""/* SPDX-License-Identifier: MIT */
/* How each code point folds: made by tools/unicode_tables.py from Unicode {ud.unidata_version}. */
#include "base/fold_table.h"

/* clang-format off */
const uint16_t acrm__fold_index[] = {{
{rows(index, "%d")}
}};

const uint16_t acrm__fold_pages[][ACRM__FOLD_PAGE] = {{
""")
        for page in pages:
            out.write("    {\n" + rows(page, "%d") + "\n    },\n")
        out.write(f"""}};

const unsigned char acrm__fold_pool[] = {{
{rows(pool, "%d")}
}};
/* clang-format on */
""")
    print(f"fold: {len(pages)} pages, {len(pool)} bytes of text, {len(index)} index entries")


def ranges(test):
    out, begin = [], None
    for cp in range(0x110000 + 1):
        inside = cp < 0x110000 and not 0xD800 <= cp <= 0xDFFF and test(cp)
        if inside and begin is None:
            begin = cp
        if not inside and begin is not None:
            out.append((begin, cp - 1))
            begin = None
    return out


def is_zero(cp):
    if cp == 0xAD:  # terminals show the soft hyphen
        return False
    return ud.category(chr(cp)) in ("Mn", "Me", "Cf", "Cc", "Zl", "Zp") or 0x1160 <= cp <= 0x11FF


def is_wide(cp):
    return ud.east_asian_width(chr(cp)) in "WF" and not is_zero(cp)


def write_width():
    with open("lib/base/width_table.c", "w") as out:
        out.write(f"""/* SPDX-License-Identifier: MIT */
/* Columns on a terminal: made by tools/unicode_tables.py from Unicode {ud.unidata_version}. */
#include "base/width_table.h"

/* clang-format off */
""")
        for name, test in (("zero", is_zero), ("wide", is_wide)):
            found = ranges(test)
            out.write(f"""const acrm__width_range acrm__width_{name}[] = {{
{rows([x for x in found], "{ 0x%X, 0x%X }")}
}};
const size_t acrm__width_{name}_count = sizeof acrm__width_{name} / sizeof acrm__width_{name}[0];

""")
        out.write("/* clang-format on */\n")


write_fold()
write_width()
