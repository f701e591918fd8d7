/* SPDX-License-Identifier: MIT */
/* Tags: words that records of any entity are marked with, found again by filters. */
#include "base/text.h"
#include "kernel/inside.h"
#include "modules/filing/entities.h"
#include "modules/filing/filing.h"

#include <string.h>

enum { TAG_NAME_MAX = 64, TAG_ON_RECORD_MAX = 200 };

/* --- Tags as they are written --- */

static int32_t tag_fold(acrm__call *call, const char *text, const char *arg, const char **out)
{
    acrm__str folded;
    int32_t st = ACRM_OK;

    acrm__str_init(&folded, &call->arena->allocator);
    acrm__fold(text, strlen(text), &folded);
    *out = folded.failed ? NULL : acrm__arena_text(call->arena, folded.data, folded.len);
    if (!*out)
        st = acrm__nomem(call);
    else if (folded.len == 0 || folded.len > TAG_NAME_MAX)
        st = acrm__fail(call, ACRM_E_INVALID, "format", arg,
                        "a tag needs a letter or digit, and at most %d bytes", TAG_NAME_MAX);
    acrm__str_free(&folded);
    return st;
}

static int32_t tag_colour(acrm__call *call, const acrm__rec *rec)
{
    const char *colour = acrm__text(rec, F_tag__colour);

    if (!colour || (strlen(colour) == 7 && colour[0] == '#' &&
                    strspn(colour + 1, "0123456789abcdefABCDEF") == 6))
        return ACRM_OK;
    return acrm__fail(call, ACRM_E_INVALID, "format", "colour", "colour must be like #1e90ff");
}

/* A tag in use cannot go: records would be marked with what nobody can look up. */
static int32_t tag_unused(acrm__call *call, const acrm__rec *rec)
{
    acrm__term of = { F_tagging__tag_id, ACRM_FILTER_EQ, rec->cells[F_ID] };
    acrm__rec *used = NULL;

    int32_t st = acrm__find_one(call, &(acrm__select){ .entity = "tagging", .terms = &of,
                                                       .n_terms = 1, .as_system = true }, &used);
    if (st == ACRM_OK && used)
        return acrm__fail(call, ACRM_E_CONFLICT, "in_use", "id",
                          "records still carry this tag: see tag.records");
    return st;
}

int32_t acrm__filing_tag_write(acrm__call *call, acrm__rec *rec, const acrm__rec *before)
{
    const char *name = acrm__text(rec, F_tag__name), *entity = acrm__text(rec, F_tag__scope_entity);
    const char *folded = NULL;

    if (before && !acrm__is_null(rec, F_DELETED_AT))
        return tag_unused(call, rec);
    if (entity && !acrm__registry_entity(call->session->registry, entity, strlen(entity)))
        return acrm__fail(call, ACRM_E_INVALID, "unknown_entity", "scope_entity",
                          "there is no entity %.64s", entity);
    int32_t st = tag_colour(call, rec);
    if (st != ACRM_OK || before || !name)
        return st;
    st = tag_fold(call, name, "name", &folded);
    if (st != ACRM_OK)
        return st;
    if (acrm__is_null(rec, F_tag__label))
        acrm__set(rec, F_tag__label, acrm__cell_text(name));
    acrm__set(rec, F_tag__name, acrm__cell_text(folded));
    return ACRM_OK;
}

/* --- On records --- */

static int32_t tag_find(acrm__call *call, const char *folded, acrm__rec **out)
{
    acrm__term named = { F_tag__name, ACRM_FILTER_EQ, acrm__cell_text(folded) };

    return acrm__find_one(call, &(acrm__select){ .entity = "tag", .terms = &named, .n_terms = 1 },
                          out);
}

static int32_t tag_make(acrm__call *call, const char *name, acrm__rec **out)
{
    *out = acrm__new(call, "tag");
    if (!*out)
        return acrm__nomem(call);
    acrm__set(*out, F_tag__name, acrm__cell_text(name));
    return acrm__insert(call, *out);
}

/* The tag of a name as people write it. */
static int32_t tag_named(acrm__call *call, const char *name, bool create, acrm__rec **out)
{
    const char *folded = NULL;

    int32_t st = tag_fold(call, name, "names", &folded);
    if (st == ACRM_OK)
        st = tag_find(call, folded, out);
    if (st != ACRM_OK || *out)
        return st;
    if (!create)
        return acrm__fail(call, ACRM_E_NOTFOUND, "reference", "names",
                          "there is no tag %.64s; make it with tag.create, or give create",
                          folded);
    return tag_make(call, name, out);
}

static int32_t tag_tagging(acrm__call *call, const acrm__rec *record, const char *folded,
                           acrm__rec **out)
{
    acrm__term terms[] = {
        { F_tagging__subject_id, ACRM_FILTER_EQ, record->cells[F_ID] },
        { F_tagging__name, ACRM_FILTER_EQ, acrm__cell_text(folded) },
    };

    return acrm__find_one(call, &(acrm__select){ .entity = "tagging", .terms = terms, .n_terms = 2,
                                                 .as_system = true }, out);
}

static int32_t tag_event(acrm__call *call, const char *type, const acrm__rec *record,
                         const char *name)
{
    acrm_value *data = acrm__value_in(call->arena);

    if (!data || acrm_value_set_map(data) != ACRM_OK || !acrm__put_text(data, "name", name))
        return acrm__nomem(call);
    return acrm__emit(call, type, record->entity->def->name, acrm__id(record, F_ID), data);
}

static int32_t tag_put(acrm__call *call, const acrm__filed *filed, const acrm__rec *tag,
                       bool *added)
{
    const char *name = acrm__text(tag, F_tag__name), *only = acrm__text(tag, F_tag__scope_entity);
    const char *entity = filed->record->entity->def->name;
    acrm__rec *tagging = NULL;

    if (only && strcmp(only, entity) != 0)
        return acrm__fail(call, ACRM_E_INVALID, "scope", "names", "the tag %s is for %s only",
                          name, only);
    int32_t st = tag_tagging(call, filed->record, name, &tagging);
    if (st != ACRM_OK || tagging)
        return st;
    tagging = acrm__new(call, "tagging");
    if (!tagging)
        return acrm__nomem(call);
    acrm__set(tagging, F_tagging__tag_id, tag->cells[F_ID]);
    acrm__set(tagging, F_tagging__name, tag->cells[F_tag__name]);
    acrm__set(tagging, F_tagging__subject_entity, acrm__cell_text(entity));
    acrm__set(tagging, F_tagging__subject_id, filed->record->cells[F_ID]);
    acrm__set(tagging, F_tagging__customer_id, filed->customer);
    acrm__set(tagging, F_tagging__dealer_id, filed->dealer);
    *added = true;
    st = acrm__insert(call, tagging);
    return st == ACRM_OK ? tag_event(call, "tag.added", filed->record, name) : st;
}

static int32_t tag_drop(acrm__call *call, const acrm__filed *filed, const acrm__rec *tag,
                        bool *removed)
{
    const char *name = acrm__text(tag, F_tag__name);
    acrm__rec *tagging = NULL;

    int32_t st = tag_tagging(call, filed->record, name, &tagging);
    if (st != ACRM_OK || !tagging)
        return st;
    *removed = true;
    st = acrm__remove(call, tagging, NULL);
    return st == ACRM_OK ? tag_event(call, "tag.removed", filed->record, name) : st;
}

/* The taggings of a record, by name, for whoever may see the record. */
static int32_t tag_all(acrm__call *call, const acrm__rec *record, acrm__recs *out)
{
    acrm__term of = { F_tagging__subject_id, ACRM_FILTER_EQ, record->cells[F_ID] };

    return acrm__find(call, &(acrm__select){ .entity = "tagging", .terms = &of, .n_terms = 1,
        .order = F_tagging__name, .limit = TAG_ON_RECORD_MAX + 1, .as_system = true }, out);
}

static int32_t tag_answer(acrm__call *call, const acrm__rec *record, int64_t changed)
{
    acrm_value *names = acrm__put_list(call->out, "names");
    acrm__recs all;
    bool ok = names && acrm__put_int(call->out, "changed", changed);

    int32_t st = ok ? tag_all(call, record, &all) : acrm__nomem(call);
    if (st == ACRM_OK && all.count > TAG_ON_RECORD_MAX)
        return acrm__fail(call, ACRM_E_LIMIT, "limit", "names", "a record carries at most %d tags",
                          TAG_ON_RECORD_MAX);
    for (size_t i = 0; st == ACRM_OK && i < all.count; i++)
        if (!acrm__add_text(names, acrm__text(all.items[i], F_tagging__name)))
            st = acrm__nomem(call);
    return st;
}

static int32_t tag_change(acrm__call *call, bool create,
                          int32_t (*change)(acrm__call *call, const acrm__filed *filed,
                                            const acrm__rec *tag, bool *done))
{
    const acrm_value *names = acrm__arg(call, "names");
    acrm__filed filed;
    int64_t changed = 0;

    int32_t st = acrm__filing_subject_arg(call, &filed);
    for (size_t i = 0; st == ACRM_OK && i < acrm_value_count(names); i++) {
        acrm__rec *tag = NULL;
        bool done = false;
        st = tag_named(call, acrm_value_text(acrm_value_at(names, i), NULL), create, &tag);
        if (st == ACRM_OK)
            st = change(call, &filed, tag, &done);
        changed += done;
    }
    return st == ACRM_OK ? tag_answer(call, filed.record, changed) : st;
}

int32_t acrm__filing_tag_add(acrm__call *call)
{
    return tag_change(call, acrm__arg_bool(call, "create", false), tag_put);
}

int32_t acrm__filing_tag_remove(acrm__call *call)
{
    return tag_change(call, false, tag_drop);
}

/* --- Looking --- */

int32_t acrm__filing_tag_list_for(acrm__call *call)
{
    acrm_value *items = acrm__put_list(call->out, "items");
    acrm__filed filed;
    acrm__recs all = { NULL, 0 };

    int32_t st = items ? acrm__filing_subject_arg(call, &filed) : acrm__nomem(call);
    if (st == ACRM_OK)
        st = tag_all(call, filed.record, &all);
    for (size_t i = 0; st == ACRM_OK && i < all.count; i++) {
        acrm_value *item = acrm__add_map(items);
        acrm__rec *tag = NULL;
        st = acrm__load(call, "tag", acrm__id(all.items[i], F_tagging__tag_id), "id", &tag);
        if (st != ACRM_OK)
            return st;
        bool ok = item && acrm__put_text(item, "name", acrm__text(tag, F_tag__name)) &&
                  acrm__put_text(item, "label", acrm__text(tag, F_tag__label)) &&
                  acrm__put_text(item, "colour", acrm__text(tag, F_tag__colour)) &&
                  acrm__put_text(item, "since",
                                 acrm__instant_text(call, acrm__int(all.items[i], F_CREATED_AT)));
        st = ok ? ACRM_OK : acrm__nomem(call);
    }
    return st;
}

/* One page of the taggings of a tag, in order of tagging. */
static int32_t tag_page(acrm__call *call, const char *folded, uint32_t limit, acrm__recs *out)
{
    unsigned char *after = acrm__arena_alloc(call->arena, 16);
    const char *entity = acrm__arg_text(call, "entity");
    acrm__term terms[3] = { { F_tagging__name, ACRM_FILTER_EQ, acrm__cell_text(folded) } };
    size_t n = 1;

    if (!after)
        return acrm__nomem(call);
    if (entity)
        terms[n++] = (acrm__term){ F_tagging__subject_entity, ACRM_FILTER_EQ,
                                   acrm__cell_text(entity) };
    if (acrm__arg_id(call, "after", after))
        terms[n++] = (acrm__term){ F_ID, ACRM_FILTER_GT, acrm__cell_id(after) };
    return acrm__find(call, &(acrm__select){ .entity = "tagging", .terms = terms, .n_terms = n,
                                             .limit = limit, .as_system = true }, out);
}

/* What this session may not see is left out; a page may then be short, or empty with a next. */
static int32_t tag_record(acrm__call *call, const acrm__rec *tagging, acrm_value *items)
{
    const char *name = acrm__text(tagging, F_tagging__subject_entity);
    acrm__filed filed = { .record = NULL };
    acrm_error **err = call->err;

    call->err = NULL;
    int32_t st = acrm__filing_subject(call, name, "entity",
                                      acrm__id(tagging, F_tagging__subject_id), "id", &filed);
    call->err = err;
    if (st == ACRM_E_NOTFOUND || st == ACRM_E_INVALID)
        return ACRM_OK;
    if (st != ACRM_OK)
        return acrm__fail(call, st, NULL, NULL, "%s", acrm_status_text(st));
    uint32_t label = filed.record->entity->label;
    bool shown = label != UINT32_MAX && acrm__may_see_field(call, filed.record->entity, label);
    acrm_value *item = acrm__add_map(items);
    bool ok = item && acrm__put_text(item, "entity", name) &&
              acrm__put_text(item, "id", acrm__id_text(call, acrm__id(filed.record, F_ID))) &&
              acrm__put_text(item, "label", shown ? acrm__text(filed.record, label) : NULL) &&
              acrm__put_text(item, "since",
                             acrm__instant_text(call, acrm__int(tagging, F_CREATED_AT)));
    return ok ? ACRM_OK : acrm__nomem(call);
}

int32_t acrm__filing_tag_records(acrm__call *call)
{
    uint32_t limit = (uint32_t)acrm__arg_int(call, "limit", 50);
    acrm_value *items = acrm__put_list(call->out, "items");
    const char *folded = NULL;
    acrm__recs page = { NULL, 0 };

    int32_t st = items ? tag_fold(call, acrm__arg_text(call, "name"), "name", &folded)
                       : acrm__nomem(call);
    if (st == ACRM_OK)
        st = tag_page(call, folded, limit, &page);
    for (size_t i = 0; st == ACRM_OK && i < page.count; i++)
        st = tag_record(call, page.items[i], items);
    const char *next = st == ACRM_OK && page.count == limit
                           ? acrm__id_text(call, acrm__id(page.items[limit - 1], F_ID)) : NULL;
    if (st == ACRM_OK && !acrm__put_text(call->out, "next", next))
        st = acrm__nomem(call);
    return st;
}
