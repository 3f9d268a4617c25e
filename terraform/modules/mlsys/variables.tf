variable "project_id" {
  type        = string
  description = "The Google Cloud project."
}

variable "region" {
  type        = string
  description = "Where everything runs and where the data lies."
}

variable "environment" {
  type        = string
  description = "dev, staging or prod."

  validation {
    condition     = contains(["dev", "staging", "prod"], var.environment)
    error_message = "environment is dev, staging or prod."
  }
}

variable "bucket_prefix" {
  type        = string
  default     = "mlsys"
  description = "What the buckets' names start with. They are the whole world's: take acme-mlsys where mlsys is taken."

  validation {
    condition     = can(regex("^[a-z0-9][a-z0-9-]{1,30}$", var.bucket_prefix))
    error_message = "bucket_prefix has 2 to 31 lower-case letters, digits and dashes, and starts with a letter or digit."
  }
}

variable "images" {
  type        = object({ job = string, gateway = string })
  default     = { job = "", gateway = "" }
  description = "The images that jobs and services are created with, by digest: for the apply that makes them. Later ones are deployed, not applied."
}

variable "runtimes" {
  type        = list(string)
  description = "The runtimes of models that the job image holds, in the order of its layers, e.g. sklearn-1.9: see docs/runtimes.md. Each adds 0.7 to 1.2 GB."

  validation {
    condition     = length(var.runtimes) > 0 && length(var.runtimes) == length(distinct(var.runtimes))
    error_message = "runtimes names at least one runtime, and each once."
  }

  validation {
    condition     = alltrue([for name in var.runtimes : can(regex("^sklearn-[0-9]+\\.[0-9]+$", name))])
    error_message = "runtimes are named like sklearn-1.9: make runtime lists them."
  }
}

variable "input_datasets" {
  type        = set(string)
  default     = []
  description = "Datasets of this project that predictions may read."
}

variable "output_datasets" {
  type        = set(string)
  default     = []
  description = "Datasets of this project that predictions may write, and read."
}

variable "invokers" {
  type        = set(string)
  default     = []
  description = "Who may call the gateway, e.g. group:scientists@example.com."

  validation {
    condition     = length(setintersection(var.invokers, ["allUsers", "allAuthenticatedUsers"])) == 0
    error_message = "The gateway is not public: name users, groups or service accounts."
  }
}

variable "model_publishers" {
  type        = set(string)
  default     = []
  description = "Who may drop models into the bucket, e.g. group:scientists@example.com."

  validation {
    condition     = length(setintersection(var.model_publishers, ["allUsers", "allAuthenticatedUsers"])) == 0
    error_message = "A model is code: name users, groups or service accounts."
  }
}

variable "registry_readers" {
  type        = set(string)
  default     = []
  description = "Who may read the registry and the models, e.g. whoever promotes from here into the next environment."

  validation {
    condition     = length(setintersection(var.registry_readers, ["allUsers", "allAuthenticatedUsers"])) == 0
    error_message = "Models are not public: name users, groups or service accounts."
  }
}

variable "registrars" {
  type        = set(string)
  default     = []
  description = "Who may move aliases of models, e.g. group:ml-leads@example.com."

  validation {
    condition     = length(setintersection(var.registrars, ["allUsers", "allAuthenticatedUsers"])) == 0
    error_message = "An alias decides what predicts: name users, groups or service accounts."
  }
}

variable "predictions" {
  type = map(object({
    cron      = string
    time_zone = optional(string, "Etc/UTC")
    request   = map(string)
  }))
  default     = {}
  description = "Scheduled predictions by name; request holds the parameters of /predict without env."
}

variable "gateway_min_instances" {
  type        = number
  default     = 0
  description = "Instances of the gateway that idle; 0 costs nothing and starts cold."
}

variable "alert_email" {
  type        = string
  default     = ""
  description = "Who is told when something fails; nobody when empty."
}

variable "github_repository_id" {
  type        = string
  description = "Number of the GitHub repository that deploys: gh api repos/OWNER/NAME --jq .id"

  validation {
    condition     = can(regex("^[0-9]+$", var.github_repository_id))
    error_message = "github_repository_id is the repository's number: a name can be taken over, a number cannot."
  }
}

variable "has_dashboard" {
  type        = bool
  default     = false
  description = "Whether Cloud Monitoring gets a dashboard."
}
