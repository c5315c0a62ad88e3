-- The batches that std has consumed and core has not: never decided by an id or a time, because a batch may commit late.
insert into pg_temp.staged_batch
select s.batch_id from ops.batch_consumed s
where s.consumer = 'std'
  and not exists (select from ops.batch_consumed c where c.batch_id = s.batch_id and c.consumer = 'core');
