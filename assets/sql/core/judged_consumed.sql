-- Judgements that this run has heard, with what the machine said of the pair at that time: when it says the opposite one
-- day, the pair is asked about again. One whose records are not in std (yet) is heard with them: they will be new.
update core.judgement j set core_run_id = %(run)s, machine_said = coalesce(j.machine_said, s.machine_said)
from (select k.judgement_id, t.machine_said
      from core.judgement k left join pg_temp.staged_stand t using (judgement_id) where k.core_run_id is null) s
where j.judgement_id = s.judgement_id;
