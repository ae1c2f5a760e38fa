"""Settings: read from the environment, refused with one line that says what was expected."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from lam.settings import Secret, SettingError, Settings, load_settings


def test_the_defaults_need_no_environment() -> None:
    assert load_settings({}) == Settings()


def test_values_come_from_the_environment() -> None:
    settings = load_settings(
        {
            "LAM_PORT": "8080",
            "LAM_PATIENCE_SECONDS": "0.5",
            "LAM_HOME": "/srv/lam",
            "LAM_EMBED_KEY": "k",
            "PATH": "x",
        }
    )
    assert (settings.port, settings.patience_seconds, settings.home) == (8080, 0.5, Path("/srv/lam"))
    assert settings.embed_key.reveal() == "k"


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("LAM_PORT", "many", r"LAM_PORT: expected a whole number, found 'many'\."),
        ("LAM_PORT", "0", r"LAM_PORT: expected a port from 1 to 65535, found 0\."),
        ("LAM_ENGINE_PORT", "65536", "LAM_ENGINE_PORT: expected a port"),
        ("LAM_PATIENCE_SECONDS", "soon", "LAM_PATIENCE_SECONDS: expected a number, found 'soon'"),
        ("LAM_PATIENCE_SECONDS", "nan", "LAM_PATIENCE_SECONDS: expected a number above 0, found nan"),
        ("LAM_IDLE_MINUTES", "-1", "LAM_IDLE_MINUTES: expected a number above 0, found -1"),
        (
            "LAM_DATABASE_URL",
            "mysql://u:secret@host/db",
            r"LAM_DATABASE_URL: expected sqlite:///FILE or postgresql",
        ),
        ("LAM_PATIENCE_SECONDS", "inf", "LAM_PATIENCE_SECONDS: expected a number up to 3600, found inf"),
        ("LAM_IDLE_MINUTES", "100000000000000", "LAM_IDLE_MINUTES: expected a number up to 525600"),
        ("LAM_CODE_MINUTES", "525601", "LAM_CODE_MINUTES: expected a number up to 525600"),
        ("LAM_DATABASE_URL", "sqlite:///", "LAM_DATABASE_URL: expected sqlite:///FILE"),
        ("LAM_BANK_DATABASE_URL", "sqlite:///:memory:", "LAM_BANK_DATABASE_URL: expected sqlite:///FILE"),
        ("LAM_NOW", "yesterday", "LAM_NOW: expected a time such as"),
        ("LAM_NOW", "2026-11-01T12:00:00", "LAM_NOW: expected a time such as"),
        ("LAM_PROT", "1", r"LAM_PROT: expected one of .*LAM_PORT.* Is it misspelt\?"),
    ],
)
def test_a_wrong_value_is_one_line_that_says_what_was_expected(name: str, value: str, message: str) -> None:
    with pytest.raises(SettingError, match=message) as error:
        load_settings({name: value})
    assert "\n" not in str(error.value)
    assert "secret" not in str(error.value)


def test_what_belongs_to_the_tests_is_no_setting() -> None:
    load_settings({"LAM_TEST_POSTGRES_URL": "postgresql://x"})


def test_secrets_hide() -> None:
    settings = Settings(session_key=Secret("very-secret"))
    shown = (
        f"{settings} {settings!r} {settings.session_key} {settings.session_key!s} {settings.session_key:>30}"
    )
    assert "very-secret" not in shown
    assert settings.session_key.reveal() == "very-secret"
    assert settings.session_key == "very-secret"


def test_databases_are_files_unless_a_url_says_otherwise(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path, bank_database_url="postgresql://bank@db/bank")
    assert settings.url("conversations") == f"sqlite:///{tmp_path}/conversations.db"
    assert settings.url("learning") == f"sqlite:///{tmp_path}/learning.db"
    assert settings.url("bank") == "postgresql://bank@db/bank"


def test_the_variable_that_decides_on_a_database_is_named(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path, bank_database_url="postgresql://bank@db/bank")
    assert settings.url_variable("bank") == "LAM_BANK_DATABASE_URL"
    assert settings.url_variable("learning") == "LAM_HOME"


def test_the_present_is_the_clock_or_stands_still() -> None:
    assert abs(Settings().present() - datetime.now(UTC)) < timedelta(seconds=5)
    fixed = Settings(now="2026-11-01T12:00:00+01:00").present()
    assert fixed == datetime(2026, 11, 1, 11, tzinfo=UTC)
    assert fixed.utcoffset() == timedelta(0)
