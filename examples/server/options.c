/* SPDX-License-Identifier: MIT */
/* What the command line says. */
#include "server.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

enum { OPTION_TEXT, OPTION_NUMBER, OPTION_LIST, OPTION_FLAG };

static const struct {
    const char *name, *value, *help;
    int kind;
    size_t at, count_at; /* in server_options */
    long min, max;       /* of numbers; of lists, how many */
} options_table[] = {
    { "db", "FILE", "The database: a file, or postgres://...; made by: autocrm --db FILE init",
      OPTION_TEXT, offsetof(server_options, db), 0, 0, 0 },
    { "key", "FILE", "Its key; without it FILE.key", OPTION_TEXT, offsetof(server_options, key), 0,
      0, 0 },
    { "zone", "NAME", "Time zone of the business, such as Europe/Rome", OPTION_TEXT,
      offsetof(server_options, zone), 0, 0, 0 },
    { "listen", "ADDRESS:PORT", "Where to be reached; 127.0.0.1:8080 without it; port 0: any free",
      OPTION_TEXT, offsetof(server_options, listen), 0, 0, 0 },
    { "pages", "DIR", "Serve the files of this folder too", OPTION_TEXT,
      offsetof(server_options, pages), 0, 0, 0 },
    { "tls-cert", "FILE", "Serve HTTPS: certificate chain, PEM", OPTION_TEXT,
      offsetof(server_options, tls_cert), 0, 0, 0 },
    { "tls-key", "FILE", "Its private key, PEM", OPTION_TEXT, offsetof(server_options, tls_key), 0,
      0, 0 },
    { "trust", "ADDRESS", "A proxy whose X-Forwarded-For and -Proto are believed", OPTION_LIST,
      offsetof(server_options, trusted), offsetof(server_options, n_trusted), 0,
      SERVER_TRUSTED_MAX },
    { "outbox", "HOW", "Send messages so, as of autocrm tick: console, spool:DIR, smtp://..., "
      "webhook, sms:FILE", OPTION_LIST, offsetof(server_options, outbox),
      offsetof(server_options, n_outbox), 0, EXAMPLE_OUTBOX_MAX },
    { "connector", "NAME=HOW", "Ask another system so: NAME=exec:COMMAND, NAME=https://...",
      OPTION_LIST, offsetof(server_options, connectors), offsetof(server_options, n_connectors), 0,
      EXAMPLE_CONNECTORS_MAX },
    { "tick", "SECONDS", "Do what has fallen due so often; 0: never; 5 without it", OPTION_NUMBER,
      offsetof(server_options, tick_s), 0, 0, 3600 },
    { "threads", "N", "Threads that poll connections; 2 without it", OPTION_NUMBER,
      offsetof(server_options, threads), 0, 1, 64 },
    { "workers", "N", "Threads for what may take long; 4 without it", OPTION_NUMBER,
      offsetof(server_options, workers), 0, 1, 64 },
    { "connections", "N", "At most so many at once; 12000 without it", OPTION_NUMBER,
      offsetof(server_options, connections), 0, 8, 1000000 },
    { "body", "BYTES", "The longest body taken; 8388608 without it", OPTION_NUMBER,
      offsetof(server_options, body_max), 0, 1024, 64 << 20 },
    { "idle", "SECONDS", "How long a connection may be silent; 30 without it", OPTION_NUMBER,
      offsetof(server_options, idle_s), 0, 1, 3600 },
    { "grace", "SECONDS", "How long running calls may go on when stopping; 10 without it",
      OPTION_NUMBER, offsetof(server_options, grace_s), 0, 0, 3600 },
    { "log-all", NULL, "Log every request, not only refused and failed ones", OPTION_FLAG,
      offsetof(server_options, log_all), 0, 0, 0 },
    { "secure-cookies", NULL, "Cookies for HTTPS only: a proxy in front speaks it", OPTION_FLAG,
      offsetof(server_options, secure_cookies), 0, 0, 0 },
    { "as", "PRINCIPAL", "To try things out: everybody is this one (system, user:UUID, "
      "customer:UUID); only on 127.0.0.1 or [::1]", OPTION_TEXT, offsetof(server_options, as), 0, 0,
      0 },
    { "now", "INSTANT", "To try things out: the clock stands still at 2026-11-21T08:00:00Z",
      OPTION_TEXT, offsetof(server_options, now), 0, 0, 0 },
};

enum { OPTIONS_N = sizeof options_table / sizeof options_table[0] };

static void options_help(void)
{
    printf("autocrm-server: the operations of libautocrm over HTTP\n\n"
           "  autocrm-server --db FILE [--listen 127.0.0.1:8080] [--pages DIR] ...\n\n");
    for (size_t i = 0; i < OPTIONS_N; i++) {
        char left[40];
        snprintf(left, sizeof left, "--%s%s%s", options_table[i].name,
                 options_table[i].value ? " " : "",
                 options_table[i].value ? options_table[i].value : "");
        printf("  %-22s %s\n", left, options_table[i].help);
    }
    printf("  %-22s %s\n  %-22s %s\n\n", "--help", "This", "--version", "The library's version");
    printf("Paths: /v1/... as /openapi.json tells; /v1/events as server-sent events; /healthz,\n"
           "/readyz, /metrics. SIGTERM ends it when running calls are done. docs/server.md tells "
           "more.\n");
}

static bool options_take(server_options *o, size_t i, const char *value)
{
    char *base = (char *)o, *end = NULL;

    switch (options_table[i].kind) {
    case OPTION_TEXT:
        *(const char **)(void *)(base + options_table[i].at) = value;
        return true;
    case OPTION_LIST: {
        int *n = (int *)(void *)(base + options_table[i].count_at);
        if (*n == options_table[i].max)
            return false;
        ((const char **)(void *)(base + options_table[i].at))[(*n)++] = value;
        return true;
    }
    default: {
        long number = strtol(value, &end, 10);
        *(long *)(void *)(base + options_table[i].at) = number;
        return end != value && !*end && number >= options_table[i].min &&
               number <= options_table[i].max;
    }
    }
}

static int options_wrong(const char *what, const char *word)
{
    fprintf(stderr, "autocrm-server: %s %s; see: autocrm-server --help\n", what, word);
    return 3;
}

/* 0: taken, and *i is at its last word. */
static int options_word(server_options *o, int argc, char **argv, int *i)
{
    const char *word = argv[*i] + 2;
    size_t len = strcspn(word, "="), k = 0;

    while (k < OPTIONS_N && (strlen(options_table[k].name) != len ||
                             strncmp(options_table[k].name, word, len) != 0))
        k++;
    if (k == OPTIONS_N)
        return options_wrong("there is no option", argv[*i]);
    if (options_table[k].kind == OPTION_FLAG && !word[len]) {
        *(bool *)(void *)((char *)o + options_table[k].at) = true;
        return 0;
    }
    if (!word[len] && *i + 1 == argc)
        return options_wrong("a value is needed behind", argv[*i]);
    const char *value = word[len] ? word + len + 1 : argv[++*i];
    return options_take(o, k, value) ? 0 : options_wrong("this does not fit --", word);
}

int server_options_read(server_options *o, int argc, char **argv)
{
    *o = (server_options){ .listen = "127.0.0.1:8080", .threads = 2, .workers = 4,
                           .connections = 12000, .body_max = 8 << 20, .idle_s = 30, .tick_s = 5,
                           .grace_s = 10 };
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--help") == 0) {
            options_help();
            return 1;
        }
        if (strcmp(argv[i], "--version") == 0) {
            printf("autocrm-server %s\n", acrm_version());
            return 1;
        }
        int result = strncmp(argv[i], "--", 2) == 0 ? options_word(o, argc, argv, &i)
                                                    : options_wrong("this is no option:", argv[i]);
        if (result)
            return result;
    }
    if (!o->db)
        return options_wrong("give --db", "FILE");
    if (!o->tls_cert != !o->tls_key)
        return options_wrong("--tls-cert and --tls-key", "go together");
    return 0;
}
