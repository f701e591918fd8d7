/* SPDX-License-Identifier: MIT */
/*
 * Writes the header with a typed function for each operation (autocrm/operations.h) from what the
 * library says about itself.
 *
 * Usage: operations FILE
 */
#include "autocrm/autocrm.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char head[] =
    "/* SPDX-License-Identifier: MIT */\n"
    "/**\n"
    " * A typed function for each operation: acrm_op_NOUN_VERB. Written from the registry of the\n"
    " * library when it is built; not part of autocrm.h, nor of the ABI: a program that uses it\n"
    " * is built against the release it runs with.\n"
    " *\n"
    " * Zero the arguments and set what is to be given. Text (ids, instants, days, amounts and\n"
    " * choices too), lists and maps are left out while NULL; numbers and truths are made by\n"
    " * acrm_give_int(), acrm_give_real() and acrm_give_bool().\n"
    " */\n"
    "#ifndef AUTOCRM_OPERATIONS_H\n"
    "#define AUTOCRM_OPERATIONS_H\n"
    "\n"
    "#include \"autocrm/engine.h\"\n"
    "\n"
    "#include <string.h>\n"
    "\n"
    "#ifdef __cplusplus\n"
    "extern \"C\" {\n"
    "#endif\n"
    "\n"
    "/** A number or truth that may be left out. */\n"
    "typedef struct acrm_given_int {\n"
    "    int32_t given;\n"
    "    int64_t value;\n"
    "} acrm_given_int;\n"
    "typedef struct acrm_given_real {\n"
    "    int32_t given;\n"
    "    double value;\n"
    "} acrm_given_real;\n"
    "typedef struct acrm_given_bool {\n"
    "    int32_t given;\n"
    "    int32_t value;\n"
    "} acrm_given_bool;\n"
    "\n"
    "static inline acrm_given_int acrm_give_int(int64_t value)\n"
    "{\n"
    "    acrm_given_int given;\n"
    "\n"
    "    given.given = 1;\n"
    "    given.value = value;\n"
    "    return given;\n"
    "}\n"
    "\n"
    "static inline acrm_given_real acrm_give_real(double value)\n"
    "{\n"
    "    acrm_given_real given;\n"
    "\n"
    "    given.given = 1;\n"
    "    given.value = value;\n"
    "    return given;\n"
    "}\n"
    "\n"
    "static inline acrm_given_bool acrm_give_bool(int32_t value)\n"
    "{\n"
    "    acrm_given_bool given;\n"
    "\n"
    "    given.given = 1;\n"
    "    given.value = value;\n"
    "    return given;\n"
    "}\n"
    "\n";

static const char call_head[] =
    "/** What an argument is, and where it is in its struct. */\n"
    "typedef struct acrm_op_argument {\n"
    "    const char *name;\n"
    "    size_t offset;\n"
    "    int32_t type; /**< ACRM_TEXT, ACRM_INT, ACRM_REAL, ACRM_BOOL, ACRM_MAP for any tree */\n"
    "} acrm_op_argument;\n"
    "\n"
    "static inline int32_t acrm_op_put(acrm_value *map, const acrm_op_argument *argument,\n"
    "                                  const void *place)\n"
    "{\n"
    "    const char *text = NULL;\n"
    "    const acrm_value *tree = NULL;\n"
    "    acrm_given_int integer;\n"
    "    acrm_given_real real;\n"
    "    acrm_given_bool truth;\n"
    "\n"
    "    switch (argument->type) {\n"
    "    case ACRM_TEXT:\n"
    "        memcpy(&text, place, sizeof text);\n"
    "        return text == NULL ? ACRM_OK\n"
    "                            : acrm_value_set_text(acrm_value_put(map, argument->name), text,\n"
    "                                                  strlen(text));\n"
    "    case ACRM_INT:\n"
    "        memcpy(&integer, place, sizeof integer);\n"
    "        return !integer.given ? ACRM_OK\n"
    "                              : acrm_value_set_int(acrm_value_put(map, argument->name),\n"
    "                                                   integer.value);\n"
    "    case ACRM_REAL:\n"
    "        memcpy(&real, place, sizeof real);\n"
    "        return !real.given ? ACRM_OK\n"
    "                           : acrm_value_set_real(acrm_value_put(map, argument->name),\n"
    "                                                 real.value);\n"
    "    case ACRM_BOOL:\n"
    "        memcpy(&truth, place, sizeof truth);\n"
    "        return !truth.given ? ACRM_OK\n"
    "                            : acrm_value_set_bool(acrm_value_put(map, argument->name),\n"
    "                                                  truth.value);\n"
    "    default:\n"
    "        memcpy(&tree, place, sizeof tree);\n"
    "        return tree == NULL ? ACRM_OK\n"
    "                            : acrm_value_set_copy(acrm_value_put(map, argument->name),\n"
    "                                                  tree);\n"
    "    }\n"
    "}\n"
    "\n"
    "/* Every function below is this one with its name and its arguments. */\n"
    "static inline int32_t acrm_op_call(acrm_session *session, const char *operation,\n"
    "                                   const acrm_op_argument *arguments, size_t count,\n"
    "                                   const void *in, acrm_value **out, acrm_error **err)\n"
    "{\n"
    "    acrm_value *map = NULL;\n"
    "    int32_t status = acrm_value_new(NULL, &map);\n"
    "    size_t n = 0;\n"
    "\n"
    "    if (status == ACRM_OK)\n"
    "        status = acrm_value_set_map(map);\n"
    "    for (; status == ACRM_OK && in != NULL && n < count; n++)\n"
    "        status = acrm_op_put(map, &arguments[n], (const char *)in + arguments[n].offset);\n"
    "    if (status == ACRM_OK)\n"
    "        status = acrm_call(session, operation, map, out, err);\n"
    "    else if (err != NULL)\n"
    "        *err = acrm_error_new(status, \"arguments\", n > 0 ? arguments[n - 1].name : \"\",\n"
    "                              \"an argument could not be taken\");\n"
    "    acrm_value_free(map);\n"
    "    return status;\n"
    "}\n";

static const char *const reserved[] = {
    "auto", "break", "case", "char", "class", "const", "continue", "default", "delete", "do",
    "double", "else", "enum", "export", "extern", "float", "for", "friend", "goto", "if",
    "inline", "int", "long", "namespace", "new", "operator", "private", "protected", "public",
    "register", "return", "short", "signed", "sizeof", "static", "struct", "switch", "template",
    "this", "throw", "try", "typedef", "typename", "union", "unsigned", "using", "virtual", "void",
    "volatile", "while",
};

static const char *text_of(const acrm_value *map, const char *key)
{
    const char *text = acrm_value_text(acrm_value_get(map, key), NULL);

    return text ? text : "";
}

/* The name of a member: a word that C or C++ keeps for itself gets a line behind it. */
static const char *member_of(const char *name, char *room, size_t size)
{
    const char *line = "";

    for (size_t i = 0; i < sizeof reserved / sizeof *reserved; i++)
        if (strcmp(reserved[i], name) == 0)
            line = "_";
    snprintf(room, size, "%s%s", name, line);
    return room;
}

static int has_type(const acrm_value *schema, const char *name)
{
    const acrm_value *type = acrm_value_get(schema, "type");

    if (acrm_value_type(type) == ACRM_TEXT)
        return strcmp(acrm_value_text(type, NULL), name) == 0;
    for (size_t i = 0; i < acrm_value_count(type); i++)
        if (strcmp(acrm_value_text(acrm_value_at(type, i), NULL), name) == 0)
            return 1;
    return 0;
}

typedef struct kind {
    const char *json;     /* type of the schema */
    const char *member;   /* declaration of the member */
    const char *constant; /* of acrm_op_argument.type */
} kind;

static const kind kinds[] = {
    {"string", "const char *", "ACRM_TEXT"},
    {"integer", "acrm_given_int ", "ACRM_INT"},
    {"number", "acrm_given_real ", "ACRM_REAL"},
    {"boolean", "acrm_given_bool ", "ACRM_BOOL"},
    {NULL, "const acrm_value *", "ACRM_MAP"},
};

static const kind *kind_of(const acrm_value *schema)
{
    const kind *found = kinds;

    while (found->json && !has_type(schema, found->json))
        found++;
    return found;
}

/* A doc comment must not end early. */
static void put_comment(FILE *out, const char *text)
{
    for (; *text; text++)
        if (!(text[0] == '*' && text[1] == '/'))
            fputc(*text == '\n' ? ' ' : *text, out);
}

static int is_required(const acrm_value *parameters, const char *name)
{
    const acrm_value *required = acrm_value_get(parameters, "required");

    for (size_t i = 0; i < acrm_value_count(required); i++)
        if (strcmp(acrm_value_text(acrm_value_at(required, i), NULL), name) == 0)
            return 1;
    return 0;
}

static void put_struct(FILE *out, const char *function, const acrm_value *parameters)
{
    const acrm_value *members = acrm_value_get(parameters, "properties");
    char room[128];

    fprintf(out, "\n/** Arguments of %s. */\ntypedef struct %s_in {\n", function, function);
    for (size_t i = 0; i < acrm_value_count(members); i++) {
        const char *name = acrm_value_key(members, i, NULL);
        const acrm_value *schema = acrm_value_at(members, i);

        fprintf(out, "    %s%s; /**< ", kind_of(schema)->member,
                member_of(name, room, sizeof room));
        if (is_required(parameters, name))
            fputs("(required) ", out);
        put_comment(out, text_of(schema, "description"));
        fputs(" */\n", out);
    }
    fprintf(out, "} %s_in;\n", function);
}

static void put_function(FILE *out, const char *function, const acrm_value *operation)
{
    const acrm_value *parameters = acrm_value_get(operation, "parameters");
    const acrm_value *members = acrm_value_get(parameters, "properties");
    size_t count = acrm_value_count(members);
    char room[128];

    if (count > 0)
        put_struct(out, function, parameters);
    fputs("\n/** ", out);
    put_comment(out, text_of(operation, "help"));
    fprintf(out, ". */\nstatic inline int32_t %s(acrm_session *session,\n", function);
    fprintf(out, count > 0 ? "    const %s_in *in, acrm_value **out, acrm_error **err)\n{\n"
                           : "    acrm_value **out, acrm_error **err)\n{\n",
            function);
    if (count > 0)
        fputs("    static const acrm_op_argument arguments[] = {\n", out);
    for (size_t i = 0; i < count; i++) {
        const char *name = acrm_value_key(members, i, NULL);

        fprintf(out, "        {\"%s\", offsetof(%s_in, %s), %s},\n", name, function,
                member_of(name, room, sizeof room),
                kind_of(acrm_value_at(members, i))->constant);
    }
    if (count > 0)
        fprintf(out, "    };\n\n    return acrm_op_call(session, \"%s\", arguments, %zu, in, out, "
                     "err);\n}\n", text_of(operation, "name"), count);
    else
        fprintf(out, "    return acrm_op_call(session, \"%s\", NULL, 0, NULL, out, err);\n}\n",
                text_of(operation, "name"));
}

static void put_operations(FILE *out, const acrm_value *operations)
{
    char function[160];

    fputs(head, out);
    fputs(call_head, out);
    for (size_t i = 0; i < acrm_value_count(operations); i++) {
        const acrm_value *operation = acrm_value_at(operations, i);

        snprintf(function, sizeof function, "acrm_op_%s", text_of(operation, "name"));
        for (char *c = function; *c; c++)
            if (*c == '.')
                *c = '_';
        put_function(out, function, operation);
    }
    fputs("\n#ifdef __cplusplus\n}\n#endif\n\n#endif\n", out);
}

int main(int argc, char **argv)
{
    acrm_engine *engine = NULL;
    acrm_buf *text = NULL;
    acrm_value *registry = NULL;
    FILE *out = NULL;
    int failed = 1;

    if (argc != 2) {
        fputs("usage: operations FILE\n", stderr);
        return 2;
    }
    if (acrm_open("memory:", NULL, &engine, NULL) != ACRM_OK
        || acrm_describe(engine, "registry", &text, NULL) != ACRM_OK
        || acrm_value_parse(NULL, acrm_buf_data(text), acrm_buf_len(text), &registry, NULL)
               != ACRM_OK) {
        fputs("operations: the registry could not be read\n", stderr);
        goto done;
    }
    out = fopen(argv[1], "w");
    if (!out) {
        perror(argv[1]);
        goto done;
    }
    put_operations(out, acrm_value_get(registry, "operations"));
    failed = ferror(out) != 0;
    failed |= fclose(out) != 0;
done:
    acrm_value_free(registry);
    acrm_buf_free(text);
    acrm_close(engine);
    return failed;
}
