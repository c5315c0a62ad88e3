-- mart.behaviour_kind: what each kind of behaviour is called and means. Grain: kind. Input: schemas/codes/behaviours.csv.
merge into mart.behaviour_kind t
using (select * from unnest(%(kind)s::text[], %(name)s::text[], %(sentence)s::text[]) s (kind, name, sentence)) s
on t.kind = s.kind
when matched and (t.name, t.sentence) is distinct from (s.name, s.sentence) then update set
    name = s.name,
    sentence = s.sentence
when not matched then insert values (s.kind, s.name, s.sentence)
