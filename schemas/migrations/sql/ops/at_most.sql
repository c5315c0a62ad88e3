-- ops.at_most: the probability that a count is at most x, where its rate is known only by a count that came before.
-- A Poisson count whose rate was learned from s records over an exposure n, and is now watched over an exposure m, is
-- negative binomial with shape s + 1/2 and share n / (n + m): few records learned from make a wide expectation.
-- Terms are summed as logarithms; below e^-700 they are nothing, and exp() would complain.
create or replace function ops.at_most(x bigint, shape double precision, share double precision)
returns double precision language sql immutable parallel safe as $$
    select case when x < 0 then 0 else least(1, sum(exp(greatest(term, -700)))) end
    from (
        select shape * ln(share)
               + sum(case when k = 0 then 0 else ln((k + shape - 1) / k) + ln(1 - share) end) over (order by k) as term
        from generate_series(0, greatest(x, 0)) k
    ) t
$$;
comment on function ops.at_most(bigint, double precision, double precision) is
    'Xác suất để số đếm không quá x khi tần suất chỉ được biết qua số đếm của thời gian trước';
