/* SPDX-License-Identifier: MIT */
/* Threads for what may take long: the connection sleeps meanwhile, the thread that polls does not. */
#include "server.h"

#include <pthread.h>
#include <stdlib.h>

enum { WORK_THREADS_MAX = 64, WORK_QUEUE_MAX = 1024 };

struct server_work {
    pthread_mutex_t lock;
    pthread_cond_t wake;
    server_request *first, *last;
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
        server_request *r = work->first;
        if (!r)
            break;
        work->first = r->next;
        if (!work->first)
            work->last = NULL;
        work->queued--;
        pthread_mutex_unlock(&work->lock);
        server_request_run(r);
        MHD_resume_connection(r->connection);
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

bool server_work_add(server_work *work, server_request *r)
{
    pthread_mutex_lock(&work->lock);
    bool room = work->queued < WORK_QUEUE_MAX && !work->ending;
    if (room) {
        r->next = NULL;
        if (work->last)
            work->last->next = r;
        else
            work->first = r;
        work->last = r;
        work->queued++;
        pthread_cond_signal(&work->wake);
    }
    pthread_mutex_unlock(&work->lock);
    return room;
}

void server_work_free(server_work *work)
{
    if (!work)
        return;
    pthread_mutex_lock(&work->lock);
    work->ending = true;
    pthread_cond_broadcast(&work->wake);
    pthread_mutex_unlock(&work->lock);
    for (long i = 0; i < work->n; i++)
        pthread_join(work->threads[i], NULL);
    pthread_cond_destroy(&work->wake);
    pthread_mutex_destroy(&work->lock);
    free(work);
}
