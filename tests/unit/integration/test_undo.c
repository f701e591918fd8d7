/* SPDX-License-Identifier: MIT */
/* Imports cut short, taken back, and of contacts; mappings and files that are wrong. */
#include "support/suite.h"
#include "upsert.h"

/* --- Cut short --- */

static char *long_file(size_t rows)
{
    char *text = malloc(rows * 400 + 100);
    size_t len = (size_t)sprintf(text, "external_id,name,phone,notes\n");

    for (size_t i = 0; i < rows; i++)
        len += (size_t)sprintf(text + len, "N-%zu,Person Number%zu,+98912%07zu,%0200d\n", i, i, i,
                               0);
    return text;
}

START_TEST(upsert__cut_short_anywhere_ends_as_if_it_had_not_been)
{
    static const char args[] = "{\"source\":\"test\"}";
    char *text = long_file(700);
    size_t len = strlen(text);
    office o;
    office_open(&o, _i % 2);

    for (size_t cut = 1; cut < 6; cut++) {
        upsert_input s = { .text = text, .len = len, .stop = len * cut / 6 + (size_t)_i };
        acrm_session_set_input(o.session, upsert_read, &s);
        ck_assert_int_eq(acrm_call_json(o.session, "import.upsert", args, strlen(args), NULL, NULL),
                         ACRM_E_INTERRUPTED);
    }
    upsert_expect(upsert(&o, text, ""), "700/0/0/0/0");
    ck_assert_int_eq(office_count(&o, "customer.count", "{}"), 700);
    ck_assert_int_eq(office_count(&o, "import_row.count", "{}"), 700);
    ck_assert_int_eq(office_count(&o, "import_job.count", "{}"), 1);
    upsert_expect(upsert(&o, text, ""), "0/0/700/0/0");
    free(text);
    office_close(&o);
}
END_TEST

/* --- Taken back --- */

static void job_of(office *o, size_t n, char id[40])
{
    acrm_value *list = upsert_list(o, "import_job", "{}");

    snprintf(id, 40, "%s", office_text(upsert_item(list, n), "id"));
    acrm_value_free(list);
}

static void undo_expect(office *o, size_t n, bool dry_run, int removed, int restored,
                        int conflicts)
{
    char id[40], json[120];

    job_of(o, n, id);
    snprintf(json, sizeof json, "{\"id\":\"%s\",\"dry_run\":%s}", id, dry_run ? "true" : "false");
    acrm_value *out = office_call(o, "import.undo", json);
    ck_assert_int_eq(office_number(out, "removed"), removed);
    ck_assert_int_eq(office_number(out, "restored"), restored);
    ck_assert_int_eq(office_number(out, "conflicts"), conflicts);
    ck_assert_int_eq(acrm_value_count(acrm_value_get(out, "items")), conflicts);
    acrm_value_free(out);
}

static const char first[] = "external_id,name,national_id,phone,city\n1,Ada,774411,+393331111111,"
                            "Rome\n2,Ben,,+393332222222,Bari\n3,Cid,,,Pisa\n";
static const char second[] = "external_id,name,national_id,phone,city\n1,Ada,885522,+393339999999,"
                             "Milan\n2,Ben,,+393332222222,Bari\n4,Dan,,,Como\n";

START_TEST(undo__puts_back_what_was_and_nothing_else)
{
    office o;
    office_open(&o, _i);
    upsert_expect(upsert(&o, first, "\"key\":[\"external_id\"]"), "3/0/0/0/0");
    upsert_expect(upsert(&o, second, "\"key\":[\"external_id\"]"), "1/1/1/0/0");
    upsert_field(&o, "customer", "{\"external_id\":\"1\"}", "national_id", "885522");
    undo_expect(&o, 1, true, 1, 1, 0);
    upsert_field(&o, "customer", "{\"external_id\":\"1\"}", "city", "Milan");
    undo_expect(&o, 1, false, 1, 1, 0);
    upsert_field(&o, "customer", "{\"external_id\":\"1\"}", "national_id", "774411");
    upsert_field(&o, "customer", "{\"external_id\":\"1\"}", "city", "Rome");
    ck_assert_int_eq(office_count(&o, "customer.count", "{}"), 3);
    ck_assert_int_eq(office_count(&o, "contact_point.count", "{}"), 2);
    upsert_field(&o, "import_job", "{\"status\":\"undone\"}", "created_rows", "1");
    undo_expect(&o, 1, false, 0, 0, 0); /* once is enough */
    undo_expect(&o, 0, false, 3, 0, 0); /* the first one knows its records again */
    ck_assert_int_eq(office_count(&o, "customer.count", "{}"), 0);
    ck_assert_int_eq(office_count(&o, "contact_point.count", "{}"), 0);
    ck_assert_int_eq(office_count(&o, "import_row.count",
                                  "{\"where\":{\"outcome\":\"undone\"}}"), 5);
    upsert_expect(upsert(&o, first, "\"key\":[\"external_id\"]"), "3/0/0/0/0");
    acrm_value *out = office_call(&o, "audit.verify", "{}");
    ck_assert_int_eq(acrm_value_bool(acrm_value_get(out, "ok")), 1);
    acrm_value_free(out);
    office_close(&o);
}
END_TEST

START_TEST(undo__leaves_what_others_changed_and_tells_it)
{
    char json[400], id[40], job[40];
    office o;
    office_open(&o, _i);
    upsert_expect(upsert(&o, first, "\"key\":[\"external_id\"]"), "3/0/0/0/0");
    upsert_expect(upsert(&o, second, "\"key\":[\"external_id\"]"), "1/1/1/0/0");
    acrm_value *list = upsert_list(&o, "customer", "{\"external_id\":\"1\"}");
    snprintf(id, sizeof id, "%s", office_text(upsert_item(list, 0), "id"));
    acrm_value_free(list);
    snprintf(json, sizeof json, "{\"id\":\"%s\",\"city\":\"Turin\",\"last_write_wins\":true}", id);
    acrm_value_free(office_call(&o, "customer.update", json));
    list = upsert_list(&o, "customer", "{\"external_id\":\"4\"}");
    snprintf(json, sizeof json, "{\"customer_id\":\"%s\"}",
             office_text(upsert_item(list, 0), "id"));
    acrm_value_free(office_call(&o, "lead.create", json));
    acrm_value_free(list);
    job_of(&o, 1, job);
    snprintf(json, sizeof json, "{\"id\":\"%s\"}", job);
    acrm_value *out = office_call(&o, "import.undo", json);
    const acrm_value *items = acrm_value_get(out, "items");
    ck_assert_int_eq(office_number(out, "conflicts"), 2);
    ck_assert_str_eq(office_text(acrm_value_at(items, 0), "reason"), "referenced");
    ck_assert_str_eq(office_text(acrm_value_at(items, 0), "what"), "lead");
    ck_assert_str_eq(office_text(acrm_value_at(items, 1), "reason"), "changed");
    ck_assert_str_eq(office_text(acrm_value_at(items, 1), "what"), "city");
    ck_assert_int_eq(office_number(acrm_value_at(items, 1), "row"), 1);
    acrm_value_free(out);
    upsert_field(&o, "customer", "{\"external_id\":\"1\"}", "city", "Turin");
    upsert_field(&o, "customer", "{\"external_id\":\"1\"}", "national_id", "774411");
    ck_assert_int_eq(office_count(&o, "customer.count", "{}"), 4);
    ck_assert_int_eq(office_count(&o, "contact_point.count",
                                  "{\"where\":{\"match_value\":\"+393339999999\"}}"), 0);
    office_close(&o);
}
END_TEST

START_TEST(undo__many_rows_go_in_steps)
{
    char *text = long_file(600);
    office o;
    office_open(&o, _i);
    upsert_expect(upsert(&o, text, ""), "600/0/0/0/0");
    undo_expect(&o, 0, false, 600, 0, 0);
    ck_assert_int_eq(office_count(&o, "customer.count", "{}"), 0);
    ck_assert_int_eq(office_count(&o, "contact_point.count", "{}"), 0);
    free(text);
    office_close(&o);
}
END_TEST

/* Values that were there before are in the file only sealed. */
START_TEST(undo__its_journal_is_sealed)
{
    office o;
    char *bytes = NULL;
    long size = 0;
    office_open(&o, OFFICE_SQLITE);
    upsert_expect(upsert(&o, first, "\"key\":[\"external_id\"]"), "3/0/0/0/0");
    upsert_expect(upsert(&o, second, "\"key\":[\"external_id\"]"), "1/1/1/0/0");
    acrm_session_free(o.session);
    acrm_close(o.engine);
    FILE *file = fopen(o.path, "rb");
    ck_assert_ptr_nonnull(file);
    fseek(file, 0, SEEK_END);
    size = ftell(file);
    rewind(file);
    bytes = malloc((size_t)size);
    ck_assert_uint_eq(fread(bytes, 1, (size_t)size, file), (size_t)size);
    fclose(file);
    for (long i = 0; i + 6 <= size; i++)
        ck_assert(memcmp(bytes + i, "774411", 6) != 0 && memcmp(bytes + i, "885522", 6) != 0);
    free(bytes);
    ck_assert_int_eq(acrm_open(o.path, NULL, &o.engine, NULL), ACRM_OK);
    ck_assert_int_eq(acrm_session_new(o.engine, "system", &o.session, NULL), ACRM_OK);
    office_close(&o);
}
END_TEST

/* --- Mappings that are wrong --- */

static const struct {
    const char *mapping, *field, *reason;
} mappings[] = {
    { "{\"colums\":{}}", "mapping.colums", "unknown_field" },
    { "{\"columns\":[]}", "mapping.columns", "type" },
    { "{\"columns\":{\"Nome\":\"name\"}}", "mapping.columns.Nome", "unknown_column" },
    { "{\"columns\":{\"name\":\"nme\"}}", "mapping.columns.name", "unknown_field" },
    { "{\"columns\":{\"name\":{\"to\":\"name\",\"tirm\":true}}}", "mapping.columns.name.tirm",
      "unknown_field" },
    { "{\"columns\":{\"name\":{\"to\":\"name\",\"trim\":1}}}", "mapping.columns.name.trim",
      "type" },
    { "{\"columns\":{\"name\":{\"to\":\"birth_date\",\"format\":\"DD/MM\"}}}",
      "mapping.columns.name.format", "format" },
    { "{\"columns\":{\"name\":{\"to\":\"vip_level\",\"decimal\":\";\"}}}",
      "mapping.columns.name.decimal", "choice" },
    { "{\"columns\":{\"name\":{\"to\":\"name\",\"overwrite\":\"no\"}}}",
      "mapping.columns.name.overwrite", "choice" },
    { "{\"columns\":{\"name\":{\"to\":\"name\",\"offset\":\"3h\"}}}",
      "mapping.columns.name.offset", "format" },
    { "{\"columns\":{\"name\":\"version\"}}", "mapping.columns.name", "read_only" },
    { "{\"columns\":{\"name\":\"match_name\"}}", "mapping.columns.name", "unknown_field" },
    { "{\"columns\":{\"name\":\"dealer.name\"}}", "mapping.columns.name", "index" },
    { "{\"columns\":{\"name\":\"dealer.cod\"}}", "mapping.columns.name", "unknown_field" },
    { "{\"columns\":{\"name\":{\"to\":\"city\",\"by\":\"code\"}}}", "mapping.columns.name.to",
      "type" },
    { "{\"columns\":{\"name\":\"contact_points.valu\"}}", "mapping.columns.name",
      "unknown_field" },
    { "{\"columns\":{\"name\":7}}", "mapping.columns.name", "type" },
    { "{\"columns\":{\"name\":\"name\"},\"constants\":{\"sorce\":\"x\"}}",
      "mapping.constants.sorce", "unknown_field" },
    { "{\"columns\":{\"name\":\"name\"},\"key\":\"external_id+nme\"}", "mapping.key",
      "unknown_field" },
    { "{\"columns\":{\"name\":\"name\"},\"key\":\"city\"}", "mapping.key", "index" },
    { "{\"columns\":{\"name\":\"name\"},\"key\":7}", "mapping.key", "type" },
    { "{\"columns\":{\"name\":\"city\"}}", "mapping.key", "required" },
    { "{\"columns\":{\"name\":\"name\"},\"unmapped\":\"refuse\",\"key\":\"name\"}",
      "mapping.unmapped", "unknown_column" },
    { "{\"entity\":\"custmer\",\"columns\":{\"name\":\"name\"}}", "entity", "choice" },
    { "{\"entity\":\"audit\",\"columns\":{\"name\":\"name\"}}", "entity", "choice" },
    { "{\"entity\":\"event\",\"columns\":{\"name\":\"name\"}}", "entity", "choice" },
    { "{\"entity\":\"import_row\",\"columns\":{\"name\":\"message\"}}", "entity", "read_only" },
};

START_TEST(mapping__each_fault_is_named_by_its_place)
{
    char args[600];
    office o;
    office_open(&o, OFFICE_MEMORY);
    for (size_t i = 0; i < sizeof mappings / sizeof mappings[0]; i++) {
        snprintf(args, sizeof args, "\"mapping\":%s", mappings[i].mapping);
        upsert_refused(&o, "name,other\nA,B\n", args, ACRM_E_INVALID, mappings[i].field,
                       mappings[i].reason);
    }
    upsert_refused(&o, "name,name\nA,B\n", "\"mapping\":{\"columns\":{\"name\":\"name\"}}",
                   ACRM_E_INVALID, "mapping.columns.name", "duplicate_column");
    upsert_refused(&o, "foo,bar\nA,B\n", "", ACRM_E_INVALID, "mapping", "required");
    upsert_refused(&o, "", "", ACRM_E_INVALID, "source", "empty");
    ck_assert_int_eq(office_count(&o, "import_job.count", "{}"), 0);
    office_close(&o);
}
END_TEST

START_TEST(mapping__is_saved_under_a_code_when_it_is_good)
{
    office o;
    office_open(&o, _i);
    acrm_value_free(office_call(&o, "import_mapping.create",
        "{\"code\":\"dms\",\"entity\":\"customer\",\"mapping\":{\"key\":\"external_id\","
        "\"columns\":{\"Nr\":\"external_id\",\"Name\":\"name\"}}}"));
    upsert_expect(upsert(&o, "Nr,Name\n1,Ada\n", "\"mapping_code\":\"dms\""), "1/0/0/0/0");
    upsert_refused(&o, "Nr,Name\n1,Ada\n", "\"mapping_code\":\"dsm\"", ACRM_E_NOTFOUND,
                   "mapping_code", "reference");
    office_refused(&o, "import_mapping.create", "{\"code\":\"x\",\"entity\":\"customer\","
                   "\"mapping\":{\"key\":\"external_id\",\"columns\":{\"Nr\":\"externl_id\"}}}",
                   ACRM_E_INVALID, "mapping.columns.Nr", "unknown_field");
    office_refused(&o, "import_mapping.create", "{\"code\":\"x\",\"entity\":\"customer\","
                   "\"mapping\":{}}", ACRM_E_INVALID, "mapping.columns", "required");
    office_close(&o);
}
END_TEST

START_TEST(suggest__knows_the_names_of_columns_in_several_languages)
{
    static const struct {
        const char *column, *field;
    } want[] = {
        { "Nome", "given_name" }, { "Cellulare", "phone" }, { "Data di nascita", "birth_date" },
        { "\xd0\xa4\xd0\x98\xd0\x9e", "name" }, { "\xe7\x94\xb5\xe8\xaf\x9d", "phone" },
        { "\xda\xa9\xd8\xaf \xd9\x85\xd9\x84\xdb\x8c", "national_id" },
        { "Birth date", "birth_date" }, { "Dealer code", "dealer.code" },
        { "Codice cliente", "external_id" }, { "E-Mail", "email" },
    };
    char json[600] = "{\"columns\":[\"Unknowable\"";
    office o;
    office_open(&o, OFFICE_MEMORY);
    for (size_t i = 0; i < sizeof want / sizeof want[0]; i++)
        snprintf(json + strlen(json), sizeof json - strlen(json), ",\"%s\"", want[i].column);
    strcat(json, "]}");
    acrm_value *out = office_call(&o, "import.suggest_mapping", json);
    const acrm_value *columns = acrm_value_get(acrm_value_get(out, "mapping"), "columns");
    for (size_t i = 0; i < sizeof want / sizeof want[0]; i++) {
        const char *got = office_text(columns, want[i].column);
        ck_assert_msg(got && strcmp(got, want[i].field) == 0, "%s: %s", want[i].column, got);
    }
    ck_assert_int_eq(acrm_value_count(acrm_value_get(out, "unknown_columns")), 1);
    acrm_value_free(out);
    upsert_input s = { .text = "Nome;Citta\nA;B\n", .len = 15 };
    acrm_session_set_input(o.session, upsert_read, &s);
    out = office_call(&o, "import.suggest_mapping", "{}");
    ck_assert_str_eq(office_text(acrm_value_get(acrm_value_get(out, "mapping"), "columns"),
                                 "Citta"), "city");
    acrm_value_free(out);
    office_close(&o);
}
END_TEST

/* --- Files that are wrong --- */

START_TEST(upsert__bombs_and_broken_bytes_cost_their_rows_only)
{
    static const struct {
        const char *reason, *place;
    } want[] = { { "limit", "name" }, { "limit", "column 4097" }, { "encoding", "city" },
                 { "quote", "name" }, { "columns", "column 4" } };
    size_t cap = 3 * 1024 * 1024, len = 0;
    char *text = malloc(cap);
    office o;
    office_open(&o, _i);

    ck_assert_ptr_nonnull(text);
    len += (size_t)sprintf(text, "external_id,name,city\n1,Ada,Rome\n2,");
    memset(text + len, 'x', 2 * 1024 * 1024);
    len += 2 * 1024 * 1024;
    len += (size_t)sprintf(text + len, ",Bari\n3");
    memset(text + len, ',', 5000);
    len += 5000;
    len += (size_t)sprintf(text + len, "\n4,Dan,Co\xffmo\n5,\"Eva\"x,Pisa\n6,Fay,Rome,more\n"
                           "7,Gus,Turin\n");
    upsert_expect(upsert_len(&o, text, len, "\"encoding\":\"utf-8\""), "2/0/0/0/5");
    acrm_value *rows = upsert_list(&o, "import_row", "{\"outcome\":\"rejected\"}");
    for (size_t i = 0; i < 5; i++) {
        ck_assert_str_eq(office_text(upsert_item(rows, i), "reason"), want[i].reason);
        ck_assert_str_eq(office_text(upsert_item(rows, i), "place"), want[i].place);
    }
    acrm_value_free(rows);
    free(text);
    office_close(&o);
}
END_TEST

START_TEST(upsert__a_row_that_fails_half_way_leaves_nothing)
{
    static const char text[] =
        "{\"external_id\":\"1\",\"name\":\"Ada\",\"contact_points\":[{\"channel\":\"phone\","
        "\"value\":\"+393331234567\"},{\"value\":\"no channel\"}]}\n"
        "{\"external_id\":\"2\",\"name\":\"Ben\"}\n";
    office o;
    office_open(&o, _i);
    upsert_expect(upsert(&o, text, ""), "1/0/0/0/1");
    upsert_field(&o, "import_row", "{\"outcome\":\"rejected\"}", "reason", "required");
    ck_assert_int_eq(office_count(&o, "customer.count", "{}"), 1);
    ck_assert_int_eq(office_count(&o, "contact_point.count", "{}"), 0);
    office_close(&o);
}
END_TEST

START_TEST(upsert__needs_the_right_to_write_the_entity)
{
    acrm_session *clerk = NULL;
    char json[300];
    office o;
    office_open(&o, OFFICE_MEMORY);
    acrm_value *role = office_call(&o, "role.create",
        "{\"name\":\"importer\",\"permissions\":[\"import.*\",\"customer.*\"],"
        "\"scopes\":{\"*\":\"all\"}}");
    snprintf(json, sizeof json, "{\"name\":\"Im\",\"login\":\"im\",\"role_id\":\"%s\"}",
             office_text(role, "id"));
    acrm_value *user = office_call(&o, "user.create", json);
    snprintf(json, sizeof json, "user:%s", office_text(user, "id"));
    ck_assert_int_eq(acrm_session_new(o.engine, json, &clerk, NULL), ACRM_OK);
    acrm_session *system = o.session;
    o.session = clerk;
    upsert_refused(&o, "name,code\nNorth,N\n", "\"entity\":\"dealer\"", ACRM_E_DENIED, "entity",
                   "permission");
    upsert_refused(&o, "name,phone\nAda,1\n", "\"entity\":\"customer\"", ACRM_E_DENIED, "entity",
                   "permission");
    o.session = system;
    ck_assert_int_eq(office_count(&o, "dealer.count", "{}"), 0);
    acrm_session_free(clerk);
    acrm_value_free(user);
    acrm_value_free(role);
    office_close(&o);
}
END_TEST

/* --- vCards --- */

static const char cards[] =
    "BEGIN:VCARD\r\nVERSION:3.0\r\nUID:u1\r\nN:Rossi;Mario;;Dott.;\r\nFN:Dott. Mario Rossi\r\n"
    "TEL;TYPE=CELL,PREF:+39 333 1234567\r\nTEL;TYPE=FAX:+39 011 5554433\r\n"
    "EMAIL:mario@example.it\r\nADR;TYPE=HOME:;;Via Roma 1\\, int. 2;Torino;TO;10100;IT\r\n"
    "BDAY:19900321\r\nNOTE:Due\\nrighe\r\nEND:VCARD\r\n"
    "BEGIN:VCARD\r\nVERSION:4.0\r\nUID:u2\r\nKIND:org\r\nFN:Big Works\r\nORG:Big Works\r\n"
    "URL:https://example.org\r\nBDAY:--0101\r\nEND:VCARD\r\n"
    "BEGIN:VCARD\r\nVERSION:3.0\r\nFN:caf\xc3\r\n \xa9\r\nUID:u3\r\nEND:VCARD\r\n"
    "BEGIN:VCARD\r\nFN:Cut\r\n";

START_TEST(vcard__is_taken_in_and_given_out)
{
    char json[200];
    office o;
    office_open(&o, _i);
    upsert_expect(upsert(&o, cards, ""), "3/0/0/0/1");
    upsert_expect(upsert(&o, cards, ""), "0/0/3/0/1");
    upsert_field(&o, "customer", "{\"external_id\":\"u1\"}", "birth_date", "1990-03-21");
    upsert_field(&o, "customer", "{\"external_id\":\"u1\"}", "notes", "Due\nrighe");
    upsert_field(&o, "customer", "{\"external_id\":\"u1\"}", "title", "Dott.");
    upsert_field(&o, "customer", "{\"external_id\":\"u2\"}", "kind", "company");
    upsert_field(&o, "customer", "{\"external_id\":\"u3\"}", "name", "caf\xc3\xa9");
    upsert_field(&o, "contact_point", "{\"channel\":\"phone\"}", "preferred", "true");
    upsert_field(&o, "contact_point", "{\"channel\":\"fax\"}", "match_value", "+390115554433");
    upsert_field(&o, "contact_point", "{\"channel\":\"address\"}", "value",
                 "Via Roma 1, int. 2, 10100 Torino, TO, IT");
    acrm_value *list = upsert_list(&o, "customer", "{\"external_id\":\"u1\"}");
    snprintf(json, sizeof json, "{\"id\":\"%s\",\"version\":\"3.0\"}",
             office_text(upsert_item(list, 0), "id"));
    acrm_value *out = office_call(&o, "customer.export_vcard", json);
    static const char *const lines[] = {
        "VERSION:3.0\r\n", "FN:Dott. Mario Rossi\r\n", "N:Rossi;Mario;;Dott.;\r\n", "UID:u1\r\n",
        "BDAY:1990-03-21\r\n", "TEL;TYPE=cell;TYPE=pref:+39 333 1234567\r\n",
        "NOTE:Due\\nrighe\r\n",
    };
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++)
        ck_assert_msg(strstr(office_text(out, "vcard"), lines[i]) != NULL, "%s in %s", lines[i],
                      office_text(out, "vcard"));
    /* What was given out changes nothing when it comes back. */
    upsert_expect(upsert(&o, office_text(out, "vcard"), ""), "0/0/1/0/0");
    acrm_value_free(out);
    out = office_call(&o, "customer.export_vcard", "{\"where\":{\"kind\":\"company\"}}");
    ck_assert_int_eq(office_number(out, "cards"), 1);
    ck_assert_ptr_nonnull(strstr(office_text(out, "vcard"), "KIND:org\r\n"));
    acrm_value_free(out);
    acrm_value_free(list);
    office_refused(&o, "customer.export_vcard", "{}", ACRM_E_INVALID, "id", "required");
    office_close(&o);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("undo");
    TCase *tc = tcase_create("undo");

    tcase_set_timeout(tc, 60);
    tcase_add_loop_test(tc, upsert__cut_short_anywhere_ends_as_if_it_had_not_been, 0, 4);
    tcase_add_loop_test(tc, undo__puts_back_what_was_and_nothing_else, 0, OFFICE_STORAGES);
    tcase_add_loop_test(tc, undo__leaves_what_others_changed_and_tells_it, 0, OFFICE_STORAGES);
    tcase_add_loop_test(tc, undo__many_rows_go_in_steps, 0, OFFICE_STORAGES);
    tcase_add_test(tc, undo__its_journal_is_sealed);
    tcase_add_test(tc, mapping__each_fault_is_named_by_its_place);
    tcase_add_loop_test(tc, mapping__is_saved_under_a_code_when_it_is_good, 0, OFFICE_STORAGES);
    tcase_add_test(tc, suggest__knows_the_names_of_columns_in_several_languages);
    tcase_add_loop_test(tc, upsert__bombs_and_broken_bytes_cost_their_rows_only, 0,
                        OFFICE_STORAGES);
    tcase_add_loop_test(tc, upsert__a_row_that_fails_half_way_leaves_nothing, 0, OFFICE_STORAGES);
    tcase_add_test(tc, upsert__needs_the_right_to_write_the_entity);
    tcase_add_loop_test(tc, vcard__is_taken_in_and_given_out, 0, OFFICE_STORAGES);
    suite_add_tcase(suite, tc);
    return suite;
}

ACRM_TEST_MAIN(make_suite)
