/* SPDX-License-Identifier: MIT */
/*
 * Identifying customers by fields of other records: whatever entity declares a field that
 * `identifies` customers is looked through, and from what is found the way leads to the customer:
 * by the record's own customer field, or by the records that refer to both, the latest first. The
 * way is walked whatever the session may see; of the customers it gets those that it may.
 */
#include "kernel/inside.h"
#include "modules/party/candidates.h"

#include "base/text.h"

#include <string.h>

enum {
    FIELD_SCORE = 95,
    FIELD_SCORE_LINK = 90,   /* of the latest of several owners */
    FIELD_SCORE_EARLIER = 15, /* less for each before */
    FIELD_FORMS = 4,
    FIELD_FOUND = 10,
    FIELD_BYTES = 100
};

typedef struct field_search {
    acrm__call *call;
    acrm__candidates *list;
    const acrm__entity *entity;
    uint32_t field;
    const char *kind;
} field_search;

/* --- The ways in which what was typed may be kept --- */

typedef struct field_forms {
    char texts[FIELD_FORMS][FIELD_BYTES];
    int32_t count;
} field_forms;

static void field_form(field_forms *forms, const char *text, size_t len, bool capitals,
                       bool compact)
{
    char *to = forms->texts[forms->count];
    size_t n = 0;

    for (size_t i = 0; i < len && n + 1 < FIELD_BYTES; i++) {
        bool letter = text[i] >= 'a' && text[i] <= 'z';
        if (compact && text[i] == ' ')
            continue;
        to[n++] = capitals && letter ? (char)(text[i] - 'a' + 'A') : text[i];
    }
    to[n] = '\0';
    for (int32_t i = 0; i < forms->count; i++)
        if (strcmp(forms->texts[i], to) == 0)
            return;
    forms->count += n > 0;
}

/* As typed with plain digits; in capitals; folded, without spaces, small and in capitals. */
static bool field_forms_of(acrm__call *call, const char *text, field_forms *out)
{
    acrm__str plain, folded;

    out->count = 0;
    acrm__str_init(&plain, &call->arena->allocator);
    acrm__str_init(&folded, &call->arena->allocator);
    acrm__digits_ascii(text, strlen(text), &plain);
    acrm__fold(text, strlen(text), &folded);
    bool ok = !plain.failed && !folded.failed;
    size_t from = 0, to = plain.len;
    while (from < to && plain.data[from] == ' ')
        from++;
    while (to > from && plain.data[to - 1] == ' ')
        to--;
    if (ok) {
        field_form(out, plain.data + from, to - from, false, false);
        field_form(out, plain.data + from, to - from, true, true);
        field_form(out, folded.data, folded.len, false, true);
        field_form(out, folded.data, folded.len, true, true);
    }
    acrm__str_free(&plain);
    acrm__str_free(&folded);
    return ok;
}

/* --- From a record to its customers --- */

static int32_t field_links(const field_search *s, const acrm__rec *rec)
{
    int32_t st = ACRM_OK;

    for (uint32_t i = 0; i < s->entity->n_inverses && st == ACRM_OK; i++) {
        const acrm__inverse *inverse = &s->entity->inverses[i];
        const acrm__entity *link = s->call->session->registry->entities[inverse->entity];
        const acrm__term of = { inverse->field, ACRM_FILTER_EQ, rec->cells[F_ID] };
        acrm__recs found = { NULL, 0 };
        if (link->customer == UINT32_MAX)
            continue;
        st = acrm__find(s->call, &(acrm__select){ .entity = link->def->name, .terms = &of,
            .n_terms = 1, .descending = true, .limit = FIELD_FOUND, .as_system = true }, &found);
        for (size_t k = 0; st == ACRM_OK && k < found.count; k++) {
            const unsigned char *id = acrm__id(found.items[k], link->customer);
            int32_t score = FIELD_SCORE_LINK - (int32_t)k * FIELD_SCORE_EARLIER;
            if (id)
                acrm__candidates_add(s->list, id, s->kind, score > 10 ? score : 10);
        }
    }
    return st;
}

static int32_t field_find(const field_search *s, const char *text)
{
    const acrm__term is = { s->field, ACRM_FILTER_EQ, acrm__cell_text(text) };
    acrm__recs found = { NULL, 0 };

    int32_t st = acrm__find(s->call, &(acrm__select){ .entity = s->entity->def->name,
        .terms = &is, .n_terms = 1, .limit = FIELD_FOUND, .as_system = true }, &found);
    for (size_t i = 0; i < found.count && st == ACRM_OK; i++) {
        const unsigned char *id = s->entity->customer == UINT32_MAX
                                      ? NULL : acrm__id(found.items[i], s->entity->customer);
        if (id)
            acrm__candidates_add(s->list, id, s->kind, FIELD_SCORE);
        else
            st = field_links(s, found.items[i]);
    }
    return st;
}

/* The n-th field of all entities that identifies customers; false past the last. */
static bool field_at(acrm__call *call, uint32_t n, field_search *out)
{
    const acrm__registry *registry = call->session->registry;

    for (uint32_t e = 0; e < registry->n_entities; e++)
        for (uint32_t f = F_SYSTEM_COUNT; f < registry->entities[e]->n_fields; f++)
            if (acrm__field_has(&registry->entities[e]->fields[f].def, ACRM__T_TEXT) && n-- == 0) {
                out->entity = registry->entities[e];
                out->field = f;
                out->kind = registry->entities[e]->fields[f].def.identifies;
                return true;
            }
    return false;
}

bool acrm__candidates_kind(acrm__call *call, const char *kind)
{
    field_search s;

    for (uint32_t n = 0; field_at(call, n, &s); n++)
        if (strcmp(s.kind, kind) == 0)
            return true;
    return false;
}

int32_t acrm__candidates_by_fields(acrm__call *call, acrm__candidates *list, const char *kind,
                                   const char *text)
{
    field_search s = { .call = call, .list = list };
    field_forms forms;
    int32_t st = ACRM_OK;

    if (!field_forms_of(call, text, &forms))
        return acrm__nomem(call);
    for (uint32_t n = 0; st == ACRM_OK && field_at(call, n, &s); n++) {
        if (kind && strcmp(kind, s.kind) != 0)
            continue;
        for (int32_t i = 0; i < forms.count && st == ACRM_OK; i++)
            st = field_find(&s, forms.texts[i]);
    }
    return st;
}
