/* SPDX-License-Identifier: MIT */
/* Rules of purposes, suppressions and preferences; the first purposes; consents that end. */
#include "autocrm/calendar.h"
#include "base/json.h"
#include "modules/consent/consent.h"
#include "modules/consent/entities.h"

#include <string.h>

enum { RULES_TOPICS_MAX = 100 };

/* The rows of the ledger say what they are for by this code. */
static int32_t rules_purpose_unused(acrm__call *call, const acrm__rec *rec)
{
    acrm__term of = { F_consent__purpose, ACRM_FILTER_EQ, rec->cells[F_consent_purpose__code] };
    acrm__rec *used = NULL;

    int32_t st = acrm__find_one(call, &(acrm__select){ .entity = "consent", .terms = &of,
                                                       .n_terms = 1, .as_system = true }, &used);
    if (st == ACRM_OK && used)
        return acrm__fail(call, ACRM_E_CONFLICT, "in_use", "id",
                          "customers have decided about this purpose: it must stay known");
    return st;
}

int32_t acrm__consent_purpose_write(acrm__call *call, acrm__rec *rec, const acrm__rec *before)
{
    const char *code = acrm__text(rec, F_consent_purpose__code);

    if (before && !acrm__is_null(rec, F_DELETED_AT))
        return rules_purpose_unused(call, rec);
    if (code && strspn(code, "abcdefghijklmnopqrstuvwxyz0123456789_") != strlen(code))
        return acrm__fail(call, ACRM_E_INVALID, "format", "code",
                          "code must be of small letters, digits and _, such as marketing");
    return ACRM_OK;
}

int32_t acrm__consent_suppression_write(acrm__call *call, acrm__rec *rec,
                                        const acrm__rec *before)
{
    const char *code = acrm__text(rec, F_contact_suppression__purpose);
    const char *cause = acrm__text(rec, F_contact_suppression__cause);
    acrm__rec *purpose = NULL;

    if (before && !acrm__is_null(rec, F_DELETED_AT) && strcmp(cause, "complaint") == 0 &&
        !acrm__get_text(call->args, "reason"))
        return acrm__fail(call, ACRM_E_INVALID, "required", "reason",
                          "to lift what a complaint led to, tell the reason");
    return code && !before ? acrm__consent_purpose(call, code, &purpose) : ACRM_OK;
}

static int32_t rules_topics(acrm__call *call, const acrm__rec *rec)
{
    const acrm_cell *cell = &rec->cells[F_preference__topics];
    acrm_value *topics = NULL;
    acrm__json_fault fault;

    if (cell->type != ACRM_CELL_TEXT)
        return ACRM_OK;
    int32_t st = acrm__json_read(call->arena, cell->data, cell->size, &topics, &fault);
    if (st != ACRM_OK)
        return acrm__nomem(call);
    bool ok = acrm_value_type(topics) == ACRM_LIST && acrm_value_count(topics) <= RULES_TOPICS_MAX;
    for (size_t i = 0; ok && i < acrm_value_count(topics); i++)
        ok = acrm_value_type(acrm_value_at(topics, i)) == ACRM_TEXT;
    return ok ? ACRM_OK : acrm__fail(call, ACRM_E_INVALID, "format", "topics",
                                     "topics must be a list of at most %d texts",
                                     RULES_TOPICS_MAX);
}

static int32_t rules_zone(acrm__call *call, const acrm__rec *rec)
{
    const char *name = acrm__text(rec, F_preference__zone);
    acrm_zone *zone = NULL;

    if (!name)
        return ACRM_OK;
    int32_t st = acrm_zone_load(name, NULL, &call->arena->allocator, &zone, NULL);
    acrm_zone_free(zone);
    if (st == ACRM_E_NOMEM)
        return acrm__nomem(call);
    return st == ACRM_OK ? ACRM_OK
                         : acrm__fail(call, ACRM_E_INVALID, "zone", "zone",
                                      "there is no time zone %.64s: give an IANA name such as "
                                      "Asia/Tehran", name);
}

int32_t acrm__consent_preference_write(acrm__call *call, acrm__rec *rec,
                                       const acrm__rec *before)
{
    const acrm_cell *from = &rec->cells[F_preference__quiet_from];
    const acrm_cell *to = &rec->cells[F_preference__quiet_to];

    (void)before;
    if ((from->type == ACRM_CELL_NULL) != (to->type == ACRM_CELL_NULL))
        return acrm__fail(call, ACRM_E_INVALID, "required",
                          from->type == ACRM_CELL_NULL ? "quiet_from" : "quiet_to",
                          "quiet hours need a beginning and an end");
    if (from->type != ACRM_CELL_NULL && acrm__cell_equal(from, to))
        return acrm__fail(call, ACRM_E_INVALID, "range", "quiet_to",
                          "quiet hours cannot end when they begin; max_per_week 0 is for never");
    int32_t st = acrm__changed(rec, F_preference__zone) ? rules_zone(call, rec) : ACRM_OK;
    return st == ACRM_OK ? rules_topics(call, rec) : st;
}

static const struct {
    const char *code, *name, *description, *basis;
} rules_purposes[] = {
    { "marketing", "Marketing", "Offers, news and invitations", "consent" },
    { "survey", "Surveys", "Questions about how satisfied you are", "consent" },
    { "profiling", "Personal offers", "Using what we know about you to choose offers", "consent" },
    { "service", "Service messages", "Appointments, orders, recalls and your contracts",
      "contract" },
};

int32_t acrm__consent_seed(acrm__call *call)
{
    for (size_t i = 0; i < sizeof rules_purposes / sizeof rules_purposes[0]; i++) {
        acrm__rec *rec = acrm__new(call, "consent_purpose");
        if (!rec)
            return acrm__nomem(call);
        acrm__set(rec, F_consent_purpose__code, acrm__cell_text(rules_purposes[i].code));
        acrm__set(rec, F_consent_purpose__name, acrm__cell_text(rules_purposes[i].name));
        acrm__set(rec, F_consent_purpose__description,
                  acrm__cell_text(rules_purposes[i].description));
        acrm__set(rec, F_consent_purpose__lawful_basis, acrm__cell_text(rules_purposes[i].basis));
        int32_t st = acrm__insert(call, rec);
        if (st != ACRM_OK)
            return st;
    }
    return ACRM_OK;
}

/* The check itself goes by the clock; this only tells others. */
int32_t acrm__consent_expired(acrm__call *call, const acrm__timer *timer)
{
    acrm_value *data = acrm__value_in(call->arena);
    acrm__rec *row = NULL;

    int32_t st = acrm__load(call, "consent", timer->subject, "id", &row);
    if (st != ACRM_OK)
        return st == ACRM_E_NOTFOUND ? ACRM_OK : st;
    bool ok = data && acrm_value_set_map(data) == ACRM_OK &&
              acrm__put_text(data, "purpose", acrm__text(row, F_consent__purpose)) &&
              acrm__put_text(data, "channel", acrm__text(row, F_consent__channel));
    return ok ? acrm__emit(call, "consent.expired", "customer",
                           acrm__id(row, F_consent__customer_id), data)
              : acrm__nomem(call);
}
