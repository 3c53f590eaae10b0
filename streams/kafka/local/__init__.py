"""Real Apache Kafka on this machine's loopback, for tests, measuring and development. Never for a county's money."""
