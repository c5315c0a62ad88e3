-- Grain: one cluster of records and the dossier_id it keeps. A dossier keeps its id with the cluster that holds most
-- of its records (ties: the first record); a cluster that keeps several ids takes the oldest; the rest get new ids.
insert into pg_temp.staged_cluster (cluster, dossier_id, is_new)
with member as (
    select coalesce(l.cluster, c.node) as cluster, c.dossier_id, c.source_id, c.source_key
    from pg_temp.staged_record c left join pg_temp.staged_link l using (node)
), claim as (
    select cluster, dossier_id, count(*) as members, min(source_id || chr(1) || source_key) as first_member
    from member where dossier_id is not null group by cluster, dossier_id
), keeper as (
    select distinct on (dossier_id) dossier_id, cluster from claim order by dossier_id, members desc, first_member
), kept as (
    select cluster, min(dossier_id) as dossier_id from keeper group by cluster
), fresh as (
    select cluster, nextval('core.dossier_id_seq') as dossier_id
    from (select distinct cluster from member where cluster not in (select cluster from kept) order by cluster) c
)
select cluster, dossier_id, false from kept
union all
select cluster, dossier_id, true from fresh;
