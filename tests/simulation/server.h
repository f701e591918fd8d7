/* SPDX-License-Identifier: MIT */
/* The PostgreSQL server of the simulation, if there is one. */
#ifndef TESTS_SIMULATION_SERVER_H
#define TESTS_SIMULATION_SERVER_H

#include "autocrm/autocrm.h"

#include <stdbool.h>
#include <stddef.h>

bool server_start(void); /* false: none is installed, or the library was built without it */
void server_end(void);
void server_forked(void); /* in a child: leave it to the parent */
void server_schema(char *url, size_t size);
void server_drop(void);
bool server_does(const char *sql); /* as its owner */
int32_t server_storage(const acrm_allocator *allocator, const char *url, acrm_storage_ops *ops,
                       void **self, acrm_error **err);
void server_kill_backends(void *unused);
void server_crash(void *unused); /* stopped at once */
void server_run(void);           /* unless it runs */

#endif
