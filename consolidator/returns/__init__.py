"""Owns what goes back to the senders (疑点及退回清单): derived from the log, rewritten when changed."""
