## SPDX-License-Identifier: BSD-2-Clause
if HAVE_CRITERION
command_unit_tests = tests/unit/command/test_table.t \
	tests/unit/command/test_text.t tests/unit/command/test_stats.t \
	tests/unit/command/test_syntax.t
check_PROGRAMS += $(command_unit_tests)
TESTS += $(command_unit_tests)
command_unit_cppflags = $(AM_CPPFLAGS) $(CRITERION_CFLAGS)
command_unit_ldadd = libbatondb.la libbatonall.la $(CRITERION_LIBS) \
	$(LIBS_COMMON)

tests_unit_command_test_table_t_SOURCES = tests/unit/command/test_table.c
tests_unit_command_test_table_t_CPPFLAGS = $(command_unit_cppflags)
tests_unit_command_test_table_t_LDADD = $(command_unit_ldadd)
tests_unit_command_test_text_t_SOURCES = tests/unit/command/test_text.c
tests_unit_command_test_text_t_CPPFLAGS = $(command_unit_cppflags)
tests_unit_command_test_text_t_LDADD = $(command_unit_ldadd)
tests_unit_command_test_stats_t_SOURCES = tests/unit/command/test_stats.c
tests_unit_command_test_stats_t_CPPFLAGS = $(command_unit_cppflags)
tests_unit_command_test_stats_t_LDADD = $(command_unit_ldadd)
tests_unit_command_test_syntax_t_SOURCES = tests/unit/command/test_syntax.c
tests_unit_command_test_syntax_t_CPPFLAGS = $(command_unit_cppflags)
tests_unit_command_test_syntax_t_LDADD = $(command_unit_ldadd)
endif
