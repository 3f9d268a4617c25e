resource "google_service_account" "registry" {
  project      = var.project_id
  account_id   = "mlsys-registry-${var.environment}"
  display_name = "MLSys: makes the registry equal to the bucket (${var.environment})"
}

resource "google_cloud_run_v2_job" "registry" {
  project             = var.project_id
  location            = var.region
  name                = local.jobs.registry.name
  deletion_protection = var.environment == "prod"

  template {
    task_count = local.jobs.registry.task_count

    template {
      service_account = google_service_account.registry.email
      max_retries     = local.jobs.registry.max_retries
      timeout         = "${local.jobs.registry.timeout_seconds}s"

      containers {
        image   = var.images[local.jobs.registry.image]
        command = local.jobs.registry.command
        args    = local.jobs.registry.args

        dynamic "env" {
          for_each = local.variables
          content {
            name  = env.key
            value = env.value
          }
        }

        resources {
          limits = { cpu = local.jobs.registry.cpu, memory = local.jobs.registry.memory }
        }
      }
    }
  }

  lifecycle {
    ignore_changes = [client, client_version, template[0].template[0].containers[0].image]
  }

  depends_on = [google_project_service.apis]
}

# The gateway's launch carries an overrides object, be it an empty one.
resource "google_cloud_run_v2_job_iam_member" "gateway_launches_registry" {
  project  = var.project_id
  location = var.region
  name     = google_cloud_run_v2_job.registry.name
  role     = "roles/run.jobsExecutorWithOverrides"
  member   = google_service_account.gateway.member
}

resource "google_cloud_run_v2_job_iam_member" "gateway_watches_registry" {
  project  = var.project_id
  location = var.region
  name     = google_cloud_run_v2_job.registry.name
  role     = google_project_iam_custom_role.execution_watcher.name
  member   = google_service_account.gateway.member
}

resource "google_cloud_run_v2_job_iam_member" "scheduler_launches_registry" {
  project  = var.project_id
  location = var.region
  name     = google_cloud_run_v2_job.registry.name
  role     = "roles/run.invoker"
  member   = google_service_account.scheduler.member
}
