"""The Kafka engine's storage: the two lists as topics, one county one partition, one transaction a commit."""
