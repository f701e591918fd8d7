/* SPDX-License-Identifier: MIT */
/* The module stock: vehicles, whose they are, the stock, and test drives. */
#include "modules/modules.h"
#include "modules/stock/entities.h"
#include "modules/stock/stock.h"

#define ACRM__ENTITIES_DEF "modules/stock/entities.def"
#define ACRM__ENTITIES_NAME stock_entities
#include "kernel/declare_tables.h"

#define STOCK_ID                                                                                  \
    { .name = "id", .type = ACRM__T_REF, .flags = ACRM__REQUIRED, .target = "vehicle",            \
      .help = "The vehicle" }
#define STOCK_CUSTOMER                                                                            \
    { .name = "customer_id", .type = ACRM__T_REF, .flags = ACRM__REQUIRED, .target = "customer",  \
      .help = "The customer" }
#define STOCK_ON { .name = "on", .type = ACRM__T_DATE, .help = "Day; today without it" }
#define STOCK_ODOMETER                                                                            \
    { .name = "odometer", .type = ACRM__T_INT, .min = 0, .max = 100000000, .unit = "km",          \
      .help = "Reading" }
#define STOCK_FUEL                                                                                \
    { .name = "fuel", .type = ACRM__T_INT, .flags = ACRM__REQUIRED, .min = 0, .max = 100,         \
      .unit = "%", .help = "Tank or battery" }
#define STOCK_LEAD                                                                                \
    { .name = "lead_id", .type = ACRM__T_REF, .target = "lead", .help = "For which lead" }
#define STOCK_SUBJECT                                                                             \
    { .name = "subject_entity", .type = ACRM__T_TEXT, .max = 64,                                  \
      .help = "Entity of the quote, contract or order it is for" },                               \
    { .name = "subject_id", .type = ACRM__T_ID, .help = "That record" }
#define STOCK_DRIVE                                                                               \
    { .name = "id", .type = ACRM__T_REF, .flags = ACRM__REQUIRED, .target = "test_drive",         \
      .help = "The test drive" }
#define STOCK_PLATE                                                                               \
    { .name = "trade_plate_id", .type = ACRM__T_REF, .target = "trade_plate",                     \
      .help = "With which of the dealer's plates" }
#define STOCK_NOTES                                                                               \
    { .name = "notes", .type = ACRM__T_TEXT, .max = 4000, .help = "Notes" }
#define STOCK_CAUSE { .name = "cause", .type = ACRM__T_TEXT, .max = 300, .help = "Why" }
#define STOCK_TRANSFER                                                                            \
    { .name = "transfer_id", .type = ACRM__T_REF, .flags = ACRM__REQUIRED,                        \
      .target = "vehicle_transfer", .help = "The transfer" }
#define STOCK_LOCATION                                                                            \
    { .name = "location_id", .type = ACRM__T_REF, .target = "stock_location",                     \
      .help = "Where it stands" }
#define STOCK_RECORD(entity_)                                                                     \
    { .name = "record", .type = ACRM__T_RECORD, .target = entity_,                                \
      .help = "The record, its fields at top level" }

static const acrm__field stock_id_in[] = { STOCK_ID, { .name = NULL } };
static const acrm__field stock_vin_in[] = {
    { .name = "vin", .type = ACRM__T_TEXT, .flags = ACRM__REQUIRED, .max = 100,
      .help = "What was typed" },
    { .name = "china_binds", .type = ACRM__T_BOOL, .preset = "false",
      .help = "The check digit binds for China too" },
    { .name = NULL }
};
static const acrm__field stock_vin_out[] = {
    { .name = "valid", .type = ACRM__T_BOOL, .help = "It is a VIN" },
    { .name = "normalized", .type = ACRM__T_TEXT, .help = "Capitals and ASCII digits" },
    { .name = "rule", .type = ACRM__T_TEXT, .help = "Broken: length, character, check_digit" },
    { .name = "position", .type = ACRM__T_INT, .help = "Of the first character at fault, from 1" },
    { .name = "wmi", .type = ACRM__T_TEXT, .help = "Characters 1-3: the maker" },
    { .name = "vds", .type = ACRM__T_TEXT, .help = "4-9: the kind of vehicle" },
    { .name = "vis", .type = ACRM__T_TEXT, .help = "10-17: the vehicle" },
    { .name = "maker", .type = ACRM__T_TEXT, .help = "Maker, where the table has it" },
    { .name = "country", .type = ACRM__T_TEXT, .help = "ISO 3166 code" },
    { .name = "country_name", .type = ACRM__T_TEXT, .help = "Country" },
    { .name = "region", .type = ACRM__T_TEXT, .help = "Region of the world" },
    { .name = "model_year", .type = ACRM__T_INT, .help = "By the rule of North America" },
    { .name = "model_years", .type = ACRM__T_INT, .flags = ACRM__LIST, .help = "Candidates" },
    { .name = "plant", .type = ACRM__T_TEXT, .help = "Plant, in the maker's own code" },
    { .name = "year_code", .type = ACRM__T_TEXT, .help = "Character 10" },
    { .name = "check_expected", .type = ACRM__T_TEXT, .help = "What character 9 should be" },
    { .name = "check_ok", .type = ACRM__T_BOOL, .help = "It is" },
    { .name = "check_binds", .type = ACRM__T_BOOL, .help = "A wrong one makes the VIN wrong" },
    { .name = "suggestions", .type = ACRM__T_MAP, .flags = ACRM__LIST,
      .help = "What a mistyped one meant: vin, slip (letters, misread, swapped), position" },
    { .name = NULL }
};
static const acrm__field stock_ship_in[] = {
    STOCK_ID,
    { .name = "order_number", .type = ACRM__T_TEXT, .max = 64, .help = "The maker's number" },
    { .name = NULL }
};
static const acrm__field stock_receive_in[] = {
    STOCK_ID, STOCK_ON, STOCK_LOCATION, STOCK_ODOMETER,
    { .name = "dealer_id", .type = ACRM__T_REF, .target = "dealer", .help = "Into whose stock" },
    { .name = "stock_number", .type = ACRM__T_TEXT, .max = 40, .help = "Its number there" },
    { .name = "kind", .type = ACRM__T_ENUM, .choices = "new|used|demo|km0|company",
      .help = "What it is from now on" },
    { .name = NULL }
};
static const acrm__field stock_reserve_in[] = {
    STOCK_ID, STOCK_CUSTOMER, STOCK_LEAD,
    { .name = "purpose", .type = ACRM__T_ENUM, .choices = "test_drive|quote|contract|order",
      .preset = "\"quote\"", .help = "What for" },
    { .name = "until", .type = ACRM__T_INSTANT,
      .help = "Until when; without it a week, of a contract or order for good" },
    { .name = "queue", .type = ACRM__T_BOOL, .preset = "true",
      .help = "Wait for it when somebody else has it; false: be refused" },
    STOCK_SUBJECT, { .name = NULL }
};
static const acrm__field stock_reserve_out[] = {
    STOCK_RECORD("vehicle_reservation"),
    { .name = "position", .type = ACRM__T_INT, .help = "Place in the queue; 0: it is held" },
    { .name = NULL }
};
static const acrm__field stock_release_in[] = {
    { .name = "reservation_id", .type = ACRM__T_REF, .flags = ACRM__REQUIRED,
      .target = "vehicle_reservation", .help = "The reservation, or the place in the queue" },
    { .name = NULL }
};
static const acrm__field stock_sell_in[] = {
    STOCK_ID, STOCK_CUSTOMER, STOCK_LEAD, STOCK_ON, STOCK_SUBJECT, { .name = NULL }
};
static const acrm__field stock_deliver_in[] = {
    STOCK_ID, STOCK_CUSTOMER, STOCK_ON, STOCK_ODOMETER, { .name = NULL }
};
static const acrm__field stock_request_in[] = {
    STOCK_ID,
    { .name = "to_dealer_id", .type = ACRM__T_REF, .flags = ACRM__REQUIRED, .target = "dealer",
      .help = "Who is to get it" },
    STOCK_CAUSE, { .name = NULL }
};
static const acrm__field stock_transfer_in[] = { STOCK_TRANSFER, { .name = NULL } };
static const acrm__field stock_arrive_in[] = {
    STOCK_TRANSFER, STOCK_LOCATION, STOCK_ODOMETER, { .name = NULL }
};
static const acrm__field stock_vehicle_out[] = { STOCK_RECORD("vehicle"), { .name = NULL } };
static const acrm__field stock_reservation_out[] = {
    STOCK_RECORD("vehicle_reservation"), { .name = NULL }
};
static const acrm__field stock_transfer_out[] = {
    STOCK_RECORD("vehicle_transfer"), { .name = NULL }
};
static const acrm__field stock_card_out[] = {
    { .name = "vehicle", .type = ACRM__T_RECORD, .target = "vehicle", .help = "The vehicle" },
    { .name = "days_in_stock", .type = ACRM__T_INT, .help = "Its age in stock" },
    { .name = "days_at_dealer", .type = ACRM__T_INT, .help = "Since it came to this dealer" },
    { .name = "costs", .type = ACRM__T_MAP, .flags = ACRM__LIST, .help = "By kind: kind, amount" },
    { .name = "reservations", .type = ACRM__T_RECORD, .flags = ACRM__LIST,
      .target = "vehicle_reservation", .help = "Who has it, and the queue in its order" },
    { .name = "transfer", .type = ACRM__T_RECORD, .target = "vehicle_transfer",
      .help = "The transfer under way" },
    { .name = NULL }
};
static const acrm__field stock_report_in[] = {
    { .name = "dealer_id", .type = ACRM__T_REF, .target = "dealer", .help = "Of this dealer" },
    { .name = "kind", .type = ACRM__T_ENUM, .choices = "new|used|demo|km0|company",
      .help = "Of this kind" },
    STOCK_ON,
    { .name = "days", .type = ACRM__T_INT, .min = 1, .max = 3660, .preset = "365",
      .unit = "days", .help = "Sales of so many days up to it" },
    { .name = "currency", .type = ACRM__T_TEXT, .max = 3,
      .help = "Tell the costs of the vehicles in this currency" },
    { .name = NULL }
};
#define STOCK_SUMS                                                                                \
    { .name = "in_stock", .type = ACRM__T_INT, .help = "Vehicles in stock, not sold" },           \
    { .name = "sold", .type = ACRM__T_INT, .help = "Sold within the days" },                      \
    { .name = "average_age_in_stock", .type = ACRM__T_REAL, .unit = "days",                       \
      .help = "Of those in stock" },                                                              \
    { .name = "average_age_sold", .type = ACRM__T_REAL, .unit = "days",                           \
      .help = "Of those sold, when they were" },                                                  \
    { .name = "turn", .type = ACRM__T_REAL, .help = "Sales of a year to the vehicles in stock" }
static const acrm__field stock_report_out[] = {
    { .name = "formula", .type = ACRM__T_TEXT, .help = "By which rules it is reckoned: stock/1" },
    { .name = "on", .type = ACRM__T_DATE, .help = "The day" },
    { .name = "days", .type = ACRM__T_INT, .help = "The window of the sales" },
    STOCK_SUMS,
    { .name = "only_fresh_moves", .type = ACRM__T_BOOL,
      .help = "Those sold were younger than those left" },
    { .name = "buckets", .type = ACRM__T_MAP, .flags = ACRM__LIST,
      .help = "By age: from_days, to_days, vehicles, cost" },
    { .name = "kinds", .type = ACRM__T_MAP, .flags = ACRM__LIST,
      .help = "By kind: kind and the same sums" },
    { .name = NULL }
};
static const acrm__field stock_book_in[] = {
    { .name = "vehicle_id", .type = ACRM__T_REF, .flags = ACRM__REQUIRED, .target = "vehicle",
      .help = "In which vehicle" },
    { .name = "customer_id", .type = ACRM__T_REF, .target = "customer",
      .help = "Who drives; the lead's customer without it" },
    STOCK_LEAD,
    { .name = "from", .type = ACRM__T_INSTANT, .help = "From when on; now without it" },
    { .name = "to", .type = ACRM__T_INSTANT, .help = "Back by; an hour later without it" },
    { .name = "user_id", .type = ACRM__T_REF, .target = "user",
      .help = "Who looks after it; who books without it" },
    STOCK_PLATE, STOCK_NOTES, { .name = NULL }
};
static const acrm__field stock_start_in[] = {
    STOCK_DRIVE,
    { .name = "licence_seen", .type = ACRM__T_BOOL, .flags = ACRM__REQUIRED,
      .help = "The driving licence was seen" },
    { .name = "licence_valid_until", .type = ACRM__T_DATE, .flags = ACRM__REQUIRED,
      .help = "Its last day" },
    { .name = "licence_category", .type = ACRM__T_TEXT, .max = 32, .preset = "\"B\"",
      .help = "Its categories: B, or A,B,BE" },
    { .name = "licence_number", .type = ACRM__T_TEXT, .max = 64, .help = "Its number" },
    { .name = "licence_country", .type = ACRM__T_TEXT, .max = 2, .help = "Its country" },
    { .name = "odometer", .type = ACRM__T_INT, .flags = ACRM__REQUIRED, .min = 0,
      .max = 100000000, .unit = "km", .help = "Reading" },
    STOCK_FUEL, STOCK_PLATE, { .name = NULL }
};
static const acrm__field stock_finish_in[] = {
    STOCK_DRIVE,
    { .name = "odometer", .type = ACRM__T_INT, .flags = ACRM__REQUIRED, .min = 0,
      .max = 100000000, .unit = "km", .help = "Reading" },
    STOCK_FUEL,
    { .name = "outcome", .type = ACRM__T_ENUM, .flags = ACRM__REQUIRED,
      .choices = "wants_quote|interested|undecided|not_interested|ordered",
      .help = "What came of it" },
    { .name = "level", .type = ACRM__T_TEXT, .max = 8, .help = "New level of the lead" },
    STOCK_NOTES, { .name = NULL }
};
static const acrm__field stock_end_in[] = { STOCK_DRIVE, STOCK_CAUSE, { .name = NULL } };
static const acrm__field stock_drive_out[] = { STOCK_RECORD("test_drive"), { .name = NULL } };

#define STOCK_OP(name_, in_, out_, run_, help_)                                                   \
    { .name = name_, .flags = ACRM__OP_WRITE, .in = in_, .out = out_, .run = run_, .help = help_ }
static const acrm__op stock_ops[] = {
    STOCK_OP("vehicle.ship", stock_ship_in, stock_vehicle_out, acrm__stock_ship,
             "An ordered vehicle is on its way"),
    STOCK_OP("vehicle.receive", stock_receive_in, stock_vehicle_out, acrm__stock_receive,
             "A vehicle comes into the stock; one that was delivered is taken back"),
    STOCK_OP("vehicle.reserve", stock_reserve_in, stock_reserve_out, acrm__stock_reserve,
             "Keep a vehicle for a customer, or take a place in the queue for it"),
    STOCK_OP("vehicle.release", stock_release_in, stock_reservation_out, acrm__stock_release,
             "Give a reservation up; the next in the queue gets the vehicle"),
    STOCK_OP("vehicle.sell", stock_sell_in, stock_vehicle_out, acrm__stock_sell,
             "A vehicle is sold to a customer"),
    STOCK_OP("vehicle.unsell", stock_id_in, stock_vehicle_out, acrm__stock_unsell,
             "A sale is cancelled: the vehicle is free, or the next one's in the queue"),
    STOCK_OP("vehicle.deliver", stock_deliver_in, stock_vehicle_out, acrm__stock_deliver,
             "A vehicle goes to its customer, who owns it from then on"),
    STOCK_OP("vehicle.scrap", stock_id_in, stock_vehicle_out, acrm__stock_scrap,
             "A vehicle is scrapped"),
    STOCK_OP("vehicle.transfer_request", stock_request_in, stock_transfer_out,
             acrm__haul_request, "Ask for a vehicle to go to another dealer"),
    STOCK_OP("vehicle.transfer_send", stock_transfer_in, stock_transfer_out, acrm__haul_send,
             "A vehicle leaves for another dealer"),
    STOCK_OP("vehicle.transfer_receive", stock_arrive_in, stock_transfer_out,
             acrm__haul_receive, "A vehicle arrives at the other dealer"),
    STOCK_OP("vehicle.transfer_cancel", stock_transfer_in, stock_transfer_out,
             acrm__haul_cancel, "A transfer is called off"),
    { .name = "vin.check", .flags = ACRM__OP_PUBLIC, .in = stock_vin_in, .out = stock_vin_out,
      .run = acrm__stock_vin, .help = "Check a VIN and take it apart" },
    { .name = "vehicle.stock_card", .in = stock_id_in, .out = stock_card_out,
      .run = acrm__stock_card, .help = "A vehicle's age, costs and queue" },
    { .name = "report.stock", .in = stock_report_in, .out = stock_report_out,
      .run = acrm__stock_report, .help = "The age of the stock, and how fast it turns" },
    STOCK_OP("test_drive.book", stock_book_in, stock_drive_out, acrm__drive_book,
             "Book a test drive, now or later"),
    STOCK_OP("test_drive.start", stock_start_in, stock_drive_out, acrm__drive_start,
             "Hand a vehicle over for a test drive"),
    STOCK_OP("test_drive.finish", stock_finish_in, stock_drive_out, acrm__drive_finish,
             "Take a vehicle back from a test drive; the lead learns what came of it"),
    STOCK_OP("test_drive.cancel", stock_end_in, stock_drive_out, acrm__drive_cancel,
             "Call a test drive off"),
    STOCK_OP("test_drive.no_show", stock_end_in, stock_drive_out, acrm__drive_no_show,
             "The customer did not come"),
    { .name = NULL }
};

static const acrm__hook stock_hooks[] = {
    { .entity = "vehicle", .before_write = acrm__stock_vehicle_write },
    { .entity = "vehicle_ownership", .before_write = acrm__stock_ownership_write },
    { .entity = "vehicle_cost", .before_write = acrm__stock_cost_write },
    { .entity = NULL }
};

static const acrm__timer_kind stock_timers[] = {
    { .kind = "vehicle.reservation_ends", .run = acrm__hold_timer, .help = "A reservation ends",
      .outlives = true },
    { .kind = "test_drive.overdue", .run = acrm__drive_overdue,
      .help = "A vehicle is not back from a test drive", .outlives = true },
    { .kind = NULL }
};

const acrm__module acrm__mod_stock = {
    .name = "stock",
    .help = "Vehicles, whose they are, the stock, and test drives",
    .entities = stock_entities,
    .ops = stock_ops,
    .hooks = stock_hooks,
    .timers = stock_timers,
};
