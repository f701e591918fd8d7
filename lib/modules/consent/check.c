/* SPDX-License-Identifier: MIT */
/* consent.check: may this customer be contacted, and what decides it; consent.state: all of it. */
#include "modules/consent/consent.h"
#include "modules/consent/entities.h"

int32_t acrm__consent_purpose(acrm__call *call, const char *code, acrm__rec **out)
{
    acrm__term named = { F_consent_purpose__code, ACRM_FILTER_EQ, acrm__cell_text(code) };

    int32_t st = acrm__find_one(call, &(acrm__select){ .entity = "consent_purpose",
        .terms = &named, .n_terms = 1 }, out);
    if (st == ACRM_OK && !*out)
        return acrm__fail(call, ACRM_E_NOTFOUND, "reference", "purpose",
                          "there is no consent_purpose %.64s", code);
    return st;
}

/* Who may see the customer is told, wherever the rows come from. `code` NULL: all purposes. */
static int32_t check_facts(acrm__call *call, const char *code, acrm__consent_facts *out)
{
    acrm__rec *customer = NULL;

    int32_t st = acrm__load_arg(call, "customer", "customer_id", &customer);
    if (st != ACRM_OK)
        return st;
    out->customer = customer;
    acrm__term rows[] = { { F_consent__customer_id, ACRM_FILTER_EQ, customer->cells[F_ID] },
                          { F_consent__purpose, ACRM_FILTER_EQ, acrm__cell_text(code) } };
    acrm__term live = { F_contact_suppression__customer_id, ACRM_FILTER_EQ,
                        customer->cells[F_ID] };
    st = acrm__find(call, &(acrm__select){ .entity = "consent", .terms = rows,
        .n_terms = code ? 2 : 1, .order = F_consent__given_at, .as_system = true }, &out->rows);
    if (st == ACRM_OK)
        st = acrm__find(call, &(acrm__select){ .entity = "contact_suppression", .terms = &live,
            .n_terms = 1, .as_system = true }, &out->suppressions);
    return st;
}

static int32_t check_put_record(acrm__call *call, acrm_value *map, const char *key,
                                const acrm__rec *rec)
{
    acrm_value *place = acrm_value_put(map, key);

    if (!place)
        return acrm__nomem(call);
    return rec ? acrm__render(call, rec, place) : ACRM_OK;
}

int32_t acrm__consent_check(acrm__call *call)
{
    const char *code = acrm__arg_text(call, "purpose");
    acrm__consent_facts facts = { .customer = NULL };
    acrm__consent_verdict verdict;
    acrm__rec *purpose = NULL;
    int64_t at = call->now;

    (void)acrm__arg_time(call, "at", &at);
    int32_t st = acrm__consent_purpose(call, code, &purpose);
    if (st == ACRM_OK)
        st = check_facts(call, code, &facts);
    if (st != ACRM_OK)
        return st;
    acrm__consent_decide(&facts, purpose, acrm__arg_text(call, "channel"), at, &verdict);
    if (!acrm__put_bool(call->out, "allowed", verdict.allowed) ||
        !acrm__put_text(call->out, "reason", verdict.reason))
        return acrm__nomem(call);
    st = check_put_record(call, call->out, "consent", verdict.row);
    if (st == ACRM_OK)
        st = check_put_record(call, call->out, "suppression", verdict.suppression);
    return st;
}

static const char *check_instant(acrm__call *call, const acrm__rec *row, uint32_t field)
{
    return row && !acrm__is_null(row, field) ? acrm__instant_text(call, acrm__int(row, field))
                                             : NULL;
}

static int32_t check_state_item(acrm__call *call, const acrm__consent_facts *facts,
                                const acrm__rec *purpose, const char *channel, acrm_value *items)
{
    acrm__consent_verdict verdict;
    acrm_value *item = acrm__add_map(items);

    acrm__consent_decide(facts, purpose, channel, call->now, &verdict);
    const acrm__rec *row = verdict.row;
    bool ok = item &&
              acrm__put_text(item, "purpose", acrm__text(purpose, F_consent_purpose__code)) &&
              acrm__put_text(item, "channel", channel) &&
              acrm__put_bool(item, "allowed", verdict.allowed) &&
              acrm__put_text(item, "reason", verdict.reason) &&
              acrm__put_text(item, "given_at", check_instant(call, row, F_consent__given_at)) &&
              acrm__put_text(item, "expires_at",
                             check_instant(call, row, F_consent__expires_at)) &&
              acrm__put_text(item, "source", row ? acrm__text(row, F_consent__source) : NULL) &&
              acrm__put_text(item, "consent_id",
                             row ? acrm__id_text(call, acrm__id(row, F_ID)) : NULL);
    return ok ? ACRM_OK : acrm__nomem(call);
}

int32_t acrm__consent_state(acrm__call *call)
{
    static const char *const channels[] = { "phone", "sms", "email", "letter", "fax", "push",
                                            "messenger" };
    acrm_value *items = acrm__put_list(call->out, "items");
    acrm__consent_facts facts = { .customer = NULL };
    acrm__recs purposes = { NULL, 0 };

    int32_t st = items ? check_facts(call, NULL, &facts) : acrm__nomem(call);
    if (st == ACRM_OK)
        st = acrm__find(call, &(acrm__select){ .entity = "consent_purpose",
                                               .order = F_consent_purpose__code }, &purposes);
    for (size_t p = 0; st == ACRM_OK && p < purposes.count; p++)
        for (size_t c = 0; st == ACRM_OK && c < sizeof channels / sizeof channels[0]; c++)
            st = check_state_item(call, &facts, purposes.items[p], channels[c], items);
    return st;
}
