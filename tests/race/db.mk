## SPDX-License-Identifier: BSD-2-Clause
db_race_tests = tests/race/db_hash tests/race/db_multi tests/race/db_rename tests/race/db_resize \
	tests/race/db_value tests/race/db_wait
check_PROGRAMS += $(db_race_tests)
TESTS += $(db_race_tests)
db_race_ldadd = libbatondb.la libbatonall.la $(LIBS_COMMON)
tests_race_db_hash_SOURCES = tests/race/db_hash.c tests/race/db_race.h
tests_race_db_hash_LDADD = $(db_race_ldadd)
tests_race_db_multi_SOURCES = tests/race/db_multi.c tests/race/db_race.h
tests_race_db_multi_LDADD = $(db_race_ldadd)
tests_race_db_rename_SOURCES = tests/race/db_rename.c tests/race/db_race.h
tests_race_db_rename_LDADD = $(db_race_ldadd)
tests_race_db_resize_SOURCES = tests/race/db_resize.c tests/race/db_race.h
tests_race_db_resize_LDADD = $(db_race_ldadd)
tests_race_db_value_SOURCES = tests/race/db_value.c tests/race/db_race.h
tests_race_db_value_LDADD = $(db_race_ldadd)

check_PROGRAMS += tests/race/db_zset
TESTS += tests/race/db_zset
tests_race_db_zset_SOURCES = tests/race/db_zset.c tests/race/db_race.h
tests_race_db_zset_LDADD = $(db_race_ldadd)
tests_race_db_wait_SOURCES = tests/race/db_wait.c tests/race/db_race.h
tests_race_db_wait_LDADD = $(db_race_ldadd)

check_PROGRAMS += tests/race/db_watch
TESTS += tests/race/db_watch
tests_race_db_watch_SOURCES = tests/race/db_watch.c tests/race/db_race.h
tests_race_db_watch_LDADD = $(db_race_ldadd)
