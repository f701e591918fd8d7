/* SPDX-License-Identifier: MIT */
/* Calls into an adapter under watch: it may crash or hang, and the suite goes on. */
#ifndef AUTOCRM_CONFORMANCE_WATCH_H
#define AUTOCRM_CONFORMANCE_WATCH_H

#include <stddef.h>
#include <stdint.h>

enum { WATCH_MAX = 256, WATCH_FILL = 0xA5, WATCH_WIDER = 64 };

/* 0 when the call came back; else the signal that ended it, SIGALRM after so many milliseconds. */
int watch_call(uint32_t ms, void (*call)(void *user), void *user);
/* A text of a fixed size: it ends, is UTF-8 without control characters. */
int watch_text(const char *text, size_t size);
/* A key not used before: a UUID. */
void watch_key(char key[40], unsigned *keys);
int64_t watch_clock(void); /* milliseconds */

/* What was lent for calls and is closed to the adapter. */
typedef struct watch_lent {
    struct {
        void *memory;
        size_t size;
    } items[WATCH_MAX];
    unsigned n;
} watch_lent;

/* Memory for a call, twice as large as asked for, to keep a copy; NULL: no more. */
char *watch_lend(watch_lent *lent, size_t *size);
/* The last one lent is closed: using it is SIGSEGV from here on. */
void watch_close(watch_lent *lent);
void watch_release(watch_lent *lent);

/* Room in what is lent. */
typedef struct watch_room {
    char *at;
} watch_room;
void *watch_copy(watch_room *room, const void *data, size_t size); /* NULL for NULL */
const char *watch_copy_text(watch_room *room, const char *text);

#endif
