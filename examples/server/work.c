/* SPDX-License-Identifier: MIT */
/* Threads for what may take long: its connection sleeps, the thread that polls goes on. */
#include "server.h"

#include <pthread.h>
#include <stdlib.h>

enum { WORK_THREADS_MAX = 64, WORK_QUEUE_MAX = 1024 };

struct server_work {
    pthread_mutex_t lock;
    pthread_cond_t wake;
    server_job *first, *last;
    size_t queued;
    bool ending;
    long n;
    pthread_t threads[WORK_THREADS_MAX];
};

static void *work_main(void *cls)
{
    server_work *work = cls;

    pthread_mutex_lock(&work->lock);
    for (;;) {
        while (!work->first && !work->ending)
            pthread_cond_wait(&work->wake, &work->lock);
        server_job *job = work->first;
        if (!job)
            break;
        work->first = job->next;
        if (!work->first)
            work->last = NULL;
        work->queued--;
        pthread_mutex_unlock(&work->lock);
        job->run(job->arg);
        pthread_mutex_lock(&work->lock);
    }
    pthread_mutex_unlock(&work->lock);
    return NULL;
}

server_work *server_work_new(long threads)
{
    server_work *work = calloc(1, sizeof *work);

    if (!work)
        return NULL;
    pthread_mutex_init(&work->lock, NULL);
    pthread_cond_init(&work->wake, NULL);
    threads = threads > WORK_THREADS_MAX ? (long)WORK_THREADS_MAX : threads;
    while (work->n < threads &&
           pthread_create(&work->threads[work->n], NULL, work_main, work) == 0)
        work->n++;
    if (work->n == 0) {
        server_work_free(work);
        return NULL;
    }
    return work;
}

bool server_work_add(server_work *work, server_job *job)
{
    pthread_mutex_lock(&work->lock);
    bool room = work->queued < WORK_QUEUE_MAX && !work->ending;
    if (room) {
        job->next = NULL;
        if (work->last)
            work->last->next = job;
        else
            work->first = job;
        work->last = job;
        work->queued++;
        pthread_cond_signal(&work->wake);
    }
    pthread_mutex_unlock(&work->lock);
    return room;
}

size_t server_work_queued(server_work *work)
{
    pthread_mutex_lock(&work->lock);
    size_t n = work->queued;
    pthread_mutex_unlock(&work->lock);
    return n;
}

void server_work_end(server_work *work)
{
    pthread_mutex_lock(&work->lock);
    work->ending = true;
    pthread_cond_broadcast(&work->wake);
    pthread_mutex_unlock(&work->lock);
    for (long i = 0; i < work->n; i++)
        pthread_join(work->threads[i], NULL);
    work->n = 0;
}

void server_work_free(server_work *work)
{
    if (!work)
        return;
    server_work_end(work);
    pthread_cond_destroy(&work->wake);
    pthread_mutex_destroy(&work->lock);
    free(work);
}
