/* SPDX-License-Identifier: Apache-2.0 */
#include "signer/crl.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/evp.h>

#include "base/fault.h"
#include "base/log.h"
#include "pki/crl.h"

#define CRL_MAX_AGE MINUTE /* a CRL is signed so long after its thisUpdate, and the skew */

struct signer_crl {
	struct pki_crl_request request;
	struct pki_crl_scan scan;
	EVP_MD_CTX *hash; /* of header, entries, trailer */
	struct buffer header;
	struct digest header_digest;
	const char *wrong; /* what is wrong with it; said at its end, the rest is not looked at */
};

_Static_assert(PKI_CRL_HEADER_MAX + 16 <= WIRE_CRL_PART_MAX, "the answer holds outer and header");

void signer_crl_free(struct signer_crl *crl)
{
	if (crl == NULL)
		return;
	EVP_MD_CTX_free(crl->hash);
	buffer_done(&crl->header);
	free(crl);
}

/* What is wrong with the request itself, NULL for nothing. */
static const char *request_check(const struct signer *signer, const struct pki_crl_request *request)
{
	const struct signer_record *last = signer_journal_last(signer->journal);
	int64_t now_at = signer_now_at(signer);
	int64_t skew = signer->limits.clock_skew;
	if (request->number < 1 || request->number <= last->crl_number)
		return "number not above the last one's";
	if (request->this_update_at > now_at + skew ||
		request->this_update_at < now_at - skew - CRL_MAX_AGE)
		return "thisUpdate is not now";
	if (request->this_update_at < last->crl_this_update_at)
		return "thisUpdate before the last one's";
	if (request->next_update_at <= request->this_update_at ||
		request->next_update_at - request->this_update_at >
			signer->settings->profile.crl_validity_s * SECOND ||
		request->next_update_at > signer->limits.ca_not_after_at)
		return "nextUpdate outside the profile";
	if ((request->count == 0) != (request->entries_len == 0))
		return "count and length contradict each other";
	return NULL;
}

static int hash(struct signer_crl *crl, struct bytes octets)
{
	if (EVP_DigestUpdate(crl->hash, octets.data, octets.len) != 1)
		return fault_new(FAULT_CRYPTO, "SHA-256 does not go on");
	return 0;
}

/* Writes the header and begins the hash with it. */
static int header_begin(const struct signer *signer, struct signer_crl *crl)
{
	int r = pki_crl_header_build(&signer->ca, &crl->request, &crl->header);
	if (r < 0 && fault_kind(r) == FAULT_LIMIT) {
		fault_clear();
		crl->wrong = "number, times, count and length do not go together";
		return 0;
	}
	if (r < 0)
		return fault_trace(r);
	crl->hash = EVP_MD_CTX_new();
	if (crl->hash == NULL || EVP_DigestInit_ex(crl->hash, EVP_sha256(), NULL) != 1)
		return fault_new(FAULT_CRYPTO, "SHA-256 does not start");
	r = hash(crl, buffer_bytes(&crl->header));
	if (r < 0)
		return fault_trace(r);
	r = digest_of(buffer_bytes(&crl->header), &crl->header_digest);
	return r < 0 ? fault_trace(r) : 0;
}

int signer_crl_begin(struct signer *signer, struct signer_peer *peer, struct wire_reader *reader)
{
	struct wire_crl_begin begin;
	if (peer->crl != NULL || wire_crl_begin_decode(reader, &begin) != 0)
		return SIGNER_PEER_END;
	struct signer_crl *crl = calloc(1, sizeof(*crl));
	if (crl == NULL)
		return fault_new(FAULT_MEMORY, "no memory for a CRL");
	peer->crl = crl;
	crl->header = BUFFER(PKI_CRL_HEADER_MAX);
	crl->request = (struct pki_crl_request){
		.number = begin.number,
		.this_update_at = begin.this_update_at,
		.next_update_at = begin.next_update_at,
		.entries_len = begin.entries_len,
		.count = begin.count,
	};
	crl->scan.latest_allowed_at = begin.this_update_at;
	crl->wrong = request_check(signer, &crl->request);
	if (crl->wrong != NULL)
		return 0;
	int r = header_begin(signer, crl);
	return r < 0 ? fault_trace(r) : 0;
}

int signer_crl_entries(struct signer *signer, struct signer_peer *peer, struct wire_reader *reader)
{
	(void)signer;
	struct signer_crl *crl = peer->crl;
	struct bytes entries = reader->rest;
	if (crl == NULL)
		return SIGNER_PEER_END;
	if (crl->wrong != NULL)
		return 0;
	if (entries.len > PKI_CRL_FRAME_MAX ||
		entries.len > crl->request.entries_len - crl->scan.len) {
		crl->wrong = "more entries than said";
		return 0;
	}
	int r = pki_crl_scan(&crl->scan, entries);
	if (r < 0)
		return fault_trace(r);
	if (r == PKI_CRL_BAD) {
		crl->wrong = "an entry that may not stand there";
		return 0;
	}
	r = hash(crl, entries);
	return r < 0 ? fault_trace(r) : 0;
}

/* Takes what the job needs out of the CRL; its digest is complete then. */
static int job_fill(struct signer *signer, struct signer_crl *crl, struct signer_job *job)
{
	BUFFER_CLEANUP struct buffer trailer = BUFFER(PKI_CRL_TRAILER_MAX);
	int r = pki_crl_trailer_build(&signer->ca, &crl->request, &trailer);
	if (r < 0)
		return fault_trace(r);
	r = hash(crl, buffer_bytes(&trailer));
	if (r < 0)
		return fault_trace(r);
	if (EVP_DigestFinal_ex(crl->hash, job->digest.octets, NULL) != 1)
		return fault_new(FAULT_CRYPTO, "SHA-256 does not end");
	job->crl = crl->request;
	memcpy(job->header, crl->header.data, crl->header.len);
	job->header_len = crl->header.len;
	memcpy(job->trailer, trailer.data, trailer.len);
	job->trailer_len = trailer.len;
	return 0;
}

/* The body of a CRL's record: number, times, digest of the header, digest of TBSCertList. */
static int body_build(
	const struct signer_crl *crl, const struct signer_job *job, struct buffer *ret_body)
{
	const int64_t numbers[] = { crl->request.number, crl->request.this_update_at,
		crl->request.next_update_at };
	for (size_t i = 0; i < LENGTH_OF(numbers); i++) {
		int r = wire_put_i64(ret_body, numbers[i]);
		if (r < 0)
			return fault_trace(r);
	}
	int r = wire_put_fixed(ret_body, digest_bytes(&crl->header_digest));
	if (r < 0)
		return fault_trace(r);
	r = wire_put_fixed(ret_body, digest_bytes(&job->digest));
	return r < 0 ? fault_trace(r) : 0;
}

static int journal_crl(struct signer *signer, const struct signer_crl *crl, struct signer_job *job,
	int64_t stamped_at)
{
	BUFFER_CLEANUP struct buffer body = BUFFER(256);
	int r = body_build(crl, job, &body);
	if (r < 0)
		return fault_trace(r);
	const struct signer_entry entry = {
		.kind = JOURNAL_CRL,
		.stamped_at = stamped_at,
		.crl_number = crl->request.number,
		.crl_this_update_at = crl->request.this_update_at,
		.body = buffer_bytes(&body),
	};
	r = signer_journal_append(signer->journal, &entry, &job->place);
	return r < 0 ? fault_trace(r) : 0;
}

/* The CRL is complete and good: journals it and makes its job due. */
static int accept_crl(struct signer *signer, struct signer_peer *peer, struct signer_crl *crl)
{
	int64_t stamped_at;
	int r = signer_stamp(signer, peer, 0, &stamped_at);
	if (r != 0)
		return r < 0 ? fault_trace(r) : 0;
	struct signer_job *job = signer_jobs_take(&signer->jobs, SIGNER_JOB_CRL);
	if (job == NULL)
		return signer_refuse(
			signer, peer, REFUSAL_SIGNER_UNAVAILABLE, 0, "too much at a time");
	r = job_fill(signer, crl, job);
	if (r == 0)
		r = journal_crl(signer, crl, job, stamped_at);
	if (r < 0)
		return fault_trace(r);
	signer_attach(peer, job);
	signer_put_due(signer, job);
	return 0;
}

int signer_crl_end(struct signer *signer, struct signer_peer *peer, struct wire_reader *reader)
{
	if (peer->crl == NULL || wire_reader_end(reader) != 0)
		return SIGNER_PEER_END;
	struct signer_crl *crl = STEAL(peer->crl);
	if (crl->wrong == NULL &&
		(crl->scan.len != crl->request.entries_len ||
			crl->scan.count != crl->request.count))
		crl->wrong = "fewer entries than said";
	/* Another CRL may have been signed while this one streamed. */
	if (crl->wrong == NULL)
		crl->wrong = request_check(signer, &crl->request);
	int r = crl->wrong != NULL ? signer_refuse(signer, peer, REFUSAL_CRL_INVALID, 0, crl->wrong)
				   : accept_crl(signer, peer, crl);
	signer_crl_free(crl);
	return r < 0 ? fault_trace(r) : 0;
}

/* outer: CertificateList's head and TBSCertList's; rest: the trailer and the signature. */
static int parts_build(const struct signer *signer, const struct signer_job *job,
	struct buffer *ret_outer, struct buffer *ret_rest)
{
	struct bytes signature = { job->signature, job->signature_len };
	uint64_t tbs_len = job->header_len + job->crl.entries_len + job->trailer_len;
	int r = pki_crl_outer_build(&signer->ca, tbs_len, signature, ret_outer);
	if (r < 0)
		return fault_trace(r);
	r = buffer_append(ret_outer, (struct bytes){ job->header, job->header_len });
	if (r < 0)
		return fault_trace(r);
	r = buffer_append(ret_rest, (struct bytes){ job->trailer, job->trailer_len });
	if (r < 0)
		return fault_trace(r);
	r = pki_crl_signature_build(&signer->ca, signature, ret_rest);
	return r < 0 ? fault_trace(r) : 0;
}

static int answer(struct signer *signer, struct signer_peer *peer, const struct signer_job *job)
{
	BUFFER_CLEANUP struct buffer outer = BUFFER(WIRE_CRL_PART_MAX);
	BUFFER_CLEANUP struct buffer rest = BUFFER(WIRE_CRL_PART_MAX);
	int r = parts_build(signer, job, &outer, &rest);
	if (r < 0)
		return fault_trace(r);
	struct wire_crl_signed *crl_signed = &signer->crl_signed;
	memcpy(crl_signed->outer, outer.data, outer.len);
	crl_signed->outer_len = outer.len;
	memcpy(crl_signed->rest, rest.data, rest.len);
	crl_signed->rest_len = rest.len;
	crl_signed->place = job->place;
	peer->state = SIGNER_PEER_READING;
	r = wire_crl_signed_encode(crl_signed, &peer->out);
	return r < 0 ? fault_trace(r) : 0;
}

int signer_crl_finish(struct signer *signer, struct signer_job *job)
{
	int r = 0;
	if (job->signature_len == 0) {
		r = signer_refuse_waiters(
			signer, job, REFUSAL_SIGNER_UNAVAILABLE, "it could not be signed");
	} else {
		signer->crls++;
		log_event(LOG_LEVEL_INFO, "crl-signed", "number=%lld entries=%llu position=%lld",
			(long long)job->crl.number, (unsigned long long)job->crl.count,
			(long long)job->place.position);
	}
	if (r == 0 && job->waiters != NULL) {
		struct signer_peer *peer = job->waiters;
		signer_detach(peer);
		r = answer(signer, peer, job);
	}
	if (r < 0)
		return fault_trace(r);
	signer_jobs_give_back(&signer->jobs, job);
	return 0;
}
