## SPDX-License-Identifier: BSD-2-Clause
command_sources = \
	src/command/command.h src/command/commands.def src/command/commands.h \
	src/command/args.c src/command/glob.c \
	src/command/table.c src/command/table.h \
	src/command/worker.h
