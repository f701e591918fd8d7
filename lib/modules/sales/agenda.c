/* SPDX-License-Identifier: MIT */
/* Activities and agendas: what is due, for whom, what is overdue first; and what is neglected. */
#include "modules/sales/sales.h"

#include "base/civil.h"
#include "kernel/inside.h"

#include <stdlib.h>

/* --- Activities --- */

static int32_t agenda_automatic(acrm__call *call)
{
    return acrm__fail(call, ACRM_E_CONFLICT, "automatic", "id",
                      "the cadence of its lead keeps this activity; agree another date with "
                      "lead.contact");
}

/* Nobody but the cadence moves its activity: it would no longer be what the lead says. */
static int32_t agenda_kept(acrm__call *call, const acrm__rec *rec)
{
    static const uint32_t kept[] = { F_activity__due_at, F_activity__owner_id,
                                     F_activity__lead_id, F_DELETED_AT };

    if (call->entity != rec->entity || !acrm__int(rec, F_activity__automatic) ||
        !acrm__sales_is(rec, F_activity__status, "open"))
        return ACRM_OK;
    for (size_t i = 0; i < sizeof kept / sizeof kept[0]; i++)
        if (acrm__changed(rec, kept[i]))
            return agenda_automatic(call);
    return ACRM_OK;
}

int32_t acrm__sales_activity_write(acrm__call *call, acrm__rec *rec, const acrm__rec *before)
{
    const acrm__principal *p = &call->session->principal;

    if (before)
        return agenda_kept(call, rec);
    if (!acrm__id(rec, F_activity__owner_id) && acrm__actor(call))
        acrm__set(rec, F_activity__owner_id, acrm__cell_id(p->id));
    if (!acrm__id(rec, F_activity__dealer_id) && p->has_dealer)
        acrm__set(rec, F_activity__dealer_id, acrm__cell_id(p->dealer_id));
    return ACRM_OK;
}

static int32_t agenda_load_open(acrm__call *call, acrm__rec **out)
{
    int32_t st = acrm__load_arg(call, "activity", "id", out);

    if (st == ACRM_OK && !acrm__sales_is(*out, F_activity__status, "open"))
        st = acrm__fail(call, ACRM_E_CONFLICT, "state", "id", "the activity is %s already",
                        acrm__text(*out, F_activity__status));
    return st;
}

/* The channel of the contact that an activity was. */
static const char *agenda_channel(const acrm__rec *activity)
{
    static const char *const channels[][2] = {
        { "visit", "visit" }, { "meeting", "visit" }, { "email", "email" },
        { "message", "messenger" }, { "task", "system" },
    };

    for (size_t i = 0; i < sizeof channels / sizeof channels[0]; i++)
        if (acrm__sales_is(activity, F_activity__kind, channels[i][0]))
            return channels[i][1];
    return "phone";
}

/* An activity of an open lead was a contact with the customer, or an attempt. */
static int32_t agenda_contact(acrm__call *call, const acrm__rec *activity)
{
    acrm__sales_contact contact = {
        .channel = agenda_channel(activity), .direction = "out",
        .effective = acrm__arg_bool(call, "effective", true),
        .outcome = acrm__arg_text(call, "outcome"), .notes = acrm__arg_text(call, "notes"),
    };
    bool automatic = acrm__int(activity, F_activity__automatic) != 0;
    acrm__rec *lead;

    if (!acrm__id(activity, F_activity__lead_id) || (!automatic && !acrm__arg(call, "effective")))
        return ACRM_OK;
    int32_t st = acrm__load(call, "lead", acrm__id(activity, F_activity__lead_id), "lead_id",
                            &lead);
    if (st != ACRM_OK || !acrm__sales_open(lead))
        return st;
    return acrm__sales_contact_note(call, lead, &contact);
}

int32_t acrm__sales_activity_complete(acrm__call *call)
{
    acrm__rec *activity;
    int32_t st = agenda_load_open(call, &activity);

    if (st == ACRM_OK)
        st = agenda_contact(call, activity);
    if (st == ACRM_OK) /* the cadence may have completed it */
        st = acrm__load_arg(call, "activity", "id", &activity);
    if (st != ACRM_OK)
        return st;
    bool stays = acrm__int(activity, F_activity__automatic) &&
                 !acrm__arg_bool(call, "effective", true);
    if (!stays) { /* an attempt leaves the follow-up open */
        acrm__set(activity, F_activity__status, acrm__cell_text("done"));
        acrm__set(activity, F_activity__done_at, acrm__cell_int(call->now));
    }
    acrm__set(activity, F_activity__outcome, acrm__cell_text(acrm__arg_text(call, "outcome")));
    if (acrm__arg(call, "notes"))
        acrm__set(activity, F_activity__notes, acrm__cell_text(acrm__arg_text(call, "notes")));
    st = acrm__update(call, activity);
    return st == ACRM_OK ? acrm__render(call, activity, call->out) : st;
}

int32_t acrm__sales_activity_cancel(acrm__call *call)
{
    acrm__rec *activity;
    int32_t st = agenda_load_open(call, &activity);

    if (st != ACRM_OK)
        return st;
    if (acrm__int(activity, F_activity__automatic))
        return agenda_automatic(call);
    acrm__set(activity, F_activity__status, acrm__cell_text("cancelled"));
    st = acrm__update(call, activity);
    return st == ACRM_OK ? acrm__render(call, activity, call->out) : st;
}

/* --- Names of records, with one query an entity --- */

static int32_t agenda_load_names(acrm__call *call, const char *entity, const acrm__recs *from,
                                 uint32_t field, acrm__recs *out)
{
    acrm_cell *ids = acrm__arena_array(call->arena, from->count + 1, sizeof *ids);
    uint32_t n = 0;

    if (!ids)
        return acrm__nomem(call);
    for (size_t i = 0; i < from->count; i++)
        if (acrm__id(from->items[i], field))
            ids[n++] = from->items[i]->cells[field];
    return acrm__sales_find_in(call, entity, F_ID, ids, n, out);
}

static const acrm__rec *agenda_find(const acrm__recs *records, const unsigned char *id)
{
    for (size_t i = 0; id && i < records->count; i++)
        if (acrm__sales_same(acrm__id(records->items[i], F_ID), id))
            return records->items[i];
    return NULL;
}

static const char *agenda_name(const acrm__recs *records, const unsigned char *id)
{
    const acrm__rec *rec = agenda_find(records, id);
    return rec ? acrm__text(rec, acrm__field_of(rec->entity, "name")) : NULL;
}

/* --- The agenda --- */

typedef struct agenda_run {
    acrm__call *call;
    acrm_cell user, dealer; /* NULL: any */
    bool has_from;
    int64_t from, until;
    uint32_t limit;
    acrm__recs activities, leads;
} agenda_run;

static int32_t agenda_activities(agenda_run *run)
{
    acrm__term terms[5] = {
        { F_activity__status, ACRM_FILTER_EQ, acrm__cell_text("open") },
        { F_activity__due_at, ACRM_FILTER_LE, acrm__cell_int(run->until) },
    };
    size_t n = 2;

    if (run->user.type != ACRM_CELL_NULL)
        terms[n++] = (acrm__term){ F_activity__owner_id, ACRM_FILTER_EQ, run->user };
    if (run->dealer.type != ACRM_CELL_NULL)
        terms[n++] = (acrm__term){ F_activity__dealer_id, ACRM_FILTER_EQ, run->dealer };
    if (run->has_from)
        terms[n++] = (acrm__term){ F_activity__due_at, ACRM_FILTER_GE, acrm__cell_int(run->from) };
    return acrm__find(run->call, &(acrm__select){ .entity = "activity", .terms = terms,
                                                  .n_terms = n, .order = F_activity__due_at,
                                                  .limit = run->limit }, &run->activities);
}

/* A lead that somebody has is on his agenda by its automatic activity; these are the others. */
static int32_t agenda_leads(agenda_run *run)
{
    acrm__term terms[5] = {
        { F_lead__next_contact_at, ACRM_FILTER_LE, acrm__cell_int(run->until) },
        { F_lead__next_contact_at, ACRM_FILTER_NE, acrm__cell_null() },
        { F_lead__owner_id, ACRM_FILTER_EQ, acrm__cell_null() },
    };
    size_t n = 3;

    if (run->user.type != ACRM_CELL_NULL)
        return ACRM_OK;
    if (run->dealer.type != ACRM_CELL_NULL)
        terms[n++] = (acrm__term){ F_lead__dealer_id, ACRM_FILTER_EQ, run->dealer };
    if (run->has_from)
        terms[n++] = (acrm__term){ F_lead__next_contact_at, ACRM_FILTER_GE,
                                   acrm__cell_int(run->from) };
    return acrm__find(run->call, &(acrm__select){ .entity = "lead", .terms = terms, .n_terms = n,
                                                  .order = F_lead__next_contact_at,
                                                  .limit = run->limit }, &run->leads);
}

typedef struct agenda_item {
    int64_t due;
    const acrm__rec *rec;
    bool is_lead;
} agenda_item;

static int agenda_order(const void *a, const void *b)
{
    const agenda_item *x = a, *y = b;

    if (x->due != y->due)
        return x->due < y->due ? -1 : 1;
    return memcmp(acrm__id(x->rec, F_ID), acrm__id(y->rec, F_ID), 16);
}

static bool agenda_put_id(acrm__call *call, acrm_value *item, const char *key,
                          const unsigned char *id)
{
    return acrm__put_text(item, key, acrm__id_text(call, id));
}

/* What an item is about, whether it is an activity or a lead. */
typedef struct agenda_about {
    const char *kind, *subject;
    const unsigned char *activity, *lead, *customer, *owner;
} agenda_about;

static agenda_about agenda_about_of(const agenda_item *item)
{
    const acrm__rec *rec = item->rec;

    if (item->is_lead)
        return (agenda_about){ .kind = "lead_contact", .subject = acrm__text(rec, F_lead__subject),
                               .lead = acrm__id(rec, F_ID),
                               .customer = acrm__id(rec, F_lead__customer_id) };
    return (agenda_about){ .kind = acrm__text(rec, F_activity__kind),
                           .subject = acrm__text(rec, F_activity__subject),
                           .activity = acrm__id(rec, F_ID),
                           .lead = acrm__id(rec, F_activity__lead_id),
                           .customer = acrm__id(rec, F_activity__customer_id),
                           .owner = acrm__id(rec, F_activity__owner_id) };
}

static int32_t agenda_put(agenda_run *run, const agenda_item *from, const acrm__recs *customers,
                          const acrm__recs *leads, acrm_value *list)
{
    acrm__call *call = run->call;
    agenda_about about = agenda_about_of(from);
    const acrm__rec *lead = from->is_lead ? from->rec : agenda_find(leads, about.lead);
    const char *level = lead ? acrm__text(lead, F_lead__level) : NULL;
    acrm_value *item = acrm__add_map(list);
    int64_t late = from->due < call->now ? call->now - from->due : 0;
    bool ok = item && acrm__put_text(item, "due_at", acrm__instant_text(call, from->due)) &&
              acrm__put_bool(item, "overdue", late > 0) &&
              acrm__put_int(item, "overdue_minutes", late / (60 * ACRM__SECOND_US)) &&
              acrm__put_text(item, "kind", about.kind) &&
              acrm__put_text(item, "subject", about.subject) &&
              agenda_put_id(call, item, "activity_id", about.activity) &&
              agenda_put_id(call, item, "lead_id", about.lead) &&
              acrm__put_text(item, "level", level) &&
              agenda_put_id(call, item, "customer_id", about.customer) &&
              acrm__put_text(item, "customer", agenda_name(customers, about.customer)) &&
              agenda_put_id(call, item, "owner_id", about.owner);

    return ok ? ACRM_OK : acrm__nomem(call);
}

static int32_t agenda_merge(agenda_run *run, acrm_value *list)
{
    acrm__call *call = run->call;
    size_t n = run->activities.count, m = run->leads.count;
    agenda_item *items = acrm__arena_array(call->arena, n + m + 1, sizeof *items);
    acrm__recs all = { acrm__arena_array(call->arena, n + m + 1, sizeof(acrm__rec *)), n + m };
    acrm__recs customers, leads, of_leads;

    if (!items || !all.items)
        return acrm__nomem(call);
    for (size_t i = 0; i < n; i++)
        items[i] = (agenda_item){ acrm__int(run->activities.items[i], F_activity__due_at),
                                  run->activities.items[i], false };
    for (size_t i = 0; i < m; i++)
        items[n + i] = (agenda_item){ acrm__int(run->leads.items[i], F_lead__next_contact_at),
                                      run->leads.items[i], true };
    qsort(items, n + m, sizeof *items, agenda_order);
    int32_t st = agenda_load_names(call, "lead", &run->activities, F_activity__lead_id, &leads);
    if (st == ACRM_OK)
        st = agenda_load_names(call, "customer", &run->activities, F_activity__customer_id,
                               &customers);
    if (st == ACRM_OK)
        st = agenda_load_names(call, "customer", &run->leads, F_lead__customer_id, &of_leads);
    for (size_t i = 0; st == ACRM_OK && i < n + m && i < run->limit; i++)
        st = agenda_put(run, &items[i], items[i].is_lead ? &of_leads : &customers, &leads, list);
    return st;
}

int32_t acrm__sales_agenda(acrm__call *call)
{
    unsigned char user[16], dealer[16];
    agenda_run run = { .call = call, .user = acrm__cell_null(), .dealer = acrm__cell_null(),
                       .limit = (uint32_t)acrm__arg_int(call, "limit", 200) };
    acrm_value *list = acrm__put_list(call->out, "items");

    if (!list)
        return acrm__nomem(call);
    if (acrm__arg_id(call, "dealer_id", dealer))
        run.dealer = acrm__cell_id(dealer);
    if (acrm__arg_id(call, "user_id", user))
        run.user = acrm__cell_id(user);
    else if (run.dealer.type == ACRM_CELL_NULL)
        run.user = acrm__cell_id(acrm__actor(call)); /* one's own; the system: everybody's */
    run.has_from = acrm__arg_time(call, "from", &run.from);
    if (!acrm__arg_time(call, "until", &run.until))
        run.until = call->now + 7 * ACRM__DAY_US;
    int32_t st = agenda_activities(&run);
    if (st == ACRM_OK)
        st = agenda_leads(&run);
    return st == ACRM_OK ? agenda_merge(&run, list) : st;
}

/* --- Neglected leads --- */

static int32_t agenda_put_neglected(acrm__call *call, const acrm__rec *lead,
                                    const acrm__recs *users, const acrm__recs *dealers,
                                    const acrm__recs *customers, acrm_value *list)
{
    static const char *const steps[] = { NULL, "owner", "manager", "reassign" };
    const unsigned char *owner = acrm__id(lead, F_lead__owner_id);
    const unsigned char *dealer = acrm__id(lead, F_lead__dealer_id);
    const unsigned char *customer = acrm__id(lead, F_lead__customer_id);
    int64_t due = acrm__int(lead, F_lead__next_contact_at);
    int64_t step = acrm__int(lead, F_lead__neglect_step);
    int64_t since = acrm__int(lead, F_lead__neglected_at);
    acrm_value *item = acrm__add_map(list);
    bool ok = item && agenda_put_id(call, item, "lead_id", acrm__id(lead, F_ID)) &&
              acrm__put_text(item, "level", acrm__text(lead, F_lead__level)) &&
              acrm__put_text(item, "status", acrm__text(lead, F_lead__status)) &&
              acrm__put_text(item, "due_at", acrm__instant_text(call, due)) &&
              acrm__put_int(item, "overdue_minutes", (call->now - due) / (60 * ACRM__SECOND_US)) &&
              acrm__put_text(item, "neglected_at", acrm__instant_text(call, since)) &&
              acrm__put_text(item, "raised_to", step >= 1 && step <= 3 ? steps[step] : NULL) &&
              acrm__put_int(item, "attempts", acrm__int(lead, F_lead__attempts)) &&
              agenda_put_id(call, item, "customer_id", customer) &&
              acrm__put_text(item, "customer", agenda_name(customers, customer)) &&
              agenda_put_id(call, item, "owner_id", owner) &&
              acrm__put_text(item, "owner", agenda_name(users, owner)) &&
              agenda_put_id(call, item, "dealer_id", dealer) &&
              acrm__put_text(item, "dealer", agenda_name(dealers, dealer));

    return ok ? ACRM_OK : acrm__nomem(call);
}

int32_t acrm__sales_neglected(acrm__call *call)
{
    unsigned char user[16], dealer[16];
    acrm__term terms[3] = { { F_lead__neglected_at, ACRM_FILTER_NE, acrm__cell_null() } };
    acrm__recs leads, users, dealers, customers;
    acrm_value *list = acrm__put_list(call->out, "items");
    size_t n = 1;

    if (acrm__arg_id(call, "dealer_id", dealer))
        terms[n++] = (acrm__term){ F_lead__dealer_id, ACRM_FILTER_EQ, acrm__cell_id(dealer) };
    if (acrm__arg_id(call, "user_id", user))
        terms[n++] = (acrm__term){ F_lead__owner_id, ACRM_FILTER_EQ, acrm__cell_id(user) };
    int32_t st = acrm__find(call, &(acrm__select){
        .entity = "lead", .terms = terms, .n_terms = n, .order = F_lead__neglected_at,
        .limit = (uint32_t)acrm__arg_int(call, "limit", 100) }, &leads);
    if (st == ACRM_OK)
        st = agenda_load_names(call, "user", &leads, F_lead__owner_id, &users);
    if (st == ACRM_OK)
        st = agenda_load_names(call, "dealer", &leads, F_lead__dealer_id, &dealers);
    if (st == ACRM_OK)
        st = agenda_load_names(call, "customer", &leads, F_lead__customer_id, &customers);
    for (size_t i = 0; st == ACRM_OK && i < leads.count; i++)
        st = list ? agenda_put_neglected(call, leads.items[i], &users, &dealers, &customers, list)
                  : acrm__nomem(call);
    return st;
}
