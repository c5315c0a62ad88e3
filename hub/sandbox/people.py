"""Who hands in dossiers and who handles them: invented citizens, businesses and officers with Vietnamese names.

Here: names, identity numbers, tax codes, phones by their published forms. Not here: how a system writes them down
(`messages.py`) or spoils them (`mischief.py`). Nobody here exists; name parts follow their frequency in the seeds.
Forms: personal identity of 12 digits, NĐ 137/2015/NĐ-CP art. 13 (038 is Thanh Hóa); tax code check digit as printed
in the tax authority's rules and implemented by python-stdnum; mobile prefixes after 2018-09-15.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from itertools import accumulate

from stdnum.vn import mst

from hub.sandbox.places import seed_rows

MOBILE = ("032", "033", "035", "036", "037", "038", "039", "070", "077", "079", "081", "083", "085", "090", "097")
TITLES = ("Chuyên viên", "Công chức Tư pháp - Hộ tịch", "Công chức Địa chính", "Trưởng phòng", "Phó Trưởng phòng")


@dataclass(frozen=True, slots=True)
class Applicant:
    """The person or organisation of a dossier; type as in DongBoHoSoMC: 1 citizen, 2 business, 3 state, 4 other."""

    type: int
    name: str
    identity: str
    phone: str
    email: str
    tech_id: str


class People:
    """Draws applicants and officers."""

    def __init__(self) -> None:
        self._parts: dict[str, tuple[list[str], list[float]]] = {}
        for row in seed_rows("name_parts.csv"):
            values, shares = self._parts.setdefault(row["part"] + row["gender"], ([], []))
            values.append(row["value"])
            shares.append(float(row["share"]))
        self._parts = {key: (values, list(accumulate(shares))) for key, (values, shares) in self._parts.items()}

    def name(self, rng: random.Random, gender: str) -> str:
        """A full name: family, middle and given name."""
        parts = (self._parts["family"], self._parts["middle" + gender], self._parts["given" + gender])
        return " ".join(rng.choices(values, cum_weights=shares)[0] for values, shares in parts)

    def applicant(self, rng: random.Random, business: bool, online: bool) -> Applicant:
        """An applicant; `business` says that the procedure is one of enterprises."""
        roll = rng.random()
        type_ = 2 if business and roll < 0.9 else 1 if roll < 0.93 else 2 if roll < 0.97 else 3 if roll < 0.985 else 4
        gender = rng.choice(("male", "female"))
        person = self.name(rng, gender)
        phone = rng.choice(MOBILE) + f"{rng.randrange(10**7):07d}"
        email = f"nguoidan{rng.randrange(10**6)}@example.vn" if online else ""
        tech_id = f"{rng.getrandbits(96):024x}" if online else ""
        if type_ == 1:
            if rng.random() < 0.15:
                identity = f"17{rng.randrange(10**7):07d}"
            else:
                century = "1" if gender == "female" else "0"
                identity = f"038{century}{rng.randrange(50, 100):02d}{rng.randrange(10**6):06d}"
            return Applicant(1, person, identity, phone, email, tech_id)
        label = {2: "Công ty TNHH", 3: "Trường Tiểu học", 4: "Hợp tác xã"}[type_]
        return Applicant(
            type_, f"{label} {person.split()[-1]} {person.split()[1]}", _tax_code(rng), phone, email, tech_id
        )


class Officers:
    """The officers of each agency: a few fixed people, the same in every world of one seed."""

    def __init__(self, people: People, seed: int) -> None:
        self._people = people
        self._seed = seed
        self._known: dict[str, list[tuple[str, str]]] = {}

    def of(self, agency_code: str) -> list[tuple[str, str]]:
        """(name, title) of the officers of an agency."""
        known = self._known.get(agency_code)
        if known is None:
            rng = random.Random(f"officers {self._seed} {agency_code}")
            known = [(self._people.name(rng, rng.choice(("male", "female"))), title) for title in TITLES[:4]]
            self._known[agency_code] = known
        return known


def _tax_code(rng: random.Random) -> str:
    while True:
        digits = f"28{rng.randrange(10**7):07d}"
        check = mst.calc_check_digit(digits)
        if len(check) == 1:
            return digits + check
