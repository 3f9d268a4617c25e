data "google_project" "this" {
  project_id = var.project_id
}

data "google_storage_project_service_account" "cloud_storage" {
  project    = var.project_id
  depends_on = [google_project_service.apis]
}

locals {
  pubsub_agent   = "serviceAccount:service-${data.google_project.this.number}@gcp-sa-pubsub.iam.gserviceaccount.com"
  eventarc_agent = "serviceAccount:service-${data.google_project.this.number}@gcp-sa-eventarc.iam.gserviceaccount.com"
}

resource "google_service_account" "trigger" {
  project      = var.project_id
  account_id   = "mlsys-trigger-${var.environment}"
  display_name = "MLSys: brings events to the register service (${var.environment})"
}

resource "google_project_iam_member" "trigger_receives_events" {
  project = var.project_id
  role    = "roles/eventarc.eventReceiver"
  member  = google_service_account.trigger.member
}

# Cloud Storage publishes to a topic that Eventarc makes, so there is no narrower resource to grant it on.
resource "google_project_iam_member" "cloud_storage_publishes" {
  project = var.project_id
  role    = "roles/pubsub.publisher"
  member  = data.google_storage_project_service_account.cloud_storage.member
}

# Google grants it when the API is turned on, but a trigger that is made sooner fails.
resource "google_project_iam_member" "eventarc_serves" {
  #checkov:skip=CKV_GCP_49:Google's own agent, and the grant is the one that Google makes
  project = var.project_id
  role    = "roles/eventarc.serviceAgent"
  member  = local.eventarc_agent

  depends_on = [google_project_service.apis]
}

# Pub/Sub pushes with the trigger account's identity; in projects older than April 2021 it may not by itself.
resource "google_service_account_iam_member" "pubsub_pushes_as_trigger" {
  service_account_id = google_service_account.trigger.name
  role               = "roles/iam.serviceAccountTokenCreator"
  member             = local.pubsub_agent

  depends_on = [google_project_service.apis]
}

resource "google_eventarc_trigger" "triggers" {
  for_each = local.triggers

  project         = var.project_id
  location        = lower(google_storage_bucket.buckets["models"].location)
  name            = "mlsys-${lower(each.key)}-${var.environment}"
  service_account = google_service_account.trigger.email

  matching_criteria {
    attribute = "type"
    value     = each.value.type
  }

  matching_criteria {
    attribute = "bucket"
    value     = each.value.bucket
  }

  destination {
    cloud_run_service {
      service = google_cloud_run_v2_service.register.name
      region  = var.region
      path    = "/"
    }
  }

  depends_on = [
    google_cloud_run_v2_service_iam_member.trigger_calls_register,
    google_project_iam_member.cloud_storage_publishes,
    google_project_iam_member.eventarc_serves,
    google_project_iam_member.trigger_receives_events,
  ]
}

# `make deploy-settings` makes it the dead-letter topic of the triggers' subscriptions: Terraform cannot.
resource "google_pubsub_topic" "dead_letters" {
  project                    = var.project_id
  name                       = "mlsys-dead-letters-${var.environment}"
  message_retention_duration = "604800s"

  depends_on = [google_project_service.apis]
}

resource "google_pubsub_subscription" "dead_letters" {
  project                    = var.project_id
  name                       = "mlsys-dead-letters-${var.environment}"
  topic                      = google_pubsub_topic.dead_letters.id
  message_retention_duration = "604800s"

  expiration_policy {
    ttl = "" # never, however quiet it is
  }
}

resource "google_pubsub_topic_iam_member" "pubsub_moves_dead_letters" {
  project = var.project_id
  topic   = google_pubsub_topic.dead_letters.name
  role    = "roles/pubsub.publisher"
  member  = local.pubsub_agent
}

resource "google_pubsub_subscription_iam_member" "pubsub_takes_dead_letters" {
  for_each = google_eventarc_trigger.triggers

  project      = var.project_id
  subscription = each.value.transport[0].pubsub[0].subscription
  role         = "roles/pubsub.subscriber"
  member       = local.pubsub_agent
}
