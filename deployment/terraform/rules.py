"""What no deployment may do, whatever Terraform thinks of it.

A rule is a function from what was made to findings, one sentence each.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import fields
from typing import Any

from deployment.terraform.offline_plan import Resource
from shared.settings.settings import Settings

type Rule = Callable[[Sequence[Resource]], Iterator[str]]

_EVERYBODY = {"allUsers", "allAuthenticatedUsers"}
_KEYS = {"google_service_account_key", "google_storage_hmac_key", "google_apikeys_key"}
_CONTENT = ("bigquery.tables.getData", "bigquery.tables.updateData", "storage.objects.")
_RUNNING = ("google_cloud_run_v2_job", "google_cloud_run_v2_service")

# Rights that cannot be given on anything narrower than the project, and why that is.
_PROJECT_WIDE = {
    "roles/bigquery.jobUser": "a query runs in a project; what it may read is given on datasets",
    "roles/bigquery.readSessionUser": "so does a read session",
    "roles/eventarc.eventReceiver": "a trigger's account; has no narrower resource",
    "roles/eventarc.serviceAgent": "Google's own agent, which Google grants the same",
    "roles/pubsub.publisher": "Cloud Storage's agent: Eventarc makes the topic",
}
_GRANTING = "roles/resourcemanager.projectIamAdmin"
_TERRAFORM = "serviceAccount:mlsys-terraform-"
_CLAIMS = ("repository_id", "environment", "ref")
_BASIC = {"roles/owner", "roles/editor", "roles/viewer", "roles/browser"}


def nobody_is_public(resources: Sequence[Resource]) -> Iterator[str]:
    """No grant is for everybody, and what could be open is closed."""
    for each in resources:
        for everybody in _EVERYBODY & set(_strings(each.values)):
            yield f"{each.address}: {everybody} is everybody: name users, groups or accounts"
        if each.values.get("invoker_iam_disabled"):
            yield f"{each.address}: invoker_iam_disabled lets everybody in"
        if each.type == "google_storage_bucket" and not _is_closed(each):
            yield f"{each.address}: enforce public access prevention and uniform access"


def _is_closed(bucket: Resource) -> bool:
    prevention = bucket.values["public_access_prevention"]
    return prevention == "enforced" and bucket.values["uniform_bucket_level_access"] is True


def grants_are_narrow(resources: Sequence[Resource]) -> Iterator[str]:
    """A role on the whole project is one that exists for nothing narrower, or Terraform's own."""
    custom = {r.values["name"] for r in resources if r.type == "google_project_iam_custom_role"}
    for each in resources:
        role = each.values.get("role", "")
        whole = each.type.startswith("google_project_iam_") and role
        shapes = str(each.values.get("member")).startswith(_TERRAFORM) and role not in _BASIC
        if whole and role not in custom | _PROJECT_WIDE.keys() and not shapes:
            yield f"{each.address}: {role} is for the whole project: grant it on what it is for"
        if role == _GRANTING and not each.values.get("condition"):
            yield f"{each.address}: {role} without a condition may grant everything, to itself too"
        if whole and each.type != "google_project_iam_member":
            yield f"{each.address}: {each.type} takes away grants that others made"


def custom_roles_read_no_content(resources: Sequence[Resource]) -> Iterator[str]:
    """A role of our own is given on the project, so it must not reach what data holds."""
    for each in resources:
        if each.type == "google_project_iam_custom_role":
            for permission in each.values["permissions"]:
                if permission.startswith(_CONTENT):
                    yield f"{each.address}: {permission} reaches all data of the project"


def no_key_exists(resources: Sequence[Resource]) -> Iterator[str]:
    """Accounts are used by what runs as them, and by federation; a key can be stolen."""
    for each in resources:
        if each.type in _KEYS:
            yield f"{each.address}: a key can be stolen: let what needs it run as the account"


def every_account_is_used(resources: Sequence[Resource]) -> Iterator[str]:
    """Something runs as each service account, calls as it, or becomes it by federation."""
    used = {
        value
        for each in resources
        for key, value in _items(each.values)
        if key in {"service_account", "service_account_email"}
        or (key == "service_account_id" and "workloadIdentityUser" in str(each.values))
    }
    for each in resources:
        is_account = each.type == "google_service_account"
        if is_account and not used & {each.values["email"], each.values["name"]}:
            yield f"{each.address}: nothing uses this account"


def accounts_are_not_shared(resources: Sequence[Resource]) -> Iterator[str]:
    """Each thing that runs has an account of its own, so that each has the least it needs."""
    seen: dict[str, str] = {}
    for each in resources:
        if each.type in _RUNNING:
            account = next(_accounts(each.values), None)
            if not account:
                yield f"{each.address}: without an account it runs as the project's default one"
            elif (other := seen.setdefault(account, each.address)) != each.address:
                yield f"{each.address}: shares the account of {other}"


def _accounts(values: Any) -> Iterator[str]:
    return (each for key, each in _items(values) if key == "service_account" and each)


def models_are_walled_in(resources: Sequence[Resource]) -> Iterator[str]:
    """What runs the job image loads models, and the wall around them needs a whole Linux kernel.

    Jobs are always of the second generation; a service is what it is set to.
    """
    for each in resources:
        is_registering = "register" in each.address and each.type == "google_cloud_run_v2_service"
        environments = {v for key, v in _items(each.values) if key == "execution_environment"}
        if is_registering and environments != {"EXECUTION_ENVIRONMENT_GEN2"}:
            yield f"{each.address}: set execution_environment to EXECUTION_ENVIRONMENT_GEN2"


def federation_is_narrow(resources: Sequence[Resource]) -> Iterator[str]:
    """A workflow becomes an account only from this repository, this environment and known refs."""
    for each in resources:
        if each.type == "google_iam_workload_identity_pool_provider":
            condition = each.values.get("attribute_condition") or ""
            for claim in _CLAIMS:
                if f"assertion.{claim}" not in condition:
                    yield f"{each.address}: its condition does not ask for the token's {claim}"
        becomes = each.values.get("role") == "roles/iam.workloadIdentityUser"
        if becomes and "/attribute.repository_id/" not in str(each.values["member"]):
            yield f"{each.address}: every identity of the pool becomes the account"


def variables_are_settings(resources: Sequence[Resource]) -> Iterator[str]:
    """A container's environment holds what `Settings` reads."""
    known = {field.metadata["variable"] for field in fields(Settings)}
    for each in resources:
        for name in _variables(each) - known:
            yield f"{each.address}: no setting is called {name}: see shared/settings/settings.py"


def _variables(resource: Resource) -> set[str]:
    if resource.type not in _RUNNING:
        return set()
    variables = (value for key, value in _items(resource.values) if key == "env")
    return {each["name"] for env in variables for each in env}


def _items(value: Any) -> Iterator[tuple[str, Any]]:
    """Every key in it, however deep, with its value."""
    if isinstance(value, dict):
        yield from value.items()
    children: Iterable[Any] = value.values() if isinstance(value, dict) else value
    if isinstance(value, dict | list):
        for child in children:
            yield from _items(child)


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for child in value.values() if isinstance(value, dict) else value:
            yield from _strings(child)


RULES: tuple[Rule, ...] = (
    nobody_is_public,
    grants_are_narrow,
    custom_roles_read_no_content,
    no_key_exists,
    every_account_is_used,
    accounts_are_not_shared,
    federation_is_narrow,
    models_are_walled_in,
    variables_are_settings,
)
