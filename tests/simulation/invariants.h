/* SPDX-License-Identifier: MIT */
/* What must hold of the sales, and what the checks of it share: invariants.c has the table. */
#ifndef TESTS_SIMULATION_INVARIANTS_H
#define TESTS_SIMULATION_INVARIANTS_H

#include "sim.h"

#define SIM_AT(s) (unsigned long long)(s)->o->seed, (s)->act, (s)->doing

/* All records that satisfy a filter, a page at a time. */
void sim_each(sim *s, const char *entity, const char *fields, const char *where,
              void (*see)(sim *s, const acrm_value *item, void *user), void *user);

/* Ids, to be sorted and searched. */
typedef struct sim_ids {
    char (*items)[40];
    size_t n, cap;
} sim_ids;
void sim_ids_add(sim_ids *ids, const char *id);
void sim_ids_sort(sim_ids *ids);
bool sim_ids_have(const sim_ids *ids, const char *id);
void sim_ids_free(sim_ids *ids);

/* An amount in the smallest unit. */
int64_t sim_cents(const acrm_value *value, const char *path);

/* Cars and deals (invariants_sales.c) */
void sim_holds_are_single(sim *s);
void sim_cars_are_nobodys_twice(sim *s);
void sim_delivered_has_an_owner(sim *s);
void sim_costs_add_up(sim *s);
void sim_contracts_reconcile(sim *s);
void sim_commissions_are_paid_once(sim *s);
/* Orders, draws, quotas, feeds (invariants_order.c) */
void sim_quotas_hold(sim *s);
void sim_draws_repeat(sim *s);
void sim_orders_are_as_told(sim *s);
void sim_feeds_end_alike(sim *s);
/* Time, and who knocks (invariants_house.c) */
void sim_happened_once(sim *s, const char *type, const char *id); /* an event of the feed */
void sim_once_free(sim *s);
void sim_nothing_is_overdue(sim *s);
void sim_guests_are_known(sim *s);
void sim_files_are_whole(sim *s);

#endif
