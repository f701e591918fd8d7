/* SPDX-License-Identifier: MIT */
/* Segments: filters over customers that are kept, looked at and counted. */
#include "base/json.h"
#include "modules/marketing/entities.h"
#include "modules/marketing/marketing.h"

#include <string.h>

/* --- As they are written: a filter that does not parse is refused with the place at fault --- */

int32_t acrm__segment_read_filter(acrm__call *call, const acrm__rec *rec, uint32_t field,
                                  acrm_value **out)
{
    const acrm_cell *cell = &rec->cells[field];
    acrm__json_fault fault;

    int32_t st = acrm__json_read(call->arena, cell->data, cell->size, out, &fault);
    return st == ACRM_OK ? st : acrm__json_error(call->err, st, &fault);
}

int32_t acrm__segment_write(acrm__call *call, acrm__rec *rec, const acrm__rec *before)
{
    const acrm_filter_node *node = NULL;
    acrm_value *filter = NULL;

    if (!before && acrm__is_null(rec, F_segment__owner_id))
        acrm__set(rec, F_segment__owner_id, acrm__cell_id(acrm__actor(call)));
    if (acrm__is_null(rec, F_segment__filter) || !acrm__changed(rec, F_segment__filter))
        return ACRM_OK;
    int32_t st = acrm__segment_read_filter(call, rec, F_segment__filter, &filter);
    if (st == ACRM_OK && acrm_value_type(filter) != ACRM_MAP)
        return acrm__fail(call, ACRM_E_INVALID, "type", "filter", "filter must be an object");
    return st == ACRM_OK ? acrm__filter(call, acrm__entity_of(call, "customer"), filter, "filter",
                                        &node)
                         : st;
}

/* --- Looking --- */

/* The filter of the segment named by id, or the one given. */
static int32_t segment_filter_arg(acrm__call *call, const acrm_value **out)
{
    acrm__rec *segment = NULL;
    acrm_value *filter = NULL;
    const acrm_filter_node *node = NULL;

    *out = acrm__arg(call, "filter");
    if (*out) /* so that faults are named by the argument's own name */
        return acrm__filter(call, acrm__entity_of(call, "customer"), *out, "filter", &node);
    if (!acrm__arg_text(call, "id"))
        return acrm__fail(call, ACRM_E_INVALID, "required", "id", "give a segment or a filter");
    int32_t st = acrm__load_arg(call, "segment", "id", &segment);
    if (st == ACRM_OK)
        st = acrm__segment_read_filter(call, segment, F_segment__filter, &filter);
    *out = filter;
    return st;
}

/* Arguments of a free operation of customer: the filter, and those of this call that it has too. */
static acrm_value *segment_args(acrm__call *call, const acrm_value *filter,
                                const char *const *passed)
{
    acrm_value *args = acrm__value_in(call->arena);
    bool ok = args && acrm_value_set_map(args) == ACRM_OK &&
              acrm__put_value(args, "where", filter);

    for (; ok && *passed; passed++) {
        const acrm_value *value = acrm__arg(call, *passed);
        ok = !value || acrm__put_value(args, *passed, value);
    }
    return ok ? args : NULL;
}

/* Run customer.<verb> and take some keys of its result over. */
static int32_t segment_run(acrm__call *call, const char *operation, const acrm_value *args,
                           const char *const *keys)
{
    acrm_value *result = NULL;

    int32_t st = args ? acrm__run(call, operation, args, &result) : acrm__nomem(call);
    for (; st == ACRM_OK && *keys; keys++)
        if (!acrm__put_value(call->out, *keys, acrm_value_get(result, *keys)))
            st = acrm__nomem(call);
    return st;
}

static const char *const segment_count_keys[] = { "count", NULL };
static const char *const segment_none[] = { NULL };

int32_t acrm__segment_count(acrm__call *call)
{
    const acrm_value *filter = NULL;

    int32_t st = segment_filter_arg(call, &filter);
    return st == ACRM_OK ? segment_run(call, "customer.count",
                                       segment_args(call, filter, segment_none),
                                       segment_count_keys)
                         : st;
}

int32_t acrm__segment_preview(acrm__call *call)
{
    static const char *const list_in[] = { "fields", "order", "limit", NULL };
    static const char *const list_out[] = { "items", NULL };
    static const char *const group_in[] = { "group", NULL };
    static const char *const group_out[] = { "rows", NULL };
    const acrm_value *filter = NULL;

    int32_t st = segment_filter_arg(call, &filter);
    if (st == ACRM_OK)
        st = segment_run(call, "customer.count", segment_args(call, filter, segment_none),
                         segment_count_keys);
    if (st == ACRM_OK)
        st = segment_run(call, "customer.list", segment_args(call, filter, list_in), list_out);
    if (st == ACRM_OK && acrm__arg(call, "group"))
        st = segment_run(call, "customer.aggregate", segment_args(call, filter, group_in),
                         group_out);
    return st;
}

/* --- Members --- */

/* Of a snapshot: the page is one of members, in order of customer; those that this session may
 * not see, or that are gone, are left out of it. */
static int32_t segment_kept_members(acrm__call *call)
{
    static const char *const passed[] = { "fields", "include", "limit", NULL };
    static const char *const taken[] = { "items", NULL };
    uint32_t limit = (uint32_t)acrm__arg_int(call, "limit", 50);
    acrm__rec *snapshot = NULL;
    acrm__recs page = { NULL, 0 };
    acrm_value *filter = acrm__value_in(call->arena);

    int32_t st = acrm__load_arg(call, "segment_snapshot", "snapshot_id", &snapshot);
    if (st == ACRM_OK)
        st = acrm__segment_snapshot_page(call, snapshot, limit, &page);
    if (st != ACRM_OK)
        return st;
    bool ok = filter && acrm_value_set_map(filter) == ACRM_OK;
    acrm_value *id = ok ? acrm__put_map(filter, "id") : NULL;
    acrm_value *in = id ? acrm__put_list(id, "$in") : NULL;
    const char *last = NULL;
    for (size_t i = 0; in && ok && i < page.count; i++) {
        last = acrm__id_text(call, acrm__id(page.items[i], F_segment_member__customer_id));
        ok = last && acrm__add_text(in, last);
    }
    if (!in || !ok || !acrm__put_text(call->out, "next", page.count == limit ? last : NULL))
        return acrm__nomem(call);
    return segment_run(call, "customer.list", segment_args(call, filter, passed), taken);
}

int32_t acrm__segment_members(acrm__call *call)
{
    static const char *const passed[] = { "fields", "include", "order", "limit", "after", NULL };
    static const char *const taken[] = { "items", "next", NULL };
    const acrm_value *filter = NULL;

    if (acrm__arg_text(call, "snapshot_id"))
        return segment_kept_members(call);
    int32_t st = segment_filter_arg(call, &filter);
    return st == ACRM_OK ? segment_run(call, "customer.list", segment_args(call, filter, passed),
                                       taken)
                         : st;
}
