/* SPDX-License-Identifier: MIT */
/* Customers as they are written: the name from its parts, the name for matching, identifiers. */
#include "modules/party/party.h"

#include "autocrm/identity.h"
#include "base/text.h"
#include "modules/party/entities.h"
#include "modules/party/review.h"
#include "modules/party/subject.h"

#include <string.h>

enum { CUSTOMER_WORDS_MAX = 32 };

static int32_t customer_name(acrm__call *call, acrm__rec *rec)
{
    const char *given = acrm__text(rec, F_customer__given_name);
    const char *family = acrm__text(rec, F_customer__family_name);

    if (!acrm__is_null(rec, F_customer__name) || (!given && !family))
        return ACRM_OK;
    char *name = acrm__arena_format(call->arena, "%s%s%s", given ? given : "",
                                    given && family ? " " : "", family ? family : "");
    if (!name)
        return acrm__nomem(call);
    acrm__set(rec, F_customer__name, acrm__cell_text(name));
    return ACRM_OK;
}

static int32_t customer_compare(const char *a, size_t a_len, const char *b, size_t b_len)
{
    int order = memcmp(a, b, a_len < b_len ? a_len : b_len);
    return order ? order : (a_len > b_len) - (a_len < b_len);
}

/* Insertion sort: names have few words. */
static size_t customer_sorted_words(const char *folded, const char *words[CUSTOMER_WORDS_MAX],
                                    size_t lens[CUSTOMER_WORDS_MAX])
{
    size_t n = 0;

    for (const char *p = folded; *p && n < CUSTOMER_WORDS_MAX;) {
        size_t len = strcspn(p, " "), at = n++;
        for (; at > 0 && customer_compare(p, len, words[at - 1], lens[at - 1]) < 0; at--) {
            words[at] = words[at - 1];
            lens[at] = lens[at - 1];
        }
        words[at] = p;
        lens[at] = len;
        p += len;
        p += *p == ' ';
    }
    return n;
}

int32_t acrm__party_match_name(acrm__call *call, const char *name, size_t len, const char **out)
{
    const char *words[CUSTOMER_WORDS_MAX];
    size_t lens[CUSTOMER_WORDS_MAX];
    acrm__str folded, sorted;

    acrm__str_init(&folded, &call->arena->allocator);
    acrm__str_init(&sorted, &call->arena->allocator);
    acrm__fold(name, len, &folded);
    size_t n = folded.failed || !folded.data ? 0
                                             : customer_sorted_words(folded.data, words, lens);
    for (size_t i = 0; i < n; i++) {
        if (i)
            acrm__str_putc(&sorted, ' ');
        acrm__str_add(&sorted, words[i], lens[i]);
    }
    bool failed = folded.failed || sorted.failed;
    *out = failed ? NULL : acrm__arena_text(call->arena, sorted.data ? sorted.data : "",
                                            sorted.len);
    acrm__str_free(&folded);
    acrm__str_free(&sorted);
    return *out ? ACRM_OK : acrm__nomem(call);
}

static const struct {
    const char *country;
    int32_t person, company;
} customer_identifiers[] = {
    { "IR", ACRM_ID_IR_NATIONAL, ACRM_ID_IR_LEGAL },
    { "IT", ACRM_ID_IT_CODICE_FISCALE, ACRM_ID_IT_PARTITA_IVA },
    { "RU", ACRM_ID_RU_INN, ACRM_ID_RU_INN },
    { "CN", ACRM_ID_CN_RESIDENT, ACRM_ID_CN_USCC },
};

enum { CUSTOMER_IDENTIFIERS = sizeof customer_identifiers / sizeof customer_identifiers[0] };

/* Identifiers of countries that are known are checked and kept in their normal form. */
static int32_t customer_identifier(acrm__call *call, acrm__rec *rec)
{
    const char *country = acrm__text(rec, F_customer__id_country);
    const char *text = acrm__text(rec, F_customer__national_id);
    const char *kind = acrm__text(rec, F_customer__kind);
    acrm_identity identity = { .struct_size = sizeof identity };

    for (size_t i = 0; text && country && i < CUSTOMER_IDENTIFIERS; i++) {
        if (strcmp(customer_identifiers[i].country, country) != 0)
            continue;
        int32_t which = kind && strcmp(kind, "company") == 0 ? customer_identifiers[i].company
                                                             : customer_identifiers[i].person;
        int32_t st = acrm_identity_check(which, text, strlen(text), &identity);
        if (st != ACRM_OK || identity.rule != ACRM_ID_OK)
            return acrm__fail(call, ACRM_E_INVALID, "format", "national_id",
                              "national_id is no identifier of %s: %s", country,
                              acrm_identity_rule_text(identity.rule));
        char *normal = acrm__arena_text(call->arena, identity.normalized,
                                        strlen(identity.normalized));
        if (!normal)
            return acrm__nomem(call);
        acrm__set(rec, F_customer__national_id, acrm__cell_text(normal));
    }
    return ACRM_OK;
}

int32_t acrm__party_customer_write(acrm__call *call, acrm__rec *rec, const acrm__rec *before)
{
    const char *match;

    int32_t st = customer_name(call, rec);
    if (st == ACRM_OK && acrm__changed(rec, F_customer__national_id))
        st = customer_identifier(call, rec);
    if (st == ACRM_OK)
        st = acrm__party_create_check(call, rec, before);
    if (st == ACRM_OK)
        st = acrm__party_customer_keys(call, rec, before);
    if (st != ACRM_OK || !acrm__changed(rec, F_customer__name) ||
        acrm__is_null(rec, F_customer__name))
        return st;
    st = acrm__party_match_name(call, rec->cells[F_customer__name].data,
                                rec->cells[F_customer__name].size, &match);
    if (st == ACRM_OK)
        acrm__set(rec, F_customer__match_name, acrm__cell_text(match));
    return st;
}
