/* SPDX-License-Identifier: MIT */
/* The host's part: clock, key file, signals, opening and acting as somebody. */
#include "cli.h"

#include "connectors.h"
#include "transports.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

/* --- Signals: the first one ends the running call, a second one the program --- */

static acrm_session *volatile host_running;
static volatile sig_atomic_t host_signalled;

static void host_on_signal(int number)
{
    (void)number;
    if (host_signalled)
        _exit(CLI_INTERRUPTED); /* the database stays whole: its transaction is not committed */
    host_signalled = 1;
    if (host_running)
        acrm_interrupt(host_running, 1);
}

static volatile sig_atomic_t host_pipe_broken;

static void host_on_pipe(int number)
{
    (void)number;
    host_pipe_broken = 1;
}

bool cli_pipe_broken(void)
{
    return host_pipe_broken != 0;
}

void cli_catch_signals(void)
{
    struct sigaction action = { .sa_handler = host_on_signal };

    sigemptyset(&action.sa_mask);
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
    sigaction(SIGHUP, &action, NULL);
    action.sa_handler = host_on_pipe;
    sigaction(SIGPIPE, &action, NULL);
}

bool cli_interrupted(void)
{
    return host_signalled != 0;
}

/* --- Clock --- */

static int64_t host_now(void *self)
{
    const cli *c = self;
    struct timespec now;

    if (c->clock_fixed)
        return c->now;
    clock_gettime(CLOCK_REALTIME, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

/* --- Key file: 64 hexadecimal digits, readable by its owner alone --- */

static int32_t host_key(void *self, unsigned char key[32])
{
    const cli *c = self;

    memcpy(key, c->secret, ACRM_KEY_BYTES);
    return ACRM_OK;
}

bool cli_is_address(const char *db)
{
    return db && strstr(db, "://") != NULL;
}

char *cli_place(const char *db)
{
    cli_text text = { 0 };
    const char *rest = cli_is_address(db) ? strstr(db, "://") + 3 : db;
    const char *at = cli_is_address(db) ? strrchr(rest, '@') : NULL;

    if (cli_is_address(db))
        cli_addf(&text, "%.*s%.*s", (int)(rest - db), db,
                 (int)strcspn(at ? at + 1 : rest, "?"), at ? at + 1 : rest);
    else
        cli_addf(&text, "%s", db);
    return text.data;
}

/* A server has no folder beside the database: its key lies in this one, by the database's name. */
static void host_address_key(const char *db, cli_text *path)
{
    const char *rest = strstr(db, "://") + 3;
    size_t end = strcspn(rest, "?"), start = end;

    while (start > 0 && rest[start - 1] != '/')
        start--;
    if (start > 0 && start < end)
        cli_addf(path, "%.*s.key", (int)(end - start), rest + start);
    else
        cli_addf(path, "postgres.key");
}

char *cli_key_path(const cli *c)
{
    cli_text path = { 0 };
    const char *db = c->db ? c->db : "";

    if (strncmp(db, "sqlite:", 7) == 0)
        db += 7;
    if (c->key)
        cli_addf(&path, "%s", c->key);
    else if (cli_is_address(db))
        host_address_key(db, &path);
    else
        cli_addf(&path, "%s.key", db);
    return path.data;
}

static int host_hex(char digit)
{
    static const char digits[] = "0123456789abcdef";
    const char *at = digit ? strchr(digits, digit) : NULL;

    return at ? (int)(at - digits) : -1;
}

static bool host_key_read(const char *path, unsigned char key[ACRM_KEY_BYTES])
{
    cli_text text = { 0 };
    bool ok = cli_read_file(path, &text) && text.len >= 2 * ACRM_KEY_BYTES;

    for (size_t i = 0; ok && i < ACRM_KEY_BYTES; i++) {
        int high = host_hex(text.data[2 * i]), low = host_hex(text.data[2 * i + 1]);
        ok = high >= 0 && low >= 0;
        key[i] = (unsigned char)((high << 4 | low) & 0xff);
    }
    if (ok)
        ok = strspn(text.data + 2 * ACRM_KEY_BYTES, "\r\n ") == text.len - 2 * ACRM_KEY_BYTES;
    if (text.data)
        memset(text.data, 0, text.cap);
    free(text.data);
    return ok;
}

bool cli_key_copy(const char *from, const char *to)
{
    cli_text text = { 0 };
    int file = cli_read_file(from, &text) ? open(to, O_WRONLY | O_CREAT | O_EXCL, 0600) : -1;
    bool ok = file >= 0 && write(file, text.data, text.len) == (ssize_t)text.len &&
              fsync(file) == 0;

    if (file >= 0)
        ok = close(file) == 0 && ok;
    if (text.data)
        memset(text.data, 0, text.cap);
    free(text.data);
    return ok;
}

int cli_key_write(const char *path)
{
    unsigned char key[ACRM_KEY_BYTES];
    FILE *random = fopen("/dev/urandom", "rb");
    bool ok = random && fread(key, 1, sizeof key, random) == sizeof key;

    if (random)
        fclose(random);
    if (!ok)
        return cli_fail("cannot read /dev/urandom to make a key");
    int file = open(path, O_WRONLY | O_CREAT | O_EXCL, 0600);
    if (file < 0)
        return cli_fail("cannot create the key file %s: %s", path, strerror(errno));
    cli_text text = { 0 };
    for (size_t i = 0; i < sizeof key; i++)
        cli_addf(&text, "%02x", key[i]);
    cli_add(&text, "\n", 1);
    ok = write(file, text.data, text.len) == (ssize_t)text.len && fsync(file) == 0;
    ok = close(file) == 0 && ok;
    memset(text.data, 0, text.cap);
    memset(key, 0, sizeof key);
    free(text.data);
    return ok ? CLI_OK : cli_fail("cannot write the key file %s: %s", path, strerror(errno));
}

/* --- Opening --- */

static int host_options(cli *c, uint32_t flags, acrm_options *options, acrm_clock *clock,
                        acrm_keys *keys)
{
    *clock = (acrm_clock){ .struct_size = sizeof *clock, .self = c, .now = host_now };
    *keys = (acrm_keys){ .struct_size = sizeof *keys, .self = c, .get = host_key };
    *options = (acrm_options){ .struct_size = sizeof *options, .flags = flags, .clock = clock };
    char *path = cli_key_path(c);
    bool there = access(path, F_OK) == 0;
    int status = CLI_OK;

    if (there && strcmp(c->db, "memory:") != 0) {
        if (!host_key_read(path, c->secret))
            status = cli_fail("%s is no key file that can be read: it holds 64 hexadecimal digits",
                              path);
        options->keys = keys;
    } else if (c->key) {
        status = cli_fail("there is no key file %s", path);
    }
    free(path);
    return status;
}

/* By what engine.tick sends, as --outbox says. */
static int host_outbox(cli *c, acrm_options *options)
{
    example_fault fault = { "" };

    if (c->outboxes == 0)
        return CLI_OK;
    if (!c->transports)
        c->transports = cli_alloc(sizeof *c->transports);
    for (int i = (int)c->transports->n; i < c->outboxes; i++)
        if (!example_outbox_add(c->transports, c->outbox[i], c->json ? stderr : stdout, &fault))
            return cli_usage("--outbox: %s", fault.text);
    options->transports = c->transports->transports;
    options->n_transports = c->transports->n;
    return CLI_OK;
}

/* Whom engine.tick asks, as --connector says. */
static int host_connectors(cli *c, acrm_options *options)
{
    example_fault fault = { "" };

    if (c->connectors == 0)
        return CLI_OK;
    if (!c->asked)
        c->asked = cli_alloc(sizeof *c->asked);
    for (int i = (int)c->asked->n; i < c->connectors; i++)
        if (!example_connectors_add(c->asked, c->connector[i], getenv("AUTOCRM_CONNECTOR_TOKEN"),
                                    &fault))
            return cli_usage("--connector: %s", fault.text);
    options->connectors = c->asked->connectors;
    options->n_connectors = c->asked->n;
    return CLI_OK;
}

static void host_printed(void *user, const char *file)
{
    const cli *c = user;

    if (!file)
        fprintf(stderr, "autocrm: the file to print cannot be written; the letters wait\n");
    else if (!c->quiet && !c->json)
        printf("To print: %s\n", file);
}

int cli_open(cli *c, uint32_t flags)
{
    acrm_options options;
    acrm_clock clock;
    acrm_keys keys;
    acrm_error *error = NULL;

    if (c->engine)
        return CLI_OK;
    if (!c->db)
        return cli_usage("no database: give --db FILE, or set AUTOCRM_DB");
    int result = host_options(c, flags, &options, &clock, &keys);
    if (result == CLI_OK)
        result = host_outbox(c, &options);
    if (result == CLI_OK)
        result = host_connectors(c, &options);
    if (result != CLI_OK)
        return result;
    int32_t status = acrm_open(c->db, &options, &c->engine, &error);
    if (status != ACRM_OK) {
        result = cli_error(c, NULL, status, error);
        if (status == ACRM_E_NOTFOUND && !c->json)
            fprintf(stderr, "  make it first: autocrm --db %s init\n",
                    cli_is_address(c->db) ? "ADDRESS" : c->db);
        return result;
    }
    return cli_registry_open(c) ? CLI_OK : cli_fail("what there is could not be read");
}

int cli_open_registry(cli *c)
{
    if (!c->db || (strncmp(c->db, "sqlite:", 7) != 0 && !cli_is_address(c->db) &&
                   access(c->db, F_OK) != 0))
        c->db = "memory:";
    return cli_open(c, ACRM_OPEN_NO_CREATE);
}

/* The principal behind login:NAME. */
static int host_login(cli *c, const char *login, char **principal)
{
    acrm_session *system = NULL;
    acrm_value *args = cli_map(), *out = NULL;
    acrm_error *error = NULL;
    cli_text text = { 0 };

    acrm_value_set_map(cli_put(args, "where"));
    cli_put_text(acrm_value_get(args, "where"), "login", login);
    int32_t status = acrm_session_new(c->engine, "system", &system, &error);
    if (status == ACRM_OK)
        status = acrm_call(system, "user.list", args, &out, &error);
    acrm_session_free(system);
    acrm_value_free(args);
    if (status != ACRM_OK)
        return cli_error(c, NULL, status, error);
    const char *id = cli_get_text(acrm_value_at(acrm_value_get(out, "items"), 0), "id");
    if (id) {
        cli_addf(&text, "user:%s", id);
        *principal = text.data;
    }
    acrm_value_free(out);
    return id ? CLI_OK : cli_fail("--as: no user has the login %s; see: autocrm user list", login);
}

int cli_session(cli *c)
{
    char *principal = NULL;
    acrm_error *error = NULL;
    acrm_session *session = NULL;
    int result = CLI_OK;

    if (c->session)
        return CLI_OK;
    if (c->as && strncmp(c->as, "login:", 6) == 0)
        result = host_login(c, c->as + 6, &principal);
    if (result != CLI_OK)
        return result;
    int32_t status = acrm_session_new(c->engine, principal ? principal : c->as ? c->as : "system",
                                      &session, &error);
    free(principal);
    if (status != ACRM_OK)
        return cli_error(c, NULL, status, error);
    c->session = session;
    host_running = session;
    if (host_signalled)
        acrm_interrupt(session, 1);
    return CLI_OK;
}

void cli_close(cli *c)
{
    host_running = NULL;
    cli_registry_close(c);
    acrm_session_free(c->session);
    acrm_close(c->engine);
    c->session = NULL;
    c->engine = NULL;
    memset(c->secret, 0, sizeof c->secret);
    if (c->transports)
        example_outbox_close(c->transports, host_printed, c);
    free(c->transports);
    c->transports = NULL;
    if (c->asked)
        example_connectors_close(c->asked);
    free(c->asked);
    c->asked = NULL;
}
