/* SPDX-License-Identifier: BSD-2-Clause
 *
 * stress/value.h -- values that tell where they come from.
 *
 * Purpose    A value names its key, its writer and its version, and the rest of
 *            it is derived from these and from what it is part of. An item (of
 *            a list, or a message) tells besides when it was due.
 * Threads    any; what a value is made of is only read.
 */
#ifndef STRESS_VALUE_H
#define STRESS_VALUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* "kkkkkkkk:wwwww:vvvvvvvv:", hexadecimal; of an item "tttttttttttttttt:"
 * behind it; and at least 7 bytes of filler. */
#define STRESS_VALUE_HEAD 24
#define STRESS_VALUE_MIN  32
#define STRESS_ITEM_HEAD  41
#define STRESS_ITEM_MIN   48
#define STRESS_KEY_BYTES  20 /* "bs:rrrrrrrr:kkkkkkkk" */

#define STRESS_SIZES 8

/* How long values are: one size, evenly between two, exponential around a mean,
 * or some sizes with weights. */
struct stress_sizes {
    char kind; /* 0 one, '-' between, 'e' exponential, ':' weights */
    uint32_t n;
    uint32_t size[STRESS_SIZES]; /* of '-' the least and the greatest */
    uint32_t weight[STRESS_SIZES], weights;
    uint32_t max;
    double mean;
};

/* What a value says of itself. */
struct stress_stamp {
    uint32_t key, writer, version;
    uint64_t time; /* 0: not an item */
    char family;   /* of its key */
    uint8_t part;  /* of a hash: the field */
};

/* "64", "32-1024", "exp:256", "64:9,4096:1"; 0 or -EINVAL. */
int stress_sizes_parse(struct stress_sizes *s, const char *text);
/* The size of this value, now and ever. */
size_t stress_sizes_of(const struct stress_sizes *s,
                       const struct stress_stamp *stamp);

void stress_hex(char *to, uint32_t v, unsigned digits);
/* STRESS_KEY_BYTES, no 0 at the end. */
void stress_key_write(char *to, char family, uint32_t run, uint32_t key);
/* Members of sorted sets: "m:kkkkkkkk". */
#define STRESS_MEMBER_BYTES 10
void stress_member_write(char *to, uint32_t key);
bool stress_member_read(const char *s, size_t len, uint32_t *key);

/* Writes exactly so many bytes. */
void stress_value_write(char *to, size_t len, uint32_t run,
                        const struct stress_stamp *stamp);

/* Reads what a value says and checks all of it: family and part are given, the
 * rest is filled in. */
bool stress_value_read(const char *value, size_t len, uint32_t run,
                       const struct stress_sizes *sizes, bool item,
                       struct stress_stamp *stamp);

#endif
