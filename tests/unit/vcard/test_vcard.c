/* SPDX-License-Identifier: MIT */
/* vCards: the facts of tests/data, what a lenient reader forgives, and what a strict writer writes,
 * each read back. */
#include "autocrm/vcard.h"
#include "base/value.h"
#include "support/alloc_fail.h"
#include "support/suite.h"
#include "support/vectors.h"

#include "../integration/source.h"

static acrm_vcard_reader *reader_of(source *s, const acrm_allocator *allocator)
{
    acrm_vcard_reader *reader = NULL;

    ck_assert_int_eq(acrm_vcard_reader_new(source_read, s, allocator, &reader), ACRM_OK);
    return reader;
}

static acrm_vcard next_card(acrm_vcard_reader *reader)
{
    acrm_vcard card = { .struct_size = sizeof card };

    ck_assert_int_eq(acrm_vcard_next(reader, &card), ACRM_OK);
    return card;
}

/* --- The facts --- */

static void expect_text(const cJSON *want, const acrm_value *got, const char *id)
{
    char joined[1024] = "";

    if (cJSON_IsArray(want)) { /* a list within a component: the library keeps its text */
        const cJSON *part;
        cJSON_ArrayForEach(part, want)
        {
            size_t len = strlen(joined);
            snprintf(joined + len, sizeof joined - len, "%s%s", len ? "," : "", part->valuestring);
        }
    } else {
        snprintf(joined, sizeof joined, "%s", cJSON_GetStringValue(want));
    }
    const char *text = acrm_value_text(got, NULL);
    ck_assert_msg(text && strncmp(text, joined, sizeof joined - 1) == 0, "%s: %s is not %s", id,
                  text ? text : "(none)", joined);
}

static void expect_types(const cJSON *want, const acrm_value *item, const char *id)
{
    const acrm_value *types = acrm_value_get(item, "types");
    const cJSON *type;

    cJSON_ArrayForEach(type, want)
    {
        bool found = strcmp(type->valuestring, "pref") == 0 && acrm_value_get(item, "pref");
        for (size_t i = 0; i < acrm_value_count(types); i++)
            found |= strcmp(acrm_value_text(acrm_value_at(types, i), NULL), type->valuestring) == 0;
        ck_assert_msg(found, "%s: no type %s", id, type->valuestring);
    }
}

static void expect_item(const cJSON *want, const acrm_value *got, const char *id)
{
    const cJSON *part;

    if (!cJSON_IsObject(want)) {
        const acrm_value *value = acrm_value_get(got, "value");
        expect_text(want, value ? value : got, id);
        return;
    }
    cJSON_ArrayForEach(part, want)
    {
        if (strcmp(part->string, "types") == 0)
            expect_types(part, got, id);
        else
            expect_text(part, acrm_value_get(got, part->string), id);
    }
}

static void expect_card(const cJSON *want, const acrm_value *got, const char *id)
{
    static const char *const lists[] = { "tel", "email", "adr", "url" };
    const cJSON *key;

    ck_assert_msg(got != NULL, "%s: the card is broken", id);
    cJSON_ArrayForEach(key, want)
    {
        bool list = false;
        for (size_t i = 0; i < 4; i++)
            list |= strcmp(key->string, lists[i]) == 0;
        const acrm_value *own = acrm_value_get(got, key->string);
        if (list) {
            ck_assert_int_eq(cJSON_GetArraySize(key), (int)acrm_value_count(own));
            for (int i = 0; i < cJSON_GetArraySize(key); i++)
                expect_item(cJSON_GetArrayItem(key, i), acrm_value_at(own, (size_t)i), id);
        } else {
            expect_item(key, own, id);
        }
    }
}

START_TEST(vcard_read__agrees_with_the_facts)
{
    static const size_t pieces[] = { 0, 1, 7 };
    cJSON *root = vectors_load("vcard_ical.json");
    int checked = 0;

    VECTORS_EACH(item, root)
    {
        if (strcmp(cJSON_GetStringValue(vector_find(item, "kind")), "vcard_import") != 0)
            continue;
        const char *text = cJSON_GetStringValue(vector_find(item, "input"));
        const cJSON *cards = vector_find(item, "expect.cards");
        source s = { .text = text, .len = strlen(text), .piece = pieces[_i] };
        acrm_vcard_reader *reader = reader_of(&s, NULL);
        for (int i = 0; i < cJSON_GetArraySize(cards); i++) {
            acrm_vcard card = next_card(reader);
            ck_assert_int_eq(card.more, 1);
            expect_card(cJSON_GetArrayItem(cards, i), card.card, vector_id(item));
        }
        acrm_vcard last = next_card(reader);
        if (vector_find(item, "expect.cards_or_error")) /* a line over the limit */
            ck_assert_str_eq(last.reason, "limit");
        else
            ck_assert_msg(last.more == 0, "%s: one card too many", vector_id(item));
        acrm_vcard_reader_free(reader);
        checked++;
    }
    ck_assert_int_ge(checked, 18);
    cJSON_Delete(root);
}
END_TEST

/* --- What is forgiven --- */

static const struct {
    const char *what, *text, *want; /* the card as JSON */
} lenient[] = {
    { "an unfolded word whose continuation lacks its blank",
      "BEGIN:VCARD\nVERSION:3.0\nFN:Anna\nNOTE:a long\nnote\nEND:VCARD\n",
      "{\"version\":\"3.0\",\"fn\":\"Anna\",\"note\":\"a longnote\",\"faults\":[{\"line\":4,"
      "\"reason\":\"folding\",\"message\":\"a continuation line lacks the blank it must begin "
      "with\"}]}" },
    { "a character cut by a fold",
      "BEGIN:VCARD\r\nFN:caf\xc3\r\n \xa9\r\nEND:VCARD\r\n", "{\"fn\":\"caf\xc3\xa9\"}" },
    { "a fold by a tab, and text around the card",
      "hello\nBEGIN:VCARD\nFN:A\n\tB\nEND:VCARD\nbye\n", "{\"fn\":\"AB\"}" },
    { "a picture is passed over, its folding broken or not",
      "BEGIN:VCARD\nFN:A\nPHOTO;ENCODING=b;TYPE=JPEG:AAAA\n BBBB\nCCCC\n\nTEL:1\nEND:VCARD\n",
      "{\"fn\":\"A\",\"photo\":{\"bytes\":12},\"tel\":[{\"value\":\"1\",\"types\":[]}],"
      "\"faults\":[{\"line\":3,\"reason\":\"folding\",\"message\":\"a continuation line lacks the "
      "blank it must begin with\"}]}" },
    { "bytes in Latin 1 that say so",
      "BEGIN:VCARD\nFN;CHARSET=ISO-8859-1;ENCODING=QUOTED-PRINTABLE:Caf=E9\nEND:VCARD\n",
      "{\"fn\":\"Caf\xc3\xa9\"}" },
    { "base64 texts", "BEGIN:VCARD\nFN;ENCODING=b:w4k=\nEND:VCARD\n", "{\"fn\":\"\xc3\x89\"}" },
    { "a group's label", "BEGIN:VCARD\nFN:A\nitem1.TEL:5\nitem1.X-ABLabel:_$!<Car>!$_\n"
      "END:VCARD\n", "{\"fn\":\"A\",\"tel\":[{\"value\":\"5\",\"types\":[],\"group\":\"item1\","
      "\"label\":\"Car\"}]}" },
    { "a card within a card of version 2.1",
      "BEGIN:VCARD\nVERSION:2.1\nFN:Outer\nAGENT:\nBEGIN:VCARD\nFN:Inner\nEND:VCARD\nTEL:2\n"
      "END:VCARD\n",
      "{\"version\":\"2.1\",\"fn\":\"Outer\",\"tel\":[{\"value\":\"2\",\"types\":[]}]}" },
    { "a birthday without a year, as telephones write it",
      "BEGIN:VCARD\nFN:A\nBDAY;X-APPLE-OMIT-YEAR=1604:1604-03-21\nEND:VCARD\n",
      "{\"fn\":\"A\",\"bday\":\"--03-21\"}" },
    { "quoted parameters with marks in them",
      "BEGIN:VCARD\nFN;X-A=\"b;c:d\",e;SORT-AS=\"z\":A\nEND:VCARD\n", "{\"fn\":\"A\"}" },
    { "lists",
      "BEGIN:VCARD\nFN:A\nORG:Big\\, Ltd;Sales\nCATEGORIES:vip,fleet\\,large\nNOTE:a\nNOTE:b\n"
      "END:VCARD\n",
      "{\"fn\":\"A\",\"org\":[\"Big, Ltd\",\"Sales\"],\"categories\":[\"vip\",\"fleet,large\"],"
      "\"note\":\"a\\nb\"}" },
    { "a line that is none", "BEGIN:VCARD\n:nothing\nFN:A\nEND:VCARD\n",
      "{\"faults\":[{\"line\":2,\"reason\":\"syntax\",\"message\":\"a line that is no property\"}],"
      "\"fn\":\"A\"}" },
    { "parameters that are folded before the colon",
      "BEGIN:VCARD\r\nFN:A\r\nTEL;TYPE=cell;\r\n TYPE=voice:1\r\nEND:VCARD\r\n",
      "{\"fn\":\"A\",\"tel\":[{\"value\":\"1\",\"types\":[\"cell\",\"voice\"]}]}" },
    { "preferences", "BEGIN:VCARD\nFN:A\nTEL;PREF=2;TYPE=\"cell,voice\":1\nEND:VCARD\n",
      "{\"fn\":\"A\",\"tel\":[{\"value\":\"1\",\"types\":[\"cell\",\"voice\"],\"pref\":2}]}" },
};

START_TEST(vcard_read__forgives_what_programs_write)
{
    source s = { .text = lenient[_i].text, .len = strlen(lenient[_i].text), .piece = 3 };
    acrm_vcard_reader *reader = reader_of(&s, NULL);
    acrm_vcard card = next_card(reader);
    acrm_value *want = NULL;
    acrm_buf *text = NULL;

    ck_assert_msg(card.card != NULL, "%s: %s", lenient[_i].what, card.reason);
    ck_assert_int_eq(acrm_value_parse(NULL, lenient[_i].want, strlen(lenient[_i].want), &want,
                                      NULL), ACRM_OK);
    ck_assert_int_eq(acrm_value_print(card.card, 0, &text), ACRM_OK);
    ck_assert_msg(acrm__value_equal(want, card.card), "%s: %s", lenient[_i].what,
                  acrm_buf_data(text));
    ck_assert_int_eq(next_card(reader).more, 0);
    acrm_buf_free(text);
    acrm_value_free(want);
    acrm_vcard_reader_free(reader);
}
END_TEST

/* --- What is told as broken --- */

START_TEST(vcard_read__a_broken_card_does_not_stop_the_next)
{
    static const char text[] =
        "BEGIN:VCARD\nFN:Cut\nBEGIN:VCARD\nFN:Good\nEND:VCARD\nBEGIN:VCARD\nNOTE:nobody\n"
        "END:VCARD\nBEGIN:VCARD\nFN:Last";
    static const struct {
        const char *reason, *name, *raw;
        int64_t line;
    } want[] = {
        { "truncated", NULL, "BEGIN:VCARD\r\nFN:Cut\r\n", 1 },
        { NULL, "Good", "BEGIN:VCARD\r\nFN:Good\r\nEND:VCARD\r\n", 3 },
        { "name", NULL, "BEGIN:VCARD\r\nNOTE:nobody\r\nEND:VCARD\r\n", 6 },
        { "truncated", NULL, "BEGIN:VCARD\r\nFN:Last\r\n", 9 },
    };
    source s = { .text = text, .len = sizeof text - 1 };
    acrm_vcard_reader *reader = reader_of(&s, NULL);

    for (size_t i = 0; i < 4; i++) {
        acrm_vcard card = next_card(reader);
        ck_assert_int_eq(card.number, (int64_t)i + 1);
        ck_assert_int_eq(card.line, want[i].line);
        ck_assert_uint_eq(card.raw_len, strlen(want[i].raw));
        ck_assert_mem_eq(card.raw, want[i].raw, card.raw_len);
        if (want[i].reason)
            ck_assert_str_eq(card.reason, want[i].reason);
        else
            ck_assert_str_eq(acrm__get_text(card.card, "fn"), want[i].name);
    }
    ck_assert_int_eq(next_card(reader).more, 0);
    acrm_vcard_reader_free(reader);
}
END_TEST

/* A picture of so many bytes, folded or not, then a line that is too long. */
static char *heavy(size_t photo, size_t note, bool folded, size_t *len)
{
    char *text = malloc(photo * 2 + note + 400);
    size_t n = (size_t)snprintf(text, 100, "BEGIN:VCARD\r\nFN:A\r\nPHOTO;ENCODING=b:");

    for (size_t i = 0; i < photo; i++) {
        if (folded && i % 74 == 73)
            n += (size_t)snprintf(text + n, 4, "\r\n ");
        text[n++] = 'Q';
    }
    n += (size_t)snprintf(text + n, 100, "\r\nNOTE:");
    memset(text + n, 'x', note);
    n += note;
    n += (size_t)snprintf(text + n, 100, "\r\nEND:VCARD\r\nBEGIN:VCARD\r\nFN:B\r\nEND:VCARD\r\n");
    *len = n;
    return text;
}

START_TEST(vcard_read__a_picture_of_a_megabyte_takes_no_memory)
{
    alloc_fail state = { .fail_at = 0 };
    acrm_allocator port = alloc_fail_port(&state);
    size_t len;
    char *text = heavy(1024 * 1024, 10, _i == 1, &len);
    source s = { .text = text, .len = len };
    acrm_vcard_reader *reader = reader_of(&s, &port);
    acrm_vcard card = next_card(reader);

    ck_assert_ptr_nonnull(card.card);
    ck_assert_int_eq(acrm_value_int(acrm_value_get(acrm_value_get(card.card, "photo"), "bytes")),
                     1024 * 1024);
    ck_assert_uint_lt(card.raw_len, 1000);
    ck_assert_uint_lt(state.peak_bytes, 200000);
    ck_assert_str_eq(acrm__get_text(next_card(reader).card, "fn"), "B");
    acrm_vcard_reader_free(reader);
    ck_assert_uint_eq(state.live_bytes, 0);
    free(text);
}
END_TEST

START_TEST(vcard_read__a_line_over_the_limit_breaks_its_card_only)
{
    size_t len;
    char *text = heavy(10, 3 * ACRM_VCARD_LINE_MAX, false, &len);
    source s = { .text = text, .len = len };
    acrm_vcard_reader *reader = reader_of(&s, NULL);
    acrm_vcard card = next_card(reader);

    ck_assert_ptr_null(card.card);
    ck_assert_str_eq(card.reason, "limit");
    ck_assert_int_eq(card.fault_line, 4);
    ck_assert_uint_le(card.raw_len, ACRM_VCARD_CARD_MAX + 100);
    ck_assert_str_eq(acrm__get_text(next_card(reader).card, "fn"), "B");
    acrm_vcard_reader_free(reader);
    free(text);
}
END_TEST

START_TEST(vcard_read__gives_back_what_the_input_failed_with)
{
    source s = { .text = "BEGIN:VCARD\nFN:A\n", .len = 17, .piece = 4, .fail_at = 8 };
    acrm_vcard_reader *reader = reader_of(&s, NULL);
    acrm_vcard card = { .struct_size = sizeof card };

    ck_assert_int_eq(acrm_vcard_next(reader, &card), ACRM_E_STORE);
    card.struct_size = 4;
    ck_assert_int_eq(acrm_vcard_next(reader, &card), ACRM_E_MISUSE);
    ck_assert_int_eq(acrm_vcard_reader_new(NULL, NULL, NULL, &reader), ACRM_E_MISUSE);
    acrm_vcard_reader_free(reader);
}
END_TEST

/* --- Writing --- */

static acrm_value *parse(const char *json)
{
    acrm_value *value = NULL;

    ck_assert_int_eq(acrm_value_parse(NULL, json, strlen(json), &value, NULL), ACRM_OK);
    return value;
}

static char *write_card(const acrm_value *card, int32_t version, const acrm_allocator *allocator)
{
    acrm_buf *buf = NULL;

    ck_assert_int_eq(acrm_vcard_write(card, version, allocator, &buf, NULL), ACRM_OK);
    char *text = strdup(acrm_buf_data(buf));
    acrm_buf_free(buf);
    return text;
}

static const char full[] =
    "{\"kind\":\"individual\",\"uid\":\"urn:uuid:1\",\"fn\":\"Rossi; Mario, \\\\ \\n\","
    "\"n\":{\"family\":\"Rossi, jr\",\"given\":\"Mario\",\"additional\":\"Philip,Paul\","
    "\"prefix\":\"Dott.\",\"suffix\":\"\"},\"org\":[\"A;B\",\"C\"],\"title\":\"Capo\","
    "\"bday\":\"1990-03-21\",\"tel\":[{\"value\":\"+39 333\",\"types\":[\"cell\",\"voice\"],"
    "\"pref\":1},{\"value\":\"2\",\"types\":[]}],\"email\":[{\"value\":\"m@example.it\","
    "\"types\":[\"work\"]}],\"adr\":[{\"po_box\":\"\",\"extended\":\"\","
    "\"street\":\"Via Roma 1, int. 2\",\"city\":\"Torino\",\"region\":\"TO\","
    "\"postal_code\":\"10100\",\"country\":\"Italia\",\"types\":[\"home\"]}],"
    "\"url\":[\"https://example.it/a?b=c;d,e\"],\"categories\":[\"a,b\",\"c\"],"
    "\"note\":\"\xd8\xa7\xd8\xad\xd9\x85\xd8\xaf\xdb\x8c \xd8\xa7\xd8\xad\xd9\x85\xd8\xaf\xdb\x8c "
    "\xd8\xa7\xd8\xad\xd9\x85\xd8\xaf\xdb\x8c \xd8\xa7\xd8\xad\xd9\x85\xd8\xaf\xdb\x8c "
    "\xd8\xa7\xd8\xad\xd9\x85\xd8\xaf\xdb\x8c \xd8\xa7\xd8\xad\xd9\x85\xd8\xaf\xdb\x8c "
    "\xd8\xa7\xd8\xad\xd9\x85\xd8\xaf\xdb\x8c \xd8\xa7\xd8\xad\xd9\x85\xd8\xaf\xdb\x8c "
    "\xd8\xa7\xd8\xad\xd9\x85\xd8\xaf\xdb\x8c\"}";

START_TEST(vcard_write__is_read_back_the_same)
{
    acrm_value *card = parse(full);
    int32_t version = _i == 0 ? ACRM_VCARD_3 : ACRM_VCARD_4;
    char *text = write_card(card, version, NULL);
    source s = { .text = text, .len = strlen(text) };
    acrm_vcard_reader *reader = reader_of(&s, NULL);
    acrm_vcard back = next_card(reader);
    acrm_buf *json = NULL;

    ck_assert_ptr_nonnull(back.card);
    acrm_value *copy = NULL;
    ck_assert_int_eq(acrm_value_new(NULL, &copy), ACRM_OK);
    ck_assert(acrm__value_copy(copy, back.card));
    ck_assert_str_eq(acrm__get_text(copy, "version"), _i == 0 ? "3.0" : "4.0");
    acrm__put_text(card, "version", acrm__get_text(copy, "version"));
    acrm__put_text(card, "fn", "Rossi; Mario, \\"); /* a line end at the end is trimmed */
    if (version == ACRM_VCARD_3)
        acrm__put_text(copy, "kind", "individual"); /* version 3 has no KIND */
    ck_assert_int_eq(acrm_value_print(copy, 0, &json), ACRM_OK);
    ck_assert_msg(acrm__value_equal(card, copy), "%s", acrm_buf_data(json));
    acrm_buf_free(json);
    acrm_value_free(copy);
    acrm_value_free(card);
    acrm_vcard_reader_free(reader);
    free(text);
}
END_TEST

START_TEST(vcard_write__folds_at_75_octets_between_characters)
{
    acrm_value *card = parse(full);
    char *text = write_card(card, _i == 0 ? ACRM_VCARD_3 : ACRM_VCARD_4, NULL);
    int folded = 0;

    for (const char *line = text; *line;) {
        const char *end = strstr(line, "\r\n");
        ck_assert_ptr_nonnull(end);
        ck_assert_int_le((int)(end - line), 75);
        ck_assert_ptr_null(memchr(line, '\n', (size_t)(end - line)));
        ck_assert_int_ne((unsigned char)line[0] & 0xC0, 0x80);
        folded += line[0] == ' ';
        if (line[0] == ' ')
            ck_assert_int_ne((unsigned char)line[1] & 0xC0, 0x80);
        line = end + 2;
    }
    ck_assert_int_ge(folded, 1);
    ck_assert_int_eq(strncmp(text, "BEGIN:VCARD\r\nVERSION:", 21), 0);
    ck_assert_ptr_nonnull(strstr(text, "\r\nEND:VCARD\r\n"));
    acrm_value_free(card);
    free(text);
}
END_TEST

START_TEST(vcard_write__escapes_by_the_facts)
{
    cJSON *root = vectors_load("vcard_ical.json");
    int checked = 0;

    VECTORS_EACH(item, root)
    {
        char want[200], json[200];
        if (strcmp(cJSON_GetStringValue(vector_find(item, "kind")), "text_escape") != 0)
            continue;
        const char *plain = cJSON_GetStringValue(vector_find(item, "plain"));
        acrm_value *card = parse("{}");
        acrm__put_text(card, "fn", plain);
        char *text = write_card(card, ACRM_VCARD_4, NULL);
        snprintf(want, sizeof want, "\r\nFN:%s\r\n",
                 cJSON_GetStringValue(vector_find(item, "expect.escaped")));
        snprintf(json, sizeof json, "%s", text);
        ck_assert_msg(strstr(json, want) != NULL, "%s: %s", vector_id(item), json);
        free(text);
        acrm_value_free(card);
        checked++;
    }
    ck_assert_int_eq(checked, 2);
    cJSON_Delete(root);
}
END_TEST

static const struct {
    const char *json;
    int32_t version;
    const char *field, *reason;
} refused[] = {
    { "{}", 3, "fn", "required" },
    { "{\"n\":{\"family\":\"\"}}", 4, "fn", "required" },
    { "{\"fn\":\"A\"}", 2, "version", "choice" },
    { "{\"fn\":\"A\",\"tel\":\"1\"}", 3, "tel", "type" },
    { "{\"fn\":\"A\",\"tel\":[{\"value\":\"1\",\"types\":[1]}]}", 3, "types", "type" },
    { "{\"fn\":\"A\",\"note\":1}", 3, "note", "type" },
    { "{\"fn\":\"A\",\"n\":[]}", 3, "n", "type" },
    { "{\"fn\":\"A\",\"url\":[1]}", 3, "url", "type" },
    { "{\"fn\":\"A\",\"adr\":[1]}", 3, "adr", "type" },
    { "{\"fn\":\"A\",\"bday\":1}", 3, "bday", "type" },
};

START_TEST(vcard_write__refuses_what_is_no_card)
{
    acrm_value *card = parse(refused[_i].json);
    acrm_error *err = NULL;
    acrm_buf *buf = NULL;

    ck_assert_int_eq(acrm_vcard_write(card, refused[_i].version, NULL, &buf, &err),
                     ACRM_E_INVALID);
    ck_assert_ptr_null(buf);
    ck_assert_str_eq(acrm_error_field(err), refused[_i].field);
    ck_assert_str_eq(acrm_error_reason(err), refused[_i].reason);
    acrm_error_free(err);
    acrm_value_free(card);
}
END_TEST

START_TEST(vcard_write__makes_a_name_of_what_there_is)
{
    acrm_value *card = parse("{\"n\":{\"family\":\"Karimi\",\"given\":\"Zahra\"}}");
    char *text = write_card(card, ACRM_VCARD_3, NULL);

    ck_assert_ptr_nonnull(strstr(text, "\r\nFN:Zahra Karimi\r\nN:Karimi;Zahra;;;\r\n"));
    acrm_value_free(card);
    free(text);
    card = parse("{\"org\":[\"Works\"],\"bday\":\"--03-21\"}");
    text = write_card(card, ACRM_VCARD_4, NULL);
    ck_assert_ptr_nonnull(strstr(text, "\r\nFN:Works\r\n"));
    ck_assert_ptr_nonnull(strstr(text, "\r\nBDAY:--0321\r\n"));
    acrm_value_free(card);
    free(text);
}
END_TEST

/* --- Memory --- */

static int32_t scenario(const acrm_allocator *port, const acrm_value *card)
{
    const char *text = lenient[10].text;
    source s = { .text = text, .len = strlen(text) };
    acrm_vcard out = { .struct_size = sizeof out };
    acrm_vcard_reader *reader = NULL;
    acrm_buf *buf = NULL;

    int32_t st = acrm_vcard_reader_new(source_read, &s, port, &reader);
    if (st == ACRM_OK)
        st = acrm_vcard_next(reader, &out);
    acrm_vcard_reader_free(reader);
    if (st == ACRM_OK)
        st = acrm_vcard_write(card, ACRM_VCARD_4, port, &buf, NULL);
    acrm_buf_free(buf);
    return st;
}

START_TEST(vcard__survives_every_allocation_failure)
{
    acrm_value *card = parse(full);

    for (long n = 1;; n++) {
        alloc_fail state = { .fail_at = n };
        acrm_allocator port = alloc_fail_port(&state);
        int32_t status = scenario(&port, card);
        ck_assert_uint_eq(state.live_bytes, 0);
        if (state.failures == 0) {
            ck_assert_int_eq(status, ACRM_OK);
            break;
        }
        ck_assert_int_eq(status, ACRM_E_NOMEM);
    }
    acrm_value_free(card);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("vcard");
    TCase *tc = tcase_create("vcard");

    tcase_add_loop_test(tc, vcard_read__agrees_with_the_facts, 0, 3);
    tcase_add_loop_test(tc, vcard_read__forgives_what_programs_write, 0,
                        sizeof lenient / sizeof lenient[0]);
    tcase_add_test(tc, vcard_read__a_broken_card_does_not_stop_the_next);
    tcase_add_loop_test(tc, vcard_read__a_picture_of_a_megabyte_takes_no_memory, 0, 2);
    tcase_add_test(tc, vcard_read__a_line_over_the_limit_breaks_its_card_only);
    tcase_add_test(tc, vcard_read__gives_back_what_the_input_failed_with);
    tcase_add_loop_test(tc, vcard_write__is_read_back_the_same, 0, 2);
    tcase_add_loop_test(tc, vcard_write__folds_at_75_octets_between_characters, 0, 2);
    tcase_add_test(tc, vcard_write__escapes_by_the_facts);
    tcase_add_loop_test(tc, vcard_write__refuses_what_is_no_card, 0,
                        sizeof refused / sizeof refused[0]);
    tcase_add_test(tc, vcard_write__makes_a_name_of_what_there_is);
    tcase_add_test(tc, vcard__survives_every_allocation_failure);
    suite_add_tcase(suite, tc);
    return suite;
}

ACRM_TEST_MAIN(make_suite)
