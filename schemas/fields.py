"""The canonical fields: what a mapping may feed, and which kind of value each one is.

Here: for every record type the field names of the glossary with their kind. A kind decides how
`hub/standardise` reads the text and which columns of std and vault it fills. Not here: vendors' names (the
mapping) and column types (`schemas/tables`).

Kinds:
    number      a dossier number: normalised; fills form, agency code and date of the number for dossier_no
    procedure   a procedure code: national root and local form
    code        a short code, kept as text          text     other public text, NFC, one space
    value       a code translated by the mapping's value map into a small integer
    integer     a whole number                      money    whole đồng
    flag        true or false ("0"/"1", "True"/"False", true/false)
    time        an event time with its precision    agency   an agency by code or name
    agency_name an agency name that is also kept as text
    identity, name, phone, tech_id                  personal: vault in clear, std keyed hash and masked form
    officer     an officer's name: vault in clear, std keyed hash
    clear       free text or other personal data: vault only
    presence    vault in clear, std only whether something is there
    list        the texts of a list, joined by commas
"""

from __future__ import annotations

DOSSIER = {
    "dossier_no": "number",
    "alt_dossier_no": "number",
    "receipt_no": "code",
    "portal_no": "number",
    "ministry_no": "number",
    "reference_uid": "code",
    "origin_no": "number",
    "group_no": "code",
    "procedure_code": "procedure",
    "procedure_name": "text",
    "procedure_case": "text",
    "field_code": "code",
    "field_name": "text",
    "channel": "value",
    "return_method": "value",
    "applicant_type": "value",
    "status": "value",
    "submission_place": "value",
    "online_payment": "value",
    "has_digitised_component": "flag",
    "vneid_verified": "flag",
    "linked_databases": "list",
    "set_count": "integer",
    "submission_agency": "agency",
    "receiving_agency": "agency",
    "processing_agency": "agency_name",
    "applicant_name": "name",
    "applicant_id_no": "identity",
    "applicant_phone": "phone",
    "applicant_tech_id": "tech_id",
    "applicant_email": "clear",
    "applicant_fax": "clear",
    "applicant_address": "clear",
    "other_info": "clear",
    "summary": "clear",
    "return_info": "clear",
    "note": "clear",
    "submitted_at": "time",
    "acceptance_due_at": "time",
    "received_at": "time",
    "due_at": "time",
    "finished_at": "time",
    "returned_at": "time",
    "rejected_at": "time",
    "withdrawn_at": "time",
    "sent_back_at": "time",
    "suspended_at": "time",
}

STEP = {
    "step_at": "time",
    "status": "value",
    "officer_name": "officer",
    "officer_title": "text",
    "step_department": "text",
    "step_text": "clear",
    "step_started_at": "time",
    "step_due_at": "time",
}

SUPPLEMENT = {
    "supplement_no": "code",
    "requested_at": "time",
    "completed_at": "time",
    "is_completed": "flag",
    "previous_due_at": "time",
    "new_due_at": "time",
    "requested_by": "clear",
    "content": "clear",
    "received_by": "clear",
    "receipt_info": "clear",
}

FEE = {
    "fee_code": "code",
    "fee_name": "text",
    "fee_kind": "code",
    "amount": "money",
    "collection": "code",
    "paid_at": "time",
}

DOCUMENT = {
    "document_no": "code",
    "document_code": "code",
    "file_name": "clear",
    "file_url": "presence",
    "is_removed": "flag",
    "digitised": "flag",
    "reuse": "value",
    "from_e_store": "flag",
    "quantity": "integer",
}

RATING = {"rated_at": "time", "score": "value", "comment": "clear"}
APOLOGY = {"apologised_at": "time", "new_due_at": "time", "reason": "clear"}

FIELDS: dict[str, dict[str, str]] = {
    "dossier": DOSSIER,
    "step": STEP,
    "supplement": SUPPLEMENT,
    "fee": FEE,
    "document": DOCUMENT,
    "rating": RATING,
    "apology": APOLOGY,
}
