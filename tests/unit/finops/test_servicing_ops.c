/* SPDX-License-Identifier: MIT */
/* Signed contracts as operations: the examples of docs/servicing.md, and what must add up. */
#include "base/civil.h"
#include "finops_world.h"

/* Two past dues of 10 interest and 100 principal on 2026-03-01, and a later one. */
#define DUES                                                                                      \
    "'currency':'EUR','dues':["                                                                   \
    "{'number':1,'day':'2026-01-01','interest':'10','principal':'100'},"                          \
    "{'number':2,'day':'2026-02-01','interest':'10','principal':'100'},"                          \
    "{'number':3,'day':'2026-04-01','interest':'10','principal':'100'}]"

static void is_row(const cJSON *rows, int n, int due, const char *part, const char *amount)
{
    const cJSON *row = cJSON_GetArrayItem(rows, n);

    ck_assert_ptr_nonnull(row);
    ck_assert_int_eq(vector_int(row, "due"), due);
    ck_assert_str_eq(vector_text(row, "part"), part);
    ck_assert_str_eq(vector_text(row, "amount"), amount);
}

START_TEST(allocate__walks_due_by_due_or_part_by_part)
{
    cJSON *out = finops("finance.allocate", "{" DUES ",'day':'2026-03-01','amount':'30'}");
    const cJSON *rows = vector_get(out, "rows");

    ck_assert_int_eq(cJSON_GetArraySize(rows), 2);
    is_row(rows, 0, 0, "interest", "10.00");
    is_row(rows, 1, 0, "principal", "20.00");
    cJSON_Delete(out);
    out = finops("finance.allocate",
                 "{" DUES ",'day':'2026-03-01','amount':'30','mode':'vertical'}");
    rows = vector_get(out, "rows");
    ck_assert_int_eq(cJSON_GetArraySize(rows), 3);
    is_row(rows, 0, 0, "interest", "10.00");
    is_row(rows, 1, 1, "interest", "10.00");
    is_row(rows, 2, 0, "principal", "10.00");
    cJSON_Delete(out);
}
END_TEST

START_TEST(allocate__follows_the_order_asked_for_and_gives_back_the_rest)
{
    cJSON *out = finops("finance.allocate",
                        "{" DUES ",'day':'2026-03-01','amount':'250',"
                        "'steps':['past_due.principal','past_due.interest']}");

    is_row(vector_get(out, "rows"), 0, 0, "principal", "100.00");
    ck_assert_str_eq(vector_text(out, "rest"), "30.00");
    ck_assert_str_eq(vector_text(out, "allocated"), "220.00");
    ck_assert_int_eq(finops_sum(vector_get(out, "rows"), "amount"), 22000);
    ck_assert_int_eq(finops_sum(vector_get(out, "dues"), "principal_paid"), 20000);
    cJSON_Delete(out);
}
END_TEST

START_TEST(penalty__is_interest_on_what_is_overdue)
{
    /* 110 at 36.5 % over 365 days is 0.11 a day: 10 days after the first due. */
    cJSON *out = finops("finance.penalty",
                        "{" DUES ",'kind':'interest','rate':'0.365','from':'2026-01-01',"
                        "'to':'2026-01-11','explain':true}");

    ck_assert_str_eq(vector_text(out, "charged"), "1.10");
    ck_assert_str_eq(vector_text(vector_get(out, "rows")->child, "penalty"), "1.10");
    ck_assert_int_eq(vector_int(vector_get(out, "explanation")->child, "days"), 10);
    ck_assert_str_eq(vector_text(vector_get(out, "explanation")->child, "from"), "2026-01-01");
    cJSON_Delete(out);
    out = finops("finance.penalty", "{" DUES ",'kind':'fixed','amount':'15','from':'2026-01-01',"
                                    "'to':'2026-03-01','total_cap':'20','explain':true}");
    ck_assert_str_eq(vector_text(out, "charged"), "20.00");
    const cJSON *second = vector_get(out, "explanation")->child->next;
    ck_assert_int_eq(vector_int(second, "row"), 1);
    ck_assert_str_eq(vector_text(second, "rounded"), "15.00");
    ck_assert_str_eq(vector_text(second, "room"), "5.00");
    ck_assert_str_eq(vector_text(second, "charged"), "5.00");
    cJSON_Delete(out);
}
END_TEST

START_TEST(arrears__are_counted_in_buckets)
{
    cJSON *out = finops("finance.arrears", "{" DUES ",'day':'2026-03-01'}");
    const cJSON *rows = vector_get(out, "rows");

    ck_assert_int_eq(cJSON_GetArraySize(rows), 4);
    ck_assert_int_eq(vector_int(out, "overdue"), 2);
    ck_assert_int_eq(vector_int(out, "bucket"), 1);
    ck_assert_int_eq(vector_int(out, "age"), 59);
    ck_assert_str_eq(vector_text(out, "since_day"), "2026-01-01");
    ck_assert_str_eq(vector_text(out, "total"), "220.00");
    ck_assert_int_eq(finops_sum(rows, "principal"), vector_minor(out, "principal", 2));
    ck_assert(cJSON_IsNull(cJSON_GetObjectItem(cJSON_GetArrayItem(rows, 3), "age_max")));
    cJSON_Delete(out);
    out = finops("finance.arrears", "{" DUES ",'day':'2026-03-01','buckets':[20],"
                                    "'pauses':[{'first':'2026-01-05','last':'2026-02-05'}]}");
    ck_assert_int_eq(vector_int(out, "age"), 28);
    cJSON_Delete(out);
    out = finops("finance.arrears", "{" DUES ",'day':'2026-03-01','grace_days':30,'explain':true}");
    const cJSON *lines = vector_get(out, "explanation");
    ck_assert_int_eq(cJSON_GetArraySize(lines), 2);
    ck_assert_str_eq(vector_text(lines->child, "finding"), "overdue");
    ck_assert_str_eq(vector_text(lines->child, "unpaid"), "110.00");
    ck_assert_str_eq(vector_text(lines->child->next, "finding"), "in_grace");
    ck_assert_int_eq(vector_int(lines->child->next, "age"), 28);
    ck_assert_int_eq(vector_int(lines->child->next, "bucket"), -1);
    cJSON_Delete(out);
}
END_TEST

/* --- Settlement --- */

/* 12 dues of 1 000 and 100, every 30 days from 2026-01-01, the first three paid. */
static void twelve(char *json, size_t size)
{
    char date[ACRM__DATE_SIZE];
    int32_t start = 0;
    size_t at = 0;

    ck_assert(acrm__civil_to_day(2026, 1, 1, &start));
    for (int i = 1; i <= 12; i++) {
        const char *paid = i <= 3 ? ",'principal_paid':'1000','interest_paid':'100'" : "";
        acrm__date_print(start + 30 * i, date);
        int n = snprintf(json + at, size - at,
                         "%s{'number':%d,'day':'%s','principal':'1000','interest':'100'%s}",
                         i > 1 ? "," : "", i, date, paid);
        ck_assert_int_lt(n, (int)(size - at));
        at += (size_t)n;
    }
}

static const struct {
    const char *method, *running;
} settlements[] = {
    { "to_day", "30.00" },  { "to_next_due", "90.00" },   { "all", "900.00" },
    { "by_days", "33.33" }, { "by_digits", "346.15" },
};

START_TEST(settlement__pays_the_interest_of_its_method)
{
    char dues[2048];

    twelve(dues, sizeof dues);
    cJSON *out = finops("finance.settlement",
                        "{'currency':'EUR','day':'2026-04-11','start_day':'2026-01-01',"
                        "'rate':'0.12','day_count':'act_360','method':'%s','fee_rate':'0.01',"
                        "'fee_rate_short':'0.005','explain':true,'dues':[%s]}",
                        settlements[_i].method, dues);
    ck_assert_str_eq(vector_text(out, "interest_running"), settlements[_i].running);
    ck_assert_str_eq(vector_text(out, "principal"), "9000.00");
    ck_assert_str_eq(vector_text(out, "compensation"), "45.00");
    ck_assert_int_eq(vector_minor(out, "total", 2),
                     vector_minor(out, "principal", 2) + vector_minor(out, "interest_due", 2) +
                         vector_minor(out, "interest_running", 2) -
                         vector_minor(out, "interest_prepaid", 2) + vector_minor(out, "fees", 2) +
                         vector_minor(out, "penalties", 2) +
                         vector_minor(out, "compensation", 2) - vector_minor(out, "refund", 2));
    ck_assert_ptr_nonnull(vector_get(out, "explanation")->child);
    cJSON_Delete(out);
}
END_TEST

/* --- Recasting --- */

START_TEST(prepay__leaves_principal_that_sums_to_what_is_owed)
{
    static const char *const modes[] = { "shorten", "lower", "last" };
    char dues[2048];

    twelve(dues, sizeof dues);
    cJSON *out = finops("finance.prepay",
                        "{'currency':'EUR','day':'2026-04-11','start_day':'2026-01-01',"
                        "'rate':'0.12','day_count':'act_360','mode':'%s','amount':'4000',"
                        "'dues':[%s],'explain':true}", modes[_i], dues);
    ck_assert_str_eq(vector_text(out, "principal"), "5000.00");
    ck_assert_int_eq(finops_sum(vector_get(out, "rows"), "principal"), 500000);
    ck_assert_int_eq(finops_sum(vector_get(out, "rows"), "interest"),
                     vector_minor(out, "interest", 2));
    ck_assert_int_eq(cJSON_GetArraySize(vector_get(out, "rows")) == 9, _i == 1);
    ck_assert_ptr_nonnull(vector_get(out, "explanation")->child);
    cJSON_Delete(out);
}
END_TEST

START_TEST(restructure__capitalises_what_it_is_told_to)
{
    cJSON *out = finops("finance.restructure",
                        "{" DUES ",'day':'2026-03-01','start_day':'2025-12-01','rate':'0.12',"
                        "'periods':6,'first_due_day':'2026-04-01','capitalise':['interest']}");

    ck_assert_int_eq(cJSON_GetArraySize(vector_get(out, "rows")), 6);
    ck_assert_int_eq(vector_minor(out, "principal", 2),
                     30000 + vector_minor(out, "capitalised", 2));
    ck_assert_int_ge(vector_minor(out, "capitalised", 2), 2000);
    ck_assert_str_eq(vector_text(out, "forgiven"), "0.00");
    ck_assert_int_eq(finops_sum(vector_get(out, "rows"), "principal"),
                     vector_minor(out, "principal", 2));
    cJSON_Delete(out);
}
END_TEST

START_TEST(replay__undoes_a_bounced_payment)
{
    cJSON *out = finops("finance.replay",
                        "{" DUES ",'start_day':'2025-12-01','to_day':'2026-03-01','events':["
                        "{'day':'2026-01-01','amount':'110'},{'day':'2026-02-01','amount':'110'},"
                        "{'kind':'reversal','day':'2026-02-03','of':0}]}");
    const cJSON *rows = vector_get(out, "rows"), *events = vector_get(out, "events");

    /* The payment of February pays the due of January: it is the oldest now. */
    ck_assert_int_eq(vector_int(events->child, "reversed_by"), 2);
    ck_assert_str_eq(vector_text(rows->child, "principal_paid"), "100.00");
    ck_assert_str_eq(vector_text(rows->child->next, "principal_paid"), "0.00");
    ck_assert_int_eq(finops_sum(vector_get(out, "allocated"), "amount"), 11000);
    cJSON_Delete(out);
}
END_TEST

START_TEST(replay__charges_penalties_between_the_events)
{
    cJSON *out = finops("finance.replay",
                        "{" DUES ",'start_day':'2025-12-01','to_day':'2026-01-21',"
                        "'penalty':'interest','rate':'0.365','explain':true,'events':["
                        "{'day':'2026-01-11','amount':'11.10'}]}");
    const cJSON *lines = vector_get(out, "explanation");

    /* 1.10 in ten days, paid with the 10 interest; then ten days on 100. */
    ck_assert_str_eq(vector_text(vector_get(out, "rows")->child, "penalty_paid"), "1.10");
    ck_assert_str_eq(vector_text(vector_get(out, "rows")->child, "penalty"), "2.10");
    ck_assert_int_eq(cJSON_GetArraySize(lines), 2);
    ck_assert_str_eq(vector_text(lines->child, "charged"), "1.10");
    ck_assert_str_eq(vector_text(lines->child->next, "charged"), "1.00");
    ck_assert_str_eq(vector_text(lines->child->next, "from"), "2026-01-11");
    cJSON_Delete(out);
}
END_TEST

/* --- Refusals --- */

#define DAY "'day':'2026-03-01'"
static const struct {
    const char *operation;
    int32_t status;
    const char *field, *args;
} refusals[] = {
    { "finance.allocate", ACRM_E_INVALID, "dues", "{'currency':'EUR'," DAY ",'amount':'1'}" },
    { "finance.allocate", ACRM_E_INVALID, "amount", "{" DUES "," DAY ",'amount':'0'}" },
    { "finance.allocate", ACRM_E_INVALID, "mode", "{" DUES "," DAY ",'amount':'1','mode':'up'}" },
    { "finance.allocate", ACRM_E_INVALID, "future",
      "{" DUES "," DAY ",'amount':'1','future':'spread'}" },
    { "finance.allocate", ACRM_E_INVALID, "steps[1]",
      "{" DUES "," DAY ",'amount':'1','steps':['due.fee','due.due']}" },
    { "finance.allocate", ACRM_E_INVALID, "steps[1]",
      "{" DUES "," DAY ",'amount':'1','steps':['due.fee','due.fee']}" },
    { "finance.allocate", ACRM_E_INVALID, "steps", "{" DUES "," DAY ",'amount':'1','steps':[]}" },
    { "finance.allocate", ACRM_E_INVALID, "dues[0].day",
      "{'currency':'EUR','dues':[{'principal':'1'}]," DAY ",'amount':'1'}" },
    { "finance.allocate", ACRM_E_INVALID, "dues[1].day",
      "{'currency':'EUR','dues':[{'day':'2026-02-01'},{'day':'2026-01-01'}]," DAY
      ",'amount':'1'}" },
    { "finance.allocate", ACRM_E_INVALID, "dues[0].principal",
      "{'currency':'JPY','dues':[{'day':'2026-02-01','principal':'1.5'}]," DAY ",'amount':'1'}" },
    { "finance.allocate", ACRM_E_INVALID, "dues[0].fee_paid",
      "{'currency':'EUR','dues':[{'day':'2026-02-01','fee_paid':'1'}]," DAY ",'amount':'1'}" },
    { "finance.allocate", ACRM_E_INVALID, "dues[0].fee",
      "{'currency':'EUR','dues':[{'day':'2026-02-01','fee':'-1'}]," DAY ",'amount':'1'}" },
    { "finance.penalty", ACRM_E_INVALID, "kind",
      "{" DUES ",'from':'2026-01-01','to':'2026-02-01'}" },
    { "finance.penalty", ACRM_E_INVALID, "to",
      "{" DUES ",'kind':'fixed','from':'2026-01-01','to':'2025-02-01'}" },
    { "finance.penalty", ACRM_E_INVALID, "parts",
      "{" DUES ",'kind':'fixed','from':'2026-01-01','to':'2026-02-01','parts':['penalty']}" },
    { "finance.penalty", ACRM_E_INVALID, "day_count",
      "{" DUES ",'kind':'interest','from':'2026-01-01','to':'2026-02-01',"
      "'day_count':'nominal'}" },
    { "finance.arrears", ACRM_E_INVALID, "buckets[1]", "{" DUES "," DAY ",'buckets':[30,30]}" },
    { "finance.arrears", ACRM_E_INVALID, "held_bucket", "{" DUES "," DAY ",'held_bucket':4}" },
    { "finance.arrears", ACRM_E_INVALID, "pauses[0]",
      "{" DUES "," DAY ",'pauses':[{'first':'2026-02-01','last':'2026-01-01'}]}" },
    { "finance.settlement", ACRM_E_INVALID, "start_day",
      "{" DUES "," DAY ",'start_day':'2026-02-01'}" },
    { "finance.settlement", ACRM_E_INVALID, "fee_rate",
      "{" DUES "," DAY ",'start_day':'2025-12-01','fee_rate':'1.1'}" },
    { "finance.settlement", ACRM_E_INVALID, "rate",
      "{" DUES "," DAY ",'start_day':'2025-12-01','rate':'-0.1'}" },
    { "finance.settlement", ACRM_E_INVALID, "day",
      "{" DUES ",'day':'2025-11-01','start_day':'2025-12-01'}" },
    { "finance.prepay", ACRM_E_CONFLICT, "dues[0]",
      "{" DUES "," DAY ",'start_day':'2025-12-01','amount':'100'}" },
    { "finance.prepay", ACRM_E_INVALID, "amount",
      "{" DUES ",'day':'2025-12-15','start_day':'2025-12-01','amount':'300'}" },
    { "finance.restructure", ACRM_E_INVALID, "first_due_day",
      "{" DUES "," DAY ",'start_day':'2025-12-01','periods':6,'first_due_day':'2026-02-01'}" },
    { "finance.restructure", ACRM_E_INVALID, "balloon",
      "{" DUES "," DAY ",'start_day':'2025-12-01','periods':6,'first_due_day':'2026-04-01',"
      "'balloon':'9999'}" },
    { "finance.replay", ACRM_E_INVALID, "events[0].of",
      "{" DUES ",'start_day':'2025-12-01','to_day':'2026-03-01',"
      "'events':[{'kind':'reversal','day':'2026-01-01'}]}" },
    { "finance.replay", ACRM_E_INVALID, "events[0].amount",
      "{" DUES ",'start_day':'2025-12-01','to_day':'2026-03-01',"
      "'events':[{'day':'2026-01-01'}]}" },
    { "finance.replay", ACRM_E_INVALID, "to_day",
      "{" DUES ",'start_day':'2025-12-01','to_day':'2025-03-01'}" },
    { "finance.replay", ACRM_E_INVALID, "penalty",
      "{" DUES ",'start_day':'2025-12-01','to_day':'2026-03-01','penalty':'severe'}" },
};
enum { REFUSALS = sizeof refusals / sizeof refusals[0] };

START_TEST(servicing__names_the_field_that_is_wrong)
{
    finops_refuse(refusals[_i].operation, refusals[_i].status, refusals[_i].field,
                  refusals[_i].args);
}
END_TEST

static Suite *servicing_ops_suite(void)
{
    Suite *s = suite_create("servicing_ops");
    TCase *t = tcase_create("operations");

    tcase_add_checked_fixture(t, finops_open, finops_close);
    tcase_add_test(t, allocate__walks_due_by_due_or_part_by_part);
    tcase_add_test(t, allocate__follows_the_order_asked_for_and_gives_back_the_rest);
    tcase_add_test(t, penalty__is_interest_on_what_is_overdue);
    tcase_add_test(t, arrears__are_counted_in_buckets);
    tcase_add_loop_test(t, settlement__pays_the_interest_of_its_method, 0, 5);
    tcase_add_loop_test(t, prepay__leaves_principal_that_sums_to_what_is_owed, 0, 3);
    tcase_add_test(t, restructure__capitalises_what_it_is_told_to);
    tcase_add_test(t, replay__undoes_a_bounced_payment);
    tcase_add_test(t, replay__charges_penalties_between_the_events);
    tcase_add_loop_test(t, servicing__names_the_field_that_is_wrong, 0, REFUSALS);
    suite_add_tcase(s, t);
    return s;
}

ACRM_TEST_MAIN(servicing_ops_suite)
