# Both jobs are made here. Grants that only one of them needs are in predict.tf and registry.tf.
module "jobs" {
  source = "../job"
  for_each = {
    predict  = "reads inputs, scores, writes outputs"
    registry = "makes the registry equal to the bucket"
  }

  project_id           = var.project_id
  region               = var.region
  job                  = local.jobs[each.key]
  image                = var.images[local.jobs[each.key].image]
  variables            = local.variables
  account_display_name = "MLSys: ${each.value} (${var.environment})"
  deletion_protection  = var.environment == "prod"

  iam_members = {
    # The launch always carries an overrides object, which roles/run.invoker does not allow.
    gateway_launches = {
      role   = "roles/run.jobsExecutorWithOverrides"
      member = google_service_account.gateway.member
    }
    gateway_watches = {
      role   = google_project_iam_custom_role.execution_watcher.name
      member = google_service_account.gateway.member
    }
  }

  depends_on = [google_project_service.apis]
}
