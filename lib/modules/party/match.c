/* SPDX-License-Identifier: MIT */
/* customer.match: is this somebody we know already? Exact signs only: the same identifier, phone
 * number or e-mail address, and for the latter two a name that does not contradict. */
#include "modules/party/candidates.h"
#include "modules/party/entities.h"
#include "modules/party/party.h"

#include <string.h>

enum { MATCH_CONTACTS_MAX = 32 };

static int32_t match_contacts(acrm__call *call, acrm__candidates *list)
{
    const acrm_value *points = acrm__arg(call, "contact_points");
    const char *values[MATCH_CONTACTS_MAX];
    size_t n = 0;

    for (size_t i = 0; i < acrm_value_count(points) && n < MATCH_CONTACTS_MAX; i++) {
        const acrm_value *point = acrm_value_at(points, i);
        const char *channel = acrm__get_text(point, "channel");
        const char *value = acrm__get_text(point, "value");
        const char *country = acrm__get_text(point, "country");
        bool exact = channel && (strcmp(channel, "phone") == 0 || strcmp(channel, "email") == 0);
        if (!exact || !value)
            continue;
        if (!country)
            country = acrm__arg_text(call, "country");
        int32_t st = acrm__party_normalise(call, channel, value, country, &values[n]);
        if (st != ACRM_OK)
            return st;
        n += values[n] != NULL;
    }
    return acrm__candidates_by_contact(call, list, values, n);
}

/* Whether two folded names share a word; a missing one contradicts nothing. */
static bool match_names_agree(const char *a, const char *b)
{
    if (!a || !b || !*a || !*b)
        return true;
    for (const char *p = a; *p;) {
        size_t len = strcspn(p, " ");
        for (const char *q = b; *q;) {
            size_t other = strcspn(q, " ");
            if (len == other && memcmp(p, q, len) == 0)
                return true;
            q += other;
            q += *q == ' ';
        }
        p += len;
        p += *p == ' ';
    }
    return false;
}

static int32_t match_render(acrm__call *call, const acrm__candidate *candidate, bool same,
                            acrm_value *list)
{
    acrm_value *item = acrm__add_map(list);
    acrm_value *reasons = item ? acrm__put_list(item, "reasons") : NULL;
    bool ok = reasons &&
              acrm__put_text(item, "customer_id", acrm__id_text(call, candidate->id)) &&
              acrm__put_int(item, "score", candidate->score) &&
              acrm__put_bool(item, "same", same);

    for (int32_t i = 0; ok && i < candidate->n_reasons; i++)
        ok = acrm__add_text(reasons, candidate->reasons[i]);
    return ok ? ACRM_OK : acrm__nomem(call);
}

static bool match_is_same(const acrm__candidate *candidate, const char *name)
{
    for (int32_t i = 0; i < candidate->n_reasons; i++)
        if (strcmp(candidate->reasons[i], "national_id") == 0)
            return true;
    return match_names_agree(name, acrm__text(candidate->customer, F_customer__match_name));
}

int32_t acrm__party_match(acrm__call *call)
{
    acrm__candidates *list = acrm__arena_zero(call->arena, sizeof *list);
    const char *name = acrm__arg_text(call, "name"), *id = acrm__arg_text(call, "national_id");
    const acrm__candidate *same = NULL;
    acrm_value *items = acrm__put_list(call->out, "candidates");
    int32_t st = ACRM_OK;

    if (!list || !items)
        return acrm__nomem(call);
    list->as_system = call->depth > 0; /* intake knows everybody, a person asks for who he sees */
    if (name)
        st = acrm__party_match_name(call, name, strlen(name), &name);
    if (st == ACRM_OK && id)
        st = acrm__candidates_by_national_id(call, list, id);
    if (st == ACRM_OK)
        st = match_contacts(call, list);
    if (st == ACRM_OK)
        st = acrm__candidates_finish(call, list);
    for (int32_t i = 0; st == ACRM_OK && i < list->count; i++) {
        bool is_same = match_is_same(&list->items[i], name);
        st = match_render(call, &list->items[i], is_same, items);
        if (is_same && !same)
            same = &list->items[i];
    }
    if (st == ACRM_OK && !acrm__put_text(call->out, "customer_id",
                                         same ? acrm__id_text(call, same->id) : NULL))
        st = acrm__nomem(call);
    return st;
}
