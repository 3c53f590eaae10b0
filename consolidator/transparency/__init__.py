"""The bytes of the transparency log: tree, signed notes, checkpoints, policy. Pure: no clock, no files, no network."""
