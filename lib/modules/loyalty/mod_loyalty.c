/* SPDX-License-Identifier: MIT */
/* The module loyalty: member cards. */
#include "base/text.h"
#include "modules/loyalty/entities.h"
#include "modules/modules.h"
#include "kernel/call.h"

#define ACRM__ENTITIES_DEF "modules/loyalty/entities.def"
#define ACRM__ENTITIES_NAME loyalty_entities
#include "kernel/declare_tables.h"

/* Numbers as they are read out: digits of any script, spaces anywhere. */
static int32_t loyalty_card_write(acrm__call *call, acrm__rec *rec, const acrm__rec *before)
{
    const acrm_cell *cell = &rec->cells[F_member_card__number];
    acrm__str text;
    size_t n = 0;

    (void)before;
    if (acrm__is_null(rec, F_member_card__issued_at))
        acrm__set(rec, F_member_card__issued_at, acrm__cell_int(call->now));
    if (cell->type != ACRM_CELL_TEXT || !acrm__changed(rec, F_member_card__number))
        return ACRM_OK;
    acrm__str_init(&text, &call->arena->allocator);
    acrm__digits_ascii(cell->data, cell->size, &text);
    char *number = text.failed ? NULL : acrm__arena_text(call->arena, text.data, text.len);
    acrm__str_free(&text);
    if (!number)
        return acrm__nomem(call);
    for (const char *p = number; *p; p++)
        if (*p != ' ')
            number[n++] = *p >= 'a' && *p <= 'z' ? (char)(*p - 'a' + 'A') : *p;
    if (n == 0)
        return acrm__fail(call, ACRM_E_INVALID, "required", "number", "number is required");
    number[n] = '\0';
    acrm__set(rec, F_member_card__number, acrm__cell_textn(number, n));
    return ACRM_OK;
}

static const acrm__hook loyalty_hooks[] = {
    { .entity = "member_card", .before_write = loyalty_card_write },
    { .entity = NULL }
};

const acrm__module acrm__mod_loyalty = {
    .name = "loyalty",
    .help = "The club: member cards",
    .entities = loyalty_entities,
    .hooks = loyalty_hooks,
};
