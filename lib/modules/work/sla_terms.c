/* SPDX-License-Identifier: MIT */
/*
 * Policies as they were: whenever a policy, a target, a step or the calendar changes, what has
 * become of it is written down as its next terms. Terms never change, so what was computed with
 * them can be computed again.
 */
#include "modules/work/sla.h"

#include "base/civil.h"
#include "base/json.h"
#include "base/text.h"

#include <string.h>

const char *const acrm__sla_clock_names[] = { "", "first_response", "next_response", "update",
                                              "resolution", NULL };
const char *const acrm__sla_kind_names[] = { "",        "created", "message",  "reply",
                                             "touch",   "paused",  "resumed",  "priority",
                                             "terms",   "resolved", "reopened", "closed",
                                             "fired",   NULL };

int32_t acrm__sla_number_of(const char *const *names, const char *name)
{
    for (int32_t i = 0; name && names[i]; i++)
        if (strcmp(names[i], name) == 0)
            return i;
    return -1;
}

/* --- Warnings --- */

static bool terms_warning(const char *text, size_t len, acrm_sla_mark *out)
{
    acrm__duration before;
    int64_t share = 0;

    if (len > 1 && text[len - 1] == '%') {
        if (!acrm__parse_decimal(text, len - 1, 2, &share) || share < 1 || share >= 10000)
            return false;
        *out = (acrm_sla_mark){ (int32_t)share, 0 };
        return true;
    }
    if (!acrm__duration_parse(text, len, &before) || before.months != 0 || before.days < 0 ||
        before.days > 36500 || before.seconds < 0 || before.seconds > INT64_C(3155760000) ||
        (before.days == 0 && before.seconds == 0))
        return false;
    *out = (acrm_sla_mark){ 10000, -(before.days * INT64_C(86400) + before.seconds) *
                                       ACRM__SECOND_US };
    return true;
}

int32_t acrm__sla_warnings(acrm__call *call, const acrm_value *list,
                           acrm_sla_mark marks[ACRM__SLA_WARNINGS_MAX], size_t *n)
{
    *n = acrm_value_count(list);
    if (list && acrm_value_type(list) != ACRM_LIST)
        return acrm__fail(call, ACRM_E_INVALID, "type", "warnings",
                          "warnings must be a list such as [\"80%%\",\"PT1H\"]");
    if (*n > ACRM__SLA_WARNINGS_MAX)
        return acrm__fail(call, ACRM_E_LIMIT, "limit", "warnings", "at most %d warnings",
                          (int)ACRM__SLA_WARNINGS_MAX);
    for (size_t i = 0; i < *n; i++) {
        size_t len = 0;
        const char *text = acrm_value_text(acrm_value_at(list, i), &len);
        if (text && terms_warning(text, len, &marks[i]))
            continue;
        char *path = acrm__arena_format(call->arena, "warnings[%zu]", i);
        if (!path)
            return acrm__nomem(call);
        return acrm__fail(call, ACRM_E_INVALID, "warning", path,
                          "%s must be a share of the target below 100%%, such as \"80%%\", or a "
                          "time before it is due, such as \"PT1H\"", path);
    }
    return ACRM_OK;
}

/* --- Writing them down --- */

/* Lists what is the same for every kind of row: the named columns that are not null. */
static int32_t terms_put(acrm__call *call, acrm_value *map, const acrm__rec *rec, uint32_t first)
{
    for (uint32_t f = first; f < rec->entity->n_fields; f++) {
        const acrm__field *field = &rec->entity->fields[f].def;
        const acrm_value *json = NULL;
        bool ok = true;
        int32_t st = ACRM_OK;
        if (acrm__is_null(rec, f) || field->flags & ACRM__CUSTOM)
            continue;
        switch (field->type) {
        case ACRM__T_INT:
        case ACRM__T_DURATION:
            ok = acrm__put_int(map, field->name, acrm__int(rec, f));
            break;
        case ACRM__T_REF:
            ok = acrm__put_text(map, field->name, acrm__id_text(call, acrm__id(rec, f)));
            break;
        case ACRM__T_JSON:
            st = acrm__work_json(call, rec, f, &json);
            ok = st != ACRM_OK || acrm__put_value(map, field->name, json);
            break;
        default:
            ok = acrm__put_text(map, field->name, acrm__text(rec, f));
            break;
        }
        if (st != ACRM_OK || !ok)
            return ok ? st : acrm__nomem(call);
    }
    return ACRM_OK;
}

static int32_t terms_rows(acrm__call *call, acrm_value *map, const char *key, const char *entity,
                          const unsigned char policy[16], uint32_t first, uint32_t order)
{
    const acrm__term term = { F_SYSTEM_COUNT, ACRM_FILTER_EQ, acrm__cell_id(policy) };
    acrm_value *list = acrm__put_list(map, key);
    acrm__recs rows = { NULL, 0 };

    int32_t st = acrm__find(call, &(acrm__select){ .entity = entity, .terms = &term, .n_terms = 1,
                                                   .order = order, .limit = 1000,
                                                   .as_system = true }, &rows);
    for (size_t i = 0; st == ACRM_OK && i < rows.count; i++) {
        acrm_value *row = list ? acrm__add_map(list) : NULL;
        st = row ? terms_put(call, row, rows.items[i], first) : acrm__nomem(call);
    }
    return st == ACRM_OK && !list ? acrm__nomem(call) : st;
}

static int32_t terms_definition(acrm__call *call, const acrm__rec *policy, acrm_value **out)
{
    const unsigned char *id = acrm__id(policy, F_ID);
    acrm_value *map = acrm__value_in(call->arena);
    bool ok = map && acrm_value_set_map(map) == ACRM_OK &&
              acrm__put_text(map, "reopen", acrm__text(policy, F_sla_policy__reopen)) &&
              acrm__put_int(map, "neglect_after",
                            acrm__int(policy, F_sla_policy__neglect_after)) &&
              acrm__put_int(map, "overrun_after", acrm__int(policy, F_sla_policy__overrun_after));

    if (!ok)
        return acrm__nomem(call);
    *out = map;
    int32_t st = terms_rows(call, map, "targets", "sla_target", id, F_sla_target__priority, F_ID);
    return st == ACRM_OK ? terms_rows(call, map, "steps", "sla_escalation", id,
                                      F_sla_escalation__position, F_sla_escalation__position)
                         : st;
}

int32_t acrm__sla_newest(acrm__call *call, const unsigned char policy[16], acrm__rec **out)
{
    const acrm__term term = { F_sla_terms__policy_id, ACRM_FILTER_EQ, acrm__cell_id(policy) };

    return acrm__find_one(call, &(acrm__select){ .entity = "sla_terms", .terms = &term,
                                                 .n_terms = 1, .order = F_sla_terms__number,
                                                 .descending = true, .as_system = true }, out);
}

/* --- Reading them --- */

static void terms_drop(const acrm_allocator *allocator, void *book)
{
    acrm__sla_book *b = book;

    acrm__arena_free(&b->arena);
    acrm__free(allocator, b, sizeof *b);
}

int32_t acrm__sla_priority(const acrm__sla_book *book, const char *name)
{
    for (size_t i = 1; name && i < book->terms.priorities_count; i++)
        if (strcmp(book->priorities[i], name) == 0)
            return (int32_t)i;
    return 0;
}

const acrm_value *acrm__sla_step(const acrm__sla_book *book, int32_t position)
{
    for (size_t i = 0; i < acrm_value_count(book->steps); i++)
        if (acrm_value_int(acrm_value_get(acrm_value_at(book->steps, i), "position")) == position)
            return acrm_value_at(book->steps, i);
    return NULL;
}

static int32_t terms_priorities(acrm__call *call, acrm__sla_book *book, const acrm_value *targets)
{
    size_t n = acrm_value_count(targets);

    book->priorities = acrm__arena_array(&book->arena, n + 2, sizeof *book->priorities);
    if (!book->priorities)
        return acrm__nomem(call);
    book->terms.priorities_count = 1;
    for (size_t i = 0; i < n; i++) {
        const char *name = acrm__get_text(acrm_value_at(targets, i), "priority");
        if (!name || acrm__sla_priority(book, name) > 0)
            continue;
        if (book->terms.priorities_count == ACRM_SLA_PRIORITIES_MAX)
            return acrm__fail(call, ACRM_E_LIMIT, "limit", "priority",
                              "a policy may name %d priorities", ACRM_SLA_PRIORITIES_MAX - 1);
        book->priorities[book->terms.priorities_count++] = name;
    }
    return ACRM_OK;
}

/* Whether a step is about this clock at this priority, and where it comes in. */
static bool terms_step(const acrm_value *step, int32_t clock, const char *priority,
                       const acrm_sla_mark *warnings, size_t n_warnings, acrm_sla_mark *out)
{
    const char *of_clock = acrm__get_text(step, "clock");
    const char *of_priority = acrm__get_text(step, "priority");
    int64_t delay = acrm_value_int(acrm_value_get(step, "delay")) * ACRM__SECOND_US;
    int64_t warning = acrm_value_int(acrm_value_get(step, "warning"));

    if ((of_clock && strcmp(of_clock, acrm__sla_clock_names[clock]) != 0) ||
        (of_priority && (!priority || strcmp(of_priority, priority) != 0)))
        return false;
    if (strcmp(acrm__get_text(step, "after"), "breach") == 0) {
        *out = (acrm_sla_mark){ 10000, delay };
        return true;
    }
    if (warning < 1 || (size_t)warning > n_warnings)
        return false;
    *out = (acrm_sla_mark){ warnings[warning - 1].share_bp, warnings[warning - 1].offset + delay };
    return true;
}

static int32_t terms_marks(acrm__call *call, acrm__sla_book *book, const acrm_value *definition,
                           const acrm_value *from, int32_t priority, int32_t clock,
                           acrm_sla_target *target)
{
    acrm_sla_mark *marks = acrm__arena_array(&book->arena, ACRM_SLA_MARKS_MAX, sizeof *marks);
    int64_t overrun = acrm_value_int(acrm_value_get(definition, "overrun_after"));
    size_t n_warnings = 0;

    if (!marks)
        return acrm__nomem(call);
    for (size_t i = 0; i < ACRM_SLA_MARKS_MAX; i++)
        marks[i].share_bp = ACRM_SLA_UNUSED;
    int32_t st = acrm__sla_warnings(call, acrm_value_get(from, "warnings"), marks, &n_warnings);
    if (st != ACRM_OK)
        return st;
    target->marks = marks;
    target->marks_count = n_warnings;
    if (clock == ACRM_SLA_RESOLUTION && overrun > 0) {
        marks[ACRM__SLA_OVERRUN - 1] = (acrm_sla_mark){ 10000, overrun * ACRM__SECOND_US };
        target->marks_count = ACRM__SLA_OVERRUN;
    }
    for (size_t i = 0; i < acrm_value_count(book->steps); i++) {
        const acrm_value *step = acrm_value_at(book->steps, i);
        size_t bit = ACRM__SLA_STEP +
                     (size_t)acrm_value_int(acrm_value_get(step, "position"));
        if (terms_step(step, clock, book->priorities[priority], marks, n_warnings,
                       &marks[bit - 1]) && bit > target->marks_count)
            target->marks_count = bit;
    }
    return ACRM_OK;
}

static const acrm_value *terms_target(const acrm_value *targets, const char *priority,
                                      int32_t clock)
{
    for (size_t i = 0; i < acrm_value_count(targets); i++) {
        const acrm_value *t = acrm_value_at(targets, i);
        const char *of = acrm__get_text(t, "priority");
        bool same = priority ? of && strcmp(of, priority) == 0 : !of;
        if (same && strcmp(acrm__get_text(t, "clock"), acrm__sla_clock_names[clock]) == 0)
            return t;
    }
    return NULL;
}

static int32_t terms_targets(acrm__call *call, acrm__sla_book *book, const acrm_value *definition)
{
    const acrm_value *rows = acrm_value_get(definition, "targets");
    size_t n = book->terms.priorities_count * ACRM_SLA_CLOCKS;
    acrm_sla_target *targets = acrm__arena_array(&book->arena, n, sizeof *targets);
    int32_t st = targets ? ACRM_OK : acrm__nomem(call);

    book->terms.targets = targets;
    for (size_t i = 0; i < n && st == ACRM_OK; i++) {
        int32_t priority = (int32_t)i / ACRM_SLA_CLOCKS, clock = (int32_t)i % ACRM_SLA_CLOCKS + 1;
        const acrm_value *from = terms_target(rows, book->priorities[priority], clock);
        if (!from)
            from = terms_target(rows, NULL, clock);
        if (!from)
            continue;
        targets[i].amount = acrm_value_int(acrm_value_get(from, "amount")) * ACRM__SECOND_US;
        targets[i].around_the_clock = strcmp(acrm__get_text(from, "counts"), "calendar") == 0;
        st = terms_marks(call, book, definition, from, priority, clock, &targets[i]);
    }
    return st;
}

static int32_t terms_compile(acrm__call *call, const acrm_cell *json, acrm__sla_book *book)
{
    static const char *const reopens[] = { "", "continue", "restart", "new_cycle", NULL };
    acrm_value *definition = NULL;
    acrm__json_fault fault;

    int32_t st = acrm__json_read(&book->arena, json->data, json->size, &definition, &fault);
    if (st != ACRM_OK)
        return st == ACRM_E_NOMEM ? acrm__nomem(call)
                                  : acrm__fail(call, ACRM_E_CORRUPT, "json", "definition",
                                               "the terms are no JSON: %s", fault.expected);
    book->terms.struct_size = sizeof book->terms;
    book->terms.reopen = acrm__sla_number_of(reopens, acrm__get_text(definition, "reopen"));
    book->terms.neglect_after = acrm_value_int(acrm_value_get(definition, "neglect_after")) *
                                ACRM__SECOND_US;
    book->steps = acrm_value_get(definition, "steps");
    st = terms_priorities(call, book, acrm_value_get(definition, "targets"));
    return st == ACRM_OK ? terms_targets(call, book, definition) : st;
}

static int32_t terms_calendar(acrm__call *call, acrm__sla_book *book)
{
    const acrm__work_calendar *calendar = NULL;
    int32_t st = acrm__calendar_version(call, book->calendar_version, &calendar);

    if (st == ACRM_OK)
        book->terms.calendar = calendar->calendar;
    return st;
}

/* Takes the definition apart; the caller drops the book. */
static int32_t terms_make(acrm__call *call, const acrm__rec *terms, acrm__sla_book **out)
{
    const acrm_allocator *allocator = acrm__cache_allocator(call);
    acrm__sla_book *book = acrm__alloc_zero(allocator, sizeof *book);

    if (!book)
        return acrm__nomem(call);
    acrm__arena_init(&book->arena, allocator);
    memcpy(book->id, acrm__id(terms, F_ID), sizeof book->id);
    memcpy(book->calendar_version, acrm__id(terms, F_sla_terms__calendar_version_id),
           sizeof book->calendar_version);
    int32_t st = terms_compile(call, &terms->cells[F_sla_terms__definition], book);
    if (st == ACRM_OK)
        st = terms_calendar(call, book);
    if (st == ACRM_OK)
        *out = book;
    else
        terms_drop(allocator, book);
    return st;
}

int32_t acrm__sla_book_of(acrm__call *call, const unsigned char terms[16], acrm__sla_book **out)
{
    acrm__sla_book *book = acrm__cache_find(call, terms);
    acrm__rec *rec = NULL;

    if (book) {
        *out = book;
        return terms_calendar(call, book);
    }
    int32_t st = acrm__load(call, "sla_terms", terms, NULL, &rec);
    if (st == ACRM_OK)
        st = terms_make(call, rec, &book);
    if (st == ACRM_OK)
        st = acrm__cache_keep(call, terms, book, terms_drop);
    if (st == ACRM_OK)
        *out = book;
    return st;
}

/* --- Refreshing --- */

static int32_t terms_twice(acrm__call *call, const acrm_value *targets)
{
    for (size_t i = 0; i < acrm_value_count(targets); i++) {
        const acrm_value *t = acrm_value_at(targets, i);
        const char *clock = acrm__get_text(t, "clock"), *priority = acrm__get_text(t, "priority");
        if (terms_target(targets, priority, acrm__sla_number_of(acrm__sla_clock_names, clock)) != t)
            return acrm__fail(call, ACRM_E_CONFLICT, "twice", "clock",
                              "%s has two targets for %s%.64s; keep one of them", clock,
                              priority ? "the priority " : "every other priority",
                              priority ? priority : "");
    }
    return ACRM_OK;
}

static int32_t terms_sound(acrm__call *call, const acrm__rec *terms, const acrm_value *definition)
{
    acrm__sla_book *book = NULL;
    acrm_issue issue = { .row = -1 };

    int32_t st = terms_twice(call, acrm_value_get(definition, "targets"));
    if (st == ACRM_OK)
        st = terms_make(call, terms, &book);
    if (st != ACRM_OK)
        return st;
    st = acrm_sla_check(&book->terms, &issue);
    if (st != ACRM_OK) {
        const char *name = issue.row > 0 ? book->priorities[issue.row] : NULL;
        st = acrm__fail(call, st, "contradiction", "amount",
                        "%s%.64s: expected %s; lengthen the resolution or shorten the response",
                        name ? "priority " : "every other priority", name ? name : "",
                        issue.allowed);
    }
    terms_drop(acrm__cache_allocator(call), book);
    return st;
}

/* The newest version of the policy's calendar, or of the default one. */
static int32_t terms_calendar_version(acrm__call *call, const acrm__rec *policy, acrm_cell *out)
{
    const acrm__work_calendar *calendar = NULL;
    int32_t st = acrm__calendar_of(call, acrm__id(policy, F_sla_policy__calendar_id),
                                   "calendar_id", &calendar);

    if (st == ACRM_OK)
        *out = acrm__cell_id(calendar->id);
    return st;
}

static int32_t terms_insert(acrm__call *call, const acrm__rec *policy, const acrm__rec *newest,
                            acrm_cell json, acrm_cell calendar, const acrm_value *definition)
{
    acrm__rec *rec = acrm__new(call, "sla_terms");
    int64_t number = newest ? acrm__int(newest, F_sla_terms__number) + 1 : 1;

    if (!rec)
        return acrm__nomem(call);
    acrm__set(rec, F_sla_terms__policy_id, policy->cells[F_ID]);
    acrm__set(rec, F_sla_terms__number, acrm__cell_int(number));
    acrm__set(rec, F_sla_terms__calendar_version_id, calendar);
    acrm__set(rec, F_sla_terms__definition, json);
    int32_t st = acrm__insert(call, rec);
    if (st == ACRM_OK)
        st = terms_sound(call, rec, definition);
    return st == ACRM_OK && newest
               ? acrm__timer_set(call, "sla.renew", "sla_policy", acrm__id(policy, F_ID),
                                 call->now, NULL)
               : st;
}

int32_t acrm__sla_refresh(acrm__call *call, const unsigned char policy[16])
{
    acrm__rec *rec = NULL, *newest = NULL;
    acrm_value *definition = NULL;
    acrm_cell calendar, json;

    int32_t st = acrm__load(call, "sla_policy", policy, "policy_id", &rec);
    if (st == ACRM_OK)
        st = terms_definition(call, rec, &definition);
    if (st == ACRM_OK)
        st = terms_calendar_version(call, rec, &calendar);
    if (st == ACRM_OK)
        st = acrm__sla_newest(call, policy, &newest);
    if (st == ACRM_OK)
        st = acrm__work_json_cell(call, definition, &json);
    if (st != ACRM_OK)
        return st;
    if (newest && acrm__cell_equal(&newest->cells[F_sla_terms__definition], &json) &&
        acrm__cell_equal(&newest->cells[F_sla_terms__calendar_version_id], &calendar))
        return ACRM_OK;
    return terms_insert(call, rec, newest, json, calendar, definition);
}
