/* SPDX-License-Identifier: MIT */
/* The table of languages. */
#include "engines/template/template_locale.h"

#include "autocrm/template.h"

#include <string.h>

static const char *const locale_en[12] = { "January", "February", "March", "April", "May", "June",
                                           "July", "August", "September", "October", "November",
                                           "December" };
static const char *const locale_it[12] = { "gennaio", "febbraio", "marzo", "aprile", "maggio",
                                           "giugno", "luglio", "agosto", "settembre", "ottobre",
                                           "novembre", "dicembre" };
static const char *const locale_ru[12] = { "января", "февраля", "марта", "апреля", "мая", "июня",
                                           "июля", "августа", "сентября", "октября", "ноября",
                                           "декабря" };
static const char *const locale_zh[12] = { "1月", "2月", "3月", "4月", "5月", "6月", "7月", "8月",
                                           "9月", "10月", "11月", "12月" };
static const char *const locale_fa[12] = { "ژانویه", "فوریه", "مارس", "آوریل", "مه", "ژوئن",
                                           "ژوئیه", "اوت", "سپتامبر", "اکتبر", "نوامبر",
                                           "دسامبر" };
static const char *const locale_jalali[12] = { "Farvardin", "Ordibehesht", "Khordad", "Tir",
                                               "Mordad", "Shahrivar", "Mehr", "Aban", "Azar",
                                               "Dey", "Bahman", "Esfand" };
static const char *const locale_jalali_fa[12] = { "فروردین", "اردیبهشت", "خرداد", "تیر", "مرداد",
                                                  "شهریور", "مهر", "آبان", "آذر", "دی", "بهمن",
                                                  "اسفند" };

static const acrm__locale locales[] = {
    { .language = "en", .group = ",", .point = ".", .zero = "0", .amount = "C 1",
      .date = "Y-M-D", .date_long = "d N Y", .months = locale_en,
      .jalali_months = locale_jalali },
    { .language = "it", .group = ".", .point = ",", .zero = "0", .amount = "1 C",
      .date = "D/M/Y", .date_long = "d N Y", .months = locale_it,
      .jalali_months = locale_jalali },
    { .language = "ru", .group = "\u00a0", .point = ",", .zero = "0", .amount = "1\u00a0C",
      .date = "D.M.Y", .date_long = "d N Y г.", .months = locale_ru,
      .jalali_months = locale_jalali },
    { .language = "zh", .group = ",", .point = ".", .zero = "0", .amount = "C 1",
      .date = "Y/M/D", .date_long = "Y年Nd日", .months = locale_zh,
      .jalali_months = locale_jalali },
    { .language = "fa", .group = "٬", .point = "٫", .zero = "۰", .amount = "1 C",
      .date = "Y/M/D", .date_long = "d N Y", .jalali = true,
      .months = locale_fa, .jalali_months = locale_jalali_fa },
};

static bool locale_is(const char *tag, const char *language)
{
    size_t len = strcspn(tag, "-_");

    return len == strlen(language) && strncmp(tag, language, len) == 0;
}

const acrm__locale *acrm__locale_of(const char *language)
{
    for (size_t i = 0; language != NULL && i < sizeof locales / sizeof locales[0]; i++)
        if (locale_is(language, locales[i].language))
            return &locales[i];
    return &locales[0];
}

int32_t acrm_language_right_to_left(const char *language)
{
    static const char *const tags[] = { "ar", "fa", "he", "ur", "ps", "ckb", "sd", "ug", "yi",
                                        "dv" };

    for (size_t i = 0; language != NULL && i < sizeof tags / sizeof tags[0]; i++)
        if (locale_is(language, tags[i]))
            return 1;
    return 0;
}
