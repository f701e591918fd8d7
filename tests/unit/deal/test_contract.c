/* SPDX-License-Identifier: MIT */
/* Contracts: from the quote to the signature, and what cancelling does. */
#include "deal_world.h"
#include "support/suite.h"

#include <pthread.h>

static deal_world w;

#define CREDIT ",'deposit':'3800','payment':'credit','finance':{'rate':'0.06','periods':12}"

static void check_whole(const char *contract, bool whole)
{
    acrm_value *out = office_call(&w.o, "sales_contract.verify", deal_json("{'id':'%s'}",
                                                                           contract));

    ck_assert_int_eq(acrm_value_bool(acrm_value_get(out, "whole")), whole);
    acrm_value_free(out);
}

START_TEST(contract__is_what_was_quoted)
{
    static const char *const same[] = { "total", "net_total", "tax_total", "trade_in_total",
                                        "payable", "deposit_total", "due", "currency",
                                        "vehicle_id", "dealer_id", "payment" };
    char contract[72], quote[72], value[72];

    deal_open(&w, _i);
    deal_contract(&w, CREDIT, "", contract);
    deal_does(&w.o, "sales_contract.get", deal_json("{'id':'%s'}", contract), "quote_id", quote);
    for (size_t i = 0; i < sizeof same / sizeof same[0]; i++) {
        deal_does(&w.o, "quote.get", deal_json("{'id':'%s'}", quote), same[i], value);
        deal_is(&w.o, "sales_contract", contract, same[i], value);
    }
    deal_is(&w.o, "sales_contract", contract, "number", "C-NORTH-2025-000001");
    deal_is(&w.o, "sales_contract", contract, "ends_on", "2026-01-10");
    deal_is(&w.o, "quote", quote, "state", "accepted");
    deal_is(&w.o, "vehicle", w.car, "status", "reserved");
    check_whole(contract, true);
    ck_assert_int_eq(office_count(&w.o, "contract_party.count", "{}"), 1);
    office_refused(&w.o, "quote.accept", deal_json("{'id':'%s'}", quote), ACRM_E_CONFLICT, "id",
                   "state");
    office_close(&w.o);
}
END_TEST

/* --- One car, two customers --- */

START_TEST(contract__has_the_car_to_itself)
{
    char first[72], second[72];

    deal_open(&w, _i);
    deal_issue(&w, "", first);
    deal_issue(&w, "", second);
    deal_does(&w.o, "quote.accept", deal_json("{'id':'%s'}", first), NULL, NULL);
    office_refused(&w.o, "quote.accept", deal_json("{'id':'%s'}", second), ACRM_E_CONFLICT,
                   "vehicle_id", "sold");
    deal_is(&w.o, "quote", second, "state", "issued");
    ck_assert_int_eq(office_count(&w.o, "sales_contract.count", "{}"), 1);
    office_refused(&w.o, "quote.create", deal_quote(&w, ""), ACRM_E_CONFLICT, "vehicle_id",
                   "sold");
    office_close(&w.o);
}
END_TEST

/* What the stock asks for a car is its price, and a car that is kept for somebody is not quoted to
 * others; who it is kept for may have it. */
START_TEST(contract__goes_by_the_stock)
{
    char other[72], car[72], quote[72], contract[72], held[72];

    deal_open(&w, _i);
    deal_does(&w.o, "customer.create", "{\"name\":\"Ivo\"}", "id", other);
    deal_does(&w.o, "vehicle.create", deal_json("{'make':'Exemplar','model':'City','kind':'used',"
              "'status':'in_stock','stock_number':'S-7','dealer_id':'%s','currency':'EUR',"
              "'asking_price':'9900.00'}", w.dealer), "id", car);
    deal_does(&w.o, "quote.create", deal_json("{'customer_id':'%s','vehicle_id':'%s',"
              "'tax_rate':'0.19','includes_tax':true}", w.customer, car), "id", quote);
    deal_is(&w.o, "quote", quote, "total", "9900.00");
    deal_is(&w.o, "quote", quote, "net_total", "8319.33");
    office_refused(&w.o, "quote.create", deal_json("{'customer_id':'%s','vehicle_id':'%s',"
                   "'currency':'USD'}", w.customer, car), ACRM_E_INVALID, "currency", "currency");
    deal_does(&w.o, "vehicle.reserve", deal_json("{'id':'%s','customer_id':'%s'}", car, other),
              "id", held);
    office_refused(&w.o, "quote.issue", deal_json("{'id':'%s'}", quote), ACRM_E_CONFLICT,
                   "vehicle_id", "reserved");
    deal_does(&w.o, "vehicle.release", deal_json("{'reservation_id':'%s'}", held), NULL, NULL);
    deal_does(&w.o, "quote.issue", deal_json("{'id':'%s'}", quote), NULL, NULL);
    deal_does(&w.o, "vehicle.reserve", deal_json("{'id':'%s','customer_id':'%s'}", car,
                                                 w.customer), "id", held);
    deal_does(&w.o, "quote.accept", deal_json("{'id':'%s'}", quote), "contract", contract);
    deal_is(&w.o, "vehicle_reservation", held, "subject_id", contract);
    deal_is(&w.o, "vehicle_reservation", held, "purpose", "contract");
    deal_does(&w.o, "sales_contract.cancel", deal_json("{'id':'%s','cause':'customer'}", contract),
              NULL, NULL);
    deal_is(&w.o, "vehicle_reservation", held, "state", "released");
    deal_is(&w.o, "vehicle", car, "status", "in_stock");
    office_close(&w.o);
}
END_TEST

/* --- The car taken in return --- */

static void appraise(const char *car, const char *more, char id[72])
{
    deal_does(&w.o, "appraisal.create", deal_json("{'vehicle_id':'%s','customer_id':'%s',"
              "'currency':'EUR','appraised':'5000.00','offered':'4500.00'%s}", car, w.customer,
              more), "id", id);
}

START_TEST(contract__takes_a_car_in_return)
{
    char old[72], worth[72], quote[72], other[72], contract[72], json[200];

    deal_open(&w, _i);
    deal_does(&w.o, "vehicle.create", "{\"make\":\"Other\",\"model\":\"Old\"}", "id", old);
    appraise(old, "", worth);
    snprintf(json, sizeof json, ",'appraisal_id':'%s','trade_in_debt':'1000'", worth);
    office_refused(&w.o, "quote.create", deal_quote(&w, json), ACRM_E_CONFLICT, "appraisal_id",
                   "not_approved");
    deal_does(&w.o, "appraisal.submit", deal_json("{'id':'%s'}", worth), NULL, NULL);
    deal_does(&w.o, "appraisal.approve", deal_json("{'id':'%s'}", worth), NULL, NULL);
    deal_does(&w.o, "quote.create", deal_quote(&w, json), "id", quote);
    deal_is(&w.o, "quote", quote, "trade_in_total", "4500.00");
    deal_is(&w.o, "quote", quote, "payable", "20300.00"); /* 23800 - 4500 + 1000 */
    deal_does(&w.o, "quote.issue", deal_json("{'id':'%s'}", quote), NULL, NULL);
    snprintf(json, sizeof json, ",'lines':[{'kind':'vehicle','amount':'1'}],'currency':'USD',"
             "'appraisal_id':'%s'", worth);
    office_refused(&w.o, "quote.create", deal_quote(&w, json), ACRM_E_INVALID, "currency",
                   "currency");
    deal_does(&w.o, "quote.create", deal_json("{'customer_id':'%s','currency':'EUR','lines':[{"
              "'kind':'vehicle','amount':'9000'}],'appraisal_id':'%s'}", w.customer, worth), "id",
              other);
    deal_does(&w.o, "quote.issue", deal_json("{'id':'%s'}", other), NULL, NULL);
    deal_does(&w.o, "quote.accept", deal_json("{'id':'%s'}", quote), "contract", contract);
    deal_is(&w.o, "sales_contract", contract, "trade_in_total", "4500.00");
    check_whole(contract, true);
    office_refused(&w.o, "quote.accept", deal_json("{'id':'%s'}", other), ACRM_E_CONFLICT,
                   "appraisal_id", "traded_in");
    deal_does(&w.o, "sales_contract.cancel", deal_json("{'id':'%s','cause':'customer'}", contract),
              NULL, NULL); /* the old car is the customer's again */
    deal_does(&w.o, "quote.accept", deal_json("{'id':'%s'}", other), NULL, NULL);
    appraise(old, ",'valid_until':'2025-01-12'", worth);
    deal_does(&w.o, "appraisal.submit", deal_json("{'id':'%s'}", worth), NULL, NULL);
    deal_does(&w.o, "appraisal.approve", deal_json("{'id':'%s'}", worth), NULL, NULL);
    deal_clock += 3 * DEAL_DAY;
    snprintf(json, sizeof json, ",'appraisal_id':'%s'", worth);
    office_refused(&w.o, "quote.create", deal_quote(&w, json), ACRM_E_CONFLICT, "appraisal_id",
                   "appraisal_expired");
    office_close(&w.o);
}
END_TEST

/* The order of a contract goes all its way, and the car is handed over. */
static void hand_over(const char *contract)
{
    static const char *const gates[] = { "payment", "funding", "plate", "preparation" };
    char number[72];

    deal_does(&w.o, "sales_contract.get", deal_json("{'id':'%s'}", contract), "number", number);
    for (size_t i = 0; i < 4; i++)
        deal_does(&w.o, "vehicle_order.record", deal_json("{'number':'%s','code':'%s'}", number,
                                                          gates[i]), NULL, NULL);
    deal_does(&w.o, "vehicle_order.document", deal_json("{'number':'%s','milestone':'plate',"
              "'document':'insurance'}", number), NULL, NULL);
    deal_does(&w.o, "vehicle_order.deliver", deal_json("{'number':'%s','odometer':9}", number),
              NULL, NULL);
}

START_TEST(contract__brings_the_old_car_into_the_stock)
{
    char old[72], worth[72], quote[72], contract[72], more[400];

    deal_open(&w, _i);
    deal_does(&w.o, "vehicle_cost.create", deal_json("{'vehicle_id':'%s','kind':'purchase',"
              "'currency':'EUR','amount':'17250.50'}", w.car), NULL, NULL);
    deal_does(&w.o, "vehicle.create", "{\"make\":\"Other\",\"model\":\"Old\",\"kind\":\"new\"}",
              "id", old);
    deal_does(&w.o, "vehicle_ownership.create", deal_json("{'vehicle_id':'%s','customer_id':'%s',"
              "'from_date':'2020-01-01'}", old, w.customer), NULL, NULL);
    appraise(old, "", worth);
    deal_does(&w.o, "appraisal.submit", deal_json("{'id':'%s'}", worth), NULL, NULL);
    deal_does(&w.o, "appraisal.approve", deal_json("{'id':'%s'}", worth), NULL, NULL);
    snprintf(more, sizeof more, ",'appraisal_id':'%s','lines':[{'kind':'vehicle','amount':"
             "'20000.00'},{'kind':'accessory','amount':'100.00'},{'kind':'discount','amount':"
             "'600.00'},{'kind':'fee','amount':'50.00'}]", worth);
    deal_issue(&w, more, quote);
    deal_does(&w.o, "quote.accept", deal_json("{'id':'%s'}", quote), "contract", contract);
    deal_does(&w.o, "sales_contract.sign", deal_json("{'id':'%s'}", contract), NULL, NULL);
    deal_is(&w.o, "sales_contract", contract, "margin", "2249.50"); /* 19500 - 17250.50 */
    deal_is(&w.o, "vehicle", old, "status", "delivered");
    hand_over(contract);
    deal_is(&w.o, "sales_contract", contract, "status", "fulfilled");
    deal_is(&w.o, "vehicle", old, "status", "in_stock");
    deal_is(&w.o, "vehicle", old, "kind", "used");
    deal_is(&w.o, "vehicle", old, "dealer_id", w.dealer);
    deal_is(&w.o, "vehicle", old, "cost", "4500.00");
    ck_assert_int_eq(office_count(&w.o, "vehicle_ownership.count", deal_json(
        "{'where':{'vehicle_id':'%s','to_date':null}}", old)), 0);
    ck_assert_int_eq(office_count(&w.o, "vehicle_ownership.count", deal_json(
        "{'where':{'vehicle_id':'%s','customer_id':'%s'}}", w.car, w.customer)), 1);
    ck_assert_int_eq(office_count(&w.o, "warranty.count", "{}"), 1);
    office_close(&w.o);
}
END_TEST

typedef struct rival {
    char quote[72];
    int32_t st;
} rival;

static void *rival_accepts(void *user)
{
    rival *r = user;
    acrm_session *session = NULL;
    char json[100];

    snprintf(json, sizeof json, "{\"id\":\"%s\"}", r->quote);
    if (acrm_session_new(w.o.engine, "system", &session, NULL) == ACRM_OK)
        r->st = acrm_call_json(session, "quote.accept", json, strlen(json), NULL, NULL);
    acrm_session_free(session);
    return NULL;
}

START_TEST(contract__has_the_car_to_itself_whoever_is_faster)
{
    rival rivals[4];
    pthread_t threads[4];
    int won = 0, lost = 0;

    deal_open(&w, OFFICE_SQLITE);
    for (int i = 0; i < 4; i++)
        deal_issue(&w, "", rivals[i].quote);
    for (int i = 0; i < 4; i++)
        ck_assert_int_eq(pthread_create(&threads[i], NULL, rival_accepts, &rivals[i]), 0);
    for (int i = 0; i < 4; i++) {
        pthread_join(threads[i], NULL);
        won += rivals[i].st == ACRM_OK;
        lost += rivals[i].st == ACRM_E_CONFLICT;
    }
    ck_assert_int_eq(won, 1);
    ck_assert_int_eq(lost, 3);
    ck_assert_int_eq(office_count(&w.o, "sales_contract.count", "{}"), 1);
    office_close(&w.o);
}
END_TEST

/* --- Signatures --- */

START_TEST(contract__is_signed_by_all_who_must)
{
    char contract[72], other[72], second[72], lead[72], quote[72], hash[72] = "", json[4096];

    deal_open(&w, _i);
    deal_does(&w.o, "customer.create", "{\"name\":\"Ivo\"}", "id", other);
    deal_does(&w.o, "lead.create", deal_json("{'customer_id':'%s'}", w.customer), "id", lead);
    snprintf(json, sizeof json, ",'lead_id':'%s'", lead);
    deal_issue(&w, json, quote);
    deal_does(&w.o, "quote.accept", deal_json("{'id':'%s'}", quote), "contract", contract);
    deal_does(&w.o, "contract_party.create", deal_json("{'sales_contract_id':'%s','customer_id':"
              "'%s','role':'co_buyer'}", contract, other), "id", second);
    office_refused(&w.o, "sales_contract.sign", deal_json("{'id':'%s'}", contract),
                   ACRM_E_INVALID, "party_id", "required");
    acrm_value *asked = office_call(&w.o, "sales_contract.request_signature",
                                    deal_json("{'id':'%s'}", contract));
    snprintf(hash, sizeof hash, "%s", office_text(asked, "document_hash"));
    ck_assert_uint_eq(strlen(hash), 64);
    ck_assert_uint_eq(acrm_value_count(acrm_value_get(asked, "parties")), 2);
    acrm_value_free(asked);
    /* what is being signed stays */
    office_refused(&w.o, "sales_contract.update", deal_json("{'id':'%s','last_write_wins':true,"
                   "'terms':'and a bicycle'}", contract), ACRM_E_CONFLICT, "terms", "signed");
    office_refused(&w.o, "sales_contract.update", deal_json("{'id':'%s','last_write_wins':true,"
                   "'total':'1.00'}", contract), ACRM_E_CONFLICT, "total", "of_quote");
    office_refused(&w.o, "sales_contract.update", deal_json("{'id':'%s','last_write_wins':true,"
                   "'status':'signed','signed_on':'2025-01-10'}", contract), ACRM_E_CONFLICT,
                   "status", "of_quote");
    office_refused(&w.o, "contract_party.create", deal_json("{'sales_contract_id':'%s',"
                   "'customer_id':'%s','role':'guarantor'}", contract, other), ACRM_E_CONFLICT,
                   "sales_contract_id", "signed");
    office_refused(&w.o, "sales_contract.sign", deal_json("{'id':'%s','party_id':'%s',"
                   "'document_hash':'00'}", contract, second), ACRM_E_CONFLICT, "document_hash",
                   "document");
    deal_does(&w.o, "sales_contract.sign", deal_json("{'id':'%s','party_id':'%s','method':"
              "'electronic','evidence':'envelope 7','document_hash':'%s'}", contract, second,
              hash), NULL, NULL);
    deal_is(&w.o, "sales_contract", contract, "status", "draft");
    deal_is(&w.o, "contract_party", second, "document_hash", hash);
    office_refused(&w.o, "sales_contract.sign", deal_json("{'id':'%s','party_id':'%s'}", contract,
                   second), ACRM_E_CONFLICT, "party_id", "state");
    deal_does(&w.o, "sales_contract.sign", deal_json("{'id':'%s'}", contract), NULL, NULL);
    deal_is(&w.o, "sales_contract", contract, "status", "signed");
    deal_is(&w.o, "sales_contract", contract, "withdraw_until", "2025-01-24");
    deal_is(&w.o, "vehicle", w.car, "status", "sold");
    deal_is(&w.o, "lead", lead, "status", "won");
    check_whole(contract, true);
    deal_does(&w.o, "sales_contract.fulfil", deal_json("{'id':'%s'}", contract), NULL, NULL);
    deal_is(&w.o, "sales_contract", contract, "fulfilled_on", "2025-01-10");
    office_close(&w.o);
}
END_TEST

START_TEST(contract__is_signed_through_a_service)
{
    char contract[72], party[72], answer[400];

    deal_open(&w, _i);
    deal_contract(&w, "", "", contract);
    acrm_value *asked = office_call(&w.o, "sales_contract.request_signature",
                                    deal_json("{'id':'%s','connector':'sign'}", contract));
    const acrm_value *first = acrm_value_at(acrm_value_get(asked, "parties"), 0);
    snprintf(party, sizeof party, "%s", office_text(first, "party_id"));
    snprintf(answer, sizeof answer, "{\"document_hash\":\"%s\",\"signed\":[{\"party_id\":"
             "\"%s\",\"evidence\":\"envelope 9\"},{\"party_id\":\"%s\"}]}",
             office_text(asked, "document_hash"), party, party);
    acrm_value_free(asked);
    w.service.n_replies = 1;
    w.service.replies[0] = (fake_reply){ .outcome = ACRM_ASKED_ANSWERED, .body = answer };
    deal_does(&w.o, "engine.tick", "{}", NULL, NULL);
    ck_assert_int_eq(w.service.asked, 1);
    ck_assert_str_eq(w.service.name, "signature.request");
    deal_is(&w.o, "contract_party", party, "method", "electronic");
    deal_is(&w.o, "contract_party", party, "evidence", "envelope 9");
    deal_is(&w.o, "sales_contract", contract, "status", "signed");
    acrm_value *events = office_call(&w.o, "event.list",
                                     "{\"types\":[\"sales_contract.signature_failed\"]}");
    ck_assert_uint_eq(acrm_value_count(acrm_value_get(events, "items")), 1); /* signed twice */
    acrm_value_free(events);
    office_close(&w.o);
}
END_TEST

START_TEST(contract__waits_for_its_guarantees)
{
    char contract[72];

    deal_open(&w, _i);
    deal_contract(&w, "", ",'guarantee_required':'5000.00'", contract);
    static const struct {
        const char *fields, *field, *reason;
    } bad[] = {
        { "'kind':'cheque','currency':'EUR','amount':'5000'", "number", "required" },
        { "'kind':'guarantor','currency':'EUR','amount':'5000'", "customer_id", "required" },
        { "'kind':'deposit','currency':'USD','amount':'5000'", "currency", "currency" },
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        office_refused(&w.o, "contract_guarantee.create",
                       deal_json("{'sales_contract_id':'%s',%s}", contract, bad[i].fields),
                       ACRM_E_INVALID, bad[i].field, bad[i].reason);
    office_refused(&w.o, "sales_contract.sign", deal_json("{'id':'%s'}", contract),
                   ACRM_E_CONFLICT, "guarantee_required", "guarantee");
    for (int twice = 0; twice < 2; twice++)
        deal_does(&w.o, "contract_guarantee.create", deal_json("{'sales_contract_id':'%s','kind':"
                  "'cheque','number':'%d','bank':'B','currency':'EUR','amount':'2500.00','state':"
                  "'received','due_on':'2025-03-01'}", contract, twice), NULL, NULL);
    deal_does(&w.o, "sales_contract.sign", deal_json("{'id':'%s'}", contract), NULL, NULL);
    deal_is(&w.o, "sales_contract", contract, "status", "signed");
    office_close(&w.o);
}
END_TEST

/* --- Cancelling --- */

START_TEST(contract__is_cancelled_with_what_follows)
{
    char contract[72], again[72];

    deal_open(&w, _i);
    deal_contract(&w, ",'deposit':'1000'", ",'cancel_fee_rate':'0.1'", contract);
    deal_does(&w.o, "sales_contract.sign", deal_json("{'id':'%s'}", contract), NULL, NULL);
    office_refused(&w.o, "sales_contract.cancel", deal_json("{'id':'%s','cause':'withdrawal',"
                   "'fee':'1'}", contract), ACRM_E_INVALID, "fee", "range");
    deal_does(&w.o, "sales_contract.cancel", deal_json("{'id':'%s','cause':'withdrawal'}",
              contract), NULL, NULL);
    deal_is(&w.o, "sales_contract", contract, "status", "cancelled");
    deal_is(&w.o, "sales_contract", contract, "refund", "1000.00");
    deal_is(&w.o, "vehicle", w.car, "status", "in_stock");
    office_refused(&w.o, "sales_contract.cancel", deal_json("{'id':'%s','cause':'dealer'}",
                   contract), ACRM_E_CONFLICT, "id", "state");
    deal_contract(&w, ",'deposit':'1000'", ",'cancel_fee_rate':'0.1'", again);
    deal_does(&w.o, "sales_contract.sign", deal_json("{'id':'%s'}", again), NULL, NULL);
    deal_clock += 15 * DEAL_DAY;
    office_refused(&w.o, "sales_contract.cancel", deal_json("{'id':'%s','cause':'withdrawal'}",
                   again), ACRM_E_CONFLICT, "cause", "withdrawal_over");
    office_refused(&w.o, "sales_contract.cancel", deal_json("{'id':'%s','cause':'customer','fee':"
                   "'2380.01'}", again), ACRM_E_INVALID, "fee", "range");
    deal_does(&w.o, "sales_contract.cancel", deal_json("{'id':'%s','cause':'customer','fee':"
              "'2380.00'}", again), NULL, NULL);
    deal_is(&w.o, "sales_contract", again, "refund", "-1380.00");
    deal_is(&w.o, "vehicle", w.car, "status", "in_stock");
    acrm_value *events = office_call(&w.o, "event.list",
                                     "{\"types\":[\"sales_contract.cancelled\"]}");
    ck_assert_uint_eq(acrm_value_count(acrm_value_get(events, "items")), 2);
    acrm_value_free(events);
    office_close(&w.o);
}
END_TEST

START_TEST(contract__cancelled_opens_what_it_won)
{
    char lead[72], deal[72], pipeline[72], contract[72], other[72], more[200];

    deal_open(&w, _i);
    acrm_value *pipelines = office_call(&w.o, "pipeline.list", "{}");
    snprintf(pipeline, sizeof pipeline, "%s",
             office_text(acrm_value_at(acrm_value_get(pipelines, "items"), 0), "id"));
    acrm_value_free(pipelines);
    deal_does(&w.o, "lead.create", deal_json("{'customer_id':'%s','dealer_id':'%s'}", w.customer,
                                             w.dealer), "id", lead);
    deal_does(&w.o, "opportunity.create", deal_json("{'customer_id':'%s','name':'A car',"
              "'pipeline_id':'%s','lead_id':'%s'}", w.customer, pipeline, lead), "id", deal);
    snprintf(more, sizeof more, ",'opportunity_id':'%s'", deal);
    deal_contract(&w, more, "", contract);
    deal_does(&w.o, "sales_contract.create", deal_json("{'number':'X-1','customer_id':'%s',"
              "'lead_id':'%s'}", w.customer, lead), "id", other);
    deal_does(&w.o, "sales_contract.sign", deal_json("{'id':'%s'}", contract), NULL, NULL);
    deal_is(&w.o, "lead", lead, "status", "won");
    deal_is(&w.o, "opportunity", deal, "status", "won");
    /* Another contract of the lead stands: it stays won. */
    deal_does(&w.o, "sales_contract.cancel", deal_json("{'id':'%s','cause':'other'}", contract),
              NULL, NULL);
    deal_is(&w.o, "lead", lead, "status", "won");
    deal_clock += DEAL_DAY;
    deal_does(&w.o, "sales_contract.cancel", deal_json("{'id':'%s','cause':'other'}", other), NULL,
              NULL);
    ck_assert_int_eq(office_count(&w.o, "lead.count", "{\"where\":{\"status\":\"won\"}}"), 0);
    deal_is(&w.o, "lead", lead, "next_contact_at", "2025-01-11T09:00:00Z");
    ck_assert_int_eq(office_count(&w.o, "lead.count", "{\"where\":{\"closed_at\":null}}"), 1);
    office_close(&w.o);
}
END_TEST

START_TEST(contract__cancelled_opens_the_deal_of_its_quote)
{
    char deal[72], contract[72], more[200];

    deal_open(&w, _i);
    deal_does(&w.o, "opportunity.create", deal_json("{'customer_id':'%s','name':'A car'}",
                                                    w.customer), "id", deal);
    snprintf(more, sizeof more, ",'opportunity_id':'%s'", deal);
    deal_contract(&w, more, "", contract);
    deal_does(&w.o, "sales_contract.sign", deal_json("{'id':'%s'}", contract), NULL, NULL);
    deal_is(&w.o, "opportunity", deal, "status", "won");
    deal_does(&w.o, "sales_contract.cancel", deal_json("{'id':'%s','cause':'dealer'}", contract),
              NULL, NULL);
    deal_is(&w.o, "opportunity", deal, "status", "open");
    deal_does(&w.o, "opportunity.win", deal_json("{'id':'%s'}", deal), NULL, NULL);
    office_close(&w.o);
}
END_TEST

/* --- Quotas --- */

/* A quote of a car of its own, issued. */
static void quota_quote(const char *model, const char *total, char quote[72])
{
    char lines[200];

    deal_does(&w.o, "vehicle.create", deal_json("{'make':'Exemplar','model':'%s','kind':'new',"
              "'status':'in_stock','dealer_id':'%s'}", model, w.dealer), "id", w.car);
    snprintf(lines, sizeof lines, ",'tax_rate':'0','lines':[{'kind':'vehicle','name':'Car',"
             "'amount':'%s'}]", total);
    deal_does(&w.o, "quote.create", deal_json("{'customer_id':'%s','dealer_id':'%s','vehicle_id':"
              "'%s','currency':'EUR'%s}", w.customer, w.dealer, w.car, lines), "id", quote);
    deal_does(&w.o, "quote.issue", deal_json("{'id':'%s'}", quote), NULL, NULL);
}

static void quota(const char *more, char id[72])
{
    deal_does(&w.o, "sales_target.create", deal_json("{'kind':'quota','from_date':'2025-01-01',"
              "'to_date':'2025-01-31'%s}", more), "id", id);
}

START_TEST(contract__no_more_are_made_than_a_quota_holds)
{
    char quotes[4][72], contract[72], late[72], of[72], more[160];

    deal_open(&w, _i);
    for (int i = 0; i < 3; i++)
        quota_quote("Comet", "10000.00", quotes[i]);
    quota_quote("Vega", "10000.00", quotes[3]);
    snprintf(more, sizeof more, ",'dealer_id':'%s','measure':'units','model':'Comet','units':1",
             w.dealer);
    quota(more, of);
    /* Two are agreed on while there is a place; the first that is signed has it. */
    deal_does(&w.o, "quote.accept", deal_json("{'id':'%s'}", quotes[0]), "contract", contract);
    deal_does(&w.o, "quote.accept", deal_json("{'id':'%s'}", quotes[1]), "contract", late);
    deal_does(&w.o, "sales_contract.sign", deal_json("{'id':'%s'}", contract), NULL, NULL);
    office_refused(&w.o, "sales_contract.sign", deal_json("{'id':'%s'}", late), ACRM_E_CONFLICT,
                   "id", "quota");
    deal_is(&w.o, "sales_contract", late, "status", "draft");
    ck_assert_int_eq(office_count(&w.o, "contract_party.count",
                                  "{\"where\":{\"signed_at\":{\"$ne\":null}}}"), 1);
    office_refused(&w.o, "quote.accept", deal_json("{'id':'%s'}", quotes[2]), ACRM_E_CONFLICT,
                   "id", "quota");
    deal_is(&w.o, "quote", quotes[2], "state", "issued");
    deal_does(&w.o, "quote.accept", deal_json("{'id':'%s'}", quotes[3]), NULL, NULL);
    /* A cancelled one gives its place back; a raised quota has more. */
    deal_does(&w.o, "sales_contract.cancel", deal_json("{'id':'%s','cause':'dealer'}", contract),
              NULL, NULL);
    deal_does(&w.o, "sales_contract.sign", deal_json("{'id':'%s'}", late), NULL, NULL);
    deal_does(&w.o, "sales_target.update", deal_json("{'id':'%s','units':2,'last_write_wins':true}",
                                                     of), NULL, NULL);
    deal_does(&w.o, "quote.accept", deal_json("{'id':'%s'}", quotes[2]), "contract", contract);
    /* What was signed elsewhere is a fact, and counts. */
    deal_does(&w.o, "sales_contract.create", deal_json("{'number':'X-1','customer_id':'%s',"
              "'dealer_id':'%s','vehicle_id':'%s','status':'signed','signed_on':'2025-01-09'}",
              w.customer, w.dealer, w.car), NULL, NULL);
    deal_does(&w.o, "vehicle.update", deal_json("{'id':'%s','model':'Comet','last_write_wins':"
                                                "true}", w.car), NULL, NULL);
    office_refused(&w.o, "sales_contract.sign", deal_json("{'id':'%s'}", contract),
                   ACRM_E_CONFLICT, "id", "quota");
    /* The next month is another one. */
    deal_clock += 25 * DEAL_DAY;
    deal_does(&w.o, "sales_contract.sign", deal_json("{'id':'%s'}", contract), NULL, NULL);
    office_close(&w.o);
}
END_TEST

START_TEST(contract__a_quota_may_be_of_money_or_of_all)
{
    static const struct {
        const char *more, *message;
    } rows[] = {
        { ",'measure':'revenue','currency':'EUR','amount':'9999.99'",
          "the quota of 9999.99 EUR for all from 2025-01-01 to 2025-01-31 is used up" },
        { ",'measure':'units','units':0,'dealer_id':'@'",
          "the quota of 0 vehicles for North Cars from 2025-01-01 to 2025-01-31 is used up" },
        { ",'measure':'revenue','currency':'USD','amount':'1.00'", NULL },
        { ",'measure':'margin','currency':'EUR','amount':'0.00'", NULL },
        { ",'measure':'leads','units':0", NULL },
        { ",'measure':'units','units':0,'model':'Vega'", NULL },
        { ",'measure':'units','units':0,'kind':'target'", NULL },
    };
    char quote[72], of[72], json[120];

    deal_open(&w, OFFICE_MEMORY);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char more[200];
        const char *at = strchr(rows[i].more, '@');
        acrm_error *err = NULL;
        snprintf(more, sizeof more, "%.*s%s%s", at ? (int)(at - rows[i].more) : 200, rows[i].more,
                 at ? w.dealer : "", at ? "'" : "");
        quota_quote("Comet", "10000.00", quote);
        if (strstr(more, "'kind'"))
            deal_does(&w.o, "sales_target.create", deal_json("{'from_date':'2025-01-01',"
                      "'to_date':'2025-01-31'%s}", more), "id", of);
        else
            quota(more, of);
        snprintf(json, sizeof json, "{\"id\":\"%s\"}", quote);
        int32_t st = acrm_call_json(w.o.session, "quote.accept", json, strlen(json), NULL, &err);
        ck_assert_int_eq(st, rows[i].message ? ACRM_E_CONFLICT : ACRM_OK);
        if (rows[i].message)
            ck_assert_str_eq(acrm_error_message(err), rows[i].message);
        acrm_error_free(err);
        deal_does(&w.o, "sales_target.delete", deal_json("{'id':'%s','last_write_wins':true}", of),
                  NULL, NULL);
    }
    office_close(&w.o);
}
END_TEST

START_TEST(contract__made_elsewhere_is_cancelled_without_more)
{
    char contract[72];

    deal_open(&w, _i);
    deal_does(&w.o, "sales_contract.create", deal_json("{'number':'X-1','customer_id':'%s',"
              "'vehicle_id':'%s'}", w.customer, w.car), "id", contract);
    office_refused(&w.o, "sales_contract.sign", deal_json("{'id':'%s'}", contract),
                   ACRM_E_INVALID, "party_id", "required");
    deal_does(&w.o, "sales_contract.cancel", deal_json("{'id':'%s','cause':'other'}", contract),
              NULL, NULL);
    deal_is(&w.o, "sales_contract", contract, "status", "cancelled");
    deal_is(&w.o, "vehicle", w.car, "status", "in_stock");
    office_close(&w.o);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("contract");
    TCase *tcase = tcase_create("contract");

    tcase_add_loop_test(tcase, contract__is_what_was_quoted, 0, OFFICE_STORAGES);
    tcase_add_loop_test(tcase, contract__has_the_car_to_itself, 0, OFFICE_STORAGES);
    tcase_add_loop_test(tcase, contract__goes_by_the_stock, 0, OFFICE_STORAGES);
    tcase_add_loop_test(tcase, contract__takes_a_car_in_return, 0, OFFICE_STORAGES);
    tcase_add_test(tcase, contract__has_the_car_to_itself_whoever_is_faster);
    tcase_add_loop_test(tcase, contract__is_signed_by_all_who_must, 0, OFFICE_STORAGES);
    tcase_add_loop_test(tcase, contract__is_signed_through_a_service, 0, OFFICE_STORAGES);
    tcase_add_loop_test(tcase, contract__cancelled_opens_what_it_won, 0, OFFICE_STORAGES);
    tcase_add_loop_test(tcase, contract__cancelled_opens_the_deal_of_its_quote, 0,
                        OFFICE_STORAGES);
    tcase_add_loop_test(tcase, contract__brings_the_old_car_into_the_stock, 0, OFFICE_STORAGES);
    tcase_add_loop_test(tcase, contract__no_more_are_made_than_a_quota_holds, 0, OFFICE_STORAGES);
    tcase_add_test(tcase, contract__a_quota_may_be_of_money_or_of_all);
    tcase_add_loop_test(tcase, contract__waits_for_its_guarantees, 0, OFFICE_STORAGES);
    tcase_add_loop_test(tcase, contract__is_cancelled_with_what_follows, 0, OFFICE_STORAGES);
    tcase_add_loop_test(tcase, contract__made_elsewhere_is_cancelled_without_more, 0,
                        OFFICE_STORAGES);
    suite_add_tcase(suite, tcase);
    return suite;
}

ACRM_TEST_MAIN(make_suite)
