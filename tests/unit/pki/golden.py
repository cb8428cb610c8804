#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Prints the certificates of tests/golden, element by element, and holds them against their texts.

usage: golden.py SAMPLE GOLDEN_FOLDER [--write]
"""

import base64
import difflib
import os
import subprocess
import sys

NAMES = {
    0x01: "BOOLEAN", 0x02: "INTEGER", 0x03: "BIT STRING", 0x04: "OCTET STRING", 0x05: "NULL",
    0x06: "OBJECT IDENTIFIER", 0x0C: "UTF8String", 0x13: "PrintableString", 0x16: "IA5String",
    0x17: "UTCTime", 0x18: "GeneralizedTime", 0x30: "SEQUENCE", 0x31: "SET",
}
KNOWN = {
    "1.2.840.113549.1.1.1": "rsaEncryption", "1.2.840.113549.1.1.11": "sha256WithRSAEncryption",
    "2.5.4.3": "CN", "2.5.4.6": "C", "2.5.4.7": "L", "2.5.4.10": "O", "2.5.4.11": "OU",
    "2.5.29.14": "subjectKeyIdentifier", "2.5.29.15": "keyUsage", "2.5.29.17": "subjectAltName",
    "2.5.29.18": "issuerAltName", "2.5.29.19": "basicConstraints",
    "2.5.29.31": "cRLDistributionPoints", "2.5.29.32": "certificatePolicies",
    "2.5.29.35": "authorityKeyIdentifier", "1.3.6.1.5.5.7.1.1": "authorityInfoAccess",
    "1.3.6.1.5.5.7.2.1": "cps", "1.3.6.1.5.5.7.48.1": "ocsp", "1.3.6.1.5.5.7.48.2": "caIssuers",
}


def take(octets):
    """One element: tag, content, and what follows it."""
    tag, size, start = octets[0], octets[1], 2
    if size >= 0x80:
        start += size - 0x80
        size = int.from_bytes(octets[2:start], "big")
    assert start + size <= len(octets)
    return tag, octets[start:start + size], octets[start + size:]


def dotted(octets):
    arcs, arc = [], 0
    for octet in octets:
        arc = arc << 7 | octet & 0x7F
        if octet < 0x80:
            arcs.append(arc)
            arc = 0
    first = min(arcs[0] // 40, 2)
    text = ".".join(str(a) for a in [first, arcs[0] - 40 * first, *arcs[1:]])
    return f"{text} {KNOWN[text]}" if text in KNOWN else text


def holds_elements(octets):
    try:
        while octets:
            tag, _, octets = take(octets)
            if tag not in NAMES and tag & 0xC0 != 0x80:
                return False
        return True
    except (IndexError, AssertionError):
        return False


def lines_of(octets, depth=0):
    while octets:
        tag, content, octets = take(octets)
        name = NAMES.get(tag) or f"[{tag & 0x1F}]"
        indent = "  " * depth
        if tag & 0x20:
            yield indent + name
            yield from lines_of(content, depth + 1)
        elif tag == 0x04 and content and holds_elements(content):
            yield f"{indent}{name} holding"
            yield from lines_of(content, depth + 1)
        elif tag == 0x06:
            yield f"{indent}{name} {dotted(content)}"
        elif tag in (0x0C, 0x13, 0x16, 0x17, 0x18, 0x86):
            yield f"{indent}{name} '{content.decode()}'"
        else:
            yield f"{indent}{name} {content.hex()}".rstrip()


def decoded(path):
    with open(path, encoding="ascii") as file:
        return base64.b64decode("".join(line for line in file if not line.startswith("-----")))


def main(sample, folder, *options):
    user = subprocess.run([sample, "certificate"], check=True, capture_output=True).stdout
    wrong = 0
    for name, der in (("pki-certificate.txt", user), ("pki-ca.txt", decoded(f"{folder}/pki-ca.pem"))):
        text = "\n".join(lines_of(der)) + "\n"
        path = os.path.join(folder, name)
        if "--write" in options:
            with open(path, "w", encoding="utf-8") as file:
                file.write(text)
            continue
        with open(path, encoding="utf-8") as file:
            wanted = file.read()
        if text != wanted:
            wrong += 1
            sys.stdout.writelines(difflib.unified_diff(
                wanted.splitlines(True), text.splitlines(True), path, "what was built"))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
