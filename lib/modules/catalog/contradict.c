/* SPDX-License-Identifier: MIT */
/* Rules that contradict each other: refused as they are defined, listed on request. */
#include "modules/catalog/configuration.h"

#include "base/error.h"

#include <string.h>

enum { CONTRADICT_MAX = 64, CONTRADICT_FAULTS = 8, CONTRADICT_CORE = 16 };

typedef struct contradict_found {
    acrm_configuration_contradiction items[CONTRADICT_MAX];
    size_t count;
} contradict_found;

static int32_t contradict_find(acrm__call *call, const acrm__catalogue *catalogue,
                               contradict_found *found)
{
    int32_t st = acrm_configuration_contradictions(catalogue->compiled, 0, found->items,
                                                   CONTRADICT_MAX, &found->count);

    if (found->count > CONTRADICT_MAX)
        found->count = CONTRADICT_MAX;
    return st == ACRM_OK ? st : acrm__nomem(call);
}

/* The name of a contradiction in any version of the catalogue. */
static const char *contradict_key(const acrm__catalogue *c,
                                  const acrm_configuration_contradiction *item)
{
    return item->option != ACRM_CONFIGURATION_NONE ? c->options[item->option].code
         : item->rule != ACRM_CONFIGURATION_NONE   ? c->rules[item->rule].name
                                                   : "";
}

/* --- In words --- */

static const char *contradict_words(acrm__call *call, const char *key, int32_t kind)
{
    switch (kind) {
    case ACRM_CONTRADICTION_NOTHING:
        return "no configuration is valid";
    case ACRM_CONTRADICTION_OPTION:
        return acrm__arena_format(call->arena, "option %s can never be chosen", key);
    case ACRM_CONTRADICTION_GROUP:
        return acrm__arena_format(call->arena, "of the group \"%s\" nothing can be chosen", key);
    default:
        return acrm__arena_format(call->arena, "whether %s can be chosen is not decided",
                                  *key ? key : "anything");
    }
}

/* The rules it comes from, into a list; and their names behind a text. */
static bool contradict_rules(acrm__call *call, const acrm__catalogue *c, const uint32_t *core,
                             size_t n, acrm_value *list, acrm__str *text)
{
    bool done = list != NULL;

    for (size_t i = 0; done && i < n && i < CONTRADICT_CORE; i++) {
        const acrm__catalogue_rule *rule = &c->rules[core[i]];
        acrm_value *one = acrm__add_map(list);
        acrm__str_puts(text, i ? "; " : ", by the rules: ");
        acrm__str_puts(text, rule->name);
        done = one && acrm__put_text(one, "id", acrm__id_text(call, rule->id)) &&
               acrm__put_text(one, "name", rule->name);
    }
    return done;
}

static int32_t contradict_tell(acrm__call *call, const acrm__catalogue *c,
                               const acrm_configuration_contradiction *item, acrm_value *to)
{
    static const char *const kinds[] = { NULL, "nothing", "option", "group", "unknown" };
    uint32_t core[CONTRADICT_CORE];
    size_t n = 0;
    const char *key = contradict_key(c, item);
    const char *what = contradict_words(call, key, item->kind);
    acrm__str text;

    if (!what || (item->kind <= ACRM_CONTRADICTION_OPTION &&
                  acrm_configuration_core(c->compiled, item->option, 0, core, CONTRADICT_CORE,
                                          &n) != ACRM_OK))
        return acrm__nomem(call);
    acrm__str_init(&text, &call->arena->allocator);
    acrm__str_puts(&text, what);
    bool done = acrm__put_text(to, "kind", kinds[item->kind]) &&
                acrm__put_text(to, "option",
                               item->option == ACRM_CONFIGURATION_NONE ? NULL : key) &&
                contradict_rules(call, c, core, n, acrm__put_list(to, "rules"), &text) &&
                !text.failed && acrm__put_textn(to, "message", text.data, text.len);
    acrm__str_free(&text);
    return done ? ACRM_OK : acrm__nomem(call);
}

/* --- As a rule is defined --- */

static bool contradict_has(const acrm__catalogue *c, const contradict_found *found,
                           const acrm__catalogue *of, const acrm_configuration_contradiction *item)
{
    for (size_t i = 0; i < found->count; i++)
        if (found->items[i].kind == item->kind &&
            strcmp(contradict_key(c, &found->items[i]), contradict_key(of, item)) == 0)
            return true;
    return false;
}

/* " from 2026-07-01", of a catalogue that was another before. */
static const char *contradict_since(acrm__call *call, const acrm__catalogue *c)
{
    return c->since == INT32_MIN ? ""
                                 : acrm__arena_format(call->arena, " from %s",
                                                      acrm__date_text(call, c->since));
}

static int32_t contradict_fault(acrm__call *call, const acrm__catalogue *c,
                                const acrm_configuration_contradiction *item, acrm_value *faults)
{
    acrm_value *told = acrm__value_in(call->arena), *fault = acrm__add_map(faults);
    int32_t st = told && fault && acrm_value_set_map(told) == ACRM_OK
                     ? contradict_tell(call, c, item, told) : acrm__nomem(call);

    if (st != ACRM_OK)
        return st;
    const char *since = contradict_since(call, c);
    const char *message = since ? acrm__arena_format(call->arena, "in trim %s%s %s", c->name,
                                                     since, acrm__get_text(told, "message"))
                                : NULL;
    return message && acrm__put_text(fault, "field", "then_options") &&
                   acrm__put_text(fault, "reason", "contradiction") &&
                   acrm__put_text(fault, "message", message)
               ? ACRM_OK : acrm__nomem(call);
}

/* On a day; *until is the last of those that are like it. */
static int32_t contradict_day(acrm__call *call, const acrm__rec *rule,
                              const unsigned char trim[16], int32_t on, int32_t *until,
                              acrm_value *faults)
{
    acrm__catalogue *with, *without;
    contradict_found now, before;
    int32_t st = acrm__catalogue_with(call, trim, on, rule, false, &with);

    if (st == ACRM_OK)
        st = contradict_find(call, with, &now);
    if (st == ACRM_OK)
        *until = with->until;
    if (st != ACRM_OK || now.count == 0)
        return st;
    st = acrm__catalogue_with(call, trim, on, rule, true, &without);
    if (st == ACRM_OK)
        st = contradict_find(call, without, &before);
    for (size_t i = 0; st == ACRM_OK && i < now.count; i++)
        if (now.items[i].kind != ACRM_CONTRADICTION_UNKNOWN &&
            acrm_value_count(faults) < CONTRADICT_FAULTS &&
            !contradict_has(without, &before, with, &now.items[i]))
            st = contradict_fault(call, with, &now.items[i], faults);
    return st;
}

/* The days on which a trim is sold that lie within `days`. */
static void contradict_days(const acrm__rec *trim, int32_t days[2])
{
    int32_t sold[2];

    acrm__catalogue_days(trim, F_vehicle_trim__from_date, F_vehicle_trim__to_date, sold);
    days[0] = sold[0] > days[0] ? sold[0] : days[0];
    days[1] = sold[1] < days[1] ? sold[1] : days[1];
}

/* While the rule is valid: the first days on which it makes something impossible. */
static int32_t contradict_new(acrm__call *call, const acrm__rec *rule, const acrm__rec *trim,
                              acrm_value *faults)
{
    size_t known = acrm_value_count(faults);
    int32_t days[2], st = ACRM_OK;

    acrm__catalogue_days(rule, F_option_rule__valid_from, F_option_rule__valid_to, days);
    contradict_days(trim, days);
    for (int32_t on = days[0], until = on; st == ACRM_OK && on <= days[1]; on = until + 1) {
        st = contradict_day(call, rule, acrm__id(trim, F_ID), on, &until, faults);
        if (until >= days[1] || acrm_value_count(faults) > known)
            break;
    }
    return st;
}

static int32_t contradict_known(acrm__call *call, const acrm__rec *rule, uint32_t field,
                                const unsigned char *make, const unsigned char *model,
                                acrm_value *faults)
{
    const acrm_value *codes;
    int32_t st = acrm__model_codes(call, rule, field, &codes);

    for (size_t i = 0; st == ACRM_OK && codes && i < acrm_value_count(codes); i++) {
        const char *code = acrm_value_text(acrm_value_at(codes, i), NULL);
        const acrm__term terms[] = {
            { F_vehicle_option__make_id, ACRM_FILTER_EQ, acrm__cell_id(make) },
            { F_vehicle_option__code, ACRM_FILTER_EQ, acrm__cell_text(code) },
        };
        const acrm__select select = { .entity = "vehicle_option", .terms = terms, .n_terms = 2,
                                      .as_system = true };
        acrm__rec *option;
        st = acrm__find_one(call, &select, &option);
        const unsigned char *of = st == ACRM_OK && option
                                      ? acrm__id(option, F_vehicle_option__model_id) : NULL;
        if (st != ACRM_OK || (option && (!of || memcmp(of, model, 16) == 0)))
            continue;
        acrm_value *fault = acrm__add_map(faults);
        const char *path = acrm__arena_format(call->arena, "%s[%zu]",
                                              rule->entity->fields[field].def.name, i);
        const char *message = acrm__arena_format(call->arena, "%s is no option of the %s", code,
                                                 option ? "model" : "make");
        if (!fault || !path || !message || !acrm__put_text(fault, "field", path) ||
            !acrm__put_text(fault, "reason", "unknown") ||
            !acrm__put_text(fault, "message", message))
            return acrm__nomem(call);
    }
    return st;
}

static int32_t contradict_trims(acrm__call *call, const unsigned char *model, acrm__recs *out)
{
    const acrm__term term = { F_vehicle_trim__model_id, ACRM_FILTER_EQ, acrm__cell_id(model) };
    const acrm__select select = { .entity = "vehicle_trim", .terms = &term, .n_terms = 1,
                                  .as_system = true };

    return acrm__find(call, &select, out);
}

int32_t acrm__contradict_rule(acrm__call *call, const acrm__rec *rule)
{
    const unsigned char *trim_id = acrm__id(rule, F_option_rule__trim_id);
    acrm_value *faults = acrm__value_in(call->arena);
    acrm__recs trims = { NULL, 0 };
    acrm__rec *trim = NULL, *model;
    int32_t st = ACRM_OK;

    if (!faults || acrm_value_set_list(faults) != ACRM_OK)
        return acrm__nomem(call);
    if (trim_id)
        st = acrm__load(call, "vehicle_trim", trim_id, "trim_id", &trim);
    if (st == ACRM_OK)
        st = acrm__load(call, "vehicle_model", trim ? acrm__id(trim, F_vehicle_trim__model_id)
                                                    : acrm__id(rule, F_option_rule__model_id),
                        "model_id", &model);
    if (st != ACRM_OK)
        return st;
    const unsigned char *id = acrm__id(model, F_ID);
    const unsigned char *make = acrm__id(model, F_vehicle_model__make_id);
    st = contradict_known(call, rule, F_option_rule__when_options, make, id, faults);
    if (st == ACRM_OK)
        st = contradict_known(call, rule, F_option_rule__then_options, make, id, faults);
    if (st == ACRM_OK && acrm_value_count(faults) == 0 && !trim)
        st = contradict_trims(call, id, &trims);
    if (trim)
        trims = (acrm__recs){ &trim, 1 };
    for (size_t i = 0; st == ACRM_OK && i < trims.count && acrm__int(rule, F_option_rule__active) &&
                       acrm_value_count(faults) < CONTRADICT_FAULTS; i++)
        st = contradict_new(call, rule, trims.items[i], faults);
    return st == ACRM_OK && acrm_value_count(faults) > 0
               ? acrm__error_fields(call->err, ACRM_E_INVALID, faults)
               : st;
}

/* --- configuration.contradictions --- */

/* Those of a day on; *until is the last of those that are like it. */
static int32_t contradict_list(acrm__call *call, const unsigned char trim[16], int32_t on,
                               int32_t *until, acrm_value *trims, size_t *count)
{
    const acrm__catalogue *c;
    contradict_found found;
    int32_t st = acrm__catalogue_of(call, trim, on, &c);

    if (st == ACRM_OK)
        st = contradict_find(call, c, &found);
    if (st == ACRM_OK)
        *until = c->until;
    if (st != ACRM_OK || found.count == 0)
        return st;
    acrm_value *one = acrm__add_map(trims);
    acrm_value *list = one && acrm__put_text(one, "trim_id", acrm__id_text(call, trim)) &&
                               acrm__put_text(one, "name", c->name) &&
                               acrm__put_text(one, "from_date", c->since == INT32_MIN
                                                  ? NULL : acrm__date_text(call, c->since)) &&
                               acrm__put_text(one, "to_date", c->until == INT32_MAX
                                                  ? NULL : acrm__date_text(call, c->until))
                           ? acrm__put_list(one, "contradictions") : NULL;
    for (size_t i = 0; st == ACRM_OK && i < found.count; i++) {
        acrm_value *item = list ? acrm__add_map(list) : NULL;
        st = item ? contradict_tell(call, c, &found.items[i], item) : acrm__nomem(call);
    }
    *count += found.count;
    return st;
}

int32_t acrm__contradictions(acrm__call *call)
{
    unsigned char id[16];
    acrm__rec *trim = NULL;
    acrm__recs trims = { NULL, 0 };
    size_t count = 0;
    int64_t day = acrm__today(call);
    int32_t st;

    (void)acrm__arg_time(call, "on", &day);
    if (acrm__arg_id(call, "model_id", id))
        st = contradict_trims(call, id, &trims);
    else if (acrm__arg_id(call, "trim_id", id))
        st = acrm__load(call, "vehicle_trim", id, "trim_id", &trim);
    else
        return acrm__fail(call, ACRM_E_INVALID, "required", "trim_id",
                          "name a trim_id or a model_id");
    if (trim)
        trims = (acrm__recs){ &trim, 1 };
    acrm_value *list = acrm__put_list(call->out, "trims");
    if (st == ACRM_OK && !list)
        st = acrm__nomem(call);
    for (size_t i = 0; st == ACRM_OK && i < trims.count; i++) {
        int32_t days[2] = { (int32_t)day, INT32_MAX };
        contradict_days(trims.items[i], days);
        for (int32_t on = days[0], until = on; st == ACRM_OK && on <= days[1]; on = until + 1) {
            st = contradict_list(call, acrm__id(trims.items[i], F_ID), on, &until, list, &count);
            if (until >= days[1])
                break;
        }
    }
    return st != ACRM_OK || acrm__put_int(call->out, "count", (int64_t)count) ? st
                                                                              : acrm__nomem(call);
}
