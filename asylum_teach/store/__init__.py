"""What is kept about learners: attempts that only grow, and nothing that needs an account.

The one part of the kit that speaks SQL: SQLite in a folder of its own, or PostgreSQL by URL.
"""

from asylum_teach.models.keeping import Added, Doing, Snapshot, StoreFault, UnknownLearnerError
from asylum_teach.store.backup import BackupError, backup, restore
from asylum_teach.store.classes import LONGEST_NAME, UnknownClassError
from asylum_teach.store.place import DEFAULT, default_url
from asylum_teach.store.store import Store, open_store

__all__ = [
    "DEFAULT",
    "LONGEST_NAME",
    "Added",
    "BackupError",
    "Doing",
    "Snapshot",
    "Store",
    "StoreFault",
    "UnknownClassError",
    "UnknownLearnerError",
    "backup",
    "default_url",
    "open_store",
    "restore",
]
