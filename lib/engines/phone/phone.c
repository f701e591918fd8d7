/* SPDX-License-Identifier: MIT */
/* Reads a typed telephone number: which country's it is and whether its plan knows it. */
#include "engines/phone/phone.h"

#include <string.h>

enum {
    PHONE_E164_DIGITS_MAX = 15,
    PHONE_ARGENTINA = 54,
    PHONE_ARGENTINE_HOME = 12, /* digits of area code, 15 and number */
};

/* One way to read the digits, with its verdict. */
typedef struct phone_reading {
    const acrm__phone_country *country; /* NULL until there is one */
    char national[ACRM__PHONE_DIGITS_MAX + 1];
    size_t n;
    acrm__phone_verdict verdict;
} phone_reading;

/* An Argentine mobile number has 15 after its area code at home; abroad it has 9 before it. */
static size_t phone_argentine_mobile(const char *national, char *out)
{
    for (size_t area = 2; area <= 4; area++) {
        if (memcmp(national + area, "15", 2) != 0 || (area == 2 && memcmp(national, "11", 2) != 0))
            continue;
        out[0] = '9';
        memcpy(out + 1, national, area);
        memcpy(out + 1 + area, national + area + 2, PHONE_ARGENTINE_HOME - 2 - area);
        return PHONE_ARGENTINE_HOME - 1;
    }
    return 0;
}

/* Keeps this reading in `best` if its verdict is strictly better. */
static void phone_consider(const acrm__phone_country *country, const char *national, size_t n,
                           phone_reading *best)
{
    char rewritten[PHONE_ARGENTINE_HOME];
    size_t rewritten_n = 0;
    acrm__phone_verdict verdict;

    if (country->code == PHONE_ARGENTINA && n == PHONE_ARGENTINE_HOME)
        rewritten_n = phone_argentine_mobile(national, rewritten);
    if (rewritten_n > 0) {
        national = rewritten;
        n = rewritten_n;
    }
    verdict = acrm__phone_judge(country, national, n);
    if (best->country && best->verdict.validity <= verdict.validity)
        return;
    best->country = country;
    best->verdict = verdict;
    best->n = n;
    memcpy(best->national, national, n);
    best->national[n] = '\0';
}

static bool phone_is_valid(const phone_reading *best)
{
    return best->country && best->verdict.validity == ACRM_PHONE_VALID;
}

/*
 * Walks a comma-separated list of prefixes. Returns the bytes of the next one that the digits
 * start with and have more behind, 0 when there is none left.
 */
static size_t phone_next_prefix(const char **list, const char *digits, size_t n)
{
    while (**list) {
        const char *prefix = *list;
        size_t len = strcspn(prefix, ",");

        *list += len + (prefix[len] == ',');
        if (len > 0 && n > len && memcmp(digits, prefix, len) == 0)
            return len;
    }
    return 0;
}

/* Considers the digits without each of the country's trunk prefixes. */
static void phone_read_after_trunk(const acrm__phone_country *country, const char *digits,
                                   size_t n, phone_reading *best)
{
    const char *trunks = country->trunk;

    for (size_t len; (len = phone_next_prefix(&trunks, digits, n)) > 0;)
        phone_consider(acrm__phone_owner(country, digits + len, n - len), digits + len, n - len,
                       best);
}

/* Considers a number in full international form, forgiving a trunk prefix after the code. */
static void phone_read_international(const char *digits, size_t n, size_t paren_zero,
                                     phone_reading *best)
{
    size_t code_len = 0, rest;
    const acrm__phone_country *country = acrm__phone_by_number(digits, n, &code_len);
    const char *national = digits + code_len;

    if (!country)
        return;
    rest = n - code_len;
    phone_consider(country, national, rest, best);
    if (!phone_is_valid(best))
        phone_read_after_trunk(country, national, rest, best);
    if (!phone_is_valid(best) && paren_zero == code_len && rest > 1)
        phone_consider(acrm__phone_owner(country, national + 1, rest - 1), national + 1, rest - 1,
                       best);
}

/* Considers the digits after each international prefix of the region, and after 00. */
static void phone_read_prefixed(const acrm__phone_country *home, const acrm__phone_scan *scan,
                                phone_reading *best)
{
    const char *prefixes = home ? home->intl : "00";

    for (size_t len; (len = phone_next_prefix(&prefixes, scan->digits, scan->n)) > 0;)
        phone_read_international(scan->digits + len, scan->n - len, scan->paren_zero - len, best);
    if (!best->country && scan->n > 2 && memcmp(scan->digits, "00", 2) == 0)
        phone_read_international(scan->digits + 2, scan->n - 2, scan->paren_zero - 2, best);
}

/* Considers the digits as dialled inside the country. */
static void phone_read_national(const acrm__phone_country *home, const acrm__phone_scan *scan,
                                phone_reading *best)
{
    const char *digits = scan->digits;
    size_t n = scan->n, code_len = 0;
    const acrm__phone_country *country;
    phone_reading bare = { 0 };

    phone_read_after_trunk(home, digits, n, best);
    if (scan->paren_zero == 0 && n > 1) /* (0) before a number that needs none */
        phone_consider(acrm__phone_owner(home, digits + 1, n - 1), digits + 1, n - 1, best);
    if (phone_is_valid(best))
        return;
    phone_consider(acrm__phone_owner(home, digits, n), digits, n, &bare);
    if (!best->country || phone_is_valid(&bare))
        *best = bare;
    if (phone_is_valid(best) && (!home->trunk[0] || best->verdict.kind != ACRM_PHONE_FIXED))
        return; /* but a fixed line without its trunk prefix may be one with its calling code */
    country = acrm__phone_by_number(digits, n, &code_len);
    if (!country || country->code != home->code)
        return;
    bare = (phone_reading){ 0 };
    phone_read_international(digits, n, SIZE_MAX, &bare);
    if (phone_is_valid(&bare))
        *best = bare;
}

static const char *phone_reason(int32_t validity)
{
    switch (validity) {
    case ACRM_PHONE_VALID:
        return "";
    case ACRM_PHONE_POSSIBLE:
        return "prefix_unknown";
    case ACRM_PHONE_UNASSIGNED:
        return "prefix_not_in_use";
    case ACRM_PHONE_TOO_SHORT:
        return "too_few_digits";
    default:
        return "too_many_digits";
    }
}

/* Writes the chosen reading. */
static void phone_tell(const phone_reading *best, acrm_phone *phone)
{
    const acrm__phone_country *country = best->country;
    size_t code_len = country->code < 10 ? 1 : country->code < 100 ? 2 : 3;
    unsigned code = country->code;

    phone->validity = best->verdict.validity;
    phone->kind = best->verdict.kind;
    phone->calling_code = country->code;
    phone->reason = phone_reason(phone->validity);
    memcpy(phone->country, country->iso, strlen(country->iso) + 1);
    memcpy(phone->national, best->national, best->n + 1);
    if (phone->validity > ACRM_PHONE_POSSIBLE || code_len + best->n > PHONE_E164_DIGITS_MAX)
        return;
    phone->e164[0] = '+';
    for (size_t i = code_len; i > 0; i--, code /= 10)
        phone->e164[i] = (char)('0' + code % 10);
    memcpy(phone->e164 + 1 + code_len, best->national, best->n + 1);
}

/* Reads and judges; `phone` comes zeroed. */
static void phone_judge_text(const char *text, size_t len, const acrm__phone_country *home,
                             acrm_phone *phone)
{
    acrm__phone_scan scan;
    phone_reading best = { 0 };

    acrm__phone_scan_text(text, len, &scan);
    if (scan.reason) {
        bool too_long = strcmp(scan.reason, "too_many_digits") == 0;

        phone->validity = too_long ? ACRM_PHONE_TOO_LONG : ACRM_PHONE_NOT_A_NUMBER;
        phone->reason = scan.reason;
        phone->reason_at = scan.reason_at;
        return;
    }
    memcpy(phone->extension, scan.extension, sizeof phone->extension);
    if (scan.plus) {
        phone_read_international(scan.digits, scan.n, scan.paren_zero, &best);
    } else {
        phone_read_prefixed(home, &scan, &best);
        if (home && !phone_is_valid(&best)) {
            phone_reading national = { 0 };

            phone_read_national(home, &scan, &national);
            if (!best.country || national.verdict.validity < best.verdict.validity)
                best = national;
        }
    }
    if (best.country) {
        phone_tell(&best, phone);
    } else {
        phone->validity = ACRM_PHONE_UNKNOWN_COUNTRY;
        phone->reason = scan.plus ? "calling_code_unassigned" : "no_region";
    }
}

int32_t acrm_phone_parse(const char *text, size_t len, const char *region, acrm_phone *out)
{
    const acrm__phone_country *home = NULL;
    acrm_phone phone = { .reason = "" };

    if (!out || (!text && len > 0) || out->struct_size < sizeof phone)
        return ACRM_E_MISUSE;
    if (region && !(home = acrm__phone_by_iso(region)))
        return ACRM_E_INVALID;
    phone_judge_text(text ? text : "", len, home, &phone);
    phone.struct_size = out->struct_size;
    memcpy(out, &phone, sizeof phone);
    return ACRM_OK;
}

const char *acrm_phone_country_at(size_t n, int32_t *calling_code)
{
    const acrm__phone_country *country = acrm__phone_country_at(n);

    if (!country)
        return NULL;
    if (calling_code)
        *calling_code = country->code;
    return country->iso;
}
