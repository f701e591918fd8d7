/* SPDX-License-Identifier: MIT */
/* The audit: what it keeps, what it hides, and that no change of it goes unnoticed. */
#include "unit/kernel/world.h"

#include <pthread.h>

static world w;
static char client[37];

static void setup(int storage)
{
    w = world_new(storage);
    world_create(w.system, "client.create", client,
                 "{'name':'Ada Smith','grade':'B','secret':'4711'}");
    world_do(w.system, "client.update", "{'id':'%s','version':1,'grade':'A','reason':'loyal'}",
             client);
}

static acrm_value *verify(void)
{
    return world_call(w.system, "audit.verify", "{}");
}

static void expect_fault(const char *fault, int64_t seq)
{
    acrm_value *out = verify();

    ck_assert_int_eq(acrm_value_bool(acrm_value_get(out, "ok")), 0);
    ck_assert_str_eq(world_text(out, "fault"), fault);
    ck_assert_int_eq(world_int(out, "broken_seq"), seq);
    acrm_value_free(out);
}

START_TEST(audit__proves_an_untouched_chain)
{
    setup(_i);
    acrm_value *out = verify();
    ck_assert_int_eq(acrm_value_bool(acrm_value_get(out, "ok")), 1);
    ck_assert_int_eq(world_int(out, "entries"), 2);
    ck_assert_uint_eq(strlen(world_text(out, "hash")), 64);
    acrm_value_free(out);
    world_free(&w);
}
END_TEST

/* Change a cell of the audit behind the library's back. */
static void tamper(int64_t seq, uint32_t column, acrm_cell cell)
{
    const acrm_storage_ops *storage = &w.engine->storage;
    acrm_cell key = acrm__cell_int(seq);
    int32_t changed = 0;

    ck_assert_int_eq(storage->begin(w.system->conn, 1, NULL), ACRM_OK);
    ck_assert_int_eq(storage->update(w.system->conn, &acrm__tables[ACRM__TABLE_AUDIT], &key,
                                     &column, &cell, 1, NULL, NULL, &changed, NULL), ACRM_OK);
    ck_assert_int_eq(changed, 1);
    ck_assert_int_eq(storage->commit(w.system->conn, NULL), ACRM_OK);
}

static const struct {
    const char *what;
    uint32_t column;
    acrm_cell cell;
} changes[] = {
    { "the instant", ACRM__AUDIT_AT, { .type = ACRM_CELL_INT, .integer = 5 } },
    { "the actor", ACRM__AUDIT_ACTOR, { .type = ACRM_CELL_TEXT, .size = 1, .data = "x" } },
    { "the changes", ACRM__AUDIT_CHANGES, { .type = ACRM_CELL_TEXT, .size = 2, .data = "{}" } },
    { "the reason, taken away", ACRM__AUDIT_REASON, { .type = ACRM_CELL_NULL } },
    { "the reason, by one letter", ACRM__AUDIT_REASON,
      { .type = ACRM_CELL_TEXT, .size = 5, .data = "royal" } },
    { "the record", ACRM__AUDIT_RECORD,
      { .type = ACRM_CELL_BLOB, .size = 16, .data = "0123456789abcdef" } },
    { "the sealed part", ACRM__AUDIT_SEALED, { .type = ACRM_CELL_BLOB, .size = 1, .data = "x" } },
    { "the hash", ACRM__AUDIT_HASH,
      { .type = ACRM_CELL_BLOB, .size = 32, .data = "0123456789abcdef0123456789abcdef" } },
};

START_TEST(audit__notices_a_change_of_any_cell)
{
    setup(WORLD_MEMORY);
    tamper(2, changes[_i].column, changes[_i].cell);
    expect_fault("changed", 2);
    world_free(&w);
}
END_TEST

static void remove_entry(int64_t seq)
{
    const acrm_storage_ops *storage = &w.engine->storage;
    acrm_cell key = acrm__cell_int(seq);
    int32_t changed = 0;

    ck_assert_int_eq(storage->begin(w.system->conn, 1, NULL), ACRM_OK);
    ck_assert_int_eq(storage->remove(w.system->conn, &acrm__tables[ACRM__TABLE_AUDIT], &key, NULL,
                                     &changed, NULL), ACRM_OK);
    ck_assert_int_eq(changed, 1);
    ck_assert_int_eq(storage->commit(w.system->conn, NULL), ACRM_OK);
}

START_TEST(audit__notices_a_missing_entry)
{
    setup(_i);
    remove_entry(1);
    expect_fault("missing", 1);
    world_free(&w);
}
END_TEST

START_TEST(audit__notices_that_its_end_was_cut_off)
{
    setup(_i);
    remove_entry(2);
    expect_fault("cut", 2);
    world_free(&w);
}
END_TEST

/* Cutting the end and setting the head back by hand must not be healed by the next write. */
START_TEST(audit__writes_nothing_on_a_forged_head)
{
    acrm__call call;
    acrm_error *err = NULL;
    acrm_cell head;
    unsigned char forged[88];

    setup(_i);
    world_begin(&w, &call, &err);
    ck_assert_int_eq(acrm__meta_get(&call, "chain_head", ACRM__META_BYTES, &head), ACRM_OK);
    ck_assert_uint_eq(head.size, sizeof forged);
    memcpy(forged, head.data, sizeof forged);
    forged[0] = 1;
    ck_assert_int_eq(acrm__meta_put(&call, "chain_head", ACRM__META_BYTES,
                                    acrm__cell_blob(forged, sizeof forged)), ACRM_OK);
    world_commit(&w, &call);
    remove_entry(2);
    expect_fault("head", 2);
    w.system->chain.valid = false; /* as in any other session */
    world_refuse(w.system, ACRM_E_CORRUPT, "audit_head", "brand.create", "{'name':'X'}");
    world_free(&w);
}
END_TEST

START_TEST(audit__holds_a_rewritten_past_against_a_noted_hash)
{
    char hash[80];

    setup(_i);
    acrm_value *out = verify();
    snprintf(hash, sizeof hash, "%s", world_text(out, "hash"));
    acrm_value_free(out);
    world_do(w.system, "brand.create", "{'name':'X'}");
    out = world_call(w.system, "audit.verify", "{'seq':2,'hash':'%s'}", hash);
    ck_assert_int_eq(acrm_value_bool(acrm_value_get(out, "ok")), 1);
    acrm_value_free(out);
    hash[0] = hash[0] == '0' ? '1' : '0';
    out = world_call(w.system, "audit.verify", "{'seq':2,'hash':'%s'}", hash);
    ck_assert_str_eq(world_text(out, "fault"), "rewritten");
    acrm_value_free(out);
    out = world_call(w.system, "audit.verify", "{'seq':9,'hash':'%s'}", hash);
    ck_assert_str_eq(world_text(out, "fault"), "cut");
    acrm_value_free(out);
    world_refuse(w.system, ACRM_E_INVALID, "required", "audit.verify", "{'seq':2}");
    world_refuse(w.system, ACRM_E_INVALID, "format", "audit.verify", "{'seq':2,'hash':'ab'}");
    world_free(&w);
}
END_TEST

START_TEST(audit__tells_before_and_after_in_a_history)
{
    setup(_i);
    acrm_value *out = world_call(w.system, "client.history", "{'id':'%s'}", client);
    ck_assert_uint_eq(acrm_value_count(acrm_value_get(out, "items")), 2);
    ck_assert_str_eq(world_text(out, "items.0.action"), "create");
    ck_assert_str_eq(world_text(out, "items.0.operation"), "client.create");
    ck_assert_str_eq(world_text(out, "items.0.actor"), "system");
    ck_assert_str_eq(world_text(out, "items.0.changes.name.1"), "Ada Smith");
    ck_assert_str_eq(world_text(out, "items.1.action"), "update");
    ck_assert_str_eq(world_text(out, "items.1.changes.grade.0"), "B");
    ck_assert_str_eq(world_text(out, "items.1.changes.grade.1"), "A");
    ck_assert_str_eq(world_text(out, "items.1.reason"), "loyal");
    ck_assert_str_eq(world_text(out, "items.1.at"), "2026-11-21T10:00:00Z");
    acrm_value_free(out);
    world_free(&w);
}
END_TEST

static int32_t look_for(void *user, const acrm_cell *cells, uint32_t n)
{
    const char *needle = user;
    size_t len = strlen(needle);

    for (uint32_t i = 0; i < n; i++)
        for (size_t at = 0; cells[i].data && at + len <= cells[i].size; at++)
            ck_assert_msg(memcmp((const char *)cells[i].data + at, needle, len) != 0,
                          "%s is in column %u", needle, i);
    return 0;
}

START_TEST(audit__and_events_hold_no_personal_value_in_the_clear)
{
    static char name[] = "Ada Smith", secret[] = "4711";
    const uint32_t tables[] = { ACRM__TABLE_AUDIT, ACRM__TABLE_EVENT };

    setup(_i);
    ck_assert_int_eq(w.engine->storage.begin(w.system->conn, 0, NULL), ACRM_OK);
    for (size_t i = 0; i < 2; i++) {
        acrm_query query = { .struct_size = sizeof query, .table = &acrm__tables[tables[i]] };
        ck_assert_int_eq(w.engine->storage.query(w.system->conn, &query, look_for, name, NULL), 0);
        ck_assert_int_eq(w.engine->storage.query(w.system->conn, &query, look_for, secret, NULL),
                         0);
    }
    w.engine->storage.rollback(w.system->conn);
    world_free(&w);
}
END_TEST

START_TEST(audit__forgets_an_erased_client_and_still_verifies)
{
    setup(_i);
    world_do(w.system, "world.erase", "{'id':'%s'}", client);
    acrm_value *out = world_call(w.system, "client.history", "{'id':'%s'}", client);
    ck_assert_ptr_null(world_at(out, "items.0.changes.name"));
    ck_assert_str_eq(world_text(out, "items.0.personal"), "erased");
    ck_assert_str_eq(world_text(out, "items.1.changes.grade.1"), "A");
    acrm_value_free(out);
    world_refuse(w.system, ACRM_E_CONFLICT, "erased", "client.update",
                 "{'id':'%s','version':2,'name':'again'}", client);
    out = verify();
    ck_assert_int_eq(acrm_value_bool(acrm_value_get(out, "ok")), 1);
    acrm_value_free(out);
    world_free(&w);
}
END_TEST

START_TEST(audit__is_listed_by_page_and_by_filter)
{
    setup(_i);
    for (int i = 0; i < 5; i++) {
        world_clock += 60000000;
        world_do(w.system, "brand.create", "{'name':'B%d'}", i);
    }
    acrm_value *out = world_call(w.system, "audit.list", "{'limit':3}");
    ck_assert_uint_eq(acrm_value_count(acrm_value_get(out, "items")), 3);
    ck_assert_int_eq(world_int(out, "next"), 3);
    acrm_value_free(out);
    out = world_call(w.system, "audit.list", "{'limit':4,'after':3}");
    ck_assert_uint_eq(acrm_value_count(acrm_value_get(out, "items")), 4);
    ck_assert_int_eq(acrm_value_type(acrm_value_get(out, "next")), ACRM_NULL);
    acrm_value_free(out);
    out = world_call(w.system, "audit.list", "{'entity':'brand','newest_first':true,'limit':2}");
    ck_assert_int_eq(world_int(out, "items.0.seq"), 7);
    ck_assert_int_eq(world_int(out, "next"), 6);
    acrm_value_free(out);
    out = world_call(w.system, "audit.list", "{'entity':'brand','newest_first':true,'after':6}");
    ck_assert_int_eq(world_int(out, "items.0.seq"), 5);
    acrm_value_free(out);
    out = world_call(w.system, "audit.list",
                     "{'since':'2026-11-21T10:02:00Z','until':'2026-11-21T10:04:00Z'}");
    ck_assert_uint_eq(acrm_value_count(acrm_value_get(out, "items")), 2);
    acrm_value_free(out);
    out = world_call(w.system, "audit.list", "{'entity':'client','record':'%s'}", client);
    ck_assert_uint_eq(acrm_value_count(acrm_value_get(out, "items")), 2);
    ck_assert_str_eq(world_text(out, "items.0.personal"), "sealed");
    acrm_value_free(out);
    world_refuse(w.system, ACRM_E_INVALID, "unknown_entity", "audit.list", "{'entity':'brend'}");
    world_free(&w);
}
END_TEST

START_TEST(audit__keeps_nothing_of_what_was_rolled_back)
{
    setup(_i);
    world_refuse(w.system, ACRM_E_INVALID, "required", "brand.create", "{}");
    world_do(w.system, "brand.create", "{'name':'X','dry_run':true}");
    world_do(w.system, "brand.create_many",
             "{'records':[{'name':'A'},{},{'name':'B'}],'on_error':'skip'}");
    acrm_value *out = verify();
    ck_assert_int_eq(acrm_value_bool(acrm_value_get(out, "ok")), 1);
    ck_assert_int_eq(world_int(out, "entries"), 4);
    acrm_value_free(out);
    world_free(&w);
}
END_TEST

START_TEST(audit__goes_on_after_another_session_wrote)
{
    acrm_session *other = NULL;

    setup(_i);
    ck_assert_int_eq(acrm_session_new(w.engine, "system", &other, NULL), ACRM_OK);
    world_do(other, "brand.create", "{'name':'A'}");
    world_do(w.system, "brand.create", "{'name':'B'}");
    world_do(other, "brand.create", "{'name':'C'}");
    acrm_session_free(other);
    acrm_value *out = verify();
    ck_assert_int_eq(acrm_value_bool(acrm_value_get(out, "ok")), 1);
    ck_assert_int_eq(world_int(out, "entries"), 5);
    acrm_value_free(out);
    world_free(&w);
}
END_TEST

static int32_t stop_at_once(void *user, const char *what, int64_t done, int64_t total)
{
    (void)user;
    (void)what;
    return done > 0 && total > 0;
}

START_TEST(audit__verify_can_be_ended_by_its_progress)
{
    setup(_i);
    for (int i = 0; i < 42; i++) {
        acrm_value *args = NULL, *records;
        ck_assert_int_eq(acrm_value_new(NULL, &args), ACRM_OK);
        acrm_value_set_map(args);
        records = acrm__put_list(args, "records");
        for (int k = 0; k < 100; k++)
            ck_assert(acrm__put_text(acrm__add_map(records), "name", "B"));
        ck_assert_int_eq(acrm_call(w.system, "brand.create_many", args, NULL, NULL), ACRM_OK);
        acrm_value_free(args);
    }
    acrm_session_set_progress(w.system, stop_at_once, NULL);
    world_refuse(w.system, ACRM_E_INTERRUPTED, "interrupted", "audit.verify", "{}");
    world_free(&w);
}
END_TEST

enum { THREADS = 4, ROUNDS = 50 };

/* The number of failures that are not "busy, try again". */
static void *write_much(void *engine)
{
    static const char args[] = "{\"name\":\"B\"}";
    acrm_session *session = NULL;
    uintptr_t faults = acrm_session_new(engine, "system", &session, NULL) != ACRM_OK;

    for (int i = 0; i < ROUNDS && session; i++) {
        int32_t st = ACRM_E_BUSY;
        for (int tries = 0; tries < 1000 && st == ACRM_E_BUSY; tries++)
            st = acrm_call_json(session, "brand.create", args, sizeof args - 1, NULL, NULL);
        faults += st != ACRM_OK;
    }
    acrm_session_free(session);
    return (void *)faults;
}

START_TEST(audit__and_feed_stay_whole_under_threads)
{
    pthread_t threads[THREADS];

    setup(_i);
    for (int i = 0; i < THREADS; i++)
        ck_assert_int_eq(pthread_create(&threads[i], NULL, write_much, w.engine), 0);
    for (int i = 0; i < THREADS; i++) {
        void *faults = NULL;
        ck_assert_int_eq(pthread_join(threads[i], &faults), 0);
        ck_assert_ptr_null(faults);
    }
    acrm_value *out = verify();
    ck_assert_int_eq(acrm_value_bool(acrm_value_get(out, "ok")), 1);
    ck_assert_int_eq(world_int(out, "entries"), 2 + THREADS * ROUNDS);
    acrm_value_free(out);
    out = world_call(w.system, "event.list", "{'limit':1000}");
    const acrm_value *items = acrm_value_get(out, "items");
    ck_assert_uint_eq(acrm_value_count(items), 2 + THREADS * ROUNDS);
    for (size_t i = 0; i < acrm_value_count(items); i++)
        ck_assert_int_eq(world_int(acrm_value_at(items, i), "seq"), (int64_t)i + 1);
    acrm_value_free(out);
    world_free(&w);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *s = suite_create("audit");
    TCase *t = tcase_create("audit");

    tcase_add_loop_test(t, audit__proves_an_untouched_chain, 0, WORLD_STORAGES);
    tcase_add_loop_test(t, audit__notices_a_change_of_any_cell, 0,
                        (int)(sizeof changes / sizeof changes[0]));
    tcase_add_loop_test(t, audit__notices_a_missing_entry, 0, WORLD_STORAGES);
    tcase_add_loop_test(t, audit__notices_that_its_end_was_cut_off, 0, WORLD_STORAGES);
    tcase_add_loop_test(t, audit__writes_nothing_on_a_forged_head, 0, WORLD_STORAGES);
    tcase_add_loop_test(t, audit__holds_a_rewritten_past_against_a_noted_hash, 0, WORLD_STORAGES);
    tcase_add_loop_test(t, audit__tells_before_and_after_in_a_history, 0, WORLD_STORAGES);
    tcase_add_loop_test(t, audit__and_events_hold_no_personal_value_in_the_clear, 0,
                        WORLD_STORAGES);
    tcase_add_loop_test(t, audit__forgets_an_erased_client_and_still_verifies, 0, WORLD_STORAGES);
    tcase_add_loop_test(t, audit__is_listed_by_page_and_by_filter, 0, WORLD_STORAGES);
    tcase_add_loop_test(t, audit__keeps_nothing_of_what_was_rolled_back, 0, WORLD_STORAGES);
    tcase_add_loop_test(t, audit__goes_on_after_another_session_wrote, 0, WORLD_STORAGES);
    tcase_add_loop_test(t, audit__and_feed_stay_whole_under_threads, 0, WORLD_STORAGES);
    tcase_add_loop_test(t, audit__verify_can_be_ended_by_its_progress, 0, WORLD_STORAGES);
    suite_add_tcase(s, t);
    return s;
}

ACRM_TEST_MAIN(make_suite)
