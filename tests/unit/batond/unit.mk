## SPDX-License-Identifier: BSD-2-Clause
TESTS += tests/unit/batond/start.sh
EXTRA_DIST += tests/unit/batond/start.sh
if HAVE_CRITERION
## One program for all of it: it compiles the parts of batond itself.
check_PROGRAMS += tests/unit/batond/test_batond.t
TESTS += tests/unit/batond/test_batond.t
tests_unit_batond_test_batond_t_SOURCES = tests/unit/batond/test_conf.c \
	tests/unit/batond/test_options.c tests/unit/batond/test_runtime.c \
	$(batond_parts)
tests_unit_batond_test_batond_t_CPPFLAGS = $(AM_CPPFLAGS) $(CRITERION_CFLAGS)
tests_unit_batond_test_batond_t_LDADD = libbatondb.la libbatonall.la \
	$(CRITERION_LIBS) $(LIBS_COMMON)
endif
