/* SPDX-License-Identifier: Apache-2.0 */
#include "client/fetch.h"

#include <curl/curl.h>

#include "base/fault.h"

CLEANUP_DEFINE(curl_done, CURL, curl_easy_cleanup)

static size_t take(char *octets, size_t size, size_t count, void *context)
{
	struct bytes more = { (const uint8_t *)octets, size * count };
	return buffer_append(context, more) == 0 ? size * count : 0;
}

static int get(CURL *curl, const char *url, struct deadline deadline, struct buffer *content)
{
	CURLcode bad = CURLE_OK;
	bad |= curl_easy_setopt(curl, CURLOPT_URL, url);
	bad |= curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
	bad |= curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L);
	bad |= curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
	bad |= curl_easy_setopt(curl, CURLOPT_USERAGENT, "hakko/" HAKKO_VERSION);
	bad |= curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, (long)deadline_left_ms(deadline) + 1);
	bad |= curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take);
	bad |= curl_easy_setopt(curl, CURLOPT_WRITEDATA, content);
	if (bad != CURLE_OK)
		return fault_new(FAULT_MEMORY, "libcurl took not every option");

	CURLcode code = curl_easy_perform(curl);
	if (code != CURLE_OK)
		return fault_new(FAULT_UNAVAILABLE, "%s: %s", url, curl_easy_strerror(code));
	long status = 0;
	(void)curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
	if (status == 404)
		return CLIENT_FETCH_ABSENT;
	return status == 200 ? 0 : fault_new(FAULT_UNAVAILABLE, "%s: status %ld", url, status);
}

int client_fetch(const char *url, struct deadline deadline, struct buffer *ret_content)
{
	CLEANUP(curl_done) CURL *curl = curl_easy_init();
	if (curl == NULL)
		return fault_new(FAULT_MEMORY, "libcurl does not start");
	BUFFER_CLEANUP struct buffer content = BUFFER(CLIENT_FETCH_MAX);
	int r = get(curl, url, deadline, &content);
	if (r != 0)
		return r < 0 ? fault_trace(r) : r;
	*ret_content = content;
	content = BUFFER(0);
	return 0;
}
