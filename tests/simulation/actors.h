/* SPDX-License-Identifier: MIT */
/* What people do in the simulation: one function for each actor of the table in actors.c. */
#ifndef TESTS_SIMULATION_ACTORS_H
#define TESTS_SIMULATION_ACTORS_H

#include "sim.h"

/* Cars (actors_stock.c) */
void sim_act_buyer(sim *s);
void sim_act_keeper(sim *s);
void sim_act_reserver(sim *s);
void sim_act_hauler(sim *s);
void sim_act_driver(sim *s);
void sim_act_appraiser(sim *s);

/* From a choice to a contract (actors_deal.c) */
void sim_act_chooser(sim *s);
void sim_act_quoter(sim *s);
void sim_act_closer(sim *s);

/* Orders, draws, allocations, feeds (actors_order.c) */
void sim_act_orderer(sim *s);
void sim_act_maker(sim *s);
void sim_act_feeder(sim *s);
void sim_act_puller(sim *s);
void sim_act_lottery(sim *s);
void sim_act_allocator(sim *s);
void sim_month_orders(sim *s);

/* Those who keep the house, and who knocks at its door (actors_house.c) */
void sim_act_guest(sim *s);
void sim_act_visitor(sim *s);
void sim_act_filer(sim *s);
void sim_act_kin(sim *s);
void sim_act_importer(sim *s);
void sim_act_staff(sim *s);
void sim_act_clock(sim *s);
void sim_act_manager(sim *s);
void sim_month_house(sim *s);

/* A customer who is there; NULL: none, or one who was merged or forgotten. */
const sim_item *sim_customer(sim *s);

#endif
