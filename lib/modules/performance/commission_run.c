/* SPDX-License-Identifier: MIT */
/* Commissions of a period: computed line by line, approved, handed to the payroll. */
#include "modules/performance/performance.h"

#include "base/json.h"
#include "base/money.h"
#include "base/text.h"

#include <stdlib.h>
#include <string.h>

typedef struct payroll_line {
    const acrm__contract *contract;
    const acrm__rec *rule, *reverses; /* reverses NULL: earned */
    unsigned char user[16];
    int64_t amount;
    const char *explain;
    bool kept; /* it is there already */
} payroll_line;

typedef struct commission_run {
    acrm__call *call;
    acrm__rec *run;
    const unsigned char *dealer;
    int32_t from, to;
    acrm__contract *contracts; /* not cancelled, with a seller; by seller, then day */
    size_t n, cap;
    payroll_line *lines;
    size_t n_lines, cap_lines;
    acrm__commission_parts parts;
} commission_run;

/* --- What was sold --- */

static int32_t payroll_contract(void *user, const acrm__contract *c)
{
    commission_run *run = user;

    if (c->cancelled || c->draft || !c->has_user || !*c->currency)
        return 0;
    if (run->n == run->cap) {
        size_t cap = run->cap ? run->cap * 2 : 64;
        acrm__contract *more = acrm__arena_array(run->call->arena, cap, sizeof *more);
        if (!more)
            return ACRM_E_NOMEM;
        if (run->n)
            memcpy(more, run->contracts, run->n * sizeof *more);
        run->contracts = more;
        run->cap = cap;
    }
    run->contracts[run->n++] = *c;
    return 0;
}

static int payroll_order(const void *a, const void *b)
{
    const acrm__contract *x = a, *y = b;
    int by = memcmp(x->user, y->user, 16);

    if (by == 0)
        by = (x->signed_on > y->signed_on) - (x->signed_on < y->signed_on);
    return by ? by : memcmp(x->id, y->id, 16);
}

static bool payroll_fits(const acrm__rec *rule, const acrm__contract *c)
{
    const unsigned char *dealer = acrm__id(rule, F_commission_rule__dealer_id);
    const char *model = acrm__text(rule, F_commission_rule__model);

    return c->signed_on >= acrm__int(rule, F_commission_rule__from_date) &&
           (acrm__is_null(rule, F_commission_rule__to_date) ||
            c->signed_on <= acrm__int(rule, F_commission_rule__to_date)) &&
           strcmp(acrm__text(rule, F_commission_rule__currency), c->currency) == 0 &&
           (!model || strcmp(model, c->model) == 0) &&
           (!dealer || (c->has_dealer && memcmp(dealer, c->dealer, 16) == 0));
}

static int64_t payroll_measure(const acrm__commission_plan *plan, const acrm__contract *c)
{
    return plan->measure == ACRM__RESULT_UNITS     ? 1
           : plan->measure == ACRM__RESULT_REVENUE ? c->total
                                                   : c->margin;
}

/* --- Lines --- */

static payroll_line *payroll_add(commission_run *run)
{
    if (run->n_lines == run->cap_lines) {
        size_t cap = run->cap_lines ? run->cap_lines * 2 : 64;
        payroll_line *more = acrm__arena_array(run->call->arena, cap, sizeof *more);
        if (!more)
            return NULL;
        if (run->n_lines)
            memcpy(more, run->lines, run->n_lines * sizeof *more);
        run->lines = more;
        run->cap_lines = cap;
    }
    return &run->lines[run->n_lines++];
}

typedef struct payroll_reckoning {
    int64_t before, own, all, paid, pay;
} payroll_reckoning;

static const char *payroll_explain(acrm__call *call, const acrm__rec *rule,
                               const acrm__commission_plan *plan, const acrm__contract *c,
                               const payroll_reckoning *r, const acrm__commission_part *part)
{
    const char *currency = acrm__text(rule, F_commission_rule__currency);
    bool money = plan->measure != ACRM__RESULT_UNITS;
    const int64_t numbers[] = { r->before, r->own, r->all };
    static const char *const keys[] = { "before", "own", "period" };
    acrm_value *map = acrm__value_in(call->arena);
    const char *kept = NULL;
    acrm__str text;

    bool done = map && acrm_value_set_map(map) == ACRM_OK &&
                acrm__put_text(map, "contract", c->number) &&
                acrm__put_text(map, "signed_on", acrm__date_text(call, c->signed_on)) &&
                acrm__put_text(map, "measure", acrm__text(rule, F_commission_rule__measure)) &&
                acrm__put_bool(map, "retroactive", plan->retroactive);
    for (size_t i = 0; done && i < 3; i++)
        done = money ? acrm__result_money(map, keys[i], currency, numbers[i])
                     : acrm__put_int(map, keys[i], numbers[i]);
    done = done && acrm__result_money(map, "paid_before", currency, r->paid) &&
           acrm__result_money(map, "pays", currency, r->pay) &&
           (plan->cap < 0 ? acrm__put_null(map, "cap")
                          : acrm__result_money(map, "cap", currency, plan->cap)) &&
           acrm__put_text(map, "share", part->of) &&
           acrm__put_int(map, "share_millionths", part->share);
    acrm__str_init(&text, &call->arena->allocator);
    if (done && acrm__json_write(&text, map, 0) == ACRM_OK && !text.failed)
        kept = acrm__arena_text(call->arena, text.data, text.len);
    acrm__str_free(&text);
    return kept;
}

static int32_t payroll_share(commission_run *run, const acrm__rec *rule,
                         const acrm__commission_plan *plan, const acrm__contract *c,
                         const payroll_reckoning *r)
{
    acrm__commission_part parts[ACRM__COMMISSION_PARTS];
    size_t n = 0;
    int32_t st = acrm__commission_divide(&run->parts, rule, c, r->pay, parts, &n);

    for (size_t i = 0; st == ACRM_OK && i < n; i++) {
        if (parts[i].amount == 0)
            continue;
        payroll_line *line = payroll_add(run);
        if (!line)
            return acrm__nomem(run->call);
        *line = (payroll_line){ .contract = c, .rule = rule, .amount = parts[i].amount,
            .explain = payroll_explain(run->call, rule, plan, c, r, &parts[i]) };
        memcpy(line->user, parts[i].user, 16);
        if (!line->explain)
            return acrm__nomem(run->call);
    }
    return st;
}

/* One person's contracts by one rule. */
static int32_t payroll_person(commission_run *run, const acrm__rec *rule,
                          const acrm__commission_plan *plan, const acrm__contract *first, size_t n)
{
    payroll_reckoning r = { .before = 0 };
    bool fits = true;
    int32_t st = ACRM_OK;

    for (size_t i = 0; i < n; i++)
        if (payroll_fits(rule, &first[i]))
            fits = fits && acrm__money_add(r.all, payroll_measure(plan, &first[i]), &r.all);
    for (size_t i = 0; fits && st == ACRM_OK && i < n; i++) {
        if (!payroll_fits(rule, &first[i]))
            continue;
        r.own = payroll_measure(plan, &first[i]);
        fits = acrm__commission_pays(plan, r.before, r.own, r.all, r.paid, &r.pay);
        if (fits)
            st = payroll_share(run, rule, plan, &first[i], &r);
        fits = fits && acrm__money_add(r.before, r.own, &r.before) &&
               acrm__money_add(r.paid, r.pay, &r.paid);
    }
    return fits ? st : acrm__fail(run->call, ACRM_E_LIMIT, "overflow", NULL,
                                  "the commission by rule %s is too large",
                                  acrm__text(rule, F_commission_rule__code));
}

static int32_t payroll_rules(commission_run *run)
{
    const acrm__term term = { F_commission_rule__active, ACRM_FILTER_EQ, acrm__cell_int(1) };
    const acrm__select select = { .entity = "commission_rule", .terms = &term, .n_terms = 1,
                                  .as_system = true };
    acrm__recs rules;
    acrm__commission_plan plan;
    int32_t st = acrm__find(run->call, &select, &rules);

    for (size_t r = 0; st == ACRM_OK && r < rules.count; r++) {
        st = acrm__commission_read(run->call, rules.items[r], &plan);
        for (size_t i = 0, n = 0; st == ACRM_OK && i < run->n; i += n) {
            for (n = 1; i + n < run->n; n++)
                if (memcmp(run->contracts[i + n].user, run->contracts[i].user, 16) != 0)
                    break;
            st = payroll_person(run, rules.items[r], &plan, &run->contracts[i], n);
        }
    }
    return st;
}

/* --- Taking back --- */

/* Lines of approved runs whose contract was cancelled since, unless another run took them back. */
static int32_t payroll_reversals(commission_run *run)
{
    static const char filter[] = "{\"kind\":\"earned\",\"sales_contract.status\":\"cancelled\","
                                 "\"run.status\":\"approved\"}";
    acrm__call *call = run->call;
    acrm__call system = *call;
    acrm__select select = { .entity = "commission_line", .as_system = true };
    const unsigned char *own = acrm__id(run->run, F_ID);
    acrm__json_fault fault;
    acrm_value *parsed;
    acrm__recs lines;

    system.as_system = true;
    int32_t st = acrm__json_read(call->arena, filter, sizeof filter - 1, &parsed, &fault);
    if (st != ACRM_OK)
        return acrm__json_error(call->err, st, &fault);
    st = acrm__filter(&system, acrm__entity_of(call, "commission_line"), parsed, "where",
                      &select.where);
    if (st == ACRM_OK)
        st = acrm__find(call, &select, &lines);
    for (size_t i = 0; st == ACRM_OK && i < lines.count; i++) {
        const acrm__rec *line = lines.items[i];
        const unsigned char *dealer = acrm__id(line, F_commission_line__dealer_id);
        const acrm__term term = { F_commission_line__reverses_id, ACRM_FILTER_EQ,
                                  line->cells[F_ID] };
        const acrm__select taken = { .entity = "commission_line", .terms = &term, .n_terms = 1,
                                     .as_system = true };
        acrm__rec *other;
        if (run->dealer && !(dealer && memcmp(dealer, run->dealer, 16) == 0))
            continue;
        st = acrm__find_one(call, &taken, &other);
        if (st != ACRM_OK ||
            (other && memcmp(acrm__id(other, F_commission_line__run_id), own, 16) != 0))
            continue;
        payroll_line *back = payroll_add(run);
        if (!back)
            return acrm__nomem(call);
        *back = (payroll_line){ .reverses = line, .explain = "{\"cause\":\"contract cancelled\"}",
                            .amount = -acrm__int(line, F_commission_line__amount) };
        memcpy(back->user, acrm__id(line, F_commission_line__user_id), 16);
    }
    return st;
}

/* --- Putting down --- */

static const acrm_cell *payroll_cell(const payroll_line *line, uint32_t field, acrm_cell *room)
{
    if (line->reverses)
        return &line->reverses->cells[field];
    *room = field == F_commission_line__sales_contract_id ? acrm__cell_id(line->contract->id)
            : field == F_commission_line__rule_id         ? line->rule->cells[F_ID]
            : field == F_commission_line__rule_version    ? line->rule->cells[F_VERSION]
            : field == F_commission_line__currency
                ? line->rule->cells[F_commission_rule__currency]
            : line->contract->has_dealer ? acrm__cell_id(line->contract->dealer)
                                         : acrm__cell_null();
    return room;
}

static bool payroll_same(const payroll_line *line, const acrm__rec *rec)
{
    acrm_cell contract, rule;
    const unsigned char *reverses = acrm__id(rec, F_commission_line__reverses_id);

    return memcmp(acrm__id(rec, F_commission_line__user_id), line->user, 16) == 0 &&
           acrm__cell_equal(&rec->cells[F_commission_line__sales_contract_id],
                            payroll_cell(line, F_commission_line__sales_contract_id, &contract)) &&
           acrm__cell_equal(&rec->cells[F_commission_line__rule_id],
                            payroll_cell(line, F_commission_line__rule_id, &rule)) &&
           (line->reverses ? reverses && memcmp(reverses, acrm__id(line->reverses, F_ID), 16) == 0
                           : reverses == NULL);
}

static void payroll_fill(const commission_run *run, const payroll_line *line, acrm__rec *rec)
{
    static const uint32_t fields[] = {
        F_commission_line__sales_contract_id, F_commission_line__rule_id,
        F_commission_line__rule_version, F_commission_line__currency, F_commission_line__dealer_id,
    };
    acrm_cell room;

    for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++)
        acrm__set(rec, fields[i], *payroll_cell(line, fields[i], &room));
    acrm__set(rec, F_commission_line__run_id, run->run->cells[F_ID]);
    acrm__set(rec, F_commission_line__user_id, acrm__cell_id(line->user));
    acrm__set(rec, F_commission_line__kind, acrm__cell_text(line->reverses ? "reversed"
                                                                           : "earned"));
    if (line->reverses)
        acrm__set(rec, F_commission_line__reverses_id, line->reverses->cells[F_ID]);
    acrm__set(rec, F_commission_line__amount, acrm__cell_int(line->amount));
    acrm__set(rec, F_commission_line__explain, acrm__cell_text(line->explain));
}

/* What is there already stays; what changed is changed; the rest goes. */
static int32_t payroll_put(commission_run *run)
{
    acrm__call *call = run->call;
    const acrm__term term = { F_commission_line__run_id, ACRM_FILTER_EQ, run->run->cells[F_ID] };
    const acrm__select select = { .entity = "commission_line", .terms = &term, .n_terms = 1,
                                  .as_system = true };
    acrm__recs old;
    size_t next = 0; /* they come in the order in which they were put down */
    int32_t st = acrm__find(call, &select, &old);

    for (size_t i = 0; st == ACRM_OK && i < old.count; i++) {
        payroll_line *line = NULL;
        for (size_t k = 0; !line && k < run->n_lines; k++) {
            payroll_line *at = &run->lines[(next + k) % run->n_lines];
            if (!at->kept && payroll_same(at, old.items[i]))
                line = at;
        }
        if (!line) {
            st = acrm__remove(call, old.items[i], "computed anew");
            continue;
        }
        line->kept = true;
        next = (size_t)(line - run->lines) + 1;
        payroll_fill(run, line, old.items[i]);
        st = acrm__update(call, old.items[i]);
    }
    for (size_t k = 0; st == ACRM_OK && k < run->n_lines; k++) {
        acrm__rec *rec = run->lines[k].kept ? NULL : acrm__new(call, "commission_line");
        if (run->lines[k].kept)
            continue;
        if (!rec)
            return acrm__nomem(call);
        payroll_fill(run, &run->lines[k], rec);
        st = acrm__insert(call, rec);
    }
    return st;
}

/* --- commission.run --- */

/* The draft of the period, or a new one; a period is in one run only. */
static int32_t payroll_open(commission_run *run)
{
    acrm__call *call = run->call;
    const acrm__term terms[] = {
        { F_commission_run__from_date, ACRM_FILTER_LE, acrm__cell_int(run->to) },
        { F_commission_run__to_date, ACRM_FILTER_GE, acrm__cell_int(run->from) },
    };
    const acrm__select select = { .entity = "commission_run", .terms = terms, .n_terms = 2,
                                  .as_system = true };
    acrm__recs found;
    int32_t st = acrm__find(call, &select, &found);

    for (size_t i = 0; st == ACRM_OK && i < found.count; i++) {
        acrm__rec *other = found.items[i];
        const unsigned char *dealer = acrm__id(other, F_commission_run__dealer_id);
        bool same = dealer && run->dealer ? memcmp(dealer, run->dealer, 16) == 0
                                          : dealer == run->dealer;
        if (dealer && run->dealer && !same)
            continue;
        if (!same || acrm__int(other, F_commission_run__from_date) != run->from ||
            acrm__int(other, F_commission_run__to_date) != run->to)
            return acrm__fail(call, ACRM_E_CONFLICT, "overlap", "from_date",
                              "another run has a part of the period");
        if (strcmp(acrm__text(other, F_commission_run__status), "draft") != 0)
            return acrm__fail(call, ACRM_E_CONFLICT, "state", "from_date",
                              "the run of the period is approved");
        run->run = other;
    }
    if (st != ACRM_OK || run->run)
        return st;
    run->run = acrm__new(call, "commission_run");
    if (!run->run)
        return acrm__nomem(call);
    acrm__set(run->run, F_commission_run__from_date, acrm__cell_int(run->from));
    acrm__set(run->run, F_commission_run__to_date, acrm__cell_int(run->to));
    acrm__set(run->run, F_commission_run__dealer_id, acrm__cell_id(run->dealer));
    acrm__set(run->run, F_commission_run__status, acrm__cell_text("draft"));
    return acrm__insert(call, run->run);
}

/* Those that became known after their period was paid: this run takes them. */
static int32_t payroll_late(commission_run *run)
{
    int32_t st = ACRM_OK;

    for (size_t i = 0; st == ACRM_OK && i < run->parts.late.count; i++) {
        acrm__rec *late = run->parts.late.items[i];
        size_t n = run->n;
        st = acrm__contract_one(run->call, acrm__id(late, F_commission_late__sales_contract_id),
                                payroll_contract, run);
        if (st != ACRM_OK || run->n == n)
            continue;
        if (run->contracts[n].signed_on >= run->from) {
            run->n = n; /* of this period, or of a later one */
            continue;
        }
        acrm__set(late, F_commission_late__run_id, run->run->cells[F_ID]);
        st = acrm__update(run->call, late);
    }
    return st;
}

/* The contracts that it pays for, by who sold them. */
static int32_t payroll_collect(commission_run *run)
{
    int32_t first = run->from;
    int32_t st = acrm__commission_parts_of(run->call, run->run, run->dealer, &run->parts);

    if (st == ACRM_OK)
        st = acrm__contracts(run->call, run->from, run->to, run->dealer, true, payroll_contract,
                             run);
    if (st == ACRM_OK)
        st = payroll_late(run);
    if (st == ACRM_E_NOMEM)
        return acrm__nomem(run->call);
    if (run->n)
        qsort(run->contracts, run->n, sizeof *run->contracts, payroll_order);
    for (size_t i = 0; i < run->n; i++)
        first = run->contracts[i].signed_on < first ? run->contracts[i].signed_on : first;
    return st == ACRM_OK ? acrm__commission_splits(&run->parts, first, run->to) : st;
}

int32_t acrm__commission_run(acrm__call *call)
{
    unsigned char dealer[16];
    commission_run run = { .call = call };
    int32_t st = acrm__result_days(call, &run.from, &run.to);

    run.dealer = acrm__arg_id(call, "dealer_id", dealer) ? dealer : NULL;
    if (st == ACRM_OK)
        st = payroll_open(&run);
    if (st == ACRM_OK)
        st = payroll_collect(&run);
    if (st == ACRM_OK)
        st = payroll_rules(&run);
    if (st == ACRM_OK)
        st = payroll_reversals(&run);
    if (st == ACRM_OK)
        st = payroll_put(&run);
    if (st != ACRM_OK)
        return st;
    if (acrm__int(run.run, F_commission_run__lines) != (int64_t)run.n_lines)
        acrm__set(run.run, F_commission_run__lines, acrm__cell_int((int64_t)run.n_lines));
    if (acrm__is_null(run.run, F_commission_run__computed_at))
        acrm__set(run.run, F_commission_run__computed_at, acrm__cell_int(call->now));
    st = acrm__update(call, run.run);
    return st == ACRM_OK ? acrm__render(call, run.run, call->out) : st;
}

int32_t acrm__commission_approve(acrm__call *call)
{
    acrm__rec *run;
    int32_t st = acrm__load_arg(call, "commission_run", "id", &run);

    if (st != ACRM_OK)
        return st;
    if (strcmp(acrm__text(run, F_commission_run__status), "draft") != 0)
        return acrm__fail(call, ACRM_E_CONFLICT, "state", "id", "the run is approved already");
    acrm__set(run, F_commission_run__status, acrm__cell_text("approved"));
    acrm__set(run, F_commission_run__approved_at, acrm__cell_int(call->now));
    acrm__set(run, F_commission_run__approved_by, acrm__cell_id(acrm__actor(call)));
    st = acrm__update(call, run);
    return st == ACRM_OK ? acrm__render(call, run, call->out) : st;
}

/* --- commission.export --- */

/* RFC 4180; what a spreadsheet would take for a formula begins with an apostrophe. */
static void payroll_csv(acrm__str *out, const char *text)
{
    acrm__str_putc(out, '"');
    if (*text && strchr("=+-@\t\r", *text))
        acrm__str_putc(out, '\'');
    for (; *text; text++) {
        if (*text == '"')
            acrm__str_putc(out, '"');
        acrm__str_putc(out, *text);
    }
    acrm__str_putc(out, '"');
}

static int32_t payroll_export_row(acrm__call *call, const acrm__rec *run, const acrm__rec *line,
                              int64_t sum, int64_t n, acrm__str *csv)
{
    const char *currency = acrm__text(line, F_commission_line__currency);
    int32_t digits = acrm__currency_digits(currency, strlen(currency));
    char amount[32];
    acrm__rec *user;
    int32_t st = acrm__load(call, "user", acrm__id(line, F_commission_line__user_id), "user_id",
                            &user);

    if (st != ACRM_OK)
        return st;
    const char *login = acrm__text(user, acrm__field_of(user->entity, "login"));
    const char *name = acrm__text(user, acrm__field_of(user->entity, "name"));
    amount[acrm__print_decimal(sum, digits < 0 ? 2 : digits, amount)] = '\0';
    const char *rest = acrm__arena_format(call->arena, ",%s,%s,%s,%s,%lld\r\n",
        acrm__date_text(call, acrm__int(run, F_commission_run__from_date)),
        acrm__date_text(call, acrm__int(run, F_commission_run__to_date)), currency, amount,
        (long long)n);
    if (!rest)
        return acrm__nomem(call);
    payroll_csv(csv, login ? login : "");
    acrm__str_putc(csv, ',');
    payroll_csv(csv, name ? name : "");
    acrm__str_puts(csv, rest);
    return ACRM_OK;
}

static int payroll_line_order(const void *a, const void *b)
{
    const acrm__rec *const *x = a;
    const acrm__rec *const *y = b;
    int by = memcmp(acrm__id(*x, F_commission_line__user_id),
                    acrm__id(*y, F_commission_line__user_id), 16);

    return by ? by : strcmp(acrm__text(*x, F_commission_line__currency),
                            acrm__text(*y, F_commission_line__currency));
}

int32_t acrm__commission_export(acrm__call *call)
{
    acrm__rec *run;
    acrm__recs lines;
    acrm__str csv;
    int64_t people = 0;
    int32_t st = acrm__load_arg(call, "commission_run", "id", &run);

    if (st != ACRM_OK)
        return st;
    const acrm__term term = { F_commission_line__run_id, ACRM_FILTER_EQ, run->cells[F_ID] };
    const acrm__select select = { .entity = "commission_line", .terms = &term, .n_terms = 1 };
    st = acrm__find(call, &select, &lines);
    if (st != ACRM_OK)
        return st;
    if (lines.count)
        qsort(lines.items, lines.count, sizeof *lines.items, payroll_line_order);
    acrm__str_init(&csv, &call->arena->allocator);
    acrm__str_puts(&csv, "login,name,from_date,to_date,currency,amount,lines\r\n");
    for (size_t i = 0, n = 0; st == ACRM_OK && i < lines.count; i += n) {
        int64_t sum = 0;
        for (n = 0; i + n < lines.count &&
                    payroll_line_order(&lines.items[i], &lines.items[i + n]) == 0; n++)
            if (!acrm__money_add(sum, acrm__int(lines.items[i + n], F_commission_line__amount),
                                 &sum))
                st = acrm__fail(call, ACRM_E_LIMIT, "overflow", NULL, "a sum is too large");
        if (st == ACRM_OK)
            st = payroll_export_row(call, run, lines.items[i], sum, (int64_t)n, &csv);
        people++;
    }
    if (st == ACRM_OK &&
        (csv.failed || !acrm__put_textn(call->out, "csv", csv.data, csv.len) ||
         !acrm__put_int(call->out, "rows", people) ||
         !acrm__put_text(call->out, "status", acrm__text(run, F_commission_run__status))))
        st = acrm__nomem(call);
    acrm__str_free(&csv);
    return st;
}
