#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Reads what lib/pki makes with parsers that are not its own: asn1crypto, cryptography (Rust), GnuTLS.

usage: foreign.py SAMPLE GOLDEN_FOLDER
"""

import datetime
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
import unittest

from asn1crypto import core, crl as asn1_crl, x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import padding

SAMPLE, GOLDEN = sys.argv[1:3]
JAPANESE = [("C", "JP"), ("O", "公的個人認証サービス"), ("OU", "千葉県"), ("OU", "千葉県知事")]
ISSUER = [("C", "JP"), ("O", "JPKI"), ("OU", "Chiba"), ("OU", "Governor"), ("OU", "REHEARSAL")]
SHORT = {
    "country_name": "C",
    "organization_name": "O",
    "organizational_unit_name": "OU",
    "locality_name": "L",
    "common_name": "CN",
}
UTC = datetime.timezone.utc


def sample(*arguments, stdin=b""):
    return subprocess.run([SAMPLE, *arguments], input=stdin, check=True, capture_output=True).stdout


def golden(name):
    with open(os.path.join(GOLDEN, name), "rb") as file:
        return file.read()


def name_of(name):
    """(type, text) of each relative name; each has one attribute of the right string type."""
    result = []
    for relative in name.chosen:
        assert len(relative) == 1
        attribute = relative[0]
        kind = SHORT[attribute["type"].native]
        wanted = core.PrintableString if kind == "C" else core.UTF8String
        assert isinstance(attribute["value"].chosen, wanted), kind
        result.append((kind, attribute["value"].native))
    return result


def key_id_of(certificate):
    return hashlib.sha1(certificate.public_key["public_key"].contents[1:]).digest()


def extensions_of(certificate):
    extensions = certificate["tbs_certificate"]["extensions"]
    return [(e["extn_id"].native, bool(e["critical"].native), e["extn_value"].parsed) for e in extensions]


class Reading(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.ca_pem = golden("pki-ca.pem")
        cls.ca_rust = x509.load_pem_x509_certificate(cls.ca_pem)
        cls.ca = asn1_x509.Certificate.load(sample("ca", os.path.join(GOLDEN, "pki-ca-key.pem")), strict=True)

    def check_signature(self, rust):
        self.ca_rust.public_key().verify(
            rust.signature,
            getattr(rust, "tbs_certificate_bytes", None) or rust.tbs_certlist_bytes,
            padding.PKCS1v15(),
            rust.signature_hash_algorithm,
        )


class Certificates(Reading):
    def load(self, kind=""):
        der = sample("certificate", kind)
        certificate = asn1_x509.Certificate.load(der, strict=True)
        self.assertEqual(asn1_x509.Certificate.load(der).dump(force=True), der)
        return der, certificate

    def test_user_certificate(self):
        _, certificate = self.load()
        tbs = certificate["tbs_certificate"]
        self.assertEqual(tbs["version"].native, "v3")
        self.assertEqual(tbs["serial_number"].contents, bytes.fromhex("009f0102030405060708090a0b0c0d0e"))
        for algorithm in (tbs["signature"], certificate["signature_algorithm"]):
            self.assertEqual(algorithm.dump().hex(), "300d06092a864886f70d01010b0500")
        self.assertEqual(tbs["issuer"].dump(), self.ca["tbs_certificate"]["subject"].dump())
        self.assertEqual(
            name_of(tbs["subject"]),
            [("C", "JP"), ("L", "Chiba-ken"), ("L", "Shiroi-shi"), ("CN", "2015090110203012232007K")],
        )
        validity = tbs["validity"]
        self.assertIsInstance(validity["not_before"].chosen, core.UTCTime)
        self.assertEqual(validity["not_before"].native, datetime.datetime(2015, 9, 1, 1, 20, 30, tzinfo=UTC))
        self.assertEqual(validity["not_after"].native, datetime.datetime(2018, 8, 31, 14, 59, 59, tzinfo=UTC))
        self.assertNotIn("issuer_unique_id", [k for k, v in tbs.native.items() if v is not None])

    def test_user_extensions_and_their_order(self):
        _, certificate = self.load()
        extensions = extensions_of(certificate)
        self.assertEqual(
            [(name, critical) for name, critical, _ in extensions],
            [
                ("key_usage", True),
                ("certificate_policies", True),
                ("subject_alt_name", False),
                ("issuer_alt_name", False),
                ("crl_distribution_points", False),
                ("authority_information_access", False),
                ("authority_key_identifier", False),
                ("key_identifier", False),
            ],
        )
        value = {name: parsed for name, _, parsed in extensions}
        self.assertEqual(value["key_usage"].dump().hex(), "030206c0")
        self.assertEqual(len(value["certificate_policies"]), 1)
        policy = value["certificate_policies"][0]
        self.assertEqual(policy["policy_identifier"].dotted, "1.2.392.200149.8.5.1.1.10")
        self.assertEqual(len(policy["policy_qualifiers"]), 1)
        qualifier = policy["policy_qualifiers"][0]
        self.assertEqual(qualifier["policy_qualifier_id"].native, "certification_practice_statement")
        self.assertEqual(qualifier["qualifier"].native, "http://www.jpki.go.jp/cps.html")
        self.assertIsInstance(qualifier["qualifier"], core.IA5String)
        self.check_points(value["crl_distribution_points"])
        self.assertEqual(len(value["issuer_alt_name"]), 1)
        self.assertEqual(value["issuer_alt_name"][0].name, "directory_name")
        self.assertEqual(name_of(value["issuer_alt_name"][0].chosen), JAPANESE)
        ca_id = key_id_of(self.ca)
        access = [(d["access_method"].native, d["access_location"].native)
                  for d in value["authority_information_access"]]
        self.assertEqual(access, [
            ("ocsp", "http://ocsp.example.jp/"),
            ("ca_issuers", f"http://crl.example.jp/ca/{ca_id.hex()}.cer"),
        ])
        self.assertEqual(value["authority_key_identifier"].native,
                         {"key_identifier": ca_id, "authority_cert_issuer": None,
                          "authority_cert_serial_number": None})
        self.assertEqual(value["key_identifier"].native, key_id_of(certificate))

    def check_points(self, points):
        self.assertEqual(len(points), 1)
        self.assertIsNone(points[0]["reasons"].native)
        self.assertIsNone(points[0]["crl_issuer"].native)
        names = points[0]["distribution_point"]
        self.assertEqual(names.name, "full_name")
        directory, uri = names.chosen
        self.assertEqual(directory.name, "directory_name")
        self.assertEqual(name_of(directory.chosen),
                         ISSUER + [("OU", "CRL Distribution Points"), ("CN", "Shiroi-shi CRLDP")])
        self.assertEqual(uri.name, "uniform_resource_identifier")
        self.assertEqual(uri.native, f"http://crl.example.jp/crl/{key_id_of(self.ca).hex()}.crl")

    def items_of(self, certificate):
        value = {name: parsed for name, _, parsed in extensions_of(certificate)}["subject_alt_name"]
        items = []
        for general in value:
            self.assertEqual(general.name, "other_name")
            text = general.chosen["value"]
            self.assertIsInstance(text.parsed, core.UTF8String)
            items.append((general.chosen["type_id"].dotted, text.parsed.native))
        return items

    def test_personal_items(self):
        _, certificate = self.load()
        arc = "1.2.392.200149.8.5.5."
        self.assertEqual(self.items_of(certificate), [
            (arc + "1", "白井　花子"),
            (arc + "4", "319800217"),
            (arc + "3", "2"),
            (arc + "5", "千葉県白井市復１１２３"),
            (arc + "2", "00000"),
            (arc + "6", "00000010000"),
        ])
        _, longest = self.load("long")
        texts = [text for _, text in self.items_of(longest)]
        self.assertEqual(texts, ["龍" * 200, "000000000", "3", "龍" * 200, "01" * 100, "01" * 100])

    def test_without_optional_uris(self):
        _, certificate = self.load("plain")
        self.assertNotIn("authority_information_access", [name for name, _, _ in extensions_of(certificate)])

    def test_cryptography_reads_and_verifies(self):
        for kind in ("", "long", "plain"):
            der, _ = self.load(kind)
            rust = x509.load_der_x509_certificate(der)
            self.check_signature(rust)
            usage = rust.extensions.get_extension_for_class(x509.KeyUsage)
            self.assertTrue(usage.critical and usage.value.digital_signature and usage.value.content_commitment)
            self.assertFalse(usage.value.key_cert_sign or usage.value.crl_sign or usage.value.key_encipherment)
            for absent in (x509.ExtendedKeyUsage, x509.BasicConstraints):
                with self.assertRaises(x509.ExtensionNotFound):
                    rust.extensions.get_extension_for_class(absent)

    def test_ca_certificate(self):
        tbs = self.ca["tbs_certificate"]
        self.assertEqual(name_of(tbs["subject"]), ISSUER)
        self.assertEqual(tbs["subject"].dump(), tbs["issuer"].dump())
        self.assertEqual(tbs["validity"]["not_before"].native, datetime.datetime(2013, 4, 1, tzinfo=UTC))
        self.assertEqual(tbs["validity"]["not_after"].native,
                         datetime.datetime(2023, 3, 31, 14, 59, 59, tzinfo=UTC))
        extensions = extensions_of(self.ca)
        self.assertEqual([(name, critical) for name, critical, _ in extensions], [
            ("key_usage", True), ("basic_constraints", True), ("key_identifier", False),
            ("subject_alt_name", False), ("crl_distribution_points", False),
        ])
        value = {name: parsed for name, _, parsed in extensions}
        self.assertEqual(value["key_usage"].native, {"key_cert_sign", "crl_sign"})
        self.assertEqual(value["basic_constraints"].native, {"ca": True, "path_len_constraint": 0})
        self.assertEqual(value["key_identifier"].native, key_id_of(self.ca))
        self.assertEqual(name_of(value["subject_alt_name"][0].chosen), JAPANESE)
        names = value["crl_distribution_points"][0]["distribution_point"].chosen
        self.assertEqual([name_of(n.chosen) for n in names], [ISSUER])
        self.check_signature(x509.load_der_x509_certificate(self.ca.dump()))

    def test_two_ca_certificates_differ_in_serial_only(self):
        other = asn1_x509.Certificate.load(sample("ca", os.path.join(GOLDEN, "pki-ca-key.pem")))
        self.assertNotEqual(other.serial_number, self.ca.serial_number)
        for serial in (other.serial_number, self.ca.serial_number):
            self.assertTrue(0 < serial < 2**127)

    def test_profile_digest(self):
        lines = [
            "profile.name=juki-signature",
            "profile.prefecture=Chiba-ken",
            "profile.policy_oid=1.2.392.200149.8.5.1.1.10",
            "profile.item_oid=1.2.392.200149.8.5.5",
            "profile.cps_uri=http://www.jpki.go.jp/cps.html",
            "profile.issuer_alt_organisation=公的個人認証サービス",
            "profile.issuer_alt_units=千葉県|千葉県知事",
            "profile.crl_uri=http://crl.example.jp/crl/",
            "profile.ca_issuers_uri=",
            "profile.ocsp_uri=",
            "profile.validity_years=3",
        ]
        text = "".join(line + "\n" for line in lines).encode()
        self.assertEqual(sample("profile").decode().strip(), hashlib.sha256(text).hexdigest())


REASONS = [None, "key_compromise", "ca_compromise", "affiliation_changed", "superseded",
           "cessation_of_operation"]


class Crls(Reading):
    def crl(self, count, number):
        der = sample("crl", str(count), str(number))
        loaded = asn1_crl.CertificateList.load(der, strict=True)
        self.assertEqual(loaded.dump(), der)
        return der, loaded

    def check_frame(self, crl, number):
        tbs = crl["tbs_cert_list"]
        self.assertEqual(tbs["version"].native, "v2")
        self.assertEqual(tbs["issuer"].dump(), self.ca["tbs_certificate"]["subject"].dump())
        self.assertEqual(tbs["this_update"].native, datetime.datetime(2015, 9, 2, 3, tzinfo=UTC))
        self.assertEqual(tbs["next_update"].native, datetime.datetime(2015, 9, 4, 3, tzinfo=UTC))
        extensions = [(e["extn_id"].native, bool(e["critical"].native)) for e in tbs["crl_extensions"]]
        self.assertEqual(extensions, [("authority_key_identifier", False), ("crl_number", False)])
        self.assertEqual(tbs["crl_extensions"][0]["extn_value"].parsed["key_identifier"].native,
                         key_id_of(self.ca))
        self.assertEqual(tbs["crl_extensions"][1]["extn_value"].parsed.native, number)

    def test_an_empty_crl_has_no_list(self):
        der, crl = self.crl(0, 0)
        self.check_frame(crl, 0)
        self.assertIsInstance(crl["tbs_cert_list"]["revoked_certificates"], core.Void)
        self.check_signature(x509.load_der_x509_crl(der))

    def test_crls_of_many_lengths(self):
        for count in (1, 2, 6, 7, 100, 2000):
            with self.subTest(count=count):
                number = 1441162800000 + count
                der, crl = self.crl(count, number)
                self.check_frame(crl, number)
                self.check_entries(crl["tbs_cert_list"]["revoked_certificates"], count)
                self.check_signature(x509.load_der_x509_crl(der))

    def check_entries(self, entries, count):
        self.assertEqual(len(entries), count)
        serials = [entry["user_certificate"].native for entry in entries]
        self.assertEqual(serials, sorted(set(serials)))
        self.assertGreater(serials[0], 0)
        start = datetime.datetime(2015, 9, 2, 3, tzinfo=UTC)
        for i, entry in enumerate(entries):
            self.assertEqual(entry["revocation_date"].native, start - datetime.timedelta(days=i % 1000))
            reasons = [(e["extn_id"].native, bool(e["critical"].native), e["extn_value"].parsed.native)
                       for e in entry["crl_entry_extensions"]]
            reason = REASONS[i % 6]
            self.assertEqual(reasons, [] if reason is None else [("crl_reason", False, reason)])


@unittest.skipIf(shutil.which("certtool") is None or shutil.which("faketime") is None,
                 "no certtool, or no faketime")
class GnuTls(unittest.TestCase):
    def certtool(self, *arguments, stdin=b""):
        command = ["faketime", "2015-09-02 12:00:00", "certtool", *arguments]
        done = subprocess.run(command, input=stdin, check=True, capture_output=True,
                              env={**os.environ, "TZ": "UTC"})
        return done.stdout.decode()

    def test_certificates_and_crls(self):
        with tempfile.TemporaryDirectory() as folder:
            authority = os.path.join(GOLDEN, "pki-ca.pem")
            for kind in ("", "long", "plain"):
                der = sample("certificate", kind)
                text = self.certtool("--certificate-info", "--inder", stdin=der)
                self.assertIn("Digital signature", text)
                pem = os.path.join(folder, "certificate.pem")
                with open(pem, "w", encoding="ascii") as file:
                    file.write(self.certtool("--certificate-info", "--no-text", "--inder", stdin=der))
                said = self.certtool("--verify", "--load-ca-certificate", authority, "--infile", pem)
                self.assertIn("Chain verification output: Verified.", said)
            crl = os.path.join(folder, "crl.pem")
            with open(crl, "w", encoding="ascii") as file:
                file.write(self.certtool("--crl-info", "--no-text", "--inder", stdin=sample("crl", "50", "7")))
            said = self.certtool("--verify-crl", "--load-ca-certificate", authority, "--infile", crl)
            self.assertIn("Verified", said)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1] + sys.argv[3:])
