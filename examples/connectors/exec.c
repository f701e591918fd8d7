/* SPDX-License-Identifier: MIT */
/* A connector that runs a command for each request. */
#include "connectors.h"
#include "text.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { EXEC_REFUSED = 77, EXEC_NEVER = 65, EXEC_STDERR_MAX = 4096, EXEC_LOST = -1 };

struct example_exec {
    char *command;
};

/* The command under way. */
typedef struct exec_run {
    pid_t pid;
    int in, out, err; /* ends of this side; -1: closed */
    const char *text; /* what it is to read */
    size_t left;
    char said[EXEC_STDERR_MAX];
    size_t said_len;
    int32_t wrote; /* not 0: the library took no more */
    int64_t until; /* milliseconds of the clock */
} exec_run;

static int64_t exec_clock(void)
{
    struct timespec t = { 0, 0 };

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static void exec_shut(int *fd)
{
    if (*fd >= 0)
        close(*fd);
    *fd = -1;
}

/* Other threads may start programs too: none of these ends reaches them. */
static bool exec_pipes(int in[2], int out[2], int err[2])
{
    bool ok = socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, in) == 0; /* send: no SIGPIPE */

    ok = ok && pipe(out) == 0 && pipe(err) == 0;
    for (int i = 0; ok && i < 2; i++)
        ok = fcntl(out[i], F_SETFD, FD_CLOEXEC) == 0 && fcntl(err[i], F_SETFD, FD_CLOEXEC) == 0;
    return ok;
}

static bool exec_start(const example_exec *exec, exec_run *run)
{
    int in[2] = { -1, -1 }, out[2] = { -1, -1 }, err[2] = { -1, -1 };
    bool ok = exec_pipes(in, out, err);

    run->pid = ok ? fork() : -1;
    if (run->pid == 0) {
        setpgid(0, 0);
        if (dup2(in[1], 0) == 0 && dup2(out[1], 1) == 1 && dup2(err[1], 2) == 2)
            execl("/bin/sh", "sh", "-c", exec->command, (char *)NULL);
        _exit(126);
    }
    if (run->pid > 0)
        setpgid(run->pid, run->pid); /* here too: whoever comes first */
    exec_shut(&in[1]);
    exec_shut(&out[1]);
    exec_shut(&err[1]);
    run->in = in[0];
    run->out = out[0];
    run->err = err[0];
    return run->pid > 0;
}

static void exec_feed(exec_run *run)
{
    ssize_t n = send(run->in, run->text, run->left, MSG_NOSIGNAL | MSG_DONTWAIT);

    if (n > 0) {
        run->text += n;
        run->left -= (size_t)n;
    }
    if (run->left == 0 || (n < 0 && errno != EAGAIN && errno != EINTR))
        exec_shut(&run->in); /* a command that reads no more may end all the same */
}

static void exec_read(exec_run *run, int *fd, acrm_connector_answer *answer)
{
    char bytes[8192];
    ssize_t n = read(*fd, bytes, sizeof bytes);

    if (n <= 0) {
        if (n == 0 || errno != EINTR)
            exec_shut(fd);
        return;
    }
    if (fd == &run->out) {
        if (run->wrote == 0)
            run->wrote = answer->write(answer->to, bytes, (size_t)n);
        return;
    }
    size_t room = sizeof run->said - run->said_len;
    size_t keep = (size_t)n < room ? (size_t)n : room;
    memcpy(run->said + run->said_len, bytes, keep);
    run->said_len += keep;
}

/* Both ways at once, until it has closed its ends; false: not in time. */
static bool exec_talk(exec_run *run, acrm_connector_answer *answer)
{
    while (run->out >= 0 || run->err >= 0) {
        struct pollfd ends[] = { { run->in, POLLOUT, 0 }, { run->out, POLLIN, 0 },
                                 { run->err, POLLIN, 0 } };
        int64_t wait = run->until - exec_clock();
        if (wait <= 0 || (poll(ends, 3, (int)wait) < 0 && errno != EINTR))
            return false;
        if (ends[0].revents)
            exec_feed(run);
        if (ends[1].revents)
            exec_read(run, &run->out, answer);
        if (ends[2].revents)
            exec_read(run, &run->err, answer);
    }
    return true;
}

/* Its exit status, or EXEC_LOST. A command that closed its ends and stays is not waited for beyond
 * the limit. */
static int exec_end(exec_run *run, bool in_time)
{
    const struct timespec moment = { 0, 2000000 };
    int status = 0;
    pid_t ended = 0;

    exec_shut(&run->in);
    exec_shut(&run->out);
    exec_shut(&run->err);
    while (in_time && (ended = waitpid(run->pid, &status, WNOHANG)) == 0 &&
           exec_clock() < run->until)
        nanosleep(&moment, NULL);
    kill(-run->pid, SIGKILL); /* what it has started does not outlive it */
    if (ended == 0)
        waitpid(run->pid, &status, 0);
    return ended > 0 && WIFEXITED(status) ? WEXITSTATUS(status) : EXEC_LOST;
}

static void exec_outcome(const exec_run *run, int status, bool in_time,
                         acrm_connector_answer *answer)
{
    answer->outcome = status == 0              ? ACRM_ASKED_ANSWERED
                      : status == EXEC_REFUSED ? ACRM_ASKED_REFUSED
                      : status == EXEC_NEVER   ? ACRM_ASKED_PERMANENT
                                               : ACRM_ASKED_TEMPORARY;
    answer->code = status > 0 ? status : 0;
    const char *reason = in_time ? "the command failed" : "no answer in time";

    if (run->said_len > 0 && run->said[0] != '\n')
        example_connector_reason(answer, run->said, run->said_len);
    else if (status != 0)
        example_connector_reason(answer, reason, strlen(reason));
}

static int32_t exec_ask(void *self, const acrm_connector_request *request,
                        acrm_connector_answer *answer)
{
    const example_exec *exec = self;
    exec_run run = { .in = -1, .out = -1, .err = -1,
                     .until = exec_clock() + request->timeout_ms };
    acrm_buf *json = NULL;

    if (!example_connector_json(request, &json))
        return -1;
    run.text = acrm_buf_data(json);
    run.left = acrm_buf_len(json);
    if (exec_start(exec, &run)) {
        bool in_time = exec_talk(&run, answer);
        int status = exec_end(&run, in_time);
        exec_outcome(&run, status, in_time && status != EXEC_LOST, answer);
    } else {
        exec_shut(&run.in);
        exec_shut(&run.out);
        exec_shut(&run.err);
        example_connector_reason(answer, "cannot start it", 15);
    }
    acrm_buf_free(json);
    return 0;
}

example_exec *example_exec_open(const char *command, example_fault *fault)
{
    example_exec *exec = *command ? calloc(1, sizeof *exec) : NULL;

    if (exec)
        exec->command = strdup(command);
    if (exec && exec->command)
        return exec;
    free(exec);
    example_wrong(fault, *command ? "there is no memory left"
                                  : "exec: needs a command behind it, such as exec:./bank.sh");
    return NULL;
}

acrm_connector example_exec_connector(example_exec *exec, const char *name)
{
    return (acrm_connector){ .struct_size = sizeof(acrm_connector), .name = name, .self = exec,
                             .ask = exec_ask };
}

void example_exec_close(example_exec *exec)
{
    if (exec)
        free(exec->command);
    free(exec);
}
