/* SPDX-License-Identifier: MIT */
/*
 * What is kept of a person outside of its records: keys, timers, results of calls kept for
 * repetition, and raw input of rejected rows, which belongs to nobody that the database knows.
 */
#include "modules/privacy/privacy.h"

#include "base/text.h"
#include "kernel/entities.h"

#include <string.h>

enum { TRACES_RAW_MIN = 6 /* shorter identifiers would be found in everything */ };

/* --- Keys, results, timers of each record --- */

static int32_t traces_timers(const acrm__reach *reach, const unsigned char *id, int64_t *count)
{
    acrm__call *call = reach->call;
    const acrm__term term = { F_timer__subject_id, ACRM_FILTER_EQ, acrm__cell_id(id) };
    acrm__recs timers = { NULL, 0 };
    int32_t st = acrm__find(call, &(acrm__select){ .entity = "timer", .terms = &term,
                                                   .n_terms = 1, .as_system = true }, &timers);

    for (size_t i = 0; st == ACRM_OK && i < timers.count; i++) {
        const acrm__timer_kind *kind = acrm__timer_kind_of(acrm__text(timers.items[i],
                                                                      F_timer__kind));
        if (kind && kind->outlives)
            continue;
        (*count)++;
        st = acrm__purge(call, timers.items[i]);
    }
    return st;
}

/* A record without a subject, or once without one, was sealed with a key of its own. */
static int32_t traces_key(const acrm__reach *reach, const unsigned char *id, int64_t *count)
{
    bool has = false;
    int32_t st = acrm__subject_has_key(reach->call, id, &has);

    if (st != ACRM_OK || !has)
        return st;
    (*count)++;
    return acrm__subject_erase(reach->call, id);
}

static int32_t traces_records(const acrm__reach *reach, bool **keep, acrm__traces *traces)
{
    int32_t st = ACRM_OK;

    for (uint32_t e = 0; e < reach->n_entities; e++) {
        const acrm__reached *of = &reach->of[e];
        for (uint32_t i = 0; st == ACRM_OK && i < of->n; i++) {
            const unsigned char *id = acrm__id(of->items[i], F_ID);
            bool kept = keep[e] && keep[e][i];
            if (!of->own[i])
                continue;
            st = traces_timers(reach, id, &traces->timers);
            if (st == ACRM_OK)
                st = acrm__idempotency_erase(reach->call, id, &traces->results);
            if (st == ACRM_OK && !kept)
                st = traces_key(reach, id, &traces->keys);
        }
    }
    return st;
}

/* --- Raw input --- */

/* Letters and digits of all scripts in one form, and the separators of numbers left out, so that
 * "+39 (333) 123-4567" is found by "393331234567". */
static bool traces_squeeze(acrm__call *call, const char *text, size_t len, acrm__str *out)
{
    acrm__str folded;

    acrm__str_init(&folded, &call->session->engine->allocator);
    acrm__fold(text, len, &folded);
    acrm__str_clear(out);
    for (size_t i = 0; !folded.failed && i < folded.len; i++)
        if (folded.data[i] != ' ')
            acrm__str_putc(out, folded.data[i]);
    bool ok = !folded.failed && !out->failed;
    acrm__str_free(&folded);
    return ok;
}

/* A national number is written without its country code: its last eight digits tell it. */
static const char *traces_needle(const acrm__identifier *item, const acrm__str *squeezed)
{
    size_t skip = strcmp(item->kind, "phone") == 0 && squeezed->len > 8 ? squeezed->len - 8 : 0;

    return squeezed->len - skip >= TRACES_RAW_MIN ? squeezed->data + skip : NULL;
}

static int32_t traces_holds(acrm__call *call, const char *raw, size_t len,
                            const acrm__identifier *list, bool *out)
{
    acrm__str hay, needle;
    bool ok;

    *out = false;
    acrm__str_init(&hay, &call->session->engine->allocator);
    acrm__str_init(&needle, &call->session->engine->allocator);
    ok = traces_squeeze(call, raw, len, &hay);
    for (; ok && !*out && list; list = list->next) {
        ok = traces_squeeze(call, list->text, strlen(list->text), &needle);
        const char *text = ok ? traces_needle(list, &needle) : NULL;
        *out = text && strstr(hay.data, text) != NULL;
    }
    acrm__str_free(&hay);
    acrm__str_free(&needle);
    return ok ? ACRM_OK : acrm__nomem(call);
}

static int32_t traces_raw_row(acrm__call *call, acrm__rec *row, const acrm__identifier *list,
                              int64_t *count)
{
    uint32_t raw = acrm__field_of(row->entity, "raw"), n;
    const char *plain = NULL;
    size_t len = 0;
    bool holds = false;

    if (row->cells[raw].type != ACRM_CELL_BLOB)
        return ACRM_OK;
    int32_t st = acrm__open_field(call, row->entity, raw, row->cells, &plain, &len);
    if (st == ACRM_OK && plain)
        st = traces_holds(call, plain, len, list, &holds);
    if (st != ACRM_OK || !holds)
        return st;
    (*count)++;
    st = acrm__blank(call, row, &n);
    return st == ACRM_OK ? acrm__write_blanked(call, row, "anonymise") : st;
}

/* Of each import the rejected rows, by the index that finds them: as many as there are. */
static int32_t traces_raw(acrm__call *call, const acrm__identifier *list, int64_t *count)
{
    const acrm__entity *entity = acrm__entity_of(call, "import_row");
    acrm__recs jobs = { NULL, 0 }, rows = { NULL, 0 };

    if (!list)
        return ACRM_OK;
    int32_t st = acrm__find(call, &(acrm__select){ .entity = "import_job", .as_system = true,
                                                   .with_deleted = true }, &jobs);
    for (size_t j = 0; st == ACRM_OK && j < jobs.count; j++) {
        const acrm__term terms[] = {
            { acrm__field_of(entity, "job_id"), ACRM_FILTER_EQ, jobs.items[j]->cells[F_ID] },
            { acrm__field_of(entity, "outcome"), ACRM_FILTER_EQ, acrm__cell_text("rejected") },
        };
        st = acrm__find(call, &(acrm__select){ .entity = "import_row", .terms = terms,
                                               .n_terms = 2, .as_system = true,
                                               .with_deleted = true }, &rows);
        for (size_t i = 0; st == ACRM_OK && i < rows.count; i++)
            st = traces_raw_row(call, rows.items[i], list, count);
    }
    return st;
}

int32_t acrm__privacy_traces(const acrm__reach *reach, const acrm__identifier *list,
                             bool **keep, acrm__traces *traces)
{
    int32_t st = traces_records(reach, keep, traces);

    if (st == ACRM_OK)
        st = traces_raw(reach->call, list, &traces->raw_rows);
    for (uint32_t i = 0; st == ACRM_OK && i < reach->n_persons; i++) {
        traces->keys++;
        st = acrm__subject_erase(reach->call, reach->persons[i]);
    }
    return st;
}
