/* SPDX-License-Identifier: MIT */
/*
 * Test drives. Vehicle, plate and the one who goes along are free for the time; the licence has
 * been seen and is valid; while it is out the vehicle is reserved for the driver.
 */
#include "modules/stock/entities.h"
#include "modules/stock/stock.h"

static const char drive_timer[] = "test_drive.overdue";
#define DRIVE_MINUTE (INT64_C(60) * 1000000)
#define DRIVE_PRESET (60 * DRIVE_MINUTE)
#define DRIVE_LONGEST (14 * ACRM__STOCK_DAY)

static int32_t drive_run(acrm__call *call, const char *operation, acrm_value *args,
                         acrm_value **out)
{
    acrm_value *unused = NULL;

    return args ? acrm__run(call, operation, args, out ? out : &unused) : acrm__nomem(call);
}

static acrm_value *drive_map(acrm__call *call)
{
    acrm_value *map = acrm__value_in(call->arena);

    return map && acrm_value_set_map(map) == ACRM_OK ? map : NULL;
}

static int32_t drive_wrong(acrm__call *call, const acrm__rec *drive)
{
    return acrm__fail(call, ACRM_E_CONFLICT, "state", "id", "the test drive is %s",
                      acrm__text(drive, F_test_drive__state));
}

static int32_t drive_load(acrm__call *call, const char *state, acrm__rec **drive)
{
    int32_t st = acrm__load_arg(call, "test_drive", "id", drive);

    return st == ACRM_OK && !acrm__stock_is(*drive, F_test_drive__state, state)
               ? drive_wrong(call, *drive) : st;
}

static int32_t drive_car(acrm__call *call, const acrm__rec *drive, acrm__rec **car)
{
    acrm__call system = *call;

    system.as_system = true; /* the drive is what the caller may see */
    return acrm__load(&system, "vehicle", acrm__id(drive, F_test_drive__vehicle_id), "id", car);
}

/* --- Free for the time --- */

/* Whether a field's record is on another drive that overlaps. One that is out and late is busy
 * until it is back. */
static int32_t drive_busy(acrm__call *call, const acrm__rec *drive, uint32_t field, int64_t from,
                          bool *busy)
{
    static const char *const states[] = { "booked", "out" };
    int64_t to = acrm__int(drive, F_test_drive__planned_to);
    int32_t st = ACRM_OK;

    *busy = false;
    for (size_t i = 0; st == ACRM_OK && i < 2 && !acrm__is_null(drive, field); i++) {
        const acrm__term terms[] = {
            { field, ACRM_FILTER_EQ, drive->cells[field] },
            { F_test_drive__state, ACRM_FILTER_EQ, acrm__cell_text(states[i]) },
            { F_test_drive__planned_from, ACRM_FILTER_LT, acrm__cell_int(to) },
        };
        acrm__recs found = { NULL, 0 };
        st = acrm__find(call, &(acrm__select){ .entity = "test_drive", .terms = terms,
            .n_terms = 3, .as_system = true }, &found);
        for (size_t k = 0; st == ACRM_OK && k < found.count; k++) {
            int64_t ends = acrm__int(found.items[k], F_test_drive__planned_to);
            ends = i == 1 && ends < call->now ? call->now + 1 : ends;
            *busy = *busy || (ends > from && (acrm__is_null(drive, F_ID) ||
                                              memcmp(acrm__id(found.items[k], F_ID),
                                                     acrm__id(drive, F_ID), 16) != 0));
        }
    }
    return st;
}

static int32_t drive_free(acrm__call *call, const acrm__rec *drive, int64_t from)
{
    static const struct {
        uint32_t field;
        const char *arg, *what;
    } parts[] = { { F_test_drive__vehicle_id, "vehicle_id", "vehicle" },
                  { F_test_drive__trade_plate_id, "trade_plate_id", "plate" },
                  { F_test_drive__user_id, "user_id", "person" } };
    int32_t st = ACRM_OK;

    for (size_t i = 0; st == ACRM_OK && i < sizeof parts / sizeof parts[0]; i++) {
        bool busy = false;
        st = drive_busy(call, drive, parts[i].field, from, &busy);
        if (st == ACRM_OK && busy)
            return acrm__fail(call, ACRM_E_CONFLICT, "overlap", parts[i].arg,
                              "the %s is on another test drive then", parts[i].what);
    }
    return st;
}

int32_t acrm__drive_out(acrm__call *call, const acrm__rec *car)
{
    const acrm__term terms[] = {
        { F_test_drive__vehicle_id, ACRM_FILTER_EQ, car->cells[F_ID] },
        { F_test_drive__state, ACRM_FILTER_EQ, acrm__cell_text("out") },
    };
    acrm__rec *drive = NULL;
    int32_t st = acrm__find_one(call, &(acrm__select){ .entity = "test_drive", .terms = terms,
        .n_terms = 2, .as_system = true }, &drive);

    return st == ACRM_OK && drive ? acrm__fail(call, ACRM_E_CONFLICT, "test_drive", "id",
                                               "the vehicle is out on a test drive")
                                  : st;
}

/* The vehicle can be driven then: it is of the stock, and nobody else has it for longer. */
static int32_t drive_allowed(acrm__call *call, const acrm__rec *drive, const acrm__rec *car)
{
    int64_t from = acrm__int(drive, F_test_drive__planned_from);
    acrm__rec *holder = NULL;
    int32_t st = acrm__hold_allowed(call, car);

    if (st == ACRM_OK)
        st = acrm__hold_of(call, car, &holder);
    if (st != ACRM_OK || !holder ||
        acrm__stock_is(holder, F_vehicle_reservation__purpose, "test_drive") ||
        acrm__cell_equal(&holder->cells[F_vehicle_reservation__customer_id],
                         &drive->cells[F_test_drive__customer_id]))
        return st;
    if (!acrm__is_null(holder, F_vehicle_reservation__until) &&
        acrm__int(holder, F_vehicle_reservation__until) <= from)
        return ACRM_OK;
    return acrm__fail(call, ACRM_E_CONFLICT, "reserved", "vehicle_id",
                      "the vehicle is reserved for somebody else then");
}

static int32_t drive_plate(acrm__call *call, const acrm__rec *drive)
{
    const unsigned char *id = acrm__id(drive, F_test_drive__trade_plate_id);
    acrm__rec *plate = NULL;
    int64_t last = acrm__day_of(call, acrm__int(drive, F_test_drive__planned_to));
    int32_t st = id ? acrm__load(call, "trade_plate", id, "trade_plate_id", &plate) : ACRM_OK;

    if (st != ACRM_OK || !plate)
        return st;
    if (!acrm__int(plate, F_trade_plate__active) ||
        (!acrm__is_null(plate, F_trade_plate__valid_until) &&
         acrm__int(plate, F_trade_plate__valid_until) < last))
        return acrm__fail(call, ACRM_E_INVALID, "expired", "trade_plate_id",
                          "the plate may not be used then");
    return ACRM_OK;
}

/* --- Booking --- */

/* Customer and dealer are those of the lead, unless others are given. */
static int32_t drive_who(acrm__call *call, acrm__rec *drive, acrm__rec **lead)
{
    unsigned char *ids = acrm__arena_alloc(call->arena, 3 * 16);
    static const struct {
        const char *arg;
        uint32_t field;
    } given[] = { { "customer_id", F_test_drive__customer_id },
                  { "user_id", F_test_drive__user_id },
                  { "trade_plate_id", F_test_drive__trade_plate_id } };
    int32_t st = ACRM_OK;

    *lead = NULL;
    if (!ids)
        return acrm__nomem(call);
    if (acrm__arg(call, "lead_id"))
        st = acrm__load_arg(call, "lead", "lead_id", lead);
    if (st != ACRM_OK)
        return st;
    if (*lead) {
        acrm__set(drive, F_test_drive__lead_id, (*lead)->cells[F_ID]);
        acrm__set(drive, F_test_drive__customer_id,
                  (*lead)->cells[acrm__field_of((*lead)->entity, "customer_id")]);
    }
    acrm__set(drive, F_test_drive__user_id, acrm__cell_id(acrm__actor(call)));
    for (size_t i = 0; i < sizeof given / sizeof given[0]; i++)
        if (acrm__arg_id(call, given[i].arg, ids + 16 * i)) {
            if (i == 0 && *lead && !acrm__cell_equal(&drive->cells[F_test_drive__customer_id],
                                                     &(acrm_cell){ .type = ACRM_CELL_BLOB,
                                                                   .data = (const char *)ids,
                                                                   .size = 16 }))
                return acrm__fail(call, ACRM_E_INVALID, "customer", "customer_id",
                                  "the lead is another customer's");
            acrm__set(drive, given[i].field, acrm__cell_id(ids + 16 * i));
        }
    return acrm__is_null(drive, F_test_drive__customer_id)
               ? acrm__fail(call, ACRM_E_INVALID, "required", "customer_id",
                            "customer_id or lead_id is required") : ACRM_OK;
}

static int32_t drive_when(acrm__call *call, acrm__rec *drive)
{
    int64_t from = call->now, to;

    (void)acrm__arg_time(call, "from", &from);
    if (!acrm__arg_time(call, "to", &to))
        to = from + DRIVE_PRESET;
    if (from < call->now - 5 * DRIVE_MINUTE)
        return acrm__fail(call, ACRM_E_INVALID, "range", "from", "from lies in the past");
    if (to <= from || to - from > DRIVE_LONGEST)
        return acrm__fail(call, ACRM_E_INVALID, "range", "to",
                          "to must come after from, by 14 days at most");
    acrm__set(drive, F_test_drive__planned_from, acrm__cell_int(from));
    acrm__set(drive, F_test_drive__planned_to, acrm__cell_int(to));
    return ACRM_OK;
}

static int32_t drive_agenda(acrm__call *call, acrm__rec *drive)
{
    const struct {
        const char *key;
        uint32_t field;
    } ids[] = { { "customer_id", F_test_drive__customer_id }, { "lead_id", F_test_drive__lead_id },
                { "owner_id", F_test_drive__user_id }, { "dealer_id", F_test_drive__dealer_id } };
    int64_t from = acrm__int(drive, F_test_drive__planned_from);
    const char *length = acrm__arena_format(call->arena, "PT%lldS", (long long)(
        (acrm__int(drive, F_test_drive__planned_to) - from) / 1000000));
    acrm_value *args = drive_map(call), *out = NULL;
    unsigned char *id = acrm__arena_alloc(call->arena, 16);
    bool ok = args && id && length && acrm__put_text(args, "kind", "visit") &&
              acrm__put_text(args, "subject", "Test drive") &&
              acrm__put_text(args, "due_at", acrm__instant_text(call, from)) &&
              acrm__put_text(args, "duration", length);

    for (size_t i = 0; ok && i < sizeof ids / sizeof ids[0]; i++)
        if (!acrm__is_null(drive, ids[i].field))
            ok = acrm__put_text(args, ids[i].key,
                                acrm__id_text(call, acrm__id(drive, ids[i].field)));
    int32_t st = ok ? drive_run(call, "activity.create", args, &out) : acrm__nomem(call);
    const char *text = acrm__get_text(out, "id");
    if (st == ACRM_OK && text && acrm__uuid_parse(text, strlen(text), id))
        acrm__set(drive, F_test_drive__activity_id, acrm__cell_id(id));
    return st;
}

int32_t acrm__drive_book(acrm__call *call)
{
    acrm__rec *drive = acrm__new(call, "test_drive"), *car = NULL, *lead = NULL;
    int32_t st = drive ? acrm__load_arg(call, "vehicle", "vehicle_id", &car) : acrm__nomem(call);

    if (st == ACRM_OK)
        st = drive_who(call, drive, &lead);
    if (st != ACRM_OK)
        return st;
    acrm__set(drive, F_test_drive__vehicle_id, car->cells[F_ID]);
    acrm__set(drive, F_test_drive__dealer_id, car->cells[F_vehicle__dealer_id]);
    acrm__set(drive, F_test_drive__notes, acrm__cell_text(acrm__arg_text(call, "notes")));
    st = drive_when(call, drive);
    if (st == ACRM_OK)
        st = drive_allowed(call, drive, car);
    if (st == ACRM_OK)
        st = drive_plate(call, drive);
    if (st == ACRM_OK)
        st = drive_free(call, drive, acrm__int(drive, F_test_drive__planned_from));
    if (st == ACRM_OK)
        st = drive_agenda(call, drive);
    if (st == ACRM_OK)
        st = acrm__insert(call, drive);
    return st == ACRM_OK ? acrm__render(call, drive, call->out) : st;
}

/* --- Leaving --- */

/* Categories are words between commas. */
static bool drive_category(const char *has, const char *needs)
{
    size_t len = strlen(needs);

    for (const char *p = has; *p; p += strcspn(p, ",") + (p[strcspn(p, ",")] == ',')) {
        while (*p == ' ')
            p++;
        size_t n = strcspn(p, ", ");
        if (n == len && memcmp(p, needs, n) == 0)
            return true;
    }
    return false;
}

static int32_t drive_licence(acrm__call *call, acrm__rec *drive, const acrm__rec *car)
{
    const char *category = acrm__arg_text(call, "licence_category");
    const char *needs = acrm__text(car, F_vehicle__licence_category);
    int64_t valid = 0, last = acrm__day_of(call, acrm__int(drive, F_test_drive__planned_to));

    (void)acrm__arg_time(call, "licence_valid_until", &valid);
    if (!acrm__arg_bool(call, "licence_seen", false))
        return acrm__fail(call, ACRM_E_INVALID, "licence", "licence_seen",
                          "nobody drives whose licence was not seen");
    if (valid < last)
        return acrm__fail(call, ACRM_E_INVALID, "expired", "licence_valid_until",
                          "the licence is not valid on the last day of the drive");
    if (needs && !drive_category(category, needs))
        return acrm__fail(call, ACRM_E_INVALID, "category", "licence_category",
                          "the vehicle needs a licence of category %s", needs);
    acrm__set(drive, F_test_drive__licence_category, acrm__cell_text(category));
    acrm__set(drive, F_test_drive__licence_valid_until, acrm__cell_int(valid));
    acrm__set(drive, F_test_drive__licence_number,
              acrm__cell_text(acrm__arg_text(call, "licence_number")));
    acrm__set(drive, F_test_drive__licence_country,
              acrm__cell_text(acrm__arg_text(call, "licence_country")));
    acrm__set(drive, F_test_drive__licence_seen_at, acrm__cell_int(call->now));
    acrm__set(drive, F_test_drive__licence_seen_by_id, acrm__cell_id(acrm__actor(call)));
    return ACRM_OK;
}

/* Keep the vehicle for the driver, who may have it already. */
static int32_t drive_hold(acrm__call *call, acrm__rec *drive, acrm__rec *car)
{
    const acrm__hold hold = { .customer = acrm__id(drive, F_test_drive__customer_id),
                              .lead = acrm__id(drive, F_test_drive__lead_id),
                              .purpose = "test_drive", .subject_entity = "test_drive",
                              .subject_id = acrm__id(drive, F_ID) };
    acrm__rec *holder = NULL, *rec = NULL;
    int32_t st = acrm__hold_of(call, car, &holder);

    if (st != ACRM_OK)
        return st;
    if (holder && acrm__cell_equal(&holder->cells[F_vehicle_reservation__customer_id],
                                   &drive->cells[F_test_drive__customer_id]))
        return acrm__update(call, car);
    st = acrm__hold_take(call, car, &hold, false, &rec);
    if (st == ACRM_OK)
        acrm__set(drive, F_test_drive__reservation_id, rec->cells[F_ID]);
    return st;
}

/* With which plate: the vehicle's own, or one of the dealer's. */
static int32_t drive_take_plate(acrm__call *call, acrm__rec *drive, const acrm__rec *car)
{
    unsigned char *id = acrm__arena_alloc(call->arena, 16);

    if (!id)
        return acrm__nomem(call);
    if (acrm__arg_id(call, "trade_plate_id", id))
        acrm__set(drive, F_test_drive__trade_plate_id, acrm__cell_id(id));
    if (acrm__is_null(car, F_vehicle__plate) && acrm__is_null(drive, F_test_drive__trade_plate_id))
        return acrm__fail(call, ACRM_E_INVALID, "required", "trade_plate_id",
                          "the vehicle has no plate: it needs one of the dealer's");
    return drive_plate(call, drive);
}

int32_t acrm__drive_start(acrm__call *call)
{
    acrm__rec *drive = NULL, *car = NULL;
    int32_t st = drive_load(call, "booked", &drive);

    if (st == ACRM_OK && acrm__int(drive, F_test_drive__planned_to) <= call->now)
        return acrm__fail(call, ACRM_E_CONFLICT, "range", "id", "its time is over: book it anew");
    if (st == ACRM_OK)
        st = drive_car(call, drive, &car);
    if (st == ACRM_OK && !acrm__stock_is(car, F_vehicle__place, "in_stock"))
        return acrm__fail(call, ACRM_E_CONFLICT, "status", "id",
                          "the vehicle does not stand in stock");
    if (st == ACRM_OK)
        st = acrm__hold_allowed(call, car);
    if (st == ACRM_OK)
        st = drive_licence(call, drive, car);
    if (st == ACRM_OK)
        st = drive_take_plate(call, drive, car);
    if (st == ACRM_OK)
        st = drive_free(call, drive, call->now);
    if (st == ACRM_OK)
        st = acrm__stock_odometer(call, car, "odometer");
    if (st == ACRM_OK)
        st = drive_hold(call, drive, car);
    if (st != ACRM_OK)
        return st;
    acrm__set(drive, F_test_drive__state, acrm__cell_text("out"));
    acrm__set(drive, F_test_drive__out_at, acrm__cell_int(call->now));
    acrm__set(drive, F_test_drive__odometer_out, acrm__cell_int(acrm__arg_int(call, "odometer",
                                                                              0)));
    acrm__set(drive, F_test_drive__fuel_out, acrm__cell_int(acrm__arg_int(call, "fuel", 0)));
    st = acrm__update(call, drive);
    if (st == ACRM_OK)
        st = acrm__timer_set(call, drive_timer, "test_drive", acrm__id(drive, F_ID),
                             acrm__int(drive, F_test_drive__planned_to), NULL);
    if (st == ACRM_OK)
        st = acrm__emit(call, "test_drive.started", "test_drive", acrm__id(drive, F_ID), NULL);
    return st == ACRM_OK ? acrm__render(call, drive, call->out) : st;
}

int32_t acrm__drive_overdue(acrm__call *call, const acrm__timer *timer)
{
    acrm__rec *drive = NULL;
    int32_t st = acrm__load(call, "test_drive", timer->subject, NULL, &drive);

    if (st != ACRM_OK || !acrm__stock_is(drive, F_test_drive__state, "out"))
        return st == ACRM_E_NOTFOUND ? ACRM_OK : st;
    acrm__set(drive, F_test_drive__overdue_at, acrm__cell_int(call->now));
    st = acrm__update(call, drive);
    return st == ACRM_OK ? acrm__emit(call, "test_drive.overdue", "test_drive",
                                      acrm__id(drive, F_ID), NULL) : st;
}

/* --- Coming back --- */

/* Whether the lead still is worked on: only then it learns of the drive. */
static int32_t drive_lead_open(acrm__call *call, const acrm__rec *drive, bool *open)
{
    const unsigned char *id = acrm__id(drive, F_test_drive__lead_id);
    acrm__call system = *call;
    acrm__rec *lead = NULL;

    system.as_system = true;
    int32_t st = id ? acrm__load(&system, "lead", id, NULL, &lead) : ACRM_OK;
    uint32_t status = lead ? acrm__field_of(lead->entity, "status") : UINT32_MAX;
    *open = lead && !acrm__stock_is(lead, status, "won") && !acrm__stock_is(lead, status, "lost");
    return st == ACRM_E_NOTFOUND ? ACRM_OK : st;
}

/* Its place in the agenda is done (`met` says whether the customer was there), or called off. Who
 * looks after it may be another than who may see the drive. */
static int32_t drive_activity(acrm__call *call, const acrm__rec *drive, const char *operation,
                              const char *outcome, bool met)
{
    acrm__call system = *call;
    acrm_value *args = drive_map(call);
    bool open = false, done = strcmp(operation, "activity.complete") == 0;
    const unsigned char *id = acrm__id(drive, F_test_drive__activity_id);
    acrm__rec *activity = NULL;

    system.as_system = true;
    if (!id)
        return ACRM_OK;
    int32_t st = acrm__load(&system, "activity", id, NULL, &activity);
    if (st != ACRM_OK || !acrm__stock_is(activity, acrm__field_of(activity->entity, "status"),
                                         "open"))
        return st == ACRM_E_NOTFOUND ? ACRM_OK : st;
    st = drive_lead_open(call, drive, &open);
    bool ok = args && acrm__put_text(args, "id", acrm__id_text(call, id)) &&
              (!outcome || acrm__put_text(args, "outcome", outcome)) &&
              (!done || !open || acrm__put_bool(args, "effective", met));
    return st != ACRM_OK ? st : ok ? drive_run(&system, operation, args, NULL)
                                   : acrm__nomem(call);
}

static int32_t drive_level(acrm__call *call, const acrm__rec *drive)
{
    const char *level = acrm__arg_text(call, "level");
    acrm_value *args = drive_map(call);
    bool open = false;
    int32_t st = level ? drive_lead_open(call, drive, &open) : ACRM_OK;

    if (st != ACRM_OK || !open)
        return st;
    const char *reason = acrm__arena_format(call->arena, "test drive: %s",
                                            acrm__arg_text(call, "outcome"));
    bool ok = args && reason && acrm__put_text(args, "level", level) &&
              acrm__put_text(args, "reason", reason) &&
              acrm__put_text(args, "id", acrm__id_text(call,
                  acrm__id(drive, F_test_drive__lead_id)));
    return ok ? drive_run(call, "lead.set_level", args, NULL) : acrm__nomem(call);
}

/* The vehicle is free again, unless the drive is not what keeps it any more. */
static int32_t drive_let_go(acrm__call *call, const acrm__rec *drive, acrm__rec *car)
{
    const unsigned char *id = acrm__id(drive, F_test_drive__reservation_id);
    acrm__call system = *call;
    acrm__rec *rec = NULL;

    system.as_system = true;
    int32_t st = id ? acrm__load(&system, "vehicle_reservation", id, NULL, &rec) : ACRM_OK;
    if (st == ACRM_OK && rec && acrm__stock_is(rec, F_vehicle_reservation__state, "held") &&
        acrm__stock_is(rec, F_vehicle_reservation__purpose, "test_drive"))
        return acrm__hold_end(call, car, rec, "released");
    return st == ACRM_OK ? acrm__update(call, car) : st;
}

int32_t acrm__drive_finish(acrm__call *call)
{
    acrm__rec *drive = NULL, *car = NULL;
    int32_t st = drive_load(call, "out", &drive);

    if (st == ACRM_OK)
        st = drive_car(call, drive, &car);
    if (st == ACRM_OK)
        st = acrm__stock_odometer(call, car, "odometer");
    if (st != ACRM_OK)
        return st;
    acrm__set(drive, F_test_drive__state, acrm__cell_text("returned"));
    acrm__set(drive, F_test_drive__in_at, acrm__cell_int(call->now));
    acrm__set(drive, F_test_drive__overdue_at, acrm__cell_null());
    acrm__set(drive, F_test_drive__odometer_in, acrm__cell_int(acrm__arg_int(call, "odometer",
                                                                             0)));
    acrm__set(drive, F_test_drive__fuel_in, acrm__cell_int(acrm__arg_int(call, "fuel", 0)));
    acrm__set(drive, F_test_drive__outcome, acrm__cell_text(acrm__arg_text(call, "outcome")));
    if (acrm__arg_text(call, "notes"))
        acrm__set(drive, F_test_drive__notes, acrm__cell_text(acrm__arg_text(call, "notes")));
    st = drive_let_go(call, drive, car);
    if (st == ACRM_OK)
        st = acrm__update(call, drive);
    if (st == ACRM_OK)
        st = acrm__timer_cancel(call, drive_timer, acrm__id(drive, F_ID));
    if (st == ACRM_OK)
        st = drive_activity(call, drive, "activity.complete", acrm__arg_text(call, "outcome"),
                            true);
    if (st == ACRM_OK)
        st = drive_level(call, drive);
    if (st == ACRM_OK)
        st = acrm__emit(call, "test_drive.returned", "test_drive", acrm__id(drive, F_ID), NULL);
    return st == ACRM_OK ? acrm__render(call, drive, call->out) : st;
}

static int32_t drive_end(acrm__call *call, acrm__rec *drive, const char *state)
{
    acrm__set(drive, F_test_drive__state, acrm__cell_text(state));
    acrm__set(drive, F_test_drive__cause, acrm__cell_text(acrm__arg_text(call, "cause")));
    int32_t st = acrm__update(call, drive);
    return st == ACRM_OK ? acrm__render(call, drive, call->out) : st;
}

int32_t acrm__drive_cancel(acrm__call *call)
{
    acrm__rec *drive = NULL;
    int32_t st = drive_load(call, "booked", &drive);

    if (st == ACRM_OK)
        st = drive_activity(call, drive, "activity.cancel", NULL, false);
    return st == ACRM_OK ? drive_end(call, drive, "cancelled") : st;
}

int32_t acrm__drive_no_show(acrm__call *call)
{
    acrm__rec *drive = NULL;
    int32_t st = drive_load(call, "booked", &drive);

    if (st == ACRM_OK && acrm__int(drive, F_test_drive__planned_from) > call->now)
        return acrm__fail(call, ACRM_E_CONFLICT, "range", "id", "it has not begun yet");
    if (st == ACRM_OK)
        st = drive_activity(call, drive, "activity.complete", "no_show", false);
    return st == ACRM_OK ? drive_end(call, drive, "no_show") : st;
}
