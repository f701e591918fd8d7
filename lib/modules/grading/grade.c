/* SPDX-License-Identifier: MIT */
/* Grading a batch by one scheme: rows of history for what moved, nothing for what did not. */
#include "modules/grading/grading.h"

#include "base/buf.h"
#include "engines/scoring/scoring.h"
#include "kernel/registry.h"

#include <string.h>

typedef struct grade_write {
    acrm__batch *batch;
    const acrm__grade_ask *ask;
    const acrm__entity *entity;
    acrm_cell *cells; /* rows to append */
    uint32_t n;
    acrm__str text;
} grade_write;

/* --- Why --- */

static const char *grade_cause(const acrm__batch *batch, const acrm__grade_ask *ask,
                               uint32_t person, const acrm_scoring_result *out)
{
    const acrm__person *p = &batch->people[person];
    const acrm__grade_row *row = &ask->rows[person];
    const char *grade = acrm_scoring_grade(ask->scoring, (uint32_t)out->grade);
    bool quantiles = false;

    for (uint32_t a = 0; a < ACRM_SCORING_AXES_MAX; a++)
        quantiles |= ask->scheme->cut[a];
    if (row->by_hand[0] && strcmp(row->by_hand, grade) == 0 && out->computed != out->grade)
        return "manual";
    if (!row->found)
        return "first";
    if (memcmp(row->scheme, ask->scheme->id, 16) != 0)
        return "scheme";
    if (!p->stored || p->changed)
        return "change";
    if (quantiles)
        return p->changed_on == batch->today ? "change" : "population";
    return "time";
}

/* "[[45,20],[[5200000,20],[null,0]]]": measures of the axes; value and points of each rule. */
static const char *grade_inputs(grade_write *w, const acrm_scoring_facts *facts,
                                const acrm_scoring_result *out)
{
    acrm__str *text = &w->text;
    uint32_t axes = acrm__scoring_axes(w->ask->scoring), n = acrm__scoring_rules(w->ask->scoring);
    int64_t value;

    acrm__str_clear(text);
    acrm__str_puts(text, "[[");
    for (uint32_t a = 0; a < axes; a++) {
        acrm__str_puts(text, a ? "," : "");
        acrm__str_int(text, out->measures[a]);
    }
    acrm__str_puts(text, "],[");
    for (uint32_t i = 0; i < n; i++) {
        acrm__str_puts(text, i ? ",[" : "[");
        if (acrm__scoring_rule_value(w->ask->scoring, facts, i, &value))
            acrm__str_int(text, value);
        else
            acrm__str_puts(text, "null");
        acrm__str_putc(text, ',');
        acrm__str_int(text, out->points[i]);
        acrm__str_putc(text, ']');
    }
    acrm__str_puts(text, "]]");
    return text->failed ? NULL
                        : acrm__arena_text(w->batch->call->arena, text->data, text->len);
}

/* --- Writing --- */

static int32_t grade_flush(grade_write *w)
{
    int32_t st = w->n == 0 ? ACRM_OK
                           : acrm__append_many(w->batch->call, w->entity, w->cells, w->n);

    w->n = 0;
    return st;
}

static acrm_cell grade_day(int32_t day)
{
    return day == ACRM_SCORING_NO_DAY ? acrm__cell_null() : acrm__cell_int(day);
}

static int32_t grade_append(grade_write *w, uint32_t person, const acrm_scoring_facts *facts,
                            const acrm_scoring_result *out, const char *cause)
{
    const acrm__grade_row *was = &w->ask->rows[person];
    acrm_cell *row = w->cells + (size_t)w->n++ * w->entity->n_fields;
    const char *inputs = grade_inputs(w, facts, out);

    if (!inputs)
        return acrm__nomem(w->batch->call);
    row[F_customer_grade__customer_id] = acrm__cell_id(w->batch->people[person].id);
    row[F_customer_grade__kind] = acrm__cell_text(w->ask->scheme->kind);
    row[F_customer_grade__grade] = acrm__cell_text(acrm_scoring_grade(w->ask->scoring,
                                                                      (uint32_t)out->grade));
    row[F_customer_grade__previous] = was->found ? acrm__cell_text(was->grade)
                                                 : acrm__cell_null();
    row[F_customer_grade__since] = acrm__cell_int(w->batch->call->now);
    row[F_customer_grade__until] = acrm__cell_null();
    row[F_customer_grade__cause] = acrm__cell_text(cause);
    row[F_customer_grade__scheme_id] = acrm__cell_id(w->ask->scheme->id);
    row[F_customer_grade__score] = acrm__cell_int(out->measures[0]);
    row[F_customer_grade__below_since] = grade_day(out->below_since);
    row[F_customer_grade__inputs] = acrm__cell_text(inputs);
    return w->n == ACRM__APPEND_ROWS ? grade_flush(w) : ACRM_OK;
}

static int32_t grade_event(grade_write *w, uint32_t person, const char *grade, const char *cause)
{
    acrm__batch *batch = w->batch;
    const acrm__grade_row *was = &w->ask->rows[person];
    acrm__call *call = batch->call;

    if (batch->events && (*batch->events)-- <= 0)
        return ACRM_OK;
    acrm_value *data = acrm__value_in(call->arena);
    bool ok = data && acrm_value_set_map(data) == ACRM_OK &&
              acrm__put_text(data, "kind", w->ask->scheme->kind) &&
              acrm__put_text(data, "from", was->found ? was->grade : NULL) &&
              acrm__put_text(data, "to", grade) && acrm__put_text(data, "cause", cause);
    return ok ? acrm__emit(call, "customer.graded", "customer", batch->people[person].id, data)
              : acrm__nomem(call);
}

static int32_t grade_moved(grade_write *w, uint32_t person, const acrm_scoring_facts *facts,
                           const acrm_scoring_result *out, const char *grade)
{
    static const uint32_t field = F_customer_grade__until;
    const acrm__grade_row *was = &w->ask->rows[person];
    const acrm_cell now = acrm__cell_int(w->batch->call->now);
    const char *cause = grade_cause(w->batch, w->ask, person, out);
    int32_t st = was->found ? acrm__amend(w->batch->call, w->entity, was->id, &field, &now, 1, NULL)
                            : ACRM_OK;

    if (st == ACRM_OK)
        st = grade_append(w, person, facts, out, cause);
    w->batch->moved++;
    return st == ACRM_OK ? grade_event(w, person, grade, cause) : st;
}

/* The grade holds: what is kept up with it. */
static int32_t grade_kept(grade_write *w, uint32_t person, const acrm_scoring_result *out)
{
    static const uint32_t fields[] = { F_customer_grade__scheme_id, F_customer_grade__score,
                                       F_customer_grade__below_since };
    const acrm__grade_row *was = &w->ask->rows[person];
    const acrm_cell cells[] = { acrm__cell_id(w->ask->scheme->id),
                                acrm__cell_int(out->measures[0]), grade_day(out->below_since) };

    if (memcmp(was->scheme, w->ask->scheme->id, 16) == 0 && was->score == out->measures[0] &&
        was->below_since == out->below_since)
        return ACRM_OK;
    return acrm__amend(w->batch->call, w->entity, was->id, fields, cells, 3, NULL);
}

static int32_t grade_show(grade_write *w, const acrm__person *p, const char *grade)
{
    const acrm__entity *customer = acrm__entity_of(w->batch->call, "customer");
    const uint32_t field = acrm__field_of(customer, "grade");
    const acrm_cell cell = acrm__cell_text(grade);

    if (!w->ask->scheme->main || strcmp(p->grade, grade) == 0)
        return ACRM_OK;
    return acrm__amend(w->batch->call, customer, p->id, &field, &cell, 1, NULL);
}

static int32_t grade_one(grade_write *w, uint32_t person)
{
    acrm__person *p = &w->batch->people[person];
    const acrm__grade_row *was = &w->ask->rows[person];
    acrm_scoring_facts facts;
    acrm_scoring_result out;

    if (!p->found || p->hidden)
        return ACRM_OK;
    int32_t st = acrm__grade_answer(w->batch, w->ask, person, &facts, &out);
    if (st != ACRM_OK)
        return st;
    if (out.next_on != ACRM_SCORING_NO_DAY &&
        (p->next_on == ACRM__GRADING_NO_DAY || out.next_on < p->next_on))
        p->next_on = out.next_on;
    const char *grade = acrm_scoring_grade(w->ask->scoring, (uint32_t)out.grade);
    st = was->found && strcmp(was->grade, grade) == 0 ? grade_kept(w, person, &out)
                                                      : grade_moved(w, person, &facts, &out,
                                                                    grade);
    return st == ACRM_OK ? grade_show(w, p, grade) : st;
}

int32_t acrm__batch_grade(acrm__batch *batch, const acrm__scheme *scheme)
{
    acrm__call *call = batch->call;
    const acrm_scoring *scoring = NULL;
    acrm__grade_ask ask;
    grade_write w = { .batch = batch, .ask = &ask,
                      .entity = acrm__entity_of(call, "customer_grade") };
    int32_t st = acrm__scheme_scoring(call, scheme->id, &scoring);

    if (st == ACRM_OK)
        st = acrm__grade_prepare(batch, scheme, scoring, &ask);
    if (st != ACRM_OK || !ask.ready)
        return st;
    w.cells = acrm__arena_array(call->arena, (size_t)ACRM__APPEND_ROWS * w.entity->n_fields,
                                sizeof *w.cells);
    if (!w.cells)
        return acrm__nomem(call);
    acrm__str_init(&w.text, &call->arena->allocator);
    for (uint32_t i = 0; st == ACRM_OK && i < batch->n; i++)
        st = grade_one(&w, i);
    if (st == ACRM_OK)
        st = grade_flush(&w);
    acrm__str_free(&w.text);
    return st;
}

int32_t acrm__batch_grades(acrm__batch *batch)
{
    int32_t st = ACRM_OK;

    for (uint32_t i = 0; st == ACRM_OK && i < batch->grading->n_schemes; i++) {
        const acrm__scheme *scheme = &batch->grading->schemes[i];
        const acrm_scoring *scoring = NULL;
        st = acrm__scheme_scoring(batch->call, scheme->id, &scoring);
        bool quantiles = st == ACRM_OK && acrm__scheme_in_quantiles(scoring);
        if (st == ACRM_OK && (batch->which == ACRM__SCHEMES_ALL ||
                              quantiles == (batch->which == ACRM__SCHEMES_QUANTILES)))
            st = acrm__batch_grade(batch, scheme);
    }
    return st;
}

/* --- Grades of who is gone --- */

int32_t acrm__grade_end(acrm__call *call, const unsigned char customer[16], bool purge)
{
    static const uint32_t until = F_customer_grade__until;
    const acrm__entity *customers = acrm__entity_of(call, "customer");
    const uint32_t grade = acrm__field_of(customers, "grade");
    const acrm_cell now = acrm__cell_int(call->now), null = acrm__cell_null();
    const acrm__term terms[] = {
        { F_customer_grade__customer_id, ACRM_FILTER_EQ, acrm__cell_id(customer) },
        { F_customer_grade__until, ACRM_FILTER_EQ, acrm__cell_null() },
    };
    acrm__recs found = { NULL, 0 };
    int32_t st = acrm__find(call, &(acrm__select){ .entity = "customer_grade", .terms = terms,
        .n_terms = purge ? 1 : 2, .as_system = true }, &found);

    for (size_t i = 0; st == ACRM_OK && i < found.count; i++)
        st = purge ? acrm__purge(call, found.items[i])
                   : acrm__amend(call, found.items[i]->entity, acrm__id(found.items[i], F_ID),
                                 &until, &now, 1, NULL);
    if (st != ACRM_OK || (found.count == 0 && !purge))
        return st;
    return acrm__amend(call, customers, customer, &grade, &null, 1, NULL);
}
