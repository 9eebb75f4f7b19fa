/* SPDX-License-Identifier: BSD-2-Clause */
#include "type/dict_room.h"

#include "base/mem.h"

static size_t segment_bytes(const struct dict *d, size_t s)
{
    return s == 0 ? d->first_size * sizeof(struct dict_node *)
                  : DICT_SEGMENT_BYTES;
}

size_t dict_bytes(const struct dict *d)
{
    if (d->n_segments == 0) {
        return 0;
    }
    return bt_mem_size(d->room * sizeof *d->segment) +
           bt_mem_size(segment_bytes(d, 0)) +
           (d->n_segments - 1) * bt_mem_size(DICT_SEGMENT_BYTES);
}

static struct dict_node **new_segment(size_t buckets)
{
    struct dict_node **s = bt_mem_get(buckets * sizeof *s);

    for (size_t i = 0; s && i < buckets; i++) {
        s[i] = NULL;
    }
    return s;
}

bool dict_room_begin(struct dict *d)
{
    struct dict_node ***segment = bt_mem_get(sizeof *segment);

    if (!segment) {
        return false;
    }
    segment[0] = new_segment(DICT_FIRST_SIZE);
    if (!segment[0]) {
        bt_mem_put(segment, sizeof *segment);
        return false;
    }
    d->segment = segment;
    d->n_segments = d->room = 1;
    d->first_size = d->n_buckets = d->half = DICT_FIRST_SIZE;
    return true;
}

/* Segment 0 alone comes in several sizes. */
static bool resize_first(struct dict *d, size_t n)
{
    struct dict_node **s =
        bt_mem_resize(d->segment[0], segment_bytes(d, 0), n * sizeof *s);

    if (!s) {
        return false;
    }
    for (size_t i = d->first_size; i < n; i++) {
        s[i] = NULL;
    }
    d->segment[0] = s;
    d->first_size = n;
    return true;
}

static bool resize_directory(struct dict *d, size_t room)
{
    struct dict_node ***p =
        bt_mem_resize(d->segment, d->room * sizeof *p, room * sizeof *p);

    if (!p) {
        return false;
    }
    d->segment = p;
    d->room = room;
    return true;
}

bool dict_room_more(struct dict *d)
{
    if (d->n_segments == 1 && d->first_size < DICT_SEGMENT_SIZE) {
        return resize_first(d, 2 * d->first_size);
    }
    if (d->n_segments == d->room && !resize_directory(d, 2 * d->room)) {
        return false;
    }
    d->segment[d->n_segments] = new_segment(DICT_SEGMENT_SIZE);
    if (!d->segment[d->n_segments]) {
        return false;
    }
    d->n_segments++;
    return true;
}

void dict_room_less(struct dict *d)
{
    if (d->n_segments == 1) {
        resize_first(d, d->first_size / 2);
        return;
    }
    bt_mem_put(d->segment[--d->n_segments], DICT_SEGMENT_BYTES);
    if (d->n_segments <= d->room / 4) {
        resize_directory(d, d->room / 2);
    }
}

void dict_room_end(struct dict *d)
{
    for (size_t s = 0; s < d->n_segments; s++) {
        bt_mem_put(d->segment[s], segment_bytes(d, s));
    }
    bt_mem_put(d->segment, d->room * sizeof *d->segment);
}
