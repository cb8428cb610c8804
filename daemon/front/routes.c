/* SPDX-License-Identifier: Apache-2.0 */
#include "front/routes.h"

#include <assert.h>

#include "front/errands.h"
#include "front/metrics.h"

#define JSON "application/json"
#define EVERY_ROLE (HTTP_TERMINAL | HTTP_REGISTRY | HTTP_OPERATOR | HTTP_AUDITOR | HTTP_VERIFIER)

static const struct http_route routes[] = {
	{ "POST", "/v1/applications", HTTP_TERMINAL, JSON, front_errand_open, "open" },
	{ "GET", "/v1/applications/{id}", HTTP_TERMINAL, NULL, front_errand_application,
		"application" },
	{ "POST", "/v1/applications/{id}/fee", HTTP_TERMINAL, JSON, front_errand_fee, "fee" },
	{ "POST", "/v1/applications/{id}/csr", HTTP_TERMINAL, JSON, front_errand_csr, "csr" },
	{ "GET", "/v1/applications/{id}/certificate", HTTP_TERMINAL, NULL, front_errand_certificate,
		"certificate" },
	{ "POST", "/v1/applications/{id}/delivery", HTTP_TERMINAL, JSON, front_errand_delivery,
		"delivery" },
	{ "POST", "/v1/certificates/{serial}/revocation", HTTP_TERMINAL | HTTP_OPERATOR, JSON,
		front_errand_revocation, "revocation" },
	{ "GET", "/v1/certificates/{serial}", HTTP_TERMINAL | HTTP_OPERATOR | HTTP_AUDITOR, NULL,
		front_errand_certificate_status, "certificate_status" },
	{ "POST", "/v1/municipalities", HTTP_OPERATOR, JSON, front_errand_municipality,
		"municipality" },
	{ "POST", "/v1/clients", HTTP_OPERATOR, JSON, front_errand_client, "client" },
	{ "PUT", "/v1/clients/{id}/suspension", HTTP_OPERATOR, JSON, front_errand_suspension,
		"suspension" },
	{ "POST", "/v1/crls", HTTP_OPERATOR, JSON, front_errand_crl, "crl" },
	{ "GET", "/v1/ledger/leaves", HTTP_AUDITOR, NULL, front_errand_leaves, "leaves" },
	{ "GET", "/v1/service", EVERY_ROLE, NULL, front_errand_service, "service" },
};

static const struct http_route health_routes[] = {
	{ "GET", "/health", HTTP_PUBLIC, NULL, front_errand_health, "health" },
	{ "GET", "/metrics", HTTP_PUBLIC, NULL, front_errand_metrics, "metrics" },
};

_Static_assert(LENGTH_OF(routes) < FRONT_METRICS_ERRANDS_MAX, "each route has its counters");

const struct http_route *front_routes(size_t *ret_count_of_rows)
{
	*ret_count_of_rows = LENGTH_OF(routes);
	return routes;
}

const struct http_route *front_routes_health(size_t *ret_count_of_rows)
{
	*ret_count_of_rows = LENGTH_OF(health_routes);
	return health_routes;
}

size_t front_routes_index(const struct http_route *route)
{
	if (route == NULL)
		return LENGTH_OF(routes);
	assert(route >= routes && route < routes + LENGTH_OF(routes));
	return (size_t)(route - routes);
}

const char *front_routes_name(size_t index)
{
	assert(index <= LENGTH_OF(routes));
	return index < LENGTH_OF(routes) ? routes[index].errand_name : "none";
}
