/* SPDX-License-Identifier: MIT */
#include "base/value.h"
#include "support/alloc_fail.h"
#include "support/suite.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static acrm_value *value_new(void)
{
    acrm_value *value = NULL;

    ck_assert_int_eq(acrm_value_new(NULL, &value), ACRM_OK);
    return value;
}

START_TEST(value__begins_as_null_and_reads_as_nothing)
{
    acrm_value *v = value_new();
    const acrm_value *both[] = { v, NULL };

    for (size_t i = 0; i < 2; i++) {
        size_t len = 77;

        ck_assert_int_eq(acrm_value_type(both[i]), ACRM_NULL);
        ck_assert_int_eq(acrm_value_bool(both[i]), 0);
        ck_assert_int_eq(acrm_value_int(both[i]), 0);
        ck_assert(acrm_value_real(both[i]) == 0.0);
        ck_assert_ptr_null(acrm_value_text(both[i], &len));
        ck_assert_uint_eq(len, 77);
        ck_assert_uint_eq(acrm_value_count(both[i]), 0);
        ck_assert_ptr_null(acrm_value_at(both[i], 0));
        ck_assert_ptr_null(acrm_value_key(both[i], 0, &len));
        ck_assert_ptr_null(acrm_value_get(both[i], "a"));
    }
    acrm_value_free(v);
    acrm_value_free(NULL);
}
END_TEST

START_TEST(value__setters_change_type_and_content)
{
    acrm_value *v = value_new();
    size_t len = 0;

    ck_assert_int_eq(acrm_value_set_bool(v, 7), ACRM_OK);
    ck_assert_int_eq(acrm_value_type(v), ACRM_BOOL);
    ck_assert_int_eq(acrm_value_bool(v), 1);
    ck_assert_int_eq(acrm_value_int(v), 0);
    acrm_value_set_int(v, INT64_MIN);
    ck_assert_int_eq(acrm_value_type(v), ACRM_INT);
    ck_assert_int_eq(acrm_value_int(v), INT64_MIN);
    ck_assert(acrm_value_real(v) == -0x1p63);
    acrm_value_set_real(v, -2.75);
    ck_assert_int_eq(acrm_value_type(v), ACRM_REAL);
    ck_assert(acrm_value_real(v) == -2.75);
    ck_assert_int_eq(acrm_value_int(v), -2);
    acrm_value_set_text(v, "abcdef", 3);
    ck_assert_int_eq(acrm_value_type(v), ACRM_TEXT);
    ck_assert_str_eq(acrm_value_text(v, &len), "abc");
    ck_assert_uint_eq(len, 3);
    ck_assert_int_eq(acrm_value_set_text(v, acrm_value_text(v, NULL) + 1, 2), ACRM_OK);
    ck_assert_str_eq(acrm_value_text(v, NULL), "bc");
    acrm_value_set_bytes(v, "\0\xFF", 2);
    ck_assert_int_eq(acrm_value_type(v), ACRM_BYTES);
    ck_assert_mem_eq(acrm_value_text(v, &len), "\0\xFF\0", 3);
    ck_assert_uint_eq(len, 2);
    acrm_value_set_text(v, NULL, 0);
    ck_assert_str_eq(acrm_value_text(v, &len), "");
    acrm_value_set_null(v);
    ck_assert_int_eq(acrm_value_type(v), ACRM_NULL);
    acrm_value_free(v);
}
END_TEST

START_TEST(value__refusals_leave_it_as_it_was)
{
    acrm_value *v = value_new();

    acrm_value_set_int(v, 5);
    ck_assert_int_eq(acrm_value_set_text(v, "a\xFF", 2), ACRM_E_INVALID);
    ck_assert_int_eq(acrm_value_set_text(v, "a\0b", 3), ACRM_E_INVALID);
    ck_assert_int_eq(acrm_value_set_real(v, NAN), ACRM_E_INVALID);
    ck_assert_int_eq(acrm_value_set_real(v, -INFINITY), ACRM_E_INVALID);
    ck_assert_int_eq(acrm_value_set_text(v, NULL, 1), ACRM_E_MISUSE);
    ck_assert_int_eq(acrm_value_set_bytes(v, NULL, 1), ACRM_E_MISUSE);
    ck_assert_int_eq(acrm_value_set_bytes(v, "", SIZE_MAX), ACRM_E_LIMIT);
    ck_assert_int_eq(acrm_value_int(v), 5);
    ck_assert_ptr_null(acrm_value_add(v));
    ck_assert_ptr_null(acrm_value_put(v, "a"));
    acrm_value_set_map(v);
    ck_assert_ptr_null(acrm_value_put(v, NULL));
    ck_assert_ptr_null(acrm_value_put(v, "\xC3"));
    ck_assert_ptr_null(acrm_value_add(v));
    ck_assert_uint_eq(acrm_value_count(v), 0);
    acrm_value_free(v);
    ck_assert_int_eq(acrm_value_new(NULL, NULL), ACRM_E_MISUSE);
    ck_assert_int_eq(acrm_value_set_null(NULL), ACRM_E_MISUSE);
    ck_assert_int_eq(acrm_value_set_bool(NULL, 1), ACRM_E_MISUSE);
    ck_assert_int_eq(acrm_value_set_int(NULL, 1), ACRM_E_MISUSE);
    ck_assert_int_eq(acrm_value_set_real(NULL, 1), ACRM_E_MISUSE);
    ck_assert_int_eq(acrm_value_set_text(NULL, "", 0), ACRM_E_MISUSE);
    ck_assert_int_eq(acrm_value_set_bytes(NULL, "", 0), ACRM_E_MISUSE);
    ck_assert_int_eq(acrm_value_set_list(NULL), ACRM_E_MISUSE);
    ck_assert_int_eq(acrm_value_set_map(NULL), ACRM_E_MISUSE);
    ck_assert_ptr_null(acrm_value_add(NULL));
    ck_assert_ptr_null(acrm_value_put(NULL, "a"));
}
END_TEST

START_TEST(value__int_of_a_real_is_saturated)
{
    static const struct {
        double real;
        int64_t integer;
    } rows[] = {
        { 1e300, INT64_MAX }, { -1e300, INT64_MIN }, { 0x1p63, INT64_MAX }, { -0x1p63, INT64_MIN },
        { 0x1.fffffffffffffp62, 0x7ffffffffffffc00 }, { 0.99, 0 }, { -0.99, 0 }, { 3.99, 3 },
    };
    acrm_value *v = value_new();

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        acrm_value_set_real(v, rows[i].real);
        ck_assert_int_eq(acrm_value_int(v), rows[i].integer);
    }
    acrm_value_free(v);
}
END_TEST

START_TEST(value__lists_keep_order_and_children_stay_where_they_are)
{
    enum { ITEMS = 1000 };
    acrm_value *list = value_new();
    acrm_value *first = NULL;

    acrm_value_set_list(list);
    for (int i = 0; i < ITEMS; i++) {
        acrm_value *item = acrm_value_add(list);

        ck_assert_ptr_nonnull(item);
        acrm_value_set_int(item, i);
        first = first ? first : item;
    }
    ck_assert_uint_eq(acrm_value_count(list), ITEMS);
    for (size_t i = 0; i < ITEMS; i++)
        ck_assert_int_eq(acrm_value_int(acrm_value_at(list, i)), (int64_t)i);
    ck_assert_ptr_eq(acrm_value_at(list, 0), first);
    ck_assert_ptr_null(acrm_value_at(list, ITEMS));
    ck_assert_ptr_null(acrm_value_get(list, "a"));
    acrm_value_set_list(list);
    ck_assert_uint_eq(acrm_value_count(list), 0);
    acrm_value_free(list);
}
END_TEST

START_TEST(value__maps_of_any_size_find_their_keys)
{
    enum { KEYS = 5000 };
    acrm_value *map = value_new();
    char key[16];

    acrm_value_set_map(map);
    for (int n = 0; n < KEYS; n++) {
        (void)snprintf(key, sizeof key, "k%d", n * 7919 % KEYS);
        acrm_value_set_int(acrm_value_put(map, key), n);
        if (n < 40 || n % 500 == 0) {
            for (int i = 0; i <= n; i++) {
                (void)snprintf(key, sizeof key, "k%d", i * 7919 % KEYS);
                if (acrm_value_int(acrm_value_get(map, key)) != i)
                    ck_abort_msg("%s is lost among %d", key, n + 1);
            }
            ck_assert_ptr_null(acrm_value_get(map, "k"));
            ck_assert_ptr_null(acrm_value_get(map, ""));
            ck_assert_ptr_null(acrm_value_get(map, "k5000"));
        }
    }
    ck_assert_uint_eq(acrm_value_count(map), KEYS);
    ck_assert_str_eq(acrm_value_key(map, 1, NULL), "k2919");
    ck_assert_int_eq(acrm_value_int(acrm_value_at(map, 1)), 1);
    ck_assert_ptr_null(acrm_value_key(map, KEYS, NULL));
    acrm_value_free(map);
}
END_TEST

START_TEST(value__putting_a_key_again_replaces_its_value)
{
    acrm_value *map = value_new();
    char key[8];

    acrm_value_set_map(map);
    for (int round = 0; round < 3; round++)
        for (int i = 0; i < 20; i++) {
            (void)snprintf(key, sizeof key, "%d", i);
            ck_assert_int_eq(acrm_value_type(acrm_value_put(map, key)), ACRM_NULL);
            ck_assert(acrm__put_int(map, key, round * 100 + i));
        }
    ck_assert_uint_eq(acrm_value_count(map), 20);
    ck_assert_int_eq(acrm_value_int(acrm_value_get(map, "7")), 207);
    acrm_value_free(map);
}
END_TEST

START_TEST(value__shorthands_put_and_add)
{
    acrm_value *map = value_new();
    acrm_value *list = NULL;
    size_t len = 0;

    acrm_value_set_map(map);
    ck_assert(acrm__put_null(map, "null") && acrm__put_bool(map, "bool", true)
              && acrm__put_int(map, "int", -7) && acrm__put_real(map, "real", 0.5)
              && acrm__put_text(map, "text", "abc") && acrm__put_text(map, "none", NULL)
              && acrm__put_textn(map, "textn", "abcdef", 4) && acrm__put_map(map, "map")
              && acrm__put_list(map, ""));
    ck_assert_int_eq(acrm_value_type(acrm_value_get(map, "null")), ACRM_NULL);
    ck_assert_int_eq(acrm_value_bool(acrm_value_get(map, "bool")), 1);
    ck_assert_int_eq(acrm_value_int(acrm_value_get(map, "int")), -7);
    ck_assert(acrm_value_real(acrm_value_get(map, "real")) == 0.5);
    ck_assert_str_eq(acrm__get_text(map, "text"), "abc");
    ck_assert_int_eq(acrm_value_type(acrm_value_get(map, "none")), ACRM_NULL);
    ck_assert_str_eq(acrm__get_text(map, "textn"), "abcd");
    ck_assert_ptr_null(acrm__get_text(map, "int"));
    ck_assert_ptr_null(acrm__get_text(map, "absent"));
    ck_assert_ptr_null(acrm__get_text(NULL, "text"));
    list = acrm_value_get(map, "");
    ck_assert(acrm__add_text(list, "x") && acrm__add_map(list) && acrm__add_list(list));
    ck_assert_uint_eq(acrm_value_count(list), 3);
    ck_assert_str_eq(acrm_value_text(acrm_value_at(list, 0), &len), "x");
    ck_assert_int_eq(acrm_value_type(acrm_value_at(list, 1)), ACRM_MAP);
    ck_assert_int_eq(acrm_value_type(acrm_value_at(list, 2)), ACRM_LIST);
    ck_assert(!acrm__put_text(list, "a", "b"));
    ck_assert(!acrm__put_text(map, "bad", "\xFF"));
    ck_assert(!acrm__put_real(map, "bad", NAN));
    ck_assert_ptr_null(acrm__put_map(NULL, "a"));
    acrm_value_free(map);
}
END_TEST

START_TEST(value__lent_values_are_shared_but_not_changed)
{
    acrm_value *lender = value_new();
    acrm_value *map = value_new();

    acrm_value_set_text(lender, "lent", 4);
    acrm_value_set_map(map);
    ck_assert(acrm__put_value(map, "a", lender));
    ck_assert_ptr_eq(acrm_value_get(map, "a"), lender);
    ck_assert(acrm__add_value(acrm__put_list(map, "l"), lender));
    ck_assert(acrm__put_int(map, "a", 3));
    ck_assert_str_eq(acrm_value_text(lender, NULL), "lent");
    ck_assert_int_eq(acrm_value_int(acrm_value_get(map, "a")), 3);
    ck_assert(!acrm__put_value(map, "b", NULL));
    ck_assert(!acrm__put_value(lender, "b", map));
    ck_assert(!acrm__add_value(map, lender));
    acrm_value_free(map);
    acrm_value_free(lender);
}
END_TEST

/* A map with something of everything and a large map in it. False when memory is short. */
static bool value_fill(acrm_value *map)
{
    acrm_value *list = NULL;
    acrm_value *large = NULL;
    char key[16];
    bool ok = acrm_value_set_map(map) == ACRM_OK && acrm__put_null(map, "n")
              && acrm__put_bool(map, "b", true) && acrm__put_int(map, "i", 42)
              && acrm__put_real(map, "r", 0.25) && acrm__put_text(map, "t", "text")
              && acrm_value_set_bytes(acrm_value_put(map, "y"), "\0\1", 2) == ACRM_OK
              && (list = acrm__put_list(map, "l")) != NULL && acrm__add_text(list, "x")
              && acrm__add_map(list) && acrm__add_list(list) && acrm_value_add(list)
              && (large = acrm__put_map(map, "m")) != NULL;

    for (int i = 0; ok && i < 50; i++) {
        (void)snprintf(key, sizeof key, "key %d", i);
        ok = acrm__put_int(large, key, i);
    }
    return ok;
}

START_TEST(value__copies_are_equal_and_apart)
{
    acrm_value *from = value_new();
    acrm_value *to = value_new();

    ck_assert(value_fill(from));
    ck_assert(acrm__value_copy(to, from));
    ck_assert(acrm__value_equal(from, to) && acrm__value_equal(to, from));
    acrm__put_int(acrm_value_get(to, "m"), "key 7", 8);
    ck_assert(!acrm__value_equal(from, to));
    ck_assert_int_eq(acrm_value_int(acrm_value_get(acrm_value_get(from, "m"), "key 7")), 7);
    acrm_value_free(from);
    ck_assert_int_eq(acrm_value_int(acrm_value_get(acrm_value_get(to, "m"), "key 49")), 49);
    ck_assert_mem_eq(acrm_value_text(acrm_value_get(to, "y"), NULL), "\0\1", 3);
    /* What was copied can be added to. */
    ck_assert(acrm__put_int(acrm_value_get(to, "m"), "new", 1));
    ck_assert_int_eq(acrm_value_int(acrm_value_get(acrm_value_get(to, "m"), "new")), 1);
    ck_assert(acrm__add_text(acrm_value_get(to, "l"), "new"));
    acrm_value_free(to);
}
END_TEST

/* Make of `v` the value number `which` of a list in which no two are equal. */
static void value_make(acrm_value *v, int which)
{
    static const char *const texts[] = { "", "a", "b" };

    acrm_value_set_list(v);
    switch (which) {
    case 0: acrm_value_set_null(v); break;
    case 1: acrm_value_set_bool(v, 0); break;
    case 2: acrm_value_set_bool(v, 1); break;
    case 3: acrm_value_set_int(v, 0); break;
    case 4: acrm_value_set_int(v, INT64_MAX); break;
    case 5: acrm_value_set_real(v, 0x1p63); break;
    case 6: acrm_value_set_real(v, 0.5); break;
    case 7:
    case 8:
    case 9: acrm_value_set_text(v, texts[which - 7], strlen(texts[which - 7])); break;
    case 10: acrm_value_set_bytes(v, "a", 1); break;
    case 11: break;
    case 12: acrm__add_text(v, "a"); break;
    case 13: acrm__add_list(v); break;
    case 14: acrm_value_set_map(v); break;
    case 15: acrm_value_set_map(v); acrm__put_int(v, "a", 1); break;
    case 16: acrm_value_set_map(v); acrm__put_int(v, "b", 1); break;
    case 17: acrm_value_set_map(v); acrm__put_int(v, "a", 2); break;
    case 18: acrm_value_set_map(v); acrm__put_null(v, "a"); break;
    default: acrm_value_set_int(v, 9007199254740993); break;
    }
}

START_TEST(value__equality_tells_all_kinds_apart)
{
    enum { KINDS = 20 };

    for (int i = 0; i < KINDS; i++)
        for (int j = 0; j < KINDS; j++) {
            acrm_value *a = value_new();
            acrm_value *b = value_new();

            value_make(a, i);
            value_make(b, j);
            ck_assert_msg(acrm__value_equal(a, b) == (i == j), "%d and %d", i, j);
            acrm_value_free(a);
            acrm_value_free(b);
        }
}
END_TEST

START_TEST(value__numbers_are_equal_when_exactly_so)
{
    static const struct {
        int64_t integer;
        double real;
        bool equal;
    } rows[] = {
        { 1, 1.0, true }, { 0, -0.0, true }, { 1, 1.5, false }, { INT64_MIN, -0x1p63, true },
        { INT64_MAX, 0x1p63, false }, { 9007199254740993, 9007199254740992.0, false },
        { 9007199254740992, 9007199254740992.0, true },
    };
    acrm_value *a = value_new();
    acrm_value *b = value_new();

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        acrm_value_set_int(a, rows[i].integer);
        acrm_value_set_real(b, rows[i].real);
        ck_assert(acrm__value_equal(a, b) == rows[i].equal);
        ck_assert(acrm__value_equal(b, a) == rows[i].equal);
    }
    acrm_value_free(a);
    acrm_value_free(b);
}
END_TEST

START_TEST(value__maps_are_equal_in_any_order)
{
    acrm_value *a = value_new();
    acrm_value *b = value_new();
    char key[8];

    acrm_value_set_map(a);
    acrm_value_set_map(b);
    for (int i = 0; i < 30; i++) {
        (void)snprintf(key, sizeof key, "%d", i);
        acrm__put_int(a, key, i);
        (void)snprintf(key, sizeof key, "%d", 29 - i);
        acrm__put_int(b, key, 29 - i);
        if (i == 14) /* half of it each: the keys differ */
            ck_assert(!acrm__value_equal(a, b));
    }
    ck_assert(acrm__value_equal(a, b));
    acrm_value_free(a);
    acrm_value_free(b);
}
END_TEST

static acrm_value *value_nest(acrm_value *root, int levels)
{
    acrm_value *at = root;

    for (int i = 1; i < levels; i++) {
        acrm_value_set_list(at);
        at = acrm_value_add(at);
    }
    acrm_value_set_list(at);
    return at;
}

START_TEST(value__depth_is_limited_not_recursed_into)
{
    acrm_value *deep = value_new();
    acrm_value *other = value_new();
    acrm_value *to = value_new();

    value_nest(deep, ACRM__VALUE_DEPTH_MAX);
    ck_assert(acrm__value_copy(to, deep));
    ck_assert(acrm__value_equal(deep, to));
    value_nest(deep, 100000);
    value_nest(other, 100000);
    ck_assert(!acrm__value_equal(deep, other));
    acrm_value_set_int(to, 3);
    ck_assert(!acrm__value_copy(to, deep));
    ck_assert_int_eq(acrm_value_type(to), ACRM_NULL);
    acrm_value_free(deep);
    acrm_value_free(other);
    acrm_value_free(to);
}
END_TEST

START_TEST(value__index_finds_repeated_keys)
{
    acrm__pair pairs[60];
    char keys[60][8];
    acrm__arena arena;

    acrm__arena_init(&arena, NULL);
    for (uint32_t n = 2; n <= 60; n++)
        for (uint32_t repeat = 1; repeat <= n; repeat++) {
            acrm_value map = { .type = ACRM_MAP, .count = n, .cap = n, .arena = &arena };
            size_t again = 999;

            for (uint32_t i = 0; i < n; i++) {
                uint32_t number = i == repeat ? i / 2 : i;

                (void)snprintf(keys[i], sizeof keys[i], "%u", number);
                pairs[i] = (acrm__pair){ .key = keys[i], .key_len = (uint32_t)strlen(keys[i]) };
            }
            map.as.pairs = pairs;
            if (acrm__value_index(&map, &again) != (repeat < n ? ACRM_E_INVALID : ACRM_OK)
                || again != (repeat < n ? repeat : 999))
                ck_abort_msg("%u keys, the repeated one %u: %zu", n, repeat, again);
            acrm__arena_reset(&arena);
        }
    acrm__arena_free(&arena);
}
END_TEST

START_TEST(value__every_failed_allocation_is_an_error_and_leaks_nothing)
{
    for (int for_ever = 0; for_ever < 2; for_ever++)
        for (long n = 1;; n++) {
            alloc_fail state = { .fail_at = n, .for_ever = for_ever };
            acrm_allocator port = alloc_fail_port(&state);
            acrm_value *from = NULL;
            acrm_value *to = NULL;
            bool ok = acrm_value_new(&port, &from) == ACRM_OK && value_fill(from)
                      && acrm_value_new(&port, &to) == ACRM_OK && acrm__value_copy(to, from);

            ck_assert(ok == (state.failures == 0));
            ck_assert(!ok || acrm__value_equal(from, to));
            acrm_value_free(from);
            acrm_value_free(to);
            ck_assert_uint_eq(state.live_bytes, 0);
            if (ok) {
                ck_assert_int_gt(n, 4);
                break;
            }
        }
}
END_TEST

START_TEST(value__a_map_whose_index_failed_still_works)
{
    alloc_fail state = { 0 };
    acrm_allocator port = alloc_fail_port(&state);
    acrm_value *map = NULL;
    char key[8];
    int got = 0;

    ck_assert_int_eq(acrm_value_new(&port, &map), ACRM_OK);
    acrm_value_set_map(map);
    for (int i = 0; i < 300; i++) {
        (void)snprintf(key, sizeof key, "%d", i);
        /* Every second time nothing can be allocated. */
        state.fail_at = i % 2 ? state.count + 1 : 0;
        state.for_ever = i % 2 != 0;
        got += acrm__put_int(map, key, i);
    }
    state.fail_at = 0;
    ck_assert_int_gt(got, 200);
    ck_assert_uint_ge(acrm_value_count(map), (size_t)got);
    for (size_t i = 0; i < acrm_value_count(map); i++) {
        const char *name = acrm_value_key(map, i, NULL);

        ck_assert_ptr_eq(acrm_value_get(map, name), acrm_value_at(map, i));
    }
    acrm_value_free(map);
    ck_assert_uint_eq(state.live_bytes, 0);
}
END_TEST

static Suite *value_suite(void)
{
    Suite *suite = suite_create("value");
    TCase *tc = tcase_create("value");

    tcase_add_test(tc, value__begins_as_null_and_reads_as_nothing);
    tcase_add_test(tc, value__setters_change_type_and_content);
    tcase_add_test(tc, value__refusals_leave_it_as_it_was);
    tcase_add_test(tc, value__int_of_a_real_is_saturated);
    tcase_add_test(tc, value__lists_keep_order_and_children_stay_where_they_are);
    tcase_add_test(tc, value__maps_of_any_size_find_their_keys);
    tcase_add_test(tc, value__putting_a_key_again_replaces_its_value);
    tcase_add_test(tc, value__shorthands_put_and_add);
    tcase_add_test(tc, value__lent_values_are_shared_but_not_changed);
    tcase_add_test(tc, value__copies_are_equal_and_apart);
    tcase_add_test(tc, value__equality_tells_all_kinds_apart);
    tcase_add_test(tc, value__numbers_are_equal_when_exactly_so);
    tcase_add_test(tc, value__maps_are_equal_in_any_order);
    tcase_add_test(tc, value__depth_is_limited_not_recursed_into);
    tcase_add_test(tc, value__index_finds_repeated_keys);
    tcase_add_test(tc, value__every_failed_allocation_is_an_error_and_leaks_nothing);
    tcase_add_test(tc, value__a_map_whose_index_failed_still_works);
    suite_add_tcase(suite, tc);
    return suite;
}

ACRM_TEST_MAIN(value_suite)
