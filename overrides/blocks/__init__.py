"""Cases, facts and diagrams: the parts of a page that come from files."""
