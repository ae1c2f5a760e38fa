"""Alembic's entry: runs the migrations of this folder on the connection that `lam.storage.migrate` gives."""

from alembic import context

context.configure(
    connection=context.config.attributes["connection"],
    version_table=context.config.attributes["version_table"],
    # The caller's transaction holds: a migration is done wholly or not at all.
    transactional_ddl=False,
)
context.run_migrations()
