terraform {
  required_version = ">= 1.9"

  backend "gcs" {
    bucket = "mlsys-terraform-state-staging"
    prefix = "mlsys"
  }
}

provider "google" {
  project        = var.project_id
  region         = var.region
  default_labels = { application = "mlsys", environment = "staging" }
}

module "mlsys" {
  source = "../../modules/mlsys"

  environment           = "staging"
  project_id            = var.project_id
  region                = var.region
  bucket_prefix         = var.bucket_prefix
  images                = var.images
  runtimes              = var.runtimes
  github_repository_id  = var.github_repository_id
  alert_email           = var.alert_email
  gateway_min_instances = 0
  has_dashboard         = false

  input_datasets   = []
  output_datasets  = []
  model_publishers = []
  registry_readers = []
  registrars       = []
  invokers         = []
  predictions      = {}
}
