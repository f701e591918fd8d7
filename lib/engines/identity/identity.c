/* SPDX-License-Identifier: MIT */
/* Normalises an identifier and hands it to the checker of its kind. */
#include "engines/identity/identity.h"

#include "base/digits.h"

#include <string.h>

enum { IDENTITY_TEXT_MAX = 250 }; /* bytes; longer texts are no identifier */

static const struct {
    int32_t kind;
    const char *name;
    void (*check)(acrm_identity *id, size_t n);
} identity_kinds[] = {
    { ACRM_ID_IR_NATIONAL, "ir.national_code", acrm__identity_ir_national },
    { ACRM_ID_IR_LEGAL, "ir.legal_id", acrm__identity_ir_legal },
    { ACRM_ID_IT_CODICE_FISCALE, "it.codice_fiscale", acrm__identity_it_codice_fiscale },
    { ACRM_ID_IT_PARTITA_IVA, "it.partita_iva", acrm__identity_it_partita_iva },
    { ACRM_ID_RU_INN, "ru.inn", acrm__identity_ru_inn },
    { ACRM_ID_CN_RESIDENT, "cn.resident_id", acrm__identity_cn_resident },
    { ACRM_ID_CN_USCC, "cn.uscc", acrm__identity_cn_uscc },
    { ACRM_ID_IBAN, "iban", acrm__identity_iban },
};

enum { IDENTITY_KINDS = sizeof identity_kinds / sizeof identity_kinds[0] };

static const char *const identity_rules[] = {
    [ACRM_ID_OK] = "valid",
    [ACRM_ID_LENGTH] = "the length is wrong",
    [ACRM_ID_CHARACTER] = "no identifier of this kind has this character",
    [ACRM_ID_STRUCTURE] = "a letter and a digit are in each other's place",
    [ACRM_ID_CHECK] = "the check characters do not fit the rest",
    [ACRM_ID_FILLER] = "these digits are never given out",
    [ACRM_ID_DATE] = "the date of birth in it does not exist",
    [ACRM_ID_PLACE] = "the province or office in it does not exist",
    [ACRM_ID_COUNTRY] = "no country with such numbers has this code",
};

void acrm__identity_fail(acrm_identity *id, int32_t rule, size_t at)
{
    if (id->rule != ACRM_ID_OK)
        return;
    id->rule = rule;
    id->at = (int32_t)at;
}

bool acrm__identity_length(acrm_identity *id, size_t n, size_t length)
{
    id->length = (int32_t)length;
    if (n != length)
        acrm__identity_fail(id, ACRM_ID_LENGTH, n < length ? n : length);
    return n == length;
}

bool acrm__identity_digits(acrm_identity *id, size_t from, size_t to)
{
    for (size_t i = from; i < to; i++) {
        if (id->normalized[i] < '0' || id->normalized[i] > '9') {
            acrm__identity_fail(id, ACRM_ID_STRUCTURE, i);
            return false;
        }
    }
    return true;
}

int acrm__identity_weigh(const acrm_identity *id, size_t from, const signed char *weights,
                         size_t n)
{
    int sum = 0;

    for (size_t i = 0; i < n; i++)
        sum += (id->normalized[from + i] - '0') * weights[i];
    return sum;
}

void acrm__identity_expect(acrm_identity *id, size_t at, const char *expected, size_t n)
{
    memcpy(id->expected, expected, n);
    id->expected[n] = '\0';
    if (memcmp(id->normalized + at, expected, n) != 0)
        acrm__identity_fail(id, ACRM_ID_CHECK, at);
}

void acrm__identity_place(acrm_identity *id, size_t from, size_t n, const char *name)
{
    memcpy(id->place, id->normalized + from, n);
    id->place[n] = '\0';
    id->place_name = name ? name : "";
}

int acrm__identity_two(const char *digits)
{
    return (digits[0] - '0') * 10 + (digits[1] - '0');
}

/* Is this something people write between the characters of an identifier? */
static bool identity_separator(uint32_t cp)
{
    if (cp < 0x80)
        return cp > 0 && strchr(" \t\r\n-./:", (int)cp) != NULL;
    return acrm__digit_separator(cp);
}

/* Fills `normalized`. Returns its length; a wrong character ends it and is noted. */
static size_t identity_normalise(const char *text, size_t len, acrm_identity *id)
{
    size_t n = 0, taken;
    uint32_t cp = 0;

    for (size_t at = 0; (taken = acrm__utf8_next(text + at, len - at, &cp)) > 0; at += taken) {
        char c = acrm__plain_character(cp);

        if (c == '\0' && identity_separator(cp))
            continue;
        if (c == '\0' || n + 1 == sizeof id->normalized) {
            acrm__identity_fail(id, c == '\0' ? ACRM_ID_CHARACTER : ACRM_ID_LENGTH, n);
            break;
        }
        id->normalized[n++] = c;
    }
    return n;
}

int32_t acrm_identity_check(int32_t kind, const char *text, size_t len, acrm_identity *out)
{
    acrm_identity id = { .kind = kind, .at = -1, .place_name = "" };
    size_t n;

    if (!out || (!text && len > 0) || out->struct_size < sizeof id)
        return ACRM_E_MISUSE;
    if (kind < 1 || kind > IDENTITY_KINDS)
        return ACRM_E_INVALID;
    id.struct_size = out->struct_size;
    if (len > IDENTITY_TEXT_MAX)
        acrm__identity_fail(&id, ACRM_ID_LENGTH, 0);
    n = id.rule == ACRM_ID_OK ? identity_normalise(text ? text : "", len, &id) : 0;
    if (id.rule == ACRM_ID_OK)
        identity_kinds[kind - 1].check(&id, n);
    memcpy(out, &id, sizeof id);
    return ACRM_OK;
}

const char *acrm_identity_rule_text(int32_t rule)
{
    if (rule < 0 || (size_t)rule >= sizeof identity_rules / sizeof identity_rules[0])
        return "unknown rule";
    return identity_rules[rule];
}

const char *acrm_identity_kind_at(size_t n, int32_t *kind)
{
    if (n >= IDENTITY_KINDS)
        return NULL;
    if (kind)
        *kind = identity_kinds[n].kind;
    return identity_kinds[n].name;
}
