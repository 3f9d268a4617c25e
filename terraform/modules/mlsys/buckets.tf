locals {
  # A bucket's name is known before it exists; its IAM must wait for it all the same.
  models_bucket = google_storage_bucket.buckets["models"].name
  runs_bucket   = google_storage_bucket.buckets["runs"].name
}

resource "google_storage_bucket" "buckets" {
  #checkov:skip=CKV_GCP_62:access is logged by Cloud Audit Logs, where an organisation turns them on
  #checkov:skip=CKV_GCP_78:what lies in the runs bucket is written once and deleted after its days
  for_each = local.buckets

  project                     = var.project_id
  name                        = each.value.name
  location                    = var.region
  uniform_bucket_level_access = true
  public_access_prevention    = "enforced"
  force_destroy               = var.environment == "dev"

  versioning {
    enabled = each.value.versioning
  }

  soft_delete_policy {
    retention_duration_seconds = each.value.versioning ? 7 * 24 * 3600 : 0
  }

  # An abandoned upload is billed for ever otherwise.
  lifecycle_rule {
    action {
      type = "AbortIncompleteMultipartUpload"
    }
    condition {
      age = 7
    }
  }

  dynamic "lifecycle_rule" {
    for_each = try([each.value.delete_after_days], [])
    content {
      action {
        type = "Delete"
      }
      condition {
        age = lifecycle_rule.value
      }
    }
  }

  # A run pins a generation for less than a day; ten overwritten ones are for people.
  dynamic "lifecycle_rule" {
    for_each = each.value.versioning ? [10] : []
    content {
      action {
        type = "Delete"
      }
      condition {
        num_newer_versions         = lifecycle_rule.value
        days_since_noncurrent_time = 30
      }
    }
  }

  depends_on = [google_project_service.apis]
}

resource "google_storage_bucket_iam_member" "model_readers" {
  for_each = {
    gateway  = google_service_account.gateway.member
    predict  = module.jobs["predict"].service_account.member
    register = google_service_account.register.member
    registry = module.jobs["registry"].service_account.member
  }

  bucket = local.models_bucket
  role   = "roles/storage.objectViewer"
  member = each.value
}

resource "google_storage_bucket_iam_member" "model_publishers" {
  for_each = var.model_publishers

  bucket = local.models_bucket
  role   = "roles/storage.objectUser"
  member = each.key
}

resource "google_storage_bucket_iam_member" "registry_readers" {
  for_each = var.registry_readers

  bucket = local.models_bucket
  role   = "roles/storage.objectViewer"
  member = each.key
}

# Not objectCreator: without the right to delete, losing a race for an object is a 403 and not the 412
# that the code waits for.
resource "google_storage_bucket_iam_member" "run_writers" {
  for_each = {
    gateway = google_service_account.gateway.member
    predict = module.jobs["predict"].service_account.member
  }

  bucket = local.runs_bucket
  role   = "roles/storage.objectUser"
  member = each.value
}
