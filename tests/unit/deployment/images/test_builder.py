"""Building; podman and docker are faked."""

from deployment.images.builder import Builder
from deployment.images.image import IMAGES
from deployment.images.runtime_layers import runtime_layers

JOB, GATEWAY = IMAGES


def test_options_and_another_base_reach_the_engine(programs):
    programs.add("podman")
    Builder("podman", "localhost/base", ["--pull=never"]).build(JOB, "localhost/mlsys-job")
    (build,) = programs.called("podman", "build")
    assert {"--build-arg=BASE=localhost/base", "--pull=never"} <= set(build)
    assert build[-1] == str(JOB.folder)


def test_an_image_gets_the_arguments_that_its_dockerfile_takes(programs):
    programs.add("podman")
    for image in (JOB, GATEWAY):
        Builder("podman", "localhost/base").build(image, "a", "localhost/mlsys-runtime:sklearn-1.9")
    job, gateway = programs.called("podman", "build")
    assert "--build-arg=BELOW=localhost/mlsys-runtime:sklearn-1.9" in job
    assert not [each for each in gateway if "BELOW" in each]


def test_without_layers_the_job_image_stands_on_the_base(programs):
    programs.add("podman")
    Builder("podman", "localhost/base").build(JOB, "localhost/mlsys-job")
    assert "--build-arg=BELOW=localhost/base" in programs.called("podman", "build")[0]


def test_each_layer_is_put_on_the_one_before(programs):
    programs.add("podman")
    layers = runtime_layers(["sklearn-1.9"])
    last = Builder("podman", "localhost/base").build_layers(layers)
    assert last == "localhost/mlsys-runtime:sklearn-1.9"
    system, python, runtime = programs.called("podman", "build")
    assert {"--target=system", "--build-arg=BELOW=localhost/base"} <= set(system)
    assert {"--target=python", "--build-arg=BELOW=localhost/mlsys-runtime:system"} <= set(python)
    assert {
        "--target=runtime",
        "--build-arg=BELOW=localhost/mlsys-runtime:python-3.13",
        "--build-arg=PYTHON=3.13",
        "--build-arg=RUNTIME=sklearn-1.9",
    } <= set(runtime)
    assert not [each for each in runtime if "REVISION" in each]


def test_the_table_of_layers_says_what_each_adds(programs):
    programs.add(
        "podman",
        "sizes = {'base': 136, 'system': 138, 'python-3.13': 138, 'sklearn-1.9': 872}\n"
        "print(sizes[sys.argv[-1].split('/')[-1].split(':')[-1]] * 1_000_000)",
    )
    table = Builder("podman", "localhost/base").layer_sizes(runtime_layers(["sklearn-1.9"]))
    assert table.splitlines()[2:] == [
        "| system | 2 |",
        "| python-3.13 | 0 |",
        "| sklearn-1.9 | 734 |",
    ]


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
