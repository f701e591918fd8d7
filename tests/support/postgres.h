/* SPDX-License-Identifier: MIT */
/*
 * A PostgreSQL server of the test's own: made in a temporary folder, reached by a socket in it,
 * ended with the test. As root it runs as the user postgres, whom the package made.
 */
#ifndef TESTS_SUPPORT_POSTGRES_H
#define TESTS_SUPPORT_POSTGRES_H

#include <errno.h>
#include <glob.h>
#include <libpq-fe.h>
#include <pwd.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

typedef struct postgres_server {
    char folder[64];
    char bin[256]; /* of initdb and postgres */
    pid_t pid;     /* 0: not running */
    PGconn *admin;
    int schemas;
} postgres_server;

static inline void postgres_nap(void)
{
    const struct timespec t = { .tv_nsec = 20000000 };

    nanosleep(&t, NULL);
}

/* Give up root for good; the server refuses to run as it. */
static inline void postgres_become(void)
{
    struct passwd *user = geteuid() == 0 ? getpwnam("postgres") : NULL;

    if (user && (setgid(user->pw_gid) != 0 || setuid(user->pw_uid) != 0))
        _exit(126);
}

/* Start a program of the server's with its output in the log; its process. */
static inline pid_t postgres_start(const postgres_server *s, const char *program, char *argv[])
{
    char path[512], log[128];

    fflush(NULL); /* or the child would write it too */
    pid_t pid = fork();
    if (pid != 0)
        return pid;
    snprintf(path, sizeof path, "%s/%s", s->bin, program);
    snprintf(log, sizeof log, "%s/log", s->folder);
    argv[0] = path; /* by it the program finds those beside it */
    postgres_become();
    prctl(PR_SET_PDEATHSIG, SIGINT); /* a test that is killed leaves no server behind */
    if (!freopen("/dev/null", "r", stdin) || !freopen(log, "a", stdout) ||
        !freopen(log, "a", stderr) || chdir(s->folder) != 0)
        _exit(125);
    execv(path, argv);
    _exit(124);
}

static inline int postgres_find(postgres_server *s)
{
    glob_t found;

    if (glob("/usr/lib/postgresql/*/bin/initdb", 0, NULL, &found) != 0 || found.gl_pathc == 0)
        return -1;
    snprintf(s->bin, sizeof s->bin, "%s", found.gl_pathv[found.gl_pathc - 1]);
    *strrchr(s->bin, '/') = '\0';
    globfree(&found);
    return 0;
}

static inline int postgres_write(const postgres_server *s, const char *name, const char *mode,
                                 const char *text)
{
    char path[160];

    snprintf(path, sizeof path, "%s/data/%s", s->folder, name);
    FILE *file = fopen(path, mode);
    if (!file)
        return -1;
    fputs(text, file);
    return fclose(file);
}

/* An address of the server: in a schema (NULL: public), as a user (NULL: postgres). */
static inline void postgres_url(const postgres_server *s, const char *schema, const char *user,
                                char *out, size_t size)
{
    snprintf(out, size, "postgres://%s@/postgres?host=%s%s%s", user ? user : "postgres", s->folder,
             schema ? "&options=-csearch_path%3D" : "", schema ? schema : "");
}

/* Run statements as the server's owner. */
static inline int postgres_admin(postgres_server *s, const char *sql)
{
    PGresult *result = PQexec(s->admin, sql);
    ExecStatusType status = PQresultStatus(result);

    if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK)
        fprintf(stderr, "%s: %s", sql, PQerrorMessage(s->admin));
    PQclear(result);
    return status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK ? 0 : -1;
}

static inline void postgres_silent(void *user, const PGresult *result)
{
    (void)user;
    (void)result;
}

/* Start the server on its folder and wait until it answers. */
static inline int postgres_run(postgres_server *s)
{
    char url[256];
    char *argv[] = { (char *)(size_t)"postgres", (char *)(size_t)"-D", (char *)(size_t)"data",
                     NULL };

    s->pid = postgres_start(s, "postgres", argv);
    postgres_url(s, NULL, NULL, url, sizeof url);
    for (int i = 0; i < 500; i++) {
        s->admin = PQconnectdb(url);
        if (PQstatus(s->admin) == CONNECTION_OK) {
            PQsetNoticeReceiver(s->admin, postgres_silent, NULL);
            return 0;
        }
        PQfinish(s->admin);
        s->admin = NULL;
        postgres_nap();
    }
    return -1;
}

static inline void postgres_halt(postgres_server *s, int signal)
{
    int status;

    PQfinish(s->admin);
    s->admin = NULL;
    if (s->pid > 0) {
        kill(s->pid, signal);
        waitpid(s->pid, &status, 0);
    }
    s->pid = 0;
}

/* Where there is room in memory: making and dropping tables is mostly work for the disk. */
static inline const char *postgres_room(void)
{
    struct statvfs fs;

    return statvfs("/dev/shm", &fs) == 0 && (uint64_t)fs.f_bavail * fs.f_frsize > UINT64_C(2) << 30
               ? "/dev/shm" : "/tmp";
}

/* 0; -1: there is no server on this machine, or it does not run. */
static inline int postgres_open(postgres_server *s)
{
    char data[80], folder[64];
    char settings[512];
    char *argv[] = { (char *)(size_t)"initdb", (char *)(size_t)"-D", data,
                     (char *)(size_t)"-U", (char *)(size_t)"postgres", (char *)(size_t)"-A",
                     (char *)(size_t)"trust", (char *)(size_t)"-E", (char *)(size_t)"UTF8",
                     (char *)(size_t)"--no-locale", (char *)(size_t)"--no-sync", NULL };
    struct passwd *user = geteuid() == 0 ? getpwnam("postgres") : NULL;
    int status = 0;

    memset(s, 0, sizeof *s);
    snprintf(folder, sizeof folder, "%s/acrm_pg_XXXXXX", postgres_room());
    if (postgres_find(s) != 0 || !mkdtemp(folder))
        return -1;
    memcpy(s->folder, folder, sizeof folder);
    if (user && chown(s->folder, user->pw_uid, user->pw_gid) != 0)
        return -1;
    snprintf(data, sizeof data, "%s/data", s->folder);
    waitpid(postgres_start(s, "initdb", argv), &status, 0);
    snprintf(settings, sizeof settings,
             "listen_addresses=''\nunix_socket_directories='%s'\nfsync=off\n"
             "full_page_writes=off\nwal_level=minimal\nmax_wal_senders=0\nautovacuum=off\njit=off\n"
             "checkpoint_timeout=1h\nshared_buffers=64MB\nmax_connections=60\n"
             "log_min_messages=fatal\nmax_locks_per_transaction=2000\n",
             s->folder);
    if (status != 0 || postgres_write(s, "postgresql.conf", "a", settings) != 0 ||
        postgres_write(s, "pg_hba.conf", "w",
                       "local all locked scram-sha-256\nlocal all barred reject\n"
                       "local all all trust\n") != 0)
        return -1;
    return postgres_run(s);
}

static inline void postgres_close(postgres_server *s)
{
    char command[96];

    postgres_halt(s, SIGINT);
    snprintf(command, sizeof command, "rm -rf '%s'", s->folder);
    if (*s->folder && system(command) != 0)
        fprintf(stderr, "%s stays\n", s->folder);
}

/* A new empty schema; its address. */
static inline int postgres_schema(postgres_server *s, char *name, size_t name_size, char *url,
                                  size_t url_size)
{
    char sql[64];

    snprintf(name, name_size, "s%d", s->schemas++);
    snprintf(sql, sizeof sql, "CREATE SCHEMA %s", name);
    postgres_url(s, name, NULL, url, url_size);
    return postgres_admin(s, sql);
}

static inline int postgres_drop(postgres_server *s, const char *name)
{
    char sql[64];

    snprintf(sql, sizeof sql, "DROP SCHEMA %s CASCADE", name);
    return postgres_admin(s, sql);
}

#endif
