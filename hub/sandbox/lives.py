"""The true life of a dossier: who, what, and every event with its time, up to its end.

Here: `Nature`, which makes lives. Not here: what any system says of a life (`said.py`). A life is drawn
to its end from its seed and ordinal alone; a system on a day says only what had happened by then. Times are naive
and local (Asia/Ho_Chi_Minh), at least a minute apart, so that every version of a record has a moment of its own.
Working hours 7:00-11:30 and 13:30-17:00; the day of receipt is not counted in a deadline.
"""

from __future__ import annotations

import random
from collections import Counter
from datetime import date, datetime, time, timedelta

from hub.sandbox.dossier import Fee, Life, Paper, Step, Supplement
from hub.sandbox.mischief import FOREIGN, Switches, draw
from hub.sandbox.people import Officers, People
from hub.sandbox.places import REFORM, Agency, Places, WorkingDays

LAND = ("Đất đai", "Đăng ký biện pháp bảo đảm", "Tài chính đất đai")
BUSINESS = ("doanh nghiệp", "Đầu tư", "Hoạt động xây dựng", "bất động sản", "Địa chất")
MINUTE = timedelta(minutes=1)
NEW_FORM = date(2025, 9, 15)  # TT 03/2025/TT-VPCP


class Nature:
    """Makes lives, one after the other; sequences of dossier numbers run per agency and day."""

    def __init__(
        self, seed: int, switches: Switches, places: Places, work: WorkingDays, later: Places | None = None
    ) -> None:
        """`later`: the province from the reform on, where that lies ahead."""
        self._seed = seed
        self._switches = switches
        self._places = places
        self._reformed = later
        self._work = work
        self._people = People()
        self._officers = Officers(self._people, seed)
        self._sequence: Counter[tuple[str, date]] = Counter()

    def live(self, ordinal: int, day: date, like: Life | None = None) -> Life:
        """The life of the dossier `ordinal`, submitted on `day`; applicant, office and procedure as `like` has."""
        rng = random.Random(self._seed * 1_000_003 + ordinal)
        traits = draw(rng, self._switches)
        working = day in self._work
        channel = 2 if rng.random() < (0.45 if working else 0.7) or (not working and day.weekday() == 6) else 1
        if channel == 1 and working and rng.random() < 0.06:
            channel = 3
        places = self._reformed if self._reformed and day >= REFORM else self._places
        agency = places.agency(rng, communes_only=not working and channel == 1)
        if not agency.named_once:  # a number of another form tells no agency: its name must
            traits -= FOREIGN
        procedure = places.procedure(agency, rng)
        if "unknown_procedure" in traits:
            procedure = rng.choice(places.unknown)
        if like is not None:
            agency, procedure, channel = like.agency, like.procedure, like.channel
            traits -= FOREIGN
        business = any(word in procedure.field for word in BUSINESS)
        submitted = datetime.combine(day, time(6)) + MINUTE * rng.randrange(960) if channel == 2 else _desk(day, rng)
        place = rng.random()
        life = Life(
            ordinal=ordinal,
            traits=traits,
            agency=agency,
            processor=agency if traits & FOREIGN else places.processor(agency, rng),
            procedure=procedure,
            applicant=like.applicant if like else self._people.applicant(rng, business, channel == 2),
            number=self._number(agency, day, ordinal, traits),
            invented_number=f"{agency.code}-{day:%y%m%d}-{ordinal * 48271 % 100000:05d}",
            receipt_no=f"BN{agency.code.replace('.', '')}{day:%y}{ordinal:07d}" if rng.random() < 0.8 else "",
            channel=channel,
            return_method=1 if channel == 3 or rng.random() < 0.12 else 0,
            submitted_at=submitted + timedelta(seconds=rng.choice((0, 0, rng.randrange(60)))),
            in_portal=place < 0.90,
            in_national=place < 0.75 or place >= 0.90,
            portal_delay=timedelta(seconds=rng.randrange(180)),
            national_delay=timedelta(seconds=rng.randrange(120, 9000)),
        )
        _fit_traits(life, rng)
        self._proceed(life, rng)
        _papers(life, rng)
        if life.rejected_at is None:
            _fees(life, rng)
        _delete(life, rng)
        known = {life.submitted_at, *(step.at for step in life.steps)}
        known.update(moment for moment in (life.rated_at, life.deleted_at) if moment)
        life.moments = sorted(known)
        return life

    def _number(self, agency: Agency, day: date, ordinal: int, traits: frozenset[str]) -> str:
        self._sequence[agency.code, day] += 1
        sequence = self._sequence[agency.code, day]
        if traits & FOREIGN:
            return f"TNHS-{day:%Y}-{ordinal:06d}"
        if "new_form" in traits or day >= NEW_FORM:
            return f"{agency.code}-{day:%Y%m%d}-{sequence:07d}"
        return f"{agency.code}-{day:%y%m%d}-{sequence:04d}"

    def _proceed(self, life: Life, rng: random.Random) -> None:
        """Reception, processing with its stops, and the end."""
        officers = self._officers.of(life.processor.code)
        desk = rng.choice(self._officers.of(life.agency.code))
        now = life.submitted_at

        def step(at: datetime, status: int, text: str, who: tuple[str, str], room: str) -> None:
            life.steps.append(Step(at, status, text, *who, room, started_at=now, due_at=life.due_at))

        if life.channel == 2:
            step(now, 1, "Công dân nộp hồ sơ trực tuyến", desk, "Bộ phận Một cửa")
            received = self._later(now, 0 if rng.random() < 0.9 else 1, rng)
            if rng.random() < 0.02:
                life.rejected_at = received
                step(received, 3, "Không tiếp nhận, thành phần hồ sơ chưa đúng", desk, "Bộ phận Một cửa")
                return
        else:
            received = now + timedelta(minutes=rng.randrange(1, 15))
        life.received_at = received
        limit = life.procedure.limit or rng.choice((1, 3, 5, 10))
        if rng.random() >= 0.02:
            due_day = self._work.after(received.date(), limit)
            life.due_at = datetime.combine(due_day, time(17) if rng.random() < 0.8 else time(11, 30))
        step(received, 2, "Tiếp nhận hồ sơ tại Bộ phận Một cửa", desk, "Bộ phận Một cửa")
        taken_up = received + timedelta(minutes=rng.randrange(5, 60), seconds=rng.randrange(60))
        now = taken_up if rng.random() < 0.8 else self._later(received, 1, rng)
        room = "Phòng chuyên môn" if life.processor.level != "commune" else "Công chức chuyên môn"
        step(now, 4, "Chuyển bộ phận chuyên môn thẩm định", rng.choice(officers), room)
        roll = rng.random()
        early = rng.randrange(limit) if roll < 0.62 else limit
        left = early if roll < 0.90 else limit + rng.randrange(1, 9)

        for status, text in _stops(life, rng):
            now = self._later(now, rng.randrange(min(left, 3) + 1), rng)
            who = rng.choice(officers)
            step(now, status, text, who, room)
            pending = rng.random() < (0.5 if status == 8 else 0.15)
            resumed = None if pending else self._later(now, rng.randrange(1, 12), rng)
            if status == 5:
                gap = 0 if resumed is None else self._work.between(now.date(), resumed.date())
                new_due = life.due_at and datetime.combine(
                    self._work.after(life.due_at.date(), gap), life.due_at.time()
                )
                life.supplements.append(Supplement(now, resumed, life.due_at, new_due if resumed else None))
                life.due_at = new_due if resumed else life.due_at
            if resumed is None:
                return
            now = resumed
            step(now, 4, "Tiếp tục xử lý hồ sơ", who, room)

        ending = rng.random()
        if ending < 0.012:
            return  # still open long after its appointment
        now = self._later(now, left, rng)
        if ending < 0.025:
            step(now, 7, "Công dân đề nghị rút hồ sơ", desk, "Bộ phận Một cửa")
            return
        life.finished_at = now
        step(now, 9, "Lãnh đạo ký duyệt, hoàn thành xử lý", rng.choice(officers), room)
        if rng.random() < 0.85:
            same_day = limit == 1 and rng.random() < 0.7
            now = now + 20 * MINUTE if same_day else self._later(now, rng.randrange(6), rng)
            life.returned_at = now
            step(now, 10, "Trả kết quả cho công dân", desk, "Bộ phận Một cửa")
            if rng.random() < (0.30 if life.channel == 2 else 0.06):
                life.rated_at = now + timedelta(minutes=rng.randrange(5, 4000))
                life.score = rng.choices((1, 2, 3), (4, 40, 56))[0]

    def _later(self, now: datetime, days: int, rng: random.Random) -> datetime:
        """A time at a desk, `days` working days after `now`, or as soon as the desk is open when 0."""
        if days:
            return _desk(self._work.after(now.date(), days), rng)
        soon = now + timedelta(minutes=rng.randrange(10, 200), seconds=rng.randrange(60))
        open_ = time(7) <= soon.time() <= time(11, 30) or time(13, 30) <= soon.time() <= time(17)
        if open_ and soon.date() == now.date() and now.date() in self._work:
            return soon
        return _desk(self._work.after(now.date(), 1), rng)


def _desk(day: date, rng: random.Random) -> datetime:
    """A minute of the working hours of a day."""
    minute = rng.randrange(255 + 195)
    start = datetime.combine(day, time(7, 5)) + MINUTE * minute
    return start + timedelta(minutes=125) if minute >= 255 else start


def _stops(life: Life, rng: random.Random) -> list[tuple[int, str]]:
    count = rng.choices((0, 1, 2, 3), (93, 5, 1.5, 0.5))[0]
    found = [(5, "Yêu cầu công dân bổ sung giấy tờ")] * count
    if life.procedure.field in LAND and rng.random() < 0.25:
        found.append((6, "Chuyển thông tin địa chính, công dân thực hiện nghĩa vụ tài chính"))
    if rng.random() < 0.02:
        found.append((8, "Dừng xử lý chờ ý kiến cơ quan phối hợp"))
    return found


def _papers(life: Life, rng: random.Random) -> None:
    count = rng.randrange(1, 4) if life.channel == 2 else rng.randrange(3)
    for n in range(count):
        digitised = life.channel == 2 or rng.random() < 0.5
        url = f"https://tep.example.vn/hs/{life.ordinal}/{n}" if digitised else ""
        reuse = rng.choices((0, 1, 2), (85, 12, 3))[0]
        life.components.append(Paper(f"TP{n + 1:02d}", f"GiayTo{n + 1}.pdf", url, digitised, reuse))
    life.digitised = any(paper.digitised for paper in life.components)
    life.vneid = life.channel == 2 and rng.random() < 0.4
    if rng.random() < 0.05:
        life.others.append(Paper("", "Giấy ủy quyền", "", False, 0))
    if life.finished_at and rng.random() < 0.85:
        url = f"https://tep.example.vn/kq/{life.ordinal}" if rng.random() < 0.6 else ""
        life.results.append(Paper(f"KQ.G15.{life.ordinal % 400:06d}", "KetQua.pdf", url, bool(url), 0))


def _fees(life: Life, rng: random.Random) -> None:
    if rng.random() >= 0.55:
        return
    online = life.channel == 2 and rng.random() < 0.5
    for n in range(rng.choices((1, 2), (80, 20))[0]):
        amount = rng.choice((0, 2000, 5000, 8000, 15000, 30000, 50000, 100000, 200000, 500000))
        paid = life.received_at if rng.random() < 0.9 else None
        name = "Lệ phí giải quyết hồ sơ" if n == 0 else "Phí thẩm định hồ sơ"
        life.fees.append(Fee(f"PLP{n + 1:02d}", name, "2" if n == 0 else "1", amount, paid))
    if any(fee.paid_at and fee.amount for fee in life.fees):
        life.online_payment = rng.choice((1, 2)) if online else rng.choice((0, 0, 3))


def _fit_traits(life: Life, rng: random.Random) -> None:
    """Fates decide in which systems a dossier stands and when it is pushed."""
    if life.traits & FOREIGN:
        life.in_portal = life.in_national = True
        life.national_delay = timedelta(seconds=rng.randrange(120, 600))
        life.receipt_no = life.receipt_no or f"BN{life.ordinal:09d}"
    if "deleted_portal" in life.traits:
        life.in_portal = life.in_national = True
    if "migrated" in life.traits:
        life.in_portal, life.in_national = True, False
    if "late_push" in life.traits and life.in_portal:
        life.national_delay = timedelta(days=rng.randrange(1, 30), seconds=rng.randrange(3600))


def _delete(life: Life, rng: random.Random) -> None:
    """A deletion ends a life: nothing happens to a dossier after it."""
    if not life.traits & {"deleted_everywhere", "deleted_portal"}:
        return
    at = max([life.submitted_at, *(step.at for step in life.steps)]) + timedelta(hours=rng.randrange(1, 60))
    life.deleted_at = at
    if life.rated_at and life.rated_at >= at:
        life.rated_at = None
