"""What keeps persons out of sight: commitments and masking. Pure: no clock, no files, no network."""
