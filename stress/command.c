/* SPDX-License-Identifier: BSD-2-Clause
 *
 * stress/command.c -- one command of a workload: recognised and encoded once.
 *
 * Everything that is the same in each request is put together beforehand,
 * lengths of words included; what is left to do is to copy the pieces and to
 * write keys, values and numbers between them.
 */
#include "stress/command.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "stress/value.h"

/* ---- what a command is ---- */

static const struct {
    const char *verb, *shape; /* words behind it: k m v s, w any, * any more */
    enum stress_act act;
    char family;
    bool left, blocking;
} known[] = {
    {"GET", "k", STRESS_GET, 's', false, false},
    {"SET", "kv*", STRESS_SET, 's', false, false},
    {"HSET", "kwv*", STRESS_HSET, 'h', false, false},
    {"HGET", "kw", STRESS_HGET, 'h', false, false},
    {"HGETALL", "k", STRESS_HGETALL, 'h', false, false},
    {"ZADD", "ksm", STRESS_ZADD, 'z', false, false},
    {"ZSCORE", "km", STRESS_ZSCORE, 'z', false, false},
    {"ZRANGE", "kwww", STRESS_ZRANGE, 'z', false, false},
    {"INCR", "k", STRESS_INCR, 'c', false, false},
    {"LPUSH", "kv", STRESS_PUSH, 'l', true, false},
    {"RPUSH", "kv", STRESS_PUSH, 'l', false, false},
    {"LPOP", "k", STRESS_POP, 'l', true, false},
    {"RPOP", "k", STRESS_POP, 'l', false, false},
    {"BLPOP", "kw", STRESS_POP, 'l', true, true},
    {"BRPOP", "kw", STRESS_POP, 'l', false, true},
    {"PUBLISH", "kv", STRESS_PUBLISH, 'p', false, false},
};

static char word_kind(const char *word)
{
    if (strncmp(word, "{key", 4) == 0 && word[strlen(word) - 1] == '}') {
        return 'k';
    }
    return strcmp(word, "{value}") == 0    ? 'v'
           : strcmp(word, "{score}") == 0  ? 's'
           : strcmp(word, "{member}") == 0 ? 'm'
           : strcmp(word, "{int}") == 0    ? 'i'
                                           : 'w';
}

static bool has_shape(const char *shape, char **words, unsigned n)
{
    unsigned i = 1;

    for (; *shape != '\0' && *shape != '*'; shape++, i++) {
        char kind = i < n ? word_kind(words[i]) : '\0';

        if (kind != *shape || (kind == 'w' && strchr(words[i], '{') != NULL)) {
            return false;
        }
    }
    return *shape == '*' || i == n;
}

/* The place of a field among those of the HSET; new ones are entered. */
static int field(struct stress_workload *w, const char *name, bool enter)
{
    for (unsigned i = 0; i < w->n_fields; i++) {
        if (strcmp(w->fields[i], name) == 0) {
            return (int)i;
        }
    }
    if (!enter || w->n_fields == sizeof(w->fields) / sizeof(*w->fields) ||
        strlen(name) >= sizeof(*w->fields)) {
        return -1;
    }
    strcpy(w->fields[w->n_fields], name);
    return (int)w->n_fields++;
}

/* All HSETs of a workload set the same fields, so that each of them makes one
 * version of the whole. */
static const char *hset_fields(struct stress_workload *w, char **words,
                               unsigned n)
{
    bool first = w->n_fields == 0;

    if (n % 2 != 0 || n > 2 + 2 * sizeof(w->fields) / sizeof(*w->fields)) {
        return "HSET wants up to eight pairs of a field and {value}";
    }
    for (unsigned i = 2; i < n; i += 2) {
        if (word_kind(words[i + 1]) != 'v' ||
            field(w, words[i], first) != (int)(i / 2 - 1)) {
            return "all HSETs of a workload must set the same fields, each to "
                   "{value}";
        }
    }
    return n == 2 + 2 * w->n_fields ? NULL
                                    : "all HSETs of a workload must set the "
                                      "same fields";
}

static const char *recognise(struct stress_op *op, char **words, unsigned n,
                             struct stress_workload *w)
{
    op->act = STRESS_PLAIN;
    op->family = 'x';
    for (size_t i = 0; i < sizeof(known) / sizeof(*known); i++) {
        if (strcasecmp(known[i].verb, words[0]) == 0 &&
            has_shape(known[i].shape, words, n)) {
            op->act = known[i].act;
            op->family = known[i].family;
            op->left = known[i].left;
            op->blocking = known[i].blocking;
        }
    }
    for (unsigned i = 1; i < n; i++) {
        const char *at = strstr(words[i], "{key:");

        if (at == NULL) {
            continue;
        }
        if (strlen(at) < 7 || at[6] != '}' || !strchr("shzclpx", at[5])) {
            return "{key:FAMILY} wants one of s h z c l p x";
        }
        if (op->act == STRESS_GET && at[5] == 'c') {
            op->act = STRESS_COUNT;
        } else if (op->family != at[5]) {
            op->act = STRESS_PLAIN;
        }
        op->family = at[5];
    }
    if (op->act == STRESS_ZRANGE && strcasecmp(words[n - 1], "WITHSCORES")) {
        op->act = STRESS_PLAIN;
    }
    if (op->act == STRESS_SET && n > 3) {
        w->expires = true;
    }
    return op->act == STRESS_HSET ? hset_fields(w, words, n) : NULL;
}

/* ---- encoding ---- */

struct builder {
    struct stress_op *op;
    size_t n, begun; /* bytes so far; where the piece at hand begins */
};

static void put(struct builder *b, const char *bytes, size_t len)
{
    memcpy(b->op->bytes + b->n, bytes, len);
    b->n += len;
}

/* Ends the bytes at hand; what follows is of that kind. */
static void cut(struct builder *b, char what, uint8_t part)
{
    struct stress_op *op = b->op;

    if (b->n > b->begun && op->n_pieces < STRESS_PIECES) {
        op->piece[op->n_pieces++] = (struct stress_piece){
            .bytes = op->bytes + b->begun, .len = b->n - b->begun};
    }
    b->begun = b->n;
    if (what != '\0' && op->n_pieces < STRESS_PIECES) {
        op->piece[op->n_pieces++] =
            (struct stress_piece){.what = what, .part = part};
        op->fixed_size += 64;
    }
}

/* A word of which at most {key} and {member} change: its length does not. */
static const char *put_word(struct builder *b, const char *word)
{
    size_t len = 0;
    char head[32];

    for (const char *s = word; *s != '\0';) {
        char kind = strncmp(s, "{key", 4) == 0       ? 'k'
                    : strncmp(s, "{member}", 8) == 0 ? 'm'
                                                     : '\0';

        len += kind == 'k'   ? STRESS_KEY_BYTES
               : kind == 'm' ? STRESS_MEMBER_BYTES
                             : 1;
        s = kind != '\0' ? strchr(s, '}') + 1 : s + 1;
    }
    put(b, head, (size_t)sprintf(head, "$%zu\r\n", len));
    for (const char *s = word; *s != '\0';) {
        if (strncmp(s, "{key", 4) == 0 || strncmp(s, "{member}", 8) == 0) {
            cut(b, s[1], 0);
            s = strchr(s, '}') + 1;
        } else if (*s == '{') {
            return "{value}, {int} and {score} must be words of their own";
        } else {
            put(b, s++, 1);
        }
    }
    put(b, "\r\n", 2);
    return NULL;
}

static const char *encode(struct stress_op *op, char **words, unsigned n)
{
    struct builder b = {.op = op};
    const char *wrong = NULL;
    char head[32];

    put(&b, head, (size_t)sprintf(head, "*%u\r\n", n));
    for (unsigned i = 0; i < n && wrong == NULL; i++) {
        char kind = word_kind(words[i]);

        if (strchr(words[i], '{') != NULL && strchr(words[i], '}') == NULL) {
            wrong = "a brace is not closed";
        } else if (kind == 'v' || kind == 'i' || kind == 's') {
            cut(&b, kind, kind == 'v' ? (uint8_t)op->n_values : 0);
            op->n_values += kind == 'v';
        } else {
            wrong = put_word(&b, words[i]);
        }
    }
    cut(&b, '\0', 0);
    op->fixed_size += b.n;
    if (wrong == NULL && op->n_pieces == STRESS_PIECES) {
        wrong = "too many words in braces";
    }
    return wrong;
}

const char *stress_command_init(struct stress_op *op, char **words,
                                unsigned n_words, struct stress_workload *w)
{
    size_t room = 64;
    const char *wrong;
    char *end = op->name;

    for (unsigned i = 0; i < n_words; i++) {
        room += strlen(words[i]) + 32;
    }
    for (const char *s = words[0]; *s != '\0' && end < op->name + 23; s++) {
        *end++ = (char)(*s >= 'a' && *s <= 'z' ? *s - 32 : *s);
    }
    op->bytes = calloc(1, room); /* ends with a 0, to be searched */
    if (op->bytes == NULL) {
        return "out of memory";
    }
    wrong = recognise(op, words, n_words, w);
    return wrong != NULL ? wrong : encode(op, words, n_words);
}
