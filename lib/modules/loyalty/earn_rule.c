/* SPDX-License-Identifier: MIT */
/* Earning rules: read from their records, checked with the place of a fault, kept by sessions. */
#include "modules/loyalty/club.h"
#include "modules/loyalty/ledger_book.h"

#include "base/money.h"

#include <stdlib.h>
#include <string.h>

static const char rule_keep[] = "earning_rules";

/* What the engine calls its fields, and what they are called here. */
static const char *const rule_fields[][2] = {
    { "number", "number" }, { "unit", "unit" },       { "qualifying", "qualifying" },
    { "until", "valid_until" }, { "caps", "caps" },   { "gives", "gives" },
};

static const char rule_periods[] = "event|day|week|month|year|ever";
static const int32_t rule_roundings[] = { ACRM__ROUND_DOWN, ACRM__ROUND_HALF_UP,
                                          ACRM__ROUND_HALF_EVEN, ACRM__ROUND_UP };

/* One rule on its way from its record. */
typedef struct rule_reader {
    acrm__call *call;
    const acrm__rec *program, *rec;
    const char *place; /* "rules[2].", or NULL */
    acrm__arena *arena;
} rule_reader;

static int32_t rule_refuse(const rule_reader *r, const char *reason, const char *field,
                           const char *message)
{
    return acrm__club_fail(r->call, ACRM_E_INVALID, reason, r->place, field, message);
}

/* --- Caps --- */

static int32_t rule_cap(const rule_reader *r, const acrm_value *map, size_t n,
                        acrm__earning_cap *cap)
{
    const char *field = acrm__arena_format(r->call->arena, "caps[%zu]", n);
    const acrm_value *points = acrm_value_get(map, "points");
    const acrm_value *times = acrm_value_get(map, "times");
    const acrm_value *limit = points ? points : times;

    if (!field)
        return acrm__nomem(r->call);
    cap->period = acrm__club_choice(rule_periods, acrm__get_text(map, "period"));
    cap->times = points == NULL;
    cap->limit = acrm_value_int(limit);
    if (cap->period < 0 || acrm_value_type(limit) != ACRM_INT || cap->limit < 1 ||
        acrm_value_count(map) != 2)
        return rule_refuse(r, "type", field,
                           "needs a period (event, day, week, month, year, ever), and either "
                           "points or times above 0");
    return ACRM_OK;
}

static int32_t rule_caps(const rule_reader *r, acrm__earning_rule *out)
{
    acrm_value *caps;
    int32_t st = acrm__club_json(r->call, r->rec, F_earning_rule__caps, r->arena, &caps);

    if (st != ACRM_OK || !caps)
        return st;
    if (acrm_value_type(caps) != ACRM_LIST || acrm_value_count(caps) > ACRM__EARNING_CAPS_MAX)
        return rule_refuse(r, "type", "caps", "is a list of at most 8");
    for (size_t i = 0; st == ACRM_OK && i < acrm_value_count(caps); i++)
        st = rule_cap(r, acrm_value_at(caps, i), i, &out->caps[out->n_caps++]);
    return st;
}

/* --- The rest --- */

static int32_t rule_days(const rule_reader *r, acrm__earning_rule *out)
{
    int64_t until = acrm__int(r->rec, F_earning_rule__valid_until);
    int32_t st = ACRM_OK;

    out->from = INT64_MIN;
    out->until = INT64_MAX;
    if (!acrm__is_null(r->rec, F_earning_rule__valid_from))
        st = acrm__ledger_day_start(r->call, r->program,
                                    (int32_t)acrm__int(r->rec, F_earning_rule__valid_from),
                                    &out->from);
    if (st == ACRM_OK && !acrm__is_null(r->rec, F_earning_rule__valid_until))
        st = acrm__ledger_day_start(r->call, r->program, (int32_t)until + 1, &out->until);
    return st;
}

static int32_t rule_numbers(const rule_reader *r, acrm__earning_rule *out)
{
    int32_t st = acrm__club_decimal(r->call, r->rec, F_earning_rule__number, r->place,
                                    ACRM__EARNING_DIGITS, &out->number);

    out->unit = 1;
    if (st == ACRM_OK)
        st = acrm__club_decimal(r->call, r->rec, F_earning_rule__qualifying, r->place,
                                ACRM__EARNING_DIGITS, &out->share);
    if (st == ACRM_OK && out->gives == ACRM__EARNING_RATE)
        st = acrm__club_decimal(r->call, r->rec, F_earning_rule__unit, r->place,
                                acrm__club_digits(r->program), &out->unit);
    if (st == ACRM_OK && out->gives == ACRM__EARNING_RATE &&
        acrm__is_null(r->program, F_loyalty_program__currency))
        return rule_refuse(r, "required", "gives", "needs a programme with a currency for a rate");
    return st;
}

static int32_t rule_text(const rule_reader *r, uint32_t field, const char **out)
{
    const char *text = acrm__text(r->rec, field);

    *out = text ? acrm__arena_text(r->arena, text, strlen(text)) : NULL;
    return text && !*out ? acrm__nomem(r->call) : ACRM_OK;
}

static int64_t rule_or_none(const acrm__rec *rec, uint32_t field)
{
    return acrm__is_null(rec, field) ? -1 : acrm__int(rec, field);
}

static int32_t rule_categories(const rule_reader *r, acrm__club_rule *out)
{
    acrm_value *list;
    int32_t st = acrm__club_json(r->call, r->rec, F_earning_rule__line_categories, r->arena,
                                 &list);

    out->categories = list;
    for (size_t i = 0; st == ACRM_OK && i < acrm_value_count(list); i++)
        if (!acrm_value_text(acrm_value_at(list, i), NULL))
            return rule_refuse(r, "type", "line_categories", "is a list of texts");
    if (st == ACRM_OK && list && acrm_value_type(list) != ACRM_LIST)
        return rule_refuse(r, "type", "line_categories", "is a list of texts");
    return st;
}

static int32_t rule_check(const rule_reader *r, const acrm__earning_rule *rule)
{
    const acrm__earning_scheme alone = { rule, 1, ACRM__EARNING_SUM, ACRM__EARNING_SUM };
    acrm_issue issue = { NULL, NULL, -1 };

    if (acrm__earning_check(&alone, &issue) == ACRM_OK)
        return ACRM_OK;
    for (size_t i = 0; i < sizeof rule_fields / sizeof rule_fields[0]; i++)
        if (strcmp(rule_fields[i][0], issue.field) == 0)
            return rule_refuse(r, "range", rule_fields[i][1], issue.allowed);
    return rule_refuse(r, "range", issue.field, issue.allowed);
}

static int32_t rule_read(const rule_reader *r, acrm__earning_rule *engine, acrm__club_rule *rule)
{
    const acrm__rec *rec = r->rec;
    const char *gives = acrm__text(rec, F_earning_rule__gives);
    const char *rounding = acrm__text(rec, F_earning_rule__rounding);
    const char *rounds = acrm__text(rec, F_earning_rule__rounds);
    int32_t mode = acrm__club_choice("down|half_up|half_even|up", rounding);

    *engine = (acrm__earning_rule){
        .gives = 1 + acrm__club_choice("rate|fixed|factor", gives),
        .rounding = rule_roundings[mode < 0 ? 0 : mode],
        .per_line = rounds && strcmp(rounds, "line") == 0,
        .exclusive = acrm__int(rec, F_earning_rule__exclusive) != 0,
        .plain = acrm__int(rec, F_earning_rule__multiplied) == 0,
        .spendable = acrm__int(rec, F_earning_rule__spendable) != 0,
    };
    *rule = (acrm__club_rule){ .version = acrm__int(rec, F_VERSION),
                               .pending_days = rule_or_none(rec, F_earning_rule__pending_days),
                               .expire_days = rule_or_none(rec, F_earning_rule__expire_days) };
    if (acrm__id(rec, F_ID))
        memcpy(rule->id, acrm__id(rec, F_ID), 16);
    int32_t st = rule_numbers(r, engine);
    if (st == ACRM_OK)
        st = rule_days(r, engine);
    if (st == ACRM_OK)
        st = rule_caps(r, engine);
    if (st == ACRM_OK)
        st = rule_categories(r, rule);
    if (st == ACRM_OK)
        st = rule_check(r, engine);
    if (st == ACRM_OK)
        st = rule_text(r, F_earning_rule__code, &rule->code);
    if (st == ACRM_OK)
        st = rule_text(r, F_earning_rule__kind, &rule->kind);
    return st == ACRM_OK ? acrm__club_filter(r->call, "loyalty_event", rec,
                                             F_earning_rule__condition, r->place, r->arena,
                                             &rule->where)
                         : st;
}

int32_t acrm__club_rule_write(acrm__call *call, acrm__rec *rec, const acrm__rec *before)
{
    rule_reader r = { .call = call, .rec = rec, .arena = call->arena };
    acrm__earning_rule engine;
    acrm__club_rule rule;
    acrm__rec *program;

    (void)before;
    int32_t st = acrm__keep_outdate(call, rule_keep);
    if (st != ACRM_OK || !acrm__is_null(rec, F_DELETED_AT) ||
        acrm__is_null(rec, F_earning_rule__program_id))
        return st; /* a programme that is not named is refused in a moment */
    st = acrm__load(call, "loyalty_program", acrm__id(rec, F_earning_rule__program_id),
                    "program_id", &program);
    r.program = program;
    return st == ACRM_OK ? rule_read(&r, &engine, &rule) : st;
}

/* Its zone, currency and stacking are in what was read. */
int32_t acrm__club_program_changed(acrm__call *call, const acrm__event *event)
{
    (void)event;
    return acrm__keep_outdate(call, rule_keep);
}

/* --- Together --- */

typedef struct rule_place {
    const acrm__rec *rec;
    const char *place;
} rule_place;

static int rule_order(const void *a, const void *b)
{
    const acrm__rec *x = ((const rule_place *)a)->rec, *y = ((const rule_place *)b)->rec;
    int64_t first = acrm__int(x, F_earning_rule__priority);
    int64_t second = acrm__int(y, F_earning_rule__priority);

    if (first != second)
        return first < second ? -1 : 1;
    return strcmp(acrm__text(x, F_earning_rule__code), acrm__text(y, F_earning_rule__code));
}

int32_t acrm__club_rules_make(acrm__call *call, const acrm__rec *program, acrm__rec *const *recs,
                              const char *const *places, size_t n, acrm__arena *arena,
                              acrm__club_rules *out)
{
    acrm__earning_rule *engine = acrm__arena_array(arena, n + 1, sizeof *engine);
    rule_place *order = acrm__arena_array(call->arena, n + 1, sizeof *order);
    const char *stacking = acrm__text(program, F_loyalty_program__stacking);
    const char *factors = acrm__text(program, F_loyalty_program__factors);
    int32_t st = ACRM_OK;

    out->rules = acrm__arena_array(arena, n + 1, sizeof *out->rules);
    if (!engine || !order || !out->rules)
        return acrm__nomem(call);
    if (n > ACRM__EARNING_RULES_MAX)
        return acrm__fail(call, ACRM_E_LIMIT, "limit", "rules",
                          "a programme has at most %d rules in force", ACRM__EARNING_RULES_MAX);
    for (size_t i = 0; i < n; i++) {
        order[i] = (rule_place){ recs[i], places ? places[i] : NULL };
        if (!acrm__text(recs[i], F_earning_rule__code))
            return acrm__club_fail(call, ACRM_E_INVALID, "required", order[i].place, "code",
                                   "is required");
    }
    qsort(order, n, sizeof *order, rule_order);
    for (size_t i = 0; st == ACRM_OK && i < n; i++) {
        const rule_reader r = { call, program, order[i].rec, order[i].place, arena };
        st = rule_read(&r, &engine[i], &out->rules[i]);
    }
    out->scheme = (acrm__earning_scheme){
        .rules = engine, .n_rules = n,
        .stacking = stacking && strcmp(stacking, "best") == 0 ? ACRM__EARNING_BEST
                                                              : ACRM__EARNING_SUM,
        .factors = 1 + acrm__club_choice("sum|product|best", factors ? factors : "sum"),
    };
    return st;
}

int32_t acrm__club_rules_of(acrm__call *call, const acrm__rec *program,
                            const acrm__club_rules **out)
{
    const acrm__term terms[] = {
        { F_earning_rule__program_id, ACRM_FILTER_EQ, program->cells[F_ID] },
        { F_earning_rule__active, ACRM_FILTER_EQ, acrm__cell_int(1) },
    };
    acrm__club_rules *rules;
    acrm__keep *keep;
    acrm__recs found;
    void *kept = NULL;
    bool fresh;

    int32_t st = acrm__club_keep(call, rule_keep, acrm__id(program, F_ID), sizeof *rules, &keep,
                                 &kept, &fresh);
    *out = kept;
    if (st != ACRM_OK || !fresh)
        return st;
    rules = kept;
    st = acrm__find(call, &(acrm__select){ .entity = "earning_rule", .terms = terms, .n_terms = 2,
                                           .as_system = true }, &found);
    if (st == ACRM_OK)
        st = acrm__club_rules_make(call, program, found.items, NULL, found.count, &keep->arena,
                                   rules);
    if (st == ACRM_OK)
        acrm__club_kept(keep, kept);
    return st;
}
