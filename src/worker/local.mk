## SPDX-License-Identifier: BSD-2-Clause
worker_sources = \
	src/worker/close.c src/worker/close.h \
	src/worker/drain.c src/worker/drain.h \
	src/worker/hand.c src/worker/hand.h \
	src/worker/inbox.c src/worker/inbox.h \
	src/worker/input.c src/worker/input.h \
	src/worker/limit.c src/worker/limit.h \
	src/worker/outq.c src/worker/outq.h \
	src/worker/reply.c src/worker/reply.h \
	src/worker/serve.c src/worker/serve.h \
	src/worker/service.c \
	src/worker/sweep.c src/worker/sweep.h \
	src/worker/timer.c src/worker/timer.h \
	src/worker/worker.c src/worker/worker.h \
	src/worker/yield.c src/worker/yield.h
