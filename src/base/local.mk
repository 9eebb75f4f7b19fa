## SPDX-License-Identifier: BSD-2-Clause
base_sources = \
	src/base/addr.c src/base/addr.h \
	src/base/buf.c src/base/buf.h \
	src/base/check.c src/base/check.h \
	src/base/clock.c src/base/clock.h \
	src/base/cursor.h \
	src/base/decimal.c src/base/decimal.h \
	src/base/list.h \
	src/base/log.c src/base/log.h \
	src/base/random.c src/base/random.h \
	src/base/mem.c src/base/mem.h \
	src/base/reclaim.c src/base/reclaim.h \
	src/base/sha256.c src/base/sha256.h \
	src/base/siphash.c src/base/siphash.h \
	src/base/slab.c src/base/slab.h \
	src/base/slice.c src/base/slice.h \
	src/base/split.c src/base/split.h \
	src/base/sync.c src/base/sync.h
