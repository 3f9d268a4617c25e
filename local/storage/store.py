"""The stand-in's state: database and object files of one folder, owned by one process."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import cast

from flask import current_app

from local.serving import lock_folder
from local.storage.catalog import Catalog, StoredObject
from local.storage.changes import Changes
from local.storage.database import Database
from local.storage.errors import NotFoundError
from local.storage.files import ObjectFiles
from local.storage.resources import Resource, linked_bucket, linked_object
from local.storage.sessions import Sessions

EXTENSION = "local.storage"
_LOOKUPS = 10


class Store:
    """Catalog and files together; keeps the two in step."""

    def __init__(self, folder: Path, root: str):
        """Open a folder, after the process that had it before is gone.

        Args:
            folder: holds everything that survives a restart; created if need be.
            root: the URL of this service, with a slash at its end.
        """
        folder.mkdir(parents=True, exist_ok=True)
        self._folder_lock = lock_folder(folder)
        self.database = Database(folder)
        self.files = ObjectFiles(folder / "objects")
        self.root = root
        self._tidy()

    def _tidy(self) -> None:
        with self.changes() as changes:
            Sessions(changes.connection).expire(self.database.tick())
        self.files.sweep(self.catalog.files())

    @property
    def catalog(self) -> Catalog:
        """What exists now."""
        return Catalog(self.database.connection)

    @contextmanager
    def changes(self) -> Iterator[Changes]:
        """One transaction; the files that it orphaned go after it has committed."""
        with self.database.transaction() as connection:
            changes = Changes(connection, self.database.tick, self.root)
            yield changes
        self.files.discard(changes.orphans)

    def using_file[T](
        self, find: Callable[[], StoredObject], use: Callable[[Path], T]
    ) -> tuple[StoredObject, T]:
        """Use the file of an object that is looked up again when an overwrite came in between."""
        for _ in range(_LOOKUPS):
            stored = find()
            with suppress(FileNotFoundError):
                return stored, use(self.files.path(stored.file))
        raise NotFoundError(f"The file of {stored.name} is missing.")

    def linked_bucket(self, resource: Resource) -> Resource:
        """The bucket as this service answers it."""
        return linked_bucket(resource, self.root)

    def linked_object(self, resource: Resource) -> Resource:
        """The object as this service answers it."""
        return linked_object(resource, self.root)


def store() -> Store:
    """The store of the application that answers the current request."""
    return cast(Store, current_app.extensions[EXTENSION])
