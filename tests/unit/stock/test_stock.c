/* SPDX-License-Identifier: MIT */
/* The life of vehicles in stock: places, reservations and their queue, sale, transfers. */
#include "stock_world.h"

static const char *reserve(world *w, const char *car, const char *customer, const char *more)
{
    (void)w;
    return world_args("{'id':'%s','customer_id':'%s'%s}", car, customer, more);
}

START_TEST(stock__a_vehicle_goes_its_way_to_the_customer)
{
    world w;
    char car[40];

    world_open(&w, _i);
    world_car(&w, car, ",'kind':'new'");
    world_keep(&w, car, "vehicle.create", world_args(
        "{'make':'Fiat','vin':'1M8GDM9AXKP042788','kind':'new','status':'ordered',"
        "'dealer_id':'%s'}", w.north));
    ck_assert_str_eq(world_get(&w, "vehicle.get", world_args("{'id':'%s'}", car), "ordered_on"),
                     "2026-11-21");
    world_do(&w, "vehicle.reserve", reserve(&w, car, w.ada, ",'purpose':'order'"));
    ck_assert_str_eq(world_status(&w, car), "reserved");
    world_do(&w, "vehicle.ship", world_args("{'id':'%s','order_number':'O-7'}", car));
    ck_assert_str_eq(world_status(&w, car), "reserved");
    world_do(&w, "vehicle.sell", world_args("{'id':'%s','customer_id':'%s'}", car, w.ada));
    ck_assert_str_eq(world_status(&w, car), "sold");
    world_clock += 5 * WORLD_DAY;
    world_do(&w, "vehicle.receive", world_args("{'id':'%s','odometer':12}", car));
    ck_assert_str_eq(world_status(&w, car), "sold");
    world_clock += WORLD_DAY;
    world_do(&w, "vehicle.deliver", world_args(
        "{'id':'%s','customer_id':'%s','odometer':15}", car, w.ada));
    ck_assert_str_eq(world_status(&w, car), "delivered");
    acrm_value *own = office_call(&w.o, "vehicle_ownership.list", world_args(
        "{'where':{'vehicle_id':'%s'}}", car));
    const acrm_value *first = acrm_value_at(acrm_value_get(own, "items"), 0);
    ck_assert_str_eq(office_text(first, "customer_id"), w.ada);
    ck_assert_str_eq(office_text(first, "from_date"), "2026-11-27");
    ck_assert_int_eq(office_number(first, "odometer"), 15);
    acrm_value_free(own);
    /* Taken in again it is used, and nobody's. */
    world_clock += 400 * WORLD_DAY;
    world_do(&w, "vehicle.receive", world_args("{'id':'%s','odometer':22000}", car));
    ck_assert_str_eq(world_status(&w, car), "in_stock");
    ck_assert_str_eq(world_get(&w, "vehicle.get", world_args("{'id':'%s'}", car), "kind"),
                     "used");
    ck_assert_int_eq(office_count(&w.o, "vehicle_ownership.count", world_args(
        "{'where':{'vehicle_id':'%s','to_date':null}}", car)), 0);
    world_do(&w, "vehicle.sell", world_args("{'id':'%s','customer_id':'%s'}", car, w.bob));
    office_close(&w.o);
}
END_TEST

START_TEST(stock__only_operations_move_the_status)
{
    world w;
    char car[40];

    world_open(&w, OFFICE_MEMORY);
    world_car(&w, car, "");
    office_refused(&w.o, "vehicle.update", world_args(
        "{'id':'%s','status':'sold','last_write_wins':true}", car), ACRM_E_INVALID, "status",
        "read_only");
    office_refused(&w.o, "vehicle.create", world_args("{'status':'sold'}"), ACRM_E_INVALID,
                   "status", "status");
    office_refused(&w.o, "vehicle.create", world_args("{'status':'reserved'}"), ACRM_E_INVALID,
                   "status", "status");
    ck_assert_str_eq(world_status(&w, car), "in_stock");
    office_close(&w.o);
}
END_TEST

START_TEST(stock__a_vin_is_read_without_a_record)
{
    static const struct {
        const char *vin, *rule, *maker, *first; /* first: the likeliest one meant */
        int year;
    } rows[] = {
        { "1m8gdm9axkp042788 ", NULL, "Motor Coach Industries", NULL, 1989 },
        { "1M8GDM9AXKP042789", "check_digit", "Motor Coach Industries", "1M8GDM9AXKP042189", 0 },
        { "1M8GDM9AXKPO42788", "character", NULL, "1M8GDM9AXKP042788", 0 },
        { "1M8GDM9AXKP04278", "length", NULL, NULL, 0 },
        { "WVWZZZ3CZEE140287", NULL, "Volkswagen", NULL, 0 },
    };
    world w;

    world_open(&w, OFFICE_MEMORY);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        acrm_value *out = office_call(&w.o, "vin.check", world_args("{'vin':'%s'}", rows[i].vin));
        const acrm_value *meant = acrm_value_get(out, "suggestions");
        const char *rule = office_text(out, "rule"), *maker = office_text(out, "maker");
        const char *first = office_text(acrm_value_at(meant, 0), "vin");
        ck_assert_int_eq(acrm_value_bool(acrm_value_get(out, "valid")), rows[i].rule == NULL);
        ck_assert_str_eq(rule ? rule : "", rows[i].rule ? rows[i].rule : "");
        if (rows[i].maker)
            ck_assert_str_eq(maker, rows[i].maker);
        ck_assert_str_eq(first ? first : "", rows[i].first ? rows[i].first : "");
        if (rows[i].year)
            ck_assert_int_eq(office_number(out, "model_year"), rows[i].year);
        acrm_value_free(out);
    }
    acrm_error *err = NULL;
    const char *typed = "{\"vin\":\"1M8GDM9AXKPO42788\"}";
    ck_assert_int_eq(acrm_call_json(w.o.session, "vehicle.create", typed, strlen(typed), NULL,
                                    &err), ACRM_E_INVALID);
    ck_assert_str_eq(acrm_error_message(err), "vin is no VIN: a character is none of a VIN; "
                                              "perhaps 1M8GDM9AXKP042788");
    acrm_error_free(err);
    office_close(&w.o);
}
END_TEST

START_TEST(stock__the_queue_moves_up)
{
    world w;
    char car[40], ada[40], bob[40], cyd[40];

    world_open(&w, _i);
    world_car(&w, car, "");
    world_keep(&w, ada, "vehicle.reserve", reserve(&w, car, w.ada, ""));
    acrm_value *out = office_call(&w.o, "vehicle.reserve", reserve(&w, car, w.bob, ""));
    ck_assert_str_eq(office_text(out, "state"), "queued");
    ck_assert_int_eq(office_number(out, "position"), 1);
    snprintf(bob, sizeof bob, "%s", office_text(out, "id"));
    acrm_value_free(out);
    out = office_call(&w.o, "vehicle.reserve", reserve(&w, car, w.cyd, ""));
    ck_assert_int_eq(office_number(out, "position"), 2);
    snprintf(cyd, sizeof cyd, "%s", office_text(out, "id"));
    acrm_value_free(out);
    /* Asked again it is the same one. */
    ck_assert_str_eq(world_get(&w, "vehicle.reserve", reserve(&w, car, w.cyd, ""), "id"), cyd);
    ck_assert_str_eq(world_get(&w, "vehicle.reserve", reserve(&w, car, w.ada, ""), "id"), ada);
    office_refused(&w.o, "vehicle.reserve", reserve(&w, car, w.cyd, ",'until':"
                   "'2020-01-01T00:00:00Z'"), ACRM_E_INVALID, "until", "range");
    world_do(&w, "vehicle.release", world_args("{'reservation_id':'%s'}", ada));
    ck_assert_str_eq(world_get(&w, "vehicle_reservation.get", world_args("{'id':'%s'}", bob),
                               "state"), "held");
    ck_assert_str_eq(world_status(&w, car), "reserved");
    office_refused(&w.o, "vehicle.release", world_args("{'reservation_id':'%s'}", ada),
                   ACRM_E_CONFLICT, "reservation_id", "state");
    acrm_value *card = office_call(&w.o, "vehicle.stock_card", world_args("{'id':'%s'}", car));
    const acrm_value *queue = acrm_value_get(card, "reservations");
    ck_assert_uint_eq(acrm_value_count(queue), 2);
    ck_assert_str_eq(office_text(acrm_value_at(queue, 0), "customer_id"), w.bob);
    ck_assert_str_eq(office_text(acrm_value_at(queue, 1), "customer_id"), w.cyd);
    acrm_value_free(card);
    world_do(&w, "vehicle.release", world_args("{'reservation_id':'%s'}", cyd));
    world_do(&w, "vehicle.release", world_args("{'reservation_id':'%s'}", bob));
    ck_assert_str_eq(world_status(&w, car), "in_stock");
    office_close(&w.o);
}
END_TEST

START_TEST(stock__a_reservation_ends_by_itself)
{
    world w;
    char car[40], ada[40], bob[40], cyd[40];

    world_open(&w, _i);
    world_car(&w, car, "");
    world_keep(&w, ada, "vehicle.reserve", reserve(&w, car, w.ada, ",'until':"
                                                   "'2026-11-22T10:00:00Z'"));
    world_keep(&w, bob, "vehicle.reserve", reserve(&w, car, w.bob, ",'until':"
                                                   "'2026-11-21T12:00:00Z'"));
    world_keep(&w, cyd, "vehicle.reserve", reserve(&w, car, w.cyd, ""));
    world_clock += 23 * WORLD_HOUR;
    world_do(&w, "engine.tick", "{}");
    ck_assert_str_eq(world_get(&w, "vehicle_reservation.get", world_args("{'id':'%s'}", bob),
                               "state"), "expired"); /* it waited in vain */
    world_clock += WORLD_HOUR;
    world_do(&w, "engine.tick", "{}");
    ck_assert_str_eq(world_get(&w, "vehicle_reservation.get", world_args("{'id':'%s'}", ada),
                               "state"), "expired");
    ck_assert_str_eq(world_get(&w, "vehicle_reservation.get", world_args("{'id':'%s'}", cyd),
                               "state"), "held");
    acrm_value *events = office_call(&w.o, "event.list", world_args(
        "{'types':['vehicle_reservation.held','vehicle_reservation.expired']}"));
    ck_assert_uint_eq(acrm_value_count(acrm_value_get(events, "items")), 4);
    acrm_value_free(events);
    world_clock += 8 * WORLD_DAY;
    world_do(&w, "engine.tick", "{}");
    ck_assert_str_eq(world_status(&w, car), "in_stock");
    office_close(&w.o);
}
END_TEST

START_TEST(stock__nothing_is_sold_twice)
{
    world w;
    char car[40], ada[40];

    world_open(&w, OFFICE_SQLITE);
    world_car(&w, car, "");
    world_keep(&w, ada, "vehicle.reserve", reserve(&w, car, w.ada, ""));
    office_refused(&w.o, "vehicle.sell", reserve(&w, car, w.bob, ""), ACRM_E_CONFLICT, "id",
                   "reserved");
    office_refused(&w.o, "vehicle.deliver", reserve(&w, car, w.bob, ""), ACRM_E_CONFLICT, "id",
                   "reserved");
    office_refused(&w.o, "vehicle.reserve", reserve(&w, car, w.bob, ",'queue':false"),
                   ACRM_E_CONFLICT, "id", "reserved");
    world_do(&w, "vehicle.reserve", reserve(&w, car, w.bob, ""));
    world_do(&w, "vehicle.sell", reserve(&w, car, w.ada, ""));
    office_refused(&w.o, "vehicle.sell", reserve(&w, car, w.bob, ""), ACRM_E_CONFLICT, "id",
                   "sold");
    office_refused(&w.o, "vehicle.sell", reserve(&w, car, w.ada, ""), ACRM_E_CONFLICT, "id",
                   "sold");
    office_refused(&w.o, "vehicle.reserve", reserve(&w, car, w.cyd, ""), ACRM_E_CONFLICT, "id",
                   "sold");
    office_refused(&w.o, "vehicle.release", world_args("{'reservation_id':'%s'}", ada),
                   ACRM_E_CONFLICT, "reservation_id", "state");
    office_refused(&w.o, "vehicle.scrap", world_args("{'id':'%s'}", car), ACRM_E_CONFLICT, "id",
                   "status");
    office_refused(&w.o, "vehicle.deliver", reserve(&w, car, w.bob, ""), ACRM_E_CONFLICT,
                   "customer_id", "customer");
    /* Cancelled, the vehicle is the next one's. */
    world_do(&w, "vehicle.unsell", world_args("{'id':'%s'}", car));
    ck_assert_str_eq(world_status(&w, car), "reserved");
    world_do(&w, "vehicle.sell", reserve(&w, car, w.bob, ""));
    office_refused(&w.o, "vehicle.deliver", reserve(&w, car, w.bob, ",'on':'2030-01-01'"),
                   ACRM_E_INVALID, "on", "range");
    world_do(&w, "vehicle.deliver", reserve(&w, car, w.bob, ",'odometer':5"));
    office_refused(&w.o, "vehicle.sell", reserve(&w, car, w.cyd, ""), ACRM_E_CONFLICT, "id",
                   "status");
    office_refused(&w.o, "vehicle.unsell", world_args("{'id':'%s'}", car), ACRM_E_CONFLICT, "id",
                   "status");
    office_refused(&w.o, "vehicle.receive", world_args("{'id':'%s','odometer':4}", car),
                   ACRM_E_INVALID, "odometer", "range");
    office_refused(&w.o, "vehicle.ship", world_args("{'id':'%s'}", car), ACRM_E_CONFLICT, "id",
                   "status");
    world_do(&w, "vehicle.scrap", world_args("{'id':'%s'}", car));
    office_refused(&w.o, "vehicle.scrap", world_args("{'id':'%s'}", car), ACRM_E_CONFLICT, "id",
                   "status");
    office_refused(&w.o, "vehicle.receive", world_args("{'id':'%s'}", car), ACRM_E_CONFLICT,
                   "id", "status");
    ck_assert_int_eq(office_count(&w.o, "vehicle_reservation.count", "{}"), 2);
    office_close(&w.o);
}
END_TEST

START_TEST(stock__vehicles_go_from_dealer_to_dealer)
{
    world w;
    char car[40], move[40], seller[48], other[48];

    world_open(&w, _i);
    world_car(&w, car, "");
    world_user(&w, seller, "nora", "dealer_manager", w.north);
    world_user(&w, other, "sam", "dealer_manager", w.south);
    office_refused(&w.o, "vehicle.transfer_request", world_args(
        "{'id':'%s','to_dealer_id':'%s'}", car, w.north), ACRM_E_INVALID, "to_dealer_id",
        "range");
    world_keep(&w, move, "vehicle.transfer_request", world_args(
        "{'id':'%s','to_dealer_id':'%s','cause':'a customer waits'}", car, w.south));
    office_refused(&w.o, "vehicle.transfer_request", world_args(
        "{'id':'%s','to_dealer_id':'%s'}", car, w.south), ACRM_E_CONFLICT, "id", "transfer");
    office_refused(&w.o, "vehicle.transfer_receive", world_args("{'transfer_id':'%s'}", move),
                   ACRM_E_CONFLICT, "transfer_id", "state");
    world_do(&w, "vehicle.transfer_send", world_args("{'transfer_id':'%s'}", move));
    ck_assert_str_eq(world_status(&w, car), "in_transit");
    office_refused(&w.o, "vehicle.receive", world_args("{'id':'%s'}", car), ACRM_E_CONFLICT,
                   "id", "transfer");
    acrm_session *system = world_as(&w, other);
    office_refused(&w.o, "vehicle.get", world_args("{'id':'%s'}", car), ACRM_E_NOTFOUND, "id",
                   "reference");
    world_do(&w, "vehicle.transfer_receive", world_args("{'transfer_id':'%s'}", move));
    ck_assert_str_eq(world_status(&w, car), "in_stock");
    world_back(&w, system);
    system = world_as(&w, seller);
    office_refused(&w.o, "vehicle.get", world_args("{'id':'%s'}", car), ACRM_E_NOTFOUND, "id",
                   "reference");
    world_back(&w, system);
    world_keep(&w, move, "vehicle.transfer_request", world_args(
        "{'id':'%s','to_dealer_id':'%s'}", car, w.north));
    world_do(&w, "vehicle.transfer_send", world_args("{'transfer_id':'%s'}", move));
    world_do(&w, "vehicle.transfer_cancel", world_args("{'transfer_id':'%s'}", move));
    ck_assert_str_eq(world_status(&w, car), "in_stock");
    office_refused(&w.o, "vehicle.transfer_cancel", world_args("{'transfer_id':'%s'}", move),
                   ACRM_E_CONFLICT, "transfer_id", "state");
    office_close(&w.o);
}
END_TEST

START_TEST(stock__no_update_takes_a_vehicle_to_another_dealer)
{
    world w;
    char car[40], late[40], own[40];

    world_open(&w, _i);
    world_car(&w, car, "");
    world_keep(&w, late, "vehicle.create", world_args(
        "{'make':'Fiat','kind':'new','status':'ordered','dealer_id':'%s'}", w.north));
    const char *cars[] = { car, late };
    for (int i = 0; i < 2; i++) {
        office_refused(&w.o, "vehicle.update", world_args(
            "{'id':'%s','dealer_id':'%s','last_write_wins':true}", cars[i], w.south),
            ACRM_E_CONFLICT, "dealer_id", "transfer");
        office_refused(&w.o, "vehicle.update", world_args(
            "{'id':'%s','dealer_id':null,'last_write_wins':true}", cars[i]), ACRM_E_CONFLICT,
            "dealer_id", "transfer");
        ck_assert_str_eq(world_get(&w, "vehicle.get", world_args("{'id':'%s'}", cars[i]),
                                   "dealer_id"), w.north);
    }
    /* One that was ordered may arrive elsewhere; a customer's may be looked after elsewhere. */
    world_do(&w, "vehicle.receive", world_args("{'id':'%s','dealer_id':'%s'}", late, w.south));
    ck_assert_str_eq(world_get(&w, "vehicle.get", world_args("{'id':'%s'}", late), "dealer_id"),
                     w.south);
    world_keep(&w, own, "vehicle.create", world_args("{'make':'Fiat','dealer_id':'%s'}", w.north));
    world_do(&w, "vehicle.update", world_args("{'id':'%s','dealer_id':'%s','last_write_wins':true}",
                                              own, w.south));
    office_close(&w.o);
}
END_TEST

START_TEST(stock__what_leaves_the_stock_is_moved_no_more)
{
    world w;
    char car[40], move[40];

    world_open(&w, _i);
    world_car(&w, car, "");
    world_keep(&w, move, "vehicle.transfer_request", world_args(
        "{'id':'%s','to_dealer_id':'%s'}", car, w.south));
    world_do(&w, "vehicle.transfer_send", world_args("{'transfer_id':'%s'}", move));
    office_refused(&w.o, "vehicle.deliver", world_args("{'id':'%s','customer_id':'%s'}", car,
                   w.ada), ACRM_E_CONFLICT, "id", "transfer");
    office_refused(&w.o, "vehicle.scrap", world_args("{'id':'%s'}", car), ACRM_E_CONFLICT, "id",
                   "transfer");
    world_do(&w, "vehicle.transfer_receive", world_args("{'transfer_id':'%s'}", move));
    world_keep(&w, move, "vehicle.transfer_request", world_args(
        "{'id':'%s','to_dealer_id':'%s'}", car, w.north));
    world_do(&w, "vehicle.deliver", world_args("{'id':'%s','customer_id':'%s'}", car, w.ada));
    ck_assert_str_eq(world_get(&w, "vehicle_transfer.get", world_args("{'id':'%s'}", move),
                               "state"), "cancelled");
    office_refused(&w.o, "vehicle.transfer_cancel", world_args("{'transfer_id':'%s'}", move),
                   ACRM_E_CONFLICT, "transfer_id", "state");
    office_close(&w.o);
}
END_TEST

/* Else the car would be kept for somebody of whom nobody knows any more, for ever. */
START_TEST(stock__a_reservation_ends_when_its_customer_was_erased)
{
    world w;
    char car[40];

    world_open(&w, _i);
    world_car(&w, car, "");
    world_do(&w, "vehicle.reserve", world_args("{'id':'%s','customer_id':'%s'}", car, w.ada));
    world_do(&w, "privacy.erase", world_args("{'customer_id':'%s','basis':'Art. 17','reason':"
                                             "'asked'}", w.ada));
    ck_assert_str_eq(world_status(&w, car), "reserved");
    world_clock += 8 * WORLD_DAY;
    world_do(&w, "engine.tick", "{}");
    ck_assert_str_eq(world_status(&w, car), "in_stock");
    office_close(&w.o);
}
END_TEST

START_TEST(stock__what_comes_back_is_the_next_ones)
{
    world w;
    char car[40];

    world_open(&w, OFFICE_MEMORY);
    world_car(&w, car, "");
    world_do(&w, "vehicle.reserve", world_args("{'id':'%s','customer_id':'%s'}", car, w.ada));
    world_do(&w, "vehicle.reserve", world_args("{'id':'%s','customer_id':'%s'}", car, w.bob));
    world_do(&w, "vehicle.deliver", world_args("{'id':'%s','customer_id':'%s'}", car, w.ada));
    world_do(&w, "vehicle.receive", world_args("{'id':'%s'}", car));
    ck_assert_str_eq(world_status(&w, car), "reserved");
    ck_assert_int_eq(office_count(&w.o, "vehicle_reservation.count",
                                  "{\"where\":{\"state\":\"queued\"}}"), 0);
    office_close(&w.o);
}
END_TEST

START_TEST(stock__costs_add_up_by_kind)
{
    world w;
    char car[40], line[40];

    world_open(&w, _i);
    world_car(&w, car, "");
    world_do(&w, "vehicle_cost.create", world_args("{'vehicle_id':'%s','kind':'purchase',"
             "'currency':'EUR','amount':'9000.00'}", car));
    world_keep(&w, line, "vehicle_cost.create", world_args("{'vehicle_id':'%s','kind':'repair',"
               "'currency':'EUR','amount':'350.50'}", car));
    world_do(&w, "vehicle_cost.create", world_args("{'vehicle_id':'%s','kind':'repair',"
             "'currency':'EUR','amount':'49.50'}", car));
    world_do(&w, "vehicle_cost.create", world_args("{'vehicle_id':'%s','kind':'credit',"
             "'currency':'EUR','amount':'100.00'}", car));
    office_refused(&w.o, "vehicle_cost.create", world_args("{'vehicle_id':'%s','kind':'repair',"
                   "'currency':'USD','amount':'1.00'}", car), ACRM_E_INVALID, "currency",
                   "currency");
    ck_assert_str_eq(world_get(&w, "vehicle.get", world_args("{'id':'%s'}", car), "cost"),
                     "9300.00");
    world_do(&w, "vehicle_cost.update", world_args(
        "{'id':'%s','amount':'300.50','last_write_wins':true}", line));
    acrm_value *card = office_call(&w.o, "vehicle.stock_card", world_args("{'id':'%s'}", car));
    const acrm_value *costs = acrm_value_get(card, "costs");
    ck_assert_uint_eq(acrm_value_count(costs), 3);
    ck_assert_str_eq(office_text(acrm_value_at(costs, 1), "kind"), "repair");
    ck_assert_str_eq(office_text(acrm_value_at(costs, 1), "amount"), "350.00");
    ck_assert_str_eq(office_text(acrm_value_get(card, "vehicle"), "cost"), "9250.00");
    acrm_value_free(card);
    world_do(&w, "vehicle_cost.delete", world_args("{'id':'%s','last_write_wins':true}", line));
    ck_assert_str_eq(world_get(&w, "vehicle.get", world_args("{'id':'%s'}", car), "cost"),
                     "8949.50");
    world_do(&w, "vehicle_cost.restore", world_args("{'id':'%s'}", line));
    ck_assert_str_eq(world_get(&w, "vehicle.get", world_args("{'id':'%s'}", car), "cost"),
                     "9250.00");
    office_refused(&w.o, "vehicle.update", world_args("{'id':'%s','cost':'1.00',"
                   "'last_write_wins':true}", car), ACRM_E_INVALID, "cost", "read_only");
    office_close(&w.o);
}
END_TEST

/* The report against the same reckoned by hand. */
START_TEST(stock__the_report_tells_ages_and_turn)
{
    static const int arrived[] = { 0, 10, 30, 31, 90, 91, 200 }; /* days ago; not sold */
    static const int sold[][2] = { { 100, 20 }, { 300, 60 }, { 600, 500 } }; /* in, sold: ago */
    world w;
    char car[40];
    int64_t base;

    world_open(&w, _i);
    base = world_clock;
    for (size_t i = 0; i < sizeof sold / sizeof sold[0]; i++) {
        world_clock = base - sold[i][0] * WORLD_DAY;
        world_car(&w, car, ",'kind':'new'");
        world_clock = base - sold[i][1] * WORLD_DAY;
        world_do(&w, "vehicle.sell", reserve(&w, car, w.ada, ""));
    }
    for (size_t i = 0; i < sizeof arrived / sizeof arrived[0]; i++) {
        world_clock = base - arrived[i] * WORLD_DAY;
        world_car(&w, car, "");
        world_do(&w, "vehicle_cost.create", world_args("{'vehicle_id':'%s','kind':'purchase',"
                 "'currency':'EUR','amount':'1000.00'}", car));
    }
    world_clock = base;
    world_do(&w, "vehicle.reserve", reserve(&w, car, w.bob, ""));
    acrm_value *out = office_call(&w.o, "report.stock", "{\"currency\":\"EUR\"}");
    ck_assert_int_eq(office_number(out, "in_stock"), 7);
    ck_assert_int_eq(office_number(out, "sold"), 2);
    ck_assert_double_eq_tol(acrm_value_real(acrm_value_get(out, "average_age_in_stock")),
                            (0 + 10 + 30 + 31 + 90 + 91 + 200) / 7.0, 1e-9);
    ck_assert_double_eq_tol(acrm_value_real(acrm_value_get(out, "average_age_sold")),
                            (80 + 240) / 2.0, 1e-9);
    ck_assert_double_eq_tol(acrm_value_real(acrm_value_get(out, "turn")), 2 / 7.0, 1e-9);
    ck_assert(!acrm_value_bool(acrm_value_get(out, "only_fresh_moves")));
    const int want[] = { 3, 1, 1, 1, 1 };
    for (size_t i = 0; i < 5; i++) {
        const acrm_value *bucket = acrm_value_at(acrm_value_get(out, "buckets"), i);
        ck_assert_int_eq(office_number(bucket, "vehicles"), want[i]);
    }
    ck_assert_str_eq(office_text(acrm_value_at(acrm_value_get(out, "buckets"), 0), "cost"),
                     "3000.00");
    ck_assert_uint_eq(acrm_value_count(acrm_value_get(out, "kinds")), 2);
    acrm_value_free(out);
    /* As it was: seventy days ago two more were in stock, and one of the others had not come. */
    out = office_call(&w.o, "report.stock", "{\"on\":\"2026-09-12\"}");
    ck_assert_int_eq(office_number(out, "in_stock"), 5);
    acrm_value_free(out);
    out = office_call(&w.o, "report.stock", world_args("{'dealer_id':'%s'}", w.south));
    ck_assert_int_eq(office_number(out, "in_stock"), 0);
    ck_assert_int_eq(acrm_value_type(acrm_value_get(out, "turn")), ACRM_NULL);
    acrm_value_free(out);
    office_refused(&w.o, "report.stock", "{\"on\":\"2030-01-01\"}", ACRM_E_INVALID, "on",
                   "range");
    office_close(&w.o);
}
END_TEST

START_TEST(stock__customers_see_what_is_theirs)
{
    world w;
    char car[40], ada[60];

    world_open(&w, OFFICE_MEMORY);
    world_car(&w, car, "");
    world_do(&w, "vehicle.reserve", reserve(&w, car, w.ada, ""));
    world_do(&w, "vehicle.reserve", reserve(&w, car, w.bob, ""));
    acrm_value *roles = office_call(&w.o, "role.list", world_args("{'where':{'name':"
                                                                  "'customer'}}"));
    world_do(&w, "role.update", world_args("{'id':'%s','permissions':['*'],'last_write_wins':"
             "true}", office_text(acrm_value_at(acrm_value_get(roles, "items"), 0), "id")));
    acrm_value_free(roles);
    snprintf(ada, sizeof ada, "customer:%s", w.ada);
    acrm_session *system = world_as(&w, ada);
    ck_assert_int_eq(office_count(&w.o, "vehicle_reservation.count", "{}"), 1);
    ck_assert_int_eq(office_count(&w.o, "vehicle.count", "{}"), 0);
    ck_assert_int_eq(office_count(&w.o, "vehicle_cost.count", "{}"), 0);
    ck_assert_int_eq(office_count(&w.o, "vehicle_transfer.count", "{}"), 0);
    world_back(&w, system);
    office_close(&w.o);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *s = suite_create("stock");
    TCase *t = tcase_create("stock");

    tcase_add_loop_test(t, stock__a_vehicle_goes_its_way_to_the_customer, 0, OFFICE_STORAGES);
    tcase_add_test(t, stock__only_operations_move_the_status);
    tcase_add_loop_test(t, stock__the_queue_moves_up, 0, OFFICE_STORAGES);
    tcase_add_loop_test(t, stock__a_reservation_ends_by_itself, 0, OFFICE_STORAGES);
    tcase_add_test(t, stock__nothing_is_sold_twice);
    tcase_add_loop_test(t, stock__vehicles_go_from_dealer_to_dealer, 0, OFFICE_STORAGES);
    tcase_add_test(t, stock__a_vin_is_read_without_a_record);
    tcase_add_loop_test(t, stock__no_update_takes_a_vehicle_to_another_dealer, 0, OFFICE_STORAGES);
    tcase_add_loop_test(t, stock__what_leaves_the_stock_is_moved_no_more, 0, OFFICE_STORAGES);
    tcase_add_loop_test(t, stock__a_reservation_ends_when_its_customer_was_erased, 0,
                        OFFICE_STORAGES);
    tcase_add_test(t, stock__what_comes_back_is_the_next_ones);
    tcase_add_loop_test(t, stock__costs_add_up_by_kind, 0, OFFICE_STORAGES);
    tcase_add_loop_test(t, stock__the_report_tells_ages_and_turn, 0, OFFICE_STORAGES);
    tcase_add_test(t, stock__customers_see_what_is_theirs);
    suite_add_tcase(s, t);
    return s;
}

ACRM_TEST_MAIN(make_suite)
