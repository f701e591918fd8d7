/* SPDX-License-Identifier: MIT */
/*
 * The functions of libcurl that are called here, found in it when the first of them is: it brings
 * libraries for TLS, SSH, Kerberos and LDAP along, which a program that sends nothing need not
 * load. Without libcurl there are no handles, as when memory is short.
 */
#define CURL_DISABLE_TYPECHECK /* its macros stand before the functions' names */
#include <curl/curl.h>

#include <dlfcn.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdbool.h>
#include <string.h>

#undef curl_easy_setopt
#undef curl_easy_getinfo

#if defined(__APPLE__)
#define LOAD_LIBRARY "libcurl.4.dylib"
#else
#define LOAD_LIBRARY "libcurl.so.4"
#endif

static struct {
    __typeof__(curl_easy_init) *init;
    __typeof__(curl_easy_cleanup) *cleanup;
    __typeof__(curl_easy_reset) *reset;
    __typeof__(curl_easy_setopt) *setopt;
    __typeof__(curl_easy_getinfo) *getinfo;
    __typeof__(curl_easy_perform) *perform;
    __typeof__(curl_slist_append) *append;
    __typeof__(curl_slist_free_all) *free_all;
    bool ready;
} load_curl;

static void load_all(void)
{
    const struct {
        const char *name;
        void *at;
    } functions[] = {
        { "curl_easy_init", &load_curl.init },         { "curl_easy_cleanup", &load_curl.cleanup },
        { "curl_easy_reset", &load_curl.reset },       { "curl_easy_setopt", &load_curl.setopt },
        { "curl_easy_getinfo", &load_curl.getinfo },   { "curl_easy_perform", &load_curl.perform },
        { "curl_slist_append", &load_curl.append },
        { "curl_slist_free_all", &load_curl.free_all },
    };
    void *library = dlopen(LOAD_LIBRARY, RTLD_NOW | RTLD_LOCAL);
    bool all = library != NULL;

    for (size_t i = 0; all && i < sizeof functions / sizeof functions[0]; i++) {
        void *function = dlsym(library, functions[i].name);
        memcpy(functions[i].at, &function, sizeof function);
        all = function != NULL;
    }
    load_curl.ready = all;
}

static bool load_ready(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;

    return pthread_once(&once, load_all) == 0 && load_curl.ready;
}

/* Whoever has a handle or a list got it from here: the rest need not ask. */

CURL *curl_easy_init(void)
{
    return load_ready() ? load_curl.init() : NULL;
}

void curl_easy_cleanup(CURL *curl)
{
    if (curl)
        load_curl.cleanup(curl);
}

void curl_easy_reset(CURL *curl)
{
    load_curl.reset(curl);
}

CURLcode curl_easy_setopt(CURL *curl, CURLoption option, ...)
{
    CURLcode code;
    va_list args;

    va_start(args, option);
    if (option < CURLOPTTYPE_OBJECTPOINT)
        code = load_curl.setopt(curl, option, va_arg(args, long));
    else if (option >= CURLOPTTYPE_OFF_T && option < CURLOPTTYPE_BLOB)
        code = load_curl.setopt(curl, option, va_arg(args, curl_off_t));
    else /* pointers, to functions too */
        code = load_curl.setopt(curl, option, va_arg(args, void *));
    va_end(args);
    return code;
}

CURLcode curl_easy_getinfo(CURL *curl, CURLINFO info, ...)
{
    va_list args;

    va_start(args, info);
    CURLcode code = load_curl.getinfo(curl, info, va_arg(args, void *));
    va_end(args);
    return code;
}

CURLcode curl_easy_perform(CURL *curl)
{
    return load_curl.perform(curl);
}

struct curl_slist *curl_slist_append(struct curl_slist *list, const char *text)
{
    return load_ready() ? load_curl.append(list, text) : NULL;
}

void curl_slist_free_all(struct curl_slist *list)
{
    if (list)
        load_curl.free_all(list);
}
