/* SPDX-License-Identifier: MIT */
/*
 * Retention: what is older than its rule allows is anonymised, deleted, or its customer erased. A
 * run goes in steps of one record each, so that it may be ended at any point and begun anew: what
 * was done no longer fits its rule.
 */
#include "modules/privacy/privacy.h"

#include "base/civil.h"
#include "kernel/entities.h"
#include "modules/privacy/entities.h"

#include <string.h>

enum { RETENTION_STEP = 50, RETENTION_DAY = 1 };

typedef struct retention_run {
    acrm__call *call;
    acrm_value *report;
    int64_t left; /* records that may still be done */
    bool dry;
    int64_t matched, done, held, failed;
} retention_run;

/* --- One record --- */

static int32_t retention_anonymise(acrm__call *call, acrm__rec *rec, bool delete)
{
    bool counted = !(rec->entity->def->flags & ACRM__NO_AUDIT);
    uint32_t n;

    if (delete && !counted)
        return acrm__purge(call, rec);
    int32_t st = acrm__blank(call, rec, &n);
    if (st == ACRM_OK && delete)
        acrm__set(rec, F_DELETED_AT, acrm__cell_int(call->now));
    if (st == ACRM_OK && (n > 0 || delete))
        st = acrm__write_blanked(call, rec, delete ? "delete" : "anonymise");
    return st;
}

static int32_t retention_act(acrm__call *call, const acrm__rec *rule, acrm__rec *rec)
{
    const char *action = acrm__text(rule, F_retention_rule__action);
    acrm__erasing e = { .customer = rec, .basis = acrm__text(rule, F_retention_rule__basis),
                        .reason = acrm__text(rule, F_retention_rule__name), .policy = "flag" };

    if (strcmp(action, "erase") == 0)
        return acrm__privacy_erase_one(call, &e);
    return retention_anonymise(call, rec, strcmp(action, "delete") == 0);
}

/* A record that cannot be done now is counted and left for the next run. */
static int32_t retention_one(retention_run *run, const acrm__rec *rule, acrm__rec *rec)
{
    acrm__call *call = run->call, inner = *call;
    acrm_error *err = NULL;
    int32_t st = acrm__savepoint(call);

    if (st != ACRM_OK)
        return st;
    inner.err = &err;
    st = retention_act(&inner, rule, rec);
    if (st == ACRM_OK) {
        run->done++;
        return acrm__release(call);
    }
    bool refused = st == ACRM_E_CONFLICT || st == ACRM_E_INVALID;
    bool held = refused && strcmp(acrm_error_reason(err), "held") == 0;
    run->held += held;
    run->failed += refused && !held;
    if (!refused && call->err)
        *call->err = err;
    else
        acrm_error_free(err);
    return refused ? acrm__rollback_to(call) : st;
}

/* --- The records of a rule --- */

/* The cells of the latest date whose time is over by today. */
static bool retention_before(const retention_run *run, const acrm__rec *rule,
                             const acrm__entity *entity, acrm__term *term)
{
    const char *name = acrm__text(rule, F_retention_rule__date_field);
    uint32_t field = acrm__field_of(entity, name ? name : "created_at");
    int32_t day = acrm__privacy_today(run->call) -
                  (int32_t)acrm__int(rule, F_retention_rule__days);

    if (field == UINT32_MAX ||
        !acrm__civil_add_months(day, -acrm__int(rule, F_retention_rule__months), &day))
        return false;
    bool date = entity->fields[field].def.type == ACRM__T_DATE;
    *term = (acrm__term){ field, ACRM_FILTER_LT,
                          acrm__cell_int(date ? day : day * ACRM__DAY_US) };
    return true;
}

/* What was done once must not fit again: an anonymised record would for ever. */
static const acrm_filter_node *retention_undone(acrm__call *call, const acrm__rec *rule,
                                                const acrm__entity *entity)
{
    static const acrm_filter_node none = { .op = ACRM_FILTER_FALSE };
    const char *action = acrm__text(rule, F_retention_rule__action);
    acrm_filter_node *any = acrm__arena_array(call->arena, entity->n_fields + 1u, sizeof *any);
    acrm_cell *values = acrm__arena_array(call->arena, 2 * (size_t)entity->n_fields,
                                          sizeof *values);
    uint32_t n = 0;

    if (!any || !values)
        return NULL;
    for (uint32_t i = F_SYSTEM_COUNT; i < entity->n_fields; i++) {
        const acrm__field *def = &entity->fields[i].def;
        bool erased = strcmp(action, "erase") == 0 && strcmp(def->name, "erased_at") == 0;
        if (erased) {
            acrm__term term = { i, ACRM_FILTER_EQ, acrm__cell_null() };
            return acrm__where(call, &term, 1);
        }
        if (strcmp(action, "anonymise") == 0 && def->flags & ACRM__PERSONAL &&
            !(def->flags & ACRM__REQUIRED)) {
            values[n] = acrm__cell_null();
            any[n + 1] = (acrm_filter_node){ .op = ACRM_FILTER_NE, .column = i,
                                             .values = &values[n], .n_values = 1 };
            n++;
        } else if (strcmp(action, "anonymise") == 0 && def->flags & ACRM__PERSONAL &&
                   def->type == ACRM__T_TEXT && !(def->flags & ACRM__UNIQUE)) {
            values[n] = acrm__cell_text("erased");
            any[n + 1] = (acrm_filter_node){ .op = ACRM_FILTER_NE, .column = i,
                                             .values = &values[n], .n_values = 1 };
            n++;
        }
    }
    if (strcmp(action, "delete") == 0)
        return acrm__where(call, NULL, 0);
    if (n == 0)
        return &none;
    any[0] = (acrm_filter_node){ .op = ACRM_FILTER_OR, .n_children = n, .children = any + 1 };
    return any;
}

static int32_t retention_find(retention_run *run, const acrm__rec *rule,
                              const acrm__entity *entity, const unsigned char *after,
                              uint32_t limit, acrm__recs *out)
{
    acrm__call *call = run->call;
    const acrm_filter_node *where = NULL, *undone;
    acrm__term terms[2];
    size_t n = 1;

    *out = (acrm__recs){ NULL, 0 };
    int32_t st = acrm__privacy_condition(call, rule, &where);
    if (st != ACRM_OK || !retention_before(run, rule, entity, &terms[0]))
        return st;
    if (after)
        terms[n++] = (acrm__term){ F_ID, ACRM_FILTER_GT, acrm__cell_id(after) };
    undone = retention_undone(call, rule, entity);
    where = undone ? acrm__and(call, undone, where) : NULL;
    if (!where)
        return acrm__nomem(call);
    return acrm__find(call, &(acrm__select){ .entity = entity->def->name, .terms = terms,
                                             .n_terms = n, .where = where, .limit = limit,
                                             .as_system = true }, out);
}

static int32_t retention_report(retention_run *run, const acrm__rec *rule, int64_t matched,
                                int64_t done, int64_t held, int64_t failed)
{
    acrm_value *item = acrm__add_map(run->report);
    bool ok = item && acrm__put_text(item, "rule", acrm__text(rule, F_retention_rule__name)) &&
              acrm__put_text(item, "entity", acrm__text(rule, F_retention_rule__entity)) &&
              acrm__put_text(item, "action", acrm__text(rule, F_retention_rule__action)) &&
              acrm__put_text(item, "basis", acrm__text(rule, F_retention_rule__basis)) &&
              acrm__put_int(item, "matched", matched) && acrm__put_int(item, "done", done) &&
              acrm__put_int(item, "held", held) && acrm__put_int(item, "failed", failed);

    return ok ? ACRM_OK : acrm__nomem(run->call);
}

/* One batch in a transaction of its own. *last: where to go on; *end: there is nothing more. */
static int32_t retention_batch(retention_run *run, const acrm__rec *rule,
                               const acrm__entity *entity, unsigned char last[16], bool *begun,
                               bool *end)
{
    acrm__call *call = run->call;
    uint32_t limit = run->left < RETENTION_STEP ? (uint32_t)run->left : RETENTION_STEP;
    acrm__recs found;
    int32_t st = run->dry ? ACRM_OK : acrm__begin(call);

    if (st != ACRM_OK)
        return st;
    st = retention_find(run, rule, entity, *begun ? last : NULL, limit, &found);
    for (size_t i = 0; st == ACRM_OK && i < found.count; i++) {
        memcpy(last, acrm__id(found.items[i], F_ID), 16);
        *begun = true;
        run->matched++;
        run->left--;
        if (!run->dry)
            st = retention_one(run, rule, found.items[i]);
    }
    *end = found.count < limit || run->left == 0;
    if (run->dry)
        return st;
    if (st == ACRM_OK)
        return acrm__commit(call);
    acrm__rollback(call);
    return st;
}

static int32_t retention_rule(retention_run *run, const acrm__rec *rule)
{
    const acrm__entity *entity = acrm__entity_of(run->call,
                                                 acrm__text(rule, F_retention_rule__entity));
    int64_t matched = run->matched, done = run->done, held = run->held, failed = run->failed;
    unsigned char last[16];
    bool begun = false, end = !entity;
    int32_t st = ACRM_OK;

    while (st == ACRM_OK && !end && run->left > 0) {
        st = retention_batch(run, rule, entity, last, &begun, &end);
        if (st == ACRM_OK)
            st = acrm__progress(run->call, "retention", run->matched, 0);
    }
    return st == ACRM_OK ? retention_report(run, rule, run->matched - matched, run->done - done,
                                            run->held - held, run->failed - failed)
                         : st;
}

static bool retention_acts(const acrm__call *call, const acrm__rec *rule)
{
    const char *action = acrm__text(rule, F_retention_rule__action);
    const char *only = acrm__arg_text(call, "rule");

    return strcmp(action, "hold") != 0 && strcmp(action, "keep") != 0 &&
           (!only || strcmp(only, acrm__text(rule, F_retention_rule__name)) == 0);
}

int32_t acrm__privacy_retention_run(acrm__call *call)
{
    acrm__call system = acrm__privacy_system(call);
    retention_run run = { .call = &system, .left = acrm__arg_int(call, "limit", 10000),
                          .dry = acrm__arg_bool(call, "preview", false),
                          .report = acrm__put_list(call->out, "rules") };
    acrm__recs rules = { NULL, 0 };
    int32_t st = run.report ? acrm__privacy_rules(&system, NULL, &rules) : acrm__nomem(call);
    size_t n = 0;

    for (size_t i = 0; st == ACRM_OK && i < rules.count && run.left > 0; i++)
        if (retention_acts(call, rules.items[i])) {
            n++;
            st = retention_rule(&run, rules.items[i]);
        }
    if (st == ACRM_OK && n == 0 && acrm__arg_text(call, "rule"))
        st = acrm__fail(call, ACRM_E_NOTFOUND, "reference", "rule",
                        "there is no such rule in force that acts by itself");
    if (st != ACRM_OK)
        return st;
    bool ok = acrm__put_bool(call->out, "preview", run.dry) &&
              acrm__put_int(call->out, "matched", run.matched) &&
              acrm__put_int(call->out, "done", run.done) &&
              acrm__put_int(call->out, "held", run.held) &&
              acrm__put_int(call->out, "failed", run.failed) &&
              acrm__put_bool(call->out, "more", run.left == 0);
    return ok ? ACRM_OK : acrm__nomem(call);
}

/* --- By the clock --- */

static int32_t retention_set_timer(acrm__call *call, const unsigned char *rule, int64_t at)
{
    return acrm__timer_set(call, "privacy.retention", "retention_rule", rule, at, NULL);
}

/* A rule looks at its records once a day, in bites that a transaction can take. */
int32_t acrm__privacy_retention_due(acrm__call *call, const acrm__timer *timer)
{
    acrm__call system = acrm__privacy_system(call);
    retention_run run = { .call = &system, .left = RETENTION_STEP };
    acrm__rec *rule = NULL;
    acrm__recs found = { NULL, 0 };
    int32_t st = acrm__load_or_null(&system, acrm__entity_of(call, "retention_rule"),
                                    timer->subject, &rule);

    if (st != ACRM_OK || !rule)
        return st;
    const acrm__entity *entity = acrm__entity_of(call, acrm__text(rule,
                                                                  F_retention_rule__entity));
    bool acts = acrm__int(rule, F_retention_rule__active) && retention_acts(call, rule) && entity;
    if (acts)
        st = retention_find(&run, rule, entity, NULL, RETENTION_STEP, &found);
    for (size_t i = 0; st == ACRM_OK && i < found.count; i++)
        st = retention_one(&run, rule, found.items[i]);
    if (st != ACRM_OK)
        return st;
    /* Soon again while there was work that succeeded; else tomorrow. */
    bool more = found.count == RETENTION_STEP && run.done > 0;
    return retention_set_timer(&system, timer->subject,
                               call->now + (more ? 60 * ACRM__SECOND_US
                                                 : RETENTION_DAY * ACRM__DAY_US));
}

int32_t acrm__privacy_rule_made(acrm__call *call, const acrm__event *event)
{
    return retention_set_timer(call, event->id, call->now + RETENTION_DAY * ACRM__DAY_US);
}
