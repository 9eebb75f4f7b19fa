## SPDX-License-Identifier: BSD-2-Clause
server_sources = \
	src/server/any.c \
	src/server/server.c src/server/server.h \
	src/server/start.c \
	src/server/stats.c
