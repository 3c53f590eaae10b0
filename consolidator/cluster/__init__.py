"""The shell of a cluster: what many machines on Apache Kafka need beside the engine."""
