-- vanished_dossier: a record is gone from its system without a trace. Input: tombstones of a census.
-- Innocent: it came back; the dossier stands in this or another one-stop system under another key (handed over, entered
-- again); the source has ended.
select distinct on (s.dossier_id) s.dossier_id, t.told_at as happened_at,
       coalesce(nullif(v.processing_agency_id, 0), v.receiving_agency_id, 0) as agency_id, null::text as officer_id,
       t.told_at as detected_at, r.rule_id,
       jsonb_build_object('source_id', t.source_id, 'source_key', t.source_key, 'census_id', t.census_id,
                          'last_told_at', x.version_at) as evidence
from concerned
join core.dossier_source s using (dossier_id)
join std.dossier_record x on x.source_id = s.source_id and x.source_key = s.source_key
join ops.tombstone t on t.source_id = x.source_id and t.source_key = x.source_key
    and t.record_type = 'dossier' and t.reason = 'vanished'
join ops.source o on o.source_id = x.source_id
left join mart.dossier_version v on v.dossier_id = s.dossier_id and v.recorded_to = 'infinity'
cross join rule r
where x.is_deleted and x.deletion = 'vanished'
  and (o.valid_to is null or o.valid_to > (t.told_at at time zone 'Asia/Ho_Chi_Minh')::date)
  and not exists (
      select from core.dossier_source z
      join std.dossier_record y on y.source_id = z.source_id and y.source_key = z.source_key
      join ops.source q on q.source_id = z.source_id
      where z.dossier_id = s.dossier_id and not y.is_deleted and q.level in ('province', 'district', 'commune'))
order by s.dossier_id, t.told_at, t.source_id, t.source_key
