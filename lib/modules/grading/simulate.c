/* SPDX-License-Identifier: MIT */
/* What a scheme would do to everybody's grade, before it is put in force: nothing is written. */
#include "modules/grading/grading.h"

#include "kernel/inside.h"

#include <string.h>

enum { SIMULATE_FROM = 2 * ACRM_SCORING_GRADES_MAX + 1 };

typedef struct simulate_state {
    acrm__call *call;
    const acrm_scoring *scoring;
    acrm__scheme scheme;
    char from[SIMULATE_FROM][17]; /* grades until now, as they come up; "" is none */
    uint32_t n_from;
    int64_t counts[SIMULATE_FROM][ACRM_SCORING_GRADES_MAX];
    int64_t customers, moved, limit;
    acrm_value *movers;
} simulate_state;

/* Grades that no scheme knows any more may be many: the last place is for all the others. */
static uint32_t simulate_from(simulate_state *s, const char *grade)
{
    uint32_t i = 0;

    while (i < s->n_from && strcmp(s->from[i], grade) != 0)
        i++;
    if (i == s->n_from && s->n_from < SIMULATE_FROM)
        memcpy(s->from[s->n_from++], grade, strlen(grade) + 1);
    return i < SIMULATE_FROM ? i : SIMULATE_FROM - 1;
}

static int32_t simulate_one(simulate_state *s, acrm__batch *batch, const acrm__grade_ask *ask,
                            uint32_t i)
{
    acrm_scoring_facts facts;
    acrm_scoring_result out;
    const acrm__grade_row *row = &ask->rows[i];
    char text[37];

    if (!batch->people[i].found || batch->people[i].hidden)
        return ACRM_OK;
    int32_t st = acrm__grade_answer(batch, ask, i, &facts, &out);
    if (st != ACRM_OK)
        return st;
    const char *grade = acrm_scoring_grade(s->scoring, (uint32_t)out.grade);
    bool moved = !row->found || strcmp(row->grade, grade) != 0;
    s->counts[simulate_from(s, row->found ? row->grade : "")][out.grade]++;
    s->customers++;
    s->moved += moved;
    if (!moved || (int64_t)acrm_value_count(s->movers) >= s->limit)
        return ACRM_OK;
    acrm_value *item = acrm__add_map(s->movers);
    acrm__uuid_print(batch->people[i].id, text);
    bool ok = item && acrm__put_text(item, "customer_id", text) &&
              acrm__put_text(item, "from", row->found ? row->grade : NULL) &&
              acrm__put_text(item, "to", grade);
    return ok ? ACRM_OK : acrm__nomem(batch->call);
}

static int32_t simulate_all(simulate_state *s, acrm__arena *scratch)
{
    unsigned char position[16] = { 0 };
    int32_t st = ACRM_OK;
    bool more = true;

    while (st == ACRM_OK && more) {
        acrm__call inner = *s->call;
        acrm__batch batch = { .which = ACRM__SCHEMES_ALL };
        acrm__grade_ask ask;
        inner.arena = scratch;
        inner.as_system = true;
        st = acrm__batch_range(&inner, &batch, position, ACRM__GRADING_BATCH);
        more = batch.n > 0;
        if (st == ACRM_OK)
            st = acrm__batch_load(&batch);
        if (st == ACRM_OK)
            st = acrm__grade_prepare(&batch, &s->scheme, s->scoring, &ask);
        for (uint32_t i = 0; st == ACRM_OK && i < batch.n; i++)
            st = simulate_one(s, &batch, &ask, i);
        if (st == ACRM_OK && more)
            memcpy(position, batch.people[batch.n - 1].id, 16);
        acrm__arena_reset(scratch);
        if (st == ACRM_OK)
            st = acrm__progress(s->call, "simulate", s->customers, 0);
    }
    return st;
}

static int32_t simulate_result(simulate_state *s)
{
    acrm_value *out = s->call->out, *moves = acrm__put_list(out, "moves");
    bool ok = moves && acrm__put_int(out, "customers", s->customers) &&
              acrm__put_int(out, "moved", s->moved);

    for (uint32_t f = 0; f < s->n_from; f++)
        for (uint32_t t = 0; ok && acrm_scoring_grade(s->scoring, t); t++) {
            if (s->counts[f][t] == 0)
                continue;
            acrm_value *item = acrm__add_map(moves);
            ok = item && acrm__put_text(item, "from", s->from[f][0] ? s->from[f] : NULL) &&
                 acrm__put_text(item, "to", acrm_scoring_grade(s->scoring, t)) &&
                 acrm__put_int(item, "customers", s->counts[f][t]);
        }
    return ok ? ACRM_OK : acrm__nomem(s->call);
}

static int32_t simulate_scheme(simulate_state *s, acrm_scoring **own)
{
    acrm__call *call = s->call;
    const acrm_value *definition = acrm__arg(call, "definition");
    acrm_value *kept = NULL;
    const char *kind;
    acrm__rec *rec = NULL;
    int32_t st = ACRM_OK;

    if (!definition && !acrm__arg_text(call, "id"))
        return acrm__fail(call, ACRM_E_INVALID, "required", "id",
                          "give a scheme, or a definition");
    if (!definition) {
        st = acrm__load_arg(call, "grade_scheme", "id", &rec);
        if (st == ACRM_OK)
            st = acrm__scheme_parse(call, rec, F_grade_scheme__definition, &kept);
        definition = kept;
    }
    if (st == ACRM_OK)
        st = acrm__scheme_compile(call, definition, &kind, own);
    if (st != ACRM_OK)
        return st;
    s->scoring = *own;
    s->scheme.kind = kind;
    return acrm__scheme_cuts(call, s->scoring, &s->scheme);
}

int32_t acrm__grade_simulate(acrm__call *call)
{
    simulate_state *s = acrm__arena_zero(call->arena, sizeof *s);
    acrm_scoring *own = NULL;
    acrm__arena scratch;

    if (!acrm__sees_all(call))
        return acrm__fail(call, ACRM_E_DENIED, "scope", NULL,
                          "a simulation is for sessions whose scope is all records");
    if (!s)
        return acrm__nomem(call);
    s->call = call;
    s->limit = acrm__arg_int(call, "limit", 0);
    s->movers = acrm__put_list(call->out, "movers");
    acrm__arena_init(&scratch, &call->arena->allocator);
    int32_t st = s->movers ? simulate_scheme(s, &own) : acrm__nomem(call);
    if (st == ACRM_OK)
        st = simulate_all(s, &scratch);
    if (st == ACRM_OK)
        st = simulate_result(s);
    acrm__arena_free(&scratch);
    acrm_scoring_free(own);
    return st;
}
