"""Faults planted in a copy of Terraform's files are found by what `make check` runs."""

import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[4]
MODULE = "modules/mlsys"

# Each of these keeps Terraform from looking any further, so it stands in a copy of its own.
REFUSED_AT_ONCE = {
    "a misspelt resource": (
        "images.tf",
        'resource "google_artifact_registry_repository" "images"',
        'resource "google_artefact_registry_repository" "images"',
        'does not support resource type "google_artefact_registry_repository"',
    ),
    "a missing argument of the module": (
        "../../envs/dev/main.tf",
        "  region                = var.region\n",
        "",
        'The argument "region" is required',
    ),
    "a missing argument of a module in the module": (
        "jobs.tf",
        "  variables            = local.variables\n",
        "",
        'The argument "variables" is required',
    ),
    "a job without a part of its definition": (
        "definitions/jobs/registry.yaml",
        "max_retries: 3\n",
        "",
        'attribute "max_retries" is required',
    ),
    "a reference to an output that the module lacks": (
        "../../envs/dev/outputs.tf",
        "module.mlsys",
        "module.mlsys.gateway_uri",
        'This object does not have an attribute named "gateway_uri"',
    ),
    "a runtime with another kind of name": (
        "../../envs/dev/runtimes.auto.tfvars.json",
        '"sklearn-1.9"',
        '"scikit-learn-1.9"',
        "runtimes are named like sklearn-1.9",
    ),
    "a runtime that is named twice": (
        "../../envs/dev/runtimes.auto.tfvars.json",
        '"sklearn-1.8"',
        '"sklearn-1.9"',
        "names at least one runtime, and each once",
    ),
    "an environment without its list of runtimes": (
        "../../envs/dev/main.tf",
        "  runtimes              = var.runtimes\n",
        "",
        'The argument "runtimes" is required',
    ),
    "a missing required block": (
        "buckets.tf",
        '    action {\n      type = "AbortIncompleteMultipartUpload"\n    }\n',
        "",
        'At least 1 "action" blocks are required',
    ),
    "keys of instances that only an apply can know": (
        "gateway.tf",
        "for_each = var.invokers",
        "for_each = setunion(var.invokers, [google_service_account.deployer.member])",
        "Invalid for_each argument",
    ),
}

# These are in resources on which nothing depends, so that none hides another.
REFUSED = {
    "a misspelt argument": (
        "schedules.tf",
        "  attempt_deadline ",
        "  attempts_deadline ",
        'An argument named "attempts_deadline" is not expected here.',
    ),
    "a misspelt block": (
        "alerts.tf",
        "documentation {",
        "documentations {",
        'Blocks of type "documentations" are not expected here.',
    ),
    "a misspelt argument of a nested block": (
        "alerts.tf",
        "threshold_value ",
        "treshold_value ",
        'An argument named "treshold_value" is not expected here.',
    ),
    "a missing required argument": (
        "images.tf",
        '  role       = "roles/artifactregistry.writer"\n',
        "",
        'The argument "role" is required',
    ),
    "a reference to a resource that is not declared": (
        "gateway.tf",
        "google_cloud_run_v2_service.gateway.name",
        "google_cloud_run_v2_service.gateways.name",
        'A managed resource "google_cloud_run_v2_service" "gateways" has not been declared',
    ),
    "a reference to an attribute that is not there": (
        "gateway.tf",
        "member     = google_service_account.gateway.member",
        "member     = google_service_account.gateway.members",
        'no argument, nested block, or exported attribute named "members"',
    ),
    "a reference to an output that a module in the module lacks": (
        "predict.tf",
        'module.jobs["predict"].service_account',
        'module.jobs["predict"].account',
        'This object does not have an attribute named "account"',
    ),
    "a reference to a data source's attribute that is not there": (
        "eventarc.tf",
        "data.google_project.this.number",
        "data.google_project.this.numbers",
        'no argument, nested block, or exported attribute named "numbers"',
    ),
    "a reference to a variable that is not declared": (
        "outputs.tf",
        "${var.region}",
        "${var.regions}",
        'An input variable with the name "regions" has not been declared',
    ),
    "a reference to a local value that is not declared": (
        "dashboard.tf",
        "in local.charts",
        "in local.chart",
        'A local value with the name "chart" has not been declared',
    ),
    "a value of the wrong type": (
        "schedules.tf",
        "retry_count          = 3",
        'retry_count          = "three"',
        'Inappropriate value for attribute "retry_count"',
    ),
}

AGAINST_A_RULE = {
    "everybody": (
        "register.tf",
        "member   = google_service_account.trigger.member",
        'member   = "allUsers"',
        "trigger_calls_register: allUsers is everybody",
    ),
    "a project-wide editor": (
        "predict.tf",
        '"roles/bigquery.readSessionUser"',
        '"roles/editor"',
        "predict_opens_read_sessions: roles/editor is for the whole project",
    ),
    "a project-wide role on data": (
        "eventarc.tf",
        '"roles/eventarc.eventReceiver"',
        '"roles/storage.objectViewer"',
        "trigger_receives_events: roles/storage.objectViewer is for the whole project",
    ),
    "a custom role that reads data": (
        "terraform_account.tf",
        '"storage.buckets.get",',
        '"storage.buckets.get", "storage.objects.get",',
        "data_shaper: storage.objects.get reaches all data of the project",
    ),
    "a bucket that may be opened": (
        "buckets.tf",
        '"enforced"',
        '"inherited"',
        'buckets["models"]: enforce public access prevention',
    ),
    "a service account's key": (
        "../job/main.tf",
        'resource "google_service_account" "account" {',
        (
            'resource "google_service_account_key" "key" {\n'
            "  service_account_id = google_service_account.account.name\n}\n\n"
            'resource "google_service_account" "account" {'
        ),
        'module.jobs["registry"].google_service_account_key.key: a key can be stolen',
    ),
    "an account that nothing uses": (
        "apis.tf",
        'resource "google_project_service" "apis" {',
        (
            'resource "google_service_account" "idle" {\n  project    = var.project_id\n'
            '  account_id = "idle"\n}\n\nresource "google_project_service" "apis" {'
        ),
        "google_service_account.idle: nothing uses this account",
    ),
    "an account that two share": (
        "register.tf",
        "service_account                  = google_service_account.register.email",
        "service_account                  = google_service_account.gateway.email",
        "google_cloud_run_v2_service.register: shares the account of",
    ),
    "a service that loads models without a whole kernel": (
        "register.tf",
        '"EXECUTION_ENVIRONMENT_GEN2"',
        '"EXECUTION_ENVIRONMENT_GEN1"',
        (
            "google_cloud_run_v2_service.register: "
            "set execution_environment to EXECUTION_ENVIRONMENT_GEN2"
        ),
    ),
    "a container that allows other runtimes than its image has": (
        "definitions.tf",
        'join(",", var.runtimes)',
        '"sklearn-1.9"',
        "service mlsys-register-",
    ),
    "a job that runs as the default account": (
        "../job/main.tf",
        "service_account = google_service_account.account.email\n",
        "",
        (
            'module.jobs["registry"].google_cloud_run_v2_job.job: '
            "without an account it runs as the project's default one"
        ),
    ),
    "a federation that any branch may use": (
        "github.tf",
        '    "(${join(" || ", local.trusted_refs)})",\n',
        "",
        "pool_provider.github: its condition does not ask for the token's ref",
    ),
    "a federation that any environment may use": (
        "github.tf",
        "    \"assertion.environment == '${var.environment}'\",\n",
        "",
        "pool_provider.github: its condition does not ask for the token's environment",
    ),
    "a federation that any repository may use": (
        "github.tf",
        "    \"assertion.repository_id == '${var.github_repository_id}'\",\n",
        "",
        "pool_provider.github: its condition does not ask for the token's repository_id",
    ),
    "an account that everybody in the pool becomes": (
        "github.tf",
        "/attribute.repository_id/${var.github_repository_id}",
        "/*",
        'github["deployer"]: every identity of the pool becomes the account',
    ),
    "an identity that may grant itself everything": (
        "terraform_account.tf",
        '    "roles/run.admin",\n',
        '    "roles/run.admin",\n    "roles/resourcemanager.projectIamAdmin",\n',
        "roles/resourcemanager.projectIamAdmin without a condition may grant everything",
    ),
    "a grant that takes others away": (
        "images.tf",
        'resource "google_artifact_registry_repository" "images" {',
        (
            'resource "google_project_iam_binding" "runners" {\n  project = var.project_id\n'
            '  role    = "roles/bigquery.jobUser"\n'
            "  members = [google_service_account.gateway.member]\n}\n\n"
            'resource "google_artifact_registry_repository" "images" {'
        ),
        "google_project_iam_binding takes away grants that others made",
    ),
    "a gateway that checks nobody": (
        "gateway.tf",
        "invoker_iam_disabled = false",
        "invoker_iam_disabled = true",
        "google_cloud_run_v2_service.gateway: invoker_iam_disabled lets everybody in",
    ),
    "a variable that is no setting": (
        "definitions/environment.yaml",
        "BQ_DATASET:",
        "BQ_DATASETS: x\nBQ_DATASET:",
        'module.jobs["predict"].google_cloud_run_v2_job.job: no setting is called BQ_DATASETS',
    ),
    "a job that everybody may launch": (
        "jobs.tf",
        "member = google_service_account.gateway.member",
        'member = "allUsers"',
        'google_cloud_run_v2_job_iam_member.members["gateway_launches"]: allUsers is everybody',
    ),
    "a job with arguments of its own": (
        "jobs.tf",
        "= local.jobs[each.key]\n",
        '= merge(local.jobs[each.key], { args = ["--version"] })\n',
        "job mlsys-registry-",
    ),
    "a table with columns of its own": (
        "tables.tf",
        'file("${local.folder}/${each.value.schema}")',
        'jsonencode([{ name = "a", type = "STRING" }])',
        "table prediction_runs: Terraform makes",
    ),
    "a trigger that one cloud lacks": (
        "eventarc.tf",
        "for_each = local.triggers",
        'for_each = { for key, each in local.triggers : key => each if key != "deleted" }',
        "trigger google.cloud.storage.object.v1.deleted: Terraform makes None",
    ),
    "a schedule in another time zone than the local cloud's": (
        "schedules.tf",
        'time_zone        = "Etc/UTC"',
        'time_zone        = "Europe/Berlin"',
        "schedule mlsys-registry-",
    ),
    "a file that terraform fmt would change": (
        "versions.tf",
        'required_version = ">= 1.9"',
        'required_version   = ">= 1.9"',
        "versions.tf: run `make format`",
    ),
}


def plant(folder, *faults):
    """A copy of Terraform's files with the faults in it."""
    shutil.copytree(ROOT / "terraform", folder)
    for name, old, new, _ in faults:
        path = folder / MODULE / name
        content = path.read_text()
        assert old in content, f"nothing to plant in {name}: {old}"
        path.write_text(content.replace(old, new, 1))
    return folder


def findings(*folders):
    """What the check says of the folders, on one line."""
    program = ROOT / ".tools/terraform/bin/python"
    command = [program, "-m", "deployment.terraform", "check", *folders, "--root=envs/dev"]
    checked = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert checked.returncode == 1, checked.stderr
    return " ".join(checked.stdout.split())


@pytest.fixture(scope="module")
def refusals(tmp_path_factory):
    folder = tmp_path_factory.mktemp("refused")
    alone = [
        plant(folder / str(number), each) for number, each in enumerate(REFUSED_AT_ONCE.values())
    ]
    return findings(plant(folder / "others", *REFUSED.values()), *alone)


@pytest.fixture(scope="module")
def broken_rules(tmp_path_factory):
    folder = tmp_path_factory.mktemp("against") / "terraform"
    return findings(plant(folder, *AGAINST_A_RULE.values()))


@pytest.mark.parametrize("fault", REFUSED_AT_ONCE | REFUSED)
def test_terraform_itself_refuses(fault, refusals):
    assert (REFUSED_AT_ONCE | REFUSED)[fault][-1] in refusals


@pytest.mark.parametrize("fault", AGAINST_A_RULE)
def test_a_rule_finds(fault, broken_rules):
    assert AGAINST_A_RULE[fault][-1] in broken_rules


def test_a_schema_that_no_table_has_is_found(tmp_path):
    folder = plant(tmp_path / "terraform")
    (folder / MODULE / "definitions/schemas/forgotten.json").write_text("[]")
    assert "schemas/forgotten.json: no table and no view has these columns" in findings(folder)
