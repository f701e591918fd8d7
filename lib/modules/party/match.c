/* SPDX-License-Identifier: MIT */
/* customer.match: is this somebody we know already? */
#include "kernel/inside.h"
#include "modules/party/entities.h"
#include "modules/party/party.h"
#include "modules/party/suspects.h"

#include <string.h>

/* --- Who is asked about: a customer, or fields as of one --- */

static int32_t match_blind(acrm__call *call, acrm__rec *rec, const char *arg, uint32_t field,
                           uint32_t blind)
{
    const char *text = acrm__arg_text(call, arg);

    return text ? acrm__blind(call, rec->entity, field, text, strlen(text), &rec->cells[blind])
                : ACRM_OK;
}

static int32_t match_record(acrm__call *call, acrm__rec **out)
{
    static const struct {
        const char *arg;
        uint32_t field;
    } texts[] = {
        { "name", F_customer__name },   { "also_known_as", F_customer__also_known_as },
        { "city", F_customer__city },   { "kind", F_customer__kind },
    };
    const char *given = acrm__arg_text(call, "given_name");
    const char *family = acrm__arg_text(call, "family_name");
    acrm__rec *rec = acrm__new(call, "customer");
    int64_t day;

    if (!rec)
        return acrm__nomem(call);
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        acrm__set(rec, texts[i].field, acrm__cell_text(acrm__arg_text(call, texts[i].arg)));
    if (acrm__is_null(rec, F_customer__name) && (given || family)) {
        const char *name = acrm__arena_format(call->arena, "%s %s", given ? given : "",
                                              family ? family : "");
        if (!name)
            return acrm__nomem(call);
        acrm__set(rec, F_customer__name, acrm__cell_text(name));
    }
    if (acrm__arg_time(call, "birth_date", &day))
        acrm__set(rec, F_customer__birth_date, acrm__cell_int(day));
    int32_t st = match_blind(call, rec, "national_id", F_customer__national_id,
                             F_customer__national_id_blind);
    if (st == ACRM_OK)
        st = match_blind(call, rec, "tax_id", F_customer__tax_id, F_customer__tax_id_blind);
    *out = rec;
    return st;
}

int32_t acrm__party_match_contacts(acrm__call *call, const acrm_value *points,
                                   const char *country, acrm__subject *subject)
{
    for (size_t i = 0; i < acrm_value_count(points); i++) {
        const acrm_value *point = acrm_value_at(points, i);
        const char *channel = acrm__get_text(point, "channel");
        const char *value = acrm__get_text(point, "value"), *normal = NULL;
        const char *own = acrm__get_text(point, "country");
        if (!channel || !value)
            continue;
        int32_t st = acrm__party_normalise(call, channel, value, own ? own : country, &normal);
        if (st != ACRM_OK)
            return st;
        acrm__subject_contact_add(subject, channel, normal);
    }
    return ACRM_OK;
}

static int32_t match_subject(acrm__call *call, bool as_system, const unsigned char *own,
                             acrm__subject **out)
{
    acrm__rec *rec = NULL;

    if (own) {
        int32_t st = acrm__subject_load(call, own, as_system, out);
        if (st == ACRM_OK && !*out)
            return acrm__fail(call, ACRM_E_NOTFOUND, "not_found", "id",
                              "there is no such customer");
        return st;
    }
    *out = acrm__arena_alloc(call->arena, sizeof **out);
    int32_t st = *out ? match_record(call, &rec) : acrm__nomem(call);
    if (st != ACRM_OK)
        return st;
    acrm__subject_of(rec, *out);
    return acrm__party_match_contacts(call, acrm__arg(call, "contact_points"),
                                      acrm__arg_text(call, "country"), *out);
}

/* --- The answer --- */

static int32_t match_render(acrm__call *call, const acrm__suspect *s, acrm_value *list)
{
    const acrm__rec *customer = s->subject->rec;
    acrm_value *item = acrm__add_map(list);
    bool ok = item &&
              acrm__put_text(item, "customer_id", acrm__id_text(call, acrm__id(customer, F_ID))) &&
              acrm__put_text(item, "name", acrm__text(customer, F_customer__name)) &&
              acrm__put_int(item, "score", s->score) && acrm__put_bool(item, "same", s->same) &&
              acrm__put_bool(item, "automatic", s->verdict.automatic) &&
              acrm__put_text(item, "rule", s->verdict.rule ? s->verdict.rule->name : NULL);
    acrm_value *reasons = ok ? acrm__put_list(item, "reasons") : NULL;

    ok = reasons != NULL;
    for (int32_t i = 0; ok && i < s->n_reasons; i++)
        ok = acrm__add_text(reasons, s->reasons[i]);
    acrm_value *signs = ok ? acrm__put_list(item, "signs") : NULL;
    ok = signs && acrm__verdict_explain(&s->verdict, signs);
    return ok ? ACRM_OK : acrm__nomem(call);
}

int32_t acrm__party_match(acrm__call *call)
{
    acrm_value *items = acrm__put_list(call->out, "candidates");
    int64_t limit = acrm__arg_int(call, "limit", 20);
    bool as_system = call->depth > 0; /* intake knows everybody, a person asks for who he sees */
    unsigned char id[16];
    bool known = acrm__arg_id(call, "id", id);
    acrm__subject *subject = NULL;
    acrm__suspects found = { NULL, 0 };

    if (!items)
        return acrm__nomem(call);
    int32_t st = match_subject(call, as_system, known ? id : NULL, &subject);
    if (st == ACRM_OK)
        st = acrm__suspects_find(call, subject, known ? id : NULL, as_system, &found);
    for (int32_t i = 0; st == ACRM_OK && i < found.count && i < limit; i++)
        st = match_render(call, &found.items[i], items);
    if (st != ACRM_OK)
        return st;
    const acrm__suspect *first = found.count > 0 ? &found.items[0] : NULL;
    const char *same = first && first->same
                           ? acrm__id_text(call, acrm__id(first->subject->rec, F_ID)) : NULL;
    return acrm__put_text(call->out, "customer_id", same) ? ACRM_OK : acrm__nomem(call);
}
