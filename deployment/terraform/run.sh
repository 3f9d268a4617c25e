#!/usr/bin/env bash
# Plans what Terraform would change in an environment, or applies exactly a plan that was shown.
#
#   deployment/terraform/run.sh plan|apply ENV NAME
#
# The plan is kept beside the state, under NAME: it can hold what the state holds, so it is no artifact of a workflow.
# Variables come as TF_VAR_…; where GITHUB_STEP_SUMMARY is set, the plan is shown there.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

task=$1 environment=$2 name=$3
folder=terraform/envs/$environment
prefix=${TF_VAR_bucket_prefix:-mlsys}
state=$prefix-terraform-state-$environment
kept=gs://$state/plans/$name.tfplan
export TF_IN_AUTOMATION=true TF_INPUT=false

terraform -chdir="$folder" init -backend-config="bucket=$state" >&2
case $task in
  plan)
    terraform -chdir="$folder" plan -lock-timeout=5m -out=plan.tfplan >&2
    gcloud storage cp "$folder/plan.tfplan" "$kept" >&2
    {
      echo "### Terraform in $environment"
      echo '```'
      terraform -chdir="$folder" show -no-color plan.tfplan
      echo '```'
    } >>"${GITHUB_STEP_SUMMARY:-/dev/stdout}"
    ;;
  apply)
    gcloud storage cp "$kept" "$folder/plan.tfplan" >&2
    terraform -chdir="$folder" apply -lock-timeout=5m plan.tfplan >&2
    gcloud storage rm "$kept" >&2
    ;;
  *)
    echo "usage: $0 plan|apply ENV NAME" >&2
    exit 2
    ;;
esac
