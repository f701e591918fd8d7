/* SPDX-License-Identifier: MIT */
/* Writes E.164 numbers for people, grouped simply. */
#include "engines/phone/phone.h"

#include <string.h>

enum { PHONE_E164_MIN = 4, PHONE_E164_MAX = 15, PHONE_FORMAT_MAX = 48, PHONE_GROUPS_MAX = 20 };

/* Growing text; a formatted number never fills it. */
typedef struct phone_text {
    char text[PHONE_FORMAT_MAX];
    size_t n;
} phone_text;

static void phone_put(phone_text *out, const char *bytes, size_t n)
{
    memcpy(out->text + out->n, bytes, n);
    out->n += n;
}

/* How `n` digits are cut where the plan says nothing: threes, and a last four. */
static void phone_cut(size_t n, char *groups)
{
    size_t at = 0;

    while (n > 4) {
        size_t take = n == 8 ? 4 : n == 5 ? 2 : 3;

        groups[at++] = (char)('0' + take);
        n -= take;
    }
    if (n > 0)
        groups[at++] = (char)('0' + n);
    groups[at] = '\0';
}

static void phone_groups(const acrm__phone_country *country, const char *national, size_t n,
                         char *groups)
{
    size_t area = (size_t)acrm__phone_judge(country, national, n).area, sum = 0;

    for (const char *p = country->groups; *p; p++)
        sum += (size_t)(*p - '0');
    if (area > 0 && area < n) {
        groups[0] = (char)('0' + area);
        phone_cut(n - area, groups + 1);
    } else if (sum == n) {
        memcpy(groups, country->groups, strlen(country->groups) + 1);
    } else {
        phone_cut(n, groups);
    }
}

static void phone_put_grouped(const acrm__phone_country *country, const char *national, size_t n,
                              phone_text *out)
{
    char groups[PHONE_GROUPS_MAX];

    phone_groups(country, national, n, groups);
    for (const char *p = groups; *p; p++) {
        if (p != groups)
            phone_put(out, " ", 1);
        phone_put(out, national, (size_t)(*p - '0'));
        national += *p - '0';
    }
}

/* The first trunk prefix, as people write it: 0 runs on, others stand apart, a 1 is left out. */
static void phone_put_trunk(const acrm__phone_country *country, phone_text *out)
{
    size_t len = strcspn(country->trunk, ",");

    if (country->code == 1)
        return;
    phone_put(out, country->trunk, len);
    if (len > 1 || (len == 1 && country->trunk[0] != '0'))
        phone_put(out, " ", 1);
}

int32_t acrm_phone_format(const char *e164, int32_t form, char *text, size_t size)
{
    const acrm__phone_country *country;
    phone_text out = { .n = 0 };
    size_t n, code_len = 0;

    if (!e164 || !text)
        return ACRM_E_MISUSE;
    n = e164[0] == '+' ? strspn(e164 + 1, "0123456789") : 0;
    if (n < PHONE_E164_MIN || n > PHONE_E164_MAX || e164[1 + n] != '\0')
        return ACRM_E_INVALID;
    country = acrm__phone_by_number(e164 + 1, n, &code_len);
    if (!country)
        return ACRM_E_INVALID;
    switch (form) {
    case ACRM_PHONE_INTERNATIONAL:
        phone_put(&out, e164, 1 + code_len);
        phone_put(&out, " ", 1);
        phone_put_grouped(country, e164 + 1 + code_len, n - code_len, &out);
        break;
    case ACRM_PHONE_NATIONAL:
        phone_put_trunk(country, &out);
        phone_put_grouped(country, e164 + 1 + code_len, n - code_len, &out);
        break;
    case ACRM_PHONE_URI:
        phone_put(&out, "tel:", 4);
        phone_put(&out, e164, 1 + n);
        break;
    default:
        return ACRM_E_INVALID;
    }
    if (out.n >= size)
        return ACRM_E_LIMIT;
    memcpy(text, out.text, out.n);
    text[out.n] = '\0';
    return ACRM_OK;
}
