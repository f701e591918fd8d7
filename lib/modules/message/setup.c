/* SPDX-License-Identifier: MIT */
/*
 * What triggers messages is data: templates, schedules and automation rules. They are loaded from
 * one definition, over those that are there, and rehearsed before they are let loose.
 */
#include "base/error.h"
#include "base/value.h"
#include "kernel/inside.h"
#include "modules/message/entities.h"
#include "modules/message/message.h"

#include <string.h>

enum { SETUP_NAMES_MAX = 3 };

/* What a definition has lists of, in the order in which one needs the other. */
static const struct {
    const char *list, *entity;
    const char *names[SETUP_NAMES_MAX]; /* fields that tell whether it is there */
} setup_lists[] = {
    { "templates", "message_template", { "code", "channel", "language" } },
    { "schedules", "schedule", { "code" } },
    { "rules", "automation_rule", { "name" } },
};

/* The record that a definition is about; *out NULL: it is not there. */
static int32_t setup_find(acrm__call *call, size_t list, const acrm_value *item, acrm__rec **out)
{
    const acrm__entity *entity = acrm__entity_of(call, setup_lists[list].entity);
    acrm__term terms[SETUP_NAMES_MAX];
    size_t n = 0;

    for (; n < SETUP_NAMES_MAX && setup_lists[list].names[n]; n++) {
        const char *name = setup_lists[list].names[n], *text = acrm__get_text(item, name);
        if (!text)
            return acrm__fail(call, ACRM_E_INVALID, "required", name, "each of %s needs its %s",
                              setup_lists[list].list, name);
        terms[n] = (acrm__term){ acrm__field_of(entity, name), ACRM_FILTER_EQ,
                                 acrm__cell_text(text) };
    }
    return acrm__find_one(call, &(acrm__select){ .entity = setup_lists[list].entity,
                                                 .terms = terms, .n_terms = n }, out);
}

/* A rule names its schedule by the code. */
static int32_t setup_schedule(acrm__call *call, const acrm_value *item, acrm_value *args)
{
    const char *code = acrm__get_text(item, "schedule");
    const acrm__entity *entity = acrm__entity_of(call, "schedule");
    const acrm__term named = { acrm__field_of(entity, "code"), ACRM_FILTER_EQ,
                               acrm__cell_text(code) };
    acrm__rec *found = NULL;

    if (!code)
        return ACRM_OK;
    int32_t st = acrm__find_one(call, &(acrm__select){ .entity = "schedule", .terms = &named,
                                                       .n_terms = 1 }, &found);
    if (st == ACRM_OK && !found)
        return acrm__fail(call, ACRM_E_NOTFOUND, "reference", "schedule",
                          "there is no schedule %.64s", code);
    if (st != ACRM_OK)
        return st;
    bool ok = acrm__put_text(args, "schedule_id", acrm__id_text(call, acrm__id(found, F_ID)));
    return ok ? ACRM_OK : acrm__nomem(call);
}

static int32_t setup_item(acrm__call *call, size_t list, const acrm_value *item, int64_t *made)
{
    acrm_value *args = acrm__value_in(call->arena), *out = NULL;
    acrm__rec *rec = NULL;
    bool ok = args && acrm_value_set_map(args) == ACRM_OK;

    if (acrm_value_type(item) != ACRM_MAP)
        return acrm__fail(call, ACRM_E_INVALID, "type", setup_lists[list].list,
                          "%s is a list of objects", setup_lists[list].list);
    int32_t st = setup_find(call, list, item, &rec);
    if (st != ACRM_OK)
        return st;
    for (size_t i = 0; ok && i < acrm_value_count(item); i++) {
        const char *key = acrm_value_key(item, i, NULL);
        bool fixed = rec && list == 0 && (strcmp(key, "code") == 0 || strcmp(key, "channel") == 0);
        if (!fixed && strcmp(key, "schedule") != 0)
            ok = acrm__put_value(args, key, acrm_value_at(item, i));
    }
    if (ok && rec)
        ok = acrm__put_text(args, "id", acrm__id_text(call, acrm__id(rec, F_ID))) &&
             acrm__put_bool(args, "last_write_wins", true);
    const char *operation = acrm__arena_format(call->arena, "%s.%s", setup_lists[list].entity,
                                               rec ? "update" : "create");
    if (!ok || !operation)
        return acrm__nomem(call);
    st = setup_schedule(call, item, args);
    if (st == ACRM_OK && !acrm__may_run(call, operation))
        return acrm__fail(call, ACRM_E_DENIED, "permission", NULL, "you may not call %s",
                          operation);
    if (st == ACRM_OK)
        st = acrm__run(call, operation, args, &out);
    made[rec != NULL]++;
    return st;
}

int32_t acrm__message_setup(acrm__call *call)
{
    const acrm_value *definition = acrm__arg(call, "definition");
    int64_t made[2] = { 0, 0 };
    int32_t st = ACRM_OK;

    for (size_t list = 0; list < sizeof setup_lists / sizeof setup_lists[0]; list++) {
        const acrm_value *items = acrm_value_get(definition, setup_lists[list].list);
        for (size_t i = 0; st == ACRM_OK && i < acrm_value_count(items); i++)
            st = setup_item(call, list, acrm_value_at(items, i), made);
    }
    bool ok = st != ACRM_OK || (acrm__put_int(call->out, "created", made[0]) &&
                                acrm__put_int(call->out, "updated", made[1]));
    return ok ? st : acrm__nomem(call);
}

/* --- What a rule would send --- */

/* One message as it would be, or what stands against it. */
static int32_t setup_show(acrm__call *call, const acrm_value *args, acrm_value *items)
{
    static const char *const wanted[] = { "customer_id", "channel", "template", "values",
                                          "subject", "body", "html", "purpose", "language",
                                          "to" };
    acrm_value *asked = acrm__value_in(call->arena), *answer = NULL;
    acrm_value *item = acrm__add_map(items);
    acrm__call quiet = *call;
    acrm_error *error = NULL;
    bool ok = asked && item && acrm_value_set_map(asked) == ACRM_OK;

    for (size_t i = 0; ok && i < sizeof wanted / sizeof wanted[0]; i++) {
        const acrm_value *value = acrm_value_get(args, wanted[i]);
        if (value && acrm_value_type(value) != ACRM_NULL)
            ok = acrm__put_value(asked, wanted[i], value) &&
                 (i > 1 || acrm__put_value(item, wanted[i], value));
    }
    if (!ok)
        return acrm__nomem(call);
    quiet.err = &error;
    int32_t st = acrm__run(&quiet, "message.preview", asked, &answer);
    for (size_t i = 0; ok && st == ACRM_OK && i < acrm_value_count(answer); i++)
        ok = acrm__put_value(item, acrm_value_key(answer, i, NULL), acrm_value_at(answer, i));
    if (st != ACRM_OK && !acrm__is_outage(st)) {
        ok = acrm__put_text(item, "error", acrm_error_message(error));
        st = ACRM_OK;
    }
    if (st != ACRM_OK && call->err)
        *call->err = error;
    else
        acrm_error_free(error);
    return ok ? st : acrm__nomem(call);
}

static int32_t setup_rule(acrm__call *call, acrm_value *args)
{
    const acrm__entity *entity = acrm__entity_of(call, "automation_rule");
    const char *name = acrm__arg_text(call, "rule");
    const acrm__term named = { acrm__field_of(entity, "name"), ACRM_FILTER_EQ,
                               acrm__cell_text(name) };
    const acrm_value *day = acrm__arg(call, "day");
    acrm__rec *rule = NULL;

    int32_t st = acrm__find_one(call, &(acrm__select){ .entity = "automation_rule",
                                                       .terms = &named, .n_terms = 1 }, &rule);
    if (st == ACRM_OK && !rule)
        return acrm__fail(call, ACRM_E_NOTFOUND, "reference", "rule",
                          "there is no automation_rule %.100s", name);
    if (st != ACRM_OK)
        return st;
    bool ok = acrm__put_text(args, "id", acrm__id_text(call, acrm__id(rule, F_ID))) &&
              acrm__put_int(args, "limit", acrm__arg_int(call, "limit", 100)) &&
              (day ? acrm__put_value(args, "day", day)
                   : acrm__put_textn(args, "day", acrm__instant_text(call, call->now), 10));
    return ok ? ACRM_OK : acrm__nomem(call);
}

int32_t acrm__message_rehearse(acrm__call *call)
{
    acrm_value *args = acrm__value_in(call->arena), *out = NULL;
    acrm_value *items = acrm__put_list(call->out, "items");

    if (!args || !items || acrm_value_set_map(args) != ACRM_OK)
        return acrm__nomem(call);
    int32_t st = setup_rule(call, args);
    if (st == ACRM_OK)
        st = acrm__run(call, "automation_rule.test", args, &out);
    const acrm_value *fired = st == ACRM_OK ? acrm_value_get(out, "would_fire") : NULL;
    for (size_t i = 0; st == ACRM_OK && i < acrm_value_count(fired); i++) {
        const acrm_value *actions = acrm_value_get(acrm_value_at(fired, i), "actions");
        for (size_t k = 0; st == ACRM_OK && k < acrm_value_count(actions); k++) {
            const acrm_value *action = acrm_value_at(actions, k);
            const char *operation = acrm__get_text(action, "operation");
            if (operation && strcmp(operation, "message.send") == 0)
                st = setup_show(call, acrm_value_get(action, "args"), items);
        }
    }
    if (st == ACRM_OK && !acrm__put_value(call->out, "would", acrm_value_get(out, "would")))
        st = acrm__nomem(call);
    return st;
}
