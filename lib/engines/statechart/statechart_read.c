/* SPDX-License-Identifier: MIT */
/* The shape of a process definition: which keys, of which types, and the phases and transitions
 * made of them. */
#include "engines/statechart/statechart.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* --- Which keys there are --- */

enum { KEY_REQUIRED = 1, KEY_FALSE = 2 /* or false */, KEY_TEXTS = 4 /* a list of texts */ };

typedef struct read_key {
    const char *name;
    int32_t type;
    uint32_t flags;
} read_key;

static const read_key read_top[] = {
    { "name", ACRM_TEXT, KEY_REQUIRED },
    { "help", ACRM_TEXT, 0 },
    { "entity", ACRM_TEXT, KEY_REQUIRED },
    { "key", ACRM_TEXT, 0 },
    { "calendar", ACRM_TEXT, 0 },
    { "start", ACRM_TEXT, KEY_REQUIRED },
    { "roles", ACRM_LIST, KEY_TEXTS },
    { "limit", ACRM_MAP, 0 },
    { "end_when", ACRM_LIST, 0 },
    { "phases", ACRM_LIST, KEY_REQUIRED },
    { "transitions", ACRM_LIST, KEY_REQUIRED },
    { NULL, 0, 0 }
};
static const read_key read_phase_keys[] = {
    { "code", ACRM_TEXT, KEY_REQUIRED },
    { "name", ACRM_TEXT, 0 },
    { "help", ACRM_TEXT, 0 },
    { "end", ACRM_BOOL, 0 },
    { "outcome", ACRM_TEXT, 0 },
    { "entry", ACRM_LIST, 0 },
    { "exit", ACRM_LIST, 0 },
    { "limit", ACRM_MAP, 0 },
    { "process", ACRM_TEXT, 0 },
    { "then", ACRM_MAP, 0 },
    { NULL, 0, 0 }
};
static const read_key read_transition_keys[] = {
    { "name", ACRM_TEXT, KEY_REQUIRED },
    { "label", ACRM_TEXT, 0 },
    { "help", ACRM_TEXT, 0 },
    { "from", ACRM_LIST, KEY_REQUIRED | KEY_TEXTS },
    { "to", ACRM_TEXT, KEY_REQUIRED },
    { "guard", ACRM_MAP, 0 },
    { "roles", ACRM_LIST, KEY_TEXTS },
    { "required", ACRM_LIST, KEY_TEXTS },
    { "four_eyes", ACRM_TEXT, 0 },
    { "actions", ACRM_LIST, 0 },
    { "automatic", ACRM_BOOL, 0 },
    { NULL, 0, 0 }
};
static const read_key read_limit_keys[] = {
    { "after", ACRM_TEXT, KEY_REQUIRED },
    { "calendar", ACRM_TEXT, KEY_FALSE },
    { "transition", ACRM_TEXT, 0 },
    { "event", ACRM_TEXT, 0 },
    { "escalate", ACRM_TEXT, 0 },
    { "actions", ACRM_LIST, 0 },
    { NULL, 0, 0 }
};
static const read_key read_end_keys[] = {
    { "when", ACRM_MAP, KEY_REQUIRED },
    { "outcome", ACRM_TEXT, KEY_REQUIRED },
    { "actions", ACRM_LIST, 0 },
    { NULL, 0, 0 }
};

static const char *const read_types[] = {
    [ACRM_BOOL] = "true or false", [ACRM_TEXT] = "a text", [ACRM_LIST] = "a list",
    [ACRM_MAP] = "an object",
};

/* --- Faults and places --- */

bool acrm__chart_fault(acrm__chart_reader *r, const char *place, const char *reason,
                       const char *format, ...)
{
    char message[400];
    va_list args;

    if (acrm_value_count(r->faults) >= ACRM__CHART_FAULTS_MAX)
        return false;
    va_start(args, format);
    vsnprintf(message, sizeof message, format, args);
    va_end(args);
    acrm_value *fault = acrm__add_map(r->faults);
    if (!fault || !acrm__put_text(fault, "field", place) ||
        !acrm__put_text(fault, "reason", reason) || !acrm__put_text(fault, "message", message))
        r->status = ACRM_E_NOMEM;
    return false;
}

const char *acrm__chart_place(acrm__chart_reader *r, const char *parent, const char *key)
{
    acrm__str text;

    acrm__str_init(&text, &r->chart->arena->allocator);
    acrm__str_puts(&text, parent);
    acrm__str_putc(&text, '/');
    for (; *key; key++) /* RFC 6901, section 3 */
        if (*key == '~' || *key == '/')
            acrm__str_puts(&text, *key == '~' ? "~0" : "~1");
        else
            acrm__str_putc(&text, *key);
    const char *place = text.failed ? NULL
                                    : acrm__arena_text(r->chart->arena, text.data, text.len);
    acrm__str_free(&text);
    if (!place)
        r->status = ACRM_E_NOMEM;
    return place ? place : "";
}

const char *acrm__chart_place_at(acrm__chart_reader *r, const char *parent, size_t index)
{
    const char *place = acrm__arena_format(r->chart->arena, "%s/%zu", parent, index);

    if (!place)
        r->status = ACRM_E_NOMEM;
    return place ? place : "";
}

/* --- Keys of one object --- */

static bool read_fits(const read_key *key, const acrm_value *value)
{
    int32_t type = acrm_value_type(value);

    return type == key->type ||
           (key->flags & KEY_FALSE && type == ACRM_BOOL && !acrm_value_bool(value));
}

static void read_texts(acrm__chart_reader *r, const acrm_value *list, const char *place)
{
    if (acrm_value_count(list) == 0)
        acrm__chart_fault(r, place, "required", "the list is empty; name one or leave it out");
    for (size_t i = 0; i < acrm_value_count(list); i++)
        if (acrm_value_type(acrm_value_at(list, i)) != ACRM_TEXT)
            acrm__chart_fault(r, acrm__chart_place_at(r, place, i), "type", "expected a text");
}

static void read_known(acrm__chart_reader *r, const read_key *keys, const char *name,
                       const acrm_value *value, const char *place)
{
    const read_key *key = keys;

    while (key->name && strcmp(key->name, name) != 0)
        key++;
    const char *where = acrm__chart_place(r, place, name);
    if (!key->name)
        acrm__chart_fault(r, where, "unknown_key",
                          "there is no such key here; see docs/processes.md for those there are");
    else if (!read_fits(key, value))
        acrm__chart_fault(r, where, "type", "%s must be %s", name, read_types[key->type]);
    else if (key->flags & KEY_TEXTS)
        read_texts(r, value, where);
}

static bool read_keys(acrm__chart_reader *r, const read_key *keys, const acrm_value *map,
                      const char *place)
{
    size_t before = acrm_value_count(r->faults);

    if (acrm_value_type(map) != ACRM_MAP)
        return acrm__chart_fault(r, place, "type", "expected an object");
    for (size_t i = 0; i < acrm_value_count(map); i++)
        read_known(r, keys, acrm_value_key(map, i, NULL), acrm_value_at(map, i), place);
    for (const read_key *key = keys; key->name; key++)
        if (key->flags & KEY_REQUIRED && !acrm_value_get(map, key->name))
            acrm__chart_fault(r, acrm__chart_place(r, place, key->name), "required",
                              "%s is missing; give %s", key->name, read_types[key->type]);
    return acrm_value_count(r->faults) == before;
}

static const acrm_value *read_typed(const acrm_value *map, const char *key, int32_t type)
{
    const acrm_value *value = acrm_value_get(map, key);

    return acrm_value_type(value) == type ? value : NULL;
}

static const acrm_value *read_list(const acrm_value *map, const char *key)
{
    const acrm_value *list = read_typed(map, key, ACRM_LIST);

    return acrm_value_count(list) > 0 ? list : NULL;
}

static bool read_code_fits(const char *code)
{
    size_t len = strlen(code);

    if (len == 0 || len > 64)
        return false;
    for (size_t i = 0; i < len; i++)
        if (!((code[i] >= 'a' && code[i] <= 'z') || (code[i] >= '0' && code[i] <= '9') ||
              code[i] == '_'))
            return false;
    return true;
}

static void read_code(acrm__chart_reader *r, const char *code, const char *place)
{
    if (code && !read_code_fits(code))
        acrm__chart_fault(r, place, "format",
                          "a name in programs is 1 to 64 of a-z, 0-9 and _; put the name for "
                          "people into name or label");
}

/* --- Limits --- */

static void read_span(acrm__chart_reader *r, acrm__chart_limit *limit, const char *place)
{
    const char *where = acrm__chart_place(r, place, "after");
    acrm__duration *span = &limit->span;

    if (!acrm__duration_parse(limit->after, strlen(limit->after), span))
        acrm__chart_fault(r, where, "format", "after must be an ISO 8601 duration, such as P2D");
    else if (span->months < 0 || span->days < 0 || span->seconds < 0 ||
             (span->months | span->days) == 0)
        if (span->seconds <= 0)
            acrm__chart_fault(r, where, "range", "after must be longer than nothing");
    if (limit->calendar && span->months)
        acrm__chart_fault(r, where, "contradiction",
                          "business time has no months and years; give days or hours, or "
                          "\"calendar\": false");
}

static void read_limit(acrm__chart_reader *r, const acrm_value *map, const char *place,
                       acrm__chart_limit *out)
{
    const acrm_value *calendar = acrm_value_get(map, "calendar");

    out->transition = ACRM__CHART_NONE;
    if (!map)
        return;
    read_keys(r, read_limit_keys, map, place);
    out->after = acrm__get_text(map, "after");
    out->event = acrm__get_text(map, "event");
    out->escalate = acrm__get_text(map, "escalate");
    out->actions = read_list(map, "actions");
    out->calendar = calendar ? acrm_value_text(calendar, NULL) : r->chart->calendar;
    int32_t ways = !!out->event + !!out->escalate + !!acrm_value_get(map, "transition");
    if (ways != 1)
        acrm__chart_fault(r, place, ways ? "contradiction" : "required",
                          "say one thing that happens then: transition, event or escalate");
    if (out->after)
        read_span(r, out, place);
    read_code(r, out->event, acrm__chart_place(r, place, "event"));
}

/* --- Phases and transitions --- */

int32_t acrm__chart_phase_of(const acrm_statechart *chart, const char *code)
{
    for (int32_t i = 0; code && i < chart->n_phases; i++)
        if (chart->phases[i].code && strcmp(chart->phases[i].code, code) == 0)
            return i;
    return ACRM__CHART_NONE;
}

int32_t acrm__chart_transition_of(const acrm_statechart *chart, const char *name)
{
    for (int32_t i = 0; name && i < chart->n_transitions; i++)
        if (chart->transitions[i].name && strcmp(chart->transitions[i].name, name) == 0)
            return i;
    return ACRM__CHART_NONE;
}

static void read_phase(acrm__chart_reader *r, const acrm_value *map, const char *place,
                       acrm__chart_phase *out)
{
    const char *limit = acrm__chart_place(r, place, "limit");

    read_keys(r, read_phase_keys, map, place);
    out->code = acrm__get_text(map, "code");
    out->name = acrm__get_text(map, "name");
    if (!out->name)
        out->name = out->code ? out->code : "";
    out->end = acrm_value_bool(acrm_value_get(map, "end")) != 0;
    out->outcome = acrm__get_text(map, "outcome");
    if (!out->outcome)
        out->outcome = out->code;
    out->entry = read_list(map, "entry");
    out->exit = read_list(map, "exit");
    out->process = acrm__get_text(map, "process");
    out->then = read_typed(map, "then", ACRM_MAP);
    read_limit(r, read_typed(map, "limit", ACRM_MAP), limit, &out->limit);
    read_code(r, out->code, acrm__chart_place(r, place, "code"));
}

static void read_phases(acrm__chart_reader *r)
{
    acrm_statechart *chart = r->chart;
    const acrm_value *list = read_typed(chart->definition, "phases", ACRM_LIST);
    size_t n = acrm_value_count(list);

    if (list && n == 0)
        acrm__chart_fault(r, "/phases", "required", "there is no phase; a process needs one");
    if (n > ACRM__CHART_PHASES_MAX) {
        acrm__chart_fault(r, "/phases", "limit", "a process has at most %d phases",
                          ACRM__CHART_PHASES_MAX);
        n = ACRM__CHART_PHASES_MAX;
    }
    chart->phases = acrm__arena_array(chart->arena, n + 1, sizeof *chart->phases);
    if (!chart->phases) {
        r->status = ACRM_E_NOMEM;
        return;
    }
    for (size_t i = 0; i < n; i++) {
        acrm__chart_phase *phase = &chart->phases[i];
        const char *place = acrm__chart_place_at(r, "/phases", i);
        read_phase(r, acrm_value_at(list, i), place, phase);
        if (acrm__chart_phase_of(chart, phase->code) != ACRM__CHART_NONE)
            acrm__chart_fault(r, acrm__chart_place(r, place, "code"), "duplicate",
                              "there is a phase %.64s before; give each a code of its own",
                              phase->code);
        chart->n_phases++;
    }
}

static void read_from(acrm__chart_reader *r, const acrm_value *list, const char *place,
                      acrm__chart_transition *out)
{
    for (size_t i = 0; i < acrm_value_count(list); i++) {
        const char *code = acrm_value_text(acrm_value_at(list, i), NULL);
        int32_t phase = acrm__chart_phase_of(r->chart, code);
        if (phase != ACRM__CHART_NONE)
            out->from[phase] = true;
        else if (code)
            acrm__chart_fault(r, acrm__chart_place_at(r, place, i), "reference",
                              "there is no phase %.64s; declare it in phases", code);
    }
}

static void read_transition(acrm__chart_reader *r, const acrm_value *map, const char *place,
                            acrm__chart_transition *out)
{
    const char *to = acrm__get_text(map, "to");

    read_keys(r, read_transition_keys, map, place);
    out->name = acrm__get_text(map, "name");
    out->label = acrm__get_text(map, "label");
    if (!out->label)
        out->label = out->name ? out->name : "";
    out->guard = read_typed(map, "guard", ACRM_MAP);
    out->roles = read_list(map, "roles");
    out->required = read_list(map, "required");
    out->four_eyes = acrm__get_text(map, "four_eyes");
    out->actions = read_list(map, "actions");
    out->automatic = acrm_value_bool(acrm_value_get(map, "automatic")) != 0;
    out->to = acrm__chart_phase_of(r->chart, to);
    if (to && out->to == ACRM__CHART_NONE)
        acrm__chart_fault(r, acrm__chart_place(r, place, "to"), "reference",
                          "there is no phase %.64s; declare it in phases", to);
    read_from(r, read_typed(map, "from", ACRM_LIST), acrm__chart_place(r, place, "from"), out);
    if (out->automatic && out->four_eyes)
        acrm__chart_fault(r, acrm__chart_place(r, place, "four_eyes"), "contradiction",
                          "an automatic transition is nobody's; leave four_eyes out");
    if (out->automatic && out->roles)
        acrm__chart_fault(r, acrm__chart_place(r, place, "roles"), "contradiction",
                          "an automatic transition is nobody's; leave the roles out");
    read_code(r, out->name, acrm__chart_place(r, place, "name"));
    r->chart->has_automatic |= out->automatic;
}

static void read_transitions(acrm__chart_reader *r)
{
    acrm_statechart *chart = r->chart;
    const acrm_value *list = read_typed(chart->definition, "transitions", ACRM_LIST);
    size_t n = acrm_value_count(list);

    if (n > ACRM__CHART_TRANSITIONS_MAX) {
        acrm__chart_fault(r, "/transitions", "limit", "a process has at most %d transitions",
                          ACRM__CHART_TRANSITIONS_MAX);
        n = ACRM__CHART_TRANSITIONS_MAX;
    }
    chart->transitions = acrm__arena_array(chart->arena, n + 1, sizeof *chart->transitions);
    bool *from = acrm__arena_array(chart->arena, n + 1,
                                   (size_t)chart->n_phases + 1);
    if (!chart->transitions || !from) {
        r->status = ACRM_E_NOMEM;
        return;
    }
    for (size_t i = 0; i < n; i++) {
        acrm__chart_transition *transition = &chart->transitions[i];
        const char *place = acrm__chart_place_at(r, "/transitions", i);
        transition->from = from + i * (size_t)chart->n_phases;
        read_transition(r, acrm_value_at(list, i), place, transition);
        if (acrm__chart_transition_of(chart, transition->name) != ACRM__CHART_NONE)
            acrm__chart_fault(r, acrm__chart_place(r, place, "name"), "duplicate",
                              "there is a transition %.64s before; one transition may leave "
                              "several phases by its list from", transition->name);
        chart->n_transitions++;
    }
}

static void read_ends(acrm__chart_reader *r)
{
    const acrm_value *list = r->chart->end_when;

    for (size_t i = 0; i < acrm_value_count(list); i++)
        read_keys(r, read_end_keys, acrm_value_at(list, i),
                  acrm__chart_place_at(r, "/end_when", i));
}

void acrm__chart_read(acrm__chart_reader *r)
{
    acrm_statechart *chart = r->chart;
    const acrm_value *top = chart->definition;

    read_keys(r, read_top, top, "");
    if (acrm_value_type(top) != ACRM_MAP)
        return;
    chart->name = acrm__get_text(top, "name");
    chart->entity = acrm__get_text(top, "entity");
    chart->key = acrm__get_text(top, "key");
    chart->calendar = acrm__get_text(top, "calendar");
    chart->roles = read_list(top, "roles");
    chart->end_when = read_list(top, "end_when");
    read_limit(r, read_typed(top, "limit", ACRM_MAP), "/limit", &chart->limit);
    read_ends(r);
    read_phases(r);
    if (r->status == ACRM_OK)
        read_transitions(r);
    chart->start = acrm__chart_phase_of(chart, acrm__get_text(top, "start"));
    if (acrm__get_text(top, "start") && chart->start == ACRM__CHART_NONE)
        acrm__chart_fault(r, "/start", "reference",
                          "there is no phase %.64s; declare it in phases",
                          acrm__get_text(top, "start"));
}
