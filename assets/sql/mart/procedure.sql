-- mart.procedure: one row per procedure code, known to the catalogue or only met in dossiers.
-- Grain: procedure_code. Inputs: core.procedure; versions of core.dossier_history after the watermark.
-- Invariants: '?' exists (dossiers without a code); every code of mart.dossier_version has a row; a code that the
-- catalogue lacks keeps the first name under which a source gave it, until the catalogue catches up.
merge into mart.procedure t
using (
    select procedure_code, name, coalesce(field_name, 'Chưa xác định') as field_name, levels,
           procedure_code <> '?' as in_catalogue
    from core.procedure
    union all
    select '?', 'Thủ tục chưa xác định', 'Chưa xác định', null, false
    where not exists (select from core.procedure where procedure_code = '?')
    union all
    select h.procedure_code,
           coalesce((array_agg(h.procedure_name order by h.recorded_from, h.procedure_name)
                     filter (where h.procedure_name <> ''))[1], h.procedure_code),
           coalesce((array_agg(h.field_name order by h.recorded_from, h.field_name)
                     filter (where h.field_name <> ''))[1], 'Chưa xác định'),
           null,
           false
    from core.dossier_history h
    where h.recorded_from > %(watermark)s::timestamptz
      and h.procedure_code <> ''
      and not exists (select from core.procedure c where c.procedure_code = h.procedure_code)
      and not exists (select from mart.procedure m where m.procedure_code = h.procedure_code)
    group by h.procedure_code
) s
on t.procedure_code = s.procedure_code
when matched and row(t.*) is distinct from row(s.*) then update set
    name = s.name,
    field_name = s.field_name,
    levels = s.levels,
    in_catalogue = s.in_catalogue
when not matched then insert values (s.procedure_code, s.name, s.field_name, s.levels, s.in_catalogue)
