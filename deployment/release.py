"""Releases images in an environment, and takes them back when the smoke test fails.

`python -m deployment.release --env dev … --job_image I --gateway_image I`: jobs and the register
service get their image; the gateway gets a revision without traffic, which is tested, gets a tenth
of the traffic, is tested again, and then gets all. Whatever fails, everything is as it was.
"""

import argparse
import os
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from deployment.cloud_run import CloudRun
from deployment.commands import CommandFailedError
from deployment.smoke import SmokeError, add_arguments, from_arguments, say

CANARY_PERCENT = 10


@dataclass(frozen=True)
class Release:
    """One environment's roll-out.

    Attributes:
        cloud: its jobs and services.
        env: dev, staging or prod.
        smoke: tries the gateway at a URL; raises when something is wrong.
    """

    cloud: CloudRun
    env: str
    smoke: Callable[[str], None]

    @property
    def gateway(self) -> str:
        """The service that is canaried."""
        return f"mlsys-{self.env}"

    def roll_out(self, job_image: str, gateway_image: str) -> None:
        """Release both images, or neither.

        Raises:
            SmokeError: when the smoke test failed; what ran before runs again.
            CommandFailedError: when Cloud Run refused; likewise.
        """
        with self._job_image(job_image):
            if self.cloud.service_image(self.gateway) == gateway_image:
                say(f"{self.gateway} runs {gateway_image} already")
                self.smoke(self.cloud.url(self.gateway))
            else:
                self._canary(gateway_image)

    @contextmanager
    def _job_image(self, image: str) -> Iterator[None]:
        """Give the image to whatever runs the job image; take it back when the block fails."""
        jobs = [f"mlsys-predict-{self.env}", f"mlsys-registry-{self.env}"]
        register = f"mlsys-register-{self.env}"
        before = {job: self.cloud.job_image(job) for job in jobs}
        registering = self.cloud.service_image(register)
        try:
            self._set(dict.fromkeys(jobs, image), before)
            self._set_service(register, image, registering)
            yield
        except BaseException:
            say("taking the job image back")
            self._set(before, dict.fromkeys(jobs, image))
            self._set_service(register, registering, image)
            raise

    def _set(self, wanted: Mapping[str, str], now: Mapping[str, str]) -> None:
        for job, image in wanted.items():
            if now[job] != image:
                self.cloud.set_job_image(job, image)

    def _set_service(self, service: str, wanted: str, now: str) -> None:
        if wanted != now:
            self.cloud.set_service_image(service, wanted)

    def _canary(self, image: str) -> None:
        old = self.cloud.serving(self.gateway)
        try:
            new, url = self.cloud.deploy_candidate(self.gateway, image)
            say(f"{new} is there, without traffic")
            self.smoke(url)
            self.cloud.split(self.gateway, {new: CANARY_PERCENT, old: 100 - CANARY_PERCENT})
            say(f"{new} gets {CANARY_PERCENT}% of the traffic")
            self.smoke(url)
        except BaseException:
            say(f"all traffic goes back to {old}")
            self.cloud.settle(self.gateway, old)
            raise
        self.cloud.settle(self.gateway, new)
        say(f"{new} gets all of the traffic")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m deployment.release")
    add_arguments(parser)
    for name in ("job_image", "gateway_image"):
        parser.add_argument(f"--{name}", required=True, help="by digest")
    return parser


def _main(arguments: Sequence[str], environ: Mapping[str, str]) -> int:
    given = _parser().parse_args(arguments)
    cloud = CloudRun(given.project, given.region)
    release = Release(cloud, given.env, from_arguments(given, environ).test)
    try:
        release.roll_out(given.job_image, given.gateway_image)
    except (SmokeError, CommandFailedError) as error:
        sys.stderr.write(f"not released: {error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(_main(sys.argv[1:], os.environ))
