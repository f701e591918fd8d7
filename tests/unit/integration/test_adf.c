/* SPDX-License-Identifier: MIT */
/* ADF documents: the outside truth in tests/data/adf, lenient and hostile ones, streams. */
#include "modules/integration/adf.h"

#include "base/json.h"
#include "modules/integration/adf_internal.h"
#include "source.h"
#include "support/alloc_fail.h"
#include "support/suite.h"
#include "support/vectors.h"

#include <strings.h>

#ifdef ACRM_HAVE_EXPAT

/* ---- a document as text: a line of JSON per prospect, "!reason@line" per fault ---- */

static int32_t show_file(acrm__str *out, const char *text, size_t len, size_t piece,
                         const acrm_allocator *port)
{
    source s = { .text = text, .len = len, .piece = piece };
    acrm__adf *adf = NULL;
    int32_t status = acrm__adf_new(port, source_read, &s, 210, &adf);
    uint64_t number = 0;

    acrm__str_init(out, NULL);
    while (status == ACRM_OK) {
        acrm__adf_item item;
        bool more = false;
        status = acrm__adf_next(adf, &item, &more);
        if (status != ACRM_OK || !more)
            break;
        ck_assert_uint_eq(item.number, ++number);
        ck_assert_int_eq(item.prospect == NULL, item.reason != NULL);
        if (item.prospect != NULL) {
            ck_assert_int_eq(strncasecmp(item.raw, "<prospect", 9), 0);
            acrm__json_write(out, item.prospect, 0);
        } else {
            ck_assert_ptr_nonnull(item.message);
            acrm__str_format(out, "!%s@%d", item.reason, (int)item.line);
            if (item.place[0] != '\0')
                acrm__str_format(out, " %s", item.place);
        }
        acrm__str_putc(out, '\n');
    }
    acrm__adf_free(adf);
    return status;
}

/* ---- tests/data/adf ---- */

static char *read_data(const char *file, size_t *len)
{
    char path[1024];

    snprintf(path, sizeof path, "%s/adf/%s", ACRM_TEST_DATA, file);
    FILE *in = fopen(path, "rb");
    ck_assert_msg(in != NULL, "%s", path);
    char *text = malloc(1 << 20);
    *len = fread(text, 1, 1 << 20, in);
    fclose(in);
    return text;
}

/* What stands at the path of keys in the prospect, as text; "" where there is nothing. */
static const char *text_at(const acrm_value *value, const char *a, const char *b, const char *c)
{
    value = acrm_value_get(value, a);
    value = b == NULL || value == NULL ? value : acrm_value_get(value, b);
    value = c == NULL || value == NULL ? value : acrm_value_get(value, c);
    const char *text = acrm_value_text(value, NULL);
    return text == NULL ? "" : text;
}

/* "new (default)" is new. */
static void expect_text(const char *got, const cJSON *want, const char *what)
{
    char word[1024];

    snprintf(word, sizeof word, "%s", cJSON_GetStringValue(want));
    char *note = strstr(word, " (default)");
    if (note != NULL)
        *note = '\0';
    ck_assert_msg(strcmp(got, word) == 0, "%s: got \"%s\", want \"%s\"", what, got, word);
}

static void expect_list(const acrm_value *list, const cJSON *want, const char *what)
{
    ck_assert_msg(acrm_value_count(list) == (size_t)cJSON_GetArraySize(want), "%s", what);
    for (int i = 0; i < cJSON_GetArraySize(want); i++) {
        const acrm_value *got = acrm_value_at(list, (size_t)i);
        const cJSON *item = cJSON_GetArrayItem(want, i);
        if (cJSON_IsString(item)) {
            expect_text(text_at(got, "value", NULL, NULL), item, what);
            continue;
        }
        for (const cJSON *member = item->child; member != NULL; member = member->next)
            expect_text(text_at(got, member->string, NULL, NULL), member, what);
    }
}

static void expect_vehicle(const acrm_value *got, const cJSON *want)
{
    for (const cJSON *member = want->child; member != NULL; member = member->next) {
        if (cJSON_IsString(member))
            expect_text(text_at(got, member->string, NULL, NULL), member, member->string);
        else if (cJSON_IsArray(member))
            expect_list(acrm_value_get(got, member->string), member, member->string);
        else
            for (const cJSON *inner = member->child; inner != NULL; inner = inner->next)
                expect_text(text_at(got, member->string, inner->string, NULL), inner,
                            inner->string);
    }
}

static void expect_customer(const acrm_value *got, const cJSON *want)
{
    const acrm_value *contact = acrm_value_get(got, "contact");

    for (const cJSON *member = want->child; member != NULL; member = member->next) {
        if (strcmp(member->string, "name") == 0) {
            const acrm_value *name = acrm_value_get(contact, "name");
            ck_assert_uint_eq(acrm_value_count(name), (size_t)cJSON_GetArraySize(member));
            for (const cJSON *part = member->child; part != NULL; part = part->next)
                expect_text(text_at(name, part->string, NULL, NULL), part, part->string);
        } else if (strcmp(member->string, "comments") == 0) {
            ck_assert_ptr_nonnull(acrm_value_get(got, "comments"));
            expect_text(text_at(got, "comments", NULL, NULL), member, "comments");
        } else if (strcmp(member->string, "phone_e164") != 0) { /* the phone engine's */
            expect_list(acrm_value_get(contact, member->string), member, member->string);
        }
    }
}

static void expect_prospect(const acrm_value *got, const cJSON *want)
{
    const cJSON *vehicles = vector_find(want, "vehicles");

    if (vector_has(want, "status"))
        expect_text(text_at(got, "status", NULL, NULL), vector_find(want, "status"), "status");
    if (vector_has(want, "request_date_utc"))
        expect_text(text_at(got, "requested_at", NULL, NULL),
                    vector_find(want, "request_date_utc"), "requested_at");
    if (vector_has(want, "ids"))
        expect_list(acrm_value_get(got, "ids"), vector_find(want, "ids"), "ids");
    ck_assert_uint_eq(acrm_value_count(acrm_value_get(got, "vehicles")),
                      (size_t)cJSON_GetArraySize(vehicles));
    for (int i = 0; i < cJSON_GetArraySize(vehicles); i++)
        expect_vehicle(acrm_value_at(acrm_value_get(got, "vehicles"), (size_t)i),
                       cJSON_GetArrayItem(vehicles, i));
    expect_customer(acrm_value_get(got, "customer"), vector_get(want, "customer"));
    if (vector_has(want, "vendor_name"))
        expect_text(text_at(got, "vendor", "name", NULL), vector_find(want, "vendor_name"),
                    "vendor");
    if (cJSON_IsNull(vector_find(want, "provider")))
        ck_assert_ptr_null(acrm_value_get(got, "provider"));
}

START_TEST(adf__agrees_with_the_outside_truth)
{
    cJSON *root = vectors_load("adf/expect.json");

    VECTORS_EACH(item, root) {
        size_t len = 0;
        char *text = read_data(vector_text(item, "file"), &len);
        bool accept = strcmp(vector_text(item, "outcome"), "accept") == 0;
        source s = { .text = text, .len = len };
        acrm__adf *adf = NULL;
        acrm__adf_item got;
        bool more = false;
        int n = 0;

        ck_assert_int_eq(acrm__adf_new(NULL, source_read, &s, 0, &adf), ACRM_OK);
        for (;; n++) {
            ck_assert_int_eq(acrm__adf_next(adf, &got, &more), ACRM_OK);
            if (!more)
                break;
            ck_assert_msg((got.prospect != NULL) == accept, "%s: %s", vector_text(item, "file"),
                          got.message);
            if (accept)
                expect_prospect(got.prospect, cJSON_GetArrayItem(vector_get(item, "prospects"),
                                                                 n));
            else
                ck_assert_ptr_null(strstr(got.message, "LEAKED-MARKER"));
        }
        ck_assert_int_eq(n, accept ? cJSON_GetArraySize(vector_get(item, "prospects")) : 1);
        acrm__adf_free(adf);
        free(text);
    }
    cJSON_Delete(root);
}
END_TEST

/* ---- our own table ---- */

#define P(inner) "<prospect>" inner "</prospect>"
#define BARE "{\"status\":\"new\"}\n"

static const struct {
    const char *what;
    const char *text;
    const char *want;
} files[] = {
    { "no prospect", "<adf></adf>", "" },
    { "two prospects", "<adf>" P("") "\n" P("") "</adf>", BARE BARE },
    { "upper case", "<ADF><PROSPECT STATUS=\"ReSend\"/></ADF>", "{\"status\":\"resend\"}\n" },
    { "a prospect by itself", P("<id source=\"a\">1</id>"),
      "{\"status\":\"new\",\"ids\":[{\"source\":\"a\",\"value\":\"1\"}]}\n" },
    { "the instruction first", "<?ADF VERSION=\"1.0\"?>\n<?xml version=\"1.0\"?><adf>" P("")
      "</adf>", BARE },
    { "a mail around it", "From: a@example.com\nSubject: <lead>\n\nHello < you >,\n\n"
      "<?xml version=\"1.0\"?>\n<?adf version=\"1.0\"?><adf>" P("") "</adf>\n-- \nbye <b>&</b>",
      BARE },
    { "documents behind each other", "<?xml version=\"1.0\"?><adf>" P("") "</adf>\n"
      "<?xml version=\"1.0\"?><adf>" P("") "</adf>", BARE BARE },
    { "entities of HTML", "<adf>" P("<customer><comments>a&nbsp;b &eacute; &lt;</comments>"
      "</customer>") "</adf>",
      "{\"status\":\"new\",\"customer\":{\"comments\":\"a b &eacute; <\"}}\n" },
    { "an outside DTD is not fetched", "<!DOCTYPE adf SYSTEM \"secret.txt\"><adf>" P("") "</adf>",
      BARE },
    { "unknown elements hide what is in them", "<adf>" P("<x><vehicle><make>A</make></vehicle></x>"
      "<customer><y><comments>z</comments></y></customer>") "</adf>",
      "{\"status\":\"new\",\"customer\":{}}\n" },
    { "the first of two counts", "<adf>" P("<customer><comments/><comments>a</comments>"
      "<comments>b</comments></customer>") "</adf>",
      "{\"status\":\"new\",\"customer\":{\"comments\":\"a\"}}\n" },
    { "names and contact points", "<adf>" P("<customer><contact primarycontact=\"1\">"
      "<name part=\"First\" type=\"Individual\"> A </name><name part=\"last\">B</name>"
      "<name part=\"last\">C</name><name/><email preferredcontact=\"1\">a@b.c</email><email/>"
      "<phone type=\"Cellphone\" time=\"evening\">1</phone><address type=\"home\">"
      "<street line=\"1\">S</street><city>T</city><regioncode>R</regioncode>"
      "<postalcode>9</postalcode><country>DE</country></address></contact></customer>") "</adf>",
      "{\"status\":\"new\",\"customer\":{\"contact\":{\"name\":{\"first\":\"A\",\"type\":"
      "\"individual\",\"last\":\"B\"},\"emails\":[{\"preferred\":\"1\",\"value\":\"a@b.c\"}],"
      "\"phones\":[{\"type\":\"cellphone\",\"time\":\"evening\",\"value\":\"1\"}],\"addresses\":"
      "[{\"type\":\"home\",\"streets\":[{\"line\":\"1\",\"value\":\"S\"}],\"city\":\"T\","
      "\"region\":\"R\",\"postal_code\":\"9\",\"country\":\"DE\"}]}}}\n" },
    { "a vehicle with all", "<adf>" P("<vehicle interest=\"Lease\"><odometer units=\"KM\">5"
      "</odometer><colorcombination><exteriorcolor>red</exteriorcolor></colorcombination>"
      "<price type=\"offer\" relativeto=\"MSRP\" delta=\"absolute\">1</price><option><optionname>o"
      "</optionname><price>2</price></option><finance><method>cash</method><amount type=\"total\" "
      "limit=\"maximum\" currency=\"EUR\">3</amount></finance></vehicle><vehicle/>") "</adf>",
      "{\"status\":\"new\",\"vehicles\":[{\"interest\":\"lease\",\"status\":\"new\",\"odometer\":"
      "{\"units\":\"km\",\"value\":\"5\"},\"colors\":[{\"exterior\":\"red\"}],\"prices\":[{"
      "\"type\":\"offer\",\"relative_to\":\"msrp\",\"delta\":\"absolute\",\"value\":\"1\"}],"
      "\"options\":"
      "[{\"name\":\"o\",\"prices\":[{\"value\":\"2\"}]}],\"finance\":{\"method\":\"cash\","
      "\"amounts\":[{\"type\":\"total\",\"limit\":\"maximum\",\"currency\":\"EUR\",\"value\":"
      "\"3\"}]}},{\"interest\":\"buy\",\"status\":\"new\"}]}\n" },
    { "provider and vendor", "<adf>" P("<vendor><id source=\"x\">7</id><vendorname>V</vendorname>"
      "</vendor><provider><name part=\"full\">Q</name><service>S</service><email>q@b.c</email>"
      "<phone>2</phone></provider>") "</adf>",
      "{\"status\":\"new\",\"vendor\":{\"ids\":[{\"source\":\"x\",\"value\":\"7\"}],\"name\":"
      "\"V\"},"
      "\"provider\":{\"name\":\"Q\",\"service\":\"S\",\"emails\":[{\"value\":\"q@b.c\"}],"
      "\"phones\":[{\"value\":\"2\"}]}}\n" },
    { "dates", "<adf>" P("<requestdate>2025-02-03 17:05 -08:0</requestdate>")
      P("<requestdate>2025-02-03</requestdate>") P("<requestdate>2025-02-03T17:05:00</requestdate>")
      P("<requestdate>tomorrow</requestdate>") "</adf>",
      "{\"status\":\"new\",\"request_date\":\"2025-02-03 17:05 -08:0\",\"requested_at\":"
      "\"2025-02-04T01:05:00Z\"}\n"
      "{\"status\":\"new\",\"request_date\":\"2025-02-03\",\"requested_on\":\"2025-02-03\"}\n"
      "{\"status\":\"new\",\"request_date\":\"2025-02-03T17:05:00\",\"requested_at\":"
      "\"2025-02-03T13:35:00Z\",\"zone_assumed\":true}\n"
      "{\"status\":\"new\",\"request_date\":\"tomorrow\"}\n" },
    /* faults */
    { "nothing", "", "!empty@1\n" },
    { "blanks", " \r\n\t", "!empty@1\n" },
    { "no ADF", "hello <b>", "!root@1\n" },
    { "another root", "<?xml version=\"1.0\"?>\n<leads>" P("") "</leads>", "!root@1\n" },
    { "another root before a document", "<?xml version=\"1.0\"?><html/>\n<adf>" P("") "</adf>",
      "!root@1\n" BARE },
    { "a malformed prospect among others", "<adf>\n" P("<id>1</id>") "\n" P("<id>&</id>") "\n"
      P("<id>3</id>") "\n</adf>\n",
      "{\"status\":\"new\",\"ids\":[{\"value\":\"1\"}]}\n!syntax@3 adf.prospect.id\n"
      "{\"status\":\"new\",\"ids\":[{\"value\":\"3\"}]}\n" },
    { "cut within a prospect", "<adf>" P("") "<prospect><vehicle><make>A",
      BARE "!truncated@1 adf.prospect.vehicle.make\n" },
    { "cut behind a prospect", "<adf>" P("") "\n", BARE "!truncated@1 adf\n" },
    { "cut, then another document", "<?xml version=\"1.0\"?><adf><prospect><id>1</id>\n"
      "<?xml version=\"1.0\"?><adf>" P("") "</adf>", "!syntax@1 adf.prospect\n" BARE },
    { "entities", "<!DOCTYPE adf [<!ENTITY a \"b\">]><adf>" P("") "</adf>", "!entity@1\n" },
    { "parameter entities", "<!DOCTYPE adf [<!ENTITY % a SYSTEM \"secret.txt\"> %a;]><adf>" P("")
      "</adf>", "!entity@1\n" },
    { "an encoding that is not known", "<?xml version=\"1.0\" encoding=\"EBCDIC-US\"?><adf/>",
      "!encoding@1\n" },
};

START_TEST(adf__reads_the_table)
{
    static const size_t pieces[] = { 0, 1, 7 };

    for (size_t i = 0; i < sizeof pieces / sizeof *pieces; i++) {
        acrm__str out;
        ck_assert_int_eq(show_file(&out, files[_i].text, strlen(files[_i].text), pieces[i], NULL),
                         ACRM_OK);
        ck_assert_msg(strcmp(out.data, files[_i].want) == 0, "%s, pieces of %zu:\n%s\nwant\n%s",
                      files[_i].what, pieces[i], out.data, files[_i].want);
        acrm__str_free(&out);
    }
}
END_TEST

START_TEST(adf__keeps_the_raw_text_of_each)
{
    static const char text[] = "Hi\n<?xml version=\"1.0\"?>\n<adf>\n "
                               "<prospect><id>1</id></prospect>\n\n "
                               "<prospect ><id>&</id></prospect>\n<prospect/></adf>";
    static const struct {
        const char *raw;
        uint64_t line;
    } want[] = { { "<prospect><id>1</id></prospect>", 4 },
                 { "<prospect ><id>&</id></prospect>\n", 6 }, { "<prospect/>", 7 } };
    source s = { .text = text, .len = sizeof text - 1, .piece = 11 };
    acrm__adf *adf = NULL;

    ck_assert_int_eq(acrm__adf_new(NULL, source_read, &s, 0, &adf), ACRM_OK);
    for (size_t i = 0; i < 3; i++) {
        acrm__adf_item item;
        bool more = false;
        ck_assert_int_eq(acrm__adf_next(adf, &item, &more), ACRM_OK);
        ck_assert(more);
        ck_assert_uint_eq(item.line, want[i].line);
        ck_assert_uint_eq(item.raw_len, strlen(want[i].raw));
        ck_assert_mem_eq(item.raw, want[i].raw, item.raw_len);
        ck_assert_mem_eq(text + item.offset, item.raw, item.raw_len);
        if (i == 1)
            ck_assert_ptr_nonnull(strstr(item.message, "line 6, column 18"));
    }
    acrm__adf_free(adf);
}
END_TEST

START_TEST(adf__decodes_what_the_document_names)
{
    static const struct {
        const char *text;
        size_t len;
    } cases[] = {
#define WITH_LEN(text) { text, sizeof text - 1 }
        WITH_LEN("<?xml version='1.0' encoding='windows-1256'?><adf><prospect><id>\xC7\xE1</id>"
                 "</prospect></adf>"),
        WITH_LEN("<?xml version='1.0' encoding='utf-16'?><adf><prospect><id>\xD8\xA7\xD9\x84</id>"
                 "</prospect></adf>"), /* which it is not */
        WITH_LEN("\xFF\xFE<\0a\0d\0f\0>\0<\0p\0r\0o\0s\0p\0e\0c\0t\0>\0<\0i\0d\0>\0\x27\x06\x44\x06"
                 "<\0/\0i\0d\0>\0<\0/\0p\0r\0o\0s\0p\0e\0c\0t\0>\0<\0/\0a\0d\0f\0>\0"),
        WITH_LEN("\xEF\xBB\xBF<adf><prospect><id>\xD8\xA7\xD9\x84</id></prospect></adf>"),
    };

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        acrm__str out;
        ck_assert_int_eq(show_file(&out, cases[i].text, cases[i].len, 0, NULL), ACRM_OK);
        ck_assert_str_eq(out.data, "{\"status\":\"new\",\"ids\":[{\"value\":\"\xD8\xA7\xD9\x84\"}]}"
                                   "\n");
        acrm__str_free(&out);
    }
}
END_TEST

/* ---- limits ---- */

static const struct {
    const char *what;
    const char *before;
    const char *each;
    size_t n;
    const char *after;
    const char *want;
} long_files[] = {
    { "a text of just the limit", "<adf><prospect><customer><comments>", "x", ACRM__ADF_TEXT_MAX,
      "</comments></customer></prospect></adf>",
      "{\"status\":\"new\",\"customer\":{\"comments\":\"x" },
    { "one byte more", "<adf><prospect><customer><comments>", "x", ACRM__ADF_TEXT_MAX + 1,
      "</comments></customer></prospect><prospect/></adf>",
      "!limit@1 adf.prospect.customer.comments\n" BARE },
    { "a name of 5 MB", "<adf><prospect><customer><contact><name>", "x", 5 << 20,
      "</name></contact></customer></prospect><prospect/></adf>",
      "!limit@1 adf.prospect.customer.contact.name\n" BARE },
    { "a long prospect of short elements", "<adf><prospect>", "<x>12345678</x>", 200000,
      "</prospect><prospect/></adf>", "!limit@1 adf.prospect\n" BARE },
    { "many elements", "<adf><prospect>", "<id/>", ACRM__ADF_ELEMENTS_MAX + 1,
      "</prospect><prospect/></adf>", "!limit@1 adf.prospect\n" BARE },
    { "many elements, just so", "<adf><prospect>", "<id/>", ACRM__ADF_ELEMENTS_MAX,
      "</prospect></adf>", BARE },
    { "deep", "<adf><prospect>", "<x>", ACRM__ADF_DEPTH_MAX - 1, "", "!limit@1 adf.prospect.?.?" },
    { "a tag name of 5 MB", "<adf><prospect><", "x", 5 << 20, "/></prospect></adf>",
      "!limit@1 adf.prospect\n" },
    { "an attribute of 5 MB", "<adf><prospect><id source=\"", "x", 5 << 20,
      "\"/></prospect></adf>", "!limit@1 adf.prospect\n" },
    { "a comment of 5 MB", "<adf><!--", "x", 5 << 20, "--></adf>", "!limit@1 adf\n" },
    { "5 MB before any prospect", "<adf>", "<x>12345678</x>", 350000, "<prospect/></adf>",
      "!limit@1 adf\n" },
    { "5 MB of mail before it", "", "bla <bla> ", 500000, "<adf><prospect/></adf>", BARE },
    { "5 MB and no document", "", "bla <bla> ", 500000, "", "!root@" },
};

START_TEST(adf__bounds_texts_tags_depth_and_memory)
{
    size_t each = strlen(long_files[_i].each);
    acrm__str text;
    acrm__str out;
    alloc_fail state = { 0 };
    acrm_allocator port = alloc_fail_port(&state);

    acrm__str_init(&text, NULL);
    acrm__str_puts(&text, long_files[_i].before);
    for (size_t i = 0; i < long_files[_i].n; i++)
        acrm__str_add(&text, long_files[_i].each, each);
    acrm__str_puts(&text, long_files[_i].after);
    ck_assert_int_eq(show_file(&out, text.data, text.len, 0, &port), ACRM_OK);
    ck_assert_msg(strncmp(out.data, long_files[_i].want, strlen(long_files[_i].want)) == 0,
                  "%s: %.300s", long_files[_i].what, out.data);
    ck_assert_uint_lt(state.peak_bytes, 8 << 20);
    ck_assert_uint_eq(state.live_bytes, 0);
    acrm__str_free(&text);
    acrm__str_free(&out);
}
END_TEST

START_TEST(adf__streams_in_flat_memory)
{
    enum { PROSPECTS = 5000 };
    static const char one[] = P("<id source=\"s\">1</id><vehicle><make>A</make></vehicle>"
                                "<customer><contact><name>Ana</name><phone>1</phone></contact>"
                                "</customer>") "\n";
    acrm__str text;
    alloc_fail state = { 0 };
    acrm_allocator port = alloc_fail_port(&state);
    acrm__adf *adf = NULL;
    bool more = true;
    uint64_t n = 0;

    acrm__str_init(&text, NULL);
    acrm__str_puts(&text, "<?xml version=\"1.0\"?>\n<adf>\n");
    for (int i = 0; i < PROSPECTS; i++)
        acrm__str_puts(&text, one);
    acrm__str_puts(&text, "</adf>");
    source s = { .text = text.data, .len = text.len };
    ck_assert_int_eq(acrm__adf_new(&port, source_read, &s, 0, &adf), ACRM_OK);
    for (;; n++) {
        acrm__adf_item item;
        ck_assert_int_eq(acrm__adf_next(adf, &item, &more), ACRM_OK);
        if (!more)
            break;
        ck_assert_ptr_nonnull(item.prospect);
        ck_assert_uint_eq(item.line, n + 3);
        ck_assert_uint_eq(item.raw_len, sizeof one - 2);
        ck_assert_mem_eq(item.raw, one, item.raw_len);
    }
    ck_assert_uint_eq(n, PROSPECTS);
    ck_assert_uint_lt(state.peak_bytes, 400000);
    acrm__adf_free(adf);
    ck_assert_uint_eq(state.live_bytes, 0);
    acrm__str_free(&text);
}
END_TEST

START_TEST(adf__hands_on_failures)
{
    static const char text[] = "<?xml version=\"1.0\" encoding=\"cp1252\"?><adf>"
        P("<requestdate>2025-02-03</requestdate><vehicle><make>A</make><price>1</price></vehicle>"
          "<customer><contact><name>Ana</name></contact></customer>")
        P("<id>&</id>") P("") "</adf>";

    for (long n = 1;; n++) {
        alloc_fail state = { .fail_at = n };
        acrm_allocator port = alloc_fail_port(&state);
        acrm__str out;
        int32_t status = show_file(&out, text, sizeof text - 1, 0, &port);
        acrm__str_free(&out);
        ck_assert_uint_eq(state.live_bytes, 0);
        if (state.failures == 0) {
            ck_assert_int_eq(status, ACRM_OK);
            break;
        }
        ck_assert_int_eq(status, ACRM_E_NOMEM);
    }

    size_t len = 200000;
    char *file = malloc(len);
    memset(file, ' ', len);
    memcpy(file, "<adf><prospect>", 15);
    for (size_t at = 1; at < len; at += 50000) {
        source s = { .text = file, .len = len, .piece = 4096, .fail_at = at };
        acrm__adf *adf = NULL;
        acrm__adf_item item;
        bool more = false;
        int32_t status = acrm__adf_new(NULL, source_read, &s, 0, &adf);
        if (status == ACRM_OK)
            status = acrm__adf_next(adf, &item, &more);
        ck_assert_int_eq(status, ACRM_E_STORE);
        acrm__adf_free(adf);
    }
    free(file);
}
END_TEST

static const struct {
    const char *text;
    acrm__adf_date_kind kind;
    int64_t seconds; /* since 1970, or the day */
} dates[] = {
    { "2025-03-14T09:26:53+01:00", ACRM__ADF_DATE_INSTANT, 1741940813 },
    { "2025-03-14t09:26:53.25Z", ACRM__ADF_DATE_INSTANT, 1741944413 },
    { "2025-03-14 09:26:53 +0100", ACRM__ADF_DATE_INSTANT, 1741940813 },
    { "2025-03-14T09:26:53-8", ACRM__ADF_DATE_INSTANT, 1741973213 },
    { "2025-03-14T09:26:53-08:0", ACRM__ADF_DATE_INSTANT, 1741973213 },
    { "2025/3/14 9:26", ACRM__ADF_DATE_INSTANT, 1741931760 }, /* offset 210 minutes assumed */
    { "2025-03-14", ACRM__ADF_DATE_DAY, 20161 },
    { "2025-02-29", ACRM__ADF_DATE_NONE, 0 },
    { "2025-03-14T24:00:00Z", ACRM__ADF_DATE_NONE, 0 },
    { "2025-03-14T09:60:00Z", ACRM__ADF_DATE_NONE, 0 },
    { "2025-03-14T09:26:53+19:00", ACRM__ADF_DATE_NONE, 0 },
    { "2025-03-14T09:26:53Z!", ACRM__ADF_DATE_NONE, 0 },
    { "2025-03-14T", ACRM__ADF_DATE_NONE, 0 },
    { "14.03.2025", ACRM__ADF_DATE_NONE, 0 },
    { "0001-01-01T00:00:00+10:00", ACRM__ADF_DATE_NONE, 0 },
    { "", ACRM__ADF_DATE_NONE, 0 },
};

START_TEST(adf_date__follows_the_table)
{
    int32_t day = 0;
    int64_t us = 0;
    bool zoned = true;
    acrm__adf_date_kind kind = acrm__adf_date(dates[_i].text, strlen(dates[_i].text), 210, &day,
                                              &us, &zoned);

    ck_assert_msg(kind == dates[_i].kind, "%s: %d", dates[_i].text, (int)kind);
    if (kind == ACRM__ADF_DATE_INSTANT)
        ck_assert_msg(us / 1000000 == dates[_i].seconds, "%s: %" PRId64, dates[_i].text, us);
    if (kind == ACRM__ADF_DATE_DAY)
        ck_assert_int_eq(day, dates[_i].seconds);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("adf");
    TCase *tc = tcase_create("adf");

    tcase_add_test(tc, adf__agrees_with_the_outside_truth);
    tcase_add_loop_test(tc, adf__reads_the_table, 0, sizeof files / sizeof *files);
    tcase_add_test(tc, adf__keeps_the_raw_text_of_each);
    tcase_add_test(tc, adf__decodes_what_the_document_names);
    tcase_add_loop_test(tc, adf__bounds_texts_tags_depth_and_memory, 0,
                        sizeof long_files / sizeof *long_files);
    tcase_add_test(tc, adf__streams_in_flat_memory);
    tcase_add_test(tc, adf__hands_on_failures);
    tcase_add_loop_test(tc, adf_date__follows_the_table, 0, sizeof dates / sizeof *dates);
    suite_add_tcase(suite, tc);
    return suite;
}

#else

START_TEST(adf__says_that_it_is_not_built_in)
{
    acrm__adf *adf = NULL;

    ck_assert_int_eq(acrm__adf_new(NULL, source_read, NULL, 0, &adf), ACRM_E_UNSUPPORTED);
    ck_assert_ptr_null(adf);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("adf");
    TCase *tc = tcase_create("adf");

    tcase_add_test(tc, adf__says_that_it_is_not_built_in);
    suite_add_tcase(suite, tc);
    return suite;
}

#endif

ACRM_TEST_MAIN(make_suite)
