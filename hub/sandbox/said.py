"""What a system says of a dossier on a day, before it is written down.

Here: `Said`, the state of a life as one system knows it, and the distortions of the national copy. Not here: the
text of a message (`messages.py`), mischief (`mischief.py`). The province's one-stop software pushes to the national
side with losses that are documented in its own code: statuses 5, 6 and 8 go as 9, invented first and last steps,
submission time overwritten, dummy identities, only paid fees, another paper in place of a missing result.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

from hub.sandbox.dossier import Fee, Life, Paper, Step, Supplement, View, changed
from hub.sandbox.mischief import FOREIGN, without_zero

SYSTEMS = ("portal", "national")
DUMMY_IDENTITY = "000000001"
STOPPED = (5, 6, 8)
RETURNED_FOR_SUPPLEMENT = "Cán bộ trả hồ sơ bổ sung"
FINANCIAL_DUTY = "Công dân thực hiện NVTC"
NO_DUE_DATE = "Hồ sơ không có ngày hẹn trả"
FIRST_STEP = "Tiếp nhận hồ sơ"
LAST_STEP = "Kết thúc xử lý hồ sơ"
FIRST_OFFICER = "Cán bộ một cửa"
SYNTHETIC = frozenset({RETURNED_FOR_SUPPLEMENT, FINANCIAL_DUTY, NO_DUE_DATE, FIRST_STEP, LAST_STEP})


@dataclass(slots=True)
class Said:
    """One system's view of one dossier.

    `key` is the source's own key, `number` the dossier number it shows, None when it shows none. `agency_code` is None
    where the number does not tell the agency. `implied`: the status is concluded from dates, no source says it.
    `true`: what this copy should show in the fields in which it errs.
    """

    source_id: str
    key: str
    number: str | None
    alt_number: str
    receipt_no: str
    agency_code: str | None
    identity: str
    status: int
    submitted_at: datetime | None
    received_at: datetime | None
    due_at: datetime | None
    finished_at: datetime | None
    returned_at: datetime | None
    rejected_at: datetime | None
    rated_at: datetime | None
    deleted_at: datetime | None
    online_payment: int | None
    submission_place: int
    linked_database: str
    fees: list[Fee]
    supplements: list[Supplement]
    components: list[Paper]
    others: list[Paper]
    results: list[Paper]
    steps: list[Step]
    updated_at: datetime
    procedure_code: str | None
    field_name: str | None
    channel: int | None
    return_method: int | None
    applicant_type: int | None
    digitised: bool | None
    implied: bool = False
    true: dict[str, Any] | None = None
    apologised_at: datetime | None = None


def delay_of(life: Life, source_id: str) -> timedelta:
    """How long after an event the system shows it; every source but portal and national is a one-stop system."""
    if source_id == "portal":
        return life.portal_delay
    return life.national_delay if source_id == "national" else timedelta(seconds=life.ordinal * 7919 % 120)


def visible(life: Life, source_id: str, today: datetime) -> int:
    """Ordinal of the last event of this life that the system shows at `today`; -1 when it knows nothing yet."""
    if (source_id == "portal" and not life.in_portal) or (source_id == "national" and not life.in_national):
        return -1
    return bisect_right(life.moments, today - delay_of(life, source_id)) - 1


def says(life: Life, source_id: str, event: int) -> Said:
    """What `source_id` says of the dossier once the event of that ordinal has reached it."""
    at = life.moments[event]
    delay = delay_of(life, source_id)

    def known(moment: datetime | None) -> datetime | None:
        return moment if moment is not None and moment <= at else None

    steps = [step for step in life.steps if (step.recorded_at or step.at) <= at]
    is_finished = known(life.finish_recorded_at or life.finished_at) is not None
    supplements = [
        Supplement(
            s.requested_at, known(s.completed_at), s.previous_due_at, s.new_due_at if known(s.completed_at) else None
        )
        for s in life.supplements
        if s.requested_at <= at
    ]
    due_at = life.supplements[0].previous_due_at if life.supplements else life.due_at
    for supplement in supplements:
        due_at = supplement.new_due_at if supplement.completed_at else due_at
    if life.due_move and life.due_move[0] <= at:
        due_at = life.due_move[1]
    received_at = known(life.received_at)
    deleted_at = known(life.deleted_at)
    if source_id != "portal" and "deleted_portal" in life.traits:
        deleted_at = None
    said = Said(
        source_id=source_id,
        key=life.number,
        number=life.number,
        alt_number=life.invented_number if "foreign_number" in life.traits and source_id != "national" else "",
        receipt_no=life.receipt_no,
        agency_code=None if life.traits & FOREIGN else life.agency.code,
        identity=life.applicant.identity,
        status=steps[-1].status if steps else 1,
        submitted_at=life.submitted_at,
        received_at=received_at,
        due_at=due_at if received_at else None,
        finished_at=life.finished_at if is_finished else None,
        returned_at=known(life.returned_at),
        rejected_at=known(life.rejected_at),
        rated_at=known(life.rated_at),
        deleted_at=deleted_at,
        online_payment=life.online_payment if received_at else 0,
        submission_place=2 if life.channel != 2 or life.ordinal % 3 else 1,
        linked_database="1" if life.vneid else "",
        fees=[fee if fee.paid_at is None or fee.paid_at <= at else changed(fee, paid_at=None) for fee in life.fees],
        supplements=supplements,
        components=life.components,
        others=life.others,
        results=life.results if is_finished else [],
        steps=steps,
        updated_at=at + delay,
        procedure_code=life.procedure.code,
        field_name=life.procedure.field,
        channel=life.channel,
        return_method=life.return_method,
        applicant_type=life.applicant.type,
        digitised=life.digitised,
        apologised_at=None if source_id in SYSTEMS else known(life.apologised_at),
    )
    if source_id == "national" and "lossy_national" in life.traits:
        said = _pushed(life, said)
    view = life.views.get(source_id)
    return said if view is None else _seen(said, view)


def honest(said: Said) -> Said:
    """The view without the errors of its copy; days stay days."""
    if said.true is None:
        return said
    known = {name: value for name, value in said.true.items() if name == "number" or getattr(said, name) is not None}
    if said.implied:
        known = {name: datetime.combine(v, time()) if isinstance(v, datetime) else v for name, v in known.items()}
    return changed(said, **known, true=None)


def _seen(said: Said, view: View) -> Said:
    """The copy with its own errors."""
    errors: dict[str, Any] = {}
    if view.shift and said.received_at:
        errors["received_at"] = said.received_at + timedelta(days=view.shift)
    if view.swapped:
        moment = errors.get(view.swapped) or getattr(said, view.swapped)
        other = moment and swapped(moment)
        if other:
            errors[view.swapped] = other
    if view.unnumbered:
        errors["number"] = view.number
    true = {name: getattr(said, name) for name in errors}
    if view.unnumbered:
        errors |= {"key": view.number or "", "receipt_no": "", "alt_number": ""}
    return changed(said, **errors, true=true or None)


def swapped(moment: datetime) -> datetime | None:
    """The moment with day and month in each other's place; None where that is no other date."""
    if moment.day > 12 or moment.day == moment.month:
        return None
    return moment.replace(month=moment.day, day=moment.month)


def _pushed(life: Life, said: Said) -> Said:
    """The copy that reaches the national side."""
    foreign = bool(life.traits & FOREIGN)
    results = said.results
    if said.finished_at and not any(paper.url for paper in results) and said.components:
        first = said.components[0]
        results = [Paper("", first.name, first.url, first.digitised, 0)]
    written = without_zero(said.identity) if "lost_zero" in life.traits else said.identity
    paid = [fee for fee in said.fees if fee.paid_at and fee.amount > 0]
    return changed(
        said,
        key=life.invented_number if foreign else life.number,
        number=life.invented_number if foreign else life.number,
        agency_code=life.agency.code,
        identity=said.identity if len(written) in (9, 12) else DUMMY_IDENTITY,
        status=9 if said.status in STOPPED else said.status,
        submitted_at=said.received_at,
        rated_at=None,
        online_payment=1 if paid else 3,
        submission_place=2,
        linked_database="7",
        fees=paid,
        results=results,
        steps=_pushed_steps(said),
    )


def _pushed_steps(said: Said) -> list[Step]:
    """Real steps with stops renamed, a first and a last step that nobody did, and one for a missing due date."""
    steps: list[Step] = []
    reception = next((step for step in said.steps if step.status == 2), None)
    if reception:
        first = changed(reception, text=FIRST_STEP, officer=FIRST_OFFICER, title="")
        steps.append(first)
        if reception.due_at is None:
            steps.append(changed(first, status=9, text=NO_DUE_DATE))
    for step in said.steps:
        if step.status in STOPPED:
            step = changed(step, status=9, text=FINANCIAL_DUTY if step.status == 6 else RETURNED_FOR_SUPPLEMENT)
        steps.append(step)
    if said.finished_at:
        ending = next(step for step in said.steps if step.status == 9)
        steps.append(changed(ending, status=9, text=LAST_STEP))
    return steps
