/* SPDX-License-Identifier: MIT */
/* A whole life on memory and on SQLite: the same results, and twice the same database. */
#include "life.h"
#include "support/suite.h"

#include <string.h>

/* Live on a storage and tell everything that was answered and what is in the database after. */
static void live(const char *where, const life_step *steps, host_str *story, host_str *dump)
{
    host h;
    acrm_error *err = NULL;

    host_init(&h);
    int32_t st = host_open(&h, where, 0, &err);
    ck_assert_msg(st == ACRM_OK, "%s", acrm_error_json(err));
    life l = { .host = &h, .story = story };
    life_live(&l, steps);
    host_verify(h.session);
    host_dump(&h, dump);
    host_close(&h);
    ck_assert_uint_eq(h.memory.live_bytes, 0);
}

static const life_step *const lives[] = { life_short, life_long };
enum { LIVES = sizeof lives / sizeof lives[0] };

START_TEST(life__is_the_same_on_memory_and_sqlite)
{
    host_str story[2] = { { NULL, 0, 0 }, { NULL, 0, 0 } };
    host_str dump[2] = { { NULL, 0, 0 }, { NULL, 0, 0 } };
    char path[64];

    host_path(path, "life");
    live("memory:", lives[_i], &story[0], &dump[0]);
    live(path, lives[_i], &story[1], &dump[1]);
    host_remove(path);
    host_same(&story[0], &story[1]);
    host_same(&dump[0], &dump[1]);
    for (int i = 0; i < 2; i++) {
        free(story[i].data);
        free(dump[i].data);
    }
}
END_TEST

START_TEST(life__is_the_same_twice)
{
    host_str dump[2] = { { NULL, 0, 0 }, { NULL, 0, 0 } };

    for (int i = 0; i < 2; i++)
        live("memory:", lives[_i], NULL, &dump[i]);
    host_same(&dump[0], &dump[1]);
    free(dump[0].data);
    free(dump[1].data);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *s = suite_create("life");
    TCase *t = tcase_create("life");

    tcase_add_loop_test(t, life__is_the_same_on_memory_and_sqlite, 0, LIVES);
    tcase_add_loop_test(t, life__is_the_same_twice, 0, LIVES);
    suite_add_tcase(s, t);
    return s;
}

ACRM_TEST_MAIN(make_suite)
