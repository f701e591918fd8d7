/* SPDX-License-Identifier: MIT */
/* The default allocator and arenas. The only file of the library that calls realloc and free. */
#include "base/alloc.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    ARENA_ALIGN = 16,
    ARENA_BLOCK_MIN = 1024,
    ARENA_BLOCK_MAX = 64 * 1024, /* also the largest block that survives a reset */
    ARENA_FORMAT_MAX = 256       /* longer results are formatted a second time */
};

/* The header of a block; its bytes follow. */
struct acrm__arena_block {
    _Alignas(ARENA_ALIGN) acrm__arena_block *next;
    size_t size; /* of what follows */
};

static void *alloc_default(void *self, void *ptr, size_t old_size, size_t new_size)
{
    (void)self;
    (void)old_size;
    if (new_size == 0) {
        free(ptr);
        return NULL;
    }
    return realloc(ptr, new_size);
}

acrm_allocator acrm__allocator(const acrm_allocator *port)
{
    acrm_allocator copy = { .struct_size = sizeof copy, .resize = alloc_default };

    if (port && port->resize) {
        copy.self = port->self;
        copy.resize = port->resize;
    }
    return copy;
}

void *acrm__alloc(const acrm_allocator *a, size_t size)
{
    return size == 0 ? NULL : a->resize(a->self, NULL, 0, size);
}

void *acrm__alloc_zero(const acrm_allocator *a, size_t size)
{
    void *ptr = acrm__alloc(a, size);

    return ptr ? memset(ptr, 0, size) : NULL;
}

void *acrm__resize(const acrm_allocator *a, void *ptr, size_t old_size, size_t new_size)
{
    return a->resize(a->self, ptr, old_size, new_size);
}

void acrm__free(const acrm_allocator *a, void *ptr, size_t size)
{
    if (ptr)
        a->resize(a->self, ptr, size, 0);
}

void acrm__arena_init(acrm__arena *arena, const acrm_allocator *allocator)
{
    *arena = (acrm__arena){ .allocator = acrm__allocator(allocator) };
}

static void arena_block_free(acrm__arena *arena, acrm__arena_block *block)
{
    size_t size = sizeof *block + block->size;

    arena->total -= size;
    acrm__free(&arena->allocator, block, size);
}

void acrm__arena_reset(acrm__arena *arena)
{
    acrm__arena_block *kept = NULL;
    acrm__arena_block *next = NULL;

    for (acrm__arena_block *block = arena->blocks; block; block = next) {
        next = block->next;
        if (!kept && block->size <= ARENA_BLOCK_MAX)
            kept = block;
        else
            arena_block_free(arena, block);
    }
    if (kept)
        kept->next = NULL;
    arena->blocks = kept;
    arena->used = 0;
}

void acrm__arena_free(acrm__arena *arena)
{
    acrm__arena_block *next = NULL;

    for (acrm__arena_block *block = arena->blocks; block; block = next) {
        next = block->next;
        arena_block_free(arena, block);
    }
    arena->blocks = NULL;
    arena->used = 0;
}

void acrm__arena_adopt(acrm__arena *to, acrm__arena *from)
{
    acrm__arena_block **last = &to->blocks;

    if (!to->blocks)
        to->used = from->used;
    while (*last) /* behind the newest, which is still being filled */
        last = &(*last)->next;
    *last = from->blocks;
    to->total += from->total;
    from->blocks = NULL;
    from->used = from->total = 0;
}

/* A block for at least `size` bytes, twice as large as all before it within bounds: so one that is
 * reset again and again soon does with the block it keeps. */
static acrm__arena_block *arena_block_new(acrm__arena *arena, size_t size)
{
    size_t room = arena->total < ARENA_BLOCK_MAX ? arena->total * 2 : ARENA_BLOCK_MAX;
    acrm__arena_block *block = NULL;

    if (room < ARENA_BLOCK_MIN)
        room = ARENA_BLOCK_MIN;
    if (room > ARENA_BLOCK_MAX)
        room = ARENA_BLOCK_MAX;
    room -= sizeof *block;
    if (room < size)
        room = size;
    if (arena->limit) {
        size_t left = arena->limit > arena->total ? arena->limit - arena->total : 0;

        if (left < sizeof *block || left - sizeof *block < size)
            return NULL;
        if (room > left - sizeof *block)
            room = (left - sizeof *block) / ARENA_ALIGN * ARENA_ALIGN;
    }
    block = acrm__alloc(&arena->allocator, sizeof *block + room);
    if (!block)
        return NULL;
    block->size = room;
    arena->total += sizeof *block + room;
    return block;
}

void *acrm__arena_alloc(acrm__arena *arena, size_t size)
{
    acrm__arena_block *head = arena->blocks;
    acrm__arena_block *block = NULL;
    size_t used = arena->used;

    if (size == 0 || size > SIZE_MAX / 2)
        return NULL;
    size = (size + ARENA_ALIGN - 1) / ARENA_ALIGN * ARENA_ALIGN;
    if (head && head->size - used >= size) {
        arena->used = used + size;
        return (char *)(head + 1) + used;
    }
    block = arena_block_new(arena, size);
    if (!block)
        return NULL;
    /* What fills its block is put behind the newest, which may still have room for small things. */
    if (head && block->size == size && head->size > used) {
        block->next = head->next;
        head->next = block;
    } else {
        block->next = head;
        arena->blocks = block;
        arena->used = size;
    }
    return block + 1;
}

void *acrm__arena_zero(acrm__arena *arena, size_t size)
{
    void *ptr = acrm__arena_alloc(arena, size);

    return ptr ? memset(ptr, 0, size) : NULL;
}

void *acrm__arena_array(acrm__arena *arena, size_t n, size_t size)
{
    if (size != 0 && n > SIZE_MAX / 2 / size)
        return NULL;
    return acrm__arena_zero(arena, n * size);
}

char *acrm__arena_text(acrm__arena *arena, const char *text, size_t len)
{
    char *copy = len < SIZE_MAX ? acrm__arena_alloc(arena, len + 1) : NULL;

    if (!copy)
        return NULL;
    if (len)
        memcpy(copy, text, len);
    copy[len] = '\0';
    return copy;
}

char *acrm__arena_format(acrm__arena *arena, const char *format, ...)
{
    char first[ARENA_FORMAT_MAX];
    va_list args;
    int len = 0;
    char *text = NULL;

    va_start(args, format);
    len = vsnprintf(first, sizeof first, format, args);
    va_end(args);
    if (len < 0)
        return NULL;
    if ((size_t)len < sizeof first)
        return acrm__arena_text(arena, first, (size_t)len);
    text = acrm__arena_alloc(arena, (size_t)len + 1);
    if (!text)
        return NULL;
    va_start(args, format);
    (void)vsnprintf(text, (size_t)len + 1, format, args);
    va_end(args);
    return text;
}
