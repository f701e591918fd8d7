/* SPDX-License-Identifier: MIT */
/* What breaks. */
#include "server.h"
#include "sim.h"

#include <signal.h>
#include <string.h>
#include <unistd.h>

/* A moment within an operation: small ones as often as late ones. */
static long faults_moment(sim *s, int64_t bits)
{
    return 1 + (long)sim_chance_below(s, INT64_C(1) << sim_chance_below(s, bits));
}

static void faults_memory(sim *s)
{
    s->h.memory.count = s->h.memory.failures = 0;
    s->h.memory.fail_at = faults_moment(s, 12);
    s->h.memory.for_ever = sim_chance_below(s, 2);
}

static void faults_call(sim *s, int32_t code)
{
    s->storage.count = s->storage.failures = 0;
    s->storage.fail_at = faults_moment(s, 8);
    s->storage.for_ever = sim_chance_below(s, 2);
    s->storage.code = code;
    s->storage.happen = NULL;
}

static void faults_busy(sim *s)
{
    faults_call(s, ACRM_E_BUSY);
}

static void faults_store(sim *s)
{
    faults_call(s, ACRM_E_STORE);
}

static void faults_full(sim *s)
{
    faults_call(s, ACRM_E_FULL);
}

static void faults_disk(sim *s, int fault)
{
    s->disk->count = s->disk->failures = 0;
    s->disk->fail_at = faults_moment(s, 6);
    s->disk->fault = fault;
    s->disk->happen = NULL;
}

static void faults_disk_error(sim *s)
{
    faults_disk(s, DISK_BROKEN);
}

static void faults_disk_full(sim *s)
{
    faults_disk(s, DISK_FULL);
}

static void faults_power(sim *s)
{
    faults_disk(s, DISK_POWER);
}

static void faults_die(void *unused)
{
    (void)unused;
    kill(getpid(), SIGKILL);
    for (;;)
        pause();
}

static void faults_kill(sim *s)
{
    if (s->o->storage == SIM_SQLITE && sim_chance_below(s, 2)) {
        faults_disk(s, DISK_BROKEN);
        s->disk->happen = faults_die;
    } else {
        faults_store(s);
        s->storage.happen = faults_die;
    }
}

static void faults_backend(sim *s)
{
    faults_store(s);
    s->storage.for_ever = false;
    s->storage.happen = server_kill_backends;
}

static void faults_server(sim *s)
{
    faults_backend(s);
    s->storage.happen = server_crash;
}

static void faults_clock(sim *s)
{
    s->back_us = 3600 * HOST_SECOND;
    s->h.now -= s->back_us;
}

/* Troubles outside go on for the whole life: outside_submit() sees to them. */
static void faults_none(sim *s)
{
    (void)s;
}

const sim_fault sim_faults[] = {
    { "memory", SIM_MEMORY | SIM_SQLITE | SIM_POSTGRES, faults_memory, false },
    { "busy", SIM_MEMORY | SIM_SQLITE | SIM_POSTGRES, faults_busy, false },
    { "store", SIM_MEMORY | SIM_SQLITE | SIM_POSTGRES, faults_store, false },
    { "full", SIM_MEMORY | SIM_SQLITE | SIM_POSTGRES, faults_full, false },
    { "disk", SIM_SQLITE, faults_disk_error, false },
    { "space", SIM_SQLITE, faults_disk_full, false },
    { "power", SIM_SQLITE, faults_power, false },
    { "kill", SIM_SQLITE | SIM_POSTGRES, faults_kill, true },
    { "backend", SIM_POSTGRES, faults_backend, false },
    { "server", SIM_POSTGRES, faults_server, false },
    { "clock", SIM_MEMORY | SIM_SQLITE | SIM_POSTGRES, faults_clock, false },
    { "transport", 0, faults_none, false },
    { NULL, 0, NULL, false },
};

uint32_t sim_fault_bits(const char *list)
{
    uint32_t bits = 0;

    if (strcmp(list, "none") == 0)
        return 0;
    for (size_t len; *list; list += len + (list[len] == ',')) {
        uint32_t found = 0;
        len = strcspn(list, ",");
        for (uint32_t i = 0; sim_faults[i].name; i++)
            if ((len == 3 && memcmp(list, "all", 3) == 0) ||
                (strlen(sim_faults[i].name) == len && memcmp(sim_faults[i].name, list, len) == 0))
                found |= UINT32_C(1) << i;
        if (!found)
            return UINT32_MAX;
        bits |= found;
    }
    return bits;
}

const sim_fault *sim_choose_fault(sim *s)
{
    const sim_fault *possible[32];
    int n = 0;

    if (s->act == 0 || s->o->faults == 0 || sim_chance_below(s, 1000) >= s->o->often)
        return NULL;
    for (uint32_t i = 0; sim_faults[i].name; i++)
        if (s->o->faults >> i & 1 && sim_faults[i].storages & s->o->storage)
            possible[n++] = &sim_faults[i];
    return n ? possible[sim_chance_below(s, n)] : NULL;
}

bool sim_disarm(sim *s)
{
    bool happened = s->h.memory.failures || s->storage.failures || s->disk->failures || s->back_us;

    s->h.memory.fail_at = s->h.memory.failures = 0;
    s->storage.fail_at = s->storage.failures = 0;
    s->disk->fail_at = s->disk->failures = 0;
    s->h.now += s->back_us;
    s->back_us = 0;
    return happened;
}

void sim_repair(sim *s)
{
    if (s->disk->dead) {
        char shared[80];
        sim_close(s);
        snprintf(shared, sizeof shared, "%s-shm", s->path);
        unlink(shared); /* it lives in memory */
        disk_recover();
        sim_open(s);
    }
    if (s->o->storage == SIM_POSTGRES)
        server_run();
}
