/* SPDX-License-Identifier: MIT */
/*
 * privacy.erase: one transaction, so that a person is either erased or not. Its records stay, their
 * personal values go, and the keys that sealed what the audit says about them are dropped. What
 * bytes the storage still holds of it afterwards, privacy.sweep takes away.
 */
#include "modules/privacy/privacy.h"

#include "base/json.h"
#include "base/text.h"
#include "modules/privacy/entities.h"

#include <string.h>

enum { ERASE_WORD_MIN = 4 };

/* --- What may not be --- */

static int32_t erase_check(acrm__call *call, const acrm__rec *customer)
{
    int64_t version = acrm__arg_int(call, "version", 0);

    if (!acrm__is_null(customer, acrm__field_of(customer->entity, "erased_at")))
        return acrm__fail(call, ACRM_E_CONFLICT, "erased", "customer_id",
                          "the customer was erased already");
    if (acrm__merged_into(customer))
        return acrm__fail(call, ACRM_E_CONFLICT, "merged", "customer_id",
                          "the customer was merged into %s: erase that one",
                          acrm__id_text(call, acrm__merged_into(customer)));
    if (version && version != acrm__int(customer, F_VERSION))
        return acrm__fail(call, ACRM_E_CONFLICT, "stale_version", "version",
                          "the customer was changed meanwhile; it is at version %lld",
                          (long long)acrm__int(customer, F_VERSION));
    return ACRM_OK;
}

/* Shorter words stand in many texts that mean nobody. */
static bool erase_names(const char *text, const char *value)
{
    return value && strlen(value) >= ERASE_WORD_MIN && strstr(text, value) != NULL;
}

/* The certificate outlives the person, so it must not name it. */
static int32_t erase_check_text(acrm__call *call, const acrm__reach *reach,
                                const acrm__identifier *list, const char *field, const char *text)
{
    const acrm__rec *customer = reach->of[acrm__entity_of(call, "customer")->number].items[0];
    const char *name = acrm__text(customer, acrm__field_of(customer->entity, "name"));
    bool named = text && erase_names(text, name);

    for (; text && !named && list; list = list->next)
        named = erase_names(text, list->text);
    return named ? acrm__fail(call, ACRM_E_INVALID, "personal_data", field,
                              "%s must not hold what is to be erased: it is kept", field)
                 : ACRM_OK;
}

/* --- Counts --- */

typedef struct erase_count {
    int64_t records, values, kept;
} erase_count;

static const char *erase_json(acrm__call *call, const acrm_value *value)
{
    acrm__str text;

    acrm__str_init(&text, &call->session->engine->allocator);
    acrm__json_write(&text, value, 0);
    const char *copy = text.failed ? NULL : acrm__arena_text(call->arena, text.data, text.len);
    acrm__str_free(&text);
    return copy;
}

static const char *erase_counts_json(const acrm__reach *reach, const erase_count *counts)
{
    acrm__call *call = reach->call;
    acrm_value *map = acrm__value_in(call->arena);
    bool ok = map && acrm_value_set_map(map) == ACRM_OK;

    for (uint32_t e = 0; ok && e < reach->n_entities; e++) {
        const acrm__entity *entity = call->session->registry->entities[e];
        if (counts[e].records == 0 && counts[e].kept == 0)
            continue;
        acrm_value *item = acrm__put_map(map, entity->def->name);
        ok = item && acrm__put_int(item, "records", counts[e].records) &&
             acrm__put_int(item, "values", counts[e].values) &&
             acrm__put_int(item, "kept", counts[e].kept);
    }
    return ok ? erase_json(call, map) : NULL;
}

static const char *erase_kept_json(acrm__call *call, const acrm__keeping *list)
{
    acrm_value *all = acrm__value_in(call->arena);
    bool ok = all && acrm_value_set_list(all) == ACRM_OK;

    for (; ok && list; list = list->next) {
        acrm_value *item = acrm__add_map(all);
        ok = item && acrm__put_text(item, "entity", list->rec->entity->def->name) &&
             acrm__put_text(item, "id", acrm__id_text(call, acrm__id(list->rec, F_ID))) &&
             acrm__put_text(item, "basis", acrm__text(list->rule, F_retention_rule__basis)) &&
             acrm__put_text(item, "until", acrm__date_text(call, list->until));
    }
    return ok ? erase_json(call, all) : NULL;
}

static const char *erase_traces_json(acrm__call *call, const acrm__traces *t)
{
    acrm_value *map = acrm__value_in(call->arena);
    bool ok = map && acrm_value_set_map(map) == ACRM_OK &&
              acrm__put_int(map, "keys", t->keys) && acrm__put_int(map, "timers", t->timers) &&
              acrm__put_int(map, "results", t->results) &&
              acrm__put_int(map, "raw_rows", t->raw_rows) &&
              acrm__put_int(map, "suppressed", t->suppressed);

    return ok ? erase_json(call, map) : NULL;
}

/* --- Taking the values out --- */

static int32_t erase_record(acrm__call *call, acrm__rec *rec, erase_count *count)
{
    uint32_t erased = acrm__field_of(rec->entity, "erased_at");
    bool customer = rec->entity->subject == F_ID && erased != UINT32_MAX;
    uint32_t n = 0;
    int32_t st = acrm__blank(call, rec, &n);

    if (st != ACRM_OK || (n == 0 && !customer))
        return st;
    if (customer)
        acrm__set(rec, erased, acrm__cell_int(call->now));
    count->records++;
    count->values += n;
    return acrm__write_blanked(call, rec, "anonymise");
}

static int32_t erase_records(const acrm__reach *reach, bool **keep, erase_count *counts)
{
    int32_t st = ACRM_OK;

    for (uint32_t e = 0; e < reach->n_entities; e++) {
        const acrm__reached *of = &reach->of[e];
        for (uint32_t i = 0; st == ACRM_OK && i < of->n; i++) {
            if (!of->own[i])
                continue;
            if (keep[e] && keep[e][i])
                counts[e].kept++;
            else
                st = erase_record(reach->call, of->items[i], &counts[e]);
        }
    }
    return st;
}

/* --- All of it --- */

static int32_t erase_begin(acrm__call *call, acrm__erasing *e)
{
    e->erasure = acrm__new(call, "erasure");
    if (!e->erasure)
        return acrm__nomem(call);
    acrm__set(e->erasure, F_erasure__customer_id, e->customer->cells[F_ID]);
    acrm__set(e->erasure, F_erasure__erased_at, acrm__cell_int(call->now));
    acrm__set(e->erasure, F_erasure__actor, acrm__cell_text(acrm__actor_text(call)));
    acrm__set(e->erasure, F_erasure__basis, acrm__cell_text(e->basis));
    acrm__set(e->erasure, F_erasure__reason, acrm__cell_text(e->reason));
    acrm__set(e->erasure, F_erasure__counts, acrm__cell_text("{}"));
    acrm__set(e->erasure, F_erasure__traces, acrm__cell_text("{}"));
    acrm__set(e->erasure, F_erasure__kept, acrm__cell_text("[]"));
    return acrm__insert(call, e->erasure);
}

static int32_t erase_end(const acrm__reach *reach, acrm__erasing *e, const erase_count *counts,
                         const acrm__keeping *kept, const acrm__traces *traces)
{
    acrm__call *call = reach->call;
    const char *texts[] = { erase_counts_json(reach, counts), erase_traces_json(call, traces),
                            erase_kept_json(call, kept) };

    if (!texts[0] || !texts[1] || !texts[2])
        return acrm__nomem(call);
    acrm__set(e->erasure, F_erasure__counts, acrm__cell_text(texts[0]));
    acrm__set(e->erasure, F_erasure__traces, acrm__cell_text(texts[1]));
    acrm__set(e->erasure, F_erasure__kept, acrm__cell_text(texts[2]));
    int32_t st = acrm__privacy_certify(call, e->erasure);
    if (st == ACRM_OK)
        st = acrm__update(call, e->erasure);
    if (st == ACRM_OK)
        st = acrm__audit(call, &(acrm__audit_entry){
            .entity = e->customer->entity, .record = acrm__id(e->customer, F_ID),
            .action = "erase", .reason = e->basis });
    return st;
}

/* Other modules end what they have under way with the person, while its keys still open. */
static int32_t erase_announce(acrm__call *call, const acrm__rec *customer, const char *type)
{
    int32_t st = acrm__emit(call, type, "customer", acrm__id(customer, F_ID), NULL);

    return st == ACRM_OK ? acrm__react(call) : st;
}

int32_t acrm__privacy_erase_one(acrm__call *call, acrm__erasing *e)
{
    acrm__identifier *known = NULL;
    acrm__keeping *kept = NULL;
    acrm__traces traces = { 0 };
    acrm__reach reach;
    bool **keep = NULL;

    int32_t st = erase_check(call, e->customer);
    if (st == ACRM_OK)
        st = acrm__privacy_reach(call, e->customer, &reach);
    if (st == ACRM_OK)
        st = acrm__privacy_holds(&reach);
    if (st == ACRM_OK)
        st = acrm__privacy_identifiers(&reach, &known);
    if (st == ACRM_OK)
        st = erase_check_text(call, &reach, known, "reason", e->reason);
    if (st == ACRM_OK)
        st = erase_check_text(call, &reach, known, "basis", e->basis);
    if (st == ACRM_OK)
        st = erase_announce(call, e->customer, "customer.erasing");
    if (st == ACRM_OK) /* anew: others may have changed and added records */
        st = acrm__privacy_reach(call, e->customer, &reach);
    if (st == ACRM_OK)
        st = acrm__privacy_keep(&reach, &keep, &kept);
    erase_count *counts = acrm__arena_array(call->arena, call->session->registry->n_entities,
                                            sizeof *counts);
    if (st == ACRM_OK && !counts)
        st = acrm__nomem(call);
    if (st == ACRM_OK)
        st = erase_begin(call, e);
    if (st == ACRM_OK)
        st = acrm__privacy_keep_all(call, kept, e->erasure);
    if (st == ACRM_OK)
        st = erase_records(&reach, keep, counts);
    if (st == ACRM_OK)
        st = acrm__privacy_suppress(call, known, e->erasure, e->policy, &traces.suppressed);
    if (st == ACRM_OK)
        st = acrm__privacy_traces(&reach, known, keep, &traces);
    if (st == ACRM_OK)
        st = erase_end(&reach, e, counts, kept, &traces);
    return st == ACRM_OK ? erase_announce(call, e->customer, "customer.erased") : st;
}

int32_t acrm__privacy_erase(acrm__call *call)
{
    acrm__call system = acrm__privacy_system(call);
    acrm__erasing e = { .reason = acrm__arg_text(call, "reason"),
                        .basis = acrm__arg_text(call, "basis"),
                        .policy = acrm__arg_text(call, "reimport") };
    int32_t st = acrm__privacy_customer(call, "customer_id", &e.customer);

    if (st == ACRM_OK)
        st = acrm__privacy_erase_one(&system, &e);
    return st == ACRM_OK ? acrm__render(&system, e.erasure, call->out) : st;
}

/* --- privacy.sweep --- */

/* Those that were there before: an erasure that comes meanwhile is for the next sweep. */
static int32_t erase_unswept(acrm__call *call, acrm__recs *out)
{
    const acrm__term term = { F_erasure__swept_at, ACRM_FILTER_EQ, acrm__cell_null() };

    return acrm__find(call, &(acrm__select){ .entity = "erasure", .terms = &term, .n_terms = 1,
                                             .as_system = true }, out);
}

int32_t acrm__privacy_sweep(acrm__call *call)
{
    acrm__call system = acrm__privacy_system(call);
    acrm__recs before = { NULL, 0 };
    int32_t st = erase_unswept(&system, &before);

    if (st == ACRM_OK)
        st = acrm__scrub(&system);
    if (st == ACRM_OK)
        st = acrm__begin(&system);
    if (st != ACRM_OK)
        return st;
    for (size_t i = 0; st == ACRM_OK && i < before.count; i++) {
        acrm__rec *erasure = NULL;
        st = acrm__load_any(&system, before.items[i]->entity, acrm__id(before.items[i], F_ID),
                            &erasure);
        if (st != ACRM_OK || !erasure)
            continue;
        acrm__set(erasure, F_erasure__swept_at, acrm__cell_int(call->now));
        st = acrm__update(&system, erasure);
    }
    if (st == ACRM_OK)
        st = acrm__audit(&system, &(acrm__audit_entry){ .action = "sweep" });
    if (st == ACRM_OK)
        st = acrm__commit(&system);
    else
        acrm__rollback(&system);
    if (st == ACRM_OK && !acrm__put_int(call->out, "erasures", (int64_t)before.count))
        st = acrm__nomem(call);
    return st;
}
