"""The bank cross-issuance consolidation service (一卡通统发服务)."""
