/* SPDX-License-Identifier: MIT */
/* Values: trees in an arena. The root made by acrm_value_new() lies in the arena it owns. */
#include "base/value.h"

#include "base/text.h"

#include <math.h>
#include <sodium.h>
#include <string.h>

enum {
    VALUE_SMALL = 16, /* up to so many keys are compared one by one */
    VALUE_CAP_MIN = 8
};

typedef struct value_root {
    acrm_value value;
    acrm__arena arena;
} value_root;

int32_t acrm_value_new(const acrm_allocator *allocator, acrm_value **out)
{
    acrm__arena arena;
    value_root *root = NULL;

    if (!out)
        return ACRM_E_MISUSE;
    acrm__arena_init(&arena, allocator);
    root = acrm__arena_zero(&arena, sizeof *root);
    if (!root)
        return ACRM_E_NOMEM;
    root->arena = arena;
    root->value.arena = &root->arena;
    *out = &root->value;
    return ACRM_OK;
}

void acrm_value_free(acrm_value *root)
{
    if (root) {
        acrm__arena arena = *root->arena; /* it lies in its own memory */

        acrm__arena_free(&arena);
    }
}

acrm_value *acrm__value_in(acrm__arena *arena)
{
    acrm_value *value = acrm__arena_zero(arena, sizeof *value);

    if (value)
        value->arena = arena;
    return value;
}

int32_t acrm_value_type(const acrm_value *value)
{
    return value ? value->type : ACRM_NULL;
}

int32_t acrm_value_bool(const acrm_value *value)
{
    return value && value->type == ACRM_BOOL && value->as.integer != 0;
}

int64_t acrm_value_int(const acrm_value *value)
{
    if (value && value->type == ACRM_INT)
        return value->as.integer;
    if (!value || value->type != ACRM_REAL)
        return 0;
    if (value->as.real >= 0x1p63)
        return INT64_MAX;
    if (value->as.real < -0x1p63)
        return INT64_MIN;
    return (int64_t)value->as.real;
}

double acrm_value_real(const acrm_value *value)
{
    if (value && value->type == ACRM_REAL)
        return value->as.real;
    return value && value->type == ACRM_INT ? (double)value->as.integer : 0.0;
}

const char *acrm_value_text(const acrm_value *value, size_t *len)
{
    if (!value || (value->type != ACRM_TEXT && value->type != ACRM_BYTES))
        return NULL;
    if (len)
        *len = value->count;
    return value->as.text;
}

size_t acrm_value_count(const acrm_value *value)
{
    return value && (value->type == ACRM_LIST || value->type == ACRM_MAP) ? value->count : 0;
}

acrm_value *acrm_value_at(const acrm_value *value, size_t n)
{
    if (n >= acrm_value_count(value))
        return NULL;
    return value->type == ACRM_LIST ? value->as.items[n] : value->as.pairs[n].value;
}

const char *acrm_value_key(const acrm_value *map, size_t n, size_t *len)
{
    if (!map || map->type != ACRM_MAP || n >= map->count)
        return NULL;
    if (len)
        *len = map->as.pairs[n].key_len;
    return map->as.pairs[n].key;
}

/* Keyed, so that nobody who does not see our addresses can send keys that all collide. The index
 * stays where it is when the map itself is moved. */
static uint32_t value_hash(const acrm_value *map, const char *key, size_t len)
{
    unsigned char secret[crypto_shorthash_KEYBYTES] = "autocrm map keys";
    unsigned char hash[crypto_shorthash_BYTES];
    uintptr_t address = (uintptr_t)map->index;
    uint32_t low = 0;

    memcpy(secret, &address, sizeof address);
    (void)crypto_shorthash(hash, (const unsigned char *)key, len, secret);
    memcpy(&low, hash, sizeof low);
    return low;
}

/* The pair of a key in the index, or the free entry where it belongs. */
static uint32_t *value_slot(const acrm_value *map, const char *key, size_t len, uint32_t hash)
{
    uint32_t mask = map->index_size - 1;

    for (uint32_t at = hash & mask;; at = (at + 1) & mask) {
        uint32_t *slot = &map->index[at];
        const acrm__pair *pair = *slot ? &map->as.pairs[*slot - 1] : NULL;

        if (!pair
            || (pair->hash == hash && pair->key_len == len && memcmp(pair->key, key, len) == 0))
            return slot;
    }
}

static acrm__pair *value_find(const acrm_value *map, const char *key, size_t len)
{
    if (map->index_size) {
        uint32_t n = *value_slot(map, key, len, value_hash(map, key, len));

        return n ? &map->as.pairs[n - 1] : NULL;
    }
    for (uint32_t i = 0; i < map->count; i++) {
        acrm__pair *pair = &map->as.pairs[i];

        if (pair->key_len == len && memcmp(pair->key, key, len) == 0)
            return pair;
    }
    return NULL;
}

static int32_t value_index_small(const acrm_value *map, size_t *again)
{
    const acrm__pair *pairs = map->as.pairs;

    for (uint32_t i = 1; i < map->count; i++)
        for (uint32_t j = 0; j < i; j++)
            if (pairs[i].key_len == pairs[j].key_len
                && memcmp(pairs[i].key, pairs[j].key, pairs[i].key_len) == 0) {
                *again = i;
                return ACRM_E_INVALID;
            }
    return ACRM_OK;
}

int32_t acrm__value_index(acrm_value *map, size_t *again)
{
    uint32_t size = VALUE_SMALL * 2;

    map->index_size = 0;
    if (map->count <= VALUE_SMALL)
        return value_index_small(map, again);
    while (size / 2 < map->cap && size < UINT32_MAX / 2)
        size *= 2;
    map->index = acrm__arena_array(map->arena, size, sizeof *map->index);
    if (!map->index)
        return ACRM_E_NOMEM;
    map->index_size = size;
    for (uint32_t i = 0; i < map->count; i++) {
        acrm__pair *pair = &map->as.pairs[i];
        uint32_t *slot = NULL;

        pair->hash = value_hash(map, pair->key, pair->key_len);
        slot = value_slot(map, pair->key, pair->key_len, pair->hash);
        if (*slot) {
            *again = i;
            return ACRM_E_INVALID;
        }
        *slot = i + 1;
    }
    return ACRM_OK;
}

acrm_value *acrm_value_get(const acrm_value *map, const char *key)
{
    acrm__pair *pair = NULL;

    if (map && key && map->type == ACRM_MAP)
        pair = value_find(map, key, strlen(key));
    return pair ? pair->value : NULL;
}

/* Forget what the value held; the memory stays with the arena. */
static void value_become(acrm_value *value, int32_t type)
{
    *value = (acrm_value){ .type = type, .arena = value->arena };
}

int32_t acrm_value_set_null(acrm_value *value)
{
    if (!value)
        return ACRM_E_MISUSE;
    value_become(value, ACRM_NULL);
    return ACRM_OK;
}

int32_t acrm_value_set_bool(acrm_value *value, int32_t truth)
{
    if (!value)
        return ACRM_E_MISUSE;
    value_become(value, ACRM_BOOL);
    value->as.integer = truth != 0;
    return ACRM_OK;
}

int32_t acrm_value_set_int(acrm_value *value, int64_t integer)
{
    if (!value)
        return ACRM_E_MISUSE;
    value_become(value, ACRM_INT);
    value->as.integer = integer;
    return ACRM_OK;
}

int32_t acrm_value_set_real(acrm_value *value, double real)
{
    if (!value)
        return ACRM_E_MISUSE;
    if (!isfinite(real))
        return ACRM_E_INVALID;
    value_become(value, ACRM_REAL);
    value->as.real = real;
    return ACRM_OK;
}

static int32_t value_set_bytes(acrm_value *value, int32_t type, const char *bytes, size_t len)
{
    const char *copy = NULL;

    if (len >= UINT32_MAX)
        return ACRM_E_LIMIT;
    copy = acrm__arena_text(value->arena, bytes, len);
    if (!copy)
        return ACRM_E_NOMEM;
    value_become(value, type);
    value->count = (uint32_t)len;
    value->as.text = copy;
    return ACRM_OK;
}

int32_t acrm_value_set_text(acrm_value *value, const char *text, size_t len)
{
    if (!value || (!text && len))
        return ACRM_E_MISUSE;
    if (!acrm__utf8_valid(text, len))
        return ACRM_E_INVALID;
    return value_set_bytes(value, ACRM_TEXT, text, len);
}

int32_t acrm_value_set_bytes(acrm_value *value, const void *bytes, size_t len)
{
    if (!value || (!bytes && len))
        return ACRM_E_MISUSE;
    return value_set_bytes(value, ACRM_BYTES, bytes, len);
}

int32_t acrm_value_set_list(acrm_value *value)
{
    if (!value)
        return ACRM_E_MISUSE;
    value_become(value, ACRM_LIST);
    return ACRM_OK;
}

int32_t acrm_value_set_map(acrm_value *value)
{
    if (!value)
        return ACRM_E_MISUSE;
    value_become(value, ACRM_MAP);
    return ACRM_OK;
}

/* Room for one more element or pair. */
static bool value_grow(acrm_value *value)
{
    size_t size = value->type == ACRM_MAP ? sizeof *value->as.pairs : sizeof *value->as.items;
    uint32_t cap = value->cap ? value->cap * 2 : VALUE_CAP_MIN;
    void *old = value->type == ACRM_MAP ? (void *)value->as.pairs : (void *)value->as.items;
    void *room = NULL;

    if (value->count < value->cap)
        return true;
    if (value->cap > UINT32_MAX / 4)
        return false;
    room = acrm__arena_alloc(value->arena, cap * size);
    if (!room)
        return false;
    if (value->count)
        memcpy(room, old, value->count * size);
    if (value->type == ACRM_MAP)
        value->as.pairs = room;
    else
        value->as.items = room;
    value->cap = cap;
    return true;
}

static bool value_append(acrm_value *list, acrm_value *item)
{
    if (!list || list->type != ACRM_LIST || !item || !value_grow(list))
        return false;
    list->as.items[list->count++] = item;
    return true;
}

/* Put `value` under a key, which is copied when it is new. */
static bool value_insert(acrm_value *map, const char *key, size_t len, acrm_value *value)
{
    acrm__pair *pair = value_find(map, key, len);
    size_t again = 0;

    if (pair) {
        pair->value = value;
        return true;
    }
    key = acrm__arena_text(map->arena, key, len);
    if (!key || !value_grow(map))
        return false;
    map->as.pairs[map->count++] = (acrm__pair){
        .key = key, .key_len = (uint32_t)len, .value = value
    };
    if (map->index_size / 2 >= map->count) {
        pair = &map->as.pairs[map->count - 1];
        pair->hash = value_hash(map, key, len);
        *value_slot(map, key, len, pair->hash) = map->count;
    } else if (map->count > VALUE_SMALL && acrm__value_index(map, &again) != ACRM_OK) {
        map->count--; /* and without an index, which is slower and as right */
        map->index_size = 0;
        return false;
    }
    return true;
}

static bool value_put(acrm_value *map, const char *key, acrm_value *value)
{
    size_t len = key ? strlen(key) : 0;

    if (!map || map->type != ACRM_MAP || !key || !value || len >= UINT32_MAX
        || !acrm__utf8_valid(key, len))
        return false;
    return value_insert(map, key, len, value);
}

acrm_value *acrm_value_add(acrm_value *list)
{
    acrm_value *item = NULL;

    if (!list || list->type != ACRM_LIST)
        return NULL;
    item = acrm__value_in(list->arena);
    return value_append(list, item) ? item : NULL;
}

acrm_value *acrm_value_put(acrm_value *map, const char *key)
{
    acrm_value *value = NULL;

    if (!map || map->type != ACRM_MAP)
        return NULL;
    value = acrm__value_in(map->arena);
    return value_put(map, key, value) ? value : NULL;
}

bool acrm__put_null(acrm_value *map, const char *key)
{
    return acrm_value_put(map, key) != NULL;
}

bool acrm__put_bool(acrm_value *map, const char *key, bool truth)
{
    return acrm_value_set_bool(acrm_value_put(map, key), truth) == ACRM_OK;
}

bool acrm__put_int(acrm_value *map, const char *key, int64_t integer)
{
    return acrm_value_set_int(acrm_value_put(map, key), integer) == ACRM_OK;
}

bool acrm__put_real(acrm_value *map, const char *key, double real)
{
    return acrm_value_set_real(acrm_value_put(map, key), real) == ACRM_OK;
}

bool acrm__put_text(acrm_value *map, const char *key, const char *text)
{
    return text ? acrm__put_textn(map, key, text, strlen(text)) : acrm__put_null(map, key);
}

bool acrm__put_textn(acrm_value *map, const char *key, const char *text, size_t len)
{
    return acrm_value_set_text(acrm_value_put(map, key), text, len) == ACRM_OK;
}

acrm_value *acrm__put_map(acrm_value *map, const char *key)
{
    acrm_value *value = acrm_value_put(map, key);

    return acrm_value_set_map(value) == ACRM_OK ? value : NULL;
}

acrm_value *acrm__put_list(acrm_value *map, const char *key)
{
    acrm_value *value = acrm_value_put(map, key);

    return acrm_value_set_list(value) == ACRM_OK ? value : NULL;
}

acrm_value *acrm__add_map(acrm_value *list)
{
    acrm_value *value = acrm_value_add(list);

    return acrm_value_set_map(value) == ACRM_OK ? value : NULL;
}

acrm_value *acrm__add_list(acrm_value *list)
{
    acrm_value *value = acrm_value_add(list);

    return acrm_value_set_list(value) == ACRM_OK ? value : NULL;
}

bool acrm__add_text(acrm_value *list, const char *text)
{
    return acrm_value_set_text(acrm_value_add(list), text, strlen(text)) == ACRM_OK;
}

/* A tree holds its parts as changeable, though this one is only lent. */
static acrm_value *value_lent(const acrm_value *value)
{
    return (acrm_value *)(uintptr_t)value;
}

bool acrm__put_value(acrm_value *map, const char *key, const acrm_value *value)
{
    return value_put(map, key, value_lent(value));
}

bool acrm__add_value(acrm_value *list, const acrm_value *value)
{
    return value_append(list, value_lent(value));
}

typedef struct value_frame {
    const acrm_value *from;
    acrm_value *to;
    uint32_t next;
} value_frame;

/* Copy everything but the children, for which room is made. */
static bool value_copy_head(acrm_value *to, const acrm_value *from)
{
    size_t size = from->type == ACRM_MAP ? sizeof *from->as.pairs : sizeof *from->as.items;

    if (from->type == ACRM_TEXT || from->type == ACRM_BYTES)
        return value_set_bytes(to, from->type, from->as.text, from->count) == ACRM_OK;
    value_become(to, from->type);
    if (from->type != ACRM_LIST && from->type != ACRM_MAP) {
        to->as = from->as;
        return true;
    }
    if (from->count == 0)
        return true;
    if (from->type == ACRM_MAP)
        to->as.pairs = acrm__arena_alloc(to->arena, from->count * size);
    else
        to->as.items = acrm__arena_alloc(to->arena, from->count * size);
    if (from->type == ACRM_MAP ? !to->as.pairs : !to->as.items)
        return false;
    to->cap = from->count;
    return true;
}

/* Add the next child, still null; the keys of `from` are known to be good. */
static acrm_value *value_copy_next(value_frame *frame)
{
    acrm_value *child = acrm__value_in(frame->to->arena);

    if (!child)
        return NULL;
    if (frame->from->type == ACRM_MAP) {
        acrm__pair pair = frame->from->as.pairs[frame->next];

        pair.key = acrm__arena_text(frame->to->arena, pair.key, pair.key_len);
        pair.value = child;
        if (!pair.key)
            return NULL;
        frame->to->as.pairs[frame->to->count++] = pair;
    } else {
        frame->to->as.items[frame->to->count++] = child;
    }
    frame->next++;
    return child;
}

bool acrm__value_copy(acrm_value *to, const acrm_value *from)
{
    value_frame frames[ACRM__VALUE_DEPTH_MAX];
    acrm_value *root = to;
    size_t depth = 0;
    size_t again = 0;

    for (;;) {
        if (!value_copy_head(to, from))
            goto failed;
        if (from->type == ACRM_LIST || from->type == ACRM_MAP) {
            if (depth == ACRM__VALUE_DEPTH_MAX)
                goto failed;
            frames[depth++] = (value_frame){ .from = from, .to = to };
        }
        while (depth > 0 && frames[depth - 1].next == frames[depth - 1].from->count) {
            depth--;
            if (frames[depth].from->index_size
                && acrm__value_index(frames[depth].to, &again) != ACRM_OK)
                goto failed;
        }
        if (depth == 0)
            return true;
        from = acrm_value_at(frames[depth - 1].from, frames[depth - 1].next);
        to = value_copy_next(&frames[depth - 1]);
        if (!to)
            goto failed;
    }
failed:
    value_become(root, ACRM_NULL);
    return false;
}

int32_t acrm_value_set_copy(acrm_value *value, const acrm_value *from)
{
    if (!value || !from)
        return ACRM_E_MISUSE;
    return acrm__value_copy(value, from) ? ACRM_OK : ACRM_E_NOMEM;
}

static bool value_is_number(const acrm_value *value)
{
    return value->type == ACRM_INT || value->type == ACRM_REAL;
}

/* An integer and a real are equal when the real is that integer exactly. */
static bool value_equal_numbers(const acrm_value *a, const acrm_value *b)
{
    if (a->type == b->type)
        return a->type == ACRM_INT ? a->as.integer == b->as.integer : a->as.real == b->as.real;
    if (a->type == ACRM_REAL) {
        const acrm_value *swapped = a;

        a = b;
        b = swapped;
    }
    return b->as.real >= -0x1p63 && b->as.real < 0x1p63 && (int64_t)b->as.real == a->as.integer
           && (double)(int64_t)b->as.real == b->as.real;
}

/* All but the children. */
static bool value_equal_heads(const acrm_value *a, const acrm_value *b)
{
    if (value_is_number(a) && value_is_number(b))
        return value_equal_numbers(a, b);
    if (a->type != b->type)
        return false;
    if (a->type == ACRM_NULL)
        return true;
    if (a->type == ACRM_BOOL)
        return a->as.integer == b->as.integer;
    if (a->count != b->count)
        return false;
    return a->type == ACRM_LIST || a->type == ACRM_MAP
           || memcmp(a->as.text, b->as.text, a->count) == 0;
}

bool acrm__value_equal(const acrm_value *a, const acrm_value *b)
{
    struct {
        const acrm_value *a;
        const acrm_value *b;
        uint32_t next;
    } frames[ACRM__VALUE_DEPTH_MAX];
    size_t depth = 0;

    for (;;) {
        if (!value_equal_heads(a, b))
            return false;
        if (acrm_value_count(a) > 0) {
            if (depth == ACRM__VALUE_DEPTH_MAX)
                return false;
            frames[depth].a = a;
            frames[depth].b = b;
            frames[depth++].next = 0;
        }
        while (depth > 0 && frames[depth - 1].next == frames[depth - 1].a->count)
            depth--;
        if (depth == 0)
            return true;
        a = frames[depth - 1].a;
        b = frames[depth - 1].b;
        if (a->type == ACRM_MAP) {
            const acrm__pair *pair = &a->as.pairs[frames[depth - 1].next++];
            const acrm__pair *other = value_find(b, pair->key, pair->key_len);

            if (!other)
                return false;
            a = pair->value;
            b = other->value;
        } else {
            a = a->as.items[frames[depth - 1].next];
            b = b->as.items[frames[depth - 1].next++];
        }
    }
}

const char *acrm__get_text(const acrm_value *map, const char *key)
{
    const acrm_value *value = acrm_value_get(map, key);

    return value && value->type == ACRM_TEXT ? value->as.text : NULL;
}
