/* SPDX-License-Identifier: MIT */
/* Process definitions: taking them in, putting them to use and out of it, parsing them once. */
#include "base/json.h"
#include "modules/process/entities.h"
#include "modules/process/process.h"

#include <string.h>

/* --- Parsed once a session --- */

typedef struct definition_parsed {
    unsigned char id[16];
    const acrm_statechart *chart;
    struct definition_parsed *next;
} definition_parsed;

typedef struct definition_cache {
    definition_parsed *first;
    const char **watched; /* entities; NULL: not looked up yet */
    size_t n_watched;
} definition_cache;

static const char definition_cache_name[] = "process_charts";

static int32_t definition_json(acrm__call *call, const acrm__rec *rec, acrm__arena *arena,
                               acrm_value **out)
{
    const acrm_cell *json = &rec->cells[F_process_definition__definition];
    acrm__json_fault fault;
    int32_t st = json->type == ACRM_CELL_TEXT
                     ? acrm__json_read(arena, json->data, json->size, out, &fault)
                     : ACRM_E_INVALID;

    if (st == ACRM_E_NOMEM)
        return acrm__nomem(call);
    return st == ACRM_OK ? ACRM_OK
                         : acrm__fail(call, ACRM_E_CORRUPT, "definition", "definition",
                                      "a stored process definition is damaged");
}

static int32_t definition_parse(acrm__call *call, const unsigned char id[16],
                                acrm__arena *arena, definition_parsed *into)
{
    acrm__call system = *call;
    acrm_statechart *chart = NULL;
    acrm_value *json = NULL;
    acrm__rec *rec = NULL;

    system.as_system = true;
    int32_t st = acrm__load(&system, "process_definition", id, "definition_id", &rec);
    if (st == ACRM_OK)
        st = definition_json(call, rec, call->arena, &json);
    if (st == ACRM_OK)
        st = acrm__chart_new_in(arena, json, NULL, &chart, call->err);
    if (st == ACRM_OK) {
        memcpy(into->id, id, sizeof into->id);
        into->chart = chart;
    }
    return st;
}

static int32_t definition_open(acrm__call *call, acrm__keep **keep, definition_cache **out)
{
    int32_t st = acrm__keep_open(call, definition_cache_name, keep);

    if (st != ACRM_OK)
        return st;
    if (!(*keep)->data)
        (*keep)->data = acrm__arena_zero(&(*keep)->arena, sizeof **out);
    *out = (*keep)->data;
    return *out ? ACRM_OK : acrm__nomem(call);
}

static int32_t definition_watched(acrm__call *call, acrm__arena *arena, definition_cache *all)
{
    const acrm__term terms[] = {
        { F_process_definition__status, ACRM_FILTER_NE, acrm__cell_text("draft") },
        { F_process_definition__watches, ACRM_FILTER_EQ, acrm__cell_int(1) },
    };
    acrm__recs found;

    int32_t st = acrm__find(call, &(acrm__select){ .entity = "process_definition", .terms = terms,
                                                   .n_terms = 2, .as_system = true }, &found);
    if (st != ACRM_OK)
        return st;
    const char **names = acrm__arena_array(arena, found.count + 1, sizeof *names);
    for (size_t i = 0; names && i < found.count; i++) {
        const char *name = acrm__text(found.items[i], F_process_definition__entity);
        names[i] = acrm__arena_text(arena, name, strlen(name));
        if (!names[i])
            names = NULL;
    }
    if (!names)
        return acrm__nomem(call);
    all->n_watched = found.count;
    all->watched = names;
    return ACRM_OK;
}

int32_t acrm__process_watches(acrm__call *call, const char *entity, bool *out)
{
    definition_cache *all;
    acrm__keep *keep;

    int32_t st = definition_open(call, &keep, &all);
    if (st == ACRM_OK && !all->watched)
        st = definition_watched(call, &keep->arena, all);
    if (st != ACRM_OK)
        return st;
    *out = false;
    for (size_t i = 0; i < all->n_watched && !*out; i++)
        *out = strcmp(all->watched[i], entity) == 0;
    return ACRM_OK;
}

int32_t acrm__process_chart(acrm__call *call, const unsigned char definition[16],
                            const acrm_statechart **out)
{
    definition_cache *all;
    acrm__keep *keep;

    int32_t st = definition_open(call, &keep, &all);
    if (st != ACRM_OK)
        return st;
    for (const definition_parsed *p = all->first; p; p = p->next)
        if (memcmp(p->id, definition, sizeof p->id) == 0) {
            *out = p->chart;
            return ACRM_OK;
        }
    definition_parsed *parsed = acrm__arena_zero(&keep->arena, sizeof *parsed);
    if (!parsed)
        return acrm__nomem(call);
    st = definition_parse(call, definition, &keep->arena, parsed);
    if (st != ACRM_OK)
        return st;
    parsed->next = all->first;
    all->first = parsed;
    *out = parsed->chart;
    return ACRM_OK;
}

/* --- Finding --- */

int32_t acrm__process_find(acrm__call *call, const char *code, int64_t revision, acrm__rec **out)
{
    const acrm__term terms[] = {
        { F_process_definition__code, ACRM_FILTER_EQ, acrm__cell_text(code) },
        { F_process_definition__revision, ACRM_FILTER_EQ, acrm__cell_int(revision) },
    };
    const acrm__term active[] = {
        terms[0],
        { F_process_definition__status, ACRM_FILTER_EQ, acrm__cell_text("active") },
    };
    acrm__rec *rec = NULL;

    int32_t st = acrm__find_one(call, &(acrm__select){ .entity = "process_definition",
                                                       .terms = revision ? terms : active,
                                                       .n_terms = 2, .as_system = true }, &rec);
    if (st != ACRM_OK)
        return st;
    if (!rec && revision)
        return acrm__fail(call, ACRM_E_NOTFOUND, "reference", "revision",
                          "there is no revision %lld of the process %.64s", (long long)revision,
                          code);
    if (!rec)
        return acrm__fail(call, ACRM_E_NOTFOUND, "reference", "code",
                          "there is no active process %.64s; load and activate one", code);
    *out = rec;
    return ACRM_OK;
}

int32_t acrm__process_find_active(acrm__call *call, const char *code, int64_t revision,
                                  acrm__rec **out)
{
    acrm__rec *rec;
    int32_t st = acrm__process_find(call, code, revision, &rec);

    if (st == ACRM_OK &&
        strcmp(acrm__text(rec, F_process_definition__status), "active") != 0)
        return acrm__fail(call, ACRM_E_CONFLICT, "closed", "revision",
                          "revision %lld of %.64s is not active; activate it first",
                          (long long)revision, code);
    if (st == ACRM_OK)
        *out = rec;
    return st;
}

static int32_t definition_last(acrm__call *call, const char *code, int64_t *revision)
{
    const acrm__term term = { F_process_definition__code, ACRM_FILTER_EQ, acrm__cell_text(code) };
    acrm__rec *rec = NULL;

    int32_t st = acrm__find_one(call, &(acrm__select){
        .entity = "process_definition", .terms = &term, .n_terms = 1,
        .order = F_process_definition__revision, .descending = true, .with_deleted = true,
        .as_system = true }, &rec);
    if (st == ACRM_OK)
        *revision = rec ? acrm__int(rec, F_process_definition__revision) : 0;
    return st;
}

/* --- Operations --- */

static int32_t definition_status(acrm__call *call, acrm__rec *rec, const char *status)
{
    acrm__set(rec, F_process_definition__status, acrm__cell_text(status));
    if (strcmp(status, "active") == 0)
        acrm__set(rec, F_process_definition__activated_at, acrm__cell_int(call->now));
    int32_t st = acrm__update(call, rec);
    return st == ACRM_OK ? acrm__keep_outdate(call, definition_cache_name) : st;
}

/* The active revision gives way; running processes keep it. */
static int32_t definition_activate(acrm__call *call, acrm__rec *rec)
{
    const acrm__term terms[] = {
        { F_process_definition__code, ACRM_FILTER_EQ, rec->cells[F_process_definition__code] },
        { F_process_definition__status, ACRM_FILTER_EQ, acrm__cell_text("active") },
    };
    acrm__recs active;

    int32_t st = acrm__find(call, &(acrm__select){ .entity = "process_definition", .terms = terms,
                                                   .n_terms = 2, .as_system = true }, &active);
    for (size_t i = 0; st == ACRM_OK && i < active.count; i++)
        if (!acrm__cell_equal(&active.items[i]->cells[F_ID], &rec->cells[F_ID]))
            st = definition_status(call, active.items[i], "retired");
    return st == ACRM_OK ? definition_status(call, rec, "active") : st;
}

static int32_t definition_try(acrm__call *call, const acrm_value *json, bool *watches)
{
    acrm_statechart_world world = acrm__process_world(call);
    acrm_statechart *chart = NULL;

    int32_t st = acrm__chart_new_in(call->arena, json, &world, &chart, call->err);
    if (st == ACRM_OK)
        *watches = chart->has_automatic || chart->end_when;
    return st;
}

static bool definition_code_fits(const char *code)
{
    return code[0] && strspn(code, "abcdefghijklmnopqrstuvwxyz0123456789_") == strlen(code);
}

/* The file holds the code too, so that it can be loaded by its name alone. */
static int32_t definition_split(acrm__call *call, const acrm_value *given, const char **code,
                                acrm_value **body)
{
    acrm_value *rest = acrm__value_in(call->arena);

    if (!rest || acrm_value_set_map(rest) != ACRM_OK)
        return acrm__nomem(call);
    *code = acrm__arg_text(call, "code");
    for (size_t i = 0; i < acrm_value_count(given); i++) {
        const char *key = acrm_value_key(given, i, NULL);
        if (strcmp(key, "code") != 0) {
            if (!acrm__put_value(rest, key, acrm_value_at(given, i)))
                return acrm__nomem(call);
        } else if (!*code) {
            *code = acrm_value_text(acrm_value_at(given, i), NULL);
        }
    }
    *body = rest;
    if (*code && definition_code_fits(*code))
        return ACRM_OK;
    return acrm__fail(call, ACRM_E_INVALID, *code ? "format" : "required", "/code",
                      "a process needs a code of a-z, 0-9 and _, in the definition or as code");
}

int32_t acrm__process_load(acrm__call *call)
{
    const acrm_value *given = acrm__arg(call, "definition");
    acrm__rec *rec = acrm__new(call, "process_definition");
    acrm_value *body = NULL;
    const char *code;
    int64_t last = 0;
    bool watches = false;
    acrm__str json;

    if (!rec)
        return acrm__nomem(call);
    int32_t st = definition_split(call, given, &code, &body);
    if (st == ACRM_OK)
        st = definition_try(call, body, &watches);
    if (st == ACRM_OK)
        st = definition_last(call, code, &last);
    if (st != ACRM_OK)
        return st;
    acrm__str_init(&json, &call->arena->allocator);
    acrm__json_write(&json, body, 0);
    const char *text = json.failed ? NULL : acrm__arena_text(call->arena, json.data, json.len);
    acrm__str_free(&json);
    if (!text)
        return acrm__nomem(call);
    acrm__set(rec, F_process_definition__code, acrm__cell_text(code));
    acrm__set(rec, F_process_definition__revision, acrm__cell_int(last + 1));
    acrm__set(rec, F_process_definition__name, acrm__cell_text(acrm__get_text(body, "name")));
    acrm__set(rec, F_process_definition__entity, acrm__cell_text(acrm__get_text(body, "entity")));
    acrm__set(rec, F_process_definition__definition, acrm__cell_text(text));
    acrm__set(rec, F_process_definition__watches, acrm__cell_int(watches));
    st = acrm__insert(call, rec);
    if (st == ACRM_OK && acrm__arg_bool(call, "activate", false))
        st = definition_activate(call, rec);
    return st == ACRM_OK ? acrm__render(call, rec, call->out) : st;
}

/* Names may have gone since it was loaded: it is checked again. */
int32_t acrm__process_activate(acrm__call *call)
{
    acrm_value *json = NULL;
    bool watches;
    acrm__rec *rec;
    int32_t st = acrm__load_arg(call, "process_definition", "id", &rec);

    if (st == ACRM_OK)
        st = definition_json(call, rec, call->arena, &json);
    if (st == ACRM_OK)
        st = definition_try(call, json, &watches);
    if (st == ACRM_OK)
        st = definition_activate(call, rec);
    return st == ACRM_OK ? acrm__render(call, rec, call->out) : st;
}

int32_t acrm__process_retire(acrm__call *call)
{
    acrm__rec *rec;
    int32_t st = acrm__load_arg(call, "process_definition", "id", &rec);

    if (st == ACRM_OK)
        st = definition_status(call, rec, "retired");
    return st == ACRM_OK ? acrm__render(call, rec, call->out) : st;
}

int32_t acrm__process_given(acrm__call *call, const acrm_value *given,
                            const acrm_statechart **out)
{
    acrm_statechart_world world = acrm__process_world(call);
    acrm_statechart *chart = NULL;
    const char *code = acrm__arg_text(call, "code");
    acrm_value *body;
    acrm__rec *rec;
    int32_t st;

    if (!given && !code)
        return acrm__fail(call, ACRM_E_INVALID, "required", "code",
                          "give the code of a process, or a definition");
    if (!given) {
        st = acrm__process_find(call, code, acrm__arg_int(call, "revision", 0), &rec);
        return st == ACRM_OK ? acrm__process_chart(call, acrm__id(rec, F_ID), out) : st;
    }
    st = definition_split(call, given, &code, &body);
    if (st == ACRM_OK)
        st = acrm__chart_new_in(call->arena, body, &world, &chart, call->err);
    if (st == ACRM_OK)
        *out = chart;
    return st;
}

/* Only to see whether it would load: the faults as a result, for editors. */
int32_t acrm__process_check(acrm__call *call)
{
    acrm__call inner = *call;
    acrm_error *err = NULL;
    acrm_value *json = NULL, *body;
    acrm__json_fault fault;
    const char *code;
    bool watches;

    inner.err = &err;
    int32_t st = definition_split(&inner, acrm__arg(call, "definition"), &code, &body);
    if (st == ACRM_OK)
        st = definition_try(&inner, body, &watches);
    acrm_value *faults = acrm__put_list(call->out, "faults");
    if (!faults || !acrm__put_bool(call->out, "ok", st == ACRM_OK)) {
        acrm_error_free(err);
        return acrm__nomem(call);
    }
    if (st == ACRM_E_INVALID || st == ACRM_E_LIMIT) {
        const char *text = acrm_error_json(err);
        st = acrm__json_read(call->arena, text, strlen(text), &json, &fault);
        const acrm_value *fields = acrm_value_get(json, "fields");
        for (size_t i = 0; st == ACRM_OK && i < acrm_value_count(fields); i++)
            st = acrm__add_value(faults, acrm_value_at(fields, i)) ? ACRM_OK : ACRM_E_NOMEM;
        if (st == ACRM_OK && acrm_value_count(fields) == 0)
            st = acrm__add_value(faults, json) ? ACRM_OK : ACRM_E_NOMEM;
    }
    acrm_error_free(err);
    return st == ACRM_OK ? ACRM_OK : acrm__fail(call, st, NULL, NULL, "%s", acrm_status_text(st));
}

/* --- Drawing --- */

int32_t acrm__process_diagram(acrm__call *call)
{
    const acrm_statechart *chart;
    const char *phase = acrm__arg_text(call, "phase");
    bool mermaid = strcmp(acrm__arg_text(call, "format"), "mermaid") == 0;
    acrm__rec *rec;
    acrm_buf *buf = NULL;

    int32_t st = acrm__process_find(call, acrm__arg_text(call, "code"),
                                    acrm__arg_int(call, "revision", 0), &rec);
    if (st == ACRM_OK)
        st = acrm__process_chart(call, acrm__id(rec, F_ID), &chart);
    if (st != ACRM_OK)
        return st;
    if (phase && acrm__chart_phase_of(chart, phase) == ACRM__CHART_NONE)
        return acrm__fail(call, ACRM_E_NOTFOUND, "reference", "phase", "there is no phase %.64s",
                          phase);
    st = mermaid ? acrm_statechart_mermaid(chart, phase, &buf)
                 : acrm_statechart_svg(chart, phase, &buf);
    if (st == ACRM_E_LIMIT)
        return acrm__fail(call, st, "limit", NULL,
                          "a drawing of this process could not be read; take format mermaid");
    bool ok = st == ACRM_OK &&
              acrm__put_int(call->out, "revision", acrm__int(rec,
                                                             F_process_definition__revision)) &&
              acrm__put_textn(call->out, "diagram", acrm_buf_data(buf), acrm_buf_len(buf));
    acrm_buf_free(buf);
    return ok ? ACRM_OK : acrm__nomem(call);
}
