"""PURE. What is noticed about lines. One file per family; a rule says which lines it hits, never what follows.

``catalogue`` holds codes, levels and texts; ``slices`` the columns a rule looks at; ``running`` applies them.
"""
