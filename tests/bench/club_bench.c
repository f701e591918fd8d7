/* SPDX-License-Identifier: MIT */
/* The loyalty club: an event through 10, 100 and 300 rules against asking each rule's filter once;
 * recording a purchase against putting as many points into the ledger; a simulation against reading
 * the same events; tiers lived again against one pass over their entries. */
#include "bench.h"

#include "autocrm/autocrm.h"
#include "base/civil.h"
#include "engines/earning/earning.h"
#include "engines/tier/tier.h"

#include <unistd.h>

enum { CLUB_RULES_MAX = 300, CLUB_ENTRIES = 10000 };

static const long club_sizes[] = { 10, 100, 300 };

/* --- The engine alone --- */

typedef struct club_world {
    acrm_filter *filters[CLUB_RULES_MAX];
    acrm__earning_rule rules[CLUB_RULES_MAX];
    acrm__earning_share shares[CLUB_RULES_MAX];
    acrm__earning_scheme scheme;
    acrm_value *record;
    acrm_engine *engine;
    acrm_session *session;
    char path[64], program[40], member[40];
    long turn;
    acrm__tier_entry entries[CLUB_ENTRIES];
} club_world;

static int32_t club_fits(void *self, size_t rule, bool *out)
{
    const club_world *w = self;
    int32_t matches = 0;
    int32_t st = acrm_filter_match(w->filters[rule], w->record, 0, &matches, NULL);

    *out = matches != 0;
    return st;
}

static void club_fill(club_world *w, long n)
{
    static const acrm_filter_field fields[] = {
        { sizeof fields[0], ACRM_FILTER_TYPE_TEXT, "kind", NULL, 0 },
        { sizeof fields[0], ACRM_FILTER_TYPE_MONEY, "amount", NULL, 2 },
        { sizeof fields[0], ACRM_FILTER_TYPE_TEXT, "tier", NULL, 0 },
    };
    static const char *const conditions[] = {
        "{\"kind\":\"purchase\",\"amount\":{\"$gte\":\"10.00\"}}",
        "{\"kind\":\"service\"}",
        "{\"tier\":{\"$in\":[\"gold\",\"silver\"]},\"amount\":{\"$lt\":\"5.00\"}}",
    };
    static const char event[] = "{\"kind\":\"purchase\",\"amount\":\"99.50\",\"tier\":\"gold\"}";

    for (long i = 0; i < n; i++) {
        const char *text = conditions[i % 3];
        acrm_value *filter = NULL;
        if (acrm_value_parse(NULL, text, strlen(text), &filter, NULL) != ACRM_OK ||
            acrm_filter_new(NULL, fields, 3, filter, &w->filters[i], NULL) != ACRM_OK)
            exit(EXIT_FAILURE);
        acrm_value_free(filter);
        w->rules[i] = (acrm__earning_rule){ .gives = ACRM__EARNING_RATE, .number = 10000,
                                            .unit = 1000, .spendable = true, .share = 10000,
                                            .from = INT64_MIN, .until = INT64_MAX };
    }
    if (acrm_value_parse(NULL, event, sizeof event - 1, &w->record, NULL) != ACRM_OK)
        exit(EXIT_FAILURE);
    w->scheme = (acrm__earning_scheme){ w->rules, (size_t)n, ACRM__EARNING_SUM,
                                        ACRM__EARNING_SUM };
}

static void club_empty(club_world *w)
{
    for (size_t i = 0; i < w->scheme.n_rules; i++)
        acrm_filter_free(w->filters[i]);
    acrm_value_free(w->record);
}

static void club_earn(void *user, long ops)
{
    club_world *w = user;
    const acrm__earning_event event = { 0, 9950, NULL, 0 };
    const acrm__earning_world asked = { w, club_fits, NULL, NULL };
    acrm__earning_sum sum;

    for (long i = 0; i < ops; i++) {
        if (acrm__earn(&w->scheme, &event, &asked, w->shares, &sum, NULL) != ACRM_OK)
            exit(EXIT_FAILURE);
        bench_keep(&sum);
    }
}

static void club_filters(void *user, long ops)
{
    club_world *w = user;

    for (long i = 0; i < ops; i++)
        for (size_t n = 0; n < w->scheme.n_rules; n++) {
            bool fits;
            if (club_fits(w, n, &fits) != ACRM_OK)
                exit(EXIT_FAILURE);
            bench_keep(&fits);
        }
}

static void club_tiers(void *user, long ops)
{
    static const int64_t from[] = { 0, 1000, 5000 };
    club_world *w = user;
    const acrm__tier_scheme scheme = { .from = from, .n_tiers = 3, .days = 365,
                                       .window = ACRM__TIER_ROLLING };
    acrm__tier_state state;

    for (long i = 0; i < ops; i++) {
        if (acrm__tier_replay(&scheme, 0, w->entries, CLUB_ENTRIES,
                              w->entries[CLUB_ENTRIES - 1].at, NULL, NULL, &state, NULL))
            exit(EXIT_FAILURE);
        bench_keep(&state);
    }
}

/* What a specialist would do who needs only the sums: two pointers over the days. */
static void club_window(void *user, long ops)
{
    club_world *w = user;

    for (long i = 0; i < ops; i++) {
        int64_t sum = 0, most = 0;
        size_t left = 0;
        for (size_t n = 0; n < CLUB_ENTRIES; n++) {
            int64_t day = acrm__floor_div(w->entries[n].at, ACRM__DAY_US);
            sum += w->entries[n].points;
            while (acrm__floor_div(w->entries[left].at, ACRM__DAY_US) <= day - 365)
                sum -= w->entries[left++].points;
            most = sum > most ? sum : most;
        }
        bench_keep(&most);
    }
}

/* --- With the database --- */

static void club_call(club_world *w, const char *operation, const char *json, char id[40])
{
    acrm_value *args = NULL, *out = NULL;
    acrm_error *err = NULL;

    if (acrm_value_parse(NULL, json, strlen(json), &args, &err) != ACRM_OK ||
        acrm_call(w->session, operation, args, &out, &err) != ACRM_OK) {
        fprintf(stderr, "%s: %s\n", operation, acrm_error_json(err));
        exit(EXIT_FAILURE);
    }
    if (id)
        snprintf(id, 40, "%s", acrm_value_text(acrm_value_get(out, "id"), NULL));
    bench_keep(out);
    acrm_value_free(args);
    acrm_value_free(out);
}

static void club_open(club_world *w, long n_rules)
{
    const acrm_options options = { .struct_size = sizeof options,
                                   .flags = ACRM_OPEN_SYNC_NORMAL };
    char customer[40], json[400];

    snprintf(w->path, sizeof w->path, "/tmp/acrm_club_%ld.db", (long)getpid());
    if (acrm_open(w->path, &options, &w->engine, NULL) != ACRM_OK ||
        acrm_session_new(w->engine, "system", &w->session, NULL) != ACRM_OK)
        exit(EXIT_FAILURE);
    club_call(w, "customer.create", "{\"name\":\"Ada\"}", customer);
    club_call(w, "loyalty_program.create",
              "{\"code\":\"club\",\"name\":\"Club\",\"currency\":\"EUR\"}", w->program);
    snprintf(json, sizeof json, "{\"program_id\":\"%s\",\"customer_id\":\"%s\"}", w->program,
             customer);
    club_call(w, "member.create", json, w->member);
    for (long i = 0; i < n_rules; i++) {
        const char *condition = i == 0 ? "{\"category\":\"service\"}" : "{\"category\":\"none\"}";
        snprintf(json, sizeof json, "{\"program_id\":\"%s\",\"code\":\"r%ld\",\"number\":\"1\","
                 "\"kind\":\"purchase\",\"condition\":%s}", w->program, i, condition);
        club_call(w, "earning_rule.create", json, NULL);
    }
}

static void club_close(club_world *w)
{
    static const char *const ends[] = { "", "-wal", "-shm" };
    char path[80];

    acrm_session_free(w->session);
    acrm_close(w->engine);
    for (size_t i = 0; i < 3; i++) {
        snprintf(path, sizeof path, "%s%s", w->path, ends[i]);
        unlink(path);
    }
}

static void club_record(void *user, long ops)
{
    club_world *w = user;
    char json[300];

    for (long i = 0; i < ops; i++) {
        snprintf(json, sizeof json, "{\"member_id\":\"%s\",\"kind\":\"purchase\",\"amount\":"
                 "\"80.00\",\"category\":\"service\",\"source_id\":\"p%ld\"}", w->member,
                 w->turn++);
        club_call(w, "loyalty.record", json, NULL);
    }
}

/* As many points in two lots, as spendable and qualifying ones are; no rules, no event. */
static void club_ledger(void *user, long ops)
{
    club_world *w = user;
    char json[300];

    for (long i = 0; i < 2 * ops; i++) {
        snprintf(json, sizeof json, "{\"member_id\":\"%s\",\"points\":80,"
                 "\"source_id\":\"e%ld\"}", w->member, w->turn++);
        club_call(w, "loyalty.earn", json, NULL);
    }
}

static void club_simulate(void *user, long ops)
{
    for (long i = 0; i < ops; i++)
        club_call(user, "loyalty.simulate", "{\"from\":\"2020-01-01\",\"to\":\"2099-12-31\"}",
                  NULL);
}

static void club_read(void *user, long ops)
{
    acrm_error *err = NULL;

    for (long i = 0; i < ops; i++) {
        club_world *w = user;
        acrm_cursor *cursor = NULL;
        acrm_value *args = NULL;
        const acrm_value *item = NULL;
        if (acrm_value_parse(NULL, "{\"limit\":500}", 13, &args, &err) != ACRM_OK ||
            acrm_cursor_new(w->session, "loyalty_event.list", args, &cursor, &err) != ACRM_OK)
            exit(EXIT_FAILURE);
        while (acrm_cursor_next(cursor, &item, &err) == ACRM_OK && item)
            bench_keep(item);
        acrm_cursor_free(cursor);
        acrm_value_free(args);
    }
}

static void club_with_database(bench *b, club_world *w, long n)
{
    club_open(w, n);
    bench_compare(b, &(bench_measure){ .name = "club.record", .size = n, .goal = 2.0,
                  .ours = club_record, .baseline = club_ledger, .user = w, .ops = 100 });
    if (bench_wanted(b, "club.simulate"))
        bench_compare(b, &(bench_measure){ .name = "club.simulate", .size = n, .goal = 3.0,
                      .ours = club_simulate, .baseline = club_read, .user = w, .ops = 1 });
    club_close(w);
}

int main(int argc, char **argv)
{
    bench b = bench_begin(argc, argv);
    club_world *w = calloc(1, sizeof *w);

    if (!w)
        return EXIT_FAILURE;
    for (size_t i = 0; i < sizeof club_sizes / sizeof club_sizes[0]; i++) {
        if (!bench_wants_size(&b, club_sizes[i], club_sizes[0]))
            continue;
        club_fill(w, club_sizes[i]);
        bench_compare(&b, &(bench_measure){ .name = "club.earn", .size = club_sizes[i],
                      .goal = 1.2, .ours = club_earn, .baseline = club_filters, .user = w });
        club_empty(w);
        if (bench_wanted(&b, "club.record") || bench_wanted(&b, "club.simulate"))
            club_with_database(&b, w, club_sizes[i]);
    }
    for (size_t i = 0; i < CLUB_ENTRIES; i++)
        w->entries[i] = (acrm__tier_entry){ .at = (int64_t)i * 4 * ACRM__DAY_US / 10,
                                            .points = (int64_t)(i * 7 % 13), .grant = -1 };
    bench_compare(&b, &(bench_measure){ .name = "club.tiers", .size = CLUB_ENTRIES, .goal = 10.0,
                  .ours = club_tiers, .baseline = club_window, .user = w });
    free(w);
    return bench_end(&b);
}
