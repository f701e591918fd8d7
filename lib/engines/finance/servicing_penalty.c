/* SPDX-License-Identifier: MIT */
/* Penalties on overdue dues, with grace and caps. */
#include "engines/finance/servicing_internal.h"

int32_t acrm__penalty_check(const acrm_penalty_rule *rule, acrm_issue *issue)
{
    const struct {
        int64_t amount;
        const char *field;
    } amounts[] = {
        { rule->amount, "rule.amount" },
        { rule->floor, "rule.floor" },
        { rule->due_cap, "rule.due_cap" },
        { rule->total_cap, "rule.total_cap" },
    };

    if (rule->kind < ACRM_PENALTY_INTEREST || rule->kind > ACRM_PENALTY_FIXED)
        return acrm__issue(issue, ACRM_E_INVALID, "rule.kind", -1, "0..2");
    for (size_t i = 0; i < sizeof amounts / sizeof amounts[0]; i++)
        if (amounts[i].amount < 0 || amounts[i].amount > ACRM_FINANCE_AMOUNT_MAX)
            return acrm__issue(issue, ACRM_E_INVALID, amounts[i].field, -1,
                               "0..1000000000000000");
    if (rule->parts < 1 || rule->parts >= 1 << ACRM_PARTS ||
        (rule->parts & 1 << ACRM_PART_PENALTY) != 0)
        return acrm__issue(issue, ACRM_E_INVALID, "rule.parts", -1,
                           "bits of fee, interest and principal, at least one");
    if (rule->grace_days < 0 || rule->grace_days > 366)
        return acrm__issue(issue, ACRM_E_INVALID, "rule.grace_days", -1, "0..366");
    if (rule->grace_counts != 0 && rule->grace_counts != 1)
        return acrm__issue(issue, ACRM_E_INVALID, "rule.grace_counts", -1, "0, 1");
    if (rule->due_cap_rate < 0 || rule->due_cap_rate > ACRM_FINANCE_RATE_MAX)
        return acrm__issue(issue, ACRM_E_INVALID, "rule.due_cap_rate", -1, "0..10000000000");
    acrm_interest interest = rule->interest;
    if (rule->kind == ACRM_PENALTY_FIXED && rule->due_cap_rate == 0)
        return ACRM_OK;
    if (rule->kind != ACRM_PENALTY_INTEREST) /* a share has no days */
        interest.day_count = ACRM_DAYS_ACT_365F;
    return acrm__interest_check(&interest, false, issue);
}

/* Interest on `base` of a stretch that is part of a longer one, which began at `start`. */
static int32_t penalty_interest(const acrm_penalty_rule *rule, int64_t base, int32_t start,
                                int32_t from, int32_t to, acrm_penalty_line *line)
{
    int64_t all = 0;
    int32_t status = acrm__interest(&rule->interest, base, (acrm__stretch){ start, from, 0, 0 },
                                    &line->before, NULL);

    if (status == ACRM_OK)
        status = acrm__interest(&rule->interest, base, (acrm__stretch){ start, to, 0, 0 }, &all,
                                &line->step);
    /* A 30/360 month can count fewer days at its end than a day before. */
    line->amount = all > line->before ? all - line->before : 0;
    return status;
}

/* What a due may bear at most, penalties it bears already included. */
static int32_t penalty_due_cap(const acrm_penalty_rule *rule, const acrm_due *due, int64_t *cap)
{
    int64_t base = due->due[ACRM_PART_PRINCIPAL] + due->due[ACRM_PART_INTEREST] +
                   due->due[ACRM_PART_FEE];

    *cap = rule->due_cap > 0 ? rule->due_cap : ACRM_FINANCE_AMOUNT_MAX;
    if (rule->due_cap_rate == 0)
        return ACRM_OK;
    int64_t share = 0;
    int32_t status = acrm__share(&rule->interest, base, rule->due_cap_rate,
                                 ACRM_RATE_ONE, &share, NULL);
    if (share < *cap)
        *cap = share;
    return status;
}

/* The penalty of one due, before the cap of the contract. */
static int32_t penalty_of(const acrm_penalty_rule *rule, const acrm_due *due, int32_t from,
                          int32_t to, acrm_penalty_line *line)
{
    static const char *const formulas[] = {
        "overdue * rate * days from the due day to the end, less what the days before bore",
        "overdue * rate, once",
        "a fixed amount, once",
    };
    int64_t last_free = (int64_t)due->day + rule->grace_days;
    int64_t base = 0;
    int64_t cap = 0;
    int32_t status = ACRM_OK;

    *line = (acrm_penalty_line){ .from = from, .to = to };
    for (int32_t part = 0; part < ACRM_PARTS; part++)
        if ((rule->parts >> part & 1) != 0)
            base += acrm__unpaid(due, part);
    if (base <= rule->floor || to <= last_free)
        return ACRM_OK;
    bool begun = from > last_free;
    if (rule->kind != ACRM_PENALTY_INTEREST && begun)
        return ACRM_OK;
    line->step.figure = "penalty";
    line->step.formula = formulas[rule->kind];
    if (rule->kind == ACRM_PENALTY_INTEREST) {
        int32_t start = due->day + (rule->grace_counts ? 0 : rule->grace_days);
        status = penalty_interest(rule, base, start, begun ? from : start, to, line);
    } else if (rule->kind == ACRM_PENALTY_SHARE) {
        status = acrm__share(&rule->interest, base, rule->interest.rate,
                             ACRM_RATE_ONE, &line->amount, &line->step);
    } else {
        line->amount = line->step.base = line->step.whole = line->step.rounded =
            rule->amount;
        line->step.unit = 1;
    }
    if (status == ACRM_OK)
        status = penalty_due_cap(rule, due, &cap);
    line->room = cap > due->due[ACRM_PART_PENALTY] ? cap - due->due[ACRM_PART_PENALTY] : 0;
    if (line->amount > line->room)
        line->amount = line->room;
    return status;
}

int32_t acrm__penalty_charge(const acrm_penalty_rule *rule, acrm_due *dues, size_t n_dues,
                             int32_t from, int32_t to, int64_t total, int64_t *charged,
                             acrm_penalty_line *lines, size_t lines_max, size_t *n_lines,
                             acrm_issue *issue)
{
    size_t overdue = acrm__dues_before(dues, n_dues, to);
    int64_t room = ACRM_FINANCE_AMOUNT_MAX;
    int64_t sum = 0;
    size_t len = 0;

    if (rule->total_cap > 0) {
        room = rule->total_cap;
        for (size_t i = 0; i < n_dues; i++)
            room -= dues[i].due[ACRM_PART_PENALTY];
        room = room > 0 ? room : 0;
    }
    /* First all amounts are tried, then they are charged: a failure leaves the dues alone. */
    for (int32_t pass = 0; pass < 2; pass++) {
        sum = 0;
        len = 0;
        for (size_t i = 0; i < overdue && sum < room; i++) {
            acrm_penalty_line line;
            int32_t status = penalty_of(rule, &dues[i], from, to, &line);
            line.due = (int32_t)i;
            line.room = line.room < room - sum ? line.room : room - sum;
            line.amount = line.amount < line.room ? line.amount : line.room;
            if (status != ACRM_OK || line.amount > ACRM_FINANCE_AMOUNT_MAX - total - sum)
                return acrm__issue(issue, ACRM_E_LIMIT, "dues", (int64_t)i,
                                   "penalties within 1000000000000000 in all");
            if (line.amount == 0)
                continue;
            sum += line.amount;
            if (pass == 0)
                continue;
            dues[i].due[ACRM_PART_PENALTY] += line.amount;
            if (len < lines_max)
                lines[len] = line;
            len++;
        }
    }
    *charged = sum;
    if (n_lines != NULL)
        *n_lines = len;
    return ACRM_OK;
}

int32_t acrm_penalty_charge(const acrm_penalty_rule *rule, acrm_due *dues, size_t n_dues,
                            int32_t from, int32_t to, int64_t *charged, acrm_penalty_line *lines,
                            size_t lines_max, size_t *n_lines, acrm_issue *issue)
{
    int64_t total = 0;

    if (rule == NULL || rule->struct_size != sizeof *rule || charged == NULL ||
        acrm__no_array(dues, n_dues) || acrm__no_array(lines, lines_max))
        return ACRM_E_MISUSE;
    int32_t status = acrm__penalty_check(rule, issue);
    if (status == ACRM_OK)
        status = acrm__dues_check(dues, n_dues, &total, issue);
    if (status != ACRM_OK)
        return status;
    if (!acrm__day_ok(from))
        return acrm__issue(issue, ACRM_E_INVALID, "from", -1, "0001-01-01..9999-12-31");
    if (!acrm__day_ok(to) || to < from)
        return acrm__issue(issue, ACRM_E_INVALID, "to", -1, "from..9999-12-31");
    return acrm__penalty_charge(rule, dues, n_dues, from, to, total, charged, lines, lines_max,
                                n_lines, issue);
}
