/* SPDX-License-Identifier: BSD-2-Clause
 *
 * ck_pr_tsan.h -- ck's atomic primitives in a form ThreadSanitizer understands.
 *
 * Purpose    ck_pr is inline assembly, or volatile accesses plus fences; the
 *            sanitizer models neither and reports races that are not there.
 *            Forced in front of every file (-include), this header takes the
 *            place of ck's own gcc/ck_pr.h: loads acquire, stores release,
 *            and all read-modify-write operations are sequentially consistent.
 * Use        With -DCK_USE_CC_BUILTINS=1 and -D_GNU_SOURCE (a forced header
 *            comes before config.h); tests/support/tsan-ck.sh does it, and
 *            compiles the parts of ck that are not inline in the same way.
 * Limits     Stand-alone fences stay real fences, but the sanitizer does not
 *            see them; an order that rests on a fence alone is out of its
 *            sight. Only what is given here exists: ck_pr.h itself derives
 *            the other operations (add, and, inc, ...) from compare-and-swap.
 *            Double-width operations and floating point are left out.
 */
#ifndef BATON_CK_PR_TSAN_H
#define BATON_CK_PR_TSAN_H

#include <ck_cc.h>
#include <ck_limits.h>
#include <ck_stdbool.h>
#include <ck_stdint.h>

/* Says to gcc/ck_pr.h that the primitives are there already. */
#define CK_F_PR
#define CK_PR_DISABLE_DOUBLE

#define TSAN_CK_CAS(p, old, new)                                               \
    __atomic_compare_exchange_n((p), (old), (new), 0, __ATOMIC_SEQ_CST,        \
                                __ATOMIC_SEQ_CST)

#define TSAN_CK_TYPE(name, type)                                               \
    CK_CC_INLINE static type ck_pr_md_load_##name(const type *p)               \
    {                                                                          \
        return __atomic_load_n(p, __ATOMIC_ACQUIRE);                           \
    }                                                                          \
    CK_CC_INLINE static void ck_pr_md_store_##name(type *p, type value)        \
    {                                                                          \
        __atomic_store_n(p, value, __ATOMIC_RELEASE);                          \
    }                                                                          \
    CK_CC_INLINE static bool ck_pr_cas_##name(type *p, type old, type value)   \
    {                                                                          \
        return TSAN_CK_CAS(p, &old, value);                                    \
    }                                                                          \
    CK_CC_INLINE static bool ck_pr_cas_##name##_value(type *p, type old,       \
                                                      type value, type *seen)  \
    {                                                                          \
        bool done = TSAN_CK_CAS(p, &old, value);                               \
        *seen = old;                                                           \
        return done;                                                           \
    }                                                                          \
    CK_CC_INLINE static type ck_pr_fas_##name(type *p, type value)             \
    {                                                                          \
        return __atomic_exchange_n(p, value, __ATOMIC_SEQ_CST);                \
    }                                                                          \
    CK_CC_INLINE static type ck_pr_faa_##name(type *p, type value)             \
    {                                                                          \
        return __atomic_fetch_add(p, value, __ATOMIC_SEQ_CST);                 \
    }

TSAN_CK_TYPE(char, char)
TSAN_CK_TYPE(int, int)
TSAN_CK_TYPE(uint, unsigned int)
TSAN_CK_TYPE(8, uint8_t)
TSAN_CK_TYPE(16, uint16_t)
TSAN_CK_TYPE(32, uint32_t)
TSAN_CK_TYPE(64, uint64_t)

/* ck hands pointers over as void * whatever they point to, so they need a
 * cast and a set of their own; faa works on the address as a number. */
CK_CC_INLINE static void *ck_pr_md_load_ptr(const void *p)
{
    return __atomic_load_n((void *const *)p, __ATOMIC_ACQUIRE);
}

CK_CC_INLINE static void ck_pr_md_store_ptr(void *p, const void *value)
{
    __atomic_store_n((const void **)p, value, __ATOMIC_RELEASE);
}

CK_CC_INLINE static bool ck_pr_cas_ptr(void *p, void *old, void *value)
{
    return TSAN_CK_CAS((void **)p, &old, value);
}

CK_CC_INLINE static bool ck_pr_cas_ptr_value(void *p, void *old, void *value,
                                             void *seen)
{
    bool done = TSAN_CK_CAS((void **)p, &old, value);
    *(void **)seen = old;
    return done;
}

CK_CC_INLINE static void *ck_pr_fas_ptr(void *p, void *value)
{
    return __atomic_exchange_n((void **)p, value, __ATOMIC_SEQ_CST);
}

CK_CC_INLINE static void *ck_pr_faa_ptr(void *p, uintptr_t value)
{
    return (void *)__atomic_fetch_add((uintptr_t *)p, value, __ATOMIC_SEQ_CST);
}

/* ---- what ck_pr.h is told, so that it derives the rest ---- */
#define CK_F_PR_LOAD_CHAR
#define CK_F_PR_STORE_CHAR
#define CK_F_PR_LOAD_INT
#define CK_F_PR_STORE_INT
#define CK_F_PR_LOAD_UINT
#define CK_F_PR_STORE_UINT
#define CK_F_PR_LOAD_PTR
#define CK_F_PR_STORE_PTR
#define CK_F_PR_LOAD_8
#define CK_F_PR_STORE_8
#define CK_F_PR_LOAD_16
#define CK_F_PR_STORE_16
#define CK_F_PR_LOAD_32
#define CK_F_PR_STORE_32
#define CK_F_PR_LOAD_64
#define CK_F_PR_STORE_64
#define CK_F_PR_CAS_CHAR
#define CK_F_PR_CAS_INT
#define CK_F_PR_CAS_UINT
#define CK_F_PR_CAS_PTR
#define CK_F_PR_CAS_8
#define CK_F_PR_CAS_16
#define CK_F_PR_CAS_32
#define CK_F_PR_CAS_64
#define CK_F_PR_CAS_CHAR_VALUE
#define CK_F_PR_CAS_INT_VALUE
#define CK_F_PR_CAS_UINT_VALUE
#define CK_F_PR_CAS_PTR_VALUE
#define CK_F_PR_CAS_8_VALUE
#define CK_F_PR_CAS_16_VALUE
#define CK_F_PR_CAS_32_VALUE
#define CK_F_PR_CAS_64_VALUE
#define CK_F_PR_FAS_CHAR
#define CK_F_PR_FAS_INT
#define CK_F_PR_FAS_UINT
#define CK_F_PR_FAS_PTR
#define CK_F_PR_FAS_8
#define CK_F_PR_FAS_16
#define CK_F_PR_FAS_32
#define CK_F_PR_FAS_64
#define CK_F_PR_FAA_CHAR
#define CK_F_PR_FAA_INT
#define CK_F_PR_FAA_UINT
#define CK_F_PR_FAA_PTR
#define CK_F_PR_FAA_8
#define CK_F_PR_FAA_16
#define CK_F_PR_FAA_32
#define CK_F_PR_FAA_64

/* ---- fences and the pause of a retry loop ---- */
CK_CC_INLINE static void ck_pr_stall(void)
{
    __atomic_signal_fence(__ATOMIC_SEQ_CST);
}

#define TSAN_CK_FENCE(name)                                                    \
    CK_CC_INLINE static void ck_pr_fence_strict_##name(void)                   \
    {                                                                          \
        __sync_synchronize();                                                  \
    }

TSAN_CK_FENCE(atomic)
TSAN_CK_FENCE(atomic_load)
TSAN_CK_FENCE(atomic_store)
TSAN_CK_FENCE(store_atomic)
TSAN_CK_FENCE(load_atomic)
TSAN_CK_FENCE(load_store)
TSAN_CK_FENCE(store_load)
TSAN_CK_FENCE(load)
TSAN_CK_FENCE(store)
TSAN_CK_FENCE(memory)
TSAN_CK_FENCE(acquire)
TSAN_CK_FENCE(release)
TSAN_CK_FENCE(acqrel)
TSAN_CK_FENCE(lock)
TSAN_CK_FENCE(unlock)

#undef TSAN_CK_FENCE
#undef TSAN_CK_TYPE

#endif
