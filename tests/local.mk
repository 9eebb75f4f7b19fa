## SPDX-License-Identifier: BSD-2-Clause
## Every part of the tests has a fragment of its own; here they meet.
include tests/unit/base/unit.mk
include tests/unit/batond/unit.mk
include tests/unit/command/unit.mk
include tests/unit/db/db.mk
include tests/unit/pubapi.mk
include tests/unit/engine/unit.mk
include tests/unit/resp/unit.mk
include tests/unit/type/unit.mk
include tests/race/db.mk
include tests/race/engine.mk
include tests/fuzz/fuzz.mk
include tests/linear/local.mk
include tests/protocol/protocol.mk
include tests/differential/local.mk
include tests/clients/local.mk
include tests/acceptance/acceptance.mk

EXTRA_DIST += tests/README.md
