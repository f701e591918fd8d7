/* SPDX-License-Identifier: MIT */
/* What the business asks of those who sign in, and which passwords it takes. */
#include "base/json.h"
#include "base/text.h"
#include "modules/signin/signin.h"

#include <string.h>

/* Passwords that are tried first by whoever guesses, folded. One that is a word of this list with
 * digits and signs before or after it is refused too. */
static const char *const policy_known[] = {
    "password", "passwort", "passw0rd", "motdepasse", "contrasena", "parola", "senha", "kennwort",
    "qwerty", "qwertyuiop", "qwertz", "azerty", "asdfgh", "asdfghjkl", "zxcvbnm", "qazwsx",
    "qwerasdf", "letmein", "welcome", "willkommen", "bienvenue", "benvenuto", "iloveyou",
    "sunshine", "princess", "dragon", "monkey", "football", "baseball", "superman", "batman",
    "master", "shadow", "michael", "jennifer", "jordan", "hunter", "freedom", "whatever", "trustno",
    "starwars", "computer", "internet", "samsung", "google", "secret", "access", "login", "admin",
    "administrator", "root", "user", "test", "guest", "default", "changeme", "temporary", "manager",
    "service", "support", "sales", "dealer", "customer", "company", "autocrm", "summer", "winter",
    "spring", "autumn", "monday", "friday", "january", "december", "abcdefgh", "abcdefghij",
};

static const struct {
    uint32_t field;
    size_t offset;
} policy_fields[] = {
    { F_signin_policy__password_min, offsetof(acrm__signin_policy, password_min) },
    { F_signin_policy__memory_kib, offsetof(acrm__signin_policy, memory_kib) },
    { F_signin_policy__passes, offsetof(acrm__signin_policy, passes) },
    { F_signin_policy__idle, offsetof(acrm__signin_policy, idle) },
    { F_signin_policy__lifetime, offsetof(acrm__signin_policy, lifetime) },
    { F_signin_policy__code_life, offsetof(acrm__signin_policy, code_life) },
    { F_signin_policy__lock_after, offsetof(acrm__signin_policy, lock_after) },
    { F_signin_policy__lock_for, offsetof(acrm__signin_policy, lock_for) },
};

int32_t acrm__signin_policy_read(acrm__call *call, acrm__signin_policy *out)
{
    acrm__rec *rec = NULL;
    acrm_value *refused = NULL;
    acrm__json_fault fault;
    int32_t st = acrm__find_one(call, &(acrm__select){ .entity = "signin_policy",
                                                       .as_system = true }, &rec);

    *out = (acrm__signin_policy){ .password_min = 10, .memory_kib = 19456, .passes = 2,
                                  .idle = 3600, .lifetime = 43200, .code_life = 600,
                                  .lock_after = 10, .lock_for = 900 };
    if (st != ACRM_OK || !rec)
        return st;
    for (size_t i = 0; i < sizeof policy_fields / sizeof policy_fields[0]; i++) {
        int64_t value = acrm__int(rec, policy_fields[i].field);
        memcpy((char *)out + policy_fields[i].offset, &value, sizeof value);
    }
    const acrm_cell *cell = &rec->cells[F_signin_policy__refused];
    if (cell->type != ACRM_CELL_TEXT)
        return ACRM_OK;
    st = acrm__json_read(call->arena, cell->data, cell->size, &refused, &fault);
    out->refused = refused;
    return st == ACRM_OK ? ACRM_OK : acrm__nomem(call); /* it was written as JSON */
}

int32_t acrm__signin_policy_write(acrm__call *call, acrm__rec *rec, const acrm__rec *before)
{
    const acrm_cell *cell = &rec->cells[F_signin_policy__refused];
    acrm_value *words = NULL;
    acrm__json_fault fault;

    (void)before;
    if (cell->type != ACRM_CELL_TEXT)
        return ACRM_OK;
    if (acrm__json_read(call->arena, cell->data, cell->size, &words, &fault) != ACRM_OK)
        return acrm__nomem(call);
    bool good = acrm_value_type(words) == ACRM_LIST;
    for (size_t i = 0; good && i < acrm_value_count(words); i++)
        good = acrm_value_type(acrm_value_at(words, i)) == ACRM_TEXT;
    return good ? ACRM_OK : acrm__fail(call, ACRM_E_INVALID, "type", "refused",
                                       "refused must be a list of words");
}

/* --- Passwords --- */

enum { POLICY_LOGIN = 3 /* a shorter login is in many a word */ };

static const char *policy_fold(acrm__call *call, const char *text)
{
    acrm__str folded;

    acrm__str_init(&folded, &call->arena->allocator);
    acrm__fold(text, strlen(text), &folded);
    const char *copy = folded.failed ? NULL
                                     : acrm__arena_text(call->arena, folded.len ? folded.data : "",
                                                        folded.len);
    acrm__str_free(&folded);
    return copy;
}

/* The password without the digits at both ends is the word. */
static bool policy_is_word(const char *folded, const char *word)
{
    size_t len = strlen(word), lead = strspn(folded, "0123456789 ");

    if (len == 0)
        return false;
    if (strcmp(folded, word) == 0)
        return true;
    return strncmp(folded + lead, word, len) == 0 &&
           strspn(folded + lead + len, "0123456789 ") == strlen(folded + lead + len);
}

/* One character again and again, or each the next of the one before: aaaaaaaaaa, 1234567890. */
static bool policy_is_row(const char *folded)
{
    size_t len = strlen(folded), same = 0;

    for (size_t i = 1; i < len; i++) {
        int32_t step = folded[i] - folded[i - 1];
        same += step >= -1 && step <= 1;
    }
    return len > 0 && same * 5 >= (len - 1) * 4;
}

static const char *policy_fault(acrm__call *call, const acrm__signin_policy *policy,
                                const char *login, const char *folded, bool *nomem)
{
    const char *name = login ? policy_fold(call, login) : "";
    *nomem = !name;
    if (!name)
        return NULL;
    if (strlen(name) >= POLICY_LOGIN && strstr(folded, name))
        return "it holds the login";
    if (policy_is_row(folded))
        return "it is a row of characters";
    for (size_t i = 0; i < sizeof policy_known / sizeof policy_known[0]; i++)
        if (policy_is_word(folded, policy_known[i]))
            return "it is among those that are tried first";
    for (size_t i = 0; i < acrm_value_count(policy->refused); i++) {
        const char *word = policy_fold(call, acrm_value_text(acrm_value_at(policy->refused, i),
                                                             NULL));
        *nomem = *nomem || !word;
        if (word && policy_is_word(folded, word))
            return "it is a word that is not taken here";
    }
    return NULL;
}

int32_t acrm__signin_password_check(acrm__call *call, const acrm__signin_policy *policy,
                                    const char *login, const char *password, const char *field)
{
    const char *folded = policy_fold(call, password);
    bool nomem = false;

    if (!folded)
        return acrm__nomem(call);
    if ((int64_t)acrm__utf8_count(password, strlen(password)) < policy->password_min)
        return acrm__fail(call, ACRM_E_INVALID, "too_short", field,
                          "a password has at least %lld characters",
                          (long long)policy->password_min);
    const char *fault = policy_fault(call, policy, login, folded, &nomem);
    if (nomem)
        return acrm__nomem(call);
    return fault ? acrm__fail(call, ACRM_E_INVALID, "weak", field, "the password is not taken: %s",
                              fault) : ACRM_OK;
}
