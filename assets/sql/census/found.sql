-- Grain: one key that the source lists and std does not hold as listed. What waits in quarantine is known; what is newer
-- than the watermark comes with the next pull. Each key is looked up in std whatever its group: groups only say where
-- to look. A list may hold a key in several versions, of which std has to hold one.
insert into pg_temp.staged_found (source_key, kind, version, agency, day, status)
with one as (
    select distinct on (source_key) source_key, version, agency, day, status
    from pg_temp.staged_said where source_key <> '' order by source_key, version collate "C" desc
), known as (
    select s.*, r.batch_id is null or r.deletion = 'vanished' as absent, r.deletion, r.version as held_version,
           r.status as held_status,
           s.version <> '' and coalesce({beyond}, false) as ahead,
           exists (select from ops.quarantine q
                   where q.source_id = %(source)s and q.record_type = %(type)s and q.resolved_at is null
                     and q.source_key = left(s.source_key, %(longest)s)
                     and (q.version is null or q.version in ('', s.version) or s.version = '')) as waits
    from one s
    left join lateral (select batch_id, deletion, coalesce(version, '') as version, {held_status} as status
                       from std.{type}_record f
                       where f.source_id = %(source)s and f.source_key = s.source_key offset 0) r on true
), judged as (
    select k.*,
           case when absent and waits then 'quarantined'
                when absent and ahead then 'ahead'
                when absent and deletion = 'vanished' then 'revived'
                when absent then 'missing'
                when deletion = 'message' then null
                when version <> '' and held_version <> '' and version <> held_version
                     and not exists (select from pg_temp.staged_said s
                                     where s.source_key = k.source_key and s.version = k.held_version)
                     then case when waits then 'quarantined' when ahead then 'ahead' else 'differing' end
                when (version = '' or held_version = '') and status <> '' and held_status <> '' and status <> held_status
                     then case when waits then 'quarantined' else 'differing' end
           end as kind
    from known k
)
select source_key, kind, version, agency, day, status from judged where kind is not null;
