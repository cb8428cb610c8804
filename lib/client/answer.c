/* SPDX-License-Identifier: Apache-2.0 */
#include "client/answer.h"

void client_answer_done(struct client_answer *answer)
{
	json_decref(answer->json);
	buffer_done(&answer->body);
	*answer = (struct client_answer){ .status = 0 };
}

bool client_answer_is_good(const struct client_answer *answer)
{
	return answer->status >= 200 && answer->status < 300;
}

const char *client_answer_text(const struct client_answer *answer, const char *member)
{
	const char *text = json_string_value(json_object_get(answer->json, member));
	return text != NULL ? text : "";
}

int64_t client_answer_number(const struct client_answer *answer, const char *member)
{
	return json_integer_value(json_object_get(answer->json, member));
}
