/* SPDX-License-Identifier: MIT */
/*
 * Rules over many records: on a day that lies so far from a date of theirs, or when a schedule says
 * so. A sweep is a timer of the rule that goes through the records page by page, each page with the
 * timer for the next one in one transaction: so nothing is done twice or left out when the process
 * ends in between.
 */
#include "base/civil.h"
#include "engines/filter/parse.h"
#include "modules/process/entities.h"
#include "modules/process/rule.h"

#include <string.h>

enum { SWEEP_PAGE = 200, SWEEP_YEARS = 120 };

static const char sweep_kind[] = "automation.sweep";

typedef struct sweep_state {
    int64_t day;            /* of date: the local day it is done for */
    const char *after;      /* the last record of the page before, or NULL */
    const char *due;        /* of a schedule: the time it was due */
} sweep_state;

/* --- Days --- */

int32_t acrm__zone_open(acrm__call *call, const char *name, const char *field, acrm_zone **out)
{
    acrm_issue issue = { 0 };
    const char *zone = name ? name : acrm__business_zone(call);

    *out = NULL;
    if (strcmp(zone, "UTC") == 0)
        return ACRM_OK;
    int32_t st = acrm_zone_load(zone, NULL, &call->session->engine->allocator, out, &issue);
    if (st == ACRM_OK || st == ACRM_E_NOMEM)
        return st;
    return acrm__fail(call, ACRM_E_INVALID, "reference", field,
                      "there is no time zone %.64s here; take an IANA name such as Asia/Tehran",
                      zone);
}

static int64_t sweep_instant(const acrm_zone *zone, int64_t day, int64_t second)
{
    int64_t us = (day * ACRM__DAY_SECONDS + second) * ACRM__SECOND_US;

    if (zone)
        (void)acrm_zone_to_instant(zone, (int32_t)day, (int32_t)second, &us, NULL);
    return us;
}

static int64_t sweep_today(const acrm_zone *zone, int64_t now)
{
    acrm_local local = { .struct_size = sizeof local };

    if (zone && acrm_zone_to_local(zone, now, &local) == ACRM_OK)
        return local.day;
    return acrm__floor_div(now, ACRM__DAY_US);
}

/* --- The timer --- */

static int32_t sweep_set(acrm__call *call, const unsigned char rule[16], int64_t at,
                         const sweep_state *state)
{
    acrm_value *data = acrm__value_in(call->arena);

    bool ok = data && acrm_value_set_map(data) == ACRM_OK &&
              acrm__put_int(data, "day", state->day) &&
              acrm__put_text(data, "after", state->after) &&
              acrm__put_text(data, "due", state->due);
    return ok ? acrm__timer_set(call, sweep_kind, "automation_rule", rule, at, data)
              : acrm__nomem(call);
}

int32_t acrm__sweep_start(acrm__call *call, const unsigned char rule[16], int64_t at)
{
    const char *due = acrm__instant_text(call, at);

    return due ? sweep_set(call, rule, call->now, &(sweep_state){ .due = due })
               : acrm__nomem(call);
}

/* A date rule's next day: today when its time is still to come. */
int32_t acrm__sweep_plan(acrm__call *call, const acrm__rec *rule)
{
    const char *trigger = acrm__text(rule, F_automation_rule__trigger);
    bool live = acrm__int(rule, F_automation_rule__active) &&
                acrm__is_null(rule, F_DELETED_AT);
    int64_t second = acrm__int(rule, F_automation_rule__at);
    acrm_zone *zone;

    if (strcmp(trigger, "date") != 0)
        return live ? ACRM_OK : acrm__timer_cancel(call, sweep_kind, acrm__id(rule, F_ID));
    if (!live)
        return acrm__timer_cancel(call, sweep_kind, acrm__id(rule, F_ID));
    int32_t st = acrm__zone_open(call, acrm__text(rule, F_automation_rule__zone), "/zone", &zone);
    if (st != ACRM_OK)
        return st;
    sweep_state state = { .day = sweep_today(zone, call->now) };
    if (sweep_instant(zone, state.day, second) <= call->now)
        state.day++;
    st = sweep_set(call, acrm__id(rule, F_ID), sweep_instant(zone, state.day, second), &state);
    acrm_zone_free(zone);
    return st;
}

/* --- A page --- */

/* The dates of earlier years that come again on a day: all of the month's end on its last day. */
static const acrm_filter_node *sweep_years(acrm__call *call, const acrm__rule *rule, int64_t day)
{
    acrm_cell *days = acrm__arena_array(call->arena, SWEEP_YEARS * 2 + 1, sizeof *days);
    int32_t year, month, date;
    size_t n = 0;

    if (!days || acrm_date_from_day(rule->yearly, (int32_t)day, &year, &month, &date) != ACRM_OK)
        return NULL;
    bool last = date == acrm_date_month_length(rule->yearly, year, month);
    for (int32_t y = year - SWEEP_YEARS; y < year; y++) {
        int32_t until = last ? acrm_date_month_length(rule->yearly, y, month) : date, found;
        for (int32_t d = date; d <= until && d <= date + 1; d++)
            if (acrm_date_to_day(rule->yearly, y, month, d, &found) == ACRM_OK)
                days[n++] = acrm__cell_int(found);
    }
    return acrm__where_in(call, rule->date_field, days, n);
}

/* The records whose date lies so far from the day. */
static int32_t sweep_window(acrm__call *call, const acrm__rule *rule, const acrm_zone *zone,
                            int64_t day, acrm__term terms[2], size_t *n)
{
    bool instant = rule->entity->fields[rule->date_field].def.type == ACRM__T_INSTANT;
    int64_t target = day - rule->offset_days;

    (void)call;
    terms[0] = (acrm__term){ rule->date_field, ACRM_FILTER_EQ, acrm__cell_int(target) };
    *n = 1;
    if (instant) {
        terms[0] = (acrm__term){ rule->date_field, ACRM_FILTER_GE,
                                 acrm__cell_int(sweep_instant(zone, target, 0)) };
        terms[1] = (acrm__term){ rule->date_field, ACRM_FILTER_LT,
                                 acrm__cell_int(sweep_instant(zone, target + 1, 0)) };
        *n = 2;
    }
    return ACRM_OK;
}

static int32_t sweep_page(acrm__call *call, const acrm__rule *rule, const acrm_zone *zone,
                          const sweep_state *state, uint32_t limit, acrm__recs *out)
{
    const acrm_filter_node *where = rule->where;
    acrm__term terms[3];
    unsigned char after[16];
    size_t n = 0;
    int32_t st = ACRM_OK;

    if (rule->trigger == ACRM__TRIGGER_DATE && !rule->yearly)
        st = sweep_window(call, rule, zone, state->day, terms, &n);
    if (state->after && acrm__uuid_parse(state->after, strlen(state->after), after))
        terms[n++] = (acrm__term){ F_ID, ACRM_FILTER_GT, acrm__cell_id(after) };
    if (st == ACRM_OK && rule->condition && !where)
        st = acrm__filter(call, rule->entity, rule->condition, "condition", &where);
    if (st == ACRM_OK && rule->trigger == ACRM__TRIGGER_DATE && rule->yearly) {
        const acrm_filter_node *years = sweep_years(call, rule, state->day - rule->offset_days);
        const acrm_filter_node *both = acrm__and(call, years, where);
        if (!years || !both)
            return acrm__nomem(call);
        where = both;
    }
    if (st != ACRM_OK)
        return st;
    return acrm__find(call, &(acrm__select){ .entity = rule->entity->def->name, .terms = terms,
                                             .n_terms = n, .where = where, .limit = limit,
                                             .as_system = true }, out);
}

int32_t acrm__sweep_day(acrm__call *call, const acrm__rule *rule, int64_t day, uint32_t limit,
                        acrm__recs *out)
{
    acrm_zone *zone = NULL;
    acrm__call system = *call;
    int32_t st = acrm__zone_open(call, rule->zone, "/zone", &zone);

    system.as_system = true;
    if (st == ACRM_OK)
        st = sweep_page(&system, rule, zone, &(sweep_state){ .day = day }, limit, out);
    acrm_zone_free(zone);
    return st;
}

acrm_value *acrm__sweep_event(acrm__call *call, const acrm__rule *rule, int64_t day,
                              const char *due_at, const acrm__rec *rec)
{
    acrm_value *event = acrm__value_in(call->arena);
    const char *id = rec ? acrm__id_text(call, acrm__id(rec, F_ID)) : NULL;
    const char *due = due_at ? due_at : acrm__date_text(call, day);
    acrm_value *data = NULL;

    if (!event || (rec && !id) || !due || acrm_value_set_map(event) != ACRM_OK ||
        !acrm__put_text(event, "type", rule->trigger == ACRM__TRIGGER_DATE ? "automation.date"
                                                                           : "schedule.due") ||
        !acrm__put_text(event, "entity", rec ? rec->entity->def->name : NULL) ||
        !acrm__put_text(event, "record", id))
        return NULL;
    data = acrm__put_map(event, "data");
    return data && acrm__put_text(data, "due", due) ? event : NULL;
}

static int32_t sweep_fire(acrm__call *call, const acrm__rule *rule, const sweep_state *state,
                          acrm__rec *rec)
{
    acrm__firing firing = { .rule = rule, .record = rec,
                            .event = acrm__sweep_event(call, rule, state->day, state->due,
                                                        rec) };

    return firing.event ? acrm__rule_fire(call, &firing) : acrm__nomem(call);
}

static int32_t sweep_records(acrm__call *call, const acrm__rule *rule, const acrm_zone *zone,
                             sweep_state *state, bool *more)
{
    acrm__recs page = { NULL, 0 };
    int32_t st = sweep_page(call, rule, zone, state, SWEEP_PAGE, &page);

    for (size_t i = 0; st == ACRM_OK && i < page.count; i++)
        st = sweep_fire(call, rule, state, page.items[i]);
    *more = page.count == SWEEP_PAGE;
    if (st == ACRM_OK && *more)
        state->after = acrm__id_text(call, acrm__id(page.items[page.count - 1], F_ID));
    return st == ACRM_OK && *more && !state->after ? acrm__nomem(call) : st;
}

/* --- The work --- */

static int32_t sweep_date(acrm__call *call, const acrm__timer *timer, const acrm__rule *rule,
                          sweep_state *state)
{
    acrm_zone *zone;
    bool more = false;
    int32_t st = acrm__zone_open(call, rule->zone, "/zone", &zone);

    if (st != ACRM_OK)
        return st;
    int64_t today = sweep_today(zone, call->now);
    if (sweep_instant(zone, today, rule->at) > call->now)
        today--;
    if (rule->skip_missed && state->day < today) {
        state->day = today;
        state->after = NULL;
    }
    st = sweep_records(call, rule, zone, state, &more);
    if (!more) {
        state->day++;
        state->after = NULL;
    }
    if (st == ACRM_OK)
        st = sweep_set(call, timer->subject,
                       more ? call->now : sweep_instant(zone, state->day, rule->at), state);
    acrm_zone_free(zone);
    return st;
}

static int32_t sweep_schedule(acrm__call *call, const acrm__timer *timer, const acrm__rule *rule,
                              sweep_state *state)
{
    bool more = false;

    if (!rule->entity)
        return sweep_fire(call, rule, state, NULL);
    int32_t st = sweep_records(call, rule, NULL, state, &more);
    return st == ACRM_OK && more ? sweep_set(call, timer->subject, call->now, state) : st;
}

int32_t acrm__sweep_due(acrm__call *call, const acrm__timer *timer)
{
    sweep_state state = { .day = acrm_value_int(acrm_value_get(timer->data, "day")),
                          .after = acrm__get_text(timer->data, "after"),
                          .due = acrm__get_text(timer->data, "due") };
    acrm__call system = *call;
    acrm__rule rule;

    system.as_system = true;
    int32_t st = acrm__rule_load(&system, timer->subject, &rule);
    if (st == ACRM_E_NOTFOUND)
        return ACRM_OK; /* deleted meanwhile */
    if (st != ACRM_OK)
        return st;
    return rule.trigger == ACRM__TRIGGER_DATE ? sweep_date(&system, timer, &rule, &state)
                                              : sweep_schedule(&system, timer, &rule, &state);
}
