/* SPDX-License-Identifier: MIT */
/* automation_rule.test: what a rule would do with a record or on a day, and would have done with
 * past events; nothing is written. */
#include "base/json.h"
#include "modules/process/entities.h"
#include "modules/process/rule.h"

#include <string.h>

typedef struct rehearse_row {
    unsigned char record[16];
    int64_t at;
    const acrm_value *data;
} rehearse_row;

typedef struct rehearse_feed {
    acrm__call *call;
    rehearse_row *rows;
    size_t n, cap;
} rehearse_feed;

/* --- One record --- */

static int32_t rehearse_actions(acrm__call *call, const acrm__firing *firing, acrm_value *into)
{
    const acrm__scene scene = { .entity = firing->rule->entity, .record = firing->record,
                                .before = firing->before, .event = firing->event };
    acrm_value *list = acrm__put_list(into, "actions");
    int32_t st = list ? ACRM_OK : acrm__nomem(call);

    for (size_t i = 0; st == ACRM_OK && i < acrm_value_count(firing->rule->actions); i++) {
        const acrm_value *action = acrm_value_at(firing->rule->actions, i);
        const acrm_value *args = acrm_value_get(action, "args");
        acrm_value *item = acrm__add_map(list), *filled = NULL;
        if (item && acrm__put_text(item, "operation", acrm__get_text(action, "operation")))
            filled = acrm__put_map(item, "args");
        st = !filled ? acrm__nomem(call)
             : args  ? acrm__template_fill(call, &scene, args, filled)
                     : ACRM_OK;
    }
    return st;
}

/* Conditions that do not hold, entry by entry. */
static int32_t rehearse_misses(acrm__call *call, const acrm__firing *firing, acrm_value *list)
{
    const acrm_value *condition = firing->rule->condition;
    int32_t st = ACRM_OK;

    for (size_t i = 0; st == ACRM_OK && i < acrm_value_count(condition); i++) {
        const char *key = acrm_value_key(condition, i, NULL);
        acrm_value *one = acrm__value_in(call->arena);
        bool holds;
        if (!one || acrm_value_set_map(one) != ACRM_OK ||
            !acrm__put_value(one, key, acrm_value_at(condition, i)))
            return acrm__nomem(call);
        st = acrm__holds(call, firing->record, one, &holds);
        if (st == ACRM_OK && !holds && !acrm__add_text(list, key))
            st = acrm__nomem(call);
    }
    return st;
}

static int32_t rehearse_record(acrm__call *call, const acrm__rule *rule)
{
    acrm__firing firing = { .rule = rule };
    acrm_value *misses = acrm__put_list(call->out, "misses");
    bool fits = true;
    unsigned char id[16];

    if (!misses)
        return acrm__nomem(call);
    if (!acrm__arg_id(call, "record_id", id))
        return ACRM_OK;
    if (!rule->entity)
        return acrm__fail(call, ACRM_E_INVALID, "contradiction", "record_id",
                          "this rule is about no record");
    int32_t st = acrm__load(call, rule->entity->def->name, id, "record_id", &firing.record);
    if (st == ACRM_OK && rule->condition)
        st = acrm__holds(call, firing.record, rule->condition, &fits);
    if (st == ACRM_OK && !fits)
        st = rehearse_misses(call, &firing, misses);
    if (st == ACRM_OK && !acrm__put_bool(call->out, "fits", fits))
        st = acrm__nomem(call);
    return st == ACRM_OK ? rehearse_actions(call, &firing, call->out) : st;
}

/* --- A day: whom a date or a schedule would be about --- */

static int32_t rehearse_day(acrm__call *call, const acrm__rule *rule, int64_t day)
{
    acrm_value *items = acrm__put_list(call->out, "would_fire");
    acrm__recs found = { NULL, 0 };
    bool swept = rule->entity && (rule->trigger == ACRM__TRIGGER_DATE ||
                                  rule->trigger == ACRM__TRIGGER_SCHEDULE);

    if (!swept)
        return acrm__fail(call, ACRM_E_INVALID, "contradiction", "day",
                          "days are those of dates and of schedules about records");
    int32_t st = items ? acrm__sweep_day(call, rule, day,
                                         (uint32_t)acrm__arg_int(call, "limit", 1000), &found)
                       : acrm__nomem(call);
    for (size_t i = 0; st == ACRM_OK && i < found.count; i++) {
        acrm__firing firing = { .rule = rule, .record = found.items[i] };
        acrm_value *item = acrm__add_map(items);
        firing.event = acrm__sweep_event(call, rule, day, NULL, found.items[i]);
        bool ok = item && firing.event &&
                  acrm__put_text(item, "at", acrm__date_text(call, day)) &&
                  acrm__put_text(item, "record", acrm__id_text(call, acrm__id(firing.record,
                                                                              F_ID)));
        st = ok ? rehearse_actions(call, &firing, item) : acrm__nomem(call);
    }
    if (st == ACRM_OK && !acrm__put_int(call->out, "would", (int64_t)found.count))
        st = acrm__nomem(call);
    return st;
}

/* --- Past events --- */

static int32_t rehearse_take(void *user, const acrm_cell *cells, uint32_t n)
{
    rehearse_feed *feed = user;
    const acrm_cell *data = &cells[ACRM__EVENT_DATA], *record = &cells[ACRM__EVENT_RECORD];
    rehearse_row *row = &feed->rows[feed->n];
    acrm_value *value = NULL;
    acrm__json_fault fault;

    (void)n;
    if (feed->n == feed->cap)
        return 1;
    *row = (rehearse_row){ .at = cells[ACRM__EVENT_AT].integer };
    if (record->type == ACRM_CELL_BLOB && record->size == 16)
        memcpy(row->record, record->data, 16);
    if (data->type == ACRM_CELL_TEXT &&
        acrm__json_read(feed->call->arena, data->data, data->size, &value, &fault) == ACRM_E_NOMEM)
        return ACRM_E_NOMEM;
    row->data = value;
    feed->n++;
    return 0;
}

static int32_t rehearse_event(acrm__call *call, const acrm__rule *rule, const rehearse_row *row,
                              acrm_value *items, int64_t *would)
{
    acrm__firing firing = { .rule = rule };
    bool fits = true;
    int32_t st = ACRM_OK;

    if (rule->entity) {
        st = acrm__load_any(call, rule->entity, row->record, &firing.record);
        if (st != ACRM_OK || !firing.record)
            return st;
        st = acrm__before_of(call, firing.record, row->data, &firing.before);
    }
    if (st == ACRM_OK)
        st = acrm__rule_fits(call, &firing, &fits);
    if (st == ACRM_OK && fits)
        st = acrm__rule_awaits(call, &firing, &fits);
    if (st != ACRM_OK || !fits)
        return st;
    ++*would;
    acrm_value *item = acrm__add_map(items);
    bool ok = item && acrm__put_text(item, "at", acrm__instant_text(call, row->at)) &&
              acrm__put_text(item, "record", acrm__id_text(call, row->record));
    return ok ? ACRM_OK : acrm__nomem(call);
}

static int32_t rehearse_past(acrm__call *call, const acrm__rule *rule)
{
    static const acrm_order newest_first = { .expression = ACRM__EVENT_SEQ, .descending = 1 };
    rehearse_feed feed = { .call = call, .cap = (size_t)acrm__arg_int(call, "limit", 1000) };
    acrm_value *items = acrm__put_list(call->out, "would_fire");
    int64_t since = INT64_C(7) * 86400, would = 0;

    (void)acrm__arg_time(call, "since", &since);
    const acrm__term terms[] = {
        { ACRM__EVENT_TYPE, ACRM_FILTER_EQ, acrm__cell_text(rule->event_type) },
        { ACRM__EVENT_AT, ACRM_FILTER_GE, acrm__cell_int(call->now - since * INT64_C(1000000)) },
    };
    const acrm_filter_node *where = acrm__where(call, terms, 2);
    feed.rows = acrm__arena_array(call->arena, feed.cap + 1, sizeof *feed.rows);
    if (!where || !items || !feed.rows)
        return acrm__nomem(call);
    const acrm_query query = { .struct_size = sizeof query,
                               .table = &acrm__tables[ACRM__TABLE_EVENT], .where = where,
                               .n_order = 1, .order = &newest_first,
                               .limit = (uint32_t)feed.cap };
    int32_t st = rule->event_type ? acrm__query(call, &query, rehearse_take, &feed) : ACRM_OK;
    for (size_t i = 0; st == ACRM_OK && i < feed.n; i++)
        st = rehearse_event(call, rule, &feed.rows[i], items, &would);
    bool ok = st != ACRM_OK || (acrm__put_int(call->out, "events", (int64_t)feed.n) &&
                                acrm__put_int(call->out, "would", would));
    return ok ? st : acrm__nomem(call);
}

int32_t acrm__rule_test(acrm__call *call)
{
    acrm__rule rule;
    unsigned char id[16];
    int64_t day;

    (void)acrm__arg_id(call, "id", id);
    if (!acrm__sees_all(call))
        return acrm__fail(call, ACRM_E_DENIED, "scope", NULL,
                          "a rule is tried by sessions whose scope is all records");
    int32_t st = acrm__rule_load(call, id, &rule);
    if (st == ACRM_OK && acrm__arg_time(call, "day", &day))
        return rehearse_day(call, &rule, day);
    if (st == ACRM_OK)
        st = rehearse_record(call, &rule);
    return st == ACRM_OK ? rehearse_past(call, &rule) : st;
}
