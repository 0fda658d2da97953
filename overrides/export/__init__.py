"""What is made from the built site: the zip to open from a disk, the EPUB, the list of sums."""
