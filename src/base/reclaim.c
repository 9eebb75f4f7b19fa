/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/reclaim.h"

#include "base/check.h"
#include "base/clock.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <ck_epoch.h>
#include <ck_pr.h>

#define AHEAD   4 /* callbacks look at objects that no cache has any more */
#define BUSY    2 /* batches that wait: no more sparing */
#define TEND_NS 1000000
#define BATCH   62            /* with its header about 1 KiB */
#define LARGE   (1024 * 1024) /* bytes that are worth a look at once */

struct batch {
    ck_epoch_entry_t entry;
    struct bt_record *owner;
    unsigned n;
    size_t bytes; /* of those whose size was told */
    struct {
        void *obj;
        bt_retire_fn *fn;
    } item[BATCH];
};

struct bt_domain {
    ck_epoch_t epoch;
    unsigned records; /* made and not yet freed */
};

struct bt_record {
    ck_epoch_record_t rec; /* first; 64-byte aligned, so never plain malloc */
    struct bt_domain *domain;
    struct batch *open;  /* gathers retired objects */
    struct batch *spare; /* an empty one, kept to spare malloc */
    size_t waiting;      /* batches given to ck and not yet run */
    size_t bytes;        /* in all batches */
    uint64_t tended;     /* bt_coarse_ns() at the last look */
    bool inside;
};

CK_EPOCH_CONTAINER(struct batch, entry, batch_of)

struct bt_domain *bt_domain_new(void)
{
    struct bt_domain *d;

    if (posix_memalign((void **)&d, CK_MD_CACHELINE, sizeof *d) != 0) {
        return NULL;
    }
    memset(d, 0, sizeof *d);
    ck_epoch_init(&d->epoch);
    return d;
}

void bt_domain_free(struct bt_domain **d)
{
    if (*d) {
        bt_assert((*d)->records == 0);
        free(*d);
        *d = NULL;
    }
}

struct bt_record *bt_record_new(struct bt_domain *d)
{
    struct bt_record *r;

    if (posix_memalign((void **)&r, CK_MD_CACHELINE, sizeof *r) != 0) {
        return NULL;
    }
    memset(r, 0, sizeof *r);
    r->domain = d;
    ck_epoch_register(&d->epoch, &r->rec, NULL);
    d->records++;
    return r;
}

static void run_batch(struct batch *b)
{
    for (unsigned i = 0; i < b->n; i++) {
        if (i + AHEAD < b->n) {
            bt_prefetch(b->item[i + AHEAD].obj);
        }
        b->item[i].fn(b->item[i].obj);
    }
    b->n = 0;
}

static void batch_due(ck_epoch_entry_t *e)
{
    struct batch *b = batch_of(e);
    struct bt_record *r = b->owner;

    run_batch(b);
    r->bytes -= b->bytes;
    r->waiting--;
    if (!r->spare) {
        r->spare = b;
    } else {
        free(b);
    }
}

/*
 * ck_epoch keeps a record on its list for ever; unlinking it by hand is legal
 * here because records come and go only while no thread runs.
 */
static void unlink_record(struct bt_record *r)
{
    ck_stack_entry_t **pp = &r->domain->epoch.records.head;

    while (*pp && *pp != &r->rec.record_next) {
        pp = &(*pp)->next;
    }
    if (*pp) {
        *pp = (*pp)->next;
    }
}

void bt_record_free(struct bt_record **rp)
{
    struct bt_record *r = *rp;

    if (!r) {
        return;
    }
    bt_assert(!r->inside);
    ck_epoch_barrier(&r->rec); /* unregister would drop callbacks silently */
    while (r->open && r->open->n > 0) {
        struct batch *b = r->open;

        r->open = NULL; /* a callback may retire something itself */
        run_batch(b);
        free(b);
    }
    free(r->open);
    free(r->spare);
    unlink_record(r);
    r->domain->records--;
    free(r);
    *rp = NULL;
}

void bt_record_enter(struct bt_record *r)
{
    bt_assert(!r->inside);
    r->inside = true;
    ck_epoch_begin(&r->rec, NULL);
    ck_pr_fence_load(); /* missing in ck_epoch_begin up to 0.7.2 */
}

void bt_record_leave(struct bt_record *r)
{
    bt_assert(r->inside);
    r->inside = false;
    ck_epoch_end(&r->rec, NULL);
}

bool bt_record_inside(const struct bt_record *r)
{
    return r->inside;
}

static void close_batch(struct bt_record *r)
{
    struct batch *b = r->open;

    r->open = NULL;
    r->waiting++;
    /* The unlinks must be visible before ck samples the epoch (0.7.x bug). */
    ck_pr_fence_memory();
    ck_epoch_call(&r->rec, &b->entry, batch_due);
}

void bt_retire(struct bt_record *r, void *obj, bt_retire_fn *fn)
{
    struct batch *b = r->open;

    if (!b) {
        b = r->spare ? r->spare : malloc(sizeof *b);
        r->spare = NULL;
        bt_assert(b); /* no way to hand the object back safely */
        b->owner = r;
        b->n = 0;
        b->bytes = 0;
        r->open = b;
    }
    b->item[b->n].obj = obj;
    b->item[b->n].fn = fn;
    if (++b->n == BATCH) {
        close_batch(r);
    }
}

void bt_retire_sized(struct bt_record *r, void *obj, bt_retire_fn *fn,
                     size_t bytes)
{
    bt_retire(r, obj, fn);
    if (bt_likely(r->open != NULL)) {
        r->open->bytes += bytes;
        r->bytes += bytes;
        if (bt_unlikely(r->open->bytes >= LARGE)) {
            close_batch(r);
        }
    }
}

size_t bt_record_bytes(const struct bt_record *r)
{
    return r->bytes;
}

/* Our callbacks run here, not inside ck: a tool that watches for races then
 * tells ck's frames and ours apart. */
static void run_due(struct bt_record *r)
{
    ck_stack_t due = CK_STACK_INITIALIZER;
    ck_stack_entry_t *e, *next;

    ck_epoch_poll_deferred(&r->rec, &due);
    for (e = due.head; e; e = next) {
        next = e->next;
        batch_due(bt_container(e, struct ck_epoch_entry, stack_entry));
    }
}

void bt_record_poll(struct bt_record *r)
{
    bt_assert(!r->inside);
    if (r->open && r->waiting == 0) {
        close_batch(r);
    }
    if (r->waiting > 0) {
        run_due(r);
    }
}

void bt_record_tend(struct bt_record *r)
{
    uint64_t now;

    if (!bt_record_pending(r)) {
        return;
    }
    now = bt_coarse_ns();
    if (r->waiting >= BUSY || r->bytes >= LARGE || now - r->tended >= TEND_NS) {
        r->tended = now;
        bt_record_poll(r);
    }
}

bool bt_record_pending(const struct bt_record *r)
{
    return r->open != NULL || r->waiting > 0;
}
