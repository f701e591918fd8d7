/* SPDX-License-Identifier: MIT */
/*
 * grade.run computes all customers, step by step: a step is a transaction, which keeps how far it
 * came, so that a run that was cut short goes on where it was. engine.tick computes those that are
 * due, and only those.
 */
#include "modules/grading/grading.h"

#include "kernel/inside.h"

#include <string.h>

/* --- Steps, each in memory of its own --- */

typedef int32_t (*run_step_fn)(acrm__call *call, void *user);

static int32_t run_step(acrm__call *call, acrm__arena *arena, run_step_fn step, void *user)
{
    acrm__call inner = *call;
    int32_t st;

    inner.arena = arena;
    inner.as_system = true;
    st = acrm__begin(&inner);
    if (st != ACRM_OK)
        return st;
    st = step(&inner, user);
    if (st == ACRM_OK)
        st = acrm__commit(&inner);
    else
        acrm__rollback(&inner);
    acrm__arena_reset(arena);
    return st;
}

/* --- engine.tick --- */

typedef struct run_due {
    unsigned char ids[ACRM__GRADING_LISTED][16];
    uint32_t n, max;
    int64_t computed, moved;
    bool any;
} run_due;

static int32_t run_due_row(void *user, const acrm_cell *cells, uint32_t n)
{
    run_due *due = user;

    (void)n;
    memcpy(due->ids[due->n++], cells[0].data, 16);
    return 0;
}

static int32_t run_due_find(acrm__call *call, run_due *due)
{
    const acrm_expression select[] = { { .column = F_customer_profile__customer_id },
                                       { .column = F_customer_profile__due_at } };
    const acrm__term terms[] = {
        { F_customer_profile__due_at, ACRM_FILTER_LE, acrm__cell_int(call->now) },
        { F_DELETED_AT, ACRM_FILTER_EQ, acrm__cell_null() },
    };
    const acrm_order order = { .expression = 1 };
    const acrm_query query = { .struct_size = sizeof query,
                               .table = &acrm__entity_of(call, "customer_profile")->table,
                               .where = acrm__where(call, terms, 2), .n_select = 2,
                               .select = select, .n_order = 1, .order = &order,
                               .limit = due->max };

    due->n = 0;
    return query.where ? acrm__query(call, &query, run_due_row, due) : acrm__nomem(call);
}

static int32_t run_due_step(acrm__call *call, void *user)
{
    run_due *due = user;
    acrm__batch batch = { .which = ACRM__SCHEMES_ALL };
    int32_t st = run_due_find(call, due);

    due->any = due->n > 0;
    if (st == ACRM_OK && due->any)
        st = acrm__batch_list(call, &batch, (const unsigned char (*)[16])due->ids, due->n);
    if (st == ACRM_OK && due->any)
        st = acrm__batch_compute(&batch);
    due->computed += due->n;
    due->moved += batch.moved;
    return st;
}

/* Whether anything is due, in a read transaction: a tick without work keeps no writer waiting. */
static int32_t run_due_any(acrm__call *call, run_due *due)
{
    const acrm__grading *grading;
    int32_t st = acrm__transaction_begin(call, false);

    if (st != ACRM_OK)
        return st;
    due->max = 1;
    st = acrm__grading_open(call, &grading);
    if (st == ACRM_OK && grading->policy.active)
        st = run_due_find(call, due);
    due->any = due->n > 0;
    acrm__transaction_rollback(call->session);
    return st;
}

int32_t acrm__grading_tick(acrm__call *call)
{
    int64_t limit = acrm__arg_int(call, "limit", 1000);
    run_due due = { .n = 0 };
    acrm__arena arena;
    int32_t st = run_due_any(call, &due);

    acrm__arena_init(&arena, &call->arena->allocator);
    while (st == ACRM_OK && due.any && due.computed < limit) {
        due.max = limit - due.computed < ACRM__GRADING_LISTED
                      ? (uint32_t)(limit - due.computed) : ACRM__GRADING_LISTED;
        st = run_step(call, &arena, run_due_step, &due);
        if (st == ACRM_OK)
            st = acrm__progress(call, "profiles", due.computed, 0);
    }
    acrm__arena_free(&arena);
    if (st != ACRM_OK || due.computed == 0)
        return st;
    acrm_value *told = acrm__put_map(call->out, "profiles");
    bool ok = told && acrm__put_int(told, "computed", due.computed) &&
              acrm__put_int(told, "moved", due.moved);
    return ok ? ACRM_OK : acrm__nomem(call);
}

/* --- grade.run --- */

typedef struct run_state {
    unsigned char id[16], position[16];
    bool grades;       /* the second phase */
    bool done;
    int64_t customers, changed, moved, events, total;
    uint32_t step;
} run_state;

static int32_t run_find(acrm__call *call, acrm__rec **out)
{
    const acrm__term open = { F_grade_run__finished_at, ACRM_FILTER_EQ, acrm__cell_null() };

    return acrm__find_one(call, &(acrm__select){ .entity = "grade_run", .terms = &open,
                                                 .n_terms = 1, .as_system = true }, out);
}

static int32_t run_begin(acrm__call *call, void *user)
{
    run_state *run = user;
    const acrm__grading *grading;
    acrm__rec *rec = NULL;
    int32_t st = acrm__grading_open(call, &grading);

    if (st == ACRM_OK && !grading->policy.active)
        return acrm__fail(call, ACRM_E_CONFLICT, "policy", NULL,
                          "there is no active profile_policy to compute by");
    if (st == ACRM_OK)
        st = run_find(call, &rec);
    if (st == ACRM_OK && rec && acrm__arg_bool(call, "restart", false)) {
        st = acrm__purge(call, rec);
        rec = NULL;
    }
    if (st == ACRM_OK && !rec) {
        rec = acrm__new(call, "grade_run");
        if (!rec)
            return acrm__nomem(call);
        acrm__set(rec, F_grade_run__started_at, acrm__cell_int(call->now));
        acrm__set(rec, F_grade_run__phase, acrm__cell_text("profile"));
        acrm__set(rec, F_grade_run__customers, acrm__cell_int(0));
        acrm__set(rec, F_grade_run__changed, acrm__cell_int(0));
        acrm__set(rec, F_grade_run__moved, acrm__cell_int(0));
        st = acrm__append(call, rec);
        if (st == ACRM_OK)
            st = run_find(call, &rec);
    }
    if (st == ACRM_OK)
        st = acrm__count(call, &(acrm__select){ .entity = "customer", .as_system = true },
                         &run->total);
    if (st != ACRM_OK)
        return st;
    memcpy(run->id, acrm__id(rec, F_ID), 16);
    if (acrm__id(rec, F_grade_run__position))
        memcpy(run->position, acrm__id(rec, F_grade_run__position), 16);
    run->grades = strcmp(acrm__text(rec, F_grade_run__phase), "grade") == 0;
    run->customers = acrm__int(rec, F_grade_run__customers);
    run->changed = acrm__int(rec, F_grade_run__changed);
    run->moved = acrm__int(rec, F_grade_run__moved);
    return ACRM_OK;
}

static int32_t run_keep(acrm__call *call, const run_state *run)
{
    static const uint32_t fields[] = { F_grade_run__finished_at, F_grade_run__phase,
                                       F_grade_run__position, F_grade_run__customers,
                                       F_grade_run__changed, F_grade_run__moved };
    const acrm_cell cells[] = { run->done ? acrm__cell_int(call->now) : acrm__cell_null(),
                                acrm__cell_text(run->grades ? "grade" : "profile"),
                                acrm__cell_blob(run->position, 16),
                                acrm__cell_int(run->customers), acrm__cell_int(run->changed),
                                acrm__cell_int(run->moved) };

    return acrm__amend(call, acrm__entity_of(call, "grade_run"), run->id, fields, cells, 6, NULL);
}

/* Keys as text, since a JSON number would not hold every one. */
static int32_t run_keep_cuts(acrm__call *call, const acrm__scheme *scheme)
{
    static const uint32_t field = F_grade_scheme__cuts;
    acrm__str text;

    acrm__str_init(&text, &call->arena->allocator);
    for (uint32_t a = 0; a < ACRM_SCORING_AXES_MAX; a++) {
        acrm__str_puts(&text, a ? "," : "[");
        acrm__str_puts(&text, scheme->cut[a] ? "[" : "null");
        for (uint32_t k = 0; scheme->cut[a] && k < ACRM_SCORING_PARTS_MAX - 1; k++)
            acrm__str_format(&text, "%s\"%lld\"", k ? "," : "", (long long)scheme->cuts[a][k]);
        acrm__str_puts(&text, scheme->cut[a] ? "]" : "");
    }
    acrm__str_putc(&text, ']');
    const acrm_cell cell = acrm__cell_textn(text.data, text.len);
    int32_t st = text.failed ? acrm__nomem(call)
                             : acrm__amend(call, acrm__entity_of(call, "grade_scheme"), scheme->id,
                                           &field, &cell, 1, NULL);
    acrm__str_free(&text);
    return st;
}

/* All profiles are there: cut the quantiles and begin to grade by them, or be done. */
static int32_t run_turn(acrm__call *call, run_state *run)
{
    const acrm__grading *grading;
    bool any = false;
    int32_t st = acrm__grading_open(call, &grading);

    for (uint32_t i = 0; st == ACRM_OK && !run->grades && i < grading->n_schemes; i++) {
        acrm__scheme scheme = grading->schemes[i];
        const acrm_scoring *scoring = NULL;
        st = acrm__scheme_scoring(call, scheme.id, &scoring);
        if (st != ACRM_OK || !acrm__scheme_in_quantiles(scoring))
            continue;
        any = true;
        st = acrm__scheme_cuts(call, scoring, &scheme);
        if (st == ACRM_OK)
            st = run_keep_cuts(call, &scheme);
    }
    if (st == ACRM_OK && any)
        st = acrm__grading_outdate(call);
    run->done = !any;
    run->grades = any;
    memset(run->position, 0, sizeof run->position);
    return st;
}

static int32_t run_customers(acrm__call *call, void *user)
{
    run_state *run = user;
    acrm__batch batch = { .which = run->grades ? ACRM__SCHEMES_QUANTILES : ACRM__SCHEMES_FIXED,
                          .events = &run->events };
    int32_t st = acrm__batch_range(call, &batch, run->position, run->step);

    if (st == ACRM_OK && batch.n == 0) {
        st = run_turn(call, run);
        return st == ACRM_OK ? run_keep(call, run) : st;
    }
    if (st == ACRM_OK && run->grades) {
        st = acrm__batch_load(&batch);
        if (st == ACRM_OK)
            st = acrm__batch_grades(&batch);
        if (st == ACRM_OK)
            st = acrm__batch_due(&batch);
    } else if (st == ACRM_OK) {
        st = acrm__batch_compute(&batch);
        run->customers += batch.n;
    }
    if (st != ACRM_OK)
        return st;
    run->changed += batch.changed;
    run->moved += batch.moved;
    memcpy(run->position, batch.people[batch.n - 1].id, 16);
    return run_keep(call, run);
}

int32_t acrm__grade_run(acrm__call *call)
{
    run_state run = { .events = acrm__arg_int(call, "events", 0),
                      .step = (uint32_t)acrm__arg_int(call, "step", ACRM__GRADING_BATCH) };
    acrm__arena arena;
    int32_t st;

    acrm__arena_init(&arena, &call->arena->allocator);
    st = run_step(call, &arena, run_begin, &run);
    while (st == ACRM_OK && !run.done) {
        run_state before = run;
        st = run_step(call, &arena, run_customers, &run);
        if (st != ACRM_OK)
            run = before; /* the step was undone */
        else
            st = acrm__progress(call, run.grades ? "grade" : "profile", run.customers, run.total);
    }
    acrm__arena_free(&arena);
    if (st != ACRM_OK)
        return st;
    bool ok = acrm__put_text(call->out, "run_id", acrm__id_text(call, run.id)) &&
              acrm__put_int(call->out, "customers", run.customers) &&
              acrm__put_int(call->out, "changed", run.changed) &&
              acrm__put_int(call->out, "moved", run.moved);
    return ok ? ACRM_OK : acrm__nomem(call);
}
