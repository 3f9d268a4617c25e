resource "google_service_account" "gateway" {
  project      = var.project_id
  account_id   = "mlsys-gateway-${var.environment}"
  display_name = "MLSys: checks requests, launches jobs (${var.environment})"
}

resource "google_cloud_run_v2_service" "gateway" {
  project              = var.project_id
  location             = var.region
  name                 = local.services.gateway.name
  ingress              = "INGRESS_TRAFFIC_ALL"
  invoker_iam_disabled = false
  deletion_protection  = var.environment == "prod"

  template {
    service_account                  = google_service_account.gateway.email
    timeout                          = "${local.services.gateway.timeout_seconds}s"
    max_instance_request_concurrency = local.services.gateway.concurrency

    scaling {
      min_instance_count = var.gateway_min_instances
      max_instance_count = local.services.gateway.max_instances
    }

    containers {
      image   = var.images[local.services.gateway.image]
      command = local.services.gateway.command

      dynamic "env" {
        for_each = local.variables
        content {
          name  = env.key
          value = env.value
        }
      }

      resources {
        limits            = { cpu = local.services.gateway.cpu, memory = local.services.gateway.memory }
        startup_cpu_boost = true
      }

      startup_probe {
        period_seconds    = 1
        failure_threshold = 30
        http_get {
          path = "/health"
        }
      }
    }
  }

  # A deployment moves image and traffic, so that a revision of Terraform's is canaried like any other.
  lifecycle {
    ignore_changes = [client, client_version, template[0].containers[0].image, traffic]
  }

  depends_on = [google_project_service.apis]
}

resource "google_cloud_run_v2_service_iam_member" "invokers" {
  for_each = var.invokers

  project  = var.project_id
  location = var.region
  name     = google_cloud_run_v2_service.gateway.name
  role     = "roles/run.invoker"
  member   = each.key
}

# The deployer's smoke test calls it too.
resource "google_cloud_run_v2_service_iam_member" "callers" {
  for_each = {
    deployer  = google_service_account.deployer.member
    scheduler = google_service_account.scheduler.member
  }

  project  = var.project_id
  location = var.region
  name     = google_cloud_run_v2_service.gateway.name
  role     = "roles/run.invoker"
  member   = each.value
}

# It asks what a query would scan, and whether an output table is empty: BigQuery answers only whoever may read.
resource "google_bigquery_dataset_iam_member" "gateway_examines" {
  for_each = setunion(var.input_datasets, var.output_datasets)

  project    = var.project_id
  dataset_id = each.key
  role       = "roles/bigquery.dataViewer"
  member     = google_service_account.gateway.member
}

# No predefined role allows to cancel an execution without allowing to change the job.
resource "google_project_iam_custom_role" "execution_watcher" {
  project     = var.project_id
  role_id     = "mlsys_execution_watcher_${var.environment}"
  title       = "MLSys execution watcher (${var.environment})"
  description = "Look at the executions of a job, and cancel them."
  permissions = [
    "run.executions.cancel",
    "run.executions.get",
    "run.executions.list",
    "run.jobs.get",
    "run.tasks.get",
    "run.tasks.list",
  ]
}
