/* SPDX-License-Identifier: MIT */
/* A server of Python for a test: started, told what to do, asked what it got. */
#ifndef TESTS_TRANSPORTS_SERVER_H
#define TESTS_TRANSPORTS_SERVER_H

#include <autocrm/autocrm.h>

#include <check.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* Not every test uses all of it. */
#pragma GCC diagnostic ignored "-Wunused-function"

typedef struct server {
    pid_t pid;
    int input;
    int port;
    char folder[64];
} server;

/* A folder for a test. */
static void server_folder(char folder[64])
{
    snprintf(folder, 64, "/tmp/autocrm-transports-XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(folder));
}

static void server_remove(const char *folder)
{
    char command[128];

    snprintf(command, sizeof command, "rm -rf '%s'", folder);
    ck_assert_int_eq(system(command), 0);
}

/* `options` ends with a NULL. */
static void server_start(server *s, const char *script, char *const *options)
{
    char path[512], port[16] = "";
    char *args[16] = { (char *)(uintptr_t)ACRM_TEST_PYTHON, path, s->folder };
    int to[2], from[2];

    server_folder(s->folder);
    snprintf(path, sizeof path, "%s/%s", ACRM_TEST_SERVERS, script);
    for (int i = 0; options && options[i]; i++)
        args[3 + i] = options[i];
    ck_assert(pipe(to) == 0 && pipe(from) == 0);
    s->pid = fork();
    ck_assert_int_ge(s->pid, 0);
    if (s->pid == 0) {
        dup2(to[0], 0);
        dup2(from[1], 1);
        snprintf(port, sizeof port, "log"); /* what it complains of */
        int log = chdir(s->folder) == 0 ? open(port, O_WRONLY | O_CREAT, 0600) : -1;
        if (log >= 0)
            dup2(log, 2);
        for (int i = 3; i < 64; i++)
            close(i);
        unsetenv("LD_PRELOAD");
        execv(args[0], args);
        _exit(127);
    }
    close(to[0]);
    close(from[1]);
    s->input = to[1];
    for (size_t n = 0; n < sizeof port - 1 && read(from[0], port + n, 1) == 1; n++)
        if (port[n] == '\n')
            break;
    close(from[0]);
    s->port = (int)strtol(port, NULL, 10);
    ck_assert_msg(s->port > 0, "%s does not start", script);
}

static void server_stop(server *s)
{
    close(s->input);
    waitpid(s->pid, NULL, 0);
    server_remove(s->folder);
}

/* What it does from now on; "": what it should. */
static void server_mode(const server *s, const char *mode)
{
    char path[128], part[128];

    snprintf(path, sizeof path, "%s/mode", s->folder);
    snprintf(part, sizeof part, "%s/mode.part", s->folder);
    FILE *out = fopen(part, "w");
    ck_assert_ptr_nonnull(out);
    fputs(mode, out);
    fclose(out);
    ck_assert_int_eq(rename(part, path), 0);
}

/* How many files NAME-1.json, NAME-2.json ... there are. */
static int server_count(const server *s, const char *name)
{
    char path[128];
    int n = 0;

    do
        snprintf(path, sizeof path, "%s/%s-%d.json", s->folder, name, n + 1);
    while (access(path, F_OK) == 0 && ++n);
    return n;
}

static char *server_bytes(const char *path, size_t *len)
{
    FILE *in = fopen(path, "r");
    char *text = calloc(1, 4 << 20);

    ck_assert_msg(in != NULL, "there is no %s", path);
    *len = fread(text, 1, (4 << 20) - 1, in);
    fclose(in);
    return text;
}

/* The n-th of them, from 1. */
static acrm_value *server_got(const server *s, const char *name, int n)
{
    char path[128];
    size_t len;
    acrm_value *value = NULL;

    snprintf(path, sizeof path, "%s/%s-%d.json", s->folder, name, n);
    char *text = server_bytes(path, &len);
    ck_assert_int_eq(acrm_value_parse(NULL, text, len, &value, NULL), ACRM_OK);
    free(text);
    return value;
}

static const char *server_text(const acrm_value *map, const char *key)
{
    const char *text = acrm_value_text(acrm_value_get(map, key), NULL);

    return text ? text : "";
}

/* Of a mail: the value of a header, "" when there is none, "(twice)" when there are several. */
static const char *server_header(const acrm_value *mail, const char *name)
{
    const acrm_value *headers = acrm_value_get(mail, "headers");
    const char *found = "";

    for (size_t i = 0; i < acrm_value_count(headers); i++) {
        const acrm_value *pair = acrm_value_at(headers, i);
        if (strcmp(acrm_value_text(acrm_value_at(pair, 0), NULL), name) == 0)
            found = *found ? "(twice)" : acrm_value_text(acrm_value_at(pair, 1), NULL);
    }
    return found;
}

/* A port of this machine on which nobody listens. */
static int server_nobody(void)
{
    server s = { .pid = 0 };

    server_start(&s, "http_server.py", NULL);
    server_stop(&s);
    return s.port;
}

/* CERT and KEY for localhost in a folder; false: there is no openssl to make them. */
static bool server_certificate(const char *folder, const char *host, char cert[128], char key[128])
{
    char command[640];

    snprintf(cert, 128, "%s/cert.pem", folder);
    snprintf(key, 128, "%s/key.pem", folder);
    snprintf(command, sizeof command,
             "openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=%s -addext "
             "subjectAltName=DNS:%s -keyout %s -out %s >/dev/null 2>&1", host, host, key, cert);
    return system(command) == 0;
}

#endif
