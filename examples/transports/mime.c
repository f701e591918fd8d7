/* SPDX-License-Identifier: MIT */
/* Mail as bytes (RFC 5322, 2045 to 2047, 2231, 8058). */
#include "mime.h"

#include <autocrm/template.h>

#include <stdint.h>
#include <string.h>
#include <time.h>

enum {
    MIME_LINE = 76,      /* columns of a line, as RFC 2045 and 2047 have them */
    MIME_WORD_LONG = 60, /* an ASCII word that is longer cannot be folded well: it is encoded */
    MIME_FILE_NAME = 200
};

static const char mime_base64_signs[] =
    EXAMPLE_LETTERS "+/";

/* --- Addresses --- */

bool example_mail_address(const char *text)
{
    size_t len = strlen(text);
    const char *at = strrchr(text, '@');

    if (len > 254 || !at || at == text || at - text > 64 || at[1] == '\0' || at[1] == '.' ||
        at[1] == '-' || text[len - 1] == '.')
        return false;
    for (const char *p = text; *p; p++)
        if ((unsigned char)*p <= ' ' || (unsigned char)*p >= 0x7f || strchr("<>()[],;:\\\"", *p) ||
            (*p == '@' && p != at) || (*p == '.' && (p[1] == '.' || p[1] == '@' || p == text)))
            return false;
    return true;
}

/* --- Base64 and quoted-printable --- */

static void mime_base64(example_text *out, const unsigned char *bytes, size_t len, size_t line)
{
    size_t signs = (len + 2) / 3 * 4, column = 0;
    char *to = len < SIZE_MAX / 4 ? example_room(out, signs + signs / 38 + 4) : NULL;

    if (!to) {
        out->failed = true;
        return;
    }
    char *begin = to;
    for (size_t i = 0; i < len; i += 3, column += 4) {
        uint32_t second = i + 1 < len ? bytes[i + 1] : 0, third = i + 2 < len ? bytes[i + 2] : 0;
        uint32_t three = (uint32_t)bytes[i] << 16 | second << 8 | third;
        if (line && column == line) {
            *to++ = '\r';
            *to++ = '\n';
            column = 0;
        }
        *to++ = mime_base64_signs[three >> 18];
        *to++ = mime_base64_signs[three >> 12 & 63];
        *to++ = i + 1 < len ? mime_base64_signs[three >> 6 & 63] : '=';
        *to++ = i + 2 < len ? mime_base64_signs[three & 63] : '=';
    }
    *to = '\0';
    out->len += (size_t)(to - begin);
}

/* Bytes that stand as they are in quoted-printable wherever they are: neither "=" nor spaces. */
static bool mime_plain_byte(unsigned char c)
{
    return c > ' ' && c < 0x7f && c != '=';
}

/* The length of the line end here: CRLF, CR or LF; 0: there is none. */
static size_t mime_line_end(const char *text)
{
    return text[0] == '\r' ? 1 + (text[1] == '\n') : text[0] == '\n';
}

/* Lines end in CRLF, whatever they ended in. */
static void mime_lines(example_text *out, const char *text)
{
    while (*text) {
        size_t n = strcspn(text, "\r\n");
        example_add(out, text, n);
        text += n;
        if (*text) {
            text += mime_line_end(text);
            example_add(out, "\r\n", 2);
        }
    }
}

static void mime_quoted(example_text *out, const char *text)
{
    static const char digits[] = "0123456789ABCDEF";
    size_t len = strlen(text), column = 0;
    /* Three signs a byte, and a soft line end for each 24 of them. */
    char *to = len < SIZE_MAX / 8 ? example_room(out, len * 3 + len / 8 + 8) : NULL;

    if (!to) {
        out->failed = true;
        return;
    }
    char *begin = to;
    while (*text) {
        size_t end = mime_line_end(text);
        if (end > 0) {
            memcpy(to, "\r\n", 2);
            to += 2;
            text += end;
            column = 0;
            continue;
        }
        unsigned char c = (unsigned char)*text++;
        bool stays = mime_plain_byte(c) ||
                     ((c == ' ' || c == '\t') && *text && mime_line_end(text) == 0);
        if (column + (stays ? 1 : 3) > MIME_LINE - 1) {
            memcpy(to, "=\r\n", 3);
            to += 3;
            column = 0;
        }
        if (stays) {
            *to++ = (char)c;
            column++;
            continue;
        }
        *to++ = '=';
        *to++ = digits[c >> 4];
        *to++ = digits[c & 15];
        column += 3;
    }
    *to = '\0';
    out->len += (size_t)(to - begin);
}

/* --- Headers --- */

static size_t mime_column(const example_text *out)
{
    size_t n = 0;

    while (n < out->len && out->data[out->len - 1 - n] != '\n')
        n++;
    return n;
}

/* Bytes of the longest beginning of whole characters that fits. */
static size_t mime_whole(const char *text, size_t len, size_t room)
{
    size_t n = len < room ? len : room;

    while (n > 0 && n < len && ((unsigned char)text[n] & 0xc0) == 0x80)
        n--;
    return n > 0 ? n : len < room ? len : room;
}

/* RFC 2047, in as many words as it takes. Control characters become spaces. */
static void mime_encoded(example_text *out, const char *text)
{
    size_t len = strlen(text);

    while (len > 0 && !out->failed) {
        unsigned char part[45];
        size_t column = mime_column(out);
        size_t room = column + 16 < MIME_LINE ? (MIME_LINE - 12 - column) / 4 * 3 : 0;
        if (room < 6) {
            example_put(out, "\r\n ");
            continue;
        }
        size_t n = mime_whole(text, len, room < sizeof part ? room : sizeof part);
        for (size_t i = 0; i < n; i++)
            part[i] = (unsigned char)text[i] < ' ' || text[i] == 0x7f ? ' '
                                                                      : (unsigned char)text[i];
        example_put(out, "=?UTF-8?B?");
        mime_base64(out, part, n, 0);
        example_put(out, "?=");
        text += n;
        len -= n;
        if (len > 0)
            example_put(out, "\r\n ");
    }
}

/* Whether a text can stand as it is: printable ASCII in words that lines can be folded between. */
static bool mime_plain(const char *text)
{
    size_t word = 0;

    if (strstr(text, "=?") || text[0] == ' ')
        return false;
    for (const char *p = text; *p; p++) {
        if ((unsigned char)*p < ' ' || (unsigned char)*p >= 0x7f)
            return false;
        if (*p == ' ' && (p[1] == ' ' || p[1] == '\0'))
            return false; /* folding would lose it */
        word = *p == ' ' ? 0 : word + 1;
        if (word > MIME_WORD_LONG)
            return false;
    }
    return true;
}

static void mime_folded(example_text *out, const char *text)
{
    while (*text) {
        size_t n = strcspn(text, " ");
        if (mime_column(out) + n + 1 > MIME_LINE)
            example_put(out, "\r\n");
        if (n > 0 && text[-1] == ' ')
            example_put(out, " ");
        example_add(out, text, n);
        text += n + (text[n] == ' ');
    }
}

static void mime_subject(example_text *out, const char *subject)
{
    example_put(out, "Subject: ");
    if (!mime_plain(subject)) {
        mime_encoded(out, subject);
    } else if (*subject) {
        size_t first = strcspn(subject, " ");
        example_add(out, subject, first);
        if (subject[first])
            mime_folded(out, subject + first + 1);
    }
    example_put(out, "\r\n");
}

/* Name <address>. */
static void mime_mailbox(example_text *out, const char *header, const char *name,
                         const char *address)
{
    example_put(out, header);
    if (name && *name) {
        if (!mime_plain(name) || strlen(name) > MIME_WORD_LONG) {
            mime_encoded(out, name);
        } else {
            example_put(out, "\"");
            for (const char *p = name; *p; p++) {
                if (*p == '"' || *p == '\\')
                    example_put(out, "\\");
                example_add(out, p, 1);
            }
            example_put(out, "\"");
        }
        example_put(out, mime_column(out) + strlen(address) + 3 > MIME_LINE ? "\r\n " : " ");
    }
    example_putf(out, "<%s>\r\n", address);
}

static void mime_date(example_text *out, int64_t now)
{
    static const char days[] = "SunMonTueWedThuFriSat";
    static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
    time_t seconds = (time_t)now;
    struct tm at;

    if (!gmtime_r(&seconds, &at))
        return;
    example_putf(out, "Date: %.3s, %02d %.3s %04d %02d:%02d:%02d +0000\r\n", days + 3 * at.tm_wday,
                 at.tm_mday, months + 3 * at.tm_mon, at.tm_year + 1900, at.tm_hour, at.tm_min,
                 at.tm_sec);
}

/* What can be told of the key in an id: its letters, digits and dashes. */
static void mime_key(example_text *out, const char *key)
{
    for (; *key; key += *key != '\0') {
        size_t n = strspn(key, EXAMPLE_LETTERS "-");
        example_add(out, key, n);
        key += n;
    }
}

/* A URL for between < and >. */
static bool mime_url(const char *url)
{
    if (strncmp(url, "https://", 8) != 0 || strlen(url) > 900)
        return false;
    for (; *url; url++)
        if ((unsigned char)*url <= ' ' || (unsigned char)*url >= 0x7f || *url == '<' || *url == '>')
            return false;
    return true;
}

static void mime_headers(example_text *out, const example_sender *sender,
                         const acrm_outgoing *message, int64_t now)
{
    mime_date(out, now);
    mime_mailbox(out, "From: ", sender->name, sender->address);
    mime_mailbox(out, "To: ", message->name, message->to);
    if (sender->reply_to)
        mime_mailbox(out, "Reply-To: ", NULL, sender->reply_to);
    if (message->subject)
        mime_subject(out, message->subject);
    example_put(out, "Message-ID: <");
    mime_key(out, message->key);
    example_putf(out, "%s>\r\nMIME-Version: 1.0\r\n", strrchr(sender->address, '@'));
    if (message->language && *message->language &&
        strspn(message->language, EXAMPLE_LETTERS "-") == strlen(message->language) &&
        strlen(message->language) <= 35)
        example_putf(out, "Content-Language: %s\r\n", message->language);
    if (message->unsubscribe && mime_url(message->unsubscribe))
        example_putf(out, "List-Unsubscribe: <%s>\r\n"
                     "List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n",
                     message->unsubscribe);
}

/* --- Parts --- */

/* Nothing in a part can be mistaken for it: neither encoding writes "=_". */
static void mime_boundary(example_text *out, const char *key, int level)
{
    example_putf(out, "=_%d_", level);
    mime_key(out, key);
}

static void mime_multipart(example_text *out, const char *kind, const char *key, int level)
{
    example_putf(out, "Content-Type: multipart/%s;\r\n boundary=\"", kind);
    mime_boundary(out, key, level);
    example_put(out, "\"\r\n");
}

static void mime_next(example_text *out, const char *key, int level, const char *end)
{
    example_put(out, "\r\n--");
    mime_boundary(out, key, level);
    example_putf(out, "%s\r\n", end);
}

/* Headers of a part and its text, in the encoding that is shorter. */
static void mime_text(example_text *out, const char *kind, const char *text)
{
    size_t escaped = 0, len = 0;

    for (; text[len]; len++)
        escaped += (unsigned char)text[len] >= 0x7f || text[len] == '=';
    bool quoted = escaped * 2 <= len / 3;
    example_putf(out, "Content-Type: text/%s; charset=utf-8\r\n"
                 "Content-Transfer-Encoding: %s\r\n\r\n", kind,
                 quoted ? "quoted-printable" : "base64");
    if (quoted) {
        mime_quoted(out, text);
        return;
    }
    example_text lines = { 0 };
    mime_lines(&lines, text);
    mime_base64(out, (const unsigned char *)lines.data, lines.len, MIME_LINE);
    out->failed = out->failed || lines.failed;
    example_text_free(&lines);
}

/* A piece of HTML becomes a document that says its language and direction. */
static void mime_html(example_text *out, const acrm_outgoing *message)
{
    const char *body = message->body + strspn(message->body, " \t\r\n");
    const char *language = message->language ? message->language : "";
    example_text page = { 0 };

    if (strncmp(body, "<!", 2) == 0 || strncmp(body, "<html", 5) == 0 ||
        strncmp(body, "<HTML", 5) == 0) {
        mime_text(out, "html", message->body);
        return;
    }
    example_put(&page, "<!DOCTYPE html>\n<html lang=\"");
    example_put_html(&page, language);
    example_putf(&page, "\" dir=\"%s\"><head><meta charset=\"utf-8\"></head><body>\n",
                 acrm_language_right_to_left(language) ? "rtl" : "ltr");
    example_put(&page, message->body);
    example_put(&page, "\n</body></html>\n");
    mime_text(out, "html", page.data ? page.data : "");
    out->failed = out->failed || page.failed;
    example_text_free(&page);
}

static void mime_body(example_text *out, const acrm_outgoing *message)
{
    example_text plain = { 0 };

    if (!message->html) {
        mime_text(out, "plain", message->body);
        return;
    }
    if (message->text)
        example_put(&plain, message->text);
    else
        example_html_text(&plain, message->body);
    mime_multipart(out, "alternative", message->key, 2);
    mime_next(out, message->key, 2, "");
    mime_text(out, "plain", plain.data ? plain.data : "");
    mime_next(out, message->key, 2, "");
    mime_html(out, message);
    mime_next(out, message->key, 2, "--");
    out->failed = out->failed || plain.failed;
    example_text_free(&plain);
}

static bool mime_media_type(const char *text)
{
    const char *slash = strchr(text, '/');
    size_t fit = strspn(text, EXAMPLE_LETTERS "/.+-_");

    return slash && slash != text && slash[1] && !strchr(slash + 1, '/') && fit == strlen(text) &&
           fit <= 127;
}

/* A name of other letters is told as RFC 2231 has it. */
static void mime_file(example_text *out, const acrm_outgoing_file *file)
{
    const char *name = file->name ? file->name : "file";
    size_t len = mime_whole(name, strlen(name), MIME_FILE_NAME);
    char whole[MIME_FILE_NAME + 1];

    memcpy(whole, name, len);
    whole[len] = '\0';
    bool plain = strspn(whole, EXAMPLE_LETTERS ".- _") == len;
    example_putf(out, "Content-Type: %s\r\nContent-Transfer-Encoding: base64\r\n"
                 "Content-Disposition: attachment;\r\n %s",
                 file->media_type && mime_media_type(file->media_type) ? file->media_type
                                                                       : "application/octet-stream",
                 plain ? "filename=\"" : "filename*=UTF-8''");
    if (plain)
        example_putf(out, "%s\"", whole);
    else
        example_put_percent(out, whole);
    example_put(out, "\r\n\r\n");
    mime_base64(out, file->data, file->size, MIME_LINE);
}

void example_mime(example_text *out, const example_sender *sender, const acrm_outgoing *message,
                  int64_t now)
{
    mime_headers(out, sender, message, now);
    if (message->n_files == 0) {
        mime_body(out, message);
    } else {
        mime_multipart(out, "mixed", message->key, 1);
        mime_next(out, message->key, 1, "");
        mime_body(out, message);
        for (uint32_t i = 0; i < message->n_files; i++) {
            mime_next(out, message->key, 1, "");
            mime_file(out, &message->files[i]);
        }
        mime_next(out, message->key, 1, "--");
    }
    if (out->len < 2 || out->data[out->len - 1] != '\n')
        example_put(out, "\r\n");
}
