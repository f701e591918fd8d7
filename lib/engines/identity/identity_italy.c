/* SPDX-License-Identifier: MIT */
/* Italy: codice fiscale and partita IVA. */
#include "engines/identity/identity.h"

#include "base/civil.h"

#include <string.h>

enum {
    IDENTITY_CF_LENGTH = 16,
    IDENTITY_IVA_LENGTH = 11,
    IDENTITY_CF_FEMALE_DAY = 40,   /* added to a woman's day of birth */
    IDENTITY_CF_FIRST_YEAR = 1920, /* the century is not in the code */
};

/* Letters that stand for 0 to 9 when two people would have the same code (omocodia). */
static const char identity_omocodia[] = "LMNPQRSTUV";

static const char identity_months[] = "ABCDEHLMPRST";

/* Values of 0-9 and A-Z at odd places, counted from one; digits are worth what A to J are. */
static const signed char identity_cf_odd[] = { 1,  0,  5,  7,  9,  13, 15, 17, 19, 21, 2,  4,  18,
                                               20, 11, 3,  6,  8,  12, 14, 16, 10, 22, 25, 24, 23 };

/* The digit that a character stands for, or -1. */
static int identity_cf_digit(char c)
{
    const char *letter;

    if (c >= '0' && c <= '9')
        return c - '0';
    letter = strchr(identity_omocodia, c);
    return letter ? (int)(letter - identity_omocodia) : -1;
}

/* Is each character of the kind its place asks for? */
static bool identity_cf_structure(acrm_identity *id)
{
    static const char identity_places[] = "AAAAAA00M00A000A";

    for (size_t i = 0; i < IDENTITY_CF_LENGTH; i++) {
        char c = id->normalized[i];
        bool right = identity_places[i] == '0'   ? identity_cf_digit(c) >= 0
                     : identity_places[i] == 'M' ? strchr(identity_months, c) != NULL
                                                 : c >= 'A' && c <= 'Z';

        if (!right) {
            acrm__identity_fail(id, ACRM_ID_STRUCTURE, i);
            return false;
        }
    }
    return true;
}

static void identity_cf_birth(acrm_identity *id)
{
    const char *code = id->normalized;
    int year = identity_cf_digit(code[6]) * 10 + identity_cf_digit(code[7]) + 1900;
    int day = identity_cf_digit(code[9]) * 10 + identity_cf_digit(code[10]);

    id->sex = day > IDENTITY_CF_FEMALE_DAY ? ACRM_ID_FEMALE : ACRM_ID_MALE;
    id->birth_year = year < IDENTITY_CF_FIRST_YEAR ? year + 100 : year;
    id->birth_month = (int32_t)(strchr(identity_months, code[8]) - identity_months) + 1;
    id->birth_day = day > IDENTITY_CF_FEMALE_DAY ? day - IDENTITY_CF_FEMALE_DAY : day;
    if (!acrm__civil_valid(id->birth_year, id->birth_month, id->birth_day))
        acrm__identity_fail(id, ACRM_ID_DATE, 6);
}

void acrm__identity_it_codice_fiscale(acrm_identity *id, size_t n)
{
    int sum = 0, place;
    char check;

    if (n == IDENTITY_IVA_LENGTH) { /* bodies without a birth date have a VAT-like code */
        acrm__identity_it_partita_iva(id, n);
        return;
    }
    if (!acrm__identity_length(id, n, IDENTITY_CF_LENGTH) || !identity_cf_structure(id))
        return;
    memcpy(id->country, "IT", 3);
    id->entity = ACRM_ID_PERSON;
    identity_cf_birth(id);
    id->place[0] = id->normalized[11]; /* the cadastral code of the town, in its own digits */
    place = 1;
    for (size_t i = 12; i < 15; i++)
        id->place[place++] = (char)('0' + identity_cf_digit(id->normalized[i]));
    id->place_name = id->place[0] == 'Z' ? "abroad" : "";
    for (size_t i = 0; i < IDENTITY_CF_LENGTH - 1; i++) {
        char c = id->normalized[i];
        int value = c <= '9' ? c - '0' : c - 'A';

        sum += i % 2 == 0 ? identity_cf_odd[value] : value;
    }
    check = (char)('A' + sum % 26);
    acrm__identity_expect(id, IDENTITY_CF_LENGTH - 1, &check, 1);
}

void acrm__identity_it_partita_iva(acrm_identity *id, size_t n)
{
    const char *digits = id->normalized;
    int sum = 0, office;
    char check;

    if (n >= 2 && memcmp(digits, "IT", 2) == 0) {
        n -= 2;
        memmove(id->normalized, id->normalized + 2, n + 1);
    }
    if (!acrm__identity_digits(id, 0, n) ||
        !acrm__identity_length(id, n, IDENTITY_IVA_LENGTH))
        return;
    memcpy(id->country, "IT", 3);
    id->entity = ACRM_ID_ORGANISATION;
    acrm__identity_place(id, 7, 3, NULL); /* the province's tax office */
    if (memcmp(digits, "0000000", 7) == 0)
        acrm__identity_fail(id, ACRM_ID_FILLER, 0);
    office = (digits[7] - '0') * 100 + acrm__identity_two(digits + 8);
    if (!(office >= 1 && office <= 100) && office != 120 && office != 121 && office != 888 &&
        office != 999)
        acrm__identity_fail(id, ACRM_ID_PLACE, 7);
    for (size_t i = 0; i < IDENTITY_IVA_LENGTH - 1; i++) { /* Luhn */
        int value = (digits[i] - '0') * (i % 2 == 0 ? 1 : 2);

        sum += value > 9 ? value - 9 : value;
    }
    check = (char)('0' + (10 - sum % 10) % 10);
    acrm__identity_expect(id, IDENTITY_IVA_LENGTH - 1, &check, 1);
}
