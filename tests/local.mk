## SPDX-License-Identifier: BSD-2-Clause
## Every part of the tests has a fragment of its own; here they meet.
include tests/unit/base/unit.mk
include tests/unit/resp/unit.mk
include tests/fuzz/fuzz.mk
include tests/protocol/protocol.mk

EXTRA_DIST += tests/README.md tests/support/run-criterion \
	tests/support/tsan-ck.sh tests/support/tsan.supp \
	tests/support/ck_pr_tsan.h tests/support/kqueue-stub/sys/event.h
