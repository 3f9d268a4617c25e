"""Cloud Run, by gcloud: which images run, and which revision of the gateway gets which traffic."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from deployment.commands import CommandFailedError, ask, run

CANDIDATE = "candidate"


@dataclass(frozen=True)
class CloudRun:
    """The jobs and services of one environment."""

    project: str
    region: str

    def job_image(self, job: str) -> str:
        """The image of a job."""
        spec = self._described("jobs", job)["spec"]["template"]["spec"]["template"]["spec"]
        return str(spec["containers"][0]["image"])

    def set_job_image(self, job: str, image: str) -> None:
        """Let further executions of a job run this image."""
        run("gcloud", "run", "jobs", "update", job, f"--image={image}", *self._where, "--quiet")

    def service_image(self, service: str) -> str:
        """The image of a service's newest revision."""
        spec = self._described("services", service)["spec"]["template"]["spec"]
        return str(spec["containers"][0]["image"])

    def set_service_image(self, service: str, image: str) -> None:
        """Replace what a service runs."""
        run(
            "gcloud",
            "run",
            "services",
            "update",
            service,
            f"--image={image}",
            *self._where,
            "--quiet",
        )

    def url(self, service: str) -> str:
        """Where a service answers, whatever revision."""
        return str(self._described("services", service)["status"]["url"])

    def serving(self, service: str) -> str:
        """The revision that gets most of the traffic.

        Raises:
            CommandFailedError: when none gets any.
        """
        traffic = self._described("services", service)["status"].get("traffic", [])
        shares = {each["revisionName"]: each["percent"] for each in traffic if each.get("percent")}
        if not shares:
            raise CommandFailedError(f"no revision of {service} serves: deploy it by hand first")
        return str(max(shares, key=lambda name: int(shares[name])))

    def deploy_candidate(self, service: str, image: str) -> tuple[str, str]:
        """Make a revision without traffic; its name and its own URL are returned."""
        update = ("gcloud", "run", "services", "update", service, f"--image={image}")
        run(*update, "--no-traffic", f"--tag={CANDIDATE}", *self._where, "--quiet")
        status = self._described("services", service)["status"]
        (mine,) = [each for each in status["traffic"] if each.get("tag") == CANDIDATE]
        return str(mine["revisionName"]), str(mine["url"])

    def split(self, service: str, shares: Mapping[str, int]) -> None:
        """Give revisions their shares of the traffic, in percent."""
        given = ",".join(f"{revision}={share}" for revision, share in shares.items())
        self._update_traffic(service, f"--to-revisions={given}")

    def settle(self, service: str, revision: str) -> None:
        """Give one revision all of the traffic, and forget the candidate's own URL."""
        self.split(service, {revision: 100})
        if any(
            each.get("tag") == CANDIDATE
            for each in self._described("services", service)["status"]["traffic"]
        ):
            self._update_traffic(service, f"--remove-tags={CANDIDATE}")

    def _update_traffic(self, service: str, change: str) -> None:
        run("gcloud", "run", "services", "update-traffic", service, change, *self._where, "--quiet")

    def _described(self, kind: str, name: str) -> Mapping[str, Any]:
        found: Mapping[str, Any] = ask("run", kind, "describe", name, *self._where)
        return found

    @property
    def _where(self) -> tuple[str, ...]:
        return (f"--project={self.project}", f"--region={self.region}")
