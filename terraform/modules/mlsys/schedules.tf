resource "google_service_account" "scheduler" {
  project      = var.project_id
  account_id   = "mlsys-scheduler-${var.environment}"
  display_name = "MLSys: launches what is due (${var.environment})"
}

# Harmless to run twice, so Cloud Run itself is asked.
resource "google_cloud_scheduler_job" "registry" {
  project          = var.project_id
  region           = var.region
  name             = local.schedules.registry.name
  schedule         = local.schedules.registry.cron
  time_zone        = "Etc/UTC"
  attempt_deadline = "60s"

  retry_config {
    retry_count = 3
  }

  http_target {
    http_method = "POST"
    uri         = "https://run.googleapis.com/v2/${module.jobs["registry"].id}:run"

    oauth_token {
      service_account_email = google_service_account.scheduler.email
    }
  }

  depends_on = [google_cloud_run_v2_job_iam_member.scheduler_launches_registry]
}

# Cloud Scheduler may fire twice. The gateway makes one run of one slot, by X-CloudScheduler-ScheduleTime;
# Cloud Run's own API never sees that header.
resource "google_cloud_scheduler_job" "predictions" {
  for_each = var.predictions

  project          = var.project_id
  region           = var.region
  name             = "mlsys-${each.key}-${var.environment}"
  schedule         = each.value.cron
  time_zone        = each.value.time_zone
  attempt_deadline = "60s"

  retry_config {
    retry_count          = 3
    min_backoff_duration = "30s"
  }

  http_target {
    http_method = "POST"
    uri         = "${google_cloud_run_v2_service.gateway.uri}/predict"
    headers     = { "Content-Type" = "application/json" }
    body        = base64encode(jsonencode(merge({ env = var.environment }, each.value.request)))

    oidc_token {
      service_account_email = google_service_account.scheduler.email
      audience              = google_cloud_run_v2_service.gateway.uri
    }
  }

  depends_on = [google_cloud_run_v2_service_iam_member.callers]
}
