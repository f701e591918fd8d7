/* SPDX-License-Identifier: MIT */
/* agenda.ical and activity.ical: activities as calendar programs read them. */
#include "autocrm/ical.h"
#include "base/civil.h"
#include "kernel/inside.h"
#include "modules/sales/sales.h"

#include <string.h>

enum { ICAL_DAYS_BACK = 30, ICAL_DAYS_AHEAD = 366 };

typedef struct ical_feed {
    acrm__call *call;
    acrm__recs activities, customers, dealers;
    const acrm_zone *zone; /* NULL: UTC */
    const char *zone_name;
    acrm_zone *loaded;
    const char *name;
    int32_t method, alarm, alarm_s;
    bool of_customer; /* for the customer's eyes: no notes, no names of others */
    int64_t cancelled;
} ical_feed;

/* --- The zone --- */

static int32_t ical_zone(ical_feed *feed)
{
    acrm__call *call = feed->call;
    const acrm_engine *engine = call->session->engine;

    feed->zone_name = acrm__arg_text(call, "zone");
    if (!feed->zone_name || strcmp(feed->zone_name, engine->zone) == 0) {
        feed->zone_name = engine->zone;
        feed->zone = engine->clock_zone;
        return ACRM_OK;
    }
    if (strcmp(feed->zone_name, "UTC") == 0)
        return ACRM_OK;
    int32_t st = acrm_zone_load(feed->zone_name, NULL, &engine->allocator, &feed->loaded, NULL);
    feed->zone = feed->loaded;
    if (st == ACRM_E_NOMEM)
        return acrm__nomem(call);
    return st == ACRM_OK ? ACRM_OK
                         : acrm__fail(call, ACRM_E_INVALID, "zone", "zone",
                                      "there is no time zone of that name on this machine: give "
                                      "an IANA name such as Asia/Tehran");
}

/* --- Events --- */

static const acrm__rec *ical_find(const acrm__recs *records, const unsigned char *id)
{
    for (size_t i = 0; id && i < records->count; i++)
        if (acrm__sales_same(acrm__id(records->items[i], F_ID), id))
            return records->items[i];
    return NULL;
}

/* The text of a field that this session may see. */
static const char *ical_seen(const ical_feed *feed, const acrm__rec *rec, const char *field)
{
    uint32_t number = rec ? acrm__field_of(rec->entity, field) : UINT32_MAX;

    if (number == UINT32_MAX || !acrm__may_see_field(feed->call, rec->entity, number))
        return NULL;
    return acrm__text(rec, number);
}

/* "a, b", either of which may be missing. */
static const char *ical_join(const ical_feed *feed, const char *a, const char *between,
                             const char *b)
{
    if (!a || !b)
        return a ? a : b;
    return acrm__arena_format(feed->call->arena, "%s%s%s", a, between, b);
}

/* Where it takes place, when somebody has to go there. */
static const char *ical_location(const ical_feed *feed, const acrm__rec *activity)
{
    const acrm__rec *dealer = ical_find(&feed->dealers, acrm__id(activity,
                                                                 F_activity__dealer_id));

    if (!dealer || (!acrm__sales_is(activity, F_activity__kind, "visit") &&
                    !acrm__sales_is(activity, F_activity__kind, "meeting")))
        return NULL;
    const char *address = ical_join(feed, ical_seen(feed, dealer, "street"), ", ",
                                    ical_seen(feed, dealer, "city"));
    return ical_join(feed, ical_seen(feed, dealer, "name"), ", ", address);
}

static int32_t ical_event(ical_feed *feed, const acrm__rec *activity, acrm_ical_event *event)
{
    acrm__call *call = feed->call;
    const acrm__rec *customer = ical_find(&feed->customers,
                                          acrm__id(activity, F_activity__customer_id));
    const char *who = feed->of_customer ? NULL : ical_seen(feed, customer, "name");
    bool gone = !acrm__is_null(activity, F_DELETED_AT) ||
                acrm__sales_is(activity, F_activity__status, "cancelled");
    int64_t due = acrm__int(activity, F_activity__due_at);

    *event = (acrm_ical_event){
        .struct_size = sizeof *event, .status = gone ? ACRM_ICAL_CANCELLED : ACRM_ICAL_CONFIRMED,
        .uid = acrm__arena_format(call->arena, "%s@autocrm",
                                  acrm__id_text(call, acrm__id(activity, F_ID))),
        .stamp = call->now, .changed = acrm__int(activity, F_UPDATED_AT), .start = due,
        .end = due + acrm__int(activity, F_activity__duration) * ACRM__SECOND_US,
        .sequence = (int32_t)acrm__int(activity, F_VERSION) - 1,
        .alarm = feed->alarm, .alarm_s = feed->alarm_s,
        .shows_free = acrm__is_null(activity, F_activity__duration),
        .description = feed->of_customer ? NULL : ical_seen(feed, activity, "notes"),
        .location = ical_location(feed, activity),
        .category = acrm__text(activity, F_activity__kind),
    };
    const char *subject = ical_seen(feed, activity, "subject");
    event->summary = ical_join(feed, subject, " - ", who);
    feed->cancelled += gone;
    bool short_of = !event->uid || (subject && who && !event->summary);
    return short_of ? acrm__nomem(call) : ACRM_OK;
}

/* --- Writing --- */

static int32_t ical_names(ical_feed *feed, const char *entity, uint32_t field, acrm__recs *out)
{
    size_t n = 0;
    acrm_cell *ids = acrm__arena_array(feed->call->arena, feed->activities.count + 1, sizeof *ids);

    if (!ids)
        return acrm__nomem(feed->call);
    for (size_t i = 0; i < feed->activities.count; i++) {
        const acrm_cell *id = &feed->activities.items[i]->cells[field];
        bool again = n > 0 && acrm__cell_equal(id, &ids[n - 1]);
        if (id->type != ACRM_CELL_NULL && !again)
            ids[n++] = *id;
    }
    return acrm__sales_find_in(feed->call, entity, F_ID, ids, (uint32_t)n, out);
}

static int32_t ical_write(ical_feed *feed, const acrm_ical_event *events)
{
    acrm__call *call = feed->call;
    const acrm_ical_calendar calendar = {
        .struct_size = sizeof calendar, .method = feed->method, .name = feed->name,
        .zone = feed->zone, .zone_name = feed->zone ? feed->zone_name : NULL, .events = events,
        .events_count = feed->activities.count,
    };
    acrm_issue issue = { "", "", -1 };
    acrm_buf *text = NULL;
    int32_t st = acrm_ical_write(&calendar, &call->session->engine->allocator, &text, &issue);

    if (st == ACRM_E_NOMEM)
        return acrm__nomem(call);
    if (st != ACRM_OK)
        return acrm__fail(call, st, "ical", issue.field, "the calendar takes only %s",
                          issue.allowed);
    bool ok = acrm__put_textn(call->out, "ical", acrm_buf_data(text), acrm_buf_len(text)) &&
              acrm__put_int(call->out, "events", (int64_t)feed->activities.count) &&
              acrm__put_int(call->out, "cancelled", feed->cancelled);
    acrm_buf_free(text);
    return ok ? ACRM_OK : acrm__nomem(call);
}

static int32_t ical_make(ical_feed *feed, const acrm_ical_person *organizer,
                         const acrm_ical_person *attendee)
{
    size_t n = feed->activities.count;
    acrm_ical_event *events = acrm__arena_array(feed->call->arena, n + 1, sizeof *events);
    int32_t st = events ? ACRM_OK : acrm__nomem(feed->call);

    if (st == ACRM_OK)
        st = ical_names(feed, "customer", F_activity__customer_id, &feed->customers);
    if (st == ACRM_OK)
        st = ical_names(feed, "dealer", F_activity__dealer_id, &feed->dealers);
    for (size_t i = 0; st == ACRM_OK && i < n; i++) {
        st = ical_event(feed, feed->activities.items[i], &events[i]);
        events[i].organizer = organizer;
        events[i].attendees = attendee;
        events[i].attendees_count = attendee != NULL;
    }
    return st == ACRM_OK ? ical_write(feed, events) : st;
}

/* --- agenda.ical --- */

/* What a customer comes for or is called about, not what the staff has to do. */
static const acrm_filter_node *ical_appointments(acrm__call *call)
{
    static const char *const kinds[] = { "visit", "meeting", "call" };
    acrm_filter_node *in = acrm__arena_zero(call->arena, sizeof *in);
    acrm_cell *values = acrm__arena_array(call->arena, 3, sizeof *values);

    if (!in || !values)
        return NULL;
    for (size_t i = 0; i < 3; i++)
        values[i] = acrm__cell_text(kinds[i]);
    *in = (acrm_filter_node){ .op = ACRM_FILTER_IN, .column = F_activity__kind, .values = values,
                              .n_values = 3 };
    return in;
}

static int32_t ical_find_activities(ical_feed *feed)
{
    acrm__call *call = feed->call;
    unsigned char user[16], dealer[16], customer[16];
    int64_t from = call->now - ICAL_DAYS_BACK * ACRM__DAY_US;
    int64_t until = call->now + ICAL_DAYS_AHEAD * ACRM__DAY_US;
    acrm__term terms[6];
    size_t n = 0;

    (void)acrm__arg_time(call, "from", &from);
    (void)acrm__arg_time(call, "until", &until);
    terms[n++] = (acrm__term){ F_activity__due_at, ACRM_FILTER_GE, acrm__cell_int(from) };
    terms[n++] = (acrm__term){ F_activity__due_at, ACRM_FILTER_LE, acrm__cell_int(until) };
    feed->of_customer = acrm__arg_id(call, "customer_id", customer);
    if (feed->of_customer) {
        terms[n++] = (acrm__term){ F_activity__customer_id, ACRM_FILTER_EQ,
                                   acrm__cell_id(customer) };
        terms[n++] = (acrm__term){ F_activity__automatic, ACRM_FILTER_NE, acrm__cell_int(1) };
    }
    if (acrm__arg_id(call, "dealer_id", dealer))
        terms[n++] = (acrm__term){ F_activity__dealer_id, ACRM_FILTER_EQ, acrm__cell_id(dealer) };
    if (acrm__arg_id(call, "user_id", user))
        terms[n++] = (acrm__term){ F_activity__owner_id, ACRM_FILTER_EQ, acrm__cell_id(user) };
    else if (n == 2 && acrm__actor(call)) /* one's own; the system: everybody's */
        terms[n++] = (acrm__term){ F_activity__owner_id, ACRM_FILTER_EQ,
                                   acrm__cell_id(acrm__actor(call)) };
    const acrm_filter_node *where = feed->of_customer ? ical_appointments(call) : NULL;
    if (feed->of_customer && !where)
        return acrm__nomem(call);
    uint32_t limit = (uint32_t)acrm__arg_int(call, "limit", 2000);
    int32_t st = acrm__find(call, &(acrm__select){
        .entity = "activity", .terms = terms, .n_terms = n, .where = where,
        .order = F_activity__due_at, .limit = limit, .with_deleted = true }, &feed->activities);
    if (st == ACRM_OK && !acrm__put_bool(call->out, "more", feed->activities.count == limit))
        st = acrm__nomem(call);
    return st;
}

int32_t acrm__sales_agenda_ical(acrm__call *call)
{
    ical_feed feed = { .call = call, .name = acrm__arg_text(call, "name"),
                       .alarm = acrm__arg(call, "alarm") != NULL };
    int64_t alarm = 0;

    if (acrm__arg_time(call, "alarm", &alarm))
        feed.alarm_s = (int32_t)alarm;
    int32_t st = ical_zone(&feed);
    if (st == ACRM_OK)
        st = ical_find_activities(&feed);
    if (st == ACRM_OK)
        st = ical_make(&feed, NULL, NULL);
    acrm_zone_free(feed.loaded);
    return st;
}

/* --- activity.ical: an invitation --- */

/* The customer's e-mail address: the preferred one, else the first. */
static int32_t ical_customer_email(acrm__call *call, const acrm__rec *activity, const char **out)
{
    const acrm__entity *entity = acrm__entity_of(call, "contact_point");
    const acrm__term terms[] = {
        { acrm__field_of(entity, "customer_id"), ACRM_FILTER_EQ,
          activity->cells[F_activity__customer_id] },
        { acrm__field_of(entity, "channel"), ACRM_FILTER_EQ, acrm__cell_text("email") },
        { acrm__field_of(entity, "valid"), ACRM_FILTER_EQ, acrm__cell_int(1) },
    };
    acrm__rec *rec = NULL;

    *out = NULL;
    if (terms[0].value.type == ACRM_CELL_NULL)
        return ACRM_OK;
    int32_t st = acrm__find_one(call, &(acrm__select){
        .entity = "contact_point", .terms = terms, .n_terms = 3,
        .order = acrm__field_of(entity, "preferred"), .descending = true }, &rec);
    if (st == ACRM_OK && rec)
        *out = acrm__text(rec, acrm__field_of(entity, "value"));
    return st;
}

static int32_t ical_organizer(acrm__call *call, const acrm__rec *activity, acrm_ical_person *out)
{
    const unsigned char *owner = acrm__id(activity, F_activity__owner_id);
    const acrm_cell id = acrm__cell_id(owner);
    acrm__recs users = { NULL, 0 };
    int32_t st = owner ? acrm__sales_find_in(call, "user", F_ID, &id, 1, &users) : ACRM_OK;

    if (st != ACRM_OK || users.count == 0)
        return st;
    const acrm__rec *user = users.items[0];
    *out = (acrm_ical_person){ .name = acrm__text(user, acrm__field_of(user->entity, "name")),
                               .email = acrm__text(user, acrm__field_of(user->entity, "email")) };
    return ACRM_OK;
}

int32_t acrm__sales_activity_ical(acrm__call *call)
{
    ical_feed feed = { .call = call, .of_customer = true };
    acrm_ical_person organizer = { .name = NULL }, attendee = { .name = NULL };
    acrm__rec *activity = NULL;
    unsigned char id[16];

    acrm__arg_id(call, "id", id);
    int32_t st = acrm__load_any(call, acrm__entity_of(call, "activity"), id, &activity);
    if (st == ACRM_OK && !activity)
        st = acrm__fail(call, ACRM_E_NOTFOUND, "reference", "id", "there is no such activity");
    if (st == ACRM_OK)
        st = ical_zone(&feed);
    if (st == ACRM_OK)
        st = ical_organizer(call, activity, &organizer);
    if (st == ACRM_OK)
        st = ical_customer_email(call, activity, &attendee.email);
    if (st == ACRM_OK) {
        bool gone = !acrm__is_null(activity, F_DELETED_AT) ||
                    acrm__sales_is(activity, F_activity__status, "cancelled");
        bool invites = organizer.email && attendee.email; /* else there is nobody to answer */
        feed.activities = (acrm__recs){ &activity, 1 };
        feed.method = gone ? ACRM_ICAL_CANCEL : invites ? ACRM_ICAL_REQUEST : ACRM_ICAL_PUBLISH;
        st = ical_make(&feed, organizer.email ? &organizer : NULL,
                       invites ? &attendee : NULL);
    }
    acrm_zone_free(feed.loaded);
    return st;
}
