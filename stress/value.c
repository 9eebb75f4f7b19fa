/* SPDX-License-Identifier: BSD-2-Clause
 *
 * stress/value.c -- values that tell where they come from.
 */
#include "stress/value.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "stress/clock.h"

#define SIZE_MAX_BYTES (512u << 20)

/* ---- sizes ---- */

static bool number(const char **s, uint32_t least, uint32_t *out)
{
    char *end;
    unsigned long v;

    if (**s < '0' || **s > '9') {
        return false;
    }
    v = strtoul(*s, &end, 10);
    if (v < least || v > SIZE_MAX_BYTES) {
        return false;
    }
    *out = (uint32_t)v;
    *s = end;
    return true;
}

static int weights(struct stress_sizes *s, const char *text)
{
    s->kind = ':';
    for (; s->n < STRESS_SIZES; text++, s->n++) {
        if (!number(&text, STRESS_VALUE_MIN, &s->size[s->n]) ||
            *text++ != ':' || !number(&text, 1, &s->weight[s->n]) ||
            s->weight[s->n] > 1000000) {
            return -EINVAL;
        }
        s->weights += s->weight[s->n];
        s->max = s->size[s->n] > s->max ? s->size[s->n] : s->max;
        s->mean += (double)s->size[s->n] * s->weight[s->n];
        if (*text != ',') {
            s->n++;
            s->mean /= s->weights;
            return *text == '\0' ? 0 : -EINVAL;
        }
    }
    return -EINVAL;
}

int stress_sizes_parse(struct stress_sizes *s, const char *text)
{
    bool exponential = strncmp(text, "exp:", 4) == 0;

    *s = (struct stress_sizes){.kind = exponential ? 'e' : '\0'};
    if (strchr(text, ':') != NULL && !exponential) {
        return weights(s, text);
    }
    text += exponential ? 4 : 0;
    if (!number(&text, STRESS_VALUE_MIN, &s->size[0])) {
        return -EINVAL;
    }
    s->mean = s->max = s->size[0];
    if (exponential) {
        s->max =
            s->size[0] < SIZE_MAX_BYTES / 16 ? s->size[0] * 16 : SIZE_MAX_BYTES;
    } else if (*text == '-') {
        s->kind = *text++;
        if (!number(&text, s->size[0], &s->size[1])) {
            return -EINVAL;
        }
        s->max = s->size[1];
        s->mean = ((double)s->size[0] + s->size[1]) / 2;
    }
    return *text == '\0' ? 0 : -EINVAL;
}

static uint32_t weighted(const struct stress_sizes *s, uint64_t *random)
{
    uint32_t at = stress_random_below(random, s->weights), i = 0;

    while (at >= s->weight[i]) {
        at -= s->weight[i++];
    }
    return s->size[i];
}

static size_t drawn(const struct stress_sizes *s, uint64_t random)
{
    double u;

    switch (s->kind) {
    case '-':
        return s->size[0] +
               stress_random_below(&random, s->size[1] - s->size[0] + 1);
    case ':':
        return weighted(s, &random);
    default:
        u = (double)(stress_random(&random) >> 11) * 0x1p-53;
        u = -log(1 - u) * s->mean;
        return u < STRESS_VALUE_MIN ? STRESS_VALUE_MIN
               : u > s->max         ? s->max
                                    : (size_t)u;
    }
}

size_t stress_sizes_of(const struct stress_sizes *s,
                       const struct stress_stamp *stamp)
{
    size_t n = s->size[0];

    if (s->kind != '\0') {
        n = drawn(s, stress_mix((uint64_t)stamp->key << 32 | stamp->version) ^
                         stamp->writer);
    }
    return stamp->time != 0 && n < STRESS_ITEM_MIN ? STRESS_ITEM_MIN : n;
}

/* ---- hexadecimal ---- */

void stress_hex(char *to, uint32_t v, unsigned digits)
{
    while (digits > 0) {
        to[--digits] = "0123456789abcdef"[v & 15];
        v >>= 4;
    }
}

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9') {
        return c - '0';
    }
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static bool unhex(const char *s, unsigned digits, uint32_t *out)
{
    uint32_t v = 0;

    for (unsigned i = 0; i < digits; i++) {
        int d = hex_digit(s[i]);

        if (d < 0) {
            return false;
        }
        v = v << 4 | (uint32_t)d;
    }
    *out = v;
    return true;
}

void stress_key_write(char *to, char family, uint32_t run, uint32_t key)
{
    to[0] = 'b';
    to[1] = family;
    to[2] = ':';
    stress_hex(to + 3, run, 8);
    to[11] = ':';
    stress_hex(to + 12, key, 8);
}

void stress_member_write(char *to, uint32_t key)
{
    memcpy(to, "m:", 2);
    stress_hex(to + 2, key, 8);
}

bool stress_member_read(const char *s, size_t len, uint32_t *key)
{
    return len == STRESS_MEMBER_BYTES && s[0] == 'm' && s[1] == ':' &&
           unhex(s + 2, 8, key);
}

/* ---- values ---- */

static uint64_t filler_seed(uint32_t run, const struct stress_stamp *s)
{
    return stress_mix(((uint64_t)s->key << 32 | s->version) ^
                      ((uint64_t)run << 16) ^ s->writer) ^
           s->time ^ ((uint64_t)(uint8_t)s->family << 56) ^
           ((uint64_t)s->part << 48);
}

/* Eight letters a..p; no two places of any two values are likely the same. */
static uint64_t filler(uint64_t *state)
{
    return (stress_random(state) & UINT64_C(0x0f0f0f0f0f0f0f0f)) +
           UINT64_C(0x6161616161616161);
}

static size_t head_write(char *to, const struct stress_stamp *s)
{
    stress_hex(to, s->key, 8);
    to[8] = ':';
    stress_hex(to + 9, s->writer, 5);
    to[14] = ':';
    stress_hex(to + 15, s->version, 8);
    to[23] = ':';
    if (s->time == 0) {
        return STRESS_VALUE_HEAD;
    }
    stress_hex(to + 24, (uint32_t)(s->time >> 32), 8);
    stress_hex(to + 32, (uint32_t)s->time, 8);
    to[40] = ':';
    return STRESS_ITEM_HEAD;
}

void stress_value_write(char *to, size_t len, uint32_t run,
                        const struct stress_stamp *stamp)
{
    uint64_t state = filler_seed(run, stamp);
    uint64_t word = filler(&state);
    size_t i = head_write(to, stamp);

    for (; i + 8 <= len; i += 8) {
        memcpy(to + i, &word, 8);
        word = filler(&state);
    }
    memcpy(to + i, &word, len - i);
}

/* Whether the bytes are exactly what was derived from the stamp. */
static bool sound(const char *value, size_t len, uint32_t run,
                  const struct stress_stamp *stamp)
{
    uint64_t state = filler_seed(run, stamp);
    uint64_t word = filler(&state), found;
    char head[STRESS_ITEM_HEAD];
    size_t i = head_write(head, stamp);

    if (memcmp(head, value, i) != 0) {
        return false;
    }
    for (; i + 8 <= len; i += 8) {
        memcpy(&found, value + i, 8);
        if (found != word) {
            return false;
        }
        word = filler(&state);
    }
    return memcmp(&word, value + i, len - i) == 0;
}

bool stress_value_read(const char *value, size_t len, uint32_t run,
                       const struct stress_sizes *sizes, bool item,
                       struct stress_stamp *stamp)
{
    uint32_t high = 0, low = 0;

    if (len < (item ? STRESS_ITEM_MIN : STRESS_VALUE_MIN) ||
        !unhex(value, 8, &stamp->key) || !unhex(value + 9, 5, &stamp->writer) ||
        !unhex(value + 15, 8, &stamp->version) ||
        (item &&
         (!unhex(value + 24, 8, &high) || !unhex(value + 32, 8, &low)))) {
        return false;
    }
    stamp->time = (uint64_t)high << 32 | low;
    return stamp->version > 0 && item == (stamp->time != 0) &&
           len == stress_sizes_of(sizes, stamp) &&
           sound(value, len, run, stamp);
}
