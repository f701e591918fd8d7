/* SPDX-License-Identifier: MIT */
/* The keys of customers, kept as customers and their contact points are written. */
#include "kernel/inside.h"
#include "kernel/keys.h"
#include "modules/party/entities.h"
#include "modules/party/subject.h"

#include <string.h>

/* An identifier that is being written has its blind index only once it is sealed. */
static int32_t match_key_blind(acrm__call *call, const acrm__rec *rec, uint32_t field,
                               uint32_t blind, acrm_cell *cells)
{
    const acrm_cell *cell = &rec->cells[field];

    if (!acrm__changed(rec, field))
        return ACRM_OK;
    cells[blind] = acrm__cell_null();
    if (cell->type != ACRM_CELL_TEXT)
        return ACRM_OK;
    return acrm__blind(call, rec->entity, field, cell->data, cell->size, &cells[blind]);
}

int32_t acrm__party_subject_written(acrm__call *call, const acrm__rec *rec, acrm__subject **out)
{
    acrm_cell *cells = acrm__arena_array(call->arena, rec->entity->n_fields, sizeof *cells);
    acrm__subject *subject = acrm__arena_alloc(call->arena, sizeof *subject);
    acrm__rec *copy = acrm__arena_zero(call->arena, sizeof *copy);

    if (!cells || !subject || !copy)
        return acrm__nomem(call);
    memcpy(cells, rec->cells, rec->entity->n_fields * sizeof *cells);
    *copy = (acrm__rec){ .entity = rec->entity, .cells = cells };
    int32_t st = match_key_blind(call, rec, F_customer__national_id, F_customer__national_id_blind,
                                 cells);
    if (st == ACRM_OK)
        st = match_key_blind(call, rec, F_customer__tax_id, F_customer__tax_id_blind, cells);
    acrm__subject_of(copy, subject);
    if (st == ACRM_OK)
        *out = subject;
    return st;
}

static bool match_key_has(const uint64_t *keys, size_t n, uint64_t key)
{
    for (size_t i = 0; i < n; i++)
        if (keys[i] == key)
            return true;
    return false;
}

/* Add what is new and take away what is gone. */
static int32_t match_key_change(acrm__call *call, const unsigned char id[16], const uint64_t *old,
                                size_t n_old, const uint64_t *keys, size_t n)
{
    int32_t st = ACRM_OK;

    for (size_t i = 0; i < n && st == ACRM_OK; i++)
        if (!match_key_has(old, n_old, keys[i]))
            st = acrm__key_add(call, keys[i], id);
    for (size_t i = 0; i < n_old && st == ACRM_OK; i++)
        if (!match_key_has(keys, n, old[i]))
            st = acrm__key_remove(call, old[i], id);
    return st;
}

static bool match_key_changed(const acrm__rec *rec)
{
    static const uint32_t fields[] = { F_customer__name, F_customer__also_known_as,
                                       F_customer__national_id, F_customer__tax_id,
                                       F_customer__birth_date, F_DELETED_AT };

    for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++)
        if (acrm__changed(rec, fields[i]))
            return true;
    return false;
}

/* Deleted customers have no keys, so that they are not found; restored ones have them again. */
static int32_t match_key_live(acrm__call *call, const acrm__rec *rec, const acrm__rec *before)
{
    const unsigned char *id = acrm__id(rec, F_ID);
    bool gone = !acrm__is_null(rec, F_DELETED_AT);
    const acrm__term of = { F_contact_point__customer_id, ACRM_FILTER_EQ, rec->cells[F_ID] };
    acrm__recs points = { NULL, 0 };
    uint64_t key;

    if (gone == !acrm__is_null(before, F_DELETED_AT))
        return ACRM_OK;
    int32_t st = acrm__find(call, &(acrm__select){ .entity = "contact_point", .terms = &of,
                                                   .n_terms = 1, .as_system = true }, &points);
    for (size_t i = 0; i < points.count && st == ACRM_OK; i++)
        if (acrm__subject_contact_key(acrm__text(points.items[i], F_contact_point__channel),
                                      acrm__text(points.items[i], F_contact_point__match_value),
                                      &key))
            st = gone ? acrm__key_remove(call, key, id) : acrm__key_add(call, key, id);
    return st;
}

int32_t acrm__party_customer_keys(acrm__call *call, acrm__rec *rec, const acrm__rec *before)
{
    uint64_t old[ACRM__SUBJECT_KEYS], keys[ACRM__SUBJECT_KEYS];
    const unsigned char *id = acrm__id(rec, F_ID);
    acrm__subject *subject;
    size_t n_old = 0, n = 0;
    int32_t st = ACRM_OK;

    if (!id || (before && !match_key_changed(rec)))
        return ACRM_OK;
    if (before && acrm__is_null(before, F_DELETED_AT)) {
        subject = acrm__arena_alloc(call->arena, sizeof *subject);
        if (!subject)
            return acrm__nomem(call);
        acrm__subject_of(before, subject);
        n_old = acrm__subject_keys(subject, old);
    }
    if (acrm__is_null(rec, F_DELETED_AT))
        st = acrm__party_subject_written(call, rec, &subject);
    if (st == ACRM_OK && acrm__is_null(rec, F_DELETED_AT))
        n = acrm__subject_keys(subject, keys);
    if (st == ACRM_OK)
        st = match_key_change(call, id, old, n_old, keys, n);
    return st == ACRM_OK && before ? match_key_live(call, rec, before) : st;
}

/* --- Contact points --- */

static bool match_key_of_point(const acrm__rec *rec, uint64_t *key)
{
    return acrm__is_null(rec, F_DELETED_AT) && acrm__id(rec, F_contact_point__customer_id) &&
           acrm__subject_contact_key(acrm__text(rec, F_contact_point__channel),
                                     acrm__text(rec, F_contact_point__match_value), key);
}

/* A value may be there twice: at home and at work. */
static int32_t match_key_drop(acrm__call *call, const acrm__rec *before, uint64_t key)
{
    const acrm__term terms[] = {
        { F_contact_point__customer_id, ACRM_FILTER_EQ,
          before->cells[F_contact_point__customer_id] },
        { F_contact_point__match_value, ACRM_FILTER_EQ,
          before->cells[F_contact_point__match_value] },
        { F_ID, ACRM_FILTER_NE, before->cells[F_ID] },
    };
    acrm__rec *other = NULL;

    int32_t st = acrm__find_one(call, &(acrm__select){ .entity = "contact_point", .terms = terms,
                                                       .n_terms = 3, .as_system = true }, &other);
    if (st != ACRM_OK || other)
        return st;
    return acrm__key_remove(call, key, acrm__id(before, F_contact_point__customer_id));
}

int32_t acrm__party_contact_point_keys(acrm__call *call, acrm__rec *rec, const acrm__rec *before)
{
    uint64_t old = 0, key = 0;
    bool had = before && match_key_of_point(before, &old);
    bool has = acrm__id(rec, F_ID) && match_key_of_point(rec, &key);
    bool moved = before && !acrm__cell_equal(&rec->cells[F_contact_point__customer_id],
                                             &before->cells[F_contact_point__customer_id]);

    if (had && has && old == key && !moved)
        return ACRM_OK;
    int32_t st = had ? match_key_drop(call, before, old) : ACRM_OK;
    if (st == ACRM_OK && has)
        st = acrm__key_add(call, key, acrm__id(rec, F_contact_point__customer_id));
    return st;
}
