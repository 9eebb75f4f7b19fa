## SPDX-License-Identifier: BSD-2-Clause
command_sources = \
	src/command/command.h src/command/commands.def src/command/commands.h \
	src/command/args.c src/command/glob.c \
	src/command/table.c src/command/table.h \
	src/command/worker.h

## strings and keys
command_sources += \
	src/command/key.c src/command/key.h src/command/key_expire.c \
	src/command/key_object.c src/command/key_scan.c \
	src/command/string.c src/command/string.h src/command/string_num.c \
	src/command/string_range.c src/command/string_set.c
