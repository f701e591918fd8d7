/* SPDX-License-Identifier: MIT */
/* Contracts and leads of a period, each with who brought it about. */
#include "modules/performance/performance.h"

#include "base/civil.h"
#include "base/money.h"
#include "base/text.h"

#include <string.h>

static uint32_t result_field(const acrm__call *call, const char *entity, const char *field)
{
    return acrm__field_of(acrm__entity_of(call, entity), field);
}

static bool result_id(const acrm_cell *cell, unsigned char out[16])
{
    bool there = cell->type == ACRM_CELL_BLOB && cell->size == 16;

    if (there)
        memcpy(out, cell->data, 16);
    return there;
}

static bool result_is(const acrm_cell *cell, const char *word)
{
    return cell->type == ACRM_CELL_TEXT && cell->size == strlen(word) &&
           memcmp(cell->data, word, cell->size) == 0;
}

static void result_text(const acrm_cell *cell, char *out, size_t room)
{
    size_t n = cell->type != ACRM_CELL_TEXT ? 0 : cell->size < room ? cell->size : room - 1;

    if (n)
        memcpy(out, cell->data, n);
    out[n] = '\0';
}

/* --- Contracts --- */

enum {
    RESULT_ID, RESULT_CUSTOMER, RESULT_USER, RESULT_OWNER, RESULT_DEALER, RESULT_USER_TEAM,
    RESULT_OWNER_TEAM, RESULT_STATUS, RESULT_NUMBER, RESULT_CURRENCY, RESULT_TOTAL,
    RESULT_MARGIN, RESULT_SIGNED_ON, RESULT_VEHICLE_MODEL, RESULT_TRIM_MODEL, RESULT_LEAD_MODEL,
    RESULT_COUNT
};

typedef struct result_run {
    acrm__contract_fn contract;
    acrm__lead_fn lead;
    void *user;
    bool drafts;
} result_run;

static int32_t result_contract(void *user, const acrm_cell *cells, uint32_t n)
{
    const result_run *run = user;
    acrm__contract c = { .total = 0 };
    const acrm_cell *model = &cells[RESULT_VEHICLE_MODEL];

    (void)n;
    c.draft = result_is(&cells[RESULT_STATUS], "draft");
    if (c.draft && !run->drafts)
        return 0;
    while (model->type != ACRM_CELL_TEXT && model < &cells[RESULT_LEAD_MODEL])
        model++; /* of the car, else of the trim ordered, else of the lead */
    (void)result_id(&cells[RESULT_ID], c.id);
    (void)result_id(&cells[RESULT_CUSTOMER], c.customer);
    c.has_dealer = result_id(&cells[RESULT_DEALER], c.dealer);
    bool own = result_id(&cells[RESULT_USER], c.user);
    c.has_user = own || result_id(&cells[RESULT_OWNER], c.user);
    c.has_owner = result_id(&cells[RESULT_OWNER], c.owner);
    c.has_team = result_id(&cells[own ? RESULT_USER_TEAM : RESULT_OWNER_TEAM], c.team);
    c.cancelled = result_is(&cells[RESULT_STATUS], "cancelled");
    result_text(&cells[RESULT_NUMBER], c.number, sizeof c.number);
    result_text(model, c.model, sizeof c.model);
    result_text(&cells[RESULT_CURRENCY], c.currency, sizeof c.currency);
    c.total = cells[RESULT_TOTAL].type == ACRM_CELL_INT ? cells[RESULT_TOTAL].integer : 0;
    c.margin = cells[RESULT_MARGIN].type == ACRM_CELL_INT ? cells[RESULT_MARGIN].integer : 0;
    c.signed_on = cells[RESULT_SIGNED_ON].type == ACRM_CELL_INT
                      ? (int32_t)cells[RESULT_SIGNED_ON].integer : 0;
    return run->contract(run->user, &c);
}

static int32_t result_contracts(acrm__call *call, const acrm__term *terms, size_t n_terms,
                                bool as_system, result_run *run)
{
    const acrm__entity *entity = acrm__entity_of(call, "sales_contract");
    uint32_t lead = acrm__field_of(entity, "lead_id");
    uint32_t seller = acrm__field_of(entity, "user_id");
    uint32_t signed_on = acrm__field_of(entity, "signed_on");
    uint32_t owner = result_field(call, "lead", "owner_id");
    const acrm_table *users = &acrm__entity_of(call, "user")->table;
    uint32_t team = result_field(call, "user", "team_id");
    acrm_join joins[] = {
        { 0, lead, &acrm__entity_of(call, "lead")->table },
        { 0, acrm__field_of(entity, "vehicle_id"), &acrm__entity_of(call, "vehicle")->table },
        { 1, owner, users },
        { 0, seller, users },
        { 0, acrm__field_of(entity, "trim_id"), &acrm__entity_of(call, "vehicle_trim")->table },
        { 5, result_field(call, "vehicle_trim", "model_id"),
          &acrm__entity_of(call, "vehicle_model")->table },
    };
    acrm_expression select[RESULT_COUNT] = {
        [RESULT_ID] = { .column = F_ID },
        [RESULT_CUSTOMER] = { .column = acrm__field_of(entity, "customer_id") },
        [RESULT_USER] = { .column = seller },
        [RESULT_OWNER] = { .source = 1, .column = owner },
        [RESULT_DEALER] = { .column = acrm__field_of(entity, "dealer_id") },
        [RESULT_USER_TEAM] = { .source = 4, .column = team },
        [RESULT_OWNER_TEAM] = { .source = 3, .column = team },
        [RESULT_STATUS] = { .column = acrm__field_of(entity, "status") },
        [RESULT_NUMBER] = { .column = acrm__field_of(entity, "number") },
        [RESULT_CURRENCY] = { .column = acrm__field_of(entity, "currency") },
        [RESULT_TOTAL] = { .column = acrm__field_of(entity, "total") },
        [RESULT_MARGIN] = { .column = acrm__field_of(entity, "margin") },
        [RESULT_SIGNED_ON] = { .column = signed_on },
        [RESULT_VEHICLE_MODEL] = { .source = 2, .column = result_field(call, "vehicle", "model") },
        [RESULT_TRIM_MODEL] = { .source = 6,
                                .column = result_field(call, "vehicle_model", "name") },
        [RESULT_LEAD_MODEL] = { .source = 1, .column = result_field(call, "lead", "model") },
    };
    acrm_order order[] = { { RESULT_SIGNED_ON, 0 }, { RESULT_ID, 0 } };
    acrm_query query = { .struct_size = sizeof query, .table = &entity->table, .joins = joins,
                         .n_joins = sizeof joins / sizeof joins[0], .select = select,
                         .n_select = RESULT_COUNT, .order = order, .n_order = 2 };
    acrm__call inner = *call;

    inner.as_system |= as_system;
    const acrm_filter_node *where = acrm__where(call, terms, n_terms);
    if (!where)
        return acrm__nomem(call);
    int32_t st = acrm__where_visible(&inner, entity, where, ACRM__DELETED_WITHOUT, &query.where);
    return st == ACRM_OK ? acrm__query(call, &query, result_contract, run) : st;
}

int32_t acrm__contracts(acrm__call *call, int32_t from, int32_t to, const unsigned char *dealer,
                        bool as_system, acrm__contract_fn each, void *user)
{
    const uint32_t signed_on = result_field(call, "sales_contract", "signed_on");
    const acrm__term terms[] = {
        { signed_on, ACRM_FILTER_GE, acrm__cell_int(from) },
        { signed_on, ACRM_FILTER_LE, acrm__cell_int(to) },
        { result_field(call, "sales_contract", "dealer_id"), ACRM_FILTER_EQ,
          acrm__cell_id(dealer) },
    };

    return result_contracts(call, terms, dealer ? 3 : 2, as_system,
                            &(result_run){ .contract = each, .user = user });
}

int32_t acrm__contract_one(acrm__call *call, const unsigned char id[16], acrm__contract_fn each,
                           void *user)
{
    const acrm__term term = { F_ID, ACRM_FILTER_EQ, acrm__cell_id(id) };

    return result_contracts(call, &term, 1, true,
                            &(result_run){ .contract = each, .user = user, .drafts = true });
}

int32_t acrm__result_contract(acrm__call *call, const acrm__event *event)
{
    const acrm__term which = { F_ID, ACRM_FILTER_EQ, acrm__cell_id(event->id) };
    const acrm__select select = { .entity = "sales_contract", .terms = &which, .n_terms = 1 };
    const uint32_t status = result_field(call, "sales_contract", "status");
    bool made = !event->before, draft, cancelled;
    acrm__rec *rec;
    int32_t st = ACRM_OK;

    if (!made && !result_is(&event->before[status], "draft"))
        return ACRM_OK;
    st = acrm__find_one(call, &select, &rec);
    if (st != ACRM_OK || !rec)
        return st;
    draft = result_is(&rec->cells[status], "draft");
    cancelled = result_is(&rec->cells[status], "cancelled");
    if (cancelled || (draft && !made))
        return ACRM_OK;
    if (!draft)
        st = acrm__commission_late(call, rec);
    /* What was signed elsewhere is a fact. */
    if (st == ACRM_OK && !acrm__is_null(rec, acrm__field_of(rec->entity, "quote_id")))
        st = acrm__target_quota(call, event->id);
    return st;
}

/* --- Leads --- */

enum {
    LEADS_USER, LEADS_DEALER, LEADS_TEAM, LEADS_STATUS, LEADS_RECEIVED, LEADS_REACHED, LEADS_MODEL,
    LEADS_COUNT
};

static int32_t result_lead(void *user, const acrm_cell *cells, uint32_t n)
{
    const result_run *run = user;
    acrm__lead_result l = { .won = false };

    (void)n;
    l.has_user = result_id(&cells[LEADS_USER], l.user);
    l.has_dealer = result_id(&cells[LEADS_DEALER], l.dealer);
    l.has_team = result_id(&cells[LEADS_TEAM], l.team);
    l.won = result_is(&cells[LEADS_STATUS], "won");
    l.received_at = cells[LEADS_RECEIVED].integer;
    l.reached = cells[LEADS_REACHED].type == ACRM_CELL_INT;
    l.waited = l.reached ? cells[LEADS_REACHED].integer - l.received_at : 0;
    result_text(&cells[LEADS_MODEL], l.model, sizeof l.model);
    return run->lead(run->user, &l);
}

int32_t acrm__lead_results(acrm__call *call, int32_t from, int32_t to,
                           const unsigned char *dealer, acrm__lead_fn each, void *user)
{
    const acrm__entity *entity = acrm__entity_of(call, "lead");
    uint32_t owner = acrm__field_of(entity, "owner_id");
    uint32_t received = acrm__field_of(entity, "received_at");
    acrm_join join = { 0, owner, &acrm__entity_of(call, "user")->table };
    acrm_expression select[LEADS_COUNT] = {
        [LEADS_USER] = { .column = owner },
        [LEADS_DEALER] = { .column = acrm__field_of(entity, "dealer_id") },
        [LEADS_TEAM] = { .source = 1, .column = result_field(call, "user", "team_id") },
        [LEADS_STATUS] = { .column = acrm__field_of(entity, "status") },
        [LEADS_RECEIVED] = { .column = received },
        [LEADS_REACHED] = { .column = acrm__field_of(entity, "first_contact_at") },
        [LEADS_MODEL] = { .column = acrm__field_of(entity, "model") },
    };
    acrm_query query = { .struct_size = sizeof query, .table = &entity->table, .joins = &join,
                         .n_joins = 1, .select = select, .n_select = LEADS_COUNT };
    result_run run = { .lead = each, .user = user };
    int64_t begin = INT64_MIN, end = INT64_MAX;

    (void)acrm__day_start(call, from, &begin);
    (void)acrm__day_start(call, to + 1, &end);
    acrm__term terms[] = {
        { received, ACRM_FILTER_GE, acrm__cell_int(begin) },
        { received, ACRM_FILTER_LT, acrm__cell_int(end) },
        { acrm__field_of(entity, "dealer_id"), ACRM_FILTER_EQ, acrm__cell_id(dealer) },
    };
    const acrm_filter_node *where = acrm__where(call, terms, dealer ? 3 : 2);
    if (!where)
        return acrm__nomem(call);
    int32_t st = acrm__where_visible(call, entity, where, ACRM__DELETED_WITHOUT, &query.where);
    return st == ACRM_OK ? acrm__query(call, &query, result_lead, &run) : st;
}

/* --- Small things --- */

int32_t acrm__result_days(acrm__call *call, int32_t *from, int32_t *to)
{
    acrm__civil date;
    int64_t day;

    acrm__civil_from_day(acrm__today(call), &date);
    (void)acrm__civil_to_day(date.year, date.month, 1, from);
    if (acrm__arg_time(call, "from_date", &day))
        *from = (int32_t)day;
    *to = *from;
    (void)acrm__civil_add_months(*from, 1, to);
    --*to;
    if (acrm__arg_time(call, "to_date", &day))
        *to = (int32_t)day;
    return *to >= *from ? ACRM_OK
                        : acrm__fail(call, ACRM_E_INVALID, "range", "to_date",
                                     "to_date must not be before from_date");
}

int32_t acrm__purse_add(acrm__call *call, acrm__purse *purse, const char *currency,
                        int64_t amount)
{
    size_t i = 0;

    if (!*currency)
        return ACRM_OK;
    while (i < purse->n && memcmp(purse->items[i].currency, currency, 4) != 0)
        i++;
    if (i == sizeof purse->items / sizeof purse->items[0])
        return acrm__fail(call, ACRM_E_LIMIT, "currencies", NULL, "more than 8 currencies");
    if (i == purse->n) {
        memcpy(purse->items[purse->n++].currency, currency, 4);
        purse->items[i].amount = 0;
    }
    return acrm__money_add(purse->items[i].amount, amount, &purse->items[i].amount)
               ? ACRM_OK
               : acrm__fail(call, ACRM_E_LIMIT, "overflow", NULL, "a sum is too large");
}

bool acrm__result_money(acrm_value *map, const char *key, const char *currency, int64_t minor)
{
    int32_t digits = acrm__currency_digits(currency, strlen(currency));
    char text[32];

    return acrm__put_textn(map, key, text, acrm__print_decimal(minor, digits < 0 ? 2 : digits,
                                                               text));
}

bool acrm__purse_put(acrm_value *map, const char *key, const acrm__purse *purse)
{
    acrm_value *to = acrm__put_map(map, key);
    bool done = to != NULL;

    for (size_t i = 0; done && i < purse->n; i++)
        done = acrm__result_money(to, purse->items[i].currency, purse->items[i].currency,
                                  purse->items[i].amount);
    return done;
}

int32_t acrm__result_name(acrm__call *call, const char *entity, const unsigned char id[16],
                          const char **out)
{
    const acrm__term term = { F_ID, ACRM_FILTER_EQ, acrm__cell_id(id) };
    const acrm__select select = { .entity = entity, .terms = &term, .n_terms = 1 };
    acrm__rec *rec;
    int32_t st = acrm__find_one(call, &select, &rec);

    *out = NULL;
    if (st == ACRM_OK && rec)
        *out = acrm__text(rec, acrm__field_of(rec->entity, "name"));
    return st;
}
