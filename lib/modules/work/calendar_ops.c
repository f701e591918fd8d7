/* SPDX-License-Identifier: MIT */
/* Questions to a calendar: business time after an instant, between two, what is open when. */
#include "modules/work/work.h"

#include "base/civil.h"

#include <stdlib.h>
#include <string.h>

/* --- What every question begins and ends with --- */

static int32_t time_begin(acrm__call *call, const acrm__work_calendar **out)
{
    unsigned char id[16];
    bool named = acrm__arg_id(call, "id", id);

    return acrm__calendar_of(call, named ? id : NULL, "id", out);
}

static int64_t time_at(acrm__call *call)
{
    int64_t at;

    return acrm__arg_time(call, "at", &at) ? at : call->now;
}

static int32_t time_answered(acrm__call *call, int32_t st)
{
    if (st == ACRM_OK)
        return st;
    return acrm__fail(call, ACRM_E_LIMIT, "range", "at",
                      "the question or its answer lies outside the years %d to %d, or the "
                      "calendar has no more open time on that side",
                      (int)ACRM_CALENDAR_YEAR_FIRST, (int)ACRM_CALENDAR_YEAR_LAST);
}

static int32_t time_put_at(acrm__call *call, const char *key, int64_t at)
{
    const char *text = acrm__instant_text(call, at);

    return text && acrm__put_text(call->out, key, text) ? ACRM_OK : acrm__nomem(call);
}

const char *acrm__work_duration(acrm__call *call, int64_t us)
{
    acrm__duration duration = { .seconds = us / ACRM__SECOND_US };
    char text[ACRM__DURATION_SIZE];
    size_t len = acrm__duration_print(&duration, text);

    return acrm__arena_text(call->arena, text, len);
}

/* --- The questions --- */

static int32_t time_move(acrm__call *call, int32_t sign)
{
    const acrm__work_calendar *c = NULL;
    int64_t seconds = 0, out = 0;

    acrm__arg_time(call, "amount", &seconds);
    int32_t st = time_begin(call, &c);
    if (st == ACRM_OK)
        st = time_answered(call, acrm_calendar_add(c->calendar, time_at(call),
                                                       sign * seconds * ACRM__SECOND_US, &out));
    return st == ACRM_OK ? time_put_at(call, "at", out) : st;
}

int32_t acrm__work_calendar_add(acrm__call *call)
{
    return time_move(call, 1);
}

int32_t acrm__work_calendar_subtract(acrm__call *call)
{
    return time_move(call, -1);
}

/* Dealers with hours of their own, by id. */
typedef struct time_dealers {
    acrm__recs found;
    const acrm__work_calendar **calendars;
} time_dealers;

static int time_dealer_order(const void *a, const void *b)
{
    const acrm__rec *const *x = a;
    const acrm__rec *const *y = b;

    return memcmp(acrm__id(*x, F_ID), acrm__id(*y, F_ID), 16);
}

static int time_dealer_find(const void *key, const void *item)
{
    const acrm__rec *const *dealer = item;

    return memcmp(key, acrm__id(*dealer, F_ID), 16);
}

static int32_t time_dealers_of(acrm__call *call, time_dealers *out)
{
    const acrm__entity *dealer = acrm__entity_of(call, "dealer");
    uint32_t calendar = acrm__field_of(dealer, "calendar_id");
    const acrm__term term = { calendar, ACRM_FILTER_NE, acrm__cell_null() };
    const acrm__select select = { .entity = "dealer", .terms = &term, .n_terms = 1,
                                  .as_system = true };
    int32_t st = acrm__find(call, &select, &out->found);

    if (st != ACRM_OK || out->found.count == 0)
        return st;
    qsort(out->found.items, out->found.count, sizeof *out->found.items, time_dealer_order);
    out->calendars = acrm__arena_array(call->arena, out->found.count, sizeof *out->calendars);
    if (!out->calendars)
        return acrm__nomem(call);
    for (size_t i = 0; st == ACRM_OK && i < out->found.count; i++)
        st = acrm__calendar_of(call, acrm__id(out->found.items[i], calendar), "dealer_ids",
                               &out->calendars[i]);
    return st;
}

/* The calendar of a dealer; NULL: open around the clock. */
static const acrm__work_calendar *time_dealer(const time_dealers *dealers,
                                              const acrm_value *id_value)
{
    unsigned char id[16];
    size_t len = 0;
    const char *text = acrm_value_text(id_value, &len);
    acrm__rec **found = text && dealers->calendars && acrm__uuid_parse(text, len, id)
                            ? bsearch(id, dealers->found.items, dealers->found.count,
                                      sizeof *dealers->found.items, time_dealer_find)
                            : NULL;

    return found ? dealers->calendars[found - dealers->found.items] : NULL;
}

/* By the calendar named, or by that of a dealer each. */
static int32_t time_spans(acrm__call *call, const acrm_value *spans)
{
    const acrm_value *dealer_ids = acrm__arg(call, "dealer_ids");
    const acrm__work_calendar *c = NULL;
    time_dealers dealers = { .calendars = NULL };
    acrm_value *each = acrm__put_list(call->out, "each");
    size_t n = acrm_value_count(spans);
    int32_t st = each ? ACRM_OK : acrm__nomem(call);

    if (n % 2 || (dealer_ids && acrm_value_count(dealer_ids) * 2 != n))
        return acrm__fail(call, ACRM_E_INVALID, "required", n % 2 ? "spans" : "dealer_ids",
                          n % 2 ? "the last span has no until" : "each span has a dealer");
    if (st == ACRM_OK)
        st = dealer_ids ? time_dealers_of(call, &dealers) : time_begin(call, &c);
    for (size_t i = 0; st == ACRM_OK && i < n; i += 2) {
        int64_t ends[2] = { 0, 0 }, amount;
        for (size_t k = 0; k < 2; k++) {
            size_t len = 0;
            const char *text = acrm_value_text(acrm_value_at(spans, i + k), &len);
            if (!text || !acrm__instant_parse(text, len, &ends[k]))
                return acrm__fail(call, ACRM_E_INVALID, "format", "spans",
                                  "spans are instants");
        }
        amount = ends[1] - ends[0];
        if (dealer_ids)
            c = time_dealer(&dealers, acrm_value_at(dealer_ids, i / 2));
        if (c)
            st = time_answered(call, acrm_calendar_between(c->calendar, ends[0], ends[1],
                                                           &amount));
        acrm_value *one = st == ACRM_OK ? acrm_value_add(each) : NULL;
        if (st == ACRM_OK)
            st = one && acrm_value_set_int(one, amount / ACRM__SECOND_US) == ACRM_OK
                     ? ACRM_OK : acrm__nomem(call);
    }
    return st;
}

int32_t acrm__work_calendar_between(acrm__call *call)
{
    const acrm__work_calendar *c = NULL;
    const acrm_value *spans = acrm__arg(call, "spans");
    int64_t from = call->now, until = call->now, amount = 0;

    if (spans)
        return time_spans(call, spans);
    acrm__arg_time(call, "from", &from);
    acrm__arg_time(call, "until", &until);
    int32_t st = time_begin(call, &c);
    if (st == ACRM_OK)
        st = time_answered(call, acrm_calendar_between(c->calendar, from, until, &amount));
    if (st != ACRM_OK)
        return st;
    const char *text = acrm__work_duration(call, amount);
    return text && acrm__put_text(call->out, "amount", text) &&
                   acrm__put_int(call->out, "seconds", amount / ACRM__SECOND_US)
               ? ACRM_OK : acrm__nomem(call);
}

int32_t acrm__work_calendar_next_open(acrm__call *call)
{
    const acrm__work_calendar *c = NULL;
    int64_t out = 0;

    int32_t st = time_begin(call, &c);
    if (st == ACRM_OK)
        st = time_answered(call, acrm_calendar_next_open(c->calendar, time_at(call),
                                                             &out));
    return st == ACRM_OK ? time_put_at(call, "at", out) : st;
}

/* The name of the holiday that an instant's local date is; NULL: it is none. */
static const char *time_holiday(const acrm__work_calendar *c, int32_t day)
{
    const char *name = NULL;

    return acrm_calendar_holiday_name(c->calendar, day, &name) == ACRM_OK ? name : NULL;
}

int32_t acrm__work_calendar_is_open(acrm__call *call)
{
    const acrm__work_calendar *c = NULL;
    acrm_local local = { .struct_size = sizeof local };
    acrm_span span = { 0, 0 };
    int32_t open = 0;
    int64_t at = time_at(call);

    int32_t st = time_begin(call, &c);
    if (st == ACRM_OK)
        st = time_answered(call, acrm_calendar_is_open(c->calendar, at, &open));
    if (st == ACRM_OK)
        st = time_answered(call, acrm_zone_to_local(c->zone, at, &local));
    if (st != ACRM_OK)
        return st;
    bool later = acrm_calendar_period(c->calendar, at, &span) == ACRM_OK;
    bool ok = acrm__put_bool(call->out, "open", open != 0) &&
              acrm__put_text(call->out, "opens_at",
                             later && !open ? acrm__instant_text(call, span.from) : NULL) &&
              acrm__put_text(call->out, "closes_at",
                             later ? acrm__instant_text(call, span.to) : NULL) &&
              acrm__put_text(call->out, "holiday", time_holiday(c, local.day));
    return ok ? ACRM_OK : acrm__nomem(call);
}

int32_t acrm__work_calendar_days(acrm__call *call)
{
    const acrm__work_calendar *c = NULL;
    int64_t from = 0, until = 0, out = 0;
    int32_t days = 0;
    bool counting = acrm__arg_time(call, "from", &from) && acrm__arg_time(call, "until", &until);

    if (counting == (acrm__arg(call, "days") != NULL))
        return acrm__fail(call, ACRM_E_INVALID, "choice", "days",
                          "give either from and until, to count, or days, to go that far");
    int32_t st = time_begin(call, &c);
    if (st != ACRM_OK)
        return st;
    if (counting) {
        st = time_answered(call, acrm_calendar_business_days(c->calendar, (int32_t)from,
                                                                 (int32_t)until, &days));
        if (st == ACRM_OK && !acrm__put_int(call->out, "days", days))
            st = acrm__nomem(call);
        return st;
    }
    days = (int32_t)acrm__arg_int(call, "days", 0);
    st = time_answered(call, acrm_calendar_add_days(c->calendar, time_at(call), days,
                                                        &out));
    return st == ACRM_OK ? time_put_at(call, "at", out) : st;
}

/* --- The preview: what a calendar comes to, date by date --- */

static const char *const time_weekdays[] = { "mon", "tue", "wed", "thu",
                                                 "fri", "sat", "sun" };

static bool time_put_interval(acrm__call *call, const acrm__work_calendar *c, int32_t day,
                                  acrm_span span, acrm_value *list)
{
    acrm_local from = { .struct_size = sizeof from }, to = { .struct_size = sizeof to };
    char a[ACRM__TIME_SIZE], b[ACRM__TIME_SIZE];

    if (acrm_zone_to_local(c->zone, span.from, &from) != ACRM_OK ||
        acrm_zone_to_local(c->zone, span.to, &to) != ACRM_OK)
        return true;
    acrm__time_print(from.second, a);
    acrm__time_print(to.second, b);
    const char *text = acrm__arena_format(call->arena, "%.5s-%.5s", a,
                                          to.day > day ? "24:00" : b);
    return text && acrm__add_text(list, text);
}

static bool time_put_openings(acrm__call *call, const acrm__work_calendar *c, int32_t day,
                                  acrm_value *item)
{
    acrm_value *list = acrm__put_list(item, "open");
    int64_t start, end, total = 0;
    acrm_span span;

    if (!list || acrm_zone_to_instant(c->zone, day, 0, &start, NULL) != ACRM_OK ||
        acrm_zone_to_instant(c->zone, day + 1, 0, &end, NULL) != ACRM_OK)
        return list != NULL;
    for (int64_t at = start; at < end; at = span.to) {
        if (acrm_calendar_period(c->calendar, at, &span) != ACRM_OK || span.from >= end)
            break;
        if (span.from < start)
            span.from = start;
        if (span.to > end)
            span.to = end;
        total += span.to - span.from;
        if (!time_put_interval(call, c, day, span, list))
            return false;
    }
    const char *text = acrm__work_duration(call, total);
    return text && acrm__put_text(item, "amount", text);
}

static bool time_put_day(acrm__call *call, const acrm__work_calendar *c, int32_t day,
                             acrm_value *items)
{
    acrm_value *item = acrm__add_map(items);
    acrm__civil jalali = { 0, 0, 0 };
    int32_t business = 0;
    const char *text = NULL;

    if (acrm__jalali_from_day(day, &jalali)) {
        text = acrm__arena_format(call->arena, "%04d-%02d-%02d", jalali.year, jalali.month,
                                  jalali.day);
        if (!text)
            return false;
    }
    return item && acrm_calendar_is_business_day(c->calendar, day, &business) == ACRM_OK &&
           acrm__put_text(item, "date", acrm__date_text(call, day)) &&
           acrm__put_text(item, "jalali", text) &&
           acrm__put_text(item, "weekday", time_weekdays[acrm__weekday(day) - 1]) &&
           acrm__put_bool(item, "business_day", business != 0) &&
           time_put_openings(call, c, day, item) &&
           acrm__put_text(item, "holiday", time_holiday(c, day));
}

int32_t acrm__work_calendar_preview(acrm__call *call)
{
    const acrm__work_calendar *c = NULL;
    acrm_local local = { .struct_size = sizeof local };
    int64_t from, days = acrm__arg_int(call, "days", 14);
    int32_t ignored;

    int32_t st = time_begin(call, &c);
    if (st == ACRM_OK)
        st = time_answered(call, acrm_zone_to_local(c->zone, call->now, &local));
    if (st != ACRM_OK)
        return st;
    if (!acrm__arg_time(call, "from", &from))
        from = local.day;
    st = time_answered(call, acrm_calendar_is_business_day(c->calendar, (int32_t)from,
                                                               &ignored));
    if (st == ACRM_OK)
        st = time_answered(call, acrm_calendar_is_business_day(
                                         c->calendar, (int32_t)(from + days - 1), &ignored));
    if (st != ACRM_OK)
        return st;
    acrm_value *items = acrm__put_list(call->out, "items");
    bool ok = items != NULL;
    for (int64_t i = 0; ok && i < days; i++)
        ok = time_put_day(call, c, (int32_t)(from + i), items);
    return ok ? ACRM_OK : acrm__nomem(call);
}
