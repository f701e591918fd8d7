/* SPDX-License-Identifier: MIT */
/* Days of a programme: when points begin to be spendable and when they end. */
#include "modules/loyalty/ledger_book.h"

#include "base/civil.h"

#include <string.h>

static void days_drop(const acrm_allocator *allocator, void *zone)
{
    (void)allocator;
    acrm_zone_free(zone);
}

int32_t acrm__ledger_zone(acrm__call *call, const acrm__rec *program, const acrm_zone **out)
{
    const char *own = acrm__text(program, F_loyalty_program__zone);
    const char *name = own ? own : acrm__business_zone(call);
    acrm_issue issue = { 0 };
    acrm_zone *zone = NULL;

    *out = NULL;
    if (strcmp(name, "UTC") == 0)
        return ACRM_OK;
    *out = acrm__cache_find(call, acrm__id(program, F_ID));
    if (*out)
        return ACRM_OK;
    int32_t st = acrm_zone_load(name, NULL, acrm__cache_allocator(call), &zone, &issue);
    if (st == ACRM_E_NOMEM)
        return acrm__nomem(call);
    if (st != ACRM_OK)
        return acrm__fail(call, ACRM_E_INVALID, "zone", "zone",
                          "there is no time zone %.64s here; zones are named as by IANA: "
                          "Asia/Tehran, Europe/Berlin, UTC", name);
    *out = zone;
    return acrm__cache_keep(call, acrm__id(program, F_ID), zone, days_drop);
}

static int32_t days_local(const acrm_zone *zone, int64_t at)
{
    acrm_local local = { .struct_size = sizeof local };

    if (zone && acrm_zone_to_local(zone, at, &local) == ACRM_OK)
        return local.day;
    return (int32_t)acrm__floor_div(at, ACRM__DAY_US);
}

static int64_t days_start(const acrm_zone *zone, int32_t day)
{
    int64_t at = day * ACRM__DAY_US;

    if (zone)
        (void)acrm_zone_to_instant(zone, day, 0, &at, NULL);
    return at;
}

int32_t acrm__book_day(const acrm__book *book, int64_t at)
{
    return days_local(book->zone, at);
}

int64_t acrm__book_day_start(const acrm__book *book, int32_t day)
{
    return days_start(book->zone, day);
}

int32_t acrm__ledger_day(acrm__call *call, const acrm__rec *program, int64_t at, int32_t *day)
{
    const acrm_zone *zone = NULL;
    int32_t st = acrm__ledger_zone(call, program, &zone);

    if (st == ACRM_OK)
        *day = days_local(zone, at);
    return st;
}

int32_t acrm__ledger_day_start(acrm__call *call, const acrm__rec *program, int32_t day,
                               int64_t *at)
{
    const acrm_zone *zone = NULL;
    int32_t st = acrm__ledger_zone(call, program, &zone);

    if (st == ACRM_OK)
        *at = days_start(zone, day);
    return st;
}

bool acrm__book_by_activity(const acrm__book *book)
{
    return strcmp(acrm__text(book->program, F_loyalty_program__expiry), "activity") == 0;
}

/* The first day from `day` on that begins one of these. */
static int32_t days_round(int32_t day, const char *to)
{
    acrm__civil date;

    if (strcmp(to, "week") == 0)
        return day + (8 - acrm__weekday(day)) % 7;
    if (strcmp(to, "month") != 0)
        return day;
    acrm__civil_from_day(day, &date);
    return date.day == 1 ? day
                         : day + acrm__civil_month_length(date.year, date.month) - date.day + 1;
}

static int64_t days_activation(const acrm__book *book, int64_t at)
{
    int64_t wait = acrm__int(book->program, F_loyalty_program__pending_days) * ACRM__DAY_US;
    const char *round = acrm__text(book->program, F_loyalty_program__pending_round);
    int32_t day = days_local(book->zone, at + wait);

    if (strcmp(round, "none") == 0)
        return at + wait;
    int64_t begin = days_start(book->zone, day);
    if (begin < at + wait)
        day++;
    return days_start(book->zone, days_round(day, round));
}

/* The day on which what is earned on `day` can no longer be spent; false: never. */
static bool days_expiry(const acrm__book *book, int32_t day, int32_t *out)
{
    int64_t months = acrm__int(book->program, F_loyalty_program__expire_months);
    int64_t days = acrm__int(book->program, F_loyalty_program__expire_days);

    if (months == 0 && days == 0)
        return false;
    if (!acrm__civil_add_months(day, months, out) || *out > ACRM__DAY_MAX - days)
        return false;
    *out += (int32_t)days;
    return true;
}

int32_t acrm__book_terms(const acrm__book *book, const acrm__ledger_order *order, int64_t at,
                         acrm__lot_terms *out)
{
    int32_t day = days_local(book->zone, at), until = order->expires_on;
    bool ends = until != 0;

    *out = (acrm__lot_terms){ .qty = order->points, .earned_at = at, .rule = order->rule,
                              .source = order->source,
                              .activates_at = order->activates_at ? order->activates_at
                                                                  : days_activation(book, at) };
    out->expires_at = out->expires_on = acrm__cell_null();
    if (ends && until <= day)
        return acrm__fail(book->call, ACRM_E_INVALID, "range", "expires_on",
                          "points cannot expire on or before the day they are earned");
    if (!ends && !order->never_expires && order->kind == ACRM__POINTS &&
        !acrm__book_by_activity(book))
        ends = days_expiry(book, day, &until);
    if (!ends)
        return ACRM_OK;
    out->expires_on = acrm__cell_int(until);
    out->expires_at = acrm__cell_int(days_start(book->zone, until));
    return ACRM_OK;
}

acrm_cell acrm__book_lasts(const acrm__book *book, int64_t at)
{
    int32_t until;

    if (!days_expiry(book, days_local(book->zone, at), &until))
        return acrm__cell_null();
    return acrm__cell_int(days_start(book->zone, until));
}
