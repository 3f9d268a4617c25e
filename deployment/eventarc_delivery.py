"""Sets what Terraform cannot on the subscriptions that Eventarc makes, or says what has drifted.

`python -m deployment.eventarc_delivery apply|check --env=dev`, after `terraform apply`; `make
deploy-settings`. What is wanted stands in Terraform's definitions. Provider issues 17697 and 17701
are why this is not Terraform's.
"""

import argparse
import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from deployment.commands import CommandFailedError, ask
from deployment.definitions import Definitions
from shared.errors import InvalidArgument, NotFound
from shared.settings.settings import ENVIRONMENTS, Settings


@dataclass(frozen=True)
class Deployment:
    """One deployment's triggers and their subscriptions, as they are and as they should be."""

    definitions: Definitions

    @property
    def dead_letter_topic(self) -> str:
        """Full name of the topic that Terraform made."""
        project, environment = self.definitions.project_id, self.definitions.environment
        return f"projects/{project}/topics/mlsys-dead-letters-{environment}"

    @property
    def wanted(self) -> dict[str, Any]:
        """The settings, in the words of Pub/Sub's API."""
        delivery = self.definitions.delivery
        return {
            "ackDeadlineSeconds": delivery.ack_deadline_seconds,
            "retryPolicy": {
                "minimumBackoff": f"{delivery.first_retry_seconds}s",
                "maximumBackoff": f"{delivery.longest_retry_seconds}s",
            },
            "deadLetterPolicy": {
                "deadLetterTopic": self.dead_letter_topic,
                "maxDeliveryAttempts": delivery.max_attempts,
            },
        }

    @property
    def project_flag(self) -> str:
        """The flag that names the project, whatever gcloud's own configuration says."""
        return f"--project={self.definitions.project_id}"

    def subscriptions(self) -> list[Mapping[str, Any]]:
        """The subscriptions of this deployment's triggers.

        Raises:
            CommandFailedError: when gcloud fails.
            NotFound: when a trigger or its subscription is missing.
        """
        location = f"--location={self.definitions.region}"
        triggers = ask("eventarc", "triggers", "list", location, self.project_flag)
        names = {each["name"].rpartition("/")[2]: _subscription_name(each) for each in triggers}
        every = ask("pubsub", "subscriptions", "list", self.project_flag)
        found = {each["name"]: each for each in every}
        return [found[name] for name in self._required(names, found)]

    def _required(self, names: Mapping[str, str], found: Mapping[str, Any]) -> Iterator[str]:
        for trigger in self.definitions.triggers:
            name = f"mlsys-{trigger.name.lower()}-{self.definitions.environment}"
            if names.get(name) not in found:
                raise NotFound(f"trigger {name} or its subscription is missing: run terraform")
            yield names[name]

    def set(self, subscription: Mapping[str, Any]) -> Mapping[str, Any]:
        """Give a subscription the settings; what it is afterwards is returned.

        Raises:
            CommandFailedError: when gcloud fails.
        """
        delivery = self.definitions.delivery
        updated: Mapping[str, Any] = ask(
            *("pubsub", "subscriptions", "update", subscription["name"], self.project_flag),
            f"--ack-deadline={delivery.ack_deadline_seconds}",
            f"--min-retry-delay={delivery.first_retry_seconds}s",
            f"--max-retry-delay={delivery.longest_retry_seconds}s",
            f"--dead-letter-topic={self.dead_letter_topic}",
            f"--max-delivery-attempts={delivery.max_attempts}",
        )
        return updated

    def missing_grants(self, subscriptions: Sequence[Mapping[str, Any]]) -> Iterator[str]:
        """What keeps Pub/Sub from moving dead letters, which it does not complain of.

        Raises:
            CommandFailedError: when gcloud fails.
        """
        project = ask("projects", "describe", self.definitions.project_id)
        agent = f"service-{project['projectNumber']}@gcp-sa-pubsub.iam.gserviceaccount.com"
        needed = [("topics", self.dead_letter_topic, "roles/pubsub.publisher")]
        needed += [
            ("subscriptions", each["name"], "roles/pubsub.subscriber") for each in subscriptions
        ]
        for kind, name, role in needed:
            policy = ask("pubsub", kind, "get-iam-policy", name, self.project_flag)
            if not _grants(policy, role, f"serviceAccount:{agent}"):
                yield f"{name}: {agent} lacks {role}: run terraform apply"


def _subscription_name(trigger: Mapping[str, Any]) -> str:
    name: str = trigger.get("transport", {}).get("pubsub", {}).get("subscription", "")
    return name


def _grants(policy: Mapping[str, Any], role: str, member: str) -> bool:
    bindings = policy.get("bindings", [])
    return any(each["role"] == role and member in each["members"] for each in bindings)


def differences(subscription: Mapping[str, Any], wanted: Mapping[str, Any]) -> Iterator[str]:
    """One sentence for each setting that is not as it should be."""
    for name, value in wanted.items():
        if (is_now := subscription.get(name)) != value:
            yield f"{subscription['name']}: {name} is {is_now}, and should be {value}"


def check(deployment: Deployment) -> list[str]:
    """Every setting that differs, and every grant that is missing.

    Raises:
        CommandFailedError: when gcloud fails.
    """
    return _findings(deployment, deployment.subscriptions())


def apply(deployment: Deployment) -> list[str]:
    """Set what differs; what is wrong afterwards is returned.

    Raises:
        CommandFailedError: when gcloud fails.
    """
    return _findings(
        deployment, [_updated(each, deployment) for each in deployment.subscriptions()]
    )


def _updated(subscription: Mapping[str, Any], deployment: Deployment) -> Mapping[str, Any]:
    differing = list(differences(subscription, deployment.wanted))
    for difference in differing:
        _say(f"setting {difference}")
    return deployment.set(subscription) if differing else subscription


def _findings(deployment: Deployment, subscriptions: Sequence[Mapping[str, Any]]) -> list[str]:
    found = [each for one in subscriptions for each in differences(one, deployment.wanted)]
    return found + list(deployment.missing_grants(subscriptions))


def _say(sentence: str) -> None:
    print(sentence)  # noqa: T201  # the command's output


def _main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m deployment.eventarc_delivery")
    parser.add_argument("task", choices=["apply", "check"])
    parser.add_argument("--env", required=True, choices=ENVIRONMENTS)
    given = parser.parse_args(arguments)
    try:
        settings = Settings.from_environ({**os.environ, "MLSYS_ENV": given.env})
        definitions = Definitions(settings.project_id, settings.region, given.env)
        found = {"apply": apply, "check": check}[given.task](Deployment(definitions))
    except (CommandFailedError, InvalidArgument, NotFound) as error:
        _say(str(error))
        return 2
    for finding in found:
        _say(finding)
    return min(len(found), 1)


if __name__ == "__main__":
    sys.exit(_main(sys.argv[1:]))
