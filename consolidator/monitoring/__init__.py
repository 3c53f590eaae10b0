"""The shell of a monitor: its home, its keys, and how it is run and watched."""
