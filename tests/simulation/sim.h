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
    char text[64]; /* whatever else is known of it: a token, a hash, a name */
} sim_item;

enum {
    SIM_CUSTOMERS, SIM_LEADS, SIM_OPPORTUNITIES, SIM_TASKS, SIM_CASES, SIM_MEMBERS, SIM_HELD,
    SIM_SPENT, SIM_REWARDS, SIM_PACKAGES, SIM_WAYS, SIM_MERGES,
    SIM_QUOTES, SIM_DEALS, SIM_ORDERS,
    SIM_CHOICES, SIM_CARS, SIM_HOLDS, SIM_HAULS, SIM_DRIVES, SIM_WORTHS, SIM_ROUNDS, SIM_WISHES,
    SIM_FEED, SIM_PULLED, SIM_KEYRING, SIM_TOKENS, SIM_FILES, SIM_HOMES, SIM_IMPORTS, SIM_POOLS
};

typedef struct sim_pool {
    sim_item *items;
    int32_t n, cap;
} sim_pool;

enum {
    SIM_NORTH, SIM_SOUTH, SIM_PIPELINE, SIM_SEGMENT, SIM_CLUB, SIM_MAKE, SIM_TRIM, SIM_SPORT,
    SIM_YARD, SIM_PLATE, SIM_SARA, SIM_OMID, SIM_NIMA, SIM_KNOWN
};

/* Records that must be there, counted by those who made them. */
enum {
    SIM_N_CUSTOMERS, SIM_N_LEADS, SIM_N_OPPORTUNITIES, SIM_N_TASKS, SIM_N_CASES, SIM_N_MEMBERS,
    SIM_N_CONTRACTS, SIM_N_POINTS, SIM_N_MESSAGES, SIM_N_PACKAGES, SIM_N_WAYS, SIM_N_ERASED,
    SIM_N_MERGES, SIM_N_QUOTES, SIM_N_ORDERS, SIM_N_ASKED, SIM_N_CHOICES, SIM_N_CARS,
    SIM_N_COSTS, SIM_N_HAULS, SIM_N_DRIVES, SIM_N_WORTHS, SIM_N_VALUED, SIM_N_ROUNDS,
    SIM_N_ENTRANTS, SIM_N_WISHES, SIM_N_TOLD, SIM_N_KEYS, SIM_N_FILES, SIM_N_NOTES, SIM_N_TIES,
    SIM_N_HOMES, SIM_N_GOALS, SIM_COUNTS
};

/* What the world outside got: shared with the processes that are killed. */
enum { SIM_KEYS = 1 << 17 };
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
    char code[8];          /* the last one that was sent to sign in with */
    struct sim *of;        /* whose outside it is */
    int32_t n_answered;
    int32_t answered[1024]; /* keys that were answered since the last tick that ended */
    sim_key keys[SIM_KEYS];
} sim_outside;

sim_key *sim_key_of(sim_outside *o, const char *key);

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
    char known[SIM_KNOWN][40]; /* ids of the foundation: SIM_NORTH ... */
    const char *doing;     /* the actor */
    const char *reasons;   /* (nullable) for which the next call may be refused too, with spaces */
    const char *input;     /* (nullable) what the next call reads */
    char as[48];           /* who calls: "system", "customer:ID" */
    int32_t months;        /* so far */
    int32_t elsewhere[2];  /* orders that other sales systems know of */
    struct sim_single *once; /* what may happen to each record once: invariants.c */
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
/* Look; whether it was refused, which must be by this reason. */
bool sim_refused(sim *s, const char *reason, const char *operation, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
/* The next call may be refused for these reasons too (with spaces between them). */
void sim_may(sim *s, const char *reasons);
/* The next call reads this. */
void sim_reads(sim *s, const char *text);
/* Act as "system", "customer:ID" ... from now on. */
void sim_as(sim *s, const char *kind, const char *id);
void sim_tick(sim *s);
void sim_instant(int64_t us, char out[40]);           /* as the library writes it */
void sim_in_days(const sim *s, int64_t days, char out[40]); /* an instant so many days from now */
void sim_day_in(const sim *s, int64_t days, char out[16]);  /* a date */
/* Added to the state of a row of a feed that was told. */
enum { SIM_TOLD = 64 };
/* A row of the feed of another sales system, as a line of JSON with ' for ". */
void sim_feed_row(const sim_item *row, char *out, size_t size);

sim_item *sim_add(sim *s, int pool, const char *id, int32_t of);
sim_item *sim_some(sim *s, int pool); /* NULL: there is none */

/* Live all of it, on what is opened, and check it. `dump`: (nullable) all records in the end. */
typedef struct sim_result {
    int64_t calls, faults, refused, events;
    int32_t days;
} sim_result;
sim_result sim_live(const sim_options *o, host_str *dump, host_str *events);

#endif
