## SPDX-License-Identifier: BSD-2-Clause
resp_sources = \
	src/resp/memory.c src/resp/memory.h \
	src/resp/number.c src/resp/number.h \
	src/resp/parse.c src/resp/parse.h \
	src/resp/reply.c src/resp/reply.h \
	src/resp/scan.c src/resp/scan.h
