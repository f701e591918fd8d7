/* SPDX-License-Identifier: MIT */
/* Documents: every language, nothing unescaped, own layouts. */
#include "deal_world.h"
#include "support/suite.h"

static deal_world w;

/* The document of a quote holds a text, or does not. */
static void holds(const char *operation, const char *id, const char *more, const char *text,
                  bool there)
{
    acrm_value *out = office_call(&w.o, operation, deal_json("{'id':'%s'%s}", id, more));
    const char *html = office_text(out, "html");

    ck_assert_msg((strstr(html, text) != NULL) == there, "%s: %.2000s", text, html);
    acrm_value_free(out);
}

static const struct {
    const char *language, *title, *total, *date, *dir;
} languages[] = {
    { "en", "<h1>Quote ", "EUR 23,800.00", "2025-01-24", "dir=\"ltr\"" },
    { "it", "<h1>Preventivo ", "23.800,00 EUR", "24/01/2025", "dir=\"ltr\"" },
    { "fa", "<h1>پیش‌فاکتور ", "23٬800٫00 EUR", "1403/11/05", "dir=\"rtl\"" },
    { "zh", "<h1>报价单 ", "23,800.00", "2025", "dir=\"ltr\"" },
    { "ru-RU", "<h1>Предложение ", "800,00", "24.01.2025", "dir=\"ltr\"" },
    { "xx", "<h1>Quote ", "23,800.00", "2025-01-24", "dir=\"ltr\"" },
};

START_TEST(document__speaks_the_language_of_its_reader)
{
    char quote[72], more[72];

    deal_open(&w, OFFICE_MEMORY);
    deal_does(&w.o, "quote.create", deal_quote(&w, ",'language':'it'"), "id", quote);
    holds("quote.render", quote, "", "lang=\"it\"", true);
    for (size_t i = 0; i < sizeof languages / sizeof languages[0]; i++) {
        snprintf(more, sizeof more, ",'language':'%s'", languages[i].language);
        holds("quote.render", quote, more, languages[i].title, true);
        holds("quote.render", quote, more, languages[i].total, true);
        holds("quote.render", quote, more, languages[i].date, true);
        holds("quote.render", quote, more, languages[i].dir, true);
        holds("quote.render", quote, more, "@page { size: A4", true);
        holds("quote.render", quote, more, "{{", false);
    }
    office_close(&w.o);
}
END_TEST

START_TEST(document__escapes_what_people_wrote)
{
    char quote[72];

    deal_open(&w, OFFICE_MEMORY);
    deal_does(&w.o, "customer.update", deal_json("{'id':'%s','last_write_wins':true,'name':"
              "'<script>x</script>'}", w.customer), NULL, NULL);
    deal_does(&w.o, "quote.create", deal_quote(&w, ",'note':'a < b & c','lines':[{'kind':"
              "'vehicle','name':'<b>X5</b>','amount':'1'}]"), "id", quote);
    holds("quote.render", quote, "", "<script>", false);
    holds("quote.render", quote, "", "&lt;script&gt;x", true);
    holds("quote.render", quote, "", "a &lt; b &amp; c", true);
    holds("quote.render", quote, "", "<b>X5", false);
    office_close(&w.o);
}
END_TEST

START_TEST(document__is_kept_as_it_was_signed)
{
    char contract[72], hash[72], kept[80];

    deal_open(&w, _i);
    deal_contract(&w, ",'deposit':'3800','payment':'credit','finance':{'rate':'0.06','periods':12}",
                  ",'terms':'Winter tyres'", contract);
    holds("sales_contract.render", contract, "", "Winter tyres", true);
    holds("sales_contract.render", contract, "", "<td>Buyer</td><td>Ada Example", true);
    holds("sales_contract.render", contract, "", "12", true);
    deal_does(&w.o, "sales_contract.sign", deal_json("{'id':'%s'}", contract), "document_hash",
              hash);
    deal_does(&w.o, "customer.update", deal_json("{'id':'%s','last_write_wins':true,'name':"
              "'Another Name'}", w.customer), NULL, NULL);
    holds("sales_contract.render", contract, "", "Ada Example", true);
    holds("sales_contract.render", contract, "", "Another Name", false);
    acrm_value *out = office_call(&w.o, "sales_contract.render", deal_json("{'id':'%s'}",
                                                                           contract));
    snprintf(kept, sizeof kept, "%s", office_text(out, "hash"));
    acrm_value_free(out);
    ck_assert_str_eq(kept, hash);
    holds("sales_contract.render", contract, ",'language':'fa'", "Another Name", true);
    office_refused(&w.o, "sales_contract.create", "{\"number\":\"X\"}", ACRM_E_INVALID,
                   "customer_id", "required");
    office_close(&w.o);
}
END_TEST

START_TEST(document__has_a_layout_of_ones_own)
{
    char quote[72], plain[72];

    deal_open(&w, OFFICE_MEMORY);
    office_refused(&w.o, "document_template.create", "{\"name\":\"T\",\"kind\":\"quote\","
                   "\"body\":\"{{#open}}\"}", ACRM_E_INVALID, "body", "section");
    deal_does(&w.o, "document_template.create", deal_json("{'name':'Own','kind':'quote',"
              "'dealer_id':'%s','body':'<p>{{number}}: {{total | money}}</p>'}", w.dealer), NULL,
              NULL);
    deal_does(&w.o, "document_template.create", "{\"name\":\"German\",\"kind\":\"quote\","
              "\"language\":\"de\",\"body\":\"Angebot {{number}}\"}", NULL, NULL);
    deal_does(&w.o, "quote.create", deal_quote(&w, ""), "id", quote);
    deal_does(&w.o, "quote.create", deal_json("{'customer_id':'%s','currency':'EUR','lines':"
              "[{'kind':'vehicle','amount':'1'}]}", w.customer), "id", plain);
    holds("quote.render", quote, "", "<p>Q-NORTH-2025-000001: EUR 23,800.00</p>", true);
    holds("quote.render", plain, "", "<h1>Quote", true);
    holds("quote.render", plain, ",'language':'de-AT'", "Angebot Q-2025-000001", true);
    office_close(&w.o);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("document");
    TCase *tcase = tcase_create("document");

    tcase_add_test(tcase, document__speaks_the_language_of_its_reader);
    tcase_add_test(tcase, document__escapes_what_people_wrote);
    tcase_add_loop_test(tcase, document__is_kept_as_it_was_signed, 0, OFFICE_STORAGES);
    tcase_add_test(tcase, document__has_a_layout_of_ones_own);
    suite_add_tcase(suite, tcase);
    return suite;
}

ACRM_TEST_MAIN(make_suite)
