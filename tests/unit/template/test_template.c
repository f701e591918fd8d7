/* SPDX-License-Identifier: MIT */
/* Templates: what mustache(5) says of each kind of tag, formats, limits and hostile input. */
#include "autocrm/template.h"
#include "support/suite.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Partials of a test: name and text in turns. */
typedef struct partials {
    const char *const *texts;
    acrm_template *made[8];
    size_t n;
} partials;

static int32_t find_partial(void *user, const char *name, const acrm_template **out)
{
    partials *all = user;

    for (size_t i = 0; all->texts != NULL && all->texts[i] != NULL; i += 2)
        if (strcmp(all->texts[i], name) == 0) {
            ck_assert_uint_lt(all->n, 8);
            const char *text = all->texts[i + 1];
            ck_assert_int_eq(acrm_template_new(NULL, text, strlen(text), &all->made[all->n], NULL),
                             ACRM_OK);
            *out = all->made[all->n++];
        }
    return ACRM_OK;
}

/* JSON with ` for ". */
static acrm_value *json_of(const char *json)
{
    acrm_value *value = NULL;
    char text[4096];

    snprintf(text, sizeof text, "%s", json);
    for (char *p = text; *p; p++)
        if (*p == '`')
            *p = '"';
    ck_assert_int_eq(acrm_value_parse(NULL, text, strlen(text), &value, NULL), ACRM_OK);
    return value;
}

static int32_t render(const char *text, const char *json, const char *const *texts,
                      acrm_template_options *options, acrm_buf **out, acrm_error **err)
{
    partials all = { .texts = texts };
    acrm_value *context = json_of(json);
    acrm_template *made = NULL;

    options->struct_size = sizeof *options;
    options->partial = find_partial;
    options->user = &all;
    ck_assert_msg(acrm_template_new(NULL, text, strlen(text), &made, err) == ACRM_OK, "%s: %s",
                  text, acrm_error_json(*err));
    int32_t st = acrm_template_render(made, context, options, out, err);
    acrm_template_free(made);
    for (size_t i = 0; i < all.n; i++)
        acrm_template_free(all.made[i]);
    acrm_value_free(context);
    return st;
}

static void renders(const char *text, const char *json, const char *const *texts,
                    acrm_template_options *options, const char *expected)
{
    acrm_error *err = NULL;
    acrm_buf *out = NULL;

    ck_assert_msg(render(text, json, texts, options, &out, &err) == ACRM_OK, "%s: %s", text,
                  acrm_error_json(err));
    ck_assert_msg(strcmp(acrm_buf_data(out), expected) == 0, "template <%s>\n got <%s>\nwant <%s>",
                  text, acrm_buf_data(out), expected);
    acrm_buf_free(out);
}

static const struct {
    const char *text, *json, *expected;
} cases[] = {
    /* Variables. */
    { "no tag at all\n{ or } or {", "{}", "no tag at all\n{ or } or {" },
    { "", "{}", "" },
    { "Dear {{name}},", "{`name`:`Ada`}", "Dear Ada," },
    { "{{ name }} {{\tname\n}}", "{`name`:`x`}", "x x" },
    { "{{a}}|{{{a}}}|{{&a}}", "{`a`:`<&>'`}", "&lt;&amp;&gt;&#39;|<&>'|<&>'" },
    { "[{{none}}][{{null}}]", "{`null`:null}", "[][]" },
    { "{{n}} {{r}} {{t}} {{f}}", "{`n`:85,`r`:1.21,`t`:true,`f`:false}", "85 1.21 true false" },
    { "[{{list}}][{{map}}]", "{`list`:[1],`map`:{`a`:1}}", "[][]" },
    { "{{a.b.c}}{{a.x.c}}{{a.b.c.d}}", "{`a`:{`b`:{`c`:`deep`}}}", "deep" },
    { "{{#a}}{{b.c}}{{/a}}", "{`a`:{`b`:{}},`b`:{`c`:`never`}}", "" },
    { " {{a}}\n", "{`a`:1}", " 1\n" },
    /* Sections. */
    { "{{#yes}}shown{{/yes}}{{#no}}hidden{{/no}}", "{`yes`:true,`no`:false}", "shown" },
    { "{{#null}}x{{/null}}{{#none}}x{{/none}}{{#empty}}x{{/empty}}{{#text}}x{{/text}}",
      "{`null`:null,`empty`:[],`text`:``}", "" },
    { "{{#zero}}0 is a value{{/zero}}", "{`zero`:0}", "0 is a value" },
    { "{{#a}}{{a}} of {{b}}, {{.}}{{/a}}{{^a}}x{{/a}}", "{`a`:`Ada`,`b`:`Rome`}",
      "Ada of Rome, Ada" },
    { "{{#c}}{{name}} of {{town}}{{/c}}", "{`town`:`Rome`,`c`:{`name`:`Ada`}}", "Ada of Rome" },
    { "{{#l}}{{n}},{{/l}}", "{`l`:[{`n`:1},{`n`:2},{`n`:3}]}", "1,2,3," },
    { "{{#l}}({{.}}){{/l}}", "{`l`:[`a`,2,true]}", "(a)(2)(true)" },
    { "{{#l}}[{{#.}}{{.}}{{/.}}]{{/l}}", "{`l`:[[1,2],[3]]}", "[12][3]" },
    { "{{#a}}{{#b}}{{x}}{{y}}{{/b}}{{/a}}", "{`a`:{`x`:1},`b`:{`y`:2}}", "12" },
    { "{{#a}}{{#b}}{{/b}}{{/a}}|", "{`a`:true}", "|" },
    { "{{#a.b}}{{c}}{{/a.b}}", "{`a`:{`b`:{`c`:7}}}", "7" },
    { "{{^no}}none{{/no}}{{^yes}}some{{/yes}}{{^l}}empty{{/l}}", "{`yes`:1,`l`:[]}", "noneempty" },
    /* Alone on a line. */
    { "a\n{{#t}}\nb\n{{/t}}\nc", "{`t`:true}", "a\nb\nc" },
    { "a\n  {{#t}}  \nb\n\t{{/t}}\nc\n", "{`t`:true}", "a\nb\nc\n" },
    { "a\r\n{{#t}}\r\nb\r\n{{/t}}\r\nc", "{`t`:true}", "a\r\nb\r\nc" },
    { "  {{#t}}\n!\n  {{/t}}", "{`t`:true}", "!\n" },
    { " {{#t}}x{{/t}} \n", "{`t`:true}", " x \n" },
    { "{{#t}}{{/t}}\n", "{`t`:true}", "\n" },
    { "{{#l}}\n- {{.}}\n{{/l}}\n", "{`l`:[1,2]}", "- 1\n- 2\n" },
    { "  {{! alone }}\nx {{! not }} y", "{}", "x  y" },
    { "{{!\nlong\n}}\nx", "{}", "x" },
    { "{{a}}\n{{a}}\n", "{`a`:1}", "1\n1\n" },
    /* Delimiters. */
    { "{{=<% %>=}}<%a%>{{a}}<%={{ }}=%>{{a}}", "{`a`:1}", "1{{a}}1" },
    { "{{=| |=}}|#s|x|/s|", "{`s`:true}", "x" },
    { "a\n{{=@ @=}}\nb @a@", "{`a`:1}", "a\nb 1" },
    { "{{= <% %> =}}<%& a %>", "{`a`:`<`}", "<" },
};
enum { CASES = sizeof cases / sizeof cases[0] };

START_TEST(template__renders_as_mustache_does)
{
    acrm_template_options options = { 0 };

    renders(cases[_i].text, cases[_i].json, NULL, &options, cases[_i].expected);
}
END_TEST

static const struct {
    const char *text, *json;
    const char *texts[8];
    const char *expected;
} with_partials[] = {
    { "[{{>p}}]", "{`a`:1}", { "p", "{{a}}" }, "[1]" },
    { "[{{> none }}]", "{}", { NULL }, "[]" },
    { "{{>p}}", "{`v`:1,`n`:{`v`:2}}", { "p", "{{v}}{{#n}}<{{>q}}>{{/n}}", "q", "{{v}}" },
      "1<2>" },
    { "| {{> p}}\n", "{}", { "p", ">\n>" }, "| >\n>\n" },
    { "a\n  {{>p}}\nb\n", "{`x`:`1\\n2`}", { "p", "|\n{{{x}}}\n|\n" }, "a\n  |\n  1\n2\n  |\nb\n" },
    { " {{>p}}\n", "{}", { "p", "1\n  {{>q}}\n2\n", "q", "a\nb\n" }, " 1\n   a\n   b\n 2\n" },
    { "  {{>p}}\n>", "{}", { "p", ">\n>" }, "  >\n  >>" },
    { "\t{{>p}}\r\n|", "{}", { "p", "x\r\n" }, "\tx\r\n|" },
    { "  {{>p}}\n", "{`l`:[1,2]}", { "p", "{{#l}}\n- {{.}}\n{{/l}}\n" }, "  - 1\n  - 2\n" },
    { " {{>p}}\n", "{}", { "p", "a{{>q}}b\nc\n", "q", "1\n2\n" }, " a1\n2\nb\n c\n" },
};
enum { WITH_PARTIALS = sizeof with_partials / sizeof with_partials[0] };

START_TEST(template__partials_keep_their_indent)
{
    acrm_template_options options = { 0 };

    renders(with_partials[_i].text, with_partials[_i].json, with_partials[_i].texts, &options,
            with_partials[_i].expected);
}
END_TEST

static const struct {
    const char *language, *text, *json, *expected;
    int32_t native, dates;
} formats[] = {
    { "en", "{{n | number}}", "{`n`:1234567.5}", "1,234,567.5", 0, 0 },
    { "it", "{{n|number}}", "{`n`:`-1234.50`}", "-1.234,50", 0, 0 },
    { "en-GB", "{{t | money}}", "{`t`:`1250000.50`,`currency`:`EUR`}", "EUR 1,250,000.50", 0, 0 },
    { "en", "{{o.t | money}}", "{`currency`:`USD`,`o`:{`t`:`999.00`,`currency`:`EUR`}}",
      "EUR 999.00", 0, 0 },
    { "ru", "{{t | money}}", "{`t`:{`amount`:`1000`,`currency`:`RUB`}}",
      "1\u00a0000\u00a0RUB", 0, 0 },
    { "fa", "{{t | money}}", "{`t`:`1250000`,`currency`:`IRR`}", "۱٬۲۵۰٬۰۰۰ IRR", 1, 0 },
    { "de", "{{t | money}}", "{`t`:`5`}", "5", 0, 0 },
    { "en", "{{d | date}} {{d | date_long}}", "{`d`:`2026-11-21`}", "2026-11-21 21 November 2026",
      0, 0 },
    { "it", "{{d | date}} {{d | date_long}}", "{`d`:`2026-03-01`}", "01/03/2026 1 marzo 2026", 0,
      0 },
    { "zh-CN", "{{d | date_long}}", "{`d`:`2026-03-01`}", "2026年3月1日", 0, 0 },
    { "ru", "{{d | date}}, {{d | date_long}}", "{`d`:`2026-03-01`}", "01.03.2026, 1 марта 2026 г.",
      0, 0 },
    { "fa", "{{d | date}} {{d | date_long}}", "{`d`:`2026-03-21`}", "۱۴۰۵/۰۱/۰۱ ۱ فروردین ۱۴۰۵", 1,
      0 },
    { "fa", "{{d | date}}", "{`d`:`2026-03-21`}", "2026/03/21", 0, ACRM_DATES_GREGORIAN },
    { "en", "{{d | date_long}}", "{`d`:`2026-03-21`}", "1 Farvardin 1405", 0, ACRM_DATES_JALALI },
    { "fa", "{{d | date}}", "{`d`:`1500-03-21`}", "1500/03/21", 0, 0 },
    { "en", "{{t | time}} {{i | time}} {{i | datetime}}",
      "{`t`:`08:30:00`,`i`:`2026-11-21T23:05:59Z`}", "08:30 23:05 2026-11-21 23:05", 0, 0 },
    { "en", "[{{none | money}}]", "{}", "[]", 0, 0 },
};
enum { FORMATS = sizeof formats / sizeof formats[0] };

START_TEST(template__formats_as_the_language_does)
{
    acrm_template_options options = { .language = formats[_i].language,
                                      .native_digits = formats[_i].native,
                                      .dates = formats[_i].dates };

    renders(formats[_i].text, formats[_i].json, NULL, &options, formats[_i].expected);
}
END_TEST

START_TEST(template__instants_are_told_in_the_zone)
{
    acrm_template_options options = { .language = "fa" };
    acrm_zone *zone = NULL;

    ck_assert_int_eq(acrm_zone_load("Asia/Tehran", NULL, NULL, &zone, NULL), ACRM_OK);
    options.zone = zone;
    renders("{{i | datetime}}", "{`i`:`2026-03-20T20:30:00Z`}", NULL, &options,
            "1405/01/01 00:00");
    acrm_zone_free(zone);
}
END_TEST

START_TEST(template__escapes_as_asked)
{
    acrm_template_options options = { .escape = ACRM_ESCAPE_NONE };

    renders("{{a}}", "{`a`:`<b>\\r\\nBcc: x`}", NULL, &options, "<b>\r\nBcc: x");
    options.escape = ACRM_ESCAPE_LINE;
    renders("{{a}}{{{a}}}", "{`a`:`<b>\\r\\nX`}", NULL, &options, "<b>  X<b>  X");
}
END_TEST

/* --- Refusals --- */

static const struct {
    const char *text, *reason, *field;
} refusals[] = {
    { "a {{name", "tag", "line 1, column 3" },
    { "\nآب {{{x}}", "tag", "line 2, column 4" },
    { "{{", "tag", "line 1, column 1" },
    { "{{#", "tag", "line 1, column 1" },
    { "{{}}", "name", "line 1, column 1" },
    { "{{#}}", "name", "line 1, column 1" },
    { "{{a b}}", "name", "line 1, column 1" },
    { "{{a | loud}}", "format", "line 1, column 1" },
    { "{{#a | date}}{{/a}}", "name", "line 1, column 1" },
    { "{{#a}}x", "section", "line 1" },
    { "{{/a}}", "section", "line 1, column 1" },
    { "{{#a}}{{#b}}{{/a}}{{/b}}", "section", "line 1, column 13" },
    { "{{=x=}}", "delimiter", "line 1, column 1" },
    { "{{=a b c=}}", "delimiter", "line 1, column 1" },
    { "{{=a= b=}}", "delimiter", "line 1, column 1" },
    { "{{=123456789 x=}}", "delimiter", "line 1, column 1" },
    { "x\xff", "utf8", "line 1, column 2" },
};
enum { REFUSALS = sizeof refusals / sizeof refusals[0] };

START_TEST(template__names_the_place_of_a_fault)
{
    acrm_template *made = NULL;
    acrm_error *err = NULL;
    const char *text = refusals[_i].text;

    ck_assert_int_eq(acrm_template_new(NULL, text, strlen(text), &made, &err), ACRM_E_INVALID);
    ck_assert_str_eq(acrm_error_reason(err), refusals[_i].reason);
    ck_assert_str_eq(acrm_error_field(err), refusals[_i].field);
    ck_assert_ptr_null(made);
    acrm_error_free(err);
}
END_TEST

static void is_refused(const char *text, const char *json, acrm_template_options *options,
                       int32_t status, const char *reason)
{
    acrm_error *err = NULL;
    acrm_buf *out = NULL;

    ck_assert_int_eq(render(text, json, NULL, options, &out, &err), status);
    ck_assert_str_eq(acrm_error_reason(err), reason);
    ck_assert_ptr_null(out);
    acrm_error_free(err);
}

START_TEST(template__a_value_that_does_not_fit_its_format_is_refused)
{
    static const char *const bad[][2] = {
        { "{{a | number}}", "{`a`:`12x`}" },  { "{{a | number}}", "{`a`:``}" },
        { "{{a | number}}", "{`a`:`1.`}" },   { "{{a | money}}", "{`a`:[1]}" },
        { "{{a | money}}", "{`a`:{`b`:1}}" }, { "{{a | date}}", "{`a`:`soon`}" },
        { "{{a | date}}", "{`a`:`08:30`}" },  { "{{a | time}}", "{`a`:`2026-01-01`}" },
        { "{{a | datetime}}", "{`a`:5}" },
    };

    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        acrm_template_options options = { 0 };
        is_refused(bad[i][0], bad[i][1], &options, ACRM_E_INVALID, "format");
    }
}
END_TEST

static int32_t find_itself(void *user, const char *name, const acrm_template **out)
{
    (void)name;
    *out = user;
    return ACRM_OK;
}

START_TEST(template__bombs_end_with_a_limit)
{
    acrm_template_options options = { .bytes_max = 1000 };
    acrm_template *made = NULL;
    acrm_value *context = json_of("{}");
    acrm_error *err = NULL;
    acrm_buf *out = NULL;
    char deep[33 * 6 + 1] = "";

    /* Long results, much work for nothing. */
    is_refused("{{#l}}{{#l}}{{#l}}xx{{/l}}{{/l}}{{/l}}", "{`l`:[1,2,3,4,5,6,7,8,9,0]}", &options,
               ACRM_E_LIMIT, "limit");
    options.bytes_max = 0;
    is_refused("{{#l}}{{#l}}{{#l}}{{#l}}{{#l}}{{#l}}{{#l}}{{none}}"
               "{{/l}}{{/l}}{{/l}}{{/l}}{{/l}}{{/l}}{{/l}}", "{`l`:[1,2,3,4,5,6,7,8,9,0]}",
               &options, ACRM_E_LIMIT, "limit");
    /* A partial that includes itself. */
    ck_assert_int_eq(acrm_template_new(NULL, "x{{>x}}", 7, &made, NULL), ACRM_OK);
    options.partial = find_itself;
    options.user = made;
    ck_assert_int_eq(acrm_template_render(made, context, &options, &out, &err), ACRM_E_LIMIT);
    ck_assert_str_eq(acrm_error_reason(err), "limit");
    acrm_error_free(err);
    acrm_template_free(made);
    acrm_value_free(context);
    for (int i = 0; i < 33; i++)
        memcpy(deep + i * 6, "{{#a}}", 7);
    err = NULL;
    ck_assert_int_eq(acrm_template_new(NULL, deep, strlen(deep), &made, &err), ACRM_E_LIMIT);
    acrm_error_free(err);
}
END_TEST

START_TEST(template__tells_what_is_missing_before_it_is_sent)
{
    const char *text = "{{name}} {{car.plate}} {{#cars}}{{vin}}{{/cars}} {{>sign}} {{name}} "
                       "{{#none}}{{never}}{{/none}} {{car.plate}}";
    const char *const texts[] = { "sign", "{{signer}}", NULL };
    partials all = { .texts = texts };
    acrm_template_options options = { .struct_size = sizeof options, .partial = find_partial,
                                      .user = &all };
    acrm_value *context = json_of("{`name`:`Ada`,`cars`:[{`vin`:`1`},{}]}");
    acrm_value *missing = json_of("[]");
    acrm_template *made = NULL;
    acrm_buf *out = NULL;

    ck_assert_int_eq(acrm_template_new(NULL, text, strlen(text), &made, NULL), ACRM_OK);
    ck_assert_int_eq(acrm_template_missing(made, context, &options, missing, NULL), ACRM_OK);
    ck_assert_int_eq(acrm_value_print(missing, 0, &out), ACRM_OK);
    ck_assert_str_eq(acrm_buf_data(out), "[\"car.plate\",\"vin\",\"signer\"]");
    acrm_buf_free(out);
    acrm_template_free(made);
    for (size_t i = 0; i < all.n; i++)
        acrm_template_free(all.made[i]);
    acrm_value_free(missing);
    acrm_value_free(context);
}
END_TEST

static int32_t list_tag(void *user, int32_t kind, const char *name, const char *within,
                        int32_t line)
{
    char *told = user;
    size_t at = strlen(told);

    snprintf(told + at, 512 - at, "%d %s in %s at %d;", kind, name, within ? within : "-", line);
    return strcmp(name, "stop") == 0 ? ACRM_E_INTERRUPTED : ACRM_OK;
}

START_TEST(template__lists_its_tags)
{
    const char *text = "{{a}}\n{{#s}}\n{{b | date}}{{^t}}{{>p}}{{/t}}\n{{/s}}{{c}}{{stop}}{{d}}";
    acrm_template *made = NULL;
    char told[512] = "";

    ck_assert_int_eq(acrm_template_new(NULL, text, strlen(text), &made, NULL), ACRM_OK);
    ck_assert_int_eq(acrm_template_tags(made, list_tag, told), ACRM_E_INTERRUPTED);
    ck_assert_str_eq(told, "1 a in - at 1;2 s in - at 2;1 b in s at 3;3 t in s at 3;4 p in t at 3;"
                           "1 c in - at 4;1 stop in - at 4;");
    acrm_template_free(made);
}
END_TEST

START_TEST(template__direction_is_known)
{
    ck_assert_int_eq(acrm_language_right_to_left("fa-IR"), 1);
    ck_assert_int_eq(acrm_language_right_to_left("ar"), 1);
    ck_assert_int_eq(acrm_language_right_to_left("it"), 0);
    ck_assert_int_eq(acrm_language_right_to_left(NULL), 0);
}
END_TEST

static Suite *template_suite(void)
{
    Suite *s = suite_create("template");
    TCase *t = tcase_create("template");

    tcase_add_loop_test(t, template__renders_as_mustache_does, 0, CASES);
    tcase_add_loop_test(t, template__partials_keep_their_indent, 0, WITH_PARTIALS);
    tcase_add_loop_test(t, template__formats_as_the_language_does, 0, FORMATS);
    tcase_add_test(t, template__instants_are_told_in_the_zone);
    tcase_add_test(t, template__escapes_as_asked);
    tcase_add_loop_test(t, template__names_the_place_of_a_fault, 0, REFUSALS);
    tcase_add_test(t, template__a_value_that_does_not_fit_its_format_is_refused);
    tcase_add_test(t, template__bombs_end_with_a_limit);
    tcase_add_test(t, template__tells_what_is_missing_before_it_is_sent);
    tcase_add_test(t, template__lists_its_tags);
    tcase_add_test(t, template__direction_is_known);
    suite_add_tcase(s, t);
    return s;
}

ACRM_TEST_MAIN(template_suite)
