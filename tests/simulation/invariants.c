/* SPDX-License-Identifier: MIT */
/* What must hold, whatever broke. */
#include "invariants.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

/* The chain of the audit verifies, the storage is sound. */
static void chain_verifies(sim *s)
{
    host_verify(s->h.session);
}

/* The numbers of events have no gap, and none comes twice. */
static void feed_is_gapless(sim *s)
{
    bool more = true;

    while (more) {
        acrm_value *page = sim_ask(s, "event.list", "'limit':10000,'after':%lld",
                                   (long long)s->seq);
        const acrm_value *items = acrm_value_get(page, "items");
        for (size_t i = 0; i < acrm_value_count(items); i++) {
            const acrm_value *event = acrm_value_at(items, i);
            int64_t seq = host_int(event, "seq");
            ck_assert_msg(seq == s->seq + 1, "seed %llu, act %d (%s): event %lld follows %lld",
                          SIM_AT(s), (long long)seq, (long long)s->seq);
            s->seq = seq;
            sim_happened_once(s, host_text(event, "type"), host_text(event, "record"));
        }
        more = acrm_value_type(acrm_value_get(page, "next")) != ACRM_NULL;
        acrm_value_free(page);
    }
}

/* Nothing is there by half, twice, or not at all: what people were told was done, and no more. */
static void counts_are_as_told(sim *s)
{
    static const struct {
        const char *entity, *where;
    } counted[SIM_COUNTS] = {
        [SIM_N_CUSTOMERS] = { "customer", "{}" },
        [SIM_N_LEADS] = { "lead", "{}" },
        [SIM_N_OPPORTUNITIES] = { "opportunity", "{}" },
        [SIM_N_TASKS] = { "activity", "{'kind':'meeting'}" },
        [SIM_N_CASES] = { "case", "{}" },
        [SIM_N_MEMBERS] = { "member", "{}" },
        [SIM_N_CONTRACTS] = { "sales_contract", "{}" },
        [SIM_N_POINTS] = { "points_transaction",
                           "{'kind':'redeem','source_id':{'$startswith':'s'}}" },
        [SIM_N_MESSAGES] = { "message", "{'template_id':null}" },
        [SIM_N_PACKAGES] = { "work_package", "{}" },
        [SIM_N_WAYS] = { "process_instance", "{'code':'welcome'}" },
        [SIM_N_ERASED] = { "erasure", "{}" },
        [SIM_N_QUOTES] = { "quote", "{}" },
        [SIM_N_ORDERS] = { "vehicle_order", "{'number':{'$startswith':'O-'}}" },
        [SIM_N_CHOICES] = { "configuration", "{}" },
        [SIM_N_CARS] = { "vehicle", "{'stock_number':{'$startswith':'V'}}" },
        [SIM_N_COSTS] = { "vehicle_cost", "{}" },
        [SIM_N_HAULS] = { "vehicle_transfer", "{}" },
        [SIM_N_DRIVES] = { "test_drive", "{}" },
        [SIM_N_WORTHS] = { "appraisal", "{}" },
        [SIM_N_VALUED] = { "appraisal_valuation", "{}" },
        [SIM_N_ROUNDS] = { "draw_round", "{}" },
        [SIM_N_ENTRANTS] = { "draw_entrant", "{}" },
        [SIM_N_WISHES] = { "allocation_request", "{}" },
        [SIM_N_TOLD] = { "vehicle_order", "{'number':{'$startswith':'M-'}}" },
        [SIM_N_KEYS] = { "credential", "{}" },
        [SIM_N_FILES] = { "attachment", "{}" },
        [SIM_N_NOTES] = { "note", "{}" },
        [SIM_N_TIES] = { "relationship", "{}" },
        [SIM_N_HOMES] = { "household", "{}" },
        [SIM_N_GOALS] = { "sales_target", "{}" },
        [SIM_N_ASKED] = { "connector_request", "{'name':'rate'}" },
        [SIM_N_MERGES] = { "customer_merge", "{'undone_at':null}" },
    };

    for (int i = 0; i < SIM_COUNTS; i++) {
        char operation[80];
        snprintf(operation, sizeof operation, "%s.count", counted[i].entity);
        acrm_value *out = sim_ask(s, operation, "'where':%s,'deleted':'with'", counted[i].where);
        ck_assert_msg(host_int(out, "count") == s->expect[i],
                      "seed %llu, act %d (%s): %lld of %s %s, %lld were made", SIM_AT(s),
                      (long long)host_int(out, "count"), counted[i].entity, counted[i].where,
                      (long long)s->expect[i]);
        acrm_value_free(out);
    }
}

/* The books of points sum to zero, and nobody owes any. */
static void points_add_up(sim *s)
{
    static const char *const sums[] = { "issued", "pending", "available", "reserved", "spent",
                                        "expired", "reversed", "settled", "transferred",
                                        "adjusted" };
    acrm_value *out = sim_ask(s, "loyalty.verify", "%s", "");
    const acrm_value *all = acrm_value_get(out, "sums");
    int64_t sum = 0;

    ck_assert_msg(acrm_value_bool(acrm_value_get(out, "ok")),
                  "seed %llu, act %d (%s): points: %s", SIM_AT(s),
                  host_text(out, "faults.0.message"));
    ck_assert_uint_eq(acrm_value_count(all), sizeof sums / sizeof sums[0]);
    for (size_t i = 0; i < sizeof sums / sizeof sums[0]; i++)
        sum += acrm_value_int(acrm_value_get(all, sums[i]));
    ck_assert_msg(sum == 0, "seed %llu, act %d (%s): the books of points sum to %lld", SIM_AT(s),
                  (long long)sum);
    acrm_value_free(out);
}

static void points_are_never_negative(sim *s)
{
    for (int32_t i = 0; i < s->pools[SIM_MEMBERS].n; i++) {
        acrm_value *out = sim_ask(s, "loyalty.balance", "'member_id':'%s'",
                                  s->pools[SIM_MEMBERS].items[i].id);
        ck_assert_msg(host_int(out, "available") >= 0 && host_int(out, "pending") >= 0 &&
                      host_int(out, "reserved") >= 0,
                      "seed %llu, act %d (%s): a member owes points", SIM_AT(s));
        acrm_value_free(out);
    }
}

/* Everything that was due was done, once; nothing became an incident. */
static void no_timer_is_lost(sim *s)
{
    acrm_value_free(sim_ask(s, "engine.tick", "'limit':100000")); /* undisturbed */
    acrm_value *due = sim_ask(s, "timer.list",
        "'where':{'$or':[{'due_at':{'$lte':{'$now':'PT0S'}}},{'state':'incident'}]}");
    ck_assert_msg(acrm_value_count(acrm_value_get(due, "items")) == 0,
                  "seed %llu, act %d (%s): a timer %s is overdue after a tick", SIM_AT(s),
                  host_text(due, "items.0.kind"));
    acrm_value_free(due);
    ck_assert_int_eq(host_count(s->h.session, "incident", "{}"), 0);
    /* Whatever runs out has its timer: clocks of service levels, activities not done yet. */
    acrm_value *out = sim_ask(s, "sla_item.list", "'limit':1000,'order':['-created_at']");
    const acrm_value *items = acrm_value_get(out, "items");
    for (size_t i = 0; i < acrm_value_count(items) && i < 50; i++) {
        acrm_value *told = sim_ask(s, "sla.verify", "'id':'%s'",
                                   host_text(acrm_value_at(items, i), "subject_id"));
        ck_assert_msg(acrm_value_bool(acrm_value_get(told, "ok")),
                      "seed %llu, act %d (%s): a service level is not as computed", SIM_AT(s));
        acrm_value_free(told);
    }
    acrm_value_free(out);
}

/* The steps of each process lead from one to the next, and the last to where it is. */
static void processes_are_whole(sim *s)
{
    acrm_value *out = sim_ask(s, "process_instance.list",
                              "'limit':200,'order':['-created_at'],'include':['steps']");
    const acrm_value *items = acrm_value_get(out, "items");

    for (size_t i = 0; i < acrm_value_count(items); i++) {
        const acrm_value *one = acrm_value_at(items, i), *steps = acrm_value_get(one, "steps");
        char phase[70] = "";
        for (size_t k = 0; k < acrm_value_count(steps); k++) {
            const acrm_value *step = acrm_value_at(steps, k);
            ck_assert_msg(strcmp(host_text(step, "from_phase"), phase) == 0,
                          "seed %llu, act %d (%s): a process has a step from %s in %s", SIM_AT(s),
                          host_text(step, "from_phase"), phase);
            if (*host_text(step, "to_phase"))
                snprintf(phase, sizeof phase, "%s", host_text(step, "to_phase"));
        }
        ck_assert_str_eq(host_text(one, "phase"), phase);
    }
    acrm_value_free(out);
}

/* What is to be sent was sent or waits; what was accepted for good was kept. */
static void messages_are_sent_once(sim *s)
{
    acrm_value *out = sim_ask(s, "message.list", "'limit':1000,'order':['-created_at']");
    const acrm_value *items = acrm_value_get(out, "items");

    for (size_t i = 0; i < acrm_value_count(items); i++) {
        const acrm_value *m = acrm_value_at(items, i);
        const char *status = host_text(m, "status");
        bool out_there = strcmp(status, "sent") == 0 || strcmp(status, "delivered") == 0;
        const sim_key *k = sim_key_of(s->outside, host_text(m, "id"));
        ck_assert_msg(!out_there || k->arrived,
                      "seed %llu, act %d (%s): a message is %s that never went out", SIM_AT(s),
                      status);
    }
    acrm_value_free(out);
}

/* --- References --- */

static int by_text(const void *a, const void *b)
{
    return strcmp(a, b);
}

void sim_ids_add(sim_ids *ids, const char *id)
{
    if (ids->n == ids->cap) {
        ids->cap = ids->cap ? ids->cap * 2 : 256;
        ids->items = realloc(ids->items, ids->cap * sizeof *ids->items);
        ck_assert_ptr_nonnull(ids->items);
    }
    snprintf(ids->items[ids->n++], sizeof ids->items[0], "%s", id);
}

void sim_ids_sort(sim_ids *ids)
{
    if (ids->n)
        qsort(ids->items, ids->n, sizeof *ids->items, by_text);
}

bool sim_ids_have(const sim_ids *ids, const char *id)
{
    return ids->n && bsearch(id, ids->items, ids->n, sizeof *ids->items, by_text);
}

void sim_ids_free(sim_ids *ids)
{
    free(ids->items);
    *ids = (sim_ids){ NULL, 0, 0 };
}

void sim_each(sim *s, const char *entity, const char *fields, const char *where,
              void (*see)(sim *s, const acrm_value *item, void *user), void *user)
{
    char after[2100] = "", operation[80];
    bool more = true;

    snprintf(operation, sizeof operation, "%s.list", entity);
    while (more) {
        acrm_value *page = sim_ask(s, operation, "'limit':1000,'fields':[%s],'where':%s%s", fields,
                                   where, after);
        const acrm_value *items = acrm_value_get(page, "items");
        for (size_t i = 0; i < acrm_value_count(items); i++)
            see(s, acrm_value_at(items, i), user);
        more = acrm_value_type(acrm_value_get(page, "next")) == ACRM_TEXT;
        snprintf(after, sizeof after, ",'after':'%s'", host_text(page, "next"));
        acrm_value_free(page);
    }
}

typedef struct id_field {
    const char *field;
    sim_ids *ids;
} id_field;

static void see_id(sim *s, const acrm_value *item, void *user)
{
    const id_field *f = user;

    (void)s;
    sim_ids_add(f->ids, host_text(item, f->field));
}

/* All values of a field over all records, deleted ones too, sorted. */
static void ids_of(sim *s, const char *entity, const char *field, const char *where, sim_ids *out)
{
    char fields[80], all[200];

    snprintf(fields, sizeof fields, "'%s'", field);
    snprintf(all, sizeof all, "%s,'deleted':'with'", where);
    sim_each(s, entity, fields, all, see_id, &(id_field){ field, out });
    sim_ids_sort(out);
}

/* Every reference of every record leads to a record. */
static void references_hold(sim *s)
{
    acrm_buf *text = NULL;
    acrm_value *described = NULL;

    ck_assert_int_eq(acrm_describe(s->h.engine, "entities", &text, NULL), ACRM_OK);
    ck_assert_int_eq(acrm_value_parse(NULL, acrm_buf_data(text), acrm_buf_len(text), &described,
                                      NULL), ACRM_OK);
    acrm_buf_free(text);
    const acrm_value *entities = acrm_value_get(described, "entities");
    for (size_t i = 0; i < acrm_value_count(entities); i++) {
        const acrm_value *entity = acrm_value_at(entities, i);
        const acrm_value *fields = acrm_value_get(entity, "fields");
        for (size_t f = 0; f < acrm_value_count(fields); f++) {
            const acrm_value *field = acrm_value_at(fields, f);
            char where[120];
            sim_ids from = { NULL, 0, 0 }, to = { NULL, 0, 0 };
            if (strcmp(host_text(field, "type"), "ref") != 0)
                continue;
            snprintf(where, sizeof where, "{'%s':{'$ne':null}}", host_text(field, "name"));
            ids_of(s, host_text(entity, "name"), host_text(field, "name"), where, &from);
            if (from.n)
                ids_of(s, host_text(field, "target"), "id", "{}", &to);
            for (size_t n = 0; n < from.n; n++)
                ck_assert_msg(sim_ids_have(&to, from.items[n]),
                              "seed %llu, act %d (%s): %s of a %s leads nowhere", SIM_AT(s),
                              host_text(field, "name"), host_text(entity, "name"));
            sim_ids_free(&from);
            sim_ids_free(&to);
        }
    }
    acrm_value_free(described);
}

const sim_invariant sim_invariants[] = {
    /* name, after each fault too, check */
    { "the audit chain verifies, the storage is sound", true, chain_verifies },
    { "the feed has no gaps", true, feed_is_gapless },
    { "nothing is half done", true, counts_are_as_told },
    { "points add up", true, points_add_up },
    { "a car is held once", true, sim_holds_are_single },
    { "quotas hold", true, sim_quotas_hold },
    { "points are never negative", false, points_are_never_negative },
    { "no timer is lost", false, no_timer_is_lost },
    { "processes are whole", false, processes_are_whole },
    { "messages are sent once", false, messages_are_sent_once },
    { "references hold", false, references_hold },
    { "no car is sold twice", false, sim_cars_are_nobodys_twice },
    { "who got a car owns it", false, sim_delivered_has_an_owner },
    { "costs add up", false, sim_costs_add_up },
    { "contracts reconcile", false, sim_contracts_reconcile },
    { "commissions are paid once", false, sim_commissions_are_paid_once },
    { "orders are as they were told", false, sim_orders_are_as_told },
    { "draws repeat themselves", false, sim_draws_repeat },
    { "feeds end alike", false, sim_feeds_end_alike },
    { "nothing is overdue", false, sim_nothing_is_overdue },
    { "guests are known", false, sim_guests_are_known },
    { "files are whole", false, sim_files_are_whole },
    { NULL, false, NULL },
};

void sim_check(sim *s, bool all)
{
    for (const sim_invariant *i = sim_invariants; i->name; i++)
        if (all || i->always)
            i->check(s);
}
