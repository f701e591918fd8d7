/* SPDX-License-Identifier: MIT */
/* Reports over leads: what sources bring, why leads are lost, how fast customers are reached. */
#include "modules/sales/report.h"

#include "base/civil.h"
#include "base/money.h"
#include "base/text.h"

enum { SOURCES_LEADS = 0, SOURCES_REACHED, SOURCES_WON, SOURCES_LOST, SOURCES_ENQUIRIES };

static const acrm__report_fields report_leads = {
    .entity = "lead", .at = F_lead__received_at, .dealer = F_lead__dealer_id,
    .source = F_lead__source_id,
};

/* --- Sources --- */

static int32_t sources_leads(acrm__tallies *tallies)
{
    static const acrm__tally_ends ends = { .all = SOURCES_LEADS, .won = SOURCES_WON,
                                           .lost = SOURCES_LOST };
    acrm__call *call = tallies->call;
    acrm_expression by_source = { .column = F_lead__source_id };
    acrm__term term = { F_lead__first_contact_at, ACRM_FILTER_NE, acrm__cell_null() };
    const acrm_filter_node *where, *reached = acrm__where(call, &term, 1);

    int32_t st = reached ? acrm__report_where(call, &report_leads, NULL, &where)
                         : acrm__nomem(call);
    if (st == ACRM_OK)
        st = acrm__tally_leads(tallies, &by_source, where, &ends);
    if (st == ACRM_OK)
        st = acrm__report_where(call, &report_leads, reached, &where);
    if (st != ACRM_OK)
        return st;
    return acrm__tally_count(tallies, acrm__entity_of(call, "lead"), &by_source, where,
                             SOURCES_REACHED);
}

static int32_t sources_enquiries(acrm__tallies *tallies)
{
    static const acrm__report_fields fields = {
        .entity = "lead_enquiry", .at = F_lead_enquiry__at, .dealer = UINT32_MAX,
        .source = F_lead_enquiry__source_id,
    };
    acrm__call *call = tallies->call;
    acrm_expression by_source = { .column = F_lead_enquiry__source_id };
    const acrm__entity *lead = acrm__entity_of(call, "lead");
    unsigned char dealer[16];
    acrm_cell value = acrm__cell_id(dealer);
    acrm_filter_node at_dealer = { .op = ACRM_FILTER_EQ, .column = F_lead__dealer_id,
                                   .values = &value, .n_values = 1 };
    acrm_filter_node related = { .op = ACRM_FILTER_RELATED, .column = F_lead_enquiry__lead_id,
                                 .n_children = 1, .children = &at_dealer,
                                 .related = &lead->table, .related_column = F_ID };
    const acrm_filter_node *where = acrm__arg_id(call, "dealer_id", dealer) ? &related : NULL;

    int32_t st = acrm__report_where(call, &fields, where, &where);
    if (st != ACRM_OK)
        return st;
    return acrm__tally_count(tallies, acrm__entity_of(call, "lead_enquiry"), &by_source, where,
                             SOURCES_ENQUIRIES);
}

static bool sources_put_counts(acrm_value *row, const int64_t *counts)
{
    return acrm__put_int(row, "leads", counts[SOURCES_LEADS]) &&
           acrm__put_int(row, "enquiries", counts[SOURCES_ENQUIRIES]) &&
           acrm__put_int(row, "reached", counts[SOURCES_REACHED]) &&
           acrm__put_int(row, "won", counts[SOURCES_WON]) &&
           acrm__put_int(row, "lost", counts[SOURCES_LOST]) &&
           acrm__put_int(row, "open", counts[SOURCES_LEADS] - counts[SOURCES_WON] -
                                          counts[SOURCES_LOST]) &&
           acrm__put_rate(row, "conversion", counts[SOURCES_WON], counts[SOURCES_LEADS]);
}

static int32_t sources_put_cost(acrm__call *call, acrm_value *row, const acrm__rec *source,
                                const int64_t *counts)
{
    char text[ACRM__DURATION_SIZE];
    int64_t cost, each;

    if (!source || acrm__is_null(source, F_lead_source__cost_per_lead))
        return ACRM_OK;
    const acrm_cell *code = &source->cells[F_lead_source__currency];
    int32_t digits = acrm__currency_digits(code->data, code->size);
    each = acrm__int(source, F_lead_source__cost_per_lead);
    if (!acrm__money_mul(each, counts[SOURCES_LEADS], &cost))
        return acrm__fail(call, ACRM_E_LIMIT, "overflow", "cost", "the cost is too large");
    digits = digits < 0 ? 2 : digits;
    size_t len = acrm__print_decimal(cost, digits, text);
    bool ok = acrm__put_text(row, "currency", code->data) &&
              acrm__put_textn(row, "cost", text, len);
    if (ok && acrm__money_ratio(cost, 1, counts[SOURCES_WON], ACRM__ROUND_HALF_UP, &each)) {
        len = acrm__print_decimal(each, digits, text);
        ok = acrm__put_textn(row, "cost_per_sale", text, len);
    }
    return ok ? ACRM_OK : acrm__nomem(call);
}

int32_t acrm__sales_report_sources(acrm__call *call)
{
    acrm__tallies tallies = { .call = call };
    acrm__recs sources;
    int64_t total[ACRM__TALLY_COUNTS] = { 0 };
    acrm_value *rows = acrm__put_list(call->out, "rows");
    int32_t st = sources_leads(&tallies);

    if (st == ACRM_OK)
        st = sources_enquiries(&tallies);
    if (st == ACRM_OK)
        st = acrm__tally_names(&tallies, "lead_source", &sources);
    for (uint32_t i = 0; st == ACRM_OK && i < tallies.n; i++) {
        const acrm__tally *tally = &tallies.items[i];
        const acrm__rec *source = acrm__record_of(&sources, &tally->key);
        const unsigned char *id = source ? acrm__id(source, F_ID) : NULL;
        acrm_value *row = rows ? acrm__add_map(rows) : NULL;
        bool ok = row && acrm__put_text(row, "source_id", acrm__id_text(call, id)) &&
                  acrm__put_text(row, "source",
                                 source ? acrm__text(source, F_lead_source__code) : NULL) &&
                  acrm__put_text(row, "name",
                                 source ? acrm__text(source, F_lead_source__name) : NULL) &&
                  sources_put_counts(row, tally->counts);
        st = ok ? sources_put_cost(call, row, source, tally->counts) : acrm__nomem(call);
        for (size_t c = 0; c < ACRM__TALLY_COUNTS; c++)
            total[c] += tally->counts[c];
    }
    if (st != ACRM_OK)
        return st;
    acrm_value *sum = acrm__put_map(call->out, "total");
    return sum && sources_put_counts(sum, total) ? ACRM_OK : acrm__nomem(call);
}

/* --- Lost reasons --- */

typedef struct lost_run {
    acrm__call *call;
    acrm_value *rows;
    int64_t total;
} lost_run;

static int32_t lost_row(void *user, const acrm_cell *cells, uint32_t n)
{
    lost_run *run = user;
    acrm_value *row = acrm__add_map(run->rows);
    bool coded = cells[1].type == ACRM_CELL_TEXT;
    bool ok = row && (coded ? acrm__put_textn(row, "reason", cells[1].data, cells[1].size)
                            : acrm__put_null(row, "reason"));

    (void)n;
    if (ok)
        ok = cells[2].type == ACRM_CELL_TEXT
                 ? acrm__put_textn(row, "name", cells[2].data, cells[2].size)
                 : acrm__put_null(row, "name");
    if (ok)
        ok = cells[0].type == ACRM_CELL_TEXT
                 ? acrm__put_textn(row, "competitor", cells[0].data, cells[0].size)
                 : acrm__put_null(row, "competitor");
    run->total += cells[3].integer;
    return ok && acrm__put_int(row, "count", cells[3].integer) ? 0 : ACRM_E_NOMEM;
}

/* Of leads, or of opportunities: by reason and competitor, the most frequent first. */
static int32_t lost_query(lost_run *run, const acrm__report_fields *fields, uint32_t status,
                          uint32_t reason, uint32_t competitor)
{
    acrm__call *call = run->call;
    const acrm__entity *entity = acrm__entity_of(call, fields->entity);
    acrm__term lost = { status, ACRM_FILTER_EQ, acrm__cell_text("lost") };
    acrm_join join = { 0, reason, &acrm__entity_of(call, "lost_reason")->table };
    acrm_expression select[] = {
        { .column = competitor },
        { .source = 1, .column = F_lost_reason__code },
        { .source = 1, .column = F_lost_reason__name },
        { .aggregate = ACRM_AGGREGATE_COUNT },
    };
    acrm_order order[] = { { 3, 1 }, { 1, 0 }, { 0, 0 } };
    acrm_query query = { .struct_size = sizeof query, .table = &entity->table, .joins = &join,
                         .n_joins = 1, .select = select, .n_select = 4, .n_group = 3,
                         .order = order, .n_order = 3 };
    const acrm_filter_node *where = acrm__where(call, &lost, 1);

    if (!where)
        return acrm__nomem(call);
    int32_t st = acrm__report_where(call, fields, where, &query.where);
    return st == ACRM_OK ? acrm__query(call, &query, lost_row, run) : st;
}

int32_t acrm__sales_report_lost(acrm__call *call)
{
    static const acrm__report_fields deals = {
        .entity = "opportunity", .at = F_opportunity__closed_at,
        .dealer = F_opportunity__dealer_id, .source = UINT32_MAX,
    };
    acrm__report_fields leads = report_leads;
    lost_run run = { .call = call, .rows = acrm__put_list(call->out, "rows") };
    bool of_deals = strcmp(acrm__arg_text(call, "of"), "opportunities") == 0;

    leads.at = F_lead__closed_at;
    if (!run.rows)
        return acrm__nomem(call);
    int32_t st = of_deals ? lost_query(&run, &deals, F_opportunity__status,
                                       F_opportunity__lost_reason_id, F_opportunity__competitor)
                          : lost_query(&run, &leads, F_lead__status, F_lead__lost_reason_id,
                                       F_lead__competitor);
    return st == ACRM_OK && !acrm__put_int(call->out, "total", run.total) ? acrm__nomem(call) : st;
}

/* --- Response times --- */

typedef struct response_answer {
    uint32_t row; /* of both samples */
    unsigned char dealer[16];
    bool has_dealer;
    int64_t received, reached;
} response_answer;

/* By the clock, and in the hours of the dealers. */
typedef struct response_run {
    acrm__samples waited, worked;
    response_answer *answers;
    size_t n, cap;
} response_run;

enum { RESPONSE_RECEIVED, RESPONSE_REACHED, RESPONSE_DEALER, RESPONSE_KEY, RESPONSE_COUNT };

static int32_t response_row(void *user, const acrm_cell *cells, uint32_t n)
{
    response_run *run = user;
    acrm__call *call = run->waited.call;
    acrm_cell all = acrm__cell_null();
    const acrm_cell *key = n > RESPONSE_KEY ? &cells[RESPONSE_KEY] : &all;
    acrm__sample *sample = acrm__sample_of(&run->waited, key);

    if (!sample || !acrm__sample_of(&run->worked, key))
        return ACRM_E_NOMEM;
    if (cells[RESPONSE_REACHED].type != ACRM_CELL_INT) {
        sample->others++;
        return 0;
    }
    if (run->n == run->cap) {
        size_t cap = run->cap ? run->cap * 2 : 64;
        response_answer *more = acrm__arena_array(call->arena, cap, sizeof *more);
        if (!more)
            return ACRM_E_NOMEM;
        if (run->n)
            memcpy(more, run->answers, run->n * sizeof *more);
        run->answers = more;
        run->cap = cap;
    }
    response_answer *answer = &run->answers[run->n++];
    *answer = (response_answer){ .row = (uint32_t)(sample - run->waited.items),
                                 .received = cells[RESPONSE_RECEIVED].integer,
                                 .reached = cells[RESPONSE_REACHED].integer };
    answer->has_dealer = cells[RESPONSE_DEALER].type == ACRM_CELL_BLOB;
    if (answer->has_dealer)
        memcpy(answer->dealer, cells[RESPONSE_DEALER].data, 16);
    return acrm__sample_add(&run->waited, sample, answer->reached - answer->received)
               ? 0 : ACRM_E_NOMEM;
}

/* Leads of no dealer wait around the clock. */
static int32_t response_worked(response_run *run)
{
    acrm__call *call = run->waited.call;
    acrm_value *args = acrm__value_in(call->arena), *out = NULL;
    bool ok = args && acrm_value_set_map(args) == ACRM_OK;
    acrm_value *spans = ok ? acrm__put_list(args, "spans") : NULL;
    acrm_value *dealers = spans ? acrm__put_list(args, "dealer_ids") : NULL;
    size_t at = 0;

    ok = dealers != NULL;
    for (size_t i = 0; ok && i < run->n; i++)
        if (run->answers[i].has_dealer)
            ok = acrm__add_text(spans, acrm__instant_text(call, run->answers[i].received)) &&
                 acrm__add_text(spans, acrm__instant_text(call, run->answers[i].reached)) &&
                 acrm__add_text(dealers, acrm__id_text(call, run->answers[i].dealer));
    int32_t st = ok ? acrm__run(call, "calendar.between", args, &out) : acrm__nomem(call);
    for (size_t i = 0; st == ACRM_OK && i < run->n; i++) {
        const response_answer *answer = &run->answers[i];
        int64_t open = answer->has_dealer
                           ? ACRM__SECOND_US * acrm_value_int(acrm_value_at(
                                 acrm_value_get(out, "each"), at++))
                           : answer->reached - answer->received;
        if (!acrm__sample_add(&run->worked, &run->worked.items[answer->row], open))
            st = acrm__nomem(call);
    }
    return st;
}

static bool response_quantiles(acrm_value *row, acrm__sample *sample, const char *half,
                               const char *most)
{
    const int64_t minute = 60 * ACRM__SECOND_US;

    acrm__sort_numbers(sample->numbers, sample->n);
    if (sample->n == 0)
        return acrm__put_null(row, half) && acrm__put_null(row, most);
    return acrm__put_int(row, half, acrm__quantile(sample->numbers, sample->n, 50) / minute) &&
           acrm__put_int(row, most, acrm__quantile(sample->numbers, sample->n, 90) / minute);
}

static bool response_put(const response_run *run, acrm_value *row, uint32_t i)
{
    acrm__sample *waited = &run->waited.items[i];

    return acrm__put_int(row, "reached", (int64_t)waited->n) &&
           acrm__put_int(row, "not_reached", waited->others) &&
           response_quantiles(row, waited, "p50_minutes", "p90_minutes") &&
           response_quantiles(row, &run->worked.items[i], "p50_working_minutes",
                              "p90_working_minutes");
}

static int32_t response_rows(const response_run *run, const acrm__report_group *group)
{
    acrm__call *call = run->waited.call;
    acrm__tallies keys = { .call = call };
    acrm__recs names;
    acrm_value *rows = acrm__put_list(call->out, "rows");

    for (uint32_t i = 0; i < run->waited.n; i++)
        if (!acrm__tally_of(&keys, &run->waited.items[i].key))
            return acrm__nomem(call);
    int32_t st = acrm__tally_names(&keys, group->entity, &names);
    for (uint32_t i = 0; st == ACRM_OK && i < run->waited.n; i++) {
        acrm_value *row = rows ? acrm__add_map(rows) : NULL;
        bool ok = row && acrm__put_group(call, row, group, &run->waited.items[i].key, &names) &&
                  response_put(run, row, i);
        st = ok ? ACRM_OK : acrm__nomem(call);
    }
    return st;
}

int32_t acrm__sales_report_response(acrm__call *call)
{
    const acrm__report_group *group = acrm__report_group_of(call);
    response_run run = { .waited.call = call, .worked.call = call };
    acrm_cell all = acrm__cell_null();
    acrm_expression select[RESPONSE_COUNT] = {
        [RESPONSE_RECEIVED] = { .column = F_lead__received_at },
        [RESPONSE_REACHED] = { .column = F_lead__first_contact_at },
        [RESPONSE_DEALER] = { .column = F_lead__dealer_id },
    };
    acrm_query query = { .struct_size = sizeof query, .select = select, .n_select = RESPONSE_KEY,
                         .table = &acrm__entity_of(call, "lead")->table };

    int32_t st = acrm__report_where(call, &report_leads, NULL, &query.where);
    if (st == ACRM_OK && group) {
        select[RESPONSE_KEY] = (acrm_expression){ .column = group->field,
                                                  .bucket = group->bucket };
        query.n_select = RESPONSE_COUNT;
    }
    if (st == ACRM_OK)
        st = acrm__query(call, &query, response_row, &run);
    if (st == ACRM_OK)
        st = response_worked(&run);
    if (st != ACRM_OK)
        return st;
    if (group)
        return response_rows(&run, group);
    return acrm__sample_of(&run.waited, &all) && acrm__sample_of(&run.worked, &all) &&
                   response_put(&run, call->out, 0)
               ? ACRM_OK : acrm__nomem(call);
}
