# SPDX-License-Identifier: Apache-2.0
"""Made-up residents for the tests: as many as wanted, each with a valid Juki card."""

COLUMNS = ("municipality", "card_number", "card_state", "card_valid_to", "name", "name_flags",
           "address", "address_flags", "era", "birth_year", "birth_month", "birth_day",
           "adult_finding", "sex", "ward")
DIGITS = str.maketrans("0123456789", "０１２３４５６７８９")
READY = 400


class Residents:
    def __init__(self, municipality="12232", prefix="T"):
        self.municipality = municipality
        self.prefix = prefix
        self.used = 0

    def card(self, number):
        return f"{self.prefix}{number:08d}"

    def next_card(self):
        self.used += 1
        assert self.used <= READY, "more residents are needed"
        return self.card(self.used)

    def row(self, number, **changes):
        name = "試験　" + str(number).translate(DIGITS)
        address = "千葉県白井市復" + str(number).translate(DIGITS) + "番地"
        row = {"municipality": self.municipality, "card_number": self.card(number),
               "card_state": "valid", "card_valid_to": "2024-12-31", "name": name,
               "name_flags": "0" * len(name), "address": address,
               "address_flags": "0" * len(address), "era": 3, "birth_year": 1980,
               "birth_month": 2, "birth_day": 17, "adult_finding": "", "sex": 2,
               "ward": 0}
        row.update(changes)
        return row

    def write(self, path, count=READY, extra=()):
        rows = [self.row(number) for number in range(1, count + 1)] + list(extra)
        lines = [",".join(COLUMNS)]
        lines += [",".join(str(row[column]) for column in COLUMNS) for row in rows]
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        return path
