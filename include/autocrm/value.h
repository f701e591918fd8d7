/* SPDX-License-Identifier: MIT */
/**
 * Values: trees of null, bool, integer, real, text, bytes, list and map, as JSON has them, with
 * 64-bit integers kept exact. Arguments go in as values and results come out as values.
 *
 * A tree has one owner: its root, made by acrm_value_new() or handed out by a call. Children are
 * borrowed, live as long as the root and are never freed alone. A tree is used by one thread at a
 * time. Ids, instants, dates and money are text, exactly as in JSON (docs/concepts.md, "Types").
 */
#ifndef AUTOCRM_VALUE_H
#define AUTOCRM_VALUE_H

#include "autocrm/error.h"
#include "autocrm/port/allocator.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct acrm_value acrm_value;

/** Bytes handed out by the library; free with acrm_buf_free(). */
typedef struct acrm_buf acrm_buf;

/** Types of a value. */
enum {
    ACRM_NULL = 0,
    ACRM_BOOL = 1,
    ACRM_INT = 2,
    ACRM_REAL = 3,
    ACRM_TEXT = 4,
    ACRM_BYTES = 5,
    ACRM_LIST = 6,
    ACRM_MAP = 7
};

/**
 * A new tree whose root is null.
 * @param allocator (nullable) where the memory comes from; copied; NULL: the C library
 * @param[out] out  (transfer full) the root
 * @return ACRM_OK, ACRM_E_NOMEM, or ACRM_E_MISUSE when @p out is NULL
 * @since 0.1
 */
ACRM_API int32_t acrm_value_new(const acrm_allocator *allocator, acrm_value **out);

/** Free a tree by its root. @param root (nullable) @since 0.1 */
ACRM_API void acrm_value_free(acrm_value *root);

/** The type, ACRM_NULL ... ACRM_MAP; ACRM_NULL when @p value is NULL. @since 0.1 */
ACRM_API int32_t acrm_value_type(const acrm_value *value);
/** The truth of a bool; 0 for any other type. @since 0.1 */
ACRM_API int32_t acrm_value_bool(const acrm_value *value);
/** The integer; a real is truncated towards zero and saturated; 0 for any other type. @since 0.1 */
ACRM_API int64_t acrm_value_int(const acrm_value *value);
/** The number as a double; 0 when it is no number. @since 0.1 */
ACRM_API double acrm_value_real(const acrm_value *value);
/**
 * The text or bytes, with a NUL behind them.
 * @param[out] len (optional) length in bytes without that NUL
 * @return (transfer none) NULL when the value is neither text nor bytes
 * @since 0.1
 */
ACRM_API const char *acrm_value_text(const acrm_value *value, size_t *len);
/** Number of elements of a list or pairs of a map; 0 for any other type. @since 0.1 */
ACRM_API size_t acrm_value_count(const acrm_value *value);
/** The n-th element of a list or value of a map. @return (nullable)(transfer none) @since 0.1 */
ACRM_API acrm_value *acrm_value_at(const acrm_value *value, size_t n);
/** The n-th key of a map, in order of insertion. @return (nullable)(transfer none) @since 0.1 */
ACRM_API const char *acrm_value_key(const acrm_value *map, size_t n, size_t *len);
/** The value of a key. @return (nullable)(transfer none) @since 0.1 */
ACRM_API acrm_value *acrm_value_get(const acrm_value *map, const char *key);

/**
 * Make the value null, a bool, a number, text, bytes, an empty list or an empty map. What it held
 * before is dropped; on failure it is unchanged. Text must be UTF-8 without U+0000 and is copied.
 * @return ACRM_OK, ACRM_E_NOMEM, ACRM_E_INVALID (text is not UTF-8, or the real is not finite),
 *         ACRM_E_LIMIT (4 GiB or more), ACRM_E_MISUSE (NULL)
 * @since 0.1
 */
ACRM_API int32_t acrm_value_set_null(acrm_value *value);
ACRM_API int32_t acrm_value_set_bool(acrm_value *value, int32_t truth);
ACRM_API int32_t acrm_value_set_int(acrm_value *value, int64_t integer);
ACRM_API int32_t acrm_value_set_real(acrm_value *value, double real);
ACRM_API int32_t acrm_value_set_text(acrm_value *value, const char *text, size_t len);
ACRM_API int32_t acrm_value_set_bytes(acrm_value *value, const void *bytes, size_t len);
ACRM_API int32_t acrm_value_set_list(acrm_value *value);
ACRM_API int32_t acrm_value_set_map(acrm_value *value);
/** Become a copy of another tree, which may belong to another root but may not hold @p value.
 * @return ACRM_OK, ACRM_E_NOMEM (@p value is then null), ACRM_E_MISUSE (NULL) @since 0.1 */
ACRM_API int32_t acrm_value_set_copy(acrm_value *value, const acrm_value *from);

/**
 * Append a null element to a list, to be set next.
 * @return (nullable)(transfer none) NULL when memory is short or @p list is no list
 * @since 0.1
 */
ACRM_API acrm_value *acrm_value_add(acrm_value *list);
/**
 * Put a key into a map (replacing its value by null when it is there already), to be set next.
 * @param key UTF-8 without NUL
 * @return (nullable)(transfer none) NULL when memory is short, @p map is no map, or the key is bad
 * @since 0.1
 */
ACRM_API acrm_value *acrm_value_put(acrm_value *map, const char *key);

/**
 * Read JSON (RFC 8259), strictly: UTF-8, no duplicate keys, no trailing text, no U+0000, depth and
 * size limits, integers refused rather than rounded beyond +-(2^53 - 1) (RFC 7493, section 2.2).
 * A number written with a fraction or an exponent is an integer when it is integral and within
 * those bounds (1.0, 1e3), else a real; one beyond the range of a double is refused.
 * @param[out] out (transfer full) the root
 * @param[out] err (transfer full)(optional) names line, column and what was expected
 * @return ACRM_OK, ACRM_E_INVALID, ACRM_E_LIMIT, ACRM_E_NOMEM, ACRM_E_MISUSE
 * @since 0.1
 */
ACRM_API int32_t acrm_value_parse(const acrm_allocator *allocator, const char *json, size_t len,
                                  acrm_value **out, acrm_error **err);
/**
 * Write JSON, keys in order of insertion. Bytes are written as base64 text.
 * @param indent spaces per level, 0 for one line
 * @param[out] out (transfer full)
 * @return ACRM_OK, ACRM_E_NOMEM, ACRM_E_MISUSE (NULL, or an indent outside 0 to 16), ACRM_E_LIMIT
 *         (deeper than 64 levels, which acrm_value_parse() would refuse)
 * @since 0.1
 */
ACRM_API int32_t acrm_value_print(const acrm_value *value, int32_t indent, acrm_buf **out);

/** The bytes, with a NUL behind them. @return (transfer none) @since 0.1 */
ACRM_API const char *acrm_buf_data(const acrm_buf *buf);
/** Their number, without that NUL. @since 0.1 */
ACRM_API size_t acrm_buf_len(const acrm_buf *buf);
/** Free. @param buf (nullable) @since 0.1 */
ACRM_API void acrm_buf_free(acrm_buf *buf);

#ifdef __cplusplus
}
#endif

#endif
