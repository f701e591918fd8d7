/* SPDX-License-Identifier: MIT */
/* import.upsert: every row made, changed or left as it is; the same file again changes nothing. */
#include "upsert.h"
#include "support/suite.h"

static const char people[] =
    "Codice cliente;Nome;Cognome;Cellulare;Email;Data di nascita;Citt\xc3\xa0;VIP\n"
    "1;Mario;Rossi;333 1234567;m@example.it;21.03.1990;Torino;2\n"
    "2;Anna;Bianchi;333 7654321;;13/1/1980;Roma;x\n"
    "3;Luca;Verdi;;l@example.it;;Milano;\n";

static int64_t audits(office *o)
{
    acrm_value *out = office_call(o, "audit.verify", "{}");
    int64_t n = office_number(out, "entries");

    ck_assert_int_eq(acrm_value_bool(acrm_value_get(out, "ok")), 1);
    acrm_value_free(out);
    return n;
}

START_TEST(upsert__the_same_file_again_changes_nothing)
{
    office o;
    office_open(&o, _i);
    acrm_value *out = upsert(&o, people, "\"country\":\"IT\"");
    ck_assert_str_eq(acrm_value_text(acrm_value_at(acrm_value_get(out, "ignored_columns"), 0),
                                     NULL), "VIP");
    upsert_expect(out, "3/0/0/0/0");
    upsert_field(&o, "customer", "{\"external_id\":\"1\"}", "name", "Mario Rossi");
    upsert_field(&o, "customer", "{\"external_id\":\"2\"}", "birth_date", "1980-01-13");
    upsert_field(&o, "contact_point", "{\"match_value\":\"+393331234567\"}", "channel", "phone");
    int64_t before = audits(&o);
    upsert_expect(upsert(&o, people, "\"country\":\"IT\""), "0/0/3/0/0");
    /* The job is audited as it begins and as it ends, and nothing else is. */
    ck_assert_int_eq(audits(&o), before + 2);
    ck_assert_int_eq(office_count(&o, "customer.count", "{\"where\":{\"version\":1}}"), 3);
    ck_assert_int_eq(office_count(&o, "contact_point.count", "{}"), 4);
    ck_assert_int_eq(office_count(&o, "import_row.count",
                                  "{\"where\":{\"outcome\":\"unchanged\"}}"), 3);
    office_close(&o);
}
END_TEST

START_TEST(upsert__a_dry_run_tells_each_difference_and_does_nothing)
{
    static const char later[] = "external_id;name;city;birth_date\n1;Mario Rossi;Milano;\n"
                                "4;New One;Bari;2000-02-30\n5;Other One;Bari;\n";
    office o;
    office_open(&o, _i);
    upsert_expect(upsert(&o, people, "\"country\":\"IT\""), "3/0/0/0/0");
    int64_t before = audits(&o);
    acrm_value *out = upsert(&o, later, "\"dry_run\":true,\"duplicates\":\"create\"");
    const acrm_value *changes = acrm_value_get(out, "changes");
    ck_assert_int_eq(acrm_value_count(changes), 3);
    const acrm_value *first = acrm_value_at(changes, 0), *second = acrm_value_at(changes, 1);
    const acrm_value *city = acrm_value_get(acrm_value_get(first, "changes"), "city");
    ck_assert_int_eq(office_number(first, "row"), 1);
    ck_assert_str_eq(office_text(first, "outcome"), "updated");
    ck_assert_int_eq(acrm_value_count(acrm_value_get(first, "changes")), 1);
    ck_assert_str_eq(office_text(city, "from"), "Torino");
    ck_assert_str_eq(office_text(city, "to"), "Milano");
    ck_assert_str_eq(office_text(second, "outcome"), "rejected");
    ck_assert_str_eq(office_text(second, "column"), "birth_date");
    ck_assert_str_eq(office_text(second, "reason"), "format");
    ck_assert_int_eq(acrm_value_type(acrm_value_get(out, "job_id")), ACRM_NULL);
    upsert_expect(out, "1/1/0/0/1");
    ck_assert_int_eq(audits(&o), before);
    ck_assert_int_eq(office_count(&o, "customer.count", "{}"), 3);
    ck_assert_int_eq(office_count(&o, "import_job.count", "{}"), 1);
    office_close(&o);
}
END_TEST

START_TEST(upsert__a_rejected_row_names_every_fault_and_its_column)
{
    static const char text[] = "Name,VIP,Born,Language\n,many,32.13.2020,en\n";
    static const char mapping[] =
        "\"mapping\":{\"columns\":{\"Name\":\"name\",\"VIP\":\"vip_level\",\"Born\":"
        "\"birth_date\",\"Language\":{\"to\":\"external_id\"}}},\"key\":[\"external_id\"]";
    static const char *const want[][3] = {
        { "vip_level", "VIP", "type" }, { "birth_date", "Born", "format" },
        { "name", "Name", "required" },
    };
    office o;
    office_open(&o, _i);
    upsert_expect(upsert(&o, text, mapping), "0/0/0/0/1");
    acrm_value *rows = upsert_list(&o, "import_row", "{\"outcome\":\"rejected\"}");
    const acrm_value *row = upsert_item(rows, 0), *faults = acrm_value_get(row, "faults");
    ck_assert_str_eq(office_text(row, "place"), "VIP");
    ck_assert_str_eq(office_text(row, "raw"), ",many,32.13.2020,en");
    ck_assert_int_eq(acrm_value_count(faults), 3);
    for (size_t i = 0; i < 3; i++) {
        ck_assert_str_eq(office_text(acrm_value_at(faults, i), "field"), want[i][0]);
        ck_assert_str_eq(office_text(acrm_value_at(faults, i), "column"), want[i][1]);
        ck_assert_str_eq(office_text(acrm_value_at(faults, i), "reason"), want[i][2]);
    }
    char json[200];
    snprintf(json, sizeof json, "{\"id\":\"%s\",\"raw\":\"Ada,3,01.02.1990,en\"}",
             office_text(row, "id"));
    acrm_value *out = office_call(&o, "import.retry", json);
    ck_assert_str_eq(office_text(out, "outcome"), "created");
    acrm_value_free(out);
    upsert_field(&o, "customer", "{\"name\":\"Ada\"}", "birth_date", "1990-02-01");
    acrm_value_free(rows);
    office_close(&o);
}
END_TEST

/* --- Keys --- */

static const struct {
    const char *what, *args, *first, *second, *want; /* what the second file does */
} keys[] = {
    { "an encrypted field, however it is written",
      "\"key\":[\"national_id\"]", "name,national_id,id_country,city\nAli,0499370899,IR,Qom\n",
      "name,national_id,id_country,city\nAli,049-937089-9,IR,Rey\n", "0/1/0/0/0" },
    { "two fields together", "\"key\":[\"external_id+source\"],\"duplicates\":\"create\"",
      "name,external_id,source,city\nA,1,x,Qom\nB,1,y,Qom\n",
      "name,external_id,source,city\nA,1,x,Qom\nB,1,y,Rey\nC,2,y,Rey\n", "1/1/1/0/0" },
    { "phone and name, each in its normal form", "\"key\":[\"phone+name\"],\"country\":\"IT\"",
      "name,phone,city\nRossi Mario,333 1234567,Roma\n",
      "name,phone,city\nMARIO ROSSI,+39 3331234567,Bari\n", "0/1/0/0/0" },
    { "the first key that the row has", "\"key\":[\"national_id\",\"email+name\"]",
      "name,national_id,email,city\nAli,77,,Qom\nEva,,e@example.it,Bari\n",
      "name,national_id,email,city\nAli,77,,Qom\nEva,,E@example.it,Rome\n", "0/1/1/0/0" },
    { "another phone is another person", "\"key\":[\"phone+name\"],\"country\":\"IT\"",
      "name,phone\nMario,333 1234567\n", "name,phone\nMario,333 1234568\n", "1/0/0/0/0" },
    { "a unique field of itself", "\"entity\":\"dealer\"",
      "name,code,city\nNorth,N,Oslo\n", "name,code,city\nNorth,N,Rome\nSouth,S,Bari\n",
      "1/1/0/0/0" },
    { "the id", "\"entity\":\"dealer\",\"key\":[\"code\"]", "name,code\nNorth,N\n",
      "name,code\nNORTH,N\n", "0/1/0/0/0" },
};

START_TEST(upsert__finds_a_record_by_its_key)
{
    size_t n = (size_t)_i / 2;
    office o;
    office_open(&o, _i % 2);
    acrm_value_free(upsert(&o, keys[n].first, keys[n].args));
    acrm_value *out = upsert(&o, keys[n].second, keys[n].args);
    upsert_expect(out, keys[n].want);
    office_close(&o);
}
END_TEST

START_TEST(upsert__a_key_of_two_records_is_ambiguous)
{
    office o;
    office_open(&o, _i);
    acrm_value_free(office_call(&o, "customer.create", "{\"name\":\"A\",\"external_id\":\"9\"}"));
    acrm_value_free(office_call(&o, "customer.create", "{\"name\":\"B\",\"external_id\":\"9\"}"));
    upsert_expect(upsert(&o, "Nr,name\n9,C\n",
                         "\"mapping\":{\"columns\":{\"Nr\":\"external_id\",\"name\":\"name\"},"
                         "\"key\":\"external_id\"}"), "0/0/0/0/1");
    upsert_field(&o, "import_row", "{}", "reason", "ambiguous");
    upsert_field(&o, "import_row", "{}", "place", "Nr");
    upsert_expect(upsert(&o, "external_id,name\n,C\n", ""), "0/0/0/0/1");
    upsert_field(&o, "import_row", "{\"reason\":\"key\"}", "place", "external_id");
    office_close(&o);
}
END_TEST

START_TEST(upsert__a_key_twice_in_a_file_is_refused_where_it_says_otherwise)
{
    static const char text[] = "external_id,name,city\n1,A,Rome\n1,A,Rome\n1,A,Bari\n";
    office o;
    office_open(&o, _i);
    upsert_expect(upsert(&o, text, ""), "1/0/1/0/1");
    upsert_field(&o, "import_row", "{\"outcome\":\"rejected\"}", "reason", "duplicate_key");
    upsert_expect(upsert(&o, text, ""), "0/0/2/0/1");
    upsert_field(&o, "customer", "{}", "city", "Rome");
    office_close(&o);
}
END_TEST

START_TEST(upsert__a_customer_known_under_another_key_is_a_duplicate)
{
    static const char text[] = "external_id,name,phone,city\n7,Mario Rossi,+393331234567,Rome\n";
    office o;
    office_open(&o, _i);
    acrm_value *out = office_call(&o, "customer.create",
        "{\"name\":\"Mario Rossi\",\"contact_points\":[{\"channel\":\"phone\","
        "\"value\":\"+393331234567\"}]}");
    const char *id = office_text(out, "id");
    upsert_expect(upsert(&o, text, ""), "0/0/0/1/0");
    upsert_field(&o, "import_row", "{}", "record_id", id);
    upsert_expect(upsert(&o, text, ""), "0/0/0/1/0");
    upsert_expect(upsert(&o, text, "\"duplicate_score\":100"), "1/0/0/0/0");
    acrm_value_free(out);
    office_close(&o);
    office_open(&o, _i);
    out = office_call(&o, "customer.create",
        "{\"name\":\"Mario Rossi\",\"contact_points\":[{\"channel\":\"phone\","
        "\"value\":\"+393331234567\"}]}");
    upsert_expect(upsert(&o, text, "\"duplicates\":\"update\""), "0/1/0/0/0");
    upsert_field(&o, "customer", "{}", "external_id", "7");
    acrm_value_free(out);
    office_close(&o);
}
END_TEST

/* --- Values --- */

static const struct {
    const char *what, *column, *cell, *field, *want; /* the column of the mapping, as JSON */
} values[] = {
    { "a Solar Hijri date", "\"birth_date\"", "\xdb\xb1\xdb\xb3\xdb\xb7\xdb\xb0/01/01",
      "birth_date", "1991-03-21" },
    { "a date by its format", "{\"to\":\"birth_date\",\"format\":\"MM/DD/YYYY\"}", "02/03/1990",
      "birth_date", "1990-02-03" },
    { "Solar Hijri by a format", "{\"to\":\"birth_date\",\"format\":\"jalali YY/MM/DD\"}",
      "70/1/1", "birth_date", "1991-03-21" },
    { "years of two digits", "{\"to\":\"birth_date\",\"format\":\"DD.MM.YY\"}", "01.02.71",
      "birth_date", "1971-02-01" },
    { "Chinese dates", "\"birth_date\"", "1990\xe5\xb9\xb4" "2\xe6\x9c\x88" "3\xe6\x97\xa5",
      "birth_date", "1990-02-03" },
    { "dense dates", "\"birth_date\"", "19900203", "birth_date", "1990-02-03" },
    { "words for yes", "\"do_not_contact\"", "S\xc3\xac", "do_not_contact", "true" },
    { "words for no", "\"do_not_contact\"", "\xd0\x9d\xd0\xb5\xd1\x82", "do_not_contact",
      "false" },
    { "a table of meanings", "{\"to\":\"vip_level\",\"values\":{\"gold\":3,\"\":1}}", "GOLD",
      "vip_level", "3" },
    { "a meaning of nothing", "{\"to\":\"vip_level\",\"values\":{\"gold\":3,\"\":1}}", "",
      "vip_level", "1" },
    { "a choice in any case", "\"kind\"", "Company", "kind", "company" },
    { "a translated choice", "{\"to\":\"kind\",\"values\":{\"Ditta\":\"company\"}}", "ditta",
      "kind", "company" },
    { "digits of another script", "\"vip_level\"", "\xdb\xb7", "vip_level", "7" },
    { "thousands of a whole number", "\"x_km\"", "120.500", "x_km", "120500" },
    { "a decimal comma", "\"x_rate\"", "1.250,75", "x_rate", "1250.75" },
    { "a decimal point", "\"x_rate\"", "1,250.75", "x_rate", "1250.75" },
    { "less than one", "\"x_rate\"", "0,125", "x_rate", "0.125" },
    { "a decimal mark that is said", "{\"to\":\"x_rate\",\"decimal\":\",\"}", "1.250", "x_rate",
      "1250" },
    { "Persian marks", "\"x_rate\"", "\xdb\xb1\xd9\xac\xdb\xb2\xdb\xb5\xdb\xb0\xd9\xab\xdb\xb5",
      "x_rate", "1250.5" },
    { "blanks around", "\"city\"", "  Rome ", "city", "Rome" },
    { "blanks that count", "{\"to\":\"city\",\"trim\":false}", " Rome", "city", " Rome" },
    { "a default", "{\"to\":\"city\",\"default\":\"Bari\"}", "", "city", "Bari" },
    { "a null of the file", "\"city\"", "n/d", "city", "null" },
    { "the dealer by its code", "\"dealer.code\"", "N", "city", "null" },
    { "a name split at its last blank", "{\"to\":[\"given_name\",\"family_name\"]}",
      "Mario Luigi Rossi", "given_name", "Mario Luigi" },
    { "a name split at a comma",
      "{\"to\":[\"family_name\",\"given_name\"],\"separator\":\",\",\"at\":\"first\"}",
      "Rossi, Mario", "given_name", "Mario" },
};

static void value_office(office *o, int storage)
{
    office_open(o, storage);
    acrm_value_free(office_call(o, "dealer.create", "{\"name\":\"North\",\"code\":\"N\"}"));
    acrm_value_free(office_call(o, "schema.add_field", "{\"entity\":\"customer\",\"name\":"
        "\"x_rate\",\"type\":\"decimal\",\"help\":\"Rate\"}"));
    acrm_value_free(office_call(o, "schema.add_field", "{\"entity\":\"customer\",\"name\":"
        "\"x_km\",\"type\":\"int\",\"help\":\"Km\"}"));
}

START_TEST(upsert__reads_values_as_people_write_them)
{
    char text[300], args[600];
    office o;

    value_office(&o, OFFICE_MEMORY);
    for (size_t i = 0; i < sizeof values / sizeof values[0]; i++) {
        char where[60];
        snprintf(text, sizeof text, "Nr;Name;V\n%zu;P%zu;%s\n", i, i, values[i].cell);
        snprintf(args, sizeof args, "\"duplicates\":\"create\",\"mapping\":{\"columns\":{\"Nr\":"
                 "\"external_id\",\"Name\":\"name\",\"V\":%s},\"key\":\"external_id\","
                 "\"null_values\":[\"n/d\"]},\"delimiter\":\";\"", values[i].column);
        acrm_value *out = upsert(&o, text, args);
        ck_assert_msg(office_number(out, "created") == 1, "%s", values[i].what);
        acrm_value_free(out);
        snprintf(where, sizeof where, "{\"external_id\":\"%zu\"}", i);
        upsert_field(&o, "customer", where, values[i].field, values[i].want);
    }
    acrm_value *list = upsert_list(&o, "customer", "{\"dealer.code\":\"N\"}");
    ck_assert_int_eq(acrm_value_count(acrm_value_get(list, "items")), 1);
    acrm_value_free(list);
    office_close(&o);
}
END_TEST

static const struct {
    const char *column, *cell, *reason;
} wrong[] = {
    { "\"birth_date\"", "03/04/1990", "ambiguous" },
    { "\"birth_date\"", "1990-02-30", "format" },
    { "\"birth_date\"", "March 1990", "format" },
    { "{\"to\":\"birth_date\",\"format\":\"DD/MM/YYYY\"}", "1990-01-01", "format" },
    { "\"x_rate\"", "1.250", "ambiguous" },
    { "\"x_rate\"", "twelve", "type" },
    { "\"x_rate\"", "1.2.3,4,5", "ambiguous" },
    { "\"vip_level\"", "1,5", "type" },
    { "\"vip_level\"", "10", "range" },
    { "\"do_not_contact\"", "maybe", "type" },
    { "\"kind\"", "firm", "choice" },
    { "\"dealer.code\"", "Z", "reference" },
    { "{\"to\":\"dealer_id\"}", "N", "format" },
};

START_TEST(upsert__refuses_values_that_say_nothing_sure)
{
    char text[300], args[600];
    office o;

    value_office(&o, OFFICE_MEMORY);
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        snprintf(text, sizeof text, "Nr;Name;V\n%zu;P;%s\n", i, wrong[i].cell);
        snprintf(args, sizeof args, "\"mapping\":{\"columns\":{\"Nr\":\"external_id\",\"Name\":"
                 "\"name\",\"V\":%s},\"key\":\"external_id\"},\"dry_run\":true", wrong[i].column);
        acrm_value *out = upsert(&o, text, args);
        const acrm_value *row = acrm_value_at(acrm_value_get(out, "changes"), 0);
        ck_assert_msg(office_number(out, "rejected") == 1, "%s", wrong[i].cell);
        ck_assert_str_eq(office_text(row, "reason"), wrong[i].reason);
        ck_assert_str_eq(office_text(row, "column"), "V");
        acrm_value_free(out);
    }
    office_close(&o);
}
END_TEST

START_TEST(upsert__overwrites_only_what_it_may)
{
    static const char mapping[] =
        "\"key\":[\"external_id\"],\"mapping\":{\"columns\":{\"Nr\":\"external_id\",\"Name\":"
        "\"name\",\"City\":{\"to\":\"city\",\"overwrite\":\"empty\"},\"Region\":{\"to\":\"region\","
        "\"overwrite\":\"never\"},\"Note\":{\"to\":\"notes\",\"blank\":\"clear\"},\"Lang\":"
        "\"language\"},\"constants\":{\"source\":\"old\",\"kind\":\"company\"}}";
    office o;
    office_open(&o, _i);
    upsert_expect(upsert(&o, "Nr,Name,City,Region,Note,Lang\n1,A,,R1,N1,it\n", mapping),
                  "1/0/0/0/0");
    upsert_expect(upsert(&o, "Nr,Name,City,Region,Note,Lang\n1,A,C2,R2,,\n", mapping),
                  "0/1/0/0/0");
    upsert_field(&o, "customer", "{}", "city", "C2");
    upsert_field(&o, "customer", "{}", "region", "R1");
    upsert_field(&o, "customer", "{}", "notes", "null");
    upsert_field(&o, "customer", "{}", "language", "it");
    upsert_field(&o, "customer", "{}", "source", "old");
    upsert_expect(upsert(&o, "Nr,Name,City,Region,Note,Lang\n1,A,C3,R3,,\n", mapping),
                  "0/0/1/0/0");
    office_close(&o);
}
END_TEST

START_TEST(upsert__records_that_refer_to_each_other_in_a_circle_are_refused)
{
    static const char args[] = "\"entity\":\"dealer\",\"mapping\":{\"columns\":{\"code\":\"code\","
                               "\"name\":\"name\",\"above\":\"parent.code\"}}";
    office o;
    office_open(&o, _i);
    upsert_expect(upsert(&o, "code,name,above\nA,a,B\nB,b,A\nC,c,\nD,d,C\n", args), "2/0/0/0/2");
    upsert_expect(upsert(&o, "code,name,above\nC,c,D\n", args), "0/0/0/0/1");
    upsert_field(&o, "import_row", "{\"reason\":\"cycle\"}", "place", "above");
    ck_assert_int_eq(office_count(&o, "dealer.count", "{}"), 2);
    office_close(&o);
}
END_TEST

START_TEST(upsert__takes_json_lines_with_related_records)
{
    static const char text[] =
        "{\"external_id\":\"1\",\"name\":\"Ada\",\"vip_level\":3,\"contact_points\":[{\"channel\":"
        "\"email\",\"value\":\"a@example.org\"}]}\n"
        "{\"external_id\":2,\"name\":\"Ben\",\"contact_points\":[{\"channel\":\"pigeon\",\"value\":"
        "\"x\"}]}\n{broken\n";
    office o;
    office_open(&o, _i);
    upsert_expect(upsert(&o, text, ""), "1/0/0/0/2");
    upsert_expect(upsert(&o, text, ""), "0/0/1/0/2");
    upsert_field(&o, "contact_point", "{}", "value", "a@example.org");
    ck_assert_int_eq(office_count(&o, "import_row.count", "{\"where\":{\"place\":"
                                  "\"contact_points\"}}"), 2);
    office_close(&o);
}
END_TEST

START_TEST(upsert__one_contact_in_two_columns_is_one)
{
    static const char text[] = "external_id,name,phone,mobile\n"
                               "1,Ada,0039 333 1234567,333/1234567\n";
    static const char args[] = "\"country\":\"IT\",\"mapping\":{\"key\":\"external_id\","
                               "\"columns\":{\"external_id\":\"external_id\",\"name\":\"name\","
                               "\"phone\":\"phone\",\"mobile\":{\"to\":\"phone\",\"set\":"
                               "{\"label\":\"mobile\"}}}}";
    office o;
    office_open(&o, _i);
    upsert_expect(upsert(&o, text, args), "1/0/0/0/0");
    ck_assert_int_eq(office_count(&o, "contact_point.count", "{}"), 1);
    upsert_expect(upsert(&o, text, args), "0/0/1/0/0");
    upsert_expect(upsert(&o, "external_id,name,phone,mobile\n1,Ada,333 1234567,\n", args),
                  "0/0/1/0/0");
    office_close(&o);
}
END_TEST

START_TEST(upsert__serves_entities_of_ones_own)
{
    office o;
    office_open(&o, _i);
    acrm_value_free(office_call(&o, "schema.add_entity",
        "{\"name\":\"x_part\",\"help\":\"A part\",\"fields\":[{\"name\":\"x_number\",\"type\":"
        "\"text\",\"help\":\"Number\",\"unique\":true},{\"name\":\"x_stock\",\"type\":\"int\","
        "\"help\":\"Stock\"}]}"));
    upsert_expect(upsert(&o, "x_number,x_stock\nA,1\nB,2\n", "\"entity\":\"x_part\""),
                  "2/0/0/0/0");
    upsert_expect(upsert(&o, "x_number,x_stock\nA,1\nB,3\n", "\"entity\":\"x_part\""),
                  "0/1/1/0/0");
    upsert_refused(&o, "x_stock\n1\n", "\"entity\":\"x_part\",\"key\":[\"x_stock\"]",
                   ACRM_E_INVALID, "key", "index");
    office_close(&o);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("upsert");
    TCase *tc = tcase_create("upsert");

    tcase_set_timeout(tc, 60);
    tcase_add_loop_test(tc, upsert__the_same_file_again_changes_nothing, 0, OFFICE_STORAGES);
    tcase_add_loop_test(tc, upsert__a_dry_run_tells_each_difference_and_does_nothing, 0,
                        OFFICE_STORAGES);
    tcase_add_loop_test(tc, upsert__a_rejected_row_names_every_fault_and_its_column, 0,
                        OFFICE_STORAGES);
    tcase_add_loop_test(tc, upsert__finds_a_record_by_its_key, 0,
                        2 * sizeof keys / sizeof keys[0]);
    tcase_add_loop_test(tc, upsert__a_key_of_two_records_is_ambiguous, 0, OFFICE_STORAGES);
    tcase_add_loop_test(tc, upsert__a_key_twice_in_a_file_is_refused_where_it_says_otherwise, 0,
                        OFFICE_STORAGES);
    tcase_add_loop_test(tc, upsert__a_customer_known_under_another_key_is_a_duplicate, 0,
                        OFFICE_STORAGES);
    tcase_add_test(tc, upsert__reads_values_as_people_write_them);
    tcase_add_test(tc, upsert__refuses_values_that_say_nothing_sure);
    tcase_add_loop_test(tc, upsert__overwrites_only_what_it_may, 0, OFFICE_STORAGES);
    tcase_add_loop_test(tc, upsert__records_that_refer_to_each_other_in_a_circle_are_refused, 0,
                        OFFICE_STORAGES);
    tcase_add_loop_test(tc, upsert__takes_json_lines_with_related_records, 0, OFFICE_STORAGES);
    tcase_add_loop_test(tc, upsert__one_contact_in_two_columns_is_one, 0, OFFICE_STORAGES);
    tcase_add_loop_test(tc, upsert__serves_entities_of_ones_own, 0, OFFICE_STORAGES);
    suite_add_tcase(suite, tc);
    return suite;
}

ACRM_TEST_MAIN(make_suite)
