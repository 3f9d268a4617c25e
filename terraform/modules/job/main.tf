resource "google_service_account" "account" {
  project      = var.project_id
  account_id   = var.job.name
  display_name = var.account_display_name
}

resource "google_cloud_run_v2_job" "job" {
  project             = var.project_id
  location            = var.region
  name                = var.job.name
  deletion_protection = var.deletion_protection

  template {
    task_count = var.job.task_count

    template {
      service_account = google_service_account.account.email
      max_retries     = var.job.max_retries
      timeout         = "${var.job.timeout_seconds}s"

      containers {
        image   = var.image
        command = var.job.command
        args    = var.job.args

        dynamic "env" {
          for_each = var.variables
          content {
            name  = env.key
            value = env.value
          }
        }

        resources {
          limits = { cpu = var.job.cpu, memory = var.job.memory }
        }
      }
    }
  }

  # The image belongs to deployments, the client to whoever deployed last.
  lifecycle {
    ignore_changes = [client, client_version, template[0].template[0].containers[0].image]
  }
}

resource "google_cloud_run_v2_job_iam_member" "members" {
  for_each = var.iam_members

  project  = var.project_id
  location = var.region
  name     = google_cloud_run_v2_job.job.name
  role     = each.value.role
  member   = each.value.member
}
