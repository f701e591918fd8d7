/* SPDX-License-Identifier: MIT */
/* Funnels: how many leads, or deals of a pipeline, came at least so far; and where deals wait. */
#include "modules/sales/report.h"

#include "base/civil.h"

enum { FUNNEL_STEPS = 4, FUNNEL_LOST = 4, FUNNEL_STAGES_MAX = 64 };

static const char *const funnel_steps[FUNNEL_STEPS] = { "received", "accepted", "contacted",
                                                        "won" };

static const acrm__report_fields funnel_fields = {
    .entity = "lead", .at = F_lead__received_at, .dealer = F_lead__dealer_id,
    .source = F_lead__source_id,
};

/* --- Leads --- */

static acrm_filter_node funnel_not_null(uint32_t field, const acrm_cell *null)
{
    return (acrm_filter_node){ .op = ACRM_FILTER_NE, .column = field, .values = null,
                               .n_values = 1 };
}

/* Who came to a step between the first and the last. One who came to a later step came to this one
 * too, even when nobody noted it, so that no step is smaller than the next. */
static int32_t funnel_count(acrm__tallies *tallies, const acrm_expression *group, uint32_t step)
{
    acrm__call *call = tallies->call;
    acrm_cell null = acrm__cell_null(), won = acrm__cell_text("won");
    acrm_filter_node nodes[4];
    const acrm_filter_node *where;

    nodes[0] = (acrm_filter_node){ .op = ACRM_FILTER_OR, .n_children = FUNNEL_STEPS - step,
                                   .children = nodes + 1 };
    nodes[1] = (acrm_filter_node){ .op = ACRM_FILTER_EQ, .column = F_lead__status,
                                   .values = &won, .n_values = 1 };
    nodes[2] = funnel_not_null(F_lead__first_contact_at, &null);
    nodes[3] = funnel_not_null(F_lead__accepted_at, &null);
    int32_t st = acrm__report_where(call, &funnel_fields, nodes, &where);
    return st == ACRM_OK
               ? acrm__tally_count(tallies, acrm__entity_of(call, "lead"), group, where, step) : st;
}

typedef struct funnel_stage {
    const char *name;
    const acrm_cell *id; /* NULL: a step of leads */
} funnel_stage;

/* stages: how many came to each, and what part of those before and of the first. */
static int32_t funnel_put(acrm__call *call, acrm_value *into, const funnel_stage *stages,
                          const int64_t *counts, uint32_t n)
{
    acrm_value *list = acrm__put_list(into, "stages");

    for (uint32_t i = 0; i < n; i++) {
        acrm_value *item = list ? acrm__add_map(list) : NULL;
        bool ok = item && acrm__put_text(item, "stage", stages[i].name) &&
                  (!stages[i].id ||
                   acrm__put_text(item, "stage_id", acrm__id_text(call, stages[i].id->data))) &&
                  acrm__put_int(item, "count", counts[i]) &&
                  acrm__put_rate(item, "of_previous", counts[i], counts[i ? i - 1 : 0]) &&
                  acrm__put_rate(item, "of_first", counts[i], counts[0]);
        if (!ok)
            return acrm__nomem(call);
    }
    return ACRM_OK;
}

static int32_t funnel_put_leads(acrm__call *call, acrm_value *into, const int64_t *counts)
{
    funnel_stage stages[FUNNEL_STEPS];

    for (uint32_t i = 0; i < FUNNEL_STEPS; i++)
        stages[i] = (funnel_stage){ .name = funnel_steps[i] };
    int32_t st = funnel_put(call, into, stages, counts, FUNNEL_STEPS);
    bool ok = acrm__put_int(into, "lost", counts[FUNNEL_LOST]) &&
              acrm__put_int(into, "open", counts[0] - counts[FUNNEL_STEPS - 1] -
                                              counts[FUNNEL_LOST]) &&
              acrm__put_rate(into, "conversion", counts[FUNNEL_STEPS - 1], counts[0]);
    return st == ACRM_OK && !ok ? acrm__nomem(call) : st;
}

static int32_t funnel_leads(acrm__call *call)
{
    const acrm__report_group *group = acrm__report_group_of(call);
    acrm_expression by = { .column = group ? group->field : 0,
                           .bucket = group ? group->bucket : ACRM_BUCKET_NONE };
    acrm__tallies tallies = { .call = call };
    int64_t total[ACRM__TALLY_COUNTS] = { 0 };
    acrm_value *rows = group ? acrm__put_list(call->out, "rows") : NULL;
    const acrm__tally_ends ends = { .all = 0, .won = FUNNEL_STEPS - 1, .lost = FUNNEL_LOST };
    acrm__recs names = { NULL, 0 };
    const acrm_filter_node *where;

    int32_t st = acrm__report_where(call, &funnel_fields, NULL, &where);
    if (st == ACRM_OK)
        st = acrm__tally_leads(&tallies, group ? &by : NULL, where, &ends);
    for (uint32_t step = 1; step < FUNNEL_STEPS - 1 && st == ACRM_OK; step++)
        st = funnel_count(&tallies, group ? &by : NULL, step);
    if (st == ACRM_OK && group)
        st = acrm__tally_names(&tallies, group->entity, &names);
    for (uint32_t i = 0; st == ACRM_OK && i < tallies.n; i++) {
        for (size_t c = 0; c < ACRM__TALLY_COUNTS; c++)
            total[c] += tallies.items[i].counts[c];
        if (!group)
            continue;
        acrm_value *row = rows ? acrm__add_map(rows) : NULL;
        bool ok = row && acrm__put_group(call, row, group, &tallies.items[i].key, &names);
        st = ok ? funnel_put_leads(call, row, tallies.items[i].counts) : acrm__nomem(call);
    }
    return st == ACRM_OK ? funnel_put_leads(call, call->out, total) : st;
}

/* --- Deals of a pipeline --- */

typedef struct funnel_deals {
    int64_t reached[FUNNEL_STAGES_MAX]; /* by the highest position that a deal came to */
    int64_t positions[FUNNEL_STAGES_MAX];
    uint32_t n;
} funnel_deals;

static int32_t funnel_deal_row(void *user, const acrm_cell *cells, uint32_t n)
{
    funnel_deals *deals = user;

    (void)n;
    for (uint32_t i = 0; i < deals->n && deals->positions[i] <= cells[1].integer; i++)
        deals->reached[i]++;
    return 0;
}

static int32_t funnel_stages(acrm__call *call, acrm__rec *pipeline, acrm__recs *out)
{
    acrm__term terms[] = {
        { F_stage__pipeline_id, ACRM_FILTER_EQ, pipeline->cells[F_ID] },
        { F_stage__kind, ACRM_FILTER_NE, acrm__cell_text("lost") },
    };

    return acrm__find(call, &(acrm__select){ .entity = "stage", .terms = terms, .n_terms = 2,
                                             .order = F_stage__position, .as_system = true,
                                             .limit = FUNNEL_STAGES_MAX }, out);
}

/* The condition on a deal: of this pipeline, begun in the period, at the dealer, to be seen. */
static int32_t funnel_deal_where(acrm__call *call, const acrm__rec *pipeline,
                                 const acrm_filter_node **out)
{
    static const acrm__report_fields fields = {
        .entity = "opportunity", .at = F_CREATED_AT, .dealer = F_opportunity__dealer_id,
        .source = UINT32_MAX,
    };
    acrm__term term = { F_opportunity__pipeline_id, ACRM_FILTER_EQ, pipeline->cells[F_ID] };
    const acrm_filter_node *where = acrm__where(call, &term, 1);

    return where ? acrm__report_where(call, &fields, where, out) : acrm__nomem(call);
}

/* Moves to stages that are not lost ones, of these deals: the highest position of each deal. */
static int32_t funnel_deal_query(acrm__call *call, const acrm_filter_node *deal,
                                 funnel_deals *deals)
{
    const acrm__entity *change = acrm__entity_of(call, "stage_change");
    acrm_cell lost = acrm__cell_text("lost");
    acrm_filter_node not_lost = { .op = ACRM_FILTER_NE, .column = F_stage__kind, .values = &lost,
                                  .n_values = 1 };
    acrm_filter_node nodes[] = {
        { .op = ACRM_FILTER_RELATED, .column = F_stage_change__opportunity_id, .n_children = 1,
          .children = deal, .related = &acrm__entity_of(call, "opportunity")->table,
          .related_column = F_ID },
        { .op = ACRM_FILTER_RELATED, .column = F_stage_change__to_stage_id, .n_children = 1,
          .children = &not_lost, .related = &acrm__entity_of(call, "stage")->table,
          .related_column = F_ID },
    };
    acrm_filter_node both = { .op = ACRM_FILTER_AND, .n_children = 2, .children = nodes };
    acrm_join join = { 0, F_stage_change__to_stage_id, &acrm__entity_of(call, "stage")->table };
    acrm_expression select[] = {
        { .column = F_stage_change__opportunity_id },
        { .source = 1, .column = F_stage__position, .aggregate = ACRM_AGGREGATE_MAX },
    };
    acrm_order order = { 0, 0 };
    acrm_query query = { .struct_size = sizeof query, .table = &change->table, .where = &both,
                         .joins = &join, .n_joins = 1, .select = select, .n_select = 2,
                         .n_group = 1, .order = &order, .n_order = 1 };

    return acrm__query(call, &query, funnel_deal_row, deals);
}

static int32_t funnel_pipeline(acrm__call *call, acrm__rec *pipeline)
{
    funnel_stage stages[FUNNEL_STAGES_MAX];
    funnel_deals deals = { .n = 0 };
    const acrm_filter_node *deal;
    acrm__recs found;
    acrm__tallies tallies = { .call = call };
    acrm_expression by_status = { .column = F_opportunity__status };
    acrm_cell lost = acrm__cell_text("lost"), open = acrm__cell_text("open");

    int32_t st = funnel_stages(call, pipeline, &found);
    if (st == ACRM_OK)
        st = funnel_deal_where(call, pipeline, &deal);
    if (st != ACRM_OK)
        return st;
    deals.n = (uint32_t)found.count;
    for (uint32_t i = 0; i < deals.n; i++) {
        deals.positions[i] = acrm__int(found.items[i], F_stage__position);
        stages[i] = (funnel_stage){ acrm__text(found.items[i], F_stage__name),
                                    &found.items[i]->cells[F_ID] };
    }
    st = funnel_deal_query(call, deal, &deals);
    if (st == ACRM_OK)
        st = acrm__tally_count(&tallies, acrm__entity_of(call, "opportunity"), &by_status, deal, 0);
    if (st == ACRM_OK)
        st = funnel_put(call, call->out, stages, deals.reached, deals.n);
    if (st != ACRM_OK)
        return st;
    const acrm__tally *n_lost = acrm__tally_of(&tallies, &lost);
    bool ok = n_lost && acrm__put_int(call->out, "lost", n_lost->counts[0]);
    const acrm__tally *n_open = acrm__tally_of(&tallies, &open);
    ok = ok && n_open && acrm__put_int(call->out, "open", n_open->counts[0]) &&
         (deals.n == 0 || acrm__put_rate(call->out, "conversion", deals.reached[deals.n - 1],
                                         deals.reached[0]));
    return ok ? ACRM_OK : acrm__nomem(call);
}

int32_t acrm__sales_report_funnel(acrm__call *call)
{
    acrm__rec *pipeline;

    if (!acrm__arg(call, "pipeline_id"))
        return funnel_leads(call);
    int32_t st = acrm__load_arg(call, "pipeline", "pipeline_id", &pipeline);
    return st == ACRM_OK ? funnel_pipeline(call, pipeline) : st;
}

/* --- Where deals wait --- */

typedef struct stage_times {
    acrm__call *call;
    acrm__samples *done, *waiting;
} stage_times;

static int32_t stage_done_row(void *user, const acrm_cell *cells, uint32_t n)
{
    stage_times *times = user;
    acrm__sample *sample = acrm__sample_of(times->done, &cells[0]);

    (void)n;
    return sample && acrm__sample_add(times->done, sample, cells[1].integer) ? 0 : ACRM_E_NOMEM;
}

static int32_t stage_waiting_row(void *user, const acrm_cell *cells, uint32_t n)
{
    stage_times *times = user;
    acrm__sample *sample = acrm__sample_of(times->waiting, &cells[0]);
    int64_t since = (times->call->now - cells[1].integer) / ACRM__SECOND_US;

    (void)n;
    return sample && acrm__sample_add(times->waiting, sample, since) ? 0 : ACRM_E_NOMEM;
}

static int32_t stage_time_queries(stage_times *times, const acrm_filter_node *deal)
{
    acrm__call *call = times->call;
    const acrm__entity *opportunity = acrm__entity_of(call, "opportunity");
    acrm_cell null = acrm__cell_null(), word = acrm__cell_text("open");
    acrm_filter_node left[] = {
        { .op = ACRM_FILTER_RELATED, .column = F_stage_change__opportunity_id, .n_children = 1,
          .children = deal, .related = &opportunity->table, .related_column = F_ID },
        { .op = ACRM_FILTER_NE, .column = F_stage_change__from_stage_id, .values = &null,
          .n_values = 1 },
    };
    acrm_filter_node both = { .op = ACRM_FILTER_AND, .n_children = 2, .children = left };
    acrm_expression spans[] = { { .column = F_stage_change__from_stage_id },
                                { .column = F_stage_change__stayed } };
    acrm_expression stays[] = { { .column = F_opportunity__stage_id },
                                { .column = F_opportunity__stage_since } };
    acrm_filter_node open[] = {
        { .op = ACRM_FILTER_EQ, .column = F_opportunity__status, .values = &word, .n_values = 1 },
        *deal,
    };
    acrm_filter_node now = { .op = ACRM_FILTER_AND, .n_children = 2, .children = open };
    acrm_query query = { .struct_size = sizeof query, .where = &both, .select = spans,
                         .table = &acrm__entity_of(call, "stage_change")->table, .n_select = 2 };

    int32_t st = acrm__query(call, &query, stage_done_row, times);
    query.table = &opportunity->table;
    query.where = &now;
    query.select = stays;
    return st == ACRM_OK ? acrm__query(call, &query, stage_waiting_row, times) : st;
}

static int64_t stage_over(const acrm__rec *stage, const acrm__sample *waiting)
{
    int64_t over = 0, limit = acrm__int(stage, F_stage__time_limit);

    for (size_t i = 0; limit > 0 && i < waiting->n; i++)
        over += waiting->numbers[i] > limit;
    return over;
}

static bool stage_put_hours(acrm_value *row, const char *key, acrm__sample *sample,
                            int32_t percent)
{
    return sample->n == 0
               ? acrm__put_null(row, key)
               : acrm__put_real(row, key,
                                (double)acrm__quantile(sample->numbers, sample->n, percent) / 3600);
}

static int32_t stage_put(stage_times *times, const acrm__rec *stage, acrm_value *row,
                         int64_t *median)
{
    acrm__call *call = times->call;
    acrm__sample *done = acrm__sample_of(times->done, &stage->cells[F_ID]);
    acrm__sample *waiting = acrm__sample_of(times->waiting, &stage->cells[F_ID]);

    if (!row || !done || !waiting)
        return acrm__nomem(call);
    acrm__sort_numbers(done->numbers, done->n);
    acrm__sort_numbers(waiting->numbers, waiting->n);
    *median = done->n ? acrm__quantile(done->numbers, done->n, 50) : -1;
    bool ok = acrm__put_text(row, "stage", acrm__text(stage, F_stage__name)) &&
              acrm__put_text(row, "stage_id", acrm__id_text(call, acrm__id(stage, F_ID))) &&
              acrm__put_int(row, "left", (int64_t)done->n) &&
              stage_put_hours(row, "p50_hours", done, 50) &&
              stage_put_hours(row, "p90_hours", done, 90) &&
              acrm__put_int(row, "waiting", (int64_t)waiting->n) &&
              stage_put_hours(row, "longest_hours", waiting, 100) &&
              acrm__put_int(row, "over_limit", stage_over(stage, waiting));
    return ok ? ACRM_OK : acrm__nomem(call);
}

int32_t acrm__sales_report_stages(acrm__call *call)
{
    acrm__samples done = { .call = call }, waiting = { .call = call };
    stage_times times = { call, &done, &waiting };
    const acrm_filter_node *deal;
    acrm_value *rows = acrm__put_list(call->out, "rows");
    const char *slowest = NULL;
    int64_t worst = -1, median = -1;
    acrm__rec *pipeline;
    acrm__recs stages = { NULL, 0 };

    int32_t st = acrm__load_arg(call, "pipeline", "pipeline_id", &pipeline);
    if (st == ACRM_OK)
        st = funnel_stages(call, pipeline, &stages);
    if (st == ACRM_OK)
        st = funnel_deal_where(call, pipeline, &deal);
    if (st == ACRM_OK)
        st = stage_time_queries(&times, deal);
    for (size_t i = 0; st == ACRM_OK && i < stages.count; i++) {
        if (!acrm__sales_is(stages.items[i], F_stage__kind, "open"))
            continue;
        st = stage_put(&times, stages.items[i], rows ? acrm__add_map(rows) : NULL, &median);
        if (st == ACRM_OK && median > worst) {
            worst = median;
            slowest = acrm__text(stages.items[i], F_stage__name);
        }
    }
    return st == ACRM_OK && !acrm__put_text(call->out, "bottleneck", slowest) ? acrm__nomem(call)
                                                                             : st;
}
