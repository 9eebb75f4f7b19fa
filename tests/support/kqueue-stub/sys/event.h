/* SPDX-License-Identifier: BSD-2-Clause
 *
 * sys/event.h -- a stand-in for the header of the BSDs, for type-checking only.
 *
 * Purpose    Lets a machine without kqueue compile src/os/poller_kqueue.c with
 *            -fsyntax-only. Nothing here can be linked or run.
 * Limits     Names and types follow kqueue(2) of FreeBSD; the numbers are only
 *            distinct, not the real ones.
 */
#ifndef KQUEUE_STUB_SYS_EVENT_H
#define KQUEUE_STUB_SYS_EVENT_H

#include <stdint.h>
#include <time.h>

struct kevent {
    uintptr_t ident;
    short filter;
    unsigned short flags;
    unsigned int fflags;
    int64_t data;
    void *udata;
};

#define EVFILT_READ  (-1)
#define EVFILT_WRITE (-2)
#define EVFILT_TIMER (-7)
#define EVFILT_USER  (-11)

#define EV_ADD     0x0001
#define EV_DELETE  0x0002
#define EV_ENABLE  0x0004
#define EV_DISABLE 0x0008
#define EV_ONESHOT 0x0010
#define EV_CLEAR   0x0020
#define EV_RECEIPT 0x0040
#define EV_ERROR   0x4000
#define EV_EOF     0x8000

#define NOTE_TRIGGER 0x01000000

#define EV_SET(event, ident_, filter_, flags_, fflags_, data_, udata_)         \
    do {                                                                       \
        struct kevent *set_ = (event);                                         \
        set_->ident = (uintptr_t)(ident_);                                     \
        set_->filter = (filter_);                                              \
        set_->flags = (unsigned short)(flags_);                                \
        set_->fflags = (fflags_);                                              \
        set_->data = (data_);                                                  \
        set_->udata = (udata_);                                                \
    } while (0)

int kqueue(void);
int kevent(int kq, const struct kevent *changes, int n_changes,
           struct kevent *events, int n_events, const struct timespec *timeout);

#endif
