/* SPDX-License-Identifier: MIT */
/* Natural keys: read, checked for an index, and used to find the record of a row. */
#include "modules/integration/upsert.h"

#include "base/text.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { KEY_CANDIDATES_MAX = 200 };

/* --- Reading a key --- */

/* A field whose normal form is kept in a hidden one: name and match_name. */
static uint32_t key_normal_field(const acrm__entity *entity, uint32_t field)
{
    char name[80];
    int n = snprintf(name, sizeof name, "match_%s", entity->fields[field].def.name);
    uint32_t match = n > 0 && (size_t)n < sizeof name ? acrm__entity_field(entity, name, (size_t)n)
                                                      : UINT32_MAX;

    return match != UINT32_MAX && entity->fields[match].def.flags & ACRM__HIDDEN ? match : field;
}

static int32_t key_part(acrm__call *call, acrm__upsert_plan *plan, const char *text, size_t len,
                        const char *place, acrm_value *faults, acrm__upsert_key *key)
{
    acrm__upsert_part *part = &key->parts[key->n_parts++];
    const acrm__entity *entity = plan->entity;
    char *name = acrm__arena_text(call->arena, text, len);
    bool customer = strcmp(entity->def->name, "customer") == 0;

    if (!name)
        return acrm__nomem(call);
    *part = (acrm__upsert_part){ .field = acrm__entity_field(entity, name, len), .name = name };
    if (part->field == UINT32_MAX && customer && acrm__upsert_is_channel(name)) {
        part->channel = name;
        return ACRM_OK;
    }
    if (part->field == UINT32_MAX || entity->fields[part->field].def.flags & ACRM__HIDDEN ||
        !acrm__may_see_field(call, entity, part->field)) {
        const char *near = acrm__entity_suggest(entity, name, len);
        return acrm__fault(faults, place, "unknown_field", "%s has no field %.64s%s%s%s",
                           entity->def->name, name, near ? "; did you mean " : "",
                           near ? near : "", near ? "?" : "");
    }
    part->shown = part->field;
    part->field = key_normal_field(entity, part->field);
    if (entity->fields[part->field].def.flags & ACRM__ENCRYPTED || part->field != part->shown)
        key->derives = true;
    if (entity->fields[part->field].def.flags & ACRM__ENCRYPTED) {
        if (entity->fields[part->field].blind == UINT32_MAX)
            return acrm__fault(faults, place, "index",
                               "%s is encrypted and cannot be searched: it is no key", name);
    }
    return ACRM_OK;
}

static bool key_has(const acrm__upsert_key *key, uint32_t field)
{
    for (uint32_t i = 0; i < key->n_parts; i++)
        if (!key->parts[i].channel && key->parts[i].field == field)
            return true;
    return false;
}

/* The index that finds most: a unique one, a composite one, then a single field. */
static bool key_choose(const acrm__entity *entity, acrm__upsert_key *key)
{
    const acrm_table *table = &entity->table;
    uint32_t best = 0;

    key->lead = UINT32_MAX;
    for (uint32_t i = 0; i < table->n_indexes; i++) {
        const acrm_index *index = &table->indexes[i];
        uint32_t n = 0;
        while (n < index->n_columns && key_has(key, index->columns[n]))
            n++;
        uint32_t rank = n < index->n_columns ? 0
                        : n + (index->flags & ACRM_INDEX_UNIQUE ? ACRM__UPSERT_PARTS_MAX : 0);
        if (rank > best) {
            best = rank;
            key->index = index;
        }
    }
    for (uint32_t i = 0; best < 2 && i < key->n_parts && key->lead == UINT32_MAX; i++) {
        const acrm__upsert_part *part = &key->parts[i];
        bool blind = !part->channel && entity->fields[part->field].def.flags & ACRM__ENCRYPTED;
        bool own = !part->channel && (part->field == F_ID ||
                                      entity->fields[part->field].def.flags & ACRM__INDEXED);
        if (blind || own || part->channel)
            key->lead = i;
    }
    if (key->lead != UINT32_MAX)
        key->index = NULL; /* one look-up by the storage's fast path */
    return key->index || key->lead != UINT32_MAX;
}

int32_t acrm__upsert_key_parse(acrm__call *call, acrm__upsert_plan *plan, const char *text,
                               const char *place, acrm_value *faults)
{
    acrm__upsert_key *key = &plan->keys[plan->n_keys];
    size_t before = acrm_value_count(faults);
    int32_t st = ACRM_OK;

    if (plan->n_keys == ACRM__UPSERT_KEYS_MAX)
        return acrm__fault(faults, place, "limit", "there are %d keys at most",
                           ACRM__UPSERT_KEYS_MAX);
    *key = (acrm__upsert_key){ .text = text };
    for (const char *p = text; st == ACRM_OK; p++) {
        size_t len = strcspn(p, "+");
        if (key->n_parts == ACRM__UPSERT_PARTS_MAX)
            return acrm__fault(faults, place, "limit", "a key has %d parts at most",
                               ACRM__UPSERT_PARTS_MAX);
        st = key_part(call, plan, p, len, place, faults, key);
        p += len;
        if (*p == '\0')
            break;
    }
    if (st != ACRM_OK || acrm_value_count(faults) > before)
        return st;
    if (!key_choose(plan->entity, key))
        return acrm__fault(faults, place, "index",
                           "no field of the key %.100s has an index, so that every row would go "
                           "through all records: add a field with \"indexed\" to the key", text);
    plan->n_keys++;
    return ACRM_OK;
}

/* --- Faults of a row --- */

int32_t acrm__upsert_row_fault(acrm__upsert_row *row, const char *field, const char *column,
                               const char *reason, const char *format, ...)
{
    acrm_value *fault = acrm__add_map(row->faults);
    char message[300];
    va_list args;

    va_start(args, format);
    vsnprintf(message, sizeof message, format, args);
    va_end(args);
    bool ok = fault && acrm__put_text(fault, "field", field) &&
              acrm__put_text(fault, "column", column) &&
              acrm__put_text(fault, "reason", reason) &&
              acrm__put_text(fault, "message", message);
    return ok ? ACRM_OK : acrm__nomem(row->call);
}

static const char *key_column(const acrm__upsert_row *row, const acrm__upsert_part *part)
{
    const acrm__upsert_plan *plan = row->plan;

    if (!part->channel) {
        const acrm__upsert_column *column = acrm__upsert_column_of(plan, -1, part->shown);
        return column && column->name ? column->name : part->name;
    }
    for (uint32_t i = 0; i < plan->n_columns; i++) {
        const acrm__upsert_target *t = &plan->columns[i].targets[0];
        const char *channel = t->child < 0 ? NULL
                              : acrm__get_text(plan->children[t->child].set, "channel");
        if (channel && strcmp(channel, part->channel) == 0 && plan->columns[i].name)
            return plan->columns[i].name;
    }
    return part->name;
}

/* --- Values of a row's key --- */

static int32_t key_part_given(acrm__upsert_row *row, const acrm__upsert_part *part, bool *given)
{
    int32_t st = ACRM_OK;

    *given = false;
    if (!part->channel)
        *given = row->fresh->cells[part->field].type != ACRM_CELL_NULL;
    for (uint32_t i = 0; part->channel && st == ACRM_OK && i < row->n_children; i++) {
        acrm__upsert_row_child *child = &row->children[i];
        const acrm__rec *rec = child->rec;
        const char *channel = !child->child->contact ? NULL
                              : acrm__text(rec, acrm__field_of(rec->entity, "channel"));
        if (!channel || strcmp(channel, part->channel) != 0)
            continue;
        st = acrm__upsert_derive_child(row, child);
        *given = *given || !acrm__is_null(rec, acrm__field_of(rec->entity, "match_value"));
    }
    return st;
}

static int32_t key_cell(const acrm__upsert_row *row, const acrm__upsert_part *part, uint32_t *field,
                        acrm_cell *out)
{
    const acrm__fieldinfo *f = &row->plan->entity->fields[part->field];
    const acrm_cell *cell = &row->fresh->cells[part->field];

    *field = part->field;
    *out = *cell;
    if (!(f->def.flags & ACRM__ENCRYPTED))
        return ACRM_OK;
    *field = f->blind;
    return acrm__blind(row->call, row->plan->entity, part->field, cell->data, cell->size, out);
}

/* --- Candidates --- */

typedef struct key_found {
    acrm__rec *items[KEY_CANDIDATES_MAX];
    uint32_t n;
} key_found;

static void key_add(key_found *found, acrm__rec *rec)
{
    for (uint32_t i = 0; i < found->n; i++)
        if (memcmp(acrm__id(found->items[i], F_ID), acrm__id(rec, F_ID), 16) == 0)
            return;
    if (found->n < KEY_CANDIDATES_MAX)
        found->items[found->n++] = rec;
}

static int32_t key_by_terms(acrm__upsert_row *row, const acrm__upsert_key *key, key_found *found)
{
    acrm__term terms[ACRM__UPSERT_PARTS_MAX];
    size_t n = 0;
    acrm__recs recs = { NULL, 0 };
    int32_t st = ACRM_OK;

    for (uint32_t i = 0; st == ACRM_OK && i < key->n_parts; i++) {
        const acrm__upsert_part *part = &key->parts[i];
        bool wanted = !key->index ? i == key->lead : false;
        for (uint32_t k = 0; !part->channel && key->index && k < key->index->n_columns; k++)
            wanted = wanted || key->index->columns[k] == part->field;
        if (!wanted)
            continue;
        terms[n].op = ACRM_FILTER_EQ;
        st = key_cell(row, part, &terms[n].field, &terms[n].value);
        n++;
    }
    if (st == ACRM_OK)
        st = acrm__find(row->call, &(acrm__select){ .entity = row->plan->entity->def->name,
            .terms = terms, .n_terms = n, .limit = KEY_CANDIDATES_MAX }, &recs);
    for (size_t i = 0; st == ACRM_OK && i < recs.count; i++)
        key_add(found, recs.items[i]);
    return st;
}

static int32_t key_contacts(acrm__upsert_row *row, const acrm__upsert_row_child *child,
                            key_found *found)
{
    const acrm__entity *entity = child->child->entity;
    uint32_t match = acrm__field_of(entity, "match_value");
    const acrm__term terms[] = {
        { match, ACRM_FILTER_EQ, child->rec->cells[match] },
        { acrm__field_of(entity, "channel"), ACRM_FILTER_EQ,
          child->rec->cells[acrm__field_of(entity, "channel")] },
    };
    acrm__recs recs = { NULL, 0 };

    int32_t st = acrm__find(row->call, &(acrm__select){ .entity = entity->def->name,
        .terms = terms, .n_terms = 2, .limit = KEY_CANDIDATES_MAX }, &recs);
    for (size_t i = 0; st == ACRM_OK && i < recs.count; i++) {
        const unsigned char *id = acrm__id(recs.items[i], child->child->parent);
        acrm__rec *owner = NULL;
        if (id)
            st = acrm__load_or_null(row->call, row->plan->entity, id, &owner);
        if (st == ACRM_OK && owner)
            key_add(found, owner);
    }
    return st;
}

/* Whether a child of the row is of the channel of a part and can be compared. */
static bool key_is_of(const acrm__upsert_row_child *child, const acrm__upsert_part *part)
{
    if (!child->child->contact || !child->rec)
        return false;
    const acrm__entity *entity = child->rec->entity;
    const char *channel = acrm__text(child->rec, acrm__field_of(entity, "channel"));
    return channel && strcmp(channel, part->channel) == 0 &&
           !acrm__is_null(child->rec, acrm__field_of(entity, "match_value"));
}

static int32_t key_candidates(acrm__upsert_row *row, const acrm__upsert_key *key, key_found *found)
{
    int32_t st = ACRM_OK;

    if (key->index || !key->parts[key->lead].channel)
        return key_by_terms(row, key, found);
    for (uint32_t i = 0; st == ACRM_OK && i < row->n_children; i++)
        if (key_is_of(&row->children[i], &key->parts[key->lead]))
            st = key_contacts(row, &row->children[i], found);
    return st;
}

/* --- Comparing the other parts --- */

static int32_t key_same_text(acrm__call *call, const acrm_cell *a, const acrm_cell *b, bool *same)
{
    acrm__str left, right;

    acrm__str_init(&left, &call->arena->allocator);
    acrm__str_init(&right, &call->arena->allocator);
    acrm__fold(a->data, a->size, &left);
    acrm__fold(b->data, b->size, &right);
    *same = left.len == right.len && memcmp(left.data, right.data, left.len) == 0;
    bool failed = left.failed || right.failed;
    acrm__str_free(&left);
    acrm__str_free(&right);
    return failed ? acrm__nomem(call) : ACRM_OK;
}

static int32_t key_same_contact(acrm__upsert_row *row, const acrm__upsert_part *part,
                                const acrm__rec *rec, bool *same)
{
    int32_t st = ACRM_OK;

    *same = false;
    for (uint32_t i = 0; st == ACRM_OK && !*same && i < row->n_children; i++) {
        key_found owners = { .n = 0 };
        if (!key_is_of(&row->children[i], part))
            continue;
        st = key_contacts(row, &row->children[i], &owners);
        for (uint32_t k = 0; k < owners.n; k++)
            *same = *same || memcmp(acrm__id(owners.items[k], F_ID), acrm__id(rec, F_ID), 16) == 0;
    }
    return st;
}

static int32_t key_same(acrm__upsert_row *row, const acrm__upsert_key *key, const acrm__rec *rec,
                        bool *same)
{
    int32_t st = ACRM_OK;

    *same = true;
    for (uint32_t i = 0; st == ACRM_OK && *same && i < key->n_parts; i++) {
        const acrm__upsert_part *part = &key->parts[i];
        uint32_t field;
        acrm_cell wanted;
        if (!key->index && i == key->lead)
            continue;
        if (part->channel) {
            st = key_same_contact(row, part, rec, same);
            continue;
        }
        st = key_cell(row, part, &field, &wanted);
        if (st != ACRM_OK)
            return st;
        const acrm_cell *own = &rec->cells[field];
        *same = acrm__cell_equal(&wanted, own);
        if (!*same && wanted.type == ACRM_CELL_TEXT && own->type == ACRM_CELL_TEXT)
            st = key_same_text(row->call, &wanted, own, same);
    }
    return st;
}

/* What the hooks make of a row is asked for only when a key needs it. */
static int32_t key_of_row(acrm__upsert_row *row, const acrm__upsert_key **out)
{
    int32_t st = ACRM_OK;

    *out = NULL;
    for (uint32_t i = 0; st == ACRM_OK && !*out && i < row->plan->n_keys; i++) {
        const acrm__upsert_key *key = &row->plan->keys[i];
        bool whole = true;
        if (key->derives)
            st = acrm__upsert_derive(row);
        for (uint32_t k = 0; st == ACRM_OK && whole && k < key->n_parts; k++)
            st = key_part_given(row, &key->parts[k], &whole);
        if (st == ACRM_OK && whole)
            *out = key;
    }
    return st;
}

int32_t acrm__upsert_find(acrm__upsert_row *row)
{
    const acrm__upsert_key *key = NULL;
    key_found *found = acrm__arena_zero(row->call->arena, sizeof *found);
    int32_t st = found ? key_of_row(row, &key) : acrm__nomem(row->call);

    if (st != ACRM_OK)
        return st;
    if (!key) {
        const acrm__upsert_part *part = &row->plan->keys[0].parts[0];
        return acrm__upsert_row_fault(row, part->name, key_column(row, part), "key",
                                      "the row has no value for its key");
    }
    const acrm__upsert_part *lead = &key->parts[key->index ? 0 : key->lead];
    st = key_candidates(row, key, found);
    for (uint32_t i = 0; st == ACRM_OK && i < found->n; i++) {
        bool same;
        st = key_same(row, key, found->items[i], &same);
        if (st != ACRM_OK || !same)
            continue;
        if (row->rec)
            return acrm__upsert_row_fault(row, lead->name, key_column(row, lead), "ambiguous",
                                          "more than one %s has this key",
                                          row->plan->entity->def->name);
        row->rec = found->items[i];
    }
    if (st == ACRM_OK && found->n == KEY_CANDIDATES_MAX)
        st = acrm__upsert_row_fault(row, lead->name, key_column(row, lead), "ambiguous",
                                    "too many records share the key's %s", lead->name);
    return st;
}
