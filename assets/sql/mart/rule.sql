-- mart.rule: the rules by which the bi functions judge, so that bi needs nothing outside mart.
-- Grain: (rule_id, valid_from, recorded_from). Input: ops.rule_config, whose rows are closed and never overwritten.
-- Invariant: a figure as recorded at a past moment finds the rule as it was recorded then.
merge into mart.rule t
using (select rule_id, valid_from, recorded_from, recorded_to, valid_to, parameters from ops.rule_config) s
on t.rule_id = s.rule_id and t.valid_from = s.valid_from and t.recorded_from = s.recorded_from
when matched and row(t.*) is distinct from row(s.*) then update set
    recorded_to = s.recorded_to,
    valid_to = s.valid_to,
    parameters = s.parameters
when not matched then insert values (
    s.rule_id, s.valid_from, s.recorded_from, s.recorded_to, s.valid_to, s.parameters
)
