/* SPDX-License-Identifier: Apache-2.0 */
#include "front/leaf.h"

#include "base/fault.h"

static int encode(const struct leaf *leaf, struct front_leaf *ret_leaf)
{
	ret_leaf->leaf = *leaf;
	int r = ledger_leaf_encode(leaf, &ret_leaf->octets);
	return r < 0 ? fault_trace(r) : 0;
}

/* What an issuance and its abandonment have in common. */
static struct leaf leaf_of_reservation(enum leaf_kind kind, const struct store_reserved *reserved)
{
	return (struct leaf){
		.kind = kind,
		.municipality = reserved->reservation.municipality,
		.client_id = reserved->terminal_id,
		.clerk = reserved->clerk,
		.application = reserved->reservation.application,
		.serial = reserved->reservation.serial,
		.profile = &reserved->reservation.profile,
		.person = &reserved->commitment,
	};
}

int front_leaf_issuance(const struct store_reserved *reserved, const struct digest *tbs,
	const struct digest *certificate, struct front_leaf *ret_leaf)
{
	struct leaf leaf = leaf_of_reservation(LEAF_ISSUANCE, reserved);
	leaf.happened_at = reserved->reservation.reserved_at;
	leaf.tbs = tbs;
	leaf.certificate = certificate;
	int r = encode(&leaf, ret_leaf);
	return r < 0 ? fault_trace(r) : 0;
}

int front_leaf_abandonment(
	const struct store_reserved *reserved, int64_t now_at, struct front_leaf *ret_leaf)
{
	struct leaf leaf = leaf_of_reservation(LEAF_ABANDONMENT, reserved);
	leaf.happened_at = now_at;
	leaf.subject = revocation_cause_text(REVOCATION_DISCARDED)->name;
	int r = encode(&leaf, ret_leaf);
	return r < 0 ? fault_trace(r) : 0;
}

int front_leaf_delivery(const struct facts *facts, const char *clerk, struct front_leaf *ret_leaf)
{
	const struct leaf leaf = {
		.kind = LEAF_DELIVERY,
		.happened_at = facts->now_at,
		.municipality = facts->application.municipality,
		.client_id = facts->client.id,
		.clerk = clerk,
		.application = facts->application.id,
		.serial = facts->certificate_live && facts->has_live ? facts->live_serial : NULL,
	};
	int r = encode(&leaf, ret_leaf);
	return r < 0 ? fault_trace(r) : 0;
}

int front_leaf_revocation(const struct front_revocation *revocation, struct front_leaf *ret_leaf)
{
	const struct leaf leaf = {
		.kind = LEAF_REVOCATION,
		.happened_at = revocation->now_at,
		.municipality = revocation->municipality,
		.client_id = revocation->client_id,
		.clerk = revocation->clerk,
		.application = revocation->application,
		.serial = revocation->serial,
		.subject = revocation_cause_text(revocation->cause)->name,
	};
	int r = encode(&leaf, ret_leaf);
	return r < 0 ? fault_trace(r) : 0;
}

int front_leaf_client(
	const char *subject, int64_t operator_id, int64_t now_at, struct front_leaf *ret_leaf)
{
	const struct leaf leaf = {
		.kind = LEAF_CLIENT,
		.happened_at = now_at,
		.client_id = operator_id,
		.subject = subject,
	};
	int r = encode(&leaf, ret_leaf);
	return r < 0 ? fault_trace(r) : 0;
}
