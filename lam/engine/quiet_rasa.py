"""`python -m lam.engine.quiet_rasa …` is the `rasa` command without warnings of deprecation."""

import logging
import warnings

# Importing the first one warns; Sanic turns warnings of deprecation on, for all of Python.
with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import pkg_resources  # noqa: F401
    import sanic.app  # noqa: F401
    from pyparsing import ParserElement
    from rasa.utils.common import EXPECTED_WARNINGS

for category in (DeprecationWarning, PendingDeprecationWarning, FutureWarning):
    warnings.simplefilter("ignore", category)

# Rasa asks for one of its own extractors when entities are annotated; ours learn from them, too.
# Its start puts filters of its own before all others, so this belongs into its list.
EXPECTED_WARNINGS.append((UserWarning, "You have defined training data consisting of entity examples"))

# packaging and matplotlib still use the old names; each use would warn.
ParserElement.parseString = ParserElement.parse_string
ParserElement.resetCache = staticmethod(ParserElement.reset_cache)

# Rasa lets all libraries log; Alembic has nothing to say that matters when all goes well.
logging.getLogger("alembic").setLevel(logging.WARNING)

if __name__ == "__main__":
    from rasa.__main__ import main

    main()
