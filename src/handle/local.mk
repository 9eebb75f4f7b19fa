## SPDX-License-Identifier: BSD-2-Clause
handle_sources = \
	src/handle/handle.c src/handle/handle.h \
	src/handle/life.h \
	src/handle/message.c src/handle/message.h \
	src/handle/state.c src/handle/state.h \
	src/handle/table.c src/handle/table.h
