/* SPDX-License-Identifier: MIT */
/* Memory: the allocator port with its default, and arenas that are freed all at once. */
#ifndef ACRM_BASE_ALLOC_H
#define ACRM_BASE_ALLOC_H

#include "autocrm/port/allocator.h"

#include <stdbool.h>

/* Fill in the default (the C library) for NULL; the result is a copy with its own size. */
acrm_allocator acrm__allocator(const acrm_allocator *port);

void *acrm__alloc(const acrm_allocator *a, size_t size); /* NULL on failure or size 0 */
void *acrm__alloc_zero(const acrm_allocator *a, size_t size);
void *acrm__resize(const acrm_allocator *a, void *ptr, size_t old_size, size_t new_size);
void acrm__free(const acrm_allocator *a, void *ptr, size_t size);

/* An arena hands out memory aligned to 16 that lives until reset or free. Not thread-safe. */
typedef struct acrm__arena_block acrm__arena_block;
typedef struct acrm__arena {
    acrm_allocator allocator;
    acrm__arena_block *blocks; /* newest first */
    size_t used;               /* within the newest block */
    size_t total;              /* bytes of all blocks */
    size_t limit;              /* 0: none; allocation beyond it fails */
} acrm__arena;

void acrm__arena_init(acrm__arena *arena, const acrm_allocator *allocator);
void acrm__arena_reset(acrm__arena *arena); /* keeps one block for reuse, frees the others */
void acrm__arena_free(acrm__arena *arena);
/* Hand all that `from` gave out over to `to`, of the same allocator; `from` is empty then. */
void acrm__arena_adopt(acrm__arena *to, acrm__arena *from);
void *acrm__arena_alloc(acrm__arena *arena, size_t size);      /* NULL on failure; never for 0 */
void *acrm__arena_zero(acrm__arena *arena, size_t size);
void *acrm__arena_array(acrm__arena *arena, size_t n, size_t size); /* zeroed; checks overflow */
/* Copy n bytes and put a NUL behind them. */
char *acrm__arena_text(acrm__arena *arena, const char *text, size_t len);
/* Formatted text (printf rules), NUL-terminated; NULL on failure. */
char *acrm__arena_format(acrm__arena *arena, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

#endif
