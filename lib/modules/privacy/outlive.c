/* SPDX-License-Identifier: MIT */
/* Records that the law keeps beyond their customer's erasure, and what comes when it no longer
 * does. */
#include "modules/privacy/privacy.h"

#include "base/civil.h"
#include "modules/privacy/entities.h"

#include <string.h>

/* --- Which --- */

static int32_t outlive_add(const acrm__reach *reach, const acrm__rec *rule, acrm__rec *rec,
                        acrm__keeping **list, bool *keep)
{
    acrm__call *call = reach->call;
    int32_t until = 0;

    if (*keep || !acrm__privacy_until(call, rule, rec, &until) ||
        until < acrm__privacy_today(call))
        return ACRM_OK;
    acrm__keeping *item = acrm__arena_zero(call->arena, sizeof *item);
    if (!item)
        return acrm__nomem(call);
    *item = (acrm__keeping){ .rule = rule, .rec = rec, .until = until, .next = *list };
    *list = item;
    *keep = true;
    return ACRM_OK;
}

int32_t acrm__privacy_keep(const acrm__reach *reach, bool ***flags, acrm__keeping **list)
{
    acrm__call *call = reach->call;
    acrm__recs rules = { NULL, 0 };

    *list = NULL;
    *flags = acrm__arena_array(call->arena, reach->n_entities, sizeof **flags);
    if (!*flags)
        return acrm__nomem(call);
    int32_t st = acrm__privacy_rules(call, "keep", &rules);
    for (size_t i = 0; st == ACRM_OK && i < rules.count; i++) {
        const char *name = acrm__text(rules.items[i], F_retention_rule__entity);
        const acrm__entity *entity = acrm__entity_of(call, name);
        bool *fits = NULL;
        st = acrm__privacy_fitting(reach, rules.items[i], &fits);
        if (st != ACRM_OK || !fits)
            continue;
        const acrm__reached *of = &reach->of[entity->number];
        if (!(*flags)[entity->number])
            (*flags)[entity->number] = acrm__arena_array(call->arena, of->n, sizeof(bool));
        bool *keep = (*flags)[entity->number];
        if (!keep)
            return acrm__nomem(call);
        for (uint32_t k = 0; st == ACRM_OK && k < of->n; k++)
            if (fits[k])
                st = outlive_add(reach, rules.items[i], of->items[k], list, &keep[k]);
    }
    return st;
}

/* --- Noting them --- */

/* The first moment of the day after. */
static int64_t outlive_end(const acrm__call *call, int32_t until)
{
    const acrm_zone *zone = call->session->engine->clock_zone;
    int64_t end = (until + 1) * ACRM__DAY_US;

    if (zone)
        (void)acrm_zone_to_instant(zone, until + 1, 0, &end, NULL);
    return end;
}

static int32_t outlive_note(acrm__call *call, const acrm__keeping *item, const acrm__rec *erasure)
{
    acrm__rec *rec = acrm__new(call, "kept_record");
    int32_t st = rec ? acrm__seal_apart(call, item->rec) : acrm__nomem(call);

    if (st == ACRM_OK)
        st = acrm__write_blanked(call, item->rec, "keep");
    if (st != ACRM_OK)
        return st;
    acrm__set(rec, F_kept_record__erasure_id, erasure->cells[F_ID]);
    acrm__set(rec, F_kept_record__record_entity,
              acrm__cell_text(item->rec->entity->def->name));
    acrm__set(rec, F_kept_record__record_id, item->rec->cells[F_ID]);
    acrm__set(rec, F_kept_record__basis, item->rule->cells[F_retention_rule__basis]);
    acrm__set(rec, F_kept_record__until, acrm__cell_int(item->until));
    st = acrm__insert(call, rec);
    if (st == ACRM_OK)
        st = acrm__timer_set(call, "privacy.kept", "kept_record", acrm__id(rec, F_ID),
                             outlive_end(call, item->until), NULL);
    return st;
}

int32_t acrm__privacy_keep_all(acrm__call *call, const acrm__keeping *list,
                               const acrm__rec *erasure)
{
    int32_t st = ACRM_OK;

    for (; st == ACRM_OK && list; list = list->next)
        st = outlive_note(call, list, erasure);
    return st;
}

/* --- The end of it --- */

int32_t acrm__privacy_kept_due(acrm__call *call, const acrm__timer *timer)
{
    acrm__rec *kept = NULL, *rec = NULL;
    uint32_t n;
    int32_t st = acrm__load_any(call, acrm__entity_of(call, "kept_record"), timer->subject, &kept);

    if (st != ACRM_OK || !kept || !acrm__is_null(kept, F_kept_record__done_at))
        return st;
    const char *name = acrm__text(kept, F_kept_record__record_entity);
    const acrm__entity *entity = acrm__entity_of(call, name);
    if (entity)
        st = acrm__load_any(call, entity, acrm__id(kept, F_kept_record__record_id), &rec);
    if (st == ACRM_OK && rec) {
        st = acrm__blank(call, rec, &n);
        if (st == ACRM_OK)
            st = acrm__write_blanked(call, rec, "anonymise");
        if (st == ACRM_OK)
            st = acrm__subject_erase(call, acrm__id(rec, F_ID));
    }
    if (st != ACRM_OK)
        return st;
    acrm__set(kept, F_kept_record__done_at, acrm__cell_int(call->now));
    return acrm__update(call, kept);
}
