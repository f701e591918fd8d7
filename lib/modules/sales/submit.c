/* SPDX-License-Identifier: MIT */
/*
 * lead.submit: how leads come in, from imports, web forms and people.
 *
 * The way of a lead: known by its provider's id? Then it is brought up to date. Else the customer
 * is found or created. Has the customer an open lead for the same? Then it is attached to that.
 * Else it is a new lead.
 */
#include "modules/sales/sales.h"

#include "base/text.h"
#include "kernel/crud.h"

enum { SUBMIT_OPEN_MAX = 50 }; /* open leads of one customer that are looked at */

typedef struct submit_run {
    acrm__call *call;
    const acrm_value *customer, *lead; /* NULL: not given */
    acrm_cell provider, external_id, source_id;
    const unsigned char *customer_id;
    bool known; /* the customer was there already */
    acrm_value *reasons;
} submit_run;

/* --- Fields given, under their place in the arguments --- */

static int32_t submit_assign(acrm__call *call, acrm__rec *rec, const acrm_value *fields,
                             const char *path, const char *const *skip)
{
    acrm_value *faults = acrm__value_in(call->arena);

    if (!faults || acrm_value_set_list(faults) != ACRM_OK)
        return acrm__nomem(call);
    int32_t st = acrm__assign(call, rec, fields, path, skip, faults);
    if (st == ACRM_E_NOMEM)
        return acrm__nomem(call);
    if (st == ACRM_OK && acrm_value_count(faults) > 0)
        return acrm__error_fields(call->err, ACRM_E_INVALID, faults);
    return st;
}

/* Those of the fields that the record has nothing in yet. */
static int32_t submit_fill(acrm__call *call, acrm__rec *rec, const acrm_value *fields,
                           const char *path)
{
    acrm_value *missing = acrm__value_in(call->arena);

    if (!missing || acrm_value_set_map(missing) != ACRM_OK)
        return acrm__nomem(call);
    for (size_t i = 0; i < acrm_value_count(fields); i++) {
        size_t len;
        const char *key = acrm_value_key(fields, i, &len);
        uint32_t n = acrm__entity_field(rec->entity, key, len);
        bool settable = n != UINT32_MAX &&
                        !(rec->entity->fields[n].def.flags & (ACRM__IMMUTABLE | ACRM__READ_ONLY));
        if (!settable || !acrm__is_null(rec, n))
            continue;
        if (!acrm__put_value(missing, key, acrm_value_at(fields, i)))
            return acrm__nomem(call);
    }
    return submit_assign(call, rec, missing, path, NULL);
}

/* --- The source --- */

static int32_t submit_source(submit_run *run)
{
    acrm__call *call = run->call;
    const char *code = acrm__arg_text(call, "source");
    acrm__term term = { F_lead_source__code, ACRM_FILTER_EQ, acrm__cell_text(code) };
    acrm__rec *source = NULL;

    if (!code)
        return ACRM_OK;
    int32_t st = acrm__find_one(call, &(acrm__select){ .entity = "lead_source", .terms = &term,
                                                       .n_terms = 1 }, &source);
    if (st == ACRM_OK && !source) { /* a feed may bring what nobody has declared yet */
        source = acrm__new(call, "lead_source");
        if (!source)
            return acrm__nomem(call);
        acrm__set(source, F_lead_source__code, acrm__cell_text(code));
        acrm__set(source, F_lead_source__name, acrm__cell_text(code));
        st = acrm__insert(call, source);
    }
    if (st == ACRM_OK)
        run->source_id = source->cells[F_ID];
    return st;
}

/* --- The customer --- */

static const char *const submit_customer_lists[] = { "contact_points", NULL };

static const char *submit_name(submit_run *run)
{
    const char *given = acrm__get_text(run->customer, "given_name");
    const char *family = acrm__get_text(run->customer, "family_name");
    const char *name = acrm__get_text(run->customer, "name");

    if (name || !given || !family)
        return name ? name : given ? given : family;
    return acrm__arena_format(run->call->arena, "%s %s", given, family);
}

static int32_t submit_match(submit_run *run, acrm_value **out)
{
    static const char *const same[] = { "contact_points", "national_id", "tax_id", "kind",
                                        "birth_date", "city", "also_known_as", "country" };
    acrm__call *call = run->call;
    acrm_value *args = acrm__value_in(call->arena);
    bool ok = args && acrm_value_set_map(args) == ACRM_OK &&
              acrm__put_text(args, "name", submit_name(run));

    for (size_t i = 0; ok && i < sizeof same / sizeof same[0]; i++) {
        const acrm_value *value = acrm_value_get(run->customer, same[i]);
        if (value)
            ok = acrm__put_value(args, same[i], value);
    }
    return ok ? acrm__run(call, "customer.match", args, out) : acrm__nomem(call);
}

/* A contact point as it would be written, so that it can be compared by its normal form. */
static int32_t submit_point(submit_run *run, const acrm_value *fields, size_t index,
                            acrm__rec **out)
{
    acrm__call *call = run->call;
    acrm__rec *rec = acrm__new(call, "contact_point");
    const char *path = acrm__arena_format(call->arena, "customer.contact_points[%zu].", index);
    int32_t st;

    if (!rec || !path)
        return acrm__nomem(call);
    st = submit_assign(call, rec, fields, path, NULL);
    acrm__set(rec, acrm__field_of(rec->entity, "customer_id"), acrm__cell_id(run->customer_id));
    if (st == ACRM_OK)
        *out = rec;
    return st;
}

static bool submit_has_point(const acrm__recs *points, const acrm__rec *point)
{
    uint32_t fields[] = { acrm__field_of(point->entity, "value"),
                          acrm__field_of(point->entity, "match_value") };

    for (size_t i = 0; i < points->count; i++)
        for (size_t f = 0; f < sizeof fields / sizeof fields[0]; f++)
            if (!acrm__is_null(point, fields[f]) &&
                acrm__cell_equal(&points->items[i]->cells[fields[f]], &point->cells[fields[f]]))
                return true;
    return false;
}

/* The hooks of an entity give a record its derived fields without writing it. */
static int32_t submit_derive(acrm__call *call, acrm__rec *rec)
{
    int32_t st = ACRM_OK;

    for (const acrm__hook *const *h = rec->entity->hooks; *h && st == ACRM_OK; h++)
        st = (*h)->before_write(call, rec, NULL);
    return st;
}

static int32_t submit_points(submit_run *run, bool *added)
{
    acrm__call *call = run->call;
    const acrm_value *list = acrm_value_get(run->customer, "contact_points");
    uint32_t customer_id = acrm__field_of(acrm__entity_of(call, "contact_point"), "customer_id");
    acrm__term term = { customer_id, ACRM_FILTER_EQ, acrm__cell_id(run->customer_id) };
    acrm__recs points = { NULL, 0 };
    int32_t st = ACRM_OK;

    if (run->known && acrm_value_count(list) > 0)
        st = acrm__find(call, &(acrm__select){ .entity = "contact_point", .terms = &term,
                                               .n_terms = 1 }, &points);
    for (size_t i = 0; i < acrm_value_count(list) && st == ACRM_OK; i++) {
        acrm__rec *point = NULL;
        st = submit_point(run, acrm_value_at(list, i), i, &point);
        if (st == ACRM_OK && run->known && !submit_has_point(&points, point))
            st = submit_derive(call, point);
        if (st != ACRM_OK || (run->known && submit_has_point(&points, point)))
            continue;
        st = acrm__insert(call, point);
        *added = true;
    }
    return st;
}

static int32_t submit_customer_new(submit_run *run)
{
    acrm__call *call = run->call;
    acrm__rec *rec = acrm__new(call, "customer");
    bool added;

    if (!rec)
        return acrm__nomem(call);
    int32_t st = submit_assign(call, rec, run->customer, "customer.", submit_customer_lists);
    if (st == ACRM_OK)
        st = acrm__insert(call, rec);
    if (st != ACRM_OK)
        return st;
    run->customer_id = acrm__id(rec, F_ID);
    return submit_points(run, &added);
}

static int32_t submit_customer_known(submit_run *run, bool *updated)
{
    acrm__call *call = run->call;
    acrm__rec *rec;
    int32_t st = acrm__load(call, "customer", run->customer_id, "customer_id", &rec);

    run->known = true;
    *updated = false;
    if (st == ACRM_OK && run->customer)
        st = submit_points(run, updated);
    if (st == ACRM_OK && run->customer)
        st = submit_fill(call, rec, run->customer, "customer.");
    int64_t version = st == ACRM_OK ? acrm__int(rec, F_VERSION) : 0;
    if (st == ACRM_OK)
        st = acrm__update(call, rec);
    if (st == ACRM_OK && acrm__int(rec, F_VERSION) != version)
        *updated = true;
    return st;
}

static int32_t submit_customer(submit_run *run, const char **outcome)
{
    acrm__call *call = run->call;
    unsigned char *id = acrm__arena_alloc(call->arena, 16);
    const char *known = acrm__arg_text(call, "customer_id");
    acrm_value *match = NULL;
    bool updated = false;
    int32_t st = id ? ACRM_OK : acrm__nomem(call);

    if (!run->customer && !known)
        return acrm__fail(call, ACRM_E_INVALID, "required", "customer",
                          "customer or customer_id is required");
    if (st == ACRM_OK && !known) {
        st = submit_match(run, &match);
        known = st == ACRM_OK ? acrm__get_text(match, "customer_id") : NULL;
        if (known && !acrm__add_text(run->reasons, "customer_matched"))
            st = acrm__nomem(call);
    }
    if (st != ACRM_OK)
        return st;
    if (!known) {
        *outcome = "created";
        st = submit_customer_new(run);
        if (st == ACRM_OK && acrm_value_count(acrm_value_get(match, "candidates")) > 0)
            st = acrm__emit(call, "customer.duplicates_asked", "customer", run->customer_id, NULL);
        return st;
    }
    acrm__uuid_parse(known, strlen(known), id);
    run->customer_id = id;
    st = submit_customer_known(run, &updated);
    *outcome = updated ? "updated" : "matched";
    return st;
}

/* --- A lead that is known by its provider's id --- */

static int32_t submit_find_key(submit_run *run, const char *entity, uint32_t provider,
                               uint32_t external_id, acrm__rec **out)
{
    const acrm__term terms[] = {
        { provider, ACRM_FILTER_EQ, run->provider },
        { external_id, ACRM_FILTER_EQ, run->external_id },
    };

    return acrm__find_one(run->call, &(acrm__select){ .entity = entity, .terms = terms,
                                                      .n_terms = 2 }, out);
}

static int32_t submit_find_known(submit_run *run, acrm__rec **lead, acrm__rec **enquiry)
{
    *lead = *enquiry = NULL;
    if (run->external_id.type == ACRM_CELL_NULL)
        return ACRM_OK;
    int32_t st = submit_find_key(run, "lead", F_lead__provider, F_lead__external_id, lead);
    if (st == ACRM_OK && !*lead)
        st = submit_find_key(run, "lead_enquiry", F_lead_enquiry__provider,
                             F_lead_enquiry__external_id, enquiry);
    return st;
}

/* Sent again: what the provider now says of it replaces what it said before. Dealer, user and
 * customer stay; a closed lead stays as it is. */
static int32_t submit_again(submit_run *run, acrm__rec *lead, const char **outcome)
{
    static const char *const skip[] = { "customer_id", "dealer_id", "owner_id", NULL };
    acrm__call *call = run->call;
    int64_t version = acrm__int(lead, F_VERSION);
    int32_t st = ACRM_OK;

    *outcome = "unchanged";
    if (!acrm__sales_open(lead))
        return acrm__add_text(run->reasons, "lead_closed") ? ACRM_OK : acrm__nomem(call);
    if (run->lead)
        st = submit_assign(call, lead, run->lead, "lead.", skip);
    if (st == ACRM_OK && acrm__arg_bool(call, "resend", false))
        acrm__set(lead, F_lead__resent_count,
                  acrm__cell_int(acrm__int(lead, F_lead__resent_count) + 1));
    if (st == ACRM_OK)
        st = acrm__update(call, lead);
    if (st == ACRM_OK && acrm__int(lead, F_VERSION) != version)
        *outcome = "updated";
    return st == ACRM_OK && !acrm__add_text(run->reasons, "known_by_external_id")
               ? acrm__nomem(call) : st;
}

/* --- A lead that belongs to one that is open --- */

/* Alike as names are: upper and lower case, letter variants. What is not said agrees. */
static int32_t submit_text_agrees(acrm__call *call, const acrm_cell *a, const acrm_cell *b,
                                  bool *agrees)
{
    acrm__str x, y;

    *agrees = a->type == ACRM_CELL_NULL || b->type == ACRM_CELL_NULL || acrm__cell_equal(a, b);
    if (*agrees)
        return ACRM_OK;
    acrm__str_init(&x, &call->arena->allocator);
    acrm__str_init(&y, &call->arena->allocator);
    acrm__fold(a->data, a->size, &x);
    acrm__fold(b->data, b->size, &y);
    *agrees = x.len == y.len && memcmp(x.data, y.data, x.len) == 0;
    bool failed = x.failed || y.failed;
    acrm__str_free(&x);
    acrm__str_free(&y);
    return failed ? acrm__nomem(call) : ACRM_OK;
}

static int32_t submit_same_wish(acrm__call *call, const acrm__rec *fresh, const acrm__rec *lead,
                                bool *same)
{
    static const uint32_t fields[] = { F_lead__interest, F_lead__make, F_lead__model,
                                       F_lead__vin, F_lead__vehicle_condition };
    const unsigned char *dealer = acrm__id(fresh, F_lead__dealer_id);
    int32_t st = ACRM_OK;

    *same = !dealer || !acrm__id(lead, F_lead__dealer_id) ||
            acrm__sales_same(dealer, acrm__id(lead, F_lead__dealer_id));
    for (size_t i = 0; st == ACRM_OK && *same && i < sizeof fields / sizeof fields[0]; i++)
        st = submit_text_agrees(call, &fresh->cells[fields[i]], &lead->cells[fields[i]], same);
    return st;
}

static int32_t submit_find_open(submit_run *run, const acrm__rec *fresh, acrm__rec **out)
{
    const acrm__term terms[] = {
        { F_lead__customer_id, ACRM_FILTER_EQ, acrm__cell_id(run->customer_id) },
        { F_lead__closed_at, ACRM_FILTER_EQ, acrm__cell_null() },
    };
    acrm__recs leads;

    *out = NULL;
    if (!run->known)
        return ACRM_OK;
    int32_t st = acrm__find(run->call, &(acrm__select){
        .entity = "lead", .terms = terms, .n_terms = 2, .order = F_ID, .descending = true,
        .limit = SUBMIT_OPEN_MAX }, &leads);
    for (size_t i = 0; st == ACRM_OK && i < leads.count && !*out; i++) {
        bool same = false;
        st = submit_same_wish(run->call, fresh, leads.items[i], &same);
        if (same)
            *out = leads.items[i];
    }
    return st;
}

static int32_t submit_enquiry(submit_run *run, const acrm__rec *fresh, const acrm__rec *lead)
{
    acrm__call *call = run->call;
    acrm__rec *rec = acrm__new(call, "lead_enquiry");

    if (!rec)
        return acrm__nomem(call);
    acrm__set(rec, F_lead_enquiry__lead_id, lead->cells[F_ID]);
    acrm__set(rec, F_lead_enquiry__at, fresh->cells[F_lead__received_at]);
    acrm__set(rec, F_lead_enquiry__provider, run->provider);
    acrm__set(rec, F_lead_enquiry__external_id, run->external_id);
    acrm__set(rec, F_lead_enquiry__source_id, fresh->cells[F_lead__source_id]);
    acrm__set(rec, F_lead_enquiry__channel, fresh->cells[F_lead__channel]);
    return acrm__insert(call, rec);
}

static acrm_cell submit_channel(const acrm__rec *fresh)
{
    static const char *const channels[][2] = {
        { "showroom", "visit" }, { "phone", "phone" }, { "mail", "email" }, { "event", "event" },
        { "social", "messenger" }, { "workshop", "visit" }, { "web", "web" },
    };

    for (size_t i = 0; i < sizeof channels / sizeof channels[0]; i++)
        if (acrm__sales_is(fresh, F_lead__channel, channels[i][0]))
            return acrm__cell_text(channels[i][1]);
    return acrm__cell_text("system");
}

static int32_t submit_interaction(submit_run *run, const acrm__rec *fresh, const acrm__rec *lead)
{
    acrm__call *call = run->call;
    acrm__rec *rec = acrm__new(call, "interaction");
    const struct {
        const char *field;
        acrm_cell value;
    } set[] = {
        { "customer_id", lead->cells[F_lead__customer_id] },
        { "at", fresh->cells[F_lead__received_at] },
        { "channel", submit_channel(fresh) },
        { "subject", fresh->cells[F_lead__subject] },
        { "body", fresh->cells[F_lead__comments] },
        { "dealer_id", lead->cells[F_lead__dealer_id] },
        { "subject_entity", acrm__cell_text("lead") },
        { "subject_id", lead->cells[F_ID] },
    };

    if (!rec)
        return acrm__nomem(call);
    for (size_t i = 0; i < sizeof set / sizeof set[0]; i++)
        acrm__set(rec, acrm__field_of(rec->entity, set[i].field), set[i].value);
    return acrm__insert(call, rec);
}

static int32_t submit_attach(submit_run *run, const acrm__rec *fresh, acrm__rec *lead)
{
    acrm__call *call = run->call;
    int32_t st = submit_enquiry(run, fresh, lead);

    if (st == ACRM_OK)
        st = submit_interaction(run, fresh, lead);
    if (st == ACRM_OK && run->lead)
        st = submit_fill(call, lead, run->lead, "lead.");
    if (st != ACRM_OK)
        return st;
    acrm__set(lead, F_lead__resent_count,
              acrm__cell_int(acrm__int(lead, F_lead__resent_count) + 1));
    st = acrm__update(call, lead);
    if (st == ACRM_OK)
        st = acrm__emit(call, "lead.attached", "lead", acrm__id(lead, F_ID), NULL);
    return st == ACRM_OK && !acrm__add_text(run->reasons, "same_wish_is_open") ? acrm__nomem(call)
                                                                               : st;
}

/* --- A new one --- */

static int32_t submit_fresh(submit_run *run, acrm__rec **out)
{
    static const char *const skip[] = { "customer_id", NULL };
    acrm__call *call = run->call;
    acrm__rec *rec = acrm__new(call, "lead");
    int32_t st = rec ? ACRM_OK : acrm__nomem(call);

    if (st == ACRM_OK && run->lead)
        st = submit_assign(call, rec, run->lead, "lead.", skip);
    if (st != ACRM_OK)
        return st;
    acrm__set(rec, F_lead__customer_id, acrm__cell_id(run->customer_id));
    acrm__set(rec, F_lead__provider, run->provider);
    acrm__set(rec, F_lead__external_id, run->external_id);
    if (run->source_id.type != ACRM_CELL_NULL)
        acrm__set(rec, F_lead__source_id, run->source_id);
    if (acrm__is_null(rec, F_lead__received_at))
        acrm__set(rec, F_lead__received_at, acrm__cell_int(call->now));
    *out = rec;
    return ACRM_OK;
}

static int32_t submit_lead(submit_run *run, acrm__rec **lead, const char **outcome)
{
    acrm__rec *fresh, *open;
    int32_t st = submit_fresh(run, &fresh);

    if (st == ACRM_OK)
        st = submit_find_open(run, fresh, &open);
    if (st != ACRM_OK)
        return st;
    *outcome = open ? "attached" : "created";
    *lead = open ? open : fresh;
    return open ? submit_attach(run, fresh, open) : acrm__insert(run->call, fresh);
}

static int32_t submit_answer(const submit_run *run, const acrm__rec *lead, const char *outcome,
                             const char *customer_outcome)
{
    acrm__call *call = run->call;
    const unsigned char *customer = acrm__id(lead, F_lead__customer_id);
    bool ok = acrm__put_text(call->out, "outcome", outcome) &&
              acrm__put_text(call->out, "lead_id", acrm__id_text(call, acrm__id(lead, F_ID))) &&
              acrm__put_text(call->out, "customer_id", acrm__id_text(call, customer)) &&
              acrm__put_text(call->out, "customer_outcome", customer_outcome) &&
              acrm__put_value(call->out, "reasons", run->reasons);

    return ok ? ACRM_OK : acrm__nomem(call);
}

static int32_t submit_known_enquiry(submit_run *run, const acrm__rec *enquiry, acrm__rec **lead,
                                    const char **outcome)
{
    acrm__call *call = run->call;

    *outcome = "unchanged";
    if (!acrm__add_text(run->reasons, "attached_before"))
        return acrm__nomem(call);
    return acrm__load(call, "lead", acrm__id(enquiry, F_lead_enquiry__lead_id), NULL, lead);
}

int32_t acrm__sales_submit(acrm__call *call)
{
    acrm__call system = acrm__sales_system(call); /* intake knows every customer */
    submit_run run = {
        .call = &system, .customer = acrm__arg(call, "customer"), .lead = acrm__arg(call, "lead"),
        .provider = acrm__cell_text(acrm__arg_text(call, "provider")),
        .external_id = acrm__cell_text(acrm__arg_text(call, "external_id")),
        .source_id = acrm__cell_null(), .reasons = acrm__value_in(call->arena),
    };
    acrm__rec *lead, *enquiry, *named;
    const char *outcome, *customer_outcome = "unchanged";
    int32_t st = ACRM_OK;

    if (!run.reasons || acrm_value_set_list(run.reasons) != ACRM_OK)
        return acrm__nomem(call);
    if (acrm__arg(call, "customer_id")) /* only one whom the caller may see can be named */
        st = acrm__load_arg(call, "customer", "customer_id", &named);
    if (st == ACRM_OK)
        st = submit_find_known(&run, &lead, &enquiry);
    if (st == ACRM_OK && lead) {
        st = submit_again(&run, lead, &outcome);
    } else if (st == ACRM_OK && enquiry) {
        st = submit_known_enquiry(&run, enquiry, &lead, &outcome);
    } else if (st == ACRM_OK) {
        st = submit_source(&run);
        if (st == ACRM_OK)
            st = submit_customer(&run, &customer_outcome);
        if (st == ACRM_OK)
            st = submit_lead(&run, &lead, &outcome);
    }
    return st == ACRM_OK ? submit_answer(&run, lead, outcome, customer_outcome) : st;
}
