/* SPDX-License-Identifier: MIT */
/*
 * An operation's arguments from a request: the body as it is, with {id}, If-Match and
 * Idempotency-Key put before its members; or the query, each value by the type the registry tells.
 */
#include "server.h"

#include <string.h>

void server_put_json(example_text *out, const char *text, size_t len)
{
    size_t from = 0;

    example_put(out, "\"");
    for (size_t i = 0; i < len; i++) {
        unsigned char c = (unsigned char)text[i];
        if (c >= 0x20 && c != '"' && c != '\\')
            continue;
        example_add(out, text + from, i - from);
        example_putf(out, "\\u%04x", c);
        from = i + 1;
    }
    example_add(out, text + from, len - from);
    example_put(out, "\"");
}

/* --- Escapes --- */

static int args_hex(char c)
{
    static const char digits[] = "0123456789abcdef0123456789ABCDEF";
    const char *at = c ? memchr(digits, c, sizeof digits - 1) : NULL;

    return at ? (int)(at - digits) & 15 : -1;
}

bool server_unescape(char *text, bool plus)
{
    char *to = strpbrk(text, plus ? "%+" : "%");

    if (!to)
        return true;
    for (const char *p = to; *p; p++) {
        if (*p == '+' && plus) {
            *to++ = ' ';
        } else if (*p != '%') {
            *to++ = *p;
        } else {
            int high = args_hex(p[1]), low = high < 0 ? -1 : args_hex(p[2]);
            if (low < 0 || (high == 0 && low == 0))
                return false;
            *to++ = (char)(unsigned char)(high << 4 | low);
            p += 2;
        }
    }
    *to = '\0';
    return true;
}

/* --- Query --- */

static bool args_refuse(server_request *r, const char *reason, const char *detail)
{
    server_reply_problem(r, 400, reason, detail);
    return false;
}

static bool args_is_raw(const char *text)
{
    size_t digits;

    if (strcmp(text, "true") == 0 || strcmp(text, "false") == 0 || strcmp(text, "null") == 0)
        return true;
    text += *text == '-';
    digits = strspn(text, "0123456789");
    if (digits == 0 || digits > 16 || (*text == '0' && digits > 1))
        return false;
    size_t part = text[digits] == '.' ? strspn(text + digits + 1, "0123456789") : 0;
    return part < 17 && !text[digits + (part > 0 ? part + 1 : 0)];
}

/* "a,b" or a JSON list. */
static void args_list(example_text *out, const char *value)
{
    example_put(out, "[");
    for (const char *p = value; *p;) {
        size_t n = strcspn(p, ",");
        if (p > value)
            example_put(out, ",");
        server_put_json(out, p, n);
        p += n + (p[n] == ',');
    }
    example_put(out, "]");
}

/* JSON of the query is read and written anew, so that it is one value and nothing more. */
static bool args_json(server_request *r, example_text *out, const char *value)
{
    acrm_value *tree = NULL;
    acrm_buf *text = NULL;
    acrm_error *error = NULL;
    int32_t st = acrm_value_parse(NULL, value, strlen(value), &tree, &error);

    if (st == ACRM_OK)
        st = acrm_value_print(tree, 0, &text);
    if (st == ACRM_OK)
        example_add(out, acrm_buf_data(text), acrm_buf_len(text));
    else
        args_refuse(r, "json", error ? acrm_error_message(error) : "no valid JSON in the query");
    acrm_buf_free(text);
    acrm_value_free(tree);
    acrm_error_free(error);
    return st == ACRM_OK;
}

static bool args_value(server_request *r, example_text *out, const char *key, const char *value)
{
    int kind = SERVER_ARG_TEXT;

    for (size_t i = 0; i < r->route->n_params; i++)
        if (strcmp(r->route->params[i].name, key) == 0)
            kind = r->route->params[i].kind;
    if (kind == SERVER_ARG_JSON || (kind == SERVER_ARG_LIST && *value == '['))
        return args_json(r, out, value);
    if (kind == SERVER_ARG_LIST)
        args_list(out, value);
    else if (kind == SERVER_ARG_RAW && args_is_raw(value))
        example_put(out, value);
    else
        server_put_json(out, value, strlen(value));
    return true;
}

static bool args_pair(server_request *r, example_text *out, char *pair)
{
    char *value = strchr(pair, '=');

    if (value)
        *value++ = '\0';
    if (!server_unescape(pair, true) || (value && !server_unescape(value, true)))
        return args_refuse(r, "query", "the query has a wrong % escape");
    if (r->route->id && strcmp(pair, r->route->id) == 0)
        return args_refuse(r, "query", "the id is in the path already");
    if (out->len > 1)
        example_put(out, ",");
    server_put_json(out, pair, strlen(pair));
    example_put(out, ":");
    return args_value(r, out, pair, value ? value : "true");
}

static bool args_query(server_request *r, example_text *out)
{
    example_text copy = { 0 };
    bool ok = true;

    if (*r->query)
        example_put(&copy, r->query);
    for (char *p = copy.data; ok && p && *p;) {
        size_t n = strcspn(p, "&");
        char *next = p + n + (p[n] == '&');
        p[n] = '\0';
        if (n > 0)
            ok = args_pair(r, out, p);
        p = next;
    }
    example_text_free(&copy);
    return ok;
}

/* --- Headers --- */

/* If-Match: "7" or "7-..." as our ETags are. 0: no such tag. */
static bool args_version(const char *tag, example_text *out)
{
    size_t digits = strspn(tag + (*tag == '"'), "0123456789");
    const char *rest = tag + 1 + digits;

    if (*tag != '"' || digits == 0 || digits > 15 || (*rest != '"' && *rest != '-'))
        return false;
    rest += strcspn(rest, "\"");
    if (strcmp(rest, "\"") != 0)
        return false;
    example_putf(out, ",\"version\":%.*s", (int)digits, tag + 1);
    return true;
}

static bool args_headers(server_request *r, example_text *out)
{
    const char *verb = r->route->verb;
    bool guarded = verb && (strcmp(verb, "update") == 0 || strcmp(verb, "delete") == 0);
    const char *match = guarded ? server_header(r, SERVER_IF_MATCH) : NULL;
    const char *key = r->route->writes ? server_header(r, SERVER_IDEMPOTENCY_KEY) : NULL;

    if (match && strcmp(match, "*") == 0) {
        example_put(out, ",\"last_write_wins\":true");
    } else if (match && !args_version(match, out)) {
        server_reply_problem(r, 412, "if_match", "If-Match holds no ETag that this server gave");
        return false;
    }
    if (key) {
        example_put(out, ",\"idempotency_key\":");
        server_put_json(out, key, strlen(key));
    }
    return true;
}

/* The members of the body's object, whose reading and checking is the library's. */
static bool args_body(server_request *r, example_text *out)
{
    static const char blank[] = " \t\r\n";
    const char *data = r->body.len > 0 ? r->body.data : "{}";
    size_t len = r->body.len > 0 ? r->body.len : 2, at = 0;

    while (at < len && memchr(blank, data[at], sizeof blank - 1))
        at++;
    if (at == len || data[at++] != '{')
        return args_refuse(r, "json", "the body must be a JSON object");
    while (at < len && memchr(blank, data[at], sizeof blank - 1))
        at++;
    if (out->len > 1 && at < len && data[at] != '}')
        example_put(out, ",");
    example_add(out, data + at, len - at);
    return true;
}

bool server_args(server_request *r, example_text *out)
{
    const server_route *route = r->route;
    bool body = (route->method == SERVER_POST || route->method == SERVER_PATCH) && !r->bytes;
    example_text more = { 0 };

    example_put(out, "{");
    if (route->id) {
        server_put_json(out, route->id, strlen(route->id));
        example_put(out, ":");
        server_put_json(out, r->id, strlen(r->id));
    }
    bool ok = args_headers(r, &more);
    if (ok && more.len > 0)
        example_add(out, more.data + (out->len == 1), more.len - (out->len == 1));
    example_text_free(&more);
    if (ok && body && *r->query)
        ok = args_refuse(r, "query", "the arguments of this request belong into its body");
    else if (ok && body)
        ok = args_body(r, out);
    else if (ok)
        ok = args_query(r, out);
    if (ok && !body)
        example_put(out, "}");
    if (ok && out->failed)
        server_reply_problem(r, 500, "memory", "there is no memory left");
    return ok && !out->failed;
}
