/* SPDX-License-Identifier: MIT */
/* What a content is: by its first bytes, checked against what it was said to be. */
#include "modules/filing/filing.h"

#include <string.h>

/* Signatures of the kinds that are common; more than one of a type may be given. */
static const struct {
    const char *type;
    size_t at, len;
    const char *bytes;
} media_signatures[] = {
    { "application/pdf", 0, 5, "%PDF-" },
    { "image/png", 0, 8, "\x89PNG\r\n\x1a\n" },
    { "image/jpeg", 0, 3, "\xff\xd8\xff" },
    { "image/gif", 0, 6, "GIF87a" },
    { "image/gif", 0, 6, "GIF89a" },
    { "image/webp", 8, 4, "WEBP" },
    { "image/tiff", 0, 4, "II*\0" },
    { "image/tiff", 0, 4, "MM\0*" },
    { "image/heic", 4, 8, "ftypheic" },
    { "image/heic", 4, 8, "ftypmif1" },
    { "video/quicktime", 4, 8, "ftypqt  " },
    { "video/mp4", 4, 4, "ftyp" },
    { "audio/ogg", 0, 4, "OggS" },
    { "audio/wav", 8, 4, "WAVE" },
    { "audio/mpeg", 0, 3, "ID3" },
    { "application/gzip", 0, 2, "\x1f\x8b" },
    { "application/zip", 0, 4, "PK\3\4" },
    { "application/zip", 0, 4, "PK\5\6" },
    { "application/x-cfb", 0, 8, "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" },
    { "application/rtf", 0, 5, "{\\rtf" },
    { "application/x-executable", 0, 4, "\x7f" "ELF" },
    { "application/x-msdownload", 0, 2, "MZ" },
};

/* Types by the ending of the name, and the signature that a content of them has. */
static const struct {
    const char *ending, *type, *inside; /* inside NULL: text; "": any */
} media_endings[] = {
    { ".docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
      "application/zip" },
    { ".xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
      "application/zip" },
    { ".pptx", "application/vnd.openxmlformats-officedocument.presentationml.presentation",
      "application/zip" },
    { ".odt", "application/vnd.oasis.opendocument.text", "application/zip" },
    { ".ods", "application/vnd.oasis.opendocument.spreadsheet", "application/zip" },
    { ".doc", "application/msword", "application/x-cfb" },
    { ".xls", "application/vnd.ms-excel", "application/x-cfb" },
    { ".msg", "application/vnd.ms-outlook", "application/x-cfb" },
    { ".txt", "text/plain", NULL },
    { ".csv", "text/csv", NULL },
    { ".htm", "text/html", NULL },
    { ".html", "text/html", NULL },
    { ".xml", "application/xml", NULL },
    { ".json", "application/json", NULL },
    { ".vcf", "text/vcard", NULL },
    { ".ics", "text/calendar", NULL },
    { ".eml", "message/rfc822", NULL },
};

enum {
    MEDIA_SIGNATURES = sizeof media_signatures / sizeof media_signatures[0],
    MEDIA_ENDINGS = sizeof media_endings / sizeof media_endings[0]
};

static const char *media_sniff(const unsigned char *bytes, size_t len)
{
    for (size_t i = 0; i < MEDIA_SIGNATURES; i++)
        if (media_signatures[i].at + media_signatures[i].len <= len &&
            memcmp(bytes + media_signatures[i].at, media_signatures[i].bytes,
                   media_signatures[i].len) == 0)
            return media_signatures[i].type;
    return NULL;
}

static bool media_is_text(const unsigned char *bytes, size_t len)
{
    return memchr(bytes, '\0', len) == NULL;
}

static bool media_ends(const char *name, const char *ending)
{
    size_t n = strlen(name), e = strlen(ending);

    for (size_t i = 0; i < e && n >= e; i++) {
        char c = name[n - e + i];
        if ((c >= 'A' && c <= 'Z' ? c + 32 : c) != ending[i])
            return false;
    }
    return n >= e;
}

/* Whether a content with this signature (NULL: none) can be of a type. */
static bool media_fits(const char *type, const char *sniffed, bool text)
{
    for (size_t i = 0; i < MEDIA_ENDINGS; i++)
        if (strcmp(media_endings[i].type, type) == 0 && media_endings[i].inside)
            return sniffed && strcmp(sniffed, media_endings[i].inside) == 0;
    for (size_t i = 0; i < MEDIA_ENDINGS; i++)
        if (strcmp(media_endings[i].type, type) == 0)
            return !sniffed && text;
    for (size_t i = 0; i < MEDIA_SIGNATURES; i++)
        if (strcmp(media_signatures[i].type, type) == 0)
            return sniffed && strcmp(sniffed, type) == 0;
    if (strncmp(type, "text/", 5) == 0)
        return !sniffed && text;
    return true; /* nothing is known of it */
}

const char *acrm__filing_media_type(const char *said, const char *name,
                                    const unsigned char *bytes, size_t len,
                                    const char **sniffed)
{
    bool text = media_is_text(bytes, len);

    *sniffed = media_sniff(bytes, len);
    if (said)
        return media_fits(said, *sniffed, text) ? said : NULL;
    for (size_t i = 0; i < MEDIA_ENDINGS; i++)
        if (media_ends(name, media_endings[i].ending) &&
            media_fits(media_endings[i].type, *sniffed, text))
            return media_endings[i].type;
    return *sniffed ? *sniffed : text ? "text/plain" : "application/octet-stream";
}

/* RFC 6838: two names with a slash between. */
bool acrm__filing_media_valid(const char *type)
{
    static const char name[] = "abcdefghijklmnopqrstuvwxyz0123456789!#$&-^_.+";
    size_t first = strspn(type, name);

    if (first == 0 || first > 63 || type[first] != '/')
        return false;
    size_t second = strspn(type + first + 1, name);
    return second > 0 && second <= 63 && type[first + 1 + second] == '\0';
}
