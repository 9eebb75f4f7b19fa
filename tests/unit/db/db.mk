## SPDX-License-Identifier: BSD-2-Clause
if HAVE_CRITERION
db_unit_tests = tests/unit/db/test_entry.t \
	tests/unit/db/test_evict.t \
	tests/unit/db/test_expire.t \
	tests/unit/db/test_flush.t \
	tests/unit/db/test_notify.t \
	tests/unit/db/test_scan.t \
	tests/unit/db/test_siphash.t \
	tests/unit/db/test_table.t \
	tests/unit/db/test_tx.t \
	tests/unit/db/test_watch.t
check_PROGRAMS += $(db_unit_tests)
TESTS += $(db_unit_tests)
db_unit_cppflags = $(AM_CPPFLAGS) $(CRITERION_CFLAGS)
db_unit_ldadd = libbatondb.la libbatonall.la $(CRITERION_LIBS) $(LIBS_COMMON)

tests_unit_db_test_entry_t_SOURCES = tests/unit/db/test_entry.c
tests_unit_db_test_entry_t_CPPFLAGS = $(db_unit_cppflags)
tests_unit_db_test_entry_t_LDADD = $(db_unit_ldadd)
tests_unit_db_test_evict_t_SOURCES = tests/unit/db/test_evict.c tests/unit/db/use.h
tests_unit_db_test_evict_t_CPPFLAGS = $(db_unit_cppflags)
tests_unit_db_test_evict_t_LDADD = $(db_unit_ldadd)
tests_unit_db_test_expire_t_SOURCES = tests/unit/db/test_expire.c tests/unit/db/use.h
tests_unit_db_test_expire_t_CPPFLAGS = $(db_unit_cppflags)
tests_unit_db_test_expire_t_LDADD = $(db_unit_ldadd)
tests_unit_db_test_flush_t_SOURCES = tests/unit/db/test_flush.c tests/unit/db/use.h
tests_unit_db_test_flush_t_CPPFLAGS = $(db_unit_cppflags)
tests_unit_db_test_flush_t_LDADD = $(db_unit_ldadd)
tests_unit_db_test_notify_t_SOURCES = tests/unit/db/test_notify.c tests/unit/db/use.h
tests_unit_db_test_notify_t_CPPFLAGS = $(db_unit_cppflags)
tests_unit_db_test_notify_t_LDADD = $(db_unit_ldadd)
tests_unit_db_test_scan_t_SOURCES = tests/unit/db/test_scan.c tests/unit/db/use.h
tests_unit_db_test_scan_t_CPPFLAGS = $(db_unit_cppflags)
tests_unit_db_test_scan_t_LDADD = $(db_unit_ldadd)
tests_unit_db_test_siphash_t_SOURCES = tests/unit/db/test_siphash.c
tests_unit_db_test_siphash_t_CPPFLAGS = $(db_unit_cppflags)
tests_unit_db_test_siphash_t_LDADD = $(db_unit_ldadd)
tests_unit_db_test_table_t_SOURCES = tests/unit/db/test_table.c
tests_unit_db_test_table_t_CPPFLAGS = $(db_unit_cppflags)
tests_unit_db_test_table_t_LDADD = $(db_unit_ldadd)
tests_unit_db_test_watch_t_SOURCES = tests/unit/db/test_watch.c tests/unit/db/use.h
tests_unit_db_test_watch_t_CPPFLAGS = $(db_unit_cppflags)
tests_unit_db_test_watch_t_LDADD = $(db_unit_ldadd)
tests_unit_db_test_tx_t_SOURCES = tests/unit/db/test_tx.c tests/unit/db/use.h
tests_unit_db_test_tx_t_CPPFLAGS = $(db_unit_cppflags)
tests_unit_db_test_tx_t_LDADD = $(db_unit_ldadd)
endif

## How much memory a key takes: a plain program.
check_PROGRAMS += tests/unit/db/keymem
## A sanitizer takes memory of its own for each block: nothing to measure.
if !SANITIZED
TESTS += tests/unit/db/keymem
endif
tests_unit_db_keymem_SOURCES = tests/unit/db/keymem.c
tests_unit_db_keymem_LDADD = libbatondb.la libbatonall.la $(LIBS_COMMON)
