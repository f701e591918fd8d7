/* SPDX-License-Identifier: MIT */
/* Events of members: through the rules, into the ledger, the tier and the challenges. */
#include "modules/loyalty/club.h"

#include "base/civil.h"
#include "base/json.h"
#include "base/money.h"
#include "base/text.h"

#include <string.h>

static const char *const earn_outcomes[] = {
    [ACRM__EARNING_ASLEEP] = "not_in_force", [ACRM__EARNING_UNFIT] = "unfit",
    [ACRM__EARNING_EXCLUDED] = "excluded",   [ACRM__EARNING_LESS] = "less",
    [ACRM__EARNING_FACTORED] = "factor",     [ACRM__EARNING_GAVE] = "gave",
};

/* --- The event as the rules see it --- */

static int32_t earn_line(acrm__club_event *event, const acrm_value *line, size_t n, int32_t digits)
{
    const acrm_value *amount = acrm_value_get(line, "amount");
    const acrm_value *category = acrm_value_get(line, "category");
    size_t len = 0;
    const char *text = acrm_value_text(amount, &len);

    if (acrm_value_type(line) != ACRM_MAP || !text || acrm_value_type(amount) != ACRM_TEXT ||
        !acrm__parse_decimal(text, len, digits, &event->lines[n]) || event->lines[n] < 0 ||
        acrm_value_count(line) != (category ? 2u : 1u)) {
        const char *place = acrm__arena_format(event->call->arena, "lines[%zu]", n);
        return place ? acrm__fail(event->call, ACRM_E_INVALID, "type", place,
                                  "%s: a line has an amount of 0 or more, with the currency's "
                                  "decimals, and maybe a category", place)
                     : acrm__nomem(event->call);
    }
    event->categories[n] = acrm_value_text(category, NULL);
    return ACRM_OK;
}

static int32_t earn_lines(acrm__club_event *event, int32_t digits)
{
    acrm__call *call = event->call;
    acrm_value *lines;
    int64_t total = 0;
    int32_t st = acrm__club_json(call, event->rec, F_loyalty_event__lines, call->arena, &lines);

    if (st != ACRM_OK || !lines)
        return st;
    event->n_lines = acrm_value_count(lines);
    if (acrm_value_type(lines) != ACRM_LIST || event->n_lines > ACRM__EARNING_LINES_MAX)
        return acrm__fail(call, ACRM_E_INVALID, "type", "lines", "lines is a list of at most %d",
                          ACRM__EARNING_LINES_MAX);
    event->lines = acrm__arena_array(call->arena, event->n_lines + 1, sizeof *event->lines);
    event->categories = acrm__arena_array(call->arena, event->n_lines + 1,
                                          sizeof *event->categories);
    if (!event->lines || !event->categories)
        return acrm__nomem(call);
    for (size_t i = 0; st == ACRM_OK && i < event->n_lines; i++) {
        st = earn_line(event, acrm_value_at(lines, i), i, digits);
        if (st == ACRM_OK && !acrm__money_add(total, event->lines[i], &total))
            return acrm__fail(call, ACRM_E_LIMIT, "range", "lines", "the amounts are too large");
    }
    if (st == ACRM_OK && acrm__is_null(event->rec, F_loyalty_event__amount))
        acrm__set(event->rec, F_loyalty_event__amount, acrm__cell_int(total));
    if (st == ACRM_OK && acrm__int(event->rec, F_loyalty_event__amount) != total)
        return acrm__fail(call, ACRM_E_INVALID, "sum", "lines",
                          "the lines do not add up to the amount");
    return st;
}

int32_t acrm__club_event_open(acrm__club_event *event)
{
    acrm__call *call = event->call;
    const char *own = acrm__text(event->rec, F_loyalty_event__currency);
    const char *theirs = acrm__text(event->program, F_loyalty_program__currency);
    bool money = !acrm__is_null(event->rec, F_loyalty_event__amount) ||
                 !acrm__is_null(event->rec, F_loyalty_event__lines);

    int32_t st = acrm__ledger_day(call, event->program,
                                  acrm__int(event->rec, F_loyalty_event__at), &event->day);
    if (st == ACRM_OK)
        st = acrm__club_rules_of(call, event->program, &event->rules);
    if (st != ACRM_OK || !money)
        return st;
    if (!own || !theirs || strcmp(own, theirs) != 0)
        return acrm__fail(call, ACRM_E_INVALID, "currency", "currency",
                          "the programme counts amounts in %s", theirs ? theirs : "no currency");
    return earn_lines(event, acrm__club_digits(event->program));
}

/* --- What the engine asks --- */

typedef struct earn_world {
    acrm__club_event *event;
    acrm__club_given_fn given;
    void *self;
} earn_world;

static int32_t earn_fits(void *self, size_t n, bool *out)
{
    const earn_world *w = self;
    const acrm__club_rule *rule = &w->event->rules->rules[n];
    const acrm__rec *rec = w->event->rec;

    *out = (!rule->kind || strcmp(rule->kind, acrm__text(rec, F_loyalty_event__kind)) == 0) &&
           (!rule->categories || w->event->n_lines > 0);
    if (!*out || !rule->where)
        return ACRM_OK;
    return acrm__matches(w->event->call, rec, rule->where, out);
}

static int32_t earn_line_fits(void *self, size_t n, size_t line, bool *out)
{
    const earn_world *w = self;
    const acrm_value *wanted = w->event->rules->rules[n].categories;
    const char *category = w->event->categories[line];

    *out = wanted == NULL;
    for (size_t i = 0; !*out && category && i < acrm_value_count(wanted); i++)
        *out = strcmp(acrm_value_text(acrm_value_at(wanted, i), NULL), category) == 0;
    return ACRM_OK;
}

/* The last day of the period that a day lies in. */
static int32_t earn_period_end(int32_t period, int32_t day)
{
    int32_t start = acrm__period_start(period, day);

    switch (period) {
    case ACRM__EARNING_WEEK:
        return start + 6;
    case ACRM__EARNING_MONTH:
        return acrm__period_start(period, start + 31) - 1;
    case ACRM__EARNING_YEAR:
        return acrm__period_start(period, start + 366) - 1;
    default:
        return period == ACRM__EARNING_EVER ? ACRM__DAY_MAX : start;
    }
}

static int32_t earn_given(void *self, size_t n, int32_t period, int64_t *points, int64_t *times)
{
    const earn_world *w = self;
    const acrm__club_event *event = w->event;

    if (w->given)
        return w->given(w->self, n, period, points, times);
    const acrm__term terms[] = {
        { F_loyalty_award__member_id, ACRM_FILTER_EQ, event->member->cells[F_ID] },
        { F_loyalty_award__rule_id, ACRM_FILTER_EQ, acrm__cell_id(event->rules->rules[n].id) },
        { F_loyalty_award__day, ACRM_FILTER_GE,
          acrm__cell_int(acrm__period_start(period, event->day)) },
        { F_loyalty_award__day, ACRM_FILTER_LE,
          acrm__cell_int(earn_period_end(period, event->day)) },
    };
    return acrm__club_sum(event->call, "loyalty_award", terms, 4, F_loyalty_award__points, points,
                          times);
}

int32_t acrm__club_event_earn(acrm__club_event *event, acrm__club_given_fn given, void *self)
{
    acrm__call *call = event->call;
    earn_world world = { event, given, self };
    const acrm__earning_world asked = { &world, earn_fits, earn_line_fits, earn_given };
    const acrm__earning_event engine = {
        .at = acrm__int(event->rec, F_loyalty_event__at),
        .amount = event->n_lines ? 0 : acrm__int(event->rec, F_loyalty_event__amount),
        .lines = event->lines, .n_lines = event->n_lines,
    };
    size_t n = event->rules->scheme.n_rules;
    acrm_issue issue = { "points", "", -1 };

    event->shares = acrm__arena_array(call->arena, n + 1, sizeof *event->shares);
    if (!event->shares)
        return acrm__nomem(call);
    int32_t st = acrm__earn(&event->rules->scheme, &engine, &asked, event->shares, &event->sum,
                            &issue);
    if (st != ACRM_E_LIMIT && (st != ACRM_E_INVALID || issue.allowed[0] == '\0'))
        return st;
    return acrm__fail(call, st, "range", issue.field, "%s%s%s: %s", issue.field,
                      issue.row < 0 ? "" : " of the rule ",
                      issue.row < 0 ? "" : event->rules->rules[issue.row].code, issue.allowed);
}

/* --- What came of it --- */

static bool earn_put_factor(acrm_value *item, int64_t factor)
{
    char text[32];
    size_t len = acrm__print_decimal(factor, 2 * ACRM__EARNING_DIGITS, text);

    while (text[len - 1] == '0')
        len--;
    return acrm__put_textn(item, "factor", text, len - (text[len - 1] == '.'));
}

static bool earn_put_share(acrm_value *list, const acrm__club_event *event, size_t n)
{
    static const char *const periods[] = { "event", "day", "week", "month", "year", "ever" };
    const acrm__earning_share *share = &event->shares[n];
    const acrm__earning_rule *rule = &event->rules->scheme.rules[n];
    acrm_value *item = acrm__add_map(list);
    bool ok = item && acrm__put_text(item, "rule", event->rules->rules[n].code) &&
              acrm__put_text(item, "outcome", earn_outcomes[share->outcome]);

    if (ok && rule->gives != ACRM__EARNING_FACTOR)
        ok = acrm__put_int(item, "points", share->points) &&
             acrm__put_int(item, "qualifying", share->qualifying);
    if (ok && share->factor && share->factor != ACRM__EARNING_ONE * ACRM__EARNING_ONE)
        ok = earn_put_factor(item, share->factor);
    if (ok && share->cap >= 0)
        ok = acrm__put_int(item, "cut", share->cut) &&
             acrm__put_text(item, "cap", periods[rule->caps[share->cap].period]);
    return ok;
}

/* Rules that were asleep or do not fit are left out: there may be many. */
static int32_t earn_explain(acrm__club_event *event, int64_t extra)
{
    acrm__call *call = event->call;
    acrm_value *list = acrm__value_in(call->arena);
    bool ok = list && acrm_value_set_list(list) == ACRM_OK;

    for (size_t i = 0; ok && i < event->rules->scheme.n_rules; i++)
        if (event->shares[i].outcome != ACRM__EARNING_ASLEEP &&
            event->shares[i].outcome != ACRM__EARNING_UNFIT)
            ok = earn_put_share(list, event, i);
    if (ok && extra) {
        acrm_value *item = acrm__add_map(list);
        ok = item && acrm__put_text(item, "outcome", "challenge") &&
             acrm__put_int(item, "points", extra);
    }
    return ok ? acrm__club_set_json(call, event->rec, F_loyalty_event__explanation, list)
              : acrm__nomem(call);
}

static int32_t earn_post(const acrm__club_event *event, const acrm__club_rule *rule,
                         int64_t points, const unsigned char **transaction)
{
    acrm__call *call = event->call;
    int64_t at = acrm__int(event->rec, F_loyalty_event__at);
    acrm__ledger_order order = { .member = event->member, .points = points, .at = at,
                                 .rule = rule ? rule->code : NULL,
                                 .source = acrm__text(event->rec, F_loyalty_event__source_id) };
    acrm__ledger_done done = { 0 };
    int32_t st = ACRM_OK;

    *transaction = NULL;
    if (points == 0)
        return st;
    if (rule && rule->pending_days >= 0)
        order.activates_at = at + rule->pending_days * ACRM__DAY_US;
    if (rule && rule->expire_days > 0)
        order.expires_on = event->day + (int32_t)rule->expire_days;
    st = acrm__ledger_earn(call, &order, &done);
    if (st == ACRM_OK)
        *transaction = acrm__id(done.transaction, F_ID);
    return st;
}

/* One row for a rule, with its points in the ledger. */
static int32_t earn_award(const acrm__club_event *event, const acrm__club_rule *rule,
                          int64_t points, int64_t spendable)
{
    acrm__call *call = event->call;
    acrm__rec *award = acrm__new(call, "loyalty_award");
    const unsigned char *transaction;

    if (!award)
        return acrm__nomem(call);
    int32_t st = earn_post(event, rule, spendable, &transaction);
    if (st != ACRM_OK)
        return st;
    acrm__set(award, F_loyalty_award__event_id, event->rec->cells[F_ID]);
    acrm__set(award, F_loyalty_award__member_id, event->member->cells[F_ID]);
    acrm__set(award, F_loyalty_award__rule_id, acrm__cell_id(rule ? rule->id : NULL));
    acrm__set(award, F_loyalty_award__rule_version,
              rule ? acrm__cell_int(rule->version) : acrm__cell_null());
    acrm__set(award, F_loyalty_award__day, acrm__cell_int(event->day));
    acrm__set(award, F_loyalty_award__given, acrm__cell_int(points));
    acrm__set(award, F_loyalty_award__points, acrm__cell_int(points));
    acrm__set(award, F_loyalty_award__spendable, acrm__cell_int(spendable));
    acrm__set(award, F_loyalty_award__transaction_id, acrm__cell_id(transaction));
    return acrm__append(call, award);
}

static int32_t earn_awards(const acrm__club_event *event, int64_t extra)
{
    int32_t st = ACRM_OK;

    for (size_t i = 0; st == ACRM_OK && i < event->rules->scheme.n_rules; i++) {
        const acrm__earning_share *share = &event->shares[i];
        bool capped = event->rules->scheme.rules[i].n_caps > 0;
        if ((share->outcome == ACRM__EARNING_GAVE && share->points > 0) ||
            (share->outcome == ACRM__EARNING_FACTORED && capped))
            st = earn_award(event, &event->rules->rules[i], share->points, share->spendable);
    }
    return st == ACRM_OK && extra ? earn_award(event, NULL, extra, extra) : st;
}

/* Points for the tier: they never wait and never expire. */
static int32_t earn_qualify(const acrm__club_event *event)
{
    int64_t at = acrm__int(event->rec, F_loyalty_event__at);
    const acrm__ledger_order order = {
        .member = event->member, .kind = ACRM__POINTS_QUALIFYING, .at = at, .activates_at = at,
        .points = event->sum.qualifying, .never_expires = true,
        .source = acrm__text(event->rec, F_loyalty_event__source_id),
    };
    acrm__ledger_done done = { 0 };

    if (order.points == 0)
        return ACRM_OK;
    int32_t st = acrm__ledger_earn(event->call, &order, &done);
    if (st == ACRM_OK)
        acrm__set(event->rec, F_loyalty_event__qualifying_transaction_id,
                  done.transaction->cells[F_ID]);
    return st;
}

static int32_t earn_find(acrm__call *call, const acrm__rec *program, const acrm_cell *source,
                         acrm__rec **out)
{
    const acrm__term terms[] = {
        { F_loyalty_event__program_id, ACRM_FILTER_EQ, program->cells[F_ID] },
        { F_loyalty_event__source_id, ACRM_FILTER_EQ, *source },
    };

    return acrm__find_one(call, &(acrm__select){ .entity = "loyalty_event", .terms = terms,
                                                 .n_terms = 2, .as_system = true }, out);
}

/* The member's tier and grade as they are now. */
static int32_t earn_standing(acrm__club_event *event)
{
    acrm__call *call = event->call;
    const acrm__entity *entity = acrm__entity_of(call, "customer");
    uint32_t grade = acrm__field_of(entity, "grade");
    acrm__rec *tier = NULL, *customer = NULL;

    int32_t st = acrm__member_tier_of(call, event->member, &tier);
    if (st == ACRM_OK && tier)
        acrm__set(event->rec, F_loyalty_event__tier, tier->cells[F_member_tier__tier]);
    if (st != ACRM_OK || grade == UINT32_MAX)
        return st;
    st = acrm__load_or_null(call, entity, acrm__id(event->member, F_member__customer_id),
                            &customer);
    if (st == ACRM_OK && customer && customer->cells[grade].type == ACRM_CELL_TEXT)
        acrm__set(event->rec, F_loyalty_event__grade, customer->cells[grade]);
    return st;
}

static int32_t earn_write(acrm__club_event *event, int64_t extra)
{
    acrm__rec *rec = event->rec;

    acrm__set(rec, F_loyalty_event__points, acrm__cell_int(event->sum.spendable + extra));
    acrm__set(rec, F_loyalty_event__qualifying, acrm__cell_int(event->sum.qualifying));
    int32_t st = earn_explain(event, extra);
    if (st == ACRM_OK)
        st = earn_qualify(event);
    if (st == ACRM_OK)
        st = acrm__insert(event->call, rec);
    return st == ACRM_OK ? earn_awards(event, extra) : st;
}

int32_t acrm__club_take(acrm__call *call, acrm__rec *program, acrm__rec *member, acrm__rec **rec,
                        int64_t extra, bool *duplicate)
{
    acrm__club_event event = { .call = call, .program = program, .member = member, .rec = *rec };
    acrm__rec *known = NULL;
    int64_t at = acrm__int(*rec, F_loyalty_event__at);

    *duplicate = false;
    int32_t st = earn_find(call, program, &(*rec)->cells[F_loyalty_event__source_id], &known);
    if (st == ACRM_OK && known) {
        *rec = known;
        *duplicate = true;
        return ACRM_OK;
    }
    if (at > call->now)
        return acrm__fail(call, ACRM_E_INVALID, "range", "at", "at lies in the future");
    acrm__set(*rec, F_loyalty_event__program_id, program->cells[F_ID]);
    acrm__set(*rec, F_loyalty_event__member_id, member->cells[F_ID]);
    if (st == ACRM_OK)
        st = acrm__club_event_open(&event);
    if (st == ACRM_OK)
        st = earn_standing(&event);
    if (st == ACRM_OK)
        st = acrm__club_event_earn(&event, NULL, NULL);
    if (st == ACRM_OK)
        st = earn_write(&event, extra);
    if (st == ACRM_OK)
        st = acrm__member_tier_update(call, program, member, at, event.sum.qualifying, false);
    return st == ACRM_OK ? acrm__challenge_count(&event) : st;
}

/* --- loyalty.record --- */

static const char *const earn_copied[] = { "kind", "at", "source_id", "currency", "amount",
                                           "category", "quantity", "channel", "lines",
                                           "dealer_id", "partner_id", NULL };

static int32_t earn_assign(acrm__call *call, acrm__rec *rec)
{
    const acrm__entity *entity = rec->entity;
    acrm_value *faults = acrm__value_in(call->arena);
    const char *currency = NULL;

    if (!faults || acrm_value_set_list(faults) != ACRM_OK)
        return acrm__nomem(call);
    for (const char *const *name = earn_copied; *name; name++) {
        const acrm_value *value = acrm__arg(call, *name);
        uint32_t n = acrm__field_of(entity, *name);
        if (!value)
            continue;
        int32_t st = acrm__decode(call, &entity->fields[n], value, *name, &rec->cells[n], faults);
        if (st != ACRM_OK)
            return st;
    }
    currency = acrm__text(rec, F_loyalty_event__currency);
    if (currency && acrm__currency_digits(currency, strlen(currency)) < 0)
        return acrm__fail(call, ACRM_E_INVALID, "currency", "currency", "unknown currency");
    if (acrm_value_count(faults) == 0 && !acrm__is_null(rec, F_loyalty_event__amount)) {
        int32_t st = acrm__decode_money(entity, F_loyalty_event__amount, rec->cells, "amount",
                                        faults);
        if (st != ACRM_OK)
            return st;
    }
    return acrm_value_count(faults) ? acrm__error_fields(call->err, ACRM_E_INVALID, faults)
                                    : ACRM_OK;
}

static int32_t earn_partner(acrm__call *call, const acrm__rec *rec)
{
    const unsigned char *id = acrm__id(rec, F_loyalty_event__partner_id);
    acrm__rec *partner;

    if (!id)
        return ACRM_OK;
    int32_t st = acrm__load(call, "loyalty_partner", id, "partner_id", &partner);
    if (st == ACRM_OK && !acrm__int(partner, F_loyalty_partner__active))
        return acrm__fail(call, ACRM_E_INVALID, "inactive", "partner_id",
                          "this partner takes part no more");
    return st;
}

static int32_t earn_show(acrm__call *call, const acrm__rec *rec, bool duplicate)
{
    int32_t st = acrm__render(call, rec, call->out);

    return st == ACRM_OK && !acrm__put_bool(call->out, "duplicate", duplicate) ? acrm__nomem(call)
                                                                               : st;
}

int32_t acrm__loyalty_record(acrm__call *call)
{
    acrm__rec *rec = acrm__new(call, "loyalty_event"), *member = NULL, *program = NULL;
    acrm__call system = *call;
    bool duplicate = false;

    system.as_system = true;
    if (!rec)
        return acrm__nomem(call);
    int32_t st = acrm__ledger_member(call, "member_id", "card", true, &member);
    if (st == ACRM_OK)
        st = acrm__ledger_program(&system, member, &program);
    if (st == ACRM_OK)
        acrm__set(rec, F_loyalty_event__currency, program->cells[F_loyalty_program__currency]);
    if (st == ACRM_OK)
        st = earn_assign(call, rec);
    if (st == ACRM_OK)
        st = earn_partner(&system, rec);
    if (st != ACRM_OK)
        return st;
    if (acrm__is_null(rec, F_loyalty_event__at))
        acrm__set(rec, F_loyalty_event__at, acrm__cell_int(call->now));
    st = acrm__club_take(&system, program, member, &rec, 0, &duplicate);
    return st == ACRM_OK ? earn_show(call, rec, duplicate) : st;
}

/* --- Taking back --- */

static int32_t earn_take_back(acrm__call *call, const acrm__rec *member, const acrm_cell *of,
                              int32_t kind, int64_t points)
{
    const acrm__ledger_order order = { .member = member, .kind = kind, .points = points,
                                       .of = of->data };
    acrm__ledger_done done = { 0 };

    if (points <= 0 || of->type != ACRM_CELL_BLOB)
        return ACRM_OK;
    return acrm__ledger_reverse(call, &order, &done);
}

/* What stays of so many points when `left` of `whole` stays. */
static int64_t earn_left(int64_t points, int64_t left, int64_t whole)
{
    int64_t kept = points;

    if (whole <= 0 || left <= 0)
        return 0;
    (void)acrm__money_ratio(points, left, whole, ACRM__ROUND_DOWN, &kept);
    return kept;
}

static int32_t earn_shrink(acrm__call *call, const acrm__rec *member, acrm__rec *award,
                           int64_t before, int64_t left, int64_t whole)
{
    int64_t spendable = acrm__int(award, F_loyalty_award__spendable);
    int64_t back = earn_left(spendable, before, whole) - earn_left(spendable, left, whole);
    int32_t st = earn_take_back(call, member, &award->cells[F_loyalty_award__transaction_id],
                                ACRM__POINTS, back);

    if (st != ACRM_OK)
        return st;
    acrm__set(award, F_loyalty_award__points,
              acrm__cell_int(earn_left(acrm__int(award, F_loyalty_award__given), left, whole)));
    return acrm__update(call, award);
}

static int32_t earn_shrink_all(acrm__call *call, const acrm__rec *member, acrm__rec *event,
                               int64_t before, int64_t left, int64_t whole)
{
    const acrm__term of = { F_loyalty_award__event_id, ACRM_FILTER_EQ, event->cells[F_ID] };
    int64_t counted = acrm__int(event, F_loyalty_event__qualifying);
    acrm__recs awards;

    int32_t st = acrm__find(call, &(acrm__select){ .entity = "loyalty_award", .terms = &of,
                                                   .n_terms = 1, .as_system = true }, &awards);
    for (size_t i = 0; st == ACRM_OK && i < awards.count; i++)
        st = earn_shrink(call, member, awards.items[i], before, left, whole);
    return st == ACRM_OK
               ? earn_take_back(call, member,
                                &event->cells[F_loyalty_event__qualifying_transaction_id],
                                ACRM__POINTS_QUALIFYING,
                                earn_left(counted, before, whole) - earn_left(counted, left, whole))
               : st;
}

int32_t acrm__club_cancel(acrm__call *call, acrm__rec *event, int64_t amount)
{
    int64_t whole = acrm__int(event, F_loyalty_event__amount);
    int64_t returned = acrm__int(event, F_loyalty_event__cancelled);
    const char *status = acrm__text(event, F_loyalty_event__status);
    acrm__rec *member, *program;

    if (status && strcmp(status, "cancelled") == 0)
        return ACRM_OK;
    if (amount > whole - returned)
        return acrm__fail(call, ACRM_E_INVALID, "range", "amount",
                          "only what was paid and not returned yet can be returned");
    if (whole == 0)
        whole = 1; /* of what cost nothing all or nothing is taken back */
    int64_t before = whole - returned, left = amount ? before - amount : 0;
    int32_t st = acrm__load(call, "member", acrm__id(event, F_loyalty_event__member_id), NULL,
                            &member);
    if (st == ACRM_OK)
        st = acrm__ledger_program(call, member, &program);
    if (st == ACRM_OK)
        st = earn_shrink_all(call, member, event, before, left, whole);
    if (st != ACRM_OK)
        return st;
    if (!acrm__is_null(event, F_loyalty_event__amount))
        acrm__set(event, F_loyalty_event__cancelled, acrm__cell_int(whole - left));
    if (left == 0)
        acrm__set(event, F_loyalty_event__status, acrm__cell_text("cancelled"));
    st = acrm__update(call, event);
    return st == ACRM_OK ? acrm__member_tier_update(call, program, member,
                                                    acrm__int(event, F_loyalty_event__at), 0, true)
                         : st;
}

int32_t acrm__loyalty_take_back(acrm__call *call)
{
    const char *source = acrm__arg_text(call, "source_id"), *text = acrm__arg_text(call, "amount");
    acrm__rec *event = NULL, *program = NULL;
    acrm__call system = *call;
    int64_t amount = 0;
    int32_t st;

    system.as_system = true;
    if (!acrm__arg(call, "id") == !source)
        return acrm__fail(call, ACRM_E_INVALID, "required", "id",
                          "give either the event's id or its source_id");
    if (source) {
        const acrm_cell cell = acrm__cell_text(source);
        st = acrm__ledger_program_named(call, &program);
        if (st == ACRM_OK)
            st = earn_find(call, program, &cell, &event);
        if (st == ACRM_OK && !event)
            return acrm__fail(call, ACRM_E_NOTFOUND, "not_found", "source_id",
                              "there is no such event in this programme");
    } else {
        st = acrm__load_arg(call, "loyalty_event", "id", &event);
    }
    if (st != ACRM_OK)
        return st;
    int32_t digits = acrm__money_digits(event->entity, F_loyalty_event__amount, event->cells);
    if (text && (!acrm__parse_decimal(text, strlen(text), digits, &amount) || amount <= 0))
        return acrm__fail(call, ACRM_E_INVALID, "range", "amount",
                          "amount is above 0, with the currency's decimals");
    st = acrm__club_cancel(&system, event, amount);
    return st == ACRM_OK ? acrm__render(call, event, call->out) : st;
}
