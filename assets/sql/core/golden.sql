-- Grain: one affected dossier. Its values by survivorship, its facts from the children, agencies and limit of the day.
-- Who tells it is the source whose status holds: a register that implies one gives way to a system that tells one, also
-- where both come to the same, or the one who tells it would change with the status and nobody have told both.
-- New dossiers go straight into core; known ones into staging, to be compared with what core holds.
insert into {into} ({golden_names}{more_names})
with single as (
    select m.dossier_id, 1::smallint as source_count, r.is_deleted, r.source_id as told_by, r.version_at as told_at,
           {single_values}
    from pg_temp.staged_member m join std.dossier_record r using (source_id, source_key)
    where m.size = 1 and m.is_new = {is_new}
), agreed as (
    -- nobody gives way: the first that tells a field, of at most three records side by side
    select a.dossier_id, a.size::smallint as source_count, a.is_deleted, {agreed_teller}, {agreed_values}
    from pg_temp.staged_told a
    left join pg_temp.staged_told b on b.dossier_id = a.dossier_id and b.{order} = 2 and b.speaks
    left join pg_temp.staged_told c on c.dossier_id = a.dossier_id and c.{order} = 3 and c.speaks
    where a.{order} = 1 and a.speaks and a.is_new = {is_new} and a.size <= 3
      and not exists (select from pg_temp.staged_weak w where w.dossier_id = a.dossier_id)
), contested as (
    select r.dossier_id, max(r.size)::smallint as source_count, bool_and(r.is_deleted) as is_deleted,
           (array_agg(r.source_id order by 'status' = any (r.weak), {is_implied}, r.{order}))[1] as told_by,
           (array_agg(r.version_at order by 'status' = any (r.weak), {is_implied}, r.{order}))[1] as told_at,
           {contested_values}
    from pg_temp.staged_told r
    where r.speaks and r.is_new = {is_new}
      and (r.size > 3 or exists (select from pg_temp.staged_weak w where w.dossier_id = r.dossier_id))
    group by r.dossier_id
), chosen as (
    select *, coalesce((coalesce(received_at, submitted_at) at time zone 'Asia/Ho_Chi_Minh')::date, number_date,
                       (%(now)s at time zone 'Asia/Ho_Chi_Minh')::date) as known_on,
           case when status in (7, 9, 10) then coalesce(finished_at, returned_at, withdrawn_at, sent_back_at) end
               as closed_at
    from (select * from single union all select * from agreed union all select * from contested) v
), concerned as (
    select distinct dossier_id from pg_temp.staged_member where is_new = {is_new}
), step as (
    select s.dossier_id,
           min(s.step_at) filter (where s.status in (7, 9, 10)) as closed_step_at,
           min(s.step_at) filter (where s.status = 7) as withdrawn_step_at
    from core.dossier_step s join concerned using (dossier_id) group by s.dossier_id
), stop_step as (
    select dossier_id, range_agg(tstzrange(step_at, next_at)) filter (where next_at > step_at) as stops,
           min(step_at) filter (where next_at is null) as waiting_since
    from (select s.dossier_id, s.status, s.step_at,
                 lead(s.step_at) over (partition by s.dossier_id order by s.step_at, s.source_key) as next_at
          from core.dossier_step s join concerned using (dossier_id)) t
    where status in (6, 8) group by dossier_id
), supplement as (
    select s.dossier_id, count(*) as supplement_count,
           count(*) filter (where s.new_due_at is distinct from s.previous_due_at and s.new_due_at is not null) as moved,
           (array_agg(s.previous_due_at order by s.requested_at, s.source_key)
               filter (where s.previous_due_at is not null))[1] as first_due_at,
           -- requests at one moment are one request on several papers
           (array_agg(distinct s.requested_at) filter (where s.requested_at is not null))[2] as second_at,
           range_agg(tstzrange(s.requested_at, s.completed_at))
               filter (where s.completed_at > s.requested_at) as stops,
           min(s.requested_at) filter (where s.completed_at is null) as waiting_since
    from core.supplement s join concerned using (dossier_id) group by s.dossier_id
), apology as (
    select a.dossier_id, count(*) as apology_count, count(a.new_due_at) as moved
    from core.apology a join concerned using (dossier_id) group by a.dossier_id
), document as (
    select d.dossier_id,
           bool_or(d.document_kind = 'result' and d.has_file and d.document_code is not null) as result_is_electronic,
           bool_or(d.digitised) filter (where d.document_kind = 'component') as digitised
    from core.document d join concerned using (dossier_id) group by d.dossier_id
), hours as (
    -- the hours of a working day and the last one for "trong ngày", by the rules of the day of receipt; in seconds
    select w.valid_from, coalesce(w.valid_to, 'infinity'::date) as valid_to, extract(epoch from (w.parameters #>> '{morning,0}')::time)::int as opening,
           extract(epoch from (w.parameters #>> '{morning,1}')::time)::int as noon,
           extract(epoch from (w.parameters #>> '{afternoon,0}')::time)::int as afternoon,
           extract(epoch from (w.parameters #>> '{afternoon,1}')::time)::int as closing,
           (w.parameters ->> 'hours_per_day')::int as day_hours, extract(epoch from (k.parameters ->> 'cutoff')::time)::int as cutoff
    from ops.rule_config w
    left join lateral (select parameters from ops.rule_config r
                       where r.rule_id = 'same_day_v1' and r.recorded_to = 'infinity' order by r.valid_from desc limit 1) k
        on true
    where w.rule_id = 'working_hours_v1' and w.recorded_to = 'infinity'
), calendar as materialized (
    select day, is_working, working_index, sum(is_projected::int) over (order by day) as guesses
    from core.calendar_day where recorded_to = 'infinity'
), governing as (
    -- the limit of the dossier's own case stands before one for any case, then that of its own channel
    select distinct on (c.dossier_id) c.dossier_id, c.received_at, c.received_precision, c.known_on,
           l.limit_value as v, l.limit_unit as unit
    from chosen c
    join core.procedure_time_limit l
      on l.procedure_code = c.procedure_code and l.channel in (0, c.channel)
     and l.procedure_case in ('', coalesce(c.procedure_case, '')) and l.limit_value >= 0
     and c.known_on >= l.valid_from and c.known_on < l.valid_to
    where c.received_at is not null
    order by c.dossier_id, l.procedure_case desc, l.channel desc, l.valid_from desc
), started as (
    -- as hub/rules/deadlines.py: after closing is the next morning, before opening the opening, at noon the afternoon
    select g.*, h.*, r.is_working, r.working_index, r.guesses, r.working_index + (not r.is_working)::int as number,
           t.clock, r.is_working and t.clock > h.closing as late,
           case when not r.is_working or t.clock > h.closing or t.clock < h.opening then h.opening
                when t.clock > h.noon and t.clock < h.afternoon then h.afternoon
                else t.clock end as start
    from governing g
    join hours h on g.known_on >= h.valid_from and g.known_on < h.valid_to
    join calendar r on r.day = g.known_on
    cross join lateral (
        select floor(extract(epoch from (g.received_at at time zone 'Asia/Ho_Chi_Minh')::time))::int as clock) t
    where g.unit in ('working_day', 'calendar_day') or g.received_precision is distinct from 'd'
), worked as (
    select s.*, (s.v %% s.day_hours) * 3600 as rest, s.noon - s.opening as morning,
           case when s.start >= s.afternoon then s.start - s.afternoon + s.noon - s.opening else s.start - s.opening end
           + (s.v %% s.day_hours) * 3600 as reached,
           s.noon - s.opening + s.closing - s.afternoon as day_s
    from started s
), aimed as (
    select w.*, w.reached - case when w.reached > w.day_s then w.day_s else 0 end as left_s,
           case w.unit
                when 'working_day' then case when w.v = 0 then w.number else w.working_index + w.v end
                when 'calendar_day' then c.working_index + (not c.is_working)::int
                when 'hour' then w.number + w.v / w.day_hours + w.late::int + (w.reached > w.day_s)::int
                when 'same_day' then w.number + (w.is_working and w.clock > w.cutoff)::int
           end as aim
    from worked w
    left join calendar c on c.day = w.known_on + w.v and w.unit = 'calendar_day'
), limits as (
    select a.dossier_id,
           (d.day + case when a.unit <> 'hour' then a.closing
                         -- without a rest the time of day stands: 13:30 must not turn into 11:30
                         when a.rest = 0 then a.start
                         when a.left_s <= a.morning then a.left_s + a.opening
                         else a.left_s - a.morning + a.afternoon end * interval '1 second')
           at time zone 'Asia/Ho_Chi_Minh' as legal_due_at
    from aimed a
    join calendar d on d.is_working and d.working_index = a.aim and d.guesses = a.guesses
)
select {final_values}{more_values}
from chosen c
left join step using (dossier_id)
left join stop_step using (dossier_id)
left join supplement using (dossier_id)
left join apology using (dossier_id)
left join document using (dossier_id)
left join limits l using (dossier_id)
left join core.agency sa on sa.agency_code = c.submission_agency_code
    and c.known_on >= sa.valid_from and c.known_on < sa.valid_to
left join core.agency ra on ra.agency_code = c.receiving_agency_code
    and c.known_on >= ra.valid_from and c.known_on < ra.valid_to
left join core.agency pa on pa.agency_code = c.processing_agency_code
    and c.known_on >= pa.valid_from and c.known_on < pa.valid_to
left join core.agency ha on ha.agency_code = c.holder_agency_code
    and coalesce(c.holder_on, c.known_on) >= ha.valid_from and coalesce(c.holder_on, c.known_on) < ha.valid_to;
