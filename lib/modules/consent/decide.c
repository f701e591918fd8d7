/* SPDX-License-Identifier: MIT */
/*
 * Whether a customer may be contacted for a purpose by a channel.
 *
 * The latest decision holds; of two at one instant, as after a merge of customers, the stricter. A
 * decision on the channel itself and one on any channel stand side by side: whichever is later
 * may forbid, but a general consent does not lift what was refused for one channel.
 */
#include "modules/consent/consent.h"
#include "modules/consent/entities.h"

#include <string.h>

static bool decide_is(const acrm__rec *rec, uint32_t field, const char *word)
{
    const char *text = acrm__text(rec, field);

    return text && strcmp(text, word) == 0;
}

/* The later of two decisions; rows come in order of time, so a later one comes later. */
static bool decide_replaces(const acrm__rec *row, const acrm__rec *held)
{
    return !held || acrm__int(row, F_consent__given_at) != acrm__int(held, F_consent__given_at) ||
           !decide_is(row, F_consent__state, "granted");
}

typedef struct decide_rows {
    const acrm__rec *own;     /* the latest on the channel */
    const acrm__rec *general; /* the latest on any channel */
    const acrm__rec *pending; /* a request that was not answered by its end */
} decide_rows;

/* A pending request decides nothing by itself: what held before it goes on holding. */
static void decide_collect(const acrm__consent_facts *facts, const char *code, const char *channel,
                           int64_t at, decide_rows *out)
{
    *out = (decide_rows){ NULL, NULL, NULL };
    for (size_t i = 0; i < facts->rows.count; i++) {
        const acrm__rec *row = facts->rows.items[i];
        bool own = decide_is(row, F_consent__channel, channel);
        const acrm__rec **place = own ? &out->own : &out->general;
        if (!decide_is(row, F_consent__purpose, code) || acrm__int(row, F_consent__given_at) > at ||
            (!own && !decide_is(row, F_consent__channel, "any")))
            continue;
        if (decide_is(row, F_consent__state, "pending"))
            out->pending = row;
        else if (decide_replaces(row, *place))
            *place = row;
    }
}

static const acrm__rec *decide_row(const decide_rows *rows)
{
    const acrm__rec *own = rows->own, *general = rows->general;

    if (!own || !general)
        return own ? own : general;
    if (!decide_is(own, F_consent__state, "granted"))
        return own;
    bool general_later = acrm__int(general, F_consent__given_at) >=
                         acrm__int(own, F_consent__given_at);
    return general_later && !decide_is(general, F_consent__state, "granted") ? general : own;
}

static const acrm__rec *decide_suppression(const acrm__consent_facts *facts, const char *code,
                                           const char *channel, int64_t at)
{
    for (size_t i = 0; i < facts->suppressions.count; i++) {
        const acrm__rec *s = facts->suppressions.items[i];
        bool ended = !acrm__is_null(s, F_contact_suppression__until) &&
                     acrm__int(s, F_contact_suppression__until) <= at;
        bool by = decide_is(s, F_contact_suppression__channel, "any") ||
                  decide_is(s, F_contact_suppression__channel, channel);
        bool for_it = acrm__is_null(s, F_contact_suppression__purpose) ||
                      decide_is(s, F_contact_suppression__purpose, code);
        if (!ended && by && for_it)
            return s;
    }
    return NULL;
}

static bool decide_customer_flag(const acrm__rec *customer, const char *field)
{
    return acrm__int(customer, acrm__field_of(customer->entity, field)) != 0;
}

void acrm__consent_decide(const acrm__consent_facts *facts, const acrm__rec *purpose,
                          const char *channel, int64_t at, acrm__consent_verdict *out)
{
    const char *code = acrm__text(purpose, F_consent_purpose__code);
    bool needed = decide_is(purpose, F_consent_purpose__lawful_basis, "consent");
    decide_rows rows;

    *out = (acrm__consent_verdict){ .allowed = false };
    out->suppression = decide_suppression(facts, code, channel, at);
    if (decide_customer_flag(facts->customer, "restricted_at"))
        out->reason = "restricted";
    else if (decide_customer_flag(facts->customer, "do_not_contact"))
        out->reason = "do_not_contact";
    else if (out->suppression)
        out->reason = "suppressed";
    if (out->reason)
        return;
    decide_collect(facts, code, channel, at, &rows);
    out->row = decide_row(&rows);
    if (!out->row) {
        out->row = needed ? rows.pending : NULL;
        out->allowed = !needed;
        out->reason = !needed ? "not_required" : rows.pending ? "unconfirmed" : "never_given";
        return;
    }
    bool granted = decide_is(out->row, F_consent__state, "granted");
    bool expired = granted && !acrm__is_null(out->row, F_consent__expires_at) &&
                   acrm__int(out->row, F_consent__expires_at) <= at;
    out->allowed = granted && (!expired || !needed);
    out->reason = expired ? (needed ? "expired" : "not_required")
                          : acrm__text(out->row, F_consent__state);
}
