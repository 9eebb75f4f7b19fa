## SPDX-License-Identifier: BSD-2-Clause
db_sources = \
	src/db/blob.c src/db/blob.h \
	src/db/change.c src/db/change.h \
	src/db/db.c src/db/db.h \
	src/db/edit.c \
	src/db/entry.c src/db/entry.h \
	src/db/evict.c src/db/evict.h \
	src/db/expire.c \
	src/db/find.c \
	src/db/flush.c \
	src/db/keyspace.h \
	src/db/make.c \
	src/db/notify.c src/db/notify.h \
	src/db/object.c src/db/object.h \
	src/db/pages.c src/db/pages.h \
	src/db/prefetch.c \
	src/db/put.c \
	src/db/rename.c \
	src/db/resize.c \
	src/db/scan.c \
	src/db/shard.h \
	src/db/stats.c \
	src/db/table.c src/db/table.h \
	src/db/tx.c src/db/tx.h \
	src/db/tx_lock.c \
	src/db/use.c src/db/use.h \
	src/db/wait.c src/db/wait.h \
	src/db/wait_queue.c src/db/wait_queue.h \
	src/db/wait_reach.c \
	src/db/watch.c src/db/watch.h
