/* SPDX-License-Identifier: MIT */
/* Targets and quotas: checked as they are written, told beside what was reached. */
#include "modules/performance/performance.h"

#include "base/money.h"
#include "base/text.h"

#include <string.h>

static bool target_counts(const acrm__rec *rec)
{
    const char *measure = acrm__text(rec, F_sales_target__measure);

    return !measure || strcmp(measure, "units") == 0 || strcmp(measure, "leads") == 0;
}

/* Fields in which two targets are one. */
static const uint32_t target_same[] = {
    F_sales_target__kind, F_sales_target__dealer_id, F_sales_target__team_id,
    F_sales_target__user_id, F_sales_target__measure, F_sales_target__model,
};

enum { TARGET_SAME = sizeof target_same / sizeof target_same[0] };

static int32_t target_once(acrm__call *call, const acrm__rec *rec)
{
    acrm__term terms[TARGET_SAME + 2];
    acrm__recs found;
    acrm__select select = { .entity = "sales_target", .terms = terms, .n_terms = TARGET_SAME + 2,
                            .as_system = true };

    for (size_t i = 0; i < TARGET_SAME; i++)
        terms[i] = (acrm__term){ target_same[i], ACRM_FILTER_EQ, rec->cells[target_same[i]] };
    terms[TARGET_SAME] = (acrm__term){ F_sales_target__from_date, ACRM_FILTER_LE,
                                       rec->cells[F_sales_target__to_date] };
    terms[TARGET_SAME + 1] = (acrm__term){ F_sales_target__to_date, ACRM_FILTER_GE,
                                           rec->cells[F_sales_target__from_date] };
    int32_t st = acrm__find(call, &select, &found);
    for (size_t i = 0; st == ACRM_OK && i < found.count; i++) {
        const acrm__rec *other = found.items[i];
        bool same_days = acrm__int(other, F_sales_target__from_date) ==
                             acrm__int(rec, F_sales_target__from_date) &&
                         acrm__int(other, F_sales_target__to_date) ==
                             acrm__int(rec, F_sales_target__to_date);
        if (memcmp(acrm__id(other, F_ID), acrm__id(rec, F_ID), 16) != 0 && same_days)
            st = acrm__fail(call, ACRM_E_CONFLICT, "unique", "from_date",
                            "there is a target of that kind for this period");
    }
    return st;
}

int32_t acrm__target_write(acrm__call *call, acrm__rec *rec, const acrm__rec *before)
{
    static const uint32_t owners[] = { F_sales_target__dealer_id, F_sales_target__team_id,
                                       F_sales_target__user_id };
    bool counts = target_counts(rec);
    int n = 0;

    if (!acrm__is_null(rec, F_DELETED_AT))
        return ACRM_OK;
    for (size_t i = 0; i < sizeof owners / sizeof owners[0]; i++)
        n += !acrm__is_null(rec, owners[i]);
    if (n > 1)
        return acrm__fail(call, ACRM_E_INVALID, "not_allowed", "dealer_id",
                          "a target is of a dealer, a team or a user: name one of them");
    if (acrm__is_null(rec, F_sales_target__from_date) ||
        acrm__is_null(rec, F_sales_target__to_date))
        return ACRM_OK; /* refused next, by name */
    if (acrm__int(rec, F_sales_target__to_date) < acrm__int(rec, F_sales_target__from_date))
        return acrm__fail(call, ACRM_E_INVALID, "range", "to_date",
                          "to_date must not be before from_date");
    if (counts && acrm__is_null(rec, F_sales_target__units))
        return acrm__fail(call, ACRM_E_INVALID, "required", "units", "units is required");
    if (!counts && (acrm__is_null(rec, F_sales_target__amount) ||
                    acrm__is_null(rec, F_sales_target__currency)))
        return acrm__fail(call, ACRM_E_INVALID, "required", "amount",
                          "amount and currency are required");
    if (!acrm__is_null(rec, counts ? F_sales_target__amount : F_sales_target__units))
        return acrm__fail(call, ACRM_E_INVALID, "not_allowed", counts ? "amount" : "units",
                          counts ? "units and leads are counted in units"
                                 : "revenue and margin are an amount");
    (void)before;
    return target_once(call, rec);
}

/* --- Targets and what was reached of them --- */

typedef struct target_row {
    const acrm__rec *rec;
    const unsigned char *dealer, *team, *user;
    const char *measure, *model, *currency;
    int64_t goal, actual, below; /* below: the goals of those it is made of */
    int32_t from, to;
    bool parts;                  /* there are such */
    unsigned char of_dealer[16]; /* of a team or user: whose dealer and team */
    unsigned char of_team[16];
} target_row;

typedef struct target_run {
    acrm__call *call;
    target_row *rows;
    size_t n;
    int32_t from, to; /* of all of them */
    int32_t on;
    bool failed;
} target_run;

static bool target_is_of(const target_row *t, bool has_user, const unsigned char *user,
                         bool has_team, const unsigned char *team, bool has_dealer,
                         const unsigned char *dealer)
{
    if (t->user)
        return has_user && memcmp(t->user, user, 16) == 0;
    if (t->team)
        return has_team && memcmp(t->team, team, 16) == 0;
    if (t->dealer)
        return has_dealer && memcmp(t->dealer, dealer, 16) == 0;
    return true;
}

static void target_add(target_run *run, target_row *t, int64_t amount)
{
    run->failed |= !acrm__money_add(t->actual, amount, &t->actual);
}

static bool target_takes(const target_row *t, const acrm__contract *c)
{
    return c->signed_on >= t->from && c->signed_on <= t->to && strcmp(t->measure, "leads") != 0 &&
           (!t->model || strcmp(t->model, c->model) == 0) &&
           (!t->currency || strcmp(t->currency, c->currency) == 0) &&
           target_is_of(t, c->has_user, c->user, c->has_team, c->team, c->has_dealer, c->dealer);
}

static int32_t target_contract(void *user, const acrm__contract *c)
{
    target_run *run = user;

    for (size_t i = 0; !c->cancelled && i < run->n; i++) {
        target_row *t = &run->rows[i];
        if (!target_takes(t, c))
            continue;
        target_add(run, t, strcmp(t->measure, "units") == 0     ? 1
                           : strcmp(t->measure, "revenue") == 0 ? c->total
                                                                : c->margin);
    }
    return run->failed ? ACRM_E_LIMIT : 0;
}

static int32_t target_lead(void *user, const acrm__lead_result *l)
{
    target_run *run = user;
    int32_t day = acrm__day_of(run->call, l->received_at);

    for (size_t i = 0; i < run->n; i++) {
        target_row *t = &run->rows[i];
        if (strcmp(t->measure, "leads") == 0 && day >= t->from && day <= t->to &&
            (!t->model || strcmp(t->model, l->model) == 0) &&
            target_is_of(t, l->has_user, l->user, l->has_team, l->team, l->has_dealer, l->dealer))
            target_add(run, t, 1);
    }
    return 0;
}

/* To which dealer and team a target's own person or team belongs. */
static int32_t target_place(acrm__call *call, target_row *t)
{
    const char *entity = t->user ? "user" : "team";
    const acrm__term term = { F_ID, ACRM_FILTER_EQ, acrm__cell_id(t->user ? t->user : t->team) };
    const acrm__select select = { .entity = entity, .terms = &term, .n_terms = 1,
                                  .as_system = true };
    acrm__rec *rec;
    int32_t st = acrm__find_one(call, &select, &rec);

    if (st != ACRM_OK || !rec)
        return st;
    const unsigned char *dealer = acrm__id(rec, acrm__field_of(rec->entity, "dealer_id"));
    const unsigned char *team = t->user ? acrm__id(rec, acrm__field_of(rec->entity, "team_id"))
                                        : NULL;
    if (dealer)
        memcpy(t->of_dealer, dealer, 16);
    if (team)
        memcpy(t->of_team, team, 16);
    return ACRM_OK;
}

static int32_t target_read(acrm__call *call, const acrm__rec *rec, target_row *t)
{
    bool counts = target_counts(rec);

    *t = (target_row){
        .rec = rec,
        .dealer = acrm__id(rec, F_sales_target__dealer_id),
        .team = acrm__id(rec, F_sales_target__team_id),
        .user = acrm__id(rec, F_sales_target__user_id),
        .measure = acrm__text(rec, F_sales_target__measure),
        .model = acrm__text(rec, F_sales_target__model),
        .currency = counts ? NULL : acrm__text(rec, F_sales_target__currency),
        .goal = acrm__int(rec, counts ? F_sales_target__units : F_sales_target__amount),
        .from = (int32_t)acrm__int(rec, F_sales_target__from_date),
        .to = (int32_t)acrm__int(rec, F_sales_target__to_date),
    };
    return t->user || t->team ? target_place(call, t) : ACRM_OK;
}

/* --- Quotas are kept --- */

static int32_t target_kept(void *user, const acrm__contract *c)
{
    *(acrm__contract *)user = *c;
    return 0;
}

/* Quotas of a contract's day that it counts in: of vehicles or their prices. Leads are never
 * refused, and nobody earns too much. */
static int32_t target_quotas(acrm__call *call, const acrm__contract *c, target_run *run)
{
    const acrm__term terms[] = {
        { F_sales_target__from_date, ACRM_FILTER_LE, acrm__cell_int(c->signed_on) },
        { F_sales_target__to_date, ACRM_FILTER_GE, acrm__cell_int(c->signed_on) },
        { F_sales_target__kind, ACRM_FILTER_EQ, acrm__cell_text("quota") },
    };
    const acrm__select select = { .entity = "sales_target", .terms = terms, .n_terms = 3,
                                  .as_system = true };
    acrm__recs found;
    int32_t st = acrm__find(call, &select, &found);

    if (st != ACRM_OK || found.count == 0)
        return st;
    run->rows = acrm__arena_array(call->arena, found.count, sizeof *run->rows);
    if (!run->rows)
        return acrm__nomem(call);
    for (size_t i = 0; st == ACRM_OK && i < found.count; i++) {
        target_row *t = &run->rows[run->n];
        st = target_read(call, found.items[i], t);
        if (!target_takes(t, c) || strcmp(t->measure, "margin") == 0)
            continue;
        run->n++;
        run->from = t->from < run->from ? t->from : run->from;
        run->to = t->to > run->to ? t->to : run->to;
    }
    return st;
}

static int32_t target_full(acrm__call *call, const target_row *t)
{
    const char *of = t->user ? "user" : t->team ? "team" : t->dealer ? "dealer" : NULL;
    acrm__call system = *call;
    const char *name = NULL;
    char goal[32];
    int32_t st = ACRM_OK;

    system.as_system = true;
    if (of)
        st = acrm__result_name(&system, of, t->user ? t->user : t->team ? t->team : t->dealer,
                               &name);
    if (st != ACRM_OK)
        return st;
    int32_t digits = t->currency ? acrm__currency_digits(t->currency, strlen(t->currency)) : 0;
    goal[acrm__print_decimal(t->goal, digits < 0 ? 2 : digits, goal)] = '\0';
    return acrm__fail(call, ACRM_E_CONFLICT, "quota", "id",
                      "the quota of %s %s for %s from %s to %s is used up", goal,
                      t->currency ? t->currency : t->model ? t->model : "vehicles",
                      name ? name : "all", acrm__date_text(call, t->from),
                      acrm__date_text(call, t->to));
}

int32_t acrm__target_quota(acrm__call *call, const unsigned char contract[16])
{
    acrm__contract c = { .cancelled = true };
    target_run run = { .call = call, .from = INT32_MAX, .to = INT32_MIN };
    int32_t st = acrm__contract_one(call, contract, target_kept, &c);

    if (st != ACRM_OK || c.cancelled)
        return st;
    if (c.draft)
        c.signed_on = acrm__today(call);
    st = target_quotas(call, &c, &run);
    if (st != ACRM_OK || run.n == 0)
        return st;
    st = acrm__contracts(call, run.from, run.to, NULL, true, target_contract, &run);
    if (st == ACRM_OK && c.draft)
        st = target_contract(&run, &c);
    for (size_t i = 0; st == ACRM_OK && i < run.n; i++)
        if (run.rows[i].actual > run.rows[i].goal)
            st = target_full(call, &run.rows[i]);
    return st == ACRM_E_LIMIT
               ? acrm__fail(call, st, "overflow", NULL, "a sum is too large") : st;
}

/* --- report.targets --- */

static bool target_agree(const char *a, const char *b)
{
    return a && b ? strcmp(a, b) == 0 : a == b;
}

/* Whether one target is a part of the other: persons of teams, teams (and persons without a team's
 * target) of dealers, dealers of all. */
static int target_part(const target_row *whole, const target_row *part)
{
    if (whole == part || whole->from != part->from || whole->to != part->to || whole->user ||
        !target_agree(whole->measure, part->measure) || !target_agree(whole->model, part->model) ||
        !target_agree(whole->currency, part->currency) ||
        !target_agree(acrm__text(whole->rec, F_sales_target__kind),
                      acrm__text(part->rec, F_sales_target__kind)))
        return 0;
    if (whole->team)
        return part->user && memcmp(part->of_team, whole->team, 16) == 0;
    if (whole->dealer)
        return (part->user || part->team) && memcmp(part->of_dealer, whole->dealer, 16) == 0
                   ? part->team ? 1 : 2
                   : 0;
    return part->dealer != NULL;
}

static void target_roll_up(target_run *run)
{
    for (size_t i = 0; i < run->n; i++)
        for (size_t k = 0; k < run->n; k++) {
            const target_row *part = &run->rows[k];
            int how = target_part(&run->rows[i], part);
            for (size_t m = 0; how == 2 && m < run->n; m++) /* counted in its team's already */
                if (run->rows[m].team && target_part(&run->rows[m], part))
                    how = 0;
            if (!how)
                continue;
            run->rows[i].parts = true;
            run->failed |= !acrm__money_add(run->rows[i].below, part->goal, &run->rows[i].below);
        }
}

static bool target_number(acrm_value *to, const char *key, const target_row *t, int64_t number)
{
    return t->currency ? acrm__result_money(to, key, t->currency, number)
                       : acrm__put_int(to, key, number);
}

/* What it is about. */
static bool target_name(const target_run *run, const target_row *t, acrm_value *to)
{
    acrm__call *call = run->call;
    const struct {
        const char *key, *text;
    } put[] = {
        { "id", acrm__id_text(call, acrm__id(t->rec, F_ID)) },
        { "kind", acrm__text(t->rec, F_sales_target__kind) },
        { "measure", t->measure },
        { "model", t->model },
        { "currency", t->currency },
        { "from_date", acrm__date_text(call, t->from) },
        { "to_date", acrm__date_text(call, t->to) },
    };

    for (size_t i = 0; i < sizeof put / sizeof put[0]; i++)
        if (!acrm__put_text(to, put[i].key, put[i].text))
            return false;
    return true;
}

/* What was reached of it. */
static bool target_reached(const target_run *run, const target_row *t, acrm_value *to)
{
    int32_t days = t->to - t->from + 1;
    int32_t gone = run->on < t->from ? 0 : run->on > t->to ? days : run->on - t->from + 1;
    int64_t expected = 0, missing = 0;

    (void)acrm__money_ratio(t->goal, gone, days, ACRM__ROUND_DOWN, &expected);
    (void)acrm__money_sub(t->goal, t->below, &missing);
    bool done = target_number(to, "goal", t, t->goal) &&
                target_number(to, "actual", t, t->actual) &&
                target_number(to, "expected", t, expected) &&
                (t->goal > 0 ? acrm__put_real(to, "attained", (double)t->actual / (double)t->goal)
                             : acrm__put_null(to, "attained")) &&
                acrm__put_bool(to, "on_course", t->actual >= expected) &&
                acrm__put_bool(to, "exceeded", t->actual > t->goal);
    if (!t->parts)
        return done && acrm__put_null(to, "distributed") && acrm__put_null(to, "undistributed");
    return done && target_number(to, "distributed", t, t->below) &&
           target_number(to, "undistributed", t, missing);
}

static int32_t target_tell(const target_run *run, const target_row *t, acrm_value *to)
{
    const char *of = t->user ? "user" : t->team ? "team" : t->dealer ? "dealer" : "all";
    const unsigned char *id = t->user ? t->user : t->team ? t->team : t->dealer;
    const char *name = NULL;
    int32_t st = id ? acrm__result_name(run->call, of, id, &name) : ACRM_OK;

    if (st != ACRM_OK)
        return st;
    return acrm__put_text(to, "of", of) &&
                   acrm__put_text(to, "of_id", id ? acrm__id_text(run->call, id) : NULL) &&
                   acrm__put_text(to, "name", name) && target_name(run, t, to) &&
                   target_reached(run, t, to)
               ? ACRM_OK : acrm__nomem(run->call);
}

int32_t acrm__report_targets(acrm__call *call)
{
    unsigned char dealer[16];
    int64_t on = acrm__today(call);
    target_run run = { .call = call, .from = INT32_MAX, .to = INT32_MIN };
    acrm__recs found;

    (void)acrm__arg_time(call, "on", &on);
    run.on = (int32_t)on;
    const acrm__term terms[] = {
        { F_sales_target__from_date, ACRM_FILTER_LE, acrm__cell_int(on) },
        { F_sales_target__to_date, ACRM_FILTER_GE, acrm__cell_int(on) },
    };
    const acrm__select select = { .entity = "sales_target", .terms = terms, .n_terms = 2 };
    int32_t st = acrm__find(call, &select, &found);
    if (st != ACRM_OK)
        return st;
    run.rows = acrm__arena_array(call->arena, found.count + 1, sizeof *run.rows);
    if (!run.rows)
        return acrm__nomem(call);
    bool one = acrm__arg_id(call, "dealer_id", dealer);
    for (size_t i = 0; st == ACRM_OK && i < found.count; i++) {
        target_row *t = &run.rows[run.n];
        st = target_read(call, found.items[i], t);
        const unsigned char *at = t->dealer ? t->dealer : t->of_dealer;
        if (one && memcmp(at, dealer, 16) != 0)
            continue;
        run.n++;
        run.from = t->from < run.from ? t->from : run.from;
        run.to = t->to > run.to ? t->to : run.to;
    }
    if (st == ACRM_OK && run.n)
        st = acrm__contracts(call, run.from, run.to, NULL, false, target_contract, &run);
    if (st == ACRM_OK && run.n)
        st = acrm__lead_results(call, run.from, run.to, NULL, target_lead, &run);
    target_roll_up(&run);
    if (run.failed)
        return acrm__fail(call, ACRM_E_LIMIT, "overflow", NULL, "a sum is too large");
    acrm_value *rows = acrm__put_list(call->out, "rows");
    for (size_t i = 0; st == ACRM_OK && i < run.n; i++) {
        acrm_value *row = rows ? acrm__add_map(rows) : NULL;
        st = row ? target_tell(&run, &run.rows[i], row) : acrm__nomem(call);
    }
    return st;
}
