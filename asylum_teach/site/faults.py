"""What keeps a site from being made."""


class SiteError(Exception):
    """The site cannot be made; the message says why and what to do."""
