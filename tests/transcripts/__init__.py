"""Recorded console sessions: parse, run on the real tool, compare, record, receipt."""
