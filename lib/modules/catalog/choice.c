/* SPDX-License-Identifier: MIT */
/* Options chosen for a trim, judged: every breach with its reason, and the nearest way out. */
#include "modules/catalog/configuration.h"

#include <string.h>

enum { CHOICE_BREACHES = 64 };

/* --- Breaches in words --- */

static bool choice_fault(acrm__call *call, acrm__choice *choice, const char *field,
                         const char *reason, const char *option, const char *message)
{
    acrm_value *fault = message ? acrm__add_map(choice->faults) : NULL;

    (void)call;
    return fault && acrm__put_text(fault, "field", field) &&
           acrm__put_text(fault, "reason", reason) &&
           acrm__put_text(fault, "option", option) && acrm__put_text(fault, "message", message);
}

/* "options[2]", where an option was chosen; "options" when it was not. */
static const char *choice_place(acrm__call *call, const acrm_value *codes, const char *code)
{
    for (size_t i = 0; code && i < acrm_value_count(codes); i++) {
        const char *text = acrm_value_text(acrm_value_at(codes, i), NULL);
        if (text && strcmp(text, code) == 0)
            return acrm__arena_format(call->arena, "options[%zu]", i);
    }
    return "options";
}

static const char *choice_words(acrm__call *call, const acrm__catalogue *c,
                                const acrm_configuration_breach *b, const char *option,
                                const char *other)
{
    acrm__arena *arena = call->arena;
    const char *rule = b->rule == ACRM_CONFIGURATION_NONE ? "" : c->rules[b->rule].name;

    switch (b->reason) {
    case ACRM_BREACH_NOT_OFFERED:
        return other ? acrm__arena_format(arena, "%s is not offered for %s; %s brings it", option,
                                          c->name, other)
                     : acrm__arena_format(arena, "%s is not offered for %s", option, c->name);
    case ACRM_BREACH_MISSING:
        return acrm__arena_format(arena, "%s%s is required: %s", other ? other : "",
                                  !option ? (other ? ": one more option" : "one more option")
                                          : acrm__arena_format(arena, "%s%s", other ? ": " : "",
                                                               option), rule);
    case ACRM_BREACH_EXCLUDED:
        return acrm__arena_format(arena, "%s%s%s is excluded: %s", other ? other : "",
                                  other ? ": " : "", option, rule);
    case ACRM_BREACH_PACKAGE:
        return acrm__arena_format(arena, "%s is part of %s and is missing: %s", option, other,
                                  rule);
    case ACRM_BREACH_TOO_MANY:
        return acrm__arena_format(arena, "%s and %s are alternatives: %s", other, option, rule);
    default:
        return acrm__arena_format(arena, "one of a group must be chosen: %s", rule);
    }
}

static int32_t choice_breaches(acrm__call *call, const acrm_value *codes, acrm__choice *choice)
{
    static const char *const reasons[] = { NULL, "not_offered", "missing", "excluded",
                                           "package_incomplete", "too_many", "none_chosen" };
    const acrm__catalogue *c = choice->catalogue;
    acrm_configuration_breach breaches[CHOICE_BREACHES];
    size_t count = 0;
    int32_t st = acrm_configuration_check(c->compiled, choice->chosen, choice->n, choice->vehicle,
                                          breaches, CHOICE_BREACHES, &count, NULL);

    for (size_t i = 0; st == ACRM_OK && i < count && i < CHOICE_BREACHES; i++) {
        const acrm_configuration_breach *b = &breaches[i];
        const char *option = b->option == ACRM_CONFIGURATION_NONE ? NULL
                                                                  : c->options[b->option].code;
        const char *other = b->other == ACRM_CONFIGURATION_NONE ? NULL
                                                                : c->options[b->other].code;
        bool added = b->reason == ACRM_BREACH_MISSING || b->reason == ACRM_BREACH_PACKAGE;
        if (!choice_fault(call, choice, choice_place(call, codes, added ? other : option),
                          reasons[b->reason], option, choice_words(call, c, b, option, other)))
            return acrm__nomem(call);
        acrm_value *fault = acrm_value_at(choice->faults, acrm_value_count(choice->faults) - 1);
        if (!acrm__put_text(fault, "other", other) ||
            !acrm__put_text(fault, "rule_id", b->rule == ACRM_CONFIGURATION_NONE
                                ? NULL : acrm__id_text(call, c->rules[b->rule].id)))
            return acrm__nomem(call);
    }
    return st;
}

/* --- The choice --- */

/* Whether there is such an option at all, when the trim knows nothing of it. */
static int32_t choice_unknown(acrm__call *call, acrm__choice *choice, const char *code, size_t at)
{
    const acrm__term terms[] = {
        { F_vehicle_option__make_id, ACRM_FILTER_EQ, acrm__cell_id(choice->catalogue->make) },
        { F_vehicle_option__code, ACRM_FILTER_EQ, acrm__cell_text(code) },
    };
    const acrm__select select = { .entity = "vehicle_option", .terms = terms, .n_terms = 2,
                                  .as_system = true };
    const char *path = acrm__arena_format(call->arena, "options[%zu]", at);
    acrm__rec *option;
    int32_t st = acrm__find_one(call, &select, &option);

    if (st == ACRM_OK &&
        !choice_fault(call, choice, path ? path : "", option ? "not_offered" : "unknown", code,
                      option ? acrm__arena_format(call->arena, "%s is not offered for %s", code,
                                                  choice->catalogue->name)
                             : acrm__arena_format(call->arena, "there is no option %s", code)))
        st = acrm__nomem(call);
    return st;
}

static int32_t choice_read(acrm__call *call, const acrm_value *codes, acrm__choice *choice)
{
    int32_t st = ACRM_OK;

    for (size_t i = 0; st == ACRM_OK && i < acrm_value_count(codes); i++) {
        const char *code = acrm_value_text(acrm_value_at(codes, i), NULL);
        uint32_t option = acrm__catalogue_find(choice->catalogue, code);
        size_t k = 0;
        while (k < i && strcmp(code, acrm_value_text(acrm_value_at(codes, k), NULL)) != 0)
            k++;
        if (k < i) {
            const char *path = acrm__arena_format(call->arena, "options[%zu]", i);
            if (!choice_fault(call, choice, path ? path : "", "duplicate", code,
                              acrm__arena_format(call->arena, "%s is chosen twice", code)))
                st = acrm__nomem(call);
        } else if (option == ACRM_CONFIGURATION_NONE) {
            st = choice_unknown(call, choice, code, i);
        } else {
            choice->chosen[choice->n++] = option;
        }
    }
    return st;
}

static int32_t choice_sold(acrm__call *call, acrm__choice *choice)
{
    const acrm__catalogue *c = choice->catalogue;
    const char *message =
        !c->active ? acrm__arena_format(call->arena, "%s is not sold", c->name)
        : choice->on < c->from_day
            ? acrm__arena_format(call->arena, "%s is not sold before %s", c->name,
                                 acrm__date_text(call, c->from_day))
        : choice->on > c->to_day
            ? acrm__arena_format(call->arena, "%s was sold until %s", c->name,
                                 acrm__date_text(call, c->to_day))
            : "";

    if (message && !*message)
        return ACRM_OK;
    return choice_fault(call, choice, "trim_id", "not_sold", NULL, message) ? ACRM_OK
                                                                           : acrm__nomem(call);
}

int32_t acrm__choice_judge(acrm__call *call, const unsigned char trim[16],
                           const acrm_value *codes, int32_t on, acrm__choice *out)
{
    static const acrm_value none = { .type = ACRM_LIST };
    int32_t st = acrm__catalogue_of(call, trim, on, &out->catalogue);

    if (st != ACRM_OK)
        return st;
    if (!codes)
        codes = &none;
    out->on = on;
    out->n = 0;
    out->chosen = acrm__arena_array(call->arena, acrm_value_count(codes) + 1,
                                    sizeof *out->chosen);
    out->vehicle = acrm__arena_zero(call->arena, out->catalogue->n_options + (size_t)1);
    out->faults = acrm__value_in(call->arena);
    if (!out->chosen || !out->vehicle || !out->faults ||
        acrm_value_set_list(out->faults) != ACRM_OK)
        return acrm__nomem(call);
    st = choice_sold(call, out);
    if (st == ACRM_OK)
        st = choice_read(call, codes, out);
    return st == ACRM_OK ? choice_breaches(call, codes, out) : st;
}

/* --- configuration.check --- */

static int32_t choice_propose(acrm__call *call, const acrm__choice *choice, acrm_value *out)
{
    static const char *const outcomes[] = { NULL, "found", "impossible", "limit" };
    const acrm__catalogue *c = choice->catalogue;
    unsigned char *was = acrm__arena_zero(call->arena, c->n_options + (size_t)1);
    unsigned char *is = acrm__arena_zero(call->arena, c->n_options + (size_t)1);
    acrm_configuration_proposal found = { .struct_size = sizeof found };

    if (!was || !is)
        return acrm__nomem(call);
    int32_t st = acrm_configuration_nearest(c->compiled, choice->chosen, choice->n, 0, is, &found,
                                            NULL);
    if (st != ACRM_OK)
        return acrm__nomem(call);
    for (size_t i = 0; i < choice->n; i++)
        was[choice->chosen[i]] = 1;
    bool done = acrm__put_text(out, "outcome", outcomes[found.outcome]) &&
                acrm__put_int(out, "changes", found.changes);
    acrm_value *options = acrm__put_list(out, "options");
    acrm_value *add = acrm__put_list(out, "add"), *remove = acrm__put_list(out, "remove");
    done = done && options && add && remove;
    for (uint32_t o = 0; done && found.outcome == ACRM_SEARCH_FOUND && o < c->n_options; o++)
        done = (!is[o] || acrm__add_text(options, c->options[o].code)) &&
               (!is[o] || was[o] || acrm__add_text(add, c->options[o].code)) &&
               (is[o] || !was[o] || acrm__add_text(remove, c->options[o].code));
    return done ? ACRM_OK : acrm__nomem(call);
}

int32_t acrm__configuration_check(acrm__call *call)
{
    unsigned char trim[16];
    acrm__choice choice;
    int64_t on = acrm__today(call);

    (void)acrm__arg_id(call, "trim_id", trim);
    (void)acrm__arg_time(call, "on", &on);
    int32_t st = acrm__choice_judge(call, trim, acrm__arg(call, "options"), (int32_t)on, &choice);
    if (st != ACRM_OK)
        return st;
    bool valid = acrm_value_count(choice.faults) == 0;
    const acrm__catalogue *c = choice.catalogue;
    acrm_value *vehicle = acrm__put_bool(call->out, "valid", valid)
                              ? acrm__put_list(call->out, "vehicle") : NULL;
    bool done = vehicle != NULL;
    for (uint32_t o = 0; done && o < c->n_options; o++)
        done = !choice.vehicle[o] || acrm__add_text(vehicle, c->options[o].code);
    done = done && acrm__put_value(call->out, "breaches", choice.faults);
    if (!done)
        return acrm__nomem(call);
    if (valid)
        return acrm__put_null(call->out, "proposal") ? ACRM_OK : acrm__nomem(call);
    acrm_value *proposal = acrm__put_map(call->out, "proposal");
    return proposal ? choice_propose(call, &choice, proposal) : acrm__nomem(call);
}
