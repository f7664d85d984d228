"""The learner's lessons as a folder of files: a web site without a server behind it.

Pages are made here, once.  In the browser :mod:`asylum_teach.counter` answers, run by Pyodide.
"""

from asylum_teach.site.build import build
from asylum_teach.site.faults import SiteError
from asylum_teach.site.runtime import PYODIDE, fetched, unpacked

__all__ = ["PYODIDE", "SiteError", "build", "fetched", "unpacked"]
