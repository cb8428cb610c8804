/* SPDX-License-Identifier: Apache-2.0 */
/* hakkod's crash points: its calls into other object files, caught by the linker's --wrap. */
#include "crash_points.h"
#include "front/certificate_reply.h"
#include "store/issuance.h"
#include "wire/line.h"

int __real_store_reservation_finish(struct store *store, struct reservation *reservation,
	enum key_maker maker, const char *clerk) MUST_CHECK;
int __wrap_store_reservation_finish(struct store *store, struct reservation *reservation,
	enum key_maker maker, const char *clerk) MUST_CHECK;
int __wrap_store_reservation_finish(struct store *store, struct reservation *reservation,
	enum key_maker maker, const char *clerk)
{
	crash_point_reach(CRASH_FRONT_BEFORE_RESERVE);
	int r = __real_store_reservation_finish(store, reservation, maker, clerk);
	if (r == 0)
		crash_point_reach(CRASH_FRONT_AFTER_RESERVE);
	return r;
}

int __real_wire_line_issue(struct wire_line *line, const struct wire_issue *message,
	struct deadline deadline, struct wire_issued *ret_issued, struct wire_refused *ret_refused)
	MUST_CHECK;
int __wrap_wire_line_issue(struct wire_line *line, const struct wire_issue *message,
	struct deadline deadline, struct wire_issued *ret_issued, struct wire_refused *ret_refused)
	MUST_CHECK;
int __wrap_wire_line_issue(struct wire_line *line, const struct wire_issue *message,
	struct deadline deadline, struct wire_issued *ret_issued, struct wire_refused *ret_refused)
{
	crash_point_reach(CRASH_FRONT_BEFORE_SIGNER);
	int r = __real_wire_line_issue(line, message, deadline, ret_issued, ret_refused);
	if (r == 0)
		crash_point_reach(CRASH_FRONT_AFTER_SIGNER);
	return r;
}

int __real_store_issuance_record(struct store *store, const struct store_record *record,
	struct certificate *ret_recorded) MUST_CHECK;
int __wrap_store_issuance_record(struct store *store, const struct store_record *record,
	struct certificate *ret_recorded) MUST_CHECK;
int __wrap_store_issuance_record(
	struct store *store, const struct store_record *record, struct certificate *ret_recorded)
{
	crash_point_reach(CRASH_FRONT_BEFORE_RECORD);
	int r = __real_store_issuance_record(store, record, ret_recorded);
	if (r == 0)
		crash_point_reach(CRASH_FRONT_AFTER_RECORD);
	return r;
}

int __real_front_certificate_reply(const struct front *front, struct http_request *request,
	int status, enum front_certificate_form form, const struct certificate *certificate)
	MUST_CHECK;
int __wrap_front_certificate_reply(const struct front *front, struct http_request *request,
	int status, enum front_certificate_form form, const struct certificate *certificate)
	MUST_CHECK;
int __wrap_front_certificate_reply(const struct front *front, struct http_request *request,
	int status, enum front_certificate_form form, const struct certificate *certificate)
{
	crash_point_reach(CRASH_FRONT_BEFORE_REPLY);
	return __real_front_certificate_reply(front, request, status, form, certificate);
}
