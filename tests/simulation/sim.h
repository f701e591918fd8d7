/* SPDX-License-Identifier: MIT */
/*
 * A group of dealers that lives for simulated years from a seed: what people do (actors.c), what
 * breaks meanwhile (faults.c), and what must hold all the same (invariants.c). Each is a table.
 */
#ifndef TESTS_SIMULATION_SIM_H
#define TESTS_SIMULATION_SIM_H

#include "disk.h"
#include "scenario/host.h"
#include "support/faulty.h"

#include <stdarg.h>

enum { SIM_MEMORY = 1, SIM_SQLITE = 2, SIM_POSTGRES = 4 };

/* What is to be simulated. */
typedef struct sim_options {
    uint64_t seed;
    int32_t days, acts;  /* acts a day */
    int32_t storage;     /* SIM_... */
    uint32_t faults;     /* bits: the n-th of sim_faults */
    int32_t often;       /* faults in a thousand acts */
    double seconds;      /* end with the month in which they are over; 0: never */
    bool tell;           /* each act and fault */
} sim_options;

/* What the people of the simulation know: the records they made, in the order they were made. */
typedef struct sim_item {
    char id[37];
    int32_t of; /* index of what it belongs to: a customer, a member */
    int32_t state;
    int64_t number;
} sim_item;

enum {
    SIM_CUSTOMERS, SIM_LEADS, SIM_OPPORTUNITIES, SIM_TASKS, SIM_CASES, SIM_MEMBERS, SIM_HELD,
    SIM_SPENT, SIM_REWARDS, SIM_PACKAGES, SIM_WAYS, SIM_MERGES,
    SIM_QUOTES, SIM_DEALS, SIM_ORDERS, SIM_POOLS
};

typedef struct sim_pool {
    sim_item *items;
    int32_t n, cap;
} sim_pool;

enum { SIM_NORTH, SIM_SOUTH, SIM_PIPELINE, SIM_SEGMENT, SIM_CLUB };

/* Records that must be there, counted by those who made them. */
enum {
    SIM_N_CUSTOMERS, SIM_N_LEADS, SIM_N_OPPORTUNITIES, SIM_N_TASKS, SIM_N_CASES, SIM_N_MEMBERS,
    SIM_N_CONTRACTS, SIM_N_POINTS, SIM_N_MESSAGES, SIM_N_PACKAGES, SIM_N_WAYS, SIM_N_ERASED,
    SIM_N_MERGES, SIM_N_QUOTES, SIM_N_ORDERS, SIM_N_ASKED, SIM_COUNTS
};

/* What the world outside got: shared with the processes that are killed. */
enum { SIM_KEYS = 1 << 15 };
typedef struct sim_key {
    char key[40];
    int32_t arrived;  /* times it came out; a transport that deduplicates makes it one */
    int32_t answered; /* that it is done, to a tick that may have failed */
    int32_t known;    /* ... to a tick that ended well: it must not come again */
} sim_key;

typedef struct sim_outside {
    uint64_t chance;
    int64_t handed, again; /* handed over in all; after it was known to be done */
    bool troubled;
    char wrong[128];       /* what must not happen, in words */
    sim_key keys[SIM_KEYS];
} sim_outside;

typedef struct sim {
    host h;
    const sim_options *o;
    uint64_t random;       /* of what people do */
    uint64_t chance;       /* of what breaks */
    int32_t act, opened;   /* how often so far */
    faulty storage;
    disk *disk;
    sim_outside *outside;
    char path[64], url[256];
    struct postgres_server *server;
    sim_pool pools[SIM_POOLS];
    int64_t expect[SIM_COUNTS];
    int64_t back_us;       /* that the clock was set back */
    int64_t seq, calls, faults, refused;
    int64_t happened[32];  /* how often each fault came to pass */
    int64_t acted[64];     /* how often each actor acted */
    char known[5][40];     /* ids of the foundation: SIM_NORTH ... */
    const char *doing;     /* the actor */
} sim;

typedef struct sim_actor {
    const char *name;
    int32_t weight;
    void (*act)(sim *s);
} sim_actor;
extern const sim_actor sim_actors[]; /* ends with an empty one */
void sim_found(sim *s);              /* the dealers, users, rules to begin with */
void sim_month(sim *s);              /* what is done once a month */

typedef struct sim_fault {
    const char *name;
    int32_t storages; /* SIM_... it may happen to */
    void (*arm)(sim *s);
    bool killed;      /* the act is done by a process that may be killed */
} sim_fault;
extern const sim_fault sim_faults[]; /* ends with an empty one */
uint32_t sim_fault_bits(const char *list); /* "all", "none", or names with commas; all
                                              bits for an unknown one */
const sim_fault *sim_choose_fault(sim *s);
bool sim_disarm(sim *s);                   /* whether it came to pass */
void sim_repair(sim *s);                   /* the power is back, the server runs */

/* An invariant; it aborts the test when it is broken. */
typedef struct sim_invariant {
    const char *name;
    bool always; /* after each fault; else each month and at the end */
    void (*check)(sim *s);
} sim_invariant;
extern const sim_invariant sim_invariants[];
void sim_check(sim *s, bool all);

/* --- Of the world --- */

int64_t sim_below(sim *s, int64_t n);        /* of what people do */
int64_t sim_chance_below(sim *s, int64_t n); /* of what breaks */
void sim_open(sim *s);
void sim_close(sim *s);
/* Do it, whatever breaks meanwhile. In the format ' stands for ". NULL: it was refused, which must
 * be for a reason that lies in the state of things (ACRM_E_CONFLICT, ACRM_E_NOTFOUND). */
acrm_value *sim_do(sim *s, const char *operation, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* The same; whether it was done. */
bool sim_done(sim *s, const char *operation, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* Look, undisturbed; it must succeed. */
acrm_value *sim_ask(sim *s, const char *operation, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
void sim_tick(sim *s);

sim_item *sim_add(sim *s, int pool, const char *id, int32_t of);
sim_item *sim_some(sim *s, int pool); /* NULL: there is none */

/* Live all of it, on what is opened, and check it. `dump`: (nullable) all records in the end. */
typedef struct sim_result {
    int64_t calls, faults, refused, events;
    int32_t days;
} sim_result;
sim_result sim_live(const sim_options *o, host_str *dump, host_str *events);

#endif
