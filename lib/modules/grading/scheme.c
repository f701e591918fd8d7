/* SPDX-License-Identifier: MIT */
/* Schemes as records: taking them in, putting them in force and out of it, compiling them once. */
#include "modules/grading/grading.h"

#include "base/json.h"
#include "kernel/inside.h"
#include "kernel/registry.h"

#include <string.h>

/* --- What filters of rules may look at --- */

static const acrm__entity *scheme_entity(const acrm__call *call, const acrm_table *table)
{
    const acrm__registry *r = call->session->registry;

    for (uint32_t i = 0; i < r->n_entities; i++)
        if (r->entities[i]->table.number == table->number)
            return r->entities[i];
    return NULL;
}

/* What a scheme computes must not go into it, and what a person is must not decide. The name of
 * what is at fault, or NULL. A filter nests 64 deep at most. */
static const char *scheme_forbidden(const acrm__call *call, const acrm__entity *entity,
                                    const acrm_filter_node *node, bool *circular)
{
    const char *found = NULL;

    if (node->op == ACRM_FILTER_SEARCH)
        return "$search";
    if (node->op == ACRM_FILTER_RELATED) {
        entity = scheme_entity(call, node->related);
        *circular = entity && (strcmp(entity->def->name, "customer_profile") == 0 ||
                               strcmp(entity->def->name, "customer_grade") == 0);
        if (*circular)
            return entity->def->name;
    } else if (node->op >= ACRM_FILTER_EQ && entity) {
        const acrm__field *field = &entity->fields[node->column].def;
        *circular = strcmp(entity->def->name, "customer") == 0 &&
                    strcmp(field->name, "grade") == 0;
        const char *sealed = acrm__field_has(field, ACRM__T_BYTES);
        if (*circular || field->flags & (ACRM__PERSONAL | ACRM__ENCRYPTED) || sealed)
            return sealed ? sealed : field->name;
    }
    for (uint32_t i = 0; !found && i < node->n_children; i++)
        found = scheme_forbidden(call, entity, &node->children[i], circular);
    return found;
}

static int32_t scheme_condition(acrm__call *call, const acrm_value *rule, size_t n)
{
    const acrm_value *when = acrm_value_get(rule, "when");
    const acrm__entity *customer = acrm__entity_of(call, "customer");
    const char *place = acrm__arena_format(call->arena, "/rules/%zu/when", n);
    const acrm_filter_node *where = NULL;
    bool circular = false;

    if (!when)
        return ACRM_OK;
    int32_t st = place ? acrm__filter(call, customer, when, place, &where) : acrm__nomem(call);
    const char *forbidden = st == ACRM_OK ? scheme_forbidden(call, customer, where, &circular)
                                          : NULL;
    if (!forbidden)
        return st;
    return circular ? acrm__fail(call, ACRM_E_INVALID, "circular", place,
                                 "%s is computed itself: give its number as value instead",
                                 forbidden)
                    : acrm__fail(call, ACRM_E_INVALID, "protected", place,
                                 "%s is personal: nobody is graded by it", forbidden);
}

/* --- Compiling --- */

static int32_t scheme_inputs(acrm__call *call, const acrm__policy *policy,
                             acrm_scoring_input *inputs)
{
    const acrm__entity *profile = acrm__entity_of(call, "customer_profile");

    for (uint32_t i = 0; i < P_COUNT; i++) {
        const acrm__number_def *number = &acrm__profile_numbers[i];
        inputs[i] = (acrm_scoring_input){
            .struct_size = sizeof inputs[i], .type = number->type,
            .name = profile->fields[number->field].def.name,
            .digits = number->type == ACRM_SCORING_MONEY ? policy->digits : 0 };
    }
    return ACRM_OK;
}

int32_t acrm__scheme_compile(acrm__call *call, const acrm_value *definition, const char **kind,
                             acrm_scoring **out)
{
    acrm_scoring_input inputs[P_COUNT];
    const acrm__grading *grading;
    const acrm_value *rules = acrm_value_get(definition, "rules");
    acrm_scoring *scoring = NULL;
    int32_t st = acrm__grading_open(call, &grading);

    *kind = acrm__get_text(definition, "kind");
    if (st == ACRM_OK)
        st = scheme_inputs(call, &grading->policy, inputs);
    if (st == ACRM_OK)
        st = acrm_scoring_new(acrm__cache_allocator(call), inputs, P_COUNT, definition, &scoring,
                              call->err);
    if (st == ACRM_OK && (!*kind || strlen(*kind) > 64 || !**kind ||
                          strspn(*kind, "abcdefghijklmnopqrstuvwxyz0123456789_") != strlen(*kind)))
        st = acrm__fail(call, ACRM_E_INVALID, *kind ? "format" : "required", "/kind",
                        "a scheme needs a kind of a-z, 0-9 and _; customer is the grade that the "
                        "customer's record shows");
    for (size_t i = 0; st == ACRM_OK && i < acrm_value_count(rules); i++)
        st = scheme_condition(call, acrm_value_at(rules, i), i);
    if (st == ACRM_OK)
        *out = scoring;
    else
        acrm_scoring_free(scoring);
    return st;
}

static void scheme_drop(const acrm_allocator *allocator, void *thing)
{
    (void)allocator;
    acrm_scoring_free(thing);
}

int32_t acrm__scheme_scoring(acrm__call *call, const unsigned char id[16],
                             const acrm_scoring **out)
{
    acrm__call system = *call;
    acrm_scoring *scoring = acrm__cache_find(call, id);
    acrm_value *definition = NULL;
    const char *kind;
    acrm__rec *rec = NULL;
    int32_t st = ACRM_OK;

    if (!scoring) {
        system.as_system = true;
        st = acrm__load(&system, "grade_scheme", id, "scheme_id", &rec);
        if (st == ACRM_OK)
            st = acrm__scheme_parse(&system, rec, F_grade_scheme__definition, &definition);
        if (st == ACRM_OK)
            st = acrm__scheme_compile(&system, definition, &kind, &scoring);
        if (st == ACRM_OK)
            st = acrm__cache_keep(call, id, scoring, scheme_drop);
    }
    if (st == ACRM_OK)
        *out = scoring;
    return st;
}

/* --- Operations --- */

static int32_t scheme_last(acrm__call *call, const char *kind, int64_t *revision)
{
    const acrm__term term = { F_grade_scheme__kind, ACRM_FILTER_EQ, acrm__cell_text(kind) };
    acrm__rec *rec = NULL;
    int32_t st = acrm__find_one(call, &(acrm__select){ .entity = "grade_scheme", .terms = &term,
        .n_terms = 1, .order = F_grade_scheme__revision, .descending = true,
        .with_deleted = true, .as_system = true }, &rec);

    if (st == ACRM_OK)
        *revision = rec ? acrm__int(rec, F_grade_scheme__revision) : 0;
    return st;
}

static int32_t scheme_status(acrm__call *call, acrm__rec *rec, const char *status)
{
    acrm__set(rec, F_grade_scheme__status, acrm__cell_text(status));
    if (strcmp(status, "active") == 0)
        acrm__set(rec, F_grade_scheme__activated_at, acrm__cell_int(call->now));
    int32_t st = acrm__update(call, rec);
    return st == ACRM_OK ? acrm__grading_outdate(call) : st;
}

/* The active revision gives way. */
static int32_t scheme_activate(acrm__call *call, acrm__rec *rec)
{
    const acrm__term active = { F_grade_scheme__status, ACRM_FILTER_EQ,
                                acrm__cell_text("active") };
    const acrm__grading *grading;
    acrm__recs found = { NULL, 0 };
    size_t others = 0;
    int32_t st = acrm__grading_open(call, &grading);

    if (st == ACRM_OK && !grading->policy.active)
        return acrm__fail(call, ACRM_E_CONFLICT, "policy", NULL,
                          "grades are of profiles: make an active profile_policy first");
    if (st == ACRM_OK)
        st = acrm__find(call, &(acrm__select){ .entity = "grade_scheme", .terms = &active,
            .n_terms = 1, .as_system = true }, &found);
    for (size_t i = 0; st == ACRM_OK && i < found.count; i++) {
        if (acrm__cell_equal(&found.items[i]->cells[F_ID], &rec->cells[F_ID]))
            continue;
        if (acrm__cell_equal(&found.items[i]->cells[F_grade_scheme__kind],
                             &rec->cells[F_grade_scheme__kind]))
            st = scheme_status(call, found.items[i], "retired");
        else
            others++;
    }
    if (st == ACRM_OK && others >= ACRM__GRADING_SCHEMES_MAX)
        return acrm__fail(call, ACRM_E_LIMIT, "limit", NULL,
                          "at most %d schemes are in force at a time", ACRM__GRADING_SCHEMES_MAX);
    return st == ACRM_OK ? scheme_status(call, rec, "active") : st;
}

int32_t acrm__grade_load(acrm__call *call)
{
    const acrm_value *definition = acrm__arg(call, "definition");
    acrm__rec *rec = acrm__new(call, "grade_scheme");
    acrm_scoring *scoring = NULL;
    const char *kind;
    int64_t last = 0;
    acrm__str json;

    if (!rec)
        return acrm__nomem(call);
    int32_t st = acrm__scheme_compile(call, definition, &kind, &scoring);
    acrm_scoring_free(scoring);
    if (st == ACRM_OK)
        st = scheme_last(call, kind, &last);
    if (st != ACRM_OK)
        return st;
    acrm__str_init(&json, &call->arena->allocator);
    acrm__json_write(&json, definition, 0);
    const char *text = json.failed ? NULL : acrm__arena_text(call->arena, json.data, json.len);
    acrm__str_free(&json);
    if (!text)
        return acrm__nomem(call);
    acrm__set(rec, F_grade_scheme__kind, acrm__cell_text(kind));
    acrm__set(rec, F_grade_scheme__revision, acrm__cell_int(last + 1));
    acrm__set(rec, F_grade_scheme__name, acrm__cell_text(acrm__get_text(definition, "name")));
    acrm__set(rec, F_grade_scheme__definition, acrm__cell_text(text));
    st = acrm__insert(call, rec);
    if (st == ACRM_OK && acrm__arg_bool(call, "activate", false))
        st = scheme_activate(call, rec);
    return st == ACRM_OK ? acrm__render(call, rec, call->out) : st;
}

/* Names may have gone since it was loaded: it is checked again. */
int32_t acrm__grade_activate(acrm__call *call)
{
    acrm_value *definition = NULL;
    acrm_scoring *scoring = NULL;
    const char *kind;
    acrm__rec *rec;
    int32_t st = acrm__load_arg(call, "grade_scheme", "id", &rec);

    if (st == ACRM_OK)
        st = acrm__scheme_parse(call, rec, F_grade_scheme__definition, &definition);
    if (st == ACRM_OK)
        st = acrm__scheme_compile(call, definition, &kind, &scoring);
    acrm_scoring_free(scoring);
    if (st == ACRM_OK)
        st = scheme_activate(call, rec);
    return st == ACRM_OK ? acrm__render(call, rec, call->out) : st;
}

int32_t acrm__grade_retire(acrm__call *call)
{
    acrm__rec *rec;
    int32_t st = acrm__load_arg(call, "grade_scheme", "id", &rec);

    if (st == ACRM_OK)
        st = scheme_status(call, rec, "retired");
    return st == ACRM_OK ? acrm__render(call, rec, call->out) : st;
}

/* Only to see whether it would load: the faults as a result, for editors. */
int32_t acrm__grade_check(acrm__call *call)
{
    acrm__call inner = *call;
    acrm_error *err = NULL;
    acrm_scoring *scoring = NULL;
    acrm_value *json = NULL;
    acrm__json_fault fault;
    const char *kind;

    inner.err = &err;
    int32_t st = acrm__scheme_compile(&inner, acrm__arg(call, "definition"), &kind, &scoring);
    acrm_scoring_free(scoring);
    acrm_value *faults = acrm__put_list(call->out, "faults");
    bool ok = faults && acrm__put_bool(call->out, "ok", st == ACRM_OK);
    if (ok && (st == ACRM_E_INVALID || st == ACRM_E_LIMIT)) {
        const char *text = acrm_error_json(err);
        st = acrm__json_read(call->arena, text, strlen(text), &json, &fault);
        const acrm_value *fields = acrm_value_get(json, "fields");
        for (size_t i = 0; ok && i < acrm_value_count(fields); i++)
            ok = acrm__add_value(faults, acrm_value_at(fields, i));
        if (ok && acrm_value_count(fields) == 0)
            ok = acrm__add_value(faults, json);
    }
    acrm_error_free(err);
    if (!ok)
        return acrm__nomem(call);
    return st == ACRM_OK ? st : acrm__fail(call, st, NULL, NULL, "%s", acrm_status_text(st));
}
