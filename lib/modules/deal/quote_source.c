/* SPDX-License-Identifier: MIT */
/* What is quoted: a configured car at the prices of its list, or one in stock that is free. */
#include "modules/deal/deal.h"

#include "base/text.h"

/* A field of a record of another module, by name; NULL cell when there is none. */
static const acrm_cell *source_cell(const acrm__rec *rec, const char *field)
{
    static const acrm_cell none = { .type = ACRM_CELL_NULL };
    uint32_t n = acrm__field_of(rec->entity, field);

    return n == UINT32_MAX ? &none : &rec->cells[n];
}

static const char *source_text(const acrm__rec *rec, const char *field)
{
    const acrm_cell *cell = source_cell(rec, field);

    return cell->type == ACRM_CELL_TEXT ? cell->data : NULL;
}

acrm__rec *acrm__quote_add(acrm__quote_draft *draft, const char *kind, const char *source,
                           int32_t *st)
{
    acrm__call *call = draft->call;
    acrm__rec *line = NULL;

    if (draft->n == ACRM_DEAL_LINES_MAX) {
        *st = acrm__fail(call, ACRM_E_LIMIT, "limit", "lines", "a quote has at most %d lines",
                         ACRM_DEAL_LINES_MAX);
        return NULL;
    }
    line = acrm__new(call, "quote_line");
    if (!line) {
        *st = acrm__nomem(call);
        return NULL;
    }
    acrm__set(line, F_quote_line__position, acrm__cell_int((int64_t)draft->n + 1));
    acrm__set(line, F_quote_line__kind, acrm__cell_text(kind));
    acrm__set(line, F_quote_line__source, acrm__cell_text(source));
    acrm__set(line, F_quote_line__quantity, acrm__cell_int(1));
    acrm__set(line, F_quote_line__currency, draft->quote->cells[F_quote__currency]);
    draft->given[draft->n] = -1;
    draft->lines[draft->n++] = line;
    return line;
}

/* The quote is in the currency of its prices. */
static int32_t source_currency(acrm__quote_draft *draft, const acrm_cell *currency,
                               const char *of)
{
    acrm_cell *own = &draft->quote->cells[F_quote__currency];

    if (currency->type != ACRM_CELL_TEXT)
        return ACRM_OK;
    if (own->type != ACRM_CELL_TEXT)
        *own = *currency;
    return acrm__cell_equal(own, currency)
               ? ACRM_OK
               : acrm__fail(draft->call, ACRM_E_INVALID, "currency", "currency",
                            "%s is priced in %s", of, (const char *)currency->data);
}

/* --- A configured car --- */

static const char *source_kind(const char *kind)
{
    static const char *const kinds[][2] = {
        { "base", "vehicle" }, { "trim", "vehicle" }, { "vehicle", "vehicle" },
        { "accessory", "accessory" }, { "service", "service" },
    };

    for (size_t i = 0; kind && i < sizeof kinds / sizeof kinds[0]; i++)
        if (strcmp(kinds[i][0], kind) == 0)
            return kinds[i][1];
    return "option";
}

/* A component of the configuration. What is below zero lowers the price of the car. */
static int32_t source_component(acrm__quote_draft *draft, const acrm_value *part)
{
    const acrm_value *given = acrm_value_get(part, "amount");
    int32_t digits = acrm__money_digits(draft->quote->entity, F_quote__total, draft->quote->cells);
    int64_t amount = 0;
    int32_t st = ACRM_OK;
    size_t len = 0;
    const char *text = acrm_value_text(given, &len);
    acrm__rec *line = acrm__quote_add(draft, source_kind(acrm__get_text(part, "kind")),
                                      "configuration", &st);

    if (!line)
        return st;
    acrm__set(line, F_quote_line__code, acrm__cell_text(acrm__get_text(part, "code")));
    acrm__set(line, F_quote_line__name, acrm__cell_text(acrm__get_text(part, "name")));
    if (text && !acrm__parse_decimal(text, len, digits, &amount))
        return acrm__fail(draft->call, ACRM_E_INVALID, "not_priced", "configuration_id",
                          "a price of the configuration cannot be read");
    acrm__rec *car = draft->lines[0];
    acrm__set(line, F_quote_line__amount, acrm__cell_int(amount < 0 ? 0 : amount));
    if (amount < 0)
        acrm__set(car, F_quote_line__amount,
                  acrm__cell_int(acrm__int(car, F_quote_line__amount) + amount));
    return ACRM_OK;
}

/* The list must be in force on the day of the quote: what was not issued yet is of today. */
static int32_t source_price_list(acrm__call *call, const acrm__rec *quote,
                                 const acrm__rec *configuration, acrm__rec **out)
{
    uint32_t field = acrm__field_of(configuration->entity, "price_list_id");
    bool draft = acrm__is_null(quote, F_quote__issued_at);
    int64_t day = draft ? acrm__today(call) : acrm__int(quote, F_quote__priced_on);
    int32_t st = acrm__deal_follow(call, configuration, field, out);

    if (st != ACRM_OK || !*out)
        return st;
    const acrm_cell *from = source_cell(*out, "valid_from"), *to = source_cell(*out, "valid_to");
    const acrm_cell *active = source_cell(*out, "active");
    bool good = !(from->type == ACRM_CELL_INT && from->integer > day) &&
                !(to->type == ACRM_CELL_INT && to->integer < day) &&
                !(active->type == ACRM_CELL_INT && !active->integer);
    return good ? ACRM_OK
                : acrm__fail(call, ACRM_E_CONFLICT, "price_list_expired", "configuration_id",
                             "the price list of the configuration is not in force on %s: price "
                             "it again", acrm__date_text(call, day));
}

static int32_t source_configuration(acrm__quote_draft *draft)
{
    acrm__call *call = draft->call;
    acrm__rec *configuration = NULL, *list = NULL;
    int32_t st = acrm__load(call, "configuration",
                            acrm__id(draft->quote, F_quote__configuration_id),
                            "configuration_id", &configuration);

    if (st == ACRM_OK)
        st = source_price_list(call, draft->quote, configuration, &list);
    if (st == ACRM_OK)
        st = source_currency(draft, source_cell(configuration, "currency"), "the configuration");
    if (st != ACRM_OK)
        return st;
    if (list) {
        draft->tax_rate = source_text(list, "tax_rate");
        draft->includes_tax = source_cell(list, "includes_tax")->integer != 0;
    }
    uint32_t field = acrm__field_of(configuration->entity, "breakdown");
    const acrm_value *breakdown = acrm__deal_value(call, configuration, field);
    const acrm_value *parts = acrm_value_get(breakdown, "lines");
    if (acrm_value_count(parts) == 0)
        return acrm__fail(call, ACRM_E_INVALID, "not_priced", "configuration_id",
                          "the configuration has no prices");
    for (size_t i = 0; st == ACRM_OK && i < acrm_value_count(parts); i++)
        st = source_component(draft, acrm_value_at(parts, i));
    return st;
}

/* --- A car in stock --- */

/* Nobody else's contract or reservation is on it, and it is not sold. */
static int32_t source_free(acrm__call *call, const acrm__rec *quote, const acrm__rec *vehicle)
{
    static const char *const gone[] = { "sold", "delivered", "scrapped" };
    const char *status = source_text(vehicle, "status");
    const acrm__term terms[] = {
        { F_sales_contract__vehicle_id, ACRM_FILTER_EQ, vehicle->cells[F_ID] },
        { F_sales_contract__quote_id, ACRM_FILTER_NE, acrm__cell_null() },
        { F_sales_contract__status, ACRM_FILTER_NE, acrm__cell_text("cancelled") },
    };
    acrm__rec *taken = NULL;

    for (size_t i = 0; status && i < sizeof gone / sizeof gone[0]; i++)
        if (strcmp(status, gone[i]) == 0)
            return acrm__fail(call, ACRM_E_CONFLICT, "sold", "vehicle_id", "the car is %s",
                              status);
    int32_t st = acrm__find_one(call, &(acrm__select){ .entity = "sales_contract",
        .terms = terms, .n_terms = 3, .as_system = true }, &taken);
    if (st == ACRM_OK && taken &&
        !acrm__deal_same(acrm__id(taken, F_sales_contract__quote_id), acrm__id(quote, F_ID)))
        st = acrm__fail(call, ACRM_E_CONFLICT, "sold", "vehicle_id",
                        "there is a contract for the car already");
    return st == ACRM_OK ? acrm__quote_car_free(call, quote) : st;
}

static int32_t source_vehicle(acrm__quote_draft *draft)
{
    acrm__call *call = draft->call;
    acrm__rec *vehicle = NULL;
    int32_t st = acrm__load(call, "vehicle", acrm__id(draft->quote, F_quote__vehicle_id),
                            "vehicle_id", &vehicle);

    if (st == ACRM_OK)
        st = source_free(call, draft->quote, vehicle);
    if (st != ACRM_OK)
        return st;
    const acrm_cell *asked = source_cell(vehicle, "asking_price");
    if (asked->type != ACRM_CELL_INT)
        return ACRM_OK; /* the caller's lines must have it */
    st = source_currency(draft, source_cell(vehicle, "currency"), "the car");
    acrm__rec *line = st == ACRM_OK ? acrm__quote_add(draft, "vehicle", "stock", &st) : NULL;
    if (!line)
        return st;
    acrm__set(line, F_quote_line__code, *source_cell(vehicle, "stock_number"));
    acrm__set(line, F_quote_line__name, *source_cell(vehicle, "name"));
    acrm__set(line, F_quote_line__amount, *asked);
    return ACRM_OK;
}

/* --- The car taken in return --- */

/* Its appraisal is this customer's, approved, and still good. */
static int32_t source_appraisal(acrm__call *call, const acrm__rec *quote, acrm__rec **out)
{
    int32_t st = acrm__load(call, "appraisal", acrm__id(quote, F_quote__appraisal_id),
                            "appraisal_id", out);

    if (st != ACRM_OK)
        return st;
    const char *state = source_text(*out, "state");
    const acrm_cell *last = source_cell(*out, "valid_until");
    const acrm_cell *whose = source_cell(*out, "customer_id");
    if (whose->type != ACRM_CELL_NULL &&
        !acrm__cell_equal(whose, &quote->cells[F_quote__customer_id]))
        return acrm__fail(call, ACRM_E_INVALID, "mismatch", "appraisal_id",
                          "appraisal_id is another customer's");
    if (last->type == ACRM_CELL_INT && last->integer < acrm__today(call))
        return acrm__fail(call, ACRM_E_CONFLICT, "appraisal_expired", "appraisal_id",
                          "the appraisal was valid until %s", acrm__date_text(call, last->integer));
    return state && strcmp(state, "approved") == 0
               ? ACRM_OK
               : acrm__fail(call, ACRM_E_CONFLICT, "not_approved", "appraisal_id",
                            "the appraisal is %s, not approved", state ? state : "without a state");
}

/* No other contract that stands takes the same car in return. */
int32_t acrm__quote_trade_in_free(acrm__call *call, const acrm__rec *quote)
{
    const acrm__term same[] = {
        { F_quote__appraisal_id, ACRM_FILTER_EQ, quote->cells[F_quote__appraisal_id] },
        { F_quote__state, ACRM_FILTER_EQ, acrm__cell_text("accepted") },
    };
    acrm__recs quotes = { NULL, 0 };
    acrm__rec *taken = NULL;
    int32_t st = ACRM_OK;

    if (!acrm__is_null(quote, F_quote__appraisal_id))
        st = acrm__find(call, &(acrm__select){ .entity = "quote", .terms = same, .n_terms = 2,
                                               .as_system = true }, &quotes);
    for (size_t i = 0; st == ACRM_OK && i < quotes.count && !taken; i++) {
        const acrm__term of[] = {
            { F_sales_contract__quote_id, ACRM_FILTER_EQ, quotes.items[i]->cells[F_ID] },
            { F_sales_contract__status, ACRM_FILTER_NE, acrm__cell_text("cancelled") },
        };
        st = acrm__find_one(call, &(acrm__select){ .entity = "sales_contract", .terms = of,
                                                   .n_terms = 2, .as_system = true }, &taken);
    }
    return st == ACRM_OK && taken
               ? acrm__fail(call, ACRM_E_CONFLICT, "traded_in", "appraisal_id",
                            "another contract takes that car in return")
               : st;
}

int32_t acrm__quote_trade_in(acrm__quote_draft *draft)
{
    acrm__rec *appraisal = NULL;
    int32_t st = ACRM_OK;

    if (acrm__is_null(draft->quote, F_quote__appraisal_id))
        return ACRM_OK;
    st = source_appraisal(draft->call, draft->quote, &appraisal);
    if (st == ACRM_OK)
        st = source_currency(draft, source_cell(appraisal, "currency"), "the appraisal");
    acrm__rec *line = st == ACRM_OK ? acrm__quote_add(draft, "trade_in", "appraisal", &st) : NULL;
    if (!line)
        return st;
    acrm__set(line, F_quote_line__amount, *source_cell(appraisal, "offered"));
    return ACRM_OK;
}

/* --- All of them --- */

int32_t acrm__quote_sources(acrm__quote_draft *draft)
{
    const acrm__rec *quote = draft->quote;
    bool configured = !acrm__is_null(quote, F_quote__configuration_id);
    int32_t st = ACRM_OK;

    if (configured)
        st = source_configuration(draft);
    if (st == ACRM_OK && !acrm__is_null(quote, F_quote__vehicle_id) && !configured)
        st = source_vehicle(draft);
    return st;
}

int32_t acrm__quote_still_good(acrm__call *call, const acrm__rec *quote)
{
    acrm__rec *configuration = NULL, *vehicle = NULL, *list = NULL, *appraisal = NULL;
    acrm__call system = acrm__deal_system(call);
    int32_t st = acrm__deal_follow(call, quote, F_quote__configuration_id, &configuration);

    if (st == ACRM_OK && configuration)
        st = source_price_list(call, quote, configuration, &list);
    if (st == ACRM_OK)
        st = acrm__deal_follow(call, quote, F_quote__vehicle_id, &vehicle);
    if (st == ACRM_OK && vehicle)
        st = source_free(call, quote, vehicle);
    if (st == ACRM_OK && !acrm__is_null(quote, F_quote__appraisal_id))
        st = source_appraisal(&system, quote, &appraisal);
    return st;
}
