# The same in every environment: what differs between organisations, given as TF_VAR_… by whoever applies.
variable "project_id" {
  type        = string
  description = "The Google Cloud project."
}

variable "region" {
  type        = string
  default     = "europe-west1"
  description = "Where everything runs and where the data lies."
}

variable "bucket_prefix" {
  type        = string
  default     = "mlsys"
  description = "What the buckets' names start with."
}

variable "images" {
  type        = object({ job = string, gateway = string })
  default     = { job = "", gateway = "" }
  description = "The images that jobs and services are created with, by digest; later applies need none."
}

variable "runtimes" {
  type        = list(string)
  description = "The runtimes of models: runtimes.auto.tfvars.json names them, for the image too."
}

variable "github_repository_id" {
  type        = string
  description = "Number of the GitHub repository that deploys."
}

variable "alert_email" {
  type        = string
  default     = ""
  description = "Who is told when something fails."
}
