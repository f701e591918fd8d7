/* SPDX-License-Identifier: MIT */
/* Appraisals: condition, valuations, the offer and who may make it, comparison, the sheet. */
#include "../stock/stock_world.h"

typedef struct desk {
    world w;
    char car[40], sheet[40], nora[48], max[48], tom[48];
} desk;

static void desk_open(desk *d, int storage)
{
    world_open(&d->w, storage);
    world_keep(&d->w, d->car, "vehicle.create", world_args(
        "{'make':'Fiat','model':'Panda <b>','vin':'1M8GDM9AXKP042788','odometer':80000,"
        "'dealer_id':'%s'}", d->w.north));
    world_user(&d->w, d->nora, "nora", "dealer_manager", d->w.north);
    world_user(&d->w, d->max, "max", "dealer_manager", d->w.north);
    world_user(&d->w, d->tom, "tom", "head_office", d->w.north);
    world_keep(&d->w, d->sheet, "appraisal.create", world_args(
        "{'vehicle_id':'%s','customer_id':'%s','currency':'EUR','odometer':81000,"
        "'vin_seen':'1m8gdm9a xkp042788'}", d->car, d->w.ada));
}

static void desk_item(desk *d, const char *element, const char *more)
{
    world_do(&d->w, "appraisal_item.create", world_args(
        "{'appraisal_id':'%s','element':'%s'%s}", d->sheet, element, more));
}

static const char *desk_get(desk *d, const char *key)
{
    return world_get(&d->w, "appraisal.get", world_args("{'id':'%s'}", d->sheet), key);
}

static void desk_offer(desk *d, const char *appraised, const char *offered)
{
    world_do(&d->w, "appraisal.update", world_args(
        "{'id':'%s','appraised':'%s','offered':'%s','last_write_wins':true}", d->sheet, appraised,
        offered));
}

START_TEST(appraisal__the_condition_adds_up)
{
    desk d;

    desk_open(&d, _i);
    ck_assert_int_gt(office_count(&d.w.o, "appraisal_element.count", "{}"), 40);
    desk_item(&d, "door_front_left", ",'condition':'damaged','currency':'EUR',"
              "'repair':'450.00','note':'dent'");
    desk_item(&d, "tyre_front_left", ",'condition':'worn','tread':'2.5','currency':'EUR',"
              "'repair':'90.50'");
    desk_item(&d, "engine", ",'condition':'good'");
    ck_assert_str_eq(desk_get(&d, "repair"), "540.50");
    acrm_value *items = office_call(&d.w.o, "appraisal_item.list", world_args(
        "{'where':{'element':'door_front_left'}}"));
    const char *id = office_text(acrm_value_at(acrm_value_get(items, "items"), 0), "id");
    world_do(&d.w, "appraisal_item.update", world_args(
        "{'id':'%s','repair':'400.00','last_write_wins':true}", id));
    ck_assert_str_eq(desk_get(&d, "repair"), "490.50");
    world_do(&d.w, "attachment.add", world_args(
        "{'entity':'appraisal_item','id':'%s','file_name':'door.txt','data':'aGVsbG8='}", id));
    world_do(&d.w, "appraisal_item.delete", world_args("{'id':'%s','last_write_wins':true}", id));
    ck_assert_str_eq(desk_get(&d, "repair"), "90.50");
    acrm_value_free(items);
    office_refused(&d.w.o, "appraisal_item.create", world_args(
        "{'appraisal_id':'%s','element':'wing','condition':'good'}", d.sheet), ACRM_E_INVALID,
        "element", "reference");
    office_refused(&d.w.o, "appraisal_item.create", world_args(
        "{'appraisal_id':'%s','element':'roof','condition':'good','tread':'2'}", d.sheet),
        ACRM_E_INVALID, "tread", "range");
    office_refused(&d.w.o, "appraisal_item.create", world_args(
        "{'appraisal_id':'%s','element':'roof','condition':'good','currency':'USD','repair':'1'}",
        d.sheet), ACRM_E_INVALID, "currency", "currency");
    office_refused(&d.w.o, "appraisal.create", world_args(
        "{'vehicle_id':'%s','currency':'EUR','vin_seen':'1HGCM82633A004352'}", d.car),
        ACRM_E_INVALID, "vin_seen", "vin");
    office_refused(&d.w.o, "appraisal.create", world_args(
        "{'vehicle_id':'%s','currency':'EUR','odometer':79999}", d.car), ACRM_E_INVALID,
        "odometer", "range");
    office_close(&d.w.o);
}
END_TEST

START_TEST(appraisal__several_say_what_it_is_worth)
{
    desk d;
    char asked[40], broken[40];

    desk_open(&d, _i);
    d.w.guide.n_replies = 3;
    d.w.guide.replies[0] = (fake_reply){ .outcome = ACRM_ASKED_ANSWERED,
                                         .body = "{\"amount\":\"11500.00\",\"currency\":\"EUR\"}" };
    d.w.guide.replies[1] = (fake_reply){ .outcome = ACRM_ASKED_ANSWERED,
                                         .body = "{\"amount\":\"9\",\"currency\":\"USD\"}" };
    d.w.guide.replies[2] = (fake_reply){ .outcome = ACRM_ASKED_REFUSED, .reason = "unknown" };
    world_keep(&d.w, asked, "appraisal.value", world_args("{'id':'%s','connector':'guide'}",
                                                          d.sheet));
    ck_assert_str_eq(desk_get(&d, "state"), "draft");
    world_do(&d.w, "engine.tick", "{}");
    ck_assert_ptr_nonnull(strstr(d.w.guide.body, "1M8GDM9AXKP042788"));
    ck_assert_ptr_null(strstr(d.w.guide.body, "Ada"));
    ck_assert_str_eq(desk_get(&d, "state"), "valued");
    ck_assert_str_eq(desk_get(&d, "market"), "11500.00");
    world_do(&d.w, "appraisal_valuation.create", world_args(
        "{'appraisal_id':'%s','source':'auction','currency':'EUR','amount':'11000.01'}", d.sheet));
    ck_assert_str_eq(desk_get(&d, "market"), "11250.00"); /* half to even */
    world_keep(&d.w, broken, "appraisal.value", world_args("{'id':'%s','connector':'guide'}",
                                                           d.sheet));
    world_do(&d.w, "engine.tick", "{}");
    ck_assert_str_eq(world_get(&d.w, "appraisal_valuation.get", world_args("{'id':'%s'}", broken),
                               "reason"), "currency");
    world_keep(&d.w, broken, "appraisal.value", world_args("{'id':'%s','connector':'guide'}",
                                                           d.sheet));
    world_do(&d.w, "engine.tick", "{}");
    ck_assert_str_eq(world_get(&d.w, "appraisal_valuation.get", world_args("{'id':'%s'}", broken),
                               "reason"), "unknown");
    ck_assert_str_eq(desk_get(&d, "market"), "11250.00");
    office_refused(&d.w.o, "appraisal_valuation.create", world_args(
        "{'appraisal_id':'%s','source':'x'}", d.sheet), ACRM_E_INVALID, "amount", "required");
    office_close(&d.w.o);
}
END_TEST

START_TEST(appraisal__four_eyes_and_levels_stand_before_an_offer)
{
    desk d;
    acrm_session *system;

    desk_open(&d, _i);
    office_refused(&d.w.o, "appraisal.submit", world_args("{'id':'%s'}", d.sheet), ACRM_E_INVALID,
                   "offered", "required");
    desk_offer(&d, "11000.00", "10500.00");
    office_refused(&d.w.o, "appraisal.submit", world_args("{'id':'%s','valid_until':"
                   "'2026-11-01'}", d.sheet), ACRM_E_INVALID, "valid_until", "range");
    office_refused(&d.w.o, "appraisal.approve", world_args("{'id':'%s'}", d.sheet),
                   ACRM_E_CONFLICT, "id", "state");
    acrm_value *user = office_call(&d.w.o, "user.get", world_args("{'id':'%s'}", d.nora + 5));
    world_do(&d.w, "appraisal_level.create", world_args(
        "{'role_id':'%s','currency':'EUR','amount':'10000.00'}", office_text(user, "role_id")));
    acrm_value_free(user);
    system = world_as(&d.w, d.nora);
    world_do(&d.w, "appraisal.submit", world_args("{'id':'%s'}", d.sheet));
    office_refused(&d.w.o, "appraisal.approve", world_args("{'id':'%s'}", d.sheet), ACRM_E_DENIED,
                   "id", "four_eyes");
    world_back(&d.w, system);
    office_refused(&d.w.o, "appraisal.update", world_args("{'id':'%s','offered':'1.00',"
                   "'last_write_wins':true}", d.sheet), ACRM_E_CONFLICT, "offered", "state");
    office_refused(&d.w.o, "appraisal_item.create", world_args(
        "{'appraisal_id':'%s','element':'roof','condition':'good'}", d.sheet), ACRM_E_CONFLICT,
        "appraisal_id", "state");
    system = world_as(&d.w, d.max);
    office_refused(&d.w.o, "appraisal.approve", world_args("{'id':'%s'}", d.sheet), ACRM_E_DENIED,
                   "id", "level");
    world_back(&d.w, system);
    system = world_as(&d.w, d.tom);
    office_refused(&d.w.o, "appraisal.approve", world_args("{'id':'%s'}", d.sheet), ACRM_E_DENIED,
                   "id", "level");
    world_back(&d.w, system);
    world_do(&d.w, "appraisal.approve", world_args("{'id':'%s'}", d.sheet));
    ck_assert_str_eq(desk_get(&d, "state"), "approved");
    ck_assert_str_eq(desk_get(&d, "valid_until"), "2026-11-28");
    world_clock += 7 * WORLD_DAY;
    world_do(&d.w, "engine.tick", "{}");
    ck_assert_str_eq(desk_get(&d, "state"), "approved");
    world_clock += WORLD_DAY;
    world_do(&d.w, "engine.tick", "{}");
    ck_assert_str_eq(desk_get(&d, "state"), "expired");
    office_refused(&d.w.o, "appraisal.submit", world_args("{'id':'%s'}", d.sheet),
                   ACRM_E_CONFLICT, "id", "state");
    office_close(&d.w.o);
}
END_TEST

START_TEST(appraisal__states_are_compared)
{
    desk d;
    char later[40], other[40], car[40];

    desk_open(&d, OFFICE_SQLITE);
    desk_item(&d, "roof", ",'condition':'good'");
    desk_item(&d, "seats", ",'condition':'damaged','currency':'EUR','repair':'100.00'");
    world_keep(&d.w, later, "appraisal.create", world_args(
        "{'vehicle_id':'%s','customer_id':'%s','currency':'EUR','stage':'delivery','items':["
        "{'element':'roof','condition':'damaged','currency':'EUR',"
                  "'repair':'300.00'},{'element':'engine',"
        "'condition':'defective','currency':'EUR','repair':'2000.00'}]}", d.car, d.w.ada));
    acrm_value *out = office_call(&d.w.o, "appraisal.compare", world_args("{'ids':['%s','%s']}",
                                                                          d.sheet, later));
    const acrm_value *rows = acrm_value_get(out, "rows");
    ck_assert_uint_eq(acrm_value_count(rows), 3);
    ck_assert_str_eq(office_text(acrm_value_at(rows, 0), "element"), "roof");
    ck_assert(acrm_value_bool(acrm_value_get(acrm_value_at(rows, 0), "worse")));
    ck_assert(acrm_value_bool(acrm_value_get(acrm_value_at(rows, 1), "better")));
    ck_assert_str_eq(office_text(acrm_value_at(rows, 2), "element"), "engine");
    const acrm_value *sides = acrm_value_get(out, "appraisals");
    ck_assert_str_eq(office_text(acrm_value_at(sides, 1), "repair"), "2300.00");
    ck_assert_str_eq(office_text(acrm_value_at(sides, 1), "stage"), "delivery");
    acrm_value_free(out);
    world_keep(&d.w, car, "vehicle.create", "{\"model\":\"Uno\"}");
    world_keep(&d.w, other, "appraisal.create", world_args("{'vehicle_id':'%s','currency':'EUR'}",
                                                           car));
    office_refused(&d.w.o, "appraisal.compare", world_args("{'ids':['%s','%s']}", d.sheet, other),
                   ACRM_E_INVALID, "ids", "vehicle");
    office_refused(&d.w.o, "appraisal.compare", world_args("{'ids':['%s']}", d.sheet),
                   ACRM_E_INVALID, "ids", "range");
    office_close(&d.w.o);
}
END_TEST

START_TEST(appraisal__the_sheet_is_escaped)
{
    desk d;

    desk_open(&d, _i);
    desk_item(&d, "roof", ",'condition':'damaged','currency':'EUR',"
              "'repair':'300.00','note':'<script>&'");
    desk_offer(&d, "11000.00", "10500.00");
    acrm_value *out = office_call(&d.w.o, "appraisal.sheet", world_args("{'id':'%s'}", d.sheet));
    const char *html = office_text(out, "html");
    ck_assert_ptr_nonnull(strstr(html, "size:A4"));
    ck_assert_ptr_nonnull(strstr(html, "Fiat Panda &lt;b&gt;"));
    ck_assert_ptr_nonnull(strstr(html, "&lt;script&gt;&amp;"));
    ck_assert_ptr_null(strstr(html, "<script>"));
    ck_assert_ptr_nonnull(strstr(html, "EUR 10,500.00"));
    ck_assert_ptr_nonnull(strstr(html, "<td>Ada</td>"));
    acrm_value_free(out);
    ck_assert_str_eq(world_get(&d.w, "appraisal.sheet", world_args(
        "{'id':'%s','language':'fa','template':'{{direction}} {{vehicle.vin}}'}", d.sheet),
        "html"), "rtl 1M8GDM9AXKP042788");
    office_refused(&d.w.o, "appraisal.sheet", world_args("{'id':'%s','template':'{{#a}}'}",
                   d.sheet), ACRM_E_INVALID, "template", "section");
    office_close(&d.w.o);
}
END_TEST

START_TEST(appraisal__the_sheet_speaks_five_languages)
{
    static const struct {
        const char *language, *says[9];
    } rows[] = {
        { "en", { "dir=\"ltr\"", "<h1>Appraisal: ", "<td>Bonnet</td><td>damaged</td>",
                  "<td>Periodic inspection</td><td>missing</td>", "<td>My glass</td>",
                  "<td>2026-11-21</td>", "EUR 300.00", "81,000 km", "Offered" } },
        { "fa-IR", { "dir=\"rtl\"", "<h1>کارشناسی خودرو: ", "<td>در موتور</td><td>آسیب‌دیده</td>",
                     "<td>معاینه فنی</td><td>ناموجود</td>", "<td>My glass</td>",
                     "<td>1405/08/30</td>", "300٫00 EUR", "81٬000 کیلومتر", "مبلغ پیشنهادی" } },
        { "it", { "dir=\"ltr\"", "<h1>Perizia: ", "<td>Cofano</td><td>danneggiato</td>",
                  "<td>Revisione</td><td>mancante</td>", "<td>My glass</td>",
                  "<td>21/11/2026</td>", "300,00 EUR", "81.000 km", "Offerta" } },
        { "zh", { "dir=\"ltr\"", "<h1>车辆评估单: ", "<td>发动机盖</td><td>损坏</td>",
                  "<td>年检</td><td>缺失</td>", "<td>My glass</td>", "81,000 公里", "收购报价",
                  "评估师", "签字" } },
        { "ru", { "dir=\"ltr\"", "<h1>Оценка автомобиля: ", "<td>Капот</td><td>повреждение</td>",
                  "<td>Технический осмотр</td><td>отсутствует</td>", "<td>My glass</td>",
                  "<td>21.11.2026</td>", "Пробег", "Предложено", "Подпись" } },
        { "xx", { "dir=\"ltr\"", "<h1>Appraisal: ", "<td>Bonnet</td>", "<td>My glass</td>" } },
    };
    desk d;

    desk_open(&d, OFFICE_MEMORY);
    acrm_value *glass = office_call(&d.w.o, "appraisal_element.list",
                                    "{\"where\":{\"code\":\"windscreen\"}}");
    world_do(&d.w, "appraisal_element.update", world_args(
        "{'id':'%s','name':'My glass','last_write_wins':true}",
        office_text(acrm_value_at(acrm_value_get(glass, "items"), 0), "id")));
    acrm_value_free(glass);
    desk_item(&d, "bonnet", ",'condition':'damaged','currency':'EUR','repair':'300.00'");
    desk_item(&d, "windscreen", ",'condition':'good'");
    desk_item(&d, "inspection", ",'condition':'missing'");
    desk_offer(&d, "11000.00", "10500.00");
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        acrm_value *out = office_call(&d.w.o, "appraisal.sheet", world_args(
            "{'id':'%s','language':'%s'}", d.sheet, rows[i].language));
        const char *html = office_text(out, "html");
        for (size_t k = 0; k < 9 && rows[i].says[k]; k++)
            ck_assert_msg(strstr(html, rows[i].says[k]) != NULL, "%s: %s is not in %s",
                          rows[i].language, rows[i].says[k], html);
        ck_assert_ptr_null(strstr(html, "<td></td><td></td><td></td>"));
        acrm_value_free(out);
    }
    /* Nothing said, it is in the customer's language. */
    world_do(&d.w, "customer.update", world_args("{'id':'%s','language':'it','last_write_wins':"
                                                 "true}", d.w.ada));
    acrm_value *out = office_call(&d.w.o, "appraisal.sheet", world_args("{'id':'%s'}", d.sheet));
    ck_assert_ptr_nonnull(strstr(office_text(out, "html"), "lang=\"it\""));
    acrm_value_free(out);
    office_close(&d.w.o);
}
END_TEST

START_TEST(appraisal__customers_see_their_own)
{
    desk d;
    char bob[60];

    desk_open(&d, OFFICE_MEMORY);
    desk_item(&d, "roof", ",'condition':'damaged','currency':'EUR','repair':'300.00'");
    acrm_value *roles = office_call(&d.w.o, "role.list", world_args("{'where':{'name':"
                                                                    "'customer'}}"));
    world_do(&d.w, "role.update", world_args("{'id':'%s','permissions':['*'],'last_write_wins':"
             "true}", office_text(acrm_value_at(acrm_value_get(roles, "items"), 0), "id")));
    acrm_value_free(roles);
    snprintf(bob, sizeof bob, "customer:%s", d.w.bob);
    acrm_session *system = world_as(&d.w, bob);
    ck_assert_int_eq(office_count(&d.w.o, "appraisal.count", "{}"), 0);
    ck_assert_int_eq(office_count(&d.w.o, "appraisal_item.count", "{}"), 0);
    ck_assert_int_eq(office_count(&d.w.o, "appraisal_valuation.count", "{}"), 0);
    office_refused(&d.w.o, "appraisal.sheet", world_args("{'id':'%s'}", d.sheet),
                   ACRM_E_NOTFOUND, "id", "reference");
    world_back(&d.w, system);
    office_close(&d.w.o);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *s = suite_create("appraisal");
    TCase *t = tcase_create("appraisal");

    tcase_add_loop_test(t, appraisal__the_condition_adds_up, 0, OFFICE_STORAGES);
    tcase_add_loop_test(t, appraisal__several_say_what_it_is_worth, 0, OFFICE_STORAGES);
    tcase_add_loop_test(t, appraisal__four_eyes_and_levels_stand_before_an_offer, 0,
                        OFFICE_STORAGES);
    tcase_add_test(t, appraisal__states_are_compared);
    tcase_add_loop_test(t, appraisal__the_sheet_is_escaped, 0, OFFICE_STORAGES);
    tcase_add_test(t, appraisal__the_sheet_speaks_five_languages);
    tcase_add_test(t, appraisal__customers_see_their_own);
    suite_add_tcase(s, t);
    return s;
}

ACRM_TEST_MAIN(make_suite)
