# Two identities, both only for workflows of this repository that run in the GitHub environment of the same name: from
# the main branch, and in dev from pull requests of the repository itself too (a fork's get no token). No key exists.
locals {
  trusted_refs = concat(
    ["assertion.ref == 'refs/heads/main'"],
    var.environment == "dev" ? ["assertion.ref.startsWith('refs/pull/')"] : [],
  )
}

resource "google_service_account" "deployer" {
  project      = var.project_id
  account_id   = "mlsys-deployer-${var.environment}"
  display_name = "MLSys: pushes images, rolls them out (${var.environment})"
}

resource "google_service_account" "terraform" {
  project      = var.project_id
  account_id   = "mlsys-terraform-${var.environment}"
  display_name = "MLSys: plans and applies Terraform (${var.environment})"
}

resource "google_iam_workload_identity_pool" "github" {
  project                   = var.project_id
  workload_identity_pool_id = "mlsys-github-${var.environment}"
  display_name              = "GitHub Actions (${var.environment})"

  depends_on = [google_project_service.apis]
}

resource "google_iam_workload_identity_pool_provider" "github" {
  #checkov:skip=CKV_GCP_125:the condition names the repository by its number, which nobody can take over
  project                            = var.project_id
  workload_identity_pool_id          = google_iam_workload_identity_pool.github.workload_identity_pool_id
  workload_identity_pool_provider_id = "github"

  attribute_mapping = {
    "google.subject"          = "assertion.sub"
    "attribute.repository_id" = "assertion.repository_id"
  }
  attribute_condition = join(" && ", [
    "assertion.repository_id == '${var.github_repository_id}'",
    "assertion.environment == '${var.environment}'",
    "(${join(" || ", local.trusted_refs)})",
  ])

  oidc {
    issuer_uri = "https://token.actions.githubusercontent.com"
  }
}

resource "google_service_account_iam_member" "github" {
  for_each = {
    deployer  = google_service_account.deployer.name
    terraform = google_service_account.terraform.name
  }

  service_account_id = each.value
  role               = "roles/iam.workloadIdentityUser"
  member             = "principalSet://iam.googleapis.com/${google_iam_workload_identity_pool.github.name}/attribute.repository_id/${var.github_repository_id}"
}

# Who deploys a container decides what runs as its account.
resource "google_service_account_iam_member" "act_as" {
  for_each = {
    for pair in setproduct(["deployer", "terraform"], ["gateway", "predict", "register", "registry"]) :
    "${pair[0]}-${pair[1]}" => {
      deploying = pair[0] == "deployer" ? google_service_account.deployer.member : google_service_account.terraform.member
      running = {
        gateway  = google_service_account.gateway.name
        predict  = module.jobs["predict"].service_account.name
        register = google_service_account.register.name
        registry = module.jobs["registry"].service_account.name
      }[pair[1]]
    }
  }

  service_account_id = each.value.running
  role               = "roles/iam.serviceAccountUser"
  member             = each.value.deploying
}

resource "google_service_account_iam_member" "terraform_acts_as" {
  for_each = {
    scheduler = google_service_account.scheduler.name
    trigger   = google_service_account.trigger.name
  }

  service_account_id = each.value
  role               = "roles/iam.serviceAccountUser"
  member             = google_service_account.terraform.member
}

resource "google_cloud_run_v2_service_iam_member" "deployer_rolls_out" {
  for_each = {
    gateway  = google_cloud_run_v2_service.gateway.name
    register = google_cloud_run_v2_service.register.name
  }

  project  = var.project_id
  location = var.region
  name     = each.value
  role     = "roles/run.developer"
  member   = google_service_account.deployer.member
}

resource "google_cloud_run_v2_job_iam_member" "deployer_rolls_out" {
  for_each = { for key, job in module.jobs : key => job.name }

  project  = var.project_id
  location = var.region
  name     = each.value
  role     = "roles/run.developer"
  member   = google_service_account.deployer.member
}

# Updates are long-running operations, which belong to no service.
resource "google_project_iam_custom_role" "operation_watcher" {
  project     = var.project_id
  role_id     = "mlsys_operation_watcher_${var.environment}"
  title       = "MLSys operation watcher (${var.environment})"
  description = "Wait for Cloud Run's operations."
  permissions = ["run.operations.get"]
}

resource "google_project_iam_member" "deployer_waits" {
  project = var.project_id
  role    = google_project_iam_custom_role.operation_watcher.name
  member  = google_service_account.deployer.member
}
