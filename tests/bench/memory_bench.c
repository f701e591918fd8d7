/* SPDX-License-Identifier: MIT */
/* Memory and size: what an open database takes, whether an import's memory is flat, what JSON adds
 * to a read, how large the library is, how many statements operations take. Absolute figures: the
 * baseline is the limit. */
#include "bench.h"

#include "autocrm/autocrm.h"

#include <malloc.h>
#include <sys/wait.h>
#include <unistd.h>

enum { MEMORY_READS = 100 }; /* at a time: short, so that what disturbs hits few of them */

typedef struct memory {
    acrm_engine *engine;
    acrm_session *session;
    char path[128];
} memory;

/* Rows of leads made as they are read. */
typedef struct memory_feed {
    long rows, made;
    char text[160];
    size_t len, at;
} memory_feed;

static void memory_fail(const char *what, acrm_error *err)
{
    fprintf(stderr, "%s: %s\n", what, acrm_error_json(err));
    exit(EXIT_FAILURE);
}

/* A line of /proc/self/status, in KiB. */
static long memory_status(const char *name)
{
    FILE *file = fopen("/proc/self/status", "r");
    char line[200];
    long kib = 0;

    while (file && fgets(line, sizeof line, file))
        if (strncmp(line, name, strlen(name)) == 0)
            kib = strtol(line + strlen(name), NULL, 10);
    if (file)
        fclose(file);
    return kib;
}

/* From now on the peak is counted anew. */
static void memory_reset_peak(void)
{
    FILE *file = fopen("/proc/self/clear_refs", "w");

    if (file) {
        fputs("5", file);
        fclose(file);
    }
}

static void memory_open(memory *m)
{
    acrm_error *err = NULL;

    if (acrm_open(m->path, NULL, &m->engine, &err) != ACRM_OK ||
        acrm_session_new(m->engine, "system", &m->session, &err) != ACRM_OK)
        memory_fail("open", err);
}

static void memory_close(memory *m)
{
    acrm_session_free(m->session);
    acrm_close(m->engine);
}

static void memory_remove(const memory *m)
{
    static const char *const tails[] = { "", "-wal", "-shm" };
    char name[160];

    for (int i = 0; i < 3; i++) {
        snprintf(name, sizeof name, "%s%s", m->path, tails[i]);
        unlink(name);
    }
}

static void memory_call(memory *m, const char *operation, const char *json, char *id)
{
    acrm_buf *out = NULL;
    acrm_error *err = NULL;

    if (acrm_call_json(m->session, operation, json, strlen(json), &out, &err) != ACRM_OK)
        memory_fail(operation, err);
    if (id)
        snprintf(id, 37, "%.36s", strstr(acrm_buf_data(out), "\"id\":\"") + 6);
    bench_keep(acrm_buf_data(out));
    acrm_buf_free(out);
}

/* --- An import of any length --- */

static int64_t memory_read(void *user, void *dst, size_t cap)
{
    memory_feed *feed = user;
    char *to = dst;
    size_t done = 0;

    while (done < cap) {
        if (feed->at == feed->len) {
            if (feed->made == feed->rows)
                break;
            feed->len = (size_t)snprintf(feed->text, sizeof feed->text,
                "%sL%ld,2026-01-05T10:00:00Z,Reza Karimi%ld,0912%07ld,r%ld@example.com,Tiggo 7\n",
                feed->made ? "" : "id,date,name,phone,email,model\n", feed->made, feed->made,
                feed->made, feed->made);
            feed->made++;
            feed->at = 0;
        }
        size_t n = feed->len - feed->at < cap - done ? feed->len - feed->at : cap - done;
        memcpy(to + done, feed->text + feed->at, n);
        feed->at += n;
        done += n;
    }
    return (int64_t)done;
}

/* KiB that the peak rises while so many rows are imported, in a process of its own. */
static long memory_import_peak(long rows)
{
    memory m = { .path = "" };
    memory_feed feed = { .rows = rows };

    snprintf(m.path, sizeof m.path, "/tmp/memory_import_%ld_%ld.db", rows, (long)getpid());
    memory_open(&m);
    memory_reset_peak();
    long before = memory_status("VmRSS:");
    acrm_session_set_input(m.session, memory_read, &feed);
    memory_call(&m, "import.run", "{\"source\":\"feed.csv\",\"provider\":\"bench\","
                "\"country\":\"IR\",\"format\":\"csv\"}", NULL);
    long peak = memory_status("VmHWM:") - before;
    memory_close(&m);
    memory_remove(&m);
    return peak;
}

static long memory_opened(long unused)
{
    memory m = { .path = "" };

    (void)unused;
    snprintf(m.path, sizeof m.path, "/tmp/memory_open_%ld.db", (long)getpid());
    memory_open(&m);
    memory_close(&m);
    malloc_trim(0); /* what making the file took */
    long before = memory_status("VmRSS:");
    memory_open(&m);
    long grown = memory_status("VmRSS:") - before;
    memory_close(&m);
    memory_remove(&m);
    return grown;
}

/* In a process that has done nothing else: what making the file took is not there, and code that
 * is loaded on demand counts. A forked one would count the C library too, which it has at hand but
 * not mapped. */
static int memory_opened_fresh(const char *path)
{
    memory m = { .path = "" };

    snprintf(m.path, sizeof m.path, "%s", path);
    long before = memory_status("VmRSS:");
    memory_open(&m);
    printf("%ld\n", memory_status("VmRSS:") - before);
    memory_close(&m);
    return 0;
}

static long memory_fresh(const char *program, const char *path)
{
    char command[512], line[32] = "";

    snprintf(command, sizeof command, "'%s' --opened-fresh '%s'", program, path);
    FILE *out = popen(command, "r");
    if (!out || !fgets(line, sizeof line, out) || pclose(out) != 0)
        exit(EXIT_FAILURE);
    return strtol(line, NULL, 10);
}

/* Run it in a process of its own, so that nothing else is measured with it. */
static long memory_apart(long (*measure)(long), long argument)
{
    int ends[2];
    long result = -1;

    if (pipe(ends) != 0)
        exit(EXIT_FAILURE);
    pid_t child = fork();
    if (child == 0) {
        result = measure(argument);
        _exit(write(ends[1], &result, sizeof result) == sizeof result ? 0 : 1);
    }
    close(ends[1]);
    if (child < 0 || read(ends[0], &result, sizeof result) != sizeof result)
        exit(EXIT_FAILURE);
    close(ends[0]);
    waitpid(child, NULL, 0);
    return result;
}

static void memory_open_size(bench *b, const char *program)
{
    memory m = { .path = "" };

    if (!bench_wanted(b, "memory.open"))
        return;
    snprintf(m.path, sizeof m.path, "/tmp/memory_fresh_%ld.db", (long)getpid());
    bench_print(b, "memory.open_again_against_4_mib", 0,
                (double)memory_apart(memory_opened, 0) / 1024, 4, "MiB", 1);
    pid_t maker = fork();
    if (maker == 0) {
        memory_open(&m);
        memory_close(&m);
        _exit(0);
    }
    waitpid(maker, NULL, 0);
    bench_print(b, "memory.open_against_4_mib", 0,
                (double)memory_fresh(program, m.path) / 1024, 4, "MiB", 1);
    memory_remove(&m);
}

/* The peak of each size against that of the smallest. */
static void memory_imports(bench *b)
{
    static const long sizes[] = { 10000, 100000, 1000000 };
    long first = 0;

    if (!bench_wanted(b, "memory.import_peak"))
        return;
    for (int i = 0; i < 3; i++) {
        if ((i > 0 && b->quick) || (i == 2 && b->size != sizes[i]))
            continue; /* a million rows only when they are asked for */
        long peak = memory_apart(memory_import_peak, sizes[i]);
        first = first ? first : peak;
        bench_print(b, "memory.import_peak", sizes[i], (double)peak / 1024, (double)first / 1024,
                    "MiB", 1.25);
    }
}

/* --- The opening and the JSON face --- */

static void memory_time_open(bench *b, memory *m)
{
    double took[BENCH_RUNS_MAX];

    for (int i = 0; i < b->runs; i++) {
        memory_close(m);
        double begin = bench_now_us();
        memory_open(m);
        took[i] = (bench_now_us() - begin) / 1000;
    }
    bench_print(b, "open.time_against_10_ms", 0, bench_median(took, b->runs), 10, "ms", 1);
}

static double memory_time_json(memory *m, const char *json)
{
    double begin = bench_now_us();

    for (int i = 0; i < MEMORY_READS; i++)
        memory_call(m, "customer.get", json, NULL);
    return (bench_now_us() - begin) / MEMORY_READS;
}

static double memory_time_values(memory *m, const char *id)
{
    acrm_value *args = NULL, *out = NULL;
    acrm_error *err = NULL;

    acrm_value_new(NULL, &args);
    acrm_value_set_map(args);
    acrm_value_set_text(acrm_value_put(args, "id"), id, 36);
    double begin = bench_now_us();
    for (int i = 0; i < MEMORY_READS; i++) {
        if (acrm_call(m->session, "customer.get", args, &out, &err) != ACRM_OK)
            memory_fail("customer.get", err);
        bench_keep(out);
        acrm_value_free(out);
    }
    double took = (bench_now_us() - begin) / MEMORY_READS;
    acrm_value_free(args);
    return took;
}

static void memory_time_face(bench *b, memory *m)
{
    double by_json[BENCH_RUNS_MAX], by_values[BENCH_RUNS_MAX];
    char id[40], json[80];

    memory_call(m, "customer.create", "{\"name\":\"Reza Karimi\",\"city\":\"Tehran\","
                "\"country\":\"IR\",\"language\":\"fa\",\"source\":\"web\"}", id);
    snprintf(json, sizeof json, "{\"id\":\"%s\"}", id);
    for (int i = 0; i < BENCH_RUNS_MAX; i++) {
        by_json[i] = memory_time_json(m, json);
        by_values[i] = memory_time_values(m, id);
    }
    double added = bench_median(by_json, BENCH_RUNS_MAX) - bench_median(by_values, BENCH_RUNS_MAX);
    bench_print(b, "json.added_to_get_against_5_us", 0, added, 5, "us/op", 1);
}

/* --- The library --- */

/* The shared library of this build, as it is after strip. */
static void memory_library_size(bench *b)
{
    char line[64] = "";

    if (!bench_wanted(b, "library.stripped"))
        return;
    FILE *size = popen("f=$(mktemp) && strip -o \"$f\" '" BENCH_LIBRARY "' && wc -c < \"$f\"; "
                       "rm -f \"$f\"", "r");
    long bytes = size && fgets(line, sizeof line, size) ? strtol(line, NULL, 10) : 0;
    if (size)
        pclose(size);
    bench_print(b, "library.stripped_against_2_mb", 0, (double)bytes / 1e6, 2, "MB", 1);
}

/* --- Statements of the storage that an operation takes, BEGIN and COMMIT among them --- */

static void memory_statements(bench *b, memory *m)
{
    static const struct {
        const char *operation, *json; /* %s: a customer's id */
    } all[] = {
        { "customer.create", "{\"name\":\"Sara Ahmadi\",\"country\":\"IR\"}" },
        { "customer.get", "{\"id\":\"%s\"}" },
        { "customer.update",
          "{\"id\":\"%s\",\"city\":\"Shiraz\",\"last_write_wins\":true}" },
        { "customer.list", "{\"where\":{\"country\":\"IR\"}}" },
        { "customer.aggregate", "{\"group\":[\"region\"]}" },
        { "contact_point.create",
          "{\"customer_id\":\"%s\",\"channel\":\"phone\",\"value\":\"09121234567\"}" },
        { "contact_point.list", "{\"where\":{\"match_value\":\"+989121234567\"}}" },
        { "lead.create", "{\"customer_id\":\"%s\",\"model\":\"Tiggo 7\"}" },
        { "lead.submit", "{\"customer\":{\"name\":\"Reza Karimi\",\"country\":\"IR\","
                         "\"contact_points\":[{\"channel\":\"phone\","
                         "\"value\":\"09127654321\"}]},\"lead\":{\"model\":\"Tiggo 7\"}}" },
        { "customer.view360", "{\"id\":\"%s\"}" },
    };
    char id[40], json[400], name[80];

    memory_call(m, "customer.create", "{\"name\":\"Reza\"}", id);
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
        const char *mark = strstr(all[i].json, "%s");
        int before = mark ? (int)(mark - all[i].json) : (int)strlen(all[i].json);
        snprintf(name, sizeof name, "statements.%s", all[i].operation);
        if (!bench_wanted(b, name))
            continue;
        snprintf(json, sizeof json, "%.*s%s%s", before, all[i].json, mark ? id : "",
                 mark ? mark + 2 : "");
        int64_t statements = acrm_session_statements(m->session);
        memory_call(m, all[i].operation, json, NULL);
        statements = acrm_session_statements(m->session) - statements;
        bench_print(b, name, 0, (double)statements, 0, "statements", 0);
    }
}

int main(int argc, char **argv)
{
    if (argc == 3 && strcmp(argv[1], "--opened-fresh") == 0)
        return memory_opened_fresh(argv[2]);
    bench b = bench_begin(argc, argv);
    memory m = { .path = "" };

    memory_open_size(&b, argv[0]);
    memory_imports(&b);
    snprintf(m.path, sizeof m.path, "/tmp/memory_bench_%ld.db", (long)getpid());
    memory_open(&m);
    if (bench_wanted(&b, "open.time"))
        memory_time_open(&b, &m);
    if (bench_wanted(&b, "json.added"))
        memory_time_face(&b, &m);
    memory_library_size(&b);
    memory_statements(&b, &m);
    memory_close(&m);
    memory_remove(&m);
    return bench_end(&b);
}
