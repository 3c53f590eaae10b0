"""The engine on Apache Kafka, and what runs and tests it."""
