/* SPDX-License-Identifier: MIT */
/*
 * Sending, a part of engine.tick: what is due is taken (its policy is asked then), handed over
 * outside of any transaction, and what came of it is kept. A message is marked before it is handed
 * over; if the process ends before the outcome is kept, the mark runs out and it is handed over
 * again under the same key. Long before that, whoever marked it hands over no more: of a slow
 * transport's batch the rest is given back. One that was stuck for so long that its marks have run
 * out keeps only what nobody else has taken meanwhile.
 */
#include "base/text.h"
#include "kernel/inside.h"
#include "modules/message/entities.h"
#include "modules/message/message.h"
#include "modules/message/tracking.h"

#include <string.h>

enum {
    OUTBOX_BATCH = ACRM__APPEND_ROWS,
    OUTBOX_ATTEMPTS_MAX = 8,
    OUTBOX_MOVES_MAX = 30,
    OUTBOX_CHANNELS = 7
};
#define OUTBOX_SECOND INT64_C(1000000)
#define OUTBOX_LEASE (INT64_C(900) * OUTBOX_SECOND)
#define OUTBOX_HOLD (INT64_C(300) * OUTBOX_SECOND) /* no more is handed over after that */
#define OUTBOX_SKEW (INT64_C(60) * OUTBOX_SECOND)  /* between the clocks of hosts */
#define OUTBOX_PAUSE_MAX INT64_C(86400)

static const struct {
    const char *word;
    uint32_t bit;
} outbox_channels[OUTBOX_CHANNELS] = {
    { "sms", ACRM_CHANNEL_SMS },         { "email", ACRM_CHANNEL_EMAIL },
    { "fax", ACRM_CHANNEL_FAX },         { "letter", ACRM_CHANNEL_LETTER },
    { "phone", ACRM_CHANNEL_PHONE },     { "push", ACRM_CHANNEL_PUSH },
    { "messenger", ACRM_CHANNEL_MESSENGER },
};

typedef struct outbox {
    int64_t sent, failed, refused, moved;
    int64_t left; /* of the tick's limit */
    uint32_t full; /* bits of channels whose transport may take no more now */
} outbox;

/* A message taken: what is handed over, and what came of it. */
typedef struct outbox_item {
    acrm__rec *rec;
    const acrm_transport *transport;
    acrm_sent sent;
    const char *name, *country;
    bool handed; /* over */
    bool lost;   /* somebody else has taken it meanwhile */
} outbox_item;

uint32_t acrm__message_channel(const char *word)
{
    for (size_t i = 0; i < OUTBOX_CHANNELS; i++)
        if (strcmp(outbox_channels[i].word, word) == 0)
            return outbox_channels[i].bit;
    return 0;
}

static const acrm_transport *outbox_transport(const acrm__call *call, uint32_t channel)
{
    const acrm_transport *t;

    for (size_t i = 0; (t = acrm__transport_at(call, i)) != NULL; i++)
        if (t->channels & channel)
            return t;
    return NULL;
}

static void outbox_set(acrm__rec *rec, const char *status, const char *reason)
{
    acrm__set(rec, F_message__status, acrm__cell_text(status));
    acrm__set(rec, F_message__reason, acrm__cell_text(reason));
}

/* --- Taking --- */

/* How many more a transport takes now, by a sliding window over what it was handed. */
static int32_t outbox_room(acrm__call *call, const acrm_transport *transport, int64_t *room)
{
    int64_t window = transport->rate_window ? transport->rate_window : 1, n = 0;
    const acrm__term terms[] = {
        { F_message__transport, ACRM_FILTER_EQ, acrm__cell_text(transport->name) },
        { F_message__handed_at, ACRM_FILTER_GT,
          acrm__cell_int(call->now - window * OUTBOX_SECOND) },
    };

    *room = INT64_MAX;
    if (transport->rate == 0)
        return ACRM_OK;
    int32_t st = acrm__count(call, &(acrm__select){ .entity = "message", .terms = terms,
        .n_terms = 2, .as_system = true }, &n);
    *room = transport->rate > n ? transport->rate - n : 0;
    return st;
}

/* Marks whose process ended before the outcome was kept: they are due again. */
static int32_t outbox_release(acrm__call *call)
{
    const acrm__term terms[] = {
        { F_message__status, ACRM_FILTER_EQ, acrm__cell_text("sending") },
        { F_message__next_at, ACRM_FILTER_LE, acrm__cell_int(call->now) },
    };
    acrm__recs lost = { NULL, 0 };

    int32_t st = acrm__find(call, &(acrm__select){ .entity = "message", .terms = terms,
        .n_terms = 2, .order = F_message__next_at, .limit = OUTBOX_BATCH, .as_system = true },
        &lost);
    for (size_t i = 0; st == ACRM_OK && i < lost.count; i++) {
        outbox_set(lost.items[i], "queued", "unknown_outcome");
        acrm__set(lost.items[i], F_message__sent_at, acrm__cell_null());
        st = acrm__update(call, lost.items[i]);
    }
    return st;
}

/* A channel that has a transport with room. */
typedef struct outbox_lane {
    const char *channel;
    uint32_t bit;
    int64_t *room; /* of the transport, which may have several channels */
    int64_t taken;
} outbox_lane;

static int32_t outbox_lanes(acrm__call *call, outbox *box, outbox_lane *lanes, int64_t *rooms,
                            size_t *n)
{
    int32_t st = ACRM_OK;

    for (size_t i = 0; i < OUTBOX_CHANNELS && st == ACRM_OK; i++) {
        uint32_t bit = outbox_channels[i].bit;
        const acrm_transport *t = box->full & bit ? NULL : outbox_transport(call, bit);
        size_t same = 0;
        while (t && same < *n && outbox_transport(call, lanes[same].bit) != t)
            same++;
        if (!t)
            continue;
        lanes[*n] = (outbox_lane){ .channel = outbox_channels[i].word, .bit = bit };
        lanes[*n].room = same < *n ? lanes[same].room : &rooms[*n];
        if (same == *n)
            st = outbox_room(call, t, &rooms[*n]);
        ++*n;
    }
    return st;
}

/* Values of one column in the order of one, so many at most. Nothing else puts them in order: a
 * great many messages may have the same, and would be sorted each time. */
typedef struct outbox_column {
    acrm__call *call;
    acrm_cell *cells;
    size_t n;
} outbox_column;

static int32_t outbox_column_row(void *user, const acrm_cell *cells, uint32_t n)
{
    outbox_column *column = user;
    const acrm_cell *copy = acrm__cells_copy(column->call->arena, cells, 1);

    (void)n;
    if (!copy)
        return ACRM_E_NOMEM;
    column->cells[column->n++] = *copy;
    return 0;
}

static int32_t outbox_read(acrm__call *call, const acrm__term *terms, size_t n_terms,
                           uint32_t select, uint32_t order, uint32_t limit, outbox_column *out)
{
    const acrm_expression columns[] = { { .column = select }, { .column = order } };
    const acrm_order by = { .expression = 1 };
    const acrm_filter_node *where = acrm__where(call, terms, n_terms);
    const acrm_query query = { .struct_size = sizeof query,
                               .table = &acrm__entity_of(call, "message")->table,
                               .where = where, .n_select = 2, .select = columns, .n_order = 1,
                               .order = &by, .limit = limit };

    *out = (outbox_column){ .call = call };
    out->cells = acrm__arena_array(call->arena, (size_t)limit + 1, sizeof *out->cells);
    return where && out->cells ? acrm__query(call, &query, outbox_column_row, out)
                               : acrm__nomem(call);
}

/* The lowest priority above one that anything queued by a channel has; -1: nothing has. */
static int32_t outbox_priority(acrm__call *call, const outbox_lane *lane, int64_t above,
                               int64_t *out)
{
    const acrm__term terms[] = {
        { F_message__status, ACRM_FILTER_EQ, acrm__cell_text("queued") },
        { F_message__channel, ACRM_FILTER_EQ, acrm__cell_text(lane->channel) },
        { F_message__priority, ACRM_FILTER_GT, acrm__cell_int(above) },
    };
    outbox_column first;
    int32_t st = outbox_read(call, terms, 3, F_message__priority, F_message__priority, 1, &first);

    *out = st == ACRM_OK && first.n ? first.cells[0].integer : -1;
    return st;
}

/* The messages of a list of ids, in its order. */
static int32_t outbox_load(acrm__call *call, const outbox_column *ids, acrm__rec **due,
                           uint32_t *n)
{
    const acrm_filter_node *in = acrm__where_in(call, F_ID, ids->cells, ids->n);
    acrm__recs found = { NULL, 0 };
    int32_t st = in ? acrm__find(call, &(acrm__select){ .entity = "message", .where = in,
                                     .as_system = true }, &found)
                    : acrm__nomem(call);

    for (size_t i = 0; st == ACRM_OK && i < ids->n; i++)
        for (size_t k = 0; k < found.count; k++)
            if (acrm__cell_equal(&found.items[k]->cells[F_ID], &ids->cells[i]))
                due[(*n)++] = found.items[k];
    return st;
}

/* Those due by one channel, the most urgent first, so many at most. */
static int32_t outbox_due(acrm__call *call, outbox_lane *lane, int64_t most, acrm__rec **due,
                          uint32_t *n)
{
    int64_t priority = -1;
    int32_t st = most > 0 ? outbox_priority(call, lane, -1, &priority) : ACRM_OK;

    while (st == ACRM_OK && most > 0 && priority >= 0) {
        const acrm__term terms[] = {
            { F_message__status, ACRM_FILTER_EQ, acrm__cell_text("queued") },
            { F_message__channel, ACRM_FILTER_EQ, acrm__cell_text(lane->channel) },
            { F_message__priority, ACRM_FILTER_EQ, acrm__cell_int(priority) },
            { F_message__next_at, ACRM_FILTER_LE, acrm__cell_int(call->now) },
        };
        uint32_t before = *n;
        outbox_column ids;
        st = outbox_read(call, terms, 4, F_ID, F_message__next_at, (uint32_t)most, &ids);
        if (st == ACRM_OK && ids.n > 0)
            st = outbox_load(call, &ids, due, n);
        lane->taken += *n - before;
        *lane->room -= *n - before;
        most -= *n - before;
        if (st == ACRM_OK && most > 0)
            st = outbox_priority(call, lane, priority, &priority);
    }
    return st;
}

/* What is due; each channel has its share of a batch, so that none waits for another. A channel
 * that has no more, or whose transport takes no more, is not asked again in this tick. */
static int32_t outbox_all_due(acrm__call *call, outbox *box, uint32_t limit, acrm__rec **due,
                              uint32_t *n, bool *more)
{
    outbox_lane lanes[OUTBOX_CHANNELS];
    int64_t rooms[OUTBOX_CHANNELS];
    size_t n_lanes = 0;
    int32_t st = outbox_lanes(call, box, lanes, rooms, &n_lanes);
    int64_t share = n_lanes ? (int64_t)(limit / n_lanes) : 0;

    share += share == 0;
    *more = false;
    for (size_t i = 0; i < n_lanes && st == ACRM_OK; i++) {
        int64_t most = share < *lanes[i].room ? share : *lanes[i].room;
        most = most < limit - *n ? most : limit - *n;
        st = outbox_due(call, &lanes[i], most, due, n);
        if (*lanes[i].room <= 0 || lanes[i].taken < most)
            box->full |= lanes[i].bit;
        else
            *more = true;
    }
    return st;
}

/* Keep what the policy said of a message that does not leave now. */
static int32_t outbox_stay(acrm__call *call, acrm__rec *rec, acrm__verdict *verdict, outbox *box)
{
    int64_t moved = acrm__int(rec, F_message__moved) + 1;

    if (!verdict->refused && moved > OUTBOX_MOVES_MAX)
        verdict->refused = verdict->moved;
    if (verdict->refused) {
        outbox_set(rec, "refused", verdict->refused);
        box->refused++;
    } else {
        acrm__set(rec, F_message__reason, acrm__cell_text(verdict->moved));
        acrm__set(rec, F_message__moved, acrm__cell_int(moved));
        acrm__set(rec, F_message__next_at, acrm__cell_int(verdict->until));
        box->moved++;
    }
    return acrm__update(call, rec);
}

static int32_t outbox_mark(acrm__call *call, acrm__rec *rec, const acrm_transport *transport,
                           outbox_item *item)
{
    *item = (outbox_item){ .rec = rec, .transport = transport };
    outbox_set(rec, "sending", NULL);
    acrm__set(rec, F_message__transport, acrm__cell_text(transport->name));
    acrm__set(rec, F_message__handed_at, acrm__cell_int(call->now));
    acrm__set(rec, F_message__sent_at, acrm__cell_int(call->now)); /* caps count it from here on */
    acrm__set(rec, F_message__attempts,
              acrm__cell_int(acrm__int(rec, F_message__attempts) + 1));
    acrm__set(rec, F_message__next_at, acrm__cell_int(call->now + OUTBOX_LEASE));
    return acrm__touch(call, rec);
}

static int32_t outbox_one(acrm__call *call, outbox *box, acrm__policy *policy, size_t i,
                          acrm__rec *rec, outbox_item *items, size_t *n)
{
    uint32_t bit = acrm__message_channel(acrm__text(rec, F_message__channel));
    acrm__verdict verdict;
    int32_t st = acrm__policy_judge(call, policy, i, &verdict);

    if (st != ACRM_OK)
        return st;
    if (verdict.refused || verdict.moved)
        return outbox_stay(call, rec, &verdict, box);
    st = outbox_mark(call, rec, outbox_transport(call, bit), &items[*n]);
    items[*n].country = acrm__policy_country(policy, i);
    items[(*n)++].name = acrm__policy_name(policy, i);
    return st == ACRM_OK ? acrm__policy_left(call, policy, rec) : st;
}

static int32_t outbox_take(acrm__call *call, outbox *box, outbox_item *items, size_t *n,
                           bool *more)
{
    uint32_t limit = box->left < OUTBOX_BATCH ? (uint32_t)box->left : OUTBOX_BATCH, found = 0;
    acrm__rec **due = acrm__arena_array(call->arena, OUTBOX_BATCH, sizeof *due);
    acrm__policy *policy = NULL;

    *more = false;
    int32_t st = due ? outbox_release(call) : acrm__nomem(call);
    if (st == ACRM_OK)
        st = outbox_all_due(call, box, limit, due, &found, more);
    if (st == ACRM_OK && found > 0)
        st = acrm__policy_read(call, due, found, &policy);
    if (st == ACRM_OK && found > 0)
        st = acrm__gather(call);
    box->left -= found;
    for (size_t i = 0; st == ACRM_OK && i < found; i++)
        st = outbox_one(call, box, policy, i, due[i], items, n);
    acrm__policy_close(policy);
    return st;
}

/* --- Handing over --- */

/* Text on one line, for what becomes a header: no line can be added to it. */
static const char *outbox_line(acrm__call *call, const char *text)
{
    char *copy = text ? acrm__arena_text(call->arena, text, strlen(text)) : NULL;

    for (char *p = copy; p && *p; p++)
        if ((unsigned char)*p < 0x20 || *p == 0x7f)
            *p = ' ';
    return copy;
}

static int32_t outbox_hand_over(acrm__call *call, const acrm__links *links, outbox_item *item)
{
    const acrm_transport *transport = item->transport;
    const acrm__rec *rec = item->rec;
    const char *channel = acrm__text(rec, F_message__channel);
    const char *to = acrm__text(rec, F_message__recipient);
    const char *key = acrm__id_text(call, acrm__id(rec, F_ID));
    acrm__dressed dressed;
    acrm__files files;

    item->sent = (acrm_sent){ .struct_size = sizeof item->sent };
    if (strcmp(channel, "letter") != 0)
        to = outbox_line(call, to);
    if (!key || !to)
        return acrm__nomem(call);
    int32_t st = acrm__links_dress(call, links, rec, &dressed);
    if (st == ACRM_OK)
        st = acrm__message_read_files(call, rec, &files);
    if (st != ACRM_OK)
        return st;
    const char *fault = transport->body_max > 0 && strlen(dressed.body) > transport->body_max
                            ? "too_long"
                        : files.fault ? files.fault
                        : files.n && !transport->files_max ? "no_files"
                        : files.size > transport->files_max ? "files_too_large" : NULL;
    if (fault) {
        item->sent.outcome = ACRM_SENT_REFUSED;
        memcpy(item->sent.reason, fault, strlen(fault) + 1);
        return ACRM_OK;
    }
    for (uint32_t i = 0; i < files.n; i++)
        files.items[i].name = outbox_line(call, files.items[i].name);
    const acrm_outgoing message = { .struct_size = sizeof message,
                                    .channel = (int32_t)acrm__message_channel(channel),
                                    .html = acrm__int(rec, F_message__html) != 0,
                                    .attempt = (int32_t)acrm__int(rec, F_message__attempts),
                                    .key = key,
                                    .to = to,
                                    .name = outbox_line(call, item->name),
                                    .subject = outbox_line(call,
                                                           acrm__text(rec, F_message__subject)),
                                    .body = dressed.body,
                                    .unsubscribe = dressed.unsubscribe,
                                    .country = item->country,
                                    .files = files.items,
                                    .n_files = files.n,
                                    .language = acrm__text(rec, F_message__language) };
    if (transport->submit(transport->self, &message, &item->sent) != 0)
        item->sent.outcome = ACRM_SENT_RETRY;
    acrm__port_text(item->sent.reference, sizeof item->sent.reference);
    acrm__port_text(item->sent.reason, sizeof item->sent.reason);
    return ACRM_OK;
}

/* --- Keeping what came of it --- */

/* 30 seconds, two minutes, eight ... at most six hours, each a fifth more or less. */
static int64_t outbox_pause(acrm__call *call, const outbox_item *item)
{
    int64_t pause = 30, attempts = acrm__int(item->rec, F_message__attempts);
    unsigned char random[2];

    for (int64_t i = 1; i < attempts && pause < 21600; i++)
        pause *= 4;
    pause = pause > 21600 ? 21600 : pause;
    acrm__random_bytes(call->session->engine, random, sizeof random);
    pause += pause * ((random[0] | random[1] << 8) % 401 - 200) / 1000;
    if (item->sent.retry_after > pause)
        pause = item->sent.retry_after;
    return pause > OUTBOX_PAUSE_MAX ? OUTBOX_PAUSE_MAX : pause;
}

static int32_t outbox_again(acrm__call *call, const outbox_item *item, outbox *box)
{
    const char *reason = item->sent.reason[0] ? item->sent.reason : "no_answer";

    box->failed++;
    if (acrm__int(item->rec, F_message__attempts) >= OUTBOX_ATTEMPTS_MAX) {
        outbox_set(item->rec, "dead", reason);
        return ACRM_OK;
    }
    outbox_set(item->rec, "queued", reason);
    acrm__set(item->rec, F_message__next_at,
              acrm__cell_int(call->now + outbox_pause(call, item) * OUTBOX_SECOND));
    return ACRM_OK;
}

static int32_t outbox_accepted(acrm__call *call, const outbox_item *item, outbox *box)
{
    bool arrived = item->sent.outcome == ACRM_SENT_DELIVERED;

    outbox_set(item->rec, arrived ? "delivered" : "sent", NULL);
    if (arrived)
        acrm__set(item->rec, F_message__delivered_at, acrm__cell_int(call->now));
    if (item->sent.reference[0])
        acrm__set(item->rec, F_message__reference, acrm__cell_text(item->sent.reference));
    box->sent++;
    return ACRM_OK;
}

static int32_t outbox_outcome(acrm__call *call, const outbox_item *item, outbox *box)
{
    const char *reason = item->sent.reason[0] ? item->sent.reason : NULL;
    acrm__rec *rec = item->rec;

    if (item->sent.outcome == ACRM_SENT_ACCEPTED || item->sent.outcome == ACRM_SENT_DELIVERED)
        return outbox_accepted(call, item, box);
    acrm__set(rec, F_message__sent_at, acrm__cell_null());
    switch (item->sent.outcome) {
    case ACRM_SENT_REFUSED:
        outbox_set(rec, "failed", reason ? reason : "refused");
        box->failed++;
        return ACRM_OK;
    case ACRM_SENT_BAD_ADDRESS:
        outbox_set(rec, "failed", reason ? reason : "address");
        box->failed++;
        return acrm__message_bounced(call, rec, "bounced");
    default:
        return outbox_again(call, item, box);
    }
}

static const char *outbox_event(const acrm__rec *rec)
{
    const char *status = acrm__text(rec, F_message__status);

    if (strcmp(status, "queued") == 0)
        return NULL;
    return strcmp(status, "dead") == 0 ? "message.dead"
           : strcmp(status, "failed") == 0 ? "message.failed" : "message.sent";
}

/* Taken, but not handed over: as it was. */
static int32_t outbox_give_back(acrm__call *call, acrm__rec *rec, outbox *box)
{
    outbox_set(rec, "queued", NULL);
    acrm__set(rec, F_message__handed_at, acrm__cell_null());
    acrm__set(rec, F_message__sent_at, acrm__cell_null());
    acrm__set(rec, F_message__attempts, acrm__cell_int(acrm__int(rec, F_message__attempts) - 1));
    acrm__set(rec, F_message__next_at, acrm__cell_int(call->now));
    box->left++;
    return acrm__update(call, rec);
}

/* Those whose mark is no longer ours. */
static int32_t outbox_look_for_lost(acrm__call *call, outbox_item *items, size_t n)
{
    outbox_column ids = { .call = call, .n = n };
    acrm__rec *found[OUTBOX_BATCH];
    uint32_t n_found = 0, k = 0;

    ids.cells = acrm__arena_array(call->arena, n, sizeof *ids.cells);
    if (!ids.cells)
        return acrm__nomem(call);
    for (size_t i = 0; i < n; i++)
        ids.cells[i] = items[i].rec->cells[F_ID];
    int32_t st = outbox_load(call, &ids, found, &n_found);
    for (size_t i = 0; st == ACRM_OK && i < n; i++) {
        bool there = k < n_found && acrm__cell_equal(&found[k]->cells[F_ID], &ids.cells[i]);
        items[i].lost = !there || strcmp(acrm__text(found[k], F_message__status), "sending") != 0 ||
                        acrm__int(found[k], F_message__next_at) !=
                            acrm__int(items[i].rec, F_message__next_at);
        k += there;
    }
    return st;
}

static int32_t outbox_keep_one(acrm__call *call, const outbox_item *item, outbox *box)
{
    if (item->lost)
        return ACRM_OK;
    if (!item->handed)
        return outbox_give_back(call, item->rec, box);
    int32_t st = outbox_outcome(call, item, box);
    if (st == ACRM_OK)
        st = acrm__update(call, item->rec);
    const char *event = outbox_event(item->rec);
    if (st == ACRM_OK && event)
        st = acrm__emit(call, event, "message", acrm__id(item->rec, F_ID), NULL);
    return st;
}

static int32_t outbox_keep(acrm__call *call, outbox_item *items, size_t n, outbox *box)
{
    int64_t taken = call->now;
    int32_t st = acrm__begin(call);

    if (st != ACRM_OK)
        return st;
    call->now = acrm__clock(call);
    if (call->now - taken >= OUTBOX_LEASE - OUTBOX_SKEW)
        st = outbox_look_for_lost(call, items, n);
    if (st == ACRM_OK)
        st = acrm__gather(call);
    for (size_t i = 0; i < n && st == ACRM_OK; i++)
        st = outbox_keep_one(call, &items[i], box);
    if (st == ACRM_OK)
        return acrm__commit(call);
    acrm__rollback(call);
    return st;
}

static int32_t outbox_round(acrm__call *call, outbox *box, bool *more)
{
    outbox_item items[OUTBOX_BATCH];
    acrm__links links;
    size_t n = 0;
    int32_t st = acrm__begin(call);

    if (st != ACRM_OK)
        return st;
    st = outbox_take(call, box, items, &n, more);
    if (st == ACRM_OK)
        st = acrm__links_load(call, &links);
    if (st == ACRM_OK)
        st = acrm__commit(call);
    else
        acrm__rollback(call);
    for (size_t i = 0; i < n && st == ACRM_OK; i++) {
        if (acrm__clock(call) - call->now >= OUTBOX_HOLD)
            break;
        st = outbox_hand_over(call, &links, &items[i]);
        items[i].handed = true;
    }
    if (n > 0 && !items[n - 1].handed) { /* the rest, in another round */
        box->full = 0;
        *more = true;
    }
    return st == ACRM_OK && n > 0 ? outbox_keep(call, items, n, box) : st;
}

/* Whether anything is due, in a read transaction: a tick without work keeps no writer waiting. */
static int32_t outbox_next(acrm__call *call, bool *any, int64_t *at)
{
    static const char *const states[] = { "queued", "sending" };
    int32_t st = acrm__transaction_begin(call, false);

    *any = false;
    for (size_t i = 0; i < 2 && st == ACRM_OK; i++) {
        const acrm__term is = { F_message__status, ACRM_FILTER_EQ, acrm__cell_text(states[i]) };
        outbox_column first;
        st = outbox_read(call, &is, 1, F_message__next_at, F_message__next_at, 1, &first);
        if (st == ACRM_OK && first.n && (!*any || first.cells[0].integer < *at)) {
            *at = first.cells[0].integer;
            *any = true;
        }
    }
    acrm__transaction_rollback(call->session);
    return st;
}

int32_t acrm__message_tick(acrm__call *whole)
{
    acrm__call own = *whole, *call = &own;
    outbox box = { .left = acrm__arg_int(call, "limit", 1000) };
    bool any = false, more = true;
    int64_t next = 0;
    int32_t st = ACRM_OK;

    if (!acrm__transport_at(call, 0))
        return ACRM_OK;
    while (st == ACRM_OK && more && box.left > 0) {
        call->now = acrm__clock(call); /* marks count from when they are made */
        st = outbox_next(call, &any, &next);
        if (st != ACRM_OK || !any || next > call->now)
            break;
        st = outbox_round(call, &box, &more);
        acrm__arena_reset(call->arena);
        if (st == ACRM_OK)
            st = acrm__progress(call, "messages", box.sent + box.failed + box.refused + box.moved,
                                0);
    }
    if (st == ACRM_OK)
        st = outbox_next(call, &any, &next);
    if (st != ACRM_OK)
        return st;
    acrm_value *told = acrm__put_map(call->out, "messages");
    bool ok = told && acrm__put_int(told, "sent", box.sent) &&
              acrm__put_int(told, "failed", box.failed) &&
              acrm__put_int(told, "refused", box.refused) &&
              acrm__put_int(told, "moved", box.moved) &&
              acrm__put_text(told, "next_at", any ? acrm__instant_text(call, next) : NULL);
    return ok ? ACRM_OK : acrm__nomem(call);
}
