/* SPDX-License-Identifier: MIT */
/* Attachments: whole and encrypted, or not there at all. */
#include "unit/filing/filing_world.h"

#include <sodium.h>

enum { FILE_MAX = 300000 };

/* A file to be read piece by piece; it may break off. */
typedef struct file_source {
    unsigned char bytes[FILE_MAX];
    size_t len, at, piece;
    size_t fail_at; /* 0: never */
} file_source;

static file_source file_in;

static int64_t file_read(void *user, void *dst, size_t cap)
{
    file_source *f = user;
    size_t n = f->len - f->at;

    if (f->fail_at && f->at >= f->fail_at)
        return ACRM_E_STORE;
    if (n > cap)
        n = cap;
    if (n > f->piece)
        n = f->piece;
    memcpy(dst, f->bytes + f->at, n);
    f->at += n;
    return (int64_t)n;
}

/* Content that repeats for one seed, and looks like nothing. */
static void file_make(size_t len, unsigned char seed)
{
    unsigned char key[randombytes_SEEDBYTES] = { seed, 1, 2, 3 };

    file_in = (file_source){ .len = len, .piece = 1000 };
    randombytes_buf_deterministic(file_in.bytes, len, key);
    file_in.bytes[0] = 0;
}

typedef struct file_sink {
    unsigned char bytes[FILE_MAX];
    size_t len;
    int32_t answer;
} file_sink;

static file_sink file_out;

static int32_t file_write(void *user, const void *bytes, size_t len)
{
    file_sink *f = user;

    if (f->answer != ACRM_OK)
        return f->answer;
    ck_assert_uint_le(f->len + len, FILE_MAX);
    memcpy(f->bytes + f->len, bytes, len);
    f->len += len;
    return ACRM_OK;
}

/* Add what file_in holds. */
static acrm_value *file_add(office *o, const filing_id id, const char *more)
{
    acrm_session_set_input(o->session, file_read, &file_in);
    acrm_value *out = office_call(o, "attachment.add", filing_args("{'id':'%s'%s}", id, more));
    acrm_session_set_input(o->session, NULL, NULL);
    return out;
}

static void file_refused(office *o, const filing_id id, const char *more, int32_t status,
                         const char *field, const char *reason)
{
    acrm_session_set_input(o->session, file_read, &file_in);
    office_refused(o, "attachment.add", filing_args("{'id':'%s'%s}", id, more), status, field,
                   reason);
    acrm_session_set_input(o->session, NULL, NULL);
}

static void file_same(office *o, const char *id)
{
    file_out = (file_sink){ .answer = ACRM_OK };
    acrm_session_set_output(o->session, file_write, &file_out);
    acrm_value *out = office_call(o, "attachment.read", filing_args("{'id':'%s'}", id));
    acrm_session_set_output(o->session, NULL, NULL);
    ck_assert_int_eq(office_number(out, "size"), (int64_t)file_in.len);
    ck_assert_ptr_null(acrm_value_get(out, "data"));
    ck_assert_uint_eq(file_out.len, file_in.len);
    ck_assert(memcmp(file_out.bytes, file_in.bytes, file_in.len) == 0);
    acrm_value_free(out);
}

/* --- Added and read --- */

START_TEST(attachment__comes_back_as_it_was)
{
    static const size_t sizes[] = { 1, 2, 65535, 65536, 65537, 131072, 200000 };
    office o;
    filing_staff staff;
    unsigned char hash[32];
    char hex[65];
    office_open(&o, _i);
    filing_staff_make(&o, &staff);
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        file_make(sizes[i], (unsigned char)i);
        acrm_value *out = file_add(&o, staff.customer, ",'file_name':'scan.bin'");
        crypto_hash_sha256(hash, file_in.bytes, file_in.len);
        sodium_bin2hex(hex, sizeof hex, hash, sizeof hash);
        ck_assert_int_eq(office_number(out, "size"), (int64_t)sizes[i]);
        ck_assert_str_eq(office_text(out, "sha256"), hex);
        ck_assert_str_eq(office_text(out, "media_type"), "application/octet-stream");
        ck_assert_ptr_null(acrm_value_get(out, "file_key"));
        file_same(&o, office_text(out, "id"));
        acrm_value *seen = office_call(&o, "attachment.verify",
                                       filing_args("{'id':'%s'}", office_text(out, "id")));
        ck_assert_int_eq(acrm_value_bool(acrm_value_get(seen, "ok")), 1);
        acrm_value_free(seen);
        acrm_value_free(out);
    }
    ck_assert_int_eq(office_count(&o, "attachment.count", "{}"), 7);
    office_close(&o);
}
END_TEST

START_TEST(attachment__small_ones_go_through_arguments_and_results)
{
    office o;
    filing_staff staff;
    office_open(&o, _i);
    filing_staff_make(&o, &staff);
    acrm_value *out = office_call(&o, "attachment.add", filing_args(
        "{'entity':'dealer','id':'%s','file_name':'hello.txt','data':'aGVsbG8='}", staff.north));
    ck_assert_str_eq(office_text(out, "media_type"), "text/plain");
    acrm_value *back = office_call(&o, "attachment.read", filing_args("{'id':'%s'}",
                                                                      office_text(out, "id")));
    ck_assert_int_eq(acrm_value_type(acrm_value_get(back, "data")), ACRM_BYTES);
    ck_assert_str_eq(office_text(back, "data"), "hello");
    ck_assert_str_eq(office_text(back, "file_name"), "hello.txt");
    acrm_value_free(back);
    acrm_buf *json = NULL;
    const char *args = filing_args("{'id':'%s'}", office_text(out, "id"));
    ck_assert_int_eq(acrm_call_json(o.session, "attachment.read", args, strlen(args), &json, NULL),
                     ACRM_OK);
    ck_assert_ptr_nonnull(strstr(acrm_buf_data(json), "\"data\":\"aGVsbG8=\""));
    acrm_buf_free(json);
    acrm_value_free(out);

    acrm_value *in = NULL; /* a caller in C has bytes, not base64 */
    ck_assert_int_eq(acrm_value_parse(NULL, args, strlen(args), &in, NULL), ACRM_OK);
    acrm_value_set_text(acrm_value_put(in, "id"), staff.customer, strlen(staff.customer));
    acrm_value_set_text(acrm_value_put(in, "file_name"), "x", 1);
    acrm_value_set_bytes(acrm_value_put(in, "data"), "\1\0\2", 3);
    ck_assert_int_eq(acrm_call(o.session, "attachment.add", in, &out, NULL), ACRM_OK);
    ck_assert_int_eq(office_number(out, "size"), 3);
    acrm_value_free(in);
    acrm_value_free(out);
    office_refused(&o, "attachment.add", filing_args("{'id':'%s','file_name':'x','data':'#'}",
                   staff.customer), ACRM_E_INVALID, "data", "format");
    office_close(&o);
}
END_TEST

START_TEST(attachment__the_same_content_is_kept_once)
{
    office o;
    filing_staff staff;
    office_open(&o, _i);
    filing_staff_make(&o, &staff);
    file_make(100000, 1);
    acrm_value *first = file_add(&o, staff.customer, ",'file_name':'a.bin'");
    file_in.at = 0;
    acrm_value *second = file_add(&o, staff.customer, ",'file_name':'b.bin'");
    ck_assert_int_eq(acrm_value_bool(acrm_value_get(first, "duplicate")), 0);
    ck_assert_int_eq(acrm_value_bool(acrm_value_get(second, "duplicate")), 1);
    ck_assert_str_eq(office_text(first, "id"), office_text(second, "id"));
    file_in.at = 0;
    acrm_value *other = file_add(&o, staff.other, ",'file_name':'a.bin'");
    ck_assert_int_eq(acrm_value_bool(acrm_value_get(other, "duplicate")), 0);
    file_same(&o, office_text(first, "id"));
    file_same(&o, office_text(other, "id"));
    acrm_value_free(first);
    acrm_value_free(second);
    acrm_value_free(other);
    office_close(&o);
}
END_TEST

START_TEST(attachment__is_removed_for_good)
{
    office o;
    filing_staff staff;
    office_open(&o, _i);
    filing_staff_make(&o, &staff);
    file_make(100000, 1);
    acrm_value *out = file_add(&o, staff.customer, ",'file_name':'a.bin'");
    const char *id = office_text(out, "id");
    acrm_value_free(office_call(&o, "attachment.remove", filing_args("{'id':'%s','reason':'x'}",
                                                                     id)));
    office_refused(&o, "attachment.read", filing_args("{'id':'%s'}", id), ACRM_E_NOTFOUND, "id",
                   "reference");
    office_refused(&o, "attachment.remove", filing_args("{'id':'%s'}", id), ACRM_E_NOTFOUND, "id",
                   "reference");
    ck_assert_int_eq(office_count(&o, "attachment.count", "{\"deleted\":\"only\"}"), 1);
    file_in.at = 0; /* the same content may come again */
    acrm_value *again = file_add(&o, staff.customer, ",'file_name':'a.bin'");
    ck_assert_int_eq(acrm_value_bool(acrm_value_get(again, "duplicate")), 0);
    acrm_value_free(again);
    acrm_value_free(out);
    office_close(&o);
}
END_TEST

/* --- Refused --- */

static const struct {
    const char *name, *reason;
} name_cases[] = {
    { "../../etc/passwd", "path" },
    { "a/b.txt", "path" },
    { "..\\\\b.txt", "path" },
    { "C:autoexec.bat", "path" },
    { "", "required" },
    { ".", "reserved" },
    { "..", "reserved" },
    { "CON", "reserved" },
    { "nul.txt", "reserved" },
    { "com7.tar.gz", "reserved" },
    { "Lpt1 .txt", "reserved" },
    { "a\\u0007b.txt", "control" },
    { "a\\u0085b.txt", "control" },
    { "photo\\u202egnp.exe", "control" },
    { "photo\\u2066x.exe", "control" },
    { "what?.txt", "format" },
    { "a*", "format" },
    { " a", "format" },
    { "a ", "format" },
    { "a.", "format" },
};

START_TEST(attachment__names_that_mean_something_else_are_refused)
{
    static const char *const good[] = { "console.txt", "com.txt", "a b (1).txt", ".profile",
                                        "\xd8\xb9\xda\xa9\xd8\xb3.jpg", "COM10", "x" };
    office o;
    filing_staff staff;
    char more[600], longest[300];
    office_open(&o, OFFICE_MEMORY);
    filing_staff_make(&o, &staff);
    for (size_t i = 0; i < sizeof name_cases / sizeof name_cases[0]; i++) {
        snprintf(more, sizeof more, ",'data':'aGVsbG8=','file_name':'%s'", name_cases[i].name);
        file_refused(&o, staff.customer, more, ACRM_E_INVALID, "file_name",
                     name_cases[i].reason);
    }
    memset(longest, 'a', 256);
    longest[256] = '\0';
    snprintf(more, sizeof more, ",'data':'aGVsbG8=','file_name':'%s'", longest);
    file_refused(&o, staff.customer, more, ACRM_E_INVALID, "file_name", "too_long");
    ck_assert_int_eq(office_count(&o, "attachment.count", "{}"), 0);
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        snprintf(more, sizeof more, ",'data':'aGVsbG8=','file_name':'%s'", good[i]);
        acrm_value *out = file_add(&o, staff.customer, more);
        if (i == 0) { /* renamed, the rules are the same */
            office_refused(&o, "attachment.update", filing_args("{'id':'%s','version':1,"
                           "'file_name':'a/b'}", office_text(out, "id")), ACRM_E_INVALID,
                           "file_name", "path");
            office_refused(&o, "attachment.update", filing_args("{'id':'%s','version':1,"
                           "'size':1}", office_text(out, "id")), ACRM_E_INVALID, "size",
                           "read_only");
        }
        acrm_value_free(out);
    }
    office_close(&o);
}
END_TEST

static const struct {
    const char *said, *name, *head;
    size_t len;
    const char *type; /* NULL: refused */
} type_cases[] = {
    { NULL, "x", "%PDF-1.7\n", 9, "application/pdf" },
    { NULL, "x.txt", "%PDF-1.7\n", 9, "application/pdf" },
    { "image/png", "x", "\x89PNG\r\n\x1a\n....", 12, "image/png" },
    { "image/png", "x.png", "\xff\xd8\xff\xe0....", 8, NULL },
    { "image/jpeg", "x.png", "\xff\xd8\xff\xe0....", 8, "image/jpeg" },
    { "text/plain", "x.txt", "MZ\x90\0\3\0\0\0", 8, NULL },
    { "text/plain", "x.txt", "a\0b", 3, NULL },
    { "text/markdown", "x.md", "# a", 3, "text/markdown" },
    { "application/pdf", "x.pdf", "\x7f" "ELF\2\1\1\0", 8, NULL },
    { NULL, "x.docx", "PK\3\4....", 8,
      "application/vnd.openxmlformats-officedocument.wordprocessingml.document" },
    { NULL, "X.DOCX", "hello", 5, "text/plain" },
    { NULL, "x.csv", "a;b\n", 4, "text/csv" },
    { "application/x-own", "x", "\0\1\2", 3, "application/x-own" },
    { NULL, "x.heic", "\0\0\0\x18" "ftypheic", 12, "image/heic" },
    { NULL, "x", "RIFF\0\0\0\0WEBP", 12, "image/webp" },
};

START_TEST(attachment__the_type_is_that_of_the_content)
{
    office o;
    filing_staff staff;
    char more[200];
    office_open(&o, OFFICE_MEMORY);
    filing_staff_make(&o, &staff);
    for (size_t i = 0; i < sizeof type_cases / sizeof type_cases[0]; i++) {
        file_make(0, 0);
        memcpy(file_in.bytes, type_cases[i].head, type_cases[i].len);
        file_in.len = type_cases[i].len;
        file_in.bytes[file_in.len++] = (unsigned char)('A' + i); /* each its own content */
        snprintf(more, sizeof more, ",'file_name':'%s'%s%s%s", type_cases[i].name,
                 type_cases[i].said ? ",'media_type':'" : "",
                 type_cases[i].said ? type_cases[i].said : "", type_cases[i].said ? "'" : "");
        if (!type_cases[i].type) {
            file_refused(&o, staff.customer, more, ACRM_E_INVALID, "media_type", "content");
            continue;
        }
        acrm_value *out = file_add(&o, staff.customer, more);
        ck_assert_str_eq(office_text(out, "media_type"), type_cases[i].type);
        acrm_value_free(out);
    }
    file_make(9, 9);
    file_refused(&o, staff.customer, ",'file_name':'x','media_type':'Image/PNG'", ACRM_E_INVALID,
                 "media_type", "format");
    file_refused(&o, staff.customer, ",'file_name':'x','media_type':'image'", ACRM_E_INVALID,
                 "media_type", "format");
    office_close(&o);
}
END_TEST

START_TEST(attachment__limits_are_data)
{
    office o;
    filing_staff staff;
    office_open(&o, _i);
    filing_staff_make(&o, &staff);
    acrm_value_free(office_call(&o, "attachment_limit.create",
                                "{\"entity\":\"*\",\"file_max\":1000,\"total_max\":1500}"));
    acrm_value_free(office_call(&o, "attachment_limit.create",
                                "{\"entity\":\"dealer\",\"file_max\":10,\"total_max\":1500}"));
    office_refused(&o, "attachment_limit.create", "{\"entity\":\"ship\"}", ACRM_E_INVALID,
                   "entity", "unknown_entity");
    file_make(1001, 1);
    file_refused(&o, staff.customer, ",'file_name':'x'", ACRM_E_LIMIT, "file_name", "file_size");
    file_make(1000, 2);
    acrm_value_free(file_add(&o, staff.customer, ",'file_name':'x'"));
    file_make(501, 3);
    file_refused(&o, staff.customer, ",'file_name':'x'", ACRM_E_LIMIT, "file_name", "total_size");
    file_make(500, 4);
    acrm_value_free(file_add(&o, staff.customer, ",'file_name':'x'"));
    file_make(11, 5);
    file_refused(&o, staff.north, ",'entity':'dealer','file_name':'x'", ACRM_E_LIMIT, "file_name",
                 "file_size");
    file_make(0, 0);
    file_refused(&o, staff.customer, ",'file_name':'x'", ACRM_E_INVALID, "file_name", "empty");
    office_refused(&o, "attachment.add", filing_args("{'id':'%s','file_name':'x'}",
                   staff.customer), ACRM_E_INVALID, "", "required");
    ck_assert_int_eq(office_count(&o, "attachment.count", "{}"), 2);
    office_close(&o);
}
END_TEST

START_TEST(attachment__what_is_cut_short_leaves_nothing)
{
    office o;
    filing_staff staff;
    office_open(&o, _i);
    filing_staff_make(&o, &staff);
    for (size_t at = 1000; at <= 150000; at += 49666) {
        file_make(200000, 1);
        file_in.fail_at = at;
        file_refused(&o, staff.customer, ",'file_name':'x'", ACRM_E_STORE, "", "input");
    }
    ck_assert_int_eq(office_count(&o, "attachment.count", "{\"deleted\":\"with\"}"), 0);
    file_make(200000, 1);
    acrm_value *out = file_add(&o, staff.customer, ",'file_name':'x'");
    file_out = (file_sink){ .answer = ACRM_E_FULL };
    acrm_session_set_output(o.session, file_write, &file_out);
    office_refused(&o, "attachment.read", filing_args("{'id':'%s'}", office_text(out, "id")),
                   ACRM_E_FULL, "", "output");
    acrm_session_set_output(o.session, NULL, NULL);
    acrm_value_free(out);
    acrm_value_free(office_call(&o, "audit.verify", "{}"));
    office_close(&o);
}
END_TEST

/* --- Who sees it --- */

START_TEST(attachment__is_seen_by_whom_it_is_for)
{
    office o;
    filing_staff staff;
    filing_id role;
    office_open(&o, _i);
    filing_staff_make(&o, &staff);
    acrm_value *out = office_call(&o, "role.list", "{\"where\":{\"name\":\"customer\"}}");
    snprintf(role, sizeof role, "%s", office_text(acrm_value_at(acrm_value_get(out, "items"), 0),
                                                  "id"));
    acrm_value_free(out);
    acrm_value_free(office_call(&o, "role.update", filing_args("{'id':'%s','version':1,"
        "'permissions':['attachment.list','attachment.read','attachment.count']}", role)));
    office ann = filing_as(&o, "user", staff.ann), bob = filing_as(&o, "user", staff.bob);
    office ada = filing_as(&o, "customer", staff.customer);
    file_make(1000, 1);
    out = file_add(&ann, staff.customer, ",'file_name':'x','title':'Licence'");
    char id[40];
    snprintf(id, sizeof id, "%s", office_text(out, "id"));
    acrm_value_free(out);

    file_same(&ann, id);
    office_refused(&bob, "attachment.read", filing_args("{'id':'%s'}", id), ACRM_E_NOTFOUND, "id",
                   "reference");
    file_refused(&bob, staff.customer, ",'file_name':'x'", ACRM_E_NOTFOUND, "id", "reference");
    office_refused(&ada, "attachment.read", filing_args("{'id':'%s'}", id), ACRM_E_NOTFOUND, "id",
                   "reference");
    acrm_value_free(office_call(&ann, "attachment.update", filing_args("{'id':'%s','version':1,"
        "'visibility':'customer'}", id)));
    file_same(&ada, id);
    ck_assert_int_eq(office_count(&ada, "attachment.count", "{}"), 1);
    out = office_call(&ann, "customer.view360", filing_args("{'id':'%s'}", staff.customer));
    ck_assert_int_eq(office_number(acrm_value_get(acrm_value_get(out, "related"), "attachments"),
                                   "count"), 1);
    acrm_value_free(out);
    out = office_call(&ann, "customer.timeline", filing_args("{'id':'%s'}", staff.customer));
    ck_assert_uint_eq(acrm_value_count(acrm_value_get(out, "items")), 1);
    acrm_value_free(out);
    acrm_session_free(ann.session);
    acrm_session_free(bob.session);
    acrm_session_free(ada.session);
    office_close(&o);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *s = suite_create("attachments");
    TCase *t = tcase_create("attachments");

    tcase_add_loop_test(t, attachment__comes_back_as_it_was, 0, OFFICE_STORAGES);
    tcase_add_loop_test(t, attachment__small_ones_go_through_arguments_and_results, 0,
                        OFFICE_STORAGES);
    tcase_add_loop_test(t, attachment__the_same_content_is_kept_once, 0, OFFICE_STORAGES);
    tcase_add_loop_test(t, attachment__is_removed_for_good, 0, OFFICE_STORAGES);
    tcase_add_test(t, attachment__names_that_mean_something_else_are_refused);
    tcase_add_test(t, attachment__the_type_is_that_of_the_content);
    tcase_add_loop_test(t, attachment__limits_are_data, 0, OFFICE_STORAGES);
    tcase_add_loop_test(t, attachment__what_is_cut_short_leaves_nothing, 0, OFFICE_STORAGES);
    tcase_add_loop_test(t, attachment__is_seen_by_whom_it_is_for, 0, OFFICE_STORAGES);
    suite_add_tcase(s, t);
    return s;
}

ACRM_TEST_MAIN(make_suite)
