"""Lab machines as code: an image built from Debian packages, a saved state, a fresh machine for each case."""
