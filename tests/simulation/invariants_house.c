/* SPDX-License-Identifier: MIT */
/* What must hold of time, of who signs in, and of files. */
#include "invariants.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

/* --- What happens to a record once at most --- */

struct sim_single {
    size_t n, cap;
    uint64_t *seen; /* hashes, an open table; 0: free */
};

static uint64_t once_hash(const char *type, const char *id)
{
    uint64_t hash = 1469598103934665603u;

    for (; *type; type++)
        hash = (hash ^ (unsigned char)*type) * 1099511628211u;
    for (; *id; id++)
        hash = (hash ^ (unsigned char)*id) * 1099511628211u;
    return hash | 1;
}

static bool once_put(struct sim_single *t, uint64_t hash)
{
    size_t at = (size_t)(hash >> 8) % t->cap;

    for (; t->seen[at]; at = (at + 1) % t->cap)
        if (t->seen[at] == hash)
            return false;
    t->seen[at] = hash;
    t->n++;
    return true;
}

static void once_grow(struct sim_single *t)
{
    struct sim_single old = *t;

    t->cap = old.cap ? old.cap * 2 : 1024;
    t->n = 0;
    t->seen = calloc(t->cap, sizeof *t->seen);
    ck_assert_ptr_nonnull(t->seen);
    for (size_t i = 0; i < old.cap; i++)
        if (old.seen[i])
            (void)once_put(t, old.seen[i]);
    free(old.seen);
}

void sim_happened_once(sim *s, const char *type, const char *id)
{
    static const char *const types[] = { "vehicle_reservation.expired", "test_drive.overdue",
        "test_drive.started", "test_drive.returned", "quote.issued", "quote.accepted",
        "quote.expired", "appraisal.expired", "sales_contract.signed", "sales_contract.cancelled",
        "vehicle_order.delivered", "vehicle_order.cancelled", "allocation.accepted",
        "vehicle_transfer.received", "vehicle_transfer.cancelled", "connector_request.answered",
        "customer.erased" };
    bool single = false;

    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++)
        single = single || strcmp(types[i], type) == 0;
    if (!single)
        return;
    if (!s->once)
        s->once = calloc(1, sizeof *s->once);
    if (s->once->n * 2 >= s->once->cap)
        once_grow(s->once);
    ck_assert_msg(once_put(s->once, once_hash(type, id)),
                  "seed %llu, act %d (%s): %s of %s happens again", SIM_AT(s), type, id);
}

void sim_once_free(sim *s)
{
    if (s->once)
        free(s->once->seen);
    free(s->once);
    s->once = NULL;
}

/* What runs out has run out: nothing waits beyond its time. */
void sim_nothing_is_overdue(sim *s)
{
    static const char *const waiting[][2] = {
        { "vehicle_reservation", "{'state':{'$in':['held','queued']},'until':{'$lt':'%s'}}" },
        { "test_drive", "{'state':'out','overdue_at':null,'planned_to':{'$lt':'%s'}}" },
        { "allocation_request", "{'state':'offered','offered_until':{'$lt':'%s'}}" },
        { "connector_request", "{'state':'queued','until':{'$lt':'%s'}}" },
        { "quote", "{'state':'issued','valid_until':{'$lt':'%.10s'}}" },
        { "appraisal", "{'state':'approved','valid_until':{'$lt':'%.10s'}}" },
        { "signin_code", "{'expires_at':{'$lt':'%s'}}" },
    };
    char now[40], where[160];

    acrm_value_free(sim_ask(s, "engine.tick", "'limit':100000"));
    sim_instant(s->h.now, now);
    for (size_t i = 0; i < sizeof waiting / sizeof waiting[0]; i++) {
        const char *format = waiting[i][1], *hole = strchr(format, '%');
        bool day = strncmp(hole, "%.10s", 5) == 0;
        snprintf(where, sizeof where, "%.*s%.*s%s", (int)(hole - format), format, day ? 10 : 20,
                 now, hole + (day ? 5 : 2));
        ck_assert_msg(host_count(s->h.session, waiting[i][0], where) == 0,
                      "seed %llu, act %d (%s): a %s waits beyond its time", SIM_AT(s),
                      waiting[i][0]);
    }
}

/* --- Guests --- */

/* Who signed out, was forgotten, or came long ago is not let in; who came just now is. */
void sim_guests_are_known(sim *s)
{
    const sim_pool *tokens = &s->pools[SIM_TOKENS];

    for (int32_t i = tokens->n > 20 ? tokens->n - 20 : 0; i < tokens->n; i++) {
        const sim_item *t = &tokens->items[i];
        int32_t state = s->pools[SIM_CUSTOMERS].items[t->of].state;
        int64_t age = s->h.now - t->number;
        bool refused = sim_refused(s, "signed_out", "signin.check", "'token':'%s','seen':false",
                                   t->text);
        bool gone = t->state == 1 || state == 2 || age > 5 * HOST_DAY;
        ck_assert_msg(refused || !gone, "seed %llu, act %d (%s): a sign-in goes on that has ended",
                      SIM_AT(s));
        ck_assert_msg(!refused || gone || state == 1 || age > 2 * HOST_DAY,
                      "seed %llu, act %d (%s): a sign-in has ended by itself", SIM_AT(s));
    }
}

/* --- Files --- */

void sim_files_are_whole(sim *s)
{
    const sim_pool *files = &s->pools[SIM_FILES];

    for (int32_t i = files->n > 20 ? files->n - 20 : 0; i < files->n; i++) {
        const sim_item *f = &files->items[i];
        if (f->state || s->pools[SIM_CUSTOMERS].items[f->of].state == 2)
            continue;
        acrm_value *read = sim_ask(s, "attachment.read", "'id':'%s'", f->id);
        ck_assert_msg(strcmp(host_text(read, "data"), f->text) == 0,
                      "seed %llu, act %d (%s): a file has %s in it, not %s", SIM_AT(s),
                      host_text(read, "data"), f->text);
        acrm_value_free(read);
    }
}
