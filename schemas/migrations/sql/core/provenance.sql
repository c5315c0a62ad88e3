-- core.provenance: whose value stands in each field that several records of a dossier tell. Input: core.value_origin.
-- Grain: (dossier_id, field). The position of a field is its bit; the same list as PROVENANCE_FIELDS.
create or replace view core.provenance with (security_invoker = true) as
select o.dossier_id, f.field, o.source_id, o.source_key, o.reasons ->> f.field as reason
from core.value_origin o
join (values
    (0, 'dossier_no'), (1, 'procedure_code'), (2, 'local_procedure_code'), (3, 'procedure_name'),
    (4, 'procedure_case'), (5, 'field_code'), (6, 'field_name'), (7, 'applicant_id_hash'),
    (8, 'applicant_name_masked'), (9, 'applicant_type'), (10, 'status'), (11, 'received_at'),
    (12, 'acceptance_due_at'), (13, 'due_at'), (14, 'finished_at'), (15, 'returned_at'),
    (16, 'rejected_at'), (17, 'withdrawn_at'), (18, 'sent_back_at'), (19, 'suspended_at'),
    (20, 'receiving_agency_code'), (21, 'processing_agency_code'), (22, 'return_method'),
    (23, 'submitted_at'), (24, 'submission_agency_code'), (25, 'channel'), (26, 'online_payment'),
    (27, 'has_digitised_component')
) f (place, field) on o.chosen & (1::bigint << f.place) <> 0;
comment on view core.provenance is 'Giá trị của từng trường mà nhiều bản ghi cùng nêu lấy từ bản ghi nào; reason là vì sao giá trị của nguồn đáng tin hơn phải nhường, trống là theo thứ tự tin cậy';
comment on column core.provenance.dossier_id is 'Số hồ sơ của kho';
comment on column core.provenance.field is 'Trường';
comment on column core.provenance.source_id is 'Nguồn của giá trị được giữ';
comment on column core.provenance.source_key is 'Khóa bản ghi của giá trị được giữ';
comment on column core.provenance.reason is 'Vì sao giá trị của nguồn đáng tin hơn phải nhường';
