/* SPDX-License-Identifier: MIT */
/* Letters to print, and the folder they are put into: whatever ends between two steps. */
#include "letter.h"
#include "server.h"
#include "support/suite.h"
#include "transports.h"

#include <dirent.h>
#include <sys/stat.h>
#include <time.h>

/* --- Address blocks --- */

static const struct {
    const char *rule, *name, *to, *country, *from, *block;
} letter_addresses[] = {
    { "lines as given, the name above", "Ada Bianchi", "Via Roma 1\n10121 Torino", "IT", "IT",
      "Ada Bianchi\nVia Roma 1\n10121 Torino\n" },
    { "commas on one line part it", "Ada Bianchi", "Via Roma 1, 10121 Torino", "IT", "IT",
      "Ada Bianchi\nVia Roma 1\n10121 Torino\n" },
    { "commas within lines do not", NULL, "1, High Street\r\n\r\n  London ", "GB", "GB",
      "1, High Street\nLondon\n" },
    { "over a border the country stands last", "Jo Weber", "Hauptstr. 5\n10115 Berlin", "DE", "IT",
      "Jo Weber\nHauptstr. 5\n10115 Berlin\nGERMANY\n" },
    { "one that is not in the list by its code", "X", "Somewhere 1", "MT", "IT",
      "X\nSomewhere 1\nMT\n" },
    { "without a country there is none to name", "X", "Somewhere 1", NULL, "IT",
      "X\nSomewhere 1\n" },
    { "in Japan's own script the person comes last", "山田太郎", "〒100-0001\n東京都千代田区1-1", "JP",
      "JP", "〒100-0001\n東京都千代田区1-1\n山田太郎\n" },
    { "in Latin letters first", "Taro Yamada", "1-1 Chiyoda, Tokyo 100-0001", "JP", "IT",
      "Taro Yamada\n1-1 Chiyoda\nTokyo 100-0001\nJAPAN\n" },
    { "Persian lines stay in their order", "آدا", "تهران\nخیابان ولیعصر ۱", "IR", "IR",
      "آدا\nتهران\nخیابان ولیعصر ۱\n" },
    { "an empty address has no lines", "X", "", NULL, NULL, "X\n" },
};

START_TEST(letter__addresses_are_in_the_countrys_order)
{
    example_text out = { 0 };

    example_address_block(&out, letter_addresses[_i].name, letter_addresses[_i].to,
                          letter_addresses[_i].country, letter_addresses[_i].from);
    ck_assert_msg(strcmp(out.data, letter_addresses[_i].block) == 0, "%s: %s",
                  letter_addresses[_i].rule, out.data);
    example_text_free(&out);
}
END_TEST

static const struct {
    const char *html;
    bool closed;
} letter_htmls[] = {
    { "", true },
    { "plain 1 < 2 & 3 > 2", true },
    { "<p>one<p>two<br>three", true },
    { "<div><p>one</div>", true },
    { "<ul><li>a<li>b</ul><hr/>", true },
    { "<table><tr><td>1<td>2<tr><td>3</table>", true },
    { "<img alt=\"a > b\" src='x'>", true },
    { "<!-- a <div> comment -->", true },
    { "<B>x</b>", true },
    { "<div>", false },
    { "</div>", false },
    { "<b><i>x</b></i>", false },
    { "<div/>", false },
    { "<!-- unclosed", false },
    { "<!doctype html><p>x", false },
    { "<html><body>x</body></html>", false },
    { "<script>x</script>", false },
    { "<style>p { color: red }</style>", true },
    { "<textarea>", false },
    { "<iframe src=x></iframe>", false },
    { "<p", false },
    { "<a href=\"x>y</a>", false },
};

START_TEST(letter__a_body_harms_no_other)
{
    ck_assert_msg(example_letter_closed(letter_htmls[_i].html) == letter_htmls[_i].closed, "%s",
                  letter_htmls[_i].html);
}
END_TEST

START_TEST(letter__deep_html_is_refused_not_followed)
{
    example_text html = { 0 };

    for (int i = 0; i < 100; i++)
        example_put(&html, "<div>");
    for (int i = 0; i < 100; i++)
        example_put(&html, "</div>");
    ck_assert(!example_letter_closed(html.data));
    example_text_free(&html);
}
END_TEST

/* --- The folder --- */

typedef struct desk {
    char folder[64], merged[2048];
    example_spool *spool;
} desk;

static void desk_open(desk *d)
{
    const example_spool_options options = { .folder = d->folder, .country = "IT",
                                            .sender = "Garage <Rossi>, Torino" };
    example_fault fault = { "" };

    d->spool = example_spool_open(&options, &fault);
    ck_assert_msg(d->spool != NULL, "%s", fault.text);
}

static acrm_sent desk_submit(desk *d, int32_t channel, unsigned n, const char *body, int html)
{
    acrm_transport transport = example_spool_transport(d->spool);
    acrm_sent sent = { .struct_size = sizeof sent };
    char key[40];

    snprintf(key, sizeof key, "01890a5d-ac96-774b-bcce-%012u", n);
    const acrm_outgoing message = { .struct_size = sizeof message, .channel = channel,
                                    .attempt = 1, .html = html, .key = key, .name = "Ada & Co",
                                    .to = channel == ACRM_CHANNEL_LETTER ? "Via Roma 1, Torino"
                                                                         : "+390111234",
                                    .subject = "Sub<ject>", .body = body, .language = "it",
                                    .country = "IT" };
    ck_assert_int_eq(transport.submit(transport.self, &message, &sent), 0);
    return sent;
}

static int desk_close(desk *d)
{
    int status = example_spool_close(d->spool, d->merged, sizeof d->merged);

    d->spool = NULL;
    return status;
}

/* How often a text is in a file; the file's end with `end` if it is not NULL. */
static int desk_says(const char *path, const char *text)
{
    size_t len;
    int n = 0;
    char *bytes = server_bytes(path, &len);

    for (const char *p = bytes; (p = strstr(p, text)) != NULL; p++)
        n++;
    free(bytes);
    return n;
}

static int desk_files(const char *folder, const char *end)
{
    DIR *dir = opendir(folder);
    const struct dirent *entry;
    int n = 0;

    while (dir && (entry = readdir(dir)) != NULL) {
        size_t len = strlen(entry->d_name), tail = strlen(end);
        n += len > tail && strcmp(entry->d_name + len - tail, end) == 0;
    }
    if (dir)
        closedir(dir);
    return n;
}

START_TEST(spool__letters_of_a_run_are_one_file)
{
    desk d = { .spool = NULL };
    char list[2100];

    server_folder(d.folder);
    desk_open(&d);
    for (unsigned i = 1; i <= 3; i++)
        ck_assert_int_eq(desk_submit(&d, ACRM_CHANNEL_LETTER, i, "Dear <Ada>", 0).outcome,
                         ACRM_SENT_ACCEPTED);
    desk_submit(&d, ACRM_CHANNEL_FAX, 4, "<p>Dear Ada</p>", 1);
    acrm_sent sent = desk_submit(&d, ACRM_CHANNEL_LETTER, 5, "<div>not closed", 1);
    ck_assert_int_eq(sent.outcome, ACRM_SENT_REFUSED);
    desk_submit(&d, ACRM_CHANNEL_LETTER, 2, "Dear <Ada>", 0); /* the same key again */
    ck_assert_int_eq(desk_close(&d), 0);
    ck_assert_int_eq(desk_says(d.merged, "<section"), 4);
    ck_assert_int_eq(desk_says(d.merged, "Dear &lt;Ada&gt;"), 3);
    ck_assert_int_eq(desk_says(d.merged, "Ada &amp; Co\nVia Roma 1\nTorino\n</div>"), 3);
    ck_assert_int_eq(desk_says(d.merged, "Garage &lt;Rossi&gt;, Torino"), 3);
    ck_assert_int_eq(desk_says(d.merged, "<body class=\"right\">"), 1);
    ck_assert_int_eq(desk_says(d.merged, "size: A4"), 1);
    ck_assert_int_eq(desk_says(d.merged, "page-break-after: always"), 1);
    snprintf(list, sizeof list, "%.*s.txt", (int)strlen(d.merged) - 5, d.merged);
    ck_assert_int_eq(desk_says(list, "1\tletter\t01890a5d-ac96-774b-bcce-000000000001\n"), 1);
    ck_assert_int_eq(desk_says(list, "4\tfax\t01890a5d-ac96-774b-bcce-000000000004\n"), 1);
    server_remove(d.folder);
}
END_TEST

START_TEST(spool__a_letter_is_printed_once_over_all_runs)
{
    desk d = { .spool = NULL };

    server_folder(d.folder);
    for (int run = 0; run < 3; run++) {
        desk_open(&d);
        ck_assert_int_eq(desk_submit(&d, ACRM_CHANNEL_LETTER, 1, "x", 0).outcome,
                         ACRM_SENT_ACCEPTED);
        ck_assert_int_eq(desk_close(&d), 0);
        ck_assert_int_eq(d.merged[0] != '\0', run == 0);
    }
    ck_assert_int_eq(desk_files(d.folder, ".html"), 1);
    server_remove(d.folder);
}
END_TEST

START_TEST(spool__other_channels_are_files_of_their_own)
{
    desk d = { .spool = NULL };
    char path[160];

    server_folder(d.folder);
    desk_open(&d);
    desk_submit(&d, ACRM_CHANNEL_SMS, 1, "it is ready", 0);
    ck_assert_int_eq(desk_close(&d), 0);
    ck_assert_str_eq(d.merged, "");
    snprintf(path, sizeof path, "%s/01890a5d-ac96-774b-bcce-000000000001.txt", d.folder);
    ck_assert_int_eq(desk_says(path, "To: +390111234\nSubject: Sub<ject>\n\nit is ready\n"), 1);
    server_remove(d.folder);
}
END_TEST

START_TEST(spool__one_process_at_a_time)
{
    desk d = { .spool = NULL };
    example_fault fault = { "" };

    server_folder(d.folder);
    desk_open(&d);
    ck_assert_ptr_null(example_spool_open(&(example_spool_options){ .folder = d.folder }, &fault));
    ck_assert_ptr_nonnull(strstr(fault.text, "another process"));
    ck_assert_int_eq(desk_close(&d), 0);
    ck_assert_ptr_null(example_spool_open(&(example_spool_options){ .folder = "/proc/none" },
                                          &fault));
    server_remove(d.folder);
}
END_TEST

/* A child writes letters and merges them, and is killed after a while: what it left is finished,
 * each letter that was accepted is printed once. */
START_TEST(spool__a_killed_process_loses_and_doubles_nothing)
{
    enum { LETTERS = 40 };
    desk d = { .spool = NULL };
    char command[256], path[160];
    struct stat info;

    server_folder(d.folder);
    for (long wait = 200; wait < 40000; wait = wait * 5 / 4) {
        const struct timespec pause = { 0, wait * 1000 };
        pid_t child = fork();
        if (child == 0) {
            for (unsigned i = 0;; i++) {
                if (i % 5 == 0)
                    desk_open(&d);
                desk_submit(&d, ACRM_CHANNEL_LETTER, i % LETTERS, "<p>x</p>", 1);
                if (i % 5 == 4)
                    desk_close(&d);
            }
        }
        nanosleep(&pause, NULL);
        kill(child, SIGKILL);
        waitpid(child, NULL, 0);
    }
    desk_open(&d);
    for (unsigned i = 0; i < LETTERS; i++)
        desk_submit(&d, ACRM_CHANNEL_LETTER, i, "<p>x</p>", 1);
    ck_assert_int_eq(desk_close(&d), 0);
    snprintf(path, sizeof path, "%s/all", d.folder);
    snprintf(command, sizeof command, "cat %s/run-*.html >%s", d.folder, path);
    ck_assert_int_eq(system(command), 0);
    ck_assert_int_eq(desk_says(path, "<section"), LETTERS);
    ck_assert_int_eq(desk_files(d.folder, ".parts"), 0);
    snprintf(path, sizeof path, "%s/letters", d.folder);
    ck_assert_int_eq(desk_files(path, ".html"), LETTERS);
    snprintf(path, sizeof path, "%s/waiting", d.folder);
    ck_assert(stat(path, &info) != 0 || desk_files(path, ".html") == 0);
    server_remove(d.folder);
}
END_TEST

static Suite *letter_suite(void)
{
    Suite *s = suite_create("transport_letter");
    TCase *t = tcase_create("letter");

    tcase_add_loop_test(t, letter__addresses_are_in_the_countrys_order, 0,
                        sizeof letter_addresses / sizeof letter_addresses[0]);
    tcase_add_loop_test(t, letter__a_body_harms_no_other, 0,
                        sizeof letter_htmls / sizeof letter_htmls[0]);
    tcase_add_test(t, letter__deep_html_is_refused_not_followed);
    tcase_add_test(t, spool__letters_of_a_run_are_one_file);
    tcase_add_test(t, spool__a_letter_is_printed_once_over_all_runs);
    tcase_add_test(t, spool__other_channels_are_files_of_their_own);
    tcase_add_test(t, spool__one_process_at_a_time);
    tcase_add_test(t, spool__a_killed_process_loses_and_doubles_nothing);
    suite_add_tcase(s, t);
    return s;
}

ACRM_TEST_MAIN(letter_suite)
