/* SPDX-License-Identifier: MIT */
/* Business hours as text: "08:00-12:00", by weekday or in a list. */
#include "modules/work/work.h"

#include "base/civil.h"
#include "base/json.h"

#include <string.h>

enum { HOURS_WEEK = 7 * ACRM__DAY_SECONDS };

static const char *const hours_weekdays[] = { "mon", "tue", "wed", "thu", "fri", "sat", "sun" };

int32_t acrm__work_json(acrm__call *call, const acrm__rec *rec, uint32_t field,
                        const acrm_value **out)
{
    const acrm_cell *cell = &rec->cells[field];
    acrm_value *value = NULL;
    acrm__json_fault fault;

    *out = NULL;
    if (cell->type != ACRM_CELL_TEXT)
        return ACRM_OK;
    int32_t st = acrm__json_read(call->arena, cell->data, cell->size, &value, &fault);
    if (st == ACRM_E_NOMEM)
        return acrm__nomem(call);
    if (st != ACRM_OK)
        return acrm__fail(call, ACRM_E_CORRUPT, "json", rec->entity->fields[field].def.name,
                          "what is stored is no JSON: %s", fault.expected);
    *out = value;
    return ACRM_OK;
}

int32_t acrm__work_json_cell(acrm__call *call, const acrm_value *value, acrm_cell *out)
{
    acrm__str json;

    acrm__str_init(&json, &call->arena->allocator);
    acrm__json_write(&json, value, 0);
    char *text = json.failed ? NULL : acrm__arena_text(call->arena, json.data, json.len);
    *out = acrm__cell_textn(text, json.len);
    acrm__str_free(&json);
    return text ? ACRM_OK : acrm__nomem(call);
}

static int32_t hours_read(acrm__call *call, const acrm_value *item, const char *path,
                          acrm_calendar_hours *out)
{
    size_t len = 0;
    const char *text = acrm_value_text(item, &len);
    const char *dash = text ? memchr(text, '-', len) : NULL;

    if (!dash || !acrm__time_parse(text, (size_t)(dash - text), false, &out->from) ||
        !acrm__time_parse(dash + 1, len - (size_t)(dash + 1 - text), true, &out->to))
        return acrm__fail(call, ACRM_E_INVALID, "interval", path,
                          "%s must be an interval such as \"08:00-12:00\"", path);
    if (out->from == out->to)
        return acrm__fail(call, ACRM_E_INVALID, "empty_interval", path,
                          "%s has no length; a whole day is \"00:00-24:00\"", path);
    if (out->to == 0)
        out->to = ACRM__DAY_SECONDS;
    return ACRM_OK;
}

static int32_t hours_list(acrm__call *call, const acrm_value *list, int32_t weekday,
                          const char *path, acrm__work_hours *out)
{
    if (acrm_value_type(list) != ACRM_LIST)
        return acrm__fail(call, ACRM_E_INVALID, "type", path,
                          "%s must be a list such as [\"08:00-12:00\"]", path);
    for (size_t i = 0; i < acrm_value_count(list); i++) {
        char *place = acrm__arena_format(call->arena, "%s[%zu]", path, i);
        if (!place)
            return acrm__nomem(call);
        if (out->count == ACRM__HOURS_MAX)
            return acrm__fail(call, ACRM_E_LIMIT, "limit", place,
                              "there may be at most %d intervals", (int)ACRM__HOURS_MAX);
        acrm_calendar_hours *hours = &out->items[out->count];
        int32_t st = hours_read(call, acrm_value_at(list, i), place, hours);
        if (st != ACRM_OK)
            return st;
        hours->weekday = weekday;
        out->count++;
    }
    return ACRM_OK;
}

/* Seconds of the week at which an interval begins; of a list for one date, of the day. */
static int32_t hours_start(const acrm_calendar_hours *h)
{
    return (h->weekday ? h->weekday - 1 : 0) * ACRM__DAY_SECONDS + h->from;
}

static int32_t hours_length(const acrm_calendar_hours *h)
{
    return h->to > h->from ? h->to - h->from : h->to + ACRM__DAY_SECONDS - h->from;
}

/* Whether the second one begins within the first, on a clock that goes round in `cycle`. */
static bool hours_within(const acrm_calendar_hours *a, const acrm_calendar_hours *b, int32_t cycle)
{
    int32_t after = hours_start(b) - hours_start(a);

    return (after < 0 ? after + cycle : after) < hours_length(a);
}

/* Places are told as they were given: the n-th of its list. */
static int32_t hours_place(const acrm__work_hours *hours, size_t n)
{
    int32_t place = 0;

    for (size_t i = 0; i < n; i++)
        place += hours->items[i].weekday == hours->items[n].weekday;
    return place;
}

static int32_t hours_apart(acrm__call *call, const acrm__work_hours *hours, const char *path,
                           int32_t cycle)
{
    for (size_t i = 0; i < hours->count; i++)
        for (size_t k = 0; k < hours->count; k++) {
            int32_t day = hours->items[i].weekday;
            if (i == k || !hours_within(&hours->items[k], &hours->items[i], cycle))
                continue;
            char *place = acrm__arena_format(call->arena, "%s%s%s[%d]", path, day ? "." : "",
                                             day ? hours_weekdays[day - 1] : "",
                                             hours_place(hours, i));
            if (!place)
                return acrm__nomem(call);
            return acrm__fail(call, ACRM_E_INVALID, "overlap", place,
                              "%s begins within another interval; make it begin when that one "
                              "ends", place);
        }
    return ACRM_OK;
}

int32_t acrm__work_week(acrm__call *call, const acrm_value *week, const char *path,
                        acrm__work_hours *out)
{
    out->count = 0;
    if (acrm_value_type(week) != ACRM_MAP)
        return acrm__fail(call, ACRM_E_INVALID, "type", path,
                          "%s must be an object such as {\"mon\":[\"08:00-17:00\"]}", path);
    for (size_t i = 0; i < acrm_value_count(week); i++) {
        const char *key = acrm_value_key(week, i, NULL);
        char *place = acrm__arena_format(call->arena, "%s.%.40s", path, key);
        int32_t weekday = 0;
        for (int32_t d = 0; d < 7; d++)
            if (strcmp(key, hours_weekdays[d]) == 0)
                weekday = d + 1;
        if (!place)
            return acrm__nomem(call);
        if (weekday == 0)
            return acrm__fail(call, ACRM_E_INVALID, "weekday", place,
                              "%s: the weekdays are mon, tue, wed, thu, fri, sat and sun", place);
        int32_t st = hours_list(call, acrm_value_at(week, i), weekday, place, out);
        if (st != ACRM_OK)
            return st;
    }
    return hours_apart(call, out, path, HOURS_WEEK);
}

int32_t acrm__work_intervals(acrm__call *call, const acrm_value *list, const char *path,
                             acrm__work_hours *out)
{
    out->count = 0;
    int32_t st = hours_list(call, list, 0, path, out);
    if (st == ACRM_OK && out->count == 0)
        st = acrm__fail(call, ACRM_E_INVALID, "required", path,
                        "%s must name an interval; a date without any is a holiday", path);
    /* What reaches into the next day cannot meet the same day's morning: no cycle. */
    return st == ACRM_OK ? hours_apart(call, out, path, HOURS_WEEK) : st;
}
