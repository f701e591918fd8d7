/* SPDX-License-Identifier: MIT */
/*
 * privacy.export: one document with everything about a person. Entities in the order of the
 * registry, records in the order of their making, so that two exports differ only where the data
 * does. What others did is told by their role and dealer, not by their names.
 */
#include "modules/privacy/privacy.h"

#include "base/text.h"

#include <stdlib.h>
#include <string.h>

typedef struct export_run {
    acrm__call *call;
    acrm__reach reach;
    acrm_value *actors; /* "user:..." -> who that is */
    acrm_value *timeline;
    const acrm_value *only; /* entities asked for; NULL: all */
    uint32_t limit;
    bool history, content;
    int64_t records;
} export_run;

/* --- Who, without saying who --- */

static const char *export_name_of(acrm__call *call, const char *entity, const unsigned char *id,
                                  const char *field)
{
    const acrm__entity *e = acrm__entity_of(call, entity);
    acrm__rec *rec = NULL;

    if (!id || acrm__load_any(call, e, id, &rec) != ACRM_OK || !rec)
        return NULL;
    return acrm__text(rec, acrm__field_of(e, field));
}

static int32_t export_actor(export_run *run, const char *text, const acrm_value **out)
{
    acrm__call *call = run->call;
    const acrm__entity *entity = acrm__entity_of(call, "user");
    const char *role = NULL, *dealer = NULL, *colon = strchr(text, ':');
    acrm__rec *user = NULL;
    unsigned char id[16];

    *out = acrm_value_get(run->actors, text);
    if (*out)
        return ACRM_OK;
    if (strncmp(text, "user:", 5) == 0 && acrm__uuid_parse(text + 5, strlen(text + 5), id)) {
        int32_t st = acrm__load_any(call, entity, id, &user);
        if (st != ACRM_OK)
            return st;
    }
    if (user) {
        role = export_name_of(call, "role", acrm__id(user, acrm__field_of(entity, "role_id")),
                              "label");
        dealer = export_name_of(call, "dealer",
                                acrm__id(user, acrm__field_of(entity, "dealer_id")), "name");
    }
    acrm_value *who = acrm__put_map(run->actors, text);
    bool ok = who && acrm__put_textn(who, "kind", text,
                                     colon ? (size_t)(colon - text) : strlen(text)) &&
              acrm__put_text(who, "role", role) && acrm__put_text(who, "dealer", dealer);
    *out = who;
    return ok ? ACRM_OK : acrm__nomem(call);
}

static int32_t export_history(export_run *run, const acrm__rec *rec, acrm_value *into)
{
    acrm__call *call = run->call;
    acrm_value *list = acrm__put_list(into, "history");
    int32_t st = list ? acrm__audit_history(call, rec->entity, acrm__id(rec, F_ID), list)
                      : acrm__nomem(call);

    for (size_t i = 0; st == ACRM_OK && i < acrm_value_count(list); i++) {
        acrm_value *item = acrm_value_at(list, i);
        const char *actor = acrm__get_text(item, "actor");
        const acrm_value *who = NULL;
        st = export_actor(run, actor ? actor : "system", &who);
        if (st == ACRM_OK && !acrm__value_copy(acrm_value_put(item, "actor"), who))
            st = acrm__nomem(call);
    }
    return st;
}

/* --- Records --- */

static int32_t export_timeline(export_run *run, const acrm__rec *rec)
{
    uint32_t field = rec->entity->timeline;

    if (field == UINT32_MAX || acrm__is_null(rec, field))
        return ACRM_OK;
    acrm_value *item = acrm__add_map(run->timeline);
    bool ok = item &&
              acrm__put_text(item, "at", acrm__instant_text(run->call, acrm__int(rec, field))) &&
              acrm__put_text(item, "entity", rec->entity->def->name) &&
              acrm__put_text(item, "id", acrm__id_text(run->call, acrm__id(rec, F_ID)));
    return ok ? ACRM_OK : acrm__nomem(run->call);
}

/* What somebody else's record says about that one is not this person's to read. */
static int32_t export_mask(acrm__call *call, const acrm__entity *entity, acrm_value *record)
{
    for (uint32_t i = F_SYSTEM_COUNT; i < entity->n_fields; i++)
        if (entity->fields[i].def.flags & ACRM__PERSONAL &&
            acrm_value_get(record, entity->fields[i].def.name) &&
            !acrm__put_null(record, entity->fields[i].def.name))
            return acrm__nomem(call);
    return ACRM_OK;
}

/* The content of a file, base64, where it is asked for and fits into a result. */
static int32_t export_content(export_run *run, const acrm__rec *rec, acrm_value *item)
{
    acrm__call *call = run->call;
    acrm_value *args = acrm__value_in(call->arena), *out = NULL;
    const char *id = acrm__id_text(call, acrm__id(rec, F_ID));

    if (strcmp(rec->entity->def->name, "attachment") != 0 || !acrm__is_null(rec, F_DELETED_AT))
        return ACRM_OK;
    if (acrm__has_output(call))
        return acrm__fail(call, ACRM_E_UNSUPPORTED, "output", "content",
                          "contents go into the document: take the session's output off");
    if (!args || acrm_value_set_map(args) != ACRM_OK || !acrm__put_text(args, "id", id))
        return acrm__nomem(call);
    int32_t st = acrm__run(call, "attachment.read", args, &out);
    if (st != ACRM_OK)
        return st;
    acrm_value *content = acrm_value_put(item, "content");
    return content && acrm__value_copy(content, acrm_value_get(out, "data")) ? ACRM_OK
                                                                             : acrm__nomem(call);
}

static int32_t export_record(export_run *run, const acrm__rec *rec, bool own, acrm_value *list)
{
    acrm_value *item = acrm__add_map(list);
    int32_t st = item ? acrm__render(run->call, rec, item) : acrm__nomem(run->call);

    if (st == ACRM_OK && !own)
        st = export_mask(run->call, rec->entity, item);
    if (st == ACRM_OK && own)
        st = export_timeline(run, rec);
    if (st == ACRM_OK && own && run->content)
        st = export_content(run, rec, item);
    if (st == ACRM_OK && own && run->history)
        st = export_history(run, rec, item);
    run->records++;
    return st;
}

/* --- Entities --- */

static int32_t export_fields(acrm__call *call, const acrm__entity *entity, acrm_value *part)
{
    acrm_value *fields = acrm__put_list(part, "fields");
    bool ok = fields != NULL;

    for (uint32_t i = 0; ok && i < entity->n_fields; i++) {
        const acrm__field *def = &entity->fields[i].def;
        if (def->flags & ACRM__HIDDEN)
            continue;
        acrm_value *item = acrm__add_map(fields);
        ok = item && acrm__put_text(item, "name", def->name) &&
             acrm__put_text(item, "type", acrm__type_name(def->type)) &&
             acrm__put_bool(item, "personal", (def->flags & ACRM__PERSONAL) != 0) &&
             acrm__put_text(item, "help", def->help);
    }
    return ok ? ACRM_OK : acrm__nomem(call);
}

static bool export_wanted(const export_run *run, const acrm__entity *entity)
{
    bool all = !run->only;

    for (size_t i = 0; !all && i < acrm_value_count(run->only); i++) {
        const char *name = acrm_value_text(acrm_value_at(run->only, i), NULL);
        if (name && strcmp(name, entity->def->name) == 0)
            return true;
    }
    return all;
}

/* The first record behind `after`. */
static uint32_t export_from(const export_run *run, const acrm__reached *of)
{
    unsigned char after[16];
    uint32_t i = 0;

    if (!acrm__arg_id(run->call, "after", after))
        return 0;
    while (i < of->n && memcmp(acrm__id(of->items[i], F_ID), after, 16) <= 0)
        i++;
    return i;
}

static int32_t export_entity(export_run *run, const acrm__entity *entity, acrm_value *parts)
{
    acrm__call *call = run->call;
    const acrm__reached *of = &run->reach.of[entity->number];
    uint32_t from = export_from(run, of), n = 0;

    if (of->n == 0 || !export_wanted(run, entity))
        return ACRM_OK;
    acrm_value *part = acrm__add_map(parts);
    if (!part || !acrm__put_text(part, "entity", entity->def->name) ||
        !acrm__put_text(part, "help", entity->def->help))
        return acrm__nomem(call);
    int32_t st = export_fields(call, entity, part);
    acrm_value *records = acrm__put_list(part, "records");
    if (st == ACRM_OK && !records)
        st = acrm__nomem(call);
    for (; st == ACRM_OK && from + n < of->n && n < run->limit; n++)
        st = export_record(run, of->items[from + n], of->own[from + n], records);
    const char *last = st == ACRM_OK && from + n < of->n
                           ? acrm__id_text(call, acrm__id(of->items[from + n - 1], F_ID)) : NULL;
    if (st == ACRM_OK && !acrm__put_text(part, "after", last))
        st = acrm__nomem(call);
    return st;
}

static int export_by_time(const void *a, const void *b)
{
    const acrm_value *const *x = a, *const *y = b;
    int order = strcmp(acrm__get_text(*x, "at"), acrm__get_text(*y, "at"));

    return order ? order : strcmp(acrm__get_text(*x, "id"), acrm__get_text(*y, "id"));
}

/* --- All of it --- */

static int32_t export_head(export_run *run, const acrm__rec *customer)
{
    acrm__call *call = run->call;
    acrm_value *out = call->out;
    bool ok = acrm__put_text(out, "document", "autocrm.person") &&
              acrm__put_int(out, "format", 1) &&
              acrm__put_text(out, "made_at", acrm__instant_text(call, call->now)) &&
              acrm__put_text(out, "customer_id",
                             acrm__id_text(call, acrm__id(customer, F_ID)));

    run->timeline = acrm__value_in(call->arena);
    run->actors = acrm__value_in(call->arena);
    ok = ok && run->timeline && run->actors && acrm_value_set_list(run->timeline) == ACRM_OK &&
         acrm_value_set_map(run->actors) == ACRM_OK;
    return ok ? ACRM_OK : acrm__nomem(call);
}

/* Who took the data is a part of what the data says from then on. */
static int32_t export_audit(acrm__call *call, const acrm__rec *customer)
{
    return acrm__audit(call, &(acrm__audit_entry){
        .entity = customer->entity, .record = acrm__id(customer, F_ID), .action = "export",
        .subject = acrm__id(customer, F_ID), .reason = acrm__arg_text(call, "reason") });
}

int32_t acrm__privacy_export(acrm__call *call)
{
    acrm__call system = acrm__privacy_system(call);
    export_run run = { .call = &system, .only = acrm__arg(call, "entities"),
                       .limit = (uint32_t)acrm__arg_int(call, "limit", 10000),
                       .history = acrm__arg_bool(call, "history", true),
                       .content = acrm__arg_bool(call, "content", false) };
    acrm__rec *customer = NULL;
    acrm_value *parts = NULL;
    int32_t st = acrm__privacy_customer(call, "customer_id", &customer);

    if (st == ACRM_OK)
        st = acrm__privacy_reach(&system, customer, &run.reach);
    if (st == ACRM_OK)
        st = export_head(&run, customer);
    if (st == ACRM_OK) {
        parts = acrm__put_list(call->out, "entities");
        st = parts ? ACRM_OK : acrm__nomem(call);
    }
    for (uint32_t e = 0; st == ACRM_OK && e < run.reach.n_entities; e++)
        st = export_entity(&run, call->session->registry->entities[e], parts);
    if (st != ACRM_OK)
        return st;
    if (run.timeline->count > 1)
        qsort(run.timeline->as.items, run.timeline->count, sizeof *run.timeline->as.items,
              export_by_time);
    acrm_value *timeline = acrm_value_put(call->out, "timeline");
    if (!timeline || !acrm__value_copy(timeline, run.timeline) ||
        !acrm__put_int(call->out, "records", run.records))
        return acrm__nomem(call);
    return export_audit(&system, customer);
}
