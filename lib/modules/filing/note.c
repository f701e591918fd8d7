/* SPDX-License-Identifier: MIT */
/* Notes as they are written: whose they are, and who may see them. */
#include "modules/filing/filing.h"

#include "modules/filing/entities.h"

#include <string.h>

/* A note made along with its customer, or read as one of a customer's, names the customer only. */
static void note_subject(acrm__rec *rec)
{
    if (acrm__is_null(rec, F_note__subject_id) && !acrm__is_null(rec, F_note__customer_id))
        acrm__set(rec, F_note__subject_id, rec->cells[F_note__customer_id]);
}

static int32_t note_new(acrm__call *call, acrm__rec *rec)
{
    acrm__filed filed;

    note_subject(rec);
    if (acrm__is_null(rec, F_note__subject_id))
        return ACRM_OK; /* refused as a required field in a moment */
    int32_t st = acrm__filing_subject(call, acrm__text(rec, F_note__subject_entity),
                                      "subject_entity", acrm__id(rec, F_note__subject_id),
                                      "subject_id", &filed);
    if (st != ACRM_OK)
        return st;
    acrm__set(rec, F_note__customer_id, filed.customer);
    acrm__set(rec, F_note__dealer_id, filed.dealer);
    acrm__set(rec, F_note__author_id, acrm__cell_id(acrm__actor(call)));
    if (acrm__is_null(rec, F_note__at))
        acrm__set(rec, F_note__at, acrm__cell_int(call->now));
    return ACRM_OK;
}

/* Who may see it is kept in references that the row scopes follow: none for a private note. */
static int32_t note_shown(acrm__call *call, acrm__rec *rec)
{
    const char *visibility = acrm__text(rec, F_note__visibility);
    bool private = visibility && strcmp(visibility, "private") == 0;
    bool shown = visibility && strcmp(visibility, "customer") == 0;

    if (private && acrm__is_null(rec, F_note__author_id))
        return acrm__fail(call, ACRM_E_INVALID, "author", "visibility",
                          "a private note needs a user as its author");
    acrm__set(rec, F_note__via_id,
              private ? acrm__cell_null() : rec->cells[F_note__customer_id]);
    acrm__set(rec, F_note__shown_to_id,
              shown ? rec->cells[F_note__customer_id] : acrm__cell_null());
    if (private)
        acrm__set(rec, F_note__dealer_id, acrm__cell_null());
    return ACRM_OK;
}

/* The dealer comes back when a note is private no longer. */
static int32_t note_dealer(acrm__call *call, acrm__rec *rec)
{
    acrm__filed filed;

    int32_t st = acrm__filing_subject(call, acrm__text(rec, F_note__subject_entity),
                                      "subject_entity", acrm__id(rec, F_note__subject_id),
                                      "subject_id", &filed);
    if (st == ACRM_OK)
        acrm__set(rec, F_note__dealer_id, filed.dealer);
    return st;
}

int32_t acrm__filing_note_write(acrm__call *call, acrm__rec *rec, const acrm__rec *before)
{
    int32_t st = ACRM_OK;

    if (!before)
        st = note_new(call, rec);
    else if (acrm__changed(rec, F_note__visibility))
        st = note_dealer(call, rec);
    return st == ACRM_OK ? note_shown(call, rec) : st;
}
