/* SPDX-License-Identifier: MIT */
/* What people do with cars: buy, keep, reserve, sell, move, drive, appraise. */
#include "actors.h"

#include <check.h>
#include <string.h>

void sim_act_buyer(sim *s)
{
    static const char *const kinds[] = { "new", "new", "used", "demo", "km0" };
    static const char *const states[] = { "ordered", "in_transit", "in_stock", "in_stock" };
    sim_item *old = sim_some(s, SIM_CARS);

    if (old && sim_below(s, 3) == 0) { /* an invoice */
        bool credit = sim_below(s, 5) == 0;
        int64_t amount = 100 + sim_below(s, 90000);
        if (sim_done(s, "vehicle_cost.create", "'vehicle_id':'%s','kind':'%s','currency':'EUR',"
                     "'amount':'%lld.%02lld'", old->id, credit ? "credit" : "preparation",
                     (long long)amount / 100, (long long)amount % 100)) {
            old->number += credit ? -amount : amount;
            s->expect[SIM_N_COSTS]++;
        }
        return;
    }
    long long n = (long long)s->expect[SIM_N_CARS]++;
    acrm_value *made = sim_do(s, "vehicle.create",
        "'make':'Fiat','model':'M%lld','kind':'%s','status':'%s','stock_number':'V%lld',"
        "'plate':'P %lld','dealer_id':'%s','currency':'EUR','asking_price':'%lld.00'",
        (long long)sim_below(s, 5), kinds[sim_below(s, 5)], states[sim_below(s, 4)], n, n,
        s->known[sim_below(s, 2)], (long long)(8000 + sim_below(s, 30000)));
    sim_add(s, SIM_CARS, host_text(made, "id"), 0);
    acrm_value_free(made);
}

/* The way of a car. */
void sim_act_keeper(sim *s)
{
    static const char *const acts[] = { "vehicle.ship", "vehicle.receive", "vehicle.receive",
                                        "vehicle.sell", "vehicle.sell", "vehicle.unsell",
                                        "vehicle.deliver", "vehicle.deliver", "vehicle.scrap" };
    const sim_item *car = sim_some(s, SIM_CARS), *c = sim_customer(s);
    int64_t which = sim_below(s, 8 + (sim_below(s, 9) == 0));

    if (!car || !c)
        return;
    bool whom = strcmp(acts[which], "vehicle.sell") == 0 ||
                strcmp(acts[which], "vehicle.deliver") == 0;
    bool where = strcmp(acts[which], "vehicle.receive") == 0;
    sim_done(s, acts[which], "'id':'%s'%s%s%s%s%s", car->id, whom ? ",'customer_id':'" : "",
             whom ? c->id : "", where ? ",'location_id':'" : "", where ? s->known[SIM_YARD] : "",
             whom || where ? "'" : "");
}

void sim_act_reserver(sim *s)
{
    const sim_item *car = sim_some(s, SIM_CARS), *c = sim_customer(s);
    const sim_item *old = sim_some(s, SIM_HOLDS);
    char until[40];

    if (old && sim_below(s, 4) == 0) {
        sim_done(s, "vehicle.release", "'reservation_id':'%s'", old->id);
        return;
    }
    if (!car || !c)
        return;
    sim_in_days(s, 1 + sim_below(s, 9), until);
    acrm_value *made = sim_do(s, "vehicle.reserve", "'id':'%s','customer_id':'%s','until':'%s',"
                              "'queue':%s", car->id, c->id, until, sim_below(s, 4) ? "true"
                                                                                   : "false");
    if (made)
        sim_add(s, SIM_HOLDS, host_text(made, "id"), 0);
    acrm_value_free(made);
}

void sim_act_hauler(sim *s)
{
    static const char *const acts[] = { "vehicle.transfer_send", "vehicle.transfer_receive",
                                        "vehicle.transfer_cancel" };
    const sim_item *car = sim_some(s, SIM_CARS), *old = sim_some(s, SIM_HAULS);

    if (old && sim_below(s, 3)) {
        sim_done(s, acts[sim_below(s, 3)], "'transfer_id':'%s'", old->id);
        return;
    }
    sim_may(s, "range"); /* it stands there already */
    acrm_value *made = car ? sim_do(s, "vehicle.transfer_request", "'id':'%s','to_dealer_id':'%s'",
                                    car->id, s->known[sim_below(s, 2)]) : NULL;
    if (made) {
        sim_add(s, SIM_HAULS, host_text(made, "id"), 0);
        s->expect[SIM_N_HAULS]++;
    }
    acrm_value_free(made);
}

/* --- Test drives --- */

/* One licence in eight is none. */
static void drive_off(sim *s, const char *id)
{
    int64_t fault = sim_below(s, 16);
    char day[16];

    sim_day_in(s, fault == 0 ? -30 : 300, day);
    sim_may(s, "licence expired range");
    bool left = sim_done(s, "test_drive.start", "'id':'%s','licence_seen':%s,"
                         "'licence_number':'L%d','licence_valid_until':'%s','odometer':%d,"
                         "'fuel':50", id, fault == 1 ? "false" : "true", s->act, day,
                         10 * s->act);
    ck_assert_msg(!left || fault > 1, "seed %llu, act %d: a drive without a licence",
                  (unsigned long long)s->o->seed, s->act);
}

static void drive_on(sim *s, const sim_item *drive)
{
    static const char *const outcomes[] = { "wants_quote", "interested", "undecided",
                                            "not_interested" };
    static const char *const ends[] = { "test_drive.cancel", "test_drive.no_show" };
    int64_t which = sim_below(s, 5);

    sim_may(s, "range");
    if (which == 0) {
        drive_off(s, drive->id);
    } else if (which < 4) {
        sim_done(s, "test_drive.finish", "'id':'%s','odometer':%d,'fuel':40,'outcome':'%s'",
                 drive->id, 10 * s->act + 5, outcomes[sim_below(s, 4)]);
    } else {
        sim_done(s, ends[sim_below(s, 2)], "'id':'%s'", drive->id);
    }
}

void sim_act_driver(sim *s)
{
    const sim_item *car = sim_some(s, SIM_CARS), *c = sim_customer(s);
    const sim_item *old = sim_some(s, SIM_DRIVES);
    char from[40], to[40];

    if (old && sim_below(s, 2)) {
        drive_on(s, old);
        return;
    }
    if (!car || !c)
        return;
    int64_t begin = s->h.now + (sim_below(s, 2) ? 0 : (1 + sim_below(s, 40)) * HOST_DAY / 24);
    sim_instant(begin, from);
    sim_instant(begin + (1 + sim_below(s, 3)) * HOST_DAY / 24, to);
    bool now = sim_below(s, 2);
    sim_may(s, now ? "" : "range"); /* by the time it is done it may have begun */
    acrm_value *made = sim_do(s, "test_drive.book",
        "'vehicle_id':'%s','customer_id':'%s','user_id':'%s','trade_plate_id':'%s'%s%s%s%s%s",
        car->id, c->id, s->known[SIM_SARA + sim_below(s, 3)], s->known[SIM_PLATE],
        now ? "" : ",'from':'", now ? "" : from, now ? "" : "','to':'", now ? "" : to,
        now ? "" : "'");
    if (made) {
        sim_add(s, SIM_DRIVES, host_text(made, "id"), 0);
        s->expect[SIM_N_DRIVES]++;
        if (now && sim_below(s, 4))
            drive_off(s, host_text(made, "id"));
    }
    acrm_value_free(made);
}

/* --- Appraisals --- */

static void appraisal_on(sim *s, sim_item *worth)
{
    static const char *const elements[] = { "roof", "bonnet", "windscreen", "tyre_front_left" };
    long long offered = 3000 + sim_below(s, 9000);

    sim_may(s, "required expired");
    switch (sim_below(s, 7)) {
    case 0:
        sim_done(s, "appraisal_item.create", "'appraisal_id':'%s','element':'%s','condition':"
                 "'worn','currency':'EUR','repair':'%lld.50'", worth->id,
                 elements[sim_below(s, 4)], (long long)sim_below(s, 900));
        break;
    case 1:
    case 2:
        s->expect[SIM_N_VALUED] += sim_done(s, "appraisal.value", "'id':'%s','connector':'guide'",
                                            worth->id);
        break;
    case 3:
        s->expect[SIM_N_VALUED] += sim_done(s, "appraisal_valuation.create",
            "'appraisal_id':'%s','source':'auction','currency':'EUR','amount':'%lld.99'",
            worth->id, offered);
        break;
    case 4:
        sim_done(s, "appraisal.update", "'id':'%s','last_write_wins':true,'appraised':'%lld.00',"
                 "'offered':'%lld.00'", worth->id, offered + 500, offered);
        break;
    case 5:
        sim_done(s, "appraisal.submit", "'id':'%s'", worth->id);
        break;
    default:
        sim_done(s, sim_below(s, 4) ? "appraisal.approve" : "appraisal.decline", "'id':'%s'",
                 worth->id);
    }
}

void sim_act_appraiser(sim *s)
{
    const sim_item *c = sim_customer(s);
    sim_item *old = sim_some(s, SIM_WORTHS);

    if (old && sim_below(s, 5)) {
        appraisal_on(s, old);
        return;
    }
    if (!c)
        return;
    acrm_value *car = sim_do(s, "vehicle.create", "'make':'Lada','model':'Niva','kind':'used',"
                             "'plate':'T %d'", s->act);
    sim_done(s, "vehicle_ownership.create", "'vehicle_id':'%s','customer_id':'%s'",
             host_text(car, "id"), c->id);
    acrm_value *made = sim_do(s, "appraisal.create", "'vehicle_id':'%s','customer_id':'%s',"
                              "'currency':'EUR','odometer':%d,'appraised':'5000.00','offered':"
                              "'4000.00'", host_text(car, "id"), c->id, 1000 + s->act);
    sim_add(s, SIM_WORTHS, host_text(made, "id"),
            (int32_t)(c - s->pools[SIM_CUSTOMERS].items));
    s->expect[SIM_N_WORTHS]++;
    acrm_value_free(made);
    acrm_value_free(car);
}
