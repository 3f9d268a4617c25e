"""`python -m local.demo [--keep] [--images]`: runs the whole product once.

With --keep the cloud stays up; with --images its containers run from the images of `make images`.
"""

import argparse
import shutil
import signal
import sys
import tempfile
import threading
from contextlib import ExitStack, suppress
from pathlib import Path

from deployment.images.container_engine import ENGINES, working_engine
from local.cloud import Cloud
from local.demo.display import console, follow, show_record, show_rows, show_timings, step
from local.demo.scenario import PREDICTIONS, DemoFailedError, Scenario, accuracy, with_truth
from local.home import DEFAULT_HOME
from local.running import Blueprint, CloudFailedError, running_cloud

_SHOWN_ROWS = 5
_SUGGESTIONS = """
The cloud stays up until Ctrl-C. In another terminal:

  eval "$(make -s env HOME_FOLDER={home})"

  bq query --use_legacy_sql=false 'SELECT * FROM mlsys_dev.model_registry'

  curl "$GATEWAY_URL/predict?env=dev&input_table=titanic.passengers\
&output_table=titanic.again&model_name=titanic-survival&model_version=v1"

  gcloud run jobs execute mlsys-predict-dev --wait --args=--env=dev,\
--input_table=titanic.passengers,--output_table=titanic.more,\
--model_name=titanic-survival,--model_version=v1
"""


def demo(*, keep: bool, engine: str = "") -> int:
    """Run the demo on a cloud of its own; the exit code is returned."""
    homes = DEFAULT_HOME.parent.resolve()
    homes.mkdir(parents=True, exist_ok=True)
    home = Path(tempfile.mkdtemp(prefix="demo-", dir=homes))
    blueprint = Blueprint(home=home, engine=engine)
    timings: dict[str, float] = {}
    try:
        with ExitStack() as open_cloud:
            with step("start a local cloud", timings):
                cloud = open_cloud.enter_context(running_cloud(blueprint, _say))
            run_scenario(Scenario(cloud), timings)
            if keep:
                _stay(cloud)
    except (CloudFailedError, DemoFailedError) as error:
        console.print(f"[bold red]the demo failed:[/] {error}", markup=True)
        console.print(f"its logs are in {home}")
        return 1
    except KeyboardInterrupt:
        console.print("\nstopped")
    shutil.rmtree(home)
    return 0


def _say(line: str) -> None:
    console.print(f"   {line}", soft_wrap=True, markup=False)


def run_scenario(scenario: Scenario, timings: dict[str, float]) -> None:
    """Run the steps in their order, and print what each returns."""
    with step("train a model of who survived the Titanic", timings):
        # Importing scikit-learn takes seconds: the cloud's announcement should not wait for it.
        from local.demo.titanic import train  # noqa: PLC0415

        trained = train()
        console.print(f"   {len(trained.seen)} passengers, a pipeline of scikit-learn")
    with step("drop it into the bucket", timings):
        console.print(f"   {scenario.drop(trained)}model.pkl and metadata.json")
    with step("an event registers it", timings):
        show_record(scenario.registered())
    with step("put the other passengers into a BigQuery table", timings):
        console.print(f"   {scenario.load(trained)} rows")
    with step("ask the gateway for predictions", timings):
        console.print(f"   GET {scenario.predict_url}", soft_wrap=True)
        launched = scenario.launch()
        show_record(launched)
    with step("a Cloud Run Job scores the table", timings):
        follow(scenario.statuses(launched))
    with step("read the predictions", timings):
        rows = scenario.predictions()
        show_rows(with_truth(row, trained) for row in rows[:_SHOWN_ROWS])
        right = accuracy(rows, trained)
        console.print(f"   {len(rows)} rows in {PREDICTIONS}; {right:.1%} of them are right")
    console.print()
    show_timings(timings)


def _stay(cloud: Cloud) -> None:
    home = cloud.home.relative_to(Path.cwd())
    console.print(_SUGGESTIONS.format(home=home), soft_wrap=True, markup=False)
    with suppress(KeyboardInterrupt):
        threading.Event().wait()


def _engine(*, images: bool) -> str:
    """What runs containers; nothing when they are to be processes."""
    if not images:
        return ""
    if engine := working_engine():
        return engine
    sys.exit(f"--images needs a working {' or '.join(ENGINES)}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser("python -m local.demo", description=demo.__doc__)
    parser.add_argument("--keep", action="store_true", help="leave the cloud up until Ctrl-C")
    parser.add_argument("--images", action="store_true", help="run containers from their images")
    for number in (signal.SIGINT, signal.SIGTERM):  # also where a script's background ignores one
        signal.signal(number, signal.default_int_handler)
    asked = parser.parse_args()
    sys.exit(demo(keep=asked.keep, engine=_engine(images=asked.images)))
