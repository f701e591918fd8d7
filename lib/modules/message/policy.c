/* SPDX-License-Identifier: MIT */
/*
 * What decides whether messages may leave, read for many at once: as many statements for one as for
 * a batch. decide.c says what it comes to.
 */
#include "base/value.h"
#include "kernel/inside.h"
#include "modules/message/entities.h"
#include "modules/message/message.h"

#include <string.h>

enum { POLICY_ZONES = 16 };

/* A message of the past, and whose it was. */
typedef struct policy_past {
    unsigned char customer[16];
    acrm__past past;
} policy_past;

struct acrm__policy {
    acrm__recs hours, blocks;
    acrm__recs customers, points, preferences; /* in order of id, id, customer */
    acrm__cap *caps;
    size_t n_caps;
    policy_past *sent; /* newest first */
    size_t n_sent, cap_sent;
    const char **no_consent; /* of each message; NULL: allowed */
    acrm__rec *const *messages;
    size_t n;
    struct {
        const char *name;
        acrm_zone *zone; /* NULL: there is none of this name */
    } zones[POLICY_ZONES];
    size_t n_zones;
};

/* --- Reading --- */

/* Records of an entity whose field holds one of the ids in a field of the messages. */
static int32_t policy_find(acrm__call *call, const acrm__policy *p, uint32_t from,
                           const char *entity, const char *field, acrm__recs *out)
{
    acrm_cell *ids = acrm__arena_array(call->arena, p->n + 1, sizeof *ids);
    uint32_t by = acrm__field_of(acrm__entity_of(call, entity), field);
    size_t n = 0;

    *out = (acrm__recs){ NULL, 0 };
    if (!ids)
        return acrm__nomem(call);
    for (size_t i = 0; i < p->n; i++)
        if (!acrm__is_null(p->messages[i], from))
            ids[n++] = p->messages[i]->cells[from];
    if (n == 0)
        return ACRM_OK;
    const acrm_filter_node *where = acrm__where_in(call, by, ids, n);
    return where ? acrm__find(call, &(acrm__select){ .entity = entity, .where = where,
                                  .order = by, .as_system = true }, out)
                 : acrm__nomem(call);
}

/* The one of records in order of a field that holds an id; NULL: none. */
static acrm__rec *policy_of(const acrm__recs *recs, uint32_t field, const unsigned char *id)
{
    size_t low = 0, high = recs->count;

    while (id && low < high) {
        size_t middle = low + (high - low) / 2;
        int order = memcmp(acrm__id(recs->items[middle], field), id, 16);
        if (order == 0)
            return recs->items[middle];
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}

static int32_t policy_rules(acrm__call *call, acrm__policy *p)
{
    acrm__recs caps = { NULL, 0 };
    int32_t st = acrm__find(call, &(acrm__select){ .entity = "message_cap", .as_system = true },
                            &caps);

    if (st == ACRM_OK)
        st = acrm__find(call, &(acrm__select){ .entity = "quiet_hours", .as_system = true },
                        &p->hours);
    if (st == ACRM_OK)
        st = acrm__find(call, &(acrm__select){ .entity = "message_block", .as_system = true },
                        &p->blocks);
    p->caps = st == ACRM_OK ? acrm__arena_array(call->arena, caps.count + 1, sizeof *p->caps)
                            : NULL;
    if (st == ACRM_OK && !p->caps)
        return acrm__nomem(call);
    for (size_t i = 0; st == ACRM_OK && i < caps.count; i++)
        p->caps[p->n_caps++] = (acrm__cap){
            .channel = acrm__text(caps.items[i], F_message_cap__channel),
            .most = acrm__int(caps.items[i], F_message_cap__most),
            .within = acrm__int(caps.items[i], F_message_cap__within) };
    return st;
}

/* The question about all messages of a purpose and channel, from the first of them on. Those asked
 * about are marked with the purpose. */
static acrm_value *policy_question(acrm__call *call, acrm__policy *p, size_t first, bool *asked)
{
    const acrm_cell *purpose = &p->messages[first]->cells[F_message__purpose];
    const acrm_cell *channel = &p->messages[first]->cells[F_message__channel];
    acrm_value *args = acrm__value_in(call->arena);
    bool ok = args && acrm_value_set_map(args) == ACRM_OK &&
              acrm__put_text(args, "purpose", purpose->data) &&
              acrm__put_text(args, "channel", channel->data);
    acrm_value *ids = ok ? acrm__put_list(args, "customer_ids") : NULL;

    ok = ids != NULL;
    for (size_t i = first; ok && i < p->n; i++) {
        const acrm__rec *rec = p->messages[i];
        if (asked[i] || !acrm__cell_equal(&rec->cells[F_message__purpose], purpose) ||
            !acrm__cell_equal(&rec->cells[F_message__channel], channel))
            continue;
        asked[i] = true;
        p->no_consent[i] = purpose->data;
        ok = acrm__add_text(ids, acrm__id_text(call, acrm__id(rec, F_message__customer_id)));
    }
    return ok ? args : NULL;
}

static int32_t policy_ask(acrm__call *call, acrm__policy *p, size_t first, bool *asked)
{
    const void *mark = p->messages[first]->cells[F_message__purpose].data;
    acrm_value *args = policy_question(call, p, first, asked), *answer = NULL;
    acrm_error *error = NULL;
    acrm__call quiet = *call;
    size_t k = 0;

    if (!args)
        return acrm__nomem(call);
    quiet.err = &error;
    int32_t st = acrm__run(&quiet, "consent.check_many", args, &answer);
    const acrm_value *items = st == ACRM_OK ? acrm_value_get(answer, "items") : NULL;
    for (size_t i = first; i < p->n; i++) {
        if (p->no_consent[i] != mark)
            continue;
        const acrm_value *item = acrm_value_at(items, k++);
        p->no_consent[i] = acrm_value_bool(acrm_value_get(item, "allowed"))
                               ? "" : acrm__get_text(item, "reason");
        if (!p->no_consent[i])
            p->no_consent[i] = "purpose"; /* there is no such purpose any more */
    }
    bool gone = st == ACRM_E_NOTFOUND;
    if (!gone && st != ACRM_OK && call->err)
        *call->err = error;
    else
        acrm_error_free(error);
    return gone ? ACRM_OK : st;
}

static int32_t policy_consent(acrm__call *call, acrm__policy *p)
{
    bool *asked = acrm__arena_array(call->arena, p->n + 1, sizeof *asked);
    int32_t st = ACRM_OK;

    p->no_consent = acrm__arena_array(call->arena, p->n + 1, sizeof *p->no_consent);
    if (!asked || !p->no_consent)
        return acrm__nomem(call);
    for (size_t i = 0; i < p->n && st == ACRM_OK; i++)
        if (!asked[i])
            st = policy_ask(call, p, i, asked);
    return st;
}

/* --- What was sent lately --- */

typedef struct policy_reading {
    acrm__call *call;
    acrm__policy *p;
} policy_reading;

static int32_t policy_add(acrm__call *call, acrm__policy *p, const void *customer, int64_t at,
                          const char *channel)
{
    if (!channel)
        return acrm__nomem(call);
    if (p->n_sent == p->cap_sent) {
        size_t cap = p->cap_sent ? p->cap_sent * 2 : 256;
        policy_past *grown = acrm__arena_array(call->arena, cap, sizeof *grown);
        if (!grown)
            return acrm__nomem(call);
        if (p->n_sent)
            memcpy(grown, p->sent, p->n_sent * sizeof *grown);
        p->sent = grown;
        p->cap_sent = cap;
    }
    policy_past *past = &p->sent[p->n_sent++];
    memcpy(past->customer, customer, sizeof past->customer);
    past->past = (acrm__past){ .at = at, .channel = channel };
    return ACRM_OK;
}

static int32_t policy_row(void *user, const acrm_cell *cells, uint32_t n)
{
    policy_reading *r = user;

    (void)n;
    return policy_add(r->call, r->p, cells[0].data, cells[1].integer,
                      acrm__arena_text(r->call->arena, cells[2].data, cells[2].size));
}

static int64_t policy_window(const acrm__policy *p)
{
    int64_t longest = 0;

    for (size_t i = 0; i < p->n_caps; i++)
        longest = p->caps[i].within > longest ? p->caps[i].within : longest;
    for (size_t i = 0; i < p->preferences.count; i++) {
        const acrm__rec *own = p->preferences.items[i];
        bool capped = !acrm__is_null(own, acrm__field_of(own->entity, "max_per_week"));
        if (capped && longest < INT64_C(7) * 86400)
            longest = INT64_C(7) * 86400;
    }
    return longest;
}

static int32_t policy_sent(acrm__call *call, acrm__policy *p)
{
    const acrm__entity *entity = acrm__entity_of(call, "message");
    static const acrm_expression columns[] = { { .column = F_message__customer_id },
                                               { .column = F_message__sent_at },
                                               { .column = F_message__channel } };
    static const acrm_order newest = { .expression = 1, .descending = 1 };
    int64_t window = policy_window(p);
    policy_reading reading = { call, p };
    acrm_cell *ids = acrm__arena_array(call->arena, p->n + 1, sizeof *ids);

    if (window == 0)
        return ACRM_OK;
    if (!ids)
        return acrm__nomem(call);
    for (size_t i = 0; i < p->n; i++)
        ids[i] = p->messages[i]->cells[F_message__customer_id];
    const acrm__term lately[] = {
        { F_message__sent_at, ACRM_FILTER_GT,
          acrm__cell_int(call->now - window * INT64_C(1000000)) },
        { F_message__transactional, ACRM_FILTER_EQ, acrm__cell_int(0) },
    };
    const acrm_filter_node *who = acrm__where_in(call, F_message__customer_id, ids, p->n);
    const acrm_filter_node *where = acrm__and(call, who, acrm__where(call, lately, 2));
    if (!who || !where)
        return acrm__nomem(call);
    return acrm__query(call, &(acrm_query){ .struct_size = sizeof(acrm_query),
        .table = &entity->table, .where = where, .n_select = 3, .select = columns, .n_order = 1,
        .order = &newest }, policy_row, &reading);
}

int32_t acrm__policy_read(acrm__call *call, acrm__rec *const *messages, size_t n,
                          acrm__policy **out)
{
    acrm__policy *p = acrm__arena_zero(call->arena, sizeof *p);

    if (!p)
        return acrm__nomem(call);
    *out = p;
    p->messages = messages;
    p->n = n;
    int32_t st = policy_rules(call, p);
    if (st == ACRM_OK)
        st = policy_find(call, p, F_message__customer_id, "customer", "id", &p->customers);
    if (st == ACRM_OK)
        st = policy_find(call, p, F_message__contact_point_id, "contact_point", "id",
                         &p->points);
    if (st == ACRM_OK)
        st = policy_find(call, p, F_message__customer_id, "preference", "customer_id",
                         &p->preferences);
    if (st == ACRM_OK)
        st = policy_consent(call, p);
    if (st == ACRM_OK)
        st = policy_sent(call, p);
    return st;
}

int32_t acrm__policy_left(acrm__call *call, acrm__policy *p, const acrm__rec *message)
{
    if (acrm__int(message, F_message__transactional))
        return ACRM_OK;
    int32_t st = policy_add(call, p, acrm__id(message, F_message__customer_id), call->now,
                            acrm__text(message, F_message__channel));
    if (st == ACRM_OK && p->n_sent > 1) { /* newest first */
        policy_past last = p->sent[p->n_sent - 1];
        memmove(p->sent + 1, p->sent, (p->n_sent - 1) * sizeof *p->sent);
        p->sent[0] = last;
    }
    return st;
}

/* --- The facts about one --- */

static const char *policy_text(const acrm__rec *rec, const char *field)
{
    uint32_t n = rec ? acrm__field_of(rec->entity, field) : UINT32_MAX;

    return n != UINT32_MAX ? acrm__text(rec, n) : NULL;
}

/* Whether an address ends in what is blocked (a domain, an address) or a number begins with it. */
static bool policy_blocked(const acrm__policy *p, const acrm__rec *message)
{
    const char *to = acrm__text(message, F_message__recipient);
    size_t len = to ? strlen(to) : 0;

    for (size_t i = 0; to && i < p->blocks.count; i++) {
        const char *value = acrm__text(p->blocks.items[i], F_message_block__value);
        size_t n = strlen(value);
        if (value[0] == '+' && strncmp(to, value, n) == 0)
            return true;
        if (value[0] == '+' || n > len || strcmp(to + len - n, value) != 0)
            continue;
        if (n == len || strchr("@.", to[len - n - 1]))
            return true;
    }
    return false;
}

static acrm_zone *policy_zone(acrm__call *call, acrm__policy *p, const char *name)
{
    size_t i = 0;

    while (i < p->n_zones && strcmp(p->zones[i].name, name) != 0)
        i++;
    if (i == p->n_zones) {
        if (i == POLICY_ZONES) /* the last one gives way: it was needed for one message */
            acrm_zone_free(p->zones[--i].zone);
        p->zones[i].name = name;
        p->zones[i].zone = NULL;
        p->n_zones = i + 1;
        (void)acrm_zone_load(name, NULL, &call->arena->allocator, &p->zones[i].zone, NULL);
    }
    return p->zones[i].zone;
}

const char *acrm__message_zone_name(acrm__call *call, const acrm__rec *preference,
                                    const acrm__rec *point, const acrm__rec *customer)
{
    const char *name = policy_text(preference, "zone");
    char room[ACRM__ZONE_NAME];

    if (name)
        return name;
    name = acrm__message_country_zone(policy_text(point, "country"), room);
    if (!name)
        name = acrm__message_country_zone(policy_text(customer, "country"), room);
    return name ? acrm__arena_text(call->arena, name, strlen(name)) : NULL;
}

/* The customer's own zone; where nothing tells it, the business's. */
static void policy_where(acrm__call *call, acrm__policy *p, const acrm__rec *message,
                         const acrm__rec *preference, bool strict, acrm__facts *out)
{
    const acrm__rec *customer = policy_of(&p->customers, F_ID,
                                          acrm__id(message, F_message__customer_id));
    const acrm__rec *point = policy_of(&p->points, F_ID,
                                       acrm__id(message, F_message__contact_point_id));
    const char *name = acrm__message_zone_name(call, preference, point, customer);
    acrm_zone *own = name ? policy_zone(call, p, name) : NULL;

    out->zone = own ? own : call->session->engine->clock_zone;
    out->zone_unknown = strict && !own;
}

static void policy_hours(acrm__call *call, acrm__policy *p, const acrm__rec *message,
                         const acrm__rec *preference, acrm__facts *out)
{
    uint32_t from = preference ? acrm__field_of(preference->entity, "quiet_from") : 0;
    bool wish = preference && !acrm__is_null(preference, from), strict = false;

    if (wish) {
        out->quiet = true;
        out->quiet_from = acrm__int(preference, from);
        out->quiet_to = acrm__int(preference, acrm__field_of(preference->entity, "quiet_to"));
    }
    for (size_t i = 0; i < p->hours.count; i++) {
        const acrm__rec *hours = p->hours.items[i];
        if (strcmp(acrm__text(hours, F_quiet_hours__channel), out->channel) != 0)
            continue;
        strict = strcmp(acrm__text(hours, F_quiet_hours__unknown_zone), "refuse") == 0;
        if (wish)
            continue;
        out->quiet = true;
        out->quiet_from = acrm__int(hours, F_quiet_hours__quiet_from);
        out->quiet_to = acrm__int(hours, F_quiet_hours__quiet_to);
    }
    if (out->quiet)
        policy_where(call, p, message, preference, strict, out);
}

static int32_t policy_past_of(acrm__call *call, const acrm__policy *p, const void *customer,
                              acrm__facts *out)
{
    acrm__past *past = acrm__arena_array(call->arena, p->n_sent + 1, sizeof *past);

    if (!past)
        return acrm__nomem(call);
    for (size_t i = 0; i < p->n_sent; i++)
        if (memcmp(p->sent[i].customer, customer, 16) == 0)
            past[out->n_sent++] = p->sent[i].past;
    out->sent = past;
    return ACRM_OK;
}

int32_t acrm__policy_judge(acrm__call *call, acrm__policy *p, size_t i, acrm__verdict *out)
{
    const acrm__rec *message = p->messages[i];
    const unsigned char *customer_id = acrm__id(message, F_message__customer_id);
    const unsigned char *point_id = acrm__id(message, F_message__contact_point_id);
    const acrm__rec *customer = policy_of(&p->customers, F_ID, customer_id);
    const acrm__rec *point = policy_of(&p->points, F_ID, point_id);
    const acrm__rec *preference =
        p->preferences.count ? policy_of(&p->preferences,
                                         acrm__field_of(p->preferences.items[0]->entity,
                                                        "customer_id"), customer_id)
                             : NULL;
    acrm__facts facts = {
        .now = call->now, .channel = acrm__text(message, F_message__channel),
        .transactional = acrm__int(message, F_message__transactional) != 0,
        .alive = customer &&
                 acrm__is_null(customer, acrm__field_of(customer->entity, "erased_at")),
        .bad_address = acrm__is_null(message, F_message__recipient) ||
                       (point_id && (!point || !acrm__int(point, acrm__field_of(point->entity,
                                                                                "valid")))),
        .no_consent = p->no_consent[i][0] ? p->no_consent[i] : NULL,
        .blocked = policy_blocked(p, message),
        .end = acrm__is_null(message, F_message__expires_at)
                   ? INT64_MAX : acrm__int(message, F_message__expires_at),
        .caps = p->caps, .n_caps = p->n_caps,
    };
    uint32_t weekly = preference ? acrm__field_of(preference->entity, "max_per_week") : 0;

    facts.has_own = preference && !acrm__is_null(preference, weekly);
    facts.own_most = facts.has_own ? acrm__int(preference, weekly) : 0;
    policy_hours(call, p, message, preference, &facts);
    int32_t st = policy_past_of(call, p, customer_id, &facts);
    if (st == ACRM_OK)
        acrm__message_decide(&facts, out);
    return st;
}

const char *acrm__policy_name(const acrm__policy *p, size_t i)
{
    return policy_text(policy_of(&p->customers, F_ID,
                                 acrm__id(p->messages[i], F_message__customer_id)), "name");
}

const char *acrm__policy_country(const acrm__policy *p, size_t i)
{
    const acrm__rec *message = p->messages[i];
    const char *own = policy_text(policy_of(&p->points, F_ID,
                                            acrm__id(message, F_message__contact_point_id)),
                                  "country");

    return own ? own : policy_text(policy_of(&p->customers, F_ID,
                                             acrm__id(message, F_message__customer_id)),
                                   "country");
}

void acrm__policy_close(acrm__policy *p)
{
    for (size_t i = 0; p && i < p->n_zones; i++)
        acrm_zone_free(p->zones[i].zone);
}
