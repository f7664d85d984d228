"""``python -m asylum_teach`` is ``asylum-teach``."""

from asylum_teach.cli import main

raise SystemExit(main())
