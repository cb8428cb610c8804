# SPDX-License-Identifier: Apache-2.0
"""Sixteen connections submit the same CSR at once: one certificate, sixteen equal answers."""

import concurrent.futures
import threading

from api import Api, csr_of, new_key

CONNECTIONS = 16
ROUNDS = 5


def at_once(installation, calls):
    """Runs each call on a connection of its own, all from one starting line."""
    line = threading.Barrier(len(calls))

    def one(call):
        api = Api(installation)
        api.connect()
        line.wait(30)
        try:
            return call(api)
        finally:
            api.close()

    with concurrent.futures.ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(one, calls))


def test_sixteen_equal_answers(installation, terminal):
    for _ in range(ROUNDS):
        application, csr = terminal.opened(installation.residents.next_card()), csr_of(new_key())
        answers = at_once(installation, [lambda api: api.csr(application, csr)] * CONNECTIONS)
        assert {answer.status for answer in answers} <= {200, 201}, answers
        assert len({answer.json["certificate"] for answer in answers}) == 1
        rows = installation.cluster.psql("hakko", f"""
            SELECT count(*) FROM hakko.certificate JOIN hakko.reservation USING (serial)
            WHERE application_id = '{application}';""")
        assert rows.strip() == "1"


def test_a_different_key_is_a_conflict(installation, terminal):
    for _ in range(ROUNDS):
        application = terminal.opened(installation.residents.next_card())
        requests = [csr_of(new_key()) for _ in range(4)]
        answers = at_once(installation, [
            lambda api, csr=csr: api.csr(application, csr) for csr in requests])
        statuses = sorted(answer.status for answer in answers)
        assert statuses == [201, 409, 409, 409], answers


def test_one_open_application_however_many_ask(installation):
    card = installation.residents.next_card()
    answers = at_once(installation, [lambda api: api.open(card)] * CONNECTIONS)
    assert sorted(answer.status for answer in answers) == [201] + [409] * (CONNECTIONS - 1)


def test_one_key_for_two_people(installation, terminal):
    csr = csr_of(new_key())
    applications = [terminal.opened(installation.residents.next_card()) for _ in range(4)]
    answers = at_once(installation, [
        lambda api, application=application: api.csr(application, csr)
        for application in applications])
    assert sorted(answer.status for answer in answers) == [201, 409, 409, 409], answers
