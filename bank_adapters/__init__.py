"""Bank and bureau files ⇄ drafts of documents and order files. A library: it signs, sends and decides nothing."""
