## SPDX-License-Identifier: BSD-2-Clause
engine_race_tests = tests/race/churn tests/race/dispatch tests/race/posts tests/race/reuse \
	tests/race/slab tests/race/table
check_PROGRAMS += $(engine_race_tests)
TESTS += $(engine_race_tests)
engine_race_ldadd = libtestnet.la libbatonall.la $(LIBS_COMMON)
tests_race_churn_SOURCES = tests/race/churn.c tests/race/race.h
tests_race_churn_CPPFLAGS = $(testnet_cppflags)
tests_race_churn_LDADD = $(engine_race_ldadd)
tests_race_dispatch_SOURCES = tests/race/dispatch.c tests/race/race.h
tests_race_dispatch_CPPFLAGS = $(testnet_cppflags)
tests_race_dispatch_LDADD = $(engine_race_ldadd)
tests_race_posts_SOURCES = tests/race/posts.c tests/race/race.h
tests_race_posts_CPPFLAGS = $(testnet_cppflags)
tests_race_posts_LDADD = $(engine_race_ldadd)
tests_race_reuse_SOURCES = tests/race/reuse.c tests/race/race.h
tests_race_reuse_CPPFLAGS = $(testnet_cppflags)
tests_race_reuse_LDADD = $(engine_race_ldadd)
## The real one: the library of a build with a sanitizer has malloc in its place.
tests_race_slab_SOURCES = tests/race/slab.c tests/race/race.h src/base/slab.c
tests_race_slab_CPPFLAGS = $(testnet_cppflags) -DBT_SLAB_REAL
tests_race_slab_LDADD = $(engine_race_ldadd)
tests_race_table_SOURCES = tests/race/table.c tests/race/race.h
tests_race_table_CPPFLAGS = $(testnet_cppflags)
tests_race_table_LDADD = $(engine_race_ldadd)

check_PROGRAMS += tests/race/handover
TESTS += tests/race/handover
tests_race_handover_SOURCES = tests/race/handover.c tests/race/race.h
tests_race_handover_CPPFLAGS = $(testnet_cppflags)
tests_race_handover_LDADD = $(testdb_ldadd)

if HAVE_LD_WRAP
check_PROGRAMS += tests/race/topics
TESTS += tests/race/topics
tests_race_topics_SOURCES = tests/race/topics.c tests/race/race.h
tests_race_topics_CPPFLAGS = $(testnet_cppflags)
tests_race_topics_LDFLAGS = $(AM_LDFLAGS) -Wl,--wrap=malloc \
	-Wl,--wrap=free -Wl,--wrap=realloc
tests_race_topics_LDADD = $(testdb_ldadd)
endif
