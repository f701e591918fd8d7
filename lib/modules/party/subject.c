/* SPDX-License-Identifier: MIT */
/* People and companies made ready to be compared, and the keys by which they are found. */
#include "modules/party/subject.h"

#include "base/text.h"
#include "modules/party/entities.h"

#include <string.h>

static void subject_name(acrm__subject *out, const acrm__rec *rec, uint32_t field)
{
    acrm_match_name *name = &out->names[out->n_names];
    const acrm_cell *cell = &rec->cells[field];

    name->struct_size = sizeof *name;
    if (cell->type == ACRM_CELL_TEXT &&
        acrm_match_name_read(cell->data, cell->size, name) == ACRM_OK && name->n_words > 0)
        out->n_names++;
}

void acrm__subject_of(const acrm__rec *rec, acrm__subject *out)
{
    out->rec = rec;
    out->n_names = out->n_contacts = 0;
    if (!acrm__is_null(rec, F_customer__erased_at))
        return; /* what stands in its name is nobody's */
    subject_name(out, rec, F_customer__name);
    subject_name(out, rec, F_customer__also_known_as);
}

void acrm__subject_contact_add(acrm__subject *subject, const char *channel, const char *value)
{
    if (subject->n_contacts < ACRM__SUBJECT_CONTACTS && channel && value)
        subject->contacts[subject->n_contacts++] = (acrm__subject_contact){ channel, value };
}

int32_t acrm__subject_load(acrm__call *call, const unsigned char id[16], bool as_system,
                           acrm__subject **out)
{
    const acrm__term key = { F_ID, ACRM_FILTER_EQ, acrm__cell_blob(id, 16) };
    const acrm__term of = { F_contact_point__customer_id, ACRM_FILTER_EQ,
                            acrm__cell_blob(id, 16) };
    acrm__rec *rec = NULL;
    acrm__recs points = { NULL, 0 };

    *out = NULL;
    int32_t st = acrm__find_one(call, &(acrm__select){ .entity = "customer", .terms = &key,
                                                       .n_terms = 1, .as_system = as_system },
                                &rec);
    if (st != ACRM_OK || !rec)
        return st;
    acrm__subject *subject = acrm__arena_alloc(call->arena, sizeof *subject);
    if (!subject)
        return acrm__nomem(call);
    acrm__subject_of(rec, subject);
    st = acrm__find(call, &(acrm__select){ .entity = "contact_point", .terms = &of, .n_terms = 1,
                                           .limit = ACRM__SUBJECT_CONTACTS,
                                           .as_system = as_system }, &points);
    for (size_t i = 0; st == ACRM_OK && i < points.count; i++)
        acrm__subject_contact_add(subject, acrm__text(points.items[i], F_contact_point__channel),
                                  acrm__text(points.items[i], F_contact_point__match_value));
    if (st == ACRM_OK)
        *out = subject;
    return st;
}

/* --- Keys --- */

static bool subject_key(uint64_t *keys, size_t *n, uint64_t key)
{
    for (size_t i = 0; i < *n; i++)
        if (keys[i] == key)
            return true;
    if (*n < ACRM__SUBJECT_KEYS)
        keys[(*n)++] = key;
    return *n < ACRM__SUBJECT_KEYS;
}

static uint64_t subject_hash(char kind, const void *bytes, size_t len)
{
    unsigned char room[640] = { (unsigned char)kind };

    if (len > sizeof room - 1)
        len = sizeof room - 1;
    memcpy(room + 1, bytes, len);
    return acrm__hash(room, len + 1);
}

bool acrm__subject_contact_key(const char *channel, const char *value, uint64_t *key)
{
    static const char *const exact[] = { "phone", "email", "messenger" };

    for (size_t i = 0; channel && value && i < sizeof exact / sizeof exact[0]; i++)
        if (strcmp(channel, exact[i]) == 0) {
            *key = subject_hash('c', value, strlen(value));
            return true;
        }
    return false;
}

static void subject_name_keys(const acrm_match_name *name, const acrm_cell *birth, uint64_t *keys,
                              size_t *n)
{
    uint64_t some[ACRM_MATCH_KEYS];
    size_t count = 0;

    (void)acrm_match_name_keys(name, ACRM_MATCH_KEY_PAIRS, NULL, 0, some, &count);
    for (size_t i = 0; i < count; i++)
        (void)subject_key(keys, n, some[i]);
    if (birth->type != ACRM_CELL_INT)
        return;
    (void)acrm_match_name_keys(name, ACRM_MATCH_KEY_LETTERS, &birth->integer,
                               sizeof birth->integer, some, &count);
    for (size_t i = 0; i < count; i++)
        (void)subject_key(keys, n, some[i]);
}

size_t acrm__subject_keys(const acrm__subject *subject, uint64_t keys[ACRM__SUBJECT_KEYS])
{
    static const uint32_t blinds[] = { F_customer__national_id_blind, F_customer__tax_id_blind };
    const acrm_cell *cells = subject->rec->cells;
    uint64_t key;
    size_t n = 0;

    for (size_t i = 0; i < sizeof blinds / sizeof blinds[0]; i++)
        if (cells[blinds[i]].type == ACRM_CELL_BLOB)
            (void)subject_key(keys, &n, subject_hash('i', cells[blinds[i]].data,
                                                     cells[blinds[i]].size));
    for (int32_t i = 0; i < subject->n_names; i++)
        subject_name_keys(&subject->names[i], &cells[F_customer__birth_date], keys, &n);
    for (int32_t i = 0; i < subject->n_contacts; i++)
        if (acrm__subject_contact_key(subject->contacts[i].channel, subject->contacts[i].value,
                                      &key))
            (void)subject_key(keys, &n, key);
    return n;
}
