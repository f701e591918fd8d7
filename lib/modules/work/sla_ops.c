/* SPDX-License-Identifier: MIT */
/* Watching a record, telling what happens to it, stop points. */
#include "modules/work/sla.h"

#include "base/civil.h"

#include <string.h>

/* --- What operations begin and end with --- */

/* When it happened: now, or earlier than that, but not before the record was watched. */
static int32_t ops_at(acrm__call *call, int64_t started, int64_t *at)
{
    if (!acrm__arg_time(call, "at", at))
        *at = call->now > started ? call->now : started;
    else if (*at > call->now)
        return acrm__fail(call, ACRM_E_INVALID, "range", "at", "at lies in the future");
    if (*at < started)
        return acrm__fail(call, ACRM_E_INVALID, "range", "at",
                          "at lies before the service levels of this record began");
    return ACRM_OK;
}

static int32_t ops_item(acrm__call *call, acrm__rec **item)
{
    unsigned char id[16];

    if (!acrm__arg_id(call, "id", id))
        return acrm__fail(call, ACRM_E_INVALID, "required", "id", "id is required");
    return acrm__sla_find(call, id, "id", item);
}

static int32_t ops_answer(acrm__call *call, const acrm__rec *item)
{
    const char *next = acrm__is_null(item, F_sla_item__next_at)
                           ? NULL : acrm__instant_text(call, acrm__int(item, F_sla_item__next_at));
    bool ok = acrm__put_text(call->out, "item_id", acrm__id_text(call, acrm__id(item, F_ID))) &&
              acrm__put_text(call->out, "state", acrm__text(item, F_sla_item__state)) &&
              acrm__put_text(call->out, "next_at", next);

    return ok ? ACRM_OK : acrm__nomem(call);
}

static int32_t ops_number(acrm__call *call, acrm__rec *item, int64_t *number)
{
    (void)call;
    *number = acrm__int(item, F_sla_item__last_number) + 1;
    acrm__set(item, F_sla_item__last_number, acrm__cell_int(*number));
    return ACRM_OK;
}

/* --- sla.start --- */

static int32_t ops_subject(acrm__call *call, const char *entity, unsigned char id[16],
                           acrm__rec **out)
{
    if (!acrm__entity_of(call, entity))
        return acrm__fail(call, ACRM_E_INVALID, "reference", "entity",
                          "there is no entity %.64s", entity);
    return acrm__arg_id(call, "id", id)
               ? acrm__load(call, entity, id, "id", out)
               : acrm__fail(call, ACRM_E_INVALID, "required", "id", "id is required");
}

static int32_t ops_policy(acrm__call *call, const char *entity, const unsigned char id[16],
                          acrm__rec **out)
{
    unsigned char policy[16];
    int32_t st;

    if (acrm__arg_id(call, "policy_id", policy))
        st = acrm__load(call, "sla_policy", policy, "policy_id", out);
    else
        st = acrm__sla_choose(call, entity, id, out);
    if (st == ACRM_OK && !*out)
        st = acrm__fail(call, ACRM_E_NOTFOUND, "policy", "entity",
                        "there is no service level policy for %.64s; make one by sla_policy.create",
                        entity);
    if (st == ACRM_OK && strcmp(acrm__text(*out, F_sla_policy__entity), entity) != 0)
        st = acrm__fail(call, ACRM_E_INVALID, "entity", "policy_id",
                        "the policy is about %.64s", acrm__text(*out, F_sla_policy__entity));
    return st;
}

/* A priority that is not given is the record's own, if it has one. */
static const char *ops_priority(acrm__call *call, const acrm__rec *subject)
{
    const char *given = acrm__arg_text(call, "priority");
    uint32_t field = acrm__field_of(subject->entity, "priority");

    if (given || field == UINT32_MAX || acrm__storage_type(&subject->entity->fields[field].def) !=
                                            ACRM_CELL_TEXT)
        return given;
    return acrm__text(subject, field);
}

static acrm_cell ops_dealer(const acrm__rec *subject)
{
    return subject->entity->dealer == UINT32_MAX ? acrm__cell_null()
                                                 : subject->cells[subject->entity->dealer];
}

static int32_t ops_begin(acrm__call *call, const acrm__rec *subject, const acrm__rec *policy,
                         int64_t at, acrm__rec **out)
{
    acrm__rec *terms = NULL, *item = acrm__new(call, "sla_item");
    const char *priority = ops_priority(call, subject);

    if (!item)
        return acrm__nomem(call);
    int32_t st = acrm__sla_newest(call, acrm__id(policy, F_ID), &terms);
    if (st == ACRM_OK && !terms)
        st = acrm__fail(call, ACRM_E_NOTFOUND, "policy", "policy_id", "the policy has no terms");
    if (st != ACRM_OK)
        return st;
    acrm__set(item, F_sla_item__entity, acrm__cell_text(subject->entity->def->name));
    acrm__set(item, F_sla_item__subject_id, subject->cells[F_ID]);
    acrm__set(item, F_sla_item__dealer_id, ops_dealer(subject));
    acrm__set(item, F_sla_item__policy_id, policy->cells[F_ID]);
    acrm__set(item, F_sla_item__terms_id, terms->cells[F_ID]);
    acrm__set(item, F_sla_item__priority, acrm__cell_text(priority));
    acrm__set(item, F_sla_item__started_at, acrm__cell_int(at));
    st = acrm__insert(call, item);
    if (st == ACRM_OK)
        st = acrm__sla_record(call, item,
                              &(acrm__sla_entry){ .kind = ACRM_SLA_CREATED, .at = at,
                                                  .priority = priority,
                                                  .terms = acrm__id(terms, F_ID),
                                                  .until = ACRM_SLA_NONE });
    /* Written: from here on it is changed like any other. */
    if (st == ACRM_OK)
        st = acrm__load(call, "sla_item", acrm__id(item, F_ID), "id", out);
    return st;
}

int32_t acrm__sla_op_start(acrm__call *call)
{
    acrm__call system = *call;
    const char *entity = acrm__arg_text(call, "entity");
    acrm__rec *subject = NULL, *policy = NULL, *item = NULL;
    unsigned char id[16];
    int64_t at = 0;

    system.as_system = true;
    int32_t st = ops_subject(call, entity, id, &subject);
    if (st == ACRM_OK)
        st = acrm__sla_find(&system, id, NULL, &item);
    if (st == ACRM_OK && item)
        st = acrm__fail(call, ACRM_E_CONFLICT, "started", "id",
                        "the service levels of this record are watched already");
    if (st == ACRM_OK)
        st = ops_policy(&system, entity, id, &policy);
    if (st == ACRM_OK)
        st = ops_at(call, ACRM__INSTANT_MIN, &at);
    if (st == ACRM_OK)
        st = ops_begin(&system, subject, policy, at, &item);
    if (st == ACRM_OK)
        st = acrm__sla_sync(&system, item, false);
    if (st == ACRM_OK && !acrm__put_text(call->out, "policy_id",
                                         acrm__id_text(call, acrm__id(policy, F_ID))))
        st = acrm__nomem(call);
    return st == ACRM_OK ? ops_answer(call, item) : st;
}

/* --- sla.happen --- */

/* What was resolved for a while comes back under the terms of today. */
static int32_t ops_newest_terms(acrm__call *call, acrm__rec *item, const unsigned char *policy)
{
    acrm__rec *terms = NULL;

    int32_t st = acrm__sla_newest(call, policy, &terms);
    if (st != ACRM_OK || !terms ||
        acrm__cell_equal(&terms->cells[F_ID], &item->cells[F_sla_item__terms_id]))
        return st;
    acrm__set(item, F_sla_item__terms_id, terms->cells[F_ID]);
    return acrm__sla_record(call, item,
                            &(acrm__sla_entry){ .kind = ACRM_SLA_TERMS, .at = call->now,
                                                .terms = acrm__id(terms, F_ID),
                                                .until = ACRM_SLA_NONE });
}

/* The record may fit another policy now. */
static int32_t ops_other_policy(acrm__call *call, acrm__rec *item)
{
    acrm__rec *policy = NULL;
    int32_t st = acrm__sla_choose(call, acrm__text(item, F_sla_item__entity),
                                  acrm__id(item, F_sla_item__subject_id), &policy);

    if (st != ACRM_OK || !policy)
        return st;
    acrm__set(item, F_sla_item__policy_id, policy->cells[F_ID]);
    return ops_newest_terms(call, item, acrm__id(policy, F_ID));
}

static int32_t ops_happen(acrm__call *call, acrm__rec *item, acrm__sla_entry *entry)
{
    int32_t st = ACRM_OK;

    if (entry->kind == ACRM_SLA_PRIORITY)
        acrm__set(item, F_sla_item__priority, acrm__cell_text(entry->priority));
    if (entry->kind == ACRM_SLA_MESSAGE)
        st = ops_number(call, item, &entry->number);
    if ((entry->kind == ACRM_SLA_RESOLVED || entry->kind == ACRM_SLA_CLOSED) &&
        strcmp(acrm__text(item, F_sla_item__state), "paused") == 0)
        st = acrm__sla_pauses_end(call, item, entry->at, true);
    if (entry->kind == ACRM_SLA_REOPENED)
        st = ops_newest_terms(call, item, acrm__id(item, F_sla_item__policy_id));
    if (st == ACRM_OK && entry->kind == ACRM_SLA_TERMS)
        st = ops_other_policy(call, item);
    else if (st == ACRM_OK)
        st = acrm__sla_record(call, item, entry);
    return st == ACRM_OK ? acrm__sla_sync(call, item, false) : st;
}

int32_t acrm__sla_happen(acrm__call *call, const unsigned char subject[16], int32_t kind,
                         const char *priority, acrm__rec **item)
{
    acrm__call system = *call;
    acrm__sla_entry entry = { .kind = kind, .at = call->now, .priority = priority,
                              .until = ACRM_SLA_NONE };

    system.as_system = true;
    int32_t st = acrm__sla_find(&system, subject, NULL, item);
    return st == ACRM_OK && *item ? ops_happen(&system, *item, &entry) : st;
}

int32_t acrm__sla_op_happen(acrm__call *call)
{
    acrm__call system = *call;
    acrm__rec *item = NULL;
    unsigned char message[16];
    acrm__sla_entry entry = { .priority = acrm__arg_text(call, "priority"),
                              .until = ACRM_SLA_NONE };
    const char *kind = acrm__arg_text(call, "kind");

    system.as_system = true;
    int32_t st = ops_item(call, &item);
    if (st == ACRM_OK)
        st = ops_at(call, acrm__int(item, F_sla_item__started_at), &entry.at);
    if (st != ACRM_OK)
        return st;
    entry.kind = strcmp(kind, "policy") == 0 ? ACRM_SLA_TERMS
                                             : acrm__sla_number_of(acrm__sla_kind_names, kind);
    if (entry.kind == ACRM_SLA_PRIORITY && !entry.priority)
        return acrm__fail(call, ACRM_E_INVALID, "required", "priority", "priority is required");
    if (acrm__arg_id(call, "message_id", message))
        entry.message = message;
    st = ops_happen(&system, item, &entry);
    return st == ACRM_OK ? ops_answer(call, item) : st;
}

/* --- Stop points --- */

static int32_t ops_reason(acrm__call *call, acrm__rec **out)
{
    const char *code = acrm__arg_text(call, "reason");
    const acrm__term term = { F_stop_reason__code, ACRM_FILTER_EQ, acrm__cell_text(code) };

    int32_t st = acrm__find_one(call, &(acrm__select){ .entity = "stop_reason", .terms = &term,
                                                       .n_terms = 1, .as_system = true }, out);
    if (st == ACRM_OK && (!*out || !acrm__int(*out, F_stop_reason__active)))
        st = acrm__fail(call, ACRM_E_INVALID, "reference", "reason",
                        "there is no stop reason %.64s in use", code);
    return st;
}

/* When the pause ends by itself: what was asked for, but no later than the reason's maximum. */
static int32_t ops_until(acrm__call *call, const acrm__rec *item, const acrm__rec *reason,
                         int64_t from, int64_t *until)
{
    int64_t asked = ACRM_SLA_NONE, maximum = ACRM_SLA_NONE;
    int64_t amount = acrm__int(reason, F_stop_reason__maximum) * ACRM__SECOND_US;
    acrm__sla_book *book = NULL;

    if (acrm__arg_time(call, "until", &asked) && asked <= from)
        return acrm__fail(call, ACRM_E_INVALID, "range", "until",
                          "until must lie behind the beginning of the pause");
    if (amount > 0 && strcmp(acrm__text(reason, F_stop_reason__counts), "business") == 0) {
        int32_t st = acrm__sla_book_of(call, acrm__id(item, F_sla_item__terms_id), &book);
        if (st != ACRM_OK)
            return st;
        if (acrm_calendar_add(book->terms.calendar, from, amount, &maximum) != ACRM_OK)
            maximum = ACRM_SLA_NONE;
    } else if (amount > 0) {
        maximum = from + amount;
    }
    *until = asked == ACRM_SLA_NONE || (maximum != ACRM_SLA_NONE && maximum < asked) ? maximum
                                                                                     : asked;
    return ACRM_OK;
}

static int32_t ops_pause_begins(acrm__call *call, acrm__rec *item, const acrm__rec *reason,
                                const acrm__rec *pause)
{
    const acrm_value *clocks = NULL;
    acrm__sla_entry entry = {
        .kind = ACRM_SLA_PAUSED, .at = acrm__int(pause, F_sla_pause__from_at),
        .number = acrm__int(pause, F_sla_pause__number),
        .until = acrm__is_null(pause, F_sla_pause__until) ? ACRM_SLA_NONE
                                                          : acrm__int(pause, F_sla_pause__until),
    };

    int32_t st = acrm__work_json(call, reason, F_stop_reason__clocks, &clocks);
    if (st == ACRM_OK)
        st = acrm__sla_mask(call, clocks, "clocks", &entry.clocks);
    if (st == ACRM_OK)
        st = acrm__sla_record(call, item, &entry);
    return st == ACRM_OK ? acrm__sla_sync(call, item, false) : st;
}

static int32_t ops_pause_new(acrm__call *call, acrm__rec *item, const acrm__rec *reason,
                             int64_t from, acrm__rec **out)
{
    bool asks = acrm__int(reason, F_stop_reason__needs_approval) != 0;
    acrm__rec *pause = acrm__new(call, "sla_pause");
    int64_t number = 0, until = ACRM_SLA_NONE;

    if (!pause)
        return acrm__nomem(call);
    int32_t st = ops_until(call, item, reason, from, &until);
    if (st == ACRM_OK)
        st = ops_number(call, item, &number);
    if (st != ACRM_OK)
        return st;
    acrm__set(pause, F_sla_pause__item_id, item->cells[F_ID]);
    acrm__set(pause, F_sla_pause__reason_id, reason->cells[F_ID]);
    acrm__set(pause, F_sla_pause__number, acrm__cell_int(number));
    acrm__set(pause, F_sla_pause__state, acrm__cell_text(asks ? "requested" : "running"));
    acrm__set(pause, F_sla_pause__from_at, acrm__cell_int(from));
    if (until != ACRM_SLA_NONE)
        acrm__set(pause, F_sla_pause__until, acrm__cell_int(until));
    acrm__set(pause, F_sla_pause__asked_by_id, acrm__cell_id(acrm__actor(call)));
    acrm__set(pause, F_sla_pause__note, acrm__cell_text(acrm__arg_text(call, "note")));
    *out = pause;
    st = acrm__insert(call, pause);
    if (st == ACRM_OK && asks)
        st = acrm__update(call, item); /* its last number */
    return st == ACRM_OK && !asks ? ops_pause_begins(call, item, reason, pause) : st;
}

static int32_t ops_pause_answer(acrm__call *call, const acrm__rec *item, const acrm__rec *pause)
{
    const char *until = acrm__is_null(pause, F_sla_pause__until)
                            ? NULL : acrm__instant_text(call, acrm__int(pause, F_sla_pause__until));
    bool ok = acrm__put_text(call->out, "pause_id", acrm__id_text(call, acrm__id(pause, F_ID))) &&
              acrm__put_text(call->out, "pause_state", acrm__text(pause, F_sla_pause__state)) &&
              acrm__put_text(call->out, "until", until);

    return ok ? ops_answer(call, item) : acrm__nomem(call);
}

int32_t acrm__sla_op_pause(acrm__call *call)
{
    acrm__call system = *call;
    acrm__rec *item = NULL, *reason = NULL, *pause = NULL;
    int64_t from = 0;

    system.as_system = true;
    int32_t st = ops_item(call, &item);
    if (st == ACRM_OK && !acrm__int(item, F_sla_item__open))
        st = acrm__fail(call, ACRM_E_CONFLICT, "state", "id",
                        "the record is resolved: no clock runs");
    if (st == ACRM_OK)
        st = ops_reason(call, &reason);
    if (st == ACRM_OK)
        st = ops_at(call, acrm__int(item, F_sla_item__started_at), &from);
    if (st == ACRM_OK)
        st = ops_pause_new(&system, item, reason, from, &pause);
    return st == ACRM_OK ? ops_pause_answer(call, item, pause) : st;
}

/* --- sla.resume --- */

static int32_t ops_running(acrm__call *call, const acrm__rec *item, acrm__recs *out)
{
    const acrm__term terms[] = {
        { F_sla_pause__item_id, ACRM_FILTER_EQ, item->cells[F_ID] },
        { F_sla_pause__state, ACRM_FILTER_EQ, acrm__cell_text("running") },
    };

    return acrm__find(call, &(acrm__select){ .entity = "sla_pause", .terms = terms, .n_terms = 2,
                                             .as_system = true }, out);
}

int32_t acrm__sla_op_resume(acrm__call *call)
{
    acrm__call system = *call;
    acrm__rec *item = NULL;
    acrm__recs running = { NULL, 0 };
    unsigned char only[16];
    bool one = acrm__arg_id(call, "pause_id", only);
    acrm__sla_entry entry = { .kind = ACRM_SLA_RESUMED, .until = ACRM_SLA_NONE };
    size_t ended = 0;

    system.as_system = true;
    int32_t st = ops_item(call, &item);
    if (st == ACRM_OK)
        st = ops_at(call, acrm__int(item, F_sla_item__started_at), &entry.at);
    if (st == ACRM_OK)
        st = ops_running(&system, item, &running);
    for (size_t i = 0; i < running.count && st == ACRM_OK; i++) {
        acrm__rec *pause = running.items[i];
        if ((one && memcmp(acrm__id(pause, F_ID), only, 16) != 0) ||
            acrm__int(pause, F_sla_pause__from_at) > entry.at)
            continue;
        acrm__set(pause, F_sla_pause__state, acrm__cell_text("ended"));
        acrm__set(pause, F_sla_pause__ended_at, acrm__cell_int(entry.at));
        st = acrm__update(&system, pause);
        entry.number = acrm__int(pause, F_sla_pause__number);
        if (st == ACRM_OK)
            st = acrm__sla_record(&system, item, &entry);
        ended++;
    }
    if (st == ACRM_OK && ended == 0)
        st = acrm__fail(call, ACRM_E_CONFLICT, "state", "id", "no such stop point is in force");
    if (st == ACRM_OK)
        st = acrm__sla_sync(&system, item, false);
    return st == ACRM_OK ? ops_answer(call, item) : st;
}

/* --- sla.approve --- */

int32_t acrm__sla_op_approve(acrm__call *call)
{
    acrm__call system = *call;
    acrm__rec *pause = NULL, *item = NULL, *reason = NULL;
    const unsigned char *actor = acrm__actor(call);
    bool agreed = acrm__arg_bool(call, "approve", true);

    system.as_system = true;
    int32_t st = acrm__load_arg(call, "sla_pause", "id", &pause);
    if (st != ACRM_OK)
        return st;
    if (strcmp(acrm__text(pause, F_sla_pause__state), "requested") != 0)
        return acrm__fail(call, ACRM_E_CONFLICT, "state", "id",
                          "nobody is asked about this stop point: it is %s",
                          acrm__text(pause, F_sla_pause__state));
    if (actor && !acrm__is_null(pause, F_sla_pause__asked_by_id) &&
        memcmp(actor, acrm__id(pause, F_sla_pause__asked_by_id), 16) == 0)
        return acrm__fail(call, ACRM_E_DENIED, "four_eyes", "id",
                          "somebody else than who asked must decide");
    st = acrm__load(&system, "sla_item", acrm__id(pause, F_sla_pause__item_id), "id", &item);
    if (st == ACRM_OK)
        st = acrm__load(&system, "stop_reason", acrm__id(pause, F_sla_pause__reason_id), "id",
                        &reason);
    if (st != ACRM_OK)
        return st;
    acrm__set(pause, F_sla_pause__state, acrm__cell_text(agreed ? "running" : "refused"));
    acrm__set(pause, F_sla_pause__decided_by_id, acrm__cell_id(actor));
    acrm__set(pause, F_sla_pause__decided_at, acrm__cell_int(call->now));
    st = acrm__update(&system, pause);
    if (st == ACRM_OK && agreed)
        st = ops_pause_begins(&system, item, reason, pause);
    return st == ACRM_OK ? ops_pause_answer(call, item, pause) : st;
}

/* --- sla.recompute --- */

int32_t acrm__sla_op_recompute(acrm__call *call)
{
    acrm__call system = *call;
    acrm__rec *item = NULL;

    system.as_system = true;
    int32_t st = ops_item(call, &item);
    if (st == ACRM_OK)
        st = acrm__sla_sync(&system, item, false);
    return st == ACRM_OK ? ops_answer(call, item) : st;
}
