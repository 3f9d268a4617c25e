from deployment.images.container_engine import image_name, in_image, working_engine


def test_an_engine_that_does_not_answer_is_passed_over(programs):
    programs.add("docker")
    programs.add("podman")
    assert working_engine() == "docker"
    programs.add("docker", "sys.exit(1)")
    assert working_engine() == "podman"
    programs.add("podman", "sys.exit(125)")
    assert working_engine() is None


def test_a_container_gets_the_variables_that_are_named_and_none_of_the_laptop_s_files() -> None:
    command = in_image("podman", "job", ["python", "-m", "jobs"], ["A", "B"])
    assert command == (
        *("podman", "run", "--rm", "--network=host", "--pull=never", "--env=A", "--env=B"),
        *("localhost/mlsys-job:latest", "python", "-m", "jobs"),
    )


def test_images_of_one_dockerfile_are_told_apart_by_their_tags() -> None:
    assert image_name("job") == "localhost/mlsys-job:latest"
    assert image_name("runtime", "sklearn-1.9") == "localhost/mlsys-runtime:sklearn-1.9"
