-- Grain: one affected dossier. Its values by survivorship, its facts from the children, agencies and limit of the day.
-- New dossiers go straight into core; known ones into staging, to be compared with what core holds.
insert into {into} ({golden_names}{more_names})
with single as (
    select m.dossier_id, 1::smallint as source_count, r.is_deleted, {single_values}
    from pg_temp.staged_member m join std.dossier_record r using (source_id, source_key)
    where m.size = 1 and m.is_new = {is_new}
), several as (
    select m.dossier_id, max(m.size)::smallint as source_count, bool_and(r.is_deleted) as is_deleted, {several_values}
    from pg_temp.staged_member m join std.dossier_record r using (source_id, source_key)
    where m.size > 1 and m.speaks and m.is_new = {is_new}
    group by m.dossier_id
), chosen as (
    select *, coalesce((coalesce(received_at, submitted_at) at time zone 'Asia/Ho_Chi_Minh')::date, number_date,
                       (%(now)s at time zone 'Asia/Ho_Chi_Minh')::date) as known_on,
           case when status in (7, 9, 10) then coalesce(finished_at, returned_at, withdrawn_at, sent_back_at) end
               as closed_at
    from (select * from single union all select * from several) v
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
), governing as (
    -- the limit of the dossier's own channel stands before one for any channel
    select distinct on (c.dossier_id) c.dossier_id, c.known_on, l.limit_value, l.limit_unit
    from chosen c
    join core.procedure_time_limit l
      on l.procedure_code = c.procedure_code and l.channel in (0, c.channel) and l.procedure_case = ''
     and c.known_on >= l.valid_from and c.known_on < l.valid_to
    where c.received_at is not null
    order by c.dossier_id, l.channel desc, l.valid_from desc
), limits as (
    select g.dossier_id, due.due_at as legal_due_at
    from governing g
    join core.calendar_day r on r.day = g.known_on and r.recorded_to = 'infinity'
    cross join lateral (
        select (d.day + time '17:00') at time zone 'Asia/Ho_Chi_Minh' as due_at, d.is_projected
        from core.calendar_day d
        where d.recorded_to = 'infinity' and d.is_working and d.working_index = r.working_index + g.limit_value
        order by d.day limit 1) due
    where g.limit_unit = 'working_day' and not due.is_projected
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
