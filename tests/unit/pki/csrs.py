#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Certificate requests, good and bad, against lib/pki/csr.c. Every bad one has its refusal.

usage: csrs.py SAMPLE
"""

import hashlib
import os
import random
import subprocess
import sys
import unittest

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed25519, padding, rsa

SAMPLE = sys.argv[1]
SEED = int(os.environ.get("SEED", random.SystemRandom().randrange(2**32)))
RANDOM = random.Random(SEED)

NULL = b"\x05\x00"
RSA = bytes.fromhex("06092a864886f70d010101")
# DigestInfo prefixes of RFC 8017 9.2, and the last arc of the algorithm.
HASHES = {
    "sha256": ("3031300d060960864801650304020105000420", 0x0B),
    "sha384": ("3041300d060960864801650304020205000430", 0x0C),
    "sha512": ("3051300d060960864801650304020305000440", 0x0D),
    "sha224": ("302d300d06096086480165030402040500041c", 0x0E),
    "sha1": ("3021300906052b0e03021a05000414", 0x05),
    "md5": ("3020300c06082a864886f70d020505000410", 0x04),
}


def tlv(tag, *content):
    octets = b"".join(content)
    size = len(octets)
    if size < 128:
        return bytes([tag, size]) + octets
    length = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes([tag, 0x80 | len(length)]) + length + octets


def sequence(*content):
    return tlv(0x30, *content)


def integer(number):
    return tlv(2, number.to_bytes(number.bit_length() // 8 + 1, "big"))


def spki_of(modulus, exponent, parameters=NULL, unused=b"\x00"):
    numbers = sequence(integer(modulus), integer(exponent))
    return sequence(sequence(RSA, parameters), tlv(3, unused, numbers))


def subject_of(name="who asks"):
    return sequence(tlv(0x31, sequence(bytes.fromhex("0603550403"), tlv(0x0C, name.encode()))))


class Key:
    """An RSA key out of its primes, good or not."""

    def __init__(self, *primes, exponent=65537):
        self.modulus, phi = 1, 1
        for prime in primes:
            self.modulus *= prime
            phi *= prime - 1
        self.exponent = exponent
        self.private = pow(exponent, -1, phi)

    @classmethod
    def new(cls, bits, exponent=65537):
        numbers = rsa.generate_private_key(exponent, bits).private_numbers()
        return cls(numbers.p, numbers.q, exponent=exponent)

    def sign(self, octets, digest="sha256"):
        prefix = bytes.fromhex(HASHES[digest][0])
        info = prefix + hashlib.new(digest, octets).digest()
        size = (self.modulus.bit_length() + 7) // 8
        block = b"\x00\x01" + b"\xff" * (size - len(info) - 3) + b"\x00" + info
        return pow(int.from_bytes(block, "big"), self.private, self.modulus).to_bytes(size, "big")

    def spki(self, **keywords):
        return spki_of(self.modulus, self.exponent, **keywords)


def info_of(spki, version=integer(0), subject=None, attributes=b"\xa0\x00"):
    return sequence(version, subject or subject_of(), spki, attributes)


def algorithm_of(digest="sha256", parameters=NULL):
    return sequence(bytes.fromhex("06092a864886f70d0101") + bytes([HASHES[digest][1]]), parameters)


def request(key, info=None, digest="sha256", algorithm=None, signature=None, **keywords):
    info = info or info_of(key.spki(), **keywords)
    return sequence(
        info,
        algorithm or algorithm_of(digest),
        tlv(3, b"\x00", key.sign(info, digest) if signature is None else signature),
    )


def verdicts(requests):
    lines = "".join(octets.hex() + "\n" for octets in requests)
    done = subprocess.run([SAMPLE, "csr"], input=lines, check=True, capture_output=True, text=True)
    return done.stdout.split("\n")[:-1]


def odd_with_bits(bits):
    return RANDOM.getrandbits(bits) | 1 << (bits - 1) | 1


def foreign(key, algorithm=hashes.SHA256(), **keywords):
    """A request made by the cryptography package."""
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "who asks")])
    builder = x509.CertificateSigningRequestBuilder().subject_name(name)
    for extension in keywords.pop("extensions", []):
        builder = builder.add_extension(extension, critical=False)
    return builder.sign(key, algorithm, **keywords).public_bytes(serialization.Encoding.DER)


class Requests(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        print(f"SEED={SEED}", file=sys.stderr)
        cls.key = Key.new(2048)
        cls.other = Key.new(2048)
        cls.object = rsa.generate_private_key(65537, 2048)

    def expect(self, code, **cases):
        for name, verdict in zip(cases, verdicts(cases.values()), strict=True):
            with self.subTest(case=name):
                self.assertEqual(verdict, code)

    def test_good_ones(self):
        attribute = sequence(tlv(0x31, sequence(bytes.fromhex("0603550406"), tlv(0x13, b"JP"))))
        self.expect(
            "ok",
            plain=request(self.key),
            sha384=request(self.key, digest="sha384"),
            sha512=request(self.key, digest="sha512"),
            nobody=request(self.key, subject=sequence()),
            somebody=request(self.key, subject=attribute),
            longer=request(Key.new(3072)),
            longest=request(Key.new(4096)),
            foreign=foreign(self.object),
        )

    def test_junk(self):
        good = request(self.key)
        long_form = b"\x30\x83\x00" + good[2:4] + good[4:]
        indefinite = b"\x30\x80" + good[4:] + b"\x00\x00"
        info = info_of(self.key.spki())
        padded_version = info_of(self.key.spki(), version=b"\x02\x02\x00\x00")
        unsorted = sequence(tlv(0x31, sequence(bytes.fromhex("0603550406"), tlv(0x13, b"JP")),
                                sequence(bytes.fromhex("0603550403"), tlv(0x0C, b"x"))))
        self.expect(
            "csr_malformed",
            nothing=b"",
            zero=b"\x00",
            text=b"-----BEGIN CERTIFICATE REQUEST-----",
            empty_sequence=sequence(),
            indefinite=indefinite,
            long_form=long_form,
            indefinite_inside=request(self.key, info=b"\x30\x80" + info[4:] + b"\x00\x00"),
            padded_version=request(self.key, info=padded_version),
            negative_version=request(self.key, version=b"\x02\x01\xff"),
            no_attributes=request(self.key, attributes=b""),
            more_in_info=request(self.key, attributes=b"\xa0\x00\x05\x00"),
            subject_no_name=request(self.key, subject=sequence(integer(1))),
            subject_empty_set=request(self.key, subject=sequence(tlv(0x31))),
            subject_unsorted=request(self.key, subject=unsorted),
            more_outside=sequence(info, algorithm_of(), tlv(3, b"\x00", self.key.sign(info)), NULL),
            unused_bits=sequence(info, algorithm_of(), tlv(3, b"\x01", self.key.sign(info)[:-1] + b"\x02")),
            constructed_bits=sequence(info, algorithm_of(), tlv(0x23, tlv(3, b"\x00", self.key.sign(info)))),
            certificate_like=sequence(sequence(b"\xa0\x03\x02\x01\x02" + info[4:]), algorithm_of()),
            deep=self.deep(100),
            huge=sequence(tlv(4, bytes(9000))),
        )

    @staticmethod
    def deep(levels):
        octets = b""
        for _ in range(levels):
            octets = sequence(octets)
        return octets

    def test_truncated_and_random(self):
        good = request(self.key)
        cut = [good[:size] for size in range(0, len(good), 7)]
        noise = [RANDOM.randbytes(RANDOM.randrange(1, 700)) for _ in range(200)]
        for verdict in verdicts(cut):
            self.assertEqual(verdict, "csr_malformed")
        for verdict in verdicts(noise):
            self.assertIn(verdict, ("csr_malformed", "csr_trailing"))

    def test_every_bit_counts(self):
        good = request(self.key)
        changed = []
        for position in range(len(good)):
            octet = good[position] ^ 1 << RANDOM.randrange(8)
            changed.append(good[:position] + bytes([octet]) + good[position + 1:])
        found = verdicts(changed)
        self.assertNotIn("ok", found)
        self.assertLessEqual({"csr_malformed", "csr_signature_wrong"}, set(found))

    def test_trailing(self):
        good = request(self.key)
        self.expect("csr_trailing", zero=good + b"\x00", newline=good + b"\n", twice=good + good)

    def test_version(self):
        self.expect(
            "csr_version",
            one=request(self.key, version=integer(1)),
            two=request(self.key, version=integer(2)),
            large=request(self.key, version=integer(2**70)),
        )

    def test_attributes(self):
        password = sequence(bytes.fromhex("06092a864886f70d010907"), tlv(0x31, tlv(0x0C, b"secret")))
        names = x509.SubjectAlternativeName([x509.DNSName("example.jp")])
        self.expect(
            "csr_attributes",
            password=request(self.key, attributes=tlv(0xA0, password)),
            extensions=foreign(self.object, extensions=[names]),
        )

    def test_signature_algorithm(self):
        pss = padding.PSS(padding.MGF1(hashes.SHA256()), 32)
        self.expect(
            "csr_signature_algorithm",
            sha1=request(self.key, digest="sha1"),
            md5=request(self.key, digest="md5"),
            sha224=request(self.key, digest="sha224"),
            no_null=request(self.key, algorithm=algorithm_of(parameters=b"")),
            more=request(self.key, algorithm=algorithm_of(parameters=NULL + NULL)),
            ecdsa=request(self.key, algorithm=sequence(bytes.fromhex("06082a8648ce3d040302"))),
            pss=self.pss_request(pss),
        )

    def pss_request(self, pss):
        info = info_of(self.key.spki())
        parameters = sequence(bytes.fromhex("06092a864886f70d01010a"), sequence())
        return sequence(info, parameters, tlv(3, b"\x00", self.object.sign(info, pss, hashes.SHA256())))

    def test_signature_wrong(self):
        info = info_of(self.key.spki())
        signature = self.key.sign(info)
        flipped = signature[:-1] + bytes([signature[-1] ^ 1])
        self.expect(
            "csr_signature_wrong",
            flipped=request(self.key, signature=flipped),
            empty=request(self.key, signature=b""),
            zeros=request(self.key, signature=bytes(256)),
            short=request(self.key, signature=signature[:-1]),
            longer=request(self.key, signature=b"\x00" + signature),
            of_another_key=request(self.key, signature=self.other.sign(info)),
            of_another_request=request(self.key, signature=self.key.sign(info_of(self.other.spki()))),
            other_digest=request(self.key, algorithm=algorithm_of("sha384"), signature=signature),
            key_exchanged=request(self.key, info=info_of(self.other.spki())),
        )

    def test_key_type(self):
        self.expect(
            "key_type",
            p256=foreign(ec.generate_private_key(ec.SECP256R1())),
            p521=foreign(ec.generate_private_key(ec.SECP521R1())),
            dsa=foreign(dsa.generate_private_key(2048)),
            ed25519=foreign(ed25519.Ed25519PrivateKey.generate(), None),
            pss=request(self.key, info=info_of(sequence(
                sequence(bytes.fromhex("06092a864886f70d01010a"), NULL),
                tlv(3, b"\x00", sequence(integer(self.key.modulus), integer(65537)))))),
        )

    def test_key_size(self):
        self.expect(
            "key_size",
            bits_1024=request(Key.new(1024)),
            bits_2040=request(Key.new(2040)),
            bits_2047=request(self.key, info=info_of(spki_of(odd_with_bits(2047), 65537))),
            bits_4097=request(self.key, info=info_of(spki_of(odd_with_bits(4097), 65537))),
            bits_4104=request(self.key, info=info_of(spki_of(odd_with_bits(4104), 65537))),
            bits_16384=request(self.key, info=info_of(spki_of(odd_with_bits(16384), 65537))),
            zero=request(self.key, info=info_of(spki_of(0, 65537))),
        )

    def test_key_exponent(self):
        cases = {f"e_{e}": request(self.key, info=info_of(spki_of(self.key.modulus, e)))
                 for e in (0, 1, 2, 3, 17, 65535, 65536, 65539, 2**64 + 1)}
        cases["signed_by_3"] = foreign(rsa.generate_private_key(3, 2048))
        self.expect("key_exponent", **cases)

    def test_small_factors(self):
        large = odd_with_bits(2048)
        cases = {"even": request(self.key, info=info_of(spki_of(large - 1, 65537)))}
        for factor in (3, 5, 7, 11, 13, 251, 257, 32749, 65519, 65521, 3 * 5, 257 * 257):
            modulus = factor * odd_with_bits(2049 - factor.bit_length())
            cases[f"factor_{factor}"] = request(self.key, info=info_of(spki_of(modulus, 65537)))
        self.expect("key_even_or_small_factor", **cases)

    def test_a_factor_above_the_bound_is_not_found(self):
        numbers = rsa.generate_private_key(65537, 2048).private_numbers()
        for prime in (65539, 65543):
            key = Key(prime, numbers.p, numbers.q)
            self.expect("ok", **{f"factor_{prime}": request(key)})

    def test_key_encoding(self):
        modulus = integer(self.key.modulus)
        padded = b"\x02\x82\x01\x02\x00" + modulus[4:]
        negative = b"\x02\x82\x01\x00" + modulus[5:]
        exponent = integer(65537)

        def of(*numbers, algorithm=sequence(RSA, NULL), unused=b"\x00", wrap=sequence):
            spki = sequence(algorithm, tlv(3, unused, wrap(*numbers)))
            return request(self.key, info=info_of(spki))

        self.assertEqual(verdicts([of(modulus, exponent)]), ["ok"])
        self.expect(
            "key_encoding",
            no_null=of(modulus, exponent, algorithm=sequence(RSA)),
            other_parameters=of(modulus, exponent, algorithm=sequence(RSA, integer(1))),
            two_nulls=of(modulus, exponent, algorithm=sequence(RSA, NULL, NULL)),
            padded_modulus=of(padded, exponent),
            negative_modulus=of(negative, exponent),
            padded_exponent=of(modulus, b"\x02\x04\x00\x01\x00\x01"),
            no_exponent=of(modulus),
            a_third_number=of(modulus, exponent, integer(1)),
            trailing_in_bits=of(modulus, exponent, wrap=lambda *n: sequence(*n) + b"\x00"),
            indefinite_in_bits=of(modulus, exponent, wrap=lambda *n: b"\x30\x80" + b"".join(n) + b"\x00\x00"),
            empty_bits=of(wrap=lambda *n: b""),
            no_key=request(self.key, info=info_of(sequence())),
        )


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1] + sys.argv[2:])
