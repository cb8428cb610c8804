/* SPDX-License-Identifier: Apache-2.0 */
#include "store/name.h"

#include <assert.h>
#include <string.h>

#include "model/facts.h"
#include "model/leaf.h"

/* One value and its name; model's names where model has them, ours where only we spell them. */
struct row {
	enum store_name name;
	int value;
	const char *text;
};

static const struct row rows[] = {
	{ STORE_NAME_SERVICE_KIND, SERVICE_PRODUCTION, "production" },
	{ STORE_NAME_SERVICE_KIND, SERVICE_REHEARSAL, "rehearsal" },
	{ STORE_NAME_APPLICATION_KIND, APPLICATION_ISSUANCE, "issuance" },
	{ STORE_NAME_APPLICATION_KIND, APPLICATION_RENEWAL, "renewal" },
	{ STORE_NAME_VISIT_CASE, VISIT_APPLICANT_WITH_ID, "A1" },
	{ STORE_NAME_VISIT_CASE, VISIT_APPLICANT_WITHOUT_ID, "A2" },
	{ STORE_NAME_VISIT_CASE, VISIT_REPRESENTED_WITH_ID, "A3" },
	{ STORE_NAME_VISIT_CASE, VISIT_REPRESENTED_WITHOUT_ID, "A4" },
	{ STORE_NAME_VISIT_CASE, VISIT_AGENT, "A5" },
	{ STORE_NAME_IDENTITY, IDENTITY_NONE, "none" },
	{ STORE_NAME_IDENTITY, IDENTITY_DRIVING_LICENCE, "driving_licence" },
	{ STORE_NAME_IDENTITY, IDENTITY_PASSPORT, "passport" },
	{ STORE_NAME_IDENTITY, IDENTITY_JUKI_CARD_WITH_PHOTO, "juki_card_with_photo" },
	{ STORE_NAME_IDENTITY, IDENTITY_OTHER_PUBLIC_PHOTO, "other_public_photo" },
	{ STORE_NAME_KEY_MAKER, KEY_BY_APPLICANT, "applicant" },
	{ STORE_NAME_KEY_MAKER, KEY_BY_STAFF, "staff" },
	{ STORE_NAME_KEY_MAKER, KEY_BY_REPRESENTATIVE, "representative" },
};

#define TEXT_MAX 32

static const char *cause_name(int value)
{
	const struct revocation_cause_text *text = revocation_cause_text(
		(enum revocation_cause)value);
	assert(text != NULL);
	return text->name;
}

static const char *of_row(enum store_name name, int value)
{
	for (size_t i = 0; i < LENGTH_OF(rows); i++) {
		if (rows[i].name == name && rows[i].value == value)
			return rows[i].text;
	}
	assert(false);
	return NULL;
}

const char *store_name_of(enum store_name name, int value)
{
	switch (name) {
	case STORE_NAME_CLIENT_ROLE:
		return client_role_name((enum client_role)value);
	case STORE_NAME_APPLICATION_STATE:
		return application_state_name((enum application_state)value);
	case STORE_NAME_CARD_STATE:
		return card_state_name((enum card_state)value);
	case STORE_NAME_LEAF_KIND:
		return leaf_kind_name((enum leaf_kind)value);
	case STORE_NAME_REVOCATION_CAUSE:
		return cause_name(value);
	case STORE_NAME_SERVICE_KIND:
	case STORE_NAME_APPLICATION_KIND:
	case STORE_NAME_VISIT_CASE:
	case STORE_NAME_IDENTITY:
	case STORE_NAME_KEY_MAKER:
		return of_row(name, value);
	}
	assert(false);
	return NULL;
}

static int find_row(enum store_name name, const char *text, int *ret_value)
{
	for (size_t i = 0; i < LENGTH_OF(rows); i++) {
		if (rows[i].name == name && strcmp(rows[i].text, text) == 0) {
			*ret_value = rows[i].value;
			return 0;
		}
	}
	return STORE_NAME_BAD;
}

/* Model's enums are ints to the compiler; their from_text functions answer 0 or "bad". */
#define FROM_TEXT(enum_, from_text_)                                                               \
	static int find_##enum_(const char *text, int *ret_value)                                  \
	{                                                                                          \
		enum enum_ value;                                                                  \
		if (from_text_(text, &value) != 0)                                                 \
			return STORE_NAME_BAD;                                                     \
		*ret_value = (int)value;                                                           \
		return 0;                                                                          \
	}
FROM_TEXT(client_role, client_role_from_text)
FROM_TEXT(application_state, application_state_from_text)
FROM_TEXT(card_state, card_state_from_text)
FROM_TEXT(leaf_kind, leaf_kind_from_text)
FROM_TEXT(revocation_cause, revocation_cause_from_text)

static int find(enum store_name name, const char *text, int *ret_value)
{
	switch (name) {
	case STORE_NAME_CLIENT_ROLE:
		return find_client_role(text, ret_value);
	case STORE_NAME_APPLICATION_STATE:
		return find_application_state(text, ret_value);
	case STORE_NAME_CARD_STATE:
		return find_card_state(text, ret_value);
	case STORE_NAME_LEAF_KIND:
		return find_leaf_kind(text, ret_value);
	case STORE_NAME_REVOCATION_CAUSE:
		return find_revocation_cause(text, ret_value);
	case STORE_NAME_SERVICE_KIND:
	case STORE_NAME_APPLICATION_KIND:
	case STORE_NAME_VISIT_CASE:
	case STORE_NAME_IDENTITY:
	case STORE_NAME_KEY_MAKER:
		return find_row(name, text, ret_value);
	}
	assert(false);
	return STORE_NAME_BAD;
}

int store_name_find(enum store_name name, const char *text, size_t len, int *ret_value)
{
	char terminated[TEXT_MAX];

	if (len >= sizeof(terminated))
		return STORE_NAME_BAD;
	memcpy(terminated, text, len);
	terminated[len] = '\0';
	return find(name, terminated, ret_value);
}
