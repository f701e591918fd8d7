/* SPDX-License-Identifier: MIT */
/*
 * Every record that is about a person. It begins with the customer and those merged into it, and
 * goes on, round by round, to what refers to what was reached: no list but the registry's, so
 * custom entities and fields are in it. The number of statements is that of the references that are
 * declared, never of the records in the database.
 */
#include "modules/privacy/privacy.h"

#include "kernel/registry.h"

#include <stdlib.h>
#include <string.h>

enum { REACH_ROUNDS = 5, REACH_IDS = 500 /* in one statement */ };

acrm__call acrm__privacy_system(const acrm__call *call)
{
    acrm__call system = *call;

    system.as_system = true;
    return system;
}

int32_t acrm__privacy_customer(acrm__call *call, const char *arg, acrm__rec **out)
{
    unsigned char id[16];

    *out = NULL;
    acrm__arg_id(call, arg, id);
    int32_t st = acrm__load_any(call, acrm__entity_of(call, "customer"), id, out);
    if (st == ACRM_OK && !*out)
        st = acrm__fail(call, ACRM_E_NOTFOUND, "reference", arg, "there is no such customer");
    return st;
}

bool acrm__privacy_is_person(const acrm__reach *reach, const acrm_cell *id)
{
    for (uint32_t i = 0; id->type == ACRM_CELL_BLOB && id->size == 16 && i < reach->n_persons; i++)
        if (memcmp(reach->persons[i], id->data, 16) == 0)
            return true;
    return false;
}

/* --- Keeping what was found --- */

static int32_t reach_add(acrm__reach *reach, acrm__rec *rec, bool own, int32_t round)
{
    acrm__reached *of = &reach->of[rec->entity->number];

    if (of->n == of->cap) {
        uint32_t cap = of->cap ? 2 * of->cap : 8;
        acrm__arena *arena = reach->call->arena;
        acrm__rec **items = acrm__arena_array(arena, cap, sizeof *items);
        bool *owned = acrm__arena_array(arena, cap, sizeof *owned);
        int32_t *rounds = acrm__arena_array(arena, cap, sizeof *rounds);
        if (!items || !owned || !rounds)
            return acrm__nomem(reach->call);
        for (uint32_t i = 0; i < of->n; i++) {
            items[i] = of->items[i];
            owned[i] = of->own[i];
            rounds[i] = of->round[i];
        }
        *of = (acrm__reached){ items, owned, rounds, of->n, cap };
    }
    of->items[of->n] = rec;
    of->own[of->n] = own;
    of->round[of->n++] = round;
    return ACRM_OK;
}

/* Where a record is, or would be: what was found before this round is in order of the ids. */
static uint32_t reach_place(const acrm__reached *of, uint32_t n, const unsigned char *id)
{
    uint32_t low = 0;

    while (n > 0) {
        uint32_t half = n / 2;
        if (memcmp(acrm__id(of->items[low + half], F_ID), id, 16) < 0) {
            low += half + 1;
            n -= half + 1;
        } else {
            n = half;
        }
    }
    return low;
}

static bool reach_known(const acrm__reached *of, const unsigned char *id)
{
    uint32_t at = reach_place(of, of->n, id);

    return at < of->n && memcmp(acrm__id(of->items[at], F_ID), id, 16) == 0;
}

/* Insert in order: ids are made in order of time, so that little moves. */
static int32_t reach_insert(acrm__reach *reach, acrm__rec *rec, bool own, int32_t round)
{
    acrm__reached *of = &reach->of[rec->entity->number];

    if (reach_known(of, acrm__id(rec, F_ID)))
        return ACRM_OK;
    int32_t st = reach_add(reach, rec, own, round);
    if (st != ACRM_OK)
        return st;
    uint32_t at = reach_place(of, of->n - 1, acrm__id(rec, F_ID));
    for (uint32_t i = of->n - 1; i > at; i--) {
        of->items[i] = of->items[i - 1];
        of->own[i] = of->own[i - 1];
        of->round[i] = of->round[i - 1];
    }
    of->items[at] = rec;
    of->own[at] = own;
    of->round[at] = round;
    return ACRM_OK;
}

/* --- Which references are followed --- */

static bool reach_indexed(const acrm__entity *entity, uint32_t field)
{
    for (uint32_t i = 0; i < entity->table.n_indexes; i++)
        if (entity->table.indexes[i].columns[0] == field &&
            !(entity->table.indexes[i].flags & ACRM_INDEX_LIVE))
            return true;
    return false;
}

/* References to customers always; to their records where that takes no scan of a table. */
static bool reach_follows(const acrm__reach *reach, const acrm__entity *entity, uint32_t field)
{
    const acrm__fieldinfo *f = &entity->fields[field];

    if (f->def.type != ACRM__T_REF || f->target == UINT32_MAX)
        return false;
    const acrm__entity *target = reach->call->session->registry->entities[f->target];
    return target->subject == F_ID || field == entity->via || reach_indexed(entity, field);
}

/* Whose the personal data in a record is: its subject's; without one, the person's it leads to. */
static bool reach_owned(const acrm__reach *reach, const acrm__rec *rec)
{
    const acrm__entity *entity = rec->entity;
    const acrm_cell *subject = entity->subject == UINT32_MAX ? NULL : &rec->cells[entity->subject];

    return !subject || subject->type == ACRM_CELL_NULL || acrm__privacy_is_person(reach, subject);
}

/* --- One round --- */

static int32_t reach_find(acrm__reach *reach, const acrm__entity *entity, uint32_t field,
                          const acrm_cell *ids, uint32_t n, int32_t round)
{
    acrm__call *call = reach->call;
    const acrm_filter_node in = { .op = n == 1 ? ACRM_FILTER_EQ : ACRM_FILTER_IN,
                                  .column = field, .values = ids, .n_values = n };
    acrm__recs found = { NULL, 0 };
    int32_t st = acrm__find(call, &(acrm__select){ .entity = entity->def->name, .where = &in,
                                                   .as_system = true, .with_deleted = true },
                            &found);

    for (size_t i = 0; st == ACRM_OK && i < found.count; i++)
        st = reach_insert(reach, found.items[i], reach_owned(reach, found.items[i]), round);
    return st;
}

/* All records whose `field` refers to what the round before found. The ids are taken first: an
 * entity may refer to itself, and then its list changes meanwhile. */
static int32_t reach_field(acrm__reach *reach, const acrm__entity *entity, uint32_t field,
                           int32_t round)
{
    const acrm__reached *target = &reach->of[entity->fields[field].target];
    acrm_cell *ids = acrm__arena_array(reach->call->arena, target->n + 1, sizeof *ids);
    int32_t st = ids ? ACRM_OK : acrm__nomem(reach->call);
    uint32_t n = 0;

    for (uint32_t i = 0; st == ACRM_OK && i < target->n; i++)
        if (target->own[i] && target->round[i] == round - 1)
            ids[n++] = target->items[i]->cells[F_ID];
    for (uint32_t from = 0; st == ACRM_OK && from < n; from += REACH_IDS)
        st = reach_find(reach, entity, field, ids + from,
                        n - from < REACH_IDS ? n - from : REACH_IDS, round);
    return st;
}

static bool reach_has_new(const acrm__reached *of, int32_t round)
{
    for (uint32_t i = 0; i < of->n; i++)
        if (of->own[i] && of->round[i] == round)
            return true;
    return false;
}

static int32_t reach_round(acrm__reach *reach, int32_t round)
{
    const acrm__registry *r = reach->call->session->registry;
    bool *fresh = acrm__arena_array(reach->call->arena, r->n_entities, sizeof *fresh);

    if (!fresh)
        return acrm__nomem(reach->call);
    for (uint32_t e = 0; e < r->n_entities; e++)
        fresh[e] = reach_has_new(&reach->of[e], round - 1);
    for (uint32_t e = 0; e < r->n_entities; e++) {
        const acrm__entity *entity = r->entities[e];
        for (uint32_t i = F_SYSTEM_COUNT; i < entity->n_fields; i++) {
            if (!reach_follows(reach, entity, i) || !fresh[entity->fields[i].target])
                continue;
            int32_t st = reach_field(reach, entity, i, round);
            if (st != ACRM_OK)
                return st;
        }
    }
    return ACRM_OK;
}

/* --- Who the person is --- */

/* The customers that were merged into this one: they stood for the same person. */
static int32_t reach_merged(acrm__reach *reach, const acrm__entity *customer)
{
    uint32_t into = acrm__field_of(customer, "merged_into_id");

    for (uint32_t i = 0; into != UINT32_MAX && i < reach->n_persons; i++) {
        const acrm__term term = { into, ACRM_FILTER_EQ, acrm__cell_id(reach->persons[i]) };
        acrm__recs found = { NULL, 0 };
        int32_t st = acrm__find(reach->call, &(acrm__select){
            .entity = "customer", .terms = &term, .n_terms = 1, .as_system = true,
            .with_deleted = true }, &found);
        if (st != ACRM_OK)
            return st;
        for (size_t k = 0; k < found.count; k++) {
            if (reach->n_persons == ACRM__PERSONS_MAX)
                return acrm__fail(reach->call, ACRM_E_LIMIT, "limit", "customer_id",
                                  "more than %d customers were merged into this one",
                                  ACRM__PERSONS_MAX - 1);
            memcpy(reach->persons[reach->n_persons++], acrm__id(found.items[k], F_ID), 16);
            st = reach_insert(reach, found.items[k], true, 0);
            if (st != ACRM_OK)
                return st;
        }
    }
    return ACRM_OK;
}

int32_t acrm__privacy_reach(acrm__call *system, const acrm__rec *customer, acrm__reach *out)
{
    const acrm__registry *r = system->session->registry;
    acrm__rec *first = NULL;

    *out = (acrm__reach){ .call = system, .n_persons = 1, .n_entities = r->n_entities };
    memcpy(out->persons[0], acrm__id(customer, F_ID), 16);
    out->of = acrm__arena_array(system->arena, r->n_entities, sizeof *out->of);
    if (!out->of)
        return acrm__nomem(system);
    int32_t st = acrm__load_any(system, customer->entity, acrm__id(customer, F_ID), &first);
    if (st == ACRM_OK && !first)
        st = acrm__fail(system, ACRM_E_NOTFOUND, "reference", "customer_id",
                        "there is no such customer");
    if (st == ACRM_OK)
        st = reach_insert(out, first, true, 0);
    if (st == ACRM_OK)
        st = reach_merged(out, customer->entity);
    for (int32_t round = 1; st == ACRM_OK && round <= REACH_ROUNDS; round++)
        st = reach_round(out, round);
    return st;
}
