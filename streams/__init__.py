"""What carries the two lists: commands in, entries out. An engine runs any machine and knows nothing about money."""
