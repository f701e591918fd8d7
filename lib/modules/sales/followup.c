/* SPDX-License-Identifier: MIT */
/* Following up: contacts and attempts, levels, the automatic activity, neglect. */
#include "modules/sales/cadence_engine.h"
#include "modules/sales/sales.h"

#include "base/civil.h"

/* --- The automatic activity --- */

static bool followup_wanted(const acrm__rec *lead)
{
    return acrm__sales_open(lead) && acrm__id(lead, F_lead__owner_id) &&
           !acrm__is_null(lead, F_lead__next_contact_at);
}

static int32_t followup_find(acrm__call *call, const acrm__rec *lead, acrm__rec **out)
{
    const acrm__term terms[] = {
        { F_activity__lead_id, ACRM_FILTER_EQ, lead->cells[F_ID] },
        { F_activity__status, ACRM_FILTER_EQ, acrm__cell_text("open") },
        { F_activity__automatic, ACRM_FILTER_EQ, acrm__cell_int(1) },
    };

    return acrm__find_one(call, &(acrm__select){ .entity = "activity", .terms = terms,
                                                 .n_terms = 3, .as_system = true }, out);
}

static void followup_place(acrm__rec *activity, const acrm__rec *lead)
{
    acrm__set(activity, F_activity__due_at, lead->cells[F_lead__next_contact_at]);
    acrm__set(activity, F_activity__owner_id, lead->cells[F_lead__owner_id]);
    acrm__set(activity, F_activity__dealer_id, lead->cells[F_lead__dealer_id]);
}

static int32_t followup_new(acrm__call *call, const acrm__rec *lead)
{
    acrm__rec *activity = acrm__new(call, "activity");
    const char *subject = acrm__text(lead, F_lead__subject);

    if (!activity)
        return acrm__nomem(call);
    acrm__set(activity, F_activity__customer_id, lead->cells[F_lead__customer_id]);
    acrm__set(activity, F_activity__lead_id, lead->cells[F_ID]);
    acrm__set(activity, F_activity__kind, acrm__cell_text("follow_up"));
    acrm__set(activity, F_activity__subject, acrm__cell_text(subject ? subject : "Follow up"));
    acrm__set(activity, F_activity__automatic, acrm__cell_int(1));
    followup_place(activity, lead);
    return acrm__insert(call, activity);
}

static bool followup_moved(const acrm__rec *lead)
{
    return acrm__changed(lead, F_lead__contacts) || acrm__changed(lead, F_lead__next_contact_at) ||
           acrm__changed(lead, F_lead__owner_id) || acrm__changed(lead, F_DELETED_AT);
}

int32_t acrm__sales_follow_up(acrm__call *call, const acrm__rec *lead, const acrm__rec *before)
{
    acrm__call system = acrm__sales_system(call);
    acrm__rec *activity = NULL;
    bool met = before && acrm__changed(lead, F_lead__contacts);
    bool had = before && followup_wanted(before);
    int32_t st = ACRM_OK;

    if ((before && !followup_moved(lead)) || (!had && !followup_wanted(lead)))
        return ACRM_OK;
    if (had)
        st = followup_find(&system, lead, &activity);
    if (st == ACRM_OK && activity && (met || !followup_wanted(lead))) {
        acrm__set(activity, F_activity__status, acrm__cell_text(met ? "done" : "cancelled"));
        if (met)
            acrm__set(activity, F_activity__done_at, acrm__cell_int(call->now));
        st = acrm__update(&system, activity);
        activity = NULL;
    }
    if (st != ACRM_OK || !followup_wanted(lead))
        return st;
    if (!activity)
        return followup_new(&system, lead);
    followup_place(activity, lead);
    return acrm__update(&system, activity);
}

/* --- Contacts and attempts --- */

static int32_t followup_interaction(acrm__call *call, const acrm__rec *lead,
                                    const acrm__sales_contact *contact)
{
    acrm__rec *rec = acrm__new(call, "interaction");
    const struct {
        const char *field;
        acrm_cell value;
    } set[] = {
        { "customer_id", lead->cells[F_lead__customer_id] },
        { "at", acrm__cell_int(call->now) },
        { "channel", acrm__cell_text(contact->channel) },
        { "direction", acrm__cell_text(contact->direction) },
        { "subject", lead->cells[F_lead__subject] },
        { "body", acrm__cell_text(contact->notes) },
        { "outcome", acrm__cell_text(contact->outcome) },
        { "effective", acrm__cell_int(contact->effective) },
        { "dealer_id", lead->cells[F_lead__dealer_id] },
        { "user_id", acrm__cell_id(acrm__actor(call)) },
        { "subject_entity", acrm__cell_text("lead") },
        { "subject_id", lead->cells[F_ID] },
    };

    if (!rec)
        return acrm__nomem(call);
    for (size_t i = 0; i < sizeof set / sizeof set[0]; i++)
        acrm__set(rec, acrm__field_of(rec->entity, set[i].field), set[i].value);
    return acrm__insert(call, rec);
}

/* Whoever reaches the customer has taken the lead. */
static int32_t followup_taken(acrm__call *call, acrm__rec *lead)
{
    int32_t st = ACRM_OK;

    if (acrm__sales_is(lead, F_lead__status, "offered")) {
        st = acrm__sales_answer_offer(call, lead, "pending", "accepted", NULL);
        if (st == ACRM_OK)
            st = acrm__timer_cancel(call, "lead.accept_by", acrm__id(lead, F_ID));
        acrm__set(lead, F_lead__accept_by, acrm__cell_null());
        acrm__set(lead, F_lead__accepted_at, acrm__cell_int(call->now));
    }
    acrm__set(lead, F_lead__status, acrm__cell_text("working"));
    return st;
}

static int32_t followup_reached(acrm__call *call, acrm__rec *lead)
{
    if (acrm__is_null(lead, F_lead__first_contact_at))
        acrm__set(lead, F_lead__first_contact_at, acrm__cell_int(call->now));
    acrm__set(lead, F_lead__last_contact_at, acrm__cell_int(call->now));
    acrm__set(lead, F_lead__contacts, acrm__cell_int(acrm__int(lead, F_lead__contacts) + 1));
    acrm__set(lead, F_lead__attempts, acrm__cell_int(0));
    acrm__set(lead, F_lead__next_agreed, acrm__cell_int(0));
    acrm__set(lead, F_lead__neglected_at, acrm__cell_null());
    acrm__set(lead, F_lead__neglect_step, acrm__cell_int(0));
    return followup_taken(call, lead);
}

int32_t acrm__sales_contact_note(acrm__call *call, acrm__rec *lead,
                                 const acrm__sales_contact *contact)
{
    acrm__call system = acrm__sales_system(call);
    int32_t st = followup_interaction(&system, lead, contact);

    if (st == ACRM_OK && contact->effective)
        st = followup_reached(&system, lead);
    if (st != ACRM_OK)
        return st;
    if (!contact->effective)
        acrm__set(lead, F_lead__attempts, acrm__cell_int(acrm__int(lead, F_lead__attempts) + 1));
    if (contact->agreed) {
        acrm__set(lead, F_lead__next_contact_at, acrm__cell_int(contact->next_at));
        acrm__set(lead, F_lead__next_agreed, acrm__cell_int(1));
    }
    if (contact->level)
        acrm__set(lead, F_lead__level, acrm__cell_text(contact->level));
    return acrm__update(&system, lead);
}

int32_t acrm__sales_lead_contact(acrm__call *call)
{
    acrm__sales_contact contact = {
        .channel = acrm__arg_text(call, "channel"),
        .direction = acrm__arg_text(call, "direction"),
        .effective = acrm__arg_bool(call, "effective", true),
        .outcome = acrm__arg_text(call, "outcome"),
        .notes = acrm__arg_text(call, "notes"),
        .level = acrm__arg_text(call, "level"),
    };
    acrm__rec *lead;

    int32_t st = acrm__load_arg(call, "lead", "id", &lead);
    if (st == ACRM_OK)
        st = acrm__sales_need_open(call, lead);
    if (st != ACRM_OK)
        return st;
    contact.agreed = acrm__arg_time(call, "next_at", &contact.next_at);
    if (contact.agreed && contact.next_at <= call->now)
        return acrm__fail(call, ACRM_E_INVALID, "range", "next_at",
                          "the next contact must lie in the future");
    st = acrm__sales_contact_note(call, lead, &contact);
    return st == ACRM_OK ? acrm__render(call, lead, call->out) : st;
}

/* --- Levels --- */

int32_t acrm__sales_lead_set_level(acrm__call *call)
{
    acrm__rec *lead;
    int32_t st = acrm__load_arg(call, "lead", "id", &lead);

    if (st == ACRM_OK)
        st = acrm__sales_need_open(call, lead);
    if (st != ACRM_OK)
        return st;
    acrm__set(lead, F_lead__level, acrm__cell_text(acrm__arg_text(call, "level")));
    acrm__set(lead, F_lead__level_since, acrm__cell_int(call->now)); /* confirmed, if the same */
    st = acrm__update(call, lead);
    return st == ACRM_OK ? acrm__render(call, lead, call->out) : st;
}

static int32_t followup_fall(acrm__call *call, acrm__rec *lead, const acrm__rec *level)
{
    acrm_value *data = acrm__value_in(call->arena);
    bool ok = data && acrm_value_set_map(data) == ACRM_OK &&
              acrm__put_text(data, "from", acrm__text(lead, F_lead__level)) &&
              acrm__put_text(data, "to", acrm__text(level, F_lead_level__next_if_silent));

    if (!ok)
        return acrm__nomem(call);
    acrm__set(lead, F_lead__level, level->cells[F_lead_level__next_if_silent]);
    return acrm__emit(call, "lead.level_fell", "lead", acrm__id(lead, F_ID), data);
}

/* --- Neglect --- */

static const char *const followup_steps[ACRM__CADENCE_STEPS] = { "owner", "manager", "reassign" };

static int32_t followup_raise(acrm__call *call, acrm__rec *lead, int32_t step)
{
    int64_t due = acrm__int(lead, F_lead__next_contact_at);
    acrm_value *data = acrm__value_in(call->arena);
    const unsigned char *owner = acrm__id(lead, F_lead__owner_id);
    const unsigned char *dealer = acrm__id(lead, F_lead__dealer_id);
    bool ok = data && acrm_value_set_map(data) == ACRM_OK &&
              acrm__put_int(data, "step", step) &&
              acrm__put_text(data, "to", followup_steps[step - 1]) &&
              acrm__put_text(data, "owner_id", acrm__id_text(call, owner)) &&
              acrm__put_text(data, "dealer_id", acrm__id_text(call, dealer)) &&
              acrm__put_text(data, "level", acrm__text(lead, F_lead__level)) &&
              acrm__put_text(data, "due_at", acrm__instant_text(call, due)) &&
              acrm__put_int(data, "overdue_seconds", (call->now - due) / ACRM__SECOND_US);

    if (!ok)
        return acrm__nomem(call);
    if (acrm__is_null(lead, F_lead__neglected_at))
        acrm__set(lead, F_lead__neglected_at, acrm__cell_int(call->now));
    acrm__set(lead, F_lead__neglect_step, acrm__cell_int(step));
    return acrm__emit(call, "lead.neglected", "lead", acrm__id(lead, F_ID), data);
}

int32_t acrm__sales_contact_due(acrm__call *call, const acrm__timer *timer)
{
    acrm__rec *lead = NULL, *level = NULL;
    acrm__term term = { F_ID, ACRM_FILTER_EQ, acrm__cell_id(timer->subject) };

    int32_t st = acrm__find_one(call, &(acrm__select){ .entity = "lead", .terms = &term,
                                                       .n_terms = 1 }, &lead);
    if (st != ACRM_OK || !lead || !acrm__sales_open(lead))
        return st;
    st = acrm__sales_level(call, acrm__text(lead, F_lead__level), "level", &level);
    if (st != ACRM_OK || !level)
        return st;
    acrm__cadence cadence = { .neglect_after = acrm__int(level, F_lead_level__neglect_after) };
    int64_t horizon = acrm__int(level, F_lead_level__horizon) * ACRM__SECOND_US;
    int32_t step = acrm__cadence_step(&cadence, acrm__int(lead, F_lead__next_contact_at),
                                      call->now);
    bool falls = !acrm__is_null(level, F_lead_level__next_if_silent) && horizon > 0 &&
                 acrm__int(lead, F_lead__level_since) + horizon <= call->now;
    if (step <= acrm__int(lead, F_lead__neglect_step) && !falls) /* the level was changed since */
        return acrm__sales_lead_timer(call, lead, level);
    if (step > acrm__int(lead, F_lead__neglect_step))
        st = followup_raise(call, lead, step);
    if (st == ACRM_OK && falls)
        st = followup_fall(call, lead, level);
    return st == ACRM_OK ? acrm__update(call, lead) : st;
}
