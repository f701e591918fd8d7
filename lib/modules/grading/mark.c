/* SPDX-License-Identifier: MIT */
/*
 * What happened to a customer makes their profile due, in the transaction of the change: so it
 * cannot be lost, costs one small write, and many changes in a row are computed once, by the next
 * engine.tick.
 */
#include "modules/grading/grading.h"

#include "kernel/inside.h"

#include <string.h>

/* --- One customer --- */

typedef struct mark_row {
    bool found;
    unsigned char id[16];
    int64_t due;
} mark_row;

static int32_t mark_take(void *user, const acrm_cell *cells, uint32_t n)
{
    mark_row *row = user;

    (void)n;
    row->found = true;
    memcpy(row->id, cells[0].data, 16);
    row->due = cells[1].type == ACRM_CELL_INT ? cells[1].integer : INT64_MAX;
    return 1;
}

static int32_t mark_find(acrm__call *call, const unsigned char customer[16], mark_row *row)
{
    const acrm_expression select[] = { { .column = F_ID },
                                       { .column = F_customer_profile__due_at } };
    const acrm__term terms[] = {
        { F_customer_profile__customer_id, ACRM_FILTER_EQ, acrm__cell_id(customer) },
        { F_DELETED_AT, ACRM_FILTER_EQ, acrm__cell_null() },
    };
    const acrm_query query = { .struct_size = sizeof query,
                               .table = &acrm__entity_of(call, "customer_profile")->table,
                               .where = acrm__where(call, terms, 2), .n_select = 2,
                               .select = select, .limit = 1 };

    return query.where ? acrm__query(call, &query, mark_take, row) : acrm__nomem(call);
}

int32_t acrm__profile_mark(acrm__call *call, const unsigned char customer[16])
{
    static const uint32_t field = F_customer_profile__due_at;
    const acrm_cell now = acrm__cell_int(call->now);
    const acrm__grading *grading;
    mark_row row = { .found = false };
    int32_t st = acrm__grading_open(call, &grading);

    /* Who only asks what a write would do has no right to write. */
    if (st != ACRM_OK || !grading->policy.active || call->session->in_transaction != 2)
        return st;
    st = mark_find(call, customer, &row);
    if (st == ACRM_OK && row.found)
        return row.due <= call->now
                   ? ACRM_OK
                   : acrm__amend(call, acrm__entity_of(call, "customer_profile"), row.id, &field,
                                 &now, 1, NULL);
    acrm__rec *rec = st == ACRM_OK ? acrm__new(call, "customer_profile") : NULL;
    if (!rec)
        return st == ACRM_OK ? acrm__nomem(call) : st;
    acrm__set(rec, F_customer_profile__customer_id, acrm__cell_id(customer));
    acrm__set(rec, F_customer_profile__currency, acrm__cell_text(grading->policy.currency));
    acrm__set(rec, F_customer_profile__state, acrm__cell_text("new"));
    acrm__set(rec, F_customer_profile__due_at, now);
    return acrm__append(call, rec);
}

/* --- Records that say something about one --- */

static int32_t mark_field(acrm__call *call, const acrm__rec *rec, const char *name)
{
    uint32_t field = acrm__field_of(rec->entity, name);

    if (field == UINT32_MAX || acrm__is_null(rec, field))
        return ACRM_OK;
    return acrm__profile_mark(call, acrm__id(rec, field));
}

int32_t acrm__mark_write(acrm__call *call, acrm__rec *rec, const acrm__rec *before)
{
    static const char *const fields[] = { "customer_id", "shown_to_id", "from_id", "to_id" };
    int32_t st = ACRM_OK;

    for (size_t i = 0; st == ACRM_OK && i < sizeof fields / sizeof fields[0]; i++) {
        uint32_t field = acrm__field_of(rec->entity, fields[i]);
        st = mark_field(call, rec, fields[i]);
        if (st == ACRM_OK && before && field != UINT32_MAX && acrm__changed(rec, field))
            st = mark_field(call, before, fields[i]);
    }
    return st;
}

/* A customer who is deleted has no profile; one who comes back gets it anew. */
int32_t acrm__mark_customer(acrm__call *call, acrm__rec *rec, const acrm__rec *before)
{
    (void)before;
    return acrm__is_null(rec, F_ID) ? ACRM_OK : acrm__profile_mark(call, acrm__id(rec, F_ID));
}

/* A reading of the odometer moves what its owners may expect. */
int32_t acrm__mark_vehicle(acrm__call *call, acrm__rec *rec, const acrm__rec *before)
{
    const acrm__entity *ownership = acrm__entity_of(call, "vehicle_ownership");
    const acrm__term term = { acrm__field_of(ownership, "vehicle_id"), ACRM_FILTER_EQ,
                              rec->cells[F_ID] };
    const acrm__grading *grading;
    acrm__recs found = { NULL, 0 };
    int32_t st = acrm__grading_open(call, &grading);

    if (st != ACRM_OK || !before || !grading->policy.active)
        return st;
    st = acrm__find(call, &(acrm__select){ .entity = "vehicle_ownership", .terms = &term,
        .n_terms = 1, .limit = 100, .as_system = true }, &found);
    for (size_t i = 0; st == ACRM_OK && i < found.count; i++)
        st = mark_field(call, found.items[i], "customer_id");
    return st;
}

/* --- Events about a customer that no record of theirs tells --- */

int32_t acrm__mark_event(acrm__call *call, const acrm__event *event)
{
    return acrm__profile_mark(call, event->id);
}

/* Those who were merged into another, or are back, are computed too: who is found gone loses the
 * profile. */
int32_t acrm__mark_merged(acrm__call *call, const acrm__event *event)
{
    static const char *const names[] = { "merged", "restored" };
    unsigned char id[16];
    int32_t st = acrm__profile_mark(call, event->id);

    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        const acrm_value *list = acrm_value_get(event->data, names[i]);
        for (size_t k = 0; st == ACRM_OK && k < acrm_value_count(list); k++) {
            size_t len = 0;
            const char *text = acrm_value_text(acrm_value_at(list, k), &len);
            if (text && acrm__uuid_parse(text, len, id))
                st = acrm__profile_mark(call, id);
        }
    }
    return st;
}

int32_t acrm__mark_erasing(acrm__call *call, const acrm__event *event)
{
    const acrm__term term = { F_customer_profile__customer_id, ACRM_FILTER_EQ,
                              acrm__cell_id(event->id) };
    acrm__rec *rec = NULL;
    int32_t st = acrm__find_one(call, &(acrm__select){ .entity = "customer_profile",
        .terms = &term, .n_terms = 1, .as_system = true }, &rec);

    if (st == ACRM_OK && rec)
        st = acrm__purge(call, rec);
    return st == ACRM_OK ? acrm__grade_end(call, event->id, true) : st;
}
