/* SPDX-License-Identifier: MIT */
/*
 * What a profile is made of: one row of a table for each kind of record. A source names the
 * entity, the fields that are read, and what is done with a row as it passes. A module whose
 * records say something about customers gets a row here and, where no function fits, one more.
 */
#include "modules/grading/grading.h"

#include "base/civil.h"
#include "base/money.h"
#include "kernel/registry.h"

#include <string.h>

/* Parts that columns of a source play. */
enum {
    COL_CUSTOMER = 0,
    COL_ON,       /* when it happened: a date or an instant */
    COL_ON_ELSE,  /* where that is empty */
    COL_CURRENCY,
    COL_VALUE,
    COL_MARGIN,
    COL_DEALER,
    COL_A,        /* whatever the function wants */
    COL_B,
    COL_C,
    COL_D,
    COL_E,
    COL_COUNT
};

typedef struct sources_row {
    acrm__batch *batch;
    acrm__person *person;
    const acrm_cell *cells;
    const struct sources_source *source;
    const uint32_t *places; /* of the parts among the cells; UINT32_MAX: not read */
    bool on_day, else_day;  /* they are dates, not instants */
    /* Of consents: */
    char purpose[65];
    uint32_t granted;       /* channels, as bits */
    acrm__person *granter;
} sources_row;

typedef struct sources_source {
    const char *entity, *customer;
    const char *only, *values;   /* a field must hold one of these: "signed|fulfilled" */
    const char *columns[COL_COUNT]; /* "vehicle_id.make": of the record referred to */
    const char *order[2];        /* after the customer */
    void (*fold)(sources_row *row);
} sources_source;

/* --- Cells --- */

static const acrm_cell *sources_cell(const sources_row *row, uint32_t part)
{
    static const acrm_cell none = { .type = ACRM_CELL_NULL };

    return row->places[part] == UINT32_MAX ? &none : &row->cells[row->places[part]];
}

static bool sources_is(const sources_row *row, uint32_t part, const char *word)
{
    const acrm_cell *cell = sources_cell(row, part);

    return cell->type == ACRM_CELL_TEXT && cell->size == strlen(word) &&
           memcmp(cell->data, word, cell->size) == 0;
}

static int32_t sources_day(const sources_row *row)
{
    const acrm_cell *cell = sources_cell(row, COL_ON);
    bool day = row->on_day;

    if (cell->type != ACRM_CELL_INT) {
        cell = sources_cell(row, COL_ON_ELSE);
        day = row->else_day;
    }
    if (cell->type != ACRM_CELL_INT)
        return ACRM__GRADING_NO_DAY;
    return day ? (int32_t)cell->integer : acrm__day_of(row->batch->call, cell->integer);
}

/* --- Adding up --- */

static void sources_count(acrm__person *p, uint32_t number)
{
    p->values[number]++;
}

static void sources_last(acrm__person *p, uint32_t number, int32_t day)
{
    if (day == ACRM__GRADING_NO_DAY || (p->present[number] && p->values[number] >= day))
        return;
    p->values[number] = day;
    p->present[number] = 1;
}

static void sources_first(acrm__person *p, uint32_t number, int32_t day)
{
    if (day == ACRM__GRADING_NO_DAY || (p->present[number] && p->values[number] <= day))
        return;
    p->values[number] = day;
    p->present[number] = 1;
}

/* Money of another currency, or past what a number holds, is counted as left out. */
static bool sources_money(const sources_row *row, uint32_t part, uint32_t number, bool negative)
{
    const acrm_cell *money = sources_cell(row, part), *code = sources_cell(row, COL_CURRENCY);
    acrm__person *p = row->person;
    const char *currency = row->batch->policy->currency;

    if (money->type != ACRM_CELL_INT)
        return true;
    return code->type == ACRM_CELL_TEXT && code->size == 3 &&
           memcmp(code->data, currency, 3) == 0 &&
           (negative ? acrm__money_sub(p->values[number], money->integer, &p->values[number])
                     : acrm__money_add(p->values[number], money->integer, &p->values[number]));
}

static void sources_dealer(const sources_row *row, int32_t day)
{
    const acrm_cell *dealer = sources_cell(row, COL_DEALER);
    acrm__dealer_tally *tally = row->person->dealers;

    if (dealer->type != ACRM_CELL_BLOB || dealer->size != 16)
        return;
    for (uint32_t i = 0; i < ACRM__GRADING_DEALERS; i++) {
        if (tally[i].n > 0 && memcmp(tally[i].id, dealer->data, 16) != 0)
            continue;
        if (tally[i].n == 0)
            memcpy(tally[i].id, dealer->data, 16);
        if (tally[i].n++ == 0 || day > tally[i].last)
            tally[i].last = day;
        return;
    }
}

/* A purchase or visit: what frequency counts. */
static bool sources_business(const sources_row *row, int32_t day)
{
    acrm__person *p = row->person;

    sources_last(p, P_LAST_SEEN_ON, day);
    sources_dealer(row, day);
    if (day == ACRM__GRADING_NO_DAY ||
        row->batch->today - day >= row->batch->policy->frequency_days)
        return false;
    sources_count(p, P_FREQUENCY);
    if (p->window_first == ACRM__GRADING_NO_DAY || day < p->window_first)
        p->window_first = day;
    return true;
}

/* --- What is done with a row of each --- */

static void sources_purchase(sources_row *row)
{
    acrm__person *p = row->person;
    int32_t day = sources_day(row);
    const acrm_cell *end = sources_cell(row, COL_A), *vehicle = sources_cell(row, COL_B);

    sources_count(p, P_PURCHASES);
    sources_first(p, P_FIRST_PURCHASE_ON, day);
    sources_last(p, P_LAST_PURCHASE_ON, day);
    bool recent = sources_business(row, day);
    bool counted = sources_money(row, COL_VALUE, P_LIFETIME_VALUE, false) &&
                   sources_money(row, COL_MARGIN, P_LIFETIME_MARGIN, false) &&
                   (!recent || sources_money(row, COL_VALUE, P_RECENT_VALUE, false));
    if (!counted)
        sources_count(p, P_UNCOUNTED);
    if (end->type == ACRM_CELL_INT)
        acrm__profile_expect(row->batch, p, false, ACRM__REPURCHASE_CONTRACT, end->integer,
                             vehicle->type == ACRM_CELL_BLOB ? vehicle->data : NULL);
}

static void sources_contact(sources_row *row)
{
    static const char *const channels[ACRM__GRADING_CHANNELS] = {
        "phone", "email", "sms", "messenger", "web", "letter", "event"
    };
    acrm__person *p = row->person;
    int32_t day = sources_day(row);
    bool in = sources_is(row, COL_B, "in");

    if (sources_cell(row, COL_C)->integer == 0)
        return;
    if (sources_is(row, COL_A, "visit")) {
        sources_count(p, P_VISITS);
        sources_last(p, P_LAST_VISIT_ON, day);
        sources_business(row, day);
        return;
    }
    sources_count(p, P_CONTACTS);
    sources_last(p, P_LAST_CONTACT_ON, day);
    if (!in)
        return;
    sources_last(p, P_LAST_SEEN_ON, day);
    for (uint32_t i = 0; i < ACRM__GRADING_CHANNELS; i++)
        p->channels[i] += sources_is(row, COL_A, channels[i]);
    for (uint32_t i = 0, most = 0; i < ACRM__GRADING_CHANNELS; i++)
        if (p->channels[i] > most) {
            most = p->channels[i];
            p->channel = channels[i];
        }
}

static void sources_lead(sources_row *row)
{
    int32_t day = sources_day(row);

    sources_count(row->person, P_LEADS);
    sources_last(row->person, P_LAST_LEAD_ON, day);
    sources_last(row->person, P_LAST_SEEN_ON, day);
}

static void sources_activity(sources_row *row)
{
    sources_count(row->person, P_ACTIVITIES);
}

static void sources_case(sources_row *row)
{
    sources_count(row->person, P_COMPLAINTS);
    sources_last(row->person, P_LAST_COMPLAINT_ON, sources_day(row));
    if (sources_cell(row, COL_A)->type == ACRM_CELL_NULL)
        sources_count(row->person, P_OPEN_COMPLAINTS);
}

static void sources_compensation(sources_row *row)
{
    if (!sources_money(row, COL_VALUE, P_COMPLAINT_COST, false) ||
        !sources_money(row, COL_VALUE, P_LIFETIME_MARGIN, true))
        sources_count(row->person, P_UNCOUNTED);
}

static void sources_preference(sources_row *row)
{
    static const char *const channels[] = { "phone", "sms", "email", "letter", "fax", "push",
                                            "messenger" };

    for (size_t i = 0; i < sizeof channels / sizeof channels[0]; i++)
        if (sources_is(row, COL_A, channels[i]))
            row->person->channel = channels[i];
}

/* Rows of one customer and purpose come one after the other, in order of time: the last says what
 * holds for each channel. Who refuses to be profiled is not. */
static void sources_consent(sources_row *row)
{
    static const char *const channels[] = { "any", "phone", "sms", "email", "letter", "fax",
                                            "push", "messenger" };
    const acrm_cell *purpose = sources_cell(row, COL_A), *expires = sources_cell(row, COL_D);
    bool granted = sources_is(row, COL_C, "granted") &&
                   (expires->type != ACRM_CELL_INT ||
                    expires->integer > row->batch->call->now);
    uint32_t bit = 0;

    if (purpose->type != ACRM_CELL_TEXT || purpose->size >= sizeof row->purpose)
        return;
    if (row->granter != row->person || strlen(row->purpose) != purpose->size ||
        memcmp(row->purpose, purpose->data, purpose->size) != 0) {
        row->granter = row->person;
        row->granted = 0;
        memcpy(row->purpose, purpose->data, purpose->size);
        row->purpose[purpose->size] = '\0';
    }
    while (bit < sizeof channels / sizeof channels[0] && !sources_is(row, COL_B, channels[bit]))
        bit++;
    row->person->values[P_CONSENTS] += granted - (int64_t)(row->granted >> bit & 1);
    row->granted = (row->granted & ~(1U << bit)) | (uint32_t)granted << bit;
    if (granted && expires->type == ACRM_CELL_INT) {
        int32_t day = acrm__day_of(row->batch->call, expires->integer) + 1;
        if (row->person->next_on == ACRM__GRADING_NO_DAY || day < row->person->next_on)
            row->person->next_on = day;
    }
    if (strcmp(row->purpose, "profiling") == 0)
        row->person->refused = sources_is(row, COL_C, "withdrawn") ||
                               sources_is(row, COL_C, "refused");
}

/* --- Vehicles: what their age and mileage let expect --- */

/* The day on which a vehicle reaches a reading, by what it was driven so far. */
static int64_t sources_reaches(const sources_row *row, int64_t from_day, const acrm_cell *from_km,
                               int64_t km, int64_t on, int64_t target)
{
    int64_t driven = row->batch->policy->km_per_year, days = 365;

    if (from_km->type == ACRM_CELL_INT && km > from_km->integer && on > from_day) {
        driven = km - from_km->integer;
        days = on - from_day;
    }
    int64_t left = target - km;
    if (left <= 0 || left > INT64_MAX / days - driven)
        return on;
    return on + (left * days + driven - 1) / driven;
}

static const acrm__model_cycle *sources_cycle(const sources_row *row)
{
    const acrm__policy *policy = row->batch->policy;

    for (uint32_t i = 0; i < policy->n_cycles; i++)
        if (sources_is(row, COL_VALUE, policy->cycles[i].make) &&
            (!policy->cycles[i].model || sources_is(row, COL_MARGIN, policy->cycles[i].model)))
            return &policy->cycles[i];
    return NULL;
}

static void sources_ownership(sources_row *row)
{
    const acrm_cell *from = sources_cell(row, COL_ON), *to = sources_cell(row, COL_A),
                    *vehicle = sources_cell(row, COL_C), *km0 = sources_cell(row, COL_B),
                    *km = sources_cell(row, COL_D), *on = sources_cell(row, COL_E);
    const acrm__policy *policy = row->batch->policy;
    acrm__person *p = row->person;
    int32_t day = 0;

    if (from->type != ACRM_CELL_INT || vehicle->type != ACRM_CELL_BLOB)
        return;
    if (to->type == ACRM_CELL_INT && to->integer < row->batch->today)
        return;
    if (to->type == ACRM_CELL_INT && (p->next_on == ACRM__GRADING_NO_DAY ||
                                      to->integer + 1 < p->next_on))
        p->next_on = (int32_t)to->integer + 1;
    sources_count(p, P_VEHICLES);
    int64_t last = p->present[P_LAST_VISIT_ON] && p->values[P_LAST_VISIT_ON] > from->integer
                       ? p->values[P_LAST_VISIT_ON] : from->integer;
    acrm__profile_expect(row->batch, p, true, ACRM__SERVICE_TIME, last + policy->service_days,
                         vehicle->data);
    const acrm__model_cycle *cycle = sources_cycle(row);
    if (acrm__civil_add_months((int32_t)from->integer,
                               cycle ? cycle->months : policy->repurchase_months, &day))
        acrm__profile_expect(row->batch, p, false,
                             cycle ? ACRM__REPURCHASE_CYCLE : ACRM__REPURCHASE_AGE, day,
                             vehicle->data);
    if (km->type != ACRM_CELL_INT || on->type != ACRM_CELL_INT)
        return;
    int64_t next = (km->integer / policy->service_km + 1) * policy->service_km;
    acrm__profile_expect(row->batch, p, true, ACRM__SERVICE_MILEAGE,
                         sources_reaches(row, from->integer, km0, km->integer, on->integer, next),
                         vehicle->data);
    acrm__profile_expect(row->batch, p, false, ACRM__REPURCHASE_MILEAGE,
                         sources_reaches(row, from->integer, km0, km->integer, on->integer,
                                         policy->replace_km), vehicle->data);
}

/* --- The table. Vehicles come last: their services count from the last visit. --- */

static const sources_source sources_table[] = {
    { .entity = "sales_contract", .customer = "customer_id", .only = "status",
      .values = "signed|fulfilled", .fold = sources_purchase,
      .columns = { [COL_ON] = "signed_on", [COL_ON_ELSE] = "opened_at",
                   [COL_CURRENCY] = "currency", [COL_VALUE] = "total", [COL_MARGIN] = "margin",
                   [COL_DEALER] = "dealer_id", [COL_A] = "ends_on", [COL_B] = "vehicle_id" } },
    { .entity = "interaction", .customer = "customer_id", .fold = sources_contact,
      .columns = { [COL_ON] = "at", [COL_DEALER] = "dealer_id", [COL_A] = "channel",
                   [COL_B] = "direction", [COL_C] = "effective" } },
    { .entity = "lead", .customer = "customer_id", .fold = sources_lead,
      .columns = { [COL_ON] = "created_at" } },
    { .entity = "activity", .customer = "customer_id", .only = "status", .values = "done",
      .fold = sources_activity },
    { .entity = "case", .customer = "customer_id", .fold = sources_case,
      .columns = { [COL_ON] = "opened_at", [COL_A] = "closed_at" } },
    { .entity = "case_compensation", .customer = "shown_to_id", .only = "status",
      .values = "approved", .fold = sources_compensation,
      .columns = { [COL_CURRENCY] = "currency", [COL_VALUE] = "amount" } },
    { .entity = "consent", .customer = "customer_id", .fold = sources_consent,
      .columns = { [COL_A] = "purpose", [COL_B] = "channel", [COL_C] = "state",
                   [COL_D] = "expires_at", [COL_E] = "given_at" },
      .order = { "purpose", "given_at" } },
    { .entity = "preference", .customer = "customer_id", .fold = sources_preference,
      .columns = { [COL_A] = "preferred_channel" } },
    { .entity = "vehicle_ownership", .customer = "customer_id", .only = "role",
      .values = "owner|lessee|fleet", .fold = sources_ownership,
      .columns = { [COL_ON] = "from_date", [COL_A] = "to_date", [COL_B] = "odometer",
                   [COL_C] = "vehicle_id", [COL_VALUE] = "vehicle_id.make",
                   [COL_MARGIN] = "vehicle_id.model", [COL_D] = "vehicle_id.odometer",
                   [COL_E] = "vehicle_id.odometer_on" } },
};

/* --- Reading --- */

typedef struct sources_plan {
    sources_row row;
    uint32_t at;
    const acrm__entity *entity;
    acrm_expression select[COL_COUNT];
    uint32_t n_select, places[COL_COUNT];
    acrm_join join;
    uint32_t n_joins;
} sources_plan;

static int32_t sources_take(void *user, const acrm_cell *cells, uint32_t n)
{
    sources_plan *plan = user;

    (void)n;
    plan->row.person = acrm__batch_at(plan->row.batch, &plan->at, &cells[0]);
    plan->row.cells = cells;
    if (plan->row.person)
        plan->row.source->fold(&plan->row);
    return 0;
}

static void sources_column(sources_plan *plan, acrm__call *call, uint32_t part, const char *name)
{
    const char *dot = strchr(name, '.');
    acrm_expression *e = &plan->select[plan->n_select];
    const acrm__entity *entity = plan->entity;
    uint32_t field = dot ? acrm__entity_field(entity, name, (size_t)(dot - name))
                         : acrm__field_of(entity, name);

    if (dot) {
        const acrm__entity *joined = acrm__entity_of(call, entity->fields[field].def.target);
        plan->join = (acrm_join){ .column = field, .table = &joined->table };
        plan->n_joins = 1;
        entity = joined;
        field = acrm__field_of(joined, dot + 1);
    }
    bool day = entity->fields[field].def.type == ACRM__T_DATE;
    plan->row.on_day |= part == COL_ON && day;
    plan->row.else_day |= part == COL_ON_ELSE && day;
    *e = (acrm_expression){ .source = dot ? 1 : 0, .column = field };
    plan->places[part] = plan->n_select++;
}

static const acrm_filter_node *sources_only(acrm__call *call, const sources_plan *plan)
{
    const sources_source *source = plan->row.source;
    acrm_filter_node *in = acrm__arena_zero(call->arena, sizeof *in);
    acrm_cell *values = acrm__arena_array(call->arena, 4, sizeof *values);
    const char *at = source->values;

    if (!in || !values)
        return NULL;
    *in = (acrm_filter_node){ .op = ACRM_FILTER_IN, .values = values,
                              .column = acrm__field_of(plan->entity, source->only) };
    while (at && in->n_values < 4) {
        size_t len = strcspn(at, "|");
        values[in->n_values++] = acrm__cell_textn(at, len);
        at = at[len] ? at + len + 1 : NULL;
    }
    return in;
}

static int32_t sources_read(acrm__batch *batch, const sources_source *source)
{
    acrm__call *call = batch->call;
    acrm_order order[3] = { { .expression = 0 } };
    const acrm_filter_node *only = NULL;
    acrm_query query = { .n_order = 1, .order = order };
    sources_plan plan = { .row = { .batch = batch, .source = source },
                          .entity = acrm__entity_of(call, source->entity) };

    for (uint32_t part = 0; part < COL_COUNT; part++) {
        const char *name = part == COL_CUSTOMER ? source->customer : source->columns[part];
        plan.places[part] = UINT32_MAX;
        if (name)
            sources_column(&plan, call, part, name);
    }
    for (uint32_t i = 0; i < 2 && source->order[i]; i++)
        for (uint32_t k = 0; k < plan.n_select; k++)
            if (plan.select[k].column == acrm__field_of(plan.entity, source->order[i]))
                order[query.n_order++] = (acrm_order){ .expression = k };
    if (source->only) {
        only = sources_only(call, &plan);
        if (!only)
            return acrm__nomem(call);
    }
    plan.row.places = plan.places;
    query.n_select = plan.n_select;
    query.select = plan.select;
    query.n_joins = plan.n_joins;
    query.joins = &plan.join;
    return acrm__batch_query(batch, plan.entity, &query, NULL, 0, only, sources_take, &plan);
}

static void sources_start(acrm__person *p)
{
    for (uint32_t i = 0; i < P_COUNT; i++) {
        p->values[i] = 0;
        p->present[i] = acrm__profile_numbers[i].type != ACRM_SCORING_DAY;
    }
    p->service_by = p->repurchase_by = -1;
    p->next_on = p->window_first = ACRM__GRADING_NO_DAY;
}

int32_t acrm__batch_gather(acrm__batch *batch)
{
    int32_t st = ACRM_OK;

    for (uint32_t i = 0; i < batch->n; i++)
        sources_start(&batch->people[i]);
    for (size_t i = 0; st == ACRM_OK && i < sizeof sources_table / sizeof sources_table[0]; i++)
        st = sources_read(batch, &sources_table[i]);
    for (uint32_t i = 0; st == ACRM_OK && i < batch->n; i++)
        acrm__profile_finish(batch, &batch->people[i]);
    return st;
}
