## SPDX-License-Identifier: BSD-2-Clause
noinst_PROGRAMS += examples/echo examples/chat
examples_echo_SOURCES = examples/echo.c
examples_echo_LDADD = libbaton.la $(LIBS_COMMON)
examples_chat_SOURCES = examples/chat.c
examples_chat_LDADD = libbaton.la $(LIBS_COMMON)
