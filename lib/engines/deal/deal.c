/* SPDX-License-Identifier: MIT */
/* Deals: discounts laid on lines, tax by rate, totals; every remainder goes somewhere by rule. */
#include "autocrm/deal.h"

#include "base/money.h"

#include <stdbool.h>

static const struct {
    bool sold;  /* it is taxed, and part of the list */
    bool discountable;
    int32_t sign; /* of what it quotes */
} deal_kinds[] = {
    [ACRM_DEAL_VEHICLE] = { true, true, 1 },
    [ACRM_DEAL_OPTION] = { true, true, 1 },
    [ACRM_DEAL_ACCESSORY] = { true, true, 1 },
    [ACRM_DEAL_SERVICE] = { true, false, 1 },
    [ACRM_DEAL_INSURANCE] = { true, false, 1 },
    [ACRM_DEAL_FEE] = { true, false, 1 },
    [ACRM_DEAL_LEVY] = { true, false, 1 },
    [ACRM_DEAL_DISCOUNT] = { false, false, -1 },
    [ACRM_DEAL_REBATE] = { false, false, -1 },
    [ACRM_DEAL_TRADE_IN] = { false, false, -1 },
    [ACRM_DEAL_DEBT] = { false, false, 1 },
    [ACRM_DEAL_DEPOSIT] = { false, false, -1 },
};

enum { DEAL_KINDS = sizeof deal_kinds / sizeof deal_kinds[0] };

typedef struct deal_run {
    const acrm_deal_line *lines;
    size_t n;
    acrm_deal_part *parts;
    acrm_deal_totals out;
    acrm_issue *issue;
    int64_t weights[ACRM_DEAL_LINES_MAX], shares[ACRM_DEAL_LINES_MAX];
} deal_run;

int32_t acrm_deal_discountable(int32_t kind)
{
    return kind > 0 && kind < DEAL_KINDS && deal_kinds[kind].discountable;
}

static int32_t deal_fault(acrm_issue *issue, int32_t st, const char *field, const char *allowed,
                          int64_t row)
{
    if (issue)
        *issue = (acrm_issue){ .field = field, .allowed = allowed, .row = row };
    return st;
}

/* --- What is refused --- */

static bool deal_on_is_good(const acrm_deal_line *lines, size_t n, const acrm_deal_line *line)
{
    if (line->kind != ACRM_DEAL_DISCOUNT)
        return line->on == 0;
    return line->on == ACRM_DEAL_ALL ||
           (line->on >= 0 && (size_t)line->on < n &&
            acrm_deal_discountable(lines[line->on].kind));
}

static int32_t deal_check_kind(const deal_run *run, size_t i)
{
    const acrm_deal_line *line = &run->lines[i];

    if (line->struct_size != sizeof *line)
        return ACRM_E_MISUSE;
    return line->kind >= ACRM_DEAL_VEHICLE && line->kind < DEAL_KINDS
               ? ACRM_OK
               : deal_fault(run->issue, ACRM_E_INVALID, "kind", "a kind of line", (int64_t)i);
}

static int32_t deal_check(const deal_run *run, size_t i)
{
    const acrm_deal_line *line = &run->lines[i];
    const int64_t scale = ACRM_DEAL_RATE_SCALE;
    const char *field = NULL, *allowed = NULL;
    bool discount = line->kind == ACRM_DEAL_DISCOUNT;

    if (line->amount < 0 || line->amount > ACRM_DEAL_AMOUNT_MAX)
        field = "amount", allowed = "0..10^15";
    else if (line->quantity < 1 || line->quantity > ACRM_DEAL_QUANTITY_MAX)
        field = "quantity", allowed = "1..100000";
    else if (line->amount > ACRM_DEAL_AMOUNT_MAX / line->quantity)
        field = "amount", allowed = "amount * quantity up to 10^15";
    else if (line->rate < 0 || line->rate > (discount ? scale : 0))
        field = "rate", allowed = "of a discount 0..1";
    else if (line->rate > 0 && line->amount > 0)
        field = "amount", allowed = "0 beside a rate";
    else if (line->tax_rate < 0 ||
             line->tax_rate > (deal_kinds[line->kind].sold ? 10 * scale : 0))
        field = "tax_rate", allowed = "of what is sold 0..10";
    else if (line->includes_tax != 0 && line->includes_tax != 1)
        field = "includes_tax", allowed = "0 or 1";
    else if (!deal_on_is_good(run->lines, run->n, line))
        field = "on", allowed = "of a discount a line that may be discounted, or all";
    return field ? deal_fault(run->issue, ACRM_E_INVALID, field, allowed, (int64_t)i) : ACRM_OK;
}

/* --- Discounts and what lowers the taxed amount --- */

static bool deal_takes(const deal_run *run, size_t i, int32_t on)
{
    return on == ACRM_DEAL_ALL ? deal_kinds[run->lines[i].kind].discountable : (size_t)on == i;
}

/* What is left of a line to be taxed. */
static int64_t deal_rest(const acrm_deal_part *part)
{
    return part->quoted - part->discount - part->credit;
}

/* The list and the rest of the lines that `on` names; their rests become the weights. */
static int64_t deal_weigh(deal_run *run, int32_t on, int64_t *list)
{
    int64_t rest = 0;

    *list = 0;
    for (size_t i = 0; i < run->n; i++) {
        bool takes = deal_takes(run, i, on);
        run->weights[i] = takes ? deal_rest(&run->parts[i]) : 0;
        *list += takes ? run->parts[i].quoted : 0;
        rest += run->weights[i];
    }
    return rest;
}

/* Lay an amount on the weights; nothing when it is 0. */
static bool deal_lay(deal_run *run, int64_t amount)
{
    for (size_t i = 0; i < run->n; i++)
        run->shares[i] = 0;
    return amount == 0 || acrm__money_allocate(amount, run->weights, run->n, run->shares);
}

static int32_t deal_discount(deal_run *run, size_t d)
{
    const acrm_deal_line *line = &run->lines[d];
    int64_t amount = line->amount * line->quantity, list;
    int64_t rest = deal_weigh(run, line->on, &list);

    if (line->rate > 0)
        acrm__money_ratio(list, line->rate, ACRM_DEAL_RATE_SCALE, ACRM__ROUND_HALF_UP, &amount);
    if (amount > rest || !deal_lay(run, amount))
        return deal_fault(run->issue, ACRM_E_INVALID, "amount",
                          "no more than is left of the lines it is on", (int64_t)d);
    for (size_t i = 0; i < run->n; i++)
        run->parts[i].discount += run->shares[i];
    run->parts[d].quoted = -amount;
    run->out.discount += amount;
    return ACRM_OK;
}

static void deal_credit(deal_run *run)
{
    int64_t list, rest = deal_weigh(run, ACRM_DEAL_ALL, &list);

    deal_lay(run, run->out.trade_in < rest ? run->out.trade_in : rest);
    for (size_t i = 0; i < run->n; i++)
        run->parts[i].credit = run->shares[i];
}

/* --- Tax --- */

/* The place of a rate among the taxes, which ascend; NULL: there are too many. */
static acrm_deal_tax *deal_tax_of(acrm_deal_totals *out, int64_t rate)
{
    uint32_t at = 0;

    while (at < out->taxes_count && out->taxes[at].rate < rate)
        at++;
    if (at < out->taxes_count && out->taxes[at].rate == rate)
        return &out->taxes[at];
    if (out->taxes_count == ACRM_DEAL_TAXES_MAX)
        return NULL;
    for (uint32_t i = out->taxes_count++; i > at; i--)
        out->taxes[i] = out->taxes[i - 1];
    out->taxes[at] = (acrm_deal_tax){ .rate = rate };
    return &out->taxes[at];
}

/* Tax all lines of one rate, priced alike. */
static bool deal_tax_group(deal_run *run, acrm_deal_tax *tax, int32_t includes)
{
    int64_t base = 0, amount = 0;

    for (size_t i = 0; i < run->n; i++) {
        const acrm_deal_line *line = &run->lines[i];
        bool in = deal_kinds[line->kind].sold && line->tax_rate == tax->rate &&
                  line->includes_tax == includes;
        run->weights[i] = in ? deal_rest(&run->parts[i]) : 0;
        base += run->weights[i];
    }
    if (!acrm__money_ratio(base, tax->rate, ACRM_DEAL_RATE_SCALE + (includes ? tax->rate : 0),
                           ACRM__ROUND_HALF_UP, &amount) ||
        !deal_lay(run, amount))
        return false;
    for (size_t i = 0; i < run->n; i++)
        run->parts[i].tax += run->shares[i];
    return true;
}

static int32_t deal_taxes(deal_run *run)
{
    acrm_deal_totals *out = &run->out;

    for (size_t i = 0; i < run->n; i++)
        if (deal_kinds[run->lines[i].kind].sold && !deal_tax_of(out, run->lines[i].tax_rate))
            return deal_fault(run->issue, ACRM_E_LIMIT, "tax_rate", "16 rates", (int64_t)i);
    for (uint32_t t = 0; t < out->taxes_count; t++)
        if (!deal_tax_group(run, &out->taxes[t], 0) || !deal_tax_group(run, &out->taxes[t], 1))
            return deal_fault(run->issue, ACRM_E_LIMIT, "lines", "a sum that can be kept", -1);
    return ACRM_OK;
}

/* --- Totals --- */

static void deal_add(deal_run *run, size_t i)
{
    const acrm_deal_line *line = &run->lines[i];
    acrm_deal_part *part = &run->parts[i];
    acrm_deal_tax *tax = deal_tax_of(&run->out, line->tax_rate);
    int64_t rest = part->quoted - part->discount;

    part->net = line->includes_tax ? rest - part->tax : rest;
    part->gross = part->net + part->tax;
    tax->net += part->net;
    tax->tax += part->tax;
    run->out.list += part->quoted;
    run->out.discountable += deal_kinds[line->kind].discountable ? part->quoted : 0;
    run->out.net += part->net;
    run->out.tax += part->tax;
    run->out.gross += part->gross;
}

/* What comes after tax, and needs no lines. */
static void deal_quote(deal_run *run, size_t i)
{
    const acrm_deal_line *line = &run->lines[i];
    int64_t amount = line->amount * line->quantity;

    run->parts[i] = (acrm_deal_part){ .quoted = deal_kinds[line->kind].sign * amount };
    if (line->kind == ACRM_DEAL_REBATE)
        run->out.rebate += amount;
    else if (line->kind == ACRM_DEAL_TRADE_IN)
        run->out.trade_in += amount;
    else if (line->kind == ACRM_DEAL_DEBT)
        run->out.debt += amount;
    else if (line->kind == ACRM_DEAL_DEPOSIT)
        run->out.deposit += amount;
}

static int32_t deal_work(deal_run *run, bool trade_in_tax)
{
    int32_t st = ACRM_OK;

    for (size_t i = 0; i < run->n; i++)
        deal_quote(run, i);
    for (size_t i = 0; st == ACRM_OK && i < run->n; i++)
        if (run->lines[i].kind == ACRM_DEAL_DISCOUNT)
            st = deal_discount(run, i);
    if (st == ACRM_OK && trade_in_tax)
        deal_credit(run);
    if (st == ACRM_OK)
        st = deal_taxes(run);
    for (size_t i = 0; st == ACRM_OK && i < run->n; i++)
        if (deal_kinds[run->lines[i].kind].sold)
            deal_add(run, i);
    return st;
}

int32_t acrm_deal_reckon(const acrm_deal_line *lines, size_t n, int32_t trade_in_tax,
                         acrm_deal_part *parts, acrm_deal_totals *out, acrm_issue *issue)
{
    deal_run run;
    int32_t st = ACRM_OK;

    if (!out || out->struct_size < sizeof *out || (n > 0 && (!lines || !parts)) ||
        (trade_in_tax != 0 && trade_in_tax != 1))
        return ACRM_E_MISUSE;
    if (n > ACRM_DEAL_LINES_MAX)
        return deal_fault(issue, ACRM_E_LIMIT, "lines", "500 lines", -1);
    run.lines = lines;
    run.n = n;
    run.parts = parts;
    run.issue = issue;
    run.out = (acrm_deal_totals){ .struct_size = out->struct_size };
    for (size_t i = 0; st == ACRM_OK && i < n; i++)
        st = deal_check_kind(&run, i);
    for (size_t i = 0; st == ACRM_OK && i < n; i++)
        st = deal_check(&run, i);
    if (st == ACRM_OK)
        st = deal_work(&run, trade_in_tax != 0);
    if (st != ACRM_OK)
        return st;
    run.out.total = run.out.gross - run.out.rebate;
    run.out.payable = run.out.total - run.out.trade_in + run.out.debt;
    run.out.due = run.out.payable - run.out.deposit;
    *out = run.out;
    return ACRM_OK;
}
