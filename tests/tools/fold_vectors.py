#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Writes tests/data/fold.json: pairs of texts that Unicode calls equivalent, so that both must fold
alike, and texts that must not. Run it in the root of the sources; the result is committed.

The equivalences come from Python's unicodedata and str methods: composed and decomposed forms,
upper and lower case, full width, digits of other scripts. None of the tables of lib/base/ is used.
"""
import json
import random
import unicodedata as ud

random.seed(20)
WORDS = [
    "Müller", "Ångström", "Crème Brûlée", "São Paulo", "Łódź", "Đorđević", "Þórður", "Smørrebrød",
    "Straße", "Œuvre", "Nguyễn Thị Ánh", "Čapek Šárka", "Gheorghe Țuțea", "İstanbul", "Iğdır",
    "Αθανάσιος", "Ἀριστοτέλης", "Ευαγγελία Ϊ", "Фёдор Ёлкин", "Андрій Їжак", "Майя Байкал", "Ђорђе",
    "Հայաստան", "ქართული", "שָׁלוֹם", "מכונית", "مُحَمَّد", "علی رضایی", "كريم", "یگانه", "فاطمة",
    "हिन्दी क़ानून", "ਪੰਜਾਬੀ", "தமிழ் கொ", "বাংলা", "ไทยน้ำ", "ລາວ", "ខ្មែរ", "မြန်မာ", "日本語ガギグ",
    "ひらがなぱぴぷ", "汽车公司", "汽車", "한국어 현대자동차", "Tiếng Việt", "Ελληνικά Ώρα", "Ǆ ǅ ǆ",
    "ﬁne oﬃce", "Nº 5", "½ kg", "Ⅷ", "℡ ①②③", "ℌello", "𝔘𝔫𝔦𝔠𝔬𝔡𝔢", "ᏣᎳᎩ", "ⴰⵎⴰⵣⵉⵖ",
]


def wide(text):
    return "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in text)


def no_case_trap(text):  # upper() of these has no case-folding way back
    return not any(c in "ıİŉ" for c in text)


def main():
    cases = []

    def add(kind, a, b, equal=True):
        if (a != b) or not equal:
            cases.append({"id": f"{kind}-{len(cases) + 1}", "a": a, "b": b, "equal": equal})

    for word in WORDS:
        for form in ("NFC", "NFD", "NFKC", "NFKD"):
            add(form.lower(), word, ud.normalize(form, word))
        if no_case_trap(word):
            add("upper", word, word.upper())
            add("lower", word, word.lower())
            add("casefold", word, word.casefold())
        add("space", word, "  ..." + word.replace(" ", " -- ") + "!?\t")
    for zero in (0x660, 0x6F0, 0x966, 0xE50, 0xFF10, 0x1D7CE):
        text = "".join(random.choice("0123456789") for _ in range(11))
        add("digits", text, "".join(chr(zero + int(c)) for c in text))
    for text in ("BMW X3 xDrive", "Mercedes-Benz C 180", "tel 0912"):
        add("wide", text, wide(text))
    add("halfwidth", "ガソリン", "ｶﾞｿﾘﾝ")
    # Random letters of the scripts where composed and decomposed forms differ.
    blocks = [(0xC0, 0x17F), (0x1E00, 0x1EFF), (0x370, 0x3FF), (0x1F00, 0x1FFF), (0x400, 0x45F),
              (0x621, 0x64A), (0x3041, 0x30FA), (0xAC00, 0xD7A3), (0x958, 0x95F)]
    for _ in range(150):
        first, last = random.choice(blocks)
        text = ""
        while len(text) < 8:
            c = chr(random.randint(first, last))
            if ud.category(c)[0] == "L":
                text += c
        add("random-nfd", ud.normalize("NFC", text), ud.normalize("NFD", text))
    for a, b in (("Maier", "Meier"), ("кот", "код"), ("май", "маи"), ("か", "が"), ("कि", "कु"),
                 ("가", "나"), ("سارا", "دارا"), ("ab", "a b"), ("ก่", "ก้"), ("1", "2"), ("а", "a")):
        add("different", a, b, equal=False)
    with open("tests/data/fold.json", "w", encoding="utf-8") as out:
        out.write('{"about": "Texts that fold alike, made by tests/tools/fold_vectors.py",\n')
        out.write(' "cases": [\n')
        out.write(",\n".join("  " + json.dumps(c, ensure_ascii=True) for c in cases))
        out.write("\n ]\n}\n")


main()
