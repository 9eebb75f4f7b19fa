/* SPDX-License-Identifier: BSD-2-Clause */
#include "worker/outq.h"

#include "base/check.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define CHUNK_MIN 4064 /* bytes in a copied chunk, so that small ones share */

struct bt_chunk {
    struct bt_chunk *next;
    const char *p;
    size_t n, room; /* room: for more bytes behind n; references have none */
    void (*release)(void *);
    void *arg;
    char data[];
};

struct bt_outq *bt_outq_new(void)
{
    return calloc(1, sizeof(struct bt_outq));
}

static void drop_head(struct bt_outq *q)
{
    struct bt_chunk *k = q->head;

    q->head = k->next;
    if (!q->head) {
        q->tail = NULL;
    }
    q->sent = 0;
    q->chunks--;
    if (k->release) {
        k->release(k->arg);
    }
    free(k);
}

void bt_outq_free(struct bt_outq **q)
{
    if (*q) {
        while ((*q)->head) {
            drop_head(*q);
        }
        free(*q);
        *q = NULL;
    }
}

static void append(struct bt_outq *q, struct bt_chunk *k)
{
    k->next = NULL;
    if (q->tail) {
        q->tail->next = k;
    } else {
        q->head = k;
    }
    q->tail = k;
    q->chunks++;
    q->bytes += k->n;
}

int bt_outq_copy(struct bt_outq *q, const char *p, size_t n)
{
    struct bt_chunk *k = q->tail;
    size_t cap = n < CHUNK_MIN ? CHUNK_MIN : n;

    if (k && n <= k->room) {
        memcpy(k->data + k->n, p, n);
        k->n += n;
        k->room -= n;
        q->bytes += n;
        return 0;
    }
    k = malloc(sizeof *k + cap);
    if (!k) {
        return -ENOMEM;
    }
    *k = (struct bt_chunk){.p = k->data, .n = n, .room = cap - n};
    memcpy(k->data, p, n);
    append(q, k);
    return 0;
}

int bt_outq_ref(struct bt_outq *q, const char *p, size_t n,
                void (*release)(void *), void *arg)
{
    struct bt_chunk *k = malloc(sizeof *k);

    if (!k) {
        return -ENOMEM;
    }
    *k = (struct bt_chunk){.p = p, .n = n, .release = release, .arg = arg};
    append(q, k);
    return 0;
}

unsigned bt_outq_gather(const struct bt_outq *q, struct iovec *iov,
                        unsigned max)
{
    size_t skip = q->sent;
    unsigned i = 0;

    for (struct bt_chunk *k = q->head; k && i < max; k = k->next) {
        iov[i].iov_base = (char *)(uintptr_t)k->p + skip;
        iov[i].iov_len = k->n - skip;
        skip = 0;
        i++;
    }
    return i;
}

void bt_outq_sent(struct bt_outq *q, size_t n)
{
    bt_assert(n <= q->bytes);
    q->bytes -= n;
    while (n > 0 || (q->head && q->head->n == q->sent)) {
        size_t left = q->head->n - q->sent;

        if (n < left) {
            q->sent += n;
            return;
        }
        n -= left;
        drop_head(q);
    }
}
