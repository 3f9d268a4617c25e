variable "project_id" {
  type        = string
  description = "The Google Cloud project."
}

variable "region" {
  type        = string
  description = "The region that the job runs in."
}

variable "job" {
  type = object({
    name            = string
    command         = list(string)
    args            = list(string)
    task_count      = number
    max_retries     = number
    timeout_seconds = number
    cpu             = string
    memory          = string
  })
  description = "The job's definition: a file of mlsys/definitions/jobs. The service account has the same name."
}

variable "image" {
  type        = string
  description = "The image that the job is created with, by digest. Later images are deployed, not applied."
}

variable "variables" {
  type        = map(string)
  description = "The container's environment variables."
}

variable "account_display_name" {
  type        = string
  description = "The service account's display name."
}

variable "deletion_protection" {
  type        = bool
  description = "Whether Terraform refuses to delete the job."
}

variable "iam_members" {
  type        = map(object({ role = string, member = string }))
  default     = {}
  description = "Grants on the job, under keys of your choice. They add to grants made elsewhere."
}
