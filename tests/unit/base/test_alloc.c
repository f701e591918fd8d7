/* SPDX-License-Identifier: MIT */
#include "base/alloc.h"
#include "support/alloc_fail.h"
#include "support/suite.h"

#include <string.h>

START_TEST(alloc__default_is_the_c_library)
{
    acrm_allocator a = acrm__allocator(NULL);
    char *bytes = acrm__alloc_zero(&a, 100);

    ck_assert_uint_eq(a.struct_size, sizeof a);
    ck_assert_ptr_nonnull(bytes);
    for (int i = 0; i < 100; i++)
        ck_assert_int_eq(bytes[i], 0);
    bytes = acrm__resize(&a, bytes, 100, 1000);
    ck_assert_ptr_nonnull(bytes);
    acrm__free(&a, bytes, 1000);
    acrm__free(&a, NULL, 0);
    ck_assert_ptr_null(acrm__alloc(&a, 0));
}
END_TEST

START_TEST(alloc__port_gets_true_sizes)
{
    alloc_fail state = { 0 };
    acrm_allocator port = alloc_fail_port(&state);
    acrm_allocator a = acrm__allocator(&port);
    void *p = acrm__alloc(&a, 10);

    p = acrm__resize(&a, p, 10, 20);
    ck_assert_uint_eq(state.live_bytes, 20);
    acrm__free(&a, p, 20);
    ck_assert_uint_eq(state.live_bytes, 0);
    ck_assert_int_eq(state.count, 2);
}
END_TEST

START_TEST(arena__memory_is_aligned_apart_and_stays)
{
    enum { BLOCKS = 3000 };
    static unsigned char *blocks[BLOCKS];
    alloc_fail state = { 0 };
    acrm_allocator port = alloc_fail_port(&state);
    acrm__arena arena;

    acrm__arena_init(&arena, &port);
    for (size_t i = 0; i < BLOCKS; i++) {
        size_t size = i % 97 == 0 ? 20000 : i % 61 + 1;

        blocks[i] = acrm__arena_alloc(&arena, size);
        ck_assert_ptr_nonnull(blocks[i]);
        ck_assert_uint_eq((uintptr_t)blocks[i] % 16, 0);
        memset(blocks[i], (int)i, size);
    }
    for (size_t i = 0; i < BLOCKS; i++) {
        size_t size = i % 97 == 0 ? 20000 : i % 61 + 1;

        if (blocks[i][0] != (unsigned char)i || blocks[i][size - 1] != (unsigned char)i)
            ck_abort_msg("block %zu was overwritten", i);
    }
    ck_assert_uint_eq(arena.total, state.live_bytes);
    acrm__arena_free(&arena);
    ck_assert_uint_eq(state.live_bytes, 0);
    acrm__arena_free(&arena);
}
END_TEST

START_TEST(arena__reset_keeps_one_block_and_then_allocates_no_more)
{
    alloc_fail state = { 0 };
    acrm_allocator port = alloc_fail_port(&state);
    acrm__arena arena;
    long count = 0;

    acrm__arena_init(&arena, &port);
    for (int round = 0; round < 20; round++) {
        for (int i = 0; i < 200; i++)
            ck_assert_ptr_nonnull(acrm__arena_alloc(&arena, 100));
        if (round == 5)
            count = state.count;
        acrm__arena_reset(&arena);
        ck_assert_uint_eq(state.live_blocks, 1);
        ck_assert_uint_eq(arena.total, state.live_bytes);
    }
    ck_assert_int_eq(state.count, count);
    ck_assert_ptr_nonnull(acrm__arena_alloc(&arena, 10 * 1024 * 1024));
    acrm__arena_reset(&arena);
    ck_assert_uint_lt(state.live_bytes, 100 * 1024);
    acrm__arena_free(&arena);
    ck_assert_uint_eq(state.live_bytes, 0);
}
END_TEST

START_TEST(arena__refuses_zero_absurd_sizes_and_its_limit)
{
    alloc_fail state = { 0 };
    acrm_allocator port = alloc_fail_port(&state);
    acrm__arena arena;
    size_t got = 0;

    acrm__arena_init(&arena, &port);
    ck_assert_ptr_null(acrm__arena_alloc(&arena, 0));
    ck_assert_ptr_null(acrm__arena_alloc(&arena, SIZE_MAX));
    ck_assert_ptr_null(acrm__arena_array(&arena, SIZE_MAX / 8, 16));
    ck_assert_ptr_null(acrm__arena_array(&arena, 0, 16));
    ck_assert_ptr_null(acrm__arena_text(&arena, "", SIZE_MAX));
    arena.limit = 10000;
    while (acrm__arena_alloc(&arena, 100))
        got += 100;
    ck_assert_uint_ge(got, 8000); /* the limit is used, not a part of it */
    ck_assert_uint_le(state.live_bytes, 10000);
    acrm__arena_free(&arena);
}
END_TEST

START_TEST(arena__copies_and_formats_text)
{
    acrm__arena arena;
    char longer[1000];
    char *text = NULL;

    acrm__arena_init(&arena, NULL);
    ck_assert_str_eq(acrm__arena_text(&arena, "abcdef", 3), "abc");
    ck_assert_str_eq(acrm__arena_text(&arena, NULL, 0), "");
    ck_assert_str_eq(acrm__arena_format(&arena, "%s-%d", "x", 7), "x-7");
    memset(longer, 'y', sizeof longer);
    longer[sizeof longer - 1] = '\0';
    text = acrm__arena_format(&arena, "<%s>", longer);
    ck_assert_uint_eq(strlen(text), sizeof longer + 1);
    ck_assert_int_eq(text[0], '<');
    ck_assert_int_eq(text[sizeof longer], '>');
    acrm__arena_free(&arena);
}
END_TEST

START_TEST(arena__adopts_what_another_gave_out)
{
    alloc_fail state = { 0 };
    acrm_allocator port = alloc_fail_port(&state);
    acrm__arena to, from;
    char *texts[4];

    acrm__arena_init(&to, &port);
    acrm__arena_init(&from, &port);
    for (int i = 0; i < 4; i++) {
        texts[i] = acrm__arena_text(&from, "kept", 4);
        ck_assert_ptr_nonnull(texts[i]);
        acrm__arena_adopt(&to, &from);
        ck_assert_ptr_null(from.blocks);
        ck_assert_uint_eq(to.total, state.live_bytes);
        ck_assert_ptr_nonnull(acrm__arena_zero(&to, 40));
    }
    for (int i = 0; i < 4; i++)
        ck_assert_str_eq(texts[i], "kept");
    acrm__arena_free(&from);
    acrm__arena_free(&to);
    ck_assert_uint_eq(state.live_bytes, 0);
}
END_TEST

START_TEST(arena__failed_allocations_leave_it_usable)
{
    for (long n = 1;; n++) {
        alloc_fail state = { .fail_at = n };
        acrm_allocator port = alloc_fail_port(&state);
        acrm__arena arena;
        int refused = 0;

        acrm__arena_init(&arena, &port);
        for (int i = 0; i < 60; i++)
            refused += acrm__arena_zero(&arena, 300) ? 0 : 1;
        ck_assert_int_eq(refused, state.failures);
        acrm__arena_free(&arena);
        ck_assert_uint_eq(state.live_bytes, 0);
        if (state.failures == 0) {
            ck_assert_int_gt(n, 2);
            break;
        }
    }
}
END_TEST

static Suite *alloc_suite(void)
{
    Suite *suite = suite_create("alloc");
    TCase *tc = tcase_create("alloc");

    tcase_add_test(tc, alloc__default_is_the_c_library);
    tcase_add_test(tc, alloc__port_gets_true_sizes);
    tcase_add_test(tc, arena__memory_is_aligned_apart_and_stays);
    tcase_add_test(tc, arena__reset_keeps_one_block_and_then_allocates_no_more);
    tcase_add_test(tc, arena__refuses_zero_absurd_sizes_and_its_limit);
    tcase_add_test(tc, arena__copies_and_formats_text);
    tcase_add_test(tc, arena__adopts_what_another_gave_out);
    tcase_add_test(tc, arena__failed_allocations_leave_it_usable);
    suite_add_tcase(suite, tc);
    return suite;
}

ACRM_TEST_MAIN(alloc_suite)
