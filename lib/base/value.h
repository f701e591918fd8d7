/* SPDX-License-Identifier: MIT */
/* The inside of values: trees in an arena. */
#ifndef ACRM_BASE_VALUE_H
#define ACRM_BASE_VALUE_H

#include "autocrm/value.h"
#include "base/alloc.h"
#include "base/buf.h"

typedef struct acrm__pair {
    const char *key; /* NUL-terminated */
    uint32_t key_len;
    uint32_t hash; /* 0 until the map has an index */
    acrm_value *value;
} acrm__pair;

/* What can be written as JSON without being made into values before. */
typedef struct acrm__self {
    void (*write)(const struct acrm__self *self, acrm__str *out);
} acrm__self;

enum { ACRM__SELF = 100 }; /* a type of its own: only acrm__json_write() knows it */

struct acrm_value {
    int32_t type;
    uint32_t count; /* bytes of a text, elements of a list, pairs of a map */
    uint32_t cap;
    uint32_t index_size; /* of a map's key index, a power of two; 0 while it is small */
    union {
        int64_t integer; /* also bool */
        double real;
        const char *text;
        acrm_value **items;
        acrm__pair *pairs;
        const acrm__self *self;
    } as;
    uint32_t *index; /* open addressing over pairs, entry = pair + 1, 0 = free; beyond 16 pairs */
    acrm__arena *arena;
};

enum { ACRM__VALUE_DEPTH_MAX = 64 }; /* of what is copied, compared, read or written */

/* A null value in an arena (freed with it); NULL on failure. The public setters work on it. The
 * arena of any value, also of a root made by acrm_value_new(), is value->arena. */
acrm_value *acrm__value_in(acrm__arena *arena);
/* Index the keys of a map whose pairs were filled in by hand. ACRM_OK; ACRM_E_INVALID when a key
 * occurs twice, then *again is the pair that repeats one; ACRM_E_NOMEM. */
int32_t acrm__value_index(acrm_value *map, size_t *again);

/* Shorthands; each returns false when memory is short (so calls may be chained with &&). */
bool acrm__put_null(acrm_value *map, const char *key);
bool acrm__put_bool(acrm_value *map, const char *key, bool truth);
bool acrm__put_int(acrm_value *map, const char *key, int64_t integer);
bool acrm__put_real(acrm_value *map, const char *key, double real);
bool acrm__put_text(acrm_value *map, const char *key, const char *text); /* NULL: null */
bool acrm__put_textn(acrm_value *map, const char *key, const char *text, size_t len);
acrm_value *acrm__put_map(acrm_value *map, const char *key);
acrm_value *acrm__put_list(acrm_value *map, const char *key);
acrm_value *acrm__add_map(acrm_value *list);
acrm_value *acrm__add_list(acrm_value *list);
bool acrm__add_text(acrm_value *list, const char *text);
/* Put an existing value (same arena lifetime, borrowed) under a key or into a list, without copy.
 * It is not changed by what is put under that key later. */
bool acrm__put_value(acrm_value *map, const char *key, const acrm_value *value);
bool acrm__add_value(acrm_value *list, const acrm_value *value);
/* Deep copy of `from` into `to` (of any arena); false when memory is short or `from` is deeper than
 * the limit: then `to` is null. `from` must not contain `to`. */
bool acrm__value_copy(acrm_value *to, const acrm_value *from);
/* Same type and content; maps in any order of keys; 1 and 1.0 are equal. False beyond the depth
 * limit. */
bool acrm__value_equal(const acrm_value *a, const acrm_value *b);
/* The text of a text value, or NULL. */
const char *acrm__get_text(const acrm_value *map, const char *key);

#endif
