/* SPDX-License-Identifier: MIT */
/* The ledger of consents: each decision of a customer is a row, and no row is ever changed. */
#include "modules/consent/consent.h"
#include "modules/consent/entities.h"

#include <string.h>

#define LEDGER_SECOND INT64_C(1000000)

enum {
    LEDGER_LATE_SECONDS = 300,           /* a form may take so long to arrive */
    LEDGER_CONFIRM_SECONDS = 7 * 86400   /* a request for confirmation is open for a week */
};

/* A decision about to be written. */
typedef struct ledger_entry {
    const acrm__rec *customer;
    const char *purpose, *channel, *state, *basis;
    int64_t given_at;
    acrm_cell expires_at;
    const acrm__rec *confirms;
} ledger_entry;

static acrm_cell ledger_arg(acrm__call *call, const char *name)
{
    return acrm__cell_text(acrm__arg_text(call, name));
}

static int32_t ledger_proof(acrm__call *call, acrm__rec *row)
{
    unsigned char *id = acrm__arena_alloc(call->arena, 16);

    if (!id)
        return acrm__nomem(call);
    acrm__set(row, F_consent__source, ledger_arg(call, "source"));
    acrm__set(row, F_consent__document_version, ledger_arg(call, "document_version"));
    acrm__set(row, F_consent__proof, ledger_arg(call, "proof"));
    if (acrm__arg_id(call, "proof_attachment_id", id))
        acrm__set(row, F_consent__proof_attachment_id, acrm__cell_id(id));
    return ACRM_OK;
}

/* Told to other modules as something about the customer. */
static int32_t ledger_event(acrm__call *call, const ledger_entry *entry)
{
    acrm_value *data = acrm__value_in(call->arena);
    const char *type = acrm__arena_format(call->arena, "consent.%s", entry->state);
    bool ok = data && type && acrm_value_set_map(data) == ACRM_OK &&
              acrm__put_text(data, "purpose", entry->purpose) &&
              acrm__put_text(data, "channel", entry->channel);

    return ok ? acrm__emit(call, type, "customer", acrm__id(entry->customer, F_ID), data)
              : acrm__nomem(call);
}

/* A new consent lifts that the customer had unsubscribed from the same, and nothing else. */
static int32_t ledger_lift(acrm__call *call, const ledger_entry *entry)
{
    acrm__term terms[] = {
        { F_contact_suppression__customer_id, ACRM_FILTER_EQ, entry->customer->cells[F_ID] },
        { F_contact_suppression__cause, ACRM_FILTER_EQ, acrm__cell_text("unsubscribed") },
    };
    acrm__recs found = { NULL, 0 };

    int32_t st = acrm__find(call, &(acrm__select){ .entity = "contact_suppression",
        .terms = terms, .n_terms = 2, .as_system = true }, &found);
    for (size_t i = 0; st == ACRM_OK && i < found.count; i++) {
        const char *channel = acrm__text(found.items[i], F_contact_suppression__channel);
        const char *purpose = acrm__text(found.items[i], F_contact_suppression__purpose);
        bool by = strcmp(entry->channel, "any") == 0 || strcmp(entry->channel, channel) == 0;
        if (by && (!purpose || strcmp(purpose, entry->purpose) == 0))
            st = acrm__remove(call, found.items[i], "a new consent was given");
    }
    return st;
}

static int32_t ledger_write(acrm__call *call, const ledger_entry *entry, acrm__rec **out)
{
    acrm__rec *row = acrm__new(call, "consent");
    bool granted = strcmp(entry->state, "granted") == 0;

    if (!row)
        return acrm__nomem(call);
    acrm__set(row, F_consent__customer_id, entry->customer->cells[F_ID]);
    acrm__set(row, F_consent__purpose, acrm__cell_text(entry->purpose));
    acrm__set(row, F_consent__channel, acrm__cell_text(entry->channel));
    acrm__set(row, F_consent__state, acrm__cell_text(entry->state));
    acrm__set(row, F_consent__lawful_basis, acrm__cell_text(entry->basis));
    acrm__set(row, F_consent__given_at, acrm__cell_int(entry->given_at));
    acrm__set(row, F_consent__expires_at, entry->expires_at);
    if (entry->confirms)
        acrm__set(row, F_consent__confirms_id, entry->confirms->cells[F_ID]);
    int32_t st = ledger_proof(call, row);
    if (st == ACRM_OK)
        st = acrm__insert(call, row);
    if (st == ACRM_OK)
        st = ledger_event(call, entry);
    if (st == ACRM_OK && granted)
        st = ledger_lift(call, entry);
    if (st == ACRM_OK && granted && entry->expires_at.type == ACRM_CELL_INT &&
        entry->expires_at.integer > call->now)
        st = acrm__timer_set(call, "consent.expired", "consent", acrm__id(row, F_ID),
                             entry->expires_at.integer, NULL);
    if (st == ACRM_OK)
        *out = row;
    return st;
}

/* --- give and record --- */

/* What the purpose says where the call says nothing. */
static int32_t ledger_terms(acrm__call *call, const acrm__rec *purpose, ledger_entry *entry)
{
    int64_t until;

    if (acrm__arg_text(call, "lawful_basis"))
        entry->basis = acrm__arg_text(call, "lawful_basis");
    else
        entry->basis = acrm__text(purpose, F_consent_purpose__lawful_basis);
    entry->expires_at = acrm__cell_null();
    if (acrm__arg_time(call, "expires_at", &until)) {
        if (until <= entry->given_at)
            return acrm__fail(call, ACRM_E_INVALID, "range", "expires_at",
                              "a consent cannot end before it was given");
        entry->expires_at = acrm__cell_int(until);
    } else if (!acrm__is_null(purpose, F_consent_purpose__valid_for)) {
        until = acrm__int(purpose, F_consent_purpose__valid_for) * LEDGER_SECOND;
        entry->expires_at = acrm__cell_int(entry->given_at + until);
    }
    return ACRM_OK;
}

static int32_t ledger_begin(acrm__call *call, acrm__rec **purpose, ledger_entry *entry)
{
    acrm__rec *customer = NULL;

    *entry = (ledger_entry){ .purpose = acrm__arg_text(call, "purpose"),
                             .channel = acrm__arg_text(call, "channel"), .state = "granted",
                             .given_at = call->now };
    (void)acrm__arg_time(call, "given_at", &entry->given_at);
    int32_t st = acrm__load_arg(call, "customer", "customer_id", &customer);
    if (st == ACRM_OK)
        st = acrm__consent_purpose(call, entry->purpose, purpose);
    if (st != ACRM_OK)
        return st;
    entry->customer = customer;
    if (entry->given_at > call->now)
        return acrm__fail(call, ACRM_E_INVALID, "future_dated", "given_at",
                          "a decision that was not made yet cannot be kept");
    return ledger_terms(call, *purpose, entry);
}

int32_t acrm__consent_give(acrm__call *call)
{
    acrm__rec *purpose = NULL, *row = NULL;
    ledger_entry entry;

    int32_t st = ledger_begin(call, &purpose, &entry);
    if (st != ACRM_OK)
        return st;
    if (call->now - entry.given_at > LEDGER_LATE_SECONDS * LEDGER_SECOND)
        return acrm__fail(call, ACRM_E_INVALID, "back_dated", "given_at",
                          "what was given more than %d minutes ago is kept by consent.record, "
                          "with its proof", LEDGER_LATE_SECONDS / 60);
    if (acrm__int(purpose, F_consent_purpose__double_opt_in)) {
        entry.state = "pending";
        entry.expires_at = acrm__cell_int(call->now + LEDGER_CONFIRM_SECONDS * LEDGER_SECOND);
    }
    st = ledger_write(call, &entry, &row);
    return st == ACRM_OK ? acrm__render(call, row, call->out) : st;
}

int32_t acrm__consent_record(acrm__call *call)
{
    acrm__rec *purpose = NULL, *row = NULL;
    ledger_entry entry;

    int32_t st = ledger_begin(call, &purpose, &entry);
    if (st != ACRM_OK)
        return st;
    if (!acrm__arg_text(call, "proof") && !acrm__arg_text(call, "proof_attachment_id"))
        return acrm__fail(call, ACRM_E_INVALID, "required", "proof",
                          "a decision of the past needs its proof, or an attachment with it");
    entry.state = acrm__arg_text(call, "state");
    if (strcmp(entry.state, "granted") != 0)
        entry.expires_at = acrm__cell_null();
    st = ledger_write(call, &entry, &row);
    return st == ACRM_OK ? acrm__render(call, row, call->out) : st;
}

/* --- confirm --- */

static bool ledger_is(const acrm__rec *row, uint32_t field, const char *word)
{
    const char *text = acrm__text(row, field);

    return text && strcmp(text, word) == 0;
}

/* What was decided on the same after the request: a confirmation, or a withdrawal. */
static int32_t ledger_overtaken(acrm__call *call, const acrm__rec *pending)
{
    acrm__term terms[] = {
        { F_consent__customer_id, ACRM_FILTER_EQ, pending->cells[F_consent__customer_id] },
        { F_consent__purpose, ACRM_FILTER_EQ, pending->cells[F_consent__purpose] },
        { F_ID, ACRM_FILTER_GT, pending->cells[F_ID] },
    };
    acrm__recs later = { NULL, 0 };

    int32_t st = acrm__find(call, &(acrm__select){ .entity = "consent", .terms = terms,
        .n_terms = 3, .as_system = true }, &later);
    for (size_t i = 0; st == ACRM_OK && i < later.count; i++) {
        const acrm__rec *row = later.items[i];
        bool same = ledger_is(row, F_consent__channel, "any") ||
                    strcmp(acrm__text(row, F_consent__channel),
                           acrm__text(pending, F_consent__channel)) == 0;
        if (acrm__cell_equal(&row->cells[F_consent__confirms_id], &pending->cells[F_ID]))
            return acrm__fail(call, ACRM_E_CONFLICT, "confirmed", "id",
                              "this consent was confirmed already");
        if (same && (ledger_is(row, F_consent__state, "withdrawn") ||
                     ledger_is(row, F_consent__state, "refused")))
            return acrm__fail(call, ACRM_E_CONFLICT, "withdrawn", "id",
                              "the customer has withdrawn since this was asked");
    }
    return st;
}

static int32_t ledger_confirmable(acrm__call *call, const acrm__rec *pending)
{
    if (!ledger_is(pending, F_consent__state, "pending"))
        return acrm__fail(call, ACRM_E_CONFLICT, "state", "id",
                          "this consent does not wait to be confirmed");
    if (acrm__int(pending, F_consent__expires_at) <= call->now)
        return acrm__fail(call, ACRM_E_CONFLICT, "expired", "id",
                          "the time to confirm is over: ask again by consent.give");
    return ledger_overtaken(call, pending);
}

int32_t acrm__consent_confirm(acrm__call *call)
{
    acrm__rec *pending = NULL, *customer = NULL, *purpose = NULL, *row = NULL;
    ledger_entry entry;

    int32_t st = acrm__load_arg(call, "consent", "id", &pending);
    if (st == ACRM_OK)
        st = ledger_confirmable(call, pending);
    if (st == ACRM_OK)
        st = acrm__load(call, "customer", acrm__id(pending, F_consent__customer_id), "id",
                        &customer);
    if (st == ACRM_OK)
        st = acrm__consent_purpose(call, acrm__text(pending, F_consent__purpose), &purpose);
    if (st != ACRM_OK)
        return st;
    entry = (ledger_entry){ .customer = customer, .given_at = call->now, .state = "granted",
                            .purpose = acrm__text(pending, F_consent__purpose),
                            .channel = acrm__text(pending, F_consent__channel),
                            .confirms = pending };
    st = ledger_terms(call, purpose, &entry);
    if (st == ACRM_OK)
        st = ledger_write(call, &entry, &row);
    return st == ACRM_OK ? acrm__render(call, row, call->out) : st;
}

/* --- withdraw --- */

static int32_t ledger_withdraw_one(acrm__call *call, const acrm__rec *customer,
                                   const acrm__rec *purpose, acrm_value *items)
{
    ledger_entry entry = { .customer = customer, .channel = acrm__arg_text(call, "channel"),
                           .purpose = acrm__text(purpose, F_consent_purpose__code),
                           .basis = acrm__text(purpose, F_consent_purpose__lawful_basis),
                           .state = "withdrawn", .given_at = call->now,
                           .expires_at = acrm__cell_null() };
    acrm__rec *row = NULL;

    int32_t st = ledger_write(call, &entry, &row);
    if (st != ACRM_OK)
        return st;
    acrm_value *item = acrm_value_add(items);
    return item ? acrm__render(call, row, item) : acrm__nomem(call);
}

int32_t acrm__consent_withdraw(acrm__call *call)
{
    acrm_value *items = acrm__put_list(call->out, "items");
    const char *code = acrm__arg_text(call, "purpose");
    acrm__rec *customer = NULL, *purpose = NULL;
    acrm__recs all = { &purpose, 1 };

    int32_t st = items ? acrm__load_arg(call, "customer", "customer_id", &customer)
                       : acrm__nomem(call);
    if (st == ACRM_OK && code)
        st = acrm__consent_purpose(call, code, &purpose);
    else if (st == ACRM_OK)
        st = acrm__find(call, &(acrm__select){ .entity = "consent_purpose" }, &all);
    for (size_t i = 0; st == ACRM_OK && i < all.count; i++)
        st = ledger_withdraw_one(call, customer, all.items[i], items);
    return st;
}
