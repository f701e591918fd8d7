/* SPDX-License-Identifier: MIT */
/*
 * Calendars as records. Whenever one changes, or a day or parent of it, what it has become is put
 * together, tried, and written down as its next version. Versions never change: whoever computes
 * with one can do so again later, and a session keeps what it has made of them.
 */
#include "modules/work/work.h"

#include "base/civil.h"

#include <string.h>

enum { STORE_PARENTS_MAX = 16, STORE_CHILDREN_MAX = 64, STORE_DAYS_MAX = 10000 };

/* --- Writing: what a record alone can be wrong about --- */

int32_t acrm__calendar_write(acrm__call *call, acrm__rec *rec, const acrm__rec *before)
{
    const acrm_value *week = NULL;
    acrm__work_hours *hours = acrm__arena_alloc(call->arena, sizeof *hours);

    if (!hours)
        return acrm__nomem(call);
    if (acrm__is_null(rec, F_calendar__zone))
        acrm__set(rec, F_calendar__zone, acrm__cell_text(acrm__business_zone(call)));
    int32_t st = acrm__work_json(call, rec, F_calendar__hours, &week);
    if (st == ACRM_OK && week)
        st = acrm__work_week(call, week, "hours", hours);
    return st == ACRM_OK ? acrm__work_default_kept(call, rec, before, F_calendar__is_default) : st;
}

static int32_t store_must(acrm__call *call, const acrm__rec *rec, uint32_t field, bool wanted,
                          const char *why)
{
    const char *name = rec->entity->fields[field].def.name;

    if (acrm__is_null(rec, field) != wanted)
        return ACRM_OK;
    return acrm__fail(call, ACRM_E_INVALID, wanted ? "required" : "not_allowed", name,
                      "%s %s: %s", name, wanted ? "is needed" : "has no meaning here", why);
}

static int32_t store_yearly(acrm__call *call, const acrm__rec *rec, bool jalali)
{
    int32_t month = (int32_t)acrm__int(rec, F_calendar_day__month);
    int32_t longest = jalali ? acrm__jalali_month_length(1403, month)
                             : acrm__civil_month_length(2000, month);

    if (acrm__int(rec, F_calendar_day__day) <= longest)
        return ACRM_OK;
    return acrm__fail(call, ACRM_E_INVALID, "date", "day",
                      "month %d has at most %d days in the %s calendar", month, longest,
                      jalali ? "Solar Hijri" : "Gregorian");
}

static int32_t store_range(acrm__call *call, const acrm__rec *rec, bool holiday)
{
    int64_t first = acrm__int(rec, F_calendar_day__date);
    int64_t last = acrm__int(rec, F_calendar_day__until);
    int64_t most = holiday ? ACRM_CALENDAR_HOLIDAY_DAYS_MAX : 366;

    if (acrm__is_null(rec, F_calendar_day__until) || (last >= first && last - first < most))
        return ACRM_OK;
    return acrm__fail(call, ACRM_E_INVALID, "range", "until",
                      "until must be the first date or later, and at most %lld days in all",
                      (long long)most);
}

int32_t acrm__calendar_day_write(acrm__call *call, acrm__rec *rec, const acrm__rec *before)
{
    static const char dated[] = "this comes once, on its date";
    static const char yearly[] = "this comes each year, on a day of a month";
    const char *kind = acrm__text(rec, F_calendar_day__kind);
    const char *repeats = acrm__text(rec, F_calendar_day__repeats);
    const acrm_value *list = NULL;
    acrm__work_hours *hours = acrm__arena_alloc(call->arena, sizeof *hours);

    (void)before;
    if (!hours)
        return acrm__nomem(call);
    if (!kind || !repeats)
        return ACRM_OK; /* refused in a moment */
    bool holiday = strcmp(kind, "holiday") == 0, once = strcmp(repeats, "once") == 0;
    if (!holiday && !once)
        return acrm__fail(call, ACRM_E_INVALID, "repeats", "repeats",
                          "only holidays come each year; what comes each week is in the hours");
    const struct {
        uint32_t field;
        bool wanted, free;
    } rules[] = {
        { F_calendar_day__date, once, false },    { F_calendar_day__until, false, once },
        { F_calendar_day__month, !once, false },  { F_calendar_day__day, !once, false },
        { F_calendar_day__days, false, !once },
    };
    int32_t st = ACRM_OK;
    for (size_t i = 0; i < sizeof rules / sizeof rules[0] && st == ACRM_OK; i++)
        if (!rules[i].free)
            st = store_must(call, rec, rules[i].field, rules[i].wanted, once ? dated : yearly);
    if (st == ACRM_OK)
        st = store_must(call, rec, F_calendar_day__hours, !holiday,
                        holiday ? "a holiday is a whole day" : "a shift or break has hours");
    if (st == ACRM_OK)
        st = once ? store_range(call, rec, holiday)
                  : store_yearly(call, rec, strcmp(repeats, "yearly") != 0);
    if (st == ACRM_OK)
        st = acrm__work_json(call, rec, F_calendar_day__hours, &list);
    return st == ACRM_OK && list ? acrm__work_intervals(call, list, "hours", hours) : st;
}

int32_t acrm__calendar_parent_write(acrm__call *call, acrm__rec *rec, const acrm__rec *before)
{
    (void)before;
    if (acrm__cell_equal(&rec->cells[F_calendar_parent__calendar_id],
                         &rec->cells[F_calendar_parent__parent_id]))
        return acrm__fail(call, ACRM_E_INVALID, "cycle", "parent_id",
                          "a calendar cannot be its own parent");
    return ACRM_OK;
}

/* --- Putting together what a calendar has become --- */

typedef struct store_ids {
    acrm_cell items[STORE_CHILDREN_MAX];
    size_t count;
} store_ids;

static bool store_has(const store_ids *ids, const acrm_cell *id)
{
    for (size_t i = 0; i < ids->count; i++)
        if (acrm__cell_equal(&ids->items[i], id))
            return true;
    return false;
}

/* The calendar itself and all reached through calendar_parent, by either end of it. */
static int32_t store_reach(acrm__call *call, const unsigned char id[16], bool up, store_ids *out)
{
    uint32_t near = up ? F_calendar_parent__calendar_id : F_calendar_parent__parent_id;
    uint32_t far = up ? F_calendar_parent__parent_id : F_calendar_parent__calendar_id;
    size_t most = up ? STORE_PARENTS_MAX : STORE_CHILDREN_MAX;

    out->items[0] = acrm__cell_id(id);
    out->count = 1;
    for (size_t at = 0; at < out->count; at++) {
        const acrm__term term = { near, ACRM_FILTER_EQ, out->items[at] };
        acrm__recs links = { NULL, 0 };
        int32_t st = acrm__find(call, &(acrm__select){ .entity = "calendar_parent", .terms = &term,
                                                       .n_terms = 1, .as_system = true }, &links);
        if (st != ACRM_OK)
            return st;
        for (size_t i = 0; i < links.count; i++) {
            const acrm_cell *next = &links.items[i]->cells[far];
            if (acrm__cell_equal(next, &out->items[0]))
                return acrm__fail(call, ACRM_E_INVALID, "cycle", "parent_id",
                                  "a calendar cannot be open within itself");
            if (store_has(out, next))
                continue;
            if (out->count == most)
                return acrm__fail(call, ACRM_E_LIMIT, "limit", "parent_id",
                                  "a calendar may have %d calendars above it and %d below",
                                  STORE_PARENTS_MAX - 1, STORE_CHILDREN_MAX - 1);
            out->items[out->count++] = *next;
        }
    }
    return ACRM_OK;
}

static bool store_put(acrm__call *call, acrm_value *map, const acrm__rec *rec, uint32_t field)
{
    const char *name = rec->entity->fields[field].def.name;
    const acrm_value *json = NULL;

    if (acrm__is_null(rec, field))
        return true;
    switch (rec->entity->fields[field].def.type) {
    case ACRM__T_INT:
        return acrm__put_int(map, name, acrm__int(rec, field));
    case ACRM__T_DATE:
        return acrm__put_text(map, name, acrm__date_text(call, acrm__int(rec, field)));
    case ACRM__T_JSON:
        return acrm__work_json(call, rec, field, &json) == ACRM_OK &&
               acrm__put_value(map, name, json);
    default:
        return acrm__put_text(map, name, acrm__text(rec, field));
    }
}

static int32_t store_days(acrm__call *call, acrm_cell calendar, acrm_value *part)
{
    const acrm__term term = { F_calendar_day__calendar_id, ACRM_FILTER_EQ, calendar };
    acrm__recs days = { NULL, 0 };
    acrm_value *list = acrm__put_list(part, "days");

    int32_t st = acrm__find(call, &(acrm__select){ .entity = "calendar_day", .terms = &term,
                                                   .n_terms = 1, .limit = STORE_DAYS_MAX + 1,
                                                   .as_system = true }, &days);
    if (st == ACRM_OK && days.count > STORE_DAYS_MAX)
        st = acrm__fail(call, ACRM_E_LIMIT, "limit", "days",
                        "a calendar may have %d holidays, shifts and breaks", STORE_DAYS_MAX);
    for (size_t i = 0; st == ACRM_OK && i < days.count; i++) {
        acrm_value *day = list ? acrm__add_map(list) : NULL;
        bool ok = day != NULL;
        for (uint32_t f = F_calendar_day__calendar_id + 1; ok && f < F_calendar_day__count; f++)
            ok = store_put(call, day, days.items[i], f);
        if (!ok)
            return acrm__nomem(call);
    }
    return st;
}

static int32_t store_definition(acrm__call *call, const unsigned char id[16], acrm_value **out)
{
    store_ids *ids = acrm__arena_alloc(call->arena, sizeof *ids);
    acrm_value *list = acrm__value_in(call->arena);

    if (!ids || !list || acrm_value_set_list(list) != ACRM_OK)
        return acrm__nomem(call);
    int32_t st = store_reach(call, id, true, ids);
    for (size_t i = 0; st == ACRM_OK && i < ids->count; i++) {
        acrm_value *part = acrm__add_map(list);
        acrm__rec *rec = NULL;
        st = acrm__load(call, "calendar", ids->items[i].data, "parent_id", &rec);
        if (st == ACRM_OK && (!part || !store_put(call, part, rec, F_calendar__zone) ||
                              !store_put(call, part, rec, F_calendar__hours)))
            return acrm__nomem(call);
        if (st == ACRM_OK)
            st = store_days(call, ids->items[i], part);
    }
    *out = list;
    return st;
}

/* --- Versions --- */

static int32_t store_newest(acrm__call *call, const unsigned char id[16], acrm__rec **out)
{
    const acrm__term term = { F_calendar_version__calendar_id, ACRM_FILTER_EQ,
                              acrm__cell_id(id) };

    return acrm__find_one(call, &(acrm__select){ .entity = "calendar_version", .terms = &term,
                                                 .n_terms = 1, .descending = true,
                                                 .order = F_calendar_version__number,
                                                 .as_system = true }, out);
}

/* Two shifts of one date that overlap: which of them is meant? */
static int32_t store_shifts_apart(acrm__call *call, const acrm_value *days)
{
    size_t n = acrm_value_count(days), seen = 0;
    struct {
        const acrm_value *day;
        const char *first, *last;
    } *shifts = acrm__arena_array(call->arena, n + 1, sizeof *shifts);

    if (!shifts)
        return acrm__nomem(call);
    for (size_t i = 0; i < n; i++) {
        const acrm_value *day = acrm_value_at(days, i);
        const char *last = acrm__get_text(day, "until");
        if (strcmp(acrm__get_text(day, "kind"), "shift") != 0)
            continue;
        shifts[seen].day = day;
        shifts[seen].first = acrm__get_text(day, "date");
        shifts[seen].last = last ? last : shifts[seen].first;
        for (size_t k = 0; k < seen; k++)
            if (strcmp(shifts[k].first, shifts[seen].last) <= 0 &&
                strcmp(shifts[seen].first, shifts[k].last) <= 0)
                return acrm__fail(call, ACRM_E_CONFLICT, "overlap", "date",
                                  "two shifts have dates from %s to %s in common; put the "
                                  "intervals of a date into one shift",
                                  shifts[seen].first, shifts[k].last);
        seen++;
    }
    return ACRM_OK;
}

/* Service levels that count by it are computed anew. */
static int32_t store_moved(acrm__call *call, const unsigned char id[16])
{
    acrm__rec *calendar = NULL;
    int32_t st = acrm__load(call, "calendar", id, "id", &calendar);

    return st == ACRM_OK ? acrm__sla_calendar_moved(
                               call, id, acrm__int(calendar, F_calendar__is_default) != 0)
                         : st;
}

static int32_t store_publish_one(acrm__call *call, const unsigned char id[16])
{
    acrm__rec *newest = NULL, *rec;
    acrm_value *definition = NULL;
    acrm__work_calendar *compiled = NULL;
    acrm_cell cell;

    int32_t st = store_definition(call, id, &definition);
    if (st == ACRM_OK)
        st = store_newest(call, id, &newest);
    if (st == ACRM_OK)
        st = acrm__work_json_cell(call, definition, &cell);
    if (st != ACRM_OK)
        return st;
    if (newest && acrm__cell_equal(&newest->cells[F_calendar_version__definition], &cell))
        return ACRM_OK;
    rec = acrm__new(call, "calendar_version");
    if (!rec)
        return acrm__nomem(call);
    st = store_shifts_apart(call, acrm_value_get(acrm_value_at(definition, 0), "days"));
    if (st == ACRM_OK)
        st = acrm__work_compile(call, definition, id, &compiled);
    if (st != ACRM_OK)
        return st;
    int64_t number = newest ? acrm__int(newest, F_calendar_version__number) + 1 : 1;
    acrm__set(rec, F_calendar_version__calendar_id, acrm__cell_id(id));
    acrm__set(rec, F_calendar_version__number, acrm__cell_int(number));
    acrm__set(rec, F_calendar_version__definition, cell);
    st = acrm__insert(call, rec);
    if (st != ACRM_OK) {
        acrm__work_calendar_drop(acrm__cache_allocator(call), compiled);
        return st;
    }
    memcpy(compiled->id, acrm__id(rec, F_ID), sizeof compiled->id);
    st = acrm__cache_keep(call, compiled->id, compiled, acrm__work_calendar_drop);
    return st == ACRM_OK ? store_moved(call, id) : st;
}

int32_t acrm__calendar_publish(acrm__call *call, const unsigned char id[16])
{
    store_ids *ids = acrm__arena_alloc(call->arena, sizeof *ids);

    if (!ids)
        return acrm__nomem(call);
    int32_t st = store_reach(call, id, false, ids);
    for (size_t i = 0; i < ids->count && st == ACRM_OK; i++)
        st = store_publish_one(call, ids->items[i].data);
    return st;
}

static int32_t store_open(acrm__call *call, const acrm__rec *version,
                          const acrm__work_calendar **out)
{
    const unsigned char *id = acrm__id(version, F_ID);
    acrm__work_calendar *made = acrm__cache_find(call, id);
    const acrm_value *definition = NULL;
    int32_t st = ACRM_OK;

    if (!made) {
        st = acrm__work_json(call, version, F_calendar_version__definition, &definition);
        if (st == ACRM_OK)
            st = acrm__work_compile(call, definition, id, &made);
        if (st == ACRM_OK)
            st = acrm__cache_keep(call, id, made, acrm__work_calendar_drop);
    }
    if (st == ACRM_OK)
        *out = made;
    return st;
}

int32_t acrm__calendar_version(acrm__call *call, const unsigned char version[16],
                               const acrm__work_calendar **out)
{
    acrm__rec *rec = NULL;

    *out = acrm__cache_find(call, version);
    if (*out)
        return ACRM_OK;
    int32_t st = acrm__load(call, "calendar_version", version, NULL, &rec);
    return st == ACRM_OK ? store_open(call, rec, out) : st;
}

static int32_t store_default(acrm__call *call, const char *arg, acrm__rec **out)
{
    const acrm__term term = { F_calendar__is_default, ACRM_FILTER_EQ, acrm__cell_int(1) };

    int32_t st = acrm__find_one(call, &(acrm__select){ .entity = "calendar", .terms = &term,
                                                       .n_terms = 1, .as_system = true }, out);
    if (st == ACRM_OK && !*out)
        st = acrm__fail(call, ACRM_E_NOTFOUND, "default", arg,
                        "no calendar was named and none is the default; make one so with "
                        "is_default");
    return st;
}

int32_t acrm__calendar_of(acrm__call *call, const unsigned char *id, const char *arg,
                          const acrm__work_calendar **out)
{
    acrm__rec *calendar = NULL, *version = NULL;
    int32_t st = id ? ACRM_OK : store_default(call, arg, &calendar);

    if (st == ACRM_OK)
        st = store_newest(call, id ? id : acrm__id(calendar, F_ID), &version);
    if (st == ACRM_OK && !version)
        st = acrm__fail(call, ACRM_E_NOTFOUND, "reference", arg, "there is no such calendar");
    return st == ACRM_OK ? store_open(call, version, out) : st;
}

/* --- Reactions --- */

static int32_t store_any(acrm__call *call, const char *entity, const unsigned char id[16],
                         acrm__rec **out)
{
    const acrm__term term = { F_ID, ACRM_FILTER_EQ, acrm__cell_id(id) };

    return acrm__find_one(call, &(acrm__select){ .entity = entity, .terms = &term, .n_terms = 1,
                                                 .as_system = true, .with_deleted = true }, out);
}

int32_t acrm__calendar_changed(acrm__call *call, const acrm__event *event)
{
    acrm__rec *rec = NULL;
    int32_t st = store_any(call, "calendar", event->id, &rec);

    if (st != ACRM_OK || !rec || !acrm__is_null(rec, F_DELETED_AT))
        return st;
    st = acrm__work_default_taken(call, rec, F_calendar__is_default);
    if (st == ACRM_OK)
        st = acrm__calendar_publish(call, event->id);
    return st == ACRM_OK ? store_moved(call, event->id) : st;
}

int32_t acrm__calendar_part_changed(acrm__call *call, const acrm__event *event)
{
    acrm__rec *part = NULL, *calendar = NULL;
    int32_t st = store_any(call, event->entity, event->id, &part);

    if (st != ACRM_OK || !part)
        return st;
    /* The calendar is the first field of its days and parents. */
    const unsigned char *id = acrm__id(part, F_SYSTEM_COUNT);
    st = store_any(call, "calendar", id, &calendar);
    if (st != ACRM_OK || !calendar || !acrm__is_null(calendar, F_DELETED_AT))
        return st;
    return acrm__calendar_publish(call, id);
}

/* --- The calendar a new database begins with --- */

int32_t acrm__calendar_seed(acrm__call *call)
{
    acrm__rec *rec = acrm__new(call, "calendar");

    if (!rec)
        return acrm__nomem(call);
    acrm__set(rec, F_calendar__name, acrm__cell_text("Standard"));
    acrm__set(rec, F_calendar__hours,
              acrm__cell_text("{\"mon\":[\"08:00-17:00\"],\"tue\":[\"08:00-17:00\"],"
                              "\"wed\":[\"08:00-17:00\"],\"thu\":[\"08:00-17:00\"],"
                              "\"fri\":[\"08:00-17:00\"]}"));
    acrm__set(rec, F_calendar__is_default, acrm__cell_int(1));
    return acrm__insert(call, rec);
}
