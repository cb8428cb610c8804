/* SPDX-License-Identifier: Apache-2.0 */
#include "base/fault.h"
#include "front/caller.h"
#include "front/errands.h"
#include "front/json.h"
#include "front/leaves_query.h"
#include "store/revocation.h"

static json_t *leaf_json(const struct store_leaf *leaf)
{
	return json_pack("{s:I, s:s, s:o, s:o, s:o, s:s%}", "id", (json_int_t)leaf->at.id, "kind",
		leaf_kind_name(leaf->kind), "happened_at", front_json_instant(leaf->happened_at),
		"leaf", front_json_hex(BYTES(leaf->octets.octets)), "salt",
		front_json_hex(BYTES(leaf->octets.salt)), "detail", leaf->octets.detail,
		leaf->octets.detail_len);
}

/* A full page has a next one, even if that turns out to be empty. */
static json_t *page_json(const struct store_leaf *leaves, size_t count, int64_t limit)
{
	json_t *list = json_array();
	for (size_t i = 0; i < count; i++)
		if (json_array_append_new(list, leaf_json(&leaves[i])) != 0) {
			json_decref(list);
			return NULL;
		}
	char cursor[FRONT_LEAVES_CURSOR_SIZE] = "";
	if (count == (size_t)limit)
		front_leaves_cursor(leaves[count - 1].at, cursor);
	return json_pack("{s:o, s:s?}", "leaves", list, "next", cursor[0] != '\0' ? cursor : NULL);
}

static int list(struct front_worker *worker, struct http_request *request,
	const struct front_leaves_query *query)
{
	struct store *store;
	struct client client;
	int r = front_caller_load(worker, request, &store, &client);
	if (r != 0)
		return r < 0 ? fault_trace(r) : 0;
	void *room;
	r = arena_alloc(&request->arena, (size_t)query->limit * sizeof(struct store_leaf), &room);
	if (r < 0)
		return fault_trace(r);
	struct store_leaf *leaves = room;
	size_t count;
	r = store_leaf_list(store, client.id, query->has_serial ? query->serial : NULL,
		query->from_at, query->to_at, query->after, leaves, (size_t)query->limit, &count);
	if (r < 0)
		return fault_trace(r);
	r = http_reply_json(request, 200, page_json(leaves, count, query->limit));
	return r < 0 ? fault_trace(r) : 0;
}

int front_errand_leaves(struct http_request *request, void *worker)
{
	struct front_leaves_query query;
	struct verdict verdict;
	front_leaves_query_read(request, &query, &verdict);
	int r = verdict_allows(&verdict) ? list(worker, request, &query)
					 : http_reply_verdict(request, &verdict, NULL);
	return r < 0 ? fault_trace(r) : 0;
}
