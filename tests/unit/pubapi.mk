## SPDX-License-Identifier: BSD-2-Clause
## The public interface as its users see it: headers, manual, library, examples.
TESTS += tests/unit/pubapi.sh tests/unit/examples.sh
EXTRA_DIST += tests/unit/pubapi.sh tests/unit/examples.sh
