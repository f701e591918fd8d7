/* SPDX-License-Identifier: MIT */
/* Imports from end to end: every row has its outcome, nothing is lost, nothing happens twice. */
#include "autocrm/autocrm.h"
#include "support/office.h"
#include "support/suite.h"

#include <stdio.h>
#include <string.h>

typedef struct stream {
    const char *text;
    size_t len;
    size_t stop; /* fail after so many bytes; 0: never */
    size_t done;
} stream;

static int64_t stream_read(void *user, void *dst, size_t cap)
{
    stream *s = user;
    size_t n = s->len - s->done < cap ? s->len - s->done : cap;

    if (n > 700)
        n = 700; /* short reads, as sockets give them */
    if (s->stop && s->done + n > s->stop)
        return ACRM_E_INTERRUPTED;
    memcpy(dst, s->text + s->done, n);
    s->done += n;
    return (int64_t)n;
}

static acrm_value *office_import(office *o, const char *text, const char *source)
{
    stream s = { .text = text, .len = strlen(text) };
    char json[200];

    snprintf(json, sizeof json, "{\"source\":\"%s\",\"country\":\"IR\"}", source);
    acrm_session_set_input(o->session, stream_read, &s);
    return office_call(o, "import.run", json);
}

static void expect_counts(const acrm_value *out, int64_t rows, int64_t created, int64_t attached,
                          int64_t unchanged, int64_t rejected)
{
    ck_assert_int_eq(office_number(out, "rows"), rows);
    ck_assert_int_eq(office_number(out, "created"), created);
    ck_assert_int_eq(office_number(out, "attached"), attached);
    ck_assert_int_eq(office_number(out, "unchanged"), unchanged);
    ck_assert_int_eq(office_number(out, "rejected"), rejected);
}

static const char messy[] =
    "Name;Telefon;Modell;Datum;Wunschfarbe\n"
    "Test Person Eins;\xdb\xb0\xdb\xb9\xdb\xb1\xdb\xb2 "
    "\xdb\xb3\xdb\xb4\xdb\xb5 \xdb\xb6\xdb\xb7\xdb\xb8\xdb\xb9;X3;1404/08/30;blau\n"
    "Test Person Eins;+98 912 345 6789;X3;2026-11-20;blau\n"
    "Test Person Zwei;021 22334455;i4;no date;\n"
    ";;X5;;\n"
    "\"Test Person Drei;1;2\n"
    "Test Person Vier;0912 000 1111;i4;;\n"
    "Test Person Vier;0912 000 1111;i4;;\n";

START_TEST(import__gives_every_row_an_outcome)
{
    office o;
    office_open(&o, _i);
    acrm_value *out = office_import(&o, messy, "messy.csv");

    expect_counts(out, 7, 2, 1, 1, 3);
    acrm_value_free(out);
    ck_assert_int_eq(office_count(&o, "import_row.count", "{}"), 7);
    ck_assert_int_eq(office_count(&o, "lead.count", "{}"), 2);
    ck_assert_int_eq(office_count(&o, "customer.count", "{}"), 2);
    out = office_call(&o, "import_row.list",
                      "{\"where\":{\"outcome\":\"rejected\"},\"order\":[\"position\"]}");
    const acrm_value *items = acrm_value_get(out, "items");
    static const char *const want[][3] = {
        { "format", "Datum", "Test Person Zwei;021 22334455;i4;no date;" },
        { "required", "name", ";;X5;;" },
        { "quote", "Name", "\"Test Person Drei;1;2" },
    };
    for (size_t i = 0; i < 3; i++) {
        const acrm_value *row = acrm_value_at(items, i);
        ck_assert_str_eq(acrm_value_text(acrm_value_get(row, "reason"), NULL), want[i][0]);
        ck_assert_str_eq(acrm_value_text(acrm_value_get(row, "place"), NULL), want[i][1]);
        ck_assert_str_eq(acrm_value_text(acrm_value_get(row, "raw"), NULL), want[i][2]);
    }
    acrm_value_free(out);
    office_close(&o);
}
END_TEST

START_TEST(import__read_again_changes_nothing)
{
    office o;
    office_open(&o, _i);
    acrm_value_free(office_import(&o, messy, "messy.csv"));
    acrm_value *out = office_import(&o, messy, "messy.csv");

    expect_counts(out, 7, 0, 0, 4, 3);
    acrm_value_free(out);
    ck_assert_int_eq(office_count(&o, "lead.count", "{}"), 2);
    ck_assert_int_eq(office_count(&o, "contact_point.count", "{}"), 2);
    office_close(&o);
}
END_TEST

START_TEST(import__a_column_that_means_nothing_known_goes_into_the_comments)
{
    office o;
    office_open(&o, _i);
    acrm_value_free(office_import(&o, messy, "messy.csv"));
    acrm_value *out = office_call(&o, "lead.list", "{\"order\":[\"created_at\"],\"limit\":1}");
    const acrm_value *lead = acrm_value_at(acrm_value_get(out, "items"), 0);

    ck_assert_str_eq(acrm_value_text(acrm_value_get(lead, "comments"), NULL),
                     "Wunschfarbe: blau");
    ck_assert_str_eq(acrm_value_text(acrm_value_get(lead, "received_at"), NULL),
                     "2025-11-21T00:00:00Z");
    acrm_value_free(out);
    office_close(&o);
}
END_TEST

START_TEST(import__a_rejected_row_is_corrected_and_tried_again)
{
    office o;
    char json[300];

    office_open(&o, _i);
    acrm_value_free(office_import(&o, messy, "messy.csv"));
    acrm_value *rows = office_call(&o, "import_row.list",
        "{\"where\":{\"outcome\":\"rejected\"},\"order\":[\"position\"],\"limit\":1}");
    const acrm_value *row = acrm_value_at(acrm_value_get(rows, "items"), 0);
    const char *id = acrm_value_text(acrm_value_get(row, "id"), NULL);

    snprintf(json, sizeof json, "{\"id\":\"%s\"}", id);
    acrm_value *out = office_call(&o, "import.retry", json);
    ck_assert_str_eq(acrm_value_text(acrm_value_get(out, "outcome"), NULL), "rejected");
    acrm_value_free(out);
    snprintf(json, sizeof json, "{\"id\":\"%s\",\"raw\":\"Test Person Zwei;021 22334455;i4;"
             "2026-11-01;\"}", id);
    out = office_call(&o, "import.retry", json);
    ck_assert_str_eq(acrm_value_text(acrm_value_get(out, "outcome"), NULL), "created");
    acrm_value_free(out);
    snprintf(json, sizeof json, "{\"id\":\"%s\"}", id);
    out = office_call(&o, "import_row.get", json);
    ck_assert_str_eq(acrm_value_text(acrm_value_get(out, "outcome"), NULL), "corrected");
    ck_assert_int_eq(office_number(out, "attempts"), 3);
    acrm_value_free(out);
    acrm_value_free(rows);
    ck_assert_int_eq(office_count(&o, "lead.count", "{}"), 3);
    office_close(&o);
}
END_TEST

/* A file long enough for several steps, and longer than what is read ahead. */
static char *long_file(size_t rows)
{
    char *text = malloc(rows * 400 + 100);
    size_t len = (size_t)sprintf(text, "name,phone,model,id,notes\n");

    for (size_t i = 0; i < rows; i++)
        len += (size_t)sprintf(text + len, "Person Number%zu,0912%07zu,X%zu,N-%zu,%0300d\n", i, i,
                               i % 7, i, 0);
    return text;
}

START_TEST(import__cut_short_goes_on_where_it_stopped)
{
    office o;
    office_open(&o, _i);
    char *text = long_file(900);
    stream s = { .text = text, .len = strlen(text), .stop = strlen(text) * 2 / 3 };
    const char *args = "{\"source\":\"long.csv\",\"country\":\"IR\"}";
    acrm_error *err = NULL;

    acrm_session_set_input(o.session, stream_read, &s);
    ck_assert_int_eq(acrm_call_json(o.session, "import.run", args, strlen(args), NULL, &err),
                     ACRM_E_INTERRUPTED);
    acrm_error_free(err);
    int64_t before = office_count(&o, "lead.count", "{}");
    ck_assert_int_gt(before, 0);
    ck_assert_int_lt(before, 900);
    ck_assert_int_eq(office_count(&o, "import_job.count",
                                  "{\"where\":{\"status\":\"running\"}}"), 1);

    acrm_value *out = office_import(&o, text, "long.csv");
    expect_counts(out, 900, 900, 0, 0, 0);
    acrm_value_free(out);
    ck_assert_int_eq(office_count(&o, "lead.count", "{}"), 900);
    ck_assert_int_eq(office_count(&o, "import_row.count", "{}"), 900);
    ck_assert_int_eq(office_count(&o, "import_job.count", "{\"where\":{\"status\":\"done\"}}"), 1);
    out = office_call(&o, "audit.verify", "{}");
    ck_assert_int_eq(acrm_value_bool(acrm_value_get(out, "ok")), 1);
    acrm_value_free(out);
    free(text);
    office_close(&o);
}
END_TEST

START_TEST(import__without_input_or_with_an_empty_one_says_so)
{
    office o;
    office_open(&o, 0);
    acrm_error *err = NULL;
    stream empty = { .text = "", .len = 0 };
    const char *args = "{\"source\":\"none\"}";

    ck_assert_int_eq(acrm_call_json(o.session, "import.run", args, strlen(args), NULL, &err),
                     ACRM_E_INVALID);
    ck_assert_str_eq(acrm_error_reason(err), "required");
    acrm_error_free(err);
    err = NULL;
    acrm_session_set_input(o.session, stream_read, &empty);
    ck_assert_int_eq(acrm_call_json(o.session, "import.run", args, strlen(args), NULL, &err),
                     ACRM_E_INVALID);
    ck_assert_str_eq(acrm_error_reason(err), "empty");
    acrm_error_free(err);
    ck_assert_int_eq(office_count(&o, "import_job.count", "{}"), 0);
    office_close(&o);
}
END_TEST

#ifdef ACRM_HAVE_EXPAT
START_TEST(import__reads_adf_and_knows_a_resent_prospect)
{
    static const char first[] =
        "<?xml version=\"1.0\"?><?adf version=\"1.0\"?><adf><prospect>"
        "<id sequence=\"1\" source=\"portal\">77</id><requestdate>2026-11-01T10:00:00+01:00"
        "</requestdate><vehicle interest=\"buy\" status=\"new\"><year>2026</year><make>Fiat</make>"
        "<model>Panda</model></vehicle><customer><contact><name part=\"full\">Prova Cliente</name>"
        "<phone>+39 333 1234567</phone></contact></customer></prospect></adf>";
    office o;
    office_open(&o, _i);
    acrm_value *out = office_import(&o, first, "first.xml");

    expect_counts(out, 1, 1, 0, 0, 0);
    acrm_value_free(out);
    out = office_call(&o, "lead.list", "{}");
    const acrm_value *lead = acrm_value_at(acrm_value_get(out, "items"), 0);
    ck_assert_str_eq(acrm_value_text(acrm_value_get(lead, "external_id"), NULL), "77@portal");
    ck_assert_str_eq(acrm_value_text(acrm_value_get(lead, "make"), NULL), "Fiat");
    ck_assert_str_eq(acrm_value_text(acrm_value_get(lead, "received_at"), NULL),
                     "2026-11-01T09:00:00Z");
    acrm_value_free(out);
    out = office_import(&o, first, "first again.xml");
    ck_assert_int_eq(office_number(out, "created"), 0);
    acrm_value_free(out);
    out = office_import(&o, "<adf><prospect><customer>", "cut.xml");
    expect_counts(out, 1, 0, 0, 0, 1);
    acrm_value_free(out);
    ck_assert_int_eq(office_count(&o, "lead.count", "{}"), 1);
    office_close(&o);
}
END_TEST
#endif

static Suite *import_suite(void)
{
    Suite *suite = suite_create("import");
    TCase *tc = tcase_create("import");

    tcase_set_timeout(tc, 60);
    tcase_add_loop_test(tc, import__gives_every_row_an_outcome, 0, 2);
    tcase_add_loop_test(tc, import__read_again_changes_nothing, 0, 2);
    tcase_add_loop_test(tc, import__a_column_that_means_nothing_known_goes_into_the_comments, 0, 2);
    tcase_add_loop_test(tc, import__a_rejected_row_is_corrected_and_tried_again, 0, 2);
    tcase_add_loop_test(tc, import__cut_short_goes_on_where_it_stopped, 0, 2);
    tcase_add_test(tc, import__without_input_or_with_an_empty_one_says_so);
#ifdef ACRM_HAVE_EXPAT
    tcase_add_loop_test(tc, import__reads_adf_and_knows_a_resent_prospect, 0, 2);
#endif
    suite_add_tcase(suite, tc);
    return suite;
}

ACRM_TEST_MAIN(import_suite)
