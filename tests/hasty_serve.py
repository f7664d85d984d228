"""The command, but kernels whose page is gone are missed soon: seconds, and not a minute."""

import sys

from asylum_teach import cli
from asylum_teach.serve import app
from asylum_teach.serve.kernels import SpareKernelManager

LEFT = 3  # seconds since a page's last line
UNOPENED = 6  # for its first

if __name__ == "__main__":
    app.LOOK_EVERY_SECONDS = 1
    SpareKernelManager.left.default_value = LEFT
    SpareKernelManager.unopened.default_value = UNOPENED
    sys.exit(cli.main())
