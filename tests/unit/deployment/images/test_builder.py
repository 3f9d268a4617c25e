"""Building; podman and docker are faked."""

from deployment.images.builder import Builder
from deployment.images.image import IMAGES

JOB = IMAGES[0]


def test_options_and_another_base_reach_the_engine(programs):
    programs.add("podman")
    Builder("podman", "localhost/base", ["--pull=never"]).build(JOB, "localhost/mlsys-job")
    (build,) = programs.called("podman", "build")
    assert {"--build-arg=BASE=localhost/base", "--pull=never"} <= set(build)
    assert build[-1] == str(JOB.folder)


def test_the_table_says_what_images_weigh(programs):
    programs.add("podman", "print(136_000_000 if 'slim' in sys.argv[-1] else 616_300_000)")
    table = Builder("podman").sizes([JOB])
    assert table.splitlines()[2] == "| job | 616 | 136 |"


def test_a_base_that_the_builder_kept_to_itself_is_fetched_to_be_weighed(programs):
    programs.add(
        "docker",
        "pulled = folder / 'pulled'\n"
        "if sys.argv[1] == 'pull': pulled.touch()\n"
        "if 'slim' in sys.argv[-1] and not pulled.exists(): sys.exit(1)\n"
        "print(136_000_000)",
    )
    assert "| job | 136 | 136 |" in Builder("docker").sizes([JOB])
    assert programs.called("docker", "pull") == [[JOB.base]]
