/* SPDX-License-Identifier: BSD-2-Clause
 *
 * stress/blast_kind.c -- the requests that blast can send, and their replies.
 *
 * In the words of a kind, a run of # stands for the digits of the container, a
 * run of % for those of a member in it, a run of ~ for any digits, and @ for
 * the value. All requests of a kind are of one length.
 */
#include "stress/blast_kind.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define KEY "key:########"
#define TWO KEY " @ " KEY " @ "

enum reply {
    VALUE, /* a bulk string of the value's size */
    OK,
    PONG,
    BIT,   /* an integer of one digit */
    COUNT, /* an integer of any size */
    TEN    /* ten members of a sorted set */
};

struct blast_kind {
    const char *name, *words;
    enum reply reply;
    const char *fill;
    uint32_t members; /* in each container */
    bool in_order;
};

static const struct blast_kind kinds[] = {
    {"get", "GET " KEY, VALUE, "set", 1, false},
    {"set", "SET " KEY " @", OK, "set", 1, false},
    {"ping", "PING", PONG, NULL, 1, false},
    {"incr", "INCR counter:########", COUNT, "incr", 1, false},
    {"mset", "MSET " TWO TWO TWO TWO TWO, OK, "set", 1, false},
    {"lpush", "LPUSH list:######## @", COUNT, NULL, 1, true},
    {"lpop", "LPOP list:########", VALUE, "lpush", 1, true},
    {"hset", "HSET hash:####### field:% @", BIT, "hset", 10, false},
    {"hget", "HGET hash:####### field:%", VALUE, "hset", 10, false},
    {"sadd", "SADD set:##### member:%%%", BIT, "sadd", 1000, false},
    {"zadd", "ZADD zset:###### ~~~~ member:%%", BIT, "zadd", 100, false},
    {"zrange", "ZRANGE zset:###### 0 9", TEN, "zadd", 100, false},
    {"publish", "PUBLISH channel:######## @", BIT, NULL, 1, false},
};

const struct blast_kind *blast_kind(const char *name)
{
    for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++) {
        if (strcmp(kinds[i].name, name) == 0) {
            return &kinds[i];
        }
    }
    return NULL;
}

const char *blast_kind_name(const struct blast_kind *k)
{
    return k->name;
}

const struct blast_kind *blast_kind_fill(const struct blast_kind *k)
{
    return k->fill != NULL ? blast_kind(k->fill) : NULL;
}

bool blast_kind_in_order(const struct blast_kind *k)
{
    return k->in_order;
}

bool blast_kind_memcached(const struct blast_kind *k)
{
    return strcmp(k->name, "get") == 0 || strcmp(k->name, "set") == 0;
}

/* ---- requests ---- */

static size_t encode_resp(char *to, const char *words, const char *value)
{
    char copy[512], *rest = NULL;
    int count = 0;
    size_t n;

    for (const char *s = words; *s != '\0'; s++) {
        count += *s != ' ' && (s[1] == ' ' || s[1] == '\0');
    }
    n = (size_t)sprintf(to, "*%d\r\n", count);
    snprintf(copy, sizeof(copy), "%s", words);
    for (char *word = strtok_r(copy, " ", &rest); word != NULL;
         word = strtok_r(NULL, " ", &rest)) {
        const char *text = *word == '@' ? value : word;

        n += (size_t)sprintf(to + n, "$%zu\r\n%s\r\n", strlen(text), text);
    }
    return n;
}

static size_t encode_memcached(char *to, const struct blast_kind *k,
                               const char *value)
{
    if (k->reply == VALUE) {
        return (size_t)sprintf(to, "get " KEY "\r\n");
    }
    return (size_t)sprintf(to, "set " KEY " 0 0 %zu\r\n%s\r\n", strlen(value),
                           value);
}

/* Each run of # begins a key of its own. */
static void find_places(struct blast_request *r)
{
    for (size_t at = 0; at < r->length;) {
        char what = r->bytes[at];
        size_t end = at + 1;

        if (what != '#' && what != '%' && what != '~') {
            at++;
            continue;
        }
        while (end < r->length && r->bytes[end] == what) {
            end++;
        }
        r->keys += what == '#';
        if (r->n_places < BLAST_PLACES) {
            r->place[r->n_places++] = (struct blast_place){
                what, r->keys > 0 ? r->keys - 1 : 0, (unsigned)(end - at), at};
        }
        memset(r->bytes + at, '0', end - at);
        at = end;
    }
}

bool blast_request_init(struct blast_request *r, const struct blast_kind *k,
                        size_t value_bytes, bool memcached)
{
    char *value = malloc(value_bytes + 1);

    *r = (struct blast_request){.members = k->members};
    r->bytes = malloc(1024 + 10 * value_bytes);
    if (value != NULL && r->bytes != NULL) {
        memset(value, 'x', value_bytes);
        value[value_bytes] = '\0';
        r->length = memcached ? encode_memcached(r->bytes, k, value)
                              : encode_resp(r->bytes, k->words, value);
        find_places(r);
    }
    free(value);
    return r->length > 0;
}

void blast_request_key(const struct blast_request *r, char *bytes, unsigned nth,
                       uint32_t key, uint32_t any)
{
    for (unsigned i = 0; i < r->n_places; i++) {
        const struct blast_place *p = &r->place[i];
        uint32_t v = p->what == '~' ? any : key;

        if (p->key != nth) {
            continue;
        }
        if (p->what != '~' && r->members > 1) {
            v = p->what == '#' ? key / r->members : key % r->members;
        }
        for (unsigned d = p->digits; d-- > 0; v /= 10) {
            bytes[p->at + d] = (char)('0' + v % 10);
        }
    }
}

/* ---- replies ---- */

static void memcached_reply(struct blast_reply *r, const struct blast_kind *k,
                            size_t value_bytes)
{
    if (k->reply == VALUE) {
        r->length =
            (size_t)snprintf(NULL, 0, "VALUE " KEY " 0 %zu\r\n", value_bytes) +
            value_bytes + strlen("\r\nEND\r\n");
        strcpy(r->head, "VA");
        return;
    }
    strcpy(r->head, "ST");
    r->length = strlen("STORED\r\n");
}

void blast_reply_init(struct blast_reply *r, const struct blast_kind *k,
                      size_t value_bytes, bool memcached)
{
    char text[32];

    *r = (struct blast_reply){.length = 1};
    if (memcached) {
        memcached_reply(r, k, value_bytes);
        return;
    }
    switch (k->reply) {
    case VALUE:
        r->length =
            (size_t)snprintf(text, sizeof(text), "$%zu\r\n", value_bytes) +
            value_bytes + 2;
        memcpy(r->head, text, 2);
        break;
    case OK:
        strcpy(r->head, "+O");
        r->length = strlen("+OK\r\n");
        break;
    case PONG:
        strcpy(r->head, "+P");
        r->length = strlen("+PONG\r\n");
        break;
    case BIT:
        r->head[0] = ':';
        r->length = strlen(":0\r\n");
        break;
    case COUNT:
        r->lines = true;
        break;
    case TEN:
        strcpy(r->head, "*1");
        r->length = strlen("*10\r\n") + 10 * strlen("$9\r\nmember:00\r\n");
        break;
    }
}

ssize_t blast_reply_count(const struct blast_reply *r, size_t due,
                          const char *bytes, size_t n)
{
    ssize_t lines = 0;

    if (!r->lines) {
        bool first = due % r->length == 0 && n >= 2;

        return first && memcmp(bytes, r->head, strlen(r->head)) != 0
                   ? -1
                   : (ssize_t)n;
    }
    if (*bytes == '-') {
        return -1;
    }
    for (size_t i = 0; i < n; i++) {
        lines += bytes[i] == '\n';
    }
    return lines;
}
