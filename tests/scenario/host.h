/* SPDX-License-Identifier: MIT */
/*
 * A host of the library for the scenario tests: a clock that is set, predictable randomness, an
 * allocator that counts and fails on demand, input from memory. It uses the public headers alone.
 */
#ifndef TESTS_SCENARIO_HOST_H
#define TESTS_SCENARIO_HOST_H

#include "autocrm/autocrm.h"
#include "support/alloc_fail.h"

#include <stdbool.h>
#include <stdio.h>

#define HOST_START INT64_C(1795255200000000) /* 2026-11-21T10:00:00Z, a Saturday */
#define HOST_SECOND INT64_C(1000000)
#define HOST_DAY (86400 * HOST_SECOND)

typedef struct host {
    int64_t now;
    uint64_t seed;
    alloc_fail memory;
    const char *input; /* what the session's input gives */
    size_t input_len, input_at;
    size_t input_piece;    /* at most so many bytes at once; 0: no limit */
    acrm_clock clock;
    acrm_random random;
    acrm_allocator allocator;
    acrm_engine *engine;
    acrm_session *session; /* of the system */
} host;

/* A host at HOST_START; nothing is open yet. It must not move: the ports point into it. */
void host_init(host *h);
/* Open `where` and a session of the system. On failure nothing is open. */
int32_t host_open(host *h, const char *where, uint32_t flags, acrm_error **err);
/* The same on a storage of one's own. */
int32_t host_open_storage(host *h, const acrm_storage_ops *ops, void *self, acrm_error **err);
void host_close(host *h);

/* Read this text by the operations that read the session's input. */
void host_input(host *h, const char *text, size_t len);
/* Lend it to the session, when that is one of your own. */
void host_lend(host *h);

/* A call with JSON. In args ' stands for ". */
int32_t host_try(acrm_session *session, const char *operation, const char *args, acrm_buf **out,
                 acrm_error **err);
/* It must succeed; the result is parsed and freed by the caller. */
acrm_value *host_call(acrm_session *session, const char *operation, const char *args);
/* The text at a path of keys and indexes, such as "items.0.id"; "" when there is none. */
const char *host_text(const acrm_value *value, const char *path);
int64_t host_int(const acrm_value *value, const char *path);
/* The number of records that satisfy a filter. */
int64_t host_count(acrm_session *session, const char *entity, const char *where);
/* audit.verify and engine.check find nothing wrong; the number of audit entries. */
int64_t host_verify(acrm_session *session);

/* In a child that may be killed, before its database is opened: what it would tell Check half would
 * spoil what the parent tells. Of the parent's files only `keep` stays. */
void host_leave_check(int keep);
/* Live in a process of its own, which is killed (SIGKILL) after so many microseconds; negative:
 * never. `live` tells of each step that is done by a byte on the pipe. How many those were, or -1
 * when it came to the end, with exit status 0. */
int host_life(void (*live)(void *user, int told), void *user, int64_t life_us);

/* A stage of a long life on a file: which process lives it, and from which step on. */
typedef struct host_stage {
    const char *path;
    int run, from;
} host_stage;

/* Live it in processes of which `kills` are killed, each within span_us by `below`; one goes on
 * where the one before it was, and the last (run 1000) to the end. How many were killed. */
int host_lives(void (*live)(void *user, int told), host_stage *stage, long kills, int64_t span_us,
               int64_t (*below)(int64_t n));

/* A growing text. */
typedef struct host_str {
    char *data;
    size_t len, cap;
} host_str;
void host_str_add(host_str *text, const char *data, size_t len);
void host_str_puts(host_str *text, const char *line);

/* Every record of every entity, deleted ones too, the audit and the events, as JSON. */
void host_dump(host *h, host_str *out);

/* Two texts are the same; else a failure shows the first line in which they differ. */
void host_same(const host_str *a, const host_str *b);

/* A fresh path under /tmp, and the removal of a database with the files beside it. */
void host_path(char path[64], const char *name);
void host_remove(const char *path);

#endif
