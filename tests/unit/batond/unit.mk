## SPDX-License-Identifier: BSD-2-Clause
TESTS += tests/unit/batond/start.sh
EXTRA_DIST += tests/unit/batond/start.sh
if HAVE_CRITERION
check_LTLIBRARIES += libbatondparts.la
libbatondparts_la_SOURCES = $(batond_parts)

batond_unit_tests = tests/unit/batond/test_options.t \
	tests/unit/batond/test_conf.t tests/unit/batond/test_runtime.t
check_PROGRAMS += $(batond_unit_tests)
TESTS += $(batond_unit_tests)
batond_unit_cppflags = $(AM_CPPFLAGS) $(CRITERION_CFLAGS)
batond_unit_ldadd = libbatondparts.la libbatondb.la libbatonall.la \
	$(CRITERION_LIBS) $(LIBS_COMMON)

tests_unit_batond_test_options_t_SOURCES = tests/unit/batond/test_options.c
tests_unit_batond_test_options_t_CPPFLAGS = $(batond_unit_cppflags)
tests_unit_batond_test_options_t_LDADD = $(batond_unit_ldadd)
tests_unit_batond_test_conf_t_SOURCES = tests/unit/batond/test_conf.c
tests_unit_batond_test_conf_t_CPPFLAGS = $(batond_unit_cppflags)
tests_unit_batond_test_conf_t_LDADD = $(batond_unit_ldadd)
tests_unit_batond_test_runtime_t_SOURCES = tests/unit/batond/test_runtime.c
tests_unit_batond_test_runtime_t_CPPFLAGS = $(batond_unit_cppflags)
tests_unit_batond_test_runtime_t_LDADD = $(batond_unit_ldadd)
endif
