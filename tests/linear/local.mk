## SPDX-License-Identifier: BSD-2-Clause
## Linearizability: the recorder and checker, and histories written by hand.
check_PROGRAMS += tests/linear/linear tests/linear/planted
TESTS += tests/linear/planted
linear_common = tests/linear/history.h tests/linear/check.c \
	tests/linear/model.c tests/linear/print.c
tests_linear_linear_SOURCES = $(linear_common) tests/linear/ask.c \
	tests/linear/ask.h tests/linear/client.c tests/linear/client.h \
	tests/linear/linear.c tests/linear/record.c tests/linear/record.h
tests_linear_linear_LDADD = $(LIBS_COMMON)
tests_linear_planted_SOURCES = $(linear_common) tests/linear/planted.c

if HAVE_PYTHON
TESTS += tests/linear/linear.py
endif
EXTRA_DIST += tests/linear/linear.py tests/linear/unfaithful.py
