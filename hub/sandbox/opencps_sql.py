"""A district's database of OpenCPS v2: tables, rows and the maps of its own codes.

Here: tables with their columns, rows, local codes of procedures and statuses. Not here: servers and logins
(`sql_servers.py`). DATETIME columns hold whole seconds, so that several rows share a modifiedDate; there is no soft
deletion. The columns correcttingDate, online_ and password_ are spelled as in the product.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from hub.sandbox.dossier import Life, Step
from hub.sandbox.messages import spoken, written_identity, written_phone
from hub.sandbox.one_stop import OneStop, identifier
from hub.sandbox.places import UNKNOWN_PROCEDURES
from hub.sandbox.said import Said, delay_of
from hub.sandbox.td import address

_AUDIT = "groupId long, companyId long, userId long, userName 75, createDate time, modifiedDate time"
_PLACES = "{0}CityCode 128, {0}CityName 255, {0}DistrictCode 128, {0}DistrictName 255, {0}WardCode 128, {0}WardName 255"
TABLES: dict[str, tuple[str, str]] = {
    "opencps_dossier": (
        "dossierId",
        f"""uuid_ 75, dossierId long, {_AUDIT}, referenceUid 255, counter long, dossierCounter 128,
        registerBookCode 100, registerBookName 512, processNo 128, serviceCode 128, serviceName text,
        govAgencyCode 128, govAgencyName 512, applicantName 500, applicantIdType 128, applicantIdNo 128,
        applicantIdDate time, address text, cityCode 128, cityName 255, districtCode 128, districtName 255,
        wardCode 128, wardName 255, contactName text, contactTelNo 128, contactEmail 255, delegateType int,
        delegateName text, delegateIdNo 128, delegateTelNo 128, delegateEmail 255, delegateAddress text,
        {_PLACES.format("delegate")}, documentNo 255, documentDate time, dossierTemplateNo 128,
        dossierTemplateName text, dossierNote text, submissionNote text, applicantNote text, briefNote text,
        dossierNo 255, dossierName text, submitting bit, processDate time, submitDate time, receiveDate time,
        dueDate time, extendDate time, releaseDate time, finishDate time, cancellingDate time, correcttingDate time,
        endorsementDate time, dossierStatus 255, dossierStatusText text, dossierSubStatus 128,
        dossierSubStatusText text, dossierActionId long, viaPostal int, fromViaPostal int, postalServiceCode 128,
        postalServiceName text, postalAddress text, {_PLACES.format("postal")}, postalTelNo 128, vnpostalStatus int,
        vnpostalProfile text, online_ bit, original bit, originality int, originDossierId long,
        originDossierNo 255, groupDossierId 75, sampleCount long, durationCount float, durationUnit int,
        lockState 200, serverNo 255, systemId int, metaData text, multipleCheck 75, password_ 75""",
    ),
    "opencps_dossieraction": (
        "dossierActionId",
        f"""uuid_ 75, dossierActionId long, {_AUDIT}, dossierId long, serviceProcessId long, previousActionId long,
        nextActionId long, fromStepCode 100, fromStepName 512, fromSequenceNo 100, stepCode 100, stepName 512,
        sequenceNo 100, stepInstruction text, actionCode 100, actionName 512, actionUser 255, actionNote text,
        syncActionCode 100, actionOverdue int, dueDate time, pending bit, rollbackable bit, state_ int,
        eventStatus int, payload text""",
    ),
    "opencps_dossierfile": (
        "dossierFileId",
        f"""uuid_ 75, dossierFileId long, {_AUDIT}, dossierId long, referenceUid 75, dossierTemplateNo 255,
        dossierPartNo 255, dossierPartType int, fileTemplateNo 255, displayName 500, fileEntryId long, original bit,
        eForm bit, isNew bit, removed bit, signCheck int, signInfo text, deliverableCode 255, formData text,
        formScript text, formReport text, formSchema text""",
    ),
    "opencps_paymentfile": (
        "paymentFileId",
        f"""uuid_ 75, paymentFileId long, {_AUDIT}, dossierId long, referenceUid 75, govAgencyCode 128,
        govAgencyName 500, paymentFee 500, advanceAmount long, feeAmount long, serviceAmount long, shipAmount long,
        paymentAmount long, paymentStatus int, paymentMethod 255, confirmDatetime time, approveDatetime time,
        paymentNote text, confirmNote text, invoiceNo 255, invoiceIssueNo 255, invoiceTemplateNo 255,
        epaymentProfile text, bankInfo text, confirmPayload text, invoicePayload text, einvoice text""",
    ),
    "opencps_voting": (
        "votingId",
        f"uuid_ 75, votingId long, {_AUDIT}, className 75, classPK 75, subject text, choices text, templateNo 75,"
        " commentable bit",
    ),
    "opencps_votingresult": (
        "votingResultId",
        f"uuid_ 75, votingResultId long, {_AUDIT}, votingId long, selected 75, comment_ text, fullname 255, email 255",
    ),
    "opencps_serviceinfo": (
        "serviceInfoId",
        f"""uuid_ 75, serviceInfoId long, {_AUDIT}, serviceCode 128, serviceName text, administrationCode 128,
        administrationName 500, domainCode 128, domainName text, maxLevel int, public_ bit, isNotarization bit,
        durationText text""",
    ),
    "opencps_serviceinfomapping": (
        "serviceInfoMappingId",
        "serviceInfoMappingId long, groupId long, serviceCode 128, serviceCodeDVCQG 128, serviceNameDVCQG text,"
        " synced int",
    ),
    "opencps_dossierstatusmapping": (
        "dossierStatusMappingId",
        "dossierStatusMappingId long, groupId long, statusCode 255, subStatusCode 128, statusCodeDVCQG 128",
    ),
    "opencps_processstep": (
        "processStepId",
        f"""uuid_ 75, processStepId long, {_AUDIT}, serviceProcessId long, stepCode 100, stepName 512, sequenceNo 100,
        dossierStatus 255, dossierSubStatus 128, durationCount float""",
    ),
}
_TYPES = {
    "long": "bigint",
    "int": "int",
    "bit": "tinyint",
    "time": "datetime",
    "float": "double",
    "text": "longtext",
}
INDEXES = {
    "opencps_dossier": ("modifiedDate, dossierId", "dossierNo"),
    "opencps_dossieraction": ("modifiedDate, dossierActionId", "dossierId"),
    "opencps_dossierfile": ("modifiedDate, dossierFileId", "dossierId"),
    "opencps_paymentfile": ("modifiedDate, paymentFileId", "dossierId"),
    "opencps_votingresult": ("modifiedDate, votingResultId", "votingId"),
}
# status of the hub → (dossierStatus, dossierSubStatus, text, stepCode); forms that a dossier alternates between
STATES: dict[int, tuple[tuple[str, str, str, str], ...]] = {
    1: (("new", "", "Mới nộp", "100"),),
    2: (("receiving", "", "Chờ tiếp nhận", "110"),),
    3: (("denied", "", "Từ chối tiếp nhận", "120"),),
    4: (
        ("processing", "processing_21", "Đang xử lý", "200"),
        ("processing", "", "Đang xử lý", "201"),
        ("interoperating", "", "Đang liên thông", "202"),
    ),
    5: (("waiting", "", "Chờ bổ sung", "300"),),
    6: (("waiting", "waiting_1", "Chờ thực hiện nghĩa vụ tài chính", "310"),),
    7: (("cancelled", "", "Rút hồ sơ", "320"),),
    8: (("pausing", "", "Tạm dừng", "330"),),
    9: (("releasing", "", "Chờ trả kết quả", "400"), ("handover", "", "Bàn giao kết quả", "401")),
    10: (("done", "", "Hoàn thành", "500"),),
}
# the site's own map; what it lacks (interoperating, handover) is what a fallback map is for
STATUS_MAP = (
    ("new", "", 1),
    ("receiving", "", 2),
    ("denied", "", 3),
    ("processing", "", 4),
    ("processing", "processing_21", 4),
    ("waiting", "", 5),
    ("waiting", "waiting_1", 6),
    ("cancelled", "", 7),
    ("pausing", "", 8),
    ("releasing", "", 9),
    ("done", "", 10),
)
UNKNOWN_STATE = ("archiving", "", "Lưu trữ", "900")
CLASS_NAME = "org.opencps.dossiermgt.model.Dossier"
Row = dict[str, Any]


def statements() -> list[str]:
    """What makes the tables that are not there yet."""
    made = []
    for table, (key, columns) in TABLES.items():
        parts = [column.split() for column in columns.split(",")]
        typed = [f"`{name}` {_TYPES.get(kind, f'varchar({kind})')}" for name, kind in parts]
        typed = [f"{column} not null" if column.startswith(f"`{key}` ") else column for column in typed]
        keys = [f"primary key (`{key}`)", *(f"key ({columns})" for columns in INDEXES.get(table, ()))]
        made.append(f"create table if not exists {table} ({', '.join(typed + keys)}) engine=InnoDB")
    return made


def state(life: Life, status: int) -> tuple[str, str, str, str]:
    """How this site calls a status: (dossierStatus, dossierSubStatus, text, stepCode)."""
    forms = STATES[status]
    return forms[life.ordinal % len(forms)]


class Site:
    """Collects the rows of one database: by table, equal columns in every row. groupId is 20101 and on."""

    def __init__(self, system: OneStop) -> None:
        self._system = system
        self._group = 20101 + system.ordinal
        self._services: dict[str, str] = {}
        self.tables: dict[str, list[Row]] = {table: [] for table in TABLES}
        self.tables["opencps_dossierstatusmapping"] = [
            self._own("dossierStatusMappingId", n, statusCode=status, subStatusCode=sub, statusCodeDVCQG=str(code))
            for n, (status, sub, code) in enumerate(STATUS_MAP, 1)
        ]
        forms = [form for several in STATES.values() for form in several]
        self.tables["opencps_processstep"] = [
            self._own("processStepId", n, stepCode=step, stepName=text, dossierStatus=status, dossierSubStatus=sub)
            for n, (status, sub, text, step) in enumerate(forms, 1)
        ]

    def add(self, life: Life, said: Said, edges: frozenset[str]) -> None:
        """One dossier with its actions, files, payments and rating."""
        dossier_id = int(said.key)
        delay = delay_of(life, said.source_id)
        created = life.moments[0] + delay
        actions = [self._action(life, said, n, step) for n, step in enumerate(said.steps)]
        self.tables["opencps_dossieraction"] += actions
        last = actions[-1]["dossierActionId"] if actions else 0
        self.tables["opencps_dossier"].append(self._dossier(life, said, edges, created, last))
        ending = life.finish_recorded_at or life.finished_at  # rows bear the time of recording, whatever they say
        finished = ending + delay if said.finished_at and ending else None
        papers = [(1, paper) for paper in said.components] + [(2, paper) for paper in said.results]
        for n, (part, paper) in enumerate(papers, 1):
            moment = finished if part == 2 and finished else created
            self._put(
                "opencps_dossierfile", "dossierFileId", dossier_id * 100 + n, moment, moment,
                dossierId=dossier_id, referenceUid=identifier("file", f"{dossier_id} {n}"), dossierPartNo=f"TP{n:02d}",
                dossierPartType=part, fileTemplateNo=paper.code, displayName=paper.name,
                fileEntryId=dossier_id * 10 + n if paper.url else 0, removed=0,
                deliverableCode=paper.code if part == 2 else "",
            )  # fmt: skip
        for n, fee in enumerate(said.fees, 1):
            paid = fee.paid_at + delay if fee.paid_at else None
            self._put(
                "opencps_paymentfile", "paymentFileId", dossier_id * 100 + n, created, paid or created,
                dossierId=dossier_id, govAgencyCode=life.agency.code, govAgencyName=life.agency.name,
                paymentFee=fee.name, feeAmount=fee.amount, paymentAmount=fee.amount if paid else 0,
                paymentStatus=2 if paid else 0, paymentMethod="Chuyển khoản" if life.online_payment else "Tiền mặt",
                confirmDatetime=fee.paid_at, invoiceNo=fee.code,
            )  # fmt: skip
        if said.rated_at:
            at = said.rated_at + delay
            self._put(
                "opencps_voting", "votingId", dossier_id, at, at,
                className=CLASS_NAME, classPK=str(dossier_id), subject="Mức độ hài lòng", choices="1,2,3",
            )  # fmt: skip
            self._put(
                "opencps_votingresult", "votingResultId", dossier_id, at, at,
                votingId=dossier_id, selected=str(life.score), comment_="", fullname=life.applicant.name,
            )  # fmt: skip

    def _dossier(self, life: Life, said: Said, edges: frozenset[str], created: datetime, action: int) -> Row:
        applicant = life.applicant
        status, sub, text, _ = UNKNOWN_STATE if "unknown_code" in edges else state(life, said.status)
        cancelled = next((step.at for step in said.steps if step.status == 7), None)
        return self._own(
            "dossierId", int(said.key), createDate=created, modifiedDate=said.updated_at,
            referenceUid=identifier("dossier", life.ordinal), serviceCode=self._service(life),
            serviceName=life.procedure.name, govAgencyCode=life.agency.code, govAgencyName=life.agency.name,
            applicantName=spoken(life, applicant.name),
            applicantIdType="citizen" if applicant.type == 1 else "business",
            applicantIdNo=written_identity(life, applicant.identity), address=address(life),
            contactName=spoken(life, applicant.name), contactTelNo=written_phone(life), contactEmail=applicant.email,
            dossierNo=life.number, dossierName=spoken(life, f"{life.procedure.name[:120]} của {applicant.name}"),
            submitDate=said.submitted_at, receiveDate=said.received_at, dueDate=said.due_at,
            releaseDate=said.finished_at, finishDate=said.returned_at, cancellingDate=cancelled,
            correcttingDate=said.supplements[-1].requested_at if said.supplements else None,
            dossierStatus=status, dossierStatusText=text, dossierSubStatus=sub, dossierSubStatusText="",
            dossierActionId=action, viaPostal=2 if life.return_method == 1 else life.ordinal % 2,
            fromViaPostal=1 if life.channel == 3 else 0, online_=1 if life.channel == 2 else 0, sampleCount=1,
            durationCount=float(life.procedure.limit or 0), durationUnit=0, originality=3, systemId=0,
            **({"originDossierNo": life.origin_number} if life.origin_number else {}),
        )  # fmt: skip

    def _action(self, life: Life, said: Said, n: int, step: Step) -> Row:
        number = int(said.key) * 100
        delay = delay_of(life, said.source_id)
        after = said.steps[n + 1] if n + 1 < len(said.steps) else None
        later = (after.recorded_at or after.at) + delay if after else None
        _, _, text, code = state(life, step.status)
        made = step.recorded_at or step.at
        return self._own(
            "dossierActionId", number + n + 1, createDate=made, modifiedDate=later or made + delay,
            dossierId=int(said.key), serviceProcessId=1, previousActionId=number + n if n else 0,
            nextActionId=number + n + 2 if later else 0, stepCode=code, stepName=text, sequenceNo=code,
            actionCode=code, actionName=step.text, actionUser=step.officer, actionNote="", dueDate=step.due_at,
            pending=0, rollbackable=0, state_=1, actionOverdue=0,
        )  # fmt: skip

    def _service(self, life: Life) -> str:
        code = life.procedure.code
        local = self._services.get(code)
        if local is None:
            unknown = code in UNKNOWN_PROCEDURES
            local = self._services[code] = code if unknown else f"TTHC-{code.replace('.', '')}"
            n = len(self._services)
            domain = {
                "domainCode": f"LV{sum(life.procedure.field.encode()) % 997:03d}",
                "domainName": life.procedure.field,
            }
            name = life.procedure.name
            service = self._own(
                "serviceInfoId", n, serviceCode=local, serviceName=name, maxLevel=4, public_=1, **domain
            )
            self.tables["opencps_serviceinfo"].append(service)
            if not unknown:
                self.tables["opencps_serviceinfomapping"].append(
                    self._own("serviceInfoMappingId", n, serviceCode=local, synced=1, serviceNameDVCQG=name)
                    | {"serviceCodeDVCQG": code + ".000.00.00.H56"}
                )
        return local

    def _put(self, table: str, key: str, number: int, created: datetime, modified: datetime, **values: Any) -> None:
        self.tables[table].append(self._own(key, number, createDate=created, modifiedDate=modified, **values))

    def _own(self, key: str, number: int, **values: Any) -> Row:
        return {key: number, "groupId": self._group, **values}
