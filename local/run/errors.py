"""What a caller can do wrong, as Google's APIs name it.

RunError
├── InvalidArgumentError     400  the request can never be right
├── FailedPreconditionError  400  the request is right, the resource's state is not
├── NotFoundError            404
└── AlreadyExistsError       409
"""


class RunError(Exception):
    """A refusal that a client sees as Google's JSON error."""

    http_status = 500
    status = "INTERNAL"


class InvalidArgumentError(RunError):
    """The request can never be right."""

    http_status = 400
    status = "INVALID_ARGUMENT"


class FailedPreconditionError(RunError):
    """The resource is not in a state that allows the request."""

    http_status = 400
    status = "FAILED_PRECONDITION"


class NotFoundError(RunError):
    """The resource does not exist."""

    http_status = 404
    status = "NOT_FOUND"

    @classmethod
    def of(cls, kind: str, name: str, region: str, project: str) -> "NotFoundError":
        """Return the error in the words of Cloud Run."""
        return cls(
            f"Resource '{name}' of kind '{kind}' in region '{region}' in project '{project}' "
            "does not exist."
        )


class AlreadyExistsError(RunError):
    """The resource's name is taken."""

    http_status = 409
    status = "ALREADY_EXISTS"
