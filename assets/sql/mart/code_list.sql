-- mart.code_list: names of the codes of the national message (status, channel, applicant type, return method).
-- Grain: (list, code). Input: core.code_list. Invariant: an unchanged row is not written.
merge into mart.code_list t
using (select list, code::smallint as code, name from core.code_list) s
on t.list = s.list and t.code = s.code
when matched and t.name is distinct from s.name then update set name = s.name
when not matched then insert values (s.list, s.code, s.name)
