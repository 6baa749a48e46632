"""One file a site: hosts, where its lists are, ``parse(page) -> Article``."""
