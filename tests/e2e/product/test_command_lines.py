import io
import json

import joblib
import pytest

pytestmark = pytest.mark.cli

COLUMNS = "PassengerId, Survived, PredictionProbability"


def test_gcloud_and_bq_tell_the_same_story(
    command_line, tmp_path, titanic, registered, request_for, warehouse, expected, clients
):
    (tmp_path / "metadata.json").write_text(json.dumps(titanic.metadata))
    buffer = io.BytesIO()
    joblib.dump(titanic.pipeline, buffer)
    (tmp_path / "model.pkl").write_bytes(buffer.getvalue())
    folder = "gs://mlsys-models-dev/by-gcloud/v1/"
    command_line("gcloud", "storage", "cp", f"{tmp_path}/metadata.json", folder)
    command_line("gcloud", "storage", "cp", f"{tmp_path}/model.pkl", folder)
    registered("by-gcloud", "metadata IS NOT NULL")

    request = request_for(model_name="by-gcloud")
    arguments = ",".join(request.to_arguments())
    region = f"--region={clients.settings.region}"
    command_line(
        *("gcloud", "run", "jobs", "execute", "mlsys-predict-dev", "--wait", region),
        f"--args={arguments}",
    )
    assert warehouse.rows(request.output_table, COLUMNS) == expected

    job = "--job=mlsys-predict-dev"
    listed = command_line("gcloud", "run", "jobs", "executions", "list", job, region)
    assert "mlsys-predict-dev-" in listed.stdout

    sql = f"SELECT COUNT(*) AS n, SUM(Survived) AS s FROM {request.output_table}"
    asked = command_line("bq", "query", "--use_legacy_sql=false", "--format=json", sql)
    survivors = sum(label for _, label, _ in expected)
    assert json.loads(asked.stdout) == [{"n": str(len(expected)), "s": str(survivors)}]


def test_a_refused_execution_ends_gcloud_with_an_error(command_line, request_for, clients):
    arguments = ",".join(request_for(model_name="nobody").to_arguments())
    region = f"--region={clients.settings.region}"
    finished = command_line(
        *("gcloud", "run", "jobs", "execute", "mlsys-predict-dev", "--wait", region),
        f"--args={arguments}",
        check=False,
    )
    assert finished.returncode != 0


def test_python_m_jobs_predicts_from_any_shell(command_line, request_for, warehouse, expected):
    request = request_for()
    finished = command_line(".venv/bin/python", "-m", "jobs", "predict", *request.to_arguments())
    assert "committed 328 rows to" in finished.stderr
    assert warehouse.rows(request.output_table, COLUMNS) == expected


def test_python_m_jobs_reconciles_from_any_shell(command_line):
    finished = command_line(".venv/bin/python", "-m", "jobs", "register", "--env=dev")
    assert "unchanged" in finished.stderr
