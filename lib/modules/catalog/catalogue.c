/* SPDX-License-Identifier: MIT */
/* What a trim offers, compiled from its records and kept by the session. */
#include "modules/catalog/configuration.h"

#include <stdlib.h>
#include <string.h>

static const char catalogue_keep[] = "catalogue";

typedef struct catalogue_making {
    acrm__call *call;
    acrm__arena *arena;
    acrm__catalogue *out;
    const acrm__rec *rule; /* as it is being written */
    bool without;
    int32_t on;
    acrm__recs offers, options, rules; /* rules: those in force */
    const acrm_value **lists;          /* of each rule: when and then */
    unsigned char *offered;
} catalogue_making;

int32_t acrm__catalogue_changed(acrm__call *call)
{
    return acrm__keep_outdate(call, catalogue_keep);
}

/* --- Records --- */

static int32_t catalogue_trim(catalogue_making *m, const unsigned char id[16])
{
    acrm__rec *trim, *model;
    acrm__catalogue *out = m->out;
    int32_t st = acrm__load(m->call, "vehicle_trim", id, "trim_id", &trim);

    if (st == ACRM_OK)
        st = acrm__load(m->call, "vehicle_model", acrm__id(trim, F_vehicle_trim__model_id),
                        "trim_id", &model);
    if (st != ACRM_OK)
        return st;
    memcpy(out->trim, id, 16);
    memcpy(out->model, acrm__id(model, F_ID), 16);
    memcpy(out->make, acrm__id(model, F_vehicle_model__make_id), 16);
    const char *name = acrm__text(trim, F_vehicle_trim__name);
    const char *code = acrm__text(trim, F_vehicle_trim__code);
    out->name = acrm__arena_text(m->arena, name, strlen(name));
    out->code = acrm__arena_text(m->arena, code ? code : "", code ? strlen(code) : 0);
    out->model_year = (int32_t)acrm__int(trim, F_vehicle_trim__model_year);
    out->from_day = acrm__is_null(trim, F_vehicle_trim__from_date)
                        ? INT32_MIN : (int32_t)acrm__int(trim, F_vehicle_trim__from_date);
    out->to_day = acrm__is_null(trim, F_vehicle_trim__to_date)
                      ? INT32_MAX : (int32_t)acrm__int(trim, F_vehicle_trim__to_date);
    out->active = acrm__int(trim, F_vehicle_trim__active) != 0;
    return out->name && out->code ? ACRM_OK : acrm__nomem(m->call);
}

static int32_t catalogue_find_all(acrm__call *call, const char *entity, uint32_t field,
                                  const unsigned char *id, uint32_t order, acrm__recs *out)
{
    const acrm__term term = { field, ACRM_FILTER_EQ, acrm__cell_id(id) };
    const acrm__select select = { .entity = entity, .terms = &term, .n_terms = 1, .order = order,
                                  .as_system = true };

    return acrm__find(call, &select, out);
}

void acrm__catalogue_days(const acrm__rec *rec, uint32_t from, uint32_t to, int32_t days[2])
{
    days[0] = acrm__is_null(rec, from) ? INT32_MIN : (int32_t)acrm__int(rec, from);
    days[1] = acrm__is_null(rec, to) ? INT32_MAX : (int32_t)acrm__int(rec, to);
}

/* Whether it holds on the day; what the catalogue is ends where that changes. */
static bool catalogue_holds(const catalogue_making *m, const acrm__rec *rec, uint32_t from,
                            uint32_t to)
{
    acrm__catalogue *out = m->out;
    int32_t days[2];

    acrm__catalogue_days(rec, from, to, days);
    if (days[0] > m->on) {
        out->until = days[0] - 1 < out->until ? days[0] - 1 : out->until;
    } else if (days[1] < m->on) {
        out->since = days[1] + 1 > out->since ? days[1] + 1 : out->since;
    } else {
        out->since = days[0] > out->since ? days[0] : out->since;
        out->until = days[1] < out->until ? days[1] : out->until;
        return true;
    }
    return false;
}

/* Of the stored ones those that are in force, and the one being written. */
static int32_t catalogue_rules(catalogue_making *m)
{
    acrm__recs of_model, of_trim;
    const unsigned char *own = m->rule ? acrm__id(m->rule, F_ID) : NULL;
    size_t n = 0;
    int32_t st = catalogue_find_all(m->call, "option_rule", F_option_rule__model_id,
                                    m->out->model, F_ID, &of_model);

    if (st == ACRM_OK)
        st = catalogue_find_all(m->call, "option_rule", F_option_rule__trim_id, m->out->trim,
                                F_ID, &of_trim);
    if (st != ACRM_OK)
        return st;
    size_t all = of_model.count + of_trim.count + 1;
    m->rules.items = acrm__arena_array(m->call->arena, all, sizeof *m->rules.items);
    m->lists = acrm__arena_array(m->call->arena, 2 * all, sizeof *m->lists);
    if (!m->rules.items || !m->lists)
        return acrm__nomem(m->call);
    for (size_t i = 0; i < of_model.count + of_trim.count; i++) {
        acrm__rec *rule = i < of_model.count ? of_model.items[i]
                                             : of_trim.items[i - of_model.count];
        if (acrm__int(rule, F_option_rule__active) &&
            !(own && memcmp(own, acrm__id(rule, F_ID), 16) == 0) &&
            catalogue_holds(m, rule, F_option_rule__valid_from, F_option_rule__valid_to))
            m->rules.items[n++] = rule;
    }
    m->rules.count = n + (m->rule && !m->without &&
                          catalogue_holds(m, m->rule, F_option_rule__valid_from,
                                          F_option_rule__valid_to));
    for (size_t i = 0; st == ACRM_OK && i < m->rules.count; i++) {
        const acrm__rec *rule = i < n ? m->rules.items[i] : m->rule;
        st = acrm__model_codes(m->call, rule, F_option_rule__when_options, &m->lists[2 * i]);
        if (st == ACRM_OK)
            st = acrm__model_codes(m->call, rule, F_option_rule__then_options,
                                   &m->lists[2 * i + 1]);
    }
    return st;
}

static const acrm__rec *catalogue_rule_at(const catalogue_making *m, size_t i)
{
    return m->rules.items[i] ? m->rules.items[i] : m->rule;
}

/* --- Options: offered, or named by a rule --- */

static int catalogue_code_order(const void *a, const void *b)
{
    const char *const *x = a;
    const char *const *y = b;

    return strcmp(*x, *y);
}

/* The codes that rules name, sorted; some repeatedly. */
static int32_t catalogue_named(catalogue_making *m, const char ***out, size_t *n)
{
    size_t all = 0;

    for (size_t i = 0; i < 2 * m->rules.count; i++)
        all += m->lists[i] ? acrm_value_count(m->lists[i]) : 0;
    const char **codes = acrm__arena_array(m->call->arena, all + 1, sizeof *codes);
    if (!codes)
        return acrm__nomem(m->call);
    *n = 0;
    for (size_t i = 0; i < 2 * m->rules.count; i++)
        for (size_t k = 0; m->lists[i] && k < acrm_value_count(m->lists[i]); k++)
            codes[(*n)++] = acrm_value_text(acrm_value_at(m->lists[i], k), NULL);
    if (*n)
        qsort(codes, *n, sizeof *codes, catalogue_code_order);
    *out = codes;
    return ACRM_OK;
}

static int catalogue_offer_order(const void *a, const void *b)
{
    const acrm__rec *const *x = a;
    const acrm__rec *const *y = b;

    return memcmp(acrm__id(*x, F_trim_option__option_id), acrm__id(*y, F_trim_option__option_id),
                  16);
}

static int catalogue_offer_find(const void *key, const void *item)
{
    const acrm__rec *const *offer = item;

    return memcmp(key, acrm__id(*offer, F_trim_option__option_id), 16);
}

static int32_t catalogue_offer(const catalogue_making *m, const acrm__rec *option)
{
    acrm__rec **offer = m->offers.count == 0 || !acrm__int(option, F_vehicle_option__active)
                            ? NULL
                            : bsearch(acrm__id(option, F_ID), m->offers.items, m->offers.count,
                                      sizeof *m->offers.items, catalogue_offer_find);

    if (!offer)
        return ACRM_OPTION_NOT_OFFERED;
    const char *how = acrm__text(*offer, F_trim_option__offered);
    return how && strcmp(how, "standard") == 0 ? ACRM_OPTION_STANDARD : ACRM_OPTION_OPTIONAL;
}

/* What the trim has and offers on the day. */
static int32_t catalogue_offers(catalogue_making *m)
{
    int32_t st = catalogue_find_all(m->call, "trim_option", F_trim_option__trim_id, m->out->trim,
                                    F_ID, &m->offers);
    size_t n = 0;

    for (size_t i = 0; st == ACRM_OK && i < m->offers.count; i++)
        if (catalogue_holds(m, m->offers.items[i], F_trim_option__valid_from,
                            F_trim_option__valid_to))
            m->offers.items[n++] = m->offers.items[i];
    m->offers.count = n;
    return st;
}

static int32_t catalogue_options(catalogue_making *m)
{
    acrm__catalogue *out = m->out;
    const char **named = NULL;
    size_t n_named = 0;
    int32_t st = catalogue_offers(m);

    if (st == ACRM_OK)
        st = catalogue_find_all(m->call, "vehicle_option", F_vehicle_option__make_id, out->make,
                                F_vehicle_option__code, &m->options);
    if (st == ACRM_OK)
        st = catalogue_named(m, &named, &n_named);
    if (st != ACRM_OK)
        return st;
    if (m->offers.count)
        qsort(m->offers.items, m->offers.count, sizeof *m->offers.items, catalogue_offer_order);
    out->options = acrm__arena_array(m->arena, m->options.count + 1, sizeof *out->options);
    m->offered = acrm__arena_zero(m->call->arena, m->options.count + 1);
    if (!out->options || !m->offered)
        return acrm__nomem(m->call);
    for (size_t i = 0; i < m->options.count; i++) {
        const acrm__rec *option = m->options.items[i];
        const unsigned char *model = acrm__id(option, F_vehicle_option__model_id);
        const char *code = acrm__text(option, F_vehicle_option__code);
        int32_t offered = catalogue_offer(m, option);
        if ((model && memcmp(model, out->model, 16) != 0) ||
            (!offered && !(n_named && bsearch(&code, named, n_named, sizeof *named,
                                              catalogue_code_order))))
            continue;
        acrm__catalogue_option *to = &out->options[out->n_options];
        const char *name = acrm__text(option, F_vehicle_option__name);
        const char *kind = acrm__text(option, F_vehicle_option__kind);
        memcpy(to->id, acrm__id(option, F_ID), 16);
        to->code = acrm__arena_text(m->arena, code, strlen(code));
        to->name = acrm__arena_text(m->arena, name, strlen(name));
        to->kind = acrm__arena_text(m->arena, kind ? kind : "", kind ? strlen(kind) : 0);
        if (!to->code || !to->name || !to->kind)
            return acrm__nomem(m->call);
        m->offered[out->n_options++] = (unsigned char)offered;
    }
    return ACRM_OK;
}

static int catalogue_option_find(const void *key, const void *item)
{
    return strcmp(key, ((const acrm__catalogue_option *)item)->code);
}

uint32_t acrm__catalogue_find(const acrm__catalogue *catalogue, const char *code)
{
    const acrm__catalogue_option *found =
        catalogue->n_options ? bsearch(code, catalogue->options, catalogue->n_options,
                                       sizeof *catalogue->options, catalogue_option_find)
                             : NULL;

    return found ? (uint32_t)(found - catalogue->options) : ACRM_CONFIGURATION_NONE;
}

/* --- Compiling --- */

/* Codes that are no option any more are left out. */
static size_t catalogue_numbers(const catalogue_making *m, const acrm_value *codes, uint32_t *to)
{
    size_t n = 0;

    for (size_t i = 0; codes && i < acrm_value_count(codes); i++) {
        uint32_t option = acrm__catalogue_find(m->out,
                                               acrm_value_text(acrm_value_at(codes, i), NULL));
        if (option != ACRM_CONFIGURATION_NONE)
            to[n++] = option;
    }
    return n;
}

static int32_t catalogue_kind(const acrm__rec *rule)
{
    const char *kind = acrm__text(rule, F_option_rule__kind);

    switch (kind ? kind[0] : 0) {
    case 'r':
        return acrm__int(rule, F_option_rule__any) ? ACRM_OPTION_REQUIRES_ANY
                                                   : ACRM_OPTION_REQUIRES;
    case 'e':
        return ACRM_OPTION_EXCLUDES;
    case 'p':
        return ACRM_OPTION_PACKAGE;
    default:
        return acrm__int(rule, F_option_rule__mandatory) ? ACRM_OPTION_EXACTLY_ONE
                                                         : ACRM_OPTION_AT_MOST_ONE;
    }
}

/* A rule of what is no more holds never (its `when`) or asks for nothing (its `then`). */
static int32_t catalogue_compile(catalogue_making *m)
{
    acrm__catalogue *out = m->out;
    acrm_option_rule *rules = acrm__arena_array(m->call->arena, m->rules.count + 1, sizeof *rules);
    acrm_issue issue = { NULL, NULL, -1 };

    out->rules = acrm__arena_array(m->arena, m->rules.count + 1, sizeof *out->rules);
    if (!rules || !out->rules)
        return acrm__nomem(m->call);
    for (size_t i = 0; i < m->rules.count; i++) {
        const acrm__rec *rec = catalogue_rule_at(m, i);
        const acrm_value *const *lists = &m->lists[2 * i];
        acrm_option_rule *rule = &rules[out->n_rules];
        size_t n_when = lists[0] ? acrm_value_count(lists[0]) : 0;
        size_t n_then = lists[1] ? acrm_value_count(lists[1]) : 0;
        uint32_t *numbers = acrm__arena_array(m->call->arena, n_when + n_then + 1,
                                              sizeof *numbers);
        const char *name = acrm__text(rec, F_option_rule__name);
        acrm__catalogue_rule *to = &out->rules[out->n_rules];
        to->name = acrm__arena_text(m->arena, name ? name : "", name ? strlen(name) : 0);
        if (!numbers || !to->name)
            return acrm__nomem(m->call);
        *rule = (acrm_option_rule){ .kind = catalogue_kind(rec), .when = numbers,
                                    .then = numbers + n_when };
        rule->when_count = catalogue_numbers(m, lists[0], numbers);
        rule->then_count = catalogue_numbers(m, lists[1], numbers + n_when);
        if (rule->when_count < n_when || rule->then_count == 0)
            continue;
        if (acrm__id(rec, F_ID))
            memcpy(to->id, acrm__id(rec, F_ID), 16);
        out->n_rules++;
    }
    const acrm_configuration_definition definition = { .struct_size = sizeof definition,
        .offered = m->offered, .options_count = out->n_options, .rules = rules,
        .rules_count = out->n_rules };
    int32_t st = acrm__configuration_make(&definition, m->arena,
                                          acrm__cache_allocator(m->call), &out->compiled, &issue);
    if (st == ACRM_E_INVALID)
        return acrm__fail(m->call, ACRM_E_INVALID, "circle", "then_options",
                          "packages hold each other: rule \"%s\"", out->rules[issue.row].name);
    if (st == ACRM_E_LIMIT)
        return acrm__fail(m->call, st, "limit", "trim_id", "the trim has too many %s",
                          issue.field);
    return st == ACRM_OK ? st : acrm__nomem(m->call);
}

static int32_t catalogue_make(catalogue_making *m, const unsigned char trim[16])
{
    m->out = acrm__arena_zero(m->arena, sizeof *m->out);
    if (!m->out)
        return acrm__nomem(m->call);
    m->out->since = INT32_MIN;
    m->out->until = INT32_MAX;
    int32_t st = catalogue_trim(m, trim);
    if (st == ACRM_OK)
        st = catalogue_rules(m);
    if (st == ACRM_OK)
        st = catalogue_options(m);
    return st == ACRM_OK ? catalogue_compile(m) : st;
}

int32_t acrm__catalogue_with(acrm__call *call, const unsigned char trim[16], int32_t on,
                             const acrm__rec *rule, bool without, acrm__catalogue **out)
{
    catalogue_making making = { .call = call, .arena = call->arena, .rule = rule,
                                .without = without, .on = on };
    int32_t st = catalogue_make(&making, trim);

    if (st == ACRM_OK)
        *out = making.out;
    return st;
}

int32_t acrm__catalogue_of(acrm__call *call, const unsigned char trim[16], int32_t on,
                           const acrm__catalogue **out)
{
    acrm__keep *keep;
    int32_t st = acrm__keep_open(call, catalogue_keep, &keep);

    if (st != ACRM_OK)
        return st;
    for (acrm__catalogue *c = keep->data; c; c = c->next)
        if (on >= c->since && on <= c->until && memcmp(c->trim, trim, 16) == 0) {
            *out = c;
            return ACRM_OK;
        }
    catalogue_making making = { .call = call, .arena = &keep->arena, .on = on };
    st = catalogue_make(&making, trim);
    if (st != ACRM_OK)
        return st;
    making.out->next = keep->data;
    keep->data = making.out;
    *out = making.out;
    return ACRM_OK;
}
