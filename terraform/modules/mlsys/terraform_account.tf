# What Terraform may do when GitHub runs it: shape everything above, read none of the data in it.
resource "google_project_iam_member" "terraform_shapes" {
  #checkov:skip=CKV_GCP_49:it makes the accounts; a grant on what does not exist yet has to be the project's
  for_each = toset([
    "roles/artifactregistry.admin",
    "roles/cloudscheduler.admin",
    "roles/eventarc.admin",
    "roles/iam.roleAdmin",
    "roles/iam.serviceAccountAdmin",
    "roles/iam.workloadIdentityPoolAdmin",
    "roles/logging.configWriter",
    "roles/monitoring.editor",
    "roles/run.admin",
    "roles/serviceusage.serviceUsageAdmin",
  ])

  project = var.project_id
  role    = each.key
  member  = google_service_account.terraform.member
}

# Grants on the project, but only of what this module grants to others there: nothing to itself.
resource "google_project_iam_member" "terraform_grants" {
  project = var.project_id
  role    = "roles/resourcemanager.projectIamAdmin"
  member  = google_service_account.terraform.member

  condition {
    title       = "only-what-mlsys-needs"
    description = "Roles that this module gives to the accounts that run and deploy."
    expression = format(
      "api.getAttribute('iam.googleapis.com/modifiedGrantsByRole', []).hasOnly(['%s'])",
      join("', '", local.granted_roles),
    )
  }
}

locals {
  granted_roles = [
    google_project_iam_custom_role.operation_watcher.name,
    "roles/bigquery.jobUser",
    "roles/bigquery.readSessionUser",
    "roles/eventarc.eventReceiver",
    "roles/eventarc.serviceAgent",
    "roles/pubsub.publisher",
  ]
}

# The predefined roles that may make buckets, tables and topics may also read what is in them.
resource "google_project_iam_custom_role" "data_shaper" {
  project     = var.project_id
  role_id     = "mlsys_data_shaper_${var.environment}"
  title       = "MLSys data shaper (${var.environment})"
  description = "Make and change buckets, datasets, tables, topics and subscriptions, without their content."
  permissions = [
    "bigquery.datasets.create",
    "bigquery.datasets.delete",
    "bigquery.datasets.get",
    "bigquery.datasets.getIamPolicy",
    "bigquery.datasets.setIamPolicy",
    "bigquery.datasets.update",
    "bigquery.tables.create",
    "bigquery.tables.delete",
    "bigquery.tables.get",
    "bigquery.tables.getIamPolicy",
    "bigquery.tables.list",
    "bigquery.tables.setIamPolicy",
    "bigquery.tables.update",
    "pubsub.subscriptions.create",
    "pubsub.subscriptions.delete",
    "pubsub.subscriptions.get",
    "pubsub.subscriptions.getIamPolicy",
    "pubsub.subscriptions.list",
    "pubsub.subscriptions.setIamPolicy",
    "pubsub.subscriptions.update",
    "pubsub.topics.attachSubscription",
    "pubsub.topics.create",
    "pubsub.topics.delete",
    "pubsub.topics.get",
    "pubsub.topics.getIamPolicy",
    "pubsub.topics.setIamPolicy",
    "pubsub.topics.update",
    "resourcemanager.projects.get",
    "storage.buckets.create",
    "storage.buckets.delete",
    "storage.buckets.get",
    "storage.buckets.getIamPolicy",
    "storage.buckets.list",
    "storage.buckets.setIamPolicy",
    "storage.buckets.update",
  ]
}

resource "google_project_iam_member" "terraform_shapes_data" {
  project = var.project_id
  role    = google_project_iam_custom_role.data_shaper.name
  member  = google_service_account.terraform.member
}

# The state's bucket is made by hand, before there is any Terraform.
resource "google_storage_bucket_iam_member" "terraform_keeps_state" {
  bucket = "${var.bucket_prefix}-terraform-state-${var.environment}"
  role   = "roles/storage.objectUser"
  member = google_service_account.terraform.member
}
