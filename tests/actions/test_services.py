"""What the actions work with."""

from pathlib import Path

import pytest

from actions.services import services
from lam.settings import load_settings
from lam.supervisor.databases import migrate_all


@pytest.mark.parametrize(
    ("model", "folder"), [("", "models"), ("/srv/archives/bank.tar.gz", "/srv/archives")]
)
def test_models_are_looked_for_where_the_served_one_lies(model, folder, tmp_path, monkeypatch):
    monkeypatch.setenv("LAM_HOME", str(tmp_path))
    monkeypatch.setenv("LAM_MODEL", model)
    migrate_all(load_settings())
    assert services.__wrapped__().models == Path(folder)
