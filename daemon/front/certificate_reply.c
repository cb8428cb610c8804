/* SPDX-License-Identifier: Apache-2.0 */
#include "front/certificate_reply.h"

#include <string.h>
#include <strings.h>

#include "base/fault.h"
#include "front/json.h"

#define PEM_MAX (2 * CERTIFICATE_MAX) /* octets of a certificate as text */

static const struct form {
	const char *media;
	enum front_certificate_form form;
} forms[] = {
	{ "application/json", FRONT_FORM_JSON },
	{ "application/pkix-cert", FRONT_FORM_DER },
	{ "application/pem-certificate-chain", FRONT_FORM_PEM },
	{ "application/*", FRONT_FORM_JSON },
	{ "*/*", FRONT_FORM_JSON },
};

/* The row of a media range of `len` octets, NULL for none. */
static const struct form *find_form(const char *range, size_t len)
{
	for (size_t i = 0; i < LENGTH_OF(forms); i++)
		if (strlen(forms[i].media) == len && strncasecmp(range, forms[i].media, len) == 0)
			return &forms[i];
	return NULL;
}

/* RFC 9110 12.5.1, without weights: the order of the list counts. */
int front_certificate_form(const char *accept, enum front_certificate_form *ret_form)
{
	const char *rest = accept + strspn(accept, ", \t");
	if (*rest == '\0') {
		*ret_form = FRONT_FORM_JSON;
		return 0;
	}
	while (*rest != '\0') {
		const struct form *form = find_form(rest, strcspn(rest, ",; \t"));
		if (form != NULL) {
			*ret_form = form->form;
			return 0;
		}
		rest += strcspn(rest, ",");
		rest += strspn(rest, ", \t");
	}
	return FRONT_FORM_NONE;
}

json_t *front_certificate_pem(struct bytes der)
{
	BUFFER_CLEANUP struct buffer pem = BUFFER(PEM_MAX);
	if (pki_certificate_to_pem(der, &pem) != 0)
		return NULL;
	return json_stringn((const char *)pem.data, pem.len);
}

static int reply_pem(struct http_request *request, int status, struct bytes der)
{
	BUFFER_CLEANUP struct buffer pem = BUFFER(PEM_MAX);
	int r = pki_certificate_to_pem(der, &pem);
	if (r < 0)
		return fault_trace(r);
	r = http_reply_bytes(
		request, status, "application/pem-certificate-chain", buffer_bytes(&pem));
	return r < 0 ? fault_trace(r) : 0;
}

static json_t *certificate_json(const struct front *front, const struct certificate *certificate)
{
	struct bytes der = { certificate->der, certificate->der_len };
	return json_pack("{s:o, s:o, s:o, s:s%}", "serial", front_json_serial(certificate->serial),
		"not_after", front_json_instant(certificate->not_after_at), "certificate",
		front_certificate_pem(der), "ca_certificate", front->ca_pem.data,
		front->ca_pem.len);
}

int front_certificate_reply(const struct front *front, struct http_request *request, int status,
	enum front_certificate_form form, const struct certificate *certificate)
{
	struct bytes der = { certificate->der, certificate->der_len };
	int r = 0;
	switch (form) {
	case FRONT_FORM_JSON:
		r = http_reply_json(request, status, certificate_json(front, certificate));
		break;
	case FRONT_FORM_DER:
		r = http_reply_bytes(request, status, "application/pkix-cert", der);
		break;
	case FRONT_FORM_PEM:
		r = reply_pem(request, status, der);
		break;
	}
	return r < 0 ? fault_trace(r) : 0;
}
