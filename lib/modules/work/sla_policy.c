/* SPDX-License-Identifier: MIT */
/* Policies, targets, escalations and stop reasons as they are written, and which policy fits. */
#include "modules/work/sla.h"

#include <string.h>

static const char policy_clocks_help[] =
    "the clocks are first_response, next_response, update and resolution";

/* --- Policies --- */

/* The other defaults of a policy's entity: none, or one that it takes the place of. */
static int32_t policy_other_defaults(acrm__call *call, const acrm__rec *rec, acrm__recs *out)
{
    const acrm__term terms[] = {
        { F_sla_policy__entity, ACRM_FILTER_EQ, rec->cells[F_sla_policy__entity] },
        { F_sla_policy__is_default, ACRM_FILTER_EQ, acrm__cell_int(1) },
        { F_ID, ACRM_FILTER_NE, rec->cells[F_ID] },
    };

    return acrm__find(call, &(acrm__select){ .entity = "sla_policy", .terms = terms,
                                             .n_terms = acrm__is_null(rec, F_ID) ? 2 : 3,
                                             .as_system = true }, out);
}

static int32_t policy_condition(acrm__call *call, const acrm__rec *rec,
                                const acrm_filter_node **where)
{
    const acrm__entity *entity = acrm__entity_of(call, acrm__text(rec, F_sla_policy__entity));
    const acrm_value *condition = NULL;

    *where = NULL;
    int32_t st = acrm__work_json(call, rec, F_sla_policy__condition, &condition);
    return st == ACRM_OK && condition ? acrm__filter(call, entity, condition, "condition", where)
                                      : st;
}

/* Of an entity's policies one is always the default, and cannot be switched off. */
static int32_t policy_keeps_default(acrm__call *call, acrm__rec *rec, const acrm__rec *before)
{
    bool is = acrm__int(rec, F_sla_policy__is_default) && acrm__is_null(rec, F_DELETED_AT);
    acrm__recs others = { NULL, 0 };

    if (is && !acrm__int(rec, F_sla_policy__enabled))
        return acrm__fail(call, ACRM_E_CONFLICT, "default", "enabled",
                          "the default policy cannot be switched off; make another one the "
                          "default first");
    if (is || (before && !acrm__int(before, F_sla_policy__is_default)))
        return ACRM_OK;
    int32_t st = policy_other_defaults(call, rec, &others);
    if (st != ACRM_OK || others.count > 0)
        return st;
    if (!before && acrm__int(rec, F_sla_policy__enabled)) { /* the first one of its entity */
        acrm__set(rec, F_sla_policy__is_default, acrm__cell_int(1));
        return ACRM_OK;
    }
    return acrm__fail(call, ACRM_E_CONFLICT, "default", "is_default",
                      "this policy is the default; make another one the default first");
}

int32_t acrm__sla_policy_write(acrm__call *call, acrm__rec *rec, const acrm__rec *before)
{
    const char *entity = acrm__text(rec, F_sla_policy__entity);
    const acrm_filter_node *where = NULL;

    if (!entity)
        return ACRM_OK; /* refused in a moment */
    if (!acrm__entity_of(call, entity))
        return acrm__fail(call, ACRM_E_INVALID, "reference", "entity",
                          "there is no entity %.64s; see describe entities", entity);
    int32_t st = policy_condition(call, rec, &where);
    return st == ACRM_OK ? policy_keeps_default(call, rec, before) : st;
}

/* --- Targets --- */

int32_t acrm__sla_target_write(acrm__call *call, acrm__rec *rec, const acrm__rec *before)
{
    acrm_sla_mark marks[ACRM__SLA_WARNINGS_MAX];
    const acrm_value *list = NULL;
    size_t n = 0;

    (void)before;
    int32_t st = acrm__work_json(call, rec, F_sla_target__warnings, &list);
    return st == ACRM_OK ? acrm__sla_warnings(call, list, marks, &n) : st;
}

/* --- Escalations --- */

static int32_t policy_step_operation(acrm__call *call, const acrm__rec *rec)
{
    const char *name = acrm__text(rec, F_sla_escalation__operation);
    const acrm_value *arguments = NULL;

    if (!name || !acrm__operation_exists(call, name))
        return acrm__fail(call, ACRM_E_INVALID, "reference", "operation",
                          "%s%.100s; see describe operations",
                          name ? "there is no operation " : "the operation to run is needed",
                          name ? name : "");
    int32_t st = acrm__work_json(call, rec, F_sla_escalation__arguments, &arguments);
    if (st == ACRM_OK && arguments && acrm_value_type(arguments) != ACRM_MAP)
        st = acrm__fail(call, ACRM_E_INVALID, "type", "arguments",
                        "arguments must be an object");
    return st;
}

/* Giving records to users needs an operation that assigns them, or a field with the owner. */
static int32_t policy_step_owner(acrm__call *call, const acrm__rec *rec)
{
    acrm__rec *policy = NULL;

    if (acrm__is_null(rec, F_sla_escalation__user_id))
        return acrm__fail(call, ACRM_E_INVALID, "required", "user_id",
                          "the user who gets the record is needed");
    int32_t st = acrm__load(call, "sla_policy", acrm__id(rec, F_sla_escalation__policy_id),
                            "policy_id", &policy);
    if (st != ACRM_OK)
        return st;
    const char *entity = acrm__text(policy, F_sla_policy__entity);
    const char *assign = acrm__arena_format(call->arena, "%s.assign", entity);
    if (!assign)
        return acrm__nomem(call);
    if (!acrm__entity_of(call, entity)->def->owner && !acrm__operation_exists(call, assign))
        return acrm__fail(call, ACRM_E_INVALID, "owner", "action",
                          "records of %.64s have no owner to be changed", entity);
    return ACRM_OK;
}

int32_t acrm__sla_escalation_write(acrm__call *call, acrm__rec *rec, const acrm__rec *before)
{
    const char *action = acrm__text(rec, F_sla_escalation__action);

    (void)before;
    if (!action || acrm__is_null(rec, F_sla_escalation__policy_id))
        return ACRM_OK; /* refused in a moment */
    if (strcmp(action, "run") == 0)
        return policy_step_operation(call, rec);
    if (strcmp(action, "reassign") == 0)
        return policy_step_owner(call, rec);
    if (strcmp(action, "raise_priority") == 0 && acrm__is_null(rec, F_sla_escalation__raise_to))
        return acrm__fail(call, ACRM_E_INVALID, "required", "raise_to",
                          "the priority it is raised to is needed");
    if (strcmp(action, "notify") == 0 && acrm__is_null(rec, F_sla_escalation__user_id) &&
        acrm__is_null(rec, F_sla_escalation__role_id))
        return acrm__fail(call, ACRM_E_INVALID, "required", "user_id",
                          "the user or the role to tell is needed");
    return ACRM_OK;
}

/* --- Stop reasons --- */

int32_t acrm__sla_mask(acrm__call *call, const acrm_value *list, const char *path, int32_t *out)
{
    int32_t mask = 0;

    if (acrm_value_type(list) != ACRM_LIST || acrm_value_count(list) == 0)
        return acrm__fail(call, ACRM_E_INVALID, "type", path,
                          "%s must be a list of clocks; %s", path, policy_clocks_help);
    for (size_t i = 0; i < acrm_value_count(list); i++) {
        const char *name = acrm_value_text(acrm_value_at(list, i), NULL);
        int32_t clock = acrm__sla_number_of(acrm__sla_clock_names, name);
        if (clock < 1) {
            char *place = acrm__arena_format(call->arena, "%s[%zu]", path, i);
            if (!place)
                return acrm__nomem(call);
            return acrm__fail(call, ACRM_E_INVALID, "clock", place, "%s is no clock: %s", place,
                              policy_clocks_help);
        }
        mask |= 1 << clock;
    }
    *out = mask;
    return ACRM_OK;
}

int32_t acrm__sla_reason_write(acrm__call *call, acrm__rec *rec, const acrm__rec *before)
{
    const acrm_value *list = NULL;
    int32_t mask = 0;

    (void)before;
    int32_t st = acrm__work_json(call, rec, F_stop_reason__clocks, &list);
    return st == ACRM_OK ? acrm__sla_mask(call, list, "clocks", &mask) : st;
}

/* --- Reactions: a policy or a part of it has changed --- */

static int32_t policy_any(acrm__call *call, const char *entity, const unsigned char id[16],
                          acrm__rec **out)
{
    const acrm__term term = { F_ID, ACRM_FILTER_EQ, acrm__cell_id(id) };

    return acrm__find_one(call, &(acrm__select){ .entity = entity, .terms = &term, .n_terms = 1,
                                                 .as_system = true, .with_deleted = true }, out);
}

static int32_t policy_take_default(acrm__call *call, const acrm__rec *rec)
{
    acrm__recs others = { NULL, 0 };

    if (!acrm__int(rec, F_sla_policy__is_default))
        return ACRM_OK;
    int32_t st = policy_other_defaults(call, rec, &others);
    for (size_t i = 0; i < others.count && st == ACRM_OK; i++) {
        acrm__set(others.items[i], F_sla_policy__is_default, acrm__cell_int(0));
        st = acrm__update(call, others.items[i]);
    }
    return st;
}

int32_t acrm__sla_policy_changed(acrm__call *call, const acrm__event *event)
{
    acrm__rec *rec = NULL;
    int32_t st = policy_any(call, "sla_policy", event->id, &rec);

    if (st != ACRM_OK || !rec || !acrm__is_null(rec, F_DELETED_AT))
        return st;
    st = policy_take_default(call, rec);
    return st == ACRM_OK ? acrm__sla_refresh(call, event->id) : st;
}

int32_t acrm__sla_part_changed(acrm__call *call, const acrm__event *event)
{
    acrm__rec *part = NULL, *policy = NULL;
    int32_t st = policy_any(call, event->entity, event->id, &part);

    if (st != ACRM_OK || !part)
        return st;
    const unsigned char *id = acrm__id(part, F_SYSTEM_COUNT); /* the policy is their first field */
    st = policy_any(call, "sla_policy", id, &policy);
    if (st != ACRM_OK || !policy || !acrm__is_null(policy, F_DELETED_AT))
        return st;
    return acrm__sla_refresh(call, id);
}

int32_t acrm__sla_calendar_moved(acrm__call *call, const unsigned char calendar[16],
                                 bool is_default)
{
    acrm__recs policies = { NULL, 0 };
    int32_t st = acrm__find(call, &(acrm__select){ .entity = "sla_policy", .as_system = true },
                            &policies);

    for (size_t i = 0; i < policies.count && st == ACRM_OK; i++) {
        const unsigned char *of = acrm__id(policies.items[i], F_sla_policy__calendar_id);
        if (of ? memcmp(of, calendar, 16) == 0 : is_default)
            st = acrm__sla_refresh(call, acrm__id(policies.items[i], F_ID));
    }
    return st;
}

/* --- Which policy fits --- */

static int32_t policy_fits(acrm__call *call, const acrm__rec *policy, const unsigned char id[16],
                           bool *fits)
{
    const acrm__term term = { F_ID, ACRM_FILTER_EQ, acrm__cell_id(id) };
    const acrm_filter_node *where = NULL;
    int64_t n = 0;

    *fits = acrm__is_null(policy, F_sla_policy__condition);
    if (*fits)
        return ACRM_OK;
    int32_t st = policy_condition(call, policy, &where);
    if (st == ACRM_OK)
        st = acrm__count(call, &(acrm__select){ .entity = acrm__text(policy, F_sla_policy__entity),
                                                .terms = &term, .n_terms = 1, .where = where,
                                                .as_system = true }, &n);
    *fits = n > 0;
    return st;
}

int32_t acrm__sla_choose(acrm__call *call, const char *entity, const unsigned char id[16],
                         acrm__rec **out)
{
    const acrm__term terms[] = {
        { F_sla_policy__entity, ACRM_FILTER_EQ, acrm__cell_text(entity) },
        { F_sla_policy__enabled, ACRM_FILTER_EQ, acrm__cell_int(1) },
    };
    acrm__recs policies = { NULL, 0 };

    *out = NULL;
    int32_t st = acrm__find(call, &(acrm__select){ .entity = "sla_policy", .terms = terms,
                                                   .n_terms = 2, .order = F_sla_policy__position,
                                                   .as_system = true }, &policies);
    for (size_t i = 0; i < policies.count && st == ACRM_OK; i++) {
        acrm__rec *policy = policies.items[i];
        bool fits = false;
        if (acrm__int(policy, F_sla_policy__is_default)) {
            if (!*out)
                *out = policy;
            continue;
        }
        st = policy_fits(call, policy, id, &fits);
        if (st == ACRM_OK && fits) {
            *out = policy;
            break;
        }
    }
    return st;
}

/* --- What a new database begins with --- */

static const struct {
    const char *code, *name, *owner;
    int32_t days; /* at most; 0: no limit */
} policy_reasons[] = {
    { "waiting_for_customer", "Waiting for the customer", "customer", 14 },
    { "waiting_for_parts", "Waiting for parts", "supplier", 0 },
    { "waiting_for_manufacturer", "Waiting for the manufacturer", "manufacturer", 0 },
    { "waiting_for_insurer", "Waiting for the insurer", "insurer", 0 },
};

int32_t acrm__sla_seed(acrm__call *call)
{
    int32_t st = ACRM_OK;

    for (size_t i = 0; i < sizeof policy_reasons / sizeof policy_reasons[0] && st == ACRM_OK; i++) {
        acrm__rec *rec = acrm__new(call, "stop_reason");
        if (!rec)
            return acrm__nomem(call);
        acrm__set(rec, F_stop_reason__code, acrm__cell_text(policy_reasons[i].code));
        acrm__set(rec, F_stop_reason__name, acrm__cell_text(policy_reasons[i].name));
        acrm__set(rec, F_stop_reason__owner, acrm__cell_text(policy_reasons[i].owner));
        if (policy_reasons[i].days) {
            acrm__set(rec, F_stop_reason__counts, acrm__cell_text("calendar"));
            acrm__set(rec, F_stop_reason__maximum,
                      acrm__cell_int(policy_reasons[i].days * INT64_C(86400)));
        }
        st = acrm__insert(call, rec);
    }
    return st;
}
