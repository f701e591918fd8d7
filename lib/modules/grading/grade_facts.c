/* SPDX-License-Identifier: MIT */
/* What a scheme is asked with about each of a batch: conditions, the grade until now, what was
 * given by hand. */
#include "modules/grading/grading.h"

#include "base/civil.h"

#include <string.h>

/* --- Conditions: who satisfies the filter of a rule --- */

typedef struct facts_mark {
    acrm__batch *batch;
    unsigned char *marks;
    uint32_t at, stride;
} facts_mark;

static int32_t facts_holds(void *user, const acrm_cell *cells, uint32_t n)
{
    facts_mark *mark = user;

    (void)n;
    if (acrm__batch_at(mark->batch, &mark->at, &cells[0]))
        mark->marks[(size_t)mark->at * mark->stride] = 1;
    return 0;
}

static int32_t facts_condition(acrm__batch *batch, const acrm_value *filter, unsigned char *marks,
                               uint32_t stride)
{
    const acrm__entity *customer = acrm__entity_of(batch->call, "customer");
    const acrm_expression select = { .column = F_ID };
    const acrm_order order = { .expression = 0 };
    const acrm_filter_node *where = NULL;
    facts_mark mark = { .batch = batch, .marks = marks, .stride = stride };
    acrm_query query = { .n_select = 1, .select = &select, .n_order = 1, .order = &order };

    int32_t st = acrm__filter(batch->call, customer, filter, "when", &where);
    return st == ACRM_OK ? acrm__batch_query(batch, customer, &query, NULL, 0, where, facts_holds,
                                             &mark)
                         : st;
}

/* --- Grades until now, and by hand --- */

typedef struct facts_rows {
    acrm__batch *batch;
    acrm__grade_row *rows;
    uint32_t at;
} facts_rows;

static void facts_text(const acrm_cell *cell, char room[17])
{
    size_t len = cell->type == ACRM_CELL_TEXT && cell->size < 17 ? cell->size : 0;

    if (len)
        memcpy(room, cell->data, len);
    room[len] = '\0';
}

enum { NOW_CUSTOMER = 0, NOW_ID, NOW_GRADE, NOW_CAUSE, NOW_SCHEME, NOW_SCORE, NOW_BELOW,
       NOW_COLUMNS };

static int32_t facts_now_row(void *user, const acrm_cell *cells, uint32_t n)
{
    facts_rows *facts = user;
    const acrm_cell *cause = &cells[NOW_CAUSE];

    (void)n;
    if (!acrm__batch_at(facts->batch, &facts->at, &cells[NOW_CUSTOMER]))
        return 0;
    acrm__grade_row *row = &facts->rows[facts->at];
    row->found = true;
    memcpy(row->id, cells[NOW_ID].data, 16);
    facts_text(&cells[NOW_GRADE], row->grade);
    row->manual = cause->type == ACRM_CELL_TEXT && cause->size == 6 &&
                  memcmp(cause->data, "manual", 6) == 0;
    if (cells[NOW_SCHEME].type == ACRM_CELL_BLOB)
        memcpy(row->scheme, cells[NOW_SCHEME].data, 16);
    row->score = cells[NOW_SCORE].integer;
    row->below_since = cells[NOW_BELOW].type == ACRM_CELL_INT ? (int32_t)cells[NOW_BELOW].integer
                                                              : ACRM_SCORING_NO_DAY;
    return 0;
}

static int32_t facts_now(acrm__batch *batch, const char *kind, acrm__grade_row *rows)
{
    static const acrm_expression select[NOW_COLUMNS] = {
        [NOW_CUSTOMER] = { .column = F_customer_grade__customer_id },
        [NOW_ID] = { .column = F_ID },
        [NOW_GRADE] = { .column = F_customer_grade__grade },
        [NOW_CAUSE] = { .column = F_customer_grade__cause },
        [NOW_SCHEME] = { .column = F_customer_grade__scheme_id },
        [NOW_SCORE] = { .column = F_customer_grade__score },
        [NOW_BELOW] = { .column = F_customer_grade__below_since },
    };
    const acrm__term terms[] = {
        { F_customer_grade__kind, ACRM_FILTER_EQ, acrm__cell_text(kind) },
        { F_customer_grade__until, ACRM_FILTER_EQ, acrm__cell_null() },
    };
    const acrm_order order = { .expression = 0 };
    acrm_query query = { .n_select = NOW_COLUMNS, .select = select, .n_order = 1,
                         .order = &order };
    facts_rows facts = { .batch = batch, .rows = rows };

    return acrm__batch_query(batch, acrm__entity_of(batch->call, "customer_grade"), &query, terms,
                             2, NULL, facts_now_row, &facts);
}

enum { HAND_CUSTOMER = 0, HAND_GRADE, HAND_FLOOR, HAND_UNTIL, HAND_COLUMNS };

static int32_t facts_hand_row(void *user, const acrm_cell *cells, uint32_t n)
{
    facts_rows *facts = user;
    const acrm_cell *until = &cells[HAND_UNTIL];

    (void)n;
    if (!acrm__batch_at(facts->batch, &facts->at, &cells[HAND_CUSTOMER]) ||
        (until->type == ACRM_CELL_INT && until->integer < facts->batch->today))
        return 0;
    acrm__grade_row *row = &facts->rows[facts->at];
    facts_text(&cells[HAND_GRADE], row->by_hand);
    row->floor = cells[HAND_FLOOR].integer != 0;
    row->by_hand_until = until->type == ACRM_CELL_INT ? (int32_t)until->integer
                                                      : ACRM__GRADING_NO_DAY;
    return 0;
}

static int32_t facts_by_hand(acrm__batch *batch, const char *kind, acrm__grade_row *rows)
{
    static const acrm_expression select[HAND_COLUMNS] = {
        [HAND_CUSTOMER] = { .column = F_grade_override__customer_id },
        [HAND_GRADE] = { .column = F_grade_override__grade },
        [HAND_FLOOR] = { .column = F_grade_override__floor },
        [HAND_UNTIL] = { .column = F_grade_override__until },
    };
    const acrm__term term = { F_grade_override__kind, ACRM_FILTER_EQ, acrm__cell_text(kind) };
    const acrm_order order = { .expression = 0 };
    acrm_query query = { .n_select = HAND_COLUMNS, .select = select, .n_order = 1,
                         .order = &order };
    facts_rows facts = { .batch = batch, .rows = rows };

    return acrm__batch_query(batch, acrm__entity_of(batch->call, "grade_override"), &query, &term,
                             1, NULL, facts_hand_row, &facts);
}

/* --- Both together --- */

int32_t acrm__grade_prepare(acrm__batch *batch, const acrm__scheme *scheme,
                            const acrm_scoring *scoring, acrm__grade_ask *ask)
{
    acrm__arena *arena = batch->call->arena;
    int32_t st = ACRM_OK;

    *ask = (acrm__grade_ask){ .scheme = scheme, .scoring = scoring };
    while (acrm_scoring_condition(scoring, ask->n_conditions))
        ask->n_conditions++;
    ask->ready = acrm__scheme_is_cut(scoring, scheme);
    ask->rows = acrm__arena_array(arena, batch->n + 1, sizeof *ask->rows);
    ask->conditions = acrm__arena_array(arena, batch->n + 1, ask->n_conditions + 1);
    if (!ask->rows || !ask->conditions)
        return acrm__nomem(batch->call);
    for (uint32_t k = 0; st == ACRM_OK && k < ask->n_conditions; k++)
        st = facts_condition(batch, acrm_scoring_condition(scoring, k), ask->conditions + k,
                             ask->n_conditions);
    if (st == ACRM_OK)
        st = facts_now(batch, scheme->kind, ask->rows);
    return st == ACRM_OK ? facts_by_hand(batch, scheme->kind, ask->rows) : st;
}

/* What was given by hand comes before what is computed, unless it is only the least. */
static void facts_put_by_hand(const acrm__grade_ask *ask, const acrm__grade_row *row,
                              acrm_scoring_result *out)
{
    int32_t grade = acrm_scoring_grade_of(ask->scoring, row->by_hand);

    if (grade < 0 || (row->floor && out->computed <= grade))
        return;
    out->grade = grade;
    out->why = row->found && strcmp(row->grade, row->by_hand) == 0 ? ACRM_SCORING_SAME
                                                                   : ACRM_SCORING_MOVED;
    out->below_since = ACRM_SCORING_NO_DAY;
}

int32_t acrm__grade_answer(acrm__batch *batch, const acrm__grade_ask *ask, uint32_t person,
                           acrm_scoring_facts *facts, acrm_scoring_result *out)
{
    const acrm__person *p = &batch->people[person];
    const acrm__grade_row *row = &ask->rows[person];
    bool by_hand = row->by_hand[0] != '\0';

    *facts = (acrm_scoring_facts){
        .struct_size = sizeof *facts, .values = p->values, .present = p->present,
        .conditions = ask->conditions + (size_t)person * ask->n_conditions,
        .today = batch->today, .below_since = row->below_since,
        /* What was given by hand and ended leaves no trace in what is computed. */
        .grade = row->found && (!row->manual || by_hand)
                     ? acrm_scoring_grade_of(ask->scoring, row->grade) : ACRM_SCORING_NONE };
    if (!row->found)
        facts->below_since = ACRM_SCORING_NO_DAY;
    for (uint32_t a = 0; a < ACRM_SCORING_AXES_MAX; a++)
        facts->cuts[a] = ask->scheme->cut[a] ? ask->scheme->cuts[a] : NULL;
    out->struct_size = sizeof *out;
    int32_t st = acrm_scoring_evaluate(ask->scoring, facts, out);
    if (st != ACRM_OK)
        return acrm__fail(batch->call, st, "scheme", NULL, "the scheme cannot be evaluated: %s",
                          acrm_status_text(st));
    if (!by_hand)
        return ACRM_OK;
    facts_put_by_hand(ask, row, out);
    if (row->by_hand_until != ACRM__GRADING_NO_DAY && row->by_hand_until < ACRM__DAY_MAX &&
        (out->next_on == ACRM_SCORING_NO_DAY || row->by_hand_until + 1 < out->next_on))
        out->next_on = row->by_hand_until + 1;
    return ACRM_OK;
}
