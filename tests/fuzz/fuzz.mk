## SPDX-License-Identifier: BSD-2-Clause
check_PROGRAMS += tests/fuzz/replay
tests_fuzz_replay_SOURCES = tests/fuzz/replay.c tests/fuzz/fuzz_resp.c
tests_fuzz_replay_LDADD = libbatondb.la libbatonall.la $(LIBS_COMMON)
TESTS += tests/fuzz/replay.sh
EXTRA_DIST += tests/fuzz/replay.sh tests/fuzz/resp.dict tests/fuzz/corpus
