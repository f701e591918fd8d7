/* SPDX-License-Identifier: MIT */
/* The command line tool: what its files share. It is a thin host: commands, help and completion
 * come from the library's registry, all data passes through acrm_value. */
#ifndef AUTOCRM_EXAMPLES_CLI_H
#define AUTOCRM_EXAMPLES_CLI_H

#include <autocrm/autocrm.h>

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

/* Exit statuses. */
enum { CLI_OK = 0, CLI_FAILED = 1, CLI_USAGE = 2, CLI_INTERRUPTED = 130, CLI_PIPE = 141 };

enum { CLI_OUTBOX_MAX = 16 };

typedef struct cli {
    const char *db;  /* file, "memory:" or postgres://...; NULL: not given */
    const char *as;  /* principal, or login:NAME; NULL: system */
    const char *key; /* key file; NULL: the database's, when it is there */
    const char *outbox[CLI_OUTBOX_MAX]; /* as --outbox was given, each time */
    int outboxes;                       /* 0: nothing is sent */
    struct example_outbox *transports;
    const char *connector[CLI_OUTBOX_MAX]; /* as --connector was given, each time */
    int connectors;
    struct example_connectors *asked;
    const char *zone; /* IANA name by which people are told times; NULL: UTC */
    bool json, csv, quiet, yes, help, jalali;
    bool clock_fixed;
    int64_t now; /* microseconds since 1970, when the clock is fixed */
    unsigned char secret[ACRM_KEY_BYTES];
    acrm_engine *engine;
    acrm_session *session;
    struct cli_registry *registry; /* what acrm_describe says */
    const char *doing;    /* the long work that runs; NULL: as the library calls it */
    int64_t total;        /* when the library does not know it; 0: nobody does */
    int64_t drawn_at;
} cli;

/* The words of a command that are still to be read. */
typedef struct cli_words {
    int count;
    char **items;
} cli_words;

/* --- text.c: memory and text --- */

typedef struct cli_text {
    char *data; /* NUL-terminated; NULL while empty */
    size_t len, cap;
} cli_text;

void *cli_alloc(size_t size); /* zeroed; ends the program when memory is short */
void *cli_grow(void *old, size_t size);
char *cli_copy(const char *text, size_t len);
void cli_add(cli_text *text, const char *bytes, size_t len);
__attribute__((format(printf, 2, 3))) void cli_addf(cli_text *text, const char *format, ...);
bool cli_read_stream(FILE *in, cli_text *out);
bool cli_read_file(const char *path, cli_text *out); /* "-": standard input */
bool cli_parse_instant(const char *text, int64_t *micros);
int cli_distance(const char *a, const char *b); /* edits that turn a into b */

/* --- width.c: columns of a terminal --- */

int cli_width(const char *text);
/* Bytes of the longest beginning that fits in so many columns. */
size_t cli_fit(const char *text, int columns);
int cli_terminal_columns(void); /* 0: standard output is no terminal */

/* --- tree.c: shorthands over acrm_value --- */

acrm_value *cli_value(void); /* null; ends the program when memory is short */
acrm_value *cli_map(void);
const char *cli_get_text(const acrm_value *map, const char *key); /* NULL: none */
void cli_set_text(acrm_value *value, const char *text);
void cli_put_text(acrm_value *map, const char *key, const char *text);
void cli_put_int(acrm_value *map, const char *key, int64_t integer);
acrm_value *cli_put(acrm_value *map, const char *key);
acrm_value *cli_push(acrm_value *list);
void cli_copy_value(acrm_value *to, const acrm_value *from);
char *cli_print(const acrm_value *value, int indent); /* JSON; free() it */

/* --- registry.c: what can be done --- */

enum { CLI_T_TEXT, CLI_T_INT, CLI_T_REAL, CLI_T_BOOL, CLI_T_LIST, CLI_T_JSON };

bool cli_registry_open(cli *c); /* once the engine is open */
void cli_registry_close(cli *c);
const acrm_value *cli_operation(const cli *c, const char *name);
const acrm_value *cli_entity(const cli *c, const char *name);
/* NULL: the noun is no entity. */
const char *cli_noun_help(const cli *c, const char *noun);
const acrm_value *cli_field(const acrm_value *entity, const char *name);
bool cli_has_flag(const acrm_value *field, const char *flag);
const acrm_value *cli_parameters(const acrm_value *operation);
int cli_parameter_type(const acrm_value *schema);
const char *cli_parameter_type_name(const acrm_value *schema);
bool cli_is_required(const acrm_value *operation, const char *name);
/* The parameter that a bare word stands for: id, the only required one, the first of them that
 * names a record, or a text that may be anything; NULL: none. */
const char *cli_positional(const acrm_value *operation);
/* Nouns in the order of the registry, then verbs of a noun: n = 0, 1 ... until NULL. */
typedef struct cli_names {
    size_t count, cap;
    char **items;
} cli_names;
void cli_names_add(cli_names *names, const char *name, size_t len); /* once */
void cli_names_free(cli_names *names);
void cli_nouns(const cli *c, cli_names *out);
void cli_verbs(const cli *c, const char *noun, cli_names *out);
/* The name most like a mistyped one; NULL: none is near. */
const char *cli_nearest(const cli_names *names, const char *word);

/* --- host.c: the library's ports and the session --- */

int cli_open(cli *c, uint32_t flags); /* CLI_OK, or an exit status after telling why */
int cli_open_registry(cli *c);        /* the same; in memory when no database is given */
int cli_session(cli *c);              /* act as --as says */
void cli_close(cli *c);
void cli_catch_signals(void);
bool cli_interrupted(void);
bool cli_pipe_broken(void); /* nobody reads the output any more */
bool cli_key_copy(const char *from, const char *to); /* false: `to` cannot be written */
int cli_key_write(const char *path);
char *cli_key_path(const cli *c);
bool cli_is_address(const char *db); /* of a server, not a file */
char *cli_place(const char *db);     /* as it may be shown, without user and password; free() it */

/* --- progress.c: between these two a long call shows how far it is --- */

void cli_progress_begin(cli *c, const char *doing, int64_t total);
void cli_progress_end(cli *c);

/* --- args.c: words into arguments --- */

/* Read the rest of a command into arguments of an operation. extra: options of the command itself,
 * name and where its value goes, ended by a NULL name. */
typedef struct cli_option {
    const char *name, **value;
} cli_option;
int cli_arguments(cli *c, const acrm_value *operation, cli_words *words, const cli_option *extra,
                  acrm_value *args);
/* Give one parameter its value as the command line writes it. */
int cli_argument(cli *c, const acrm_value *operation, const char *name, const char *text,
                 acrm_value *args);

/* --- output.c --- */

int cli_usage(const char *format, ...) __attribute__((format(printf, 1, 2)));
int cli_fail(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* Tell people, or programs, what went wrong; frees the error. The exit status. */
int cli_error(cli *c, const acrm_value *operation, int32_t status, acrm_error *error);
void cli_print_json(const acrm_value *value);
void cli_show(cli *c, const acrm_value *operation, const acrm_value *args,
              const acrm_value *result);
/* Tell times as --zone and --jalali say, until the end. */
int cli_show_times(const cli *c);
void cli_show_times_end(void);
/* Write a result that is a document of its own (document.c); false: it is none. */
bool cli_document(const acrm_value *operation, const acrm_value *result);
/* The plan of a work package (plan.c); false: the result is none. */
bool cli_plan(const acrm_value *operation, const acrm_value *result);
/* A statement of points as a table (points.c); false: the result is none. */
bool cli_points(const acrm_value *operation, const acrm_value *result);
/* Quotes side by side (quotes.c); false: it is something else. */
bool cli_quotes(const acrm_value *operation, const acrm_value *result);
void cli_print_csv(const acrm_value *list); /* of maps; RFC 4180 */
char *cli_cell(const acrm_value *value); /* one line for people */
int cli_finish(int status);              /* flush; a broken pipe is no failure to talk about */

/* --- suspects.c: candidates and duplicates; false: another operation's result --- */

bool cli_suspects(cli *c, const acrm_value *operation, const acrm_value *out);

/* --- grading.c: profiles and grades; false: another operation's result --- */

bool cli_grading(cli *c, const acrm_value *operation, const acrm_value *out);

/* --- table.c --- */

typedef struct cli_table {
    int columns;
    size_t rows;
    char **heads;
    char **cells; /* rows * columns; NULL: empty */
    bool *right;  /* numbers */
} cli_table;

cli_table *cli_table_new(int columns, size_t rows);
void cli_table_free(cli_table *table);
bool cli_table_is_id(const cli_table *table, int column); /* it holds ids alone */
/* How a table that is too wide for the terminal is made to fit. */
enum {
    CLI_CUT,    /* texts are cut, last columns left out; in a pipe at 140 columns */
    CLI_CHOSEN, /* the same, but whole in a pipe */
    CLI_WRAP    /* the last column goes on in the next line */
};
void cli_table_print(cli_table *table, int indent, int how);

/* --- commands --- */

int cli_call(cli *c, const char *operation, const acrm_value *args, acrm_value **out);
int cli_command(cli *c, cli_words words); /* any command, by its words */
int cli_operate(cli *c, const acrm_value *operation, cli_words *words);
int cli_attachment_add(cli *c, const acrm_value *operation, cli_words *words);
int cli_attachment_read(cli *c, const acrm_value *operation, cli_words *words);

/* sync.c */
int cli_sync_import(cli *c, const acrm_value *operation, cli_words *words);
int cli_draw_export(cli *c, const acrm_value *operation, cli_words *words);
int cli_init(cli *c, cli_words *words);
int cli_demo(cli *c, cli_words *words);
int cli_import(cli *c, cli_words *words);
/* changes.c: what the rows of a dry run would change, as a table. */
void cli_import_changes(const acrm_value *changes);
int cli_export(cli *c, cli_words *words);
int cli_describe(cli *c, cli_words *words);
int cli_verify(cli *c, cli_words *words);
int cli_backup(cli *c, cli_words *words);
int cli_copy_database(cli *c, cli_words *words);
int cli_tick(cli *c, cli_words *words);
int cli_workflow(cli *c, cli_words *words);
int cli_help(cli *c, cli_words *words);
int cli_completion(cli *c, cli_words *words);
int cli_complete(cli *c, cli_words *words);

/* Commands that are no operation: for help and completion. */
const char *cli_builtin(size_t n, const char **usage, const char **help); /* NULL at the end */

#endif
