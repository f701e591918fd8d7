/* SPDX-License-Identifier: MIT */
/* IBAN: structure by country, MOD 97-10, national check digits where they are sure. */
#include "engines/identity/identity.h"

#include <string.h>

enum { IDENTITY_IBAN_HEAD = 4 }; /* country and check digits */

/*
 * What follows the check digits: runs of n digits, a letters, c letters or digits. ISO 13616
 * registry, and Iran's by the rule of its central bank.
 */
static const struct {
    char country[3];
    const char *structure;
} identity_ibans[] = {
    { "AD", "n8c12" },    { "AE", "n19" },      { "AL", "n8c16" },   { "AT", "n16" },
    { "AZ", "a4c20" },    { "BA", "n16" },      { "BE", "n12" },     { "BG", "a4n6c8" },
    { "BH", "a4c14" },    { "BI", "n23" },      { "BR", "n23a1c1" }, { "BY", "c4n4c16" },
    { "CH", "n5c12" },    { "CR", "n18" },      { "CY", "n8c16" },   { "CZ", "n20" },
    { "DE", "n18" },      { "DJ", "n23" },      { "DK", "n14" },     { "DO", "c4n20" },
    { "EE", "n16" },      { "EG", "n25" },      { "ES", "n20" },     { "FI", "n14" },
    { "FK", "a2n12" },    { "FO", "n14" },      { "FR", "n10c11n2" }, { "GB", "a4n14" },
    { "GE", "a2n16" },    { "GI", "a4c15" },    { "GL", "n14" },     { "GR", "n7c16" },
    { "GT", "c24" },      { "HN", "a4n20" },    { "HR", "n17" },     { "HU", "n24" },
    { "IE", "a4n14" },    { "IL", "n19" },      { "IQ", "a4n15" },   { "IR", "n22" },
    { "IS", "n22" },      { "IT", "a1n10c12" }, { "JO", "a4n4c18" }, { "KW", "a4c22" },
    { "KZ", "n3c13" },    { "LB", "n4c20" },    { "LC", "a4c24" },   { "LI", "n5c12" },
    { "LT", "n16" },      { "LU", "n3c13" },    { "LV", "a4c13" },   { "LY", "n21" },
    { "MC", "n10c11n2" }, { "MD", "c20" },      { "ME", "n18" },     { "MK", "n3c10n2" },
    { "MN", "n16" },      { "MR", "n23" },      { "MT", "a4n5c18" }, { "MU", "a4n19a3" },
    { "NI", "a4n20" },    { "NL", "a4n10" },    { "NO", "n11" },     { "OM", "n3c16" },
    { "PK", "a4c16" },    { "PL", "n24" },      { "PS", "a4c21" },   { "PT", "n21" },
    { "QA", "a4c21" },    { "RO", "a4c16" },    { "RS", "n18" },     { "RU", "n14c15" },
    { "SA", "n2c18" },    { "SC", "a4n20a3" },  { "SD", "n14" },     { "SE", "n20" },
    { "SI", "n15" },      { "SK", "n20" },      { "SM", "a1n10c12" }, { "SO", "n19" },
    { "ST", "n21" },      { "SV", "a4n20" },    { "TL", "n19" },     { "TN", "n20" },
    { "TR", "n6c16" },    { "UA", "n6c19" },    { "VA", "n18" },     { "VG", "a4n16" },
    { "XK", "n16" },      { "YE", "a4n4c18" },
};

static const char *identity_iban_structure(const char *country)
{
    for (size_t i = 0; i < sizeof identity_ibans / sizeof identity_ibans[0]; i++)
        if (memcmp(identity_ibans[i].country, country, 2) == 0)
            return identity_ibans[i].structure;
    return NULL;
}

/* The next run of a structure: its letter and length. False at the end. */
static bool identity_iban_run(const char **structure, char *type, size_t *length)
{
    *type = **structure;
    if (*type == '\0')
        return false;
    *length = 0;
    for (++*structure; **structure >= '0' && **structure <= '9'; ++*structure)
        *length = *length * 10 + (size_t)(**structure - '0');
    return true;
}

static bool identity_iban_is(char type, char c)
{
    bool digit = c >= '0' && c <= '9';

    return type == 'c' || (type == 'n') == digit;
}

/* Is each character of the kind its run asks for? */
static bool identity_iban_matches(acrm_identity *id, const char *structure)
{
    size_t at = IDENTITY_IBAN_HEAD, length;
    char type;

    while (identity_iban_run(&structure, &type, &length)) {
        for (size_t end = at + length; at < end; at++) {
            if (!identity_iban_is(type, id->normalized[at])) {
                acrm__identity_fail(id, ACRM_ID_STRUCTURE, at);
                return false;
            }
        }
    }
    return true;
}

/* Reads on a number modulo 97; a letter counts as two digits, 10 to 35. */
static int identity_mod97(int rest, const char *text, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        int value = text[i] <= '9' ? text[i] - '0' : text[i] - 'A' + 10;

        rest = (rest * (value > 9 ? 100 : 10) + value) % 97;
    }
    return rest;
}

/* Belgium: the last two digits are the first ten modulo 97, 97 in place of 0. */
static void identity_iban_belgium(acrm_identity *id)
{
    const char *account = id->normalized + IDENTITY_IBAN_HEAD;
    int rest = identity_mod97(0, account, 10);

    if (acrm__identity_two(account + 10) != (rest ? rest : 97))
        acrm__identity_fail(id, ACRM_ID_CHECK, IDENTITY_IBAN_HEAD + 10);
}

/* Spain: one check digit for bank and branch, one for the account. */
static void identity_iban_spain(acrm_identity *id)
{
    static const signed char identity_weights[] = { 1, 2, 4, 8, 5, 10, 9, 7, 3, 6 };
    int sums[2] = { acrm__identity_weigh(id, IDENTITY_IBAN_HEAD, identity_weights + 2, 8),
                    acrm__identity_weigh(id, IDENTITY_IBAN_HEAD + 10, identity_weights, 10) };

    for (size_t i = 0; i < 2; i++) {
        int check = 11 - sums[i] % 11;

        check = check == 11 ? 0 : check == 10 ? 1 : check;
        if (id->normalized[IDENTITY_IBAN_HEAD + 8 + i] != '0' + check)
            acrm__identity_fail(id, ACRM_ID_CHECK, IDENTITY_IBAN_HEAD + 8 + i);
    }
}

/* Norway: the last digit makes the weighted sum a multiple of eleven. */
static void identity_iban_norway(acrm_identity *id)
{
    static const signed char identity_weights[] = { 5, 4, 3, 2, 7, 6, 5, 4, 3, 2, 1 };

    if (acrm__identity_weigh(id, IDENTITY_IBAN_HEAD, identity_weights, 11) % 11 != 0)
        acrm__identity_fail(id, ACRM_ID_CHECK, IDENTITY_IBAN_HEAD + 10);
}

/* Montenegro: the account is one more than a multiple of 97. */
static void identity_iban_montenegro(acrm_identity *id)
{
    if (identity_mod97(0, id->normalized + IDENTITY_IBAN_HEAD, 18) != 1)
        acrm__identity_fail(id, ACRM_ID_CHECK, IDENTITY_IBAN_HEAD + 16);
}

/* The country's own check digits inside the account, where we are sure of them. */
static const struct {
    char country[3];
    void (*check)(acrm_identity *id);
} identity_nationals[] = {
    { "BE", identity_iban_belgium },
    { "ES", identity_iban_spain },
    { "ME", identity_iban_montenegro },
    { "NO", identity_iban_norway },
};

void acrm__identity_iban(acrm_identity *id, size_t n)
{
    const char *structure, *runs;
    size_t expected_n = IDENTITY_IBAN_HEAD, length;
    int check;
    char type, expected[2];

    if (n >= 4 && memcmp(id->normalized, "IBAN", 4) == 0) { /* written in front by some */
        n -= 4;
        memmove(id->normalized, id->normalized + 4, n + 1);
    }
    if (n < 2) {
        acrm__identity_fail(id, ACRM_ID_LENGTH, n);
        return;
    }
    structure = runs = identity_iban_structure(id->normalized);
    if (!structure) {
        acrm__identity_fail(id, ACRM_ID_COUNTRY, 0);
        return;
    }
    memcpy(id->country, id->normalized, 2);
    while (identity_iban_run(&runs, &type, &length))
        expected_n += length;
    if (!acrm__identity_length(id, n, expected_n) ||
        !acrm__identity_digits(id, 2, IDENTITY_IBAN_HEAD) || !identity_iban_matches(id, structure))
        return;
    check = identity_mod97(0, id->normalized + IDENTITY_IBAN_HEAD, n - IDENTITY_IBAN_HEAD);
    check = 98 - identity_mod97(identity_mod97(check, id->normalized, 2), "00", 2);
    expected[0] = (char)('0' + check / 10);
    expected[1] = (char)('0' + check % 10);
    acrm__identity_expect(id, 2, expected, 2);
    for (size_t i = 0; i < sizeof identity_nationals / sizeof identity_nationals[0]; i++)
        if (memcmp(id->country, identity_nationals[i].country, 2) == 0)
            identity_nationals[i].check(id);
}
