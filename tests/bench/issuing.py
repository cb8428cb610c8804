#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""How many certificates a second: CSRs over keep-alive mutual TLS until 201, against RSA alone.

    tests/bench/issuing.py [--build build] [--count 3000] [--rounds 3] [--connections 16]

Each round first lets `openssl speed` sign on every core (the bound), then submits CSRs for
applications that were opened beforehand, with durable PostgreSQL and everything, the load client
included, on this machine. Prints a table, where the CPU went, and with --json one JSON object.
"""

import argparse
import contextlib
import json
import os
import pathlib
import re
import shutil
import statistics
import subprocess
import sys
import tempfile

TOP = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(TOP / "scripts"), str(TOP / "tests" / "system")]

from installation import Installation  # noqa: E402
from residents import Residents  # noqa: E402

BOUND_S = 3
TICKS = os.sysconf("SC_CLK_TCK")

# Applications as the API would have left them (A1: in person, with photo ID), by the same triggers.
OPEN = """
INSERT INTO hakko.application (id, kind, state, municipality, resident_id, terminal_id, clerk,
        opened_at, visit_case, identity, identity_valid_to_on, card_number)
    SELECT 'ap_' || translate(lpad(r.id::text, 23, 'a'), '0123456789', 'bcdefghijk'), 'issuance',
        'approved', r.municipality, r.id, c.id, 'load', hakko.now(), 'A1', 'driving_licence',
        '2017-05-31', r.card_number
    FROM hakko.resident r, hakko.client c WHERE c.name = 'terminal' ORDER BY r.id;
INSERT INTO hakko.fee (application_id, amount_yen, receipt_number, client_id, clerk)
    SELECT a.id, 500, 'R-1', a.terminal_id, a.clerk FROM hakko.application a;
VACUUM ANALYZE;
SELECT id FROM hakko.application ORDER BY resident_id;
"""


def bound():
    """RSA-2048 signatures a second on all cores, with nothing else running."""
    done = subprocess.run(
        ["openssl", "speed", "-seconds", str(BOUND_S), "-multi", str(os.cpu_count()), "rsa2048"],
        text=True, capture_output=True, check=True)
    return float(re.search(r"^rsa 2048 bits\s+\S+\s+\S+\s+(\S+)", done.stdout, re.M).group(1))


def cpu_s(pid, with_children=False):
    """Seconds of CPU that a process (and its children that are gone) has used."""
    words = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return sum(int(word) for word in words[11:15 if with_children else 13]) / TICKS


def postgres_cpu_s(postmaster):
    """Of the server and every process of it, living or gone."""
    children = pathlib.Path(f"/proc/{postmaster}/task/{postmaster}/children").read_text().split()
    used = cpu_s(postmaster, with_children=True)
    for child in children:
        with contextlib.suppress(FileNotFoundError):  # gone since: counted with the next reading
            used += cpu_s(child)
    return used


class Bench:
    def __init__(self, arguments):
        self.arguments = arguments
        state = pathlib.Path(tempfile.mkdtemp(prefix="hakko-bench-", dir="/tmp"))
        state.chmod(0o755)
        self.own = Installation(state, arguments.build)
        self.total = arguments.count * arguments.rounds + arguments.warm_up
        self.jobs = []

    def prepare(self):
        """Everything up to the CSRs: services, residents, applications, requests."""
        own = self.own
        own.prepare()
        own.start()
        own.enrol(Residents().write(own.state / "residents.csv", self.total))
        applications = own.cluster.psql("hakko", OPEN, role="hakko_owner").split()
        made = subprocess.run([own.build / "tests/bench/csr_maker", str(self.total)], text=True,
                              stdout=subprocess.PIPE, check=True)
        self.jobs = [f"{application}\t{csr}\n" for application, csr
                     in zip(applications, made.stdout.splitlines(), strict=True)]
        self.load(self.take(self.arguments.warm_up))

    def take(self, count):
        taken, self.jobs = self.jobs[:count], self.jobs[count:]
        return taken

    def load(self, jobs):
        own = self.own
        done = subprocess.run(
            [own.build / "tests/bench/load", "127.0.0.1", str(own.host.port),
             own.tls / "terminal.pem", own.tls / "terminal.key", own.tls / "ca.pem",
             str(self.arguments.connections)],
            input="".join(jobs), text=True, stdout=subprocess.PIPE, check=True)
        return json.loads(done.stdout)

    def used(self):
        host = self.own.host
        return {
            "hakkod": cpu_s(host.front.process.pid),
            "hakkod-signer": cpu_s(host.signer.process.pid),
            "hakkod-publish": cpu_s(self.own.publisher.process.pid),
            "postgres": postgres_cpu_s(self.own.cluster.process.pid),
        }

    def round(self):
        """One round: the bound, then the load; CPU in microseconds an issuance."""
        signatures = bound()
        jobs = self.take(self.arguments.count)
        before = self.used()
        result = self.load(jobs)
        spent = {name: after - before[name] for name, after in self.used().items()}
        spent["load"] = result.pop("cpu_s")
        result["bound"] = signatures
        result["ratio"] = result["rate"] / signatures
        result["cpu_us"] = {name: value * 1e6 / len(jobs) for name, value in spent.items()}
        return result

    def recorded(self):
        return int(self.own.cluster.psql("hakko", "SELECT count(*) FROM hakko.certificate;"))

    def remove(self):
        try:
            self.own.stop()
        finally:
            shutil.rmtree(self.own.state, ignore_errors=True)


def measure(arguments):
    """All rounds and what stands in the database afterwards."""
    bench = Bench(arguments)
    try:
        bench.prepare()
        rounds = [bench.round() for _ in range(arguments.rounds)]
        return {"rounds": rounds, "wanted": bench.total, "recorded": bench.recorded()}
    finally:
        bench.remove()


def table(result):
    """The rounds as text, the median one by ratio marked."""
    median = statistics.median_low(one["ratio"] for one in result["rounds"])
    lines = ["  issuances/s   signs/s   ratio   p50 ms   p99 ms   201s   CPU us an issuance"]
    for one in result["rounds"]:
        cpu = "  ".join(f"{name} {used:.0f}" for name, used in one["cpu_us"].items())
        mark = "*" if one["ratio"] == median else " "
        lines.append(f"{mark} {one['rate']:11.0f} {one['bound']:9.0f} {one['ratio']:7.3f}"
                     f" {one['p50_us'] / 1e3:8.2f} {one['p99_us'] / 1e3:8.2f}"
                     f" {one['created']:6}   {cpu}  sum {sum(one['cpu_us'].values()):.0f}")
    lines.append(f"* the median round; {result['recorded']} certificates of {result['wanted']}"
                 " requests stand in the database")
    return "\n".join(lines)


def complete(result):
    """Whether every request was answered 201 and every certificate stands in the database."""
    return (result["recorded"] == result["wanted"]
            and all(one["created"] == one["requests"] for one in result["rounds"]))


def arguments_parser():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--build", default=os.environ.get("HAKKO_BUILD", TOP / "build"))
    parser.add_argument("--count", type=int, default=3000, help="issuances a round")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--warm-up", type=int, default=500, help="issuances before the first")
    parser.add_argument("--connections", type=int, default=16)
    parser.add_argument("--json", action="store_true")
    return parser


def main():
    arguments = arguments_parser().parse_args()
    result = measure(arguments)
    print(table(result), file=sys.stderr if arguments.json else sys.stdout)
    if arguments.json:
        print(json.dumps(result))
    return 0 if complete(result) else 1


if __name__ == "__main__":
    sys.exit(main())
