/* SPDX-License-Identifier: MIT */
/* engine.backup, engine.check and engine.info. */
#include "support/under.h"
#include "unit/kernel/world.h"

#include <sodium.h>
#include <sys/stat.h>

static world w;
static world copy;

static void setup(int storage)
{
    w = world_new(storage);
    snprintf(copy.path, sizeof copy.path, "/tmp/acrm-copy-%ld.db", (long)getpid());
    world_remove(&copy);
}

START_TEST(engine__backup_is_a_whole_database)
{
    if (under_server()) /* has tools of its own: unit/storage/test_postgres.c */
        return;
    setup(WORLD_SQLITE);
    for (int i = 0; i < 20; i++)
        world_do(w.system, "client.create", "{'name':'N%d','secret':'S%d'}", i, i);
    world_do(w.system, "engine.backup", "{'path':'%s'}", copy.path);
    world_do(w.system, "client.create", "{'name':'later'}");
    world_open(&copy, copy.path, NULL);
    ck_assert_int_eq(world_count(copy.system, "client.count", "{}"), 20);
    ck_assert_int_eq(world_count(copy.system, "client.count", "{'secret':'s7'}"), 1);
    acrm_value *out = world_call(copy.system, "engine.check", "{}");
    ck_assert_int_eq(acrm_value_bool(acrm_value_get(out, "ok")), 1);
    acrm_value_free(out);
    out = world_call(copy.system, "audit.list", "{'action':'backup'}");
    ck_assert_str_eq(world_text(out, "items.0.operation"), "engine.backup");
    acrm_value_free(out);
    world_close(&copy);
    world_refuse(w.system, ACRM_E_INVALID, "exists", "engine.backup", "{'path':'%s'}", copy.path);
    world_remove(&copy);
    world_free(&w);
}
END_TEST

static int32_t end_it(void *user, const char *what, int64_t done, int64_t total)
{
    (void)done;
    (void)total;
    *(int *)user += strcmp(what, "backup") == 0;
    return 1;
}

START_TEST(engine__backup_ended_by_its_progress_leaves_no_file)
{
    struct stat info;
    int told = 0;

    if (under_server())
        return;
    setup(WORLD_SQLITE);
    acrm_session_set_progress(w.system, end_it, &told);
    world_refuse(w.system, ACRM_E_INTERRUPTED, "interrupted", "engine.backup", "{'path':'%s'}",
                 copy.path);
    ck_assert_int_eq(told, 1);
    ck_assert_int_ne(stat(copy.path, &info), 0);
    acrm_session_set_progress(w.system, NULL, NULL);
    world_do(w.system, "brand.create", "{'name':'A'}");
    world_free(&w);
}
END_TEST

START_TEST(engine__backup_says_when_the_storage_has_none)
{
    setup(WORLD_MEMORY);
    world_refuse(w.system, ACRM_E_UNSUPPORTED, "backup", "engine.backup", "{'path':'%s'}",
                 copy.path);
    acrm_value *out = world_call(w.system, "audit.list", "{'action':'backup'}");
    ck_assert_uint_eq(acrm_value_count(acrm_value_get(out, "items")), 0);
    acrm_value_free(out);
    world_free(&w);
}
END_TEST

START_TEST(engine__check_tells_of_a_broken_audit)
{
    const acrm_storage_ops *storage;
    acrm_cell key = acrm__cell_int(1);
    int32_t changed = 0;

    setup(_i);
    storage = &w.engine->storage;
    world_do(w.system, "brand.create", "{'name':'A'}");
    acrm_value *out = world_call(w.system, "engine.check", "{}");
    ck_assert_int_eq(acrm_value_bool(acrm_value_get(out, "ok")), 1);
    acrm_value_free(out);
    ck_assert_int_eq(storage->begin(w.system->conn, 1, NULL), ACRM_OK);
    ck_assert_int_eq(storage->remove(w.system->conn, &acrm__tables[ACRM__TABLE_AUDIT], &key, NULL,
                                     &changed, NULL), ACRM_OK);
    ck_assert_int_eq(storage->commit(w.system->conn, NULL), ACRM_OK);
    out = world_call(w.system, "engine.check", "{}");
    ck_assert_int_eq(acrm_value_bool(acrm_value_get(out, "ok")), 0);
    ck_assert_str_eq(world_text(out, "audit.fault"), "cut");
    acrm_value_free(out);
    world_free(&w);
}
END_TEST

START_TEST(engine__info_tells_what_there_is)
{
    setup(_i);
    world_do(w.system, "brand.create", "{'name':'A'}");
    acrm_value *out = world_call(w.system, "engine.info", "{'counts':true}");
    ck_assert_str_eq(world_text(out, "version"), acrm_version());
    ck_assert_str_eq(world_text(out, "now"), "2026-11-21T10:00:00Z");
    ck_assert_str_eq(world_text(out, "zone"), "UTC");
    ck_assert_str_eq(world_text(out, "principal"), "system");
    /* The world is opened with ACRM_OPEN_SYNC_NORMAL. */
    ck_assert_int_eq(acrm_value_bool(acrm_value_get(out, "durable")), 0);
    ck_assert_int_eq(world_int(out, "counts.brand"), 1);
    ck_assert_int_eq(world_int(out, "counts.deal"), 0);
    ck_assert_int_eq(world_int(out, "limits.json_depth"), ACRM__JSON_DEPTH_MAX);
    int64_t last = world_int(out, "last_event");
    ck_assert_int_gt(last, 0);
    acrm_value_free(out);
    out = world_call(w.system, "engine.info", "{}");
    ck_assert_ptr_null(acrm_value_get(out, "counts"));
    acrm_value_free(out);
    world_do(w.system, "brand.create", "{'name':'B'}");
    out = world_call(w.system, "engine.info", "{}");
    ck_assert_int_eq(world_int(out, "last_event"), last + 1);
    acrm_value_free(out);
    world_free(&w);
}
END_TEST

START_TEST(engine__what_is_to_be_nought_or_more_is_never_less)
{
    acrm_error *err = NULL;
    static const char less[] = "{\"title\":\"t\",\"price\":-1}";

    setup(_i);
    ck_assert_int_eq(acrm_call_json(w.system, "deal.create", less, sizeof less - 1, NULL, &err),
                     ACRM_E_INVALID);
    ck_assert_str_eq(acrm_error_reason(err), "range");
    ck_assert_str_eq(acrm_error_message(err), "price must be 0 coins or more");
    acrm_error_free(err);
    world_do(w.system, "deal.create", "{'title':'t','price':0}");
    world_do(w.system, "deal.create", "{'title':'t','price':9007199254740991}");
    world_free(&w);
}
END_TEST

START_TEST(engine__info_tells_that_a_file_is_durable_unless_told_otherwise)
{
    setup(WORLD_SQLITE);
    world_close(&w);
    ck_assert_int_eq(acrm_open(w.path, NULL, &w.engine, NULL), ACRM_OK);
    ck_assert_int_eq(acrm_session_new(w.engine, "system", &w.system, NULL), ACRM_OK);
    acrm_value *out = world_call(w.system, "engine.info", "{}");
    ck_assert_int_eq(acrm_value_bool(acrm_value_get(out, "durable")), 1);
    acrm_value_free(out);
    world_free(&w);
}
END_TEST

/* The instant and the id that a new record got. */
typedef struct stamp {
    char at[40], id[40];
} stamp;

static stamp stamp_of(acrm_session *session)
{
    stamp s;

    acrm_value *out = world_call(session, "client.create", "{'name':'N'}");
    snprintf(s.id, sizeof s.id, "%s", world_text(out, "id"));
    acrm_value_free(out);
    out = world_call(session, "client.get", "{'id':'%s'}", s.id);
    snprintf(s.at, sizeof s.at, "%s", world_text(out, "created_at"));
    acrm_value_free(out);
    return s;
}

START_TEST(engine__time_goes_on_after_a_clock_was_set_back_a_little)
{
    setup(_i);
    world_clock++; /* an instant with a fraction, always */
    stamp last = stamp_of(w.system);
    for (int i = 0; i < 60; i++) {
        world_clock -= 1000000; /* a minute in all */
        stamp s = stamp_of(w.system);
        ck_assert_str_ge(s.at, last.at);
        ck_assert_str_gt(s.id, last.id);
        last = s;
    }
    world_clock += 61000000;
    stamp s = stamp_of(w.system);
    ck_assert_str_gt(s.at, last.at);
    ck_assert_str_gt(s.id, last.id);
    world_free(&w);
}
END_TEST

START_TEST(engine__a_clock_set_back_by_more_was_wrong_before)
{
    setup(_i);
    world_clock++;
    stamp first = stamp_of(w.system);
    world_clock -= 60000001;
    stamp s = stamp_of(w.system);
    ck_assert_str_lt(s.at, first.at);
    ck_assert_str_gt(s.id, first.id);
    world_free(&w);
}
END_TEST

/* Each process that opens it, and one that has it open all the while. */
START_TEST(engine__time_goes_on_between_processes)
{
    world another = { .path = "" };

    setup(WORLD_SQLITE);
    world_clock++; /* an instant with a fraction, always */
    stamp last = stamp_of(w.system);
    for (int i = 0; i < 20; i++) {
        world_clock -= 2000000;
        world_open(&another, w.path, NULL);
        stamp s = stamp_of(another.system);
        ck_assert_str_gt(s.at, last.at);
        ck_assert_str_gt(s.id, last.id);
        world_close(&another);
        world_clock -= 500000;
        last = stamp_of(w.system);
        ck_assert_str_gt(last.at, s.at);
        ck_assert_str_gt(last.id, s.id);
    }
    world_free(&w);
}
END_TEST

/* As the first databases keep it. */
START_TEST(engine__a_head_without_a_time_is_whole)
{
    acrm__call call;
    acrm_error *err = NULL;
    acrm_cell head;
    unsigned char old[80];

    setup(_i);
    (void)stamp_of(w.system);
    world_begin(&w, &call, &err);
    ck_assert_int_eq(acrm__meta_get(&call, "chain_head", ACRM__META_BYTES, &head), ACRM_OK);
    memcpy(old, head.data, 48);
    (void)crypto_generichash(old + 48, 32, old, 48, w.engine->chain_key, ACRM__KEY_BYTES);
    ck_assert_int_eq(acrm__meta_put(&call, "chain_head", ACRM__META_BYTES,
                                    acrm__cell_blob(old, sizeof old)), ACRM_OK);
    world_commit(&w, &call);
    w.system->chain.valid = false; /* as in any other session */
    (void)stamp_of(w.system);
    acrm_value *out = world_call(w.system, "audit.verify", "{}");
    ck_assert(acrm_value_bool(acrm_value_get(out, "ok")));
    acrm_value_free(out);
    world_free(&w);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *s = suite_create("engine");
    TCase *t = tcase_create("engine");

    tcase_add_test(t, engine__backup_is_a_whole_database);
    tcase_add_test(t, engine__backup_ended_by_its_progress_leaves_no_file);
    tcase_add_loop_test(t, engine__time_goes_on_after_a_clock_was_set_back_a_little, 0,
                        WORLD_STORAGES);
    tcase_add_loop_test(t, engine__a_clock_set_back_by_more_was_wrong_before, 0, WORLD_STORAGES);
    tcase_add_test(t, engine__time_goes_on_between_processes);
    tcase_add_loop_test(t, engine__a_head_without_a_time_is_whole, 0, WORLD_STORAGES);
    tcase_add_test(t, engine__backup_says_when_the_storage_has_none);
    tcase_add_loop_test(t, engine__check_tells_of_a_broken_audit, 0, WORLD_STORAGES);
    tcase_add_test(t, engine__info_tells_that_a_file_is_durable_unless_told_otherwise);
    tcase_add_loop_test(t, engine__info_tells_what_there_is, 0, WORLD_STORAGES);
    tcase_add_loop_test(t, engine__what_is_to_be_nought_or_more_is_never_less, 0, WORLD_STORAGES);
    suite_add_tcase(s, t);
    return s;
}

ACRM_TEST_MAIN(make_suite)
