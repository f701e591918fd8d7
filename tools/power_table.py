#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Writes lib/base/power_table.c: the 64 highest bits of powers of ten, rounded to nearest.

Run it in the root of the sources; the result is committed.
"""
from fractions import Fraction

LEAST, MOST = -342, 308


def entry(power):
    value = Fraction(10) ** power
    exponent = power * 217706 // 65536 - 63  # as in number.c
    scaled = value / Fraction(2) ** exponent
    bits = int(scaled + Fraction(1, 2))
    assert 2**63 <= bits < 2**64, power
    return bits


rows = [entry(power) for power in range(LEAST, MOST + 1)]
with open("lib/base/power_table.c", "w", encoding="utf-8") as out:
    out.write("""/* SPDX-License-Identifier: MIT */
/* Powers of ten from -342 to 308, 64 bits each: made by tools/power_table.py. */
#include "base/power_table.h"

/* clang-format off */
const uint64_t acrm__power_table[ACRM__POWER_MAX - ACRM__POWER_MIN + 1] = {
""")
    for at in range(0, len(rows), 4):
        out.write("    " + " ".join(f"0x{bits:016X}," for bits in rows[at:at + 4]) + "\n")
    out.write("};\n/* clang-format on */\n")
