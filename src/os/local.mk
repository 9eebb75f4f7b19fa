## SPDX-License-Identifier: BSD-2-Clause
os_sources = \
	src/os/poller.h \
	src/os/socket.c src/os/socket.h \
	src/os/address.c src/os/address.h \
	src/os/thread.c src/os/thread.h \
	src/os/wake.h
if POLLER_EPOLL
os_sources += src/os/poller_epoll.c
endif
if POLLER_KQUEUE
os_sources += src/os/poller_kqueue.c
endif
if POLLER_POLL
os_sources += src/os/poller_poll.c
endif
if WAKE_EVENTFD
os_sources += src/os/wake_eventfd.c
else
os_sources += src/os/wake_pipe.c
endif
