## SPDX-License-Identifier: BSD-2-Clause
TESTS += tests/unit/batond/start.sh
EXTRA_DIST += tests/unit/batond/start.sh
if HAVE_CRITERION
check_PROGRAMS += tests/unit/batond/test_batond.t
TESTS += tests/unit/batond/test_batond.t
tests_unit_batond_test_batond_t_SOURCES = tests/unit/batond/test_conf.c \
	tests/unit/batond/test_options.c tests/unit/batond/test_runtime.c
tests_unit_batond_test_batond_t_CPPFLAGS = $(AM_CPPFLAGS) $(CRITERION_CFLAGS)
tests_unit_batond_test_batond_t_LDADD = libbatondparts.la libbatondb.la \
	libbatonall.la $(CRITERION_LIBS) $(LIBS_COMMON)
endif
