/* SPDX-License-Identifier: MIT */
/* Quotes as they are made: whose they are, their lines, what they come to. */
#include "modules/deal/deal.h"

#include "base/money.h"
#include "base/text.h"
#include "kernel/crud.h"

enum { QUOTE_DAYS = 14, QUOTE_DAYS_MAX = 366 };

/* Arguments that are no fields of the quote. */
static const char *const quote_others[] = { "id", "lines", "deposit", "finance", "trade_in_debt",
                                            "tax_rate", "includes_tax", "idempotency_key",
                                            "dry_run", "reason", NULL };

/* --- Lines --- */

static const struct {
    const char *word;
    bool given; /* by the caller; the others have arguments of their own */
} quote_kinds[] = {
    { "", false }, { "vehicle", true }, { "option", true }, { "accessory", true },
    { "service", true }, { "insurance", true }, { "fee", true }, { "levy", true },
    { "discount", true }, { "rebate", true }, { "trade_in", false }, { "debt", false },
    { "deposit", false },
};

static int32_t quote_kind(const acrm__rec *line)
{
    for (int32_t i = 1; i <= ACRM_DEAL_DEPOSIT; i++)
        if (acrm__deal_is(line, F_quote_line__kind, quote_kinds[i].word))
            return i;
    return 0;
}

static bool quote_sold(const acrm__rec *line)
{
    int32_t kind = quote_kind(line);

    return kind >= ACRM_DEAL_VEHICLE && kind <= ACRM_DEAL_LEVY;
}

/* A line as the caller gives it. */
static int32_t quote_given(acrm__quote_draft *draft, const acrm_value *fields, size_t i)
{
    acrm__call *call = draft->call;
    acrm_value *faults = acrm__value_in(call->arena);
    const char *path = acrm__arena_format(call->arena, "lines[%zu].", i);
    const char *kind = acrm__get_text(fields, "kind");
    int32_t st = ACRM_OK;

    if (!faults || !path || acrm_value_set_list(faults) != ACRM_OK)
        return acrm__nomem(call);
    if (acrm_value_type(fields) != ACRM_MAP)
        return acrm__fail(call, ACRM_E_INVALID, "type", "lines", "each line must be an object");
    acrm__rec *line = acrm__quote_add(draft, kind ? kind : "", "given", &st);
    if (!line)
        return st;
    draft->given[draft->n - 1] = (int32_t)i;
    st = acrm__assign(call, line, fields, path, NULL, faults);
    int32_t number = quote_kind(line);
    if (st == ACRM_OK && acrm_value_count(faults) == 0 && !quote_kinds[number].given)
        st = acrm__fault(faults, acrm__arena_format(call->arena, "%skind", path), "choice",
                         number == 0 ? "a line needs a kind"
                                     : "a %s is not a line: it has an argument of its own",
                         quote_kinds[number].word);
    if (st == ACRM_OK && number == ACRM_DEAL_VEHICLE && draft->n > 1 &&
        !acrm__deal_is(draft->lines[0], F_quote_line__source, "given"))
        st = acrm__fault(faults, acrm__arena_format(call->arena, "%skind", path), "priced",
                         "the price of the car is that of the %s",
                         acrm__text(draft->lines[0], F_quote_line__source));
    return acrm__deal_verdict(call, st, faults);
}

/* An amount that has an argument of its own. */
static int32_t quote_amount(acrm__quote_draft *draft, const char *arg, const char *kind)
{
    const acrm_value *given = acrm__arg(draft->call, arg);
    int32_t st = ACRM_OK;

    if (!given)
        return ACRM_OK;
    acrm__rec *line = acrm__quote_add(draft, kind, "given", &st);
    if (!line)
        return st;
    st = acrm__deal_put_as(draft->call, line, F_quote_line__amount, given, arg);
    if (st == ACRM_OK && acrm__int(line, F_quote_line__amount) < 0)
        st = acrm__fail(draft->call, ACRM_E_INVALID, "range", arg, "%s must not be below 0", arg);
    return st;
}

/* Lines that say nothing of tax are taxed as the price list or the arguments say. */
static int32_t quote_tax(acrm__quote_draft *draft)
{
    const char *rate = acrm__arg_text(draft->call, "tax_rate");
    bool includes = acrm__arg_bool(draft->call, "includes_tax", draft->includes_tax);

    rate = rate ? rate : draft->tax_rate;
    for (size_t i = 0; i < draft->n; i++) {
        acrm__rec *line = draft->lines[i];
        if (!quote_sold(line))
            continue;
        if (rate && acrm__is_null(line, F_quote_line__tax_rate))
            acrm__set(line, F_quote_line__tax_rate, acrm__cell_text(rate));
        if (acrm__is_null(line, F_quote_line__includes_tax))
            acrm__set(line, F_quote_line__includes_tax, acrm__cell_int(includes));
    }
    return ACRM_OK;
}

static int32_t quote_fill(acrm__quote_draft *draft)
{
    const acrm_value *given = acrm__arg(draft->call, "lines");
    int32_t st = acrm__quote_sources(draft);

    if (st == ACRM_OK && acrm__is_null(draft->quote, F_quote__currency))
        return acrm__fail(draft->call, ACRM_E_INVALID, "required", "currency",
                          "currency is required when no price list or car names one");
    for (size_t i = 0; st == ACRM_OK && i < acrm_value_count(given); i++)
        st = quote_given(draft, acrm_value_at(given, i), i);
    if (st == ACRM_OK)
        st = acrm__quote_trade_in(draft);
    if (st == ACRM_OK)
        st = quote_amount(draft, "trade_in_debt", "debt");
    if (st == ACRM_OK)
        st = quote_amount(draft, "deposit", "deposit");
    return st == ACRM_OK ? quote_tax(draft) : st;
}

/* --- What they come to --- */

static int64_t quote_fraction(const acrm__rec *line, uint32_t field)
{
    const acrm_cell *cell = &line->cells[field];
    int64_t out = 0;

    if (cell->type == ACRM_CELL_TEXT && !acrm__parse_decimal(cell->data, cell->size, 9, &out))
        return -1; /* refused as out of range */
    return out;
}

/* The line that a discount is on, by its code. */
static int32_t quote_on(acrm__rec *const *lines, size_t n, const acrm__rec *line)
{
    const char *on = acrm__text(line, F_quote_line__on);

    if (quote_kind(line) != ACRM_DEAL_DISCOUNT)
        return on ? -2 : 0;
    for (size_t i = 0; on && i < n; i++)
        if (acrm__deal_is(lines[i], F_quote_line__code, on))
            return (int32_t)i;
    for (size_t i = 0; on && i < n; i++)
        if (acrm__deal_is(lines[i], F_quote_line__kind, on))
            return (int32_t)i;
    return on ? -2 : ACRM_DEAL_ALL;
}

int32_t acrm__quote_reckon(acrm__call *call, const acrm__rec *quote, acrm__rec *const *lines,
                           size_t n, acrm_deal_part **parts, acrm_deal_totals *out,
                           acrm_issue *issue)
{
    acrm_deal_line *in = acrm__arena_array(call->arena, n + 1, sizeof *in);

    *parts = acrm__arena_array(call->arena, n + 1, sizeof **parts);
    if (!in || !*parts)
        return acrm__nomem(call);
    for (size_t i = 0; i < n; i++)
        in[i] = (acrm_deal_line){
            .struct_size = sizeof in[i], .kind = quote_kind(lines[i]),
            .amount = acrm__int(lines[i], F_quote_line__amount),
            .quantity = acrm__int(lines[i], F_quote_line__quantity),
            .rate = quote_fraction(lines[i], F_quote_line__rate),
            .tax_rate = quote_fraction(lines[i], F_quote_line__tax_rate),
            .includes_tax = acrm__int(lines[i], F_quote_line__includes_tax) != 0,
            .on = quote_on(lines, n, lines[i]) };
    *out = (acrm_deal_totals){ .struct_size = sizeof *out };
    return acrm_deal_reckon(in, n, acrm__int(quote, F_quote__trade_in_tax) != 0, *parts, out,
                            issue);
}

static int32_t quote_refuse(const acrm__quote_draft *draft, int32_t st, const acrm_issue *issue)
{
    int32_t given = issue->row < 0 ? -1 : draft->given[issue->row];
    const char *field = issue->field;

    if (st == ACRM_E_NOMEM)
        return st;
    if (given >= 0)
        field = acrm__arena_format(draft->call->arena, "lines[%d].%s", (int)given, issue->field);
    if (!field)
        return acrm__nomem(draft->call);
    return acrm__fail(draft->call, st, st == ACRM_E_LIMIT ? "limit" : "range", field,
                      "%s: allowed is %s", field, issue->allowed);
}

static int32_t quote_taxes(acrm__call *call, acrm__rec *quote, const acrm_deal_totals *t)
{
    int32_t digits = acrm__money_digits(quote->entity, F_quote__total, quote->cells);
    acrm_value *taxes = acrm__value_in(call->arena);
    bool ok = taxes && acrm_value_set_list(taxes) == ACRM_OK;

    for (uint32_t i = 0; ok && i < t->taxes_count; i++) {
        acrm_value *row = acrm__add_map(taxes);
        ok = row && acrm__put_text(row, "rate", acrm__deal_rate(call, t->taxes[i].rate)) &&
             acrm__put_text(row, "net", acrm__deal_money(call, t->taxes[i].net, digits)) &&
             acrm__put_text(row, "tax", acrm__deal_money(call, t->taxes[i].tax, digits));
    }
    return ok ? acrm__deal_put(call, quote, F_quote__taxes, taxes) : acrm__nomem(call);
}

/* Discounts and rebates against what may be discounted, rounded up: no limit is passed unseen. */
static int32_t quote_discount_rate(acrm__call *call, acrm__rec *quote, const acrm_deal_totals *t)
{
    int64_t rate = 0, taken = t->discount + t->rebate;

    if (taken > 0 && t->discountable > 0 &&
        !acrm__money_ratio(taken, ACRM_DEAL_RATE_SCALE, t->discountable, ACRM__ROUND_UP, &rate))
        rate = INT64_MAX;
    const char *text = acrm__deal_rate(call, rate);
    if (!text)
        return acrm__nomem(call);
    acrm__set(quote, F_quote__discount_rate, acrm__cell_text(text));
    return ACRM_OK;
}

static int32_t quote_totals(acrm__call *call, acrm__rec *quote, const acrm_deal_totals *t)
{
    const struct {
        uint32_t field;
        int64_t amount;
    } totals[] = {
        { F_quote__list_total, t->list }, { F_quote__discount_total, t->discount },
        { F_quote__net_total, t->net }, { F_quote__tax_total, t->tax },
        { F_quote__gross_total, t->gross }, { F_quote__rebate_total, t->rebate },
        { F_quote__total, t->total }, { F_quote__trade_in_total, t->trade_in },
        { F_quote__debt_total, t->debt }, { F_quote__payable, t->payable },
        { F_quote__deposit_total, t->deposit }, { F_quote__due, t->due },
    };

    for (size_t i = 0; i < sizeof totals / sizeof totals[0]; i++)
        acrm__set(quote, totals[i].field, acrm__cell_int(totals[i].amount));
    int32_t st = quote_taxes(call, quote, t);
    return st == ACRM_OK ? quote_discount_rate(call, quote, t) : st;
}

static int32_t quote_work_out(acrm__quote_draft *draft)
{
    acrm_issue issue = { .field = "lines", .allowed = "", .row = -1 };
    acrm_deal_totals totals;
    acrm_deal_part *parts;
    int32_t st = acrm__quote_reckon(draft->call, draft->quote, draft->lines, draft->n, &parts,
                                    &totals, &issue);

    if (st != ACRM_OK)
        return quote_refuse(draft, st, &issue);
    if (totals.total < 0 || totals.list == 0)
        return acrm__fail(draft->call, ACRM_E_INVALID, "range", "lines",
                          totals.list == 0 ? "a quote sells something"
                                           : "rebates are more than the price");
    for (size_t i = 0; i < draft->n; i++) {
        acrm__rec *line = draft->lines[i];
        acrm__set(line, F_quote_line__quoted, acrm__cell_int(parts[i].quoted));
        if (!quote_sold(line))
            continue;
        acrm__set(line, F_quote_line__discount, acrm__cell_int(parts[i].discount));
        acrm__set(line, F_quote_line__net, acrm__cell_int(parts[i].net));
        acrm__set(line, F_quote_line__tax, acrm__cell_int(parts[i].tax));
        acrm__set(line, F_quote_line__gross, acrm__cell_int(parts[i].gross));
    }
    return quote_totals(draft->call, draft->quote, &totals);
}

/* --- Kept --- */

int32_t acrm__quote_lines(acrm__call *call, const acrm__rec *quote, acrm__recs *out)
{
    const acrm__term of = { F_quote_line__quote_id, ACRM_FILTER_EQ, quote->cells[F_ID] };

    return acrm__find(call, &(acrm__select){ .entity = "quote_line", .terms = &of, .n_terms = 1,
                                             .order = F_quote_line__position,
                                             .as_system = true }, out);
}

const char *acrm__quote_lines_hash(acrm__call *call, acrm__rec *const *lines, size_t n)
{
    const char *hash = NULL;
    acrm__str all;

    acrm__str_init(&all, &call->arena->allocator);
    for (size_t i = 0; i < n; i++) {
        for (uint32_t f = F_quote_line__position; f < F_quote_line__count; f++) {
            const acrm_cell *cell = &lines[i]->cells[f];
            if (cell->type == ACRM_CELL_TEXT)
                acrm__str_add(&all, cell->data, cell->size);
            else if (cell->type == ACRM_CELL_INT)
                acrm__str_int(&all, cell->integer);
            acrm__str_putc(&all, '\t');
        }
        acrm__str_putc(&all, '\n');
    }
    if (!all.failed)
        hash = acrm__deal_hash(call, all.data, all.len);
    acrm__str_free(&all);
    return hash;
}

static int32_t quote_keep(acrm__quote_draft *draft)
{
    acrm__call *call = draft->call;
    const acrm__entity *entity = acrm__entity_of(call, "quote_line");
    uint32_t width = entity->n_fields;
    acrm_cell *cells = acrm__arena_array(call->arena, (size_t)width * ACRM__APPEND_ROWS,
                                         sizeof *cells);
    const char *hash = acrm__quote_lines_hash(call, draft->lines, draft->n);
    int32_t st = cells && hash ? ACRM_OK : acrm__nomem(call);

    if (st == ACRM_OK) {
        acrm__set(draft->quote, F_quote__lines_hash, acrm__cell_text(hash));
        st = acrm__insert(call, draft->quote);
    }
    for (size_t at = 0; st == ACRM_OK && at < draft->n; at += ACRM__APPEND_ROWS) {
        uint32_t n = 0;
        for (; n < ACRM__APPEND_ROWS && at + n < draft->n; n++) {
            acrm__set(draft->lines[at + n], F_quote_line__quote_id, draft->quote->cells[F_ID]);
            memcpy(cells + (size_t)n * width, draft->lines[at + n]->cells, width * sizeof *cells);
        }
        st = acrm__append_many(call, entity, cells, n);
    }
    return st;
}

/* --- Whose it is --- */

/* What a reference names is the same customer's, and tells what was not said. */
static int32_t quote_follow(acrm__call *call, acrm__rec *quote, uint32_t field)
{
    static const struct {
        const char *name;
        uint32_t field;
    } told[] = {
        { "customer_id", F_quote__customer_id }, { "lead_id", F_quote__lead_id },
        { "dealer_id", F_quote__dealer_id }, { "owner_id", F_quote__user_id },
    };
    const acrm__fieldinfo *info = &quote->entity->fields[field];
    acrm__rec *from = NULL;

    if (acrm__is_null(quote, field))
        return ACRM_OK;
    int32_t st = acrm__load(call, info->def.target, acrm__id(quote, field), info->def.name, &from);
    for (size_t i = 0; st == ACRM_OK && i < sizeof told / sizeof told[0]; i++) {
        uint32_t n = acrm__field_of(from->entity, told[i].name);
        if (n == UINT32_MAX)
            continue;
        if (acrm__is_null(quote, told[i].field))
            acrm__set(quote, told[i].field, from->cells[n]);
        else if (i == 0 && !acrm__cell_equal(&from->cells[n], &quote->cells[told[i].field]))
            st = acrm__fail(call, ACRM_E_INVALID, "mismatch", info->def.name,
                            "%s is another customer's", info->def.name);
    }
    return st;
}

static int32_t quote_whose(acrm__call *call, acrm__rec *quote)
{
    acrm__call system = acrm__deal_system(call);
    acrm__rec *customer;

    if (acrm__is_null(quote, F_quote__user_id))
        acrm__set(quote, F_quote__user_id, acrm__cell_id(acrm__actor(call)));
    int32_t st = quote_follow(call, quote, F_quote__opportunity_id);
    if (st == ACRM_OK)
        st = quote_follow(call, quote, F_quote__lead_id);
    if (st == ACRM_OK)
        st = quote_follow(&system, quote, F_quote__user_id);
    if (st == ACRM_OK && acrm__is_null(quote, F_quote__customer_id))
        return acrm__fail(call, ACRM_E_INVALID, "required", "customer_id",
                          "customer_id is required without a lead or opportunity");
    if (st == ACRM_OK)
        st = acrm__load(call, "customer", acrm__id(quote, F_quote__customer_id), "customer_id",
                        &customer);
    if (st == ACRM_OK && acrm__is_null(quote, F_quote__language))
        acrm__set(quote, F_quote__language,
                  customer->cells[acrm__field_of(customer->entity, "language")]);
    return st;
}

static int32_t quote_days(acrm__call *call, acrm__rec *quote)
{
    int32_t today = acrm__today(call);

    if (acrm__is_null(quote, F_quote__valid_until))
        acrm__set(quote, F_quote__valid_until, acrm__cell_int(today + QUOTE_DAYS));
    int64_t last = acrm__int(quote, F_quote__valid_until);
    if (last < today || last > today + QUOTE_DAYS_MAX)
        return acrm__fail(call, ACRM_E_INVALID, "range", "valid_until",
                          "valid_until must be from today to a year from now");
    acrm__set(quote, F_quote__priced_on, acrm__cell_int(today));
    acrm__set(quote, F_quote__opened_at, acrm__cell_int(call->now));
    return ACRM_OK;
}

static int32_t quote_currency(acrm__call *call, const acrm__rec *quote)
{
    const acrm_cell *cell = &quote->cells[F_quote__currency];

    if (cell->type == ACRM_CELL_TEXT && acrm__currency_digits(cell->data, cell->size) < 0)
        return acrm__fail(call, ACRM_E_INVALID, "currency", "currency",
                          "currency is no ISO 4217 code");
    return ACRM_OK;
}

/* What was just made must lie within its maker's own scope. */
static int32_t quote_in_scope(acrm__call *call, const acrm__rec *quote)
{
    bool visible = true;
    int32_t st = call->as_system ? ACRM_OK : acrm__in_scope(call, quote, &visible);

    if (st == ACRM_OK && !visible)
        st = acrm__fail(call, ACRM_E_DENIED, "scope", NULL,
                        "this quote would lie outside what this session may see");
    return st;
}

/* From what the arguments set in the record to the quote kept. */
static int32_t quote_make(acrm__call *call, acrm__rec *quote)
{
    acrm__quote_draft *draft = acrm__arena_zero(call->arena, sizeof *draft);
    acrm__rec *dealer = NULL;
    const char *number = NULL;

    if (!draft)
        return acrm__nomem(call);
    draft->call = call;
    draft->quote = quote;
    int32_t st = quote_whose(call, quote);
    if (st == ACRM_OK)
        st = quote_currency(call, quote);
    if (st == ACRM_OK)
        st = quote_days(call, quote);
    if (st == ACRM_OK)
        st = quote_fill(draft);
    if (st == ACRM_OK)
        st = quote_work_out(draft);
    if (st == ACRM_OK)
        st = acrm__quote_finance(call, quote, acrm__arg(call, "finance"));
    if (st == ACRM_OK && acrm__is_null(quote, F_quote__number)) {
        st = acrm__deal_follow(call, quote, F_quote__dealer_id, &dealer);
        if (st == ACRM_OK)
            st = acrm__deal_number(call, "Q", dealer, &number);
        if (st == ACRM_OK)
            acrm__set(quote, F_quote__number, acrm__cell_text(number));
    }
    if (st == ACRM_OK)
        st = quote_keep(draft);
    if (st == ACRM_OK)
        st = quote_in_scope(call, quote);
    return st == ACRM_OK ? acrm__render(call, quote, call->out) : st;
}

static int32_t quote_begin(acrm__call *call, acrm__rec *quote)
{
    acrm_value *faults = acrm__value_in(call->arena);

    if (!quote || !faults || acrm_value_set_list(faults) != ACRM_OK)
        return acrm__nomem(call);
    int32_t st = acrm__assign(call, quote, call->args, "", quote_others, faults);
    st = acrm__deal_verdict(call, st, faults);
    return st == ACRM_OK ? quote_make(call, quote) : st;
}

int32_t acrm__quote_create(acrm__call *call)
{
    return quote_begin(call, acrm__new(call, "quote"));
}

/* --- Another version --- */

/* The lines that the caller gave, to be given again. */
static int32_t quote_lines_again(acrm__call *call, const acrm__rec *quote, acrm_value *args)
{
    static const uint32_t kept[] = {
        F_quote_line__kind, F_quote_line__code, F_quote_line__name, F_quote_line__quantity,
        F_quote_line__amount, F_quote_line__rate, F_quote_line__on, F_quote_line__tax_rate,
        F_quote_line__includes_tax };
    acrm_value *list = acrm__put_list(args, "lines");
    acrm__recs lines = { NULL, 0 };
    int32_t st = list ? acrm__quote_lines(call, quote, &lines) : acrm__nomem(call);

    for (size_t i = 0; st == ACRM_OK && i < lines.count; i++) {
        const acrm__rec *line = lines.items[i];
        if (!acrm__deal_is(line, F_quote_line__source, "given") ||
            !quote_kinds[quote_kind(line)].given)
            continue;
        acrm_value *item = acrm__add_map(list);
        for (size_t k = 0; item && k < sizeof kept / sizeof kept[0]; k++) {
            const acrm_value *value = acrm__deal_value(call, line, kept[k]);
            if (!value || (acrm_value_type(value) != ACRM_NULL &&
                           !acrm__put_value(item, line->entity->fields[kept[k]].def.name, value)))
                return acrm__nomem(call);
        }
        if (!item)
            return acrm__nomem(call);
    }
    return st;
}

/* What the version before said, where the arguments say nothing. */
static int32_t quote_args_again(acrm__call *call, const acrm__rec *quote, acrm_value *args)
{
    static const struct {
        uint32_t field;
        const char *arg;
    } again[] = {
        { F_quote__customer_id, "customer_id" }, { F_quote__lead_id, "lead_id" },
        { F_quote__opportunity_id, "opportunity_id" }, { F_quote__dealer_id, "dealer_id" },
        { F_quote__user_id, "user_id" }, { F_quote__vehicle_id, "vehicle_id" },
        { F_quote__configuration_id, "configuration_id" },
        { F_quote__appraisal_id, "appraisal_id" }, { F_quote__language, "language" },
        { F_quote__currency, "currency" }, { F_quote__trade_in_tax, "trade_in_tax" },
        { F_quote__payment, "payment" }, { F_quote__finance_terms, "finance" },
        { F_quote__note, "note" }, { F_quote__debt_total, "trade_in_debt" },
        { F_quote__deposit_total, "deposit" },
    };
    const char *payment = acrm__arg_text(call, "payment");
    bool otherwise = payment && !acrm__deal_is(quote, F_quote__payment, payment);
    bool ok = true;

    for (size_t i = 0; ok && i < sizeof again / sizeof again[0]; i++) {
        if (again[i].field == F_quote__finance_terms && otherwise)
            continue; /* they are terms of another kind */
        bool none = acrm__is_null(quote, again[i].field) || acrm__int(quote, again[i].field) == 0;
        bool amount = again[i].field == F_quote__debt_total ||
                      again[i].field == F_quote__deposit_total;
        if (acrm_value_get(call->args, again[i].arg) || acrm__is_null(quote, again[i].field) ||
            (amount && none))
            continue;
        const acrm_value *value = acrm__deal_value(call, quote, again[i].field);
        ok = value && acrm__put_value(args, again[i].arg, value);
    }
    for (size_t i = 0; ok && i < acrm_value_count(call->args); i++)
        ok = acrm__put_value(args, acrm_value_key(call->args, i, NULL),
                             acrm_value_at(call->args, i));
    if (!ok)
        return acrm__nomem(call);
    return acrm_value_get(call->args, "lines") ? ACRM_OK : quote_lines_again(call, quote, args);
}

int32_t acrm__quote_revise(acrm__call *call)
{
    acrm__rec *old, *quote = acrm__new(call, "quote");
    acrm_value *args = acrm__deal_map(call);
    acrm__call inner = *call;
    int32_t st = quote && args ? acrm__load_arg(call, "quote", "id", &old) : acrm__nomem(call);

    if (st != ACRM_OK)
        return st;
    if (acrm__deal_is(old, F_quote__state, "accepted") ||
        acrm__deal_is(old, F_quote__state, "replaced"))
        return acrm__fail(call, ACRM_E_CONFLICT, "state", "id", "the quote is %s",
                          acrm__text(old, F_quote__state));
    acrm__set(quote, F_quote__number, old->cells[F_quote__number]);
    acrm__set(quote, F_quote__previous_id, old->cells[F_ID]);
    acrm__set(quote, F_quote__version_no,
              acrm__cell_int(acrm__int(old, F_quote__version_no) + 1));
    st = quote_args_again(call, old, args);
    if (st == ACRM_OK)
        st = acrm__quote_close(call, old, "replaced");
    inner.args = args;
    return st == ACRM_OK ? quote_begin(&inner, quote) : st;
}
