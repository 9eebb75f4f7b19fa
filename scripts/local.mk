## SPDX-License-Identifier: BSD-2-Clause
## The checks of the tree itself. check-layers runs in `make check` through
## its test; check-format needs clang-format and runs in `make lint`.
EXTRA_DIST += quickstart .ci/run .ci/smoke scripts/check-layers \
	scripts/check-format scripts/test-layers.sh \
	tests/support/run-criterion tests/support/tsan-ck.sh \
	tests/support/ck_pr_tsan.h tests/support/tsan.supp \
	tests/support/kqueue-stub/sys/event.h
TESTS += scripts/test-layers.sh
