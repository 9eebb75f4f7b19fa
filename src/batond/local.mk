## SPDX-License-Identifier: BSD-2-Clause
## batond_sources: the program; batond_parts: all of it but main(), a library of
## its own for the tests' sake.
batond_parts = \
	src/batond/apply.c src/batond/apply.h \
	src/batond/args.c src/batond/args.h \
	src/batond/conf.c src/batond/conf.h src/batond/conf_end.c \
	src/batond/daemon.c src/batond/daemon.h \
	src/batond/file.c \
	src/batond/listen.c src/batond/listen.h \
	src/batond/log.c src/batond/log.h \
	src/batond/option.c src/batond/option.h src/batond/options.def \
	src/batond/parse.c \
	src/batond/replace.c src/batond/replace.h \
	src/batond/rewrite.c src/batond/rewrite.h \
	src/batond/run.c src/batond/run.h \
	src/batond/runtime.c \
	src/batond/signals.c src/batond/signals.h \
	src/batond/value.c src/batond/value.h \
	src/batond/value_text.c
batond_sources = src/batond/main.c
