resource "google_service_account" "register" {
  project      = var.project_id
  account_id   = "mlsys-register-${var.environment}"
  display_name = "MLSys: an upload becomes a registry row (${var.environment})"
}

resource "google_cloud_run_v2_service" "register" {
  project             = var.project_id
  location            = var.region
  name                = local.services.register.name
  ingress             = "INGRESS_TRAFFIC_INTERNAL_ONLY" # Eventarc's pushes count as internal
  deletion_protection = var.environment == "prod"

  template {
    service_account                  = google_service_account.register.email
    execution_environment            = "EXECUTION_ENVIRONMENT_GEN2" # a whole Linux: the wall around models needs its kernel
    timeout                          = "${local.services.register.timeout_seconds}s"
    max_instance_request_concurrency = local.services.register.concurrency

    scaling {
      min_instance_count = 0
      max_instance_count = local.services.register.max_instances
    }

    containers {
      image   = var.images[local.services.register.image]
      command = local.services.register.command

      dynamic "env" {
        for_each = local.variables
        content {
          name  = env.key
          value = env.value
        }
      }

      resources {
        limits            = { cpu = local.services.register.cpu, memory = local.services.register.memory }
        startup_cpu_boost = true
      }
    }
  }

  lifecycle {
    ignore_changes = [client, client_version, template[0].containers[0].image]
  }

  depends_on = [google_project_service.apis]
}

resource "google_cloud_run_v2_service_iam_member" "trigger_calls_register" {
  project  = var.project_id
  location = var.region
  name     = google_cloud_run_v2_service.register.name
  role     = "roles/run.invoker"
  member   = google_service_account.trigger.member
}
