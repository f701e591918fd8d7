/* SPDX-License-Identifier: MIT */
/*
 * Static pages from one folder. A path is walked segment by segment from its descriptor, links are
 * not followed, and what begins with a dot is not there. Where NAME.br or NAME.gz lies beside NAME
 * and the browser takes it, it is sent instead.
 */
#include "server.h"

#include <fcntl.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PAGES_NAME_MAX = 200, PAGES_ETAG_MAX = 64 };

static const struct {
    const char *ending, *type;
} pages_types[] = {
    { ".html", "text/html; charset=utf-8" },
    { ".js", "text/javascript; charset=utf-8" },
    { ".mjs", "text/javascript; charset=utf-8" },
    { ".css", "text/css; charset=utf-8" },
    { ".json", "application/json" },
    { ".webmanifest", "application/manifest+json" },
    { ".svg", "image/svg+xml" },
    { ".png", "image/png" },
    { ".jpg", "image/jpeg" },
    { ".webp", "image/webp" },
    { ".ico", "image/x-icon" },
    { ".woff2", "font/woff2" },
    { ".txt", "text/plain; charset=utf-8" },
};

static const struct {
    const char *name, *value;
} pages_headers[] = {
    { "Content-Security-Policy",
      "default-src 'self'; img-src 'self' data: blob:; object-src 'none'; base-uri 'none'; "
      "form-action 'self'; frame-ancestors 'none'" },
    { "Referrer-Policy", "same-origin" },
    { "Cross-Origin-Opener-Policy", "same-origin" },
    { "Permissions-Policy", "camera=(), geolocation=(), microphone=()" },
    { "Vary", "Accept-Encoding" },
};

int server_pages_open(const char *folder)
{
    return open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

static const char *pages_type(const char *path)
{
    size_t len = strlen(path);

    for (size_t i = 0; i < sizeof pages_types / sizeof pages_types[0]; i++) {
        size_t n = strlen(pages_types[i].ending);
        if (len > n && strcmp(path + len - n, pages_types[i].ending) == 0)
            return pages_types[i].type;
    }
    return "application/octet-stream";
}

/* A regular file below the folder, -1: there is none. */
static int pages_file(int folder, const char *path, const char *ending, struct stat *info)
{
    char name[PAGES_NAME_MAX];
    int at = dup(folder), next;

    while (at >= 0 && *path == '/') {
        size_t n = strcspn(++path, "/");
        bool last = !path[n];
        if (n == 0 || *path == '.' || n + strlen(ending) >= sizeof name) {
            close(at);
            return -1;
        }
        snprintf(name, sizeof name, "%.*s%s", (int)n, path, last ? ending : "");
        next = openat(at, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK |
                                    (last ? 0 : O_DIRECTORY));
        close(at);
        at = next;
        path += n;
    }
    if (at >= 0 && (fstat(at, info) != 0 || !S_ISREG(info->st_mode))) {
        close(at);
        return -1;
    }
    return at;
}

static bool pages_takes(const server_request *r, const char *coding)
{
    const char *taken = server_header(r, SERVER_ACCEPT_ENCODING);
    size_t len = strlen(coding);

    for (const char *p = taken; p && *p;) {
        p += strspn(p, " ,");
        size_t n = strcspn(p, " ,;");
        const char *after = p + n;
        bool none = strncmp(after, ";q=0", 4) == 0 &&
                    strspn(after + 4, ".0") == strcspn(after + 4, ",");
        if (n == len && strncasecmp(p, coding, len) == 0)
            return !none;
        p += strcspn(p, ",");
    }
    return false;
}

static void pages_send(server_request *r, int file, const struct stat *info, const char *path,
                       const char *coding)
{
    const char *match = server_header(r, SERVER_IF_NONE_MATCH);
    bool fixed = strncmp(path, "/assets/", 8) == 0; /* their names hold a hash of the content */
    char etag[PAGES_ETAG_MAX];

    snprintf(etag, sizeof etag, "\"%llx-%llx-%llx\"", (unsigned long long)info->st_mtim.tv_sec,
             (unsigned long long)info->st_mtim.tv_nsec, (unsigned long long)info->st_size);
    if (match && strstr(match, etag)) {
        close(file);
        server_reply_text(r, 304, NULL, "", 0);
    } else {
        server_reply_file(r, pages_type(path), file, (uint64_t)info->st_size);
    }
    server_reply_header(r, "ETag", etag);
    server_reply_header(r, "Cache-Control",
                        fixed ? "public, max-age=31536000, immutable" : "no-cache");
    if (*coding)
        server_reply_header(r, "Content-Encoding", coding);
    for (size_t i = 0; i < sizeof pages_headers / sizeof pages_headers[0]; i++)
        server_reply_header(r, pages_headers[i].name, pages_headers[i].value);
    if (r->secure)
        server_reply_header(r, "Strict-Transport-Security", "max-age=31536000");
}

void server_pages(server_request *r)
{
    static const struct {
        const char *coding, *ending;
    } codings[] = { { "br", ".br" }, { "gzip", ".gz" } };
    int folder = r->server->pages, file = -1;
    const char *path = r->path, *slash = strrchr(path, '/'), *coding = "";
    struct stat info;

    /* What has no ending is a place within the pages: they find their way themselves. */
    if (!strchr(slash, '.'))
        path = "/index.html";
    for (size_t i = 0; i < sizeof codings / sizeof codings[0] && file < 0; i++)
        if (pages_takes(r, codings[i].coding)) {
            file = pages_file(folder, path, codings[i].ending, &info);
            coding = file >= 0 ? codings[i].coding : "";
        }
    if (file < 0)
        file = pages_file(folder, path, "", &info);
    if (file < 0)
        server_reply_problem(r, 404, "path", "there is nothing at this path");
    else
        pages_send(r, file, &info, path, coding);
}
