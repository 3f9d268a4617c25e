"""One run, told from outside: its tasks, what befalls them, and what the output table holds."""

from dataclasses import dataclass
from functools import cached_property

from google.cloud.exceptions import NotFound

# Rows that the output table held before the run.
OLDER = (1001, 1002, 1003)


@dataclass
class Story:
    clients: object
    run_tasks: object
    request: dict
    tasks: int
    ids: range

    @property
    def output(self):
        return self.request["output_table"]

    @property
    def run_id(self):
        return self.request["run_id"]

    @cached_property
    def before(self):
        """The output table's rows before the run; making them is part of asking."""
        if self.request["write_disposition"] == "empty":
            return []
        numbers = f"UNNEST({list(OLDER)}) AS id"
        statement = f"CREATE TABLE {self.output} AS SELECT id, 0.0 AS prediction FROM {numbers}"
        self.clients.bigquery.query_and_wait(statement)
        return sorted(OLDER)

    @property
    def complete(self):
        """The rows after the run."""
        kept = self.before if self.request["write_disposition"] == "append" else []
        return sorted([*kept, *self.ids])

    def task(self, index, faults=(), attempt=0):
        """What the driver needs to run one task."""
        return {
            "arguments": [f"--{name}={value}" for name, value in self.request.items()],
            "environ": {
                "CLOUD_RUN_EXECUTION": f"execution-of-{self.run_id}",
                "CLOUD_RUN_TASK_INDEX": str(index),
                "CLOUD_RUN_TASK_COUNT": str(self.tasks),
                "CLOUD_RUN_TASK_ATTEMPT": str(attempt),
            },
            "faults": dict(faults),
            "streams": self.tasks + 1 if self.tasks > 1 else 1,
        }

    def attempt(self, faults=(), number=0):
        """Run every task once, side by side, each with the faults."""
        assert self.before is not None
        return self.run_tasks([self.task(index, faults, number) for index in range(self.tasks)])

    def finish(self):
        """Retry as Cloud Run does, until every task has ended well."""
        for number in range(1, 4):
            ends = [end["exit"] for end in self.attempt(number=number)]
            if not any(ends):
                return
            assert set(ends) <= {0, 75}, ends
        raise AssertionError(f"{self.run_id} never ended")

    def rows(self):
        try:
            query = f"SELECT id FROM {self.output} ORDER BY id"
            return [row["id"] for row in self.clients.bigquery.query_and_wait(query)]
        except NotFound:
            return []

    def require_all_or_nothing(self):
        assert self.rows() in (self.before, self.complete)

    def require_exactly_once(self):
        assert self.rows() == self.complete
        runs = f"{self.clients.settings.dataset}.prediction_runs"
        query = f"""
            SELECT
              (SELECT COUNT(*) FROM {self.output} WHERE id < 1000 AND ABS(prediction - id) > 1e-9),
              (SELECT COUNT(*) FROM {runs} WHERE run_id = '{self.run_id}')
        """
        ((wrong, recorded),) = map(tuple, self.clients.bigquery.query_and_wait(query))
        assert (wrong, recorded) == (0, 1), f"{wrong} rows are wrong, {recorded} runs recorded"
