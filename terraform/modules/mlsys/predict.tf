resource "google_service_account" "predict" {
  project      = var.project_id
  account_id   = "mlsys-predict-${var.environment}"
  display_name = "MLSys: reads inputs, scores, writes outputs (${var.environment})"
}

resource "google_cloud_run_v2_job" "predict" {
  project             = var.project_id
  location            = var.region
  name                = local.jobs.predict.name
  deletion_protection = var.environment == "prod"

  template {
    task_count = local.jobs.predict.task_count

    template {
      service_account = google_service_account.predict.email
      max_retries     = local.jobs.predict.max_retries
      timeout         = "${local.jobs.predict.timeout_seconds}s"

      containers {
        image   = var.images[local.jobs.predict.image]
        command = local.jobs.predict.command
        args    = local.jobs.predict.args

        dynamic "env" {
          for_each = local.variables
          content {
            name  = env.key
            value = env.value
          }
        }

        resources {
          limits = { cpu = local.jobs.predict.cpu, memory = local.jobs.predict.memory }
        }
      }
    }
  }

  lifecycle {
    ignore_changes = [client, client_version, template[0].template[0].containers[0].image]
  }

  depends_on = [google_project_service.apis]
}

resource "google_project_iam_member" "predict_opens_read_sessions" {
  project = var.project_id
  role    = "roles/bigquery.readSessionUser"
  member  = google_service_account.predict.member
}

resource "google_bigquery_dataset_iam_member" "predict_reads" {
  for_each = var.input_datasets

  project    = var.project_id
  dataset_id = each.key
  role       = "roles/bigquery.dataViewer"
  member     = google_service_account.predict.member
}

resource "google_bigquery_dataset_iam_member" "predict_writes" {
  for_each = var.output_datasets

  project    = var.project_id
  dataset_id = each.key
  role       = "roles/bigquery.dataEditor"
  member     = google_service_account.predict.member
}

resource "google_cloud_run_v2_job_iam_member" "gateway_launches_predict" {
  project  = var.project_id
  location = var.region
  name     = google_cloud_run_v2_job.predict.name
  role     = "roles/run.jobsExecutorWithOverrides"
  member   = google_service_account.gateway.member
}

resource "google_cloud_run_v2_job_iam_member" "gateway_watches_predict" {
  project  = var.project_id
  location = var.region
  name     = google_cloud_run_v2_job.predict.name
  role     = google_project_iam_custom_role.execution_watcher.name
  member   = google_service_account.gateway.member
}
