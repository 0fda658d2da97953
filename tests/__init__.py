"""The checks: pages, files, tables and sessions, each against the real tool."""
