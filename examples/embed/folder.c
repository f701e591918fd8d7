/* SPDX-License-Identifier: MIT */
/* A host that keeps the content of attachments as files of a folder: a blob port. What stands in
 * the files is encrypted; the keys are in the database. */
#include <autocrm/autocrm.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

typedef struct folder_file {
    FILE *file;
    char path[512], begun[520]; /* begun: until the commit */
} folder_file;

static int folder_path(const void *self, const char *key, char *path, size_t size)
{
    return snprintf(path, size, "%s/%s", (const char *)self, key) < (int)size;
}

static int32_t folder_create(void *self, const char *key, void **writer)
{
    folder_file *f = calloc(1, sizeof *f);

    if (!f)
        return ACRM_E_NOMEM;
    if (folder_path(self, key, f->path, sizeof f->path)) {
        snprintf(f->begun, sizeof f->begun, "%s.new", f->path);
        f->file = fopen(f->begun, "wb");
    }
    if (!f->file) {
        free(f);
        return ACRM_E_STORE;
    }
    *writer = f;
    return ACRM_OK;
}

static int32_t folder_append(void *writer, const void *bytes, size_t len)
{
    folder_file *f = writer;

    if (fwrite(bytes, 1, len, f->file) == len)
        return ACRM_OK;
    return errno == ENOSPC ? ACRM_E_FULL : ACRM_E_STORE;
}

/* On the disk, and only then under its name. */
static int32_t folder_commit(void *writer)
{
    folder_file *f = writer;
    int ok = fflush(f->file) == 0 && fsync(fileno(f->file)) == 0;

    ok = fclose(f->file) == 0 && ok;
    ok = ok && rename(f->begun, f->path) == 0;
    if (!ok)
        unlink(f->begun);
    free(f);
    return ok ? ACRM_OK : ACRM_E_STORE;
}

static void folder_abort(void *writer)
{
    folder_file *f = writer;

    fclose(f->file);
    unlink(f->begun);
    free(f);
}

static int64_t folder_read(void *self, const char *key, uint64_t offset, void *buf, size_t cap)
{
    char path[512];
    FILE *file = folder_path(self, key, path, sizeof path) ? fopen(path, "rb") : NULL;
    int64_t n = ACRM_E_STORE;

    if (!file)
        return errno == ENOENT ? ACRM_E_NOTFOUND : ACRM_E_STORE;
    if (fseek(file, (long)offset, SEEK_SET) == 0)
        n = (int64_t)fread(buf, 1, cap, file);
    if (ferror(file))
        n = ACRM_E_STORE;
    fclose(file);
    return n;
}

static int32_t folder_remove(void *self, const char *key)
{
    char path[512];

    if (!folder_path(self, key, path, sizeof path))
        return ACRM_E_STORE;
    return unlink(path) == 0 || errno == ENOENT ? ACRM_OK : ACRM_E_STORE;
}

/* --- The host --- */

static acrm_value *call(acrm_session *session, const char *operation, const char *json)
{
    acrm_value *args = NULL, *out = NULL;
    acrm_error *error = NULL;
    int32_t status = acrm_value_parse(NULL, json, strlen(json), &args, &error);

    if (status == ACRM_OK)
        status = acrm_call(session, operation, args, &out, &error);
    if (status != ACRM_OK) {
        fprintf(stderr, "%s: %s\n", operation, acrm_error_message(error));
        exit(1);
    }
    acrm_value_free(args);
    return out;
}

static const char *text(const acrm_value *map, const char *key)
{
    return acrm_value_text(acrm_value_get(map, key), NULL);
}

static int32_t print(void *user, const void *bytes, size_t len)
{
    return fwrite(bytes, 1, len, user) == len ? ACRM_OK : ACRM_E_STORE;
}

int main(void)
{
    char folder[] = "attachments", args[256];
    const acrm_blobs blobs = {
        .struct_size = sizeof blobs, .self = folder, .create = folder_create,
        .append = folder_append, .commit = folder_commit, .abort_ = folder_abort,
        .read = folder_read, .remove = folder_remove,
    };
    const acrm_options options = { .struct_size = sizeof options, .blobs = &blobs };
    acrm_engine *engine = NULL;
    acrm_session *session = NULL;

    if (mkdir(folder, 0700) != 0 && errno != EEXIST)
        return 1;
    if (acrm_open("folder.db", &options, &engine, NULL) != ACRM_OK ||
        acrm_session_new(engine, "system", &session, NULL) != ACRM_OK)
        return 1;
    acrm_value *ada = call(session, "customer.create", "{\"name\":\"Ada Example\"}");
    snprintf(args, sizeof args, "{\"id\":\"%s\",\"file_name\":\"hello.txt\","
                                "\"data\":\"SGVsbG8sIEFkYS4K\"}", text(ada, "id"));
    acrm_value *file = call(session, "attachment.add", args);
    printf("%s, %s\n", text(file, "file_name"), text(file, "media_type"));
    snprintf(args, sizeof args, "{\"id\":\"%s\"}", text(file, "id"));
    acrm_session_set_output(session, print, stdout);
    acrm_value_free(call(session, "attachment.read", args));
    acrm_session_set_output(session, NULL, NULL);
    acrm_value_free(call(session, "attachment.remove", args));
    acrm_value_free(file);
    acrm_value_free(ada);
    acrm_session_free(session);
    acrm_close(engine);
    return 0;
}
