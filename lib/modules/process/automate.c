/* SPDX-License-Identifier: MIT */
/*
 * Running automation rules. A rule runs in the transaction of what set it off, as a part that may
 * fail alone: its failure becomes an incident and never undoes the user's own work. A chain of
 * rules that set each other off is followed by the cause of each call: no rule runs twice for one
 * record in a chain, and a chain has an end.
 */
#include "base/json.h"
#include "modules/process/entities.h"
#include "modules/process/rule.h"

#include <string.h>

enum { AUTOMATE_CHAIN_MAX = 4, AUTOMATE_KEPT_DAYS = 90, AUTOMATE_PURGE = 1000 };

static const char automate_sweep[] = "automation.log";

/* What led to a call: the rule that ran, for which record, and what led to that. */
typedef struct automate_link {
    unsigned char rule[16], record[16];
    const struct automate_link *above;
    int32_t length;
} automate_link;

typedef struct automate_work {
    const acrm__firing *firing;
    int64_t done;
} automate_work;

static const unsigned char automate_no_record[16] = { 0 };

static const unsigned char *automate_record(const acrm__firing *firing)
{
    return firing->record ? acrm__id(firing->record, F_ID) : automate_no_record;
}

/* --- The log --- */

static int32_t automate_log(acrm__call *call, const acrm__firing *firing, const char *outcome,
                            int64_t actions, const char *error)
{
    acrm__rec *rec = acrm__new(call, "automation_run");

    if (!rec)
        return acrm__nomem(call);
    acrm__set(rec, F_automation_run__rule_id, acrm__cell_id(firing->rule->id));
    acrm__set(rec, F_automation_run__at, acrm__cell_int(call->now));
    if (firing->record) {
        acrm__set(rec, F_automation_run__entity,
                  acrm__cell_text(firing->record->entity->def->name));
        acrm__set(rec, F_automation_run__subject_id, firing->record->cells[F_ID]);
    }
    acrm__set(rec, F_automation_run__outcome, acrm__cell_text(outcome));
    acrm__set(rec, F_automation_run__actions, acrm__cell_int(actions));
    acrm__set(rec, F_automation_run__error, acrm__cell_text(error));
    return acrm__insert(call, rec);
}

static int32_t automate_purge(acrm__call *call, int64_t before, int64_t *gone)
{
    const acrm__term old = { F_automation_run__at, ACRM_FILTER_LT, acrm__cell_int(before) };
    acrm__recs found;

    int32_t st = acrm__find(call, &(acrm__select){ .entity = "automation_run", .terms = &old,
                                                   .n_terms = 1, .limit = AUTOMATE_PURGE,
                                                   .order = F_automation_run__at,
                                                   .as_system = true }, &found);
    for (size_t i = 0; st == ACRM_OK && i < found.count; i++)
        st = acrm__purge(call, found.items[i]);
    *gone = st == ACRM_OK ? (int64_t)found.count : 0;
    return st;
}

int32_t acrm__run_purge(acrm__call *call)
{
    int64_t kept = AUTOMATE_KEPT_DAYS * INT64_C(86400), gone = 0;

    (void)acrm__arg_time(call, "older_than", &kept);
    int32_t st = automate_purge(call, call->now - kept * INT64_C(1000000), &gone);
    return st == ACRM_OK && !acrm__put_int(call->out, "removed", gone) ? acrm__nomem(call) : st;
}

int32_t acrm__run_sweep_start(acrm__call *call)
{
    return acrm__timer_set(call, automate_sweep, "automation_run", automate_no_record,
                           call->now + INT64_C(86400000000), NULL);
}

/* Every day; at once again while there is much to take away. */
int32_t acrm__run_sweep(acrm__call *call, const acrm__timer *timer)
{
    int64_t day = INT64_C(86400000000), gone = 0;
    int32_t st = automate_purge(call, call->now - AUTOMATE_KEPT_DAYS * day, &gone);

    return st == ACRM_OK ? acrm__timer_set(call, timer->kind, timer->entity, timer->subject,
                                           gone == AUTOMATE_PURGE ? call->now : call->now + day,
                                           NULL)
                         : st;
}

/* --- Running one --- */

static int32_t automate_actions(acrm__call *call, void *user)
{
    automate_work *work = user;
    const acrm__firing *firing = work->firing;
    const acrm__scene scene = { .entity = firing->rule->entity, .record = firing->record,
                                .before = firing->before, .event = firing->event };

    return acrm__actions_run(call, &scene, firing->rule->actions, &work->done);
}

static int32_t automate_run(acrm__call *call, void *user)
{
    automate_work *work = user;
    const acrm__rule *rule = work->firing->rule;
    acrm__call system = *call;

    if (rule->has_run_as)
        return acrm__act_as(call, rule->run_as, automate_actions, work);
    system.as_system = true;
    return automate_actions(&system, work);
}

int32_t acrm__rule_act(acrm__call *call, const acrm__firing *firing, int64_t *done)
{
    automate_work work = { .firing = firing };
    const automate_link *above = call->cause;
    automate_link *link = acrm__arena_zero(call->arena, sizeof *link);
    acrm__call inner = *call;

    if (!link)
        return acrm__nomem(call);
    memcpy(link->rule, firing->rule->id, sizeof link->rule);
    memcpy(link->record, automate_record(firing), sizeof link->record);
    link->above = above;
    link->length = above ? above->length + 1 : 1;
    inner.cause = link;
    int32_t st = automate_run(&inner, &work);
    *done = work.done;
    return st;
}

typedef struct automate_try {
    const acrm__firing *firing;
    int64_t done;
} automate_try;

static int32_t automate_part(acrm__call *call, void *user)
{
    automate_try *attempt = user;

    return acrm__rule_act(call, attempt->firing, &attempt->done);
}

static const char *automate_guard(const acrm__call *call, const acrm__firing *firing)
{
    const automate_link *link = call->cause;

    if (link && link->length >= AUTOMATE_CHAIN_MAX)
        return "depth";
    for (; link; link = link->above)
        if (memcmp(link->rule, firing->rule->id, 16) == 0 &&
            memcmp(link->record, automate_record(firing), 16) == 0)
            return "loop";
    return NULL;
}

static int32_t automate_failed(acrm__call *call, const acrm__firing *firing,
                               const acrm_error *failure)
{
    const acrm__trouble trouble = {
        .source = "automation", .what = firing->rule->name, .rule = firing->rule->id,
        .entity = firing->record ? firing->record->entity->def->name : NULL,
        .subject = firing->record ? acrm__id(firing->record, F_ID) : NULL,
        .event = firing->event, .error = failure,
    };
    int32_t st = automate_log(call, firing, "failed", 0, acrm__trouble_text(call, failure));

    return st == ACRM_OK ? acrm__incident_open(call, &trouble) : st;
}

int32_t acrm__rule_fire(acrm__call *call, const acrm__firing *firing)
{
    const char *stopped = automate_guard(call, firing);
    automate_try attempt = { .firing = firing };
    acrm_error *failure = NULL;

    if (stopped)
        return automate_log(call, firing, stopped, 0, NULL);
    int32_t st = acrm__attempt(call, automate_part, &attempt, &failure);
    if (st == ACRM_OK && !failure)
        return automate_log(call, firing, "done", attempt.done, NULL);
    if (st == ACRM_OK)
        st = automate_failed(call, firing, failure);
    acrm_error_free(failure);
    return st;
}

/* --- What sets them off --- */

static acrm_value *automate_event(acrm__call *call, const acrm__event *event)
{
    acrm_value *map = acrm__value_in(call->arena);
    bool about = event->entity && memcmp(event->id, automate_no_record, 16) != 0;

    bool ok = map && acrm_value_set_map(map) == ACRM_OK &&
              acrm__put_text(map, "type", event->type) &&
              acrm__put_text(map, "entity", event->entity) &&
              acrm__put_text(map, "record", about ? acrm__id_text(call, event->id) : NULL) &&
              (!event->data || acrm__put_value(map, "data", event->data));
    return ok ? map : NULL;
}

/* The record of an event, loaded once for all its rules, and again when one of them wrote. */
typedef struct automate_subject {
    acrm__rec *record;
    uint64_t writes;
    bool loaded;
} automate_subject;

static int32_t automate_record_of(acrm__call *call, const acrm__event *event,
                                  const acrm__entity *entity, automate_subject *subject,
                                  acrm__rec **out)
{
    uint64_t writes = call->session->writes;
    int32_t st = ACRM_OK;

    *out = NULL;
    if (!entity || !event->entity || strcmp(entity->def->name, event->entity) != 0)
        return ACRM_OK;
    if (!subject->loaded || subject->writes != writes)
        st = acrm__load_any(call, entity, event->id, &subject->record);
    subject->loaded = true;
    subject->writes = writes;
    *out = subject->record;
    return st;
}

static int32_t automate_wanted(acrm__call *call, const acrm__firing *firing, bool *out)
{
    int32_t st = acrm__rule_fits(call, firing, out);

    return st == ACRM_OK && *out ? acrm__rule_awaits(call, firing, out) : st;
}

static int32_t automate_one(acrm__call *call, const acrm__event *event, const acrm__rule *rule,
                            automate_subject *subject)
{
    acrm__firing firing = { .rule = rule, .before = event->before };
    bool fits = !acrm__is_import(call) || rule->run_on_import;
    int32_t st = fits ? automate_record_of(call, event, rule->entity, subject, &firing.record)
                      : ACRM_OK;
    acrm__call inner = *call;
    acrm_error *failure = NULL;

    if (st != ACRM_OK || !fits || (rule->entity && !firing.record))
        return st;
    inner.err = &failure;
    st = automate_wanted(&inner, &firing, &fits);
    if (st == ACRM_OK && !fits)
        return ACRM_OK;
    firing.event = automate_event(call, event);
    if (!firing.event) {
        acrm_error_free(failure);
        return acrm__nomem(call);
    }
    if (st == ACRM_OK)
        return acrm__rule_fire(call, &firing);
    if (!acrm__is_outage(st)) /* a condition on a field that is gone: the rule's fault alone */
        st = automate_failed(call, &firing, failure);
    acrm_error_free(failure);
    return st;
}

int32_t acrm__automate(acrm__call *call, const acrm__event *event)
{
    const acrm__rule *const *rules;
    automate_subject subject = { .record = NULL };
    size_t n;
    int32_t st = acrm__rules_of(call, event->type, &rules, &n);

    for (size_t i = 0; st == ACRM_OK && i < n; i++)
        st = automate_one(call, event, rules[i], &subject);
    return st;
}

/* --- Events from outside --- */

int32_t acrm__event_raise(acrm__call *call)
{
    const char *type = acrm__arg_text(call, "type"), *entity = acrm__arg_text(call, "entity");
    unsigned char id[16] = { 0 };

    if (strncmp(type, "inbound.", 8) != 0 || type[8] == '\0')
        return acrm__fail(call, ACRM_E_INVALID, "format", "type",
                          "types of events from outside begin with inbound.");
    if (entity && !acrm__registry_entity(call->session->registry, entity, strlen(entity)))
        return acrm__fail(call, ACRM_E_INVALID, "reference", "entity",
                          "there is no entity %.64s", entity);
    bool about = acrm__arg_id(call, "record", id);
    if (about != (entity != NULL))
        return acrm__fail(call, ACRM_E_INVALID, "required", about ? "entity" : "record",
                          "entity and record go together");
    const char *kept = acrm__arena_text(call->arena, type, strlen(type));
    if (!kept)
        return acrm__nomem(call);
    int32_t st = acrm__emit(call, kept, entity, about ? id : NULL, acrm__arg(call, "data"));
    return st == ACRM_OK && !acrm__put_text(call->out, "type", type) ? acrm__nomem(call) : st;
}

/* --- As it was before --- */

int32_t acrm__before_of(acrm__call *call, const acrm__rec *rec, const acrm_value *data,
                        const acrm_cell **out)
{
    const acrm_value *changes = acrm_value_get(data, "changes");
    acrm_value *ignored = acrm__value_in(call->arena); /* of values that a field no longer takes */
    acrm_cell *cells;

    *out = NULL;
    if (!ignored || acrm_value_set_list(ignored) != ACRM_OK)
        return acrm__nomem(call);
    if (!changes)
        return ACRM_OK;
    cells = acrm__cells_copy(call->arena, rec->cells, rec->entity->n_fields);
    if (!cells)
        return acrm__nomem(call);
    for (size_t i = 0; i < acrm_value_count(changes); i++) {
        size_t len;
        const char *name = acrm_value_key(changes, i, &len);
        const acrm_value *old = acrm_value_at(acrm_value_at(changes, i), 0);
        uint32_t n = acrm__entity_field(rec->entity, name, len);
        if (n == UINT32_MAX || rec->entity->fields[n].def.type == ACRM__T_MONEY)
            continue;
        int32_t st = acrm__decode(call, &rec->entity->fields[n], old, name, &cells[n],
                                  ignored);
        if (st == ACRM_E_NOMEM)
            return acrm__nomem(call);
    }
    *out = cells;
    return ACRM_OK;
}
