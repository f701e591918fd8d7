/* SPDX-License-Identifier: MIT */
/* The shipped adapters of the storage port. */
#ifndef ACRM_STORAGE_STORAGE_H
#define ACRM_STORAGE_STORAGE_H

#include "autocrm/port/allocator.h"
#include "autocrm/port/storage.h"

#include <stdbool.h>

enum {
    ACRM__SQLITE_READONLY = 1,    /* never write; a missing file is an error */
    ACRM__SQLITE_NO_CREATE = 2,   /* a missing file is an error */
    ACRM__SQLITE_SYNC_NORMAL = 4  /* WAL without fsync per commit: survives a killed process, may
                                     lose the last commits when the machine loses power */
};

/* An SQLite file (or ":memory:" shared among the connections of this storage). Opens no connection
 * yet. Error texts never hold values of rows. */
int32_t acrm__sqlite_open(const acrm_allocator *allocator, const char *path, uint32_t flags,
                          acrm_storage_ops *ops, void **self, acrm_error **err);

/* How long a writer waits for another one before ACRM_E_BUSY; 10 seconds unless told. Before the
 * first connection. */
void acrm__sqlite_set_busy(void *self, int32_t milliseconds);

#if defined(ACRM_HAVE_POSTGRES)
/* A PostgreSQL server, by an address as libpq takes it (postgres://user@host:port/database). Opens
 * no connection yet. Flags as above: SYNC_NORMAL is synchronous_commit=off. Error texts never hold
 * values of rows, nor the address as it was given. */
int32_t acrm__postgres_open(const acrm_allocator *allocator, const char *url, uint32_t flags,
                            acrm_storage_ops *ops, void **self, acrm_error **err);
void acrm__postgres_set_busy(void *self, int32_t milliseconds); /* before the first connection */
/* After how long the server ends a writing transaction in which nothing is asked of it, because its
 * host hangs or is cut off; a minute unless told. */
void acrm__postgres_set_idle(void *self, int32_t milliseconds);
/* How often a connection waited for the server so far, for tests and benchmarks. */
int64_t acrm__postgres_round_trips(void *conn);
#endif

/* Rows in memory, shared among the connections of this storage: simple and obviously right, the
 * oracle of the differential tests. Writers exclude everybody else. */
int32_t acrm__memory_open(const acrm_allocator *allocator, acrm_storage_ops *ops, void **self,
                          acrm_error **err);

void acrm__memory_set_busy(void *self, int32_t milliseconds);

#endif
