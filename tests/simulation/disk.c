/* SPDX-License-Identifier: MIT */
/* A disk under SQLite that fails on demand. */
#include "disk.h"

#include <check.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { DISK_FILES = 16, DISK_SECTOR = 512, DISK_NAME = 128 };

/* A write or truncation that was not synced yet, with what was there before. */
typedef struct disk_write {
    struct disk_write *older;
    sqlite3_int64 offset, size_before, size_after;
    int n_old, n_new;         /* bytes at offset, before and after */
    unsigned char bytes[];    /* the old ones, then the new ones */
} disk_write;

typedef struct disk_record {
    char name[DISK_NAME];
    disk_write *newest;
} disk_record;

typedef struct disk_file {
    sqlite3_file base;
    disk_record *record; /* NULL: what it holds is nobody's loss */
    sqlite3_file *real;
} disk_file;

static disk the_disk;
static disk_record records[DISK_FILES];
static sqlite3_vfs disk_vfs;
static sqlite3_vfs *disk_real;

#define REAL(file) (((disk_file *)(file))->real)

static uint64_t disk_chance(void)
{
    uint64_t z = the_disk.chance += UINT64_C(0x9e3779b97f4a7c15);

    z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
    return z ^ z >> 31;
}

/* What becomes of a write: SQLITE_OK, or how it fails. */
static int disk_now(int error)
{
    disk *d = &the_disk;

    if (d->dead)
        return error;
    d->count++;
    if (!d->fail_at || d->count != d->fail_at)
        return SQLITE_OK;
    d->failures++;
    if (d->happen) {
        d->happen(d->user);
        return SQLITE_OK;
    }
    d->dead = d->fault == DISK_POWER;
    return d->fault == DISK_FULL ? SQLITE_FULL : error;
}

/* --- What is not synced --- */

static disk_record *disk_record_of(const char *name)
{
    for (int i = 0; i < DISK_FILES; i++) {
        if (!*records[i].name)
            snprintf(records[i].name, DISK_NAME, "%s", name);
        if (strcmp(records[i].name, name) == 0)
            return &records[i];
    }
    ck_abort_msg("too many files on the disk");
    return NULL;
}

static void disk_forget(disk_record *r)
{
    while (r->newest) {
        disk_write *w = r->newest;
        r->newest = w->older;
        free(w);
    }
}

static void disk_note(sqlite3_file *file, sqlite3_int64 offset, const void *bytes, int n,
                      sqlite3_int64 size_after)
{
    disk_record *r = ((disk_file *)file)->record;
    sqlite3_int64 size = 0;

    if (!r)
        return;
    REAL(file)->pMethods->xFileSize(REAL(file), &size);
    sqlite3_int64 there = size - offset, end = bytes ? offset + n : size;
    int n_old = there <= 0 ? 0 : (int)(end - offset < there ? end - offset : there);
    disk_write *w = malloc(sizeof *w + (size_t)n_old + (size_t)n);
    ck_assert_ptr_nonnull(w);
    *w = (disk_write){ .older = r->newest, .offset = offset, .size_before = size,
                       .size_after = size_after > size || !bytes ? size_after : size,
                       .n_old = n_old, .n_new = n };
    if (n_old > 0)
        ck_assert_int_eq(REAL(file)->pMethods->xRead(REAL(file), w->bytes, n_old, offset),
                         SQLITE_OK);
    if (n > 0)
        memcpy(w->bytes + n_old, bytes, (size_t)n);
    r->newest = w;
}

static void disk_put(int fd, const unsigned char *bytes, int n, sqlite3_int64 offset)
{
    if (n > 0)
        ck_assert_int_eq(pwrite(fd, bytes, (size_t)n, offset), n);
}

/* Keep it, lose it, or keep some of its sectors. */
static void disk_settle(int fd, const disk_write *w)
{
    uint64_t fate = disk_chance() % 10;

    if (fate < 4) {
        the_disk.lost++;
        return;
    }
    if (w->n_new == 0) {
        ck_assert_int_eq(ftruncate(fd, w->size_after), 0);
        return;
    }
    if (fate < 7) {
        disk_put(fd, w->bytes + w->n_old, w->n_new, w->offset);
        return;
    }
    the_disk.torn++;
    for (int at = 0; at < w->n_new; at += DISK_SECTOR)
        if (disk_chance() % 2)
            disk_put(fd, w->bytes + w->n_old + at,
                     w->n_new - at < DISK_SECTOR ? w->n_new - at : DISK_SECTOR, w->offset + at);
}

static disk_write *disk_reversed(disk_write *w)
{
    disk_write *out = NULL;

    while (w) {
        disk_write *older = w->older;
        w->older = out;
        out = w;
        w = older;
    }
    return out;
}

static void disk_restore(disk_record *r)
{
    int fd = r->newest ? open(r->name, O_RDWR | O_CLOEXEC) : -1;

    for (const disk_write *w = r->newest; w && fd >= 0; w = w->older) {
        ck_assert_int_eq(ftruncate(fd, w->size_before), 0);
        disk_put(fd, w->bytes, w->n_old, w->offset);
    }
    r->newest = disk_reversed(r->newest); /* the oldest first */
    for (const disk_write *w = r->newest; w && fd >= 0; w = w->older)
        disk_settle(fd, w);
    if (fd >= 0)
        close(fd);
    disk_forget(r);
}

void disk_recover(void)
{
    for (int i = 0; i < DISK_FILES && *records[i].name; i++)
        disk_restore(&records[i]);
    the_disk.dead = false;
}

/* --- Files --- */

static int disk_close(sqlite3_file *file)
{
    return REAL(file)->pMethods->xClose(REAL(file));
}

static int disk_read(sqlite3_file *file, void *to, int n, sqlite3_int64 offset)
{
    return the_disk.dead ? SQLITE_IOERR_READ
                         : REAL(file)->pMethods->xRead(REAL(file), to, n, offset);
}

static int disk_write_to(sqlite3_file *file, const void *from, int n, sqlite3_int64 offset)
{
    int rc = disk_now(SQLITE_IOERR_WRITE);

    if (rc != SQLITE_OK)
        return rc;
    disk_note(file, offset, from, n, offset + n);
    return REAL(file)->pMethods->xWrite(REAL(file), from, n, offset);
}

static int disk_truncate(sqlite3_file *file, sqlite3_int64 size)
{
    int rc = disk_now(SQLITE_IOERR_TRUNCATE);

    if (rc != SQLITE_OK)
        return rc;
    disk_note(file, size, NULL, 0, size);
    return REAL(file)->pMethods->xTruncate(REAL(file), size);
}

/* This disk keeps what is synced in its own mind: the real one need not. */
static int disk_sync(sqlite3_file *file, int flags)
{
    disk_record *r = ((disk_file *)file)->record;
    int rc = disk_now(SQLITE_IOERR_FSYNC);

    (void)flags;
    if (rc == SQLITE_OK && r)
        disk_forget(r);
    return rc;
}

static int disk_size(sqlite3_file *file, sqlite3_int64 *size)
{
    return REAL(file)->pMethods->xFileSize(REAL(file), size);
}

static int disk_lock(sqlite3_file *file, int level)
{
    return REAL(file)->pMethods->xLock(REAL(file), level);
}

static int disk_unlock(sqlite3_file *file, int level)
{
    return REAL(file)->pMethods->xUnlock(REAL(file), level);
}

static int disk_reserved(sqlite3_file *file, int *out)
{
    return REAL(file)->pMethods->xCheckReservedLock(REAL(file), out);
}

static int disk_control(sqlite3_file *file, int op, void *arg)
{
    return REAL(file)->pMethods->xFileControl(REAL(file), op, arg);
}

static int disk_sector(sqlite3_file *file)
{
    return REAL(file)->pMethods->xSectorSize(REAL(file));
}

static int disk_traits(sqlite3_file *file)
{
    return REAL(file)->pMethods->xDeviceCharacteristics(REAL(file));
}

static int disk_shm_map(sqlite3_file *file, int page, int size, int extend, void volatile **out)
{
    return REAL(file)->pMethods->xShmMap(REAL(file), page, size, extend, out);
}

static int disk_shm_lock(sqlite3_file *file, int offset, int n, int flags)
{
    return REAL(file)->pMethods->xShmLock(REAL(file), offset, n, flags);
}

static void disk_shm_barrier(sqlite3_file *file)
{
    REAL(file)->pMethods->xShmBarrier(REAL(file));
}

static int disk_shm_unmap(sqlite3_file *file, int remove)
{
    return REAL(file)->pMethods->xShmUnmap(REAL(file), remove);
}

static const sqlite3_io_methods disk_methods = {
    .iVersion = 2, .xClose = disk_close, .xRead = disk_read, .xWrite = disk_write_to,
    .xTruncate = disk_truncate, .xSync = disk_sync, .xFileSize = disk_size, .xLock = disk_lock,
    .xUnlock = disk_unlock, .xCheckReservedLock = disk_reserved, .xFileControl = disk_control,
    .xSectorSize = disk_sector, .xDeviceCharacteristics = disk_traits, .xShmMap = disk_shm_map,
    .xShmLock = disk_shm_lock, .xShmBarrier = disk_shm_barrier, .xShmUnmap = disk_shm_unmap,
};

/* --- The file system --- */

static int disk_open(sqlite3_vfs *vfs, const char *name, sqlite3_file *file, int flags, int *out)
{
    disk_file *f = (disk_file *)file;
    bool kept = name && flags & (SQLITE_OPEN_MAIN_DB | SQLITE_OPEN_WAL | SQLITE_OPEN_MAIN_JOURNAL);

    (void)vfs;
    memset(f, 0, sizeof *f);
    f->real = (sqlite3_file *)(f + 1);
    int rc = disk_real->xOpen(disk_real, name, f->real, flags, out);
    if (f->real->pMethods)
        f->base.pMethods = &disk_methods;
    if (rc == SQLITE_OK && kept)
        f->record = disk_record_of(name);
    return rc;
}

static int disk_delete(sqlite3_vfs *vfs, const char *name, int sync)
{
    (void)vfs;
    if (the_disk.dead)
        return SQLITE_IOERR_DELETE;
    disk_forget(disk_record_of(name));
    return disk_real->xDelete(disk_real, name, sync);
}

disk *disk_get(void)
{
    if (!disk_real) {
        disk_real = sqlite3_vfs_find(NULL);
        disk_vfs = *disk_real;
        disk_vfs.zName = "failing";
        disk_vfs.szOsFile = (int)sizeof(disk_file) + disk_real->szOsFile;
        disk_vfs.xOpen = disk_open;
        disk_vfs.xDelete = disk_delete;
        ck_assert_int_eq(sqlite3_vfs_register(&disk_vfs, 1), SQLITE_OK);
    }
    return &the_disk;
}
