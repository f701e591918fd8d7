/* SPDX-License-Identifier: MIT */
/* Encryption: keys and where they come from, sealing, erasing, blind indexes. */
#include "unit/kernel/world.h"

#include <sodium.h>

static world w;
static acrm__call call;
static acrm_error *err;

static const unsigned char subject[16] = "customer no. 001";
static const unsigned char other[16] = "customer no. 002";

static void begin(int storage)
{
    err = NULL;
    w = world_new(storage);
    world_begin(&w, &call, &err);
}

static void end(void)
{
    world_commit(&w, &call);
    acrm_error_free(err);
    world_free(&w);
}

static void expect(int32_t st, int32_t want, const char *reason)
{
    ck_assert_msg(st == want, "%s", acrm_error_json(err));
    ck_assert_str_eq(acrm_error_reason(err), reason);
    acrm_error_free(err);
    err = NULL;
}

START_TEST(seal__opens_what_it_sealed_and_only_there)
{
    static const char plain[] = "0049 30 123";
    const char *text = NULL;
    size_t len = 0;
    acrm_cell sealed, altered;
    char copy[128];

    begin(_i);
    ck_assert_int_eq(acrm__seal(&call, subject, "phone", plain, sizeof plain - 1, &sealed), 0);
    ck_assert_uint_eq(sealed.size, sizeof plain - 1 + ACRM__SEAL_OVERHEAD);
    ck_assert_int_eq(acrm__unseal(&call, subject, "phone", &sealed, &text, &len), ACRM_OK);
    ck_assert_uint_eq(len, sizeof plain - 1);
    ck_assert_str_eq(text, plain);
    expect(acrm__unseal(&call, subject, "fax", &sealed, &text, &len), ACRM_E_CORRUPT, "seal");
    expect(acrm__unseal(&call, NULL, "phone", &sealed, &text, &len), ACRM_E_CORRUPT, "seal");
    for (uint32_t i = 0; i < sealed.size; i++) {
        memcpy(copy, sealed.data, sealed.size);
        copy[i] ^= 1;
        altered = acrm__cell_blob(copy, sealed.size);
        expect(acrm__unseal(&call, subject, "phone", &altered, &text, &len), ACRM_E_CORRUPT,
               "seal");
        altered = acrm__cell_blob(sealed.data, i);
        expect(acrm__unseal(&call, subject, "phone", &altered, &text, &len), ACRM_E_CORRUPT,
               "seal");
    }
    end();
}
END_TEST

START_TEST(seal__never_gives_the_same_bytes_twice)
{
    acrm_cell a, b;

    begin(_i);
    ck_assert_int_eq(acrm__seal(&call, NULL, "x", "same", 4, &a), ACRM_OK);
    ck_assert_int_eq(acrm__seal(&call, NULL, "x", "same", 4, &b), ACRM_OK);
    ck_assert(!acrm__cell_equal(&a, &b));
    end();
}
END_TEST

START_TEST(seal__takes_empty_text_too)
{
    const char *text = NULL;
    size_t len = 1;
    acrm_cell sealed;

    begin(_i);
    ck_assert_int_eq(acrm__seal(&call, subject, "x", "", 0, &sealed), ACRM_OK);
    ck_assert_int_eq(acrm__unseal(&call, subject, "x", &sealed, &text, &len), ACRM_OK);
    ck_assert_uint_eq(len, 0);
    ck_assert_str_eq(text, "");
    end();
}
END_TEST

START_TEST(seal__gives_each_customer_a_key_that_can_be_erased)
{
    unsigned char a[32], b[32], again[32];
    const char *text;
    size_t len;
    acrm_cell sealed;

    begin(_i);
    expect(acrm__subject_key(&call, subject, false, a), ACRM_E_NOTFOUND, "erased");
    ck_assert_int_eq(acrm__seal(&call, subject, "x", "abc", 3, &sealed), ACRM_OK);
    ck_assert_int_eq(acrm__subject_key(&call, subject, true, a), ACRM_OK);
    ck_assert_int_eq(acrm__subject_key(&call, other, true, b), ACRM_OK);
    ck_assert(memcmp(a, b, sizeof a) != 0);
    acrm__seal_forget(w.system); /* so that the next one is read from the table */
    ck_assert_int_eq(acrm__subject_key(&call, subject, false, again), ACRM_OK);
    ck_assert_mem_eq(a, again, sizeof a);
    ck_assert_int_eq(acrm__subject_erase(&call, subject), ACRM_OK);
    expect(acrm__unseal(&call, subject, "x", &sealed, &text, &len), ACRM_E_NOTFOUND, "erased");
    expect(acrm__seal(&call, subject, "x", "abc", 3, &sealed), ACRM_E_NOTFOUND, "erased");
    ck_assert_int_eq(acrm__subject_key(&call, other, false, again), ACRM_OK);
    end();
}
END_TEST

START_TEST(seal__makes_no_key_for_a_customer_erased_before_the_first)
{
    unsigned char key[32];

    begin(_i);
    ck_assert_int_eq(acrm__subject_erase(&call, subject), ACRM_OK);
    expect(acrm__subject_key(&call, subject, true, key), ACRM_E_NOTFOUND, "erased");
    end();
}
END_TEST

START_TEST(seal__keeps_more_keys_than_its_cache_has_room_for)
{
    unsigned char ids[200][16], keys[200][32], key[32];

    begin(_i);
    for (int i = 0; i < 200; i++) {
        memset(ids[i], i, 16);
        ck_assert_int_eq(acrm__subject_key(&call, ids[i], true, keys[i]), ACRM_OK);
    }
    for (int i = 0; i < 200; i++) {
        ck_assert_int_eq(acrm__subject_key(&call, ids[i], false, key), ACRM_OK);
        ck_assert_mem_eq(key, keys[i], 32);
    }
    end();
}
END_TEST

/* A second implementation, straight from the definition. */
START_TEST(seal__blind_index_is_the_keyed_hash_of_the_folded_text)
{
    static const char message[] = "client\0secret\0" "ab 12";
    const acrm__entity *entity;
    unsigned char want[16];
    acrm_cell a, b, c;

    begin(_i);
    entity = acrm__entity_of(&call, "client");
    ck_assert_int_eq(acrm__blind(&call, entity, F_client__secret, "AB-12", 5, &a), ACRM_OK);
    ck_assert_int_eq(acrm__blind(&call, entity, F_client__secret, " ab 12 ", 7, &b), ACRM_OK);
    ck_assert_int_eq(acrm__blind(&call, entity, F_client__name, "AB-12", 5, &c), ACRM_OK);
    crypto_generichash(want, sizeof want, (const unsigned char *)message, sizeof message - 1,
                       w.engine->blind_key, 32);
    ck_assert_uint_eq(a.size, 16);
    ck_assert_mem_eq(a.data, want, 16);
    ck_assert(acrm__cell_equal(&a, &b));
    ck_assert(!acrm__cell_equal(&a, &c));
    ck_assert_int_eq(acrm__blind(&call, entity, F_client__secret, "--", 2, &a), ACRM_OK);
    ck_assert_int_eq(acrm__blind(&call, entity, F_client__secret, "++", 2, &b), ACRM_OK);
    ck_assert(!acrm__cell_equal(&a, &b));
    end();
}
END_TEST

START_TEST(seal__finds_records_by_an_encrypted_field)
{
    char id[37];

    w = world_new(_i);
    world_create(w.system, "client.create", id, "{'name':'Ada','secret':'AB-12'}");
    world_do(w.system, "client.create", "{'name':'Bob','secret':'AB-13'}");
    acrm_value *out = world_call(w.system, "client.list", "{'where':{'secret':'ab 12'}}");
    ck_assert_uint_eq(acrm_value_count(acrm_value_get(out, "items")), 1);
    ck_assert_str_eq(world_text(out, "items.0.id"), id);
    ck_assert_str_eq(world_text(out, "items.0.secret"), "AB-12");
    ck_assert_ptr_null(world_at(out, "items.0.secret_hash"));
    acrm_value_free(out);
    world_free(&w);
}
END_TEST

/* --- Where the master key comes from --- */

static int32_t give_key(void *self, unsigned char key[32])
{
    memset(key, *(unsigned char *)self, 32);
    return ACRM_OK;
}

static int32_t give_none(void *self, unsigned char key[32])
{
    (void)self;
    (void)key;
    return ACRM_E_DENIED;
}

static void reopen(const acrm_keys *keys, int32_t want, const char *reason)
{
    const acrm_options options = { .struct_size = sizeof options, .keys = keys };
    acrm_engine *engine = NULL;
    acrm_error *error = NULL;

    int32_t st = acrm_open(w.path, &options, &engine, &error);
    ck_assert_msg(st == want, "%s", acrm_error_json(error));
    ck_assert_str_eq(acrm_error_reason(error), reason);
    acrm_error_free(error);
    acrm_close(engine);
}

START_TEST(seal__refuses_any_key_but_the_one_of_the_database)
{
    unsigned char one = 1, two = 2;
    const acrm_keys first = { .struct_size = sizeof first, .self = &one, .get = give_key };
    const acrm_keys second = { .struct_size = sizeof second, .self = &two, .get = give_key };
    const acrm_keys none = { .struct_size = sizeof none, .get = give_none };
    acrm_value *out;

    w = world_new(WORLD_SQLITE);
    world_do(w.system, "client.create", "{'name':'Ada','secret':'4711'}");
    out = world_call(w.system, "engine.info", "{}");
    ck_assert_str_eq(world_text(out, "keys"), "database");
    acrm_value_free(out);
    world_close(&w);
    reopen(&first, ACRM_E_INVALID, "keys");
    reopen(NULL, ACRM_OK, "");
    world_remove(&w);
    world_open(&w, w.path, &first);
    world_do(w.system, "client.create", "{'name':'Ada','secret':'4711'}");
    out = world_call(w.system, "engine.info", "{}");
    ck_assert_str_eq(world_text(out, "keys"), "provider");
    acrm_value_free(out);
    world_close(&w);
    reopen(&second, ACRM_E_INVALID, "keys");
    reopen(NULL, ACRM_E_INVALID, "keys");
    reopen(&none, ACRM_E_DENIED, "keys");
    reopen(&first, ACRM_OK, "");
    world_remove(&w);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *s = suite_create("seal");
    TCase *t = tcase_create("seal");

    tcase_add_loop_test(t, seal__opens_what_it_sealed_and_only_there, 0, WORLD_STORAGES);
    tcase_add_loop_test(t, seal__never_gives_the_same_bytes_twice, 0, WORLD_STORAGES);
    tcase_add_loop_test(t, seal__takes_empty_text_too, 0, WORLD_STORAGES);
    tcase_add_loop_test(t, seal__gives_each_customer_a_key_that_can_be_erased, 0, WORLD_STORAGES);
    tcase_add_loop_test(t, seal__makes_no_key_for_a_customer_erased_before_the_first, 0,
                        WORLD_STORAGES);
    tcase_add_loop_test(t, seal__keeps_more_keys_than_its_cache_has_room_for, 0, WORLD_STORAGES);
    tcase_add_loop_test(t, seal__blind_index_is_the_keyed_hash_of_the_folded_text, 0,
                        WORLD_STORAGES);
    tcase_add_loop_test(t, seal__finds_records_by_an_encrypted_field, 0, WORLD_STORAGES);
    tcase_add_test(t, seal__refuses_any_key_but_the_one_of_the_database);
    suite_add_tcase(s, t);
    return s;
}

ACRM_TEST_MAIN(make_suite)
