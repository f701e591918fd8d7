/* SPDX-License-Identifier: MIT */
/*
 * A disk under SQLite (a VFS) that fails on demand. It knows which writes were never synced: when
 * the power goes these are lost, kept or torn, each by chance, as on a real one.
 */
#ifndef TESTS_SIMULATION_DISK_H
#define TESTS_SIMULATION_DISK_H

#include <stdbool.h>
#include <stdint.h>

enum { DISK_WELL = 0, DISK_BROKEN = 1, DISK_FULL = 2, DISK_POWER = 3 };

typedef struct disk {
    long count;   /* writes, syncs and truncations so far */
    long fail_at; /* that which fails, from 1; 0: none */
    int fault;    /* DISK_... */
    long failures;
    bool dead;      /* without power: nothing is read or written any more */
    uint64_t chance; /* of what comes of unsynced writes */
    long lost, torn; /* writes, so far */
    void (*happen)(void *user); /* (nullable) at that write, which is passed on then */
    void *user;
} disk;

/* The one disk of this process; SQLite uses it from the first call on. */
disk *disk_get(void);

/* The power is back: every file is closed; they hold what was synced, and of the rest what chance
 * has left. */
void disk_recover(void);

#endif
