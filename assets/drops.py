"""The sensor of drop folders: files that have settled start a run of just the sources that they belong to.

Here: when folders ask for a run, the cursor between ticks. Not here: what lies in a folder (`hub/dropping.py`),
reading files (the run). A tick has 60 seconds and hundreds of folders that may be far away: it looks at as many as
its time allows and goes on there next time. A folder that cannot be listed is told in the tick and stops no other; the
source's own pull will record why.
"""

import dagster as dg

from assets.resources import Pull, told
from hub.application import Hub
from hub.dropping import Looked, look

TICK_S = 30.0  # half of what Dagster gives a tick: the answer must still reach the daemon
TOLD_AT_MOST = 5


def drop_sensor(level: str) -> dg.SensorDefinition:
    """The sensor `<level>_drops`, off until somebody switches it on; it starts the job of the same level."""
    config_of = f"raw__{level}"

    @dg.sensor(
        name=f"{level}_drops",
        job_name=level,
        minimum_interval_seconds=60,
        description=f"Settled new files in the drop folders of level {level} start a run of their sources.",
    )
    def drops(context: dg.SensorEvaluationContext, hub: dg.ResourceParam[Hub]) -> dg.SensorResult:
        if context.instance.get_runs_count(_unfinished(level)):
            return dg.SensorResult(skip_reason=f"a run of {level} is not over yet", cursor=context.cursor)
        with told():
            looked = look(hub, level, context.cursor, TICK_S)
        for name, sentence in list(looked.broken.items())[:TOLD_AT_MOST]:
            context.log.warning(f"{name}: {sentence}")
        if not looked.due:
            return dg.SensorResult(skip_reason=_told(looked), cursor=looked.cursor)
        run = dg.RunRequest(
            run_key=looked.fingerprint,
            run_config=dg.RunConfig(ops={config_of: Pull(sources=looked.due)}),
            tags={"hub/sources": str(len(looked.due))},
        )
        return dg.SensorResult(run_requests=[run], cursor=looked.cursor)

    return drops


def _told(looked: Looked) -> str:
    sentence = f"no settled new file in {looked.folders} folders"
    if looked.broken:
        names = ", ".join(list(looked.broken)[:TOLD_AT_MOST])
        more = f" and {len(looked.broken) - TOLD_AT_MOST} more" if len(looked.broken) > TOLD_AT_MOST else ""
        sentence += f"; {len(looked.broken)} cannot be listed: {names}{more}"
    return sentence


def _unfinished(job: str) -> dg.RunsFilter:
    states = (dg.DagsterRunStatus.QUEUED, dg.DagsterRunStatus.STARTING, dg.DagsterRunStatus.STARTED)
    return dg.RunsFilter(job_name=job, statuses=[dg.DagsterRunStatus.NOT_STARTED, *states])
