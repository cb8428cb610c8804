/* SPDX-License-Identifier: Apache-2.0 */
#include "ctl/crl.h"

#include <openssl/err.h>
#include <openssl/x509v3.h>

#include "base/fault.h"
#include "base/file.h"
#include "client/fetch.h"

CLEANUP_DEFINE(crl_done, X509_CRL, X509_CRL_free)
CLEANUP_DEFINE(integer_done, ASN1_INTEGER, ASN1_INTEGER_free)

static int number_of(struct bytes der, const char *from, int64_t *ret_number)
{
	const unsigned char *at = der.data;
	CLEANUP(crl_done) X509_CRL *crl = d2i_X509_CRL(NULL, &at, (long)der.len);
	CLEANUP(integer_done) ASN1_INTEGER *number = NULL;
	if (crl != NULL && at == der.data + der.len)
		number = X509_CRL_get_ext_d2i(crl, NID_crl_number, NULL, NULL);
	int64_t value;
	bool good = number != NULL && ASN1_INTEGER_get_int64(&value, number) == 1;
	ERR_clear_error();
	if (!good)
		return fault_new(FAULT_PROTOCOL, "%s: no CRL with a number", from);
	*ret_number = value;
	return 0;
}

int ctl_crl_number(const char *path, const char *url, struct deadline deadline, int64_t *ret_number)
{
	BUFFER_CLEANUP struct buffer content = BUFFER(0);
	int r = path != NULL ? file_read(path, CLIENT_FETCH_MAX, &content)
			     : client_fetch(url, deadline, &content);
	if (r < 0)
		return fault_trace(r);
	if (r > 0)
		return CTL_CRL_ABSENT;
	r = number_of(buffer_bytes(&content), path != NULL ? path : url, ret_number);
	return r < 0 ? fault_trace(r) : 0;
}
