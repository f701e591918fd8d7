/* SPDX-License-Identifier: MIT */
/*
 * A storage in front of another one, of which the n-th call fails, once or from then on; or at
 * which something else happens first: the process ends, the server goes.
 */
#ifndef TESTS_SUPPORT_FAULTY_H
#define TESTS_SUPPORT_FAULTY_H

#include "autocrm/autocrm.h"

#include <stdbool.h>

typedef struct faulty {
    acrm_storage_ops inner;
    void *self;
    long count;   /* calls so far */
    long fail_at; /* the call that fails, from 1; 0: none */
    bool for_ever;
    long failures;
    int32_t code;
    void (*happen)(void *user); /* (nullable) at that call, which is passed on then */
    void *user;
} faulty;

/* The functions to open it with, where `self` is the faulty. It must not move. */
acrm_storage_ops faulty_ops(const faulty *f);

#endif
