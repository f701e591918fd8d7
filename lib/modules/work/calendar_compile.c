/* SPDX-License-Identifier: MIT */
/* The definition kept of a calendar into the calendar that answers questions. */
#include "modules/work/work.h"

#include "base/civil.h"

#include <string.h>

/* The lists of an acrm_calendar_definition while they are put together. */
typedef struct compile_lists {
    acrm__work_hours hours;
    acrm_calendar_dated *shifts, *breaks;
    size_t n_shifts, n_breaks, cap;
    acrm_calendar_holiday *holidays;
    size_t n_holidays;
} compile_lists;

void acrm__work_calendar_drop(const acrm_allocator *allocator, void *calendar)
{
    acrm__work_calendar *c = calendar;

    acrm_calendar_free(c->calendar);
    acrm_zone_free(c->zone);
    acrm__free(allocator, c, sizeof *c);
}

static int32_t compile_zone(acrm__call *call, const char *name, acrm_zone **out)
{
    acrm_issue issue = { .allowed = "a sound TZif file" };
    int32_t st = acrm_zone_load(name, NULL, acrm__cache_allocator(call), out, &issue);

    switch (st) {
    case ACRM_OK:
        return ACRM_OK;
    case ACRM_E_NOMEM:
        return acrm__nomem(call);
    case ACRM_E_CORRUPT:
        return acrm__fail(call, ACRM_E_CORRUPT, "zone_file", "zone",
                          "the system's file of the time zone %.64s is damaged or no TZif file "
                          "(expected %s): install the package tzdata again, or name another zone",
                          name, issue.allowed);
    case ACRM_E_STORE:
        return acrm__fail(call, st, "zone_file", "zone",
                          "the system's file of the time zone %.64s cannot be read", name);
    default:
        return acrm__fail(call, ACRM_E_INVALID, "zone", "zone",
                          "there is no time zone %.64s; zones are named as by IANA: Asia/Tehran, "
                          "Europe/Berlin, UTC", name);
    }
}

static int32_t compile_date(const acrm_value *day, const char *key, int32_t otherwise)
{
    size_t len = 0;
    const char *text = acrm_value_text(acrm_value_get(day, key), &len);
    int32_t out = otherwise;

    if (text)
        acrm__date_parse(text, len, &out);
    return out;
}

static int32_t compile_dated(acrm__call *call, const acrm_value *day, acrm_calendar_dated *list,
                             size_t *n)
{
    acrm__work_hours *hours = acrm__arena_alloc(call->arena, sizeof *hours);
    int32_t first = compile_date(day, "date", 0), last = compile_date(day, "until", first);

    if (!hours)
        return acrm__nomem(call);
    int32_t st = acrm__work_intervals(call, acrm_value_get(day, "hours"), "hours", hours);
    for (int32_t at = first; st == ACRM_OK && at <= last; at++)
        for (size_t i = 0; i < hours->count; i++) {
            if (*n == ACRM_CALENDAR_DATED_MAX)
                return acrm__fail(call, ACRM_E_LIMIT, "limit", "days",
                                  "a calendar may have %d intervals on dates, and as many breaks",
                                  (int)ACRM_CALENDAR_DATED_MAX);
            list[(*n)++] = (acrm_calendar_dated){ at, hours->items[i].from, hours->items[i].to };
        }
    return st;
}

static void compile_holiday(const acrm_value *day, acrm_calendar_holiday *out)
{
    const char *repeats = acrm__get_text(day, "repeats");
    int64_t days = acrm_value_int(acrm_value_get(day, "days"));

    *out = (acrm_calendar_holiday){ .name = acrm__get_text(day, "name"),
                                    .kind = ACRM_HOLIDAY_ONCE };
    if (repeats && strcmp(repeats, "once") != 0) {
        out->kind = strcmp(repeats, "yearly") == 0 ? ACRM_HOLIDAY_YEARLY
                                                   : ACRM_HOLIDAY_JALALI_YEARLY;
        out->month = (int32_t)acrm_value_int(acrm_value_get(day, "month"));
        out->day = (int32_t)acrm_value_int(acrm_value_get(day, "day"));
        out->days = days ? (int32_t)days : 1;
        return;
    }
    out->day = compile_date(day, "date", 0);
    out->days = compile_date(day, "until", out->day) - out->day + 1;
}

static int32_t compile_days(acrm__call *call, const acrm_value *days, compile_lists *lists)
{
    size_t n = acrm_value_count(days);
    int32_t st = ACRM_OK;

    lists->holidays = acrm__arena_array(call->arena, n + 1, sizeof *lists->holidays);
    lists->shifts = acrm__arena_array(call->arena, ACRM_CALENDAR_DATED_MAX,
                                      sizeof *lists->shifts);
    lists->breaks = acrm__arena_array(call->arena, ACRM_CALENDAR_DATED_MAX,
                                      sizeof *lists->breaks);
    if (!lists->holidays || !lists->shifts || !lists->breaks)
        return acrm__nomem(call);
    for (size_t i = 0; i < n && st == ACRM_OK; i++) {
        const acrm_value *day = acrm_value_at(days, i);
        const char *kind = acrm__get_text(day, "kind");
        if (kind && strcmp(kind, "shift") == 0)
            st = compile_dated(call, day, lists->shifts, &lists->n_shifts);
        else if (kind && strcmp(kind, "break") == 0)
            st = compile_dated(call, day, lists->breaks, &lists->n_breaks);
        else
            compile_holiday(day, &lists->holidays[lists->n_holidays++]);
    }
    return st;
}

static int32_t compile_refused(acrm__call *call, int32_t st, const acrm_issue *issue)
{
    if (st == ACRM_E_NOMEM)
        return acrm__nomem(call);
    if (st == ACRM_E_INVALID && issue->row < 0)
        return acrm__fail(call, st, "never_open", "hours",
                          "this calendar would never be open, and nothing could ever fall due; "
                          "give it weekly hours or shifts that no holiday, break or parent takes "
                          "away");
    return acrm__fail(call, st, "calendar", issue->field, "%s[%lld]: expected %s", issue->field,
                      (long long)issue->row, issue->allowed);
}

/* One calendar by itself. */
static int32_t compile_one(acrm__call *call, const acrm_value *part, acrm__work_calendar *out)
{
    compile_lists *lists = acrm__arena_zero(call->arena, sizeof *lists);
    acrm_issue issue = { .row = -1 };

    if (!lists)
        return acrm__nomem(call);
    int32_t st = acrm__work_week(call, acrm_value_get(part, "hours"), "hours", &lists->hours);
    if (st == ACRM_OK)
        st = compile_days(call, acrm_value_get(part, "days"), lists);
    if (st == ACRM_OK)
        st = compile_zone(call, acrm__get_text(part, "zone"), &out->zone);
    if (st != ACRM_OK)
        return st;
    const acrm_calendar_definition definition = {
        .struct_size = sizeof definition, .zone = out->zone, .hours = lists->hours.items,
        .hours_count = lists->hours.count, .shifts = lists->shifts,
        .shifts_count = lists->n_shifts, .breaks = lists->breaks,
        .breaks_count = lists->n_breaks, .holidays = lists->holidays,
        .holidays_count = lists->n_holidays,
    };
    st = acrm_calendar_new(&definition, acrm__cache_allocator(call), &out->calendar, &issue);
    return st == ACRM_OK ? ACRM_OK : compile_refused(call, st, &issue);
}

/* What is open in `out` and in another part of the definition. */
static int32_t compile_within(acrm__call *call, const acrm_value *part, acrm__work_calendar *out)
{
    acrm__work_calendar other = { .calendar = NULL };
    acrm_calendar *both = NULL;
    acrm_issue issue = { .row = -1 };

    int32_t st = compile_one(call, part, &other);
    if (st == ACRM_OK) {
        st = acrm_calendar_intersect(out->calendar, other.calendar, acrm__cache_allocator(call),
                                     &both, &issue);
        if (st != ACRM_OK) {
            issue.row = -1;
            st = compile_refused(call, st, &issue);
        }
    }
    if (st == ACRM_OK) {
        acrm_calendar_free(out->calendar);
        out->calendar = both;
    }
    acrm_calendar_free(other.calendar);
    acrm_zone_free(other.zone);
    return st;
}

int32_t acrm__work_compile(acrm__call *call, const acrm_value *definition,
                           const unsigned char version[16], acrm__work_calendar **out)
{
    const acrm_allocator *allocator = acrm__cache_allocator(call);
    acrm__work_calendar *made = acrm__alloc_zero(allocator, sizeof *made);

    if (!made)
        return acrm__nomem(call);
    memcpy(made->id, version, sizeof made->id);
    int32_t st = compile_one(call, acrm_value_at(definition, 0), made);
    for (size_t i = 1; st == ACRM_OK && i < acrm_value_count(definition); i++)
        st = compile_within(call, acrm_value_at(definition, i), made);
    if (st == ACRM_OK)
        *out = made;
    else
        acrm__work_calendar_drop(allocator, made);
    return st;
}
