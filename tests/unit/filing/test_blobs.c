/* SPDX-License-Identifier: MIT */
/* Content behind the blob port: what was changed is told, what failed is gone, what was erased is
 * unreadable, and what goes over to another customer goes on. */
#include "kernel/inside.h"
#include "modules/filing/entities.h"
#include "support/under.h"
#include "unit/filing/filing_world.h"

/* --- A port that keeps a few blobs in memory, and fails when it is told to --- */

enum { SHELF_BLOBS = 8, SHELF_BYTES = 400000 };

typedef struct shelf_blob {
    char key[ACRM_BLOB_KEY_CHARS + 1]; /* empty: free */
    bool kept;
    size_t len;
    unsigned char bytes[SHELF_BYTES];
} shelf_blob;

static shelf_blob shelf[SHELF_BLOBS];
static long shelf_calls, shelf_fail_at; /* the call that fails, from 1; 0: none */

static int32_t shelf_turn(void)
{
    return ++shelf_calls == shelf_fail_at ? ACRM_E_FULL : ACRM_OK;
}

static shelf_blob *shelf_find(const char *key)
{
    for (int i = 0; i < SHELF_BLOBS; i++)
        if (strcmp(shelf[i].key, key) == 0)
            return &shelf[i];
    return NULL;
}

static int32_t shelf_create(void *self, const char *key, void **writer)
{
    (void)self;
    if (shelf_turn() != ACRM_OK)
        return ACRM_E_FULL;
    ck_assert_uint_eq(strlen(key), ACRM_BLOB_KEY_CHARS);
    ck_assert_ptr_null(shelf_find(key));
    shelf_blob *blob = shelf_find("");
    ck_assert_ptr_nonnull(blob);
    *blob = (shelf_blob){ .len = 0 };
    memcpy(blob->key, key, sizeof blob->key);
    *writer = blob;
    return ACRM_OK;
}

static int32_t shelf_append(void *writer, const void *bytes, size_t len)
{
    shelf_blob *blob = writer;

    if (shelf_turn() != ACRM_OK)
        return ACRM_E_FULL;
    ck_assert_uint_le(blob->len + len, SHELF_BYTES);
    memcpy(blob->bytes + blob->len, bytes, len);
    blob->len += len;
    return ACRM_OK;
}

static int32_t shelf_commit(void *writer)
{
    shelf_blob *blob = writer;
    int32_t st = shelf_turn();

    blob->kept = st == ACRM_OK;
    if (st != ACRM_OK)
        blob->key[0] = '\0';
    return st;
}

static void shelf_abort(void *writer)
{
    ((shelf_blob *)writer)->key[0] = '\0';
}

static int64_t shelf_read(void *self, const char *key, uint64_t offset, void *buf, size_t cap)
{
    const shelf_blob *blob = shelf_find(key);

    (void)self;
    if (shelf_turn() != ACRM_OK)
        return ACRM_E_FULL;
    if (!blob)
        return ACRM_E_NOTFOUND;
    size_t n = offset < blob->len ? blob->len - (size_t)offset : 0;
    if (n > cap)
        n = cap;
    if (n > 5000) /* a port may give less than was asked for */
        n = 5000;
    memcpy(buf, blob->bytes + offset, n);
    return (int64_t)n;
}

static int32_t shelf_remove(void *self, const char *key)
{
    shelf_blob *blob = shelf_find(key);

    (void)self;
    if (blob)
        blob->key[0] = '\0';
    return ACRM_OK;
}

static int shelf_count(void)
{
    int n = 0;

    for (int i = 0; i < SHELF_BLOBS; i++)
        n += shelf[i].key[0] != '\0';
    return n;
}

static const acrm_blobs shelf_port = {
    .struct_size = sizeof(acrm_blobs), .create = shelf_create, .append = shelf_append,
    .commit = shelf_commit, .abort_ = shelf_abort, .read = shelf_read, .remove = shelf_remove,
};

static void shelf_open(office *o)
{
    const acrm_options options = { .struct_size = sizeof options, .blobs = &shelf_port };

    memset(shelf, 0, sizeof shelf);
    shelf_calls = shelf_fail_at = 0;
    snprintf(o->path, sizeof o->path, "memory:");
    ck_assert_int_eq(acrm_open(o->path, &options, &o->engine, NULL), ACRM_OK);
    ck_assert_int_eq(acrm_session_new(o->engine, "system", &o->session, NULL), ACRM_OK);
}

/* --- Input and output --- */

static size_t stream_left, stream_got;

static int64_t stream_read(void *user, void *dst, size_t cap)
{
    size_t n = stream_left < cap ? stream_left : cap;

    (void)user;
    memset(dst, 'x', n);
    stream_left -= n;
    return (int64_t)n;
}

static int32_t stream_write(void *user, const void *bytes, size_t len)
{
    (void)user, (void)bytes;
    stream_got += len;
    return ACRM_OK;
}

static int32_t stream_add(office *o, const filing_id subject, size_t len, const char *more,
                          filing_id id)
{
    const char *args = filing_args("{'id':'%s','file_name':'x.txt'%s}", subject, more);
    acrm_value *in = NULL, *out = NULL;

    stream_left = len;
    ck_assert_int_eq(acrm_value_parse(NULL, args, strlen(args), &in, NULL), ACRM_OK);
    acrm_session_set_input(o->session, stream_read, NULL);
    int32_t st = acrm_call(o->session, "attachment.add", in, &out, NULL);
    acrm_session_set_input(o->session, NULL, NULL);
    if (st == ACRM_OK)
        snprintf(id, sizeof(filing_id), "%s", office_text(out, "id"));
    acrm_value_free(in);
    acrm_value_free(out);
    return st;
}

static int32_t stream_back(office *o, const filing_id id)
{
    const char *args = filing_args("{'id':'%s'}", id);

    stream_got = 0;
    acrm_session_set_output(o->session, stream_write, NULL);
    int32_t st = acrm_call_json(o->session, "attachment.read", args, strlen(args), NULL, NULL);
    acrm_session_set_output(o->session, NULL, NULL);
    return st;
}

static bool stream_verifies(office *o, const filing_id id)
{
    acrm_value *out = office_call(o, "attachment.verify", filing_args("{'id':'%s'}", id));
    bool ok = acrm_value_bool(acrm_value_get(out, "ok")) != 0;

    ck_assert_int_eq(ok, office_text(out, "fault") == NULL);
    acrm_value_free(out);
    return ok;
}

/* --- Tests --- */

START_TEST(blob__any_change_from_outside_is_told)
{
    office o;
    filing_id customer, id;
    enum { LEN = 3 * 65536 + 100, ROW = 65536 + 17 };
    static unsigned char whole[SHELF_BYTES];
    shelf_open(&o);
    filing_make(&o, "customer.create", "{\"name\":\"Ada\"}", customer);
    ck_assert_int_eq(stream_add(&o, customer, LEN, "", id), ACRM_OK);
    shelf_blob *blob = &shelf[0];
    size_t len = blob->len;
    memcpy(whole, blob->bytes, len);
    ck_assert(stream_verifies(&o, id));
    ck_assert_int_eq(stream_back(&o, id), ACRM_OK);
    ck_assert_uint_eq(stream_got, LEN);
    for (size_t at = 0; at + 8 <= len; at++) /* nothing is in the clear */
        ck_assert(memcmp(blob->bytes + at, "xxxxxxxx", 8) != 0);

    for (size_t at = 0; at < len; at += len / 23) { /* a bit of every part */
        blob->bytes[at] ^= 1;
        ck_assert(!stream_verifies(&o, id));
        ck_assert_int_eq(stream_back(&o, id), ACRM_E_CORRUPT);
        blob->bytes[at] ^= 1;
    }
    const size_t cuts[] = { 0, 10, 24, 24 + ROW, 24 + 3 * ROW, len - 1 };
    for (size_t i = 0; i < sizeof cuts / sizeof cuts[0]; i++) {
        blob->len = cuts[i];
        ck_assert(!stream_verifies(&o, id));
    }
    blob->len = len; /* two pieces change places */
    memcpy(blob->bytes + 24, whole + 24 + ROW, ROW);
    memcpy(blob->bytes + 24 + ROW, whole + 24, ROW);
    ck_assert(!stream_verifies(&o, id));
    memcpy(blob->bytes, whole, len);
    ck_assert(stream_verifies(&o, id));
    blob->key[0] = '\0'; /* gone altogether */
    ck_assert(!stream_verifies(&o, id));
    office_close(&o);
}
END_TEST

START_TEST(blob__each_failure_of_the_port_leaves_nothing)
{
    office o;
    filing_id customer, id = "";
    int32_t st = ACRM_E_FULL;
    shelf_open(&o);
    filing_make(&o, "customer.create", "{\"name\":\"Ada\"}", customer);
    for (long at = 1; st != ACRM_OK; at++) {
        shelf_calls = 0;
        shelf_fail_at = at;
        ck_assert_int_lt(at, 100);
        st = stream_add(&o, customer, 200000, "", id);
        ck_assert(st == ACRM_OK || st == ACRM_E_FULL);
        ck_assert_int_eq(shelf_count(), st == ACRM_OK);
        ck_assert_int_eq(office_count(&o, "attachment.count", "{}"), st == ACRM_OK);
    }
    st = ACRM_E_FULL;
    for (long at = 1; st != ACRM_OK; at++) {
        shelf_calls = 0;
        shelf_fail_at = at;
        ck_assert_int_lt(at, 1000);
        st = stream_back(&o, id);
        ck_assert(st == ACRM_OK || st == ACRM_E_FULL);
    }
    ck_assert_uint_eq(stream_got, 200000);
    office_close(&o);
}
END_TEST

START_TEST(blob__goes_with_its_transaction)
{
    office o;
    filing_id customer, id, same;
    shelf_open(&o);
    filing_make(&o, "customer.create", "{\"name\":\"Ada\"}", customer);
    ck_assert_int_eq(stream_add(&o, customer, 100000, ",'dry_run':true", id), ACRM_OK);
    ck_assert_int_eq(shelf_count(), 0);
    ck_assert_int_eq(stream_add(&o, customer, 100000, "", id), ACRM_OK);
    ck_assert_int_eq(stream_add(&o, customer, 100000, "", same), ACRM_OK);
    ck_assert_str_eq(id, same);
    ck_assert_int_eq(shelf_count(), 1);
    acrm_value_free(office_call(&o, "attachment.remove", filing_args("{'id':'%s','dry_run':true}",
                                                                     id)));
    ck_assert_int_eq(shelf_count(), 1);
    ck_assert(stream_verifies(&o, id));
    acrm_value_free(office_call(&o, "attachment.remove", filing_args("{'id':'%s'}", id)));
    ck_assert_int_eq(shelf_count(), 0);
    office_close(&o);
}
END_TEST

START_TEST(blob__a_port_that_is_not_whole_is_refused)
{
    acrm_blobs port = shelf_port;
    const acrm_options options = { .struct_size = sizeof options, .blobs = &port };
    acrm_engine *engine = NULL;

    port.remove = NULL;
    ck_assert_int_eq(acrm_open("memory:", &options, &engine, NULL), ACRM_E_INVALID);
    port = shelf_port;
    port.struct_size = 4;
    ck_assert_int_eq(acrm_open("memory:", &options, &engine, NULL), ACRM_E_INVALID);
}
END_TEST

/* --- Keys --- */

static void inside_begin(office *o, acrm__call *call)
{
    ck_assert_int_eq(acrm__session_enter(o->session, NULL), ACRM_OK);
    acrm__call_init(call, o->session, NULL);
    call->as_system = true;
    ck_assert_int_eq(acrm__transaction_begin(call, true), ACRM_OK);
    ck_assert_int_eq(acrm__chain_load(call), ACRM_OK);
}

static void inside_end(office *o, acrm__call *call)
{
    ck_assert_int_eq(acrm__transaction_commit(call), ACRM_OK);
    acrm__session_leave(o->session);
}

static void erase_key(office *o, const filing_id customer)
{
    acrm__call call;
    unsigned char id[16];

    ck_assert(acrm__uuid_parse(customer, 36, id));
    inside_begin(o, &call);
    ck_assert_int_eq(acrm__subject_erase(&call, id), ACRM_OK);
    inside_end(o, &call);
}

START_TEST(blob__is_unreadable_once_its_customer_was_erased)
{
    office o;
    filing_id customer, id;
    office_open(&o, _i);
    filing_make(&o, "customer.create", "{\"name\":\"Ada\"}", customer);
    ck_assert_int_eq(stream_add(&o, customer, 100000, "", id), ACRM_OK);
    ck_assert_int_eq(stream_back(&o, id), ACRM_OK);
    erase_key(&o, customer);
    ck_assert_int_eq(stream_back(&o, id), ACRM_E_NOTFOUND);
    ck_assert_uint_eq(stream_got, 0);
    office_refused(&o, "attachment.verify", filing_args("{'id':'%s'}", id), ACRM_E_NOTFOUND, "id",
                   "erased");
    ck_assert_int_eq(stream_add(&o, customer, 1000, "", id), ACRM_E_NOTFOUND);
    office_close(&o);
}
END_TEST

static int64_t rows_of(const office *o)
{
    return under_do(o->path, "SELECT count(*) FROM acrm_blob");
}

START_TEST(blob__erasing_a_person_takes_the_content_away)
{
    office o;
    filing_id customer, other, id, kept;
    office_open(&o, OFFICE_SQLITE);
    filing_make(&o, "customer.create", "{\"name\":\"Ada\"}", customer);
    filing_make(&o, "customer.create", "{\"name\":\"Ben\"}", other);
    ck_assert_int_eq(stream_add(&o, customer, 100000, "", id), ACRM_OK);
    ck_assert_int_eq(stream_add(&o, other, 100000, "", kept), ACRM_OK);
    ck_assert_int_eq(rows_of(&o), 6);
    acrm_value_free(office_call(&o, "privacy.erase", filing_args("{'customer_id':'%s','reason':"
        "'asked','basis':'GDPR 17'}", customer)));
    ck_assert_int_eq(rows_of(&o), 3);
    office_refused(&o, "attachment.read", filing_args("{'id':'%s'}", id), ACRM_E_NOTFOUND, "id",
                   "erased");
    ck_assert_int_eq(stream_back(&o, kept), ACRM_OK);
    office_close(&o);
}
END_TEST

/* As the merge does it: the file, and the tags that both had. */
START_TEST(blob__customers_that_are_merged_keep_their_files)
{
    office o;
    filing_id to, from, id;
    office_open(&o, _i);
    filing_make(&o, "customer.create", "{\"name\":\"Ada\"}", to);
    filing_make(&o, "customer.create", "{\"name\":\"Ada E.\"}", from);
    ck_assert_int_eq(stream_add(&o, from, 100000, "", id), ACRM_OK);
    for (int i = 0; i < 2; i++)
        acrm_value_free(office_call(&o, "tag.add", filing_args("{'id':'%s','names':['vip'%s],"
            "'create':true}", i ? from : to, i ? ",'loyal'" : "")));
    acrm_value_free(office_call(&o, "note.create", filing_args("{'subject_id':'%s','text':'x'}",
                                                               from)));
    acrm_value_free(office_call(&o, "consent.give", filing_args("{'customer_id':'%s','purpose':"
        "'marketing','channel':'sms'}", from)));
    acrm_value_free(office_call(&o, "customer.merge", filing_args("{'id':'%s','others':['%s']}",
                                                                  to, from)));
    ck_assert_int_eq(stream_back(&o, id), ACRM_OK);
    ck_assert_uint_eq(stream_got, 100000);
    ck_assert_uint_eq(filing_items(&o, "tag.list_for", filing_args("{'id':'%s'}", to), "items"),
                      2);
    acrm_value *out = office_call(&o, "customer.view360", filing_args("{'id':'%s'}", to));
    const acrm_value *related = acrm_value_get(out, "related");
    ck_assert_int_eq(office_number(acrm_value_get(related, "attachments"), "count"), 1);
    ck_assert_int_eq(office_number(acrm_value_get(related, "filed_notes"), "count"), 1);
    acrm_value_free(out);
    out = office_call(&o, "consent.check", filing_args("{'customer_id':'%s','purpose':"
                                                       "'marketing','channel':'sms'}", to));
    ck_assert_int_eq(acrm_value_bool(acrm_value_get(out, "allowed")), 1);
    acrm_value_free(out);
    office_close(&o);
}
END_TEST

START_TEST(blob__goes_over_to_another_customer)
{
    office o;
    filing_id from, to, id;
    acrm__call call;
    acrm__rec *rec = NULL;
    unsigned char attachment[16], customer[16];
    office_open(&o, _i);
    filing_make(&o, "customer.create", "{\"name\":\"Ada\"}", from);
    filing_make(&o, "customer.create", "{\"name\":\"Ada E.\"}", to);
    ck_assert_int_eq(stream_add(&o, from, 100000, "", id), ACRM_OK);
    ck_assert(acrm__uuid_parse(id, 36, attachment));
    ck_assert(acrm__uuid_parse(to, 36, customer));
    inside_begin(&o, &call);
    ck_assert_int_eq(acrm__load(&call, "attachment", attachment, NULL, &rec), ACRM_OK);
    acrm__set(rec, F_attachment__customer_id, acrm__cell_id(customer));
    ck_assert_int_eq(acrm__update(&call, rec), ACRM_OK);
    inside_end(&o, &call);
    erase_key(&o, from);
    ck_assert_int_eq(stream_back(&o, id), ACRM_OK);
    ck_assert_uint_eq(stream_got, 100000);
    erase_key(&o, to);
    ck_assert_int_eq(stream_back(&o, id), ACRM_E_NOTFOUND);
    office_close(&o);
}
END_TEST

START_TEST(blob__a_row_that_is_missing_is_told)
{
    static const char *const damages[] = {
        "DELETE FROM acrm_blob WHERE name LIKE '%/00000000'",
        "DELETE FROM acrm_blob WHERE name LIKE '%/00000002'",
        "UPDATE acrm_blob SET bytes = (SELECT bytes FROM acrm_blob WHERE name LIKE '%/00000000') "
        "WHERE name LIKE '%/00000001'",
    };
    for (size_t i = 0; i < sizeof damages / sizeof damages[0]; i++) {
        office o;
        filing_id customer, id;
        office_open(&o, OFFICE_SQLITE);
        filing_make(&o, "customer.create", "{\"name\":\"Ada\"}", customer);
        ck_assert_int_eq(stream_add(&o, customer, 100000, "", id), ACRM_OK);
        ck_assert_int_eq(under_do(o.path, damages[i]), 1);
        ck_assert(!stream_verifies(&o, id));
        ck_assert_int_eq(stream_back(&o, id), ACRM_E_CORRUPT);
        office_close(&o);
    }
}
END_TEST

START_TEST(blob__what_was_removed_leaves_no_row)
{
    office o;
    filing_id customer, id;
    office_open(&o, OFFICE_SQLITE);
    filing_make(&o, "customer.create", "{\"name\":\"Ada\"}", customer);
    ck_assert_int_eq(stream_add(&o, customer, 200000, "", id), ACRM_OK);
    ck_assert_int_eq(stream_add(&o, customer, 200000, "", id), ACRM_OK); /* the same again */
    acrm_value_free(office_call(&o, "attachment.remove", filing_args("{'id':'%s'}", id)));
    ck_assert_int_eq(rows_of(&o), 0);
    office_close(&o);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *s = suite_create("blobs");
    TCase *t = tcase_create("blobs");

    tcase_add_test(t, blob__any_change_from_outside_is_told);
    tcase_add_test(t, blob__each_failure_of_the_port_leaves_nothing);
    tcase_add_test(t, blob__goes_with_its_transaction);
    tcase_add_test(t, blob__a_port_that_is_not_whole_is_refused);
    tcase_add_loop_test(t, blob__is_unreadable_once_its_customer_was_erased, 0, OFFICE_STORAGES);
    tcase_add_loop_test(t, blob__goes_over_to_another_customer, 0, OFFICE_STORAGES);
    tcase_add_test(t, blob__erasing_a_person_takes_the_content_away);
    tcase_add_loop_test(t, blob__customers_that_are_merged_keep_their_files, 0, OFFICE_STORAGES);
    tcase_add_test(t, blob__a_row_that_is_missing_is_told);
    tcase_add_test(t, blob__what_was_removed_leaves_no_row);
    suite_add_tcase(s, t);
    return s;
}

ACRM_TEST_MAIN(make_suite)
