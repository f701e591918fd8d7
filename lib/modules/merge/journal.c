/* SPDX-License-Identifier: MIT */
/* What a merge did, item by item, so that it can be undone. */
#include "base/json.h"
#include "modules/merge/entities.h"
#include "modules/merge/merge.h"

static int32_t journal_kept(acrm__merge *merge, acrm__rec *item, const acrm_value *kept)
{
    acrm__call *call = merge->call;
    acrm__str text;

    acrm__str_init(&text, &call->arena->allocator);
    acrm__json_write(&text, kept, 0);
    char *copy = text.failed ? NULL : acrm__arena_text(call->arena, text.data, text.len);
    acrm__str_free(&text);
    if (!copy)
        return acrm__nomem(call);
    acrm__set(item, F_customer_merge_item__kept, acrm__cell_text(copy));
    acrm__set(item, F_customer_merge_item__subject_id, merge->survivor->cells[F_ID]);
    return ACRM_OK;
}

int32_t acrm__merge_note_item(acrm__merge *merge, const acrm__merge_note *note)
{
    acrm__call *call = merge->call;
    acrm__rec *item = acrm__new(call, "customer_merge_item");

    if (!item)
        return acrm__nomem(call);
    const struct {
        uint32_t field;
        acrm_cell cell;
    } cells[] = {
        { F_customer_merge_item__merge_id, merge->record->cells[F_ID] },
        { F_customer_merge_item__position, acrm__cell_int(++merge->position) },
        { F_customer_merge_item__action, acrm__cell_text(note->action) },
        { F_customer_merge_item__entity, acrm__cell_text(note->rec->entity->def->name) },
        { F_customer_merge_item__record_id, note->rec->cells[F_ID] },
        { F_customer_merge_item__field, acrm__cell_text(note->field) },
        { F_customer_merge_item__from_id, acrm__cell_id(note->from) },
        { F_customer_merge_item__to_id, acrm__cell_id(note->to) },
        { F_customer_merge_item__row_version, note->rec->cells[F_VERSION] },
        { F_customer_merge_item__twin_id, acrm__cell_id(note->twin) },
    };
    for (size_t i = 0; i < sizeof cells / sizeof cells[0]; i++)
        acrm__set(item, cells[i].field, cells[i].cell);
    if (!note->kept) /* nothing to seal: the fast way, since a merge makes one for each row */
        return acrm__append(call, item);
    int32_t st = journal_kept(merge, item, note->kept);
    return st == ACRM_OK ? acrm__insert(call, item) : st;
}
