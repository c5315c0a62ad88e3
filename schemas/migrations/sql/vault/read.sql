-- vault.read: the only way for a steward to see clear values of one record; every call leaves an audit row.
-- Law 91/2025/QH15 on personal data: access by role and purpose, with a trace.
create or replace function vault.read(record_type text, source_id text, source_key text, reason text)
returns setof jsonb
language plpgsql volatile security definer set search_path = pg_catalog, vault
as $$
begin
    if coalesce(btrim(reason), '') = '' then
        raise exception 'vault.read: phải nêu lý do đọc dữ liệu rõ' using errcode = '22023';
    end if;
    if record_type not in ('dossier', 'step', 'supplement', 'document', 'rating', 'apology') then
        raise exception 'vault.read: không có loại bản ghi %', record_type using errcode = '22023';
    end if;
    insert into vault.audit (read_by, record_type, source_id, source_key, reason)
    values (session_user, record_type, source_id, source_key, reason);
    return query execute format(
        'select to_jsonb(v) - ''clear_hash'' from vault.%I v where v.source_id = $1 and v.source_key = $2',
        record_type || '_record') using source_id, source_key;
end
$$;
revoke all on function vault.read(text, text, text, text) from public;
comment on function vault.read(text, text, text, text) is 'Đọc dữ liệu rõ của một bản ghi; mỗi lần đọc để lại vết ở vault.audit';
