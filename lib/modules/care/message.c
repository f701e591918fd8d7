/* SPDX-License-Identifier: MIT */
/* Messages of cases: what comes in, what goes out, what is said among ourselves. */
#include "modules/care/care.h"

#include "kernel/crud.h"

static void message_stamp(acrm__rec *rec, const acrm__care_note *note)
{
    bool in = strcmp(note->direction, "in") == 0;

    if (strcmp(note->direction, "internal") == 0)
        return;
    acrm__set(rec, in ? F_case__last_inbound_at : F_case__last_outbound_at,
              acrm__cell_int(note->at));
    if (in || !acrm__is_null(rec, F_case__first_response_at))
        return;
    acrm__set(rec, F_case__first_response_at, acrm__cell_int(note->at));
    if (acrm__care_is(rec, F_case__status, "new"))
        acrm__set(rec, F_case__status, acrm__cell_text("open"));
}

int32_t acrm__care_note_write(acrm__call *call, acrm__rec *rec, const acrm__care_note *note)
{
    acrm__call system = acrm__care_system(call);
    acrm__rec *message = acrm__new(call, "case_message");
    bool internal = strcmp(note->direction, "internal") == 0;
    const struct {
        uint32_t field;
        acrm_cell value;
    } set[] = {
        { F_case_message__case_id, rec->cells[F_ID] },
        { F_case_message__customer_id, rec->cells[F_case__customer_id] },
        { F_case_message__shown_to_id,
          internal ? acrm__cell_null() : rec->cells[F_case__customer_id] },
        { F_case_message__direction, acrm__cell_text(note->direction) },
        { F_case_message__channel, acrm__cell_text(note->channel) },
        { F_case_message__at, acrm__cell_int(note->at) },
        { F_case_message__user_id, acrm__cell_id(acrm__actor(call)) },
        { F_case_message__body, acrm__cell_text(note->body) },
        { F_case_message__provider, acrm__cell_text(note->provider) },
        { F_case_message__external_id, acrm__cell_text(note->external_id) },
    };

    if (!message)
        return acrm__nomem(call);
    for (size_t i = 0; i < sizeof set / sizeof set[0]; i++)
        acrm__set(message, set[i].field, set[i].value);
    message_stamp(rec, note);
    return acrm__insert(&system, message);
}

/* --- case.message, case.reply --- */

static int32_t message_load(acrm__call *call, acrm__rec **out)
{
    return acrm__load_arg(call, "case", "id", out); /* a duplicate has messages of its own */
}

static int32_t message_known(acrm__call *call, acrm__rec **out)
{
    const acrm__term terms[] = {
        { F_case_message__provider, ACRM_FILTER_EQ,
          acrm__cell_text(acrm__arg_text(call, "provider")) },
        { F_case_message__external_id, ACRM_FILTER_EQ,
          acrm__cell_text(acrm__arg_text(call, "external_id")) },
    };

    *out = NULL;
    if (!acrm__arg(call, "external_id"))
        return ACRM_OK;
    return acrm__find_one(call, &(acrm__select){ .entity = "case_message", .terms = terms,
                                                 .n_terms = 2, .as_system = true }, out);
}

static int32_t message_at(acrm__call *call, const acrm__rec *rec, int64_t *at)
{
    *at = call->now;
    if (!acrm__arg_time(call, "at", at))
        return ACRM_OK;
    if (*at > call->now)
        return acrm__fail(call, ACRM_E_INVALID, "range", "at", "at lies in the future");
    if (*at < acrm__int(rec, F_case__opened_at))
        return acrm__fail(call, ACRM_E_INVALID, "range", "at", "the case was opened later");
    return ACRM_OK;
}

/* What the customer writes wakes the case: from waiting for him, and from its end. */
static int32_t message_wake(acrm__call *call, acrm__rec *rec)
{
    acrm__rec *type;

    if (acrm__care_is(rec, F_case__status, "waiting"))
        return acrm__care_is(rec, F_case__waiting_for, "customer")
                   ? acrm__care_resume_now(call, rec) : ACRM_OK;
    if (!acrm__care_done(rec) || !acrm__is_null(rec, F_case__duplicate_of_id))
        return ACRM_OK;
    int32_t st = acrm__care_follow(call, rec, F_case__type_id, &type);
    if (st != ACRM_OK || !acrm__int(type, F_case_type__reopen_on_message))
        return st;
    bool may = acrm__care_reopen_open(call, rec, type);
    return may ? acrm__care_reopen_now(call, rec) : ACRM_OK;
}

static int32_t message_take(acrm__call *call, const char *direction)
{
    acrm__call system = acrm__care_system(call);
    acrm__care_note note = {
        .direction = acrm__care_self(call) ? "in" : direction,
        .channel = acrm__arg_text(call, "channel"), .body = acrm__arg_text(call, "body"),
        .provider = acrm__arg_text(call, "provider"),
        .external_id = acrm__arg_text(call, "external_id"),
    };
    acrm__rec *rec, *known;
    bool in = strcmp(note.direction, "in") == 0;

    int32_t st = message_load(call, &rec);
    if (st == ACRM_OK)
        st = message_known(call, &known);
    if (st == ACRM_OK && known)
        return acrm__render(call, rec, call->out);
    if (st == ACRM_OK)
        st = message_at(call, rec, &note.at);
    if (st == ACRM_OK)
        st = acrm__care_note_write(call, rec, &note);
    if (st == ACRM_OK && in)
        st = message_wake(&system, rec);
    if (st == ACRM_OK)
        st = acrm__update(&system, rec);
    if (st == ACRM_OK && strcmp(note.direction, "internal") != 0)
        st = acrm__care_emit(call, in ? "case.message_received" : "case.replied", rec);
    return st == ACRM_OK ? acrm__render(call, rec, call->out) : st;
}

int32_t acrm__care_message(acrm__call *call)
{
    const char *direction = acrm__arg_text(call, "direction");
    return message_take(call, direction ? direction : "in");
}

int32_t acrm__care_reply(acrm__call *call)
{
    return message_take(call, "out");
}

/* --- case.messages: of a case and of its duplicates, together --- */

static int32_t message_cases(acrm__call *call, const acrm__rec *rec, acrm_cell **ids, uint32_t *n)
{
    acrm__term term = { F_case__duplicate_of_id, ACRM_FILTER_EQ, rec->cells[F_ID] };
    acrm__recs duplicates;

    int32_t st = acrm__find(call, &(acrm__select){ .entity = "case", .terms = &term,
                                                   .n_terms = 1 }, &duplicates);
    if (st != ACRM_OK)
        return st;
    *ids = acrm__arena_array(call->arena, duplicates.count + 1, sizeof **ids);
    if (!*ids)
        return acrm__nomem(call);
    (*ids)[0] = rec->cells[F_ID];
    for (size_t i = 0; i < duplicates.count; i++)
        (*ids)[i + 1] = duplicates.items[i]->cells[F_ID];
    *n = (uint32_t)duplicates.count + 1;
    return ACRM_OK;
}

int32_t acrm__care_messages(acrm__call *call)
{
    acrm__rec *rec;
    acrm_filter_node in = { .op = ACRM_FILTER_IN, .column = F_case_message__case_id };
    acrm_cell *ids = NULL;
    acrm__recs found = { NULL, 0 };

    int32_t st = message_load(call, &rec);
    if (st == ACRM_OK)
        st = message_cases(call, rec, &ids, &in.n_values);
    in.values = ids;
    if (st == ACRM_OK)
        st = acrm__find(call, &(acrm__select){ .entity = "case_message", .where = &in,
            .order = F_case_message__at, .limit = (uint32_t)acrm__arg_int(call, "limit", 200) },
            &found);
    acrm_value *items = st == ACRM_OK ? acrm__put_list(call->out, "items") : NULL;
    if (st == ACRM_OK && !items)
        st = acrm__nomem(call);
    for (size_t i = 0; st == ACRM_OK && i < found.count; i++) {
        acrm_value *item = acrm_value_add(items);
        st = item ? acrm__render(call, found.items[i], item) : acrm__nomem(call);
    }
    return st;
}
