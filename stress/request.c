/* SPDX-License-Identifier: BSD-2-Clause
 *
 * stress/request.c -- chooses the next requests of a client and encodes them.
 */
#include "stress/request.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "stress/clock.h"
#include "stress/worker.h"

/* Appends one bulk string. */
static size_t bulk(char *to, const char *text)
{
    return (size_t)sprintf(to, "$%zu\r\n%s\r\n", strlen(text), text);
}

static int greeting_init(struct stress_wire *wire,
                         const struct stress_options *o)
{
    const char *user = o->user != NULL ? o->user : "default";
    size_t n = 0;
    char *g = malloc(256 + strlen(user) +
                     (o->password != NULL ? strlen(o->password) : 0));

    if (g == NULL) {
        return -ENOMEM;
    }
    if (o->resp3) {
        n += (size_t)sprintf(g + n, "*%d\r\n", o->password != NULL ? 5 : 2);
        n += bulk(g + n, "HELLO");
        n += bulk(g + n, "3");
    } else if (o->password != NULL) {
        n += (size_t)sprintf(g + n, "*%d\r\n", o->user != NULL ? 3 : 2);
    }
    if (o->password != NULL) {
        n += bulk(g + n, "AUTH");
        if (o->resp3 || o->user != NULL) {
            n += bulk(g + n, user);
        }
        n += bulk(g + n, o->password);
    }
    wire->greeting_hellos = n > 0;
    n += (size_t)sprintf(g + n, "*1\r\n$4\r\nPING\r\n");
    wire->greeting = g;
    wire->greeting_len = n;
    return 0;
}

/* Everything up to the key, which stands at the end. */
static size_t head(char *to, int words, const char *name)
{
    size_t n = (size_t)sprintf(to, "*%d\r\n", words);

    n += bulk(to + n, name);
    return n + (size_t)sprintf(to + n, "$%d\r\n", STRESS_KEY_BYTES);
}

int stress_wire_init(struct stress_wire *wire, const struct stress_options *o)
{
    size_t n;

    wire->get_key = head(wire->get, 2, "GET");
    n = wire->get_key + STRESS_KEY_BYTES;
    wire->get_len = n + (size_t)sprintf(wire->get + n, "\r\n");
    wire->set_key = head(wire->set, 3, "SET");
    n = wire->set_key + STRESS_KEY_BYTES;
    wire->set_len = n + (size_t)sprintf(wire->set + n, "\r\n$%llu\r\n",
                                        (unsigned long long)o->value_bytes);
    if (greeting_init(wire, o) < 0) {
        return -ENOMEM;
    }
    wire->batch_bytes =
        o->pipeline * (wire->set_len + (size_t)o->value_bytes + 2);
    if (wire->batch_bytes < wire->greeting_len) {
        wire->batch_bytes = wire->greeting_len;
    }
    return 0;
}

void stress_wire_fini(struct stress_wire *wire)
{
    free(wire->greeting);
    wire->greeting = NULL;
}

size_t stress_request_get(const struct stress_wire *wire,
                          const struct stress_ledger *l, char *to, uint32_t key)
{
    memcpy(to, wire->get, wire->get_len);
    stress_key_write(l, to + wire->get_key, key);
    return wire->get_len;
}

static size_t encode_set(const struct stress_worker *w, char *to, uint32_t key,
                         uint32_t version)
{
    const struct stress_wire *wire = &w->run->wire;
    const struct stress_ledger *l = &w->run->ledger;
    char *value = to + wire->set_len;

    memcpy(to, wire->set, wire->set_len);
    stress_key_write(l, to + wire->set_key, key);
    stress_value_write(l, value, key, version);
    memcpy(value + l->value_bytes, "\r\n", 2);
    return wire->set_len + l->value_bytes + 2;
}

static size_t ask_get(struct stress_client *c, struct stress_worker *w,
                      char *to)
{
    struct stress_ledger *l = &w->run->ledger;
    uint32_t key = stress_random_below(&c->random, l->keys);

    *stress_slot(c, c->tail++) =
        (struct stress_slot){.request = STRESS_GET,
                             .key = key,
                             .version = stress_ledger_floor(l, key, c->id)};
    return stress_request_get(&w->run->wire, l, to, key);
}

static size_t ask_set(struct stress_client *c, struct stress_worker *w,
                      char *to, uint32_t own)
{
    struct stress_ledger *l = &w->run->ledger;
    uint32_t key = c->id + own * l->writers;
    uint32_t version = stress_ledger_send(l, key);

    *stress_slot(c, c->tail++) = (struct stress_slot){
        .request = STRESS_SET, .key = key, .version = version};
    return encode_set(w, to, key, version);
}

/* GET or SET by the weights; one without keys of its own only reads. */
static size_t ask_any(struct stress_client *c, struct stress_worker *w,
                      char *to)
{
    const struct stress_options *o = &w->run->options;
    bool set = stress_random_below(&c->random, o->set_weight + o->get_weight) <
               o->set_weight;

    if (set && c->own_keys > 0) {
        return ask_set(c, w, to, stress_random_below(&c->random, c->own_keys));
    }
    return ask_get(c, w, to);
}

static size_t fill_batch(struct stress_client *c, struct stress_worker *w)
{
    uint32_t most = w->run->options.pipeline;
    size_t n = 0;

    if (stress_client_reserve(c, most) < 0) {
        return 0;
    }
    for (; most > 0 && c->next_fill < c->own_keys; c->next_fill++, most--) {
        n += ask_set(c, w, w->output + n, c->next_fill);
    }
    return n;
}

/* How many requests go out together now. */
static uint64_t batch_size(const struct stress_client *c,
                           const struct stress_worker *w)
{
    const struct stress_options *o = &w->run->options;
    uint64_t most = o->pipeline;

    if (o->reconnect > 0) {
        uint64_t left = o->reconnect - c->served - stress_client_in_flight(c);

        most = most > left ? left : most;
    }
    return most > w->quota ? w->quota : most;
}

size_t stress_request_batch(struct stress_client *c, struct stress_worker *w,
                            uint64_t intended_at)
{
    uint64_t most;
    size_t n = 0;

    if (w->phase == STRESS_FILL) {
        return c->filled ? 0 : fill_batch(c, w);
    }
    if (w->phase == STRESS_DRAIN) {
        return 0;
    }
    most = batch_size(c, w);
    if (stress_client_reserve(c, (uint32_t)most) < 0) {
        return 0;
    }
    w->quota -= most;
    for (; most > 0; most--) {
        n += ask_any(c, w, w->output + n);
        stress_slot(c, c->tail - 1)->intended_at = intended_at;
    }
    return n;
}

size_t stress_request_greeting(struct stress_client *c, struct stress_worker *w)
{
    const struct stress_wire *wire = &w->run->wire;

    if (stress_client_reserve(c, 2) < 0) {
        return 0;
    }
    if (wire->greeting_hellos > 0) {
        *stress_slot(c, c->tail++) =
            (struct stress_slot){.request = STRESS_HELLO};
    }
    *stress_slot(c, c->tail++) = (struct stress_slot){.request = STRESS_PING};
    memcpy(w->output, wire->greeting, wire->greeting_len);
    return wire->greeting_len;
}
