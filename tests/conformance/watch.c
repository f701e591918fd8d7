/* SPDX-License-Identifier: MIT */
/* Calls into an adapter under watch. */
#include "conformance/watch.h"

#include "conformance/autocrm_conformance.h"

#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

/* The watch over the call under way: signals know no other place. */
static sigjmp_buf watch_back;

static void watch_on_signal(int number)
{
    siglongjmp(watch_back, number);
}

int watch_call(uint32_t ms, void (*call)(void *user), void *user)
{
    static const int numbers[] = { SIGSEGV, SIGBUS, SIGALRM };
    const struct itimerval limit = { { 0, 0 }, { ms / 1000, ms % 1000 * 1000 } };
    const struct itimerval none = { { 0, 0 }, { 0, 0 } };
    struct sigaction action = { .sa_handler = watch_on_signal }, before[3];
    volatile int ended = 0;

    sigemptyset(&action.sa_mask);
    for (int i = 0; i < 3; i++)
        sigaction(numbers[i], &action, &before[i]);
    int number = sigsetjmp(watch_back, 1);
    if (number == 0) {
        setitimer(ITIMER_REAL, &limit, NULL);
        call(user);
    } else {
        ended = number;
    }
    setitimer(ITIMER_REAL, &none, NULL);
    for (int i = 0; i < 3; i++)
        sigaction(numbers[i], &before[i], NULL);
    return ended;
}

int watch_text(const char *text, size_t size)
{
    const char *end = memchr(text, '\0', size);
    acrm_value *value = NULL;

    if (!end)
        return 0;
    for (const char *p = text; p < end; p++)
        if ((unsigned char)*p < 0x20 || *p == 0x7f)
            return 0;
    int good = acrm_value_new(NULL, &value) == ACRM_OK &&
               acrm_value_set_text(value, text, (size_t)(end - text)) == ACRM_OK;
    acrm_value_free(value);
    return good;
}

void watch_key(char key[40], unsigned *keys)
{
    struct timespec t = { 0, 0 };

    clock_gettime(CLOCK_REALTIME, &t);
    unsigned us = (unsigned)(t.tv_nsec / 1000); /* runs may follow each other within a second */
    snprintf(key, 40, "%08x-%04x-7%03x-8%03x-%012x", (unsigned)((uint64_t)t.tv_sec & 0xffffffffu),
             (unsigned)getpid() & 0xffffu, us >> 12, us & 0xfffu, ++*keys);
}

int64_t watch_clock(void)
{
    struct timespec t = { 0, 0 };

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

char *watch_lend(watch_lent *lent, size_t *size)
{
    *size = (*size + 4095) / 4096 * 4096;
    if (lent->n == WATCH_MAX)
        return NULL;
    char *memory = mmap(NULL, 2 * *size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1,
                        0);
    if (memory == MAP_FAILED)
        return NULL;
    lent->items[lent->n].memory = memory;
    lent->items[lent->n++].size = 2 * *size;
    return memory;
}

void watch_close(watch_lent *lent)
{
    mprotect(lent->items[lent->n - 1].memory, lent->items[lent->n - 1].size, PROT_NONE);
}

void watch_release(watch_lent *lent)
{
    for (unsigned i = 0; i < lent->n; i++)
        munmap(lent->items[i].memory, lent->items[i].size);
    lent->n = 0;
}

void *watch_copy(watch_room *room, const void *data, size_t size)
{
    char *to = room->at;

    if (!data)
        return NULL;
    if (size > 0)
        memcpy(to, data, size);
    room->at += (size + 15) / 16 * 16;
    return to;
}

const char *watch_copy_text(watch_room *room, const char *text)
{
    return watch_copy(room, text, text ? strlen(text) + 1 : 0);
}
