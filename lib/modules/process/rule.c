/* SPDX-License-Identifier: MIT */
/* Automation rules: checked when they are written, parsed once a session, found by event type. */
#include "modules/process/rule.h"

#include "base/error.h"
#include "base/json.h"
#include "engines/filter/parse.h"
#include "modules/process/entities.h"

#include <stdlib.h>
#include <string.h>

static const char rule_keep[] = "automation_rules";

typedef struct rule_set {
    const acrm__rule **rules; /* by event type, priority, age */
    size_t n;
} rule_set;

static const char *const rule_triggers[] = {
    [ACRM__TRIGGER_CREATED] = "created", [ACRM__TRIGGER_CHANGED] = "changed",
    [ACRM__TRIGGER_DELETED] = "deleted", [ACRM__TRIGGER_DATE] = "date",
    [ACRM__TRIGGER_SCHEDULE] = "schedule", [ACRM__TRIGGER_EVENT] = "event",
};

static const char rule_old[] = "$old";

/* --- Parsing --- */

static int32_t rule_json(acrm__call *call, const acrm__rec *rec, uint32_t field,
                         acrm__arena *arena, acrm_value **out)
{
    const acrm_cell *json = &rec->cells[field];
    acrm__json_fault fault;

    *out = NULL;
    if (json->type != ACRM_CELL_TEXT)
        return ACRM_OK;
    int32_t st = acrm__json_read(arena, json->data, json->size, out, &fault);
    return st == ACRM_E_NOMEM ? acrm__nomem(call)
           : st == ACRM_OK    ? st
                              : acrm__json_error(call->err, st, &fault);
}

/* A condition without its key $old, and what stands there. */
static bool rule_split(acrm__arena *arena, const acrm_value *given, const acrm_value **now,
                       const acrm_value **old)
{
    acrm_value *rest = acrm__value_in(arena);

    *now = NULL;
    *old = acrm_value_get(given, rule_old);
    if (acrm_value_type(given) != ACRM_MAP)
        return true;
    if (!rest || acrm_value_set_map(rest) != ACRM_OK)
        return false;
    for (size_t i = 0; i < acrm_value_count(given); i++) {
        const char *key = acrm_value_key(given, i, NULL);
        if (strcmp(key, rule_old) != 0 && !acrm__put_value(rest, key, acrm_value_at(given, i)))
            return false;
    }
    if (acrm_value_count(rest) > 0)
        *now = rest;
    return true;
}

static const char *rule_copy(acrm__arena *arena, const char *text)
{
    return text ? acrm__arena_text(arena, text, strlen(text)) : NULL;
}

static const char *rule_event_type(acrm__arena *arena, const acrm__rule *rule, const char *own)
{
    switch (rule->trigger) {
    case ACRM__TRIGGER_CREATED:
        return rule->entity ? rule->entity->events[ACRM__CREATED] : NULL;
    case ACRM__TRIGGER_CHANGED:
        return rule->entity ? rule->entity->events[ACRM__UPDATED] : NULL;
    case ACRM__TRIGGER_DELETED:
        return rule->entity ? rule->entity->events[ACRM__DELETED] : NULL;
    case ACRM__TRIGGER_EVENT:
        return rule_copy(arena, own);
    default:
        return NULL;
    }
}

static int32_t rule_node(acrm__call *call, const acrm__rule *rule, const acrm_value *filter,
                         const acrm_filter_node **out)
{
    if (!filter || !rule->entity || acrm__filter_relative(filter))
        return ACRM_OK;
    return acrm__filter(call, rule->entity, filter, "condition", out);
}

static void rule_copy_id(const acrm__rec *rec, uint32_t field, unsigned char id[16], bool *has)
{
    const unsigned char *from = acrm__id(rec, field);

    *has = from != NULL;
    if (from)
        memcpy(id, from, 16);
}

/* Everything it points to lives in the arena. */
static int32_t rule_parse(acrm__call *call, const acrm__rec *rec, acrm__arena *arena,
                          acrm__rule *out)
{
    const char *entity = acrm__text(rec, F_automation_rule__entity);
    const char *date_field = acrm__text(rec, F_automation_rule__date_field);
    const char *trigger = acrm__text(rec, F_automation_rule__trigger);
    const char *missed = acrm__text(rec, F_automation_rule__missed);
    const char *yearly = acrm__text(rec, F_automation_rule__every_year);
    acrm_value *condition = NULL, *fields = NULL, *actions = NULL;
    acrm__call parse = *call;
    bool has;

    *out = (acrm__rule){ .priority = acrm__int(rec, F_automation_rule__priority),
                         .run_on_import = acrm__int(rec, F_automation_rule__run_on_import) != 0,
                         .offset_days = acrm__int(rec, F_automation_rule__offset_days),
                         .at = acrm__int(rec, F_automation_rule__at),
                         .yearly = !yearly ? 0
                                   : strcmp(yearly, "gregorian") == 0 ? ACRM_DATE_GREGORIAN
                                                                      : ACRM_DATE_JALALI,
                         .skip_missed = missed && strcmp(missed, "skip") == 0,
                         .date_field = UINT32_MAX };
    rule_copy_id(rec, F_ID, out->id, &has);
    rule_copy_id(rec, F_automation_rule__run_as_id, out->run_as, &out->has_run_as);
    rule_copy_id(rec, F_automation_rule__schedule_id, out->schedule, &has);
    while (trigger && out->trigger < ACRM__TRIGGER_EVENT &&
           strcmp(rule_triggers[out->trigger], trigger) != 0)
        out->trigger++;
    if (entity)
        out->entity = acrm__registry_entity(call->session->registry, entity, strlen(entity));
    if (out->entity && date_field)
        out->date_field = acrm__entity_field(out->entity, date_field, strlen(date_field));
    out->name = rule_copy(arena, acrm__text(rec, F_automation_rule__name));
    out->zone = rule_copy(arena, acrm__text(rec, F_automation_rule__zone));
    out->event_type = rule_event_type(arena, out, acrm__text(rec, F_automation_rule__event_type));
    int32_t st = rule_json(call, rec, F_automation_rule__condition, arena, &condition);
    if (st == ACRM_OK)
        st = rule_json(call, rec, F_automation_rule__fields, arena, &fields);
    if (st == ACRM_OK)
        st = rule_json(call, rec, F_automation_rule__actions, arena, &actions);
    if (st == ACRM_OK && !rule_split(arena, condition, &out->condition, &out->old))
        st = acrm__nomem(call);
    out->fields = acrm_value_count(fields) > 0 ? fields : NULL;
    out->actions = actions;
    parse.arena = arena;
    parse.as_system = true;
    if (st == ACRM_OK)
        st = rule_node(&parse, out, out->condition, &out->where);
    return st == ACRM_OK ? rule_node(&parse, out, out->old, &out->where_old) : st;
}

int32_t acrm__rule_load(acrm__call *call, const unsigned char id[16], acrm__rule *out)
{
    acrm__call system = *call;
    acrm__rec *rec;

    system.as_system = true;
    int32_t st = acrm__load(&system, "automation_rule", id, "id", &rec);
    return st == ACRM_OK ? rule_parse(&system, rec, call->arena, out) : st;
}

/* --- The rules in force --- */

static int rule_order(const void *a, const void *b)
{
    const acrm__rule *x = *(const acrm__rule *const *)a, *y = *(const acrm__rule *const *)b;
    int by_type = strcmp(x->event_type, y->event_type);

    if (by_type != 0)
        return by_type;
    if (x->priority != y->priority)
        return x->priority < y->priority ? -1 : 1;
    return memcmp(x->id, y->id, sizeof x->id); /* ids are in order of creation */
}

static int32_t rule_fill(acrm__call *call, acrm__arena *arena, rule_set *set)
{
    const acrm__term active = { F_automation_rule__active, ACRM_FILTER_EQ, acrm__cell_int(1) };
    acrm__recs found;

    int32_t st = acrm__find(call, &(acrm__select){ .entity = "automation_rule", .terms = &active,
                                                   .n_terms = 1, .as_system = true }, &found);
    if (st != ACRM_OK)
        return st;
    set->rules = acrm__arena_array(arena, found.count + 1, sizeof *set->rules);
    acrm__rule *rules = acrm__arena_array(arena, found.count + 1, sizeof *rules);
    if (!set->rules || !rules)
        return acrm__nomem(call);
    for (size_t i = 0; i < found.count; i++) {
        acrm_error *err = NULL;
        acrm__call parse = *call;
        parse.err = &err;
        st = rule_parse(&parse, found.items[i], arena, &rules[i]);
        acrm_error_free(err);
        if (st == ACRM_E_NOMEM)
            return acrm__nomem(call);
        /* One that no longer fits, since a field was retired, stands still. */
        if (st == ACRM_OK && rules[i].event_type)
            set->rules[set->n++] = &rules[i];
    }
    if (set->n)
        qsort(set->rules, set->n, sizeof *set->rules, rule_order);
    return ACRM_OK;
}

int32_t acrm__rules_of(acrm__call *call, const char *type, const acrm__rule *const **out,
                       size_t *n)
{
    acrm__keep *keep;
    size_t low = 0, high;
    int32_t st = acrm__keep_open(call, rule_keep, &keep);

    *n = 0;
    if (st == ACRM_OK && !keep->data) {
        rule_set *fresh = acrm__arena_zero(&keep->arena, sizeof *fresh);
        st = fresh ? rule_fill(call, &keep->arena, fresh) : acrm__nomem(call);
        if (st == ACRM_OK)
            keep->data = fresh;
    }
    if (st != ACRM_OK)
        return st;
    const rule_set *set = keep->data;
    for (high = set->n; low < high;) { /* the first of this type */
        size_t middle = low + (high - low) / 2;
        if (strcmp(set->rules[middle]->event_type, type) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    *out = set->rules + low;
    while (low + *n < set->n && strcmp(set->rules[low + *n]->event_type, type) == 0)
        ++*n;
    return ACRM_OK;
}

/* --- Whether it fits --- */

static int32_t rule_holds(acrm__call *call, const acrm__rec *rec, const acrm_value *filter,
                          const acrm_filter_node *node, bool *out)
{
    if (node)
        return acrm__matches(call, rec, node, out);
    return acrm__holds(call, rec, filter, out);
}

int32_t acrm__rule_fits(acrm__call *call, const acrm__firing *firing, bool *out)
{
    const acrm__rule *rule = firing->rule;
    acrm__rec old = { .entity = rule->entity };
    int32_t st = ACRM_OK;

    *out = true;
    if (firing->record && rule->condition)
        st = rule_holds(call, firing->record, rule->condition, rule->where, out);
    if (st != ACRM_OK || !*out || !rule->old)
        return st;
    *out = firing->before != NULL;
    if (!*out)
        return ACRM_OK;
    old.cells = acrm__cells_copy(call->arena, firing->before, rule->entity->n_fields);
    return old.cells ? rule_holds(call, &old, rule->old, rule->where_old, out)
                     : acrm__nomem(call);
}

static bool rule_field_changed(const acrm__firing *firing)
{
    const acrm__rule *rule = firing->rule;

    for (size_t i = 0; i < acrm_value_count(rule->fields); i++) {
        size_t len;
        const char *name = acrm_value_text(acrm_value_at(rule->fields, i), &len);
        uint32_t n = name ? acrm__entity_field(rule->entity, name, len) : UINT32_MAX;
        if (n != UINT32_MAX &&
            !acrm__cell_equal(&firing->before[n], &firing->record->cells[n]))
            return true;
    }
    return false;
}

int32_t acrm__rule_awaits(acrm__call *call, const acrm__firing *firing, bool *out)
{
    const acrm__rule *rule = firing->rule;
    acrm__rec old = { .entity = rule->entity };
    bool held = false;

    *out = true;
    if (rule->trigger != ACRM__TRIGGER_CHANGED || !firing->before || !firing->record)
        return ACRM_OK;
    if (rule->fields) {
        *out = rule_field_changed(firing);
        return ACRM_OK;
    }
    if (rule->old || !rule->condition)
        return ACRM_OK;
    old.cells = acrm__cells_copy(call->arena, firing->before, rule->entity->n_fields);
    if (!old.cells)
        return acrm__nomem(call);
    int32_t st = rule_holds(call, &old, rule->condition, rule->where, &held);
    *out = !held; /* it has come to hold */
    return st;
}

/* --- Writing one --- */

static int32_t rule_check_names(acrm__call *call, const acrm__rec *rec, const acrm__rule *rule,
                                acrm_value *faults)
{
    const char *entity = acrm__text(rec, F_automation_rule__entity);
    bool about = rule->trigger <= ACRM__TRIGGER_DATE;
    int32_t st = ACRM_OK;

    (void)call;
    if (entity && !rule->entity)
        return acrm__fault(faults, "/entity", "reference", "there is no entity %.64s", entity);
    if (about && !entity)
        return acrm__fault(faults, "/entity", "required", "say which records it is about");
    if (rule->entity && rule->entity->def->flags & ACRM__NO_AUDIT && about)
        return acrm__fault(faults, "/entity", "contradiction",
                           "changes of %.64s raise no events", entity);
    if (rule->trigger == ACRM__TRIGGER_EVENT && !rule->event_type)
        st = acrm__fault(faults, "/event_type", "required", "say which type of event");
    if (rule->trigger == ACRM__TRIGGER_SCHEDULE &&
        acrm__is_null(rec, F_automation_rule__schedule_id))
        st = acrm__fault(faults, "/schedule_id", "required", "say which schedule");
    if (st == ACRM_OK && rule->trigger == ACRM__TRIGGER_DATE) {
        int32_t type = rule->date_field == UINT32_MAX
                           ? 0 : rule->entity->fields[rule->date_field].def.type;
        if (type != ACRM__T_DATE && type != ACRM__T_INSTANT)
            st = acrm__fault(faults, "/date_field", "unknown_field",
                             "name a date or an instant of %.64s", entity);
        else if (rule->yearly && type != ACRM__T_DATE)
            st = acrm__fault(faults, "/every_year", "contradiction",
                             "a date comes again every year, an instant does not");
    }
    return st;
}

static int32_t rule_check_fields(acrm__call *call, const acrm__rule *rule, acrm_value *faults)
{
    int32_t st = ACRM_OK;

    if (rule->fields && (rule->trigger != ACRM__TRIGGER_CHANGED || !rule->entity))
        return acrm__fault(faults, "/fields", "contradiction", "fields belong to changed only");
    for (size_t i = 0; st == ACRM_OK && i < acrm_value_count(rule->fields); i++) {
        size_t len;
        const char *name = acrm_value_text(acrm_value_at(rule->fields, i), &len);
        const char *place = acrm__arena_format(call->arena, "/fields/%zu", i);
        if (!place)
            return ACRM_E_NOMEM;
        if (!name || acrm__entity_field(rule->entity, name, len) == UINT32_MAX)
            st = acrm__fault(faults, place, "unknown_field", "there is no such field");
    }
    return st;
}

static int32_t rule_check_condition(acrm__call *call, const acrm__rule *rule, acrm_value *faults)
{
    int32_t st = ACRM_OK;

    if ((rule->condition || rule->old) && !rule->entity)
        return acrm__fault(faults, "/condition", "contradiction",
                           "a condition is about a record; name its entity");
    if (rule->condition)
        st = acrm__filter_faults(call, rule->entity, rule->condition, "/condition", faults);
    if (st == ACRM_OK && rule->old && rule->trigger != ACRM__TRIGGER_CHANGED)
        st = acrm__fault(faults, "/condition/$old", "contradiction",
                         "only what changed was something else before");
    else if (st == ACRM_OK && rule->old)
        st = acrm__filter_faults(call, rule->entity, rule->old, "/condition/$old", faults);
    return st;
}

/* A change that is not parsed: rule_parse would stop at the first fault of a filter. */
static int32_t rule_read(acrm__call *call, const acrm__rec *rec, acrm__rule *rule)
{
    acrm__rec bare = *rec;
    acrm_value *condition;

    bare.cells = acrm__cells_copy(call->arena, rec->cells, rec->entity->n_fields);
    if (!bare.cells)
        return acrm__nomem(call);
    bare.cells[F_automation_rule__condition] = acrm__cell_null();
    int32_t st = rule_parse(call, &bare, call->arena, rule);
    if (st == ACRM_OK)
        st = rule_json(call, rec, F_automation_rule__condition, call->arena, &condition);
    if (st == ACRM_OK && condition && acrm_value_type(condition) != ACRM_MAP)
        return acrm__fail(call, ACRM_E_INVALID, "type", "/condition",
                          "a condition is an object: a filter");
    if (st == ACRM_OK && !rule_split(call->arena, condition, &rule->condition, &rule->old))
        st = acrm__nomem(call);
    return st;
}

int32_t acrm__rule_write(acrm__call *call, acrm__rec *rec, const acrm__rec *before)
{
    acrm_value *faults = acrm__value_in(call->arena);
    acrm_value event = { .type = ACRM_MAP };
    acrm_zone *zone = NULL;
    acrm__rule rule;

    (void)before;
    if (acrm__is_null(rec, F_automation_rule__trigger) ||
        acrm__is_null(rec, F_automation_rule__actions))
        return ACRM_OK; /* refused next, by name */
    if (!faults || acrm_value_set_list(faults) != ACRM_OK)
        return acrm__nomem(call);
    int32_t st = rule_read(call, rec, &rule);
    const acrm__scene scene = { .entity = rule.entity, .event = &event };
    if (st == ACRM_OK)
        st = rule_check_names(call, rec, &rule, faults);
    if (st == ACRM_OK)
        st = rule_check_fields(call, &rule, faults);
    if (st == ACRM_OK)
        st = rule_check_condition(call, &rule, faults);
    if (st == ACRM_OK)
        st = acrm__actions_check(call, &scene, rule.actions, "/actions", faults);
    if (st == ACRM_OK && acrm_value_count(faults) > 0)
        return acrm__error_fields(call->err, ACRM_E_INVALID, faults);
    if (st == ACRM_OK)
        st = acrm__zone_open(call, rule.zone, "/zone", &zone);
    acrm_zone_free(zone);
    if (st == ACRM_OK)
        st = acrm__sweep_plan(call, rec);
    if (st == ACRM_OK)
        st = acrm__run_sweep_start(call);
    if (st == ACRM_E_NOMEM)
        return acrm__nomem(call);
    return st == ACRM_OK ? acrm__keep_outdate(call, rule_keep) : st;
}
