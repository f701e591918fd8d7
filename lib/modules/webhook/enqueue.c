/* SPDX-License-Identifier: MIT */
/*
 * From the feed to deliveries. Each endpoint has a cursor on the gapless feed, moved in the
 * transaction that puts its deliveries down: so writing an event costs nothing however many
 * endpoints there are, and none is lost or doubled when the process is killed.
 */
#include "kernel/inside.h"
#include "modules/webhook/entities.h"
#include "modules/webhook/webhook.h"

#include <string.h>

/* Events of a window, and which of them the endpoint is told. */
typedef struct enqueue_pass {
    const acrm__rec *endpoint;
    const acrm__webhook_condition *condition;
    acrm__feed_event *events;
    bool *keep;
    uint32_t n;
} enqueue_pass;

int32_t acrm__webhook_cursor(acrm__call *call, const acrm__rec *endpoint, acrm__rec **out)
{
    const acrm__term of = { F_webhook_cursor__endpoint_id, ACRM_FILTER_EQ, endpoint->cells[F_ID] };
    int32_t st = acrm__find_one(call, &(acrm__select){ .entity = "webhook_cursor", .terms = &of,
                                                       .n_terms = 1, .as_system = true }, out);

    if (st == ACRM_OK && !*out)
        return acrm__fail(call, ACRM_E_CORRUPT, "webhook_cursor", "id",
                          "the endpoint has no cursor");
    return st;
}

static int32_t enqueue_choose(acrm__call *call, void *data)
{
    enqueue_pass *pass = data;
    int32_t st = ACRM_OK;

    for (uint32_t i = 0; st == ACRM_OK && i < pass->n; i++) {
        bool sees = true;
        if (!call->as_system)
            st = acrm__feed_sees(call, &pass->events[i], &sees);
        pass->keep[i] = sees;
        if (st == ACRM_OK && sees)
            st = acrm__webhook_condition_meets(call, pass->condition, &pass->events[i],
                                               &pass->keep[i]);
    }
    return st;
}

static void enqueue_row(acrm_cell *cells, const acrm__rec *endpoint,
                        const acrm__feed_event *event, int64_t now)
{
    cells[F_webhook_delivery__endpoint_id] = endpoint->cells[F_ID];
    cells[F_webhook_delivery__seq] = acrm__cell_int(event->seq);
    cells[F_webhook_delivery__type] = acrm__cell_text(event->type);
    cells[F_webhook_delivery__status] = acrm__cell_text("waiting");
    cells[F_webhook_delivery__attempts] = acrm__cell_int(0);
    cells[F_webhook_delivery__next_at] = acrm__cell_int(now);
}

int32_t acrm__webhook_again(acrm__call *call, acrm__rec *delivery)
{
    acrm__set(delivery, F_webhook_delivery__status, acrm__cell_text("waiting"));
    acrm__set(delivery, F_webhook_delivery__attempts, acrm__cell_int(0));
    acrm__set(delivery, F_webhook_delivery__next_at, acrm__cell_int(call->now));
    return acrm__update(call, delivery);
}

static int32_t enqueue_existing(acrm__call *call, const acrm__rec *endpoint,
                                const acrm__webhook_range *range, acrm__recs *out)
{
    const acrm__term terms[] = {
        { F_webhook_delivery__endpoint_id, ACRM_FILTER_EQ, endpoint->cells[F_ID] },
        { F_webhook_delivery__seq, ACRM_FILTER_GT, acrm__cell_int(range->after) },
        { F_webhook_delivery__seq, ACRM_FILTER_LE, acrm__cell_int(range->until) },
    };

    if (!range->again)
        return ACRM_OK;
    return acrm__find(call, &(acrm__select){ .entity = "webhook_delivery", .terms = terms,
        .n_terms = 3, .order = F_webhook_delivery__seq, .as_system = true }, out);
}

/* Those chosen, as rows; those that exist, which are in the same order, wait again. */
static int32_t enqueue_write(acrm__call *call, const enqueue_pass *pass, acrm__recs existing,
                             int64_t *n)
{
    const acrm__entity *entity = acrm__entity_of(call, "webhook_delivery");
    acrm_cell *cells = acrm__arena_array(call->arena,
                                         (size_t)ACRM__APPEND_ROWS * entity->n_fields,
                                         sizeof *cells);
    uint32_t rows = 0;
    size_t at = 0;
    int32_t st = cells ? ACRM_OK : acrm__nomem(call);

    for (uint32_t i = 0; st == ACRM_OK && i < pass->n; i++) {
        const acrm__feed_event *event = &pass->events[i];
        if (!pass->keep[i])
            continue;
        while (at < existing.count &&
               acrm__int(existing.items[at], F_webhook_delivery__seq) < event->seq)
            at++;
        ++*n;
        if (at < existing.count &&
            acrm__int(existing.items[at], F_webhook_delivery__seq) == event->seq) {
            st = acrm__webhook_again(call, existing.items[at]);
            continue;
        }
        enqueue_row(cells + (size_t)rows++ * entity->n_fields, pass->endpoint, event, call->now);
        if (rows == ACRM__APPEND_ROWS) {
            st = acrm__append_many(call, entity, cells, rows);
            rows = 0;
        }
    }
    return st == ACRM_OK && rows > 0 ? acrm__append_many(call, entity, cells, rows) : st;
}

int32_t acrm__webhook_enqueue(acrm__call *call, const acrm__rec *endpoint,
                              const acrm__webhook_range *range, int64_t *n)
{
    const acrm__feed_range window = {
        .after = range->after, .until = range->until, .limit = ACRM__WEBHOOK_WINDOW,
        .types = acrm__webhook_json(call, endpoint, F_webhook_endpoint__types) };
    const unsigned char *user = acrm__id(endpoint, F_webhook_endpoint__user_id);
    acrm__webhook_condition condition = { .filter = NULL };
    enqueue_pass pass = { .endpoint = endpoint, .condition = &condition };
    acrm__recs existing = { NULL, 0 };
    int32_t st = window.types ? ACRM_OK : acrm__nomem(call);

    if (st == ACRM_OK && !acrm__is_null(endpoint, F_webhook_endpoint__condition)) {
        const acrm_value *filter = acrm__webhook_json(call, endpoint,
                                                      F_webhook_endpoint__condition);
        st = filter ? acrm__webhook_condition_new(call, filter, &condition) : acrm__nomem(call);
    }
    if (st == ACRM_OK)
        st = acrm__feed_read(call, &window, &pass.events, &pass.n);
    if (st == ACRM_OK && pass.n > 0) {
        pass.keep = acrm__arena_array(call->arena, pass.n, sizeof *pass.keep);
        st = !pass.keep ? acrm__nomem(call)
             : user     ? acrm__act_as(call, user, enqueue_choose, &pass)
                        : enqueue_choose(call, &pass);
    }
    if (st == ACRM_OK && pass.n > 0)
        st = enqueue_existing(call, endpoint, range, &existing);
    if (st == ACRM_OK && pass.n > 0)
        st = enqueue_write(call, &pass, existing, n);
    acrm__webhook_condition_free(&condition);
    return st;
}

int32_t acrm__webhook_delivery_new(acrm__call *call, const acrm__rec *endpoint, const char *type,
                                   int64_t next_at, acrm__rec **out)
{
    acrm__rec *rec = acrm__new(call, "webhook_delivery");

    if (!rec)
        return acrm__nomem(call);
    enqueue_row(rec->cells, endpoint, &(acrm__feed_event){ .type = type }, next_at);
    acrm__set(rec, F_webhook_delivery__seq, acrm__cell_null());
    int32_t st = acrm__insert(call, rec);
    if (st == ACRM_OK)
        *out = rec;
    return st;
}
