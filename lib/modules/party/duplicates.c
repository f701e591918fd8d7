/* SPDX-License-Identifier: MIT */
/*
 * customer.duplicates: all customers compared with those who share a key with them, in steps. The
 * keys lie in order, so that one walk passes every group of like customers once: no pair is made
 * that shares nothing, and no more is in memory than one group. Where a walk was cut short the next
 * call goes on.
 */
#include "kernel/inside.h"
#include "kernel/keys.h"
#include "modules/party/entities.h"
#include "modules/party/party.h"
#include "modules/party/review.h"
#include "modules/party/suspects.h"

#include <string.h>

enum {
    DUPLICATES_ROWS = 4096, /* keys of a step */
    DUPLICATES_BLOCK = 64,  /* customers of one key; of more, the key says too little */
    DUPLICATES_MAKE = 500,  /* customers of a step that makes keys */
    DUPLICATES_PARTS = 65536 /* of the whole, in progress */
};

static const char duplicates_asked[] = "customer.duplicates_asked";

/* Counters of a scan, in the order of their fields. */
static const struct {
    const char *name;
    uint32_t field;
} duplicates_counters[] = {
    { "keys", F_duplicate_scan__keys },           { "compared", F_duplicate_scan__compared },
    { "found", F_duplicate_scan__found },         { "automatic", F_duplicate_scan__automatic },
    { "changed", F_duplicate_scan__changed },     { "too_common", F_duplicate_scan__too_common },
};

enum { KEYS, COMPARED, FOUND, AUTOMATIC, CHANGED, TOO_COMMON, DUPLICATES_COUNTERS };

typedef struct duplicates_walk {
    acrm__call *call;
    acrm__rules rules;
    acrm__arena *arena; /* the call's own */
    acrm__arena step;   /* what is written in a step */
    acrm__arena block;  /* the customers of one key */
    acrm__key_row *rows;
    acrm__subject *subjects[DUPLICATES_BLOCK];
    unsigned char scan[16];     /* id of its record */
    unsigned char position[16]; /* last key, or customer, done */
    bool begun;                 /* there is a position */
    bool compare;               /* else keys are made */
    bool finished;
    int64_t counts[DUPLICATES_COUNTERS];
} duplicates_walk;

/* --- One group --- */

static int32_t duplicates_found(duplicates_walk *walk, const acrm__subject *a,
                                const acrm__subject *b, const acrm__verdict *verdict)
{
    acrm__call *call = walk->call;
    acrm__arena *back = call->arena;
    int32_t outcome;

    call->arena = &walk->step;
    int32_t st = acrm__review_put(call, acrm__id(a->rec, F_ID), acrm__id(b->rec, F_ID), verdict,
                                  &outcome);
    call->arena = back;
    if (st != ACRM_OK)
        return st;
    walk->counts[FOUND] += outcome == ACRM__REVIEW_ADDED;
    walk->counts[CHANGED] += outcome == ACRM__REVIEW_CHANGED;
    walk->counts[AUTOMATIC] += outcome == ACRM__REVIEW_ADDED && verdict->automatic;
    return ACRM_OK;
}

static int32_t duplicates_pairs(duplicates_walk *walk, uint32_t n)
{
    acrm__verdict verdict;
    int32_t st = ACRM_OK;

    for (uint32_t i = 0; i < n; i++)
        for (uint32_t k = i + 1; k < n && st == ACRM_OK; k++) {
            acrm__rules_judge(&walk->rules, walk->subjects[i], walk->subjects[k], &verdict);
            if (verdict.rule)
                st = duplicates_found(walk, walk->subjects[i], walk->subjects[k], &verdict);
        }
    walk->counts[COMPARED] += (int64_t)n * (n - 1) / 2;
    return st;
}

static int32_t duplicates_group(duplicates_walk *walk, const acrm__key_row *rows, uint32_t count)
{
    acrm__call *call = walk->call;
    uint32_t n = 0;
    int32_t st = ACRM_OK;

    walk->counts[TOO_COMMON] += count > DUPLICATES_BLOCK;
    if (count < 2 || count > DUPLICATES_BLOCK)
        return ACRM_OK;
    call->arena = &walk->block;
    for (uint32_t i = 0; i < count && st == ACRM_OK; i++) {
        st = acrm__subject_load(call, rows[i].record, true, &walk->subjects[n]);
        n += st == ACRM_OK && walk->subjects[n] != NULL;
    }
    if (st == ACRM_OK && n >= 2)
        st = duplicates_pairs(walk, n);
    call->arena = walk->arena;
    acrm__arena_reset(&walk->block);
    return st;
}

/* --- Steps --- */

static void duplicates_at(duplicates_walk *walk, const unsigned char *position)
{
    memcpy(walk->position, position, sizeof walk->position);
    walk->begun = true;
}

/* The groups that are whole among the rows read; the last one may go on behind them. */
static int32_t duplicates_compare(duplicates_walk *walk)
{
    acrm__key_row *rows = walk->rows;
    uint32_t from = 0, count = 0;

    int32_t st = acrm__key_walk(walk->call, walk->begun ? walk->position : NULL, rows,
                                DUPLICATES_ROWS, &count);
    walk->finished = count < DUPLICATES_ROWS;
    while (from < count && st == ACRM_OK) {
        uint32_t to = from + 1;
        while (to < count && acrm__key_of(&rows[to]) == acrm__key_of(&rows[from]))
            to++;
        bool cut = to == count && !walk->finished;
        if (cut && from > 0)
            break;
        st = duplicates_group(walk, rows + from, to - from);
        if (cut) /* one group fills the step: pass over the rest of it */
            memset(rows[to - 1].id + 8, 0xFF, 8);
        from = to;
    }
    walk->counts[KEYS] += from;
    if (from > 0)
        duplicates_at(walk, rows[from - 1].id);
    return st;
}

/* Give the keys that customers should have to those who came before keys were kept. */
static int32_t duplicates_make(duplicates_walk *walk)
{
    acrm__call *call = walk->call;
    const acrm__term behind = { F_ID, ACRM_FILTER_GT, acrm__cell_blob(walk->position, 16) };
    uint64_t keys[ACRM__SUBJECT_KEYS];
    acrm__recs found = { NULL, 0 };

    int32_t st = acrm__find(call, &(acrm__select){ .entity = "customer", .terms = &behind,
        .n_terms = walk->begun, .limit = DUPLICATES_MAKE, .as_system = true }, &found);
    for (size_t i = 0; i < found.count && st == ACRM_OK; i++) {
        const unsigned char *id = acrm__id(found.items[i], F_ID);
        acrm__subject *subject = NULL;
        st = acrm__subject_load(call, id, true, &subject);
        size_t n = st == ACRM_OK && subject ? acrm__subject_keys(subject, keys) : 0;
        for (size_t k = 0; k < n && st == ACRM_OK; k++)
            st = acrm__key_add(call, keys[k], id);
    }
    if (st != ACRM_OK)
        return st;
    if (found.count > 0)
        duplicates_at(walk, acrm__id(found.items[found.count - 1], F_ID));
    walk->compare = found.count < DUPLICATES_MAKE;
    walk->begun = !walk->compare;
    return ACRM_OK;
}

static int32_t duplicates_save(duplicates_walk *walk)
{
    acrm__call *call = walk->call;
    acrm__rec *rec = NULL;

    int32_t st = acrm__load(call, "duplicate_scan", walk->scan, "scan_id", &rec);
    if (st != ACRM_OK)
        return st;
    acrm__set(rec, F_duplicate_scan__phase, acrm__cell_text(walk->compare ? "compare" : "keys"));
    acrm__set(rec, F_duplicate_scan__position,
              walk->begun ? acrm__cell_blob(walk->position, 16) : acrm__cell_null());
    for (size_t i = 0; i < DUPLICATES_COUNTERS; i++)
        acrm__set(rec, duplicates_counters[i].field, acrm__cell_int(walk->counts[i]));
    if (walk->finished)
        acrm__set(rec, F_duplicate_scan__finished_at, acrm__cell_int(call->now));
    return acrm__update(call, rec);
}

static int32_t duplicates_step(duplicates_walk *walk)
{
    acrm__call *call = walk->call;
    int64_t part = walk->compare && walk->begun ? walk->position[0] << 8 | walk->position[1] : 0;

    int32_t st = acrm__progress(call, walk->compare ? "compare" : "keys", part,
                                walk->compare ? DUPLICATES_PARTS : 0);
    if (st == ACRM_OK)
        st = acrm__begin(call);
    if (st != ACRM_OK)
        return st;
    if (walk->compare) {
        st = duplicates_compare(walk);
    } else {
        call->arena = &walk->step;
        st = duplicates_make(walk);
    }
    call->arena = &walk->step; /* what the writes take is given back with the step */
    if (st == ACRM_OK)
        st = duplicates_save(walk);
    if (st == ACRM_OK)
        st = acrm__commit(call);
    else
        acrm__rollback(call);
    call->arena = walk->arena;
    acrm__arena_reset(&walk->step);
    return st;
}

/* --- The scan --- */

static int32_t duplicates_new(duplicates_walk *walk)
{
    acrm__call *call = walk->call;
    acrm__rec *rec = acrm__new(call, "duplicate_scan");
    acrm__key_row first;
    uint32_t count = 0;

    int32_t st = acrm__key_walk(call, NULL, &first, 1, &count);
    if (st != ACRM_OK)
        return st;
    walk->compare = count > 0 && !acrm__arg_bool(call, "rebuild", false);
    if (!rec)
        return acrm__nomem(call);
    acrm__set(rec, F_duplicate_scan__started_at, acrm__cell_int(call->now));
    acrm__set(rec, F_duplicate_scan__phase, acrm__cell_text(walk->compare ? "compare" : "keys"));
    st = acrm__insert(call, rec);
    if (st == ACRM_OK)
        memcpy(walk->scan, acrm__id(rec, F_ID), 16);
    return st;
}

static int32_t duplicates_resume(duplicates_walk *walk, acrm__rec *rec)
{
    acrm__call *call = walk->call;
    const acrm_cell *position = &rec->cells[F_duplicate_scan__position];

    if (acrm__arg_bool(call, "restart", false) || acrm__arg_bool(call, "rebuild", false)) {
        acrm__set(rec, F_duplicate_scan__finished_at, acrm__cell_int(call->now));
        int32_t st = acrm__update(call, rec);
        return st == ACRM_OK ? duplicates_new(walk) : st;
    }
    memcpy(walk->scan, acrm__id(rec, F_ID), 16);
    walk->compare = strcmp(acrm__text(rec, F_duplicate_scan__phase), "compare") == 0;
    if (position->type == ACRM_CELL_BLOB && position->size == 16)
        duplicates_at(walk, position->data);
    for (size_t i = 0; i < DUPLICATES_COUNTERS; i++)
        walk->counts[i] = acrm__int(rec, duplicates_counters[i].field);
    return ACRM_OK;
}

static int32_t duplicates_open(duplicates_walk *walk)
{
    acrm__call *call = walk->call;
    const acrm__term running = { F_duplicate_scan__finished_at, ACRM_FILTER_EQ,
                                 acrm__cell_null() };
    acrm__rec *rec = NULL;

    int32_t st = acrm__begin(call);
    if (st != ACRM_OK)
        return st;
    st = acrm__rules_load(call, &walk->rules);
    if (st == ACRM_OK)
        st = acrm__find_one(call, &(acrm__select){ .entity = "duplicate_scan", .terms = &running,
            .n_terms = 1, .descending = true, .as_system = true }, &rec);
    if (st == ACRM_OK)
        st = rec ? duplicates_resume(walk, rec) : duplicates_new(walk);
    if (st == ACRM_OK)
        return acrm__commit(call);
    acrm__rollback(call);
    return st;
}

static int32_t duplicates_answer(const duplicates_walk *walk)
{
    acrm_value *out = walk->call->out;
    bool ok = acrm__put_text(out, "scan_id", acrm__id_text(walk->call, walk->scan)) &&
              acrm__put_bool(out, "finished", walk->finished);

    for (size_t i = 0; ok && i < DUPLICATES_COUNTERS; i++)
        ok = acrm__put_int(out, duplicates_counters[i].name, walk->counts[i]);
    return ok ? ACRM_OK : acrm__nomem(walk->call);
}

int32_t acrm__party_duplicates(acrm__call *call)
{
    duplicates_walk *walk = acrm__arena_zero(call->arena, sizeof *walk);
    int64_t steps = acrm__arg_int(call, "steps", INT64_MAX);
    int32_t st = ACRM_OK;

    if (!walk)
        return acrm__nomem(call);
    walk->call = call;
    walk->arena = call->arena;
    walk->rows = acrm__arena_array(call->arena, DUPLICATES_ROWS, sizeof *walk->rows);
    if (!walk->rows)
        return acrm__nomem(call);
    acrm__arena_init(&walk->step, &call->arena->allocator);
    acrm__arena_init(&walk->block, &call->arena->allocator);
    st = duplicates_open(walk);
    while (st == ACRM_OK && !walk->finished && steps-- > 0)
        st = duplicates_step(walk);
    acrm__arena_free(&walk->step);
    acrm__arena_free(&walk->block);
    return st == ACRM_OK ? duplicates_answer(walk) : st;
}

/* --- At create --- */

/* customer.create with duplicates: refuse what a rule takes for somebody known, or ask for a look
 * once all of it is written. */
int32_t acrm__party_create_check(acrm__call *call, acrm__rec *rec, const acrm__rec *before)
{
    bool own = !before && call->entity == rec->entity && call->info->verb == ACRM__VERB_CREATE;
    const char *wish = own ? acrm__arg_text(call, "duplicates") : NULL;
    acrm__suspects found = { NULL, 0 };
    acrm__subject *subject;

    if (!wish || strcmp(wish, "allow") == 0)
        return ACRM_OK;
    if (strcmp(wish, "warn") == 0)
        return acrm__emit(call, duplicates_asked, "customer", acrm__id(rec, F_ID), NULL);
    int32_t st = acrm__party_subject_written(call, rec, &subject);
    if (st == ACRM_OK)
        st = acrm__party_match_contacts(call, acrm_value_get(call->args, "contact_points"),
                                        acrm__text(rec, F_customer__country), subject);
    if (st == ACRM_OK)
        st = acrm__suspects_find(call, subject, acrm__id(rec, F_ID), false, &found);
    for (int32_t i = 0; st == ACRM_OK && i < found.count; i++)
        if (found.items[i].verdict.automatic)
            return acrm__fail(call, ACRM_E_CONFLICT, "duplicate", "name",
                              "customer %s is the same by the rule %s, score %d",
                              acrm__id_text(call, acrm__id(found.items[i].subject->rec, F_ID)),
                              found.items[i].verdict.rule->name, found.items[i].verdict.score);
    return st;
}

/* A reaction to customer.duplicates_asked: who is like this customer goes on the review list. */
int32_t acrm__party_suspected(acrm__call *call, const acrm__event *event)
{
    acrm__suspects found = { NULL, 0 };
    acrm__subject *subject = NULL;
    int32_t outcome;

    int32_t st = acrm__subject_load(call, event->id, true, &subject);
    if (st == ACRM_OK && subject)
        st = acrm__suspects_find(call, subject, event->id, true, &found);
    for (int32_t i = 0; st == ACRM_OK && i < found.count; i++)
        if (found.items[i].verdict.rule)
            st = acrm__review_put(call, event->id, acrm__id(found.items[i].subject->rec, F_ID),
                                  &found.items[i].verdict, &outcome);
    return st;
}
