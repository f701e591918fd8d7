/* SPDX-License-Identifier: MIT */
/* Searches of the stock among ever more vehicles, against the same among ten thousand. */
#include "bench.h"

#include "autocrm/autocrm.h"

#include <sodium.h>
#include <sqlite3.h>
#include <unistd.h>

enum { STOCK_SMALL = 10000, STOCK_DEALERS = 200 };

typedef struct world {
    acrm_engine *engine;
    acrm_session *session;
    char path[80], dealer[40];
    long size;
    uint64_t counter;
} world;

typedef struct search {
    world *large, *small;
    const char *json; /* "%s": the dealer; "%ld": the number of a vehicle in the middle */
} search;

static void fail(const char *what, const char *why)
{
    fprintf(stderr, "%s: %s\n", what, why);
    exit(EXIT_FAILURE);
}

static void call(world *w, const char *operation, const char *json)
{
    acrm_buf *out = NULL;
    acrm_error *err = NULL;

    if (acrm_call_json(w->session, operation, json, strlen(json), &out, &err) != ACRM_OK)
        fail(operation, acrm_error_json(err));
    const char *at = strstr(acrm_buf_data(out), "\"id\":\"");
    if (!at)
        fail(json, "nothing was found");
    snprintf(w->dealer, w->dealer[0] ? 0 : sizeof w->dealer, "%.36s", at + 6);
    bench_keep(acrm_buf_data(out));
    acrm_buf_free(out);
}

static void new_id(sqlite3_context *context, int argc, sqlite3_value **argv)
{
    world *w = sqlite3_user_data(context);
    unsigned char id[16];

    (void)argc, (void)argv;
    randombytes_buf(id, sizeof id);
    w->counter++;
    for (int i = 0; i < 6; i++)
        id[i] = (unsigned char)(w->counter >> (40 - 8 * i));
    id[6] = (unsigned char)(0x70 | (id[6] & 15));
    id[8] = (unsigned char)(0x80 | (id[8] & 63));
    sqlite3_result_blob(context, id, sizeof id, SQLITE_TRANSIENT);
}

static void enter(world *w)
{
    acrm_error *err = NULL;

    if (acrm_open(w->path, NULL, &w->engine, &err) != ACRM_OK ||
        acrm_session_new(w->engine, "system", &w->session, &err) != ACRM_OK)
        fail(w->path, acrm_error_json(err));
}

static void shut(world *w)
{
    acrm_session_free(w->session);
    acrm_close(w->engine);
}

/* A fifth of them in stock, at 200 dealers, of 20 makes with 10 models each. */
static void fill(world *w)
{
    static const char sql[] =
        "INSERT INTO vehicle(id,version,created_at,updated_at,name,vin,make,model,model_year,kind,"
        "status,dealer_id,currency,asking_price,stock_number,arrived_on)"
        " WITH RECURSIVE n(i,h) AS (VALUES(0,0) UNION ALL SELECT i+1,"
        "(i+1)*2654435761%%4294967296/4096 FROM n WHERE i+1<%ld)"
        " SELECT new_id(),1,1,1,'Make '||(i%%20)||' Model '||(i/20%%10),"
        "'V'||printf('%%016d',i),'Make '||(i%%20),'Model '||(i/20%%10),2020+i%%7,"
        "CASE WHEN h%%3=0 THEN 'new' ELSE 'used' END,"
        "CASE h/3%%5 WHEN 0 THEN 'in_stock' WHEN 1 THEN 'sold' ELSE 'delivered' END,"
        "(SELECT id FROM dealer WHERE code='D'||(h/15%%%d)),'EUR',"
        "500000+i*1299709%%9500000,'S'||i,20000+i*15485863%%400 FROM n";
    sqlite3 *db = NULL;
    char text[2048], json[120];

    for (int i = 0; i < STOCK_DEALERS; i++) {
        snprintf(json, sizeof json, "{\"name\":\"Dealer %d\",\"code\":\"D%d\"}", i, i);
        call(w, "dealer.create", json);
    }
    shut(w); /* by hand the file is filled alone */
    snprintf(text, sizeof text, sql, w->size, STOCK_DEALERS);
    if (sqlite3_open(w->path, &db) != SQLITE_OK ||
        sqlite3_create_function(db, "new_id", 0, SQLITE_UTF8, w, new_id, NULL, NULL) != SQLITE_OK ||
        sqlite3_exec(db, text, NULL, NULL, NULL) != SQLITE_OK ||
        sqlite3_exec(db, "PRAGMA wal_checkpoint(TRUNCATE); ANALYZE", NULL, NULL, NULL) != SQLITE_OK)
        fail("fill", sqlite3_errmsg(db));
    sqlite3_close(db);
    enter(w);
}

static void open_world(world *w, const char *name, long size)
{
    memset(w, 0, sizeof *w);
    w->size = size;
    snprintf(w->path, sizeof w->path, "/tmp/acrm_stock_search_%ld_%s.db", (long)getpid(), name);
    unlink(w->path);
    enter(w);
    fill(w);
}

static void close_world(world *w)
{
    static const char *const ends[] = { "", "-wal", "-shm" };
    char path[100];

    shut(w);
    for (int i = 0; i < 3; i++) {
        snprintf(path, sizeof path, "%s%s", w->path, ends[i]);
        unlink(path);
    }
}

static void look(world *w, const char *json, long ops)
{
    char text[600];
    const char *at = strchr(json, '%');

    if (!at)
        snprintf(text, sizeof text, "%s", json);
    else if (at[1] == 's')
        snprintf(text, sizeof text, "%.*s%s%s", (int)(at - json), json, w->dealer, at + 2);
    else
        snprintf(text, sizeof text, "%.*s%016ld%s", (int)(at - json), json, w->size / 2, at + 2);
    for (long i = 0; i < ops; i++)
        call(w, "vehicle.list", text);
}

static void in_large(void *user, long ops)
{
    const search *s = user;

    look(s->large, s->json, ops);
}

static void in_small(void *user, long ops)
{
    const search *s = user;

    look(s->small, s->json, ops);
}

int main(int argc, char **argv)
{
    static const long sizes[] = { STOCK_SMALL, 100000, 1000000 };
    static const struct {
        const char *name, *json;
    } searches[] = {
        { "stock.model_by_price", "{\"where\":{\"status\":\"in_stock\",\"make\":\"Make 3\","
          "\"model\":\"Model 4\"},\"order\":[\"asking_price\"],\"limit\":5}" },
        { "stock.by_price", "{\"where\":{\"status\":\"in_stock\",\"asking_price\":{\"$gte\":"
          "\"20000.00 EUR\",\"$lte\":\"30000.00 EUR\"}},\"order\":[\"asking_price\"],"
          "\"limit\":5}" },
        { "stock.of_dealer", "{\"where\":{\"dealer_id\":\"%s\",\"status\":\"in_stock\"},"
          "\"order\":[\"arrived_on\"],\"limit\":5}" },
        { "stock.oldest", "{\"where\":{\"status\":\"in_stock\",\"kind\":\"new\"},"
          "\"order\":[\"arrived_on\"],\"limit\":5}" },
        { "stock.by_vin", "{\"where\":{\"vin\":\"V%d\"}}" },
    };
    bench b = bench_begin(argc, argv);
    world small;

    if (sodium_init() < 0)
        return EXIT_FAILURE;
    open_world(&small, "small", STOCK_SMALL);
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        world large;
        if (!bench_wants_size(&b, sizes[i], STOCK_SMALL))
            continue;
        open_world(&large, "large", sizes[i]);
        for (size_t k = 0; k < sizeof searches / sizeof searches[0]; k++) {
            search s = { &large, &small, searches[k].json };
            bench_compare(&b, &(bench_measure){ .name = searches[k].name, .size = sizes[i],
                          .goal = 1.5, .ours = in_large, .baseline = in_small, .user = &s });
        }
        close_world(&large);
    }
    close_world(&small);
    return bench_end(&b);
}
