/* SPDX-License-Identifier: MIT */
/* Chains as they are written and read: checked whole, versions counted, kept by the session. */
#include "modules/order/order.h"

#include "base/civil.h"
#include "base/json.h"

enum { WAY_HOLIDAYS_MAX = 400, WAY_LIST_MAX = 20, WAY_MONTHS_MAX = 600, WAY_DAYS_MAX = 36500 };

/* --- Working days --- */

static int32_t way_fault(acrm_error **err, const char *field, const char *message)
{
    return acrm__error(err, ACRM_E_INVALID, "range", field, "%s", message);
}

/* "week": the working days, 1 Monday to 7 Sunday; "holidays": dates that are none. */
static int32_t way_calendar(const acrm_value *definition, const acrm_allocator *allocator,
                            acrm_calendar **out, acrm_error **err)
{
    const acrm_value *week = acrm_value_get(definition, "week");
    const acrm_value *list = acrm_value_get(definition, "holidays");
    acrm_calendar_hours hours[7];
    acrm_calendar_holiday holidays[WAY_HOLIDAYS_MAX];
    acrm_calendar_definition made = { .struct_size = sizeof made, .hours = hours,
                                      .holidays = holidays };
    size_t n_week = week ? acrm_value_count(week) : 5;

    memset(holidays, 0, sizeof holidays);
    if ((week && acrm_value_type(week) != ACRM_LIST) || n_week < 1 || n_week > 7)
        return way_fault(err, "/week", "a list of 1 to 7 working days, 1 Monday to 7 Sunday");
    for (size_t i = 0; i < n_week; i++) {
        int64_t day = week ? acrm_value_int(acrm_value_at(week, i)) : (int64_t)i + 1;
        if (day < 1 || day > 7)
            return way_fault(err, "/week", "days are 1 Monday to 7 Sunday");
        hours[i] = (acrm_calendar_hours){ (int32_t)day, 0, ACRM__DAY_SECONDS };
    }
    made.hours_count = n_week;
    if (list && (acrm_value_type(list) != ACRM_LIST || acrm_value_count(list) > WAY_HOLIDAYS_MAX))
        return way_fault(err, "/holidays", "a list of up to 400 dates");
    for (size_t i = 0; list && i < acrm_value_count(list); i++) {
        const char *text = acrm_value_text(acrm_value_at(list, i), NULL);
        if (!text || !acrm__date_parse(text, strlen(text), &holidays[i].day))
            return way_fault(err, "/holidays", "dates are written YYYY-MM-DD");
        holidays[i].kind = ACRM_HOLIDAY_ONCE;
        holidays[i].days = 1;
        made.holidays_count = i + 1;
    }
    int32_t st = acrm_calendar_new(&made, allocator, out, NULL);
    if (st == ACRM_E_NOMEM)
        return acrm__error_nomem(err);
    return st == ACRM_OK ? st : way_fault(err, "/week", "a day is given twice");
}

/* --- What the hand-over brings: warranties and reminders --- */

static int32_t way_check_list(const acrm_value *definition, const char *key, const char *number,
                              int64_t max, acrm_error **err)
{
    const acrm_value *list = acrm_value_get(definition, key);

    if (!list)
        return ACRM_OK;
    if (acrm_value_type(list) != ACRM_LIST || acrm_value_count(list) > WAY_LIST_MAX)
        return acrm__error(err, ACRM_E_INVALID, "type", key, "/%s is a list of up to 20", key);
    for (size_t i = 0; i < acrm_value_count(list); i++) {
        const acrm_value *item = acrm_value_at(list, i), *n = acrm_value_get(item, number);
        if (acrm_value_type(n) != ACRM_INT || acrm_value_int(n) < 0 || acrm_value_int(n) > max ||
            !acrm__get_text(item, "name"))
            return acrm__error(err, ACRM_E_INVALID, "required", key,
                               "/%s/%zu needs a name and %s, a whole number", key, i, number);
    }
    return ACRM_OK;
}

/* --- Reading --- */

static void way_drop(const acrm_allocator *allocator, void *thing)
{
    acrm__order_way *way = thing;

    acrm_milestone_free(way->chain);
    acrm_calendar_free(way->calendar);
    acrm__arena_free(&way->arena);
    acrm__free(allocator, way, sizeof *way);
}

static int32_t way_read(acrm__order_way *way, const acrm_cell *json, acrm_error **err)
{
    acrm_value *definition = NULL;
    acrm__json_fault fault;
    int32_t st = acrm__json_read(&way->arena, json->data, json->size, &definition, &fault);

    if (st == ACRM_E_NOMEM)
        return acrm__error_nomem(err);
    if (st != ACRM_OK)
        return acrm__error(err, ACRM_E_CORRUPT, "definition", NULL, "the chain is damaged");
    way->definition = definition;
    st = acrm_milestone_new(&way->arena.allocator, definition, &way->chain, err);
    if (st == ACRM_OK)
        st = way_calendar(definition, &way->arena.allocator, &way->calendar, err);
    if (st == ACRM_OK)
        st = way_check_list(definition, "warranties", "months", WAY_MONTHS_MAX, err);
    if (st == ACRM_OK)
        st = way_check_list(definition, "reminders", "days", WAY_DAYS_MAX, err);
    way->count = acrm_milestone_count(way->chain);
    for (size_t i = 0; i < way->count; i++)
        if (acrm_milestone_flags(way->chain, i) & ACRM_MILESTONE_END)
            way->end = i;
    return st;
}

static int32_t way_make(acrm__call *call, const acrm_cell *json, acrm__order_way **out)
{
    const acrm_allocator *allocator = acrm__cache_allocator(call);
    acrm__order_way *way = acrm__alloc_zero(allocator, sizeof *way);

    if (!way)
        return acrm__nomem(call);
    acrm__arena_init(&way->arena, allocator);
    int32_t st = way_read(way, json, call->err);
    if (st == ACRM_OK)
        *out = way;
    else
        way_drop(allocator, way);
    return st;
}

int32_t acrm__order_way_of(acrm__call *call, const unsigned char chain[16],
                           const acrm__order_way **out)
{
    acrm__term by_id = { F_ID, ACRM_FILTER_EQ, acrm__cell_id(chain) };
    acrm__order_way *way = acrm__cache_find(call, chain);
    acrm__rec *rec = NULL;
    int32_t st = ACRM_OK;

    if (!way) {
        st = acrm__find_one(call, &(acrm__select){ .entity = "milestone_chain", .terms = &by_id,
                                                   .n_terms = 1, .as_system = true }, &rec);
        if (st == ACRM_OK && !rec)
            st = acrm__fail(call, ACRM_E_CORRUPT, "reference", "chain_id", "the chain is gone");
        if (st == ACRM_OK)
            st = way_make(call, &rec->cells[F_milestone_chain__definition], &way);
        if (st == ACRM_OK)
            st = acrm__cache_keep(call, chain, way, way_drop);
    }
    if (st == ACRM_OK)
        *out = way;
    return st;
}

const char *acrm__order_name(const acrm__order_way *way, size_t n)
{
    const char *name = acrm__get_text(acrm_milestone_data(way->chain, n), "name");

    return name ? name : acrm_milestone_code(way->chain, n);
}

/* --- Writing --- */

int32_t acrm__order_chain_write(acrm__call *call, acrm__rec *rec, const acrm__rec *before)
{
    acrm__term same = { F_milestone_chain__code, ACRM_FILTER_EQ,
                        rec->cells[F_milestone_chain__code] };
    acrm__order_way *way = NULL;
    acrm__recs others = { NULL, 0 };
    int64_t last = 0;

    if (before || acrm__is_null(rec, F_milestone_chain__definition))
        return ACRM_OK;
    int32_t st = way_make(call, &rec->cells[F_milestone_chain__definition], &way);
    if (st != ACRM_OK)
        return st;
    way_drop(acrm__cache_allocator(call), way);
    st = acrm__find(call, &(acrm__select){ .entity = "milestone_chain", .terms = &same,
                                           .n_terms = 1, .as_system = true,
                                           .with_deleted = true }, &others);
    for (size_t i = 0; st == ACRM_OK && i < others.count; i++)
        if (acrm__int(others.items[i], F_milestone_chain__version_no) > last)
            last = acrm__int(others.items[i], F_milestone_chain__version_no);
    acrm__set(rec, F_milestone_chain__version_no, acrm__cell_int(last + 1));
    return st;
}

/* --- What a new database begins with --- */

#define WAY_COMMON                                                                                \
    "\"warranties\":[{\"kind\":\"manufacturer\",\"name\":\"Manufacturer's warranty\","           \
    "\"months\":24}],"                                                                            \
    "\"reminders\":[{\"name\":\"Ask how the car is doing\",\"kind\":\"call\",\"days\":3},"       \
    "{\"name\":\"Invite to the first service\",\"kind\":\"call\",\"days\":330}]"

#define WAY_MONEY(after, days)                                                                    \
    "{\"code\":\"payment\",\"name\":\"Payment\",\"after\":[\"" after "\"],\"days\":" days ","    \
    "\"gate\":true,\"visible\":true},"                                                            \
    "{\"code\":\"funding\",\"name\":\"Finance paid out\",\"after\":[\"" after "\"],\"days\":10,"  \
    "\"business\":true,\"gate\":true,\"optional\":true},"

#define WAY_ENDING(after)                                                                         \
    "{\"code\":\"plate\",\"name\":\"Registration plate\",\"after\":[" after "],\"days\":5,"      \
    "\"business\":true,\"gate\":true,\"visible\":true,\"documents\":[\"insurance\"]},"           \
    "{\"code\":\"preparation\",\"name\":\"Preparation\",\"after\":[" after "],\"days\":3,"       \
    "\"business\":true,\"gate\":true,\"visible\":true},"                                          \
    "{\"code\":\"delivery\",\"name\":\"Delivery\",\"after\":[\"plate\",\"preparation\","         \
    "\"payment\",\"funding\"],\"days\":2,\"business\":true,\"visible\":true}]}"

static const struct {
    const char *code, *name, *definition;
} way_seeds[] = {
    { "import", "Imported vehicle",
      "{\"tolerance\":5," WAY_COMMON ",\"milestones\":["
      "{\"code\":\"registration\",\"name\":\"Order registered\",\"visible\":true},"
      "{\"code\":\"lottery\",\"name\":\"Draw\",\"after\":[\"registration\"],\"days\":14,"
      "\"optional\":true,\"gate\":true,\"visible\":true},"
      "{\"code\":\"allocation\",\"name\":\"Car allocated\",\"after\":[\"lottery\"],\"days\":21,"
      "\"visible\":true},"
      WAY_MONEY("allocation", "14")
      "{\"code\":\"production\",\"name\":\"Built\",\"after\":[\"allocation\"],\"days\":45,"
      "\"visible\":true},"
      "{\"code\":\"shipping\",\"name\":\"Shipped\",\"after\":[\"production\"],\"days\":21,"
      "\"visible\":true},"
      "{\"code\":\"customs\",\"name\":\"Released from customs\",\"after\":[\"shipping\"],"
      "\"days\":10,\"business\":true,\"gate\":true,\"visible\":true,"
      "\"documents\":[\"customs_declaration\",\"certificate_of_conformity\"]},"
      WAY_ENDING("\"customs\"") },
    { "domestic", "Domestic or stock vehicle",
      "{\"tolerance\":2," WAY_COMMON ",\"milestones\":["
      "{\"code\":\"registration\",\"name\":\"Order registered\",\"visible\":true},"
      "{\"code\":\"allocation\",\"name\":\"Car allocated\",\"after\":[\"registration\"],"
      "\"days\":2,\"business\":true,\"visible\":true},"
      WAY_MONEY("allocation", "7")
      WAY_ENDING("\"allocation\"") },
};

int32_t acrm__order_seed(acrm__call *call)
{
    for (size_t i = 0; i < sizeof way_seeds / sizeof *way_seeds; i++) {
        acrm__rec *rec = acrm__new(call, "milestone_chain");
        if (!rec)
            return acrm__nomem(call);
        acrm__set(rec, F_milestone_chain__code, acrm__cell_text(way_seeds[i].code));
        acrm__set(rec, F_milestone_chain__name, acrm__cell_text(way_seeds[i].name));
        acrm__set(rec, F_milestone_chain__definition,
                  acrm__cell_text(way_seeds[i].definition));
        int32_t st = acrm__insert(call, rec);
        if (st != ACRM_OK)
            return st;
    }
    return ACRM_OK;
}
