resource "google_monitoring_notification_channel" "email" {
  count = var.alert_email == "" ? 0 : 1

  project      = var.project_id
  display_name = "MLSys (${var.environment})"
  type         = "email"
  labels       = { email_address = var.alert_email }

  depends_on = [google_project_service.apis]
}

locals {
  # Log records that somebody should act on: the jobs write them as JSON, with these fields.
  alarming_records = {
    suspicious = {
      title  = "a model names what no model needs"
      filter = "jsonPayload.message:\"which no model needs\" AND (resource.labels.service_name=\"${local.services.register.name}\" OR resource.labels.job_name=\"${local.jobs.registry.name}\")"
    }
    quarantined = {
      title  = "a model was quarantined"
      filter = "jsonPayload.status=\"quarantined\" AND (resource.labels.service_name=\"${local.services.register.name}\" OR resource.labels.job_name=\"${local.jobs.registry.name}\")"
    }
    drifted = {
      title  = "a prediction's input has drifted from the training data"
      filter = "jsonPayload.drifted=true AND resource.labels.job_name=\"${local.jobs.predict.name}\""
    }
  }
}

# On the record itself, not on a metric of records: a new metric cannot be alerted on for minutes, which fails a first apply.
resource "google_monitoring_alert_policy" "records" {
  for_each = local.alarming_records

  project               = var.project_id
  display_name          = "MLSys ${var.environment}: ${each.value.title}"
  combiner              = "OR"
  notification_channels = google_monitoring_notification_channel.email[*].id

  conditions {
    display_name = each.value.title
    condition_matched_log {
      filter = each.value.filter
    }
  }

  alert_strategy {
    auto_close = "86400s"
    notification_rate_limit {
      period = "3600s"
    }
  }

  documentation {
    content = "docs/operating.md says what to do."
  }

  depends_on = [google_project_service.apis]
}

resource "google_monitoring_alert_policy" "failed_executions" {
  project               = var.project_id
  display_name          = "MLSys ${var.environment}: an execution failed"
  combiner              = "OR"
  notification_channels = google_monitoring_notification_channel.email[*].id

  dynamic "conditions" {
    for_each = { for key, job in module.jobs : key => job.name }
    content {
      display_name = "${conditions.value} failed"
      condition_threshold {
        filter          = "metric.type=\"run.googleapis.com/job/completed_execution_count\" AND resource.type=\"cloud_run_job\" AND resource.labels.job_name=\"${conditions.value}\" AND metric.labels.result=\"failed\""
        comparison      = "COMPARISON_GT"
        threshold_value = 0
        duration        = "0s"
        aggregations {
          alignment_period   = "300s"
          per_series_aligner = "ALIGN_SUM"
        }
      }
    }
  }

  documentation {
    content = "docs/operating.md says how to find the sentence that the task failed with."
  }
}

resource "google_monitoring_alert_policy" "dead_letters" {
  project               = var.project_id
  display_name          = "MLSys ${var.environment}: events were given up"
  combiner              = "OR"
  notification_channels = google_monitoring_notification_channel.email[*].id

  conditions {
    display_name = "dead letters wait"
    condition_threshold {
      filter          = "metric.type=\"pubsub.googleapis.com/subscription/num_undelivered_messages\" AND resource.type=\"pubsub_subscription\" AND resource.labels.subscription_id=\"${google_pubsub_subscription.dead_letters.name}\""
      comparison      = "COMPARISON_GT"
      threshold_value = 0
      duration        = "60s"
      aggregations {
        alignment_period   = "60s"
        per_series_aligner = "ALIGN_MAX"
      }
    }
  }

  documentation {
    content = "docs/operating.md says how to read dead letters. The registry job appends what they would have said."
  }
}
