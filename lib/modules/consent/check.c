/* SPDX-License-Identifier: MIT */
/* consent.check: may this customer be contacted, and what decides it; consent.state: all of it. */
#include "modules/consent/consent.h"
#include "modules/consent/entities.h"

#include <string.h>

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

/* --- Many at once: their facts are read together, in order of the customers --- */

enum { CHECK_MANY_MAX = 1000 };

typedef struct check_many {
    acrm_cell *ids;
    size_t n;
    acrm__recs customers, rows, suppressions;
} check_many;

static int32_t check_many_ids(acrm__call *call, check_many *m)
{
    const acrm_value *ids = acrm__arg(call, "customer_ids");

    m->n = acrm_value_count(ids);
    if (m->n > CHECK_MANY_MAX)
        return acrm__fail(call, ACRM_E_LIMIT, "limit", "customer_ids",
                          "at most %d customers are checked at once", CHECK_MANY_MAX);
    m->ids = acrm__arena_array(call->arena, m->n + 1, sizeof *m->ids);
    if (!m->ids)
        return acrm__nomem(call);
    for (size_t i = 0; i < m->n; i++) {
        size_t len = 0;
        const char *text = acrm_value_text(acrm_value_at(ids, i), &len);
        unsigned char *id = acrm__arena_alloc(call->arena, 16);
        if (!id)
            return acrm__nomem(call);
        if (!text || !acrm__uuid_parse(text, len, id))
            return acrm__fail(call, ACRM_E_INVALID, "format", "customer_ids",
                              "customer_ids must be a list of ids");
        m->ids[i] = acrm__cell_id(id);
    }
    return ACRM_OK;
}

/* Those of a customer among records in order of one: a slice of them. */
static acrm__recs check_slice(const acrm__recs *all, uint32_t field, const acrm_cell *customer)
{
    acrm__recs out = { NULL, 0 };
    size_t low = 0, high = all->count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (memcmp(acrm__id(all->items[middle], field), customer->data, 16) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    out.items = all->items + low;
    while (low + out.count < all->count &&
           memcmp(acrm__id(all->items[low + out.count], field), customer->data, 16) == 0)
        out.count++;
    return out;
}

/* Decisions in order of time; a customer has few. */
static void check_in_time(acrm__recs *rows)
{
    for (size_t i = 1; i < rows->count; i++)
        for (size_t k = i; k > 0 && acrm__int(rows->items[k], F_consent__given_at) <
                                        acrm__int(rows->items[k - 1], F_consent__given_at); k--) {
            acrm__rec *swap = rows->items[k];
            rows->items[k] = rows->items[k - 1];
            rows->items[k - 1] = swap;
        }
}

static int32_t check_many_read(acrm__call *call, const char *code, check_many *m)
{
    const acrm__term of = { F_consent__purpose, ACRM_FILTER_EQ, acrm__cell_text(code) };
    const acrm_filter_node *by_id = acrm__where_in(call, F_ID, m->ids, m->n);
    const acrm_filter_node *rows = acrm__where_in(call, F_consent__customer_id, m->ids, m->n);
    const acrm_filter_node *ends =
        acrm__where_in(call, F_contact_suppression__customer_id, m->ids, m->n);

    if (!by_id || !rows || !ends)
        return acrm__nomem(call);
    int32_t st = acrm__find(call, &(acrm__select){ .entity = "customer", .where = by_id },
                            &m->customers);
    if (st == ACRM_OK)
        st = acrm__find(call, &(acrm__select){ .entity = "consent", .terms = &of, .n_terms = 1,
            .where = rows, .order = F_consent__customer_id, .as_system = true }, &m->rows);
    if (st == ACRM_OK)
        st = acrm__find(call, &(acrm__select){ .entity = "contact_suppression", .where = ends,
            .order = F_contact_suppression__customer_id, .as_system = true }, &m->suppressions);
    return st;
}

static int32_t check_many_item(acrm__call *call, const check_many *m, const acrm_cell *id,
                               const acrm__rec *purpose, acrm_value *items)
{
    acrm__recs customer = check_slice(&m->customers, F_ID, id);
    acrm__consent_facts facts = {
        .rows = check_slice(&m->rows, F_consent__customer_id, id),
        .suppressions = check_slice(&m->suppressions, F_contact_suppression__customer_id, id) };
    acrm__consent_verdict verdict = { .reason = "unknown" };
    acrm_value *item = acrm__add_map(items);

    check_in_time(&facts.rows);
    if (customer.count) {
        facts.customer = customer.items[0];
        acrm__consent_decide(&facts, purpose, acrm__arg_text(call, "channel"), call->now,
                             &verdict);
    }
    bool ok = item && acrm__put_bool(item, "allowed", verdict.allowed) &&
              acrm__put_text(item, "reason", verdict.reason);
    return ok ? ACRM_OK : acrm__nomem(call);
}

int32_t acrm__consent_check_many(acrm__call *call)
{
    const char *code = acrm__arg_text(call, "purpose");
    acrm_value *items = acrm__put_list(call->out, "items");
    acrm__rec *purpose = NULL;
    check_many many = { .n = 0 };

    int32_t st = items ? acrm__consent_purpose(call, code, &purpose) : acrm__nomem(call);
    if (st == ACRM_OK)
        st = check_many_ids(call, &many);
    if (st == ACRM_OK && many.n > 0)
        st = check_many_read(call, code, &many);
    for (size_t i = 0; st == ACRM_OK && i < many.n; i++)
        st = check_many_item(call, &many, &many.ids[i], purpose, items);
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
