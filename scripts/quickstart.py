# SPDX-License-Identifier: Apache-2.0
"""The second half of ./quickstart: everything after installing and building."""

import argparse
import pathlib
import shutil
import signal
import subprocess
import sys
import urllib.request

TOP = pathlib.Path(__file__).resolve().parents[1]
sys.path.insert(0, str(TOP / "scripts"))

from installation import Failure, Installation, run  # noqa: E402

VISITOR = "SHIROI000001"
CRL_LIMIT_S = 30


def say(text):
    print(f"── {text}", flush=True)


def stop_by_signal(number, _):
    raise KeyboardInterrupt


class Quickstart:
    def __init__(self, state, build):
        self.installation = Installation(state, build)
        self.out = self.installation.state / "out"
        self.certificate = self.out / "certificate.pem"
        self.visit_folder = self.installation.state / "visit"

    def start(self):
        own = self.installation
        say("preparing a rehearsal CA, TLS certificates and settings")
        own.prepare()
        say("starting PostgreSQL, signer, front and publisher")
        own.start()
        say("registering Shiroi city, one terminal, one auditor and the sample residents")
        own.enrol(TOP / "conf" / "sample-residents.csv")
        print(own.rehearsal("show").strip())

    def terminal_settings(self):
        own = self.installation
        path = own.state / "terminal.conf"
        own.write_settings(path, {
            "url": own.url, "ca": own.tls / "ca.pem", "certificate": own.tls / "terminal.pem",
            "key": own.tls / "terminal.key", "clerk": "counter-1",
        })
        return path

    def visit(self):
        """A1: applicant in person, with photo ID, the same day."""
        own = self.installation
        settings = self.terminal_settings()
        if self.certificate.exists():
            say("the visit was made at an earlier start; its certificate stands")
            return
        say(f"one visit: the holder of Juki card {VISITOR} comes with a driving licence")
        self.visit_folder.mkdir(exist_ok=True)
        password = self.visit_folder / "password"
        if not password.exists():
            password.touch(mode=0o600)
            password.write_text("DEMO2015\n", encoding="ascii")
        subprocess.run(
            [own.program("hakko-terminal"), "visit", "--config", settings, "--card", VISITOR,
             "--identity", "driving_licence", "--identity-valid-to", "2017-05-31",
             "--receipt", "R-0001", "--password-file", password,
             "--key-file", self.visit_folder / "citizen.key", "--out", self.visit_folder],
            check=True)
        shutil.copy(self.visit_folder / "certificate.pem", self.certificate)

    def fetch_crl(self):
        own = self.installation
        key_id = next((own.public / "ca").glob("*.cer")).stem
        url = f"{own.public_url}/crl/{key_id}.crl"
        own.ctl("publish", "--wait", CRL_LIMIT_S, "--crl-url", url)
        with urllib.request.urlopen(url, timeout=10) as answer:
            (self.out / "crl.der").write_bytes(answer.read())
        run("openssl", "crl", "-inform", "DER", "-in", self.out / "crl.der",
            "-out", self.out / "crl.pem")
        (self.out / "crl.der").unlink()

    def verify(self):
        own = self.installation
        say("verifying it against the CA and a fresh CRL")
        shutil.copy(own.ca, self.out / "ca.pem")
        self.fetch_crl()
        command = ["openssl", "verify", "-attime", int(own.now()), "-crl_check", "-CAfile",
                   self.out / "ca.pem", "-CRLfile", self.out / "crl.pem", self.certificate]
        print("   $ " + " ".join(str(word) for word in command))
        print("   " + run(*command).strip())

    def tell(self):
        own = self.installation
        say("the certificate")
        print(run("openssl", "x509", "-in", self.certificate, "-noout", "-text",
                  "-nameopt", "utf8,sep_comma_plus", "-certopt", "no_pubkey,no_sigdump"))
        terminal = f"{own.program('hakko-terminal')} --config {own.state / 'terminal.conf'}"
        ctl = f"{own.program('hakkoctl')}"
        say("going on by hand (the services answer until you press Ctrl-C)")
        print(f"""\
   another visit    {terminal.replace(' --config', ' visit --config', 1)} --card SHIROI000002 \\
                      --identity passport --identity-valid-to 2018-01-01 --receipt R-0002 \\
                      --password-file {self.visit_folder}/password --key-file /tmp/c2.key --out /tmp
   revoke           {ctl} revoke --serial SERIAL --cause compromise --clerk me --config {own.state}/hakkoctl-operator.conf
   read the ledger  {ctl} ledger list --config {own.state}/hakkoctl-auditor.conf
   move the clock   {ctl} rehearsal advance --ca {own.ca} --to 2015-12-22T07:59:30Z --config {own.state}/hakkoctl-operator.conf
   the API          {own.url}  (docs/api.md)   CRL and CA: {own.public_url}/
   logs             {own.logs}/   results: {self.out}/""", flush=True)

    def stay(self):
        own = self.installation
        say("serving; press Ctrl-C to stop")
        while True:
            signal.sigtimedwait([signal.SIGCHLD], 3600)
            for service in own.services():
                if not service.is_running():
                    raise Failure(f"{service.name} ended; its log is {service.log_path}:\n"
                                  + service.last_words())


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--state", required=True)
    parser.add_argument("--build", required=True)
    parser.add_argument("--once", action="store_true")
    arguments = parser.parse_args()
    signal.signal(signal.SIGTERM, stop_by_signal)
    quickstart = Quickstart(arguments.state, arguments.build)
    code = 0
    try:
        quickstart.start()
        quickstart.visit()
        quickstart.verify()
        quickstart.tell()
        if not arguments.once:
            quickstart.stay()
    except KeyboardInterrupt:
        say("stopping")
    except (Failure, subprocess.CalledProcessError) as failure:
        print(f"\nquickstart: {failure}\nlogs: {quickstart.installation.logs}/", file=sys.stderr)
        code = 1
    finally:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        quickstart.installation.stop()
    return code


if __name__ == "__main__":
    sys.exit(main())
