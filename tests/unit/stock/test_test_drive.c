/* SPDX-License-Identifier: MIT */
/* Test drives: who, in what, with which plate, with which licence, and what comes of it. */
#include "stock_world.h"

typedef struct drives {
    world w;
    char car[40], lead[40], seller[48];
} drives;

static void drives_open(drives *d, int storage)
{
    world_open(&d->w, storage);
    world_car(&d->w, d->car, ",'plate':'AB 123','kind':'demo','odometer':1000");
    world_user(&d->w, d->seller, "nora", "salesperson", d->w.north);
    world_keep(&d->w, d->lead, "lead.create", world_args(
        "{'customer_id':'%s','dealer_id':'%s','owner_id':'%s'}", d->w.ada, d->w.north,
        d->seller + 5));
}

static const char *start(const char *drive, const char *more)
{
    return world_args("{'id':'%s','licence_seen':true,'licence_valid_until':'2030-01-01',"
                      "'odometer':1000,'fuel':80%s}", drive, more);
}

START_TEST(test_drive__the_lead_learns_what_came_of_it)
{
    drives d;
    char drive[40];

    drives_open(&d, _i);
    world_keep(&d.w, drive, "test_drive.book", world_args(
        "{'vehicle_id':'%s','lead_id':'%s','from':'2026-11-21T14:00:00Z','to':"
        "'2026-11-21T15:00:00Z','user_id':'%s'}", d.car, d.lead, d.seller + 5));
    ck_assert_str_eq(world_status(&d.w, d.car), "in_stock");
    ck_assert_int_eq(office_count(&d.w.o, "activity.count", world_args(
        "{'where':{'lead_id':'%s','kind':'visit','status':'open'}}", d.lead)), 1);
    world_clock += 4 * WORLD_HOUR;
    world_do(&d.w, "test_drive.start", start(drive, ",'licence_number':'L-77'"));
    ck_assert_str_eq(world_status(&d.w, d.car), "reserved");
    office_refused(&d.w.o, "vehicle.sell", world_args("{'id':'%s','customer_id':'%s'}", d.car,
                   d.w.bob), ACRM_E_CONFLICT, "id", "reserved");
    world_clock += WORLD_HOUR / 2;
    world_do(&d.w, "test_drive.finish", world_args(
        "{'id':'%s','odometer':1042,'fuel':70,'outcome':'wants_quote','level':'H'}", drive));
    ck_assert_str_eq(world_status(&d.w, d.car), "in_stock");
    acrm_value *car = office_call(&d.w.o, "vehicle.get", world_args("{'id':'%s'}", d.car));
    ck_assert_int_eq(office_number(car, "odometer"), 1042);
    acrm_value_free(car);
    acrm_value *lead = office_call(&d.w.o, "lead.get", world_args("{'id':'%s'}", d.lead));
    ck_assert_str_eq(office_text(lead, "level"), "H");
    ck_assert_int_eq(office_number(lead, "contacts"), 1);
    acrm_value_free(lead);
    ck_assert_int_eq(office_count(&d.w.o, "interaction.count", world_args(
        "{'where':{'subject_id':'%s','outcome':'wants_quote'}}", d.lead)), 1);
    ck_assert_int_eq(office_count(&d.w.o, "timer.count", world_args(
        "{'where':{'subject_id':'%s'}}", drive)), 0);
    office_refused(&d.w.o, "test_drive.finish", world_args(
        "{'id':'%s','odometer':1042,'fuel':70,'outcome':'ordered'}", drive), ACRM_E_CONFLICT,
        "id", "state");
    office_close(&d.w.o);
}
END_TEST

START_TEST(test_drive__vehicle_plate_and_person_are_free)
{
    drives d;
    char drive[40], other[40], plate[40];
    static const char times[] = "'from':'2026-11-21T14:00:00Z','to':'2026-11-21T15:00:00Z'";

    drives_open(&d, _i);
    world_keep(&d.w, plate, "trade_plate.create", world_args("{'plate':'T 1','dealer_id':'%s'}",
                                                             d.w.north));
    world_car(&d.w, other, "");
    world_keep(&d.w, drive, "test_drive.book", world_args(
        "{'vehicle_id':'%s','customer_id':'%s',%s,'trade_plate_id':'%s','user_id':'%s'}", d.car,
        d.w.ada, times, plate, d.seller + 5));
    office_refused(&d.w.o, "test_drive.book", world_args(
        "{'vehicle_id':'%s','customer_id':'%s','from':'2026-11-21T14:59:59Z'}", d.car, d.w.bob),
        ACRM_E_CONFLICT, "vehicle_id", "overlap");
    office_refused(&d.w.o, "test_drive.book", world_args(
        "{'vehicle_id':'%s','customer_id':'%s',%s,'trade_plate_id':'%s'}", other, d.w.bob, times,
        plate), ACRM_E_CONFLICT, "trade_plate_id", "overlap");
    office_refused(&d.w.o, "test_drive.book", world_args(
        "{'vehicle_id':'%s','customer_id':'%s',%s,'user_id':'%s'}", other, d.w.bob, times,
        d.seller + 5), ACRM_E_CONFLICT, "user_id", "overlap");
    world_do(&d.w, "test_drive.book", world_args(
        "{'vehicle_id':'%s','customer_id':'%s','from':'2026-11-21T15:00:00Z'}", d.car, d.w.bob));
    /* Called off, its time is free. */
    world_do(&d.w, "test_drive.cancel", world_args("{'id':'%s','cause':'rain'}", drive));
    world_do(&d.w, "test_drive.book", world_args(
        "{'vehicle_id':'%s','customer_id':'%s',%s}", d.car, d.w.cyd, times));
    office_refused(&d.w.o, "test_drive.start", start(drive, ""), ACRM_E_CONFLICT, "id", "state");
    office_close(&d.w.o);
}
END_TEST

/* Licences and what else is asked at the start. */
static const struct {
    const char *more, *field, *reason;
} refused[] = {
    { "'licence_seen':false,'licence_valid_until':'2030-01-01'", "licence_seen", "licence" },
    { "'licence_seen':true,'licence_valid_until':'2026-11-20'", "licence_valid_until",
      "expired" },
    { "'licence_seen':true,'licence_valid_until':'2030-01-01','licence_category':'A,BE'",
      "licence_category", "category" },
    { "'licence_seen':true", "licence_valid_until", "required" },
};

START_TEST(test_drive__nobody_drives_without_a_licence)
{
    drives d;
    char drive[40];

    drives_open(&d, OFFICE_MEMORY);
    world_keep(&d.w, drive, "test_drive.book", world_args("{'vehicle_id':'%s','customer_id':"
                                                          "'%s'}", d.car, d.w.ada));
    office_refused(&d.w.o, "test_drive.start", world_args("{'id':'%s','odometer':1000,'fuel':9,"
                   "%s}", drive, refused[_i].more), ACRM_E_INVALID, refused[_i].field,
                   refused[_i].reason);
    ck_assert_str_eq(world_status(&d.w, d.car), "in_stock");
    world_do(&d.w, "test_drive.start", start(drive, ",'licence_category':'A, B,BE'"));
    office_close(&d.w.o);
}
END_TEST

START_TEST(test_drive__who_is_late_is_told_of)
{
    drives d;
    char drive[40];

    drives_open(&d, _i);
    world_keep(&d.w, drive, "test_drive.book", world_args("{'vehicle_id':'%s','customer_id':"
                                                          "'%s'}", d.car, d.w.ada));
    world_do(&d.w, "test_drive.start", start(drive, ""));
    world_do(&d.w, "engine.tick", "{}");
    ck_assert_int_eq(office_count(&d.w.o, "test_drive.count", "{\"where\":{\"overdue_at\":"
                                  "{\"$ne\":null}}}"), 0);
    world_clock += 2 * WORLD_HOUR;
    world_do(&d.w, "engine.tick", "{}");
    ck_assert_int_eq(office_count(&d.w.o, "test_drive.count", "{\"where\":{\"overdue_at\":"
                                  "{\"$ne\":null}}}"), 1);
    acrm_value *events = office_call(&d.w.o, "event.list", "{\"types\":[\"test_drive.overdue\"]}");
    ck_assert_uint_eq(acrm_value_count(acrm_value_get(events, "items")), 1);
    acrm_value_free(events);
    /* Late, it still is in nobody else's hands. */
    office_refused(&d.w.o, "test_drive.book", world_args("{'vehicle_id':'%s','customer_id':'%s'}",
                   d.car, d.w.bob), ACRM_E_CONFLICT, "vehicle_id", "overlap");
    world_do(&d.w, "test_drive.finish", world_args(
        "{'id':'%s','odometer':1000,'fuel':1,'outcome':'not_interested'}", drive));
    world_do(&d.w, "test_drive.book", world_args("{'vehicle_id':'%s','customer_id':'%s'}", d.car,
                                                 d.w.bob));
    office_close(&d.w.o);
}
END_TEST

START_TEST(test_drive__goes_with_reservations)
{
    drives d;
    char drive[40];

    drives_open(&d, OFFICE_SQLITE);
    world_do(&d.w, "vehicle.reserve", world_args("{'id':'%s','customer_id':'%s'}", d.car,
                                                 d.w.ada));
    office_refused(&d.w.o, "test_drive.book", world_args("{'vehicle_id':'%s','customer_id':'%s'}",
                   d.car, d.w.bob), ACRM_E_CONFLICT, "vehicle_id", "reserved");
    world_keep(&d.w, drive, "test_drive.book", world_args("{'vehicle_id':'%s','customer_id':"
                                                          "'%s'}", d.car, d.w.ada));
    world_do(&d.w, "test_drive.start", start(drive, ""));
    /* Who drives may buy it at once; what is sold stays sold. */
    world_do(&d.w, "vehicle.sell", world_args("{'id':'%s','customer_id':'%s'}", d.car, d.w.ada));
    world_do(&d.w, "test_drive.finish", world_args(
        "{'id':'%s','odometer':1001,'fuel':1,'outcome':'ordered'}", drive));
    ck_assert_str_eq(world_status(&d.w, d.car), "sold");
    office_refused(&d.w.o, "test_drive.book", world_args("{'vehicle_id':'%s','customer_id':'%s'}",
                   d.car, d.w.ada), ACRM_E_CONFLICT, "id", "sold");
    office_close(&d.w.o);
}
END_TEST

START_TEST(test_drive__what_is_wrong_is_named)
{
    drives d;
    char drive[40], bare[40], plate[40], move[40];

    drives_open(&d, OFFICE_MEMORY);
    office_refused(&d.w.o, "test_drive.book", world_args("{'vehicle_id':'%s'}", d.car),
                   ACRM_E_INVALID, "customer_id", "required");
    office_refused(&d.w.o, "test_drive.book", world_args("{'vehicle_id':'%s','lead_id':'%s',"
                   "'customer_id':'%s'}", d.car, d.lead, d.w.bob), ACRM_E_INVALID, "customer_id",
                   "customer");
    office_refused(&d.w.o, "test_drive.book", world_args("{'vehicle_id':'%s','customer_id':'%s',"
                   "'from':'2020-01-01T00:00:00Z'}", d.car, d.w.bob), ACRM_E_INVALID, "from",
                   "range");
    office_refused(&d.w.o, "test_drive.book", world_args("{'vehicle_id':'%s','customer_id':'%s',"
                   "'to':'2026-11-21T09:00:00Z'}", d.car, d.w.bob), ACRM_E_INVALID, "to", "range");
    world_car(&d.w, bare, "");
    world_keep(&d.w, drive, "test_drive.book", world_args("{'vehicle_id':'%s','customer_id':"
                                                          "'%s'}", bare, d.w.ada));
    office_refused(&d.w.o, "test_drive.start", start(drive, ""), ACRM_E_INVALID,
                   "trade_plate_id", "required");
    world_keep(&d.w, plate, "trade_plate.create", world_args("{'plate':'T 1','valid_until':"
                                                             "'2026-11-20'}"));
    office_refused(&d.w.o, "test_drive.start", start(drive, world_args(",'trade_plate_id':'%s'",
                   plate)), ACRM_E_INVALID, "trade_plate_id", "expired");
    world_do(&d.w, "trade_plate.update", world_args("{'id':'%s','valid_until':null,"
             "'last_write_wins':true}", plate));
    world_do(&d.w, "test_drive.start", start(drive, world_args(",'trade_plate_id':'%s'", plate)));
    world_keep(&d.w, move, "vehicle.transfer_request", world_args(
        "{'id':'%s','to_dealer_id':'%s'}", bare, d.w.south));
    office_refused(&d.w.o, "vehicle.transfer_send", world_args("{'transfer_id':'%s'}", move),
                   ACRM_E_CONFLICT, "id", "test_drive");
    office_refused(&d.w.o, "test_drive.finish", world_args(
        "{'id':'%s','odometer':999,'fuel':1,'outcome':'ordered'}", drive), ACRM_E_INVALID,
        "odometer", "range");
    world_keep(&d.w, drive, "test_drive.book", world_args("{'vehicle_id':'%s','customer_id':'%s',"
               "'from':'2026-11-22T10:00:00Z'}", d.car, d.w.ada));
    office_refused(&d.w.o, "test_drive.no_show", world_args("{'id':'%s'}", drive),
                   ACRM_E_CONFLICT, "id", "range");
    world_clock += WORLD_DAY + WORLD_HOUR / 2;
    world_do(&d.w, "test_drive.no_show", world_args("{'id':'%s'}", drive));
    office_refused(&d.w.o, "test_drive.no_show", world_args("{'id':'%s'}", drive),
                   ACRM_E_CONFLICT, "id", "state");
    world_keep(&d.w, drive, "test_drive.book", world_args("{'vehicle_id':'%s','customer_id':"
                                                          "'%s'}", d.car, d.w.ada));
    world_clock += WORLD_DAY;
    office_refused(&d.w.o, "test_drive.start", start(drive, ""), ACRM_E_CONFLICT, "id", "range");
    office_close(&d.w.o);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *s = suite_create("test_drive");
    TCase *t = tcase_create("test_drive");

    tcase_add_loop_test(t, test_drive__the_lead_learns_what_came_of_it, 0, OFFICE_STORAGES);
    tcase_add_loop_test(t, test_drive__vehicle_plate_and_person_are_free, 0, OFFICE_STORAGES);
    tcase_add_loop_test(t, test_drive__nobody_drives_without_a_licence, 0,
                        sizeof refused / sizeof refused[0]);
    tcase_add_loop_test(t, test_drive__who_is_late_is_told_of, 0, OFFICE_STORAGES);
    tcase_add_test(t, test_drive__goes_with_reservations);
    tcase_add_test(t, test_drive__what_is_wrong_is_named);
    suite_add_tcase(s, t);
    return s;
}

ACRM_TEST_MAIN(make_suite)
