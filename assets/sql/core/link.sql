-- Grain: (dossier, next dossier, kind). Which dossiers follow one another (liên thông): linked, never merged.
-- origin: a record names the number of the dossier that it continues. group: it names the group's own dossier by its key
-- in the same source, or several dossiers of a source share a group; then the earliest received leads.
-- A number of a clerk's own counting names a dossier only when just one of that source bears it.
-- Looked at: the followers among the dossiers of this run, those that may follow one of them by number or group, those
-- that followed one, and those whose origin has been ambiguous. All their links are found anew, so that it does not matter which side comes first.
with mine as materialized (
    select dossier_id, source_id, source_key from pg_temp.staged_member
), numbers as materialized (
    select distinct split_part(n.number, '@', 1) as number
    from (select distinct dossier_id from mine) m join core.dossier_number n using (dossier_id)
    where n.kind <> 'receipt_no' and exists (select from std.dossier_record where origin_no is not null)
), follower as materialized (
    select m.dossier_id from mine m join std.dossier_record r using (source_id, source_key)
    where r.origin_no is not null or r.group_no is not null
    union
    select s.dossier_id
    from numbers n
    join std.dossier_record r on r.origin_no = n.number and r.origin_no is not null
    join core.dossier_source s using (source_id, source_key)
    union
    select s.dossier_id
    from (select distinct r.source_id, g.group_no
          from mine m join std.dossier_record r using (source_id, source_key)
          cross join lateral (values (r.group_no), (r.source_key)) g (group_no)
          where g.group_no is not null and exists (select from std.dossier_record where group_no is not null)) g
    join std.dossier_record r on r.group_no = g.group_no and r.group_no is not null and r.source_id = g.source_id
    join core.dossier_source s on s.source_id = r.source_id and s.source_key = r.source_key
    union
    select l.next_dossier_id
    from (select dossier_id from mine union select dossier_id from pg_temp.staged_gone) a
    join core.dossier_link l using (dossier_id)
    union
    select l.next_dossier_id
    from (select dossier_id from mine union select dossier_id from pg_temp.staged_gone) a
    join core.dossier_link l on l.next_dossier_id = a.dossier_id
    union
    select s.dossier_id
    from std.dossier_record r join core.dossier_source s using (source_id, source_key)
    where r.origin_no is not null
      and not exists (select from core.dossier_link l where l.next_dossier_id = s.dossier_id)
      and exists (select from std.dossier_record p where p.dossier_no = r.origin_no and p.source_id = r.source_id
                                                     and p.number_form = 'legacy')
), record as materialized (
    select f.dossier_id, r.source_id, r.source_key, r.origin_no, r.group_no, r.received_at
    from follower f
    join core.dossier_source s using (dossier_id)
    join std.dossier_record r using (source_id, source_key)
    where not r.is_deleted and (r.origin_no is not null or r.group_no is not null)
), found as (
    select distinct n.dossier_id, r.dossier_id as next_dossier_id, 'origin' as kind
    from record r join core.dossier_number n on n.number = r.origin_no and n.kind <> 'receipt_no'
    union
    select min(s.dossier_id), r.dossier_id, 'origin'
    from record r
    join std.dossier_record p on p.dossier_no = r.origin_no and p.source_id = r.source_id and p.number_form = 'legacy'
    join core.dossier_source s on s.source_id = p.source_id and s.source_key = p.source_key
    group by r.dossier_id, r.source_id, r.source_key
    having count(distinct s.dossier_id) = 1
    union
    select h.dossier_id, r.dossier_id, 'group'
    from record r
    cross join lateral (
        select s.dossier_id
        from std.dossier_record p join core.dossier_source s using (source_id, source_key)
        where p.source_id = r.source_id
          and (p.source_key = r.group_no or p.group_no = r.group_no) and not p.is_deleted
        order by p.source_key = r.group_no desc, p.received_at, p.source_key
        limit 1) h
    where r.group_no is not null
), wanted as materialized (
    select dossier_id, next_dossier_id, kind from found where dossier_id <> next_dossier_id
), gone as (
    delete from core.dossier_link l
    using follower f
    where l.next_dossier_id = f.dossier_id
      and not exists (select from wanted w
                      where w.dossier_id = l.dossier_id and w.next_dossier_id = l.next_dossier_id and w.kind = l.kind)
)
insert into core.dossier_link (dossier_id, next_dossier_id, kind)
select w.dossier_id, w.next_dossier_id, w.kind
from wanted w
where not exists (select from core.dossier_link l
                  where l.dossier_id = w.dossier_id and l.next_dossier_id = w.next_dossier_id and l.kind = w.kind);
