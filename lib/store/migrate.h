/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What migrations made a database, compared with those in the program. For this room only;
 * store_migrate() stands in store/system.h.
 */
#pragma once

#include "store/handle.h"

/*
 * Whether the schema is exactly this program's. STORE_SCHEMA_OLDER, STORE_SCHEMA_NEWER;
 * FAULT_STATE when an applied migration is another text. Outside of pipeline mode.
 */
int store_migrate_check(struct store *store) MUST_CHECK;
