/* SPDX-License-Identifier: BSD-2-Clause
 *
 * base/check.h -- assertions that stay in release builds.
 *
 * bt_assert is for bugs only: what a client, a file or the system may do wrong
 * is handled, not asserted. BT_DIAG(x) is for checks too dear for every build;
 * it is active with -DBT_DIAGNOSTIC.
 */
#ifndef BT_BASE_CHECK_H
#define BT_BASE_CHECK_H

_Noreturn void bt_check_failed(const char *what, const char *file, int line);

#define bt_assert(x) ((x) ? (void)0 : bt_check_failed(#x, __FILE__, __LINE__))

/* For calls that fail only by misuse: pthread_mutex_lock and the like. */
#define bt_ok(x) bt_assert((x) == 0)

#ifdef BT_DIAGNOSTIC
#define BT_DIAG(x) bt_assert(x)
#else
#define BT_DIAG(x) ((void)0)
#endif

#if defined(__GNUC__)
#define bt_likely(x)    __builtin_expect(!!(x), 1)
#define bt_unlikely(x)  __builtin_expect(!!(x), 0)
#define bt_prefetch(p)  __builtin_prefetch(p, 1) /* to be written soon */
#define BT_PRINTF(f, a) __attribute__((format(printf, f, a)))
#else
#define bt_likely(x)   (x)
#define bt_unlikely(x) (x)
#define bt_prefetch(p) ((void)(p))
#define BT_PRINTF(f, a)
#endif

/* The structure that `field` at `p` is part of. */
#define bt_container(p, type, field)                                           \
    ((type *)(void *)((char *)(p)-offsetof(type, field)))

#endif
