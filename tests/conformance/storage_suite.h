/* SPDX-License-Identifier: MIT */
/*
 * The promises of the storage port (autocrm/port/storage.h) as tests that any adapter can be run
 * through. Needs nothing but the library's public headers and a C library.
 */
#ifndef AUTOCRM_CONFORMANCE_STORAGE_SUITE_H
#define AUTOCRM_CONFORMANCE_STORAGE_SUITE_H

#include "autocrm/port/storage.h"

/* An adapter under test. */
typedef struct storage_suite_target {
    void *user;
    /* A new, empty store. Returns 0, or something else when it cannot be made. */
    int (*open)(void *user, acrm_storage_ops *ops, void **self);
    /* After a test, when the store's own destroy() has been called. Optional. */
    void (*clean)(void *user);
} storage_suite_target;

/* The name of the n-th test, NULL past the end. */
const char *storage_suite_name(int n);
/* Run it. Returns 0 when the adapter keeps the promise; else `message` says what went wrong. */
int storage_suite_run(int n, const storage_suite_target *target, char *message,
                      size_t message_size);

#endif
