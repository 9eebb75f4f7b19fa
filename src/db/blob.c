/* SPDX-License-Identifier: BSD-2-Clause */
#include "db/blob.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "db/object.h"

/* What a blob that grows gets beforehand: as much again, up to this. */
#define AHEAD_MAX  ((size_t)1024 * 1024)
#define LAZY_BYTES AHEAD_MAX /* freed by a helper thread from here on */
/* No allocator is asked for more. */
#define MOST_BYTES ((size_t)PTRDIFF_MAX - sizeof(struct blob))

/* ---- Making ---- */

struct blob *blob_new(void)
{
    struct blob *b = calloc(1, sizeof *b);

    if (b) {
        atomic_init(&b->refs, 1);
    }
    return b;
}

static void use_block(struct blob *b, void *block, size_t room)
{
    b->block = block;
    b->bytes = block;
    b->room = room;
}

struct blob *blob_of_size(size_t n)
{
    struct blob *b = blob_new();
    void *block = b && n <= MOST_BYTES ? malloc(n) : NULL;

    if (!block) {
        free(b);
        return NULL;
    }
    use_block(b, block, n);
    b->n = n;
    return b;
}

bool blob_adopt(struct blob *b, const struct db_offer *offer)
{
    b->block = offer->take(offer->arg);
    if (b->block) {
        b->bytes = (char *)(uintptr_t)offer->p;
        b->n = b->room = offer->n;
    }
    return b->block != NULL;
}

/* ---- Letting go ---- */

void blob_free(struct blob *b)
{
    free(b->block);
    free(b);
}

/* True: it was the last reference. Release: our reads are over before the count
 * falls. Acquire: whoever frees has seen all the others' releases. */
static bool let_go(struct blob *b)
{
    return atomic_fetch_sub_explicit(&b->refs, 1, memory_order_acq_rel) == 1;
}

void db_blob_release(void *blob)
{
    if (let_go(blob)) {
        blob_free(blob);
    }
}

void blob_drop(struct blob *b)
{
    if (let_go(b) &&
        (b->room < LAZY_BYTES || !db_object_defer_blob(b, b->room))) {
        blob_free(b);
    }
}

/* ---- Growing ---- */

int blob_lengthen(struct blob *b, size_t n)
{
    if (n <= b->n) {
        return 0;
    }
    if (n > b->room) {
        size_t room = n + (n < AHEAD_MAX ? n : AHEAD_MAX);
        void *block = room <= MOST_BYTES ? realloc(b->block, room) : NULL;

        if (!block) {
            return -ENOMEM;
        }
        use_block(b, block, room);
    }
    memset(b->bytes + b->n, 0, n - b->n);
    b->n = n;
    return 0;
}
