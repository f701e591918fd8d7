/* SPDX-License-Identifier: MIT */
/* Customers who may be the same as one. */
#include "modules/party/suspects.h"

#include "kernel/keys.h"
#include "modules/party/entities.h"

#include <string.h>

typedef struct suspects_ids {
    unsigned char items[ACRM__SUSPECTS_MAX][16];
    int32_t count;
} suspects_ids;

static void suspects_note(suspects_ids *ids, const unsigned char id[16])
{
    for (int32_t i = 0; i < ids->count; i++)
        if (memcmp(ids->items[i], id, 16) == 0)
            return;
    if (ids->count < ACRM__SUSPECTS_MAX)
        memcpy(ids->items[ids->count++], id, 16);
}

/* One short range for each key: what it costs does not grow with the database. */
static int32_t suspects_ids_find(acrm__call *call, const acrm__subject *subject,
                                 const unsigned char *own, suspects_ids *ids)
{
    acrm__key_row rows[ACRM__SUSPECTS_BLOCK + 1];
    uint64_t keys[ACRM__SUBJECT_KEYS];
    size_t n = acrm__subject_keys(subject, keys);
    int32_t st = ACRM_OK;

    for (size_t i = 0; i < n && st == ACRM_OK; i++) {
        uint32_t count = 0;
        st = acrm__key_find(call, keys[i], rows, ACRM__SUSPECTS_BLOCK + 1, &count);
        if (st != ACRM_OK || count > ACRM__SUSPECTS_BLOCK)
            continue;
        for (uint32_t k = 0; k < count; k++)
            if (!own || memcmp(own, rows[k].record, 16) != 0)
                suspects_note(ids, rows[k].record);
    }
    return st;
}

/* --- Exact signs, whatever the rules say --- */

/* Whether two folded names share a word; a missing one contradicts nothing. */
static bool suspects_names_agree(const acrm__subject *a, const acrm__subject *b)
{
    if (a->n_names == 0 || b->n_names == 0)
        return true;
    for (int32_t i = 0; i < a->names[0].n_words; i++)
        for (int32_t k = 0; k < b->names[0].n_words; k++)
            if (strcmp(a->names[0].words[i].text, b->names[0].words[k].text) == 0)
                return true;
    return false;
}

static void suspects_reason(acrm__suspect *s, const char *reason, int32_t score)
{
    for (int32_t i = 0; i < s->n_reasons; i++)
        if (strcmp(s->reasons[i], reason) == 0)
            return;
    if (s->n_reasons < 4)
        s->reasons[s->n_reasons++] = reason;
    /* Independent signs add up, each to what the others left open. */
    s->score += (100 - s->score) * score / 100;
}

static void suspects_signs(const acrm__subject *subject, acrm__suspect *s)
{
    const uint32_t blind = F_customer__national_id_blind;
    const acrm_cell *x = &subject->rec->cells[blind], *y = &s->subject->rec->cells[blind];
    bool identified = x->type != ACRM_CELL_NULL && acrm__cell_equal(x, y);

    if (identified)
        suspects_reason(s, "national_id", 100);
    for (int32_t i = 0; i < subject->n_contacts; i++)
        for (int32_t k = 0; k < s->subject->n_contacts; k++) {
            const acrm__subject_contact *a = &subject->contacts[i], *b = &s->subject->contacts[k];
            bool phone = strcmp(a->channel, "phone") == 0;
            if (strcmp(a->channel, b->channel) == 0 && strcmp(a->value, b->value) == 0 &&
                (phone || strcmp(a->channel, "email") == 0))
                suspects_reason(s, phone ? "phone" : "email", phone ? 80 : 70);
        }
    s->same = identified || (s->n_reasons > 0 && suspects_names_agree(subject, s->subject));
}

static void suspects_judge(const acrm__rules *rules, const acrm__subject *subject,
                           acrm__suspect *s)
{
    suspects_signs(subject, s);
    acrm__rules_judge(rules, subject, s->subject, &s->verdict);
    if (!s->verdict.rule)
        return;
    if (s->verdict.score > s->score)
        s->score = s->verdict.score;
    s->same = s->same || s->verdict.automatic;
    for (size_t i = 0; i < s->verdict.n_signs && s->n_reasons < 4; i++)
        suspects_reason(s, s->verdict.signs[i].field, 0);
}

static bool suspects_before(const acrm__suspect *a, const acrm__suspect *b)
{
    if (a->same != b->same)
        return a->same;
    if (a->score != b->score)
        return a->score > b->score;
    return memcmp(acrm__id(a->subject->rec, F_ID), acrm__id(b->subject->rec, F_ID), 16) < 0;
}

int32_t acrm__suspects_find(acrm__call *call, const acrm__subject *subject,
                            const unsigned char *own, bool as_system, acrm__suspects *out)
{
    acrm__rules rules = { NULL, 0 };
    suspects_ids *ids = acrm__arena_zero(call->arena, sizeof *ids);
    int32_t st = ids ? acrm__rules_load(call, &rules) : acrm__nomem(call);

    *out = (acrm__suspects){ NULL, 0 };
    if (st == ACRM_OK)
        st = suspects_ids_find(call, subject, own, ids);
    if (st != ACRM_OK || ids->count == 0)
        return st;
    out->items = acrm__arena_array(call->arena, (size_t)ids->count, sizeof *out->items);
    if (!out->items)
        return acrm__nomem(call);
    for (int32_t i = 0; i < ids->count && st == ACRM_OK; i++) {
        acrm__subject *other = NULL;
        acrm__suspect now = { .score = 0 };
        st = acrm__subject_load(call, ids->items[i], as_system, &other);
        if (st != ACRM_OK || !other)
            continue;
        now.subject = other;
        suspects_judge(&rules, subject, &now);
        if (now.score == 0)
            continue;
        int32_t at = out->count++;
        for (; at > 0 && suspects_before(&now, &out->items[at - 1]); at--)
            out->items[at] = out->items[at - 1];
        out->items[at] = now;
    }
    return st;
}
