/* SPDX-License-Identifier: MIT */
/* Service levels: telling the clocks what happened against a plain update of the record, asking how
 * they stand against reading it, and the clocks alone against bare additions of business time. */
#include "bench.h"

#include "autocrm/autocrm.h"

#include <unistd.h>

enum { SLA_STORY = 12 };

#define SLA_HOUR INT64_C(3600000000)
#define SLA_START (20514 * INT64_C(86400000000) + 8 * SLA_HOUR)

typedef struct sla_world {
    acrm_engine *engine;
    acrm_session *session;
    char path[64], lead[40];
    long turn;
    acrm_calendar *calendar;
    acrm_sla_target targets[ACRM_SLA_CLOCKS];
    acrm_sla_mark mark;
    acrm_sla_terms terms;
} sla_world;

static void sla_call(sla_world *w, const char *operation, const char *json, char id[40])
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

static void sla_open(sla_world *w)
{
    const acrm_options options = { .struct_size = sizeof options,
                                   .flags = ACRM_OPEN_SYNC_NORMAL };
    char customer[40], json[300];

    snprintf(w->path, sizeof w->path, "/tmp/acrm_sla_%ld.db", (long)getpid());
    if (acrm_open(w->path, &options, &w->engine, NULL) != ACRM_OK ||
        acrm_session_new(w->engine, "system", &w->session, NULL) != ACRM_OK)
        exit(EXIT_FAILURE);
    sla_call(w, "customer.create", "{\"name\":\"Ada\"}", customer);
    snprintf(json, sizeof json, "{\"customer_id\":\"%s\"}", customer);
    sla_call(w, "lead.create", json, w->lead);
    sla_call(w, "sla_policy.create",
             "{\"name\":\"Leads\",\"entity\":\"lead\",\"targets\":["
             "{\"clock\":\"first_response\",\"amount\":\"PT4H\",\"warnings\":[\"80%\"]},"
             "{\"clock\":\"update\",\"amount\":\"PT16H\"},"
             "{\"clock\":\"resolution\",\"amount\":\"PT40H\",\"warnings\":[\"80%\"]}]}", NULL);
    snprintf(json, sizeof json, "{\"entity\":\"lead\",\"id\":\"%s\"}", w->lead);
    sla_call(w, "sla.start", json, NULL);
}

static void sla_close(sla_world *w)
{
    char other[80];

    acrm_session_free(w->session);
    acrm_close(w->engine);
    unlink(w->path);
    snprintf(other, sizeof other, "%s-wal", w->path);
    unlink(other);
    snprintf(other, sizeof other, "%s-shm", w->path);
    unlink(other);
}

/* --- With the database --- */

/* The story grows by one with each; a new record every so often keeps it a usual length. */
static void sla_fresh(void *user, long ops)
{
    sla_world *w = user;
    char customer[40], json[300];

    (void)ops;
    sla_call(w, "customer.create", "{\"name\":\"Ada\"}", customer);
    snprintf(json, sizeof json, "{\"customer_id\":\"%s\"}", customer);
    sla_call(w, "lead.create", json, w->lead);
    snprintf(json, sizeof json, "{\"entity\":\"lead\",\"id\":\"%s\"}", w->lead);
    sla_call(w, "sla.start", json, NULL);
}

static void sla_happen(void *user, long ops)
{
    static const char *const kinds[] = { "touch", "priority" };
    sla_world *w = user;
    char json[200];

    for (long i = 0; i < ops; i++) {
        snprintf(json, sizeof json, "{\"id\":\"%s\",\"kind\":\"%s\",\"priority\":\"p%ld\"}",
                 w->lead, kinds[i % 2], i % 3);
        sla_call(w, "sla.happen", json, NULL);
    }
}

static void sla_update(void *user, long ops)
{
    sla_world *w = user;
    char json[200];

    for (long i = 0; i < ops; i++) {
        snprintf(json, sizeof json,
                 "{\"id\":\"%s\",\"last_write_wins\":true,\"subject\":\"Turn %ld\"}", w->lead,
                 w->turn++);
        sla_call(w, "lead.update", json, NULL);
    }
}

static void sla_status(void *user, long ops)
{
    sla_world *w = user;
    char json[100];

    snprintf(json, sizeof json, "{\"id\":\"%s\"}", w->lead);
    for (long i = 0; i < ops; i++)
        sla_call(w, "sla.status", json, NULL);
}

static void sla_get(void *user, long ops)
{
    sla_world *w = user;
    char json[100];

    snprintf(json, sizeof json, "{\"id\":\"%s\"}", w->lead);
    for (long i = 0; i < ops; i++)
        sla_call(w, "lead.get", json, NULL);
}

/* --- The clocks alone --- */

static void sla_terms(sla_world *w)
{
    static acrm_calendar_hours hours[5];

    for (int32_t d = 0; d < 5; d++)
        hours[d] = (acrm_calendar_hours){ d + 1, 8 * 3600, 17 * 3600 };
    const acrm_calendar_definition d = { .struct_size = sizeof d, .hours = hours,
                                         .hours_count = 5 };
    if (acrm_calendar_new(&d, NULL, &w->calendar, NULL) != ACRM_OK)
        exit(EXIT_FAILURE);
    w->mark = (acrm_sla_mark){ 8000, 0 };
    for (int32_t c = 0; c < ACRM_SLA_CLOCKS; c++)
        w->targets[c] = (acrm_sla_target){ .amount = (c + 1) * 4 * SLA_HOUR, .marks = &w->mark,
                                           .marks_count = 1 };
    w->terms = (acrm_sla_terms){ .struct_size = sizeof w->terms, .reopen = ACRM_SLA_CONTINUE,
                                 .calendar = w->calendar, .targets = w->targets,
                                 .priorities_count = 1 };
}

static void sla_story(void *user, long ops)
{
    static const int32_t kinds[SLA_STORY] = { 1, 2, 3, 2, 5, 6, 3, 2, 3, 9, 10, 9 };
    sla_world *w = user;

    for (long i = 0; i < ops; i++) {
        acrm_sla *sla = NULL;
        acrm_sla_new(NULL, &sla);
        for (int32_t k = 0; k < SLA_STORY; k++) {
            const acrm_sla_happening h = { .struct_size = sizeof h, .kind = kinds[k],
                                           .at = SLA_START + (i % 1000 + k) * SLA_HOUR,
                                           .terms = k ? NULL : &w->terms, .key = k + 1,
                                           .clocks = 16, .until = ACRM_SLA_NONE };
            acrm_sla_happen(sla, &h, NULL);
        }
        bench_keep(sla);
        acrm_sla_free(sla);
    }
}

/* As many deadlines as a story has happenings. */
static void sla_bare(void *user, long ops)
{
    sla_world *w = user;

    for (long i = 0; i < ops; i++)
        for (int32_t k = 0; k < SLA_STORY; k++) {
            int64_t out = 0;
            acrm_calendar_add(w->calendar, SLA_START + (i % 1000 + k) * SLA_HOUR, 8 * SLA_HOUR,
                              &out);
            bench_keep(&out);
        }
}

int main(int argc, char **argv)
{
    bench b = bench_begin(argc, argv);
    sla_world w = { .turn = 0 };

    sla_terms(&w);
    bench_compare(&b, &(bench_measure){ .name = "sla.story", .size = SLA_STORY,
                                        .ours = sla_story, .baseline = sla_bare, .user = &w });
    acrm_calendar_free(w.calendar);
    sla_open(&w);
    bench_compare(&b, &(bench_measure){ .name = "sla.happen", .size = SLA_STORY, .goal = 2,
                                        .ours = sla_happen, .baseline = sla_update,
                                        .before = sla_fresh, .user = &w, .ops = SLA_STORY });
    bench_compare(&b, &(bench_measure){ .name = "sla.status", .size = SLA_STORY,
                                        .ours = sla_status, .baseline = sla_get, .user = &w });
    sla_close(&w);
    return bench_end(&b);
}
