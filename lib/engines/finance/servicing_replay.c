/* SPDX-License-Identifier: MIT */
/* A payment history played again in the order of value days. */
#include "engines/finance/servicing_internal.h"

static int32_t replay_check_terms(const acrm_replay_terms *terms, acrm_issue *issue)
{
    if (terms->allocations_len < 1 || terms->allocations_len > ACRM_ALLOCATIONS_MAX)
        return acrm__issue(issue, ACRM_E_INVALID, "terms.allocations", -1, "1..16 rows");
    if (!acrm__day_ok(terms->start_day))
        return acrm__issue(issue, ACRM_E_INVALID, "terms.start_day", -1,
                           "0001-01-01..9999-12-31");
    if (!acrm__day_ok(terms->to_day) || terms->to_day < terms->start_day)
        return acrm__issue(issue, ACRM_E_INVALID, "terms.to_day", -1,
                           "terms.start_day..9999-12-31");
    for (size_t i = 0; i < terms->allocations_len; i++) {
        int32_t status = acrm__allocation_check(&terms->allocations[i], issue);
        if (status != ACRM_OK)
            return status;
    }
    return terms->penalty != NULL ? acrm__penalty_check(terms->penalty, issue) : ACRM_OK;
}

static int32_t replay_check_unpaid(const acrm_due *dues, size_t n_dues, acrm_issue *issue)
{
    for (size_t i = 0; i < n_dues; i++)
        for (int32_t part = 0; part < ACRM_PARTS; part++)
            if (dues[i].paid[part] != 0)
                return acrm__issue(issue, ACRM_E_INVALID, "dues.paid", (int64_t)i, "0");
    return ACRM_OK;
}

/* What an event points to must exist; a reversal marks its event. */
static int32_t replay_check_reference(const acrm_replay_terms *terms, const acrm_event *events,
                                      size_t index, size_t n_dues, acrm_event_result *results,
                                      acrm_issue *issue)
{
    const acrm_event *event = &events[index];

    switch (event->kind) {
    case ACRM_EVENT_PAYMENT:
        if (event->allocation < 0 || (size_t)event->allocation >= terms->allocations_len)
            return acrm__issue(issue, ACRM_E_INVALID, "events.allocation", (int64_t)index,
                               "an index of terms.allocations");
        return ACRM_OK;
    case ACRM_EVENT_CHARGE:
        if (event->of < 0 || (size_t)event->of >= n_dues)
            return acrm__issue(issue, ACRM_E_INVALID, "events.of", (int64_t)index,
                               "an index of the dues");
        if (event->part != ACRM_PART_PENALTY && event->part != ACRM_PART_FEE)
            return acrm__issue(issue, ACRM_E_INVALID, "events.part", (int64_t)index, "0, 1");
        return ACRM_OK;
    default:
        if (event->of < 0 || (size_t)event->of >= index ||
            events[event->of].kind == ACRM_EVENT_REVERSAL ||
            results[event->of].reversed_by >= 0)
            return acrm__issue(issue, ACRM_E_INVALID, "events.of", (int64_t)index,
                               "an event above that is no reversal and is not reversed yet");
        results[event->of].reversed_by = (int32_t)index;
        return ACRM_OK;
    }
}

static int32_t replay_check_events(const acrm_replay_terms *terms, const acrm_event *events,
                                   size_t n_events, size_t n_dues, acrm_event_result *results,
                                   acrm_issue *issue)
{
    for (size_t i = 0; i < n_events; i++) {
        bool reversal = events[i].kind == ACRM_EVENT_REVERSAL;
        results[i] = (acrm_event_result){ .reversed_by = -1 };
        if (events[i].kind < ACRM_EVENT_PAYMENT || events[i].kind > ACRM_EVENT_CHARGE)
            return acrm__issue(issue, ACRM_E_INVALID, "events.kind", (int64_t)i, "0..2");
        if (events[i].day < terms->start_day || events[i].day > terms->to_day)
            return acrm__issue(issue, ACRM_E_INVALID, "events.day", (int64_t)i,
                               "terms.start_day..terms.to_day");
        if (reversal ? events[i].amount != 0
                     : events[i].amount < 1 || events[i].amount > ACRM_FINANCE_AMOUNT_MAX)
            return acrm__issue(issue, ACRM_E_INVALID, "events.amount", (int64_t)i,
                               "1..1000000000000000; 0 for a reversal");
        int32_t status = replay_check_reference(terms, events, i, n_dues, results, issue);
        if (status != ACRM_OK)
            return status;
    }
    return ACRM_OK;
}

static bool replay_acts(const acrm_event *events, const acrm_event_result *results, int32_t i)
{
    return events[i].kind != ACRM_EVENT_REVERSAL && results[i].reversed_by < 0;
}

/* Events that act come first, by value day, then by booking. */
static bool replay_less(const acrm_event *events, const acrm_event_result *results, int32_t a,
                        int32_t b)
{
    bool a_acts = replay_acts(events, results, a);
    bool b_acts = replay_acts(events, results, b);

    if (a_acts != b_acts)
        return a_acts;
    return events[a].day != events[b].day ? events[a].day < events[b].day : a < b;
}

static void replay_sift(const acrm_event *events, acrm_event_result *results, size_t root,
                        size_t end)
{
    for (size_t child; (child = 2 * root + 1) < end; root = child) {
        if (child + 1 < end &&
            replay_less(events, results, results[child].place, results[child + 1].place))
            child++;
        if (!replay_less(events, results, results[root].place, results[child].place))
            return;
        int32_t swap = results[root].place;
        results[root].place = results[child].place;
        results[child].place = swap;
    }
}

/* Leaves in results[k].place the index of the event that acts k-th: a heap sort in place. */
static void replay_order(const acrm_event *events, acrm_event_result *results, size_t n)
{
    for (size_t i = 0; i < n; i++)
        results[i].place = (int32_t)i;
    for (size_t i = n / 2; i-- > 0;)
        replay_sift(events, results, i, n);
    for (size_t end = n; end-- > 1;) {
        int32_t swap = results[0].place;
        results[0].place = results[end].place;
        results[end].place = swap;
        replay_sift(events, results, 0, end);
    }
}

/* Turns "the k-th is event e" into "event e is the k-th", cycle by cycle; done ones are marked by
 * their complement. Events that do not act get -1. */
static void replay_places(const acrm_event *events, acrm_event_result *results, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        int32_t at = (int32_t)i;
        if (results[i].place < 0)
            continue;
        for (int32_t next = results[i].place; results[next].place >= 0;) {
            int32_t after = results[next].place;
            results[next].place = ~at;
            at = next;
            next = after;
        }
    }
    for (size_t i = 0; i < n; i++)
        results[i].place = replay_acts(events, results, (int32_t)i) ? ~results[i].place : -1;
}

/* The play: the dues as they stand, the day reached, the rows so far. */
typedef struct replay_play {
    const acrm_replay_terms *terms;
    acrm_due *dues;
    size_t n_dues;
    int64_t total; /* of all due amounts */
    int32_t day;
    acrm_allocated *rows;
    size_t rows_max, rows_len;
    acrm_penalty_line *lines;
    size_t lines_max, lines_len;
} replay_play;

/* Charges penalties up to a day. */
static int32_t replay_advance(replay_play *play, int32_t day, acrm_issue *issue)
{
    size_t done = play->lines_len < play->lines_max ? play->lines_len : play->lines_max;
    acrm_penalty_line *lines = done < play->lines_max ? play->lines + done : NULL;
    int64_t charged = 0;
    size_t n_lines = 0;

    if (play->terms->penalty != NULL && day > play->day) {
        int32_t status = acrm__penalty_charge(play->terms->penalty, play->dues, play->n_dues,
                                              play->day, day, play->total, &charged, lines,
                                              play->lines_max - done, &n_lines, issue);
        if (status != ACRM_OK)
            return status;
    }
    play->lines_len += n_lines;
    play->total += charged;
    play->day = day;
    return ACRM_OK;
}

static int32_t replay_event(replay_play *play, const acrm_event *event, int32_t index,
                            acrm_event_result *result, acrm_issue *issue)
{
    size_t n_rows = 0;
    int32_t status = replay_advance(play, event->day, issue);

    if (status != ACRM_OK)
        return status;
    if (event->kind == ACRM_EVENT_CHARGE) {
        if (event->amount > ACRM_FINANCE_AMOUNT_MAX - play->total)
            return acrm__issue(issue, ACRM_E_LIMIT, "events.amount", index,
                               "all due amounts within 1000000000000000");
        play->total += event->amount;
        play->dues[event->of].due[event->part] += event->amount;
        return ACRM_OK;
    }
    acrm_allocated *rows = play->rows_len < play->rows_max ? play->rows + play->rows_len : NULL;
    status = acrm__allocate(&play->terms->allocations[event->allocation], play->dues, play->n_dues,
                            event->day, event->amount, rows, play->rows_max - play->rows_len,
                            &n_rows, &result->rest, issue);
    if (status != ACRM_OK)
        return status;
    for (size_t i = 0; i < n_rows; i++)
        rows[i].event = index;
    result->first_row = (int32_t)play->rows_len;
    result->n_rows = (int32_t)n_rows;
    play->rows_len += n_rows;
    return ACRM_OK;
}

static int32_t replay_run(replay_play *play, const acrm_event *events, size_t n_events,
                          acrm_event_result *results, acrm_issue *issue)
{
    int32_t status = ACRM_OK;

    replay_order(events, results, n_events);
    for (size_t k = 0; k < n_events && status == ACRM_OK; k++) {
        int32_t index = results[k].place;
        if (!replay_acts(events, results, index))
            break;
        status = replay_event(play, &events[index], index, &results[index], issue);
    }
    if (status == ACRM_OK)
        status = replay_advance(play, play->terms->to_day, issue);
    if (status == ACRM_OK)
        replay_places(events, results, n_events);
    return status;
}

static bool replay_misuse(const acrm_replay_terms *terms)
{
    if (terms == NULL || terms->struct_size != sizeof *terms || terms->allocations == NULL)
        return true;
    for (size_t i = 0; i < terms->allocations_len && i < ACRM_ALLOCATIONS_MAX; i++)
        if (terms->allocations[i].struct_size != sizeof *terms->allocations)
            return true;
    return terms->penalty != NULL && terms->penalty->struct_size != sizeof *terms->penalty;
}

int32_t acrm_replay(const acrm_replay_terms *terms, acrm_due *dues, size_t n_dues,
                    const acrm_event *events, size_t n_events, acrm_event_result *results,
                    acrm_allocated *rows, size_t rows_max, size_t *n_rows,
                    acrm_penalty_line *lines, size_t lines_max, size_t *n_lines,
                    acrm_issue *issue)
{
    if (replay_misuse(terms) || n_rows == NULL || acrm__no_array(dues, n_dues) ||
        acrm__no_array(events, n_events) || acrm__no_array(results, n_events) ||
        acrm__no_array(rows, rows_max) || acrm__no_array(lines, lines_max))
        return ACRM_E_MISUSE;

    replay_play play = { .terms = terms,
                         .dues = dues,
                         .n_dues = n_dues,
                         .day = terms->start_day,
                         .rows = rows,
                         .rows_max = rows_max,
                         .lines = lines,
                         .lines_max = lines_max };
    int32_t status = replay_check_terms(terms, issue);
    if (status == ACRM_OK)
        status = acrm__dues_check(dues, n_dues, &play.total, issue);
    if (status != ACRM_OK)
        return status;
    if (n_events > ACRM_EVENTS_MAX || n_events * (n_dues + 1) > ACRM_REPLAY_WORK_MAX)
        return acrm__issue(issue, ACRM_E_LIMIT, "events", -1,
                           "0..36525 rows, times dues within 16777216");
    status = replay_check_unpaid(dues, n_dues, issue);
    if (status == ACRM_OK)
        status = replay_check_events(terms, events, n_events, n_dues, results, issue);
    if (status == ACRM_OK)
        status = replay_run(&play, events, n_events, results, issue);
    if (status == ACRM_OK)
        *n_rows = play.rows_len;
    if (status == ACRM_OK && n_lines != NULL)
        *n_lines = play.lines_len;
    return status;
}

/* The rows of an event: NULL when it has none. */
static const acrm_allocated *replay_rows(const acrm_allocated *rows,
                                         const acrm_event_result *result)
{
    return result->n_rows > 0 ? rows + result->first_row : NULL;
}

static bool replay_same(const acrm_allocated *a, const acrm_allocated *b, int32_t n)
{
    for (int32_t i = 0; i < n; i++)
        if (a[i].due != b[i].due || a[i].part != b[i].part || a[i].when != b[i].when ||
            a[i].amount != b[i].amount)
            return false;
    return true;
}

/* Appends rows, negated or not; false when they do not fit. */
static bool replay_append(acrm_allocated *changes, size_t max, size_t *len,
                          const acrm_allocated *rows, int32_t n, int64_t sign)
{
    if ((size_t)n > max - *len)
        return false;
    for (int32_t i = 0; i < n; i++) {
        changes[*len] = rows[i];
        changes[(*len)++].amount *= sign;
    }
    return true;
}

int32_t acrm_replay_diff(const acrm_event_result *old_results, const acrm_allocated *old_rows,
                         size_t n_old, const acrm_event_result *new_results,
                         const acrm_allocated *new_rows, size_t n_new, acrm_allocated *changes,
                         size_t changes_max, size_t *n_changes)
{
    static const acrm_event_result none = { .n_rows = 0 };
    size_t len = 0;

    if (n_changes == NULL || n_old > n_new || acrm__no_array(old_results, n_old) ||
        acrm__no_array(new_results, n_new) || acrm__no_array(changes, changes_max))
        return ACRM_E_MISUSE;
    for (size_t i = 0; i < n_new; i++) {
        const acrm_event_result *was = i < n_old ? &old_results[i] : &none;
        const acrm_event_result *is = &new_results[i];
        if ((was->n_rows > 0 && old_rows == NULL) || (is->n_rows > 0 && new_rows == NULL))
            return ACRM_E_MISUSE;
        const acrm_allocated *before = replay_rows(old_rows, was);
        const acrm_allocated *after = replay_rows(new_rows, is);
        if (was->n_rows == is->n_rows && replay_same(before, after, is->n_rows))
            continue;
        if (!replay_append(changes, changes_max, &len, before, was->n_rows, -1) ||
            !replay_append(changes, changes_max, &len, after, is->n_rows, 1))
            return ACRM_E_LIMIT;
    }
    *n_changes = len;
    return ACRM_OK;
}
